//! What the ring would do with a scenario, as far as that can be known before it runs: what hangs,
//! crashes and goes round the ring forever.

mod keys;
mod races;
mod ring;

use crate::protocol::plan::{Objection, Objections, Part, Plan};
use crate::protocol::{Command, Run};
use keys::{Budget, KeySet, Missing, Spent, Stretch};
use ring::{Advice, PlannedRing};

/// A check makes no more look-ups of keys than this: a second's work.
const MOST_LOOKUPS: u64 = 50_000_000;

/// Checks the commands one after the other, as if each were done before the next; then looks for those
/// that can be in flight together.
pub(super) fn check(plan: &Plan<'_>, objections: &mut dyn Objections) {
    let mut check = Check {
        plan,
        ring: PlannedRing::new(plan),
        put: KeySet::default(),
        budget: Budget(MOST_LOOKUPS),
        objections,
    };
    for (index, run) in plan.runs.iter().enumerate() {
        check.run(index, run);
    }
    races::look(plan, check.objections);
}

struct Check<'a> {
    plan: &'a Plan<'a>,
    ring: PlannedRing,
    put: KeySet,
    budget: Budget,
    objections: &'a mut dyn Objections,
}

impl Check<'_> {
    fn run(&mut self, index: usize, run: &Run) {
        let line = self.plan.lines[index];
        match run.first {
            Command::Put { .. } => {
                if let Some(keys) = self.in_the_ring(index, run) {
                    self.put.insert(keys);
                }
            }
            Command::Get { .. } => {
                if let Some(keys) = self.in_the_ring(index, run) {
                    self.get(index, keys);
                }
            }
            Command::Add { rank, id } => {
                let [bad_rank, bad_id] = self.ring.add(rank, id.0, line);
                self.object(index, Part::First, bad_rank);
                self.object(index, Part::Second, bad_id);
            }
            Command::Remove { id } => {
                let objection = self.ring.remove(id.0, line);
                self.object(index, Part::First, objection);
            }
        }
    }

    /// The keys of a run that lie in the ring; the first that does not is reported.
    fn in_the_ring(&mut self, index: usize, run: &Run) -> Option<Stretch> {
        let (first, command) = match run.first {
            Command::Put { key, .. } => (key.0, "PUT"),
            Command::Get { key } => (key.0, "GET"),
            Command::Add { .. } | Command::Remove { .. } => return None,
        };
        let most = self.plan.keyspace;
        let step = run.key_step.max(1);
        let last = first.wrapping_add(run.key_step.wrapping_mul((run.count - 1).cast_signed()));
        // The steps from the first key to the first that lies in the ring, and to the last that does.
        let up = i128::from(step);
        let below = ((i128::from(1) - i128::from(first)).max(0) + up - 1) / up;
        let inside = (i128::from(most.min(last)) - i128::from(first)).div_euclid(up);
        let key_at = |steps: i128| i64::try_from(i128::from(first) + steps * up).ok();
        let outside = if first < 1 {
            Some(first)
        } else if last > most {
            key_at(inside + 1).map(|key| key.max(first))
        } else {
            None
        };
        let objection = outside.and_then(|key| self.ring.bad_key(key, command));
        self.object(index, Part::First, objection);
        (below <= inside)
            .then(|| Some(Stretch { first: key_at(below)?, last: key_at(inside)?, step }))?
    }

    fn get(&mut self, index: usize, keys: Stretch) {
        match self.put.missing(keys, &mut self.budget) {
            Ok(None) => {}
            Ok(Some(missing)) => self.object(index, Part::First, Some(never_put(missing))),
            Err(Spent) => {
                let message =
                    "these keys are too many to see for each whether it was put".to_owned();
                let objection = Objection { run: index, part: Part::First, message, hint: None };
                self.objections.warning(objection);
            }
        }
    }

    fn object(&mut self, run: usize, part: Part, advice: Option<Advice>) {
        if let Some(Advice { message, hint }) = advice {
            self.objections.error(Objection { run, part, message, hint: Some(hint) });
        }
    }
}

fn never_put(missing: Missing) -> Advice {
    let Missing { first, count } = missing;
    let (keys, owner) = match count {
        1 => (format!("key {first} was never put"), "its owner stays"),
        2 => (format!("key {first} and another one were never put"), "their owners stay"),
        _ => (format!("key {first} and {} others were never put", count - 1), "their owners stay"),
    };
    Advice::new(
        format!("{keys}: {owner} silent on a GET, and the command node waits forever"),
        "put the key in a line above the one that gets it",
    )
}

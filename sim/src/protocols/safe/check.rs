//! Which commands of a scenario are refused. Nothing else that a scenario asks for needs to be objected to.

use std::collections::BTreeMap;

use crate::protocol::plan::{Objection, Objections, Part, Plan};
use crate::protocol::{Command, Run};

/// Goes through the commands one after the other, since that is the order in which they take effect.
pub(super) fn check(plan: &Plan<'_>, objections: &mut dyn Objections) {
    let mut members = BTreeMap::new();
    for (index, run) in plan.runs.iter().enumerate() {
        if let Some((part, message)) = objection(plan, run, &mut members) {
            let hint = Some(REFUSED.to_owned());
            objections.warning(Objection { run: index, part, message, hint });
        }
    }
}

const REFUSED: &str = "the command is refused with an answer, and changes nothing";

/// What is wrong with a run of commands; otherwise `members`, the rank of each id, are as they are behind it.
fn objection(
    plan: &Plan<'_>,
    run: &Run,
    members: &mut BTreeMap<i64, i64>,
) -> Option<(Part, String)> {
    let most = plan.keyspace;
    let last_newcomer = i64::from(plan.ranks) - 3;
    match run.first {
        Command::Put { .. } | Command::Get { .. } => {
            let ends = [run.command(0), run.command(run.count - 1)];
            let outside = ends.iter().filter_map(key).find(|key| !(1..=most).contains(key))?;
            Some((Part::First, format!("key {outside} is out of range: keys are 1 to {most}")))
        }
        Command::Add { rank, .. } if !(1..=last_newcomer).contains(&rank) => Some((
            Part::First,
            format!("rank {rank} cannot join: the ranks that can are 1 to {last_newcomer}"),
        )),
        Command::Add { rank, .. } if members.values().any(|member| *member == rank) => {
            Some((Part::First, format!("rank {rank} is in the ring already")))
        }
        Command::Add { id, .. } if !(1..most).contains(&id.0) => {
            Some((Part::Second, format!("id {id} is out of range: ids are 1 to {}", most - 1)))
        }
        Command::Add { rank, id } => match members.get(&id.0) {
            Some(other) => Some((Part::Second, format!("id {id} belongs to rank {other}"))),
            None => {
                members.insert(id.0, rank);
                None
            }
        },
        Command::Remove { id } => match members.remove(&id.0) {
            Some(_) => None,
            None => Some((Part::First, format!("no node that can leave has the id {id}"))),
        },
    }
}

fn key(command: &Command) -> Option<i64> {
    match command {
        Command::Put { key, .. } | Command::Get { key } => Some(key.0),
        Command::Add { .. } | Command::Remove { .. } => None,
    }
}

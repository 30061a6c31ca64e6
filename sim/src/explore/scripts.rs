//! All scripts of a size: the script of the command node is part of the choice.
//!
//! The command node's local state has the commands that are in flight, and of those before it only what decides what may come: who has
//! joined, which keys were put and how often. So the states of scripts with the same future are met once, whatever
//! their past. Of scripts that differ in names alone one is met:
//!
//! - **ranks**: those that have never joined are alike, since nodes compare ranks for equality alone; so the lowest of them joins first.
//! - **keys**: nodes compare keys with storage ids alone, so a key stands for all that lie between the same two ids;
//!   keys are chosen between all ids, and of two between the same the lower one comes first.
//! - **values**: nodes never look at a value (*data independence*; Wolper, *Expressing Interesting Properties of Programs in
//!   Propositional Temporal Logic*, 1986); so each PUT of a key has a value of its own, its number among those.
//!
//! Where sends can block it counts how long a message is, and so which names and values it has. Then nothing follows for other scripts
//! than those over the [`ScriptNames`].
//!
//! Ids are not renamed: a script over fewer ids than there may be is met once for each choice of them.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::str::FromStr;

use ringscope_traces::Rank;

use crate::protocol::plan::{Objection, Objections, Plan};
use crate::protocol::{Command, Key, Protocol, Run, StorageId, Value};
use crate::scenario::Settings;

/// How large the scripts may be: `ranks 5, keys 2, ids 3, commands 4`.
///
/// ```
/// use ringscope_sim::explore::ScriptBounds;
///
/// let bounds: ScriptBounds = "ranks 5, keys 2, ids 3, commands 4".parse()?;
/// assert_eq!(bounds.commands, 4);
/// assert_eq!(bounds.to_string(), "ranks 5, keys 2, ids 3, commands 4");
/// assert!("ranks 5, keys 2".parse::<ScriptBounds>().is_err());
/// # Ok::<(), ringscope_sim::explore::BadBounds>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptBounds {
    /// The number of processes.
    pub ranks: u32,
    /// How many keys a script may name.
    pub keys: u32,
    /// How many storage ids nodes may join with.
    pub ids: u32,
    /// How many commands a script may have.
    pub commands: u32,
}

/// The names that stand for all others in scripts of a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptNames {
    /// The storage ids.
    pub ids: Vec<StorageId>,
    /// As many keys as a script may name between any two ids, in growing order.
    pub keys: Vec<Key>,
}

impl ScriptNames {
    /// The value of the nth PUT of a key.
    pub const VALUE: &str = "1000 k + n";
}

impl ScriptBounds {
    /// The names that scripts of this size have; `None` when a keyspace has no room for them.
    #[must_use]
    pub fn names(&self, keyspace: i64) -> Option<ScriptNames> {
        let (ids, keys) = (i64::from(self.ids), i64::from(self.keys));
        let step = keyspace / (ids + 1);
        if step <= keys {
            return None;
        }
        let gap = |gap: i64| (1..=keys).map(move |nth| Key(gap * step + nth));
        Some(ScriptNames {
            ids: (1..=ids).map(|nth| StorageId(nth * step)).collect(),
            keys: (0..=ids).flat_map(gap).collect(),
        })
    }
}

/// Why a text says no [`ScriptBounds`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `ranks 5, keys 2, ids 3, commands 4`, with numbers up to 1000; {what}")]
pub struct BadBounds {
    what: String,
}

impl FromStr for ScriptBounds {
    type Err = BadBounds;

    fn from_str(text: &str) -> Result<ScriptBounds, BadBounds> {
        const MOST: u32 = 1_000;
        let bad = |what: String| BadBounds { what };
        let mut parts = BTreeMap::new();
        for part in text.split(',') {
            let mut words = part.split_whitespace();
            let (Some(name), Some(number), None) = (words.next(), words.next(), words.next())
            else {
                return Err(bad(format!("`{}` is no name and number", part.trim())));
            };
            if !["ranks", "keys", "ids", "commands"].contains(&name) {
                return Err(bad(format!("`{name}` is none of these names")));
            }
            let number = number.parse().ok().filter(|number| *number <= MOST);
            let number = number.ok_or_else(|| bad(format!("{name} has another number")))?;
            if parts.insert(name, number).is_some() {
                return Err(bad(format!("{name} is said twice")));
            }
        }
        let part =
            |name: &str| parts.get(name).copied().ok_or_else(|| bad(format!("{name} is missing")));
        Ok(ScriptBounds {
            ranks: part("ranks")?,
            keys: part("keys")?,
            ids: part("ids")?,
            commands: part("commands")?,
        })
    }
}

impl fmt::Display for ScriptBounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ScriptBounds { ranks, keys, ids, commands } = self;
        write!(f, "ranks {ranks}, keys {keys}, ids {ids}, commands {commands}")
    }
}

/// The commands that scripts are made of.
#[derive(Debug)]
pub(super) struct Alphabet {
    bounds: ScriptBounds,
    keyspace: i64,
    pub window: u32,
    newcomers: std::ops::Range<u32>,
    ids: Vec<StorageId>,
    /// The keys below each id and above the one before, and those above all.
    gaps: Vec<Vec<Key>>,
}

impl Alphabet {
    /// The commands of scripts of that size; `None` when the keyspace has no room for their keys and ids.
    pub(super) fn new<P: Protocol>(bounds: ScriptBounds, settings: &Settings) -> Option<Alphabet> {
        let ScriptNames { ids, keys } = bounds.names(settings.keyspace)?;
        let in_a_gap = (bounds.keys as usize).max(1);
        Some(Alphabet {
            bounds,
            keyspace: settings.keyspace,
            window: settings.window,
            newcomers: P::roles(bounds.ranks).newcomers,
            ids,
            gaps: keys.chunks(in_a_gap).map(<[Key]>::to_vec).collect(),
        })
    }

    /// How many commands a script may have.
    pub(super) fn most(&self) -> u32 {
        self.bounds.commands
    }

    /// The commands that may come next.
    pub(super) fn next<P: Protocol>(&self, past: &Past) -> Vec<Command> {
        let mut next = Vec::new();
        for key in self.keys(past) {
            next.push(Command::Put { key, value: past.next_value(key) });
            next.push(Command::Get { key });
        }
        let never = self.newcomers.clone().nth(past.ever_joined as usize);
        let again = self.newcomers.clone().take(past.ever_joined as usize);
        for rank in again.chain(never) {
            let add = |id: &StorageId| Command::Add { rank: i64::from(rank), id: *id };
            next.extend(self.ids.iter().map(add));
        }
        next.extend(self.ids.iter().map(|id| Command::Remove { id: *id }));
        next.retain(|command| self.is_sound::<P>(past, *command));
        next
    }

    /// The keys that were named, and as long as there may be more, the lowest between any two ids that was not.
    fn keys(&self, past: &Past) -> Vec<Key> {
        let is_new = |key: &&Key| !past.puts.contains_key(*key);
        let mut keys: Vec<Key> = past.puts.keys().copied().collect();
        if keys.len() < self.bounds.keys as usize {
            keys.extend(self.gaps.iter().filter_map(|gap| gap.iter().find(is_new)));
        }
        keys
    }

    /// Whether the protocol's own check has nothing against a command, after others that lead to the same ring.
    fn is_sound<P: Protocol>(&self, past: &Past, command: Command) -> bool {
        let puts = past.puts.iter().filter(|(_, count)| **count > 0);
        let puts = puts.map(|(key, _)| Command::Put { key: *key, value: Value(0) });
        let adds = past.joined.iter().map(|(rank, id)| Command::Add { rank: *rank, id: *id });
        let runs: Vec<Run> = puts.chain(adds).chain([command]).map(Run::one).collect();
        let lines: Vec<u32> = (1..).take(runs.len()).collect();
        let (ranks, keyspace, window) = (self.bounds.ranks, self.keyspace, self.window);
        let mut errors = CountErrors(0);
        P::check(&Plan { ranks, keyspace, window, runs: &runs, lines: &lines }, &mut errors);
        errors.0 == 0
    }
}

struct CountErrors(usize);

impl Objections for CountErrors {
    fn error(&mut self, _: Objection) {
        self.0 += 1;
    }

    fn warning(&mut self, _: Objection) {}
}

/// What decides, of the commands that were sent, which may come and what they are to be answered with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Past {
    /// Who is in the ring when all that was sent is done.
    joined: BTreeMap<i64, StorageId>,
    /// How many ranks have ever joined: the lowest ones.
    ever_joined: u32,
    /// The keys that were named, and how often each was put.
    puts: BTreeMap<Key, u32>,
    /// What the GETs in flight are to be answered with, the oldest first.
    expected: VecDeque<Option<Value>>,
    /// Whether no more commands come.
    pub is_over: bool,
}

impl Past {
    /// A command is sent.
    pub(super) fn send(&mut self, command: Command, newcomers_from: Rank) {
        match command {
            Command::Put { key, .. } => *self.puts.entry(key).or_default() += 1,
            Command::Get { key } => {
                let expected = self.last_value(key);
                self.puts.entry(key).or_default();
                self.expected.push_back(expected);
            }
            Command::Add { rank, id } => {
                let nth = rank - i64::from(newcomers_from.0) + 1;
                self.ever_joined = self.ever_joined.max(u32::try_from(nth).unwrap_or(0));
                self.joined.insert(rank, id);
            }
            Command::Remove { id } => self.joined.retain(|_, joined| *joined != id),
        }
    }

    /// No more commands come: what would have decided about them is forgotten.
    pub(super) fn end(&mut self) {
        self.is_over = true;
        self.joined.clear();
        self.ever_joined = 0;
    }

    /// A GET is answered with a value; says whether that is the right one.
    pub(super) fn answered(&mut self, value: Option<Value>) -> bool {
        self.expected.pop_front().flatten() == value
    }

    fn last_value(&self, key: Key) -> Option<Value> {
        let puts = *self.puts.get(&key)?;
        (puts > 0).then(|| value(key, puts))
    }

    fn next_value(&self, key: Key) -> Value {
        value(key, self.puts.get(&key).copied().unwrap_or(0) + 1)
    }

    /// The keys that the ring is to hold in the end.
    pub(super) fn keys_put(&self) -> impl Iterator<Item = Key> {
        self.puts.iter().filter(|(_, count)| **count > 0).map(|(key, _)| *key)
    }
}

/// The value of a PUT of a key, by its number among them: another one for each PUT of any key.
fn value(key: Key, nth: u32) -> Value {
    Value(key.0 * 1_000 + i64::from(nth))
}

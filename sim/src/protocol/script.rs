//! What the command node is to do: commands, and runs of them that are never written out in memory.

use std::fmt;

use ringscope_traces::Rank;

use super::{Key, StorageId, Value};

/// One command of the command node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// Store a value under a key.
    Put {
        /// The key.
        key: Key,
        /// Its new value.
        value: Value,
    },
    /// Ask for a key's value.
    Get {
        /// The key.
        key: Key,
    },
    /// Let a rank join the ring.
    Add {
        /// The rank as the user gave it, which may not exist.
        rank: i64,
        /// Its place in the ring.
        id: StorageId,
    },
    /// Let the node with that id leave the ring.
    Remove {
        /// The leaving node's place in the ring.
        id: StorageId,
    },
}

/// The command as a scenario writes it.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Put { key, value } => write!(f, "put {key} {value}"),
            Command::Get { key } => write!(f, "get {key}"),
            Command::Add { rank, id } => write!(f, "add {rank} {id}"),
            Command::Remove { id } => write!(f, "remove {id}"),
        }
    }
}

impl Command {
    /// The rank that an ADD names, when there can be such a rank.
    #[must_use]
    pub fn rank(rank: i64) -> Option<Rank> {
        u32::try_from(rank).ok().map(Rank)
    }
}

/// A run of commands of one kind, as a line of a scenario gives it: the key grows by the same step
/// from each to the next, and so does the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Run {
    /// The first command.
    pub first: Command,
    /// How many there are, at least 1.
    pub count: u64,
    /// From one key to the next.
    pub key_step: i64,
    /// From one value to the next.
    pub value_step: i64,
}

impl Run {
    /// A run of one command.
    #[must_use]
    pub fn one(command: Command) -> Run {
        Run { first: command, count: 1, key_step: 0, value_step: 0 }
    }

    /// The `i`-th command of the run, from 0.
    ///
    /// The maker of a run has checked that its last key and value fit into an `i64`.
    #[must_use]
    pub fn command(&self, i: u64) -> Command {
        let along = |start: i64, step: i64| start.wrapping_add(step.wrapping_mul(i.cast_signed()));
        match self.first {
            Command::Put { key, value } => Command::Put {
                key: Key(along(key.0, self.key_step)),
                value: Value(along(value.0, self.value_step)),
            },
            Command::Get { key } => Command::Get { key: Key(along(key.0, self.key_step)) },
            other @ (Command::Add { .. } | Command::Remove { .. }) => other,
        }
    }
}

/// All commands of a command node, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Script {
    runs: Vec<Run>,
}

/// A position in a script.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    run: usize,
    within: u64,
}

impl Script {
    /// The script of these runs.
    #[must_use]
    pub fn new(runs: Vec<Run>) -> Script {
        Script { runs }
    }

    /// How many commands the script has.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.runs.iter().map(|run| run.count).fold(0, u64::saturating_add)
    }

    /// Whether the script has no commands.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The command at the cursor, which moves on to the next; `None` at the end.
    pub fn next(&self, cursor: &mut Cursor) -> Option<Command> {
        let run = self.runs.get(cursor.run)?;
        let command = run.command(cursor.within);
        cursor.within += 1;
        if cursor.within == run.count {
            *cursor = Cursor { run: cursor.run + 1, within: 0 };
        }
        Some(command)
    }

    /// The commands in order.
    pub fn commands(&self) -> impl Iterator<Item = Command> {
        let mut cursor = Cursor::default();
        std::iter::from_fn(move || self.next(&mut cursor))
    }
}

impl FromIterator<Command> for Script {
    fn from_iter<I: IntoIterator<Item = Command>>(commands: I) -> Script {
        Script::new(commands.into_iter().map(Run::one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_puts_is_written_out_one_by_one() {
        let put = |key, value| Command::Put { key: Key(key), value: Value(value) };
        let script = Script::new(vec![
            Run { first: put(10, 110), count: 3, key_step: 5, value_step: 5 },
            Run::one(Command::Get { key: Key(15) }),
        ]);
        let commands: Vec<_> = script.commands().collect();
        assert_eq!(
            commands,
            [put(10, 110), put(15, 115), put(20, 120), Command::Get { key: Key(15) }]
        );
        assert_eq!(script.len(), 4);
    }
}

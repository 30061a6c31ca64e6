//! Whether a run is linearizable, key by key: whether the commands of each key can be put into one order, each at a moment between its
//! invocation and its completion, in which every GET finds what the PUT before it has stored (Herlihy and Wing, *Linearizability*, 1990).
//!
//! The history is what the command node sees: a command is invoked when the node sends it, and complete when the node receives its answer. An
//! answer that names its pair is that PUT's; a value is the oldest GET's, as for the command node itself. A PUT without an answer may have taken effect
//! at any time, or not at all; a GET without one, and a command that is refused, say nothing.
//!
//! **The algorithm.** Keys are looked at one by one, since a history is linearizable when each of its objects' is (P-compositionality: Horn and Kroening,
//! *Faster linearizability checking via P-compositionality*, 2015). For one key it is Wing and Gong's search (*Testing and verifying concurrent objects*,
//! 1993) as Lowe's just-in-time linearization (*Testing for linearizability*, 2017): the history is gone through once, with the set of all states in which
//! the key can be, and a command is put into its place when it completes at the latest.
//!
//! **The smallest set of commands that cannot be ordered.** That a command counts means that it lies between its invocation and its completion, and that a
//! GET finds what it found. Of a command that does not count nothing is asked: a GET is left out, and a PUT may take effect once at any time or never. So what
//! cannot be ordered stays so when more commands count, and there is a smallest set.

mod history;
mod register;
mod smallest;
#[cfg(test)]
mod tests;

use std::fmt;

use ringscope_traces::{EventIndex, Trace};

pub use history::{HistoryObserver, RegisterStep, TimedCommand};

use crate::protocol::Key;
use crate::protocols::ProtocolId;
use history::Histories;
use register::{OfKey, Ordered};

/// What there is to say of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Linearizability {
    /// How many keys were looked at.
    pub keys: u64,
    /// How many PUTs and answered GETs they have.
    pub commands: u64,
    /// The keys whose commands cannot be ordered, by key.
    pub violations: Vec<Unorderable>,
    /// The keys of which it is not known: too many commands are in flight together.
    pub undecided: Vec<Key>,
}

/// Commands of a key that cannot be ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unorderable {
    /// The key.
    pub key: Key,
    /// The commands, in the order of their invocations.
    pub commands: Vec<TimedCommand>,
    /// Whether it is known that no fewer commands cannot be ordered; of these, at any rate, none can be left out.
    pub is_smallest: bool,
}

impl Linearizability {
    /// Whether it is known that the run is linearizable.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.violations.is_empty() && self.undecided.is_empty()
    }

    fn of(histories: Histories) -> Linearizability {
        let mut found = Linearizability::default();
        for (key, commands) in histories.finish() {
            found.keys += 1;
            found.commands += commands.len() as u64;
            let of_key = OfKey::new(&commands);
            match of_key.order(&of_key.all()) {
                Ordered::Yes => {}
                Ordered::Unknown => found.undecided.push(key),
                Ordered::No => {
                    let (places, is_smallest) = smallest::smallest(&of_key);
                    let commands = places.into_iter().map(|place| commands[place]).collect();
                    found.violations.push(Unorderable { key, commands, is_smallest });
                }
            }
        }
        found
    }
}

/// Looks at a recorded run, whichever protocol or dialect its command node speaks.
///
/// ```
/// use ringscope_sim::linearizability::linearizability;
/// use ringscope_traces::read_trace;
///
/// // 1 is put at key 9, then 2, and then the key still has the value 1.
/// let file = r#"{"trace":1,"source":"recorded","protocol":"mine","ranks":3,"time":"wall"}
/// {"rank":2,"n":0,"op":"send","peer":0,"tag":0,"data":[9,1],"t":0,"clock":1}
/// {"rank":0,"n":0,"op":"send","peer":2,"tag":6,"data":[9,1],"t":0,"clock":1}
/// {"rank":2,"n":1,"op":"recv","peer":0,"tag":6,"data":[9,1],"t":0,"clock":2}
/// {"rank":2,"n":2,"op":"send","peer":0,"tag":0,"data":[9,2],"t":0,"clock":3}
/// {"rank":0,"n":1,"op":"send","peer":2,"tag":6,"data":[9,2],"t":0,"clock":2}
/// {"rank":2,"n":3,"op":"recv","peer":0,"tag":6,"data":[9,2],"t":0,"clock":4}
/// {"rank":2,"n":4,"op":"send","peer":0,"tag":1,"data":9,"t":0,"clock":5}
/// {"rank":0,"n":2,"op":"send","peer":2,"tag":5,"data":[1,1000],"t":0,"clock":3}
/// {"rank":2,"n":5,"op":"recv","peer":0,"tag":5,"data":[1,1000],"t":0,"clock":6}
/// {"end":"stopped","events":9}
/// "#;
/// let (trace, _) = read_trace(file.as_bytes(), "mine.jsonl")?;
/// let found = linearizability(&trace);
/// assert_eq!(
///     found.violations[0].to_string(),
///     "no order explains put 9 1 (events 1 to 3), put 9 2 (events 4 to 6) and get 9, which found 1 (events 7 to 9)"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn linearizability(trace: &Trace) -> Linearizability {
    let protocol = ProtocolId::spoken_with(&trace.header.protocol);
    let command = protocol.roles(trace.header.ranks).command;
    let mut histories = Histories::default();
    for (index, event) in trace.events.iter().enumerate() {
        if event.rank != command {
            continue;
        }
        if let Some(Ok(meaning)) = protocol.client_message(event) {
            histories.take(event.op, meaning, EventIndex(index));
        }
    }
    Linearizability::of(histories)
}

/// The commands with their events, counted from 1, and what the GETs found.
impl fmt::Display for Unorderable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no order explains ")?;
        let last = self.commands.len().saturating_sub(1);
        for (place, command) in self.commands.iter().enumerate() {
            let before = match place {
                0 => "",
                _ if place == last => " and ",
                _ => ", ",
            };
            f.write_str(before)?;
            command.write(self.key, f)?;
        }
        Ok(())
    }
}

//! A program of another dialect that does one command after the other, at any moment between its being
//! sent and its being answered: no order of its replies is wrong.

use std::collections::{BTreeMap, BTreeSet};

use ringscope_sim::protocol::{Command, Key, StorageId, Value};
use ringscope_sim::scenario::random;
use ringscope_traces::{Ending, Trace};

use crate::talk::talk;

/// A command in flight, and its reply once it is done.
struct InFlight {
    command: Command,
    reply: Option<String>,
}

/// A run of such a program with that many commands in flight, and how many GETs it answers. Its nodes
/// answer by themselves; acknowledgements name the pair of a PUT, or nothing at all.
pub(crate) fn atomic(seed: u64, window: usize, names_pairs: bool) -> (Trace, u64) {
    let (mut dice, mut lines, mut answers) = (Dice(seed), Vec::new(), 0);
    let mut commands: Vec<Command> = commands(seed);
    let mut table = Table { pairs: BTreeMap::new(), ids: BTreeSet::from([1000]), names_pairs };
    let mut in_flight: Vec<InFlight> = Vec::new();
    while !(commands.is_empty() && in_flight.is_empty()) {
        let at = dice.below(in_flight.len().max(1));
        match dice.below(3) {
            0 if in_flight.len() < window && !commands.is_empty() => {
                let command = commands.remove(0);
                lines.push(sent(command));
                in_flight.push(InFlight { command, reply: None });
            }
            1 => {
                let Some(one) = in_flight.get_mut(at) else { continue };
                let InFlight { command, reply } = one;
                if reply.is_none() {
                    *reply = Some(table.take(*command));
                }
            }
            _ => {
                if in_flight.get(at).is_none_or(|one| one.reply.is_none()) {
                    continue;
                }
                let done = in_flight.remove(at).reply.expect("it is done");
                answers += u64::from(done.contains("RETVAL"));
                lines.push(done);
            }
        }
    }
    lines.push("send 0 END 0".to_owned());
    (talk(&lines.join("\n"), Some(Ending::Completed)), answers)
}

/// Commands of which many concern the same few keys.
fn commands(seed: u64) -> Vec<Command> {
    let few = |key: Key| Key(1 + key.0 % 3 * 400);
    let crowd = |command| match command {
        Command::Put { key, value } => Command::Put { key: few(key), value: Value(value.0 % 5) },
        Command::Get { key } => Command::Get { key: few(key) },
        other @ (Command::Add { .. } | Command::Remove { .. }) => other,
    };
    random(seed, 8, 60).script.commands().map(crowd).collect()
}

fn sent(command: Command) -> String {
    match command {
        Command::Put { key, value } => format!("send 0 PUT [{key},{value}]"),
        Command::Get { key } => format!("send 0 GET [{key}]"),
        Command::Add { rank, id } => format!("send 0 ADD [{rank},{id}]"),
        Command::Remove { id } => format!("send 0 REMOVE {id}"),
    }
}

struct Table {
    pairs: BTreeMap<Key, Value>,
    ids: BTreeSet<i64>,
    names_pairs: bool,
}

impl Table {
    /// Does a command; what is said of it. A key that is not there is told by a message of the
    /// dialect's own.
    fn take(&mut self, command: Command) -> String {
        match command {
            Command::Put { key, value } => {
                self.pairs.insert(key, value);
                if self.names_pairs {
                    return format!("recv 0 ACK [{key},{value}]");
                }
            }
            Command::Get { key } => {
                let owner = self.ids.range(key.0..).next().expect("the last one owns the rest");
                return match self.pairs.get(&key) {
                    Some(value) => format!("recv 5 RETVAL [{value},{owner}]"),
                    None => format!("recv 5 40 {key}"),
                };
            }
            Command::Add { id: StorageId(id), .. } => {
                self.ids.insert(id);
            }
            Command::Remove { id: StorageId(id) } => {
                self.ids.remove(&id);
            }
        }
        "recv 0 ACK null".to_owned()
    }
}

/// Small and good enough: SplitMix64, by Sebastiano Vigna.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let z = usize::try_from(z ^ (z >> 31)).expect("a usize has 64 bits");
        z % n
    }
}

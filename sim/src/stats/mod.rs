//! What a run cost: messages, hops, bytes and time for each command, and the load of each node.
//!
//! A message belongs to the command that caused it: one that is sent while a rank handles a message
//! of a command is that command's. With one command in flight that says who sent when; with several
//! it says the same, and the order of events would not.

mod report;

use ringscope_traces::{Op, Rank};
use rustc_hash::FxHashMap;

pub use report::{CommandKind, KindRow, LoadRow, MoveRow, Report, Spread, Volume};

use crate::protocol::{
    ActivityKind, Command, Meaning, Message, Node, NodeView, Role, StorageId, Viewed,
};
use crate::world::{Observed, Observer};
use report::{Gauge, share};

/// Counts as a run goes; [`report`](Stats::report) says what it came to.
///
/// It remembers what is in flight, a row for each join and leave, and a little for each rank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// The rank that issues the commands.
    command: Option<Rank>,
    ranks: Vec<RankCounts>,
    /// The command that each message in flight belongs to, by the message's number.
    in_flight: FxHashMap<u64, CommandNumber>,
    /// Commands of which there is a message in flight, or whose reply is still to come.
    open: FxHashMap<CommandNumber, Open>,
    next: CommandNumber,
    total: Volume,
    kinds: [KindCount; CommandKind::ALL.len()],
    moves: Vec<MoveRow>,
    /// Ranks that had to do with a join or a leave in the present step.
    touched: Vec<Rank>,
}

/// A command's place among those that were sent, from 0.
type CommandNumber = u64;

/// What is counted for one rank.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct RankCounts {
    /// The command that the rank is busy with, or was the last time it was busy.
    handling: Option<CommandNumber>,
    sent: u64,
    received: u64,
    /// The join or leave that the rank is in the middle of, and the keys that it held before.
    handover: Option<Handover>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Handover {
    row: usize,
    keys_before: u64,
}

/// A command that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    kind: CommandKind,
    sent_ns: u64,
    in_flight: u64,
    hops: u64,
    /// No reply is to come any more.
    answered: bool,
    /// Its row among the joins and leaves.
    row: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct KindCount {
    count: u64,
    answered: u64,
    volume: Volume,
    hops: Gauge,
    time_ns: Gauge,
}

impl Stats {
    /// Counts for a run that starts with these nodes.
    #[must_use]
    pub fn new<N: Viewed>(nodes: &[N]) -> Stats {
        let mut ranks = (0_u32..).map(Rank).zip(nodes);
        let command = ranks.find(|(_, node)| node.view().role == Role::Command);
        Stats {
            command: command.map(|(rank, _)| rank),
            ranks: vec![RankCounts::default(); nodes.len()],
            in_flight: FxHashMap::default(),
            open: FxHashMap::default(),
            next: 0,
            total: Volume::default(),
            kinds: <[KindCount; CommandKind::ALL.len()]>::default(),
            moves: Vec::new(),
            touched: Vec::new(),
        }
    }

    /// What the run has come to, its nodes being as they are now.
    ///
    /// Commands without a reply are counted with the hops that they have made.
    #[must_use]
    pub fn report<N: Viewed>(&self, nodes: &[N]) -> Report {
        let mut kinds = self.kinds;
        let unanswered = self.open.values().filter(|open| !open.answered);
        // In whatever order: the least, the sum and the most are the same.
        unanswered.for_each(|open| kinds[open.kind as usize].hops.add(open.hops));
        let kinds =
            CommandKind::ALL.into_iter().map(|kind| kinds[kind as usize].row(kind)).collect();
        let mut moves = self.moves.clone();
        for (counts, node) in self.ranks.iter().zip(nodes) {
            if let Some(Handover { row, keys_before }) = counts.handover {
                moves[row].keys = keys_before.saturating_sub(keys(&node.view()).unwrap_or(0));
            }
        }
        Report { total: self.total, kinds, moves, load: self.load(nodes) }
    }

    fn load<N: Viewed>(&self, nodes: &[N]) -> Vec<LoadRow> {
        let all_received = self.ranks.iter().map(|counts| counts.received).sum();
        let all_keys = nodes.iter().filter_map(|node| keys(&node.view())).sum();
        let rows = (0_u32..).map(Rank).zip(self.ranks.iter().zip(nodes));
        rows.map(|(rank, (counts, node))| {
            let keys = keys(&node.view());
            LoadRow {
                rank,
                received: counts.received,
                sent: counts.sent,
                messages_share: share(counts.received, all_received),
                keys,
                keys_share: share(keys.unwrap_or(0), all_keys),
            }
        })
        .collect()
    }

    fn sent<M: Message>(&mut self, observed: &Observed<'_, M>) {
        let &Observed { rank, message, number, now_ns, .. } = observed;
        let bytes = message.bytes();
        self.total.add(bytes);
        self.ranks[rank.index()].sent += 1;
        match message.meaning() {
            Meaning::Command(command) if self.command == Some(rank) => {
                self.begin(CommandKind::from(command), Some(command), now_ns);
            }
            Meaning::End if self.command == Some(rank) => {
                self.begin(CommandKind::End, None, now_ns)
            }
            Meaning::Membership => self.touched.push(rank),
            Meaning::Command(_)
            | Meaning::Found(..)
            | Meaning::Absent
            | Meaning::Done(_)
            | Meaning::Refused
            | Meaning::End => {}
        }
        let Some(cause) = self.ranks[rank.index()].handling else { return };
        self.in_flight.insert(number, cause);
        let Some(open) = self.open.get_mut(&cause) else { return };
        open.in_flight += 1;
        let passed_on = matches!(message.meaning(), Meaning::Command(_));
        open.hops += u64::from(passed_on && self.command != Some(rank));
        self.kinds[open.kind as usize].volume.add(bytes);
        if let Some(row) = open.row {
            self.moves[row].volume.add(bytes);
        }
    }

    /// The command node sends a command, and is busy with it from then on.
    fn begin(&mut self, kind: CommandKind, command: Option<Command>, now_ns: u64) {
        let row = command.and_then(move_row);
        let place = row.map(|_| self.moves.len());
        self.moves.extend(row);
        let open = Open {
            kind,
            sent_ns: now_ns,
            in_flight: 0,
            hops: 0,
            // Nobody answers an END.
            answered: kind == CommandKind::End,
            row: place,
        };
        self.open.insert(self.next, open);
        self.kinds[kind as usize].count += 1;
        let command = self.command.expect("it is the command node that sends this");
        if let Some(before) = self.ranks[command.index()].handling.replace(self.next) {
            self.close(before);
        }
        self.next += 1;
    }

    fn received<M: Message>(&mut self, observed: &Observed<'_, M>) {
        let &Observed { rank, message, number, now_ns, .. } = observed;
        let cause = self.in_flight.remove(&number);
        let counts = &mut self.ranks[rank.index()];
        counts.received += 1;
        counts.handling = cause;
        match message.meaning() {
            Meaning::Membership => self.touched.push(rank),
            Meaning::Found(..) | Meaning::Absent | Meaning::Done(_) | Meaning::Refused
                if self.command == Some(rank) =>
            {
                self.answered(cause, now_ns);
            }
            Meaning::Command(_)
            | Meaning::Found(..)
            | Meaning::Absent
            | Meaning::Done(_)
            | Meaning::Refused
            | Meaning::End => {}
        }
        if let Some(open) = cause.and_then(|cause| self.open.get_mut(&cause)) {
            open.in_flight -= 1;
        }
    }

    fn answered(&mut self, command: Option<CommandNumber>, now_ns: u64) {
        let open = command.and_then(|command| self.open.get_mut(&command));
        let Some(open) = open.filter(|open| !open.answered) else { return };
        open.answered = true;
        let time_ns = now_ns - open.sent_ns;
        let kind = &mut self.kinds[open.kind as usize];
        kind.answered += 1;
        kind.hops.add(open.hops);
        kind.time_ns.add(time_ns);
        if let Some(row) = open.row {
            self.moves[row].time_ns = Some(time_ns);
        }
    }

    /// Forgets a command that has its reply and nothing in flight.
    fn close(&mut self, command: CommandNumber) {
        if self.open.get(&command).is_some_and(|open| open.answered && open.in_flight == 0) {
            self.open.remove(&command);
        }
    }

    /// Sees whether a rank has begun or ended a handover of keys: in the middle of one it takes no
    /// PUT, so that what it has less or more at the end is what it has handed over or taken.
    fn note_handover<N: Viewed>(&mut self, rank: Rank, nodes: &[N]) {
        let view = nodes[rank.index()].view();
        let now = keys(&view).unwrap_or(0);
        let counts = &mut self.ranks[rank.index()];
        let leaving = match view.activity.kind {
            ActivityKind::Admitting | ActivityKind::Joining => false,
            ActivityKind::Leaving => true,
            ActivityKind::Commanding(_) | ActivityKind::Other => {
                if let Some(Handover { row, keys_before }) = counts.handover.take() {
                    self.moves[row].keys = keys_before.abs_diff(now);
                }
                return;
            }
        };
        let open = counts.handling.and_then(|command| self.open.get(&command));
        let Some(row) = open.and_then(|open| open.row) else { return };
        if counts.handover.is_none() {
            counts.handover = Some(Handover { row, keys_before: now });
        }
        if leaving {
            self.moves[row].rank.get_or_insert(rank);
        }
    }
}

impl KindCount {
    fn row(&self, kind: CommandKind) -> KindRow {
        let KindCount { count, answered, volume, hops, time_ns } = self;
        KindRow {
            kind,
            count: *count,
            answered: *answered,
            volume: *volume,
            hops: hops.spread(),
            time_ns: time_ns.spread(),
        }
    }
}

/// The row of a command that lets a rank join or leave.
fn move_row(command: Command) -> Option<MoveRow> {
    let row = |kind, rank, id: StorageId| {
        Some(MoveRow { kind, rank, id, keys: 0, volume: Volume::default(), time_ns: None })
    };
    match command {
        Command::Add { rank, id } => row(CommandKind::Add, Command::rank(rank), id),
        Command::Remove { id } => row(CommandKind::Remove, None, id),
        Command::Put { .. } | Command::Get { .. } => None,
    }
}

/// How many keys a node holds.
fn keys(view: &NodeView<'_>) -> Option<u64> {
    view.storage.map(|storage| storage.len() as u64)
}

impl<N: Node> Observer<N> for Stats {
    fn started(&mut self, nodes: &[N]) {
        *self = Stats::new(nodes);
    }

    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        match observed.op {
            Op::Send => self.sent(observed),
            Op::Recv => self.received(observed),
        }
    }

    fn handled(&mut self, rank: Rank, nodes: &[N]) {
        while let Some(touched) = self.touched.pop() {
            self.note_handover(touched, nodes);
        }
        if let Some(done) = self.ranks[rank.index()].handling {
            self.close(done);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::protocol::{Key, NodeSetup, Protocol as _, Script, Value};
    use crate::protocols::Classic;
    use crate::world::{ByArrival, Limits, World, latency::Latency, run};

    #[test]
    fn nothing_is_remembered_of_what_is_over() {
        let key = |key| Key(key);
        let puts = (1..=50).map(|k| Command::Put { key: key(k), value: Value(k) });
        let joins = (1..=4).map(|rank| Command::Add { rank, id: StorageId(10 * rank) });
        let script: Script = puts.chain(joins).collect();
        for window in [1, 7] {
            let script = Arc::new(script.clone());
            let nodes = Classic::nodes(&NodeSetup { ranks: 8, keyspace: 1000, window, script });
            let mut stats = Stats::default();
            let order = ByArrival::new(Latency::Constant { ns: 1000 }, 1);
            let mut world = World::new(nodes, order, None, &mut stats);
            run(&mut world, Rank(7), Limits::default(), &mut stats);
            assert_eq!(stats.next, 55);
            assert!(stats.open.is_empty());
            assert!(stats.in_flight.is_empty());
        }
    }
}

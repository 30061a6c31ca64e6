//! What the command node has asked for and been answered, by key.

use std::collections::BTreeMap;
use std::fmt;

use ringscope_traces::{EventIndex, Op, Rank};

use super::Linearizability;
use crate::protocol::{Command, Key, Meaning, Message as _, Node, Role, Unanswered, Value};
use crate::world::{Observed, Observer};

/// A command of a key, with the time that it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedCommand {
    /// What it does.
    pub does: RegisterStep,
    /// When it was invoked: the send of the command node.
    pub invoked: EventIndex,
    /// When it was complete: the receipt of its answer. `None`: it has none.
    pub completed: Option<EventIndex>,
}

/// What a command does with the value of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterStep {
    /// A PUT stores a value.
    Write(Value),
    /// A GET finds a value, or that there is none.
    Read(Option<Value>),
}

impl TimedCommand {
    /// The command with its events, counted from 1.
    pub(super) fn write(&self, key: Key, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.does {
            RegisterStep::Write(value) => write!(f, "put {key} {value}")?,
            RegisterStep::Read(Some(value)) => write!(f, "get {key}, which found {value}")?,
            RegisterStep::Read(None) => write!(f, "get {key}, which found nothing")?,
        }
        let first = self.invoked.0 + 1;
        match self.completed {
            Some(EventIndex(last)) => write!(f, " (events {first} to {})", last + 1),
            None => write!(f, " (from event {first} on)"),
        }
    }
}

/// The histories of all keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Histories {
    keys: BTreeMap<Key, Vec<Option<TimedCommand>>>,
    unanswered: Unanswered<Asked>,
    /// PUTs that may be acknowledged, each by its key and its place among the commands of that.
    ///
    /// Of an acknowledgement that names no pair nobody can tell whose it is while several commands wait for one. To take a PUT for complete
    /// before it is would leave too few orders, and call a run wrong that is none. When nobody waits any more all are.
    acknowledged: Vec<(Key, usize)>,
}

/// A command that has no answer yet.
#[derive(Debug, Clone, Copy)]
struct Asked {
    invoked: EventIndex,
    /// Of a PUT: its place among the commands of its key.
    place: usize,
}

impl Histories {
    /// Takes an event of the command node.
    pub(super) fn take(&mut self, op: Op, meaning: Meaning, at: EventIndex) {
        match (op, meaning.command()) {
            (Op::Send, Some(command)) => self.invoke(command, at),
            (Op::Send, None) => {}
            (Op::Recv, _) => self.answer(meaning, at),
        }
    }

    fn invoke(&mut self, command: Command, invoked: EventIndex) {
        let mut place = 0;
        if let Command::Put { key, value } = command {
            let of_key = self.keys.entry(key).or_default();
            place = of_key.len();
            let does = RegisterStep::Write(value);
            of_key.push(Some(TimedCommand { does, invoked, completed: None }));
        }
        self.unanswered.ask(command, Asked { invoked, place });
    }

    fn answer(&mut self, reply: Meaning, at: EventIndex) {
        let Some((command, Asked { invoked, place })) = self.unanswered.answered_by(reply) else {
            return;
        };
        match command {
            Command::Put { key, .. } => match reply {
                Meaning::Refused => self.refused((key, place)),
                Meaning::Done(Some(_)) => self.done((key, place), at),
                Meaning::Done(None)
                | Meaning::Found(..)
                | Meaning::Absent
                | Meaning::Command(_)
                | Meaning::End
                | Meaning::Membership => self.acknowledged.push((key, place)),
            },
            Command::Get { key } => {
                let does = RegisterStep::Read(reply.found().flatten());
                let read = TimedCommand { does, invoked, completed: Some(at) };
                self.keys.entry(key).or_default().push(Some(read));
            }
            Command::Add { .. } | Command::Remove { .. } => {}
        }
        if !self.unanswered.awaits_acknowledgements() {
            for put in std::mem::take(&mut self.acknowledged) {
                self.done(put, at);
            }
        }
    }

    fn done(&mut self, put: (Key, usize), at: EventIndex) {
        if let Some(Some(put)) = self.put(put) {
            put.completed = Some(at);
        }
    }

    /// It has written nothing.
    fn refused(&mut self, put: (Key, usize)) {
        if let Some(put) = self.put(put) {
            *put = None;
        }
    }

    fn put(&mut self, (key, place): (Key, usize)) -> Option<&mut Option<TimedCommand>> {
        self.keys.get_mut(&key)?.get_mut(place)
    }

    /// The commands of each key, in the order of their invocations.
    pub(super) fn finish(self) -> impl Iterator<Item = (Key, Vec<TimedCommand>)> {
        self.keys.into_iter().map(|(key, commands)| {
            let mut commands: Vec<_> = commands.into_iter().flatten().collect();
            commands.sort_unstable_by_key(|command| command.invoked);
            (key, commands)
        })
    }
}

/// Keeps the history of a run as it goes.
#[derive(Debug, Clone, Default)]
pub struct HistoryObserver {
    command: Option<Rank>,
    events: usize,
    histories: Histories,
}

impl HistoryObserver {
    /// Whether the run that was observed is linearizable.
    #[must_use]
    pub fn finish(self) -> Linearizability {
        Linearizability::of(self.histories)
    }
}

impl<N: Node> Observer<N> for HistoryObserver {
    fn started(&mut self, nodes: &[N]) {
        let mut ranks = (0_u32..).map(Rank).zip(nodes);
        let command = ranks.find(|(_, node)| node.view().role == Role::Command);
        *self = HistoryObserver {
            command: command.map(|(rank, _)| rank),
            ..HistoryObserver::default()
        };
    }

    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        let at = EventIndex(self.events);
        self.events += 1;
        if self.command == Some(observed.rank) {
            self.histories.take(observed.op, observed.message.meaning(), at);
        }
    }
}

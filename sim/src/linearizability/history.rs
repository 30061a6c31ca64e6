//! What the command node has asked for and been answered, by key.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use ringscope_traces::{EventIndex, Op, Rank};

use super::Linearizability;
use crate::protocol::{Command, Key, Meaning, Message as _, Node, Role, Value};
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
    /// GETs without an answer, oldest first.
    gets: VecDeque<(Key, EventIndex)>,
    /// All other commands without an answer, oldest first; a PUT with its place among the commands of its key.
    others: VecDeque<(Command, usize)>,
}

impl Histories {
    /// Takes an event of the command node.
    pub(super) fn take(&mut self, op: Op, meaning: Meaning, at: EventIndex) {
        match (op, meaning) {
            (Op::Send, Meaning::Command(command)) => self.invoke(command, at),
            (Op::Recv, Meaning::Found(value, _)) => self.found(Some(value), at),
            (Op::Recv, Meaning::Absent) => self.found(None, at),
            (Op::Recv, Meaning::Done(pair)) => self.done(pair, at),
            (Op::Recv, Meaning::Refused) => self.refused(),
            (
                Op::Send,
                Meaning::End
                | Meaning::Found(..)
                | Meaning::Absent
                | Meaning::Done(_)
                | Meaning::Refused
                | Meaning::Membership,
            )
            | (Op::Recv, Meaning::Command(_) | Meaning::End | Meaning::Membership) => {}
        }
    }

    fn invoke(&mut self, command: Command, at: EventIndex) {
        match command {
            Command::Put { key, value } => {
                let of_key = self.keys.entry(key).or_default();
                self.others.push_back((command, of_key.len()));
                let does = RegisterStep::Write(value);
                of_key.push(Some(TimedCommand { does, invoked: at, completed: None }));
            }
            Command::Get { key } => self.gets.push_back((key, at)),
            Command::Add { .. } | Command::Remove { .. } => self.others.push_back((command, 0)),
        }
    }

    fn found(&mut self, value: Option<Value>, at: EventIndex) {
        let Some((key, invoked)) = self.gets.pop_front() else { return };
        let does = RegisterStep::Read(value);
        let command = TimedCommand { does, invoked, completed: Some(at) };
        self.keys.entry(key).or_default().push(Some(command));
    }

    /// An answer that names a pair is that PUT's. One that names none is that of the oldest join or leave, or, in a dialect whose
    /// answers name no pairs, of the oldest PUT.
    fn done(&mut self, pair: Option<(Key, Value)>, at: EventIndex) {
        let is_meant = |(command, _): &(Command, usize)| match (*command, pair) {
            (Command::Put { key, value }, Some(pair)) => (key, value) == pair,
            (Command::Put { .. } | Command::Get { .. }, _) => false,
            (Command::Add { .. } | Command::Remove { .. }, pair) => pair.is_none(),
        };
        let oldest = (pair.is_none() && !self.others.is_empty()).then_some(0);
        let place = self.others.iter().position(is_meant).or(oldest);
        let answered = place.and_then(|place| self.others.remove(place));
        if let Some(command) = answered.and_then(|answered| self.put(answered)) {
            *command = command.map(|put| TimedCommand { completed: Some(at), ..put });
        }
    }

    fn refused(&mut self) {
        let oldest = self.others.pop_front();
        if let Some(command) = oldest.and_then(|oldest| self.put(oldest)) {
            *command = None;
        }
    }

    fn put(&mut self, (command, place): (Command, usize)) -> Option<&mut Option<TimedCommand>> {
        match command {
            Command::Put { key, .. } => self.keys.get_mut(&key)?.get_mut(place),
            Command::Get { .. } | Command::Add { .. } | Command::Remove { .. } => None,
        }
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

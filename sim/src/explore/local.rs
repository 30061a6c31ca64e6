//! The local states of the ranks and what follows from each, for all threads together.

use std::sync::{Arc, Mutex, MutexGuard};

use ringscope_traces::{Rank, Tag};
use rustc_hash::FxHashMap;

use super::cell::{BlockedIn, Cell, Host, Interned, Numbered, Receivable};
use super::found;
use crate::protocol::{
    Command, Effects, Meaning, Message as _, MessageOf, Node, Outbox as _, Protocol, Value, Wait,
};
use crate::scenario::Scenario;
use crate::simulate::nodes;

/// What is known of the ranks of a scenario, each part of it computed once.
pub(super) struct LocalStates<P: Protocol> {
    pub host: Host,
    /// The rank that issues the commands.
    command: Rank,
    /// What the GETs of the script are to be answered with, by their places in it.
    expected: FxHashMap<u32, Option<Value>>,
    ranks: Vec<Mutex<Interned<Cell<P::Node>>>>,
    parcels: Mutex<Interned<Parcel<MessageOf<P>>>>,
}

/// A message and its sender.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Parcel<M> {
    from: Rank,
    message: M,
}

/// What follows from a local state.
#[derive(Debug)]
pub(super) struct Known {
    /// The receipts that are possible, by source.
    pub moves: Box<[Move]>,
    pub has_crashed: bool,
    /// The rank in a send to which it is blocked.
    pub blocked: Option<Rank>,
}

/// A receipt, as far as the receiver is concerned.
#[derive(Debug)]
pub(super) struct Move {
    pub source: Rank,
    pub tag: Tag,
    pub effect: Effect,
    /// Whether it was the last message of its sender to this rank.
    pub was_last: bool,
    /// The GET that it answers wrongly, by its place in the script.
    pub wrong: Option<u32>,
}

/// What a handler has come to.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    /// The rank's local state afterwards.
    pub after: Change,
    /// What it has sent: to whom, and which parcel.
    pub sent: Box<[(Rank, u32)]>,
}

/// A local state that takes the place of another one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub cell: u32,
    /// What that adds to the fingerprint of the whole state.
    pub print: u64,
}

impl<P: Protocol> LocalStates<P> {
    /// The local states of a scenario, and by rank those in which nothing has happened yet.
    pub(super) fn new(scenario: &Scenario) -> (LocalStates<P>, Vec<Numbered>) {
        let settings = &scenario.settings;
        let mut start = Vec::new();
        let mut ranks = Vec::new();
        for (salt, node) in (1..).zip(nodes::<P>(scenario)) {
            let mut cells = Interned::new(salt);
            start.push(cells.number(Cell::new(node)));
            ranks.push(Mutex::new(cells));
        }
        let local = LocalStates {
            host: Host { ranks: settings.ranks, eager: settings.eager },
            command: P::roles(settings.ranks).command,
            expected: expected(scenario),
            ranks,
            parcels: Mutex::new(Interned::new(0)),
        };
        (local, start)
    }

    fn cells(&self, rank: Rank) -> MutexGuard<'_, Interned<Cell<P::Node>>> {
        self.ranks[rank.index()].lock().expect(NO_PANIC)
    }

    /// A rank's local state.
    pub(super) fn cell(&self, rank: Rank, cell: u32) -> Arc<Cell<P::Node>> {
        Arc::clone(self.cells(rank).get(cell))
    }

    /// What a rank does before anything has arrived.
    pub(super) fn start(&self, rank: Rank, cell: u32) -> Effect {
        let mut after = Cell::clone(&self.cell(rank, cell));
        let mut effects = Effects::default();
        let wait = after.node.start(&mut effects);
        let sent = after.send(&mut effects, wait, self.host);
        self.effect((rank, cell), after, sent)
    }

    /// What follows from a local state.
    pub(super) fn known(&self, rank: Rank, cell: u32) -> Known {
        let of = self.cell(rank, cell);
        let receivable = of.receivable().into_iter();
        Known {
            moves: receivable.filter_map(|one| self.receipt((rank, cell), &of, one)).collect(),
            has_crashed: of.fault.is_some(),
            blocked: of.blocked.as_ref().map(|blocked| blocked.to),
        }
    }

    /// Runs the handler.
    fn receipt(
        &self,
        (rank, before): (Rank, u32),
        cell: &Cell<P::Node>,
        receivable: Receivable,
    ) -> Option<Move> {
        let mut after = cell.clone();
        let message = after.take(receivable)?;
        let tag = message.tag();
        let is_wrong = |place: &u32, value: Value| {
            self.expected.get(place).is_some_and(|expected| *expected != Some(value))
        };
        let wrong = found(message.meaning())
            .filter(|_| rank == self.command)
            .and_then(|value| oldest_get(cell).filter(|place| is_wrong(place, value)));
        let source = receivable.source;
        let mut effects = Effects::default();
        let wait = match after.node.receive(source, message, &mut effects) {
            Ok(wait) => wait,
            Err(fault) => {
                after.fault = Some(fault);
                Wait::Stopped
            }
        };
        let sent = after.send(&mut effects, wait, self.host);
        let effect = self.effect((rank, before), after, sent);
        Some(Move { source, tag, effect, was_last: receivable.is_last, wrong })
    }

    /// What follows when the message is received in whose send a rank is blocked.
    pub(super) fn released(&self, rank: Rank, cell: u32) -> Effect {
        let mut after = Cell::clone(&self.cell(rank, cell));
        let mut effects = Effects::default();
        let mut wait = after.wait;
        if let Some(BlockedIn { rest, then, .. }) = after.blocked.take() {
            rest.into_iter().for_each(|(to, message)| effects.send(to, message));
            wait = then;
        }
        let sent = after.send(&mut effects, wait, self.host);
        self.effect((rank, cell), after, sent)
    }

    /// Gives numbers to what a handler has come to.
    fn effect(
        &self,
        (rank, before): (Rank, u32),
        mut after: Cell<P::Node>,
        sent: Vec<(Rank, MessageOf<P>)>,
    ) -> Effect {
        if rank == self.command {
            let is_command =
                |message: &MessageOf<P>| matches!(message.meaning(), Meaning::Command(_));
            let commands = sent.iter().filter(|(_, message)| is_command(message)).count();
            after.commands += u32::try_from(commands).expect("a window is counted in 32 bits");
        }
        let mut parcels = self.parcels.lock().expect(NO_PANIC);
        let number = |(to, message)| (to, parcels.number(Parcel { from: rank, message }).number);
        let sent = sent.into_iter().map(number).collect();
        Effect { after: self.change((rank, before), after), sent }
    }

    fn change(&self, (rank, before): (Rank, u32), after: Cell<P::Node>) -> Change {
        let mut cells = self.cells(rank);
        let Numbered { number, print } = cells.number(after);
        Change { cell: number, print: print.wrapping_sub(cells.print(before)) }
    }

    /// The local state of a rank to which one parcel more has been sent.
    pub(super) fn pushed(&self, to: Rank, cell: u32, parcel: u32) -> Change {
        let parcel = Arc::clone(self.parcels.lock().expect(NO_PANIC).get(parcel));
        let mut after = Cell::clone(&self.cell(to, cell));
        after.push(parcel.from, parcel.message.clone());
        self.change((to, cell), after)
    }

    /// How many local states all ranks have together.
    pub(super) fn count(&self) -> u64 {
        self.ranks.iter().map(|cells| cells.lock().expect(NO_PANIC).len() as u64).sum()
    }
}

/// Why a lock can be had.
const NO_PANIC: &str = "no thread panics while it has a number given";

/// The oldest GET that is in flight, by its place in the script.
fn oldest_get<N: Node>(cell: &Cell<N>) -> Option<u32> {
    let view = cell.node.view();
    let in_flight = view.activity.commands_in_flight()?;
    let first = cell.commands.checked_sub(u32::try_from(in_flight.len()).ok()?)?;
    let mut places = (first..).zip(in_flight);
    places.find(|(_, command)| matches!(command, Command::Get { .. })).map(|(place, _)| place)
}

/// What the GETs of a script are to be answered with, by their places in it: with the value of the last PUT of the same key
/// before it, in the order in which the command node sends them.
fn expected(scenario: &Scenario) -> FxHashMap<u32, Option<Value>> {
    let mut last = FxHashMap::default();
    let mut expected = FxHashMap::default();
    for (place, command) in (0..).zip(scenario.script.commands()) {
        match command {
            Command::Put { key, value } => drop(last.insert(key, value)),
            Command::Get { key } => drop(expected.insert(place, last.get(&key).copied())),
            Command::Add { .. } | Command::Remove { .. } => {}
        }
    }
    expected
}

//! The local states of the ranks and what follows from each, for all threads together.

use std::sync::{Arc, Mutex, MutexGuard};

use ringscope_traces::{Rank, Tag};
use rustc_hash::FxHashMap;

use super::cell::{BlockedIn, Cell, Choosing, Host, Interned, Numbered, Open, Receivable};
use super::puts::{self, Puts};
use super::scripts::{Alphabet, Past};
use crate::protocol::arithmetic::Ring;
use crate::protocol::{
    Command, Effects, Key, Meaning, Message as _, MessageOf, Node, Outbox as _, Protocol, Script,
    StorageId, Value, Wait,
};
use crate::scenario::Scenario;
use crate::simulate::nodes;

/// What is known of the ranks of a scenario, each part of it computed once.
pub(super) struct LocalStates<P: Protocol> {
    pub host: Host,
    /// The rank that issues the commands.
    pub command: Rank,
    /// What scripts are made of, where there is more than one.
    alphabet: Option<Alphabet>,
    /// What the GETs of the script are to be answered with, by their places in it.
    expected: FxHashMap<u32, Option<Value>>,
    /// What the ring is to hold in the end.
    pub puts: Puts,
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
    /// The receipts that are possible, by source; or the commands that can come next.
    pub moves: Box<[Move]>,
    /// Whether commands are chosen here, and nothing else happens before.
    pub is_choosing: bool,
    /// What was chosen, where scripts are.
    pub chosen: Chosen,
    pub has_crashed: bool,
    /// Whether it takes what comes from anybody.
    pub is_wildcard: bool,
    /// The rank in a send to which it is blocked.
    pub blocked: Option<Rank>,
}

/// A local state of a rank without what was sent there.
#[derive(Debug, Clone)]
pub(super) struct Bare {
    pub cell: u32,
    /// What was sent there.
    pub parcels: Vec<u32>,
    /// By whom.
    pub sources: Vec<Rank>,
}

/// What was chosen of a script on the way to a state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    pub commands: u32,
    /// The commands, and the end of the script.
    pub choices: u32,
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
    /// The pair of a contested key that it stores.
    pub stored: Option<(Key, Value)>,
    /// The command that is chosen, where it is no receipt; none when the script ends here.
    pub command: Option<Command>,
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
    pub(super) fn new(
        scenario: &Scenario,
        alphabet: Option<Alphabet>,
    ) -> (LocalStates<P>, Vec<Numbered>) {
        let settings = &scenario.settings;
        let mut start = Vec::new();
        let mut ranks = Vec::new();
        let nodes = nodes::<P>(scenario);
        let last_id = Ring::walk(&nodes).members().last().map_or_else(StorageId::default, |m| m.id);
        for (salt, node) in (1..).zip(nodes) {
            let mut cells = Interned::new(salt);
            start.push(cells.number(Cell::new(node)));
            ranks.push(Mutex::new(cells));
        }
        let local = LocalStates {
            host: Host { ranks: settings.ranks, eager: settings.eager },
            command: P::roles(settings.ranks).command,
            alphabet,
            expected: puts::expected(scenario),
            puts: Puts::of(scenario, last_id),
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
        if let (true, Some(alphabet)) = (rank == self.command, &self.alphabet) {
            let choosing = Choosing { reply: None, chosen: Vec::new(), room: alphabet.window };
            after.open = Some(Box::new(Open { past: Past::default(), choosing: Some(choosing) }));
            return self.effect((rank, cell), after, Vec::new());
        }
        let mut effects = Effects::default();
        let wait = after.node.start(&mut effects);
        let sent = after.send(&mut effects, wait, self.host);
        self.effect((rank, cell), after, sent)
    }

    /// What follows from a local state.
    pub(super) fn known(&self, rank: Rank, cell: u32) -> Known {
        let of = self.cell(rank, cell);
        let receivable = of.receivable().into_iter();
        let moves = match (of.choosing(), &self.alphabet) {
            (Some(_), Some(alphabet)) => self.commands((rank, cell), &of, alphabet),
            (Some(_) | None, _) => {
                receivable.filter_map(|one| self.receipt((rank, cell), &of, one)).collect()
            }
        };
        Known {
            moves,
            is_choosing: of.choosing().is_some(),
            chosen: of.open.as_ref().map_or_else(Chosen::default, |open| {
                let commands = of.all_commands();
                Chosen { commands, choices: commands + u32::from(open.past.is_over) }
            }),
            has_crashed: of.fault.is_some(),
            is_wildcard: of.wait == Wait::Any,
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
        let found = message.meaning().found().filter(|_| rank == self.command);
        let wrong = found.and_then(|value| self.wrong(cell, &mut after, value));
        let source = receivable.source;
        let was_last = receivable.is_last;
        let (effect, stored) = match &mut after.open {
            Some(open) if !open.past.is_over => {
                let reply = Some((source, message));
                open.choosing = Some(Choosing { reply, chosen: Vec::new(), room: 1 });
                (self.effect((rank, before), after, Vec::new()), None)
            }
            Some(_) | None => self.handled((rank, before), after, (source, message)),
        };
        Some(Move { source, tag, effect, was_last, wrong, stored, command: None })
    }

    /// The GET that a value answers wrongly, or that there is none, by its place in the script.
    fn wrong(
        &self,
        cell: &Cell<P::Node>,
        after: &mut Cell<P::Node>,
        value: Option<Value>,
    ) -> Option<u32> {
        let place = oldest_get(cell)?;
        let is_right = match &mut after.open {
            Some(open) => open.past.answered(value),
            None => self.expected.get(&place).is_none_or(|expected| *expected == value),
        };
        (!is_right).then_some(place)
    }

    fn handled(
        &self,
        at: (Rank, u32),
        mut after: Cell<P::Node>,
        (source, message): (Rank, MessageOf<P>),
    ) -> (Effect, Option<(Key, Value)>) {
        let put = message.meaning().command().and_then(|command| self.puts.contested(command));
        let mut effects = Effects::default();
        let wait = match after.node.receive(source, message, &mut effects) {
            Ok(wait) => wait,
            Err(fault) => {
                after.fault = Some(fault);
                Wait::Stopped
            }
        };
        let stored = put.filter(|put| has_kept(*put, &after.node, &effects));
        let sent = after.send(&mut effects, wait, self.host);
        (self.effect(at, after, sent), stored)
    }

    /// The commands that can come next, and the end of the script.
    fn commands(&self, at: (Rank, u32), cell: &Cell<P::Node>, alphabet: &Alphabet) -> Box<[Move]> {
        let next = cell.open.as_ref().map(|open| alphabet.next::<P>(&open.past));
        let next = next.into_iter().flatten().filter(|_| cell.all_commands() < alphabet.most());
        let next = std::iter::once(None).chain(next.map(Some));
        next.map(|command| self.command(at, cell.clone(), command)).collect()
    }

    /// Chooses a command, or that there are no more.
    fn command(&self, at: (Rank, u32), mut after: Cell<P::Node>, command: Option<Command>) -> Move {
        let first = P::roles(self.host.ranks).newcomers.start;
        let mut ready = None;
        if let Some(open) = &mut after.open
            && let Some(choosing) = &mut open.choosing
        {
            match command {
                Some(command) => {
                    open.past.send(command, Rank(first));
                    choosing.chosen.push(command);
                    choosing.room -= 1;
                }
                None => open.past.end(),
            }
            if open.past.is_over || choosing.room == 0 {
                ready = open.choosing.take();
            }
        }
        let effect = match ready {
            Some(ready) => self.sent(at, after, ready),
            None => self.effect(at, after, Vec::new()),
        };
        let (source, tag) = (at.0, Tag(0));
        Move { source, tag, effect, was_last: false, wrong: None, stored: None, command }
    }

    /// The command node goes on with what was chosen.
    fn sent(
        &self,
        at: (Rank, u32),
        mut after: Cell<P::Node>,
        Choosing { reply, chosen, .. }: Choosing<MessageOf<P>>,
    ) -> Effect {
        let with = |node: &P::Node, script: Script| {
            P::with_script(node, Arc::new(script)).expect("only such protocols are explored so")
        };
        after.node = with(&after.node, chosen.into_iter().collect());
        let mut effects = Effects::default();
        let wait = match reply {
            None => Ok(after.node.start(&mut effects)),
            Some((source, message)) => after.node.receive(source, message, &mut effects),
        };
        let wait = wait.unwrap_or_else(|fault| {
            after.fault = Some(fault);
            Wait::Stopped
        });
        // What was sent decides nothing any more: with it left out, more states are the same.
        after.node = with(&after.node, Script::default());
        let sent = after.send(&mut effects, wait, self.host);
        self.effect(at, after, sent)
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
            let commands =
                sent.iter().filter_map(|(_, message)| message.meaning().command()).count();
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

    /// A rank's local state and what was sent to it, apart.
    pub(super) fn bare(&self, rank: Rank, cell: u32) -> Bare {
        let mut bare = Cell::clone(&self.cell(rank, cell));
        let mut sources = Vec::new();
        let mut parcels = self.parcels.lock().expect(NO_PANIC);
        let number = |(from, message)| {
            sources.push(from);
            parcels.number(Parcel { from, message }).number
        };
        let numbers = bare.empty().into_iter().map(number).collect();
        Bare { cell: self.cells(rank).number(bare).number, parcels: numbers, sources }
    }

    /// Whether the script is part of what is chosen.
    pub(super) fn are_scripts_chosen(&self) -> bool {
        self.alphabet.is_some()
    }

    /// How many local states all ranks have together.
    pub(super) fn count(&self) -> u64 {
        self.ranks.iter().map(|cells| cells.lock().expect(NO_PANIC).len() as u64).sum()
    }
}

/// Why a lock can be had.
const NO_PANIC: &str = "no thread panics while it has a number given";

/// Whether a node has stored a pair, or said that it has, and has not passed it on.
fn has_kept<N: Node>((key, value): (Key, Value), node: &N, effects: &Effects<N::Message>) -> bool {
    let mut sent = effects.asked().iter().map(|(_, message)| message.meaning());
    let is_held = node.view().storage.and_then(|storage| storage.get(&key)) == Some(&value);
    let is_acknowledged = sent.clone().any(|meaning| matches!(meaning, Meaning::Done(_)));
    let is_passed_on = sent.any(|meaning| meaning.command().is_some());
    (is_held || is_acknowledged) && !is_passed_on
}

/// The oldest GET that is in flight, by its place in the script.
fn oldest_get<N: Node>(cell: &Cell<N>) -> Option<u32> {
    let view = cell.node.view();
    let in_flight = view.activity.commands_in_flight()?;
    let first = cell.commands.checked_sub(u32::try_from(in_flight.len()).ok()?)?;
    let mut places = (first..).zip(in_flight);
    places.find(|(_, command)| matches!(command, Command::Get { .. })).map(|(place, _)| place)
}

//! The steps from one state to the next, as one thread takes them.

use std::collections::BTreeMap;

use ringscope_traces::{Rank, Tag};
use rustc_hash::FxHashMap;

use super::cell::Numbered;
use super::discovery::{Shape, WaySize};
use super::local::{Bare, Change, Chosen, Effect, Known, LocalStates, Move};
use super::settled::AtRest;
use super::states::Candidate;
use crate::invariants::Invariant;
use crate::protocol::{Command, Fault, Key, Protocol, Role, Value, Viewed as _};
use crate::world::{Blocked, Choice, Status};

/// A step that was taken: which of those that a rank can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Taken {
    /// The rank, of which there are never more.
    pub rank: u16,
    /// Its receipts are counted from the lowest source.
    pub nth: u16,
}

impl Taken {
    fn rank(self) -> Rank {
        Rank(self.rank.into())
    }
}

/// The steps that are possible, with what this thread knows of them.
///
/// All threads know the same in the end; what one of them does not know yet it asks of the local states, under a lock.
pub(super) struct Steps<'l, P: Protocol> {
    local: &'l LocalStates<P>,
    known: Vec<Vec<Option<Known>>>,
    pushes: Pushes<'l, P>,
    released: FxHashMap<(Rank, u32), Effect>,
    bare: FxHashMap<(Rank, u32), Bare>,
}

/// The local states in which there is one parcel more.
struct Pushes<'l, P: Protocol> {
    local: &'l LocalStates<P>,
    /// By receiver; by its local state and the parcel.
    pushed: Vec<FxHashMap<(u32, u32), Change>>,
}

/// A state that is being made.
#[derive(Debug, Clone, Default)]
pub(super) struct NextState {
    pub cells: Vec<u32>,
    pub print: u64,
}

impl NextState {
    /// The state of these local states.
    pub(super) fn of(cells: &[Numbered]) -> NextState {
        let print = cells.iter().fold(0_u64, |sum, cell| sum.wrapping_add(cell.print));
        NextState { cells: cells.iter().map(|cell| cell.number).collect(), print }
    }

    /// Begins with another state.
    pub(super) fn begin(&mut self, Candidate { print, cells }: Candidate<'_>) {
        self.cells.clear();
        self.cells.extend_from_slice(cells);
        self.print = print;
    }

    pub(super) fn candidate(&self) -> Candidate<'_> {
        Candidate { print: self.print, cells: &self.cells }
    }

    #[inline]
    fn change(&mut self, rank: Rank, Change { cell, print }: Change) {
        self.cells[rank.index()] = cell;
        self.print = self.print.wrapping_add(print);
    }
}

impl<'l, P: Protocol> Steps<'l, P> {
    /// No steps are known yet.
    pub(super) fn new(local: &'l LocalStates<P>) -> Steps<'l, P> {
        let ranks = local.host.ranks as usize;
        Steps {
            local,
            known: (0..ranks).map(|_| Vec::new()).collect(),
            pushes: Pushes { local, pushed: vec![FxHashMap::default(); ranks] },
            released: FxHashMap::default(),
            bare: FxHashMap::default(),
        }
    }

    /// Lets every rank do what it does before anything has arrived.
    pub(super) fn start(&mut self, state: &mut NextState) {
        for rank in self.ranks() {
            let effect = self.local.start(rank, state.cells[rank.index()]);
            self.pushes.apply(rank, &effect, state);
        }
    }

    /// All ranks.
    pub(super) fn ranks(&self) -> impl Iterator<Item = Rank> + use<P> {
        (0..self.local.host.ranks).map(Rank)
    }

    /// What follows from a rank's local state.
    #[inline]
    pub(super) fn known(&mut self, rank: Rank, cell: u32) -> &Known {
        let known = &mut self.known[rank.index()];
        if known.len() <= cell as usize {
            known.resize_with(cell as usize + 1, || None);
        }
        known[cell as usize].get_or_insert_with(|| self.local.known(rank, cell))
    }

    /// Takes a step from a state; `next` is the state that it leads to. Says which GET it answers wrongly.
    #[inline]
    pub(super) fn step(
        &mut self,
        taken: Taken,
        from: Candidate<'_>,
        next: &mut NextState,
    ) -> Option<u32> {
        let rank = taken.rank();
        next.begin(from);
        self.known(rank, from.cells[rank.index()]);
        let known = self.known[rank.index()][from.cells[rank.index()] as usize].as_ref();
        let receipt = &known.expect("just asked").moves[taken.nth as usize];
        let wrong = receipt.wrong;
        self.pushes.apply(rank, &receipt.effect, next);
        if self.local.host.eager.is_none() || !receipt.was_last {
            return wrong;
        }
        // After the handler: the receiver goes on with what it has before its sender hears that it was taken.
        let source = receipt.source;
        if self.known(source, from.cells[source.index()]).blocked == Some(rank) {
            let cell = next.cells[source.index()];
            let local = self.local;
            let released = self.released.entry((source, cell));
            let effect = released.or_insert_with(|| local.released(source, cell));
            self.pushes.apply(source, effect, next);
        }
        wrong
    }

    /// What follows when the message is received in whose send a rank is blocked.
    pub(super) fn released(&mut self, rank: Rank, cell: u32) -> &Effect {
        let local = self.local;
        self.released.entry((rank, cell)).or_insert_with(|| local.released(rank, cell))
    }

    /// A rank's local state and what was sent to it, apart.
    pub(super) fn bare(&mut self, rank: Rank, cell: u32) -> &Bare {
        let local = self.local;
        self.bare.entry((rank, cell)).or_insert_with(|| local.bare(rank, cell))
    }

    /// What follows when a rank to which nothing else was sent receives a parcel, if it takes it; and the key that it stores.
    pub(super) fn relaxed(
        &mut self,
        rank: Rank,
        bare: u32,
        parcel: u32,
    ) -> Option<(Effect, Option<Key>)> {
        let with = self.pushes.pushed(rank, bare, parcel).cell;
        let receipt = self.known(rank, with).moves.first()?;
        Some((receipt.effect.clone(), receipt.stored.map(|(key, _)| key)))
    }

    /// The contested keys that a rank can store with its next receipt.
    pub(super) fn stores(&mut self, rank: Rank, cells: &[u32]) -> Vec<Key> {
        let moves = &self.known(rank, cells[rank.index()]).moves;
        moves.iter().filter_map(|receipt| receipt.stored.map(|(key, _)| key)).collect()
    }

    /// What a step stores of a contested key, and whether it answers a GET wrongly.
    pub(super) fn told(&mut self, taken: Taken, cells: &[u32]) -> (Option<(Key, Value)>, bool) {
        let rank = taken.rank();
        let known = self.known(rank, cells[rank.index()]);
        let receipt = &known.moves[taken.nth as usize];
        (receipt.stored, receipt.wrong.is_some())
    }

    /// Whether it depends on more than the state at its end whether a run was as it should be, given whether a GET can be answered wrongly.
    pub(super) fn depends_on_ways(&self, can_be_wrong: bool) -> bool {
        can_be_wrong || self.local.puts.are_contested()
    }

    /// The invariants that are broken where all ranks have stopped, at the end of a settled script, given what was stored last of contested
    /// keys.
    pub(super) fn broken_after(
        &self,
        cells: &[u32],
        stored: &BTreeMap<Key, Value>,
    ) -> Vec<Invariant> {
        let puts = &self.local.puts;
        let pairs = puts.at_the_end(stored);
        let is_amid = self.is_amid(cells);
        AtRest { pairs, last_id: puts.last_id, is_amid }.broken(&self.nodes(cells))
    }

    /// Whether a join or a leave is under way.
    fn is_amid(&self, cells: &[u32]) -> bool {
        self.ranks().zip(cells).any(|(rank, cell)| self.local.cell(rank, *cell).is_changing())
    }

    fn nodes(&self, cells: &[u32]) -> Vec<P::Node> {
        let ranks = self.ranks().zip(cells);
        ranks.map(|(rank, cell)| self.local.cell(rank, *cell).node.clone()).collect()
    }

    /// The receipts of a way from a state on, as whoever holds a world chooses them, and the commands that are chosen on it.
    pub(super) fn choices(
        &mut self,
        start: &NextState,
        way: &[Taken],
    ) -> (Vec<Choice>, Vec<Command>) {
        let (mut at, mut next) = (start.clone(), NextState::default());
        let (mut choices, mut commands) = (Vec::new(), Vec::new());
        for taken in way {
            let rank = taken.rank();
            let known = self.known(rank, at.cells[rank.index()]);
            let Move { source, command, .. } = known.moves[taken.nth as usize];
            match known.is_choosing {
                true => commands.extend(command),
                false => choices.push(Choice { rank, source }),
            }
            self.step(*taken, at.candidate(), &mut next);
            std::mem::swap(&mut at, &mut next);
        }
        (choices, commands)
    }

    /// The rank that alone goes on from a state, if only one does: the command node, where commands are chosen.
    #[inline]
    pub(super) fn alone(&mut self, cells: &[u32]) -> Option<Rank> {
        let command = self.local.command;
        self.known(command, cells[command.index()]).is_choosing.then_some(command)
    }

    /// How large a way to a state is that takes so many steps.
    pub(super) fn size(&mut self, cells: &[u32], steps: u32) -> WaySize {
        let command = self.local.command;
        let Chosen { commands, choices } = self.known(command, cells[command.index()]).chosen;
        WaySize { commands, receipts: steps - choices }
    }

    /// The invariants that are broken where all ranks have stopped; only known of scripts that were chosen.
    ///
    /// Which value a key has is not looked at: of two PUTs in flight together either may be the last; a GET behind them shows it.
    pub(super) fn broken(&self, cells: &[u32]) -> Vec<Invariant> {
        let command = self.local.command;
        let command = self.local.cell(command, cells[command.index()]);
        let Some(open) = &command.open else { return Vec::new() };
        let pairs = open.past.keys_put().map(|key| (key, None));
        let (last_id, is_amid) = (self.local.puts.last_id, self.is_amid(cells));
        AtRest { pairs, last_id, is_amid }.broken(&self.nodes(cells))
    }

    /// The state at the end of a way.
    pub(super) fn end_of(&mut self, start: &NextState, way: &[Taken]) -> NextState {
        let (mut at, mut next) = (start.clone(), NextState::default());
        for taken in way {
            self.step(*taken, at.candidate(), &mut next);
            std::mem::swap(&mut at, &mut next);
        }
        at
    }

    /// The steps that can be taken from a state, each with the tag of what is received; none where a rank has crashed.
    pub(super) fn all(&mut self, cells: &[u32]) -> Vec<(Taken, Tag)> {
        let mut all = Vec::new();
        for (rank, cell) in (0..).zip(cells) {
            let known = self.known(Rank(rank.into()), *cell);
            if known.has_crashed || known.is_choosing {
                return Vec::new();
            }
            let moves = (0..).zip(&known.moves);
            all.extend(moves.map(|(nth, receipt)| (Taken { rank, nth }, receipt.tag)));
        }
        all
    }

    /// The rank that has crashed in a state, and on what.
    pub(super) fn crash(&mut self, cells: &[u32]) -> Option<(Rank, Fault)> {
        let crashed =
            self.ranks().find(|rank| self.known(*rank, cells[rank.index()]).has_crashed)?;
        let fault = self.local.cell(crashed, cells[crashed.index()]).fault.clone();
        fault.map(|fault| (crashed, fault))
    }

    /// Whether all ranks have stopped.
    pub(super) fn all_stopped(&self, cells: &[u32]) -> bool {
        self.ranks().zip(cells).all(|(rank, cell)| self.local.cell(rank, *cell).is_finished())
    }

    /// Who waits for whom, whichever ranks play the parts.
    pub(super) fn wait_for_shape(&self, cells: &[u32]) -> Shape {
        let cells = self.ranks().zip(cells);
        let cells: Vec<_> =
            cells.map(|(rank, cell)| (rank, self.local.cell(rank, *cell))).collect();
        let roles: BTreeMap<Rank, Role> =
            cells.iter().map(|(rank, cell)| (*rank, cell.node.view().role)).collect();
        let blocked = cells.iter().filter_map(|(rank, cell)| {
            let status = match &cell.blocked {
                Some(blocked) => Status::Sending { to: blocked.to },
                None => Status::after_sends(cell.wait),
            };
            status.blocked(*rank)
        });
        Shape::of(&blocked.collect::<Vec<Blocked>>(), &roles)
    }

    /// About how many bytes it takes to know what this thread knows.
    pub(super) fn bytes(&self) -> u64 {
        const A_CELL: u64 = 256;
        const A_PUSH: u64 = 32;
        let known: u64 = self.known.iter().map(|known| known.len() as u64).sum();
        let pushes: u64 = self.pushes.pushed.iter().map(|pushed| pushed.len() as u64).sum();
        known * A_CELL + pushes * A_PUSH
    }
}

impl<P: Protocol> Pushes<'_, P> {
    /// Puts a rank's new local state into a state, and what it has sent into those of the receivers.
    #[inline]
    fn apply(&mut self, rank: Rank, effect: &Effect, state: &mut NextState) {
        state.change(rank, effect.after);
        for (to, parcel) in &effect.sent {
            let change = self.pushed(*to, state.cells[to.index()], *parcel);
            state.change(*to, change);
        }
    }

    #[inline]
    fn pushed(&mut self, to: Rank, cell: u32, parcel: u32) -> Change {
        let local = self.local;
        let pushed = self.pushed[to.index()].entry((cell, parcel));
        *pushed.or_insert_with(|| local.pushed(to, cell, parcel))
    }
}

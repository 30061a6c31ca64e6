//! The steps from one state to the next, each part of them computed once.

use std::collections::BTreeMap;
use std::rc::Rc;

use ringscope_traces::{Rank, Tag};
use rustc_hash::FxHashMap;

use super::cell::{BlockedIn, Cell, Host, Interned, Receivable};
use super::{discovery::Shape, found};
use crate::protocol::{
    Command, Effects, Fault, Meaning, Message as _, Node, Outbox as _, Protocol, Role, Value, Wait,
};
use crate::scenario::Scenario;
use crate::simulate::nodes;
use crate::world::{Blocked, Choice, Status};

/// The steps that are possible.
pub(super) struct Steps<N: Node> {
    host: Host,
    /// The rank that issues the commands.
    command: Rank,
    messages: Interned<N::Message>,
    ranks: Vec<OfRank<N>>,
}

/// The local states of a rank, and what follows from them.
struct OfRank<N: Node> {
    cells: Interned<Cell<N>>,
    /// The receipts that are possible, by local state.
    moves: Vec<Option<Box<[Move]>>>,
    /// The local state in which there is one message more, by local state, sender and message.
    pushed: FxHashMap<(u32, Rank, u32), u32>,
    /// What follows when the message is received in whose send the rank is blocked.
    released: FxHashMap<u32, Effect>,
}

/// A receipt, as far as the receiver is concerned.
struct Move {
    source: Rank,
    effect: Effect,
    /// Whether it was the last message of its sender to this rank.
    was_last: bool,
    /// The command that it answers, by its place in the script, and the value.
    answered: Option<(u32, Value)>,
}

/// What a handler has come to.
#[derive(Clone)]
struct Effect {
    /// The rank's local state afterwards.
    cell: u32,
    /// What it has sent: to whom, and which message.
    sent: Rc<[(Rank, u32)]>,
}

/// A step that was made.
pub(super) struct Transition {
    pub choice: Choice,
    /// The command that it answers, by its place in the script, and the value.
    pub answered: Option<(u32, Value)>,
}

impl<N: Node> Steps<N> {
    /// The steps of a scenario, and the state at its start.
    pub(super) fn new<P: Protocol<Node = N>>(scenario: &Scenario) -> (Steps<N>, Vec<u32>) {
        let settings = &scenario.settings;
        let nodes = nodes::<P>(scenario);
        let of_rank = |node: &N| OfRank {
            cells: {
                let mut cells = Interned::default();
                cells.number(Cell::new(node.clone()));
                cells
            },
            moves: Vec::new(),
            pushed: FxHashMap::default(),
            released: FxHashMap::default(),
        };
        let mut steps = Steps {
            host: Host { ranks: settings.ranks, eager: settings.eager },
            command: P::roles(settings.ranks).command,
            messages: Interned::default(),
            ranks: nodes.iter().map(of_rank).collect(),
        };
        let mut state = vec![0; nodes.len()];
        for rank in steps.ranks() {
            steps.start(rank, &mut state);
        }
        (steps, state)
    }

    fn start(&mut self, rank: Rank, state: &mut [u32]) {
        let mut cell = Cell::clone(self.cell(rank, state[rank.index()]));
        let mut effects = Effects::default();
        let wait = cell.node.start(&mut effects);
        let sent = cell.send(&mut effects, wait, self.host);
        let effect = self.effect(rank, cell, sent);
        self.apply(rank, &effect, state);
    }

    /// All ranks.
    pub(super) fn ranks(&self) -> impl Iterator<Item = Rank> + use<N> {
        (0..self.host.ranks).map(Rank)
    }

    fn cell(&self, rank: Rank, cell: u32) -> &Cell<N> {
        self.ranks[rank.index()].cells.get(cell)
    }

    /// How many receipts are possible at a rank in that local state.
    pub(super) fn moves(&mut self, rank: Rank, cell: u32) -> usize {
        let known = self.ranks[rank.index()].moves.get(cell as usize).and_then(Option::as_ref);
        if let Some(moves) = known {
            return moves.len();
        }
        let moves = self.moves_of(rank, cell);
        let count = moves.len();
        let of_rank = &mut self.ranks[rank.index()];
        if of_rank.moves.len() <= cell as usize {
            of_rank.moves.resize_with(cell as usize + 1, || None);
        }
        of_rank.moves[cell as usize] = Some(moves);
        count
    }

    #[cold]
    fn moves_of(&mut self, rank: Rank, cell: u32) -> Box<[Move]> {
        let receivable = self.cell(rank, cell).receivable();
        receivable.into_iter().filter_map(|one| self.move_of(rank, cell, one)).collect()
    }

    /// Runs the handler.
    fn move_of(&mut self, rank: Rank, cell: u32, receivable: Receivable) -> Option<Move> {
        let mut cell = Cell::clone(self.cell(rank, cell));
        let message = cell.take(receivable)?;
        let answered = found(message.meaning())
            .filter(|_| rank == self.command)
            .and_then(|value| Some((oldest_get(&cell)?, value)));
        let source = receivable.source;
        let mut effects = Effects::default();
        let wait = match cell.node.receive(source, message, &mut effects) {
            Ok(wait) => wait,
            Err(fault) => {
                cell.fault = Some(fault);
                Wait::Stopped
            }
        };
        let sent = cell.send(&mut effects, wait, self.host);
        let effect = self.effect(rank, cell, sent);
        Some(Move { source, effect, was_last: receivable.is_last, answered })
    }

    /// Gives numbers to what a handler has come to.
    fn effect(&mut self, rank: Rank, mut cell: Cell<N>, sent: Vec<(Rank, N::Message)>) -> Effect {
        if rank == self.command {
            let is_command =
                |message: &N::Message| matches!(message.meaning(), Meaning::Command(_));
            let commands = sent.iter().filter(|(_, message)| is_command(message)).count();
            cell.commands += u32::try_from(commands).expect("a window is counted in 32 bits");
        }
        let sent = sent.into_iter().map(|(to, message)| (to, self.messages.number(message)));
        let sent = sent.collect();
        Effect { cell: self.ranks[rank.index()].cells.number(cell), sent }
    }

    /// Makes the `nth` receipt that is possible at a rank; what comes of it is in `next`.
    pub(super) fn step(
        &mut self,
        (rank, nth): (Rank, usize),
        state: &[u32],
        next: &mut Vec<u32>,
    ) -> Transition {
        next.clear();
        next.extend_from_slice(state);
        let cell = state[rank.index()];
        self.moves(rank, cell);
        let moves = self.ranks[rank.index()].moves[cell as usize].as_ref().expect("just computed");
        let Move { source, ref effect, was_last, answered } = moves[nth];
        let effect = effect.clone();
        self.apply(rank, &effect, next);
        // After the handler: the receiver goes on with what it has before its sender hears that it was taken.
        let is_waited_for = was_last
            && self.host.eager.is_some()
            && self
                .cell(source, state[source.index()])
                .blocked
                .as_ref()
                .is_some_and(|b| b.to == rank);
        if is_waited_for {
            let effect = self.release(source, next[source.index()]);
            self.apply(source, &effect, next);
        }
        Transition { choice: Choice { rank, source }, answered }
    }

    fn release(&mut self, rank: Rank, cell: u32) -> Effect {
        if let Some(effect) = self.ranks[rank.index()].released.get(&cell) {
            return effect.clone();
        }
        let mut after = Cell::clone(self.cell(rank, cell));
        let mut effects = Effects::default();
        let mut wait = after.wait;
        if let Some(BlockedIn { rest, then, .. }) = after.blocked.take() {
            rest.into_iter().for_each(|(to, message)| effects.send(to, message));
            wait = then;
        }
        let sent = after.send(&mut effects, wait, self.host);
        let effect = self.effect(rank, after, sent);
        self.ranks[rank.index()].released.insert(cell, effect.clone());
        effect
    }

    /// Puts a rank's new local state into a state, and what it has sent into those of the receivers.
    fn apply(&mut self, rank: Rank, effect: &Effect, state: &mut [u32]) {
        state[rank.index()] = effect.cell;
        for (to, message) in &*effect.sent {
            let receiver = &mut state[to.index()];
            *receiver = self.push(*to, *receiver, (rank, *message));
        }
    }

    fn push(&mut self, to: Rank, cell: u32, (from, message): (Rank, u32)) -> u32 {
        let of_rank = &mut self.ranks[to.index()];
        if let Some(pushed) = of_rank.pushed.get(&(cell, from, message)) {
            return *pushed;
        }
        let mut after = Cell::clone(of_rank.cells.get(cell));
        after.push(from, N::Message::clone(self.messages.get(message)));
        let pushed = of_rank.cells.number(after);
        of_rank.pushed.insert((cell, from, message), pushed);
        pushed
    }

    /// The rank that has crashed in a state, and on what.
    pub(super) fn crash(&self, state: &[u32]) -> Option<(Rank, Fault)> {
        let fault = |(rank, cell)| Some((rank, self.cell(rank, cell).fault.clone()?));
        self.ranks().zip(state.iter().copied()).find_map(fault)
    }

    /// Whether all ranks have stopped.
    pub(super) fn all_stopped(&self, state: &[u32]) -> bool {
        self.ranks().zip(state).all(|(rank, cell)| self.cell(rank, *cell).is_finished())
    }

    /// Who waits for whom, whichever ranks play the parts.
    pub(super) fn wait_for_shape(&self, state: &[u32]) -> Shape {
        let cells = || self.ranks().zip(state).map(|(rank, cell)| (rank, self.cell(rank, *cell)));
        let roles: BTreeMap<Rank, Role> =
            cells().map(|(rank, cell)| (rank, cell.node.view().role)).collect();
        let blocked = cells().filter_map(|(rank, cell)| {
            let status = match &cell.blocked {
                Some(blocked) => Status::Sending { to: blocked.to },
                None => Status::after_sends(cell.wait),
            };
            status.blocked(rank)
        });
        Shape::of(&blocked.collect::<Vec<Blocked>>(), &roles)
    }

    /// How many local states all ranks have together.
    pub(super) fn local_states(&self) -> u64 {
        self.ranks.iter().map(|of_rank| of_rank.cells.len() as u64).sum()
    }

    /// About how many bytes the local states and steps take.
    pub(super) fn bytes(&self) -> u64 {
        const A_CELL: u64 = 1_024;
        const A_PUSH: u64 = 24;
        let pushes: u64 = self.ranks.iter().map(|of_rank| of_rank.pushed.len() as u64).sum();
        self.local_states() * A_CELL + pushes * A_PUSH
    }

    /// The tag of the message that a step receives.
    pub(super) fn tag(&self, (rank, nth): (Rank, usize), state: &[u32]) -> Option<Tag> {
        let cell = self.cell(rank, *state.get(rank.index())?);
        let receivable = *cell.receivable().get(nth)?;
        Cell::clone(cell).take(receivable).map(|message| message.tag())
    }
}

/// The oldest GET that is in flight, by its place in the script.
fn oldest_get<N: Node>(cell: &Cell<N>) -> Option<u32> {
    let view = cell.node.view();
    let in_flight = view.activity.commands_in_flight()?;
    let first = cell.commands.checked_sub(u32::try_from(in_flight.len()).ok()?)?;
    let mut places = (first..).zip(in_flight);
    places.find(|(_, command)| matches!(command, Command::Get { .. })).map(|(place, _)| place)
}

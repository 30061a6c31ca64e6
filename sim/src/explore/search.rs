//! The search: level by level, on as many threads as wanted.
//!
//! A stretch of a level is gone on from in two phases. First each thread takes its part of the states and makes all their successors;
//! those that are known already are dropped there, and nothing is written that others read. Then each thread takes its part of
//! the shards and puts the new ones away, in the order of the states that they come from. So neither the states nor
//! their order nor what is found depends on the number of threads.

use std::num::NonZeroUsize;
use std::thread;

use super::discovery::Discoveries;
use super::local::LocalStates;
use super::reduction::{Reduction, Rule};
use super::states::{Candidate, SHARDS, Shard, StateId, StateSpace, shard_of};
use super::steps::{NextState, Steps, Taken};
use super::{ExploreSettings, SearchProgress};
use crate::protocol::Protocol;
use ringscope_traces::Rank;

/// The most states that are gone on from before the new ones are put away.
const STRETCH: usize = 16_384;

/// So many states are gone on from between two questions whether to go on.
const BETWEEN_QUESTIONS: u64 = 4_096;

/// So many states are looked up together.
const TOGETHER: usize = 64;

/// With fewer states than this in a stretch other threads are not worth their start.
const WORTH_THREADS: usize = 512;

/// A search.
pub(super) struct Search<'l, P: Protocol> {
    settings: ExploreSettings,
    local: &'l LocalStates<P>,
    pub start: NextState,
    pub states: StateSpace,
    pub found: Discoveries,
    pub progress: SearchProgress,
    /// The states to which a step led from no higher up: there is one on each cycle.
    pub returned_to: Vec<StateId>,
    workers: Vec<Worker<'l, P>>,
}

/// One thread's part of it.
struct Worker<'l, P: Protocol> {
    steps: Steps<'l, P>,
    reduction: Reduction,
    next: NextState,
    /// The states that are still to be looked up.
    pending: NewStates,
    /// The states that may be new, by shard.
    new: Vec<NewStates>,
    found: Discoveries,
    receipts: u64,
    returned_to: Vec<StateId>,
    /// How many steps lead to the states that are gone on from now.
    level: u32,
}

/// States that may be new, in the order in which they were met.
#[derive(Default)]
struct NewStates {
    prints: Vec<u64>,
    cells: Vec<u32>,
    by: Vec<(StateId, Taken)>,
}

impl<'l, P: Protocol> Search<'l, P> {
    /// A search that begins where nothing has happened yet: with these local states.
    pub(super) fn new(
        (settings, rule): (ExploreSettings, Rule),
        local: &'l LocalStates<P>,
        mut start: NextState,
    ) -> Search<'l, P> {
        let worker = || Worker {
            steps: Steps::new(local),
            reduction: Reduction::new(rule, start.cells.len()),
            next: NextState::default(),
            pending: NewStates::default(),
            new: (0..SHARDS).map(|_| NewStates::default()).collect(),
            found: Discoveries::default(),
            receipts: 0,
            level: 0,
            returned_to: Vec::new(),
        };
        let threads = settings.threads.map_or(1, NonZeroUsize::get).min(SHARDS);
        let mut workers: Vec<_> = (0..threads).map(|_| worker()).collect();
        workers[0].steps.start(&mut start);
        let mut states = StateSpace::new(start.cells.len(), settings.is_hashed);
        states.shards()[shard_of(start.print)].meet(start.candidate(), None);
        let progress = SearchProgress { states: 1, frontier: 1, ..SearchProgress::default() };
        let found = Discoveries::default();
        let returned_to = Vec::new();
        Search { settings, local, start, states, found, progress, returned_to, workers }
    }

    /// Goes on from one state after the other, in the order in which they were met.
    pub(super) fn go(&mut self, go_on: &mut dyn FnMut(SearchProgress) -> bool) {
        let (mut done, mut asked_at) = (0, 0);
        let mut level = self.states.next_level();
        while !level.is_empty() {
            for stretch in level.chunks(STRETCH) {
                self.progress.bytes = self.bytes();
                let is_over = self.progress.bytes > self.settings.bytes
                    || self.progress.states > self.settings.states;
                if done >= asked_at {
                    asked_at = done + BETWEEN_QUESTIONS;
                    if !go_on(self.progress) {
                        return;
                    }
                }
                if is_over {
                    return;
                }
                self.go_from(stretch);
                done += stretch.len() as u64;
                self.progress.states = self.states.len();
                self.progress.frontier = self.progress.states - done;
            }
            level = self.states.next_level();
            self.progress.depth += u64::from(!level.is_empty());
            self.workers.iter_mut().for_each(|worker| worker.level += 1);
        }
        self.progress.bytes = self.bytes();
    }

    fn go_from(&mut self, stretch: &[StateId]) {
        let Search { states, workers, .. } = self;
        let threads = if stretch.len() < WORTH_THREADS { 1 } else { workers.len() };
        let parts = stretch.chunks(stretch.len().div_ceil(threads));
        each_on_a_thread(workers.iter_mut().zip(parts), |(worker, part)| {
            part.iter().for_each(|at| worker.go_from(*at, states));
            worker.look_up(states);
        });
        let shards = states.shards().chunks_mut(SHARDS.div_ceil(threads));
        each_on_a_thread(shards, |shards| {
            for shard in shards {
                workers.iter().for_each(|worker| worker.put_away(shard));
            }
        });
        for worker in workers {
            worker.new.iter_mut().for_each(NewStates::clear);
            self.found.absorb(std::mem::take(&mut worker.found));
            self.progress.receipts += std::mem::take(&mut worker.receipts);
            self.returned_to.append(&mut worker.returned_to);
        }
    }

    /// How many bytes states and what belongs to them take.
    fn bytes(&self) -> u64 {
        const A_CELL: u64 = 1_024;
        let workers: u64 = self.workers.iter().map(Worker::bytes).sum();
        self.states.bytes() + self.local.count() * A_CELL + workers
    }

    /// Steps that are known already.
    pub(super) fn into_steps(mut self) -> (Steps<'l, P>, StateSpace, Discoveries) {
        (self.workers.swap_remove(0).steps, self.states, self.found)
    }
}

/// Does something with each item, the first here and each other on a thread of its own.
fn each_on_a_thread<T: Send>(items: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    let mut items = items.into_iter();
    let first = items.next();
    thread::scope(|scope| {
        let work = &work;
        items.for_each(|item| drop(scope.spawn(move || work(item))));
        first.map(work)
    });
}

impl<P: Protocol> Worker<'_, P> {
    fn go_from(&mut self, at: StateId, states: &StateSpace) {
        let state = states.state(at);
        let crash = self.steps.crash(state.cells);
        let has_crashed = crash.is_some();
        if let Some(crash) = crash {
            let size = self.steps.size(state.cells, self.level);
            self.found.crashed((at, size), crash);
            if !self.reduction.goes_past_crashes() {
                return;
            }
        }
        if let Some(command) = self.steps.alone(state.cells) {
            self.go_at(command, (at, state), states);
            return;
        }
        let before = (self.receipts, self.returned_to.len());
        let alone = self.reduction.alone(&mut self.steps, state.cells);
        if let Some(alone) = alone {
            self.receipts += self.go_at(alone, (at, state), states);
        }
        let is_all = self.reduction.heeds_cycles() && self.returned_to.len() > before.1;
        if alone.is_none() || is_all {
            for rank in self.steps.ranks().filter(|rank| Some(*rank) != alone) {
                self.receipts += self.go_at(rank, (at, state), states);
            }
        }
        if self.receipts == before.0 && !has_crashed {
            self.ended(at, state.cells);
        }
    }

    /// Takes all steps of a rank from a state; says how many there are.
    #[inline]
    fn go_at(
        &mut self,
        rank: Rank,
        (at, state): (StateId, Candidate<'_>),
        states: &StateSpace,
    ) -> u64 {
        let moves = self.steps.known(rank, state.cells[rank.index()]).moves.len();
        let count = u16::try_from(moves).expect("there are no more sources than ranks");
        let rank = u16::try_from(rank.0).expect("more ranks are never explored");
        for nth in 0..count {
            self.take((at, Taken { rank, nth }), state, states);
        }
        count.into()
    }

    /// Nothing can be received any more.
    #[cold]
    fn ended(&mut self, at: StateId, cells: &[u32]) {
        let size = self.steps.size(cells, self.level);
        if !self.steps.all_stopped(cells) {
            let shape = self.steps.wait_for_shape(cells);
            self.found.deadlocked((at, size), shape);
            return;
        }
        let broken = self.steps.broken(cells);
        if broken.is_empty() {
            self.found.completed(at);
        }
        broken.into_iter().for_each(|invariant| self.found.broken((at, size), invariant));
    }

    /// Takes a step from a state.
    #[inline]
    fn take(&mut self, by: (StateId, Taken), state: Candidate<'_>, states: &StateSpace) {
        if let Some(command) = self.steps.step(by.1, state, &mut self.next) {
            let size = self.steps.size(state.cells, self.level);
            self.found.answered_wrongly((by, size), command);
        }
        self.pending.push(self.next.candidate(), by);
        // What a reduction leaves out hangs on what was met.
        if self.pending.prints.len() == TOGETHER || self.reduction.leaves_out() {
            self.look_up(states);
        }
    }

    /// Sorts out which of the pending states were met before.
    #[inline]
    fn look_up(&mut self, states: &StateSpace) {
        let Worker { pending, new, returned_to, .. } = self;
        states.touch(&pending.prints);
        for (next, by) in pending.each() {
            match states.find(next) {
                Some(met) if met.is_no_deeper => returned_to.push(met.state),
                Some(_) => {}
                None => new[shard_of(next.print)].push(next, by),
            }
        }
        pending.clear();
    }

    /// Puts the new states of a shard away.
    fn put_away(&self, shard: &mut Shard) {
        let new = &self.new[shard.number()];
        let mut prints = new.prints.chunks(TOGETHER);
        for (nth, (next, by)) in new.each().enumerate() {
            if nth % TOGETHER == 0 {
                shard.touch(prints.next().unwrap_or_default());
            }
            shard.meet(next, Some(by));
        }
    }

    fn bytes(&self) -> u64 {
        let new: usize = self.new.iter().chain([&self.pending]).map(NewStates::bytes).sum();
        self.steps.bytes() + new as u64
    }
}

impl NewStates {
    /// Each of them, with how it was met.
    #[inline]
    fn each(&self) -> impl Iterator<Item = (Candidate<'_>, (StateId, Taken))> {
        let ranks = self.cells.len().checked_div(self.prints.len()).unwrap_or_default().max(1);
        let cells = self.cells.chunks_exact(ranks);
        let states = self.prints.iter().zip(cells);
        states.zip(&self.by).map(|((print, cells), by)| (Candidate { print: *print, cells }, *by))
    }

    #[inline]
    fn push(&mut self, next: Candidate<'_>, by: (StateId, Taken)) {
        self.prints.push(next.print);
        self.cells.extend_from_slice(next.cells);
        self.by.push(by);
    }

    fn clear(&mut self) {
        self.prints.clear();
        self.cells.clear();
        self.by.clear();
    }

    fn bytes(&self) -> usize {
        self.prints.capacity() * size_of::<u64>()
            + self.cells.capacity() * size_of::<u32>()
            + self.by.capacity() * size_of::<(StateId, Taken)>()
    }
}

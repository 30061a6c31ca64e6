//! All ranks of a trace at once: each by itself, then their messages, then the ending.

use std::collections::{BTreeMap, BTreeSet};

use ringscope_traces::{ByRank, Ending, Event, EventIndex, Op, Rank, Trace};

use super::own_end::blocked_sends;
use crate::protocol::{Node, Script};
use crate::replay::finding::{Finding, Letter, What};
use crate::replay::node::NodeReplay;
use crate::world::Status;

/// What is judged, and by which nodes.
pub(super) struct Input<'a, N: Node> {
    pub trace: &'a Trace,
    /// Every rank's node, by rank; the command node's has the commands that it sent.
    pub nodes: Vec<N>,
    /// The rank that issues the commands.
    pub command: Rank,
    /// A command node with other commands.
    pub commander: &'a dyn Fn(Script) -> N,
    /// The most bytes of a send that does not wait to be received.
    pub eager: Option<u64>,
}

/// The state of a judgement.
pub(super) struct Verifier<'a, N: Node> {
    pub trace: &'a Trace,
    pub by_rank: ByRank,
    /// The sends in which ranks are where their events end.
    pub blocked: BTreeMap<Rank, Rank>,
    /// The ranks that have something to do with an event.
    pub checks: BTreeMap<Rank, RankCheck<N>>,
    /// The findings at ranks that have not, and how many there are.
    pub silent: Silent,
    pub command: Rank,
    pub commander: &'a dyn Fn(Script) -> N,
    pub eager: Option<u64>,
}

/// How far a rank's events are what its node does.
pub(super) struct RankCheck<N: Node> {
    pub replay: NodeReplay<N>,
    /// How many events the rank has.
    pub events: usize,
    /// For each event that conforms, whether it is a receive that would have taken anything.
    pub took_any: Vec<bool>,
    /// Where it does not conform: the index, and why.
    pub failed: Option<(usize, What)>,
}

/// The ranks that no event speaks of.
#[derive(Default)]
pub(super) struct Silent {
    pub waiting: usize,
    pub findings: Vec<Finding>,
    pub left_out: u64,
}

impl<N: Node> RankCheck<N> {
    /// Follows a rank's events until one is not what the node does.
    pub(super) fn follow<'e>(
        node: N,
        ranks: u32,
        events: impl Iterator<Item = &'e Event>,
    ) -> RankCheck<N> {
        let replay = NodeReplay::start(node, ranks);
        let mut check = RankCheck { replay, events: 0, took_any: Vec::new(), failed: None };
        for event in events {
            if check.failed.is_none() {
                let takes_any = check.replay.status() == Status::WaitingForAny;
                match check.replay.take(event) {
                    Ok(()) => check.took_any.push(is_receive(event) && takes_any),
                    Err(what) => check.fail(check.events, what),
                }
            }
            check.events += 1;
        }
        check
    }

    /// How many events from the first on are what the protocol does.
    pub(super) fn conforming(&self) -> usize {
        self.failed.as_ref().map_or(self.events, |(index, _)| *index)
    }

    /// Notes that something is wrong, unless something earlier is.
    pub(super) fn fail(&mut self, index: usize, what: What) {
        if self.failed.as_ref().is_none_or(|(earlier, _)| index < *earlier) {
            self.failed = Some((index, what));
        }
    }

    /// Where events end, nothing is left that the rank was to send.
    pub(super) fn must_owe_nothing(&mut self) {
        if let Some((to, message)) = self.replay.owed().front() {
            let owed = Letter::of_message(*to, message);
            self.fail(self.events, What::EndsOwing { owed });
        }
    }

    /// A run completes when every rank has stopped with nothing left to send.
    pub(super) fn must_have_finished(&mut self) {
        self.must_owe_nothing();
        match self.replay.status() {
            Status::WaitingForAny | Status::Waiting { .. } => {
                self.fail(self.events, What::EndsWaiting { wait: self.replay.awaited() });
            }
            Status::Sending { .. }
            | Status::Owing { .. }
            | Status::Crashed(_)
            | Status::Finished => {}
        }
    }
}

impl<'a, N: Node> Verifier<'a, N> {
    /// Judges each rank by its own events.
    pub(super) fn open(input: Input<'a, N>) -> Verifier<'a, N> {
        let Input { trace, nodes, command, commander, eager } = input;
        let by_rank = ByRank::of(trace);
        let mut verifier = Verifier {
            trace,
            blocked: blocked_sends::<N::Message>(trace, &by_rank, eager),
            by_rank,
            checks: BTreeMap::new(),
            silent: Silent::default(),
            command,
            commander,
            eager,
        };
        let concerned = verifier.concerned();
        for (rank, node) in (0_u32..).map(Rank).zip(nodes) {
            if concerned.contains(&rank) {
                let check = verifier.follow(rank, node);
                verifier.checks.insert(rank, check);
            } else {
                verifier.pass_over(rank, node);
            }
        }
        verifier
    }

    /// The ranks that have an event or are sent something, the command node's, and the one that is
    /// said to have crashed.
    fn concerned(&self) -> BTreeSet<Rank> {
        let sends = self.trace.events.iter().filter(|event| is_send(event));
        let mut concerned: BTreeSet<Rank> = sends.map(|event| event.peer).collect();
        concerned.extend(self.by_rank.ranks());
        concerned.insert(self.command);
        if let Some(Ending::Crashed { rank: Some(rank), .. }) = self.ending() {
            concerned.insert(*rank);
        }
        concerned
    }

    /// A rank's check when that is its node.
    pub(super) fn follow(&self, rank: Rank, node: N) -> RankCheck<N> {
        let ranks = self.trace.header.ranks;
        let mut events: Vec<&Event> =
            self.by_rank.events(rank).iter().map(|place| &self.trace[*place]).collect();
        let mut check = RankCheck::follow(node.clone(), ranks, events.iter().copied());
        let Some((index, What::ReceivesEarly { .. })) = check.failed else { return check };
        // A receive that makes its node send nothing shows that it stands too late only when the next
        // one does not send at once: would all be well if the two changed places?
        let mut fits_with_swapped = |one: usize, other: usize| {
            if other >= events.len() || events[one].peer == events[other].peer {
                return false;
            }
            events.swap(one, other);
            let swapped = RankCheck::follow(node.clone(), ranks, events.iter().copied());
            events.swap(one, other);
            swapped.failed.is_none() && swapped.replay.owed().is_empty()
        };
        let Some(before) = index.checked_sub(1) else { return check };
        if fits_with_swapped(before, index) && !fits_with_swapped(index, index + 1) {
            let letter = |index: usize| Letter::of_event::<N::Message>(events[index]);
            let what = What::ReceivesTooSoon { got: letter(before), first: letter(index) };
            check.fail(before, what);
        }
        check
    }

    fn pass_over(&mut self, rank: Rank, node: N) {
        const MOST_SILENT: usize = 100;
        let replay = NodeReplay::start(node, self.trace.header.ranks);
        let mut check = RankCheck { replay, events: 0, took_any: Vec::new(), failed: None };
        self.silent.waiting += 1;
        if self.ending() == Some(&Ending::Completed) {
            check.must_have_finished();
        }
        match check.failed {
            Some(_) if self.silent.findings.len() >= MOST_SILENT => self.silent.left_out += 1,
            Some((index, what)) => {
                self.silent.findings.push(Finding { rank, index, event: None, what });
            }
            None => {}
        }
    }

    /// How the run is said to have ended; `None` when it was cut off.
    pub(super) fn ending(&self) -> Option<&'a Ending> {
        self.trace.footer.as_ref().map(|footer| &footer.ending)
    }

    /// All findings, the first one first: in the order of the trace, what is missing at a rank's end
    /// where that rank's events end.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<(Option<EventIndex>, bool, Finding)> = Vec::new();
        for (rank, check) in &self.checks {
            let Some((index, what)) = check.failed.clone() else { continue };
            let places = self.by_rank.events(*rank);
            let place = places.get(index).copied();
            let stands = place.or(places.last().copied());
            let event = place.map(|place| place.0);
            findings.push((stands, place.is_none(), Finding { rank: *rank, index, event, what }));
        }
        findings.extend(self.strangers().map(|(place, finding)| (Some(place), false, finding)));
        findings.sort_by_key(|(stands, after, finding)| {
            (stands.is_none(), *stands, *after, finding.rank)
        });
        let mut findings: Vec<_> = findings.into_iter().map(|(_, _, finding)| finding).collect();
        findings.extend(self.silent.findings.iter().cloned());
        findings
    }

    /// The first event of each rank that the header does not promise.
    fn strangers(&self) -> impl Iterator<Item = (EventIndex, Finding)> {
        let ranks = self.trace.header.ranks;
        self.by_rank.ranks().filter(move |rank| rank.0 >= ranks).filter_map(move |rank| {
            let place = *self.by_rank.events(rank).first()?;
            let what = What::NoSuchRank { ranks };
            Some((place, Finding { rank, index: 0, event: Some(place.0), what }))
        })
    }
}

/// Whether an event is a send.
pub(super) fn is_send(event: &Event) -> bool {
    match event.op {
        Op::Send => true,
        Op::Recv => false,
    }
}

/// Whether an event is a receive.
pub(super) fn is_receive(event: &Event) -> bool {
    match event.op {
        Op::Recv => true,
        Op::Send => false,
    }
}

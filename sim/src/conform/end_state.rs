//! How a recorded run stood when its record ends, whether it was closed or cut off.

use std::collections::BTreeMap;

use ringscope_traces::{ByRank, Ending, Event, EventIndex, Matching, Payload, Rank, Trace};

use super::CannotJudge;
use super::own_end::blocked_sends;
use super::verifier::{RankCheck, is_receive, is_send};
use crate::explain::{Explanation, explain, summary};
use crate::protocol::{Message, Node, Protocol};
use crate::protocols::Visitor;
use crate::replay::finding::Finding;
use crate::replay::simulated::receive_all;
use crate::scenario::Settings;
use crate::world::{Blocked, ByChoice, Cycle, End, Pending, Status, WaitForGraph, World};

/// How a recorded run stood when its record ends.
#[derive(Debug, Clone)]
pub struct EndState<N: Node> {
    /// Every rank's node as that rank's events leave it, by rank.
    pub nodes: Vec<N>,
    /// How the run ended, as the simulator would say it; `None` when it could have gone on, and when
    /// some rank did what the protocol does not.
    pub end: Option<End<N::Message>>,
    /// Who waited for whom, and what was under way.
    pub graph: WaitForGraph<N::Message>,
    /// For each rank that did what the protocol does not, where it did so first: its node stands as it
    /// was before that. In order of rank.
    pub strays: Vec<Finding>,
}

impl<N: Node> EndState<N> {
    /// How the run ended, in the simulator's words; `None` when it completed or could have gone on.
    #[must_use]
    pub fn explanation<P: Protocol<Node = N>>(&self) -> Option<Explanation> {
        explain::<P>(self.end.as_ref()?, &self.nodes)
    }
}

/// Feeds each rank's node what the rank received, and says how the run stood after that.
///
/// What ranks were `seen` to do, in order of rank, counts for more than what their nodes show: a send that MPI
/// does not buffer blocks its rank, and a trace does not show it. A receive whose send is not in the
/// trace is believed, since the part that holds it may be lost.
///
/// # Errors
///
/// When the header does not say by which nodes.
pub fn end_state<P: Protocol>(
    trace: &Trace,
    seen: &[(Rank, Status)],
) -> Result<EndState<P::Node>, CannotJudge> {
    let settings = Settings::from_header(&trace.header)?;
    let (nodes, driver) = (super::nodes::<P>(trace, &settings), super::command_rank(&settings));
    let record = Record { trace, eager: settings.eager, driver, seen };
    Ok(FinalStates::of(record, nodes).end_state())
}

/// How a recorded run stood when its record ends, without the protocol's types.
#[derive(Debug, Clone)]
pub struct EndSummary {
    /// As in [`EndState`].
    pub ending: Option<Ending>,
    /// Why it did not complete; `None` when it completed or could have gone on.
    pub explanation: Option<Explanation>,
    /// Who waited for whom.
    pub blocked: Vec<Blocked>,
    /// Who waited for whom and what was under way, in short.
    pub picture: String,
    /// As in [`EndState`].
    pub strays: Vec<Finding>,
}

/// The same as [`end_state`], of the protocol that the trace names.
///
/// # Errors
///
/// As those of [`end_state`].
pub fn end_summary(trace: &Trace, seen: &[(Rank, Status)]) -> Result<EndSummary, CannotJudge> {
    Settings::from_header(&trace.header)?.protocol.dispatch(Summarize { trace, seen })
}

struct Summarize<'a> {
    trace: &'a Trace,
    seen: &'a [(Rank, Status)],
}

impl Visitor for Summarize<'_> {
    type Output = Result<EndSummary, CannotJudge>;

    fn visit<P: Protocol>(self) -> Result<EndSummary, CannotJudge> {
        let state = end_state::<P>(self.trace, self.seen)?;
        Ok(EndSummary {
            ending: state.end.as_ref().map(End::ending),
            explanation: state.explanation::<P>(),
            picture: summary(&state.graph, &state.nodes),
            blocked: state.graph.blocked,
            strays: state.strays,
        })
    }
}

/// What is known of a run beside its nodes.
#[derive(Clone, Copy)]
struct Record<'a> {
    trace: &'a Trace,
    /// The most bytes of a send that does not wait to be received.
    eager: Option<u64>,
    /// The rank that issues the commands.
    driver: Rank,
    /// What ranks were seen to do, in order of rank.
    seen: &'a [(Rank, Status)],
}

/// The ranks of a run where their events end.
struct FinalStates<'a, N: Node> {
    record: Record<'a>,
    /// As they start.
    nodes: Vec<N>,
    by_rank: ByRank,
    /// The sends that ranks are in.
    blocked: BTreeMap<Rank, Rank>,
    /// By rank.
    checks: Vec<RankCheck<N>>,
    pending: Vec<Pending<N::Message>>,
}

impl<'a, N: Node> FinalStates<'a, N> {
    fn of(record: Record<'a>, nodes: Vec<N>) -> FinalStates<'a, N> {
        let trace = record.trace;
        let by_rank = ByRank::of(trace);
        let follow = |(rank, node): (Rank, &N)| {
            let events = by_rank.events(rank).iter().map(|at| &trace[*at]);
            RankCheck::follow(node.clone(), trace.header.ranks, events)
        };
        let checks = (0_u32..).map(Rank).zip(&nodes).map(follow).collect();
        let blocked = blocked_sends::<N::Message>(trace, &by_rank, record.eager);
        let pending = pending(trace);
        FinalStates { record, nodes, by_rank, blocked, checks, pending }
    }

    fn end_state(self) -> EndState<N> {
        let (end, strays, graph) = (self.end(), self.strays(), self.graph());
        let nodes = self.checks.into_iter().map(|check| check.replay.into_node()).collect();
        EndState { nodes, end, graph, strays }
    }

    fn graph(&self) -> WaitForGraph<N::Message> {
        let statuses = self.ranks().map(|rank| (rank, self.status(rank)));
        WaitForGraph::of(statuses, self.pending.clone())
    }

    fn end(&self) -> Option<End<N::Message>> {
        match self.ending() {
            Some(Ending::Livelock) => {
                self.livelock().map(End::Livelock).or_else(|| self.end_by_itself())
            }
            Some(Ending::Stopped) => self.limit().or_else(|| self.end_by_itself()),
            Some(Ending::Completed | Ending::Deadlock | Ending::Crashed { .. }) | None => {
                self.end_by_itself()
            }
        }
    }

    fn ending(&self) -> Option<&'a Ending> {
        self.record.trace.footer.as_ref().map(|footer| &footer.ending)
    }

    /// What goes round after the end of the record; `None` when it cannot be simulated again.
    fn livelock(&self) -> Option<Cycle<N::Message>> {
        let Record { trace, eager, driver, .. } = self.record;
        let mut world = World::new(self.nodes.clone(), ByChoice, eager, &mut ());
        receive_all(trace, &mut world, &mut ()).ok()?;
        world.livelock(driver)
    }

    /// The limit of messages, when it is used up.
    fn limit(&self) -> Option<End<N::Message>> {
        let limit = self.record.trace.header.field("limit").and_then(Payload::as_int);
        let limit_messages = limit.and_then(|limit| u64::try_from(limit).ok())?;
        let received = self.record.trace.events.iter().filter(|event| is_receive(event)).count();
        (received as u64 >= limit_messages).then_some(End::Stopped { limit_messages })
    }

    /// What the ranks' states show, whatever the trace says of its end.
    fn end_by_itself(&self) -> Option<End<N::Message>> {
        if self.checks.iter().any(|check| check.failed.is_some()) {
            return None;
        }
        if let Some(crash) = self.crash() {
            return Some(crash);
        }
        if self.ranks().any(|rank| self.can_go_on(rank)) {
            return None;
        }
        if self.ranks().all(|rank| self.status(rank) == Status::Finished) {
            return Some(End::Completed);
        }
        Some(End::Deadlock(self.graph()))
    }

    /// The crash that stands first in the trace.
    fn crash(&self) -> Option<End<N::Message>> {
        let crashed = self.ranks().filter_map(|rank| {
            let fault = self.check(rank).replay.fault()?;
            Some((self.by_rank.events(rank).last(), rank, fault))
        });
        let (_, rank, fault) = crashed.min_by_key(|(place, ..)| *place)?;
        Some(End::Crashed { rank, fault: fault.clone() })
    }

    /// Whether a rank has something to send, or takes something that is under way to it.
    fn can_go_on(&self, rank: Rank) -> bool {
        match (self.status(rank), self.check(rank).replay.status()) {
            (Status::Sending { .. }, _) => false,
            (_, Status::Owing { .. }) => true,
            (_, own) => {
                let mut incoming = self.pending.iter().filter(|mail| mail.to == rank);
                incoming.any(|mail| own.takes(mail.from, mail.message.tag()))
            }
        }
    }

    /// What a rank is doing. What it was seen to do counts for more than what its node shows.
    fn status(&self, rank: Rank) -> Status {
        let seen = self.record.seen;
        if let Ok(at) = seen.binary_search_by_key(&rank, |(seen, _)| *seen) {
            return seen[at].1.clone();
        }
        match self.blocked.get(&rank) {
            Some(to) => Status::Sending { to: *to },
            None => self.check(rank).replay.status(),
        }
    }

    fn strays(&self) -> Vec<Finding> {
        let stray = |rank: Rank| {
            let (index, what) = self.check(rank).failed.clone()?;
            let event = self.by_rank.events(rank).get(index).map(|place| place.0);
            Some(Finding { rank, index, event, what })
        };
        self.ranks().filter_map(stray).collect()
    }

    fn check(&self, rank: Rank) -> &RankCheck<N> {
        &self.checks[rank.index()]
    }

    fn ranks(&self) -> impl Iterator<Item = Rank> {
        (0_u32..).map(Rank).take(self.checks.len())
    }
}

/// What was sent and not received, in the order of the trace.
fn pending<M: Message>(trace: &Trace) -> Vec<Pending<M>> {
    let matching = Matching::of(trace);
    let unreceived = (0..trace.events.len())
        .map(EventIndex)
        .filter(|at| is_send(&trace[*at]) && matching.partner(*at).is_none());
    let pending = unreceived.filter_map(|at| {
        let Event { rank: from, peer: to, tag, ref data, .. } = trace[at];
        Some(Pending { from, to, message: M::parse(tag, data).ok()? })
    });
    pending.collect()
}

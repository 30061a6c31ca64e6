//! How a recorded run stood when its record ends, whether it was closed or cut off.

use ringscope_traces::{ByRank, Ending, EventIndex, Matching, Payload, Rank, Trace};

use super::CannotJudge;
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
/// What ranks were `seen` to wait for counts for more than what their nodes wait for: a send that MPI
/// does not buffer blocks its rank, and a trace does not show it. A receive whose send is not in the
/// trace is believed, since the part that holds it may be lost.
///
/// # Errors
///
/// When the header does not say by which nodes.
pub fn end_state<P: Protocol>(
    trace: &Trace,
    seen: &[Blocked],
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
pub fn end_summary(trace: &Trace, seen: &[Blocked]) -> Result<EndSummary, CannotJudge> {
    Settings::from_header(&trace.header)?.protocol.dispatch(Summarize { trace, seen })
}

struct Summarize<'a> {
    trace: &'a Trace,
    seen: &'a [Blocked],
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
    /// What ranks were seen to wait for.
    seen: &'a [Blocked],
}

/// The ranks of a run where their events end.
struct FinalStates<'a, N: Node> {
    record: Record<'a>,
    /// As they start.
    nodes: Vec<N>,
    by_rank: ByRank,
    matching: Matching,
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
        let matching = Matching::of(trace);
        let pending = pending::<N::Message>(trace, &matching);
        FinalStates { record, nodes, by_rank, matching, checks, pending }
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
        match self.record.seen.iter().find(|seen| seen.rank == rank) {
            Some(Blocked { on, tag: Some(tag), .. }) => Status::Waiting { source: *on, tag: *tag },
            Some(Blocked { on, tag: None, .. }) => Status::Sending { to: *on },
            None => match self.sending(rank) {
                Some(to) => Status::Sending { to },
                None => self.check(rank).replay.status(),
            },
        }
    }

    /// The receiver of the send that a rank is in: its last one, when that is above the eager limit and
    /// was not received.
    fn sending(&self, rank: Rank) -> Option<Rank> {
        let Record { trace, eager, .. } = self.record;
        let last = *self.by_rank.events(rank).last()?;
        let message = unreceived::<N::Message>(trace, &self.matching, last)?;
        (message.bytes() > eager?).then_some(trace[last].peer)
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
fn pending<M: Message>(trace: &Trace, matching: &Matching) -> Vec<Pending<M>> {
    let all = (0..trace.events.len()).map(EventIndex);
    let pending = all.filter_map(|at| {
        let message = unreceived(trace, matching, at)?;
        Some(Pending { from: trace[at].rank, to: trace[at].peer, message })
    });
    pending.collect()
}

/// The message of a send that has no receive.
fn unreceived<M: Message>(trace: &Trace, matching: &Matching, at: EventIndex) -> Option<M> {
    let event = &trace[at];
    let is_unreceived = is_send(event) && matching.partner(at).is_none();
    is_unreceived.then(|| M::parse(event.tag, &event.data).ok()).flatten()
}

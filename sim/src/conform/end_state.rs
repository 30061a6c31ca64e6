//! How a recorded run stood when its record ends, whether it was closed or cut off.

use ringscope_traces::{ByRank, Ending, EventIndex, Matching, Payload, Rank, Trace};

use super::CannotJudge;
use super::cycle::cycle;
use super::verifier::RankCheck;
use crate::explain::{Explanation, explain, summary};
use crate::protocol::{Message, MessageOf, Protocol, Wait};
use crate::protocols::Visitor;
use crate::replay::finding::Finding;
use crate::scenario::Settings;
use crate::world::{Blocked, End, Pending, WaitForGraph};

/// How a recorded run stood when its record ends.
#[derive(Debug, Clone)]
pub struct EndState<P: Protocol> {
    /// Every rank's node as that rank's events leave it, by rank.
    pub nodes: Vec<P::Node>,
    /// How the run ended, as the simulator would say it; `None` when it could have gone on, and when
    /// some rank did what the protocol does not.
    pub end: Option<End<MessageOf<P>>>,
    /// Who waited for whom, and what was under way.
    pub graph: WaitForGraph<MessageOf<P>>,
    /// For each rank that did what the protocol does not, where it did so first: its node stands as it
    /// was before that. In order of rank.
    pub strays: Vec<Finding>,
}

impl<P: Protocol> EndState<P> {
    /// How the run ended, in the simulator's words; `None` when it completed or could have gone on.
    #[must_use]
    pub fn explanation(&self) -> Option<Explanation> {
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
pub fn end_state<P: Protocol>(trace: &Trace, seen: &[Blocked]) -> Result<EndState<P>, CannotJudge> {
    let settings = Settings::from_header(&trace.header)?;
    Ok(FinalStates::<P>::of(trace, &settings, seen).standing())
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
            explanation: state.explanation(),
            picture: summary(&state.graph, &state.nodes),
            blocked: state.graph.blocked,
            strays: state.strays,
        })
    }
}

/// The ranks of a run where their events end.
struct FinalStates<'a, P: Protocol> {
    trace: &'a Trace,
    eager: Option<u64>,
    by_rank: ByRank,
    matching: Matching,
    seen: &'a [Blocked],
    /// By rank.
    checks: Vec<RankCheck<P::Node>>,
    pending: Vec<Pending<MessageOf<P>>>,
}

impl<'a, P: Protocol> FinalStates<'a, P> {
    fn of(trace: &'a Trace, settings: &Settings, seen: &'a [Blocked]) -> Self {
        let by_rank = ByRank::of(trace);
        let follow = |(rank, node)| {
            let events = by_rank.events(rank).iter().map(|place| &trace[*place]);
            RankCheck::follow(node, settings.ranks, events)
        };
        let nodes = super::nodes::<P>(trace, settings).into_iter();
        let checks = (0_u32..).map(Rank).zip(nodes).map(follow).collect();
        let (matching, eager) = (Matching::of(trace), settings.eager);
        let pending = pending(trace, &matching);
        FinalStates { trace, eager, by_rank, matching, seen, checks, pending }
    }

    fn standing(self) -> EndState<P> {
        let (end, strays) = (self.end(), self.strays());
        let blocked = self.ranks().filter_map(|rank| self.blocked(rank)).collect();
        let graph = WaitForGraph { blocked, pending: self.pending };
        let nodes = self.checks.into_iter().map(|check| check.replay.into_node()).collect();
        EndState { nodes, end, graph, strays }
    }

    fn end(&self) -> Option<End<MessageOf<P>>> {
        match self.trace.footer.as_ref().map(|footer| &footer.ending) {
            Some(Ending::Livelock) => cycle::<P>(self.trace).map(End::Livelock),
            Some(Ending::Stopped) => self.limit().or_else(|| self.end_by_itself()),
            Some(Ending::Completed | Ending::Deadlock | Ending::Crashed { .. }) | None => {
                self.end_by_itself()
            }
        }
    }

    /// The limit of messages, when it is used up.
    fn limit(&self) -> Option<End<MessageOf<P>>> {
        let limit = self.trace.header.field("limit").and_then(Payload::as_int);
        let limit_messages = limit.and_then(|limit| u64::try_from(limit).ok())?;
        let received = self.trace.events.iter().filter(|event| event.source().is_some()).count();
        (received as u64 >= limit_messages).then_some(End::Stopped { limit_messages })
    }

    /// What the ranks' states show, whatever the trace says of its end.
    fn end_by_itself(&self) -> Option<End<MessageOf<P>>> {
        if self.checks.iter().any(|check| check.failed.is_some()) {
            return None;
        }
        if let Some(crash) = self.crash() {
            return Some(crash);
        }
        if self.ranks().any(|rank| self.can_go_on(rank)) {
            return None;
        }
        if self.ranks().all(|rank| self.has_stopped(rank)) {
            return Some(End::Completed);
        }
        let blocked = self.ranks().filter_map(|rank| self.blocked(rank)).collect();
        Some(End::Deadlock(WaitForGraph { blocked, pending: self.pending.clone() }))
    }

    /// The crash that stands first in the trace.
    fn crash(&self) -> Option<End<MessageOf<P>>> {
        let crashed = self.ranks().filter_map(|rank| {
            let fault = self.check(rank).replay.fault()?;
            Some((self.by_rank.events(rank).last(), rank, fault))
        });
        let (_, rank, fault) = crashed.min_by_key(|(place, ..)| *place)?;
        Some(End::Crashed { rank, fault: fault.clone() })
    }

    fn has_stopped(&self, rank: Rank) -> bool {
        self.check(rank).replay.wait() == Wait::Stopped && self.blocked(rank).is_none()
    }

    /// Whether a rank has something to send, or takes something that is under way to it.
    fn can_go_on(&self, rank: Rank) -> bool {
        if self.sending(rank).is_some() {
            return false;
        }
        let replay = &self.check(rank).replay;
        let mut incoming = self.pending.iter().filter(|mail| mail.to == rank);
        !replay.owed().is_empty()
            || incoming.any(|mail| replay.wait().takes(mail.from, mail.message.tag()))
    }

    /// What a rank waits for, when that is not just anything.
    fn blocked(&self, rank: Rank) -> Option<Blocked> {
        if let Some(seen) = self.seen(rank) {
            return Some(*seen);
        }
        if let Some(on) = self.sending(rank) {
            return Some(Blocked { rank, on, tag: None });
        }
        match self.check(rank).replay.wait() {
            Wait::From { source, tag } => Some(Blocked { rank, on: source, tag: Some(tag) }),
            Wait::Any | Wait::Stopped => None,
        }
    }

    /// The receiver of the send that a rank is in: one above the eager limit that was not received, or
    /// one that it was seen in.
    fn sending(&self, rank: Rank) -> Option<Rank> {
        if let Some(seen) = self.seen(rank) {
            return seen.tag.is_none().then_some(seen.on);
        }
        let eager = self.eager?;
        let last = *self.by_rank.events(rank).last()?;
        let message = unreceived::<MessageOf<P>>(self.trace, &self.matching, last)?;
        (message.bytes() > eager).then_some(self.trace[last].peer)
    }

    fn seen(&self, rank: Rank) -> Option<&Blocked> {
        self.seen.iter().find(|seen| seen.rank == rank)
    }

    fn strays(&self) -> Vec<Finding> {
        let stray = |rank: Rank| {
            let (index, what) = self.check(rank).failed.clone()?;
            let event = self.by_rank.events(rank).get(index).map(|place| place.0);
            Some(Finding { rank, index, event, what })
        };
        self.ranks().filter_map(stray).collect()
    }

    fn check(&self, rank: Rank) -> &RankCheck<P::Node> {
        &self.checks[rank.index()]
    }

    fn ranks(&self) -> impl Iterator<Item = Rank> {
        (0_u32..).map(Rank).take(self.checks.len())
    }
}

/// What was sent and not received, in the order of the trace.
fn pending<M: Message>(trace: &Trace, matching: &Matching) -> Vec<Pending<M>> {
    let places = (0..trace.events.len()).map(EventIndex);
    let pending = places.filter_map(|place| {
        let message = unreceived(trace, matching, place)?;
        Some(Pending { from: trace[place].rank, to: trace[place].peer, message })
    });
    pending.collect()
}

/// The message of a send that has no receive.
fn unreceived<M: Message>(trace: &Trace, matching: &Matching, place: EventIndex) -> Option<M> {
    let event = &trace[place];
    let is_unreceived = event.destination().is_some() && matching.partner(place).is_none();
    is_unreceived.then(|| M::parse(event.tag, &event.data).ok()).flatten()
}

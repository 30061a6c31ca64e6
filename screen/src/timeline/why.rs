//! Why an event came about: the direct chain of messages that led to it, and the message that came too late.
//!
//! A rank that takes any message next takes whichever comes first: a race. On the direct chain every such receive is
//! tried again with each message that could have come sooner, which is one whose send does not depend on the
//! receive; the first that would have made the rank answer otherwise came too late. (Netzer and Miller, "What are
//! race conditions?", 1992, call two such messages a message race.)

use ringscope_sim::replay::Reordered;
use ringscope_sim::world::WaitForGraph;
use ringscope_traces::words::tag_label;
use ringscope_traces::{Ending, Event, EventIndex, Op, Rank, Tag};
use rustc_hash::FxHashSet;

use super::{Moment, NodeStates, Timeline};

/// How many messages of the direct chain are looked at for a race, the nearest first.
const MOST_LINKS: usize = 64;

/// How many events after a receive are searched for a message that could have come sooner.
const FARTHEST: usize = 20_000;

/// Why an event came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The event.
    pub at: EventIndex,
    /// Everything that happened before it, and the event itself.
    pub past: Vec<EventIndex>,
    /// The direct chain: each message that led to the next one, sends and receives, the oldest first and the event
    /// itself last.
    pub chain: Vec<EventIndex>,
    /// The message that came too late, if one did.
    pub race: Option<Race>,
    /// Whether the nodes are known there, so that it can be said what another order would have changed.
    pub is_known: bool,
}

/// Two messages that a rank could have received in either order, and whose order mattered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Race {
    /// The receive of the one that came first.
    pub first: EventIndex,
    /// The send of the one that came too late.
    pub late_sent: EventIndex,
    /// Its receive; `None` when it was never received.
    pub late: Option<EventIndex>,
    /// What the rank sent for the first one, and what it would have sent in the other order.
    pub reordered: Reordered,
}

/// How an event stands to one that is asked why it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// It is one of the two receives whose order mattered, or the send of the late one.
    Race,
    /// It is on the direct chain.
    Chain,
    /// It is neither.
    Neither,
}

impl Why {
    /// How an event stands to it.
    pub fn light(&self, at: EventIndex) -> Light {
        if self.race.as_ref().is_some_and(|race| race.events().any(|event| event == at)) {
            Light::Race
        } else if self.chain.binary_search(&at).is_ok() {
            Light::Chain
        } else {
            Light::Neither
        }
    }

    /// Its past, and the events of the race, which need not be in it, in order.
    pub(crate) fn events(&self) -> Vec<EventIndex> {
        let mut events = self.past.clone();
        events.extend(self.race.iter().flat_map(Race::events));
        events.sort_unstable();
        events.dedup();
        events
    }
}

impl Race {
    /// The receive of the first message, and the send and the receive of the late one.
    fn events(&self) -> impl Iterator<Item = EventIndex> {
        [Some(self.first), Some(self.late_sent), self.late].into_iter().flatten()
    }
}

impl Timeline {
    /// Why an event came about.
    pub fn why(&self, at: EventIndex) -> Why {
        let chain = self.chain(at);
        let receives = chain.iter().rev().filter(|at| self.info(**at).source().is_some());
        let race = receives.take(MOST_LINKS).find_map(|first| self.race(*first));
        let is_known = self.opaque().is_none() && at.0 < self.states();
        Why { at, past: self.causes(at), chain, race, is_known }
    }

    /// The event that decided how the run went wrong: the first violation, or else the last thing done by those who
    /// never go on. `None` where nothing went wrong, and where the nodes are not known.
    pub fn decisive(&self) -> Option<EventIndex> {
        if let Some(first) = self.violations().first() {
            return Some(first.at);
        }
        if let Some(at) = self.diagnosed_decisive() {
            return Some(at);
        }
        let end = self.len();
        if self.opaque().is_some() || self.states() < end {
            return None;
        }
        let states = || self.snapshot(end).states;
        match self.ending()? {
            Ending::Completed => None,
            Ending::Crashed { rank: Some(rank), .. } => self.last_of(*rank),
            Ending::Deadlock => {
                let cycle = wait_for_graph(&states()?).cycle();
                let last = cycle.iter().filter_map(|blocked| self.last_of(blocked.rank)).max();
                last.or_else(|| self.event_at(end))
            }
            Ending::Crashed { rank: None, .. } | Ending::Livelock | Ending::Stopped => {
                self.event_at(end)
            }
        }
    }

    /// Whether there is such an event, which is known at once.
    pub fn has_decisive(&self) -> bool {
        let is_known = self.opaque().is_none() && self.states() >= self.len();
        let went_wrong = self.ending().is_some_and(|ending| match ending {
            Ending::Completed => false,
            Ending::Crashed { .. } | Ending::Deadlock | Ending::Livelock | Ending::Stopped => true,
        });
        let is_diagnosed = || self.decisive_call().is_some() || self.diagnosed_decisive().is_some();
        !self.violations().is_empty()
            || (is_known && went_wrong && !self.is_empty())
            || is_diagnosed()
    }

    /// The last event of those of whom the first verdict of the diagnosis is, where the run has no protocol that says more.
    fn diagnosed_decisive(&self) -> Option<EventIndex> {
        let first = self.diagnosed()?.diagnosis.verdicts.first().filter(|_| !self.has_ring())?;
        first.ranks.iter().filter_map(|rank| self.last_of(*rank)).max()
    }

    /// When the last of those has made its last call, where none of them has sent or received anything.
    pub fn decisive_call(&self) -> Option<Moment> {
        let first = self.diagnosed()?.diagnosis.verdicts.first().filter(|_| !self.has_ring())?;
        let calls = self.calls();
        let end = Moment::after(self.len());
        first.ranks.iter().filter_map(|rank| Some(calls.of_rank(*rank, end).last()?.moment)).max()
    }

    /// Why there is no such event.
    pub fn nothing_decisive(&self) -> &'static str {
        match self.ending() {
            _ if self.diagnosed().is_some_and(|all| all.diagnosis.is_good()) => {
                "nothing is wrong with this run, as far as the trace shows"
            }
            Some(Ending::Completed) => "nothing went wrong in this run",
            None => "how the run ended is not known: no event can be said to have decided it",
            Some(_) => "the nodes' states are unknown: which event decided it cannot be said",
        }
    }

    fn last_of(&self, rank: Rank) -> Option<EventIndex> {
        (0..self.len()).rev().map(EventIndex).find(|at| self.info(*at).rank == rank)
    }

    /// From the message that a command node sent to the event: what a node sends, it sends for what it received last.
    fn chain(&self, at: EventIndex) -> Vec<EventIndex> {
        let command = self.roles().map(|roles| roles.command);
        let mut chain = vec![at];
        let mut here = at;
        while let Some(before) = match self.info(here).op {
            Op::Recv => self.partner(here),
            Op::Send if Some(self.info(here).rank) == command => None,
            Op::Send => self.received_before(here),
        } {
            chain.push(before);
            here = before;
        }
        chain.reverse();
        chain
    }

    /// The last receive of a rank before one of its sends.
    fn received_before(&self, send: EventIndex) -> Option<EventIndex> {
        let before = std::iter::successors(self.previous(send), |at| self.previous(*at));
        before.take(FARTHEST).find(|at| self.info(*at).source().is_some())
    }

    /// The message that would have made a rank answer otherwise, had it come before that receive.
    fn race(&self, first: EventIndex) -> Option<Race> {
        let before = self.nodes_at(first.0)?;
        let received = self.event(first)?;
        let sooner = self.could_have_come_sooner(first);
        sooner.into_iter().find_map(|(late_sent, late)| {
            let send = self.event(late_sent)?;
            let as_received = Event { rank: send.peer, peer: send.rank, op: Op::Recv, ..send };
            let reordered = before.reordered(&received, &as_received)?;
            Some(Race { first, late_sent, late, reordered })
        })
    }

    /// The messages of other senders to the same rank that were received after a receive, or never, and whose sends do
    /// not depend on it: by send and receive, in the order in which they were received.
    fn could_have_come_sooner(&self, first: EventIndex) -> Vec<(EventIndex, Option<EventIndex>)> {
        let (rank, source) = (self.info(first).rank, self.info(first).peer);
        let mut dependent = Dependent::on(rank);
        let mut sooner = Vec::new();
        let mut open: Vec<EventIndex> = self.index.open(first.0);
        open.retain(|sent| self.info(*sent).peer == rank && self.partner(*sent) != Some(first));
        let end = self.len().min(first.0.saturating_add(FARTHEST));
        for at in (first.0 + 1..end).map(EventIndex) {
            let info = self.info(at);
            match info.op {
                Op::Send => {
                    if dependent.notes_send(info.rank, at) {
                        continue;
                    }
                    if info.peer == rank {
                        open.push(at);
                    }
                }
                Op::Recv => {
                    let sent = self.partner(at);
                    dependent.notes_receive(info.rank, sent);
                    let Some(place) = open.iter().position(|other| Some(*other) == sent) else {
                        continue;
                    };
                    sooner.push((open.remove(place), Some(at)));
                }
            }
        }
        sooner.extend(open.into_iter().map(|sent| (sent, self.partner(sent))));
        // Of one sender's messages the first comes first (MPI 4.1, section 3.5, Order).
        let mut senders = FxHashSet::from_iter([source]);
        sooner.retain(|(sent, _)| senders.insert(self.info(*sent).rank));
        sooner
    }

    /// It in a sentence or two.
    pub fn why_in_words(&self, why: &Why) -> String {
        match &why.race {
            Some(race) => self.race_in_words(race),
            None if !self.has_ring() => {
                "no protocol is known: what another order would have changed cannot be said".to_owned()
            }
            None if !why.is_known => {
                "the nodes' states are unknown here: what another order would have changed cannot be said"
                    .to_owned()
            }
            None => "no message that came later could have changed this".to_owned(),
        }
    }

    fn race_in_words(&self, race: &Race) -> String {
        let info = self.info(race.first);
        let late = self.info(race.late_sent);
        let when = match race.late {
            Some(late) => format!("event {}", late.0 + 1),
            None => format!("sent by event {}, never received", race.late_sent.0 + 1),
        };
        let Reordered { sends, would_send } = &race.reordered;
        let rank = info.rank;
        format!(
            "rank {rank} took {} from rank {} (event {}) before {} from rank {} ({when}); in the other order it would have {}",
            self.tag_word(info.tag),
            info.peer,
            race.first.0 + 1,
            self.tag_word(late.tag),
            late.rank,
            self.difference(sends, would_send),
        )
    }

    /// `sent PUT to rank 3, not to rank 6`.
    fn difference(&self, sends: &[(Rank, Tag)], would_send: &[(Rank, Tag)]) -> String {
        let listed = |sends: &[(Rank, Tag)]| {
            let each =
                sends.iter().map(|(to, tag)| format!("{} to rank {to}", self.tag_word(*tag)));
            each.collect::<Vec<_>>().join(" and ")
        };
        match (sends, would_send) {
            ([(to, tag)], [(other, same)]) if tag == same && to != other => {
                format!("sent {} to rank {other}, not to rank {to}", self.tag_word(*tag))
            }
            (_, []) => format!("sent nothing, not {}", listed(sends)),
            ([], _) => format!("sent {}, and it sent nothing", listed(would_send)),
            _ if sends == would_send => {
                format!("sent {} with other contents", listed(would_send))
            }
            _ => format!("sent {}, not {}", listed(would_send), listed(sends)),
        }
    }

    pub(super) fn tag_word(&self, tag: Tag) -> String {
        tag_label(tag, &self.vocabulary()).to_string()
    }
}

/// Who waits for whom in these states.
pub(crate) fn wait_for_graph(states: &NodeStates) -> WaitForGraph<()> {
    WaitForGraph::of(states.statuses.iter(), Vec::new())
}

/// What depends on an event, as the events after it go by.
struct Dependent {
    ranks: FxHashSet<Rank>,
    sends: FxHashSet<EventIndex>,
}

impl Dependent {
    /// On the last event of a rank.
    fn on(rank: Rank) -> Dependent {
        Dependent { ranks: FxHashSet::from_iter([rank]), sends: FxHashSet::default() }
    }

    /// Takes note of a send; whether it depends on the event.
    fn notes_send(&mut self, rank: Rank, at: EventIndex) -> bool {
        let depends = self.ranks.contains(&rank);
        if depends {
            self.sends.insert(at);
        }
        depends
    }

    /// Takes note of a receive.
    fn notes_receive(&mut self, rank: Rank, sent: Option<EventIndex>) {
        if sent.is_some_and(|sent| self.sends.contains(&sent)) {
            self.ranks.insert(rank);
        }
    }
}

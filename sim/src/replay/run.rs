//! Once along a trace, from its first event on.

use std::sync::Arc;

use ringscope_traces::{Event, EventIndex, Op, Rank};
use rustc_hash::FxHashMap;

use super::finding::What;
use super::key_event::{KeyEvent, key_events_of};
use super::mail::Mail;
use super::obligations::Obligations;
use crate::conform::Setup;
use crate::invariants::{Invariant, InvariantChecker, Tally, Violation};
use crate::protocol::{Meaning, Message, Node, Outbox, Phase, Protocol, Storage, Wait};
use crate::world::{Observed, Observer};

/// What an entry of a storage takes, with its share of the tree.
const PAIR_BYTES: usize = 32;

/// The nodes of a run on their way along its events.
///
/// The keeper of the invariants looks on. It sees what the nodes do as they do it: what a rank sends
/// counts from the receive on that made it send, however late that stands in the trace.
#[derive(Debug)]
pub struct Replay<N: Node> {
    pub(super) nodes: Vec<N>,
    /// Of the ranks that have events.
    pub(super) obligations_of: FxHashMap<Rank, Obligations<N::Message>>,
    pub(super) mail: Mail<N::Message>,
    pub(super) eager: Option<u64>,
    /// The last receive.
    last: Option<EventIndex>,
    outbox: Outbox<N::Message>,
    cursor: usize,
    checker: InvariantChecker,
    listed: [usize; Invariant::ALL.len()],
    sightings: Vec<(EventIndex, Violation)>,
    key_events: Vec<KeyEvent>,
    /// The ranks that have received something since the last checkpoint.
    busy: Vec<Rank>,
    /// The ranks that have ever changed, as they were at the last checkpoint.
    kept: FxHashMap<Rank, (N, Wait)>,
}

/// The nodes that have changed from one place of a trace to another.
#[derive(Debug, Clone)]
pub struct Checkpoint<N> {
    /// How many events had happened.
    pub cursor: usize,
    pub(super) changed: Vec<(Rank, N, Wait)>,
}

impl<N: Node> Replay<N> {
    /// Starts every node.
    #[must_use]
    pub fn start<P: Protocol<Node = N>>(setup: &Setup) -> Replay<N> {
        let (mut nodes, eager) = (setup.nodes::<P>(), setup.eager);
        let mut checker = InvariantChecker::new(&nodes);
        let mut obligations_of = FxHashMap::default();
        let count = u32::try_from(nodes.len()).expect("ranks are counted in 32 bits");
        for (rank, node) in (0..count).map(Rank).zip(&mut nodes) {
            let obligations = Obligations::start(node, count);
            if !obligations.owed().is_empty() || obligations.wait() != Wait::Any {
                tell_sends(&mut checker, &obligations, (rank, 0));
                obligations_of.insert(rank, obligations);
            }
        }
        Replay {
            nodes,
            obligations_of,
            mail: Mail::default(),
            eager,
            last: None,
            outbox: Outbox::default(),
            cursor: 0,
            checker,
            listed: [0; Invariant::ALL.len()],
            sightings: Vec::new(),
            key_events: Vec::new(),
            busy: Vec::new(),
            kept: FxHashMap::default(),
        }
    }

    /// The nodes as they stand, by rank.
    #[must_use]
    pub fn nodes(&self) -> &[N] {
        &self.nodes
    }

    /// What a rank takes next, when it has sent what it is to send.
    #[must_use]
    pub fn wait(&self, rank: Rank) -> Wait {
        self.obligations_of.get(&rank).map_or(Wait::Any, Obligations::wait_after_sends)
    }

    /// Goes past the next event, which must be what the protocol does. After one that is not, nobody
    /// knows how the nodes stand.
    ///
    /// # Errors
    ///
    /// What is wrong with the event.
    pub fn take(&mut self, event: &Event) -> Result<(), What> {
        let place = EventIndex(self.cursor);
        let ranks = u32::try_from(self.nodes.len()).expect("ranks are counted in 32 bits");
        if event.rank.0 >= ranks || event.peer.0 >= ranks {
            return Err(What::NoSuchRank { ranks });
        }
        let message = N::Message::parse(event.tag, &event.data);
        let message = message.map_err(|bad| What::BadMessage { bad })?;
        match event.op {
            Op::Send => self.send(place, event, message)?,
            Op::Recv => self.receive(place, event, message)?,
        }
        self.cursor += 1;
        Ok(())
    }

    fn send(&mut self, place: EventIndex, event: &Event, message: N::Message) -> Result<(), What> {
        self.obligations(event.rank).send(event, &message)?;
        self.mail.send(place, event, message);
        Ok(())
    }

    fn receive(
        &mut self,
        place: EventIndex,
        event: &Event,
        message: N::Message,
    ) -> Result<(), What> {
        let rank = event.rank;
        let obligations = self.obligations(rank);
        obligations.may_receive(event)?;
        let takes_any = obligations.wait() == Wait::Any;
        let sent = self.mail.receive(event, &message, takes_any)?;
        self.checker_received(event, (&message, sent));
        let node = &mut self.nodes[rank.index()];
        let before = is_rewiring(&message).then(|| node.view().storage.cloned()).flatten();
        let obligations = self.obligations_of.get_mut(&rank).expect("it was there a moment ago");
        obligations.receive(node, (event.peer, message.clone()), &mut self.outbox);
        tell_sends(&mut self.checker, obligations, (rank, event.t));
        Observer::<N>::handled(&mut self.checker, rank, &self.nodes);
        self.note(place, rank, (&message, before.as_deref()));
        Ok(())
    }

    fn obligations(&mut self, rank: Rank) -> &mut Obligations<N::Message> {
        let ranks = u32::try_from(self.nodes.len()).expect("ranks are counted in 32 bits");
        let node = &mut self.nodes[rank.index()];
        // To start a node that has nothing to do at its start changes nothing.
        self.obligations_of.entry(rank).or_insert_with(|| Obligations::start(node, ranks))
    }

    fn checker_received(&mut self, event: &Event, (message, sent): (&N::Message, EventIndex)) {
        let &Event { rank, op, peer, t, clock, .. } = event;
        let number = sent.0 as u64;
        self.checker.observe(&Observed { rank, op, peer, message, now_ns: t, clock, number });
    }

    /// Takes note of what a receive has brought about.
    fn note(
        &mut self,
        at: EventIndex,
        rank: Rank,
        (message, before): (&N::Message, Option<&Storage>),
    ) {
        self.last = Some(at);
        self.busy.push(rank);
        let view = self.nodes[rank.index()].view();
        let replies = self.obligations_of[&rank].owed().iter().map(|(_, reply)| reply.meaning());
        let key_events = key_events_of(message, before, (view, replies));
        self.key_events.extend(key_events.into_iter().map(|(key, how)| KeyEvent {
            key,
            at,
            rank,
            how,
        }));
        self.sight(at);
    }

    /// Takes note of the violations that the checker has listed since the last time.
    fn sight(&mut self, at: EventIndex) {
        for (invariant, listed) in Invariant::ALL.iter().zip(&mut self.listed) {
            let violations = &self.checker.tally(*invariant).violations;
            if violations.len() > *listed {
                let new = violations[*listed..].iter().cloned();
                self.sightings.extend(new.map(|violation| (at, violation)));
                *listed = violations.len();
            }
        }
    }

    /// Takes a last look at the nodes when the run has come to its end.
    pub fn finish(&mut self) {
        self.checker.finish(&self.nodes);
        if let Some(last) = self.last {
            self.sight(last);
        }
    }

    /// The books on an invariant.
    #[must_use]
    pub fn tally(&self, invariant: Invariant) -> &Tally {
        self.checker.tally(invariant)
    }

    /// Takes the violations that were found since the last time, and after which event.
    pub fn take_sightings(&mut self) -> Vec<(EventIndex, Violation)> {
        std::mem::take(&mut self.sightings)
    }

    /// Takes what has become of keys since the last time.
    pub fn take_key_events(&mut self) -> Vec<KeyEvent> {
        std::mem::take(&mut self.key_events)
    }

    /// What has changed since the last checkpoint; `None` when that takes more than so many bytes.
    pub fn checkpoint(&mut self, limit_bytes: usize) -> Option<Checkpoint<N>> {
        self.busy.sort_unstable();
        self.busy.dedup();
        let changed: Vec<Rank> =
            self.busy.iter().copied().filter(|rank| self.has_changed(*rank)).collect();
        if changed.iter().map(|rank| self.bytes(*rank)).sum::<usize>() > limit_bytes {
            return None;
        }
        self.busy.clear();
        let mut entries = Vec::with_capacity(changed.len());
        for rank in changed {
            let (node, wait) = (self.nodes[rank.index()].clone(), self.wait(rank));
            self.kept.insert(rank, (node.clone(), wait));
            entries.push((rank, node, wait));
        }
        Some(Checkpoint { cursor: self.cursor, changed: entries })
    }

    fn has_changed(&self, rank: Rank) -> bool {
        self.kept.get(&rank).is_none_or(|(node, wait)| {
            *wait != self.wait(rank) || *node != self.nodes[rank.index()]
        })
    }

    /// What a copy of a rank's node takes beside what it shares with the copy before.
    fn bytes(&self, rank: Rank) -> usize {
        let view = self.nodes[rank.index()].view();
        let shared = self.kept.get(&rank).and_then(|(node, _)| node.view().storage);
        let own = view.storage.filter(|own| shared.is_none_or(|shared| !Arc::ptr_eq(own, shared)));
        let pairs = own.map_or(0, |storage| storage.len()) * PAIR_BYTES;
        let in_flight = match view.phase {
            Phase::Commanding(commands) => commands.len() * size_of::<crate::protocol::Command>(),
            Phase::Idle | Phase::Joining(_) | Phase::Leaving(_) => 0,
        };
        size_of::<(Rank, N, Wait)>() + pairs + in_flight
    }
}

fn is_rewiring(message: &impl Message) -> bool {
    message.meaning() == Meaning::Membership
}

/// Tells the checker what a rank has been asked to send.
fn tell_sends<M: Message>(
    checker: &mut InvariantChecker,
    obligations: &Obligations<M>,
    (rank, now_ns): (Rank, u64),
) {
    for (peer, message) in obligations.owed() {
        // Only what is received is numbered: by its send, which stands in the trace.
        let (clock, number) = (0, 0);
        let peer = *peer;
        checker.observe(&Observed { rank, op: Op::Send, peer, message, now_ns, clock, number });
    }
}

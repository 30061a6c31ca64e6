//! Once along a trace, from its first event on.

use std::collections::VecDeque;
use std::sync::Arc;

use ringscope_traces::{Event, EventIndex, Op, Rank};
use rustc_hash::FxHashMap;

use super::checkpoints::{Checkpoint, RankState};
use super::finding::What;
use super::key_event::{KeyEvent, Keys};
use super::obligations::Obligations;
use super::ranks::Ranks;
use crate::invariants::{Invariant, InvariantChecker, Tally, Violation};
use crate::protocol::{Command, Meaning, Message, Node, Wait};
use crate::world::{Observed, Observer as _, Status};

/// What an entry of a storage takes, with its share of the tree.
const PAIR_BYTES: usize = 32;

/// The nodes of a run on their way along its events.
///
/// An invariant checker observes it. It sees what the nodes do as they do it: what a rank sends
/// counts from the receive on that made it send, however late that stands in the trace.
#[derive(Debug)]
pub struct Replay<N: Node> {
    pub(super) ranks: Ranks<N>,
    /// The last receive.
    last: Option<EventIndex>,
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

impl<N: Node> Replay<N> {
    /// Starts every node. With `eager` a send of more bytes than that holds its rank up until it is received.
    #[must_use]
    pub fn start(nodes: Vec<N>, eager: Option<u64>) -> Replay<N> {
        let checker = InvariantChecker::new(&nodes);
        let (ranks, started) = Ranks::start(nodes, eager);
        let mut replay = Replay {
            ranks,
            last: None,
            cursor: 0,
            checker,
            listed: [0; Invariant::ALL.len()],
            sightings: Vec::new(),
            key_events: Vec::new(),
            busy: Vec::new(),
            kept: FxHashMap::default(),
        };
        started.into_iter().for_each(|rank| replay.check_sends(rank, 0));
        replay
    }

    /// The most bytes of a send that does not hold its rank up.
    pub(super) fn eager(&self) -> Option<u64> {
        self.ranks.eager()
    }

    /// The nodes as they stand, by rank.
    #[must_use]
    pub fn nodes(&self) -> &[N] {
        self.ranks.nodes()
    }

    /// What a rank is doing.
    #[must_use]
    pub fn status(&self, rank: Rank) -> Status {
        self.ranks.status(rank)
    }

    /// What a rank takes next, when it has sent what it is to send.
    fn wait(&self, rank: Rank) -> Wait {
        self.ranks.obligations(rank).map_or(Wait::Any, Obligations::wait)
    }

    /// What those ranks take that have done anything, in order.
    pub(super) fn waits(&self) -> Vec<(Rank, Wait)> {
        self.ranks.active().into_iter().map(|rank| (rank, self.wait(rank))).collect()
    }

    /// Goes past the next event, which must be what the protocol does. After one that is not, nobody
    /// knows how the nodes stand.
    ///
    /// # Errors
    ///
    /// What is wrong with the event.
    pub fn take(&mut self, event: &Event) -> Result<(), What> {
        let at = EventIndex(self.cursor);
        let message = self.ranks.parse(event)?;
        match event.op {
            Op::Send => self.ranks.send(at, event, message)?,
            Op::Recv => self.receive(at, event, message)?,
        }
        self.cursor += 1;
        Ok(())
    }

    fn receive(&mut self, at: EventIndex, event: &Event, message: N::Message) -> Result<(), What> {
        let &Event { rank, op, peer, t: now_ns, clock, .. } = event;
        let address = self.ranks.may_receive(event, &message)?;
        let number = address.sent.0 as u64;
        self.checker.observe(&Observed {
            rank,
            op,
            peer,
            message: &message,
            now_ns,
            clock,
            number,
        });
        let node = &self.nodes()[rank.index()];
        // Nothing else moves keys.
        let before = is_membership(&message).then(|| node.view().storage.cloned()).flatten();
        self.ranks.receive(address, message.clone());
        self.check_sends(rank, now_ns);
        self.checker.handled(rank, self.ranks.nodes());
        self.note(at, rank, Keys { message: &message, before: before.as_deref() });
        Ok(())
    }

    /// Tells the checker what a rank has been asked to send.
    fn check_sends(&mut self, rank: Rank, now_ns: u64) {
        let owed = self.ranks.obligations(rank).into_iter().flat_map(Obligations::owed);
        for (peer, message) in owed {
            // Only what is received is numbered: by its send, which stands in the trace.
            let (op, peer, clock, number) = (Op::Send, *peer, 0, 0);
            self.checker.observe(&Observed { rank, op, peer, message, now_ns, clock, number });
        }
    }

    /// Takes note of what a receive has brought about.
    fn note(&mut self, at: EventIndex, rank: Rank, received: Keys<'_, N::Message>) {
        self.last = Some(at);
        self.busy.push(rank);
        let after = self.nodes()[rank.index()].view();
        let owed = self.ranks.obligations(rank).into_iter().flat_map(Obligations::owed);
        let key_events = received.become_of(after, owed.map(|(_, reply)| reply.meaning()));
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
        self.checker.finish(self.ranks.nodes());
        if let Some(last) = self.last {
            self.sight(last);
        }
    }

    /// The counts on an invariant, and its violations.
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
            let (node, wait) = (self.nodes()[rank.index()].clone(), self.wait(rank));
            self.kept.insert(rank, (node.clone(), wait));
            let fault = self.ranks.obligations(rank).and_then(Obligations::fault);
            let fault = fault.cloned().map(Box::new);
            entries.push((rank, RankState { node, wait, fault }));
        }
        Some(Checkpoint { cursor: self.cursor, changed: entries })
    }

    fn has_changed(&self, rank: Rank) -> bool {
        self.kept.get(&rank).is_none_or(|(node, wait)| {
            *wait != self.wait(rank) || *node != self.nodes()[rank.index()]
        })
    }

    /// What a copy of a rank's node takes beside what it shares with the copy before.
    fn bytes(&self, rank: Rank) -> usize {
        let view = self.nodes()[rank.index()].view();
        let shared = self.kept.get(&rank).and_then(|(node, _)| node.view().storage);
        let own = view.storage.filter(|own| shared.is_none_or(|shared| !Arc::ptr_eq(own, shared)));
        let pairs = own.map_or(0, |storage| storage.len()) * PAIR_BYTES;
        let in_flight = view.activity.commands_in_flight().map_or(0, VecDeque::len);
        size_of::<(Rank, RankState<N>)>() + pairs + in_flight * size_of::<Command>()
    }
}

fn is_membership(message: &impl Message) -> bool {
    match message.meaning() {
        Meaning::Membership => true,
        Meaning::Command(_)
        | Meaning::End
        | Meaning::Found(..)
        | Meaning::Absent
        | Meaning::Done(_)
        | Meaning::Refused => false,
    }
}

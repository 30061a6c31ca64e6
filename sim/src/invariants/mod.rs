//! The invariant checker: an observer of a run that reports what no longer holds.
//!
//! A [`InvariantChecker`] is an [`Observer`] that pays a few nanoseconds for a message that is only passed on.
//! What it costs more is paid where it matters: at the node that stores a pair, at the command node,
//! and by an audit of the whole ring whenever the last of the joins and leaves that had begun has ended.

mod invariant;
mod membership;
mod order;
mod pairs;
mod reads;

use ringscope_traces::words;
use ringscope_traces::{Op, Rank};
use rustc_hash::FxHashSet;

pub use invariant::{Invariant, Tally, Violation};

use crate::protocol::arithmetic::{Break, KeyRange, Ring};
use crate::protocol::{Command, Key, Meaning, Message, Node, Role, StorageId, Value, Viewed};
use crate::world::{Observed, Observer};
use invariant::{Counts, RunPosition};
use membership::Membership;
use order::{Receipt, SenderOrder};
use pairs::Pairs;
use reads::Reads;

/// Checks every [`Invariant`] as a run goes.
///
/// It sees the nodes before the run starts and everything that happens, and at the end it is asked to
/// [`finish`](InvariantChecker::finish).
///
/// ```
/// use ringscope_sim::invariants::{Invariant, InvariantChecker};
/// use ringscope_sim::protocols::Classic;
/// use ringscope_sim::scenario::builtin;
/// use ringscope_sim::simulate::simulate;
///
/// let scenario = builtin::find("race-lost-key").expect("it is built in").scenario();
/// let mut checker = InvariantChecker::default();
/// let run = simulate::<Classic>(&scenario, &mut checker);
/// checker.finish(run.world.nodes());
/// // A PUT that overtakes a join leaves its key with the node that owned it until then.
/// assert!(checker.tally(Invariant::KeysKept).failed == 0);
/// let violation = &checker.tally(Invariant::OneOwner).violations[0];
/// assert!(violation.what.starts_with("key 400 is on rank 6"), "{}", violation.what);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvariantChecker {
    moment: RunPosition,
    /// The rank whose step it is.
    at: Rank,
    /// Whether it has sent something in this step.
    spoke: bool,
    put: Option<Put>,
    /// The rank that issues the commands.
    command: Option<Rank>,
    order: SenderOrder,
    membership: Membership,
    reads: Reads,
    pairs: Pairs,
    /// The last id of the ring at the start: up to there, every key is to have an owner.
    last_id: StorageId,
    /// The keys that were lost at the last audit.
    lost: FxHashSet<Key>,
    /// What was wrong with the ring at the last audit.
    standing: FxHashSet<RingDefect>,
    counts: Counts,
}

/// A PUT that is being handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Put {
    key: Key,
    value: Value,
    acknowledged: bool,
}

/// A defect of the ring, which is reported once for as long as it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum RingDefect {
    /// The ring is broken.
    Broken(Break),
    /// The keys above that id have no owner.
    Ownerless(StorageId),
    /// A key is not with its owner.
    Misplaced(Rank, Key),
}

impl InvariantChecker {
    /// A checker for a run that starts with these nodes.
    #[must_use]
    pub fn new<N: Viewed>(nodes: &[N]) -> InvariantChecker {
        let mut ranks = (0_u32..).map(Rank).zip(nodes);
        let command = ranks.find(|(_, node)| node.view().role == Role::Command);
        InvariantChecker {
            moment: RunPosition::default(),
            at: Rank::default(),
            spoke: false,
            put: None,
            command: command.map(|(rank, _)| rank),
            order: SenderOrder::new(nodes.len()),
            membership: Membership::new(nodes),
            reads: Reads::default(),
            pairs: Pairs::default(),
            last_id: Ring::walk(nodes).members().last().map_or_else(StorageId::default, |m| m.id),
            lost: FxHashSet::default(),
            standing: FxHashSet::default(),
            counts: Counts::default(),
        }
    }

    /// Takes a last look at the nodes when the run has ended, however it has.
    ///
    /// A run that ended in the middle of a join or a leave need not have a closed ring; that no key is
    /// lost holds even there.
    pub fn finish<N: Viewed>(&mut self, nodes: &[N]) {
        // Both are asked: a node may be in the middle of a join that no message of a join has touched yet, and
        // between two such messages no node need be in the middle.
        let amid = nodes.iter().any(|node| node.view().activity.is_membership_change());
        self.audit_keys(nodes);
        if !amid && !self.membership.is_under_way() {
            self.audit_ring(nodes);
        }
    }

    /// The counts on an invariant.
    #[must_use]
    pub fn tally(&self, invariant: Invariant) -> &Tally {
        self.counts.tally(invariant)
    }

    /// Every violation that is listed, in the order in which they began.
    #[must_use]
    pub fn violations(&self) -> Vec<&Violation> {
        let tallies = Invariant::ALL.iter().map(|invariant| self.tally(*invariant));
        let mut violations: Vec<_> = tallies.flat_map(|tally| &tally.violations).collect();
        violations.sort_by_key(|violation| violation.at);
        violations
    }

    /// Whether every check has found that its invariant holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        Invariant::ALL.iter().all(|invariant| self.tally(*invariant).failed == 0)
    }

    // Where it is called it is known whether a message is sent or received: half of this is left.
    // With all invariants a message takes 6 to 16 % longer without.
    #[inline(always)]
    pub(crate) fn observe<M: Message>(&mut self, observed: &Observed<'_, M>) {
        match observed.op {
            Op::Send => self.sent(observed),
            Op::Recv => self.received(observed),
        }
    }

    #[inline]
    fn received<M: Message>(&mut self, observed: &Observed<'_, M>) {
        let &Observed { rank, peer, message, number, now_ns, .. } = observed;
        // Reset here and not when the step has been handled: what nodes send at their start belongs to no step.
        self.moment = RunPosition { received: self.moment.received + 1, now_ns };
        self.at = rank;
        self.spoke = false;
        let receipt = Receipt { sender: peer, receiver: rank, tag: message.tag(), number };
        self.counts.checked(Invariant::SenderOrder);
        if let Some(later) = self.order.overtaken_by(receipt) {
            self.out_of_order::<M>(receipt, later);
        }
        match message.meaning() {
            Meaning::Command(Command::Put { key, value }) => {
                self.put = Some(Put { key, value, acknowledged: false });
            }
            Meaning::Found(value, _) if self.command == Some(rank) => self.answered(Some(value)),
            Meaning::Absent if self.command == Some(rank) => self.answered(None),
            Meaning::Membership => self.membership.received(rank),
            Meaning::Command(
                Command::Get { .. } | Command::Add { .. } | Command::Remove { .. },
            )
            | Meaning::Found(..)
            | Meaning::Absent
            | Meaning::Done(_)
            | Meaning::Refused
            | Meaning::End => {}
        }
    }

    #[inline]
    fn sent<M: Message>(&mut self, observed: &Observed<'_, M>) {
        let rank = observed.rank;
        // A rank that was blocked in a send goes on in the step of whoever received its message: what it sends
        // then says nothing of how that one handled a PUT.
        let own_step = rank == self.at;
        self.spoke |= own_step;
        match observed.message.meaning() {
            Meaning::Command(command) if self.command == Some(rank) => {
                self.reads.sent(command, self.last_id);
            }
            // It passes the PUT on.
            Meaning::Command(_) if own_step => self.put = None,
            Meaning::Done(_) if own_step => {
                if let Some(put) = &mut self.put {
                    put.acknowledged = true;
                }
            }
            Meaning::Membership => self.membership.sent(rank),
            Meaning::Command(_)
            | Meaning::Done(_)
            | Meaning::Refused
            | Meaning::Found(..)
            | Meaning::Absent
            | Meaning::End => {}
        }
    }

    #[cold]
    fn out_of_order<M: Message>(&mut self, receipt: Receipt, later: u64) {
        self.counts.failed(Invariant::SenderOrder);
        self.counts.begins(Invariant::SenderOrder, self.moment, || {
            let Receipt { sender, receiver, tag, number } = receipt;
            let name = M::tag_name(tag).unwrap_or("message of a tag without a name");
            let article = words::article(name);
            let what = if number == later {
                format!("rank {receiver} received the same {name} from rank {sender} twice")
            } else {
                format!(
                    "rank {receiver} received {article} {name} from rank {sender} (message {number} of \
                     the run) after a later one (message {later})"
                )
            };
            (receiver, what)
        });
    }

    fn answered(&mut self, value: Option<Value>) {
        let Some(read) = self.reads.answered() else { return };
        self.counts.checked(Invariant::LastPutRead);
        if let Some(what) = read.wrong(value) {
            self.counts.failed(Invariant::LastPutRead);
            self.counts.begins(Invariant::LastPutRead, self.moment, || (self.at, what));
        }
    }

    /// A rank has handled a PUT and did not pass it on.
    fn kept_put<N: Viewed>(&mut self, put: Put, nodes: &[N]) {
        let Put { key, value, acknowledged } = put;
        let rank = self.at;
        let view = nodes[rank.index()].view();
        let held = view.storage.and_then(|storage| storage.get(&key)) == Some(&value);
        // A node that dropped it and said nothing has promised nothing: the end of the run shows who waits for the reply.
        if held || acknowledged {
            self.counts.checked(Invariant::KeysKept);
        }
        if !held {
            if acknowledged {
                let what = format!("rank {rank} acknowledged put {key} {value}, but dropped it");
                self.counts.failed(Invariant::KeysKept);
                self.counts.begins(Invariant::KeysKept, self.moment, || (rank, what));
            }
            return;
        }
        self.pairs.stored((key, value), rank);
        // During a join or a leave a node's own pointers are behind the ring: the audit at its end judges both.
        if !self.membership.is_under_way() {
            self.counts.checked(Invariant::OneOwner);
            // A node that does not know its predecessor cannot tell: the ring is walked.
            if !KeyRange::of(&view).is_some_and(|range| range.contains(key)) {
                self.stored_outside((rank, key), nodes);
            }
        }
    }

    /// A node stored a pair that it does not own, judging by its own pointers.
    #[cold]
    fn stored_outside<N: Viewed>(&mut self, (rank, key): (Rank, Key), nodes: &[N]) {
        // Its own pointers are the cheap question, asked of every PUT. Only when they object is the ring walked, and it
        // is the ring that decides.
        let ring = Ring::walk(nodes);
        if ring.comes_round() && ring.owner(key).map(|owner| owner.rank) != Some(rank) {
            self.counts.failed(Invariant::OneOwner);
            if self.standing.insert(RingDefect::Misplaced(rank, key)) {
                self.counts.begins(Invariant::OneOwner, self.moment, || {
                    pairs::misplaced_words(&ring, nodes, (rank, key))
                });
            }
        }
    }

    /// Whether every pair that was stored is still there.
    fn audit_keys<N: Viewed>(&mut self, nodes: &[N]) {
        self.counts.checked(Invariant::KeysKept);
        let holders = self.membership.holders();
        let lost = self.pairs.lost(nodes, holders);
        if !lost.is_empty() {
            self.counts.failed(Invariant::KeysKept);
        }
        // A key that stays lost is one violation and not one for each audit; when it is found and lost again, two.
        for key in lost.iter().filter(|key| !self.lost.contains(key)) {
            self.counts.begins(Invariant::KeysKept, self.moment, || {
                self.pairs.lost_words(*key, nodes, holders)
            });
        }
        self.lost = lost.into_iter().collect();
    }

    /// Whether the ring is closed, and every key is with its one owner.
    fn audit_ring<N: Viewed>(&mut self, nodes: &[N]) {
        self.counts.checked(Invariant::OneOwner);
        let ring = Ring::walk(nodes);
        let wrong = self.wrong_in(&ring, nodes);
        if !wrong.is_empty() {
            self.counts.failed(Invariant::OneOwner);
        }
        for one in wrong.iter().filter(|one| !self.standing.contains(one)) {
            self.counts.begins(Invariant::OneOwner, self.moment, || {
                let (rank, what) = words(*one, self.last_id, (&ring, nodes));
                (rank.unwrap_or(self.at), what)
            });
        }
        // Ownership is not defined in a ring that is not closed: what was misplaced still is.
        let not_judged =
            |one: &RingDefect| !ring.comes_round() && matches!(one, RingDefect::Misplaced(..));
        self.standing.retain(not_judged);
        self.standing.extend(wrong);
    }

    /// Ownership is defined only in a closed ring.
    fn wrong_in<N: Viewed>(&self, ring: &Ring, nodes: &[N]) -> Vec<RingDefect> {
        let mut found: Vec<_> = ring.breaks().iter().copied().map(RingDefect::Broken).collect();
        if ring.comes_round() {
            let last = ring.members().last().map(|member| member.id);
            found.extend(last.filter(|id| *id < self.last_id).map(RingDefect::Ownerless));
            let misplaced = pairs::misplaced(ring, nodes, self.membership.holders());
            found.extend(misplaced.into_iter().map(|(rank, key)| RingDefect::Misplaced(rank, key)));
        }
        found
    }
}

/// What is wrong with the ring, in words, and where; nowhere when there is no ring.
fn words<N: Viewed>(
    wrong: RingDefect,
    last_id: StorageId,
    (ring, nodes): (&Ring, &[N]),
) -> (Option<Rank>, String) {
    match wrong {
        RingDefect::Broken(at) => (at.rank(), at.to_string()),
        RingDefect::Ownerless(above) => {
            let last = ring.members().last().expect("a ring that comes round has its head");
            let keys = KeyRange { above, up_to: last_id };
            let what = format!("keys {keys} have no owner: the ring ends with rank {}", last.rank);
            (Some(last.rank), what)
        }
        RingDefect::Misplaced(rank, key) => {
            let (rank, what) = pairs::misplaced_words(ring, nodes, (rank, key));
            (Some(rank), what)
        }
    }
}

impl<N: Node> Observer<N> for InvariantChecker {
    fn started(&mut self, nodes: &[N]) {
        *self = InvariantChecker::new(nodes);
    }

    // With all invariants a message takes 5 to 7 % longer without.
    #[inline(always)]
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        self.observe(observed);
    }

    #[inline]
    fn handled(&mut self, _rank: Rank, nodes: &[N]) {
        if let Some(put) = self.put.take() {
            self.kept_put(put, nodes);
        }
        // Most steps pass on a message and touch neither: nothing may be looked up for them.
        if !self.membership.is_untouched() {
            let fell_silent = (!self.spoke).then_some(self.at);
            if self.membership.step_over(nodes, fell_silent) {
                self.audit_keys(nodes);
                self.audit_ring(nodes);
            }
        }
    }
}

//! Each rank's side of the monitoring: it answers status requests, and learns how the run ends.
//!
//! How a run ends, once rank 0 has decided:
//! 1. rank 0 sends the verdict to all; each rank stops its node, closes its part and sends its last status;
//! 2. rank 0 merges the parts and reports how the run ended;
//! 3. rank 0 tells each rank how many messages are still in flight to it, and each rank receives these:
//!    sends that are blocked on them return, and MPI can be finalized.

use std::collections::BTreeMap;

use ringscope_sim::protocol::Message;
use ringscope_traces::{Ending, Op, Rank};
use serde::{Deserialize, Serialize};

use crate::backoff::Backoff;
use crate::clock::monotonic_ns;
use crate::failure::note;
use crate::link::{Link, ROOT};
use crate::monitor::{LONGEST_REST_NS, Monitor};
use crate::part::{Observed, Part};
use crate::rank_status::{Activity, RankStatus, Tally, in_flight};
use crate::verdict::Verdict;

/// A rank that does not sleep yet polls for control messages at every n-th poll for a message of its node.
const POLLS_BETWEEN: u32 = 8;

/// How much longer than the timeout a rank waits for rank 0, which may rest, then wait for others for the whole
/// timeout, and then merge what they have recorded.
const GRACE_NS: u64 = LONGEST_REST_NS + 4_000_000_000;

/// How much later the next rank gives up, so that only one reports it.
const STAGGER_NS: u64 = 100_000_000;

/// A control message from rank 0 to the others.
#[derive(Debug, Serialize, Deserialize)]
enum ToMember {
    /// Asks for a rank's status.
    StatusRequest { round: u64 },
    /// The run ends, in this way.
    Verdict(Verdict),
    /// Receive this many messages, and finish.
    Release { messages: u64 },
}

/// A control message from the others to rank 0.
#[derive(Debug, Serialize, Deserialize)]
enum ToRoot {
    /// A status.
    Status(RankStatus),
    /// The last status, sent when the rank's part is closed.
    Final(RankStatus),
}

/// What rank 0 does at the end, with the verdict and the ranks' last statuses; returns the exit code.
pub(crate) type Conclude<'a> = Box<dyn FnOnce(&Verdict, &[RankStatus]) -> i32 + 'a>;

/// A rank's side of the monitoring.
pub(crate) struct Watch<'a> {
    link: &'a Link,
    tally: Tally,
    round: u64,
    part: Option<Part>,
    timeout_ns: u64,
    /// The ending of the trace that is followed, where one is.
    followed: Option<Ending>,
    role: Role<'a>,
    polls: u32,
    code: i32,
}

enum Role<'a> {
    Root { monitor: Box<Monitor>, conclude: Option<Conclude<'a>> },
    Member { heard_ns: u64 },
}

impl<'a> Watch<'a> {
    /// Rank 0's side.
    pub(crate) fn root(
        link: &'a Link,
        part: Part,
        monitor: Monitor,
        conclude: Conclude<'a>,
    ) -> Watch<'a> {
        let role = Role::Root { monitor: Box::new(monitor), conclude: Some(conclude) };
        Watch::new(link, part, role)
    }

    /// Any other rank's side.
    pub(crate) fn member(link: &'a Link, part: Part) -> Watch<'a> {
        Watch::new(link, part, Role::Member { heard_ns: monotonic_ns() })
    }

    fn new(link: &'a Link, part: Part, role: Role<'a>) -> Watch<'a> {
        let (tally, part) = (Tally::default(), Some(part));
        Watch {
            link,
            tally,
            round: 0,
            part,
            timeout_ns: 0,
            followed: None,
            role,
            polls: 0,
            code: 0,
        }
    }

    /// Sets the longest time without progress, and the ending of the trace that is followed.
    pub(crate) fn with(self, timeout_ns: u64, followed: Option<Ending>) -> Watch<'a> {
        Watch { timeout_ns, followed, ..self }
    }

    /// The process's exit code.
    pub(crate) fn code(&self) -> i32 {
        self.code
    }

    /// Records that a message was sent or received.
    pub(crate) fn note<M: Message>(&mut self, observed: &Observed<'_, M>) -> Result<(), Verdict> {
        match observed.op {
            Op::Send => self.tally.sent(observed.peer, observed.tag),
            Op::Recv => self.tally.received(observed.peer, observed.tag),
        }
        let part = self.part.as_mut().expect("a part is open until the run ends");
        part.event(observed).map_err(|error| {
            self.wait_for_end(Activity::Failed(format!(
                "its part of the trace cannot be written: {error}"
            )))
        })
    }

    /// Answers control messages while the rank waits. `Err` when the run has ended.
    pub(crate) fn poll_while_waiting(
        &mut self,
        activity: &Activity,
        backoff: &Backoff,
    ) -> Result<(), Verdict> {
        self.polls = self.polls.wrapping_add(1);
        let is_time = backoff.sleeps() || self.polls.is_multiple_of(POLLS_BETWEEN);
        if is_time { self.poll(activity) } else { Ok(()) }
    }

    /// Answers control messages between two messages of the node. `Err` when the run has ended.
    pub(crate) fn poll_between_messages(&mut self) -> Result<(), Verdict> {
        self.poll(&Activity::Working)
    }

    /// Stops the node, reports why, and waits for the end of the run.
    pub(crate) fn wait_for_end(&mut self, activity: Activity) -> Verdict {
        let status = self.status(&activity);
        let verdict = match &mut self.role {
            Role::Root { monitor, .. } => monitor.record(status, monotonic_ns()),
            Role::Member { .. } => {
                self.link.send_control(ROOT, &ToRoot::Status(status));
                None
            }
        };
        if let Some(verdict) = verdict {
            return self.end_as_root(verdict, &activity);
        }
        let mut backoff = Backoff::default();
        loop {
            if let Err(verdict) = self.poll(&activity) {
                return verdict;
            }
            backoff.wait();
        }
    }

    fn poll(&mut self, activity: &Activity) -> Result<(), Verdict> {
        match self.role {
            Role::Root { .. } => match self.poll_as_root(activity) {
                None => Ok(()),
                Some(verdict) => Err(self.end_as_root(verdict, activity)),
            },
            Role::Member { .. } => self.poll_as_member(activity),
        }
    }

    fn status(&self, activity: &Activity) -> RankStatus {
        RankStatus {
            rank: self.link.rank(),
            round: self.round,
            activity: activity.clone(),
            tally: self.tally.clone(),
        }
    }

    /// Rank 0 takes the statuses that have arrived, and begins a new round when it is time.
    fn poll_as_root(&mut self, activity: &Activity) -> Option<Verdict> {
        let now_ns = monotonic_ns();
        while let Some(said) = self.link.receive_control::<ToRoot>() {
            let (ToRoot::Status(status) | ToRoot::Final(status)) = said;
            let verdict = self.monitor().record(status, now_ns);
            if verdict.is_some() {
                return verdict;
            }
        }
        let Some(round) = self.monitor().next_round(now_ns) else {
            return self.monitor().end_of_silence(now_ns);
        };
        self.round = round;
        self.send_to_members(|_| ToMember::StatusRequest { round });
        let own = self.status(activity);
        self.monitor().record(own, now_ns)
    }

    fn monitor(&mut self) -> &mut Monitor {
        match &mut self.role {
            Role::Root { monitor, .. } => monitor,
            Role::Member { .. } => unreachable!("only rank 0 has a monitor"),
        }
    }

    fn send_to_members(&self, what: impl Fn(Rank) -> ToMember) {
        (1..self.link.ranks()).map(Rank).for_each(|rank| self.link.send_control(rank, &what(rank)));
    }

    /// A member answers the requests that have arrived.
    fn poll_as_member(&mut self, activity: &Activity) -> Result<(), Verdict> {
        let now_ns = monotonic_ns();
        while let Some(said) = self.link.receive_control::<ToMember>() {
            self.role = Role::Member { heard_ns: now_ns };
            match said {
                ToMember::StatusRequest { round } => {
                    self.round = round;
                    self.link.send_control(ROOT, &ToRoot::Status(self.status(activity)));
                }
                ToMember::Verdict(verdict) => {
                    self.end_as_member(&verdict, activity);
                    return Err(verdict);
                }
                ToMember::Release { .. } => unreachable!("nobody is released before the end"),
            }
        }
        self.give_up_if_alone(now_ns);
        Ok(())
    }

    /// Rank 0 asks for statuses once a second or more often: if it has not for so long, it is gone.
    fn give_up_if_alone(&self, now_ns: u64) {
        let Role::Member { heard_ns } = self.role else { return };
        let rank = self.link.rank();
        let timeout_ns = self.timeout_ns + GRACE_NS + u64::from(rank.0) * STAGGER_NS;
        if now_ns.saturating_sub(heard_ns) > timeout_ns {
            note(&format!("mpi-runner: rank 0 does not answer: rank {rank} ends the run"));
            self.link.abort(1);
        }
    }

    /// A member's end: steps 1 and 3.
    fn end_as_member(&mut self, verdict: &Verdict, activity: &Activity) {
        let activity = self.close_part(verdict, activity);
        self.link.send_control(ROOT, &ToRoot::Final(self.status(&activity)));
        let mut backoff = Backoff::default();
        let messages = loop {
            match self.link.receive_control::<ToMember>() {
                Some(ToMember::Release { messages }) => break messages,
                // A request that was in flight when the verdict came.
                Some(ToMember::StatusRequest { .. } | ToMember::Verdict(_)) | None => {
                    backoff.wait()
                }
            }
        };
        self.drain(messages);
    }

    /// Rank 0's end: steps 1 to 3.
    fn end_as_root(&mut self, verdict: Verdict, activity: &Activity) -> Verdict {
        if matches!(verdict, Verdict::Silent { .. }) {
            return self.abort_without_the_silent(verdict);
        }
        self.send_to_members(|_| ToMember::Verdict(verdict.clone()));
        let activity = self.close_part(&verdict, activity);
        let finals = self.finals(self.status(&activity));
        self.conclude(&verdict, &finals);
        let mut left: BTreeMap<Rank, u64> = BTreeMap::new();
        for (_, to, _, count) in in_flight(&finals) {
            *left.entry(to).or_default() += count;
        }
        let messages = |rank: Rank| left.get(&rank).copied().unwrap_or(0);
        self.send_to_members(|rank| ToMember::Release { messages: messages(rank) });
        self.drain(messages(ROOT));
        verdict
    }

    /// An orderly end needs all ranks: if some do not answer, rank 0 reports what is recorded and aborts.
    fn abort_without_the_silent(&mut self, verdict: Verdict) -> Verdict {
        let statuses = self.monitor().statuses();
        self.conclude(&verdict, &statuses);
        self.link.abort(self.code.max(1))
    }

    fn conclude(&mut self, verdict: &Verdict, statuses: &[RankStatus]) {
        if let Role::Root { conclude, .. } = &mut self.role
            && let Some(conclude) = conclude.take()
        {
            self.code = conclude(verdict, statuses);
        }
    }

    /// Every rank's last status, by rank.
    fn finals(&mut self, own: RankStatus) -> Vec<RankStatus> {
        let mut finals = BTreeMap::from([(ROOT, own)]);
        let mut backoff = Backoff::default();
        let begun_ns = monotonic_ns();
        while finals.len() < self.link.ranks() as usize {
            match self.link.receive_control::<ToRoot>() {
                Some(ToRoot::Final(status)) => {
                    finals.insert(status.rank, status);
                }
                Some(ToRoot::Status(_)) | None => backoff.wait(),
            }
            let waited_ns = monotonic_ns() - begun_ns;
            if waited_ns > self.timeout_ns {
                let ranks = (0..self.link.ranks()).map(Rank);
                let ranks = ranks.filter(|rank| !finals.contains_key(rank)).collect();
                let seconds = waited_ns / 1_000_000_000;
                self.abort_without_the_silent(Verdict::Silent { ranks, seconds });
            }
        }
        finals.into_values().collect()
    }

    /// Closes this rank's part; returns the rank's activity, which is `Failed` if that fails.
    fn close_part(&mut self, verdict: &Verdict, activity: &Activity) -> Activity {
        let ending = verdict.ending(self.followed.as_ref());
        match self.part.take().map(|part| part.finish(ending.as_ref())) {
            Some(Err(error)) => {
                Activity::Failed(format!("its part of the trace cannot be written: {error}"))
            }
            Some(Ok(())) | None => activity.clone(),
        }
    }

    /// Receives that many messages and drops them.
    fn drain(&self, messages: u64) {
        let mut backoff = Backoff::default();
        for _ in 0..messages {
            while self.link.receive(None, None).is_none() {
                backoff.wait();
            }
        }
    }
}

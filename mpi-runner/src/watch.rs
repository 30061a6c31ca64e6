//! Each rank's side of the watch: it answers the roll call, and hears how the run ends.
//!
//! How a run ends, once rank 0 has decided:
//! 1. rank 0 says so to all; whoever hears it does nothing more, closes its part and says where it stands;
//! 2. rank 0 puts the parts together and tells how it ended;
//! 3. rank 0 tells each rank how many messages are still under way to it, and each takes these out of
//!    MPI's hands: sends that wait for them return, and MPI can be left in order.

use std::collections::BTreeMap;

use ringscope_sim::protocol::Message;
use ringscope_traces::{Ending, Op, Rank};
use serde::{Deserialize, Serialize};

use crate::backoff::Backoff;
use crate::clock::monotonic_ns;
use crate::failure::note;
use crate::link::Link;
use crate::monitor::Monitor;
use crate::part::{Observed, Part};
use crate::rank_status::{Activity, RankStatus, Tally, under_way};
use crate::verdict::Verdict;

/// A rank that does not sleep yet looks up at every so-manieth look for a message of its node.
const LOOKS_BETWEEN: u32 = 8;

/// How much longer than the timeout a rank waits to hear of rank 0, which may be gathering others.
const GRACE_NS: u64 = 2_000_000_000;

/// How much later the next rank gives up, so that one speaks for all.
const STAGGER_NS: u64 = 100_000_000;

/// What rank 0 says to the others.
#[derive(Debug, Serialize, Deserialize)]
enum ToMember {
    /// Where do you stand?
    StatusRequest { round: u64 },
    /// So the run ends.
    Verdict(Verdict),
    /// Take so many messages, and go.
    Release { messages: u64 },
}

/// What the others say to rank 0.
#[derive(Debug, Serialize, Deserialize)]
enum ToRoot {
    /// Here I stand.
    Status(RankStatus),
    /// Here I stand at the end, and my part is closed.
    Final(RankStatus),
}

/// What rank 0 does at the end, with the verdict and where everybody stands.
pub type Conclude<'a> = Box<dyn FnOnce(&Verdict, &[RankStatus]) -> i32 + 'a>;

/// A rank's side of the watch.
pub struct Watch<'a> {
    link: &'a Link,
    tally: Tally,
    round: u64,
    part: Option<Part>,
    timeout_ns: u64,
    /// The ending of the trace that is followed, where one is.
    followed: Option<Ending>,
    role: Role<'a>,
    looks: u32,
    code: i32,
}

enum Role<'a> {
    Root { monitor: Box<Monitor>, conclude: Option<Conclude<'a>> },
    Member { heard_ns: u64 },
}

impl<'a> Watch<'a> {
    /// Rank 0's side.
    pub fn root(link: &'a Link, part: Part, monitor: Monitor, conclude: Conclude<'a>) -> Watch<'a> {
        let role = Role::Root { monitor: Box::new(monitor), conclude: Some(conclude) };
        Watch::new(link, part, role)
    }

    /// Any other rank's side.
    pub fn member(link: &'a Link, part: Part) -> Watch<'a> {
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
            looks: 0,
            code: 0,
        }
    }

    /// With that time without progress, and the ending of a followed trace.
    pub fn with(self, timeout_ns: u64, followed: Option<Ending>) -> Watch<'a> {
        Watch { timeout_ns, followed, ..self }
    }

    /// What the process's exit code is to be.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// Writes down that a message was sent or received.
    pub fn note<M: Message>(&mut self, observed: &Observed<'_, M>) -> Result<(), Verdict> {
        match observed.op {
            Op::Send => self.tally.sent(observed.peer, observed.tag),
            Op::Recv => self.tally.received(observed.peer, observed.tag),
        }
        let part = self.part.as_mut().expect("a part is open until the run ends");
        part.event(observed).map_err(|error| {
            self.rest(Activity::Broken(format!("its part of the trace cannot be written: {error}")))
        })
    }

    /// Looks up from waiting: answers what was asked. `Err` when the run has ended.
    pub fn look_up(&mut self, activity: &Activity, backoff: &Backoff) -> Result<(), Verdict> {
        self.looks = self.looks.wrapping_add(1);
        let is_time = backoff.sleeps() || self.looks.is_multiple_of(LOOKS_BETWEEN);
        if is_time { self.attend(activity) } else { Ok(()) }
    }

    /// Looks up between two messages.
    pub fn look_up_from_work(&mut self) -> Result<(), Verdict> {
        self.attend(&Activity::Works)
    }

    /// Does nothing more but wait for the end of the run, and say why.
    pub fn rest(&mut self, activity: Activity) -> Verdict {
        let status = self.status(&activity);
        let verdict = match &mut self.role {
            Role::Root { monitor, .. } => monitor.hear(status, monotonic_ns()),
            Role::Member { .. } => {
                self.link.tell(ROOT, &ToRoot::Status(status));
                None
            }
        };
        if let Some(verdict) = verdict {
            return self.pronounce(verdict, &activity);
        }
        let mut backoff = Backoff::default();
        loop {
            if let Err(verdict) = self.attend(&activity) {
                return verdict;
            }
            backoff.wait();
        }
    }

    fn attend(&mut self, activity: &Activity) -> Result<(), Verdict> {
        match self.role {
            Role::Root { .. } => match self.preside(activity) {
                None => Ok(()),
                Some(verdict) => Err(self.pronounce(verdict, activity)),
            },
            Role::Member { .. } => self.obey(activity),
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

    /// Rank 0 hears what has come in, and calls the roll when it is time.
    fn preside(&mut self, activity: &Activity) -> Option<Verdict> {
        let now_ns = monotonic_ns();
        while let Some(said) = self.link.hear::<ToRoot>() {
            let (ToRoot::Status(status) | ToRoot::Final(status)) = said;
            let verdict = self.monitor().hear(status, now_ns);
            if verdict.is_some() {
                return verdict;
            }
        }
        let Some(round) = self.monitor().call(now_ns) else {
            return self.monitor().end_of_patience(now_ns);
        };
        self.round = round;
        self.tell_members(|_| ToMember::StatusRequest { round });
        let own = self.status(activity);
        self.monitor().hear(own, now_ns)
    }

    fn monitor(&mut self) -> &mut Monitor {
        match &mut self.role {
            Role::Root { monitor, .. } => monitor,
            Role::Member { .. } => unreachable!("only rank 0 presides"),
        }
    }

    fn tell_members(&self, what: impl Fn(Rank) -> ToMember) {
        (1..self.link.ranks()).map(Rank).for_each(|rank| self.link.tell(rank, &what(rank)));
    }

    /// A member answers what it is asked.
    fn obey(&mut self, activity: &Activity) -> Result<(), Verdict> {
        let now_ns = monotonic_ns();
        while let Some(said) = self.link.hear::<ToMember>() {
            self.role = Role::Member { heard_ns: now_ns };
            match said {
                ToMember::StatusRequest { round } => {
                    self.round = round;
                    self.link.tell(ROOT, &ToRoot::Status(self.status(activity)));
                }
                ToMember::Verdict(verdict) => {
                    self.leave(&verdict, activity);
                    return Err(verdict);
                }
                ToMember::Release { .. } => unreachable!("nobody is released before the end"),
            }
        }
        self.give_up_if_alone(now_ns);
        Ok(())
    }

    /// Rank 0 calls the roll many times a second: when it has not for the whole timeout, it is gone.
    fn give_up_if_alone(&self, now_ns: u64) {
        let Role::Member { heard_ns } = self.role else { return };
        let rank = self.link.rank();
        let patience_ns = self.timeout_ns + GRACE_NS + u64::from(rank.0) * STAGGER_NS;
        if now_ns.saturating_sub(heard_ns) > patience_ns {
            note(&format!("mpi-runner: rank 0 does not answer: rank {rank} ends the run"));
            self.link.abort(1);
        }
    }

    /// A member's end: steps 1 and 3.
    fn leave(&mut self, verdict: &Verdict, activity: &Activity) {
        let activity = self.close_part(verdict, activity);
        self.link.tell(ROOT, &ToRoot::Final(self.status(&activity)));
        let mut backoff = Backoff::default();
        let messages = loop {
            match self.link.hear::<ToMember>() {
                Some(ToMember::Release { messages }) => break messages,
                // A roll call that was under way when the verdict came.
                Some(ToMember::StatusRequest { .. } | ToMember::Verdict(_)) | None => {
                    backoff.wait()
                }
            }
        };
        self.drain(messages);
    }

    /// Rank 0's end: steps 1 to 3.
    fn pronounce(&mut self, verdict: Verdict, activity: &Activity) -> Verdict {
        if matches!(verdict, Verdict::Silent { .. }) {
            return self.end_without_the_silent(verdict);
        }
        self.tell_members(|_| ToMember::Verdict(verdict.clone()));
        let activity = self.close_part(&verdict, activity);
        let finals = self.finals(self.status(&activity));
        self.conclude(&verdict, &finals);
        let mut left: BTreeMap<Rank, u64> = BTreeMap::new();
        for (_, to, _, count) in under_way(&finals) {
            *left.entry(to).or_default() += count;
        }
        let messages = |rank: Rank| left.get(&rank).copied().unwrap_or(0);
        self.tell_members(|rank| ToMember::Release { messages: messages(rank) });
        self.drain(messages(ROOT));
        verdict
    }

    /// There is no order to keep when ranks do not answer: what is recorded is told, and MPI kills all.
    fn end_without_the_silent(&mut self, verdict: Verdict) -> Verdict {
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

    /// Where every rank stands at the end, by rank.
    fn finals(&mut self, own: RankStatus) -> Vec<RankStatus> {
        let mut finals = BTreeMap::from([(ROOT, own)]);
        let mut backoff = Backoff::default();
        let begun_ns = monotonic_ns();
        while finals.len() < self.link.ranks() as usize {
            match self.link.hear::<ToRoot>() {
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
                self.end_without_the_silent(Verdict::Silent { ranks, seconds });
            }
        }
        finals.into_values().collect()
    }

    /// Closes this rank's part; says what the rank does, which is to be broken when that fails.
    fn close_part(&mut self, verdict: &Verdict, activity: &Activity) -> Activity {
        let ending = verdict.ending(self.followed.as_ref());
        match self.part.take().map(|part| part.finish(ending.as_ref())) {
            Some(Err(error)) => {
                Activity::Broken(format!("its part of the trace cannot be written: {error}"))
            }
            Some(Ok(())) | None => activity.clone(),
        }
    }

    /// Takes so many messages out of MPI's hands.
    fn drain(&self, messages: u64) {
        let mut backoff = Backoff::default();
        for _ in 0..messages {
            while self.link.receive(None, None).is_none() {
                backoff.wait();
            }
        }
    }
}

const ROOT: Rank = Rank(0);

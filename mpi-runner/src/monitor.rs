//! Rank 0 keeps watch over all: it calls the roll, and decides when and how the run ends.
//!
//! A deadlock is proven, not guessed: two roll calls one after the other with the same answers are a
//! picture of one moment, since nobody did anything from the last answer of the first to the first
//! question of the second. When in that picture every rank waits and no message under way is one that
//! its receiver would take, none will ever move. (Mattern, *Algorithms for distributed termination
//! detection*, 1987, has the double count.) The time without progress is the second net, for what a
//! picture cannot show: ranks that do not answer, and messages that do not arrive.

use ringscope_traces::Rank;

use crate::rank_status::{Activity, RankStatus, under_way};
use crate::receive_order::Receipt;
use crate::verdict::Verdict;

/// The shortest time between two roll calls.
const BETWEEN_ROUNDS_NS: u64 = 50_000_000;

/// A round is followed by ten times the time that it took, so that watching costs a tenth at most.
const REST_FACTOR: u64 = 10;

const SECOND_NS: u64 = 1_000_000_000;

/// What a run may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// The longest time without progress of any rank.
    pub timeout_ns: u64,
    /// The most messages without progress of any command.
    pub quiet_messages: u64,
    /// The most messages in all, where there is a limit.
    pub messages: Option<u64>,
    /// What each rank is to receive, by rank, when a trace is followed: then a rank that crashes does
    /// not end the others.
    pub followed: Option<Vec<Vec<Receipt>>>,
}

/// The watch over a run. It knows no MPI and no clock: it is told what was heard, and when.
#[derive(Debug)]
pub struct Monitor {
    bounds: Bounds,
    /// The last that was heard of each rank, by rank.
    statuses: Vec<Option<RankStatus>>,
    /// The standings when the last whole round had come in.
    picture: Option<Vec<RankStatus>>,
    /// The number of the last roll call, from 1.
    round: u64,
    /// When the roll was called, while not all have answered.
    called_ns: Option<u64>,
    next_call_ns: u64,
    /// When somebody was last seen to have done something.
    progress_ns: u64,
    /// How many replies the command node had received, and how many messages all had, when it received
    /// the last one.
    commands: (u64, u64),
}

impl Monitor {
    /// A watch over that many ranks, from now on.
    pub fn new(ranks: u32, bounds: Bounds, now_ns: u64) -> Monitor {
        Monitor {
            bounds,
            statuses: vec![None; ranks as usize],
            picture: None,
            round: 0,
            called_ns: None,
            next_call_ns: now_ns + BETWEEN_ROUNDS_NS,
            progress_ns: now_ns,
            commands: (0, 0),
        }
    }

    /// The number of the roll call that it is time for, if it is.
    pub fn call(&mut self, now_ns: u64) -> Option<u64> {
        if self.called_ns.is_some() || now_ns < self.next_call_ns {
            return None;
        }
        self.round += 1;
        self.called_ns = Some(now_ns);
        Some(self.round)
    }

    /// Takes note of where a rank stands; says how the run ends when that shows it.
    pub fn hear(&mut self, status: RankStatus, now_ns: u64) -> Option<Verdict> {
        let place = status.rank.index();
        let end = self.end_by_itself(&status);
        self.statuses[place] = Some(status);
        end.or_else(|| self.end_of_all()).or_else(|| self.end_of_round(now_ns))
    }

    /// Whether ranks have been silent for too long.
    pub fn end_of_patience(&self, now_ns: u64) -> Option<Verdict> {
        let waited_ns = now_ns.saturating_sub(self.called_ns?);
        if waited_ns < self.bounds.timeout_ns {
            return None;
        }
        let ranks = (0_u32..).map(Rank).zip(&self.statuses);
        let silent = ranks.filter(|(_, heard)| !self.has_answered(heard.as_ref()));
        let ranks = silent.map(|(rank, _)| rank).collect();
        Some(Verdict::Silent { ranks, seconds: waited_ns / SECOND_NS })
    }

    /// The last that was heard of those of whom something was heard.
    pub fn statuses(&self) -> Vec<RankStatus> {
        self.statuses.iter().flatten().cloned().collect()
    }

    /// What a single rank can end.
    fn end_by_itself(&self, status: &RankStatus) -> Option<Verdict> {
        let rank = status.rank;
        match &status.activity {
            Activity::Crashed(reason) if self.bounds.followed.is_none() => {
                Some(Verdict::Crashed { rank, reason: reason.clone() })
            }
            Activity::Broken(reason) => Some(Verdict::Broken { rank, reason: reason.clone() }),
            Activity::CannotFollow(reason) => {
                Some(Verdict::CannotFollow { rank, reason: reason.clone() })
            }
            Activity::Crashed(_)
            | Activity::Works
            | Activity::Takes { .. }
            | Activity::Sends { .. }
            | Activity::Stopped
            | Activity::Halted => None,
        }
    }

    /// What all ranks together have ended: each has finished in its own way.
    fn end_of_all(&self) -> Option<Verdict> {
        let statuses: Option<Vec<&RankStatus>> = self.statuses.iter().map(Option::as_ref).collect();
        let statuses = statuses?;
        let has_finished = |one: &&RankStatus| {
            matches!(one.activity, Activity::Stopped | Activity::Halted | Activity::Crashed(_))
        };
        if !statuses.iter().all(has_finished) {
            return None;
        }
        let crash = statuses.iter().find_map(|one| {
            let Activity::Crashed(reason) = &one.activity else { return None };
            Some(Verdict::Crashed { rank: one.rank, reason: reason.clone() })
        });
        let is_halted = statuses.iter().any(|one| one.activity == Activity::Halted);
        Some(crash.unwrap_or(if is_halted { Verdict::Followed } else { Verdict::Completed }))
    }

    /// What a round shows in which everybody has answered.
    fn end_of_round(&mut self, now_ns: u64) -> Option<Verdict> {
        let called_ns = self.called_ns?;
        if !self.statuses.iter().all(|heard| self.has_answered(heard.as_ref())) {
            return None;
        }
        self.called_ns = None;
        let rest_ns = (REST_FACTOR * (now_ns - called_ns)).max(BETWEEN_ROUNDS_NS);
        self.next_call_ns = now_ns + rest_ns;
        let picture = self.statuses();
        let is_same = self.picture.as_ref().is_some_and(|before| is_same(before, &picture));
        let verdict = if is_same { self.end_of_quiet(&picture, now_ns) } else { None };
        if !is_same {
            self.progress_ns = now_ns;
        }
        let verdict = verdict.or_else(|| self.end_of_messages(&picture));
        self.picture = Some(picture);
        verdict
    }

    /// Nobody has done anything since the last round.
    fn end_of_quiet(&self, picture: &[RankStatus], now_ns: u64) -> Option<Verdict> {
        if is_stuck(picture) {
            return Some(self.missed_receipt(picture).unwrap_or(Verdict::Deadlock));
        }
        let quiet_ns = now_ns - self.progress_ns;
        let seconds = quiet_ns / SECOND_NS;
        (quiet_ns >= self.bounds.timeout_ns).then_some(Verdict::NoProgress { seconds })
    }

    /// When nothing moves though the followed trace goes on: the first receive that does not happen.
    fn missed_receipt(&self, picture: &[RankStatus]) -> Option<Verdict> {
        let next = |status: &RankStatus| {
            let receipts = self.bounds.followed.as_ref()?.get(status.rank.index())?;
            let received = usize::try_from(status.tally.all_received()).ok()?;
            Some((status.rank, *receipts.get(received)?))
        };
        let missed = picture.iter().filter_map(next).min_by_key(|(_, receipt)| receipt.line);
        missed.map(|(rank, Receipt { source, tag, index, line })| Verdict::CannotFollow {
            rank,
            reason: format!(
                "event {index} (line {line}) receives tag {tag} from rank {source}, which does not come"
            ),
        })
    }

    fn end_of_messages(&mut self, picture: &[RankStatus]) -> Option<Verdict> {
        let all = picture.iter().map(|status| status.tally.all_received()).sum();
        let replies = picture.last().map_or(0, |command| command.tally.all_received());
        if replies > self.commands.0 {
            self.commands = (replies, all);
        }
        if let Some(messages) = self.bounds.messages.filter(|limit| all >= *limit) {
            return Some(Verdict::Limit { messages });
        }
        let messages = all - self.commands.1;
        (messages >= self.bounds.quiet_messages).then_some(Verdict::Livelock { messages })
    }

    fn has_answered(&self, heard: Option<&RankStatus>) -> bool {
        heard.is_some_and(|status| status.round == self.round)
    }
}

/// Whether two pictures differ in nothing but the round.
fn is_same(before: &[RankStatus], now: &[RankStatus]) -> bool {
    let same = |(one, other): (&RankStatus, &RankStatus)| {
        one.activity == other.activity && one.tally == other.tally
    };
    before.iter().zip(now).all(same)
}

/// Whether no rank of those will ever go on.
fn is_stuck(picture: &[RankStatus]) -> bool {
    let works = |one: &RankStatus| one.activity == Activity::Works;
    let mut under_way = under_way(picture).into_iter();
    let is_taken = under_way.any(|(from, to, tag, _)| {
        picture.get(to.index()).is_some_and(|receiver| receiver.activity.takes(from, tag))
    });
    !picture.iter().any(works) && !is_taken
}

#[cfg(test)]
mod tests {
    use ringscope_traces::Tag;

    use super::*;
    use crate::rank_status::Tally;

    const ANY: Activity = Activity::Takes { source: None, tag: None };

    fn awaits(source: u32, tag: i32) -> Activity {
        Activity::Takes { source: Some(Rank(source)), tag: Some(Tag(tag)) }
    }

    fn bounds() -> Bounds {
        Bounds { timeout_ns: 10 * SECOND_NS, quiet_messages: 100, messages: None, followed: None }
    }

    /// What ranks do, and what was sent: from, to, tag, and whether it was received.
    fn statuses(activity: &[Activity], received: &[(u32, u32, i32, bool)]) -> Vec<RankStatus> {
        let of = |(rank, activity): (u32, &Activity)| {
            let mut tally = Tally::default();
            for (from, to, tag, is_received) in received {
                if *from == rank {
                    tally.sent(Rank(*to), Tag(*tag));
                }
                if *to == rank && *is_received {
                    tally.received(Rank(*from), Tag(*tag));
                }
            }
            RankStatus { rank: Rank(rank), round: 0, activity: activity.clone(), tally }
        };
        (0..).zip(activity).map(of).collect()
    }

    /// Calls the roll of ranks that stand so, at that time, and hears them all.
    fn round(monitor: &mut Monitor, statuses: &[RankStatus], now_ns: u64) -> Option<Verdict> {
        let round = monitor.call(now_ns).expect("it is time for a roll call");
        let heard = statuses.iter().map(|status| RankStatus { round, ..status.clone() });
        heard.fold(None, |verdict, status| verdict.or(monitor.hear(status, now_ns)))
    }

    #[test]
    fn a_circle_of_waits_with_nothing_under_way_is_a_deadlock_at_the_second_look() {
        let all = statuses(&[ANY, awaits(2, 8), awaits(1, 8)], &[(1, 2, 10, false)]);
        let mut monitor = Monitor::new(3, bounds(), 0);
        assert_eq!(round(&mut monitor, &all, SECOND_NS), None);
        assert_eq!(round(&mut monitor, &all, 2 * SECOND_NS), Some(Verdict::Deadlock));
    }

    #[test]
    fn a_message_under_way_that_is_awaited_keeps_hope_until_the_timeout() {
        let all = statuses(&[ANY, awaits(2, 8), ANY], &[(2, 1, 8, false)]);
        let mut monitor = Monitor::new(3, bounds(), 0);
        for second in 1..=10 {
            assert_eq!(round(&mut monitor, &all, second * SECOND_NS), None, "second {second}");
        }
        let late = round(&mut monitor, &all, 11 * SECOND_NS);
        assert_eq!(late, Some(Verdict::NoProgress { seconds: 10 }));
    }

    #[test]
    fn a_rank_that_works_is_no_deadlock() {
        let all = statuses(&[ANY, awaits(2, 8), Activity::Works], &[]);
        let mut monitor = Monitor::new(3, bounds(), 0);
        assert_eq!(round(&mut monitor, &all, SECOND_NS), None);
        assert_eq!(round(&mut monitor, &all, 2 * SECOND_NS), None);
    }

    #[test]
    fn sends_that_wait_for_each_other_are_a_deadlock() {
        let sends = |to| Activity::Sends { to: Rank(to) };
        let all = statuses(&[sends(1), sends(0), ANY], &[(0, 1, 6, false), (1, 0, 6, false)]);
        let mut monitor = Monitor::new(3, bounds(), 0);
        assert_eq!(round(&mut monitor, &all, SECOND_NS), None);
        assert_eq!(round(&mut monitor, &all, 2 * SECOND_NS), Some(Verdict::Deadlock));
    }

    #[test]
    fn a_rank_that_does_not_answer_is_named_when_the_time_is_up() {
        let all = statuses(&[ANY, ANY, ANY], &[]);
        let mut monitor = Monitor::new(3, bounds(), 0);
        let round = monitor.call(SECOND_NS).expect("it is time");
        for status in &all[..2] {
            assert_eq!(monitor.hear(RankStatus { round, ..status.clone() }, SECOND_NS), None);
        }
        assert_eq!(monitor.end_of_patience(10 * SECOND_NS), None);
        let silent = Verdict::Silent { ranks: vec![Rank(2)], seconds: 10 };
        assert_eq!(monitor.end_of_patience(11 * SECOND_NS), Some(silent));
    }

    #[test]
    fn messages_without_a_reply_to_a_command_are_a_livelock_in_the_end() {
        let mut monitor = Monitor::new(3, bounds(), 0);
        let received = |count: usize| vec![(0, 1, 0, true); count];
        let busy = [Activity::Works, Activity::Works, awaits(0, 6)];
        assert_eq!(round(&mut monitor, &statuses(&busy, &received(99)), SECOND_NS), None);
        // A reply is progress: the count begins anew.
        let replied = [received(99), vec![(0, 2, 6, true)]].concat();
        assert_eq!(round(&mut monitor, &statuses(&busy, &replied), 2 * SECOND_NS), None);
        let more = [received(198), vec![(0, 2, 6, true)]].concat();
        assert_eq!(round(&mut monitor, &statuses(&busy, &more), 3 * SECOND_NS), None);
        let too_many = [received(199), vec![(0, 2, 6, true)]].concat();
        let verdict = round(&mut monitor, &statuses(&busy, &too_many), 4 * SECOND_NS);
        assert_eq!(verdict, Some(Verdict::Livelock { messages: 100 }));
    }

    #[test]
    fn the_run_completes_with_the_last_rank_that_stops() {
        let mut monitor = Monitor::new(3, bounds(), 0);
        let all = statuses(&[Activity::Stopped, Activity::Stopped, Activity::Stopped], &[]);
        let heard: Vec<_> = all.into_iter().map(|status| monitor.hear(status, 1)).collect();
        assert_eq!(heard, [None, None, Some(Verdict::Completed)]);
    }

    #[test]
    fn a_crash_ends_the_others_at_once_unless_a_trace_is_followed() {
        let crashed = Activity::Crashed("it has no storage".into());
        let all = statuses(&[crashed, Activity::Halted, Activity::Halted], &[]);
        let verdict = Verdict::Crashed { rank: Rank(0), reason: "it has no storage".into() };
        let mut free = Monitor::new(3, bounds(), 0);
        assert_eq!(free.hear(all[0].clone(), 1), Some(verdict.clone()));
        let mut following =
            Monitor::new(3, Bounds { followed: Some(vec![Vec::new(); 3]), ..bounds() }, 0);
        let heard: Vec<_> = all.into_iter().map(|one| following.hear(one, 1)).collect();
        assert_eq!(heard, [None, None, Some(verdict)]);
    }

    #[test]
    fn a_receive_of_a_followed_trace_that_does_not_come_is_no_deadlock() {
        let receipt = |line| Receipt { source: Rank(2), tag: Tag(8), index: 1, line };
        let receipts = vec![vec![receipt(4), receipt(9)], vec![receipt(7)], Vec::new()];
        let bounds = Bounds { followed: Some(receipts), ..bounds() };
        let mut monitor = Monitor::new(3, bounds, 0);
        let from_2 = Activity::Takes { source: Some(Rank(2)), tag: None };
        let all = statuses(&[from_2.clone(), from_2, ANY], &[(2, 0, 8, true)]);
        assert_eq!(round(&mut monitor, &all, SECOND_NS), None);
        let reason = "event 1 (line 7) receives tag 8 from rank 2, which does not come".into();
        let verdict = Verdict::CannotFollow { rank: Rank(1), reason };
        assert_eq!(round(&mut monitor, &all, 2 * SECOND_NS), Some(verdict));
    }
}

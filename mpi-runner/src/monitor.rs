//! Rank 0, the root, monitors all ranks: it asks for their status in rounds, and decides when and how the
//! run ends.
//!
//! A deadlock is proven, not guessed: two consecutive rounds with the same answers are a consistent
//! snapshot, since no rank did anything between the last answer of the first and the first request of
//! the second. When every rank of that snapshot waits and no message in flight is one that its
//! receiver would take, none will ever move. (This is the double counting of Mattern, *Algorithms for
//! distributed termination detection*, 1987.) The timeout is the fallback for what a snapshot cannot
//! show: ranks that do not answer, and messages that do not arrive.

use ringscope_traces::Rank;
use ringscope_traces::words::ordinal;

use crate::rank_status::{Activity, RankStatus, in_flight};
use crate::receive_order::Receipt;
use crate::verdict::Verdict;

/// The shortest time between two status rounds.
const BETWEEN_ROUNDS_NS: u64 = 50_000_000;

/// A round is followed by a pause ten times as long, so that monitoring costs a tenth at most.
const REST_FACTOR: u64 = 10;

/// The longest such pause. On a machine with much else to do a round takes long, and ranks that hear nothing of
/// rank 0 take it for gone.
pub(crate) const LONGEST_REST_NS: u64 = SECOND_NS;

const SECOND_NS: u64 = 1_000_000_000;

/// The limits of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The longest time without progress of any rank.
    pub timeout_ns: u64,
    /// The rank that issues the commands, and receives the replies.
    pub command: Rank,
    /// The most messages without progress of any command.
    pub quiet_messages: u64,
    /// The most messages in all, where there is a limit.
    pub messages: Option<u64>,
    /// What each rank is to receive, by rank, when a trace is followed: then a rank that crashes does
    /// not end the others.
    pub followed: Option<Vec<Vec<Receipt>>>,
}

/// Decides how a run ends. It knows no MPI and no clock: its caller passes in each status and the time.
#[derive(Debug)]
pub(crate) struct Monitor {
    bounds: Bounds,
    /// The last status of each rank, by rank.
    statuses: Vec<Option<RankStatus>>,
    /// The statuses of the last complete round.
    snapshot: Option<Vec<RankStatus>>,
    /// The number of the last round, from 1.
    round: u64,
    /// When the round began, while not all ranks have answered.
    asked_ns: Option<u64>,
    next_round_ns: u64,
    /// When a rank was last seen to have made progress.
    progress_ns: u64,
    /// How many replies the command node had received, and how many messages all ranks had received, when
    /// the last of these replies came.
    commands: (u64, u64),
}

impl Monitor {
    /// A monitor of that many ranks, from now on.
    pub(crate) fn new(ranks: u32, bounds: Bounds, now_ns: u64) -> Monitor {
        Monitor {
            bounds,
            statuses: vec![None; ranks as usize],
            snapshot: None,
            round: 0,
            asked_ns: None,
            next_round_ns: now_ns + BETWEEN_ROUNDS_NS,
            progress_ns: now_ns,
            commands: (0, 0),
        }
    }

    /// Begins the next round if it is time, and returns its number.
    pub(crate) fn next_round(&mut self, now_ns: u64) -> Option<u64> {
        if self.asked_ns.is_some() || now_ns < self.next_round_ns {
            return None;
        }
        self.round += 1;
        self.asked_ns = Some(now_ns);
        Some(self.round)
    }

    /// Records a rank's status; returns how the run ends once the statuses show it.
    pub(crate) fn record(&mut self, status: RankStatus, now_ns: u64) -> Option<Verdict> {
        let place = status.rank.index();
        let end = self.end_by_itself(&status);
        self.statuses[place] = Some(status);
        end.or_else(|| self.end_of_all()).or_else(|| self.end_of_round(now_ns))
    }

    /// The verdict on ranks that have not answered within the timeout, if there are any.
    pub(crate) fn end_of_silence(&self, now_ns: u64) -> Option<Verdict> {
        let waited_ns = now_ns.saturating_sub(self.asked_ns?);
        if waited_ns < self.bounds.timeout_ns {
            return None;
        }
        let ranks = (0_u32..).map(Rank).zip(&self.statuses);
        let silent = ranks.filter(|(_, heard)| !self.has_answered(heard.as_ref()));
        let ranks = silent.map(|(rank, _)| rank).collect();
        Some(Verdict::Silent { ranks, seconds: waited_ns / SECOND_NS })
    }

    /// The last status of every rank that has sent one.
    pub(crate) fn statuses(&self) -> Vec<RankStatus> {
        self.statuses.iter().flatten().cloned().collect()
    }

    /// How the run ends if this one rank's status ends it.
    fn end_by_itself(&self, status: &RankStatus) -> Option<Verdict> {
        let rank = status.rank;
        match &status.activity {
            Activity::Crashed(reason) if self.bounds.followed.is_none() => {
                Some(Verdict::Crashed { rank, reason: reason.clone() })
            }
            Activity::Failed(reason) => Some(Verdict::Failed { rank, reason: reason.clone() }),
            Activity::CannotFollow(reason) => {
                Some(Verdict::CannotFollow { rank, reason: reason.clone() })
            }
            Activity::Crashed(_)
            | Activity::Working
            | Activity::Receiving { .. }
            | Activity::Sending { .. }
            | Activity::Finished
            | Activity::Halted => None,
        }
    }

    /// How the run ends if every rank has finished, each in its own way.
    fn end_of_all(&self) -> Option<Verdict> {
        let statuses: Option<Vec<&RankStatus>> = self.statuses.iter().map(Option::as_ref).collect();
        let statuses = statuses?;
        let has_finished = |one: &&RankStatus| {
            matches!(one.activity, Activity::Finished | Activity::Halted | Activity::Crashed(_))
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

    /// How the run ends if a complete round shows it.
    fn end_of_round(&mut self, now_ns: u64) -> Option<Verdict> {
        let asked_ns = self.asked_ns?;
        if !self.statuses.iter().all(|heard| self.has_answered(heard.as_ref())) {
            return None;
        }
        self.asked_ns = None;
        let rest_ns = REST_FACTOR * (now_ns - asked_ns);
        let rest_ns = rest_ns.clamp(BETWEEN_ROUNDS_NS, LONGEST_REST_NS);
        self.next_round_ns = now_ns + rest_ns;
        let snapshot = self.statuses();
        let is_same = self.snapshot.as_ref().is_some_and(|before| is_same(before, &snapshot));
        let verdict = if is_same { self.end_of_quiet(&snapshot, now_ns) } else { None };
        if !is_same {
            self.progress_ns = now_ns;
        }
        let verdict = verdict.or_else(|| self.end_of_messages(&snapshot));
        self.snapshot = Some(snapshot);
        verdict
    }

    /// How the run ends when no rank has done anything since the last round.
    fn end_of_quiet(&self, snapshot: &[RankStatus], now_ns: u64) -> Option<Verdict> {
        if is_stuck(snapshot) {
            return Some(self.missed_receipt(snapshot).unwrap_or(Verdict::Deadlock));
        }
        let quiet_ns = now_ns - self.progress_ns;
        let seconds = quiet_ns / SECOND_NS;
        (quiet_ns >= self.bounds.timeout_ns).then_some(Verdict::NoProgress { seconds })
    }

    /// When nothing moves although the followed trace goes on: its first receive that does not happen.
    fn missed_receipt(&self, snapshot: &[RankStatus]) -> Option<Verdict> {
        let next = |status: &RankStatus| {
            let receipts = self.bounds.followed.as_ref()?.get(status.rank.index())?;
            let received = usize::try_from(status.tally.all_received()).ok()?;
            Some((status.rank, *receipts.get(received)?))
        };
        let missed = snapshot.iter().filter_map(next).min_by_key(|(_, receipt)| receipt.line);
        missed.map(|(rank, Receipt { source, tag, index, line })| Verdict::CannotFollow {
            rank,
            reason: format!(
                "its {} event (line {line}) receives tag {tag} from rank {source}, which does not come",
                ordinal(index)
            ),
        })
    }

    fn end_of_messages(&mut self, snapshot: &[RankStatus]) -> Option<Verdict> {
        let all = snapshot.iter().map(|status| status.tally.all_received()).sum();
        let command = snapshot.get(self.bounds.command.index());
        let replies = command.map_or(0, |command| command.tally.all_received());
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

/// Whether two snapshots differ in nothing but the round.
fn is_same(before: &[RankStatus], now: &[RankStatus]) -> bool {
    let same = |(one, other): (&RankStatus, &RankStatus)| {
        one.activity == other.activity && one.tally == other.tally
    };
    before.iter().zip(now).all(same)
}

/// Whether none of these ranks can ever go on.
fn is_stuck(snapshot: &[RankStatus]) -> bool {
    let works = |one: &RankStatus| one.activity == Activity::Working;
    let mut in_flight = in_flight(snapshot).into_iter();
    let is_taken = in_flight.any(|(from, to, tag, _)| {
        snapshot.get(to.index()).is_some_and(|receiver| receiver.activity.takes(from, tag))
    });
    !snapshot.iter().any(works) && !is_taken
}

#[cfg(test)]
mod tests {
    use ringscope_traces::Tag;

    use super::*;
    use crate::rank_status::Tally;

    const ANY: Activity = Activity::Receiving { source: None, tag: None };

    fn awaits(source: u32, tag: i32) -> Activity {
        Activity::Receiving { source: Some(Rank(source)), tag: Some(Tag(tag)) }
    }

    fn bounds() -> Bounds {
        Bounds {
            timeout_ns: 10 * SECOND_NS,
            command: Rank(2),
            quiet_messages: 100,
            messages: None,
            followed: None,
        }
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

    /// One status round at that time, in which every rank answers with the given status.
    fn round(monitor: &mut Monitor, statuses: &[RankStatus], now_ns: u64) -> Option<Verdict> {
        let round = monitor.next_round(now_ns).expect("it is time for a round");
        let heard = statuses.iter().map(|status| RankStatus { round, ..status.clone() });
        heard.fold(None, |verdict, status| verdict.or(monitor.record(status, now_ns)))
    }

    #[test]
    fn a_slow_round_is_not_followed_by_a_rest_of_the_length_of_a_timeout() {
        for (took_ns, rest_ns) in [
            (1_000, BETWEEN_ROUNDS_NS),
            (20_000_000, 200_000_000),
            (5 * SECOND_NS, LONGEST_REST_NS),
        ] {
            let mut monitor = Monitor::new(3, bounds(), 0);
            let asked_ns = SECOND_NS;
            let round = monitor.next_round(asked_ns).expect("it is time for a round");
            let answered_ns = asked_ns + took_ns;
            for status in statuses(&[ANY, ANY, ANY], &[]) {
                monitor.record(RankStatus { round, ..status }, answered_ns);
            }
            assert_eq!(monitor.next_round(answered_ns + rest_ns - 1), None, "{took_ns}");
            assert_eq!(monitor.next_round(answered_ns + rest_ns), Some(2), "{took_ns}");
        }
    }

    #[test]
    fn a_cycle_of_waits_with_nothing_in_flight_is_a_deadlock_in_the_second_round() {
        let all = statuses(&[ANY, awaits(2, 8), awaits(1, 8)], &[(1, 2, 10, false)]);
        let mut monitor = Monitor::new(3, bounds(), 0);
        assert_eq!(round(&mut monitor, &all, SECOND_NS), None);
        assert_eq!(round(&mut monitor, &all, 2 * SECOND_NS), Some(Verdict::Deadlock));
    }

    #[test]
    fn a_message_in_flight_that_is_awaited_delays_the_verdict_until_the_timeout() {
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
        let all = statuses(&[ANY, awaits(2, 8), Activity::Working], &[]);
        let mut monitor = Monitor::new(3, bounds(), 0);
        assert_eq!(round(&mut monitor, &all, SECOND_NS), None);
        assert_eq!(round(&mut monitor, &all, 2 * SECOND_NS), None);
    }

    #[test]
    fn sends_that_wait_for_each_other_are_a_deadlock() {
        let sends = |to| Activity::Sending { to: Rank(to) };
        let all = statuses(&[sends(1), sends(0), ANY], &[(0, 1, 6, false), (1, 0, 6, false)]);
        let mut monitor = Monitor::new(3, bounds(), 0);
        assert_eq!(round(&mut monitor, &all, SECOND_NS), None);
        assert_eq!(round(&mut monitor, &all, 2 * SECOND_NS), Some(Verdict::Deadlock));
    }

    #[test]
    fn a_rank_that_does_not_answer_is_named_when_the_time_is_up() {
        let all = statuses(&[ANY, ANY, ANY], &[]);
        let mut monitor = Monitor::new(3, bounds(), 0);
        let round = monitor.next_round(SECOND_NS).expect("it is time");
        for status in &all[..2] {
            assert_eq!(monitor.record(RankStatus { round, ..status.clone() }, SECOND_NS), None);
        }
        assert_eq!(monitor.end_of_silence(10 * SECOND_NS), None);
        let silent = Verdict::Silent { ranks: vec![Rank(2)], seconds: 10 };
        assert_eq!(monitor.end_of_silence(11 * SECOND_NS), Some(silent));
    }

    #[test]
    fn messages_without_a_reply_to_a_command_are_a_livelock_in_the_end() {
        let mut monitor = Monitor::new(3, bounds(), 0);
        let received = |count: usize| vec![(0, 1, 0, true); count];
        let busy = [Activity::Working, Activity::Working, awaits(0, 6)];
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
    fn a_reply_is_progress_whichever_rank_issues_the_commands() {
        let livelock = |command| {
            let mut monitor = Monitor::new(3, Bounds { command, ..bounds() }, 0);
            let busy = [Activity::Working, Activity::Working, Activity::Working];
            let replies = vec![(1, 0, 6, true); 100];
            round(&mut monitor, &statuses(&busy, &replies), SECOND_NS)
        };
        assert_eq!(livelock(Rank(0)), None);
        assert_eq!(livelock(Rank(2)), Some(Verdict::Livelock { messages: 100 }));
    }

    #[test]
    fn the_run_completes_with_the_last_rank_that_stops() {
        let mut monitor = Monitor::new(3, bounds(), 0);
        let all = statuses(&[Activity::Finished, Activity::Finished, Activity::Finished], &[]);
        let heard: Vec<_> = all.into_iter().map(|status| monitor.record(status, 1)).collect();
        assert_eq!(heard, [None, None, Some(Verdict::Completed)]);
    }

    #[test]
    fn a_crash_ends_the_others_at_once_unless_a_trace_is_followed() {
        let crashed = Activity::Crashed("it has no storage".into());
        let all = statuses(&[crashed, Activity::Halted, Activity::Halted], &[]);
        let verdict = Verdict::Crashed { rank: Rank(0), reason: "it has no storage".into() };
        let mut free = Monitor::new(3, bounds(), 0);
        assert_eq!(free.record(all[0].clone(), 1), Some(verdict.clone()));
        let mut following =
            Monitor::new(3, Bounds { followed: Some(vec![Vec::new(); 3]), ..bounds() }, 0);
        let heard: Vec<_> = all.into_iter().map(|one| following.record(one, 1)).collect();
        assert_eq!(heard, [None, None, Some(verdict)]);
    }

    #[test]
    fn a_receive_of_a_followed_trace_that_does_not_come_is_no_deadlock() {
        let receipt = |line| Receipt { source: Rank(2), tag: Tag(8), index: 1, line };
        let receipts = vec![vec![receipt(4), receipt(9)], vec![receipt(7)], Vec::new()];
        let bounds = Bounds { followed: Some(receipts), ..bounds() };
        let mut monitor = Monitor::new(3, bounds, 0);
        let from_2 = Activity::Receiving { source: Some(Rank(2)), tag: None };
        let all = statuses(&[from_2.clone(), from_2, ANY], &[(2, 0, 8, true)]);
        assert_eq!(round(&mut monitor, &all, SECOND_NS), None);
        let reason =
            "its 2nd event (line 7) receives tag 8 from rank 2, which does not come".into();
        let verdict = Verdict::CannotFollow { rank: Rank(1), reason };
        assert_eq!(round(&mut monitor, &all, 2 * SECOND_NS), Some(verdict));
    }
}

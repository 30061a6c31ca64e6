//! Whether a trace holds together.

use std::fmt;

use crate::event::{Event, Op, Rank, Tag, Trace};
use crate::event_index::{ByRank, EventIndex};
use crate::matching::Matching;
use crate::words::of_rank;

/// Something in a trace that does not hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where: `None` when it concerns the trace as a whole.
    pub spot: Option<Spot>,
    /// What.
    pub flaw: Flaw,
}

/// An event's place, said in all the ways that one may want to look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Where it stands in the trace.
    pub at: EventIndex,
    /// Whose event it is.
    pub rank: Rank,
    /// Its index among that rank's events in the trace, from 0.
    pub index: usize,
}

/// What does not hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// An event names a rank that the header does not have.
    NoSuchRank {
        /// The rank that it names.
        named: Rank,
        /// How many there are.
        ranks: u32,
    },
    /// `n` does not go on from the event before it on its rank: one is missing, doubled or misplaced.
    WrongIndex {
        /// The `n` that it has.
        n: u64,
        /// The one that follows that of the event before it.
        expected: u64,
    },
    /// A receive of a message that nobody sent.
    NeverSent {
        /// The rank that should have sent it.
        sender: Rank,
        /// The message's tag.
        tag: Tag,
    },
    /// A receive stands before its send.
    BeforeItsSend {
        /// Where the send stands.
        send: EventIndex,
    },
    /// A receive's payload is not its send's.
    OtherData {
        /// Where the send stands.
        send: EventIndex,
    },
    /// A Lamport time is not above that of the event before it.
    ClockBehindRank {
        /// The event's Lamport time.
        clock: u64,
        /// That of the event before it on its rank, or 0 at the first.
        before: u64,
    },
    /// A receive's Lamport time is not above that of its send.
    ClockBehindSend {
        /// The receive's Lamport time.
        clock: u64,
        /// Its send's.
        sent: u64,
        /// Where the send stands.
        send: EventIndex,
    },
    /// The footer counts another number of events than there are.
    WrongCount {
        /// The footer's count.
        counted: u64,
        /// How many there are.
        events: usize,
    },
}

/// Everything in a trace that does not hold together, in the order of the trace.
///
/// A send that nobody receives is no flaw: MPI allows it, and a run that was stopped has many. An event
/// may have several flaws. A message too many or too few shows at every later receive of its channel
/// whose payload is then another.
///
/// ```
/// use ringscope_traces::{read_trace, wellformed};
///
/// let file = r#"{"trace":1,"source":"sim","protocol":"classic","ranks":8,"time":"virtual"}
/// {"rank":7,"n":0,"op":"send","peer":0,"tag":0,"data":[9,100],"t":0,"clock":1}
/// {"rank":0,"n":0,"op":"recv","peer":6,"tag":0,"data":[9,100],"t":5,"clock":2}
/// "#;
/// let (trace, _) = read_trace(file.as_bytes(), "put.jsonl")?;
/// let findings = wellformed::check(&trace);
/// assert_eq!(
///     findings[0].to_string(),
///     "line 3, rank 0's 1st event: receives a message with tag 0 that rank 6 never sent"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn check(trace: &Trace) -> Vec<Finding> {
    let matching = Matching::of(trace);
    let by_rank = ByRank::of(trace);
    let mut findings = Vec::new();
    for rank in by_rank.ranks() {
        let mut before = None;
        for (index, at) in by_rank.events(rank).iter().copied().enumerate() {
            let spot = Some(Spot { at, rank, index });
            let flaws = flaws(trace, Seen { at, before, partner: matching.partner(at) });
            findings.extend(flaws.into_iter().flatten().map(|flaw| Finding { spot, flaw }));
            before = Some(&trace[at]);
        }
    }
    findings.sort_by_key(|finding| finding.spot.map(|spot| spot.at));
    findings.extend(wrong_count(trace).map(|flaw| Finding { spot: None, flaw }));
    findings
}

/// What is known where an event is looked at.
struct Seen<'a> {
    at: EventIndex,
    /// The event before it on its rank.
    before: Option<&'a Event>,
    partner: Option<EventIndex>,
}

fn flaws(trace: &Trace, seen: Seen<'_>) -> [Option<Flaw>; 5] {
    let event = &trace[seen.at];
    let ranks = trace.header.ranks;
    let named = [event.rank, event.peer].into_iter().find(|rank| rank.0 >= ranks);
    let expected = seen.before.map_or(0, |before| before.n.saturating_add(1));
    let before = seen.before.map_or(0, |before| before.clock);
    let [unsent_or_early, data, clock] = match (event.op, seen.partner) {
        (Op::Send, _) => [None, None, None],
        (Op::Recv, None) => {
            [Some(Flaw::NeverSent { sender: event.peer, tag: event.tag }), None, None]
        }
        (Op::Recv, Some(send)) => receive_flaws(trace, event, seen.at, send),
    };
    [
        named.map(|named| Flaw::NoSuchRank { named, ranks }),
        (event.n != expected).then_some(Flaw::WrongIndex { n: event.n, expected }),
        unsent_or_early,
        data,
        (event.clock <= before)
            .then_some(Flaw::ClockBehindRank { clock: event.clock, before })
            .or(clock),
    ]
}

fn receive_flaws(
    trace: &Trace,
    event: &Event,
    at: EventIndex,
    send: EventIndex,
) -> [Option<Flaw>; 3] {
    let sent = trace[send].clock;
    [
        (send > at).then_some(Flaw::BeforeItsSend { send }),
        carries_other_data(&trace[send], event).then_some(Flaw::OtherData { send }),
        (event.clock <= sent).then_some(Flaw::ClockBehindSend { clock: event.clock, sent, send }),
    ]
}

/// Whether another payload came than was sent.
///
/// The same bytes may be shown as different values, when they are sent as one datatype and received as
/// another; where both ends say what bytes they were, these are compared.
fn carries_other_data(send: &Event, receive: &Event) -> bool {
    let bytes = |event: &Event| event.more.as_ref().and_then(|more| Some((more.bytes?, more.hash)));
    match (bytes(send), bytes(receive)) {
        (Some((sent, Some(one))), Some((received, Some(other)))) => {
            (sent, one) != (received, other)
        }
        // Elements that do not lie side by side have no hash.
        (Some((sent, _)), Some((received, _))) => sent != received,
        (Some(_), None) | (None, _) => send.data != receive.data,
    }
}

fn wrong_count(trace: &Trace) -> Option<Flaw> {
    let counted = trace.footer.as_ref()?.events;
    let events = trace.events.len();
    (counted != events as u64).then_some(Flaw::WrongCount { counted, events })
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.spot {
            Some(spot) => write!(f, "{spot}: {}", self.flaw),
            None => self.flaw.fmt(f),
        }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}", self.at.line(), of_rank(self.rank, self.index))
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::NoSuchRank { named, ranks } => {
                write!(f, "names rank {named}, expected one of the {ranks} ranks from 0")
            }
            Flaw::WrongIndex { n, expected } => write!(f, "its `n` is {n}, expected {expected}"),
            Flaw::NeverSent { sender, tag } => {
                write!(f, "receives a message with tag {tag} that rank {sender} never sent")
            }
            Flaw::BeforeItsSend { send } => {
                write!(f, "comes before its send, which is at line {}", send.line())
            }
            Flaw::OtherData { send } => {
                write!(f, "receives a different payload than was sent at line {}", send.line())
            }
            Flaw::ClockBehindRank { clock, before } => {
                write!(
                    f,
                    "its Lamport time is {clock}, expected more than {before}, which its rank had"
                )
            }
            Flaw::ClockBehindSend { clock, sent, send } => write!(
                f,
                "its Lamport time is {clock}, expected more than {sent}, that of its send at line {}",
                send.line()
            ),
            Flaw::WrongCount { counted, events } => {
                write!(f, "the footer counts {counted} events, and the trace has {events}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Payload;
    use crate::testing::{recv, send, trace};

    fn findings_of(trace: &Trace) -> Vec<String> {
        check(trace).iter().map(Finding::to_string).collect()
    }

    fn pingpong() -> Trace {
        trace(2, [send(0, 1, 5), recv(1, 0, 5), send(1, 0, 6), recv(0, 1, 6)])
    }

    #[test]
    fn a_trace_that_holds_together_has_no_findings() {
        assert_eq!(check(&pingpong()), []);
    }

    #[test]
    fn a_missing_event_shows_at_the_next_of_its_rank_and_in_the_footer() {
        let mut trace = pingpong();
        trace.events.remove(1);
        assert_eq!(
            findings_of(&trace),
            [
                "line 3, rank 1's 1st event: its `n` is 1, expected 0",
                "the footer counts 4 events, and the trace has 3"
            ]
        );
    }

    #[test]
    fn a_receive_without_its_send_is_named() {
        let mut trace = pingpong();
        trace.events[3].tag = Tag(7);
        assert_eq!(
            findings_of(&trace),
            ["line 5, rank 0's 2nd event: receives a message with tag 7 that rank 1 never sent"]
        );
    }

    #[test]
    fn a_receive_before_its_send_is_named_with_where_the_send_is() {
        let mut trace = pingpong();
        trace.events.swap(0, 1);
        assert_eq!(
            findings_of(&trace),
            ["line 2, rank 1's 1st event: comes before its send, which is at line 3"]
        );
    }

    #[test]
    fn a_receive_of_something_else_than_was_sent_is_named() {
        let mut trace = pingpong();
        trace.events[1].data = Payload::Int(1);
        assert_eq!(
            findings_of(&trace),
            ["line 3, rank 1's 1st event: receives a different payload than was sent at line 2"]
        );
    }

    #[test]
    fn lamport_times_grow_along_each_rank_and_along_each_message() {
        let mut trace = pingpong();
        trace.events[1].clock = 1;
        trace.events[2].clock = 1;
        assert_eq!(
            findings_of(&trace),
            [
                "line 3, rank 1's 1st event: its Lamport time is 1, expected more than 1, that of its \
                 send at line 2",
                "line 4, rank 1's 2nd event: its Lamport time is 1, expected more than 1, which its \
                 rank had"
            ]
        );
    }

    #[test]
    fn a_rank_that_the_header_does_not_have_is_named() {
        let mut trace = pingpong();
        trace.header.ranks = 1;
        assert_eq!(check(&trace).len(), 4);
    }
}

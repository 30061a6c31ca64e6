//! Payloads that nobody reads, so that two runs can be compared that differ in nothing else.

use std::borrow::Cow;

use ringscope_traces::{Event, Header, Payload, Trace};

use crate::protocol::Message;
use crate::protocols::ProtocolId;

/// Two traces as they are read: messages whose payload nobody reads carry what the nodes of their protocol
/// send. The protocol is that of either, since a trace that names none may be compared with one that does.
///
/// A program that follows the protocol `classic` may send anything with END.
#[must_use]
pub fn as_read([a, b]: [&Trace; 2]) -> [Cow<'_, Trace>; 2] {
    let known = |header: &Header| ProtocolId::named(&header.protocol);
    match known(&a.header).or_else(|| known(&b.header)) {
        Some(protocol) => [settled(a, protocol), settled(b, protocol)],
        None => [Cow::Borrowed(a), Cow::Borrowed(b)],
    }
}

fn settled(trace: &Trace, protocol: ProtocolId) -> Cow<'_, Trace> {
    let other = |event: &Event| {
        let unread = Payload::Int(protocol.tag(event.tag)?.unread?);
        (event.data != unread).then_some(unread)
    };
    let mut settled = Cow::Borrowed(trace);
    for place in 0..trace.events.len() {
        if let Some(unread) = other(&trace.events[place]) {
            settled.to_mut().events[place].data = unread;
        }
    }
    settled
}

/// Whether a rank did the same in two events, as far as anybody reads it.
pub(super) fn is_same<M: Message>(one: &Event, other: &Event) -> bool {
    let has_same_ends = (one.op, one.peer) == (other.op, other.peer);
    one.content() == other.content() || (has_same_ends && is_same_message::<M>(one, other))
}

/// Whether two events have the same message, as far as anybody reads it.
pub(super) fn is_same_message<M: Message>(one: &Event, other: &Event) -> bool {
    let parsed = |event: &Event| M::parse(event.tag, &event.data).ok();
    one.tag == other.tag && parsed(one).is_some_and(|message| parsed(other) == Some(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use crate::simulate::record;
    use ringscope_traces::diff::{Level, compare};
    use ringscope_traces::read_trace;

    fn trace() -> Trace {
        let scenario = Scenario::parse("put", "put 400 4\nget 400").expect("a scenario");
        let recorded = record(&scenario, Vec::new()).expect("memory takes it");
        read_trace(recorded.to.as_slice(), "put.jsonl").expect("a trace").0
    }

    fn level(a: &Trace, b: &Trace) -> Level {
        let [a, b] = as_read([a, b]);
        compare(&a, &b).expect("they can be compared").level
    }

    #[test]
    fn what_an_end_carries_does_not_count_and_all_else_does() {
        let ours = trace();
        for place in 0..ours.events.len() {
            let mut theirs = trace();
            let tag = theirs.events[place].tag;
            theirs.events[place].data = 32_764.into();
            "none".clone_into(&mut theirs.header.protocol);
            let is_unread = ProtocolId::default().tag_name(tag) == Some("END");
            assert_eq!(level(&ours, &theirs) == Level::Equal, is_unread, "event {place}");
        }
    }

    #[test]
    fn of_protocols_that_are_not_known_everything_counts() {
        let (mut a, mut b) = (trace(), trace());
        for trace in [&mut a, &mut b] {
            "other".clone_into(&mut trace.header.protocol);
        }
        b.events.last_mut().expect("there are events").data = 7.into();
        assert_eq!(level(&a, &b), Level::Different);
    }
}

//! Numbers that are received as others than they were sent as.

use std::collections::BTreeMap;

use super::table::Table;
use super::{Kind, Verdict};
use crate::calls::{Elements, PlaceId};
use crate::event::{Event, Rank};
use crate::event_index::EventIndex;

/// From whom to whom, where it was sent, and where it was received.
type Same = (Rank, Rank, Option<PlaceId>, Option<PlaceId>);

/// Says of messages whose types do not fit what they are at both ends (MPI 4.1, section 3.3.1).
///
/// What was received is looked up in the whole trace: one that is too long to be held has no such messages.
pub(super) fn verdicts(table: &Table<'_>, verdicts: &mut Vec<Verdict>) {
    let mut found: BTreeMap<Same, (Elements, Elements)> = BTreeMap::new();
    let receives =
        table.trace.events.iter().enumerate().filter(|(_, event)| event.source().is_some());
    for (i, receive) in receives {
        let send = table.matching.partner(EventIndex(i)).map(|send| &table.trace[send]);
        let Some(send) = send.filter(|send| has_bytes(send)) else { continue };
        let (from, to) = (place_of(table, send), place_of(table, receive));
        let both = table.elements(from).zip(table.elements(to));
        if let Some((sent, received)) = both.filter(|(sent, received)| sent != received) {
            found.insert((send.rank, receive.rank, from, to), (sent, received));
        }
    }
    for ((from, to, sent_at, received_at), (sent, received)) in found {
        let says = format!(
            "rank {to} has received as {}{} what rank {from} has sent as {}{}",
            named(received),
            table.at(received_at),
            named(sent),
            table.at(sent_at)
        );
        verdicts.push(Verdict { kind: Kind::Types, ranks: vec![to, from], says });
    }
}

fn has_bytes(message: &Event) -> bool {
    message.more.as_ref().is_some_and(|more| more.bytes.is_none_or(|bytes| bytes > 0))
}

/// Where a message was sent, or its receive posted.
fn place_of(table: &Table<'_>, event: &Event) -> Option<PlaceId> {
    let more = event.more.as_ref()?;
    let posted = more.post.and_then(|post| table.rank(event.rank).posts.get(&post));
    posted.map_or(more.at, |posted| posted.at)
}

fn named(elements: Elements) -> &'static str {
    match elements {
        Elements::Int2 => "integers of 2 bytes",
        Elements::Int4 => "integers of 4 bytes",
        Elements::Int8 => "integers of 8 bytes",
        Elements::Float4 => "floating-point numbers of 4 bytes",
        Elements::Float8 => "floating-point numbers of 8 bytes",
        Elements::Other => "something else",
    }
}

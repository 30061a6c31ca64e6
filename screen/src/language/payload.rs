//! What a payload speaks of.

use ringscope_sim::protocol::{Key, KeysIn, TagInfo};
use ringscope_traces::Payload;
use ringscope_traces::payload;

/// Whether a message with that tag and payload is about a key, by what its protocol says of the tag.
pub(crate) fn is_about(payload: &Payload, key: Key, tag: Option<&TagInfo>) -> bool {
    let number = Payload::Int(key.0);
    match tag.map(|info| info.keys) {
        Some(KeysIn::Payload) => *payload == number,
        Some(KeysIn::FirstItem) => payload.as_list().and_then(<[_]>::first) == Some(&number),
        Some(KeysIn::Maps) | None => has_key(payload, key),
    }
}

/// Whether a map in the payload has that key.
pub(crate) fn has_key(payload: &Payload, key: Key) -> bool {
    match payload {
        Payload::Map(entries) => {
            entries.binary_search_by(|(entry, _)| entry.cmp(&payload::Key::Int(key.0))).is_ok()
        }
        Payload::List(items) => items.iter().any(|item| has_key(item, key)),
        Payload::Null
        | Payload::Bool(_)
        | Payload::Int(_)
        | Payload::Number(_)
        | Payload::Text(_) => false,
    }
}

/// Whether that number stands anywhere in the payload, as a value or as a key.
pub(crate) fn has_number(payload: &Payload, number: i64) -> bool {
    match payload {
        Payload::Int(value) => *value == number,
        Payload::List(items) => items.iter().any(|item| has_number(item, number)),
        Payload::Map(entries) => entries
            .iter()
            .any(|(key, value)| *key == payload::Key::Int(number) || has_number(value, number)),
        Payload::Null | Payload::Bool(_) | Payload::Number(_) | Payload::Text(_) => false,
    }
}

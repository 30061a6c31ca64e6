//! Events as text.

use std::fmt;

use crate::event::{Event, Op, Tag, Vocabulary};
use crate::text::Short;

/// How much of a payload is shown.
const PAYLOAD_CHARS: usize = 120;

/// What an event does, such as `sends PUT [9,100] to rank 6`.
pub fn describe<'a>(event: &'a Event, vocabulary: &'a dyn Vocabulary) -> impl fmt::Display + 'a {
    fmt::from_fn(move |f| {
        let payload = Short { value: &event.data, limit_chars: PAYLOAD_CHARS };
        let name = tag_label(event.tag, vocabulary);
        match event.op {
            Op::Send => write!(f, "sends {name} {payload} to rank {}", event.peer),
            Op::Recv => write!(f, "receives {name} {payload} from rank {}", event.peer),
        }
    })
}

/// A tag by its name, or as `tag 5` where it has none.
pub fn tag_label(tag: Tag, vocabulary: &dyn Vocabulary) -> impl fmt::Display {
    let name = vocabulary.tag_name(tag);
    fmt::from_fn(move |f| match name {
        Some(name) => f.write_str(name),
        None => write!(f, "tag {tag}"),
    })
}

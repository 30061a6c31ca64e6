//! Events as text.

use std::fmt;

use crate::event::{Event, Op, Tag, Vocabulary};
use crate::text::Short;

/// How much of a payload is shown.
const PAYLOAD_CHARS: usize = 120;

/// What an event does, such as `sends PUT [9,100] to rank 6`.
///
/// ```
/// use ringscope_traces::words::describe;
/// use ringscope_traces::{Event, NoNames, Op, Rank, Tag, Vocabulary};
///
/// struct Names;
///
/// impl Vocabulary for Names {
///     fn tag_name(&self, tag: Tag) -> Option<&'static str> {
///         (tag == Tag(3)).then_some("HELLO")
///     }
/// }
///
/// let (rank, op, peer, tag) = (Rank(0), Op::Send, Rank(1), Tag(3));
/// let send = Event { rank, n: 0, op, peer, tag, data: 7.into(), t: 0, clock: 1 };
/// assert_eq!(describe(&send, &Names).to_string(), "sends HELLO 7 to rank 1");
/// assert_eq!(describe(&send, &NoNames).to_string(), "sends tag 3 7 to rank 1");
/// ```
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

//! Events as text.

use std::fmt;

use crate::event::{Event, Op, Rank, Tag, Vocabulary};
use crate::event_index::EventIndex;
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
///     fn tag_name(&self, tag: Tag) -> Option<&str> {
///         (tag == Tag(3)).then_some("HELLO")
///     }
/// }
///
/// let (rank, op, peer, tag) = (Rank(0), Op::Send, Rank(1), Tag(3));
/// let send = Event { rank, n: 0, op, peer, tag, data: 7.into(), t: 0, clock: 1, more: None };
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

/// An event as people count them: `event 45`, by its number in the trace, from 1.
///
/// That is the number by which the screen and the command line know it, and one less than that of its line in the file.
pub fn event(at: EventIndex) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, "event {}", at.0 + 1))
}

/// An event by its place among those of its rank, `rank 3's 8th event`; the index is from 0, as the `n` of a trace.
pub fn of_rank(rank: Rank, index: usize) -> impl fmt::Display {
    fmt::from_fn(move |f| write!(f, "rank {rank}'s {} event", ordinal(index)))
}

/// An event by both numbers, and by its line: `event 45 (rank 3's 8th, line 46)`.
pub fn located(at: EventIndex, rank: Rank, index: usize) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        write!(f, "{} (rank {rank}'s {}, line {})", event(at), ordinal(index), at.line())
    })
}

/// Which one of several an index from 0 means.
///
/// ```
/// use ringscope_traces::words::ordinal;
///
/// let named = [0, 1, 2, 3, 10, 11, 12, 20, 110, 121].map(|index| ordinal(index).to_string());
/// assert_eq!(named, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th", "122nd"]);
/// ```
pub fn ordinal(index: usize) -> impl fmt::Display {
    nth(index as u64 + 1)
}

/// A number from 1 as it stands before a word: `1st`, `2nd`, `3rd`, `11th`.
pub fn nth(number: u64) -> impl fmt::Display {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    fmt::from_fn(move |f| write!(f, "{number}{ending}"))
}

/// The article that a name has in a sentence: `a PUT`, `an INIT`.
#[must_use]
pub fn article(name: &str) -> &'static str {
    if name.starts_with(['A', 'E', 'I', 'O', 'U', 'a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// A tag by its name, or as `tag 5` where it has none.
pub fn tag_label(tag: Tag, vocabulary: &dyn Vocabulary) -> impl fmt::Display {
    let name = vocabulary.tag_name(tag);
    fmt::from_fn(move |f| match name {
        Some(name) => f.write_str(name),
        None => write!(f, "tag {tag}"),
    })
}

//! The wanted events of a trace, one by one, as it is read.

use std::io::BufRead;

use ringscope_traces::{Completeness, Event, EventIndex, Header, Numbering, Op, Reader};

use super::names::Names;
use super::{ExportError, Part, Watch};
use crate::trace_summary::ending_summary;

/// The wanted events of a trace, one by one.
pub struct Feed<'a> {
    reader: Reader<Box<dyn BufRead + 'a>>,
    names: Names,
    part: Part,
    numbering: Numbering,
    /// How many events have been read.
    read: usize,
    /// How many messages had been seen when the part began.
    before: u64,
    watch: &'a dyn Watch,
}

/// An event and which message it is about.
#[derive(Debug)]
pub(super) struct FeedEvent {
    /// Where the event stands in the trace.
    pub at: EventIndex,
    /// The number of its message, from 1.
    pub message: u64,
    /// Whether the other end of the message stands before the part.
    pub is_from_before: bool,
    /// The event.
    pub event: Event,
}

impl<'a> Feed<'a> {
    /// The events of that part of what is read.
    pub fn new(
        reader: Reader<Box<dyn BufRead + 'a>>,
        part: Part,
        watch: &'a dyn Watch,
    ) -> Feed<'a> {
        let names = Names::of(reader.header());
        let numbering = Numbering::default();
        Feed { reader, names, part, numbering, read: 0, before: 0, watch }
    }

    /// The trace's first line.
    pub(super) fn header(&self) -> &Header {
        self.reader.header()
    }

    /// How ranks and messages are called.
    pub(super) fn names(&self) -> Names {
        self.names.clone()
    }

    /// The cursor at which the part begins.
    pub(super) fn from(&self) -> usize {
        self.part.from
    }

    /// The next event of the part; `None` after its last.
    ///
    /// # Errors
    ///
    /// When the trace cannot be read further, when it ends before the part begins, and when somebody
    /// does not want it any more.
    pub(super) fn next(&mut self) -> Result<Option<FeedEvent>, ExportError> {
        while self.part.to.is_none_or(|to| self.read < to) {
            let event = self.reader.next_event()?;
            self.watch.go_on()?;
            let Some(event) = event else {
                let is_short = self.read < self.part.from;
                return if is_short { Err(self.part.beyond(self.read).into()) } else { Ok(None) };
            };
            let number = self.numbering.number(&event);
            let at = EventIndex(self.read);
            self.read += 1;
            if at.0 < self.part.from {
                self.before = self.before.max(number + 1);
                continue;
            }
            let is_from_before = number < self.before;
            return Ok(Some(FeedEvent { at, message: number + 1, is_from_before, event }));
        }
        Ok(None)
    }

    /// How the run ended, in words; known after the last event, and `None` when the part ends before.
    pub(super) fn ending(&self) -> Option<String> {
        let is_at_end = self.part.to.is_none_or(|to| self.read < to);
        is_at_end.then(|| ending_summary(self.reader.footer(), self.reader.completeness()))
    }

    /// What there is to say of a trace that is not whole.
    pub fn remark(&self) -> Option<String> {
        let is_cut_off = match self.reader.completeness() {
            Completeness::Whole => false,
            Completeness::CutOff | Completeness::CutOffInLine { .. } => true,
        };
        self.ending().filter(|_| is_cut_off)
    }
}

/// The name of what an event does.
pub(super) fn op(op: Op) -> &'static str {
    match op {
        Op::Send => "send",
        Op::Recv => "recv",
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::feed;
    use super::*;

    fn numbered(part: Part) -> Vec<(usize, u64, bool)> {
        feed("get-missing", part, |feed| {
            let mut all = Vec::new();
            while let Some(one) = feed.next().expect("it can be read") {
                all.push((one.at.0, one.message, one.is_from_before));
            }
            all
        })
    }

    #[test]
    fn the_events_of_a_part_have_the_numbers_that_they_have_in_the_whole() {
        let whole = numbered(Part::default());
        let part = numbered(Part { from: 3, to: Some(8) });
        let of_whole: Vec<_> = whole[3..8].iter().map(|(at, message, _)| (*at, *message)).collect();
        let of_part: Vec<_> = part.iter().map(|(at, message, _)| (*at, *message)).collect();
        assert_eq!(of_part, of_whole);
        assert!(whole.iter().all(|(.., is_from_before)| !is_from_before));
        assert!(part[0].2 && !part[1].2, "the receive of what was sent before, and a send");
    }
}

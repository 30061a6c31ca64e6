//! The wanted events of a trace, one by one, as it is read.

use std::io::BufRead;

use ringscope_traces::calls::Call;
use ringscope_traces::tags::TagNames;
use ringscope_traces::{Completeness, Event, EventIndex, Header, Numbering, Op, Reader, TraceLine};

use super::called::Called;
use super::names::Names;
use super::{ExportError, Part, Watch};
use crate::timeline::Diagnosed;
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
    /// What the ranks of a recorded program called.
    called: Called,
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
        let (numbering, called) = (Numbering::default(), Called::of(reader.header()));
        Feed { reader, names, part, numbering, read: 0, before: 0, called, watch }
    }

    /// Gives names to the tags, in the place of those that the header has.
    pub fn name_tags(&mut self, names: &TagNames) {
        let mut header = self.header().clone();
        names.put_into(&mut header);
        self.names = Names::of(&header);
        self.called = Called::of(&header);
    }

    /// The trace's first line.
    pub(super) fn header(&self) -> &Header {
        self.reader.header()
    }

    /// How many ranks the run has.
    pub(super) fn ranks(&self) -> u32 {
        self.header().ranks
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
            let event = self.next_event()?;
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

    /// The next event of the trace; behind the last one are the calls.
    fn next_event(&mut self) -> Result<Option<Event>, ExportError> {
        while let Some(line) = self.reader.next_line()? {
            match line {
                TraceLine::Event(event) => {
                    self.called.event(&event);
                    return Ok(Some(event));
                }
                TraceLine::Call(call) => self.called.call(call),
            }
        }
        self.called.end(self.reader.footer());
        Ok(None)
    }

    fn is_at_end(&self) -> bool {
        self.part.to.is_none_or(|to| self.read < to)
    }

    /// How the run ended, in words; known after the last event, and `None` when the part ends before.
    pub(super) fn ending(&self) -> Option<String> {
        self.is_at_end().then(|| ending_summary(self.reader.footer(), self.reader.completeness()))
    }

    /// The calls of a recorded run; known after the last event, and none when the part ends before.
    pub(super) fn calls(&self) -> &[Call] {
        self.called.calls()
    }

    /// What is wrong with a recorded run; known after the last event, and `None` when the part ends before.
    pub(super) fn diagnosed(&self) -> Option<&Diagnosed> {
        self.called.diagnosed()
    }

    /// What there is to say of the run: that its trace is not whole, and what is wrong with it.
    pub fn remarks(&self) -> Vec<String> {
        let is_cut_off = match self.reader.completeness() {
            Completeness::Whole => false,
            Completeness::CutOff | Completeness::CutOffInLine { .. } => true,
        };
        remarks(self.ending().filter(|_| is_cut_off), self.diagnosed())
    }
}

/// What there is to say of a run: that its trace is cut off, and what is wrong with it.
pub(super) fn remarks(cut_off: Option<String>, diagnosed: Option<&Diagnosed>) -> Vec<String> {
    let cut_off = cut_off.map(|how| format!("the trace is {how}"));
    let verdicts = diagnosed.into_iter().flat_map(|all| &all.diagnosis.verdicts);
    cut_off.into_iter().chain(verdicts.map(ToString::to_string)).collect()
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

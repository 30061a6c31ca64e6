//! What is kept of a recorded run while it is shown, to say in the end what is wrong with it.

use std::io::BufRead;

use ringscope_traces::calls::Call;
use ringscope_traces::diagnosis::{can_diagnose, diagnose, standings_of_others};
use ringscope_traces::{Event, Header, Reader, Source, Trace};

/// The most events and calls of a run that is diagnosed while it is shown: all of them are in memory.
const MOST: usize = 1 << 18;

/// What is kept of a recorded run; nothing of others.
pub(super) struct Kept {
    events: Vec<Event>,
    calls: Vec<Call>,
    state: State,
}

/// Whether all of it is kept.
#[derive(PartialEq, Eq)]
enum State {
    Whole,
    TooLong,
    /// There is nothing to say of it.
    Nothing,
}

impl Kept {
    /// Nothing yet of a trace.
    pub(super) fn of(header: &Header) -> Kept {
        let state = if header.source == Source::Recorded { State::Whole } else { State::Nothing };
        Kept { events: Vec::new(), calls: Vec::new(), state }
    }

    /// Keeps an event.
    pub(super) fn take_event(&mut self, event: Event) {
        if self.has_room() {
            self.events.push(event);
        }
    }

    /// Keeps a call.
    pub(super) fn take_call(&mut self, call: Call) {
        if self.has_room() {
            self.calls.push(call);
        }
    }

    /// The trace is not read to its end: nothing can be said of it.
    pub(super) fn give_up(&mut self) {
        self.state = State::Nothing;
    }

    fn has_room(&mut self) -> bool {
        if self.state == State::Whole && self.events.len() + self.calls.len() >= MOST {
            self.state = State::TooLong;
            (self.events, self.calls) = (Vec::new(), Vec::new());
        }
        self.state == State::Whole
    }

    /// What is wrong with the run, in sentences.
    pub(super) fn diagnosis<R: BufRead>(self, reader: &Reader<R>) -> Vec<String> {
        match self.state {
            State::Nothing => return Vec::new(),
            State::TooLong => {
                let what = "too long to say here what is wrong with it: `ringscope check` does";
                return vec![what.to_owned()];
            }
            State::Whole => {}
        }
        let Kept { events, calls, .. } = self;
        let footer = reader.footer().cloned();
        let trace = Trace { header: reader.header().clone(), events, calls, footer };
        if !can_diagnose(&trace) {
            return Vec::new();
        }
        let diagnosis = diagnose(&trace);
        let mut says: Vec<String> =
            diagnosis.verdicts.iter().chain(&diagnosis.remarks).map(ToString::to_string).collect();
        says.extend(standings_of_others(&trace, &diagnosis));
        says
    }
}

//! What the ranks of a recorded program called, for formats that are written event by event.

use ringscope_traces::calls::Call;
use ringscope_traces::{Event, Footer, Header, Payload, Source, Trace};

use crate::timeline::{Diagnosed, MOST_EVENTS_DIAGNOSED};

/// The events of a recorded program without their payloads, and its calls, until it is known what is wrong.
#[derive(Debug)]
pub(super) struct Called {
    /// What was read; `None` of a run that was not recorded, and of one that is too long.
    trace: Option<Trace>,
    calls: Vec<Call>,
    diagnosed: Option<Diagnosed>,
}

impl Called {
    /// Nothing was read yet but the header.
    pub(super) fn of(header: &Header) -> Called {
        let (events, calls) = (Vec::new(), Vec::new());
        let is_recorded = header.source == Source::Recorded;
        let trace = || Trace { header: header.clone(), events, calls, footer: None };
        Called { trace: is_recorded.then(trace), calls: Vec::new(), diagnosed: None }
    }

    /// The next event.
    pub(super) fn event(&mut self, event: &Event) {
        let Some(trace) = &mut self.trace else { return };
        let &Event { rank, n, op, peer, tag, t, clock, .. } = event;
        let (data, more) = (Payload::Null, event.more.clone());
        trace.events.push(Event { rank, n, op, peer, tag, data, t, clock, more });
        if trace.events.len() > MOST_EVENTS_DIAGNOSED {
            self.trace = None;
        }
    }

    /// The next call.
    pub(super) fn call(&mut self, call: Call) {
        self.calls.push(call);
    }

    /// All of the trace was read.
    pub(super) fn end(&mut self, footer: Option<&Footer>) {
        let Some(mut trace) = self.trace.take() else { return };
        trace.footer = footer.cloned();
        std::mem::swap(&mut trace.calls, &mut self.calls);
        self.diagnosed = Diagnosed::of(&trace);
        self.calls = trace.calls;
    }

    /// The calls.
    pub(super) fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// What is wrong, once all of the trace was read.
    pub(super) fn diagnosed(&self) -> Option<&Diagnosed> {
        self.diagnosed.as_ref()
    }
}

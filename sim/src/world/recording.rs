//! A run's events, kept as they happen.

use std::io::{self, Write};

use ringscope_traces::jsonl::{Digest, Writer};
use ringscope_traces::{Ending, Event, Header, Rank};

use super::observe::{Observed, Observer};
use crate::protocol::{Message, Node, Print};

/// Gives each rank's events their numbers.
#[derive(Debug, Clone, Default)]
pub struct Numbering {
    next: Vec<u64>,
}

impl Numbering {
    /// The trace's event for what has just happened.
    #[inline]
    pub fn event<'a, M: Message>(&mut self, observed: &Observed<'a, M>) -> Event<&'a M> {
        let rank = observed.rank.index();
        if rank >= self.next.len() {
            self.next.resize(rank + 1, 0);
        }
        let n = self.next[rank];
        self.next[rank] += 1;
        Event {
            rank: observed.rank,
            n,
            op: observed.op,
            peer: observed.peer,
            tag: observed.message.tag(),
            data: observed.message,
            t: observed.now_ns,
            clock: observed.clock,
            more: None,
        }
    }
}

/// Keeps all events, and all lines that were printed, in memory.
#[derive(Debug, Clone)]
pub struct Recording<M> {
    /// The events, in the order in which they happened.
    pub events: Vec<Event<M>>,
    /// What was printed, and by whom.
    pub prints: Vec<(Rank, Print)>,
    numbering: Numbering,
}

impl<M> Default for Recording<M> {
    fn default() -> Self {
        Recording { events: Vec::new(), prints: Vec::new(), numbering: Numbering::default() }
    }
}

impl<N: Node> Observer<N> for Recording<N::Message> {
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        let Event { rank, n, op, peer, tag, data, t, clock, more } = self.numbering.event(observed);
        self.events.push(Event { rank, n, op, peer, tag, data: data.clone(), t, clock, more });
    }

    fn printed(&mut self, rank: Rank, print: Print) {
        self.prints.push((rank, print));
    }
}

/// Writes all events to a trace as they happen.
///
/// A sink that refuses does not end the run: the first error is kept, nothing is written after it,
/// and [`Written::finish`] returns it.
#[derive(Debug)]
pub struct Written<W: Write> {
    writer: Writer<W>,
    numbering: Numbering,
    broken: Option<io::Error>,
}

impl<W: Write> Written<W> {
    /// Begins a trace.
    ///
    /// # Errors
    ///
    /// When the sink refuses the header.
    pub fn new(sink: W, header: &Header) -> io::Result<Written<W>> {
        let writer = Writer::new(sink, header)?;
        Ok(Written { writer, numbering: Numbering::default(), broken: None })
    }

    /// Ends the trace, and gives back the sink and the trace's digest.
    ///
    /// # Errors
    ///
    /// The first error of the sink.
    pub fn finish(self, ending: &Ending) -> io::Result<(W, Digest)> {
        match self.broken {
            None => self.writer.finish(ending),
            Some(error) => Err(error),
        }
    }
}

impl<N: Node, W: Write> Observer<N> for Written<W> {
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        let event = self.numbering.event(observed);
        if self.broken.is_none() {
            self.broken = self.writer.event(&event).err();
        }
    }
}

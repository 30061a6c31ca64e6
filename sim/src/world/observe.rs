//! Observers of a run: they are called at every event, and record it, count it or check it.

use ringscope_traces::{Op, Rank};

use crate::protocol::{Node, Print};

/// One message sent or received, as it happens.
#[derive(Debug)]
pub struct Observed<'a, M> {
    /// Whose event it is.
    pub rank: Rank,
    /// Sent or received.
    pub op: Op,
    /// The other rank.
    pub peer: Rank,
    /// The message.
    pub message: &'a M,
    /// Virtual time in nanoseconds.
    pub now_ns: u64,
    /// The rank's Lamport time.
    pub clock: u64,
    /// The message's number among all messages sent in the run, from 0.
    pub number: u64,
}

impl<M> Observed<'_, M> {
    /// The rank whose message it receives; `None` when it is no receive.
    #[must_use]
    pub fn source(&self) -> Option<Rank> {
        match self.op {
            Op::Recv => Some(self.peer),
            Op::Send => None,
        }
    }

    /// The rank that it sends to; `None` when it is no send.
    #[must_use]
    pub fn destination(&self) -> Option<Rank> {
        match self.op {
            Op::Send => Some(self.peer),
            Op::Recv => None,
        }
    }
}

/// An observer of a run. By default every method does nothing.
pub trait Observer<N: Node> {
    /// The run is about to start with these nodes.
    fn started(&mut self, _nodes: &[N]) {}

    /// A message was sent, or received.
    fn observed(&mut self, _observed: &Observed<'_, N::Message>) {}

    /// A rank has handled a message, and what it asked for has been done.
    fn handled(&mut self, _rank: Rank, _nodes: &[N]) {}

    /// A rank printed a line.
    fn printed(&mut self, _rank: Rank, _print: Print) {}
}

/// No observer.
impl<N: Node> Observer<N> for () {}

impl<N: Node, O: Observer<N>> Observer<N> for &mut O {
    fn started(&mut self, nodes: &[N]) {
        (**self).started(nodes);
    }

    #[inline]
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        (**self).observed(observed);
    }

    #[inline]
    fn handled(&mut self, rank: Rank, nodes: &[N]) {
        (**self).handled(rank, nodes);
    }

    #[inline]
    fn printed(&mut self, rank: Rank, print: Print) {
        (**self).printed(rank, print);
    }
}

/// An optional observer.
impl<N: Node, O: Observer<N>> Observer<N> for Option<O> {
    fn started(&mut self, nodes: &[N]) {
        if let Some(observer) = self {
            observer.started(nodes);
        }
    }

    #[inline]
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        if let Some(observer) = self {
            observer.observed(observed);
        }
    }

    #[inline]
    fn handled(&mut self, rank: Rank, nodes: &[N]) {
        if let Some(observer) = self {
            observer.handled(rank, nodes);
        }
    }

    #[inline]
    fn printed(&mut self, rank: Rank, print: Print) {
        if let Some(observer) = self {
            observer.printed(rank, print);
        }
    }
}

/// Two who look on, the first one first.
impl<N: Node, A: Observer<N>, B: Observer<N>> Observer<N> for (A, B) {
    fn started(&mut self, nodes: &[N]) {
        self.0.started(nodes);
        self.1.started(nodes);
    }

    #[inline]
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        self.0.observed(observed);
        self.1.observed(observed);
    }

    #[inline]
    fn handled(&mut self, rank: Rank, nodes: &[N]) {
        self.0.handled(rank, nodes);
        self.1.handled(rank, nodes);
    }

    #[inline]
    fn printed(&mut self, rank: Rank, print: Print) {
        self.0.printed(rank, print);
        self.1.printed(rank, print);
    }
}

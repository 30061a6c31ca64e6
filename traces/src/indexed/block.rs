//! A stretch of an index.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::event::{Event, Op, Rank, Tag};
use crate::event_index::EventIndex;

/// How many events a block is of; the last one may be of fewer.
pub(super) const BLOCK_EVENTS: usize = 1 << 14;

/// No event.
pub(super) const NONE: u32 = u32::MAX;

/// What an index keeps of an event's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline {
    /// Where the line begins, in bytes from the start.
    pub offset: u64,
    /// Nanoseconds since the start of the run.
    pub t: u64,
    /// Whose event it is.
    pub rank: Rank,
    /// The other rank.
    pub peer: Rank,
    /// The message's MPI tag.
    pub tag: Tag,
    /// Sent or received.
    pub op: Op,
}

impl Outline {
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

    pub(crate) fn of(event: &Event, offset: u64) -> Outline {
        let &Event { rank, op, peer, tag, t, .. } = event;
        Outline { offset, t, rank, peer, tag, op }
    }

    /// The rank that sent the event's message, and the one that it is for.
    pub(super) fn way(&self) -> (Rank, Rank) {
        match self.op {
            Op::Send => (self.rank, self.peer),
            Op::Recv => (self.peer, self.rank),
        }
    }
}

/// The index of some events in a row.
///
/// What comes later in the trace is entered when it has been read, in blocks that others look at already:
/// an event's partner and the next event on its rank.
#[derive(Debug)]
pub struct Block {
    pub(super) outlines: Vec<Outline>,
    pub(super) previous: Vec<u32>,
    pub(super) partners: Vec<AtomicU32>,
    pub(super) nexts: Vec<AtomicU32>,
    /// Where the line after the last event begins.
    pub(super) end: u64,
    /// The ranks whose first event is here.
    pub(super) firsts: Vec<(Rank, u32)>,
    /// The sends before this block whose receives are not; `None` when they are too many to be kept here.
    pub(super) open: Option<Box<[u32]>>,
}

impl Block {
    /// A block with room for events, from the one with these open sends before it on.
    pub(super) fn new(open: Option<Box<[u32]>>) -> Block {
        Block {
            outlines: Vec::with_capacity(BLOCK_EVENTS),
            previous: Vec::with_capacity(BLOCK_EVENTS),
            partners: Vec::with_capacity(BLOCK_EVENTS),
            nexts: Vec::with_capacity(BLOCK_EVENTS),
            end: 0,
            firsts: Vec::new(),
            open,
        }
    }

    pub(super) fn push(&mut self, outline: Outline, previous: u32) {
        self.outlines.push(outline);
        self.previous.push(previous);
        self.partners.push(AtomicU32::new(NONE));
        self.nexts.push(AtomicU32::new(NONE));
    }

    /// How many events it is of.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outlines.len()
    }

    /// Whether it is of none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outlines.is_empty()
    }
}

// Whoever reads a link has been handed the blocks since it was written: that orders the two.

pub(super) fn load(link: &AtomicU32) -> Option<EventIndex> {
    to_index(link.load(Ordering::Relaxed))
}

pub(super) fn store(link: &AtomicU32, at: u32) {
    link.store(at, Ordering::Relaxed);
}

pub(super) fn to_index(number: u32) -> Option<EventIndex> {
    (number != NONE).then_some(EventIndex(number as usize))
}

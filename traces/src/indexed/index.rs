//! What can be asked of the events that have been indexed.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::block::{BLOCK_EVENTS, Block, Outline, load, to_index};
use super::store::Store;
use crate::event::{Event, Header, Rank};
use crate::event_index::EventIndex;
use crate::jsonl::{Problem, ReadError, event_in};

/// How much is read at once where lines that stand one after the other are asked for.
const WINDOW_BYTES: usize = 1 << 16;

/// The events of a trace that have been indexed so far.
#[derive(Debug, Clone)]
pub struct Index {
    store: Store,
    name: String,
    header: Header,
    blocks: Vec<Arc<Block>>,
    firsts: FxHashMap<Rank, u32>,
    len: usize,
}

impl Index {
    /// An index without events of the trace with that header. The name is what errors call the trace.
    #[must_use]
    pub fn new(store: Store, name: &str, header: Header) -> Index {
        let (blocks, firsts) = (Vec::new(), FxHashMap::default());
        Index { store, name: name.to_owned(), header, blocks, firsts, len: 0 }
    }

    /// Adds the next block.
    pub fn push(&mut self, block: Arc<Block>) {
        self.len += block.len();
        self.firsts.extend(block.firsts.iter().copied());
        self.blocks.push(block);
    }

    /// The trace's first line.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What is kept of an event.
    ///
    /// # Panics
    ///
    /// When the index does not have that place.
    #[must_use]
    pub fn outline(&self, at: EventIndex) -> Outline {
        self.blocks[at.0 / BLOCK_EVENTS].outlines[at.0 % BLOCK_EVENTS]
    }

    /// The event before it on its rank.
    #[must_use]
    pub fn previous(&self, at: EventIndex) -> Option<EventIndex> {
        to_index(*self.block(at)?.previous.get(at.0 % BLOCK_EVENTS)?)
    }

    /// The event after it on its rank.
    #[must_use]
    pub fn next(&self, at: EventIndex) -> Option<EventIndex> {
        self.known(load(self.block(at)?.nexts.get(at.0 % BLOCK_EVENTS)?))
    }

    /// A send's receive, or a receive's send.
    #[must_use]
    pub fn partner(&self, at: EventIndex) -> Option<EventIndex> {
        self.known(load(self.block(at)?.partners.get(at.0 % BLOCK_EVENTS)?))
    }

    /// A rank's first event.
    #[must_use]
    pub fn first(&self, rank: Rank) -> Option<EventIndex> {
        self.firsts.get(&rank).copied().and_then(to_index)
    }

    fn block(&self, at: EventIndex) -> Option<&Block> {
        self.blocks.get(at.0 / BLOCK_EVENTS).map(AsRef::as_ref)
    }

    /// The indexer may be further on than this index.
    fn known(&self, at: Option<EventIndex>) -> Option<EventIndex> {
        at.filter(|at| at.0 < self.len)
    }

    /// The sends among the first events whose receives are not among them, in the order of the trace.
    #[must_use]
    pub fn open(&self, events: usize) -> Vec<EventIndex> {
        let upto = events.min(self.len);
        let last = (upto / BLOCK_EVENTS + 1).min(self.blocks.len());
        let mut kept = self.blocks[..last].iter().enumerate().rev();
        let kept = kept.find_map(|(i, block)| Some((i, block.open.as_ref()?)));
        let Some((block, open)) = kept else { return Vec::new() };
        let is_open = |at: &EventIndex| {
            let partner = self.partner(*at).filter(|partner| partner.0 < upto);
            self.outline(*at).destination().is_some() && partner.is_none()
        };
        let before = open.iter().filter_map(|at| to_index(*at));
        before.chain((block * BLOCK_EVENTS..upto).map(EventIndex)).filter(is_open).collect()
    }

    /// Everything that happened before an event, in the order of the trace.
    #[must_use]
    pub fn past(&self, event: EventIndex) -> Vec<EventIndex> {
        let mut reached = vec![false; self.len];
        let mut to_visit = vec![event];
        while let Some(at) = to_visit.pop() {
            let is_receive = at.0 < self.len && self.outline(at).source().is_some();
            let send = self.partner(at).filter(|_| is_receive);
            for cause in self.previous(at).into_iter().chain(send) {
                if !std::mem::replace(&mut reached[cause.0], true) {
                    to_visit.push(cause);
                }
            }
        }
        let indices = reached.iter().enumerate().filter(|(_, is_in)| **is_in);
        indices.map(|(at, _)| EventIndex(at)).collect()
    }

    /// The lines, to be read again.
    #[must_use]
    pub fn lines(&self) -> Lines<'_> {
        Lines { index: self, start: 0, window: Vec::new(), window_bytes: WINDOW_BYTES }
    }

    /// Reads the line of one event.
    ///
    /// # Errors
    ///
    /// As [`Lines::event`].
    ///
    /// # Panics
    ///
    /// When the index does not have that place.
    pub fn event(&self, at: EventIndex) -> Result<Event, ReadError> {
        Lines { window_bytes: 0, ..self.lines() }.event(at)
    }

    /// Where the line of an event begins, and where it ends.
    fn span(&self, at: EventIndex) -> (u64, u64) {
        let block = &self.blocks[at.0 / BLOCK_EVENTS];
        let next = block.outlines.get(at.0 % BLOCK_EVENTS + 1);
        (self.outline(at).offset, next.map_or(block.end, |next| next.offset))
    }

    fn error(&self, at: EventIndex, problem: Problem) -> ReadError {
        ReadError { name: self.name.clone(), line: at.line() as u64, column: None, problem }
    }
}

/// The lines of an indexed trace: those that stand close to each other are read together.
#[derive(Debug)]
pub struct Lines<'i> {
    index: &'i Index,
    /// Where the window begins, in bytes.
    start: u64,
    window: Vec<u8>,
    window_bytes: usize,
}

impl Lines<'_> {
    /// Reads an event's line.
    ///
    /// # Errors
    ///
    /// When it cannot be read any more, or is not what it was when it was indexed.
    ///
    /// # Panics
    ///
    /// When the index does not have that place.
    pub fn event(&mut self, at: EventIndex) -> Result<Event, ReadError> {
        let index = self.index;
        let line = self.line(at).map_err(|problem| index.error(at, problem))?;
        let event = event_in(line, index.header.ranks);
        let outline = index.outline(at);
        event
            .filter(|event| Outline::of(event, outline.offset) == outline)
            .ok_or_else(|| index.error(at, Problem::Changed))
    }

    fn line(&mut self, at: EventIndex) -> Result<&[u8], Problem> {
        let (start, end) = self.index.span(at);
        let is_there = self.start <= start && end <= self.start + self.window.len() as u64;
        if !is_there {
            self.read(start, end)?;
        }
        let within = |offset: u64| usize::try_from(offset - self.start).expect("it is in memory");
        Ok(&self.window[within(start)..within(end)])
    }

    /// Reads a line, and those behind it that a window has room for.
    fn read(&mut self, start: u64, end: u64) -> Result<(), Problem> {
        let length = usize::try_from(end - start).expect("a line is no longer than its limit");
        self.window.resize(length.max(self.window_bytes), 0);
        let read = self.index.store.read_from(start, &mut self.window);
        self.start = start;
        self.window.truncate(*read.as_ref().unwrap_or(&0));
        match read {
            Ok(read) if read >= length => Ok(()),
            Ok(_) => Err(Problem::Changed),
            Err(error) => Err(Problem::Io(error)),
        }
    }
}

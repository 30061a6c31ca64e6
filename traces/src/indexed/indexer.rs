//! One pass over a trace, from its first line to its last.

use std::io::BufReader;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::block::{BLOCK_EVENTS, Block, NONE, Outline, load, store, to_index};
use super::store::{Store, StoreReader};
use crate::calls::Call;
use crate::event::{Footer, Header, Op};
use crate::jsonl::{Completeness, Problem, ReadError, Reader};
use crate::matching::{Apart, Channel, Open};

/// How much is read at once.
const READ_BYTES: usize = 1 << 20;

/// Open sends are kept with a block when they are no more than this many for each event since they were
/// kept the last time: so all of them together take no more than the events do.
const OPEN_AN_EVENT: usize = 4;

/// Indexes a trace, block by block.
#[derive(Debug)]
pub struct Indexer {
    reader: Reader<BufReader<StoreReader>>,
    bytes: u64,
    open: FxHashMap<Channel, Open<u32>>,
    /// The last event of each rank, by rank.
    lasts: Vec<u32>,
    done: Vec<Arc<Block>>,
    current: Block,
    /// How many sends have no receive yet.
    open_sends: usize,
    /// The block whose open sends were kept last.
    kept: usize,
    outcome: Option<Result<(), ReadError>>,
    calls: IndexedCalls,
}

/// The calls that stand behind the events of a trace.
#[derive(Debug, Default)]
pub struct IndexedCalls {
    /// Those that are kept: all of them, or the first [`MOST_CALLS`].
    pub calls: Vec<Call>,
    /// How many came after those.
    pub left_out: u64,
}

/// The most calls that are kept: they take some 100 MB.
pub const MOST_CALLS: usize = 1 << 18;

impl Indexer {
    /// Reads the header. The name is what errors call the trace.
    ///
    /// # Errors
    ///
    /// When the first line is not the header of a trace of this version.
    pub fn new(store: Store, name: &str) -> Result<Indexer, ReadError> {
        let bytes = store.len().unwrap_or(0);
        let stream = BufReader::with_capacity(READ_BYTES, store.reader());
        Ok(Indexer {
            reader: Reader::new(stream, name)?,
            bytes,
            open: FxHashMap::default(),
            lasts: Vec::new(),
            done: Vec::new(),
            current: Block::new(Some(Box::default())),
            open_sends: 0,
            kept: 0,
            outcome: None,
            calls: IndexedCalls::default(),
        })
    }

    /// The trace's first line.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.reader.header()
    }

    /// How many hundredths of the bytes have been read.
    #[must_use]
    pub fn hundredths(&self) -> u8 {
        let hundredths = self.reader.end_of_line().saturating_mul(100) / self.bytes.max(1);
        u8::try_from(hundredths.min(100)).expect("a hundred at most")
    }

    /// The next block; `None` after the last.
    pub fn advance(&mut self) -> Option<Arc<Block>> {
        while self.outcome.is_none() && self.current.len() < BLOCK_EVENTS {
            let calls = &mut self.calls;
            match self.reader.next_sketch(|call| calls.take(call)) {
                Ok(Some(_)) if self.count() == NONE as usize => {
                    let problem = self.reader.error(Problem::TooMany);
                    self.outcome = Some(Err(problem));
                }
                Ok(Some(sketch)) => self.add(sketch.outline, sketch.apart),
                Ok(None) => self.outcome = Some(Ok(())),
                Err(error) => self.outcome = Some(Err(error)),
            }
        }
        (!self.current.is_empty()).then(|| self.hand_over())
    }

    /// The calls behind the events: known after the last block.
    pub fn take_calls(&mut self) -> IndexedCalls {
        std::mem::take(&mut self.calls)
    }

    /// How the trace ends: its last line, where it has one, and whether it is all there. Known after the
    /// last block.
    ///
    /// # Errors
    ///
    /// What is wrong with the first line that is not one that a trace may have there. What stands before
    /// it has been indexed.
    pub fn finish(self) -> Result<(Option<Footer>, Completeness), ReadError> {
        self.outcome.unwrap_or(Ok(()))?;
        Ok((self.reader.footer().cloned(), self.reader.completeness()))
    }

    fn count(&self) -> usize {
        self.done.len() * BLOCK_EVENTS + self.current.len()
    }

    fn add(&mut self, outline: Outline, apart: Apart) {
        let at = u32::try_from(self.count()).expect("there are fewer than that");
        let previous = self.succeed(outline.rank.index(), at);
        if previous == NONE {
            self.current.firsts.push((outline.rank, at));
        }
        self.current.push(outline, previous);
        self.current.end = self.reader.end_of_line();
        if let Some(next) = to_index(previous) {
            store(&self.block(next.0).nexts[next.0 % BLOCK_EVENTS], at);
        }
        let (sender, receiver) = outline.way();
        let channel = Channel { sender, receiver, tag: outline.tag, apart };
        self.find_partner(channel, outline.op, at);
    }

    /// Notes a rank's last event, and gives the one before.
    fn succeed(&mut self, rank: usize, at: u32) -> u32 {
        if rank >= self.lasts.len() {
            self.lasts.resize(rank + 1, NONE);
        }
        std::mem::replace(&mut self.lasts[rank], at)
    }

    fn find_partner(&mut self, channel: Channel, op: Op, at: u32) {
        let open = self.open.entry(channel).or_default();
        let partner = open.partner_or_wait(op, at);
        match (partner, op) {
            (None, Op::Send) => self.open_sends += 1,
            (Some(_), Op::Recv) => self.open_sends -= 1,
            (None, Op::Recv) | (Some(_), Op::Send) => {}
        }
        if let Some(partner) = partner {
            let link = |at: u32| &self.block(at as usize).partners[at as usize % BLOCK_EVENTS];
            store(link(partner), at);
            store(link(at), partner);
        }
    }

    fn block(&self, at: usize) -> &Block {
        self.done.get(at / BLOCK_EVENTS).map_or(&self.current, AsRef::as_ref)
    }

    fn hand_over(&mut self) -> Arc<Block> {
        let open = self.open_before_next();
        let block = Arc::new(std::mem::replace(&mut self.current, Block::new(open)));
        self.done.push(Arc::clone(&block));
        block
    }

    /// The sends up to here whose receives are still to come.
    fn open_before_next(&mut self) -> Option<Box<[u32]>> {
        let next = self.done.len() + 1;
        if self.open_sends > (next - self.kept) * BLOCK_EVENTS * OPEN_AN_EVENT {
            return None;
        }
        let is_open = |at: &u32| {
            let (block, i) = (self.block(*at as usize), *at as usize % BLOCK_EVENTS);
            block.outlines[i].destination().is_some() && load(&block.partners[i]).is_none()
        };
        let kept = self.block(self.kept * BLOCK_EVENTS).open.iter().flat_map(|open| open.iter());
        let since = u32::try_from(self.kept * BLOCK_EVENTS).unwrap_or(NONE);
        let here = u32::try_from(self.count()).unwrap_or(NONE);
        let open = kept.copied().chain(since..here).filter(is_open).collect();
        self.kept = next;
        Some(open)
    }
}

impl IndexedCalls {
    fn take(&mut self, call: Call) {
        if self.calls.len() < MOST_CALLS {
            self.calls.push(call);
        } else {
            self.left_out += 1;
        }
    }
}

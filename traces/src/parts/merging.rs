//! The parts of a run merged as they are read, in memory that does not grow with them.
//!
//! They are gone through twice: once to see whether they are parts of one run, which places and communicators they
//! name, and which receives overtook others; and once more to put them into order. Between the two, and behind
//! the messages under way, nothing of them is held.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufReader, Read as _, Take};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::stretch::{OnRead, Stretch};
use super::worlds::Worlds;
use super::{GatherError, Gathered, bytes_with_header, part_names};
use crate::calls::files::{self, CallLines};
use crate::calls::{Call, Numbers, Tables};
use crate::diagnosis::{Beforehand, Condensed};
use crate::event::{Event, Footer, Header, Op, Rank, Source, Trace};
use crate::event_index::EventIndex;
use crate::jsonl::{Completeness, Reader, Sketch};
use crate::merge::{
    Collect, MergeError, Merged, Order, OrderError, Placed, RankEvents, Takes, Watch, Way,
    differing_field, how_well,
};

/// How much of all parts together is read ahead.
const AHEAD_BYTES: usize = 1 << 24;

/// How much of each is read ahead, at least and at most.
const LEAST_AHEAD_BYTES: usize = 1 << 13;
const MOST_AHEAD_BYTES: usize = 1 << 18;

/// The parts of a run on their way to one trace.
#[derive(Debug)]
pub struct Merging {
    folder: PathBuf,
    header: Header,
    tables: Vec<Call>,
    order: Order<PartEvents>,
    /// The parts whose calls are still to come, the next one last, and the calls of the part before them.
    calls_ahead: Vec<Rc<Part>>,
    calls: Option<(Rc<Part>, CallLines)>,
    outcome: Outcome,
    names: Vec<String>,
    bytes: u64,
    is_of_messages: bool,
    on_read: OnRead,
    /// What has to be known of the calls before the events come, for a diagnosis of less than all.
    beforehand: Beforehand,
    exited: BTreeSet<Rank>,
}

/// What merging has come to, beside the events and the calls.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The files that were cut off: their ranks died or were stopped as they ran.
    pub cut_off: Vec<PathBuf>,
    /// The ranks that the header promises and no file is there for.
    pub missing: Vec<Rank>,
    /// How the run ended; `None` when a part is missing or was cut off.
    pub footer: Option<Footer>,
    /// How many events of each rank depend on messages whose sends are lost; ranks that have none are not named.
    pub left_out: BTreeMap<Rank, usize>,
}

impl Merging {
    /// Goes through the parts in a folder for the first time.
    ///
    /// A part counts as cut off where its last line is, where zero bytes stand in place of what was never
    /// written, and where it holds nothing, since its rank died before it wrote its header. Whoever is given is
    /// told of all that is read, now and later: twice [`Merging::bytes_in`].
    ///
    /// # Errors
    ///
    /// When the folder cannot be read or does not hold the parts of one run.
    pub fn open(folder: &Path, on_read: &OnRead) -> Result<Merging, GatherError> {
        let names = part_names(folder)?;
        let worlds = Worlds::of(folder, &names);
        let mut survey = Survey { worlds, ..Survey::default() };
        for (rank, name) in names {
            survey.add(folder, (rank, name), on_read)?;
        }
        survey.into_merging(folder, on_read)
    }

    /// How many bytes there are in a folder's parts and beside them; what cannot be read counts as nothing.
    #[must_use]
    pub fn bytes_in(folder: &Path) -> u64 {
        let bytes = |(rank, name): (Rank, String)| {
            fs::metadata(folder.join(name)).map_or(0, |found| found.len())
                + files::length(folder, rank)
        };
        part_names(folder).unwrap_or_default().into_iter().map(bytes).sum()
    }

    /// How many bytes were written to the parts and beside them.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The first line.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether there is nothing to write but messages of which no more is known than version 1 of the format says.
    #[must_use]
    pub fn is_of_messages(&self) -> bool {
        self.is_of_messages
    }

    /// The tables of places and communicators, which stand before all other calls. They can be changed as long as
    /// no number is.
    pub fn tables(&mut self) -> &mut Vec<Call> {
        &mut self.tables
    }

    /// The ranks whose process has said that it ends.
    #[must_use]
    pub fn exited(&self) -> &BTreeSet<Rank> {
        &self.exited
    }

    /// What is to be shown all events and calls, to say afterwards what is wrong with the run; asked for once, when
    /// the tables are what they are to be.
    pub fn condensed(&mut self) -> Condensed {
        let beforehand = std::mem::take(&mut self.beforehand);
        Condensed::new(self.header.clone(), beforehand, &self.tables)
    }

    /// The next event in the order of the trace; `None` after the last.
    ///
    /// # Errors
    ///
    /// When a part cannot be read any more, or holds what no run does.
    pub fn next_event(&mut self) -> Result<Option<Placed>, GatherError> {
        let placed =
            self.order.next().map_err(|error| not_ordered(error, &self.folder, &self.names))?;
        if let Some(placed) = placed.as_ref().filter(|placed| placed.is_left_out) {
            *self.outcome.left_out.entry(placed.event.rank).or_default() += 1;
        }
        Ok(placed)
    }

    /// The next call that stands in no table; `None` after the last.
    ///
    /// # Errors
    ///
    /// When the calls of a part cannot be read any more.
    pub fn next_call(&mut self) -> Result<Option<Call>, GatherError> {
        loop {
            let Some((part, lines)) = &mut self.calls else {
                let Some(part) = self.calls_ahead.pop() else { return Ok(None) };
                let whose = (part.file.rank, self.header.ranks);
                self.calls =
                    Some((Rc::clone(&part), CallLines::open(&self.folder, whose, &self.on_read)?));
                continue;
            };
            match lines.next()? {
                Some(Call::Address(_) | Call::Place(_) | Call::Communicator(_)) => {}
                Some(mut call) => {
                    call.renumber(&part.numbers);
                    return Ok(Some(call));
                }
                None => self.calls = None,
            }
        }
    }

    /// What it has come to, when the last event was given.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Holds all that is still to come in memory.
    ///
    /// # Errors
    ///
    /// When a part cannot be read any more, or holds what no run does.
    pub fn gather(mut self) -> Result<Gathered, GatherError> {
        let (header, calls) = (self.header.clone(), std::mem::take(&mut self.tables));
        let trace = Trace { header, events: Vec::new(), calls, footer: None };
        let mut merged = Merged { trace, orphans: Vec::new() };
        let mut depending = Vec::new();
        while let Some(placed) = self.next_event()? {
            if placed.is_left_out {
                depending.push(EventIndex(merged.trace.events.len()));
            }
            merged.add(placed);
        }
        while let Some(call) = self.next_call()? {
            merged.trace.calls.push(call);
        }
        let Outcome { cut_off, missing, footer, .. } = self.outcome;
        merged.trace.footer = footer;
        Ok(Gathered { merged, cut_off, missing, depending })
    }
}

fn not_ordered(error: OrderError<GatherError>, folder: &Path, names: &[String]) -> GatherError {
    match error {
        OrderError::Source(error) => error,
        OrderError::Circular { rank, index } => {
            let error = MergeError::Circular { rank, index };
            GatherError::Merge { folder: folder.to_owned(), names: names.to_vec(), error }
        }
    }
}

/// The file of a part.
#[derive(Debug)]
struct PartFile {
    rank: Rank,
    path: PathBuf,
    /// How many bytes of it were written.
    bytes: u64,
    /// How many ranks there are in all, where its header does not know that.
    ranks: Option<u32>,
}

/// A part that has come as far as the end of its header.
#[derive(Debug)]
struct Part {
    file: PartFile,
    header: Header,
    footer: Option<Footer>,
    events: u64,
    numbers: Numbers,
}

impl PartFile {
    /// Its events, read from the first on, so much of them at once.
    fn read(&self, ahead_bytes: usize, on_read: &OnRead) -> Result<PartReader, GatherError> {
        let fails = |error| GatherError::Io { path: self.path.clone(), error };
        let (stretch, _) = Stretch::open(&self.path, on_read).map_err(fails)?;
        let read = BufReader::with_capacity(ahead_bytes, stretch.take(self.bytes));
        let mut reader = Reader::new(read, &self.path.to_string_lossy())?;
        if let Some(ranks) = self.ranks {
            reader.count_ranks(ranks);
        }
        Ok(reader)
    }
}

/// A part whose events were gone through, and which message receives take on those of its ways where they overtake
/// each other, by its own numbers.
struct Seen {
    part: Part,
    takes: Vec<(Way, Takes)>,
}

type PartReader = Reader<BufReader<Take<Stretch>>>;

/// What was seen of the parts when they were gone through for the first time.
#[derive(Debug, Default)]
struct Survey {
    ranks: BTreeSet<Rank>,
    names: Vec<String>,
    parts: Vec<Part>,
    tables: Tables,
    takes: BTreeMap<Way, Takes>,
    cut_off: Vec<PathBuf>,
    bytes: u64,
    has_more: bool,
    beforehand: Beforehand,
    exited: BTreeSet<Rank>,
    worlds: Worlds,
}

impl Survey {
    fn add(
        &mut self,
        folder: &Path,
        (rank, name): (Rank, String),
        on_read: &OnRead,
    ) -> Result<(), GatherError> {
        let path = folder.join(&name);
        self.ranks.insert(rank);
        let fails = |error| GatherError::Io { path: path.clone(), error };
        // A pipe would be waited for when it is opened.
        if !fs::metadata(&path).map_err(fails)?.is_file() {
            return Err(GatherError::NoFile { path });
        }
        let mut file = File::open(&path).map_err(fails)?;
        let Some(bytes) = bytes_with_header(&mut file).map_err(fails)? else {
            self.cut_off.push(path);
            return Ok(());
        };
        self.bytes += bytes;
        let ranks = self.worlds.all();
        let part = self.events(PartFile { rank, path, bytes, ranks }, on_read)?;
        let part = self.calls(folder, part, on_read)?;
        self.names.push(name);
        self.parts.push(part);
        Ok(())
    }

    /// Goes through the events of a part.
    fn events(&mut self, file: PartFile, on_read: &OnRead) -> Result<Seen, GatherError> {
        let mut reader = file.read(MOST_AHEAD_BYTES, on_read)?;
        let mut watch = Watch::default();
        let mut events = 0;
        while let Some(sketch) = reader.next_sketch(|_| {})? {
            of_rank(&sketch, &file, &reader)?;
            events += 1;
            self.has_more |= sketch.has_more;
            if let Some((way, post)) = receive(&sketch) {
                watch.see(way, post);
            }
        }
        if reader.completeness() != Completeness::Whole {
            self.cut_off.push(file.path.clone());
        }
        let (header, footer) = (reader.header().clone(), reader.footer().cloned());
        let takes = Survey::takes(&file, watch)?;
        let numbers = Numbers::default();
        Ok(Seen { part: Part { file, header, footer, events, numbers }, takes })
    }

    /// Goes once more through a part in which receives overtake each other.
    fn takes(file: &PartFile, watch: Watch) -> Result<Vec<(Way, Takes)>, GatherError> {
        let found = watch.found();
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let mut collect = Collect::on(found);
        let mut reader = file.read(MOST_AHEAD_BYTES, &OnRead::nobody())?;
        while let Some(sketch) = reader.next_sketch(|_| {})? {
            if let Some((way, post)) = receive(&sketch) {
                collect.see(way, post);
            }
        }
        Ok(collect.takes().collect())
    }

    /// Goes through the calls of a part: from then on, its numbers are known.
    fn calls(
        &mut self,
        folder: &Path,
        Seen { mut part, takes }: Seen,
        on_read: &OnRead,
    ) -> Result<Part, GatherError> {
        let rank = part.file.rank;
        let mut lines = CallLines::open(folder, (rank, part.header.ranks), on_read)?;
        self.bytes += files::length(folder, rank);
        while let Some(call) = lines.next()? {
            self.has_more = true;
            let Some(call) = self.tables.take(&mut part.numbers, call) else { continue };
            if let Call::Exit(exit) = &call {
                self.exited.insert(exit.rank);
            }
            self.beforehand.see(rank, &call);
        }
        self.beforehand.end_of_rank();
        for (way, takes) in takes {
            self.takes.insert(Way { comm: part.numbers.comm(way.comm), ..way }, takes);
        }
        Ok(part)
    }

    fn into_merging(mut self, folder: &Path, on_read: &OnRead) -> Result<Merging, GatherError> {
        let folder = folder.to_owned();
        let Some(first) = self.parts.first() else {
            let are_there = !self.cut_off.is_empty();
            let none = GatherError::NoParts { folder: folder.clone() };
            return Err(if are_there { GatherError::Empty { folder } } else { none });
        };
        let header = first.header.clone();
        if let Err(error) = of_one_run(&self.parts) {
            return Err(GatherError::Merge { folder, names: self.names, error });
        }
        let missing: Vec<Rank> =
            (0..header.ranks).map(Rank).filter(|rank| !self.ranks.contains(rank)).collect();
        let is_whole = missing.is_empty() && self.cut_off.is_empty();
        let footer = common_footer(&self.parts).filter(|_| is_whole);
        let parts: Vec<Rc<Part>> = self.parts.into_iter().map(Rc::new).collect();
        let ahead = (AHEAD_BYTES / parts.len()).clamp(LEAST_AHEAD_BYTES, MOST_AHEAD_BYTES);
        let with_events = parts.iter().filter(|part| part.events > 0);
        let ranks: Result<Vec<(Rank, PartEvents)>, GatherError> = with_events
            .map(|part| Ok((part.file.rank, PartEvents::of(Rc::clone(part), ahead, on_read)?)))
            .collect();
        let order = Order::of(ranks?, self.takes, header.source == Source::Recorded);
        let order = order.map_err(|error| not_ordered(error, &folder, &self.names))?;
        if let Some(size) = self.worlds.first_of_several() {
            self.tables.world(size);
        }
        Ok(Merging {
            folder,
            header,
            tables: self.tables.into_lines(),
            order,
            calls_ahead: parts.into_iter().rev().collect(),
            calls: None,
            outcome: Outcome { cut_off: self.cut_off, missing, footer, left_out: BTreeMap::new() },
            names: self.names,
            bytes: self.bytes,
            is_of_messages: !self.has_more,
            on_read: on_read.clone(),
            beforehand: self.beforehand,
            exited: self.exited,
        })
    }
}

/// The way of a receive, with the numbers of its rank, and its place in the order of posting.
fn receive(sketch: &Sketch) -> Option<(Way, crate::calls::Post)> {
    sketch.outline.source()?;
    Some((way(sketch), sketch.post?))
}

fn way(sketch: &Sketch) -> Way {
    let Sketch { outline, apart, .. } = sketch;
    let (sender, receiver) = match outline.op {
        Op::Send => (outline.rank, outline.peer),
        Op::Recv => (outline.peer, outline.rank),
    };
    Way { comm: apart.comm, sender, receiver, tag: outline.tag }
}

fn of_rank(sketch: &Sketch, file: &PartFile, reader: &PartReader) -> Result<(), GatherError> {
    let (found, expected) = (sketch.outline.rank, file.rank);
    if found == expected {
        return Ok(());
    }
    let line = usize::try_from(reader.line()).unwrap_or(usize::MAX);
    Err(GatherError::OtherRank { path: file.path.clone(), line, found, expected })
}

fn of_one_run(parts: &[Part]) -> Result<(), MergeError> {
    let mut holders: BTreeMap<Rank, usize> = BTreeMap::new();
    for (i, part) in parts.iter().enumerate() {
        if let Some(field) = differing_field(&parts[0].header, &part.header) {
            return Err(MergeError::HeadersDiffer { part: i + 1, field });
        }
    }
    for (i, part) in parts.iter().enumerate().filter(|(_, part)| part.events > 0) {
        if let Some(first) = holders.insert(part.file.rank, i) {
            return Err(MergeError::RankTwice {
                rank: part.file.rank,
                first: first + 1,
                second: i + 1,
            });
        }
    }
    Ok(())
}

/// The worst of the endings, when every part has one.
fn common_footer(parts: &[Part]) -> Option<Footer> {
    let footers: Option<Vec<&Footer>> = parts.iter().map(|part| part.footer.as_ref()).collect();
    let worst = footers?.into_iter().min_by_key(|footer| how_well(&footer.ending))?;
    let events = parts.iter().map(|part| part.events).sum();
    Some(Footer { ending: worst.ending.clone(), events })
}

/// The events of a part, for the second time.
#[derive(Debug)]
struct PartEvents {
    part: Rc<Part>,
    reader: PartReader,
    taken: u64,
}

impl PartEvents {
    fn of(part: Rc<Part>, ahead_bytes: usize, on_read: &OnRead) -> Result<PartEvents, GatherError> {
        let reader = part.file.read(ahead_bytes, on_read)?;
        Ok(PartEvents { part, reader, taken: 0 })
    }
}

impl RankEvents for PartEvents {
    type Error = GatherError;

    fn next(&mut self) -> Result<Option<Event>, GatherError> {
        let mut event = self.reader.next_event()?;
        self.taken += u64::from(event.is_some());
        event.iter_mut().for_each(|event| self.part.numbers.renumber_event(event));
        Ok(event)
    }

    fn sends_ahead(&mut self, on: Way, most: u64) -> Result<u64, GatherError> {
        let mut reader = self.part.file.read(MOST_AHEAD_BYTES, &OnRead::nobody())?;
        let (mut at, mut sends) = (0, 0);
        while sends < most
            && let Some(sketch) = reader.next_sketch(|_| {})?
        {
            let found = way(&sketch);
            let is_on_way = Way { comm: self.part.numbers.comm(found.comm), ..found } == on;
            let is_ahead = at >= self.taken && sketch.outline.source().is_none();
            sends += u64::from(is_ahead && is_on_way);
            at += 1;
        }
        Ok(sends)
    }
}

//! Reading a trace, line by line.

use std::io::{BufRead, Read as _};

use super::error::{Foreign, Problem, ReadError};
use super::fields::Fault;
use super::line::{self, Line};
use super::scan::{Sketch, scan};
use crate::calls::Call;
use crate::event::{Event, Footer, Header, Trace};

/// The longest line that is read: a longer one is refused before it is in memory.
pub const LIMIT_LINE_BYTES: u64 = 64 << 20;

/// Words that open the lines of a scenario, which users pass by mistake.
const SCENARIO_WORDS: [&str; 10] =
    ["put", "get", "add", "remove", "end", "ranks", "seed", "window", "latency", "protocol"];

/// Whether a trace is all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// It has its footer.
    Whole,
    /// It has no footer: the run was cut off after its last event.
    CutOff,
    /// It has no footer, and its last line ends in the middle: everything before it was used.
    CutOffInLine {
        /// The line that was not used.
        line: u64,
    },
}

/// Reads a trace from a source of bytes, event by event, and holds no more than a line of it.
///
/// Blank lines are taken at the end only; CRLF ends a line as LF does; fields that are not known are
/// passed over. After an error it gives nothing more.
///
/// ```
/// use ringscope_traces::{Ending, Rank, Reader};
///
/// let file = r#"{"trace":1,"source":"sim","protocol":"classic","ranks":8,"time":"virtual"}
/// {"rank":7,"n":0,"op":"send","peer":0,"tag":0,"data":[9,100],"t":0,"clock":1}
/// {"end":"deadlock","events":1}
/// "#;
/// let mut reader = Reader::new(file.as_bytes(), "put.jsonl")?;
/// assert_eq!(reader.header().ranks, 8);
/// while let Some(event) = reader.next_event()? {
///     assert_eq!(event.destination(), Some(Rank(0)));
/// }
/// // The footer is known when the last event has been read.
/// assert_eq!(reader.footer().map(|footer| &footer.ending), Some(&Ending::Deadlock));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    header: Header,
    footer: Option<Footer>,
    completeness: Completeness,
    finished: bool,
    /// Whether a line of a call has come: then there are no more events.
    has_calls: bool,
}

/// A line between the first and the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceLine {
    /// A message that was sent or received.
    Event(Event),
    /// Anything else that a rank has called.
    Call(Call),
}

impl<R: BufRead> Reader<R> {
    /// Reads the header. The name is what errors call the file.
    ///
    /// # Errors
    ///
    /// When the first line is not the header of a trace of this version.
    pub fn new(read: R, name: &str) -> Result<Self, ReadError> {
        let name = name.to_owned();
        let mut lines = Lines { read, name, number: 0, start: 0, end: 0, bytes: Vec::new() };
        let header = lines.header()?;
        let completeness = Completeness::CutOff;
        let (footer, finished, has_calls) = (None, false, false);
        Ok(Reader { lines, header, footer, completeness, finished, has_calls })
    }

    /// The trace's first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Counts that many ranks, since the file is a part of what has more than its header knew.
    pub(crate) fn count_ranks(&mut self, ranks: u32) {
        self.header.ranks = ranks;
    }

    /// The next event; `None` after the last. Lines of calls are passed over.
    ///
    /// # Errors
    ///
    /// When the next line is not one that a trace may have there.
    pub fn next_event(&mut self) -> Result<Option<Event>, ReadError> {
        loop {
            match self.next_line()? {
                Some(TraceLine::Event(event)) => return Ok(Some(event)),
                Some(TraceLine::Call(_)) => {}
                None => return Ok(None),
            }
        }
    }

    /// The next event or call; `None` after the last.
    ///
    /// # Errors
    ///
    /// When the next line is not one that a trace may have there.
    pub fn next_line(&mut self) -> Result<Option<TraceLine>, ReadError> {
        if self.finished {
            return Ok(None);
        }
        self.finished = true;
        let Some(ended) = self.lines.next_filled()? else { return Ok(None) };
        match self.lines.event_or_footer(self.header.ranks) {
            Ok(Line::Event(_)) if self.has_calls => {
                Err(self.lines.error(Problem::EventBelowCalls.into()))
            }
            Ok(Line::Event(event)) => {
                self.finished = false;
                Ok(Some(TraceLine::Event(event)))
            }
            Ok(Line::Call(call)) => {
                (self.finished, self.has_calls) = (false, true);
                Ok(Some(TraceLine::Call(call)))
            }
            Ok(Line::Footer(footer)) => {
                self.footer = Some(footer);
                self.completeness = Completeness::Whole;
                self.nothing_follows().map(|()| None)
            }
            Err(fault) if !ended && matches!(fault.problem, Problem::EndsEarly) => {
                self.completeness = Completeness::CutOffInLine { line: self.lines.number };
                Ok(None)
            }
            Err(fault) => Err(self.lines.error(fault)),
        }
    }

    /// What is told of the next event without its payload; `None` after the last. Lines of calls are handed to `take`.
    ///
    /// # Errors
    ///
    /// As [`Reader::next_line`].
    pub(crate) fn next_sketch(
        &mut self,
        mut take: impl FnMut(Call),
    ) -> Result<Option<Sketch>, ReadError> {
        if !self.finished
            && let Some(sketch) = self.lines.scan(self.header.ranks)
        {
            return Ok(Some(sketch));
        }
        loop {
            match self.next_line()? {
                Some(TraceLine::Event(event)) => {
                    return Ok(Some(Sketch::of(&event, self.lines.start)));
                }
                Some(TraceLine::Call(call)) => take(call),
                None => return Ok(None),
            }
        }
    }

    /// Where the line that was read last ends, in bytes from the start.
    pub(crate) fn end_of_line(&self) -> u64 {
        self.lines.end
    }

    /// That something is wrong with the line that was read last.
    pub(crate) fn error(&self, problem: Problem) -> ReadError {
        self.lines.error(problem.into())
    }

    /// The number of the line that was read last, from 1.
    pub fn line(&self) -> u64 {
        self.lines.number
    }

    /// The trace's last line: known after the last event, and `None` when the run was cut off.
    pub fn footer(&self) -> Option<&Footer> {
        self.footer.as_ref()
    }

    /// Whether the trace is all there: known after the last event.
    pub fn completeness(&self) -> Completeness {
        self.completeness
    }

    fn nothing_follows(&mut self) -> Result<(), ReadError> {
        match self.lines.next_filled()? {
            None => Ok(()),
            Some(_) => Err(self.lines.error(Problem::AfterFooter.into())),
        }
    }
}

/// The events, each or the error that ends them.
impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_event().transpose()
    }
}

/// Reads a whole trace into memory. The name is what errors call the file.
///
/// ```
/// use ringscope_traces::{Completeness, read_trace};
///
/// let file = r#"{"trace":1,"source":"sim","protocol":"classic","ranks":8,"time":"virtual"}
/// {"rank":7,"n":0,"op":"send","peer":0,"tag":0,"data":[9,100],"t":0,"clock":1}
/// "#;
/// let (trace, completeness) = read_trace(file.as_bytes(), "put.jsonl")?;
/// assert_eq!(trace.events.len(), 1);
/// assert_eq!(completeness, Completeness::CutOff);
///
/// let wrong = file.replace("\"send\"", "\"sent\"");
/// let error = read_trace(wrong.as_bytes(), "put.jsonl").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"put.jsonl:2:22: the field `op` is "sent", expected "send" or "recv""#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When a line is not one that a trace may have there.
pub fn read_trace<R: BufRead>(read: R, name: &str) -> Result<(Trace, Completeness), ReadError> {
    let mut reader = Reader::new(read, name)?;
    let (mut events, mut calls) = (Vec::new(), Vec::new());
    while let Some(line) = reader.next_line()? {
        match line {
            TraceLine::Event(event) => events.push(event),
            TraceLine::Call(call) => calls.push(call),
        }
    }
    let Reader { header, footer, completeness, .. } = reader;
    Ok((Trace { header, events, calls, footer }, completeness))
}

/// The event that a line is, if it is one.
pub(crate) fn event_in(line: &[u8], ranks: u32) -> Option<Event> {
    let line = str::from_utf8(without_end(line)).ok()?;
    match line::event_or_footer(line, ranks) {
        Ok(Line::Event(event)) => Some(event),
        Ok(Line::Call(_) | Line::Footer(_)) | Err(_) => None,
    }
}

/// The call that a line is.
pub(crate) fn call_in(line: &[u8], ranks: u32) -> Result<Call, Problem> {
    let text = str::from_utf8(without_end(line)).map_err(|_| Problem::NotUtf8)?;
    if let Some(call) = line::call_fast(text, ranks) {
        return Ok(call);
    }
    match line::event_or_footer(text, ranks) {
        Ok(Line::Call(call)) => Ok(call),
        Ok(Line::Event(_) | Line::Footer(_)) => Err(Problem::Call("another line".to_owned())),
        Err(fault) => Err(fault.problem),
    }
}

/// The lines of a source, one at a time, and where they are.
#[derive(Debug)]
struct Lines<R> {
    read: R,
    name: String,
    number: u64,
    /// Where the line begins, in bytes from the start of the source, and where it ends.
    start: u64,
    end: u64,
    bytes: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Moves to the next line: `None` at the end, else whether the line has its line end.
    fn advance(&mut self) -> Result<Option<bool>, ReadError> {
        self.bytes.clear();
        self.number += 1;
        let read = self.read.by_ref().take(LIMIT_LINE_BYTES + 1).read_until(b'\n', &mut self.bytes);
        match read {
            Err(error) => Err(self.error(Problem::Io(error).into())),
            Ok(0) => {
                self.number -= 1;
                Ok(None)
            }
            Ok(read) => {
                (self.start, self.end) = (self.end, self.end + read as u64);
                Ok(Some(self.bytes.ends_with(b"\n")))
            }
        }
    }

    /// Moves to the next line if it is one of those that are read fast.
    fn scan(&mut self, ranks: u32) -> Option<Sketch> {
        // A source that fails does so again on the slow path, which reports it.
        let ahead = self.read.fill_buf().ok()?;
        let (sketch, length) = scan(ahead, ranks, self.end)?;
        self.read.consume(length);
        self.number += 1;
        (self.start, self.end) = (self.end, self.end + length as u64);
        Some(sketch)
    }

    /// Moves to the next line that is not blank, which must be the next one of all.
    fn next_filled(&mut self) -> Result<Option<bool>, ReadError> {
        let mut blank = None;
        while let Some(ended) = self.advance()? {
            let is_blank = self.bytes.trim_ascii().is_empty();
            match blank {
                None if !is_blank => return Ok(Some(ended)),
                Some(number) if !is_blank => {
                    self.number = number;
                    return Err(self.error(Problem::Blank.into()));
                }
                Some(_) => {}
                None => blank = Some(self.number),
            }
        }
        Ok(None)
    }

    fn header(&mut self) -> Result<Header, ReadError> {
        let read = self.advance()?;
        if read.is_none() {
            self.number = 1;
            return Err(self.error(Problem::Empty.into()));
        }
        match foreign(&self.bytes) {
            Some(foreign) => Err(self.error(Problem::Foreign(foreign).into())),
            None => self.text().and_then(line::header).map_err(|fault| self.error(fault)),
        }
    }

    fn event_or_footer(&self, ranks: u32) -> Result<Line, Fault> {
        line::event_or_footer(self.text()?, ranks)
    }

    /// The line's text without its end.
    fn text(&self) -> Result<&str, Fault> {
        let bytes = without_end(&self.bytes);
        if bytes.len() as u64 > LIMIT_LINE_BYTES {
            return Err(Problem::TooLong.into());
        }
        str::from_utf8(bytes).map_err(|error| {
            let is_cut = error.error_len().is_none() && !self.bytes.ends_with(b"\n");
            let problem = if is_cut { Problem::EndsEarly } else { Problem::NotUtf8 };
            Fault { at: Some(error.valid_up_to()), problem }
        })
    }

    fn error(&self, fault: Fault) -> ReadError {
        let Fault { at, problem } = fault;
        let before = at.map(|at| &self.bytes[..at.min(self.bytes.len())]);
        let column = before.map(|before| String::from_utf8_lossy(before).chars().count() + 1);
        ReadError { name: self.name.clone(), line: self.number, column, problem }
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// What a first line is that cannot be a header.
fn foreign(line: &[u8]) -> Option<Foreign> {
    match line {
        [0x1f, 0x8b, ..] => Some(Foreign::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Foreign::Zstd),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'{', 0, ..] | [0, b'{', ..] => Some(Foreign::Utf16),
        [0xef, 0xbb, 0xbf, ..] => Some(Foreign::ByteOrderMark),
        _ if line.trim_ascii_start().starts_with(b"{") => None,
        _ if is_scenario(line) => Some(Foreign::Scenario),
        _ => Some(Foreign::Other),
    }
}

fn is_scenario(line: &[u8]) -> bool {
    let word = line.trim_ascii_start().split(u8::is_ascii_whitespace).next().unwrap_or_default();
    word.starts_with(b"#") || SCENARIO_WORDS.iter().any(|known| known.as_bytes() == word)
}

//! Writing a trace, line by line.

use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Digest;
use super::calls::{put_completed, put_enter, put_leave, put_posted};
use crate::calls::{Any, Call, Details};
use crate::event::{Ending, Event, Header, MESSAGES_ONLY, Op, Trace, VERSION};
use crate::json::put_json;

/// How much is gathered before it is handed to the sink.
const BLOCK_BYTES: usize = 64 * 1024;

/// Writes a trace to a sink and computes its digest on the way.
///
/// It gathers lines into blocks itself: the sink needs no buffer. Given [`io::sink`], it is a digest
/// of a run that leaves no file. What was not flushed when it is dropped without [`Writer::finish`] is lost.
///
/// ```
/// use ringscope_traces::{Ending, Reader, Writer};
///
/// let file = r#"{"trace":1,"source":"sim","protocol":"classic","ranks":8,"time":"virtual"}
/// {"rank":7,"n":0,"op":"send","peer":0,"tag":0,"data":[9,100],"t":0,"clock":1}
/// {"end":"stopped","events":1}
/// "#;
/// let mut reader = Reader::new(file.as_bytes(), "put.jsonl")?;
/// let mut writer = Writer::new(Vec::new(), reader.header())?;
/// while let Some(event) = reader.next_event()? {
///     writer.event(&event)?;
/// }
/// let (written, digest) = writer.finish(&Ending::Stopped)?;
/// assert_eq!(written, file.as_bytes());
/// // The same run is the same file, and has the same SHA-256.
/// assert!(digest.to_string().starts_with("1c1a72dc"), "{digest}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer<W: Write> {
    sink: W,
    block: Vec<u8>,
    hash: Sha256,
    events: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a trace with its header.
    ///
    /// # Errors
    ///
    /// When the sink refuses the header.
    pub fn new(sink: W, header: &Header) -> io::Result<Self> {
        let block = Vec::with_capacity(BLOCK_BYTES + 1024);
        let mut writer = Writer { sink, block, hash: Sha256::new(), events: 0 };
        put_header(&mut writer.block, MESSAGES_ONLY, header)?;
        Ok(writer)
    }

    /// The same for a trace of more than messages: version 2 of the format.
    ///
    /// # Errors
    ///
    /// When the sink refuses the header.
    pub fn with_calls(sink: W, header: &Header) -> io::Result<Self> {
        let mut writer = Writer::new(sink, header)?;
        writer.block.clear();
        put_header(&mut writer.block, VERSION, header)?;
        Ok(writer)
    }

    /// Writes a call; all events have been written.
    ///
    /// # Errors
    ///
    /// When the sink refuses a block.
    pub fn call(&mut self, call: &Call) -> io::Result<()> {
        put_call(&mut self.block, call)?;
        if self.block.len() >= BLOCK_BYTES { self.hand_over() } else { Ok(()) }
    }

    /// Writes one event.
    ///
    /// # Errors
    ///
    /// When the sink refuses a block, or the payload cannot be written as JSON.
    pub fn event<D: Serialize>(&mut self, event: &Event<D>) -> io::Result<()> {
        put_event(&mut self.block, event, |block| put_json(block, &event.data))?;
        self.events += 1;
        if self.block.len() >= BLOCK_BYTES { self.hand_over() } else { Ok(()) }
    }

    /// Hands what has been gathered to the sink, so that whoever reads the file meanwhile sees it.
    ///
    /// # Errors
    ///
    /// When the sink refuses.
    pub fn flush(&mut self) -> io::Result<()> {
        self.hand_over()?;
        self.sink.flush()
    }

    /// The number of events written so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Ends the trace with its footer, and gives back the sink and the digest of all that was written.
    ///
    /// # Errors
    ///
    /// When the sink refuses.
    pub fn finish(mut self, ending: &Ending) -> io::Result<(W, Digest)> {
        put_footer(&mut self.block, ending, self.events)?;
        self.flush()?;
        Ok((self.sink, Digest(self.hash.finalize().into())))
    }

    /// Ends the trace without a footer, as one that was cut off, and gives back the sink.
    ///
    /// # Errors
    ///
    /// When the sink refuses.
    pub fn cut_off(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.sink)
    }

    fn hand_over(&mut self) -> io::Result<()> {
        self.hash.update(&self.block);
        self.sink.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }
}

/// Writes a whole trace that is in memory.
///
/// Without a footer it ends as it was read: cut off. The footer's count is the number of events that
/// were written, so that a file says what it holds.
///
/// # Errors
///
/// When the sink refuses.
pub fn write_trace<W: Write>(sink: W, trace: &Trace) -> io::Result<W> {
    let is_of_messages = trace.calls.is_empty() && trace.events.iter().all(|e| e.more.is_none());
    let begin = if is_of_messages { Writer::new } else { Writer::with_calls };
    let mut writer = begin(sink, &trace.header)?;
    for event in &trace.events {
        writer.event(event)?;
    }
    for call in &trace.calls {
        writer.call(call)?;
    }
    match &trace.footer {
        Some(footer) => Ok(writer.finish(&footer.ending)?.0),
        None => writer.cut_off(),
    }
}

/// Adds the first line of a trace of a version to a block.
///
/// # Errors
///
/// When a field cannot be written as JSON.
pub fn put_header(block: &mut Vec<u8>, version: u64, header: &Header) -> io::Result<()> {
    put_number(block, b"{\"trace\":", version);
    block.extend_from_slice(b",\"source\":");
    put_json(&mut *block, header.source.name())?;
    block.extend_from_slice(b",\"protocol\":");
    put_json(&mut *block, &header.protocol)?;
    put_number(block, b",\"ranks\":", header.ranks);
    if let Some(seed) = header.seed {
        put_number(block, b",\"seed\":", seed);
    }
    block.extend_from_slice(b",\"time\":");
    put_json(&mut *block, header.time.name())?;
    for (name, value) in &header.more {
        block.push(b',');
        put_json(&mut *block, name)?;
        block.push(b':');
        put_json(&mut *block, value)?;
    }
    block.extend_from_slice(b"}\n");
    Ok(())
}

/// Adds an event's line to a block; its payload is what `put_data` writes, which must be JSON.
///
/// # Errors
///
/// That of `put_data`.
pub fn put_event<D>(
    block: &mut Vec<u8>,
    event: &Event<D>,
    put_data: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    put_number(block, b"{\"rank\":", event.rank.0);
    put_number(block, b",\"n\":", event.n);
    block.extend_from_slice(match event.op {
        Op::Send => b",\"op\":\"send\"",
        Op::Recv => b",\"op\":\"recv\"",
    });
    put_number(block, b",\"peer\":", event.peer.0);
    put_number(block, b",\"tag\":", event.tag.0);
    block.extend_from_slice(b",\"data\":");
    put_data(block)?;
    put_number(block, b",\"t\":", event.t);
    put_number(block, b",\"clock\":", event.clock);
    if let Some(details) = &event.more {
        put_details(block, details);
    }
    block.extend_from_slice(b"}\n");
    Ok(())
}

fn put_details(block: &mut Vec<u8>, details: &Details) {
    let Details { comm, message, post, any, bytes, hash, cut, at } = details;
    if !comm.is_world() {
        put_number(block, b",\"comm\":", comm.0);
    }
    if let Some(any) = any {
        block.extend_from_slice(match any {
            Any::Source => b",\"any\":\"source\"",
            Any::Tag => b",\"any\":\"tag\"",
            Any::Both => b",\"any\":\"both\"",
        });
    }
    let numbers: [(&[u8], _); 6] = [
        (b",\"message\":", *message),
        (b",\"post\":", post.map(|post| post.0)),
        (b",\"bytes\":", *bytes),
        (b",\"hash\":", *hash),
        (b",\"cut\":", *cut),
        (b",\"at\":", at.map(|at| u64::from(at.0))),
    ];
    put_numbers(block, &numbers);
}

/// Adds the numbers that are there.
pub(super) fn put_numbers(block: &mut Vec<u8>, numbers: &[(&[u8], Option<u64>)]) {
    for (name, number) in numbers {
        if let Some(number) = number {
            put_number(block, name, *number);
        }
    }
}

/// Adds a call's line to a block.
///
/// # Errors
///
/// None that is known: a call is plain data.
pub fn put_call(block: &mut Vec<u8>, call: &Call) -> io::Result<()> {
    match call {
        Call::Enter(enter) => put_enter(block, enter)?,
        Call::Leave(leave) => put_leave(block, leave),
        Call::Post(posted) => put_posted(block, posted)?,
        Call::Complete(completed) => put_completed(block, completed),
        Call::Place(_)
        | Call::Address(_)
        | Call::Communicator(_)
        | Call::Probe(_)
        | Call::Fail(_)
        | Call::Misuse(_)
        | Call::Exception(_)
        | Call::Exit(_)
        | Call::Died(_)
        | Call::Last(_) => put_json(&mut *block, call)?,
    }
    block.push(b'\n');
    Ok(())
}

/// Adds the last line of a trace to a block.
///
/// # Errors
///
/// When a reason cannot be written as JSON.
pub fn put_footer(block: &mut Vec<u8>, ending: &Ending, events: u64) -> io::Result<()> {
    block.extend_from_slice(b"{\"end\":");
    put_json(&mut *block, ending.name())?;
    put_number(block, b",\"events\":", events);
    if let Ending::Crashed { rank, reason } = ending {
        if let Some(rank) = rank {
            put_number(block, b",\"rank\":", rank.0);
        }
        if let Some(reason) = reason {
            block.extend_from_slice(b",\"reason\":");
            put_json(&mut *block, reason)?;
        }
    }
    block.extend_from_slice(b"}\n");
    Ok(())
}

pub(super) fn put_number(block: &mut Vec<u8>, before: &[u8], number: impl itoa::Integer) {
    block.extend_from_slice(before);
    block.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

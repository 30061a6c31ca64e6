//! The part of the trace that one rank writes, event by event.

use std::fs::File;
use std::io;
use std::path::Path;

use ringscope_sim::protocol::Message;
use ringscope_traces::{Ending, Event, Header, Op, Rank, Tag, Writer, parts};

use crate::clock::unix_ns;

/// This rank's part of the trace: each event is handed to the system before the rank goes on, so that
/// it survives the process, however that ends.
#[derive(Debug)]
pub(crate) struct Part {
    writer: Writer<File>,
    rank: Rank,
    start_unix_ns: u64,
}

/// One message that this rank sent or received.
#[derive(Debug)]
pub(crate) struct Observed<'a, M> {
    /// Sent or received.
    pub op: Op,
    /// The other rank.
    pub peer: Rank,
    /// The tag that it came or went with.
    pub tag: Tag,
    /// The message.
    pub message: &'a M,
    /// The rank's Lamport time.
    pub clock: u64,
}

impl Part {
    /// Creates a rank's part in an existing folder.
    ///
    /// # Errors
    ///
    /// When the file cannot be created, or exists already.
    pub(crate) fn create(
        folder: &Path,
        header: &Header,
        rank: Rank,
        start_unix_ns: u64,
    ) -> io::Result<Part> {
        let file = File::create_new(folder.join(parts::file_name(rank)))?;
        let mut writer = Writer::new(file, header)?;
        writer.flush()?;
        Ok(Part { writer, rank, start_unix_ns })
    }

    /// Writes an event with a single write.
    ///
    /// # Errors
    ///
    /// When it cannot be written, as on a full disk.
    pub(crate) fn event<M: Message>(&mut self, observed: &Observed<'_, M>) -> io::Result<()> {
        let Observed { op, peer, tag, message, clock } = *observed;
        let t = unix_ns().saturating_sub(self.start_unix_ns);
        let n = self.writer.events();
        self.writer.event(&Event {
            rank: self.rank,
            n,
            op,
            peer,
            tag,
            data: message,
            t,
            clock,
            more: None,
        })?;
        self.writer.flush()
    }

    /// Closes the part; without an ending it gets no footer, which marks it as cut off.
    ///
    /// # Errors
    ///
    /// When it cannot be written, as on a full disk.
    pub(crate) fn finish(self, ending: Option<&Ending>) -> io::Result<()> {
        ending.map_or(Ok(()), |ending| self.writer.finish(ending).map(drop))
    }
}

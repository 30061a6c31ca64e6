//! This rank's part of the trace, and its calls beside it.

use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use ringscope_traces::calls::{Call, Details};
use ringscope_traces::event::VERSION;
use ringscope_traces::jsonl::{put_call, put_event, put_footer, put_header};
use ringscope_traces::{Ending, Event, Header, Op, Rank, Source, Tag, TimeKind, parts};

use super::disk::Disk;
use super::news::News;
use crate::note::{Note, note};

/// The part as it is written: each event is handed to the system before the program goes on.
pub struct Part {
    /// The events; `None` after a write has failed.
    disk: Option<Disk>,
    /// The calls, in the same way.
    calls: Option<Disk>,
    rank: Rank,
    events: u64,
    news: News,
    start_unix_ns: u64,
    /// The line that is being written.
    line: Vec<u8>,
    /// What is known of the call in it.
    more: Option<Box<Details>>,
}

/// What the parts of all ranks of a run say of it.
#[derive(Debug)]
pub struct Run {
    /// The protocol that the program is said to follow.
    pub protocol: String,
    /// When it began, in nanoseconds since 1970.
    pub start_unix_ns: u64,
}

/// A message that this rank sends or has received.
#[derive(Debug, Clone)]
pub struct Observed {
    /// Sent or received.
    pub op: Op,
    /// The other rank, in `MPI_COMM_WORLD`.
    pub peer: Rank,
    /// The tag.
    pub tag: Tag,
    /// When, in nanoseconds since the run began.
    pub t: u64,
    /// What else is known of the call.
    pub more: Details,
}

impl Part {
    /// Creates the part in an existing folder, of a program that is said to follow that protocol.
    ///
    /// A part that exists already is another process's, and stays as it is.
    pub fn create(folder: &Path, rank: Rank, ranks: u32, run: Run) -> io::Result<Part> {
        let Run { protocol, start_unix_ns } = run;
        let header = Header {
            source: Source::Recorded,
            protocol,
            ranks,
            seed: None,
            time: TimeKind::Wall,
            more: Vec::new(),
        };
        let mut line = Vec::new();
        put_header(&mut line, VERSION, &header)?;
        let path = folder.join(parts::file_name(rank));
        let mut disk = Disk::create(&path)?;
        disk.put(&line)?;
        let calls = Disk::create(&path.with_extension("calls")).ok();
        let (disk, news) = (Some(disk), News::new());
        Ok(Part { disk, calls, rank, events: 0, news, start_unix_ns, line, more: None })
    }

    /// Whose it is.
    pub fn rank(&self) -> Rank {
        self.rank
    }

    /// How many events the rank has had.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// How much of what was recorded is new.
    pub fn news(&self) -> u64 {
        self.news.count()
    }

    /// Nanoseconds since the run began.
    pub fn time(&self) -> u64 {
        unix_ns().saturating_sub(self.start_unix_ns)
    }

    /// Records an event with its payload as JSON. The Lamport times are computed when the
    /// parts are merged: the messages of a foreign program cannot carry them.
    pub fn event(&mut self, observed: Observed, payload: &[u8]) {
        let Some(disk) = &mut self.disk else { return };
        self.news.event(&observed, payload);
        let Observed { op, peer, tag, t, more } = observed;
        let (rank, n, clock) = (self.rank, self.events, self.events + 1);
        let mut kept = self.more.take().unwrap_or_default();
        *kept = more;
        let more = Some(kept);
        let event = Event { rank, n, op, peer, tag, data: (), t, clock, more };
        self.line.clear();
        let put = put_event(&mut self.line, &event, |line| {
            line.extend_from_slice(payload);
            Ok(())
        });
        self.more = event.more;
        match put.and_then(|()| disk.put(&self.line)) {
            Ok(()) => self.events += 1,
            Err(error) => {
                note(Note::CannotWrite, &format!(": {error}"));
                self.disk = None;
            }
        }
    }

    /// Records a call.
    pub fn call(&mut self, call: &Call) {
        let Some(calls) = &mut self.calls else { return };
        self.news.call(call);
        self.line.clear();
        if let Err(error) = put_call(&mut self.line, call).and_then(|()| calls.put(&self.line)) {
            note(Note::CannotWrite, &format!(": {error}"));
            self.calls = None;
        }
    }

    /// Closes the part: the rank has finalized MPI.
    pub fn finish(&mut self) {
        let Some(mut disk) = self.disk.take() else { return };
        let mut line = Vec::new();
        let put = put_footer(&mut line, &Ending::Completed, self.events);
        if let Err(error) = put.and_then(|()| disk.put(&line)).and_then(|()| disk.close()) {
            note(Note::CannotWrite, &format!(": {error}"));
        }
    }
}

/// Nanoseconds since 1970, on the clock that the processes of one machine share.
#[expect(clippy::disallowed_methods, reason = "a real run happens at real times")]
fn unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

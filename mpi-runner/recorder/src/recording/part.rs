//! This rank's part of the trace on the disk.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use ringscope_traces::{Ending, Event, Header, Op, Rank, Source, Tag, TimeKind, Writer, parts};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::note::{Note, note};

/// The protocol that a recorded program is held to.
const PROTOCOL: &str = "classic";

/// The part as it is written: an event is on its way to the disk before the program goes on.
pub struct Part {
    /// `None` when the disk takes no more.
    writer: Option<Writer<File>>,
    rank: Rank,
    start_unix_ns: u64,
}

/// A message that this rank sends or has received.
pub struct Happened<'a> {
    /// Sent or received.
    pub op: Op,
    /// The other rank, of all.
    pub peer: Rank,
    /// The tag.
    pub tag: Tag,
    /// The payload as JSON.
    pub json: &'a [u8],
}

impl Part {
    /// Begins the part in a folder that is there.
    pub fn create(
        folder: &Path,
        (rank, ranks): (Rank, u32),
        start_unix_ns: u64,
    ) -> io::Result<Part> {
        let header = Header {
            source: Source::Recorded,
            protocol: PROTOCOL.into(),
            ranks,
            seed: None,
            time: TimeKind::Wall,
            more: Vec::new(),
        };
        let mut writer = Writer::new(File::create(folder.join(parts::file_name(rank)))?, &header)?;
        writer.flush()?;
        Ok(Part { writer: Some(writer), rank, start_unix_ns })
    }

    /// Writes an event down. The Lamport times are found when the parts are put together: the messages of
    /// somebody's program cannot carry them.
    pub fn event(&mut self, happened: &Happened<'_>) {
        let Some(writer) = &mut self.writer else { return };
        let Happened { op, peer, tag, json } = *happened;
        let n = writer.events();
        let t = unix_ns().saturating_sub(self.start_unix_ns);
        let event = Event { rank: self.rank, n, op, peer, tag, data: Json(json), t, clock: n + 1 };
        if let Err(error) = writer.event(&event).and_then(|()| writer.flush()) {
            note(Note::CannotWrite, &format!(": {error}"));
            self.writer = None;
        }
    }

    /// Closes it: the rank has left MPI in order.
    pub fn finish(self) {
        if let Some(Err(error)) = self.writer.map(|writer| writer.finish(&Ending::Completed)) {
            note(Note::CannotWrite, &format!(": {error}"));
        }
    }
}

/// What is JSON already.
struct Json<'a>(&'a [u8]);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json: &RawValue = serde_json::from_slice(self.0).map_err(serde::ser::Error::custom)?;
        json.serialize(serializer)
    }
}

/// Nanoseconds since 1970: the clock that processes of one machine have in common.
#[expect(clippy::disallowed_methods, reason = "a real run happens at real times")]
fn unix_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

//! What is written into a file that is saved: a scenario, a trace, or a format of another program.

use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Write};
use std::path::Path;

use ratatui_core::layout::Size;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::record;
use ringscope_traces::Reader;

use crate::app::App;
use crate::export::{ExportError, Feed, Format, FrameSettings, Part, Reel, Watch, Way};
use crate::failure::Failure;
use crate::files::{open_trace, shown};
use crate::host::host;
use crate::timeline::{Source, Timeline, simulated};
use crate::view::Look;

/// How much is read or written at once.
const AT_ONCE_BYTES: usize = 1 << 16;

/// What is written into a file.
#[derive(Debug)]
pub(super) enum Written {
    Scenario(Scenario),
    Trace(Source),
    Format(&'static Format, Source),
}

impl Written {
    /// Refuses to replace the trace that is read.
    pub(super) fn refuse_itself(&self, path: &Path) -> Result<(), Failure> {
        if let Written::Trace(Source::File(from)) | Written::Format(_, Source::File(from)) = self
            && host().is_same(from, path)
        {
            return Err(Failure::about(&shown(path), "is the trace itself"));
        }
        Ok(())
    }

    /// Writes it, and tells who watches how far it is.
    pub(super) fn put(
        &self,
        file: &mut dyn Write,
        screen: Size,
        watch: &dyn Watch,
    ) -> Result<(), ExportError> {
        let mut sink = BufWriter::with_capacity(AT_ONCE_BYTES, file);
        match self {
            Written::Scenario(scenario) => sink.write_all(scenario.to_text().as_bytes())?,
            Written::Trace(Source::Live(scenario)) => drop(record(scenario, &mut sink)?),
            Written::Trace(source @ (Source::Kept(..) | Source::File(_))) => {
                io::copy(&mut trace_of(source, watch)?, &mut sink)?;
            }
            Written::Format(format, source) => match format.way {
                Way::Events(write) => {
                    let reader = Reader::new(trace_of(source, watch)?, &name_of(source))?;
                    write(&mut Feed::new(reader, Part::default(), watch), &mut sink)?;
                }
                Way::Timeline(write) => {
                    let app = App::new(Timeline::of(source)?, &name_of(source), 0);
                    let screen = FrameSettings { size: screen, look: Look::default() };
                    write(&mut Reel::new(app, Part::default(), screen, watch)?, &mut sink)?;
                }
            },
        }
        Ok(sink.flush()?)
    }
}

fn name_of(source: &Source) -> String {
    match source {
        Source::Live(scenario) => scenario.name.clone(),
        Source::File(path) => shown(path),
        Source::Kept(name, _) => name.to_string(),
    }
}

/// The trace of a run, of which it is known how much has been read.
fn trace_of<'a>(
    source: &'a Source,
    watch: &'a dyn Watch,
) -> Result<Box<dyn BufRead + 'a>, ExportError> {
    let (trace, bytes): (Box<dyn Read + 'a>, Option<u64>) = match source {
        Source::Live(scenario) => {
            let trace = simulated(scenario).to;
            let bytes = trace.len() as u64;
            (Box::new(Cursor::new(trace)), Some(bytes))
        }
        Source::File(path) => {
            let file = open_trace(path)?;
            let bytes = file.len();
            (file.reader(), bytes)
        }
        Source::Kept(_, bytes) => (Box::new(&bytes[..]), Some(bytes.len() as u64)),
    };
    watch.stretch("read", bytes);
    let counted = Counted { read: trace, bytes: 0, watch };
    Ok(Box::new(BufReader::with_capacity(AT_ONCE_BYTES, counted)))
}

/// Something that is read, and whoever watches how much of it has been.
struct Counted<'a> {
    read: Box<dyn Read + 'a>,
    bytes: usize,
    watch: &'a dyn Watch,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.read.read(buffer)?;
        self.bytes += read;
        // Who does not want it any more is heard where something is written.
        let _ = self.watch.at(self.bytes);
        Ok(read)
    }
}

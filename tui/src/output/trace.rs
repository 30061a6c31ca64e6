//! A trace on its way to a file or to standard output.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};
use ringscope_traces::calls::Call;
use ringscope_traces::{Event, Footer, Header, Trace, Writer, write_trace};

use super::Out;
use crate::input::DASH;

/// Where a trace goes.
#[derive(Debug)]
pub(crate) enum TraceTarget {
    /// Standard output.
    Output,
    /// A file, by its path.
    File(PathBuf, AtomicFile),
}

impl TraceTarget {
    /// Opens what the word on the command line means: `-` is standard output.
    ///
    /// # Errors
    ///
    /// When it could not be written, and when it is `input` itself.
    pub(crate) fn open(word: &Path, input: &Path) -> Result<TraceTarget, Failure> {
        if word == Path::new(DASH) {
            return Ok(TraceTarget::Output);
        }
        if is_same_file(word, input) {
            return Err(Failure::about(&shown(word), "is the input itself, and would be lost")
                .hint("name another file for the trace"));
        }
        Ok(TraceTarget::File(word.to_owned(), AtomicFile::create(word)?))
    }

    /// Writes the trace; a file appears under its name when it is whole.
    ///
    /// # Errors
    ///
    /// When the file, or standard output, takes no more.
    pub(crate) fn put(self, trace: &Trace, out: &mut Out) -> Result<(), Failure> {
        match self {
            TraceTarget::Output => write_trace(out, trace).map(drop).map_err(Failure::from),
            TraceTarget::File(path, file) => {
                let written = write_trace(file, trace);
                Ok(written.map_err(|error| AtomicFileError::write(&path, error))?.finish()?)
            }
        }
    }
}

impl TraceTarget {
    /// Begins to write a trace line by line; `is_of_messages` says that there is nothing but messages in it.
    ///
    /// # Errors
    ///
    /// When the file, or standard output, takes no more.
    pub(crate) fn begin<'o>(
        self,
        header: &Header,
        is_of_messages: bool,
        out: &'o mut Out,
    ) -> Result<TraceLines<'o>, Failure> {
        let (sink, path) = match self {
            TraceTarget::Output => (Sink::Output(out), None),
            TraceTarget::File(path, file) => (Sink::File(file), Some(path)),
        };
        let begin = if is_of_messages { Writer::new } else { Writer::with_calls };
        let writer = begin(sink, header).map_err(|error| not_written(path.as_deref(), error))?;
        Ok(TraceLines { writer, path })
    }
}

/// A trace that is written line by line.
pub(crate) struct TraceLines<'o> {
    writer: Writer<Sink<'o>>,
    path: Option<PathBuf>,
}

enum Sink<'o> {
    Output(&'o mut Out),
    File(AtomicFile),
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Sink::Output(out) => out.write(bytes),
            Sink::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sink::Output(out) => out.flush(),
            Sink::File(file) => file.flush(),
        }
    }
}

impl TraceLines<'_> {
    /// The next event.
    ///
    /// # Errors
    ///
    /// When the file, or standard output, takes no more.
    pub(crate) fn event(&mut self, event: &Event) -> Result<(), Failure> {
        self.writer.event(event).map_err(|error| not_written(self.path.as_deref(), error))
    }

    /// The next call, behind all events.
    ///
    /// # Errors
    ///
    /// As [`TraceLines::event`].
    pub(crate) fn call(&mut self, call: &Call) -> Result<(), Failure> {
        self.writer.call(call).map_err(|error| not_written(self.path.as_deref(), error))
    }

    /// The end of the trace; a file appears under its name. Without a footer, it was cut off.
    ///
    /// # Errors
    ///
    /// As [`TraceLines::event`].
    pub(crate) fn finish(self, footer: Option<&Footer>) -> Result<(), Failure> {
        let TraceLines { writer, path } = self;
        let ended = match footer {
            Some(footer) => writer.finish(&footer.ending).map(|(sink, _)| sink),
            None => writer.cut_off(),
        };
        match ended.map_err(|error| not_written(path.as_deref(), error))? {
            Sink::Output(_) => Ok(()),
            Sink::File(file) => Ok(file.finish()?),
        }
    }
}

fn not_written(path: Option<&Path>, error: io::Error) -> Failure {
    match path {
        Some(path) => AtomicFileError::write(path, error).into(),
        None => error.into(),
    }
}

/// Whether both name the same file.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other && one.is_file(),
        (Err(_), _) | (_, Err(_)) => false,
    }
}

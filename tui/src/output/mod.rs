//! Where words go: standard output for what was asked for, standard error for everything else.

mod color;
mod trace;

use std::env;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use crate::report::Style;

pub(crate) use color::ColorWhen;
pub(crate) use trace::{TraceTarget, is_same_file};

/// The widest that paragraphs are set, on any terminal.
const WIDEST: usize = 100;

/// The width where there is no terminal.
const USUAL_WIDTH: usize = 80;

/// Both ways out of the program.
pub(crate) struct Streams {
    /// What was asked for.
    pub out: Out,
    /// How it went.
    pub notes: Notes,
}

impl Streams {
    /// Standard output and standard error.
    pub(crate) fn open(color: ColorWhen) -> Streams {
        let (out, notes) = (io::stdout(), io::stderr());
        Streams {
            out: Out {
                is_coloured: is_coloured(color, &out),
                terminal_width: terminal_width(&out),
                // Not locked for good: a panic elsewhere has to give the terminal back.
                inner: Box::new(out),
                is_gone: false,
            },
            notes: Notes {
                is_coloured: is_coloured(color, &notes),
                terminal_width: terminal_width(&notes),
                is_marked: notes.is_terminal() || color.is_coloured() == Some(true),
                inner: Box::new(io::LineWriter::new(notes)),
            },
        }
    }
}

/// The convention of <https://no-color.org>: a variable that is there and not empty.
fn is_coloured(color: ColorWhen, stream: &impl IsTerminal) -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    color.is_coloured().unwrap_or_else(|| {
        let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        stream.is_terminal() && !is_set("NO_COLOR") && !is_dumb
    })
}

fn terminal_width(stream: &impl IsTerminal) -> Option<usize> {
    let (width, _) = stream.is_terminal().then(terminal_size::terminal_size)??;
    Some(usize::from(width.0))
}

/// Standard output. When its reader has gone, as with `| head`, it takes everything and drops it.
pub(crate) struct Out {
    inner: Box<dyn Write>,
    is_coloured: bool,
    terminal_width: Option<usize>,
    is_gone: bool,
}

impl Out {
    /// Whether nobody reads any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// Whether there are to be colours.
    pub(crate) fn is_coloured(&self) -> bool {
        self.is_coloured
    }

    /// The terminal's width; `None` when it is none.
    pub(crate) fn terminal_width(&self) -> Option<usize> {
        self.terminal_width
    }

    /// How wide a paragraph may be.
    pub(crate) fn width(&self) -> usize {
        self.terminal_width.unwrap_or(USUAL_WIDTH).min(WIDEST)
    }

    /// Text in the colours of its meaning, if there are to be colours.
    pub(crate) fn paint(&self, style: Style, text: impl Display) -> String {
        style.paint(text, self.is_coloured)
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_gone {
            return Ok(bytes.len());
        }
        match self.inner.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_gone = true;
                Ok(bytes.len())
            }
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.inner.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_gone = true;
                Ok(())
            }
            flushed => flushed,
        }
    }
}

/// Standard error. Errors of writing to it are ignored: nothing can be reported once it is gone.
pub(crate) struct Notes {
    inner: Box<dyn Write>,
    is_coloured: bool,
    /// Whether errors of a scenario show its lines with the places marked.
    is_marked: bool,
    terminal_width: Option<usize>,
}

impl Notes {
    /// How wide a paragraph may be.
    pub(crate) fn width(&self) -> usize {
        self.terminal_width.unwrap_or(USUAL_WIDTH).min(WIDEST)
    }

    /// Text in the colours of its meaning, if there are to be colours.
    pub(crate) fn paint(&self, style: Style, text: impl Display) -> String {
        style.paint(text, self.is_coloured)
    }

    /// Whether there are to be colours.
    pub(crate) fn is_coloured(&self) -> bool {
        self.is_coloured
    }

    /// Whether errors of a scenario show its lines with the places marked, which is for eyes and not
    /// for tools.
    pub(crate) fn is_marked(&self) -> bool {
        self.is_marked
    }
}

impl Write for Notes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.inner.write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.inner.flush();
        Ok(())
    }
}

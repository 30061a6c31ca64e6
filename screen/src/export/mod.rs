//! A run written down for other programs: a file for each format.
//!
//! Formats that can be are written event by event as the trace is read ([`Feed`]), so that a trace of
//! any length takes no more memory than what is under way in it. The others are pictures of a [`timeline`].
//!
//! [`timeline`]: crate::timeline

mod called;
mod cast;
mod csv;
mod feed;
mod html;
mod mermaid;
mod names;
mod part;
mod perfetto;
mod reel;
mod shiviz;
mod svg;
#[cfg(test)]
mod testing;

use std::io::{self, Write};

use ringscope_traces::ReadError;

use crate::failure::Failure;

pub use feed::Feed;
pub use part::Part;
pub use reel::{FrameSettings, Reel};

/// A format that other programs read.
#[derive(Debug)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// How its files' names end.
    pub ending: &'static str,
    /// What it is.
    pub what: &'static str,
    /// What is done with such a file.
    pub next: &'static str,
    /// How it is written.
    pub way: Way,
}

/// How a format is written.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// Event by event.
    Events(fn(&mut Feed<'_>, &mut dyn Write) -> Result<(), ExportError>),
    /// From a run that can be looked at after any of its events.
    Timeline(fn(&mut Reel<'_>, &mut dyn Write) -> Result<(), ExportError>),
}

/// The formats, in the order in which they are listed.
pub const FORMATS: [Format; 7] = [
    Format {
        name: "perfetto",
        ending: "json",
        what: "Perfetto's JSON: one track per rank, one flow arrow per message",
        next: "open it in https://ui.perfetto.dev",
        way: Way::Events(perfetto::write),
    },
    Format {
        name: "shiviz",
        ending: "log",
        what: "a ShiViz log with vector clocks; its first line is the parsing expression",
        next: "load it in https://bestchai.bitbucket.io/shiviz",
        way: Way::Events(shiviz::write),
    },
    Format {
        name: "mermaid",
        ending: "mmd",
        what: "a Mermaid sequence diagram, for Markdown",
        next: "put it into a fenced block called mermaid",
        way: Way::Events(mermaid::write),
    },
    Format {
        name: "svg",
        ending: "svg",
        what: "a space-time diagram, for a slide",
        next: "put it on a slide, or open it in a browser",
        way: Way::Timeline(svg::write),
    },
    Format {
        name: "csv",
        ending: "csv",
        what: "a table with one row per event",
        next: "open it as a table: pandas, R, a spreadsheet",
        way: Way::Events(csv::write),
    },
    Format {
        name: "html",
        ending: "html",
        what: "one page with the ring, the space-time diagram and a stepper",
        next: "open it in a browser, or put it on a course page as it is",
        way: Way::Timeline(html::write),
    },
    Format {
        name: "cast",
        ending: "cast",
        what: "an asciinema recording of the screen playing the run",
        next: "play it with `asciinema play`, or put it into asciinema's web player",
        way: Way::Timeline(cast::write),
    },
];

impl Format {
    /// The format of that name; the command line has its own list of them.
    #[cfg(test)]
    pub fn named(name: &str) -> Option<&'static Format> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// The format of files whose names end so.
    ///
    /// ```
    /// use ringscope_screen::export::Format;
    ///
    /// assert_eq!(Format::of("mmd").map(|format| format.name), Some("mermaid"));
    /// assert!(Format::of("exe").is_none());
    /// ```
    pub fn of(ending: &str) -> Option<&'static Format> {
        FORMATS.iter().find(|format| format.ending == ending)
    }
}

/// Whoever watches an export: learns how far it is, and says whether it is to go on.
pub trait Watch {
    /// A stretch of work of so many bytes, events or frames begins.
    fn stretch(&self, what: &'static str, length: Option<u64>);

    /// Whether to go on.
    ///
    /// # Errors
    ///
    /// When somebody does not want it.
    fn go_on(&self) -> Result<(), ExportError>;

    /// Takes note of how far it is; whether to go on.
    ///
    /// # Errors
    ///
    /// When somebody does not want it.
    fn at(&self, position: usize) -> Result<(), ExportError>;
}

/// What keeps a run from being written down.
#[derive(Debug)]
pub enum ExportError {
    /// Where it is written to takes no more.
    Sink(io::Error),
    /// The trace cannot be read, or the format cannot carry it.
    Run(Failure),
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

impl ExportError {
    /// The format cannot carry so much: what it is about, what is wrong, and the part that it could
    /// carry.
    fn too_much(format: &str, what: String, part: &Part) -> ExportError {
        let hint = format!("take a part of the run: {part}");
        ExportError::Run(Failure::about(format, what).hint(hint))
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> ExportError {
        ExportError::Sink(error)
    }
}

impl From<Failure> for ExportError {
    fn from(failure: Failure) -> ExportError {
        ExportError::Run(failure)
    }
}

impl From<ReadError> for ExportError {
    fn from(error: ReadError) -> ExportError {
        ExportError::Run(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_found_by_its_name_and_by_the_ending_of_a_file() {
        for format in &FORMATS {
            assert_eq!(Format::named(format.name).map(|found| found.name), Some(format.name));
            assert_eq!(Format::of(format.ending).map(|found| found.name), Some(format.name));
        }
        assert!(Format::named("json").is_none() && Format::of("txt").is_none());
    }
}

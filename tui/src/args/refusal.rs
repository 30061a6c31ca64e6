//! A command line by which nothing is run: it asks for help or the version, or it is wrong.

use std::env;
use std::ffi::OsString;
use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_traces::text::Plain;

use super::{Args, named};
use crate::command::Verdict;
use crate::output::Streams;

/// What is printed instead.
pub(crate) enum Refusal {
    /// The parser's own words.
    Usage {
        /// What it says.
        error: clap::Error,
        /// Whether nothing in it comes from the command line as it stood there.
        is_safe: bool,
    },
    /// Where a command should stand is a word that names nothing.
    Unknown(Failure),
}

impl Args {
    /// Reads the arguments of the process.
    ///
    /// # Errors
    ///
    /// What is to be printed when they name nothing to run.
    pub(crate) fn of_process() -> Result<Args, Refusal> {
        Args::of(&env::args_os().collect::<Vec<OsString>>())
    }

    /// Reads the words of a command line, the program's name first.
    ///
    /// # Errors
    ///
    /// As [`Args::of_process`].
    pub(super) fn of(words: &[OsString]) -> Result<Args, Refusal> {
        let error = match Args::read(words) {
            Ok(args) => return Ok(args),
            Err(error) => error,
        };
        let Some(word) = named::word_of(&error) else { return Err(Refusal::of(error, words)) };
        match named::with_command(words, word) {
            Some(read) => read.map_err(|error| Refusal::of(error, words)),
            None => Err(Refusal::Unknown(named::unknown(word))),
        }
    }
}

impl Refusal {
    /// The parser repeats words as they were given, control characters and all, in the middle of its own
    /// colours. So it gets the same words once more, made safe, and says what it then says.
    fn of(error: clap::Error, words: &[OsString]) -> Refusal {
        let safe = words.iter().map(|word| Plain(&word.to_string_lossy()).to_string());
        match Args::read(safe) {
            Err(again) if again.kind() == error.kind() => {
                Refusal::Usage { error: again, is_safe: true }
            }
            Err(_) | Ok(_) => Refusal::Usage { error, is_safe: false },
        }
    }

    /// Prints it where it belongs.
    ///
    /// # Errors
    ///
    /// When standard output takes no more; and that a word names nothing.
    pub(crate) fn print(self, streams: &mut Streams) -> Result<Verdict, Failure> {
        let (error, is_safe) = match self {
            Refusal::Usage { error, is_safe } => (error, is_safe),
            Refusal::Unknown(failure) => return Err(failure),
        };
        if error.use_stderr() {
            let text = text(&error, is_safe, streams.notes.is_coloured());
            let _ = write!(streams.notes, "{text}");
            return Ok(Verdict::NotJudged);
        }
        let text = text(&error, is_safe, streams.out.is_coloured());
        write!(streams.out, "{text}")?;
        streams.out.flush()?;
        Ok(Verdict::Good)
    }
}

fn text(error: &clap::Error, is_safe: bool, is_coloured: bool) -> String {
    let text = error.render();
    match (is_safe, is_coloured) {
        (true, true) => text.ansi().to_string(),
        (true, false) => text.to_string(),
        (false, _) => {
            let plain = text.to_string();
            plain.lines().map(|line| format!("{}\n", Plain(line))).collect()
        }
    }
}

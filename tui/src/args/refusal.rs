//! A command line by which nothing is run: it asks for help or the version, or it is wrong.

use std::env;
use std::ffi::OsString;
use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_traces::text::Plain;

use super::Args;
use crate::command::Verdict;
use crate::output::Streams;

/// What is printed instead.
pub(crate) struct Refusal {
    error: clap::Error,
    /// Whether nothing in it comes from the command line as it stood there.
    is_safe: bool,
}

impl Args {
    /// Reads the arguments of the process.
    ///
    /// # Errors
    ///
    /// What is to be printed when they name nothing to run.
    pub(crate) fn of_process() -> Result<Args, Refusal> {
        let words: Vec<OsString> = env::args_os().collect();
        Args::read(&words).map_err(|error| Refusal::of(error, &words))
    }
}

impl Refusal {
    /// The parser repeats words as they were given, control characters and all, in the middle of its own
    /// colours. So it gets the same words once more, made safe, and says what it then says.
    fn of(error: clap::Error, words: &[OsString]) -> Refusal {
        let safe = words.iter().map(|word| Plain(&word.to_string_lossy()).to_string());
        match Args::read(safe) {
            Err(again) if again.kind() == error.kind() => Refusal { error: again, is_safe: true },
            Err(_) | Ok(_) => Refusal { error, is_safe: false },
        }
    }

    /// Prints it where it belongs.
    ///
    /// # Errors
    ///
    /// When standard output takes no more.
    pub(crate) fn print(self, streams: &mut Streams) -> Result<Verdict, Failure> {
        if self.error.use_stderr() {
            let text = self.text(streams.notes.is_coloured());
            let _ = write!(streams.notes, "{text}");
            return Ok(Verdict::NotJudged);
        }
        let text = self.text(streams.out.is_coloured());
        write!(streams.out, "{text}")?;
        streams.out.flush()?;
        Ok(Verdict::Good)
    }

    fn text(&self, is_coloured: bool) -> String {
        let text = self.error.render();
        match (self.is_safe, is_coloured) {
            (true, true) => text.ansi().to_string(),
            (true, false) => text.to_string(),
            (false, _) => {
                let plain = text.to_string();
                plain.lines().map(|line| format!("{}\n", Plain(line))).collect()
            }
        }
    }
}

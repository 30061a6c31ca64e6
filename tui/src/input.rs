//! What a word on the command line names, where it may also be standard input.

use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use ringscope_screen::app::{App, Order};
use ringscope_screen::failure::Failure;
use ringscope_screen::files::{self, Origin, ScenarioText, begins_as_trace, open_trace, shown};
use ringscope_screen::timeline::{Source, Timeline};
use ringscope_sim::scenario::MOST_BYTES;
use ringscope_traces::{Completeness, Reader, Trace};

use crate::flags::{SettingFlags, TagFlags};

/// What stands for standard input, and for standard output.
pub(crate) const DASH: &str = "-";

/// What messages call standard input.
const STANDARD_INPUT: &str = "standard input";

/// Whether the word stands for standard input.
pub(crate) fn is_dash(word: &Path) -> bool {
    word == Path::new(DASH)
}

/// Where the scenario comes from that a word means: `-` is standard input, which is read here.
///
/// # Errors
///
/// When it means nothing, or standard input cannot be read.
pub(crate) fn origin(word: &Path) -> Result<Origin, Failure> {
    match scenario_here(word)? {
        Some(origin) => Ok(origin),
        None => Origin::of(word),
    }
}

/// The scenario on standard input, where the word stands for that: it is read here.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn scenario_here(word: &Path) -> Result<Option<Origin>, Failure> {
    is_dash(word).then(|| scenario_text().map(Origin::Text)).transpose()
}

/// The scenario on standard input; of too long a one, no more than shows that it is.
fn scenario_text() -> Result<ScenarioText, Failure> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| cannot_read(&error))?;
    Ok(ScenarioText { name: STANDARD_INPUT, word: DASH, bytes: bytes.into() })
}

/// That standard input cannot be read.
pub(crate) fn cannot_read(error: &io::Error) -> Failure {
    Failure::about(STANDARD_INPUT, format!("cannot be read: {error}"))
}

/// Whether a word means a trace; of standard input its first bytes say so.
///
/// # Errors
///
/// When standard input cannot be read.
pub(crate) fn is_trace(word: &Path) -> Result<bool, Failure> {
    if !is_dash(word) {
        return Ok(files::is_trace(word));
    }
    let mut stdin = io::stdin().lock();
    let first = stdin.fill_buf().map_err(|error| cannot_read(&error))?;
    Ok(begins_as_trace(first))
}

/// What is to be opened: a scenario or a trace; a scenario on standard input is read here.
///
/// # Errors
///
/// When standard input cannot be read.
pub(crate) fn order(
    word: &Path,
    settings: &SettingFlags,
    is_unchecked: bool,
) -> Result<Order, Failure> {
    let settings = settings.overrides.clone();
    let origin = scenario_here(word)?;
    Ok(Order { word: word.to_owned(), origin, settings, is_unchecked, ..Order::default() })
}

/// Opens a scenario or a trace, be it on standard input or not.
///
/// # Errors
///
/// When there is no such scenario or trace, it cannot be read, or it should not be run.
pub(crate) fn open(
    word: &Path,
    settings: &SettingFlags,
    is_unchecked: bool,
    tags: &TagFlags,
) -> Result<App, Failure> {
    let tags = tags.given()?;
    if !(is_dash(word) && is_trace(word)?) {
        return Order { tags, ..order(word, settings, is_unchecked)? }.open();
    }
    Order { settings: settings.overrides.clone(), ..Order::of(word) }.refuse_settings()?;
    let (mut bytes, name) = (Vec::new(), trace_name(word));
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| cannot_read(&error))?;
    let source = Source::Kept(name.as_str().into(), bytes.into());
    let timeline = Timeline::named(&source, tags.map(|tags| tags.names))?;
    Ok(App::new(timeline, &name, 0))
}

/// A trace's events, one by one, from a file or from standard input.
///
/// # Errors
///
/// When there is no such file, or no trace in it.
pub(crate) fn reader(word: &Path) -> Result<Reader<Box<dyn BufRead>>, Failure> {
    let read: Box<dyn BufRead> = if is_dash(word) {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::with_capacity(1 << 16, open_trace(word)?.reader()))
    };
    Ok(Reader::new(read, &trace_name(word))?)
}

/// A whole trace, and whether it is all there.
///
/// # Errors
///
/// When there is no such file, or no trace in it.
pub(crate) fn trace(word: &Path) -> Result<(Trace, Completeness), Failure> {
    if is_dash(word) {
        return Ok(ringscope_traces::read_trace(io::stdin().lock(), STANDARD_INPUT)?);
    }
    files::trace(word)
}

/// What messages call a trace.
pub(crate) fn trace_name(word: &Path) -> String {
    if is_dash(word) { STANDARD_INPUT.to_owned() } else { shown(word) }
}

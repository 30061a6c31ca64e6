//! `ringscope export --to app`: the program itself as a page, with a run in it or without one.
//!
//! The page is made by `make web` and lies beside the program: see `launch::page`.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use ringscope_screen::failure::Failure;
use ringscope_screen::files::{Origin, shown};
use ringscope_traces::atomic_file::{AtomicFile, AtomicFileError};
use serde_json::{Value, json};

use super::{ExportArgs, is_same_file};
use crate::command::Verdict;
use crate::flags::SettingFlags;
use crate::input::{self, DASH};
use crate::launch;
use crate::output::Streams;

/// Where the page has a place for a run.
const PLACE: &str = "{{given}}";

/// The longest trace that is put into a page.
const MOST_BYTES: u64 = 64 << 20;

/// Writes the page.
pub(super) fn execute(args: &ExportArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    args.refuse_part()?;
    let given = args.run.as_deref().map(|run| given(run, args)).transpose()?;
    let page = page()?;
    let (before, after) = page.split_once(PLACE).ok_or_else(|| {
        Failure::about("the page of the program", "is another one").hint("`make web` makes it anew")
    })?;
    let mut bytes = before.as_bytes().to_vec();
    let given = given.unwrap_or_else(|| json!({}));
    bytes.extend_from_slice(in_script(&given).as_bytes());
    bytes.extend_from_slice(after.as_bytes());
    match args.output.as_deref().filter(|path| *path != Path::new(DASH)) {
        Some(path) => write(path, args, &bytes)?,
        None => streams.out.write_all(&bytes)?,
    }
    if let (false, Some(path)) = (args.is_quiet(), &args.output) {
        let _ = writeln!(streams.notes, "  {}: open it in any browser", shown(path));
    }
    Ok(Verdict::Good)
}

/// JSON in which no end of a script can stand: only strings hold those characters, and in them this is another way to
/// write them.
fn in_script(given: &Value) -> String {
    let json = given.to_string();
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn page() -> Result<String, Failure> {
    let path = launch::page()?;
    let text = fs::read_to_string(&path);
    text.map_err(|error| Failure::about(&shown(&path), format!("cannot be read: {error}")))
}

fn write(path: &Path, args: &ExportArgs, bytes: &[u8]) -> Result<(), Failure> {
    if args.run.as_deref().is_some_and(|run| is_same_file(path, run)) {
        return Err(Failure::about(&shown(path), "is the input itself, and would be lost")
            .hint("name another file"));
    }
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|error| AtomicFileError::write(path, error))?;
    Ok(file.finish()?)
}

/// What the page is given: the run's file, unless it comes with the program, and the link that opens it.
fn given(run: &Path, args: &ExportArgs) -> Result<Value, Failure> {
    if input::is_dash(run) {
        let failure = Failure::about("-", "a page needs a run in a file, for its name");
        return Err(failure.hint("write it to a file first"));
    }
    if input::is_trace(run)? {
        args.refuse_settings()?;
        return put_in(run, "");
    }
    // What cannot be run is not handed out.
    let order = input::order(run, &args.settings, args.unchecked)?;
    order.scenario()?;
    let unchecked = if args.unchecked { " --unchecked" } else { "" };
    let flags = flags(&args.settings) + unchecked;
    match Origin::of(run)? {
        Origin::BuiltIn(one) => Ok(json!({ "link": link(one.name, &flags) })),
        Origin::File(_) | Origin::Text(_) => put_in(run, &flags),
    }
}

fn put_in(run: &Path, flags: &str) -> Result<Value, Failure> {
    let name = run.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| shown(run));
    let about = |what: String| Failure::about(&shown(run), what);
    let bytes = fs::metadata(run).map_or(0, |found| found.len());
    if bytes > MOST_BYTES {
        let what = format!("{bytes} bytes are too many for a page: at most {MOST_BYTES}");
        return Err(about(what).hint("drop the trace on the page instead"));
    }
    let text =
        fs::read_to_string(run).map_err(|error| about(format!("cannot be read: {error}")))?;
    Ok(json!({ "files": [{ "name": name, "text": text }], "link": link(&name, flags) }))
}

/// What `ringscope play` takes, as the page's address has it.
fn link(name: &str, flags: &str) -> String {
    let word = shlex::try_quote(name).map_or_else(|_| name.to_owned(), |word| word.into_owned());
    format!("play={word}{flags}").replace('%', "%25")
}

/// The settings as flags, each with a blank before it.
fn flags(settings: &SettingFlags) -> String {
    let flag = |(name, value): (&str, String)| {
        let value = shlex::try_quote(&value).map_or_else(|_| value.clone(), |one| one.into_owned());
        format!(" --{name} {value}")
    };
    settings.overrides.given().map(flag).collect()
}

//! `ringscope merge`: the parts of a run that died, put together.

mod merged;
mod progress;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_sim::protocols::ProtocolId;
use ringscope_traces::Rank;
use ringscope_traces::parts::rank_of;
use ringscope_traces::text::Plain;

use super::Verdict;
use crate::input::DASH;
use crate::output::{Streams, TraceTarget};
pub(crate) use merged::{Findings, Killed, MergedParts, Plan};

/// Merge the per-rank files of a run that died into one trace
#[derive(Debug, clap::Args)]
#[command(after_help = "\
While a run under MPI is recorded, each rank writes a file of its own into the folder
TRACE.parts. When the run dies, the files stay there. This command merges them, and says
what is missing and in which state the run died: for a recorded program, what is wrong with it
and where its ranks are. The files themselves are not changed.

A rank that was killed may leave a half-written last line, or zero bytes at the end: its
file is used up to there. When a rank's file is lost, or ends earlier than the others, the
send of a receive may be missing. Such a receive is left out, with everything that depends
on it, so that the trace is consistent. With --all it is kept.

Examples:
  ringscope merge run.jsonl.parts -o run.jsonl
  ringscope merge run.jsonl | ringscope show -

Exit codes: 0 merged; 1 merged, but a rank has no part, or something was left out;
2 there are no such files, or they are of different runs.")]
pub(crate) struct MergeArgs {
    /// The folder TRACE.parts, a folder with one such folder in it, or TRACE itself
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Write the trace to this file; `-` is standard output
    ///
    /// The file appears under its name once it is complete; until then it grows beside it, as
    /// FILE.RANDOM.part.
    #[arg(short, long, value_name = "FILE", default_value = DASH)]
    output: PathBuf,

    /// Keep receives whose sends are lost: the trace is then inconsistent
    #[arg(long)]
    all: bool,

    /// Print only errors on standard error
    #[arg(short, long)]
    quiet: bool,
}

pub(crate) fn execute(args: &MergeArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let folder = find(&args.folder)?;
    refuse_the_folder_itself(&args.output, &folder)?;
    let plan = Plan { keeps_all: args.all, is_quiet: args.quiet, ..Plan::default() };
    let target = || TraceTarget::open(&args.output, &args.folder);
    let mut found = MergedParts::put(&folder, plan, target, &mut streams.out)?;
    if !args.quiet {
        let findings = found.findings();
        found.print(&folder, &mut streams.notes);
        let is_open = found.footer.is_none() && findings.say_nothing();
        if is_open || ProtocolId::named(&found.header.protocol).is_some() {
            found.print_standing(&mut streams.notes);
        }
        findings.print(&mut streams.notes);
        if args.output != Path::new(DASH) {
            let _ = writeln!(streams.notes, "  trace {}", Plain(&shown(&args.output)));
        }
    }
    Ok(Verdict::good_if(found.outcome.missing.is_empty() && found.outcome.left_out.is_empty()))
}

/// The folder that holds the parts.
fn find(word: &Path) -> Result<PathBuf, Failure> {
    if holds_parts(word) {
        return Ok(word.to_owned());
    }
    let beside = with_ending(word);
    if beside.is_dir() {
        return Ok(beside);
    }
    if !word.is_dir() {
        return Err(nothing_at(word));
    }
    match folders_in(word)?.as_slice() {
        [] => Err(Failure::about(&shown(word), "contains no per-rank files of a run")
            .hint("the parts of run.jsonl lie in the folder run.jsonl.parts")),
        [one] => Ok(one.clone()),
        several => {
            let names: Vec<_> = several.iter().map(|path| shown(path)).collect();
            Err(Failure::about(&shown(word), "holds the parts of several runs")
                .hint(format!("name one of them: {}", names.join(", "))))
        }
    }
}

fn nothing_at(word: &Path) -> Failure {
    let name = shown(word);
    if word.exists() {
        let what = format!("is a file, and there is no folder {}", shown(&with_ending(word)));
        return Failure::about(&name, what).hint("a run that was recorded to its end has no parts");
    }
    Failure::about(&name, "no such folder")
        .hint("the parts of run.jsonl lie in the folder run.jsonl.parts")
}

fn with_ending(trace: &Path) -> PathBuf {
    // `run/` names the same as `run`.
    let mut name = trace.components().as_path().as_os_str().to_owned();
    name.push(".parts");
    PathBuf::from(name)
}

/// Whether some rank has begun its part in a folder.
pub(crate) fn holds_parts(folder: &Path) -> bool {
    let Ok(mut entries) = fs::read_dir(folder) else { return false };
    let is_part = |name: &str| rank_of(name).is_some();
    entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(is_part)))
}

/// The folders of parts in a folder, by name.
fn folders_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let fails = |error| Failure::about(&shown(folder), format!("cannot be read: {error}"));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fails)? {
        let path = entry.map_err(fails)?.path();
        if path.extension().is_some_and(|ending| ending == "parts") && holds_parts(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Nothing is written among the parts: it could be taken for one, or be put in the place of one.
fn refuse_the_folder_itself(output: &Path, folder: &Path) -> Result<(), Failure> {
    let parent = output.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = fs::canonicalize(parent.unwrap_or(Path::new(".")));
    if output != Path::new(DASH) && parent.ok() == fs::canonicalize(folder).ok() {
        return Err(Failure::about(&shown(output), "lies among the parts")
            .hint("put the trace into another folder"));
    }
    Ok(())
}

/// `rank 3`, `ranks 3, 4 and 6`; many are counted.
fn ranks(ranks: &[Rank]) -> String {
    const NAMED: usize = 8;
    let name = |ranks: &[Rank]| -> Vec<String> { ranks.iter().map(Rank::to_string).collect() };
    match ranks {
        [one] => format!("rank {one}"),
        _ if ranks.len() > NAMED => {
            let more = ranks.len() - NAMED;
            format!("ranks {} and {more} more", name(&ranks[..NAMED]).join(", "))
        }
        [most @ .., last] => format!("ranks {} and {last}", name(most).join(", ")),
        [] => "no rank".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_named_and_many_are_counted() {
        let text = |count| ranks(&(0..count).map(Rank).collect::<Vec<_>>());
        assert_eq!([1, 2, 3].map(text), ["rank 0", "ranks 0 and 1", "ranks 0, 1 and 2"]);
        assert_eq!(text(12), "ranks 0, 1, 2, 3, 4, 5, 6, 7 and 4 more");
    }
}

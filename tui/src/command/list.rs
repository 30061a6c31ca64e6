//! `ringscope list`: the scenarios that come with the program.

use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_screen::files::meant;
use ringscope_sim::scenario::builtin::{self, ALL, BuiltIn, Kind};
use ringscope_traces::json::ascii_json;
use serde::Serialize;

use super::Verdict;
use crate::output::{Out, Streams};
use crate::report::{Style, wrapped};

/// List the built-in scenarios, or print one
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ringscope list                       all of them, by kind
  ringscope list join > my.dht         a scenario to start from

Exit codes: 0 done; 2 there is no scenario of that name.")]
pub(crate) struct ListArgs {
    /// Print the text of this scenario
    name: Option<String>,

    /// Print JSON: a list of objects, or one object
    #[arg(long)]
    json: bool,
}

pub(crate) fn execute(args: &ListArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let out = &mut streams.out;
    match (&args.name, args.json) {
        (None, false) => table(out)?,
        (None, true) => json(out, &ALL.iter().map(Row::of).collect::<Vec<_>>())?,
        (Some(name), false) => write!(out, "{}", find(name)?.text)?,
        (Some(name), true) => json(out, &Row::of(find(name)?).with_text())?,
    }
    Ok(Verdict::Good)
}

fn find(name: &str) -> Result<&'static BuiltIn, Failure> {
    let name = name.strip_suffix(".dht").unwrap_or(name);
    builtin::find(name).ok_or_else(|| {
        let failure = Failure::about(name, "there is no built-in scenario of that name");
        failure.hint(match meant(name) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`ringscope list` names them all".to_owned(),
        })
    })
}

fn table(out: &mut Out) -> Result<(), Failure> {
    let widest = ALL.iter().map(|one| one.name.len()).max().unwrap_or(0);
    for kind in Kind::ALL {
        writeln!(out, "{}", out.paint(Style::Name, heading(*kind)))?;
        for one in ALL.iter().filter(|one| one.kind == *kind) {
            let indent = " ".repeat(widest + 4);
            let summary = wrapped(one.summary(), out.width(), &indent);
            let name = out.paint(Style::Moving, format_args!("{:widest$}", one.name));
            writeln!(out, "  {name}  {}", summary.trim_start())?;
        }
        writeln!(out)?;
    }
    writeln!(out, "`ringscope run NAME` runs one, `ringscope list NAME` prints its text.")?;
    Ok(())
}
fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::WellFormed => "The protocol at its work",
        Kind::Hazard => "Hazards: misuse that the protocol does not survive, or does not notice",
        Kind::Race => "Races: correct commands that get in each other's way",
    }
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    kind: &'static str,
    summary: &'static str,
    ranks: u32,
    commands: u64,
    expect: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'static str>,
}

impl Row {
    fn of(one: &'static BuiltIn) -> Row {
        let scenario = one.scenario();
        Row {
            name: one.name,
            kind: one.kind.name(),
            summary: one.summary(),
            ranks: scenario.settings.ranks,
            commands: scenario.script.len(),
            expect: scenario.settings.expect.map(|end| end.name()),
            text: None,
        }
    }

    fn with_text(self) -> Row {
        Row { text: builtin::find(self.name).map(|one| one.text), ..self }
    }
}

fn json(out: &mut Out, value: &impl Serialize) -> Result<(), Failure> {
    writeln!(out, "{}", ascii_json(value))?;
    Ok(())
}

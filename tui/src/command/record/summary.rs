//! How a recording went, in words.

use std::io::Write as _;
use std::path::Path;

use ringscope_screen::files::shown;
use ringscope_screen::numbers::{counted, time};
use ringscope_sim::protocols::ProtocolId;
use ringscope_traces::text::Plain;

use crate::command::merge::{Findings, MergedParts};
use crate::input::DASH;
use crate::launch::{How, Limit, describe_status};
use crate::output::Notes;
use crate::report::wrapped;

/// What is printed about a recorded run.
pub(super) struct RecordSummary<'a> {
    pub how: How,
    pub elapsed_ns: u64,
    pub found: &'a MergedParts,
    pub findings: &'a Findings,
    /// Whether one rank is what was asked for.
    pub asks_for_one: bool,
}

impl RecordSummary<'_> {
    /// Tells it of the trace in that file.
    pub(super) fn print(&self, output: &Path, notes: &mut Notes) {
        let is_on_output = output == Path::new(DASH);
        self.found.print(if is_on_output { Path::new("record") } else { output }, notes);
        let cost = format!("{}, {}; ", messages(self.found), time(self.elapsed_ns));
        paragraph(&(cost + &program_end(self.how)), notes);
        if self.found.header.ranks == 1 && !self.asks_for_one {
            paragraph(
                "there is only one rank: under the mpirun of another MPI than its own, each process of a \
                 program takes itself for the only one",
                notes,
            );
        }
        self.print_what_is_wrong(notes);
        if !is_on_output {
            let name = shown(output);
            let name = Plain(&name);
            if !self.found.outcome.left_out.is_empty() {
                let _ = writeln!(notes, "  parts {name}.parts: kept, with what was left out");
            }
            let _ = writeln!(notes, "  trace {name}: `ringscope check {name}` judges it");
        }
    }
}

impl RecordSummary<'_> {
    /// Tells what is wrong with the run: in the protocol's words, if it followed one that is known.
    fn print_what_is_wrong(&self, notes: &mut Notes) {
        let is_cut_off = self.found.footer.is_none();
        if is_cut_off && ProtocolId::named(&self.found.header.protocol).is_some() {
            self.found.print_standing(notes);
        }
        self.findings.print(notes);
    }
}

/// How a program ended.
pub(crate) fn program_end(how: How) -> String {
    match how {
        How::ByItself(status) => format!("the program ended with {}", describe_status(status)),
        How::Hung => "no rank did anything for too long, and the program was ended".to_owned(),
        How::Limited(Limit::Wall) => "its time was over, and it was ended".to_owned(),
        How::Limited(Limit::Events) => {
            "it has sent and received as many messages as it may, and was ended".to_owned()
        }
        How::Limited(Limit::Bytes) => {
            "as much has been written down of it as may be, and it was ended".to_owned()
        }
        How::Limited(Limit::Repetition) => {
            "its ranks passed the same messages on and did nothing else for too long, and it was ended".to_owned()
        }
        How::Interrupted => "interrupted, and the program was ended, too".to_owned(),
    }
}

fn messages(found: &MergedParts) -> String {
    let MergedParts { sent, received, .. } = *found;
    let never = match sent.saturating_sub(received) {
        0 => String::new(),
        some => format!(" ({some} never received)"),
    };
    format!("{}{never}", counted(sent, "message"))
}

fn paragraph(words: &str, notes: &mut Notes) {
    let _ = writeln!(notes, "{}", wrapped(words, notes.width(), "  "));
}

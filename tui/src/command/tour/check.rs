//! `ringscope tour --check`: does all hold that the lessons say?

use std::io::Write as _;
use std::path::PathBuf;

use ringscope_screen::failure::Failure;
use ringscope_screen::numbers::counted;
use ringscope_screen::tour::builtin::ALL;
use ringscope_screen::tour::{Shelf, Tour};

use super::{print_faults, shelf};
use crate::command::Verdict;
use crate::output::{Out, Streams};
use crate::report::{self, Style};

/// Checks these lessons, or all that are built in.
pub(super) fn execute(words: &[PathBuf], streams: &mut Streams) -> Result<Verdict, Failure> {
    let mut verdict = Verdict::Good;
    let built_in = ALL.iter().filter(|_| words.is_empty()).map(|one| Ok(Shelf::built_in(one)));
    for lesson in words.iter().map(|word| shelf(word)).chain(built_in) {
        let came_to = match lesson {
            Ok(shelf) => check(&shelf, streams)?,
            Err(failure) => {
                report::failure::print(&failure, &mut streams.notes);
                Verdict::NotJudged
            }
        };
        verdict = worse(verdict, came_to);
    }
    Ok(verdict)
}

fn check(shelf: &Shelf, streams: &mut Streams) -> Result<Verdict, Failure> {
    match Tour::open(shelf) {
        Ok(tour) => {
            print_findings(&tour, shelf, &mut streams.out)?;
            Ok(Verdict::Good)
        }
        Err(faults) => Ok(print_faults(&faults, streams)),
    }
}

fn print_findings(tour: &Tour, shelf: &Shelf, out: &mut Out) -> Result<(), Failure> {
    let steps = counted(tour.steps.len() as u64, "step");
    let questions = counted(tour.questions() as u64, "question");
    let asked = counted(tour.asked as u64, "fact");
    let good = out.paint(Style::Good, "holds");
    writeln!(
        out,
        "{}: {good}: {steps}, {questions}; {asked} and claims worked out",
        shelf.shown()
    )?;
    Ok(())
}

fn worse(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::NotJudged, _) | (_, Verdict::NotJudged) => Verdict::NotJudged,
        (Verdict::Bad, _) | (_, Verdict::Bad) => Verdict::Bad,
        (Verdict::Good, Verdict::Good) => Verdict::Good,
    }
}

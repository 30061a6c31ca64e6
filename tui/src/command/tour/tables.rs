//! `ringscope tour --list` and `--facts`.

use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_screen::tour::builtin::ALL;
use ringscope_screen::tour::{Shelf, guide, heading};

use crate::command::Verdict;
use crate::output::Out;
use crate::report::{Style, wrapped};

/// The lessons, a line or two each.
pub(super) fn list(out: &mut Out) -> Result<Verdict, Failure> {
    let widest = ALL.iter().map(|one| one.name.len()).max().unwrap_or(0);
    for (number, one) in (1..).zip(ALL) {
        let heading = heading(&Shelf::built_in(one));
        let name = out.paint(Style::Moving, format_args!("{:widest$}", one.name));
        let indent = " ".repeat(widest + 7);
        let title = out.paint(Style::Name, &heading.title);
        writeln!(out, "  {number:>2}  {name} {title}")?;
        writeln!(out, "{}", wrapped(&heading.about, out.width(), &indent))?;
    }
    writeln!(out, "\n`ringscope tour NAME` begins one; --plain reads it as a page.")?;
    Ok(Verdict::Good)
}

/// The least columns of what is written, beside what it is.
const COLUMN: usize = 34;

/// What can stand in a lesson.
pub(super) fn facts(out: &mut Out) -> Result<Verdict, Failure> {
    for (place, (title, rows)) in guide().into_iter().enumerate() {
        let space = if place == 0 { "" } else { "\n" };
        writeln!(out, "{space}{}", out.paint(Style::Name, title))?;
        for (form, what) in rows {
            let indent = " ".repeat(COLUMN + 4);
            let what = wrapped(what, out.width(), &indent);
            let form = if form.len() > COLUMN {
                format!("{form}\n{indent}")
            } else {
                format!("{form:COLUMN$}  ")
            };
            writeln!(out, "  {}{}", out.paint(Style::Moving, form), what.trim_start())?;
        }
    }
    Ok(Verdict::Good)
}

//! What may be received next, and how many ways from there end how: a row for each.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Style;
use ringscope_sim::explore::choices::{Alternative, Critical, WayCounts, WayEnd};
use ringscope_sim::world::Choice;
use ringscope_traces::Rank;
use unicode_width::UnicodeWidthStr as _;

use crate::app::choices::{Choices, ChoicesHere};
use crate::app::{App, Pane, Target};
use crate::numbers;

use super::framed::{self, VisibleRows};
use super::layout::Placed;
use super::panes::Drawing;
use super::scene::Scene;
use super::symbols::Symbol;
use super::{Paint, words};

/// The pane.
pub(super) const PANE: Drawing =
    Drawing { pane: Pane::Choices, draw, at: alternative_at, height: None };

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let inside = framed::draw(scene, placed, "", buffer);
    let mut paint = Paint { area: inside, look: scene.look, buffer };
    let plan = Plan::of(scene, inside);
    for (index, line) in plan.said.iter().enumerate() {
        paint.row(index).pen().write(&line.text, line.style);
    }
    let Some(here) = &plan.here else { return };
    let columns = Columns::of(scene, here);
    let rows = here.alternatives.iter().enumerate().skip(plan.first).take(plan.rows);
    for ((nth, one), row) in rows.zip(plan.said.len()..) {
        draw_row(scene, (here, &columns), (nth, one), &mut paint.row(row));
    }
    let count = here.alternatives.len();
    let below = u16::try_from(plan.said.len()).unwrap_or(inside.height).min(inside.height);
    let list = Rect { y: inside.y + below, height: inside.height - below, ..inside };
    framed::scrollbar(
        VisibleRows { first: plan.first, rows: plan.rows, count },
        &mut paint.within(list),
    );
}

/// The alternative in the row at a position.
fn alternative_at(scene: &Scene<'_>, placed: Placed, position: Position) -> Option<Target> {
    let inside = placed.inside();
    let plan = Plan::of(scene, inside);
    let row = usize::from(position.y.checked_sub(inside.y)?).checked_sub(plan.said.len())?;
    let count = plan.here.as_ref()?.alternatives.len();
    let row = Some(plan.first + row).filter(|_| row < plan.rows)?;
    (row < count).then_some(Target::Row(row))
}

/// Which rows show what.
struct Plan {
    said: Vec<Said>,
    here: Option<ChoicesHere>,
    /// The first alternative that is seen, and for how many there is room.
    first: usize,
    rows: usize,
}

/// A line above the alternatives.
struct Said {
    text: String,
    style: Style,
}

/// Behind so many rows for the alternatives, what is said is cut.
const LEAST_ROWS: usize = 2;

impl Plan {
    fn of(scene: &Scene<'_>, inside: Rect) -> Plan {
        let (width, height) = (usize::from(inside.width), usize::from(inside.height));
        let theme = &scene.look.theme;
        let Some(choices) = &scene.app.choices else {
            let said = vec![Said { text: NOT_EXPLORED.to_owned(), style: theme.faint() }];
            return Plan { said, here: None, first: 0, rows: 0 };
        };
        let here = scene.app.choices_here();
        let critical = critical_in_words(scene.app, choices);
        let is_bad = matches!(choices.critical(), Critical::At(_) | Critical::NeverAvoidable);
        let style = if is_bad { theme.bad() } else { theme.faint() };
        let sentences = [
            (here_in_words(scene, choices, here.as_ref()), theme.text()),
            (format!("{} {critical}", scene.symbol(Symbol::Critical)), style),
        ];
        let said = sentences.into_iter().flat_map(|(text, style)| {
            let lines = textwrap::wrap(&text, width.max(1)).into_iter();
            lines
                .map(|line| line.into_owned())
                .map(move |text| Said { text, style })
                .collect::<Vec<_>>()
        });
        let mut said: Vec<Said> = said.collect();
        let count = here.as_ref().map_or(0, |here| here.alternatives.len());
        said.truncate(height.saturating_sub(count.min(LEAST_ROWS)));
        let rows = height - said.len();
        let chosen = here.as_ref().map_or(0, |here| here.chosen);
        Plan { said, first: framed::window(count, rows, chosen), rows, here }
    }
}

const NOT_EXPLORED: &str = "this run was not explored: `ringscope play --explore SCENARIO` does it";

/// What can happen where the cursor stands.
fn here_in_words(scene: &Scene<'_>, choices: &Choices, here: Option<&ChoicesHere>) -> String {
    let least = if choices.is_exhausted() { "" } else { "at least " };
    let Some(here) = here else {
        let states = choices.states();
        return format!("the search ended before it got here: it knows {states} states");
    };
    let can = match here.alternatives.len() {
        0 => {
            let ends = WayEnd::ALL.into_iter().find(|end| here.ways.count(*end) > 0);
            let ends = ends.map_or("", in_words);
            return format!("nothing can be received any more: the run ends here ({ends})");
        }
        1 => "only one thing can be received next".to_owned(),
        count => format!("{count} receives can come next"),
    };
    let ways = |count: u64| numbers::large(count, scene.symbol(Symbol::Times));
    let complete = format!("{least}{} complete", ways(here.ways.completing()));
    let fail = format!("{least}{} fail", ways(here.ways.failing()));
    let why_least = match choices.is_exhausted() {
        true => String::new(),
        false => format!("; the search ended at {} states", choices.states()),
    };
    let kinds = kinds(scene, here.ways);
    format!("{can}; of the ways from here {complete} and {fail}{kinds}{why_least}")
}

/// ` (deadlock 80, lost key 6)`, or ` (deadlock)`; nothing where no way fails.
fn kinds(scene: &Scene<'_>, ways: WayCounts) -> String {
    let count = |count: u64| numbers::large(count, scene.symbol(Symbol::Times));
    match ways.failures()[..] {
        [] => String::new(),
        [(end, _)] => format!(" ({})", in_words(end)),
        ref kinds => {
            let kinds = kinds.iter();
            let kinds = kinds.map(|(end, ways)| format!("{} {}", in_words(*end), count(*ways)));
            format!(" ({})", kinds.collect::<Vec<_>>().join(", "))
        }
    }
}

/// How a way ends, in words.
fn in_words(end: WayEnd) -> &'static str {
    match end {
        WayEnd::Completed => "completed",
        WayEnd::WrongAnswer => "wrong answer",
        WayEnd::LostKey => "lost key",
        WayEnd::BrokenRing => "broken ring",
        WayEnd::Deadlock => "deadlock",
        WayEnd::Crash => "crash",
        WayEnd::GoesRound => "goes round",
        WayEnd::Unexplored => "not explored",
    }
}

/// What there is to say of the critical choice.
fn critical_in_words(app: &App, choices: &Choices) -> String {
    match (choices.critical(), app.critical_event()) {
        (Critical::At(_), Some(critical)) => {
            let info = app.timeline.info(critical.at);
            let Choice { rank, source } = critical.instead;
            let who = if rank == info.rank { "it".to_owned() } else { words::rank(rank) };
            format!(
                "the critical choice is event {}, where r{} receives {} from r{}: after it no order ends well, and before it one does, in \
                 which {who} receives from r{source} next",
                words::number(critical.at),
                info.rank,
                words::short_tag(app, info.tag),
                info.peer,
            )
        }
        (Critical::None, _) => "no choice is critical: this run ends well".to_owned(),
        (Critical::NeverAvoidable, _) => {
            "no choice is critical: no order of this scenario ends well".to_owned()
        }
        (Critical::Unknown | Critical::At(_), _) => {
            "whether a choice is critical is not known: the search ended too early".to_owned()
        }
    }
}

/// The widths of the columns.
struct Columns {
    way: usize,
    label: usize,
    complete: usize,
    fail: usize,
}

impl Columns {
    fn of(scene: &Scene<'_>, here: &ChoicesHere) -> Columns {
        let greatest = Rank(scene.app.timeline.header().ranks.max(1) - 1);
        let way = 2 * words::rank(greatest).len() + scene.symbol(Symbol::From).width() + 3;
        let widest = |text: &dyn Fn(&Alternative) -> String| {
            here.alternatives.iter().map(|one| text(one).width()).max().unwrap_or(0)
        };
        Columns {
            way,
            label: widest(&|one| label(scene, one)) + 2,
            complete: widest(&|one| complete(scene, one)) + 2,
            fail: widest(&|one| fail(scene, one)),
        }
    }
}

/// `400 4`: the message by its name and what tells it apart, where it is under way.
fn label(scene: &Scene<'_>, one: &Alternative) -> String {
    let flights = scene.app.view.snapshot.flights.iter();
    let Choice { rank, source } = one.choice;
    let mut flights = flights.filter(|flight| flight.from == source && flight.to == rank);
    match flights.find(|flight| flight.tag == one.tag) {
        Some(flight) => words::label(scene.app, flight.sent),
        None => words::short_tag(scene.app, one.tag),
    }
}

fn complete(scene: &Scene<'_>, one: &Alternative) -> String {
    let count = numbers::large(one.ways.completing(), scene.symbol(Symbol::Times));
    format!("{count} complete{}", more(one))
}

fn fail(scene: &Scene<'_>, one: &Alternative) -> String {
    let count = numbers::large(one.ways.failing(), scene.symbol(Symbol::Times));
    format!("{count} fail{}", more(one))
}

/// A plus where there may be more, since the search was ended.
fn more(one: &Alternative) -> &'static str {
    if one.ways.unexplored() > 0 { "+" } else { "" }
}

fn draw_row(
    scene: &Scene<'_>,
    (here, columns): (&ChoicesHere, &Columns),
    (nth, one): (usize, &Alternative),
    paint: &mut Paint<'_>,
) {
    let theme = &scene.look.theme;
    let is_chosen = nth == here.chosen && scene.app.view.focus == Pane::Choices;
    let mark = if here.taken == Some(nth) { scene.symbol(Symbol::Cursor) } else { "" };
    let Choice { rank, source } = one.choice;
    let way = format!("r{rank} {} r{source}", scene.symbol(Symbol::From));
    let (well, badly) = (one.ways.completing() > 0, one.ways.failing() > 0);
    let mut pen = paint.pen();
    pen.column(mark, 2, theme.moving()).column(&way, columns.way, scene.style_of(rank));
    let style = if is_chosen { theme.selected() } else { theme.name() };
    let label = label(scene, one);
    let gap = columns.label.saturating_sub(label.width());
    pen.write(&label, style).gap(gap);
    let style = if well { theme.good() } else { theme.faint() };
    pen.column(&complete(scene, one), columns.complete, style);
    let style = if badly { theme.bad() } else { theme.faint() };
    pen.column(&fail(scene, one), columns.fail, style);
    pen.write(&kinds(scene, one.ways), theme.text());
}

#[cfg(test)]
mod tests;

//! Two traces side by side: rows aligned per rank, where they first part, and the states there.

use ratatui_core::layout::{Margin, Position, Rect};
use ratatui_core::style::Style;
use ratatui_core::widgets::Widget as _;
use ratatui_widgets::block::Block;
use ringscope_traces::diff::Level;

mod pictures;
mod plan;
mod summary;
#[cfg(test)]
mod tests;

use super::framed::window;
use super::geometry::cells;
use super::keybar::Bar;
use super::pen::{fitted, row};
use super::symbols::Symbol;
use super::{Look, Paint, Surface, prompt, words};
use crate::app::Target;
use crate::app::diff::{Diff, Tally};

use plan::PagePlan;
pub(super) use summary::shown;

/// What a comparison shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The two runs, by what differs.
    pub names: [String; 2],
    /// What there is to say: of the last action, or where the two part, or why they cannot be compared.
    pub sentence: String,
    /// How many events there are of each kind.
    pub tally: Tally,
    /// The verdict, in words.
    pub verdict: String,
    /// How much the two agree, as soon as it is known.
    pub level: Option<Level>,
    /// Rows of events that belong together.
    pub rows: Vec<Pair>,
    /// The row at which they first part.
    pub first: Option<usize>,
    /// The row that the cursor is on.
    pub cursor: usize,
    /// How the events stand to each other in parts of all rows, as many as a screen has columns or more.
    pub overview: Vec<Relation>,
    /// Which of how many rows in all the cursor is on.
    pub row: (usize, usize),
    /// Whose states are compared below, in a few words.
    pub subject: String,
    /// What is known of it in the one and in the other.
    pub states: Vec<StatePair>,
}

/// Events that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pair {
    /// The event of each trace, in words; none where it is missing.
    pub sides: [Option<String>; 2],
    /// How they stand to each other.
    pub relation: Relation,
    /// What stands where an event is missing: that there is none, or where it is.
    pub missing: String,
}

/// How the events of a row stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Relation {
    /// They are the same.
    #[default]
    Same,
    /// The same, in another order.
    Order,
    /// The same place, another event.
    Different,
    /// Only the first trace has it.
    OnlyFirst,
    /// Only the second trace has it.
    OnlySecond,
}

/// Something of a state in both traces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatePair {
    /// What it is.
    pub label: String,
    /// In each trace.
    pub sides: [String; 2],
}

impl Relation {
    /// The sign between the columns.
    fn sign(self) -> &'static str {
        match self {
            Relation::Same => "=",
            Relation::Order => "~",
            Relation::Different => "#",
            Relation::OnlyFirst => "<",
            Relation::OnlySecond => ">",
        }
    }

    /// How much it says where there is room for one only.
    fn weight(self) -> u8 {
        match self {
            Relation::Same => 0,
            Relation::Order => 1,
            Relation::Different | Relation::OnlyFirst | Relation::OnlySecond => 2,
        }
    }

    fn style(self, look: &Look) -> Style {
        match self {
            Relation::Same => look.theme.faint(),
            Relation::Order => look.theme.warning(),
            Relation::Different | Relation::OnlyFirst | Relation::OnlySecond => look.theme.bad(),
        }
    }
}

/// Draws the page of the app, with the line that is typed on it.
pub fn draw_page(page: &Diff, paint: &mut Paint<'_>) {
    draw_beside(page, paint);
    if let Some(line) = &page.prompt {
        let [above, last] = last_rows(paint.area);
        prompt::draw(line, above, &mut paint.within(last));
    }
}

/// Draws the page, without what is typed on it: beside a lesson's text nothing is.
pub(super) fn draw_beside(page: &Diff, paint: &mut Paint<'_>) {
    let area = paint.area.intersection(paint.buffer.area);
    let comparison = shown(page, paint.look.symbols).0;
    let plan = PagePlan::new(area, &comparison).with_pictures();
    draw_parts(&comparison, &plan, &mut paint.within(area));
    pictures::draw(page, &mut paint.within(plan.pictures));
    draw_ends(&comparison, &Bar::of(page, &page.controls), &mut paint.within(area));
}

/// Draws the whole page, without pictures.
#[cfg(test)]
pub(super) fn draw(comparison: &Comparison, keys_bar: &Bar<'_>, paint: &mut Paint<'_>) {
    let area = paint.area.intersection(paint.buffer.area);
    draw_parts(comparison, &PagePlan::new(area, comparison), &mut paint.within(area));
    draw_ends(comparison, keys_bar, &mut paint.within(area));
}

/// The first row, and the last two.
fn draw_ends(comparison: &Comparison, keys_bar: &Bar<'_>, paint: &mut Paint<'_>) {
    let area = paint.area;
    draw_title(comparison, &mut paint.row(0));
    let [bar, keys] = last_rows(area);
    if area.height > 3 {
        draw_bar(comparison, &mut paint.within(bar));
        keys_bar.draw(&mut paint.within(keys));
    }
}

/// What lies between them.
fn draw_parts(comparison: &Comparison, plan: &PagePlan, paint: &mut Paint<'_>) {
    let look = paint.look;
    for (index, line) in plan.sentence_lines.iter().enumerate() {
        paint.within(row(plan.sentence, index)).pen().gap(1).write(line, look.theme.warning());
    }
    let title = match comparison.row {
        (_, 0) => " rows ".to_owned(),
        (at, rows) => format!(" row {} of {rows} ", at + 1),
    };
    let inside = frame(&title, &mut paint.within(plan.table));
    if comparison.row.1 > 0 {
        draw_tally(comparison.tally, title.len(), &mut paint.within(plan.table));
    }
    draw_rows(comparison, &mut paint.within(inside));
    let title = format!(" {} ", words::plain(&comparison.subject));
    let inside = frame(&title, &mut paint.within(plan.states));
    draw_states(comparison, &mut paint.within(inside));
}

/// What is at a position of the page, as it was drawn.
pub fn at(page: &Diff, surface: Surface<'_>, position: Position) -> Option<Target> {
    let Position { x, y } = position;
    let (comparison, first) = shown(page, surface.look.symbols);
    let [bar, keys] = last_rows(surface.area);
    if keys.contains(position) {
        let action = Bar::of(page, &page.controls).action_at(surface.within(keys), x);
        return action.map(Target::Bar);
    }
    if bar.contains(position) {
        let (_, rows) = comparison.row;
        let row = usize::from(x - bar.x) * rows / usize::from(bar.width);
        return (rows > 0).then_some(Target::Scrubber(row));
    }
    let plan = PagePlan::new(surface.area, &comparison).with_pictures();
    row_at(&comparison, &plan, y).map(|row| Target::Row(first + row))
}

/// The row of the list at a position, as it was drawn.
fn row_at(comparison: &Comparison, plan: &PagePlan, y: u16) -> Option<usize> {
    let inside = plan.table.inner(Margin::new(1, 1));
    let index = usize::from(y.checked_sub(inside.y + 1).filter(|_| y < inside.bottom())?);
    let rows = usize::from(inside.height.saturating_sub(1));
    let first = window(comparison.rows.len(), rows, comparison.cursor);
    Some(first + index).filter(|index| *index < comparison.rows.len())
}

/// The row of the overview, and that of the keys.
fn last_rows(area: Rect) -> [Rect; 2] {
    let height = usize::from(area.height);
    [row(area, height.saturating_sub(2)), row(area, height.saturating_sub(1))]
}

fn frame(title: &str, paint: &mut Paint<'_>) -> Rect {
    let look = paint.look;
    let area = paint.area.intersection(paint.buffer.area);
    let block =
        Block::bordered().border_set(look.symbols.border()).border_style(look.theme.frame(false));
    let inside = block.inner(area);
    block.render(area, paint.buffer);
    let top = Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(2), ..area };
    paint.within(top).pen().write(title, look.theme.name());
    inside
}

fn draw_title(comparison: &Comparison, paint: &mut Paint<'_>) {
    let look = paint.look;
    let mut pen = paint.pen();
    pen.write(" DIFF ", look.theme.mode());
    for (letter, name) in ["A", "B"].into_iter().zip(&comparison.names) {
        pen.gap(2).write(letter, look.theme.key()).gap(1);
        pen.write(&words::plain(name), look.theme.text());
    }
    let style = comparison.level.map_or(look.theme.text(), |level| verdict_style(level, look));
    let verdict = words::plain(&comparison.verdict);
    pen.gap(2).write(verdict.split(':').next().unwrap_or_default(), style);
}

/// The colour of a verdict.
fn verdict_style(level: Level, look: &Look) -> Style {
    match level {
        Level::Equal => look.theme.good(),
        Level::Reordered => look.theme.warning(),
        Level::Different => look.theme.bad(),
    }
}

/// How many events there are of each kind, under the signs that the rows have, and in words where there is room.
fn draw_tally(tally: Tally, before: usize, paint: &mut Paint<'_>) {
    let look = paint.look;
    let counts = [
        (Relation::Same, tally.same, "alike"),
        (Relation::Order, tally.moved, "at another time"),
        (Relation::OnlyFirst, tally.only_a, "only in A"),
        (Relation::OnlySecond, tally.only_b, "only in B"),
    ];
    let area = paint.area;
    let start = cells(before + 1);
    let place = Rect {
        x: area.x.saturating_add(start),
        width: area.width.saturating_sub(start + 1),
        ..area
    };
    let mut paint = paint.within(place.intersection(area));
    let mut pen = paint.pen();
    let length =
        |(_, count, words): &(Relation, usize, &str)| count.to_string().len() + words.len() + 5;
    let has_words = counts.iter().map(length).sum::<usize>() <= pen.room();
    for (relation, count, words) in counts {
        pen.write(" ", look.theme.text()).write(relation.sign(), relation.style(look));
        pen.write(&format!(" {count} "), look.theme.text());
        if has_words {
            pen.write(&format!("{words} "), look.theme.text());
        }
    }
}

fn draw_rows(comparison: &Comparison, paint: &mut Paint<'_>) {
    let (area, key) = (paint.area, paint.look.theme.key());
    let columns = columns(area);
    let heading = row(area, 0);
    for ((letter, name), column) in ["A", "B"].into_iter().zip(&comparison.names).zip(columns) {
        let mut paint = paint.within(within(heading, column));
        let style = paint.look.theme.faint();
        paint.pen().write(letter, key).gap(2).write(&words::plain(name), style);
    }
    let rows = usize::from(area.height.saturating_sub(1));
    let first = window(comparison.rows.len(), rows, comparison.cursor);
    let seen = comparison.rows.iter().enumerate().skip(first).take(rows);
    for (index, pair) in seen {
        let states = NodeStates {
            is_chosen: comparison.cursor == index,
            is_first: comparison.first == Some(index),
        };
        draw_pair(pair, states, &mut paint.row(1 + index - first));
    }
}

/// The columns of both sides, each with where it begins and its width.
fn columns(area: Rect) -> [Column; 2] {
    let half = area.width.saturating_sub(5) / 2;
    let rest = area.width.saturating_sub(5 + half);
    [Column { start: 2, width: half }, Column { start: 2 + half + 3, width: rest }]
}

/// A part of a row.
#[derive(Debug, Clone, Copy)]
struct Column {
    /// Where it begins in the row.
    start: u16,
    width: u16,
}

fn within(row: Rect, column: Column) -> Rect {
    let Column { start, width } = column;
    Rect { x: row.x.saturating_add(start), width, ..row }.intersection(row)
}

/// How a row stands among the others.
#[derive(Debug, Clone, Copy)]
struct NodeStates {
    /// The cursor is on it.
    is_chosen: bool,
    /// The two traces first part there.
    is_first: bool,
}

fn draw_pair(pair: &Pair, states: NodeStates, paint: &mut Paint<'_>) {
    let NodeStates { is_chosen, is_first } = states;
    let (area, look) = (paint.area, paint.look);
    let columns = columns(area);
    let style = pair.relation.style(look);
    if is_chosen {
        paint.pen().write(look.symbols.of(Symbol::Cursor), look.theme.moving());
    }
    let text = match pair.relation {
        Relation::Same => look.theme.text(),
        Relation::Order | Relation::Different | Relation::OnlyFirst | Relation::OnlySecond => style,
    };
    let dashes = look.symbols.of(Symbol::Future).repeat(2);
    let remark = if is_first { FIRST } else { "" };
    let last = columns[1].width.saturating_sub(cells(remark.len()));
    let widths = [columns[0].width, last];
    for ((side, column), width) in pair.sides.iter().zip(columns).zip(widths) {
        let mut paint = paint.within(within(area, Column { width, ..column }));
        let mut pen = paint.pen();
        let room = pen.room();
        match side {
            Some(event) => pen.write(&fitted(&words::plain(event), room), text),
            None => pen.write(&format!("{dashes} {} {dashes}", pair.missing), look.theme.faint()),
        };
    }
    let sign = within(area, Column { start: columns[1].start.saturating_sub(2), width: 1 });
    paint.within(sign).pen().write(pair.relation.sign(), style);
    let end = within(area, Column { start: columns[1].start + last, width: cells(remark.len()) });
    paint.within(end).pen().write(remark, look.theme.selected());
}

/// What stands at the end of the row at which the two part.
const FIRST: &str = " first divergence ";

fn draw_states(comparison: &Comparison, paint: &mut Paint<'_>) {
    const LABEL: u16 = 13;
    let (area, look) = (paint.area, paint.look);
    let half = area.width.saturating_sub(LABEL + 2) / 2;
    for (index, state) in comparison.states.iter().enumerate() {
        let area = row(area, index);
        let label = within(area, Column { start: 1, width: LABEL - 1 });
        paint.within(label).pen().write(&words::plain(&state.label), look.theme.label());
        let differ = state.sides[0] != state.sides[1];
        let style = if differ { look.theme.changed() } else { look.theme.text() };
        let starts = [LABEL, LABEL + half + 2];
        for (side, start) in state.sides.iter().zip(starts) {
            let place = within(area, Column { start, width: half });
            paint.within(place).pen().write(&words::plain(side), style);
        }
        let between = within(area, Column { start: LABEL + half, width: 1 });
        paint.within(between).pen().write(look.symbols.of(Symbol::Rule), look.theme.faint());
    }
}

/// Where the two are the same and where not, all in one row.
fn draw_bar(comparison: &Comparison, paint: &mut Paint<'_>) {
    let look = paint.look;
    let width = usize::from(paint.area.width);
    let bins = comparison.overview.len();
    let (chosen, rows) = comparison.row;
    let head = (rows > 0).then(|| chosen * width / rows);
    let mut pen = paint.pen();
    for at in 0..width {
        let from = at * bins / width;
        let to = ((at + 1) * bins / width).max(from + 1).min(bins);
        let bins = comparison.overview.get(from..to).unwrap_or_default();
        let worst = bins.iter().copied().max_by_key(|one| one.weight());
        let worst = worst.unwrap_or_default();
        if head == Some(at) {
            pen.write(look.symbols.of(Symbol::Head), look.theme.moving());
        } else if worst == Relation::Same {
            pen.write(look.symbols.of(Symbol::Past), look.theme.faint());
        } else {
            pen.write(worst.sign(), worst.style(look));
        }
    }
}

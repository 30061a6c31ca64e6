//! Two traces side by side: rows aligned per rank, where they first part, and the states there.

use ratatui_core::layout::{Margin, Position, Rect};
use ratatui_core::style::Style;
use ratatui_core::widgets::Widget as _;
use ratatui_widgets::block::Block;

mod summary;

use super::framed::window;
use super::geometry::cells;
use super::keybar::Bar;
use super::pen::{Pen, row};
use super::symbols::Symbol;
use super::{Look, Paint, Surface, prompt, words};
use crate::app::Target;
use crate::app::diff::{Diff, Tally};

pub(super) use summary::shown;

/// What a comparison shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The two traces, in a few words each.
    pub names: [String; 2],
    /// How many rows there are of each kind.
    pub tally: Tally,
    /// The verdict, in words.
    pub verdict: String,
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
    /// What there is to say about it.
    pub remark: String,
}

/// Events that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pair {
    /// The event of each trace, in words; none where it is missing.
    pub sides: [Option<String>; 2],
    /// How they stand to each other.
    pub relation: Relation,
    /// What there is to say about it.
    pub remark: String,
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
    draw(&shown(page, paint.look.symbols).0, &Bar::of(page, &page.controls), paint);
    if let Some(line) = &page.prompt {
        let [above, last] = last_rows(paint.area);
        prompt::draw(line, above, &mut paint.within(last));
    }
}

/// Draws the whole page.
pub(super) fn draw(comparison: &Comparison, keys_bar: &Bar<'_>, paint: &mut Paint<'_>) {
    let area = paint.area.intersection(paint.buffer.area);
    let mut paint = paint.within(area);
    draw_title(comparison, &mut paint.row(0));
    let (above, below) = parts(area, comparison.states.len());
    let title = match comparison.row {
        (_, 0) => " aligned per rank ".to_owned(),
        (at, rows) => format!(" aligned per rank: row {} of {rows} ", at + 1),
    };
    let inside = frame(&title, &mut paint.within(above));
    draw_rows(comparison, &mut paint.within(inside));
    let title = format!(" {} ", words::plain(&comparison.subject));
    let inside = frame(&title, &mut paint.within(below));
    draw_states(comparison, &mut paint.within(inside));
    let [bar, keys] = last_rows(area);
    if area.height > 3 {
        draw_bar(comparison, &mut paint.within(bar));
        keys_bar.draw(&mut paint.within(keys));
    }
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
    row_at(&comparison, surface.area, y).map(|row| Target::Row(first + row))
}

/// The row of the list at a position, as it was drawn.
pub(super) fn row_at(comparison: &Comparison, area: Rect, y: u16) -> Option<usize> {
    let (above, _) = parts(area, comparison.states.len());
    let inside = above.inner(Margin::new(1, 1));
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

/// The rows above and the states below.
fn parts(area: Rect, states: usize) -> (Rect, Rect) {
    let height = area.height.saturating_sub(3);
    // On a small screen the rows say more than the states; on a big one there are two for the remark.
    let remark = if height < 27 { 1 } else { 2 };
    let below = if height < 12 { 0 } else { cells(states + 2 + remark).min(height / 2) };
    let above =
        Rect { y: area.y.saturating_add(1).min(area.bottom()), height: height - below, ..area };
    (above, Rect { y: above.bottom(), height: below, ..area })
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
    let style = match comparison.first {
        Some(_) => look.theme.bad(),
        None => look.theme.good(),
    };
    let verdict = words::plain(&comparison.verdict);
    // What it means stands at the end of the states, too.
    let verdict = verdict.split(':').next().unwrap_or_default();
    pen.gap(2).write(verdict, style);
    if comparison.row.1 > 0 {
        draw_tally(comparison.tally, look, &mut pen);
    }
}

/// How many rows there are of each kind, under the signs that the rows have.
fn draw_tally(tally: Tally, look: &Look, pen: &mut Pen<'_>) {
    let counts = [
        (Relation::Same, tally.same),
        (Relation::Order, tally.moved),
        (Relation::OnlyFirst, tally.only_a),
        (Relation::OnlySecond, tally.only_b),
    ];
    for (relation, count) in counts {
        pen.gap(2).write(relation.sign(), relation.style(look));
        pen.gap(1).write(&count.to_string(), look.theme.text());
    }
}

fn draw_rows(comparison: &Comparison, paint: &mut Paint<'_>) {
    let (area, key) = (paint.area, paint.look.theme.key());
    let columns = columns(area);
    let heading = row(area, 0);
    for (letter, column) in ["A", "B"].into_iter().zip(columns) {
        paint.within(within(heading, column)).pen().write(letter, key);
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
    let missing = look.symbols.of(Symbol::Future).repeat(2);
    for (side, column) in pair.sides.iter().zip(columns) {
        let mut paint = paint.within(within(area, column));
        let mut pen = paint.pen();
        match side {
            Some(event) => pen.write(&words::plain(event), text),
            None => pen.write(&format!("{missing} missing {missing}"), look.theme.faint()),
        };
    }
    let sign = within(area, Column { start: columns[1].start.saturating_sub(2), width: 1 });
    paint.within(sign).pen().write(pair.relation.sign(), style);
    let remark = match is_first {
        true => format!(" first divergence {}", words::plain(&pair.remark)),
        false if pair.remark.is_empty() => return,
        false => format!(" {}", words::plain(&pair.remark)),
    };
    let width = cells(remark.chars().count()).min(columns[1].width);
    let end = within(area, Column { start: area.width.saturating_sub(width), width });
    let style = if is_first { look.theme.selected() } else { look.theme.faint() };
    paint.within(end).pen().write(&remark, style);
}

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
    let remark = words::plain(&comparison.remark);
    let width = usize::from(area.width).saturating_sub(1).max(1);
    for (index, line) in textwrap::wrap(&remark, width).iter().enumerate() {
        let mut paint = paint.row(comparison.states.len() + index);
        paint.pen().gap(1).write(line, look.theme.warning());
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

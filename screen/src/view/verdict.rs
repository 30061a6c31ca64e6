//! The card on the ring's pane: how the run ended, what has just gone wrong, or why an event came about; and the whole
//! explanation over the panes.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Margin, Rect, Size};
use ratatui_core::style::{Modifier, Style};
use ratatui_core::widgets::Widget as _;
use ratatui_widgets::clear::Clear;
use unicode_width::UnicodeWidthStr as _;

use crate::app::verdict::{Judgement, Verdict};
use crate::app::{Action, App};

use super::geometry::cells;
use super::layout::{split_bottom, split_top};
use super::pen::{Pen, row};
use super::scene::Scene;
use super::symbols::{Symbol, Symbols};
use super::theme::Theme;
use super::{Paint, framed, keybar, words};

/// The least rows of a pane on which there is a card.
const LEAST_HEIGHT: u16 = 6;

/// A row of the card.
struct Line {
    text: String,
    style: Style,
}

/// Shares the pane between the ring and the card, if there is anything to say; the ring's part first.
pub(super) fn share(scene: &Scene<'_>, inside: Rect) -> (Rect, Option<Card>) {
    let verdict = scene.verdict.as_ref().filter(|_| inside.height >= LEAST_HEIGHT);
    let Some(verdict) = verdict else { return (inside, None) };
    let most = Size { height: inside.height / 2, ..inside.as_size() };
    let lines = lines(scene, verdict, most);
    let (ring, area) = split_bottom(inside, cells(lines.len()));
    (ring, Some(Card { area, lines }))
}

/// What is said on the ring's pane.
pub(super) struct Card {
    area: Rect,
    lines: Vec<Line>,
}

impl Card {
    /// Draws it.
    pub(super) fn draw(&self, buffer: &mut Buffer) {
        let width = usize::from(self.area.width);
        for (index, line) in self.lines.iter().enumerate() {
            Pen::new(buffer, row(self.area, index)).column(&line.text, width, line.style);
        }
    }
}

fn style(judgement: Judgement, theme: &Theme) -> Style {
    match judgement {
        Judgement::Bad => theme.bad(),
        Judgement::Good => theme.good(),
        Judgement::Neither => theme.name(),
    }
}

/// The title, as many facts and words as there is room for, and the keys that lead on.
fn lines(scene: &Scene<'_>, verdict: &Verdict, most: Size) -> Vec<Line> {
    let (width, height) = (usize::from(most.width), usize::from(most.height));
    let theme = &scene.look.theme;
    let style = style(verdict.judgement, theme);
    let mark = match verdict.judgement {
        Judgement::Bad => Symbol::Bad,
        Judgement::Good => Symbol::Good,
        Judgement::Neither => Symbol::Because,
    };
    let title = format!(" {} {}", scene.symbol(mark), titled(verdict, scene.look.symbols));
    let title =
        Line { text: format!("{title:width$}"), style: style.add_modifier(Modifier::REVERSED) };
    let hints = hints(scene, verdict);
    let room = height.saturating_sub(1 + usize::from(!hints.is_empty()));
    let first_sentence = verdict.paragraph.as_deref().map(first_sentence);
    let said = verdict.facts.iter().map(String::as_str).chain(first_sentence);
    let mut said: Vec<String> = said.flat_map(|text| wrapped(text, width)).collect();
    if said.len() > room {
        said.truncate(room);
        if let Some(last) = said.last_mut() {
            *last = unfinished(last, scene.symbol(Symbol::More), width);
        }
    }
    let said = said.into_iter().map(|text| Line { text, style: theme.text() });
    let hints = Some(hints).filter(|hints| !hints.is_empty());
    let hints = hints.map(|text| Line { text, style: theme.faint() });
    std::iter::once(title).chain(said).chain(hints).collect()
}

/// The line with a sign that it goes on, without its last words where there is no room for both.
fn unfinished(line: &str, more: &str, width: usize) -> String {
    let mut line = line;
    while line.width() + 1 + more.width() > width
        && let Some((shorter, _)) = line.rsplit_once(' ')
    {
        line = shorter;
    }
    format!("{line} {more}")
}

/// The title, and the circle where there is one: `deadlock: r3 → r4 → r3`.
fn titled(verdict: &Verdict, symbols: Symbols) -> String {
    let title = words::plain(&verdict.title);
    let circle = verdict.cycle.iter().chain(verdict.cycle.first()).map(|rank| words::rank(*rank));
    let circle: Vec<String> = circle.collect();
    match circle.is_empty() {
        true => title,
        false => format!("{title}: {}", circle.join(&format!(" {} ", symbols.of(Symbol::To)))),
    }
}

/// The keys that lead on from the card.
fn hints(scene: &Scene<'_>, verdict: &Verdict) -> String {
    let keymap = &scene.app.controls.keymap;
    let mut hints = Vec::new();
    let mut hint = |action: Action, words: &str| {
        if let Some(key) = keymap.keys(action).first() {
            hints.push(format!("{} {words}", keybar::pretty(&key.to_string(), scene.look.symbols)));
        }
    };
    if verdict.has_decisive {
        hint(Action::Decisive, "what decided it");
    }
    if verdict.paragraph.is_some() {
        hint(Action::Explain, "explained in full");
    }
    hints.join("  ")
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let text = words::plain(text);
    let options = textwrap::Options::new(width.max(1)).subsequent_indent("  ");
    textwrap::wrap(&text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// Up to the first full stop behind which a new sentence begins.
fn first_sentence(paragraph: &str) -> &str {
    paragraph.find(". ").map_or(paragraph, |end| &paragraph[..=end])
}

/// The most columns of the whole explanation.
const WIDTH: u16 = 76;

/// Draws the whole explanation over the panes.
pub(super) fn draw_whole(app: &App, paint: &mut Paint<'_>) {
    let Some(verdict) = app.verdict().filter(|_| app.view.explains) else { return };
    let screen = paint.area;
    let width = screen.width.saturating_sub(4).min(WIDTH);
    let inner = usize::from(width.saturating_sub(4));
    let facts = verdict.facts.iter().flat_map(|fact| wrapped(fact, inner));
    let paragraph = verdict.paragraph.iter().flat_map(|text| wrapped(text, inner));
    let lines: Vec<String> = facts.chain(std::iter::once(String::new())).chain(paragraph).collect();
    let height = cells(lines.len()).saturating_add(2).min(screen.height.saturating_sub(2));
    let area = Rect {
        x: screen.x + (screen.width - width) / 2,
        y: screen.y + (screen.height - height) / 2,
        width,
        height,
    };
    Clear.render(area.intersection(paint.buffer.area), paint.buffer);
    let inside = framed::plain(&mut paint.within(area), true).inner(Margin::new(1, 0));
    let (top, _) = split_top(area.inner(Margin::new(1, 0)), 1);
    let style = style(verdict.judgement, &paint.look.theme);
    let title = format!(" {} ", titled(&verdict, paint.look.symbols));
    paint.within(top).pen().write(&title, style.add_modifier(Modifier::REVERSED));
    let (rows, count) = (usize::from(inside.height), lines.len());
    let first = app.view.explained_from.min(count.saturating_sub(rows));
    let below = count.saturating_sub(first + rows);
    if below > 0 {
        let more = format!(" {} {below} more ", paint.look.symbols.of(Symbol::Down));
        let (_, bottom) = split_bottom(area.inner(Margin::new(1, 0)), 1);
        let faint = paint.look.theme.faint();
        paint.within(bottom).pen().write(&more, faint);
    }
    let text = paint.look.theme.text();
    let mut paint = paint.within(inside);
    for (index, line) in lines.iter().skip(first).take(rows).enumerate() {
        paint.row(index).pen().write(line, text);
    }
}

//! The key space as one row: who owns what, where keys and messages are.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_sim::protocol::arithmetic::Member;
use ringscope_traces::Rank;
use unicode_width::UnicodeWidthStr as _;

use crate::app::{Pane, Target};
use crate::numbers;

use super::geometry::{cells, part, whole};
use super::layout::Placed;
use super::panes::Drawing;
use super::pen::{Pen, row};
use super::scene::Scene;
use super::symbols::Symbol;
use super::{framed, words};

/// Up to so many nodes each has its arc, and its line; beyond, both are an overview.
pub(super) const ALL_DRAWN: usize = 64;

/// The pane.
pub(super) const PANE: Drawing = Drawing {
    pane: Pane::Ownership,
    draw,
    at: |scene, placed, position| rank_at(scene, placed.inside(), position.x).map(Target::Rank),
    height: None,
};

/// Draws the pane: the strip, and below it how many keys are where, and a scale.
pub(super) fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let inside = framed::draw(scene, placed, &format!("keys 1 to {}", scene.keyspace), buffer);
    strip(scene, inside, buffer);
    if inside.height >= 2 {
        density(scene, row(inside, 1), buffer);
    }
    if inside.height >= 3 {
        scale(scene, row(inside, 2), buffer);
    }
    // With a whole screen there is a line for each owner.
    for (index, member) in scene.owners().iter().enumerate() {
        let place = 4 + index;
        if place >= usize::from(inside.height) {
            break;
        }
        let mut pen = Pen::new(buffer, row(inside, place));
        let name = words::node(member.rank, Some(member.id), scene.look.symbols);
        pen.column(&name, 12, scene.style_of(member.rank).bold());
        pen.column(&member.range.to_string(), 18, scene.look.theme.text());
        let keys = numbers::counted(scene.keys_of(member.rank) as u64, "key");
        pen.write(&keys, scene.look.theme.text());
    }
}

/// The strip alone, in the first row of an area.
pub(super) fn strip(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let area = row(area.intersection(buffer.area), 0);
    if area.is_empty() {
        return;
    }
    if scene.states().is_none() {
        let what = "who owns what is unknown here";
        Pen::new(buffer, area).write(what, scene.look.theme.warning());
        return;
    }
    if scene.owners().len() > ALL_DRAWN {
        loads(scene, area, buffer);
        return;
    }
    for member in scene.owners() {
        stretch(scene, member, area, buffer);
    }
    draw_marks(scene, area, buffer);
}

/// The whole key space by load, the part from one key to another marked.
pub(super) fn overview(scene: &Scene<'_>, area: Rect, keys: (i64, i64), buffer: &mut Buffer) {
    loads(scene, area, buffer);
    let (start, end) = (column(scene, area, keys.0), column(scene, area, keys.1));
    let width = cells(end.saturating_sub(start).max(1));
    let part = Rect { x: area.x.saturating_add(cells(start)), width, ..area };
    // Not reversed: of a full block nothing would be left.
    buffer.set_style(part.intersection(area), scene.look.theme.changed());
}

/// The owner of the key whose column is at a position.
pub(super) fn rank_at(scene: &Scene<'_>, area: Rect, x: u16) -> Option<Rank> {
    let x = usize::from(x.checked_sub(area.x)?);
    let ends = |member: &Member| column(scene, area, member.range.up_to.0) > x;
    scene.owners().iter().find(|member| ends(member)).map(|member| member.rank)
}

/// How many cells of the strip lie before the end of a key.
fn column(scene: &Scene<'_>, area: Rect, key: i64) -> usize {
    whole((part(key, 0, scene.keyspace) * f64::from(area.width)).round())
}

/// What a node owns: a line that ends with its name.
fn stretch(scene: &Scene<'_>, member: &Member, area: Rect, buffer: &mut Buffer) {
    let rank = member.rank;
    let start = column(scene, area, member.range.above.0);
    let end = column(scene, area, member.range.up_to.0);
    let Some(width) = end.checked_sub(start).filter(|width| *width > 0) else { return };
    let is_selected = scene.rank() == Some(rank);
    let style = scene.style_of(rank);
    let place = Rect { x: area.x + cells(start), width: cells(width), ..area };
    let name = words::rank(rank);
    let name = if name.width() < width { name } else { String::new() };
    let mut pen = Pen::new(buffer, place);
    pen.write(&scene.symbol(Symbol::Stretch).repeat(width - 1 - name.width()), style);
    pen.write(&name, if is_selected { scene.look.theme.selected() } else { style.bold() });
    pen.write(scene.symbol(Symbol::EndOfStretch), style.bold());
}

/// Newcomers, and messages about a key.
fn draw_marks(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let mut mark = |key: i64, symbol: Symbol, style| {
        let at = column(scene, area, key).saturating_sub(1).min(usize::from(area.width) - 1);
        if let Some(cell) = buffer.cell_mut((area.x + cells(at), area.y)) {
            cell.set_symbol(scene.symbol(symbol)).set_style(style);
        }
    };
    for flight in scene.app.view.snapshot.flights.iter().rev().take(32) {
        let message = words::message(scene.app, flight.sent);
        if let Some(key) = message.and_then(|message| message.key) {
            mark(key.0, Symbol::Message, scene.look.theme.moving());
        }
    }
    for (_, id) in scene.newcomers() {
        mark(id.0, Symbol::Joining, scene.look.theme.moving());
    }
}

/// Of many nodes: how much those hold that own the keys of a cell.
fn loads(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let most = scene.most_keys();
    let mut loads = vec![0.0_f64; usize::from(area.width)];
    for member in scene.owners() {
        let end = column(scene, area, member.range.up_to.0).min(loads.len());
        let start = column(scene, area, member.range.above.0).min(end.saturating_sub(1));
        for load in &mut loads[start..end] {
            *load = load.max(scene.load_of(member.rank, most));
        }
    }
    let mut pen = Pen::new(buffer, area);
    for load in loads {
        pen.write(scene.look.symbols.level(load), scene.look.theme.load(load));
    }
}

/// How many keys lie in each cell.
fn density(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let mut counts = vec![(0_usize, None); usize::from(area.width)];
    for member in scene.owners() {
        let storage = scene.node(member.rank).and_then(|node| node.storage);
        for key in storage.iter().flat_map(|storage| storage.keys()) {
            let at = column(scene, area, key.0).saturating_sub(1);
            if let Some((count, holder)) = counts.get_mut(at) {
                (*count, *holder) = (*count + 1, Some(member.rank));
            }
        }
    }
    let most = counts.iter().map(|(count, _)| *count).max().unwrap_or(0).max(1);
    let mut pen = Pen::new(buffer, area);
    for (count, holder) in counts {
        let style = holder.map_or(scene.look.theme.text(), |rank| scene.style_of(rank));
        pen.write(scene.look.symbols.level(count as f64 / most as f64), style);
    }
}

fn scale(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    const PARTS: i64 = 4;
    for step in 0..=PARTS {
        let key = i128::from(scene.keyspace) * i128::from(step) / i128::from(PARTS);
        let text = key.to_string();
        let at = column(scene, area, i64::try_from(key).unwrap_or(i64::MAX));
        let x = at.min(usize::from(area.width).saturating_sub(text.len()));
        let place = Rect { x: area.x + cells(x), width: area.width - cells(x), ..area };
        Pen::new(buffer, place).write(&text, scene.look.theme.faint());
    }
}

//! What is written beside the lanes: a message's name where it is sent, and where it is received if its send is not seen.

use ringscope_traces::{EventIndex, Op, Rank};
use unicode_width::UnicodeWidthStr as _;

use super::super::pen::fitted;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::super::words;
use super::lines::{self, Weight};
use super::{Label, Parts, lanes};

/// From so many cells between two lanes on, a name is followed by what tells the message apart.
const WIDE: usize = 16;

/// The names of messages, at most one in a row.
pub(super) fn labels(scene: &Scene<'_>, parts: &Parts) -> Vec<Label> {
    parts.rows.events().filter_map(|(row, at)| label(scene, parts, (row, at))).collect()
}

fn label(scene: &Scene<'_>, parts: &Parts, (row, at): (usize, EventIndex)) -> Option<Label> {
    let info = scene.app.timeline.info(at);
    let own = parts.lanes.column(info.rank)?;
    let other = parts.lanes.column(info.peer).filter(|other| *other != own);
    let sent = lines::sent(scene, at).unwrap_or(at);
    let weight = lines::weight(scene, parts, sent);
    let is_named_above = info.source().is_some() && sent != at && parts.rows.of(sent) >= 0;
    let stands_out = scene.app.event() == Some(at) || weight == Weight::Wrong;
    if is_named_above && other.is_some() && !stands_out {
        return None;
    }
    let style = lines::style(scene, sent, weight).bold();
    let Some(other) = other else {
        let text = hidden(scene, at, info.peer);
        return Some(beside(parts, Label { row, column: own, text, style }));
    };
    let between = own.abs_diff(other).saturating_sub(1);
    let name = match between >= WIDE {
        true => words::label(scene.app, sent),
        false => words::short_tag(scene.app, info.tag),
    };
    let text = fitted(&name, between.saturating_sub(1).max(3).min(between));
    let (right, left) = (own + 1, own.saturating_sub(text.width()));
    // Behind an arrow's head no line is covered; where there is no room it stands before it.
    let column = match (info.op, own < other) {
        (Op::Send, true) => right,
        (Op::Send, false) => left,
        (Op::Recv, true) if left >= lanes::NUMBER + 2 => left,
        (Op::Recv, false) if right + text.width() > parts.width => left,
        (Op::Recv, true | false) => right,
    };
    Some(Label { row, column, text, style })
}

/// A message whose other end has no lane: with whom it is.
fn hidden(scene: &Scene<'_>, at: EventIndex, peer: Rank) -> String {
    let info = scene.app.timeline.info(at);
    let name = words::short_tag(scene.app, info.tag);
    let way = scene.symbol(match info.op {
        Op::Send => Symbol::To,
        Op::Recv => Symbol::From,
    });
    format!("{name} {way} {}", words::rank(peer))
}

/// To the right of its lane, or to the left where there is no room.
fn beside(parts: &Parts, label: Label) -> Label {
    let width = label.text.width();
    let own = label.column;
    let column = match own + 1 + width <= parts.width {
        true => own + 1,
        false => own.saturating_sub(width).max(lanes::NUMBER + 2),
    };
    Label { column, ..label }
}

//! The first row: what is looked at, and how it stands.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::Style;
use ringscope_sim::protocol::{ActivityKind, NodeState, Viewed as _};
use ringscope_traces::Ending;
use unicode_width::UnicodeWidthStr as _;

use crate::app::Mode;
use crate::numbers;
use crate::timeline::Diagnosed;

use super::pen::Pen;
use super::scene::Scene;
use super::symbols::Symbol;
use super::words;

/// A part of the title, and how soon it is left out where room is short: the greatest first.
struct Part {
    text: String,
    style: Style,
    left_out: u8,
}

/// Draws the row.
pub(super) fn draw(scene: &Scene<'_>, area: Rect, buffer: &mut Buffer) {
    let parts = fitted(parts(scene), usize::from(area.width));
    let mut pen = Pen::new(buffer, area);
    for (index, part) in parts.iter().enumerate() {
        pen.gap(if index == 0 { 0 } else { GAP }).write(&part.text, part.style);
    }
}

/// The cells between two parts.
const GAP: usize = 2;

/// Leaves out what does not fit, what matters least first.
fn fitted(mut parts: Vec<Part>, width: usize) -> Vec<Part> {
    let needed = |parts: &[Part]| parts.iter().map(|part| part.text.width() + GAP).sum::<usize>();
    while needed(&parts) > width + GAP {
        let last = parts.iter().enumerate().max_by_key(|(_, part)| part.left_out);
        match last {
            Some((place, part)) if part.left_out > 0 => drop(parts.remove(place)),
            Some(_) | None => break,
        }
    }
    parts
}

fn parts(scene: &Scene<'_>) -> Vec<Part> {
    let (app, theme) = (scene.app, &scene.look.theme);
    let mut parts = Vec::new();
    let mut part = |left_out: u8, text: String, style: Style| {
        if !text.is_empty() {
            parts.push(Part { text, style, left_out });
        }
    };
    let mode = match app.mode() {
        Mode::Live => " LIVE ",
        Mode::Replay => " REPLAY ",
    };
    part(0, mode.to_owned(), theme.mode());
    part(5, pace(scene), theme.warning());
    part(1, words::plain(&app.name), theme.name());
    part(
        6,
        app.timeline.header().seed.map_or(String::new(), |seed| format!("seed {seed}")),
        theme.text(),
    );
    let now = app.time_here();
    part(4, format!("t {}", numbers::time(now)), theme.text());
    part(0, format!("event {}/{}", app.view.cursor, app.timeline.len()), theme.name());
    part(1, calls(scene), theme.name());
    part(7, nodes(scene), theme.text());
    part(3, keys(scene), theme.text());
    part(8, under_way(scene), theme.text());
    let ended = if app.has_ended_badly() { theme.bad() } else { theme.good() };
    part(2, ending(scene), ended);
    parts
}

/// `call 3/24`: those that stand beside the events, where there are any.
fn calls(scene: &Scene<'_>) -> String {
    let calls = scene.app.timeline.calls();
    match calls.rows().len() {
        0 => String::new(),
        count => format!("call {}/{count}", calls.passed(scene.app.view.moment())),
    }
}

/// Whether time runs, and whether it was turned back.
fn pace(scene: &Scene<'_>) -> String {
    let app = scene.app;
    if app.playback.is_playing {
        let speed = f64::from(app.playback.speed.clamp(-20, 20)).exp2();
        return format!("{} {speed}x", scene.symbol(Symbol::Play));
    }
    let what = match app.mode() {
        Mode::Live if app.view.cursor < app.timeline.len() => "rewound",
        Mode::Live | Mode::Replay => "paused",
    };
    format!("{} {what}", scene.symbol(Symbol::Pause))
}

/// `7 nodes`, the head among them, or `7+1 nodes` while one joins.
fn nodes(scene: &Scene<'_>) -> String {
    let Some(states) = scene.states() else { return String::new() };
    let is_admitting =
        |node: &&NodeState| matches!(node.view().activity.kind, ActivityKind::Admitting);
    let members = states.ring.members().len();
    let joining = states.nodes.iter().filter(is_admitting);
    match joining.count() {
        0 => numbers::counted(members as u64, "node"),
        joining => format!("{members}+{joining} nodes"),
    }
}

fn keys(scene: &Scene<'_>) -> String {
    scene.states().map_or_else(String::new, |states| states.holdings().to_string())
}

fn under_way(scene: &Scene<'_>) -> String {
    format!("{} in flight", scene.app.view.snapshot.flights.len())
}

/// How the run ended, once the cursor is there; that its record does not reach so far, wherever it is.
fn ending(scene: &Scene<'_>) -> String {
    let diagnosed = scene.app.timeline.diagnosed().filter(|_| scene.app.is_at_end());
    if let Some(title) = diagnosed.and_then(Diagnosed::title) {
        return title.to_owned();
    }
    match scene.app.timeline.ending() {
        Some(ending) if scene.app.view.cursor == scene.app.timeline.len() => match ending {
            Ending::Crashed { rank: Some(rank), .. } => format!("crashed: r{rank}"),
            Ending::Completed
            | Ending::Deadlock
            | Ending::Livelock
            | Ending::Crashed { rank: None, .. }
            | Ending::Stopped => ending.name().to_owned(),
        },
        Some(_) => String::new(),
        None if scene.app.timeline.cut_off().is_some() => CUT_OFF.to_owned(),
        None => String::new(),
    }
}

/// What is said of a trace that has no end; where it was cut off is said at its last event.
const CUT_OFF: &str = "cut off";

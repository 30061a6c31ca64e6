//! The neighbourhood of the selected node, beside a ring that is too large for its nodes to be told apart: a few nodes
//! before and behind it with what they own and hold, and the messages between them.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ratatui_core::style::Style;
use ringscope_sim::protocol::arithmetic::KeyRange;
use ringscope_sim::protocol::{Role, StorageId};
use ringscope_traces::{EventIndex, Rank};
use unicode_width::UnicodeWidthStr as _;

use super::super::pen::{Pen, row};
use super::super::scene::{Scene, Stage};
use super::super::symbols::Symbol;
use super::super::words;
use super::middle::command_label;
use super::overview::Overview;
use crate::app::Target;

/// The most nodes on each side of the selected one.
const MOST_EACH_SIDE: usize = 7;

/// The rows that are kept for what is not a node.
const OTHER_ROWS: usize = 2;

/// A node of the neighbourhood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    /// Which one.
    pub rank: Rank,
    /// Its storage id.
    pub id: StorageId,
    /// What it owns; nothing before it is in the ring, and of the head.
    pub range: Option<KeyRange>,
    /// What it is to the ring.
    pub stage: Stage,
    /// Whether it is the one that the others are about.
    pub is_middle: bool,
}

/// A row of the list.
#[derive(Debug)]
struct Line {
    text: String,
    style: Style,
    /// What a click on it selects.
    target: Option<Target>,
}

/// The neighbourhood, as a list in the order of the ring.
#[derive(Debug)]
pub(super) struct Neighbourhood {
    /// The cells that it takes.
    pub area: Rect,
    /// Its nodes, in the order of the ring.
    pub nodes: Vec<Near>,
    /// By row: first the command that is being carried out, if any is.
    lines: Vec<Line>,
}

/// How wide the list is, whatever is selected.
pub(super) fn width(scene: &Scene<'_>) -> usize {
    let digits = |number: i64| number.to_string().len();
    let ranks = i64::from(scene.app.timeline.header().ranks);
    let (rank, id) = (digits(ranks), digits(scene.keyspace));
    let name =
        "● r·+ ()".width() + rank + id + digits(i64::try_from(scene.most_keys()).unwrap_or(0));
    name.max("   to ".width() + 2 * id)
}

impl Neighbourhood {
    /// What there is to say in an area.
    pub(super) fn new(scene: &Scene<'_>, overview: &Overview, area: Rect) -> Neighbourhood {
        let rows = usize::from(area.height).saturating_sub(1);
        let each_side = (rows.saturating_sub(OTHER_ROWS) / 2).saturating_sub(1) / 2;
        let nodes = around(scene, each_side.clamp(1, MOST_EACH_SIDE));
        let lines = Lines { scene, nodes: &nodes, rows }.all(overview);
        Neighbourhood { area, nodes, lines }
    }

    /// Writes it.
    pub(super) fn draw(&self, buffer: &mut Buffer) {
        for (index, line) in self.lines.iter().enumerate().take(usize::from(self.area.height)) {
            let width = usize::from(self.area.width);
            Pen::new(buffer, row(self.area, index)).column(&line.text, width, line.style);
        }
    }

    /// What is at a position.
    pub(super) fn at(&self, position: Position) -> Option<Target> {
        let index = position.y.checked_sub(self.area.y).filter(|_| self.area.contains(position))?;
        self.lines.get(usize::from(index))?.target
    }
}

/// The node in the middle, and as many on each side of it; all round, past the head.
pub(super) fn around(scene: &Scene<'_>, each_side: usize) -> Vec<Near> {
    let Some(states) = scene.states() else { return Vec::new() };
    let newcomers = scene.newcomers();
    let mut all: Vec<_> = states.ring.members().iter().map(|one| (one.rank, one.id)).collect();
    for (rank, id) in newcomers.iter().copied().chain(scene.leavers()) {
        if all.iter().all(|(other, _)| *other != rank) {
            all.insert(all.partition_point(|(_, other)| *other < id), (rank, id));
        }
    }
    let peer = scene.app.event().map(|at| scene.app.timeline.info(at).peer);
    let place = |rank| all.iter().position(|(other, _)| *other == rank);
    let middle = [scene.rank(), peer].into_iter().flatten().find_map(place).unwrap_or(0);
    let count = all.len().min(2 * each_side + 1);
    let first = (middle + all.len()).saturating_sub(count / 2);
    let near = |step: usize| {
        let at = (first + step) % all.len();
        let (rank, id) = all[at];
        let member = states.ring.member(rank, id);
        let range = member.map(|member| member.range).filter(|range| !range.is_empty());
        let stage = scene.stage_of(rank, &newcomers);
        Near { rank, id, range, stage, is_middle: at == middle }
    };
    (0..count).map(near).collect()
}

/// A message between two of the nodes.
struct Between {
    sent: EventIndex,
    /// The places of its sender and its receiver in the list.
    from: usize,
    to: usize,
}

/// What the lines of a list are made from.
struct Lines<'a> {
    scene: &'a Scene<'a>,
    nodes: &'a [Near],
    /// How many there is room for, below that of the command.
    rows: usize,
}

impl Lines<'_> {
    /// First the nodes, then the message that is looked at, then what they own, then the rest, as far as there is room.
    fn all(&self, overview: &Overview) -> Vec<Line> {
        let mut room = self.rows.saturating_sub(self.nodes.len());
        let mut messages = self.messages();
        let has_looked_at = usize::from(messages.first().is_some_and(|one| self.is_looked_at(one)));
        let owned = self.nodes.iter().filter(|node| node.range.is_some()).count();
        let has_ranges = room >= owned + has_looked_at;
        room -= if has_ranges { owned } else { 0 };
        let scale = Some(self.scale(overview)).filter(|_| room > has_looked_at);
        room -= usize::from(scale.is_some());
        messages.truncate(room);
        let theme = &self.scene.look.theme;
        let plain = |text: String, style| Line { text, style, target: None };
        let mut lines = vec![plain(command_label(self.scene).unwrap_or_default(), theme.text())];
        for (place, node) in self.nodes.iter().enumerate() {
            let to_here = |one: &&Between| match one.to > one.from {
                true => one.from + 1 == place,
                false => one.from == place,
            };
            lines.extend(messages.iter().filter(to_here).map(|one| self.message(one)));
            lines.extend(has_ranges.then(|| self.range(node)).flatten());
            lines.push(self.node(node));
        }
        lines.extend(scale.map(|text| plain(text, theme.faint())));
        lines
    }

    fn node(&self, node: &Near) -> Line {
        let scene = self.scene;
        let name = words::node(node.rank, Some(node.id), scene.look.symbols);
        let symbol = match node.stage {
            Stage::Joining => Symbol::Joining,
            Stage::Leaving => Symbol::Leaving,
            Stage::Active if node.is_middle => Symbol::Selected,
            Stage::Active => Symbol::Active,
        };
        let is_joining = if node.stage == Stage::Joining { "+" } else { "" };
        let role = scene.node(node.rank).map(|node| node.role);
        let held = match role {
            Some(Role::Head) => " head".to_owned(),
            Some(_) | None => format!(" ({})", scene.keys_of(node.rank)),
        };
        let style = scene.style_of(node.rank);
        let style = if node.is_middle { style.patch(scene.look.theme.selected()) } else { style };
        let text = format!("{} {name}{is_joining}{held}", scene.symbol(symbol));
        Line { text, style, target: Some(Target::Rank(node.rank)) }
    }

    fn range(&self, node: &Near) -> Option<Line> {
        let style = self.scene.style_of(node.rank);
        let text = format!("  {}", node.range?);
        Some(Line { text, style, target: Some(Target::Rank(node.rank)) })
    }

    fn message(&self, one: &Between) -> Line {
        let scene = self.scene;
        let (is_down, is_next) = (one.to > one.from, one.to.abs_diff(one.from) == 1);
        let arrow = scene.symbol(if is_down { Symbol::PointsDown } else { Symbol::PointsUp });
        let name = words::label(scene.app, one.sent);
        let text = match is_next {
            true => format!("{arrow} {name}"),
            false => format!("{arrow} r{} {name}", self.nodes[one.to].rank),
        };
        let theme = &scene.look.theme;
        let style = if self.is_looked_at(one) { theme.moving() } else { theme.passing() };
        Line { text, style, target: Some(Target::Message(one.sent)) }
    }

    fn is_looked_at(&self, one: &Between) -> bool {
        self.scene.message == Some(one.sent)
    }

    /// The messages between the nodes: the one that is looked at, then the others, the youngest first.
    fn messages(&self) -> Vec<Between> {
        let flights = self.scene.app.view.snapshot.flights.iter().rev();
        let flights =
            flights.map(|flight| flight.sent).filter(|sent| Some(*sent) != self.scene.message);
        let place = |rank| self.nodes.iter().position(|node| node.rank == rank);
        let between = |sent: EventIndex| {
            let info = self.scene.app.timeline.info(sent);
            let (from, to) = (place(info.rank)?, place(info.peer)?);
            (from != to).then_some(Between { sent, from, to })
        };
        self.scene.message.into_iter().chain(flights).filter_map(between).collect()
    }

    /// What the longest bars of the ring stand for.
    fn scale(&self, overview: &Overview) -> String {
        let [key, message] = [Symbol::Key, Symbol::Message].map(|symbol| self.scene.symbol(symbol));
        format!("most {} {key}, {} {message}", overview.most_keys(), overview.most_messages())
    }
}

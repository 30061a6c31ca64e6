//! What is selected, from near: a node, a message or a key, and what this step changed.

mod calls;
mod changes;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ringscope_sim::protocol::arithmetic::KeyRange;
use ringscope_sim::protocol::{ActivityKind, Key, NodeView, Role, Viewed as _};
use ringscope_sim::world::Status;
use ringscope_traces::event::NO_PROTOCOL;
use ringscope_traces::{EventIndex, Rank};

use crate::app::links::{MOST_FLIGHTS, MOST_KEYS};
use crate::app::{Pane, Selection, Target};
use crate::numbers;
use crate::timeline::Flight;

use super::layout::Placed;
use super::lines::{self, LabelledLine, LineSpan, line};
use super::panes::Drawing;
use super::scene::Scene;
use super::symbols::Symbol;
use super::{Paint, framed, words};

/// The pane.
pub(super) const PANE: Drawing = Drawing {
    pane: Pane::Inspector,
    draw,
    at: |scene, placed, position| target_at(scene, placed.inside(), position),
    height: Some(height),
};

/// Draws the pane.
pub(super) fn draw(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    let (detail, lines) = content(scene, placed.inside().width);
    let inside = framed::draw(scene, placed, &detail, buffer);
    let mut paint = Paint { area: inside, look: scene.look, buffer };
    lines::draw(&lines, first(scene, &lines, inside), &mut paint);
}

/// How many rows there are.
pub(super) fn height(scene: &Scene<'_>, width: u16) -> usize {
    lines::height(&content(scene, width).1, width)
}

/// What is named at a position, as it was drawn.
fn target_at(scene: &Scene<'_>, inside: Rect, position: Position) -> Option<Target> {
    let lines = content(scene, inside.width).1;
    match lines::link_at(&lines, first(scene, &lines, inside), inside, position)? {
        Selection::Cursor => None,
        Selection::Rank(rank) => Some(Target::Rank(rank)),
        Selection::Message(sent) => Some(Target::Message(sent)),
        Selection::Key(key) => Some(Target::Key(key)),
    }
}

/// The first row that is seen: what is chosen by keys is always seen, however far it is scrolled.
fn first(scene: &Scene<'_>, lines: &[LabelledLine], inside: Rect) -> usize {
    let scrolled = scene.app.view.scrolled_by(Pane::Inspector);
    let chosen = scene.app.view.chosen_link.filter(|_| scene.app.chosen_link().is_some());
    let row = chosen.and_then(|chosen| lines::row_of(lines, inside.width, chosen));
    let height = usize::from(inside.height);
    row.map_or(scrolled, |row| scrolled.clamp((row + 1).saturating_sub(height), row))
}

/// What it says of a rank, by its labels.
#[cfg(test)]
pub(super) fn in_words(
    scene: &Scene<'_>,
    rank: Rank,
) -> std::collections::BTreeMap<&'static str, String> {
    let text = |line: &LabelledLine| line.pieces.iter().map(|piece| piece.text.clone()).collect();
    of_rank(scene, rank).1.iter().map(|line| (line.label, text(line))).collect()
}

fn content(scene: &Scene<'_>, width: u16) -> (String, Vec<LabelledLine>) {
    let (detail, mut lines) = unmarked(scene, width);
    if let Some(chosen) = scene.app.view.chosen_link.filter(|_| scene.app.chosen_link().is_some()) {
        lines::choose(&mut lines, chosen, scene.look.theme.selected());
    }
    (detail, lines)
}

/// What there is to say, without a mark at what is chosen.
fn unmarked(scene: &Scene<'_>, width: u16) -> (String, Vec<LabelledLine>) {
    match scene.app.view.selection {
        Selection::Message(sent) if sent.0 < scene.app.timeline.len() => of_message(scene, sent),
        Selection::Key(key) => (format!("key {key}"), of_key(scene, key)),
        Selection::Cursor | Selection::Rank(_) | Selection::Message(_) => match scene.rank() {
            Some(rank) if !scene.app.timeline.has_ring() => calls::of_rank(scene, rank, width),
            Some(rank) => of_rank(scene, rank),
            None => (String::new(), start(scene)),
        },
    }
}

/// Before anything has happened.
fn start(scene: &Scene<'_>) -> Vec<LabelledLine> {
    let theme = &scene.look.theme;
    let header = scene.app.timeline.header();
    let source = header.source.name();
    let run = match header.protocol.as_str() {
        NO_PROTOCOL => source.to_owned(),
        protocol => format!("{source}, {}", words::plain(protocol)),
    };
    vec![
        line("", "nothing has happened yet", theme.name()),
        line("run", run, theme.text()),
        line("ranks", header.ranks.to_string(), theme.text()),
        line("events", scene.app.timeline.len().to_string(), theme.text()),
    ]
}

fn of_rank(scene: &Scene<'_>, rank: Rank) -> (String, Vec<LabelledLine>) {
    let name = words::node_at(scene.app, rank, scene.look.symbols);
    let Some(now) = scene.node(rank) else {
        let unknown = line("state", "unknown", scene.look.theme.warning());
        let lines = std::iter::once(unknown).chain(mail(scene, rank)).collect();
        return (format!("node {name}"), lines);
    };
    let role = match now.role {
        Role::Head => "head",
        Role::Storage => "node",
        Role::Command => "command node",
    };
    let mut lines = vec![state(scene, rank, &now)];
    lines.extend(waits(scene, rank));
    if now.role != Role::Command {
        lines.extend(pointers(scene, rank, &now));
    }
    if now.role == Role::Storage {
        lines.push(keys(scene, rank, &now));
    }
    lines.extend(mail(scene, rank));
    lines.extend(changes::of(scene, rank));
    (format!("{role} {name}"), lines)
}

/// The node as it was before the event at the cursor, if that was its own.
fn before<'a>(scene: &Scene<'a>, rank: Rank) -> Option<NodeView<'a>> {
    let (changed, node) = scene.states()?.before.as_ref()?;
    (*changed == rank).then(|| node.view())
}

fn state(scene: &Scene<'_>, rank: Rank, now: &NodeView<'_>) -> LabelledLine {
    let theme = &scene.look.theme;
    let words = now.activity.words;
    let (text, style) = match now.activity.kind {
        ActivityKind::Admitting => (format!("takes in a newcomer: {words}"), theme.warning()),
        ActivityKind::Joining => (format!("joins: {words}"), theme.warning()),
        ActivityKind::Leaving => (format!("leaves: {words}"), theme.warning()),
        ActivityKind::Commanding(commands) => match commands.front() {
            Some(oldest) if commands.len() > 1 => {
                (format!("{oldest}, and {} more", commands.len() - 1), theme.text())
            }
            Some(oldest) => (oldest.to_string(), theme.text()),
            None => ("has no commands left".to_owned(), theme.text()),
        },
        ActivityKind::Other if !words.is_empty() => (words.to_owned(), theme.text()),
        ActivityKind::Other if now.successor().is_none() && now.id.is_some() => {
            ("has left the ring".to_owned(), theme.faint())
        }
        ActivityKind::Other if now.successor().is_none() => {
            ("outside of the ring".to_owned(), theme.faint())
        }
        ActivityKind::Other if has_finished(scene, rank) => {
            ("has finished".to_owned(), theme.faint())
        }
        ActivityKind::Other if is_sending(scene, rank) => ("in a send".to_owned(), theme.warning()),
        ActivityKind::Other => ("takes what comes".to_owned(), theme.text()),
    };
    let is_joining = scene.newcomers().iter().any(|(newcomer, _)| *newcomer == rank);
    let text = if is_joining { format!("joining; {text}") } else { text };
    line("state", text, style)
}

fn status(scene: &Scene<'_>, rank: Rank) -> Option<Status> {
    scene.states().and_then(|states| states.statuses.of(rank))
}

fn is_sending(scene: &Scene<'_>, rank: Rank) -> bool {
    matches!(status(scene, rank), Some(Status::Sending { .. }))
}

fn has_finished(scene: &Scene<'_>, rank: Rank) -> bool {
    matches!(status(scene, rank), Some(Status::Finished))
}

fn waits(scene: &Scene<'_>, rank: Rank) -> Option<LabelledLine> {
    let status = scene.states()?.statuses.of(rank)?;
    let style = match status {
        Status::Waiting { .. } | Status::Sending { .. } => scene.look.theme.warning(),
        Status::WaitingForAny | Status::Owing { .. } | Status::Crashed(_) | Status::Finished => {
            scene.look.theme.text()
        }
    };
    Some(line("waits", words::status(&scene.app.timeline, &status), style))
}

/// What it owns and between whom it stands, before and after.
fn pointers(scene: &Scene<'_>, rank: Rank, now: &NodeView<'_>) -> Vec<LabelledLine> {
    let then = before(scene, rank);
    let symbols = scene.look.symbols;
    let line = |label, of: &dyn Fn(&NodeView<'_>) -> String| {
        became(scene, label, then.as_ref().map(of), of(now))
    };
    let mut lines = vec![owns(scene, rank, now)];
    for (name, _) in now.links.iter() {
        let mut line = line(name, &|view| words::peer(view.links.named(name), symbols));
        let peer = now.links.named(name);
        if let (Some(peer), Some(last)) = (peer, line.pieces.last_mut()) {
            last.link = Some(Selection::Rank(peer.rank));
        }
        lines.push(line);
    }
    lines
}

/// What it owns in the ring as it is, and what it takes for its own where that is not the same: in the middle of a
/// join or a leave its neighbours' pointers may lead past it.
fn owns(scene: &Scene<'_>, rank: Rank, now: &NodeView<'_>) -> LabelledLine {
    let words =
        |range: Option<KeyRange>| range.map_or_else(|| "nothing".to_owned(), |it| it.to_string());
    let own = words(scene.states().and_then(|states| states.range_of(rank)));
    let then = scene.states().map(|states| words(states.range_before(rank)));
    let mut line = became(scene, "owns", then, own.clone());
    let believed = now.links.topology().predecessor.map(|_| words(KeyRange::of(now)));
    if let Some(believed) = believed.filter(|believed| *believed != own) {
        let text = format!("  by its own pointers {believed}");
        line.pieces.push(LineSpan::new(text, scene.look.theme.warning()));
    }
    line
}

/// A value, after the one it had before if that was another.
fn became(
    scene: &Scene<'_>,
    label: &'static str,
    then: Option<String>,
    now: String,
) -> LabelledLine {
    let theme = &scene.look.theme;
    match then.filter(|then| *then != now) {
        Some(then) => LabelledLine {
            label,
            pieces: vec![
                LineSpan::new(format!("{then} {} ", scene.symbol(Symbol::Becomes)), theme.faint()),
                LineSpan::new(now, theme.changed()),
            ],
        },
        None => line(label, now, theme.text()),
    }
}

/// How many, and which: those that came with this step are marked.
fn keys(scene: &Scene<'_>, rank: Rank, now: &NodeView<'_>) -> LabelledLine {
    let theme = &scene.look.theme;
    let Some(storage) = now.storage else { return line("keys", "no storage", theme.faint()) };
    let then = before(scene, rank).and_then(|view| view.storage);
    let mut pieces = vec![LineSpan::new(format!("{}  ", storage.len()), theme.name())];
    for key in storage.keys().take(MOST_KEYS) {
        let is_new = then.is_some_and(|then| !then.contains_key(key));
        let is_selected = scene.app.view.selection == Selection::Key(*key);
        let style = match (is_selected, is_new) {
            (true, _) => theme.selected(),
            (false, true) => theme.changed(),
            (false, false) => scene.style_of(rank),
        };
        pieces.push(LineSpan::of(*key, style));
    }
    LabelledLine { label: "keys", pieces }
}

/// What is under way to it and from it.
fn mail(scene: &Scene<'_>, rank: Rank) -> Vec<LabelledLine> {
    vec![
        post(scene, "inbox", Symbol::From, &|flight| flight.to == rank),
        post(scene, "outbox", Symbol::To, &|flight| flight.from == rank),
    ]
}

fn post(
    scene: &Scene<'_>,
    label: &'static str,
    way: Symbol,
    is_in_it: &dyn Fn(&Flight) -> bool,
) -> LabelledLine {
    let theme = &scene.look.theme;
    let flights = || scene.app.view.snapshot.flights.iter().filter(|flight| is_in_it(flight));
    let count = flights().count();
    if count == 0 {
        return line(label, "empty", theme.faint());
    }
    let mut pieces = vec![LineSpan::new(format!("{count}  "), theme.name())];
    for flight in flights().take(MOST_FLIGHTS) {
        let style = match scene.message == Some(flight.sent) {
            true => theme.moving(),
            false => theme.passing(),
        };
        let other = if way == Symbol::From { flight.from } else { flight.to };
        let (label, way) = (words::label(scene.app, flight.sent), scene.symbol(way));
        let link = Selection::Message(flight.sent);
        pieces.push(LineSpan::link(format!("{label} {way} r{other}  "), style, link));
    }
    if count > MOST_FLIGHTS {
        pieces.push(LineSpan::new(scene.symbol(Symbol::More), theme.faint()));
    }
    LabelledLine { label, pieces }
}

fn of_message(scene: &Scene<'_>, sent: EventIndex) -> (String, Vec<LabelledLine>) {
    let (app, theme, symbols) = (scene.app, &scene.look.theme, scene.look.symbols);
    let fact = app.timeline.info(sent);
    let when = |at: EventIndex| {
        let time = numbers::time(app.timeline.info(at).t);
        format!("event {}, {time}", words::number(at))
    };
    let received = app.timeline.partner(sent);
    let (state, style) = match received {
        _ if sent.0 >= app.view.cursor => ("not sent yet", theme.faint()),
        Some(at) if at.0 < app.view.cursor => ("received", theme.good()),
        Some(_) => ("under way", theme.moving()),
        None => ("never received", theme.bad()),
    };
    let mut lines = vec![
        line("state", state, style),
        of_node(scene, "from", fact.rank),
        of_node(scene, "to", fact.peer),
        line("sent", when(sent), theme.text()),
    ];
    lines.extend(received.map(|at| line("receipt", when(at), theme.text())));
    if let Some(cause) = words::cause(app, sent) {
        let fact = app.timeline.info(cause);
        let what = format!("{} {}", words::way(fact, symbols), words::tag(app, fact.tag));
        lines.push(line(
            "because",
            format!("event {}: {what}", words::number(cause)),
            theme.text(),
        ));
    }
    lines.push(line("carries", words::payload(app, sent, 400), theme.text()));
    (format!("message {}", words::tag(app, fact.tag)), lines)
}

/// A node that a line leads to.
fn of_node(scene: &Scene<'_>, label: &'static str, rank: Rank) -> LabelledLine {
    let name = words::node_at(scene.app, rank, scene.look.symbols);
    let piece = LineSpan::link(name, scene.style_of(rank), Selection::Rank(rank));
    LabelledLine { label, pieces: vec![piece] }
}

fn of_key(scene: &Scene<'_>, key: Key) -> Vec<LabelledLine> {
    let theme = &scene.look.theme;
    let name = |rank: Rank| words::node_at(scene.app, rank, scene.look.symbols);
    let mut lines = Vec::new();
    let owner = scene.states().and_then(|states| states.ring.owner(key));
    match owner {
        Some(owner) => lines.push(LabelledLine {
            label: "owner",
            pieces: vec![
                LineSpan::link(
                    format!("{} ", name(owner.rank)),
                    scene.style_of(owner.rank).bold(),
                    Selection::Rank(owner.rank),
                ),
                LineSpan::new(owner.range.to_string(), theme.text()),
            ],
        }),
        None => lines.push(line("owner", "nobody", theme.bad())),
    }
    let holders = scene.holders(key);
    if holders.is_empty() {
        lines.push(line("held by", "nobody", theme.warning()));
    }
    for rank in holders {
        let value = scene.node(rank).and_then(|node| node.storage?.get(&key).copied());
        let value = value.map_or_else(String::new, |value| format!("  value {value}"));
        let is_owner = owner.is_some_and(|owner| owner.rank == rank);
        let style = if is_owner { theme.good() } else { theme.bad() };
        let piece = LineSpan::link(format!("{}{value}", name(rank)), style, Selection::Rank(rank));
        lines.push(LabelledLine { label: "held by", pieces: vec![piece] });
    }
    let about = scene.app.flights_about(key).into_iter().map(|sent| ("in", sent, theme.moving()));
    let brought = scene.app.bringers(key).into_iter().map(|sent| ("came with", sent, theme.text()));
    lines.extend(about.chain(brought).map(|(label, sent, style)| {
        let (info, to) = (scene.app.timeline.info(sent), scene.symbol(Symbol::To));
        let name = words::label(scene.app, sent);
        let what = format!("{name} r{} {to} r{}", info.rank, info.peer);
        let piece = LineSpan::link(what, style, Selection::Message(sent));
        LabelledLine { label, pieces: vec![piece] }
    }));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::built_in;
    use crate::view::Look;

    /// What keys go through is what is named, in the order in which it is read.
    #[test]
    fn what_the_inspector_names_is_what_its_keys_go_through() {
        let look = Look::default();
        let mut links = 0;
        for name in ["join", "race-lost-key", "leave", "crowded"] {
            let mut app = built_in(name, 0);
            for cursor in (0..=app.timeline.len().min(300)).step_by(3) {
                app.go_to(cursor);
                let ranks =
                    (0..app.timeline.header().ranks).map(|rank| Selection::Rank(Rank(rank)));
                let keys = [1, 200, 400].map(|key| Selection::Key(Key(key)));
                let messages =
                    app.view.snapshot.flights.iter().map(|one| Selection::Message(one.sent));
                let all: Vec<_> = ranks.chain(keys).chain(messages).collect();
                for selection in all.into_iter().chain([Selection::Cursor]) {
                    app.view.look_at(selection);
                    let lines = content(&Scene::new(&app, &look), 60).1;
                    let pieces = lines.iter().flat_map(|line| &line.pieces);
                    let named: Vec<_> = pieces.filter_map(|piece| piece.link).collect();
                    assert_eq!(named, app.links(), "{name} at {cursor}: {selection:?}");
                    links += named.len();
                }
            }
        }
        assert!(links > 1000, "only {links} links");
    }
}

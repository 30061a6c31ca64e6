//! Header, ring, inspector, strip and lessons give the same counts and owners.

use std::collections::BTreeMap;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_sim::protocol::{Key, Role, Viewed as _};
use ringscope_sim::scenario::builtin;
use ringscope_traces::Rank;

use super::{look, screen};
use crate::app::{App, Pane, Selection};
use crate::timeline::Timeline;
use crate::tour::fact_in_words;
use crate::view::scene::Scene;
use crate::view::symbols::Symbols;
use crate::view::theme::Palette;
use crate::view::{Look, inspector, title};

/// What a lesson would say at the cursor.
fn fact(app: &App, fact: &str) -> String {
    fact_in_words(&app.timeline, &app.view.snapshot, fact).unwrap_or_else(|why| why)
}

/// The nodes that hold each key.
fn holders(app: &App) -> BTreeMap<Key, usize> {
    let mut holders = BTreeMap::new();
    let states = app.view.snapshot.states.as_ref().expect("the states are known");
    for node in &states.nodes {
        for key in node.view().storage.iter().flat_map(|storage| storage.keys()) {
            *holders.entry(*key).or_default() += 1;
        }
    }
    holders
}

fn header(app: &App, look: &Look) -> String {
    let area = Rect::new(0, 0, 300, 1);
    let mut buffer = Buffer::empty(area);
    title::draw(&Scene::new(app, look), area, &mut buffer);
    buffer.content.iter().map(|cell| cell.symbol()).collect()
}

fn check_header(app: &App, look: &Look, what: &str) {
    let header = header(app, look);
    let holders = holders(app);
    let copied = holders.values().filter(|holders| **holders > 1).count();
    let keys = match (holders.len(), copied) {
        (1, 0) => "1 key  ".to_owned(),
        (keys, 0) => format!("{keys} keys  "),
        (keys, copied) => {
            format!("{keys} key{}, {copied} of them ", if keys == 1 { "" } else { "s" })
        }
    };
    assert!(header.contains(&format!("  {keys}")), "{what}: {header}");
    assert_eq!(fact(app, "number of keys"), holders.len().to_string(), "{what}");
    let nodes = fact(app, "number of nodes");
    let nodes = [format!("  {nodes} node"), format!("  {nodes}+")];
    assert!(nodes.iter().any(|nodes| header.contains(nodes)), "{what}: {header}");
}

/// Ranks in the inspector, beside what lessons say of them.
fn check_inspector(app: &mut App, look: &Look, ranks: &[Rank], what: &str) {
    let states = app.view.snapshot.states.clone().expect("the states are known");
    for rank in ranks.iter().copied() {
        let Some(node) = states.nodes.get(rank.index()) else { continue };
        app.view.selection = Selection::Rank(rank);
        let shown = inspector::in_words(&Scene::new(app, look));
        let member = states.ring.members().iter().find(|member| member.rank == rank);
        if node.view().role != Role::Command {
            let owned = member.map_or("nothing".to_owned(), |member| member.range.to_string());
            assert_eq!(last_of(&shown["owns"]), owned, "{what}, rank {rank}");
        }
        if member.is_some() {
            assert_eq!(
                fact(app, &format!("range of rank {rank}")),
                last_of(&shown["owns"]),
                "{what}"
            );
        }
        if let Some(count) = shown.get("keys").and_then(|keys| keys.split("  ").next()) {
            let expected = match node.view().storage {
                Some(_) => fact(app, &format!("number of keys of rank {rank}")),
                None => "no storage".to_owned(),
            };
            assert_eq!(count, expected, "{what}, rank {rank}");
        }
    }
    app.view.selection = Selection::Cursor;
}

/// What a value has become, without what its node believes.
fn last_of(shown: &str) -> &str {
    let own = shown.split("  by its own pointers").next().unwrap_or(shown);
    own.rsplit("⇒ ").next().unwrap_or(own)
}

/// The ring's labels and the lines below the strip, as they are drawn.
fn check_frame(app: &mut App, look: &Look, what: &str) {
    let mut frame = |pane| {
        app.view.focus = pane;
        app.view.is_zoomed = true;
        let buffer = screen(app, (120, 40), *look);
        let rows = buffer.content.chunks(usize::from(buffer.area.width));
        rows.map(|row| row.iter().map(|cell| cell.symbol()).collect()).collect::<Vec<String>>()
    };
    let (ring, strip) = (frame(Pane::Ring), frame(Pane::Ownership));
    let states = app.view.snapshot.states.as_ref().expect("the states are known");
    for member in states.ring.owners().iter().take(20) {
        let (rank, name) = (member.rank, format!("r{}·{}", member.rank, member.id));
        let held = states.nodes[rank.index()].view().storage.map_or(0, |storage| storage.len());
        let line = strip.iter().find(|line| line.contains(&format!("{name} "))).expect(what);
        let words: Vec<&str> = line.split_whitespace().collect();
        let shown = words.join(" ");
        let keys = format!("{name} {} {held} key", member.range);
        assert!(shown.contains(&keys), "{what}: {shown:?} without {keys:?}");
        let labels = ring.iter().filter_map(|line| line.split_once(&format!(" {name} (")));
        for (_, count) in labels {
            assert!(count.starts_with(&format!("{held})")), "{what}: {name} ({count}");
        }
    }
}

fn check(name: &str) {
    let scenario = builtin::find(name).expect("it is built in").scenario();
    let mut app = App::new(Timeline::live(scenario), name, 0);
    let look = look(Palette::Off, Symbols::Braille);
    // Of a long run not every event is drawn, and of many ranks only those of the event are asked.
    let step = 1 + app.timeline.len() / 200;
    for cursor in 0..=app.timeline.len() {
        app.go_to(cursor);
        let what = format!("{name}, event {cursor}");
        check_header(&app, &look, &what);
        let is_whole = cursor % step == 0;
        let at = app.event().filter(|_| !is_whole);
        let ranks = match at.map(|at| app.timeline.info(at)) {
            Some(info) => vec![info.rank, info.peer],
            None => (0..app.timeline.header().ranks).map(Rank).collect(),
        };
        check_inspector(&mut app, &look, &ranks, &what);
        if is_whole {
            check_frame(&mut app, &look, &what);
        }
    }
}

macro_rules! every_event_of {
    ($($kind:ident $of_it:path)*) => {
        $(#[test]
        fn $kind() {
            for built_in in builtin::ALL.iter().filter(|built_in| built_in.kind == $of_it) {
                check(built_in.name);
            }
        })*
    };
}

every_event_of! {
    every_event_of_the_protocol_at_its_work_is_counted_the_same_everywhere builtin::Kind::WellFormed
    every_event_of_the_hazards_is_counted_the_same_everywhere builtin::Kind::Hazard
    every_event_of_the_races_is_counted_the_same_everywhere builtin::Kind::Race
}

#[test]
fn a_copy_is_no_key() {
    let mut app = crate::app::testing::built_in("join", 79);
    let look = look(Palette::Off, Symbols::Braille);
    assert!(header(&app, &look).contains("  6 keys, 3 of them twice  "), "{}", header(&app, &look));
    app.go_to(0);
    assert!(header(&app, &look).contains("  0 keys  "), "{}", header(&app, &look));
}

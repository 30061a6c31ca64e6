//! The overview of a ring with more nodes than places counts what all other panes count.

use std::collections::BTreeSet;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ringscope_sim::protocol::{Role, Viewed as _};
use ringscope_sim::scenario::Scenario;
use ringscope_traces::{EventIndex, Rank};

use super::super::super::symbols::Symbols;
use super::super::super::tests::dump::dump;
use super::super::super::tests::{look, screen};
use super::super::super::theme::Palette;
use super::super::super::title;
use super::super::super::{Look, scene::Scene};
use super::super::model::Picture;
use super::super::neighbourhood::{Near, around};
use super::super::overview::Overview;
use super::super::{detail, verdict};
use super::{inside, sketched};
use crate::app::testing::{built_in, press};
use crate::app::{App, Selection, Target};
use crate::timeline::Timeline;

fn braille() -> Look {
    look(Palette::Rgb, Symbols::Braille)
}

/// A ring of a thousand nodes that have joined one after the other, with keys on one half of it.
fn thousand() -> App {
    const NODES: u64 = 1_000;
    let keyspace = (NODES + 1) * 100;
    let mut text = format!("ranks {}\nkeyspace {keyspace}\n", NODES + 3);
    for rank in 1..=NODES {
        text += &format!("add {rank} {}\n", (rank * 7_919 % NODES + 1) * 100);
    }
    text += &format!("put 1..={} step 1049 key\n", keyspace / 2);
    let mut timeline = Timeline::live(Scenario::parse("thousand", &text).expect("a scenario"));
    timeline.wait();
    let cursor = timeline.len() - 10_000;
    App::new(timeline, "thousand", cursor)
}

fn picture<'a>(scene: &Scene<'a>, size: (u16, u16)) -> Picture {
    let (area, _) = verdict::share(scene, inside(size));
    Picture::new(scene, area)
}

/// Each node that owns keys is in one segment, each key that is held is counted in one, and each event of a node in it.
fn assert_counts(scene: &Scene<'_>, overview: &Overview, what: &str) {
    let owners = scene.owners();
    let in_segments: Vec<usize> =
        overview.segments.iter().flat_map(|segment| segment.owners.clone()).collect();
    assert_eq!(in_segments, (0..owners.len()).collect::<Vec<_>>(), "{what}");
    for (index, segment) in overview.segments.iter().enumerate() {
        assert!(segment.owners.len() <= overview.each, "{what}");
        let ranks = owners[segment.owners.clone()].iter().map(|member| member.rank);
        assert!(ranks.into_iter().all(|rank| overview.of(rank) == Some(index)), "{what}");
    }
    let states = scene.states().expect("the states are known");
    let held: Vec<_> = states.nodes.iter().filter_map(|node| node.view().storage).collect();
    let (pairs, keys) = (
        held.iter().map(|storage| storage.len()).sum::<usize>(),
        held.iter().flat_map(|storage| storage.keys()).collect::<BTreeSet<_>>().len(),
    );
    let loads: usize = overview.segments.iter().map(|segment| segment.keys).sum();
    assert_eq!(loads, pairs, "{what}");
    let holdings = states.holdings();
    assert_eq!(holdings.keys, keys, "{what}");
    assert!(holdings.copied > 0 || loads == holdings.keys, "{what}: {loads} of {holdings}");
    let is_node = |rank: Rank| {
        let node = states.nodes[rank.index()].view();
        node.role == Role::Storage && node.id.is_some()
    };
    let lately = scene.app.view.cursor.saturating_sub(8 * owners.len())..scene.app.view.cursor;
    let events = lately.map(EventIndex).filter(|at| is_node(scene.app.timeline.info(*at).rank));
    let messages: usize = overview.segments.iter().map(|segment| segment.messages).sum();
    assert_eq!(messages, events.count(), "{what}");
}

/// The nodes of the list that are in the ring stand side by side in it, in its order, round the one that is selected.
fn assert_neighbours(scene: &Scene<'_>, near: &[Near], what: &str) {
    let states = scene.states().expect("the states are known");
    let members = states.ring.members();
    let listed: Vec<Rank> = near
        .iter()
        .map(|node| node.rank)
        .filter(|rank| members.iter().any(|member| member.rank == *rank))
        .collect();
    let first = members.iter().position(|member| member.rank == listed[0]).expect("it is one");
    let expected: Vec<Rank> =
        (0..listed.len()).map(|step| members[(first + step) % members.len()].rank).collect();
    assert_eq!(listed, expected, "{what}");
    let middle = near.iter().position(|node| node.is_middle).expect("one is in the middle");
    assert_eq!(middle, near.len() / 2, "{what}");
    let is_listed = |rank| near.iter().any(|node| node.rank == rank);
    assert!(!scene.rank().is_some_and(is_listed) || scene.rank() == Some(near[middle].rank));
    for node in near {
        let range = states.range_of(node.rank).filter(|range| !range.is_empty());
        let is_member = listed.contains(&node.rank);
        assert_eq!(node.range, range.filter(|_| is_member), "{what}: {node:?}");
    }
}

#[test]
fn after_every_event_of_the_big_ring_its_segments_hold_all_there_is() {
    let mut app = built_in("big-ring", 0);
    let look = braille();
    let mut seen = 0;
    for cursor in 0..=app.timeline.len() {
        app.go_to(cursor);
        let scene = Scene::new(&app, &look);
        let what = format!("after event {cursor}");
        assert_neighbours(&scene, &around(&scene, 3), &what);
        let picture = picture(&scene, (80, 24));
        let Some(overview) = &picture.overview else { continue };
        seen += 1;
        assert_counts(&scene, overview, &what);
    }
    assert!(seen > 8_000, "{seen} overviews");
}

#[test]
fn every_node_of_an_overview_is_where_it_is_clicked_on() {
    let mut app = built_in("big-ring", 8_000);
    let look = braille();
    for size in [(80, 24), (120, 36), (160, 48)] {
        let scene = Scene::new(&app, &look);
        let area = inside(size);
        let sketch = sketched(&scene, area);
        let overview = sketch.picture.overview.as_ref().expect("there are too many nodes");
        let list = sketch.picture.neighbourhood.as_ref().expect("there is room for it");
        let at = |position: Position| sketch.at(&scene, position);
        let targets: Vec<Target> = area.positions().filter_map(at).collect();
        let is_hit = |rank: Rank| targets.contains(&Target::Rank(rank));
        for (index, segment) in overview.segments.iter().enumerate() {
            let owners = &scene.owners()[segment.owners.clone()];
            assert!(owners.iter().any(|owner| is_hit(owner.rank)), "{size:?}: segment {index}");
        }
        for node in &list.nodes {
            let in_list = list.area.positions().filter_map(at);
            let count = in_list.filter(|target| *target == Target::Rank(node.rank)).count();
            assert!(count > 0, "{size:?}: {node:?}");
        }
    }
    app.view.selection = Selection::Rank(Rank(0));
    let scene = Scene::new(&app, &look);
    let near = around(&scene, 1);
    let ranks: Vec<Rank> = near.iter().map(|node| node.rank).collect();
    assert_eq!(ranks, [Rank(62), Rank(0), Rank(1)], "past the head it goes on");
}

#[test]
fn the_list_moves_with_the_selection_and_says_what_the_inspector_says() {
    let mut app = built_in("big-ring", 8_000);
    press(&mut app, "3 0");
    let look = braille();
    let buffer = screen(&app, (80, 24), look);
    let text = dump(&buffer);
    assert!(text.contains("◉ r30·83200 (2)") && text.contains("node r30·83200"), "{text}");
    assert_eq!(text.matches("81601 to 83200").count(), 2, "in the list and in the inspector");
    press(&mut app, "right");
    let text = dump(&screen(&app, (80, 24), look));
    assert!(text.contains("◉ r21·84800") && text.contains("● r30·83200 (2)"), "{text}");
}

#[test]
fn the_title_counts_the_nodes_as_the_header_does() {
    let mut app = built_in("big-ring", 0);
    let look = braille();
    for cursor in (0..=app.timeline.len()).step_by(50) {
        app.go_to(cursor);
        let scene = Scene::new(&app, &look);
        let layout = super::Layout::new(Rect::new(0, 0, 120, 36), crate::app::Pane::Ring, false);
        let shown = detail(&scene, layout.panes[0]);
        let Some((before, _)) = shown.split_once(" nodes, ") else { continue };
        let count = before.rsplit(' ').next().expect("a number");
        let area = Rect::new(0, 0, 300, 1);
        let mut buffer = Buffer::empty(area);
        title::draw(&scene, area, &mut buffer);
        let header = super::text_at(&buffer, area);
        let counts = [format!("  {count} node"), format!("  {count}+")];
        assert!(counts.iter().any(|count| header.contains(count)), "{shown}: {header}");
    }
}

#[test]
fn a_ring_of_sixty_nodes() {
    let app = built_in("big-ring", 8_000);
    for (name, size, symbols) in [
        ("sixty-80x24", (80, 24), Symbols::Braille),
        ("sixty-80x24-half", (80, 24), Symbols::HalfBlocks),
        ("sixty-80x24-ascii", (80, 24), Symbols::Ascii),
        ("sixty-120x36", (120, 36), Symbols::Braille),
    ] {
        insta::assert_snapshot!(name, dump(&screen(&app, size, look(Palette::Rgb, symbols))));
    }
    let app = built_in("big-ring", 2_500);
    let buffer = screen(&app, (80, 24), braille());
    insta::assert_snapshot!("sixty-join-80x24", dump(&buffer));
}

#[test]
fn a_ring_of_a_thousand_nodes() {
    let app = thousand();
    let look = braille();
    let scene = Scene::new(&app, &look);
    for size in [(80, 24), (120, 36), (160, 48), (240, 67)] {
        let overview = picture(&scene, size).overview.expect("there are too many nodes");
        assert_counts(&scene, &overview, &format!("{size:?}"));
        let name = format!("thousand-{}x{}", size.0, size.1);
        insta::assert_snapshot!(name, dump(&screen(&app, size, look)));
    }
}

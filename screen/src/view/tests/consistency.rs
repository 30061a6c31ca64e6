//! Header, ring, inspector, strip, watches and lessons give the same counts and owners at every event of every built-in
//! run.

use std::collections::BTreeMap;
use std::ops::Range;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_sim::invariants::Invariant;
use ringscope_sim::protocol::arithmetic::KeyRange;
use ringscope_sim::protocol::{Key, NodeState, Peer, Role, StorageId, Viewed as _};
use ringscope_sim::scenario::builtin;
use ringscope_traces::Rank;

use super::{look, scenes};
use crate::app::{App, Pane};
use crate::timeline::{NodeStates, Timeline};
use crate::tour::fact_in_words;
use crate::view::layout::Placed;
use crate::view::scene::Scene;
use crate::view::symbols::Symbols;
use crate::view::theme::Palette;
use crate::view::{geometry, inspector, panes, title};

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

fn header(scene: &Scene<'_>) -> String {
    let area = Rect::new(0, 0, 300, 1);
    let mut buffer = Buffer::empty(area);
    title::draw(scene, area, &mut buffer);
    buffer.content.iter().map(|cell| cell.symbol()).collect()
}

fn check_header(scene: &Scene<'_>, what: &str) {
    let header = header(scene);
    let holders = holders(scene.app);
    let copied = holders.values().filter(|holders| **holders > 1).count();
    let keys = match (holders.len(), copied) {
        (1, 0) => "1 key  ".to_owned(),
        (keys, 0) => format!("{keys} keys  "),
        (keys, copied) => {
            format!("{keys} key{}, {copied} of them ", if keys == 1 { "" } else { "s" })
        }
    };
    assert!(header.contains(&format!("  {keys}")), "{what}: {header}");
    assert_eq!(fact(scene.app, "number of keys"), holders.len().to_string(), "{what}");
    let nodes = fact(scene.app, "number of nodes");
    let nodes = [format!("  {nodes} node"), format!("  {nodes}+")];
    assert!(nodes.iter().any(|nodes| header.contains(nodes)), "{what}: {header}");
}

/// Ranks in the inspector, beside what lessons say of them.
fn check_inspector(scene: &Scene<'_>, ranks: &[Rank], what: &str) {
    let states = scene.states().expect("the states are known");
    for rank in ranks.iter().copied() {
        let Some(node) = states.nodes.get(rank.index()) else { continue };
        let node = node.view();
        let shown = inspector::in_words(scene, rank);
        let member = states.ring.members().iter().find(|member| member.rank == rank);
        if node.role != Role::Command {
            let owned = member.map_or("nothing".to_owned(), |member| member.range.to_string());
            assert_eq!(last_of(&shown["owns"]), owned, "{what}, rank {rank}");
        }
        if member.is_some() {
            let range = fact(scene.app, &format!("range of rank {rank}"));
            assert_eq!(range, last_of(&shown["owns"]), "{what}, rank {rank}");
        }
        if let Some(count) = shown.get("keys").and_then(|keys| keys.split("  ").next()) {
            let expected = match node.storage {
                Some(_) => fact(scene.app, &format!("number of keys of rank {rank}")),
                None => "no storage".to_owned(),
            };
            assert_eq!(count, expected, "{what}, rank {rank}");
        }
    }
}

/// What a value has become, without what its node believes.
fn last_of(shown: &str) -> &str {
    let own = shown.split("  by its own pointers").next().unwrap_or(shown);
    own.rsplit("⇒ ").next().unwrap_or(own)
}

/// The rows of a pane that has so many of them.
fn rows(scene: &Scene<'_>, pane: Pane, height: u16) -> Vec<String> {
    let area = Rect::new(0, 0, 120, height);
    let mut buffer = Buffer::empty(area);
    let placed = Placed { pane, area, tabs: &[], has_frame: true };
    (panes::drawing(pane).draw)(scene, placed, &mut buffer);
    let rows = buffer.content.chunks(usize::from(area.width));
    rows.map(|row| row.iter().map(|cell| cell.symbol()).collect()).collect()
}

/// The ring's labels and the lines below the strip, as they are drawn.
fn check_owners(scene: &Scene<'_>, what: &str) {
    let states = scene.states().expect("the states are known");
    let owners = states.ring.owners();
    let height = geometry::cells(owners.len()) + 8;
    let strip = rows(scene, Pane::Ownership, height);
    let ring = rows(scene, Pane::Ring, 38);
    for member in owners {
        let (rank, name) = (member.rank, format!("r{}·{}", member.rank, member.id));
        let held = states.nodes[rank.index()].view().storage.map_or(0, |storage| storage.len());
        let line = strip.iter().find(|line| line.contains(&format!("│{name} "))).expect(what);
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

/// The invariants beside the events at which they were broken.
fn check_watches(scene: &Scene<'_>, what: &str) {
    let shown = rows(scene, Pane::Watches, 16);
    for invariant in Invariant::ALL {
        let violations = scene.app.timeline.violations().iter();
        let of_it: Vec<usize> = violations
            .filter(|violation_at| violation_at.violation.invariant == invariant)
            .map(|violation_at| violation_at.at.0 + 1)
            .collect();
        let row = shown.iter().find(|row| row.contains(invariant.name())).expect(what);
        let [count, bad] = match of_it.first() {
            Some(first) => [
                row.contains(&format!("{}x, first at {first} ", of_it.len())),
                *first <= scene.app.view.cursor,
            ],
            None => [!row.contains("first at"), false],
        };
        assert!(count, "{what}: {row}");
        assert_eq!(row.contains('✗'), bad, "{what}: {row}");
    }
}

/// What the panes know of a rank by which they count and name owners.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    id: Option<StorageId>,
    links: Vec<(&'static str, Option<Peer>)>,
    range: Option<KeyRange>,
    keys: Option<usize>,
}

/// The same of all ranks.
fn known(states: &NodeStates) -> Vec<Known> {
    let known = |(rank, node): (u32, &NodeState)| {
        let node = node.view();
        Known {
            id: node.id,
            links: node.links.iter().collect(),
            range: states.range_of(Rank(rank)),
            keys: node.storage.map(|storage| storage.len()),
        }
    };
    (0..).zip(&states.nodes).map(known).collect()
}

/// Holds the panes against each other at events of a run: the header and the lessons at each, and at each whatever else
/// can have changed with it.
///
/// What is said of a rank is made of what is [`Known`] of it, and of what the event did, which is the event's own rank's.
/// So a rank is looked at where it, or the one of the event before, is the event's, and where something of it is not as it
/// was; at the first event all are. The whole product, each rank at each event, is out of reach in the longest run: 64
/// ranks at 10,765 cursors are 688,960 inspectors, which take minutes; this looks at those that can differ from the ones before.
fn check(name: &str, part: Part) {
    let scenario = builtin::find(name).expect("it is built in").scenario();
    let mut app = App::new(Timeline::live(scenario), name, 0);
    let look = look(Palette::Off, Symbols::Braille);
    let mut before: Vec<Known> = Vec::new();
    let mut last = Vec::new();
    for cursor in part.of(app.timeline.len()) {
        app.go_to(cursor);
        let what = format!("{name}, event {cursor}");
        let scene = Scene::new(&app, &look);
        check_header(&scene, &what);
        check_watches(&scene, &what);
        let now = known(scene.states().expect("the states are known"));
        let of_event = app.event().map(|at| app.timeline.info(at));
        let of_event: Vec<Rank> = of_event.iter().flat_map(|info| [info.rank, info.peer]).collect();
        let is_new = |rank: &Rank| before.get(rank.index()) != now.get(rank.index());
        let all = (0..app.timeline.header().ranks).map(Rank);
        let changed: Vec<Rank> = all.filter(is_new).collect();
        if !changed.is_empty() {
            check_owners(&scene, &what);
        }
        let mut ranks = [&changed[..], &of_event[..], &last[..]].concat();
        ranks.sort_unstable();
        ranks.dedup();
        check_inspector(&scene, &ranks, &what);
        (before, last) = (now, of_event);
    }
}

/// One of several parts of a run, from 0: they are looked at beside each other.
#[derive(Debug, Clone, Copy)]
struct Part {
    number: usize,
    parts: usize,
}

impl Part {
    const WHOLE: Part = Part { number: 0, parts: 1 };

    /// Its cursors, of a run with so many events; those of all parts together are all.
    fn of(self, events: usize) -> Range<usize> {
        let from = |number: usize| number * (events + 1) / self.parts;
        from(self.number)..from(self.number + 1)
    }
}

/// The runs that have tests of their own: they take longest.
const LONG: [&str; 2] = ["ranges", "big-ring"];

fn check_all(kind: builtin::Kind) {
    let of_it = builtin::ALL.iter().filter(|built_in| built_in.kind == kind);
    for built_in in of_it.filter(|built_in| !LONG.contains(&built_in.name)) {
        check(built_in.name, Part::WHOLE);
    }
}

macro_rules! every_event {
    ($($name:ident: $of_it:expr;)*) => {
        $(#[test]
        fn $name() {
            $of_it;
        })*
    };
}

every_event! {
    every_event_of_the_protocol_at_its_work_is_counted_the_same_everywhere: check_all(builtin::Kind::WellFormed);
    every_event_of_the_hazards_is_counted_the_same_everywhere: check_all(builtin::Kind::Hazard);
    every_event_of_the_races_is_counted_the_same_everywhere: check_all(builtin::Kind::Race);
    every_event_of_ranges_is_counted_the_same_everywhere: check("ranges", Part::WHOLE);
    every_event_of_the_first_quarter_of_big_ring_is: check("big-ring", Part { number: 0, parts: 4 });
    every_event_of_the_second_quarter_of_big_ring_is: check("big-ring", Part { number: 1, parts: 4 });
    every_event_of_the_third_quarter_of_big_ring_is: check("big-ring", Part { number: 2, parts: 4 });
    every_event_of_the_last_quarter_of_big_ring_is: check("big-ring", Part { number: 3, parts: 4 });
}

#[test]
fn the_parts_of_a_run_are_all_of_it() {
    for events in [0, 1, 7, 10_764] {
        let parts = (0..4).map(|number| Part { number, parts: 4 });
        let cursors: Vec<usize> = parts.flat_map(|part| part.of(events)).collect();
        assert_eq!(cursors, (0..=events).collect::<Vec<_>>());
    }
}

#[test]
fn the_head_is_a_node_on_a_ring_of_many_too() {
    let app = scenes::many(70);
    let look = look(Palette::Off, Symbols::Braille);
    let scene = Scene::new(&app, &look);
    let header = header(&scene);
    assert!(header.contains("  72 nodes  "), "{header}");
    assert!(
        rows(&scene, Pane::Ring, 38)[0].contains("  72 nodes, "),
        "{:?}",
        rows(&scene, Pane::Ring, 38)[0]
    );
}

#[test]
fn a_copy_is_no_key() {
    let mut app = crate::app::testing::built_in("join", 79);
    let look = look(Palette::Off, Symbols::Braille);
    let twice = header(&Scene::new(&app, &look));
    assert!(twice.contains("  6 keys, 3 of them twice  "), "{twice}");
    app.go_to(0);
    let none = header(&Scene::new(&app, &look));
    assert!(none.contains("  0 keys  "), "{none}");
}

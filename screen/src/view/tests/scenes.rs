//! The runs that the screens are drawn from.

use ringscope_sim::protocol::Key;
use ringscope_sim::scenario::{Scenario, builtin};
use ringscope_traces::diff::Level;
use ringscope_traces::{EventIndex, Op, Rank, Tag};

use super::super::diff::{Comparison, Pair, Relation, StatePair};
use super::super::symbols::Symbols;
use super::super::theme::Palette;
use super::super::{Look, geometry};
use super::look;
use crate::app::diff::Tally;
use crate::app::{App, Pane, Selection};
use crate::timeline::Timeline;

/// A scene: its name, what is looked at, the screen's size, and how it looks.
pub(super) type TestScene = (&'static str, App, (u16, u16), Look);

/// The second pair of the built-in scenario `join` on its way to the newcomer.
pub(super) const ADD: (Op, i32, usize) = (Op::Send, 12, 1);

/// A built-in scenario at the event of that number among those of a tag.
pub(super) fn built_in(name: &str, (op, tag, number): (Op, i32, usize)) -> App {
    let timeline = Timeline::live(builtin::find(name).unwrap().scenario());
    let is_it = |at: &usize| {
        let fact = timeline.info(EventIndex(*at));
        fact.op == op && fact.tag == Tag(tag)
    };
    let at = (0..timeline.len()).filter(is_it).nth(number).unwrap();
    App::new(timeline, name, at + 1)
}

/// A built-in scenario when it has ended.
pub(super) fn ended(name: &str) -> App {
    let timeline = Timeline::live(builtin::find(name).unwrap().scenario());
    let end = timeline.len();
    App::new(timeline, name, end)
}

/// A run of many nodes that join one after the other, somewhere in the middle of it.
pub(super) fn many(nodes: u32) -> App {
    let keyspace = u64::from(nodes + 1) * 100;
    let mut text = format!("ranks {}\nkeyspace {keyspace}\n", nodes + 3);
    // Places come in no order, so that the ring is not the order of the ranks.
    for rank in 1..=nodes {
        let place = u64::from(rank) * 7_919 % u64::from(nodes) + 1;
        text += &format!("add {rank} {}\n", place * 100);
    }
    text += &format!("put 1..={keyspace} step 37 key\n");
    let mut timeline = Timeline::live(Scenario::parse("many", &text).unwrap());
    timeline.wait();
    let cursor = timeline.len() * 9 / 10;
    let mut app = App::new(timeline, "many", cursor);
    app.view.selection = Selection::Rank(Rank(nodes / 2));
    app
}

/// Every scene that is drawn as a whole screen.
pub(super) fn all() -> Vec<TestScene> {
    let zoomed = |pane, mut app: App| {
        app.view.focus = pane;
        app.view.is_zoomed = true;
        app
    };
    let rgb = look(Palette::Rgb, Symbols::Braille);
    let mut lanes = built_in("join", ADD);
    lanes.view.focus = Pane::SpaceTime;
    vec![
        ("join-44x8", built_in("join", ADD), (44, 8), look(Palette::TwoHundred, Symbols::Braille)),
        ("join-80x24", built_in("join", ADD), (80, 24), rgb),
        ("join-80x24-ascii", built_in("join", ADD), (80, 24), look(Palette::Off, Symbols::Ascii)),
        ("join-100x30-lanes", lanes, (100, 30), look(Palette::Sixteen, Symbols::Braille)),
        (
            "crowded-100x30-half",
            built_in("crowded", (Op::Recv, 1, 5)),
            (100, 30),
            look(Palette::Eight, Symbols::HalfBlocks),
        ),
        ("crowded-160x48", built_in("crowded", (Op::Send, 0, 9)), (160, 48), rgb),
        ("leave-240x67", built_in("leave", (Op::Send, 11, 0)), (240, 67), rgb),
        (
            "deadlock-80x24",
            ended("get-missing"),
            (80, 24),
            look(Palette::TwoHundred, Symbols::Braille),
        ),
        (
            "start-80x24",
            {
                let mut app = ended("join");
                app.go_to(0);
                app
            },
            (80, 24),
            rgb,
        ),
        ("big-160x48", ended_minus("big-ring", 900), (160, 48), rgb),
        ("many-100x30", many(120), (100, 30), rgb),
        ("many-zoomed-100x30", zoomed(Pane::Ring, many(120)), (100, 30), rgb),
        (
            "ownership-80x24",
            zoomed(Pane::Ownership, built_in("crowded", (Op::Send, 0, 9))),
            (80, 24),
            rgb,
        ),
    ]
}

/// Some events before the end.
fn ended_minus(name: &str, events: usize) -> App {
    let mut app = ended(name);
    app.go_to(app.timeline.len() - events);
    app
}

/// A random run, somewhere in it.
pub(in crate::view) fn random(seed: u64, part: f64) -> App {
    let ranks = 4 + u32::try_from(seed % 20).unwrap();
    let scenario = ringscope_sim::scenario::random(seed, ranks, 12);
    let timeline = Timeline::live(scenario);
    let cursor = geometry::whole(timeline.len() as f64 * part);
    App::new(timeline, "random", cursor)
}

/// Things to select, some of which are not there.
pub(super) fn selection(number: u32) -> Selection {
    match number % 4 {
        0 => Selection::Cursor,
        1 => Selection::Rank(Rank(number * 3)),
        2 => Selection::Message(EventIndex(number as usize * 17)),
        _ => Selection::Key(Key(i64::from(number) * 90)),
    }
}

/// What two traces of a race come to.
pub(super) fn comparison() -> Comparison {
    let pair = |relation, a: &str, b: &str, missing: &str| Pair {
        sides: [a, b].map(|side| (!side.is_empty()).then(|| side.to_owned())),
        relation,
        missing: missing.to_owned(),
    };
    let state = |label: &str, a: &str, b: &str| StatePair {
        label: label.to_owned(),
        sides: [a.to_owned(), b.to_owned()],
    };
    Comparison {
        names: ["sim seed 42, 412 events".to_owned(), "mpi-runner, 415 events".to_owned()],
        tally: Tally { same: 1, moved: 1, only_a: 1, only_b: 1 },
        verdict: "different".to_owned(),
        level: Some(Level::Different),
        sentence: "rank 6 sends REDIST to rank 8 in A, and does nothing more in B".to_owned(),
        rows: vec![
            pair(Relation::Same, "35 r3 → r1 ADD 8 340", "33 r3 → r1 ADD 8 340", ""),
            pair(Relation::Order, "37 r6 → r8 REDIST", "", "B at 39"),
            pair(Relation::OnlyFirst, "40 r6 → r8 REDIST", "", "not in B"),
            pair(Relation::OnlySecond, "", "41 r6 → r8 REDIST", "not in A"),
            pair(Relation::Different, "42 r0 → r9 ACK", "43 r0 → r9 RETVAL", ""),
        ],
        first: Some(2),
        cursor: 2,
        overview: vec![
            Relation::Same,
            Relation::Order,
            Relation::OnlyFirst,
            Relation::OnlySecond,
            Relation::Different,
        ],
        row: (2, 5),
        subject: "r8 after this event".to_owned(),
        states: vec![
            state("keys", "277 301 333", "277 301 366"),
            state("owns", "261 to 340", "261 to 340"),
        ],
    }
}

//! Two runs side by side.

use std::path::Path;

use ringscope_sim::scenario::{Scenario, builtin};
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::{Rank, Trace, write_trace};

use super::*;
use crate::app::handle::HandleActions as _;
use crate::app::menu::MenuKind;
use crate::controls::BINDINGS;
use crate::timeline::trace;

/// The trace of a scenario with another window or seed.
fn run(name: &str, settings: &[(&str, &str)]) -> (Source, Trace) {
    let mut scenario: Scenario = builtin::find(name).expect("a built-in scenario").scenario();
    for (name, value) in settings {
        scenario.settings.set(name, value).expect("a setting");
    }
    let source = Source::Live(scenario);
    let trace = trace(&source).expect("a run");
    (source, trace)
}

fn save(trace: &Trace, path: &Path) {
    write_trace(std::fs::File::create(path).expect("a file"), trace).expect("a file takes it");
}

/// Compares a run with another one, to the end.
fn compared(a: &(Source, Trace), b: &Trace) -> Diff {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("b.jsonl");
    save(b, &path);
    let app = App::new(Timeline::of(&a.0).expect("a run"), "a", 0);
    let mut diff = Diff::open(Candidate::of(&app), &path).expect("two traces");
    diff.wait();
    diff
}

fn press(diff: &mut Diff, keys: &str) {
    keys.split_whitespace().for_each(|key| diff.press(key.parse().expect("a key")));
}

#[test]
fn a_run_is_equal_to_itself() {
    let a = run("join", &[]);
    let mut diff = compared(&a, &a.1);
    let events = a.1.events.len();
    assert_eq!(diff.tally, Tally { same: events, ..Tally::default() });
    assert_eq!(diff.summary(), ["equal: every rank did the same in the same order"]);
    press(&mut diff, "]");
    assert_eq!(diff.controls.note.as_deref(), Some("they do not differ after this"));
}

#[test]
fn one_event_that_was_altered_is_gone_to() {
    let a = run("join", &[]);
    let mut b = a.1.clone();
    b.events[60].data = ringscope_traces::Payload::Int(-1);
    let mut diff = compared(&a, &b);
    let row = diff.rows[diff.chosen];
    assert_eq!(row.a.or(row.b), Some(EventIndex(60)));
    assert_eq!((diff.tally.only_a, diff.tally.only_b, diff.tally.moved), (1, 1, 0));
    assert!(diff.summary()[1].starts_with(&format!("rank {}, event ", b.events[60].rank)));
    let before = diff.rows.clone();
    press(&mut diff, "s");
    assert_eq!(diff.name_of_first(), "B");
    press(&mut diff, "s");
    assert_eq!(diff.rows, before);
}

#[test]
fn a_race_is_order_only_and_can_be_ignored() {
    let settings = [("window", "4"), ("latency", "log-normal 100us 1.5")];
    let a = run("crowded", &settings);
    let other = (2..40)
        .map(|seed| run("crowded", &[&settings[..], &[("seed", &seed.to_string())]].concat()).1);
    let is_race = |b: &Trace| compare(&a.1, b).is_ok_and(|it| it.level == Level::Reordered);
    let b = other.into_iter().find(is_race).expect("a seed that reorders");
    let mut diff = compared(&a, &b);
    assert_eq!((diff.tally.only_a, diff.tally.only_b), (0, 0));
    assert!(diff.tally.moved > 0);
    press(&mut diff, "home ]");
    assert_eq!(diff.controls.note, None);
    press(&mut diff, "home o ]");
    assert_eq!(diff.controls.note.as_deref(), Some("they do not differ after this"));
}

#[test]
fn the_first_divergence_has_its_row_even_where_the_other_run_does_the_same_later() {
    let a = run("join", &[]);
    let mut b = a.1.clone();
    // What B does first at rank 0 is something that A does later; the rest follows as it was.
    let of_head: Vec<usize> =
        (0..b.events.len()).filter(|at| b.events[*at].rank == Rank(0)).collect();
    let (early, late) = (of_head[10], of_head[14]);
    let moved = b.events.remove(late);
    b.events.insert(early, moved);
    for (one, other) in [(&a.1, &b), (&b, &a.1)] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("one.jsonl");
        save(one, &path);
        let diff = compared(&(Source::File(path.as_path().into()), one.clone()), other);
        let row = diff.rows[diff.first_row.expect("they part")];
        let first = diff.comparison.as_ref().and_then(|it| it.first.as_ref()).expect("they part");
        let place = |line: usize| Some(EventIndex(line - EventIndex(0).line()));
        let a = first.divergence.a.as_ref().and_then(|step| place(step.line));
        let b = first.divergence.b.as_ref().and_then(|step| place(step.line));
        assert!(row.what != What::Same && (row.a == a || row.b == b), "{row:?}, {a:?}, {b:?}");
        assert_eq!(diff.chosen, diff.first_row.expect("they part"));
    }
}

#[test]
fn every_event_of_both_stands_in_one_row() {
    let (a, b) = (run("join", &[]).1, run("join-and-leave", &[]).1);
    let rows = align(&a, &b, false);
    let places = |of: fn(&DiffRow) -> Option<EventIndex>| {
        let mut places: Vec<_> = rows.iter().filter_map(of).collect();
        places.sort_unstable();
        places
    };
    assert_eq!(places(|row| row.a), (0..a.events.len()).map(EventIndex).collect::<Vec<_>>());
    assert_eq!(places(|row| row.b), (0..b.events.len()).map(EventIndex).collect::<Vec<_>>());
    let stretches = rows.chunk_by(|one, other| one.a.is_none() && other.a.is_none());
    let only_b: Vec<&[DiffRow]> = stretches.filter(|rows| rows[0].a.is_none()).collect();
    assert!(only_b.iter().any(|rows| rows.len() > 1));
    assert!(only_b.iter().all(|rows| rows.is_sorted_by_key(|row| row.b)));
    for row in &rows {
        if let (Some(in_a), Some(in_b)) = (row.a, row.b) {
            assert_eq!(a[in_a].data, b[in_b].data);
        }
    }
}

#[test]
fn what_cannot_be_compared_is_reported() {
    let a = run("join", &[]);
    let b = run("join", &[("ranks", "9")]).1;
    let diff = compared(&a, &b);
    assert_eq!(diff.summary(), ["they cannot be compared: A has 8 ranks, B has 9"]);
}

#[test]
fn help_lists_what_can_be_done_here_and_nothing_else() {
    let a = run("join", &[]);
    let mut diff = compared(&a, &run("join", &[("seed", "2")]).1);
    press(&mut diff, "?");
    let menu = diff.controls.menu.as_ref().expect("the keys");
    let listed: Vec<_> = menu.rows().iter().filter_map(|row| row.action).collect();
    assert_eq!(listed, diff.listed(MenuKind::Help));
    press(&mut diff, "esc");
    for action in BINDINGS.iter().map(|row| row.action) {
        diff.controls.note = None;
        diff.update(action);
        let is_refused =
            diff.controls.note.as_deref().is_some_and(|note| note.ends_with("Esc goes back"));
        assert_eq!(is_refused, !Diff::can(action), "{action:?}");
    }
    press(&mut diff, "esc esc :");
    diff.paste("swap");
    let names = (diff.a.name.clone(), diff.b.name.clone());
    press(&mut diff, "enter");
    assert_eq!((diff.b.name.clone(), diff.a.name.clone()), names);
    assert!(diff.controls.menu.is_none());
}

#[test]
fn a_row_is_gone_to_by_its_number() {
    let a = run("join", &[]);
    let mut diff = compared(&a, &a.1);
    for (line, chosen) in [("12", 11), ("+3", 14), ("-4", 10), ("0", 0), ("100%", 0)] {
        press(&mut diff, "g");
        diff.paste(line);
        press(&mut diff, "enter");
        let chosen = if line == "100%" { diff.rows.len() - 1 } else { chosen };
        assert_eq!((diff.chosen, diff.prompt.is_none()), (chosen, true), "{line}");
    }
    press(&mut diff, "g");
    diff.paste("99999");
    press(&mut diff, "enter");
    let problem = diff.prompt.as_ref().and_then(|prompt| prompt.problem.clone());
    assert_eq!(problem, Some(format!("there are {} rows", diff.rows.len())));
    press(&mut diff, "esc");
    assert!(diff.prompt.is_none() && diff.controls.request.is_none());
}

#[test]
fn the_command_that_shows_a_comparison_again_is_reported() {
    let app = App::new(Timeline::of(&run("join", &[]).0).expect("a run"), "join", 0);
    let mut diff = Diff::open(Candidate::of(&app), Path::new("crowded")).expect("two scenarios");
    diff.wait();
    diff.go_to(4);
    let line = diff.reproduced();
    assert_eq!(line.as_deref(), Some("ringscope play join --seed 1 --diff crowded --at 5"));
    press(&mut diff, "s");
    let line = diff.reproduced();
    assert_eq!(line.as_deref(), Some("ringscope play crowded --seed 1 --diff join --at 5"));
    diff.a.recipe = Recipe::none();
    press(&mut diff, "y");
    assert!(diff.controls.note.as_deref().is_some_and(|note| note.contains("in no file")));
}

#[test]
fn the_overview_shows_the_worst_of_each_part() {
    let a = run("join", &[]);
    let mut b = a.1.clone();
    b.events[60].data = ringscope_traces::Payload::Int(-1);
    let diff = compared(&a, &b);
    assert_eq!(diff.overview, diff.rows.iter().map(|row| row.what).collect::<Vec<_>>());
    let mut long = diff;
    long.rows = long.rows.repeat(100);
    long.survey();
    assert!(long.overview.len() <= OVERVIEW && long.overview.contains(&What::OnlyB));
}

impl Diff {
    /// Which side has the altered event: the one that only it has.
    fn name_of_first(&self) -> &'static str {
        let is_altered = |data: &str| data == "-1";
        let altered = self.rows.iter().find(|row| match (row.a, row.b) {
            (Some(a), None) => is_altered(&self.a.timeline.data(a).to_string()),
            (None, Some(b)) => is_altered(&self.b.timeline.data(b).to_string()),
            (Some(_), Some(_)) | (None, None) => false,
        });
        match altered.map(|row| row.a.is_some()) {
            Some(true) => "B",
            Some(false) => "A",
            None => "none",
        }
    }
}

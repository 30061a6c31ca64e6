//! Two runs side by side.

use std::path::Path;

use ringscope_sim::scenario::{Scenario, builtin};
use ringscope_traces::{Trace, write_trace};

use super::*;

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
    let mut diff = Diff::open(("a", &a.0), &path).expect("two traces");
    while diff.is_busy() {
        diff.poll();
        thread::yield_now();
    }
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
    assert_eq!(diff.in_words(), ["equal: every rank did the same in the same order"]);
    press(&mut diff, "]");
    assert_eq!(diff.note.as_deref(), Some("they do not differ after this"));
}

#[test]
fn one_event_that_was_altered_is_gone_to() {
    let a = run("join", &[]);
    let mut b = a.1.clone();
    b.events[60].data = ringscope_traces::Payload::Int(-1);
    let mut diff = compared(&a, &b);
    let row = diff.rows[diff.chosen];
    assert_eq!(row.a.or(row.b), Some(Place(60)));
    assert_eq!((diff.tally.only_a, diff.tally.only_b, diff.tally.moved), (1, 1, 0));
    assert!(diff.in_words()[1].starts_with(&format!("rank {}, event ", b.events[60].rank)));
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
    assert_eq!(diff.note, None);
    press(&mut diff, "home o ]");
    assert_eq!(diff.note.as_deref(), Some("they do not differ after this"));
}

#[test]
fn every_event_of_both_stands_in_one_row() {
    let (a, b) = (run("join", &[]).1, run("join-and-leave", &[]).1);
    let rows = align(&a, &b, false);
    let places = |of: fn(&Row) -> Option<Place>| {
        let mut places: Vec<_> = rows.iter().filter_map(of).collect();
        places.sort_unstable();
        places
    };
    assert_eq!(places(|row| row.a), (0..a.events.len()).map(Place).collect::<Vec<_>>());
    assert_eq!(places(|row| row.b), (0..b.events.len()).map(Place).collect::<Vec<_>>());
    for row in &rows {
        if let (Some(in_a), Some(in_b)) = (row.a, row.b) {
            assert_eq!(a[in_a].data, b[in_b].data);
        }
    }
}

#[test]
fn what_cannot_be_compared_is_told() {
    let a = run("join", &[]);
    let b = run("join", &[("ranks", "9")]).1;
    let diff = compared(&a, &b);
    assert_eq!(diff.in_words(), ["they cannot be compared: A has 8 ranks, B has 9"]);
}

impl Diff {
    /// Which side has the altered event: the one that only it has.
    fn name_of_first(&self) -> &'static str {
        let is_altered = |data: &str| data == "-1";
        let altered = self.rows.iter().find(|row| match (row.a, row.b) {
            (Some(a), None) => is_altered(&self.a.film.data(a).to_string()),
            (None, Some(b)) => is_altered(&self.b.film.data(b).to_string()),
            (Some(_), Some(_)) | (None, None) => false,
        });
        match altered.map(|row| row.a.is_some()) {
            Some(true) => "B",
            Some(false) => "A",
            None => "none",
        }
    }
}

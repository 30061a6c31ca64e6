//! Two runs side by side.

use std::path::Path;

use ringscope_sim::protocols::ProtocolId;
use ringscope_sim::scenario::{Scenario, builtin};
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::{Causality, Rank, Trace, write_trace};

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
    let row = diff.rows()[diff.chosen];
    assert_eq!(
        (row.a, row.b, row.what),
        (Some(EventIndex(60)), Some(EventIndex(60)), What::Parted)
    );
    assert_eq!((diff.tally.only_a, diff.tally.only_b, diff.tally.moved), (1, 1, 0));
    assert!(diff.summary()[1].starts_with(&format!("rank {} ", b.events[60].rank)));
    let before = diff.rows().to_vec();
    press(&mut diff, "s");
    assert_eq!(diff.name_of_altered(), "A");
    press(&mut diff, "s");
    assert_eq!(diff.rows(), before);
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
        let row = diff.rows()[diff.first_row.expect("they part")];
        let [a, b] = diff.parting();
        assert!(row.what != What::Same && (row.a == a || row.b == b), "{row:?}, {a:?}, {b:?}");
        assert_eq!(diff.chosen, diff.first_row.expect("they part"));
    }
}

/// Pairs of runs that part in various ways: other windows, seeds and scenarios, both ways round.
fn pairs() -> Vec<(String, Trace, Trace)> {
    let mut pairs = Vec::new();
    let mut add = |name: &str, a: &Trace, b: &Trace| {
        pairs.push((name.to_owned(), a.clone(), b.clone()));
        pairs.push((format!("{name}, swapped"), b.clone(), a.clone()));
    };
    for built_in in builtin::ALL {
        // Those are long, and go round and round.
        if built_in.name == "big-ring" {
            continue;
        }
        let wide = [("window", "3"), ("latency", "log-normal 100us 1.5")];
        let a = run(built_in.name, &wide).1;
        for seed in ["2", "5"] {
            let b = run(built_in.name, &[&wide[..], &[("seed", seed)]].concat()).1;
            add(&format!("{} with seed {seed}", built_in.name), &a, &b);
        }
        add(
            &format!("{} with window 1", built_in.name),
            &a,
            &run(built_in.name, &[("window", "1")]).1,
        );
    }
    add("join beside join-and-leave", &run("join", &[]).1, &run("join-and-leave", &[]).1);
    pairs
}

#[test]
fn the_first_row_that_differs_is_that_of_the_first_divergence() {
    let (mut parted, mut together) = (0, 0);
    for (name, a, b) in pairs() {
        let comparison = compare(&a, &b).expect("they can be compared");
        let first = comparison.first.as_ref().map(|first| &first.divergence);
        let rows = align(&a, &b, &comparison).rows;
        let found = rows.iter().find(|row| row.what != What::Same);
        let expected = first.map(order::at);
        let (Some(found), Some([a, b])) = (found, expected) else {
            assert_eq!((found, expected), (None, None), "{name}");
            continue;
        };
        // What the one does there can depend on what another rank does otherwise: then it stands further down.
        assert!(found.a == a || (found.a.is_none() && found.b.is_some()), "{name}: {found:?}");
        assert!(found.b == b || (found.b.is_none() && found.a.is_some()), "{name}: {found:?}");
        parted += 1;
        together += usize::from(found.what == What::Parted);
    }
    assert!(parted > 40 && together > 20, "{parted} pairs part, {together} in one row");
}

#[test]
fn what_happened_before_something_in_either_run_stands_above_it() {
    for (name, a, b) in pairs() {
        let comparison = compare(&a, &b).expect("they can be compared");
        let rows = align(&a, &b, &comparison).rows;
        for (trace, place) in
            [(&a, (|row| row.a) as fn(&DiffRow) -> Option<EventIndex>), (&b, |row| row.b)]
        {
            let mut row_of = vec![None; trace.events.len()];
            for (index, row) in rows.iter().enumerate() {
                let Some(at) = place(row) else { continue };
                assert_eq!(row_of[at.0].replace(index), None, "{name}: it has one row");
            }
            let causality = Causality::of(trace);
            for at in (0..trace.events.len()).map(EventIndex) {
                let row = row_of[at.0].unwrap_or_else(|| panic!("{name}: event {} has none", at.0));
                for cause in [causality.previous(at), causality.cause(at)].into_iter().flatten() {
                    assert!(row_of[cause.0] < Some(row), "{name}: {} before {}", at.0, cause.0);
                }
            }
        }
    }
}

#[test]
fn what_both_did_is_counted_once_and_says_where_the_other_has_it() {
    for (name, a, b) in pairs() {
        let comparison = compare(&a, &b).expect("they can be compared");
        let alignment = align(&a, &b, &comparison);
        let tally = alignment.tally();
        assert_eq!(tally.same + tally.moved + tally.only_a, a.events.len(), "{name}");
        assert_eq!(tally.same + tally.moved + tally.only_b, b.events.len(), "{name}");
        for row in &alignment.rows {
            if let (What::Same, Some(in_a), Some(in_b)) = (row.what, row.a, row.b) {
                assert_eq!(a[in_a].content(), b[in_b].content());
            }
            if let Some((in_a, in_b)) = row.a.and_then(|in_a| Some((in_a, alignment.in_b(in_a)?))) {
                assert_eq!(a[in_a].content(), b[in_b].content());
                assert_eq!(alignment.in_a(in_b), Some(in_a));
            }
        }
    }
}

/// The commands that all ranks are told to end by stand at the end, whichever run has them alone.
#[test]
fn what_ends_a_run_stands_behind_what_led_to_it() {
    let (a, b) = (run("race-lost-key", &[]), run("race-lost-key", &[("window", "1")]).1);
    let diff = compared(&a, &b);
    let first = diff.first_row.expect("they part");
    let ends = diff.rows().iter().position(|row| row.b.is_some_and(|at| b[at].tag.0 == 4));
    assert!(first < 3 && ends.is_some_and(|ends| ends > diff.rows().len() / 2), "{first} {ends:?}");
}

#[test]
fn where_the_races_part_from_other_runs_of_theirs() {
    let mut table = String::new();
    let latency = ("latency", "log-normal 100us 1.5");
    for name in ["race-lost-key", "race-neighbours-leave", "race-behind-leave"] {
        let a = run(name, &[]).1;
        let settings: [&[(&str, &str)]; 4] = [
            &[("window", "1")],
            &[("seed", "2")],
            &[("seed", "2"), latency],
            &[("seed", "5"), latency],
        ];
        for settings in settings {
            let comparison = compare(&a, &run(name, settings).1).expect("they can be compared");
            let said = comparison
                .parting(ProtocolId::default().vocabulary())
                .map(|parting| parting.to_string());
            let set: Vec<String> =
                settings.iter().map(|(name, value)| format!("{name} {value}")).collect();
            table += &format!(
                "{name} beside {}:\n    {}\n",
                set.join(", "),
                said.unwrap_or_else(|| "equal".to_owned())
            );
        }
    }
    insta::assert_snapshot!(table);
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
        let chosen = if line == "100%" { diff.rows().len() - 1 } else { chosen };
        assert_eq!((diff.chosen, diff.prompt.is_none()), (chosen, true), "{line}");
    }
    press(&mut diff, "g");
    diff.paste("99999");
    press(&mut diff, "enter");
    let problem = diff.prompt.as_ref().and_then(|prompt| prompt.problem.clone());
    assert_eq!(problem, Some(format!("there are {} rows", diff.rows().len())));
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
    diff.a.app.recipe = Recipe::none();
    press(&mut diff, "y");
    assert!(diff.controls.note.as_deref().is_some_and(|note| note.contains("in no file")));
}

#[test]
fn the_overview_shows_the_worst_of_each_part() {
    let a = run("join", &[]);
    let mut b = a.1.clone();
    b.events[60].data = ringscope_traces::Payload::Int(-1);
    let diff = compared(&a, &b);
    assert_eq!(diff.overview, diff.rows().iter().map(|row| row.what).collect::<Vec<_>>());
    let mut long = diff;
    long.alignment.rows = long.alignment.rows.repeat(100);
    long.survey();
    assert!(long.overview.len() <= OVERVIEW && long.overview.contains(&What::Parted));
}

impl Diff {
    /// Which side has the altered event.
    fn name_of_altered(&self) -> &'static str {
        let is_altered = |data: &str| data == "-1";
        let row = self.rows().iter().find(|row| row.what == What::Parted);
        let (a, b) = row.and_then(|row| row.a.zip(row.b)).expect("they part there");
        let data = (self.a.timeline().data(a).to_string(), self.b.timeline().data(b).to_string());
        match (is_altered(&data.0), is_altered(&data.1)) {
            (true, false) => "A",
            (false, true) => "B",
            (true, true) | (false, false) => "none",
        }
    }
}

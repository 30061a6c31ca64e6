use ringscope_traces::Ending;

use super::*;
use crate::app::page::PageRequest;
use crate::app::testing::{RACE, built_in, explored, fail, press};
use crate::app::{Action, Mode};

/// A race of which all is known.
fn race() -> App {
    explored(RACE, u64::MAX)
}

fn here(app: &App) -> ChoicesHere {
    app.choices_here().expect("all is explored")
}

/// To the first event at which more than one thing can be received.
fn to_a_choice(app: &mut App) {
    for cursor in 0..app.timeline.len() {
        app.go_to(cursor);
        if here(app).alternatives.len() > 1 {
            return;
        }
    }
    panic!("there is no choice in this run");
}

/// The receives of the run that is shown.
fn receives(app: &App) -> Vec<Choice> {
    let way = Way::of(&app.choices.as_ref().expect("it was explored").graph, &app.timeline);
    way.receives.into_iter().map(|(_, choice)| choice).collect()
}

#[test]
fn a_choice_is_taken_and_taken_back_and_another_one_is_taken() {
    let mut app = race();
    to_a_choice(&mut app);
    let (first, cursor, before) = (receives(&app), app.view.cursor, here(&app));
    for (row, alternative) in before.alternatives.iter().enumerate() {
        press(&mut app, "home");
        app.go_to(cursor);
        while here(&app).chosen != row {
            let key = if here(&app).chosen < row { "down" } else { "up" };
            press(&mut app, key);
        }
        press(&mut app, "enter");
        let run = receives(&app);
        let last = app.event().expect("it was received");
        let info = app.timeline.info(last);
        assert_eq!((info.rank, info.source()), (alternative.choice.rank, Some(info.peer)));
        assert_eq!(info.peer, alternative.choice.source);
        assert_eq!(here(&app).ways, alternative.ways, "what was counted is what is there");
        assert!(app.timeline.ending().is_some(), "the run goes on to its end");
        let is_this_run = before.taken == Some(row);
        assert_eq!(run == first, is_this_run);
        assert_eq!(app.mode() == Mode::Live, is_this_run);
        if !is_this_run {
            press(&mut app, "backspace");
            assert_eq!((app.view.cursor, receives(&app)), (cursor, first.clone()));
            assert_eq!((app.mode(), app.name.as_str()), (Mode::Live, "test"));
        }
    }
    press(&mut app, "esc backspace");
    assert!(app.controls.has_refused(), "there is nothing more to take back");
}

#[test]
fn enter_alone_goes_along_the_run_that_is_shown() {
    let mut app = race();
    let first = receives(&app);
    for _ in &first {
        press(&mut app, "enter");
    }
    let ended = here(&app);
    assert!(ended.alternatives.is_empty() && ended.next.is_none());
    assert!(!app.choices.as_ref().expect("it was explored").has_past());
    press(&mut app, "enter");
    assert!(app.controls.has_refused(), "nothing comes after the end");
}

#[test]
fn choices_that_were_taken_one_after_the_other_are_taken_back_one_by_one() {
    let mut app = race();
    let mut runs = Vec::new();
    for _ in 0..3 {
        to_a_choice(&mut app);
        let other = (here(&app).taken.unwrap_or(0) + 1) % here(&app).alternatives.len();
        runs.push((app.view.cursor, receives(&app), app.name.clone()));
        app.choose_alternative_row(other);
        press(&mut app, "enter");
    }
    for (cursor, run, name) in runs.into_iter().rev() {
        press(&mut app, "backspace");
        assert_eq!((app.view.cursor, receives(&app), &app.name), (cursor, run, &name));
    }
}

#[test]
fn the_critical_choice_is_that_of_why_and_before_it_the_failure_can_be_avoided() {
    let mut app = race();
    fail(&mut app);
    assert_eq!(app.timeline.ending(), Some(&Ending::Deadlock));
    let last = app.event().expect("it has ended");
    let otherwise = app.timeline.otherwise(&app.timeline.why(last));
    let by_why = otherwise.critical.expect("it has one");
    let critical = app.critical_event().expect("it has one");
    assert_eq!((critical.at, critical.instead), (by_why.at, by_why.instead));
    press(&mut app, "f1 p");
    assert_eq!((app.view.cursor, app.view.focus), (critical.at.0, Pane::Choices));
    let at = here(&app);
    assert_eq!(at.alternatives[at.taken.expect("it goes on")].ways.completing(), 0);
    let instead = at.alternatives.iter().position(|one| one.choice == critical.instead);
    app.choose_alternative_row(instead.expect("it can come next"));
    press(&mut app, "enter");
    assert!(here(&app).ways.can_end_well());
    press(&mut app, "backspace p");
    assert_eq!(app.controls.note.as_deref(), Some("the next receive is the critical choice"));
}

#[test]
fn of_a_run_that_ends_well_no_choice_is_critical() {
    let mut app = explored("put 400 4\nget 400", u64::MAX);
    press(&mut app, "p");
    assert!(app.controls.has_refused());
    assert!(app.controls.note.is_some_and(|note| note.ends_with("ends well")));
}

#[test]
fn a_live_run_is_explored_when_its_choices_are_asked_for_and_a_recorded_one_refuses() {
    let mut app = built_in("race-lost-key", 0);
    press(&mut app, "tab tab tab tab tab tab");
    assert!(app.choices.is_none() && app.view.focus == Pane::Ring);
    press(&mut app, "f7");
    assert!(app.choices.is_some() && app.view.focus == Pane::Choices);
    assert!(app.reproduced().is_some_and(|line| line.contains(" --explore ")));
    press(&mut app, "i");
    assert!(app.controls.has_refused(), "the scenario stays what was explored");
    let bytes = crate::timeline::simulated(app.timeline.scenario().expect("it is live")).to;
    let recorded = Timeline::kept("recorded", bytes.into()).expect("it is a trace");
    let mut app = App::new(recorded, "recorded", 0);
    press(&mut app, "f7");
    assert!(app.controls.has_refused() && app.view.focus == Pane::Ring);
}

#[test]
fn where_the_search_did_not_get_that_is_said() {
    let mut app = explored(RACE, 40);
    assert!(!app.choices.as_ref().expect("it was explored").is_exhausted());
    press(&mut app, "end");
    assert_eq!(app.choices_here(), None);
    press(&mut app, "enter");
    assert_eq!(app.controls.note.as_deref(), Some(UNKNOWN));
    press(&mut app, "p");
    assert_eq!(app.controls.note.as_deref(), Some(UNKNOWN));
}

#[test]
fn another_order_is_in_no_file_until_it_is_saved() {
    let mut app = race();
    fail(&mut app);
    press(&mut app, "y");
    assert!(app.controls.request.is_none(), "no command line opens it");
    press(&mut app, "esc F");
    assert!(app.controls.has_refused(), "an order is no scenario");
    while app.choices.as_ref().is_some_and(|choices| choices.has_past()) {
        press(&mut app, "esc backspace");
    }
    press(&mut app, "y");
    let Some(PageRequest::Copy(line)) = app.controls.request.take() else { panic!("no line") };
    assert!(line.starts_with("ringscope play test --explore --seed 1 --at "), "{line}");
}

#[test]
fn the_key_bar_offers_nothing_that_is_refused() {
    use crate::app::handle::HandleActions as _;

    for keys in ["", "end", "f1", "f1 end"] {
        for has_failed in [false, true] {
            let mut app = race();
            if has_failed {
                fail(&mut app);
            }
            press(&mut app, keys);
            let ours = [Action::Open, Action::Down, Action::StepBack, Action::Critical];
            for (action, words) in app.bar().into_iter().filter(|(one, _)| ours.contains(one)) {
                let mut app = race();
                if has_failed {
                    fail(&mut app);
                }
                press(&mut app, keys);
                app.update(action);
                assert!(!app.controls.has_refused(), "{words} after `{keys}`, {has_failed}");
            }
        }
    }
}

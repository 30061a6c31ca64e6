//! What keys do to what is looked at.

use std::time::Duration;

use proptest::prelude::*;
use ringscope_sim::scenario::builtin;
use ringscope_traces::EventIndex;

use super::handle::HandleActions as _;
use super::testing::{built_in, press, type_line};
use super::{Action, App, KeyPress, Leave, PageRequest, Pane, Selection, Target};
use crate::app::menu::MenuRow;
use crate::controls::BINDINGS;
use crate::timeline::{Timeline, simulated};

/// All that can be seen of a run, in words.
fn state(app: &App) -> String {
    let snapshot = format!("{:?}", app.view.snapshot);
    let what = (
        app.view.cursor,
        app.view.selection,
        app.view.focus,
        app.view.is_zoomed,
        &app.search.filter,
        &app.search.listed,
    );
    format!("{what:?} {:?} {:?} {snapshot}", app.marks, app.search.breaks)
}

fn note(app: &App) -> &str {
    app.controls.note.as_deref().unwrap_or("")
}

fn problem(app: &App) -> &str {
    app.typing.prompt.as_ref().and_then(|prompt| prompt.problem.as_deref()).unwrap_or("")
}

#[test]
fn a_step_back_undoes_a_step() {
    let mut app = built_in("join", 0);
    press(&mut app, "l . l . ,");
    assert_eq!(app.view.cursor, 3);
    press(&mut app, "h , h ,");
    assert_eq!((app.view.cursor, note(&app)), (0, "the run begins here"));
}

#[test]
fn both_ends_are_reported() {
    let mut app = built_in("get-missing", 0);
    press(&mut app, "end l");
    assert_eq!(app.view.cursor, app.timeline.len());
    assert_eq!(note(&app), "the run ends here: deadlock");
}

#[test]
fn a_command_is_gone_past_as_a_whole() {
    let mut app = built_in("get-and-put", 0);
    let operations = app.timeline.operations().to_vec();
    press(&mut app, "L");
    assert_eq!(Some(EventIndex(app.view.cursor - 1)), operations[0].completed);
    press(&mut app, "shift-right");
    assert_eq!(Some(EventIndex(app.view.cursor - 1)), operations[1].completed);
    press(&mut app, "H");
    assert_eq!(EventIndex(app.view.cursor), operations[1].invoked);
    press(&mut app, "H H");
    assert_eq!(note(&app), "the run begins here");
}

#[test]
fn a_command_without_an_answer_goes_to_the_end() {
    let mut app = built_in("get-missing", 0);
    let last = app.timeline.operations().last().expect("a command").invoked;
    app.go_to(last.0);
    press(&mut app, "L");
    assert_eq!(app.view.cursor, app.timeline.len());
}

#[test]
fn a_cursor_is_meant_by_number_by_distance_and_by_percentage() {
    let mut app = built_in("join", 0);
    let events = app.timeline.len();
    for (line, cursor) in
        [("37", 37), ("+3", 40), ("-10", 30), ("50%", events / 2), ("100 %", events)]
    {
        press(&mut app, "g");
        type_line(&mut app, line);
        assert_eq!(app.view.cursor, cursor, "{line}");
    }
    press(&mut app, "g");
    type_line(&mut app, "half");
    assert_eq!(
        problem(&app),
        format!("expected an event (0 to {events}) or a percentage, found `half`")
    );
    press(&mut app, "esc g");
    type_line(&mut app, "99999");
    assert_eq!(problem(&app), format!("there are {events} events"));
    assert_eq!(app.view.cursor, events);
}

#[test]
fn a_search_goes_on_and_back() {
    let mut app = built_in("join", 0);
    press(&mut app, "/");
    type_line(&mut app, "tag INIT receives");
    let first = app.view.cursor;
    assert!(first > 0);
    press(&mut app, "n");
    assert!(app.view.cursor > first, "two nodes join");
    press(&mut app, "n");
    assert_eq!(note(&app), "there is no `tag INIT receives` after this event");
    press(&mut app, "N");
    assert_eq!(app.view.cursor, first);
}

#[test]
fn a_filter_is_seen_while_it_is_typed_and_escape_takes_it_back() {
    let mut app = built_in("join", 0);
    press(&mut app, "f");
    app.paste("rank 3");
    let listed = app.search.listed.clone().expect("a filter");
    assert!(!listed.is_empty() && listed.len() < app.timeline.len());
    app.paste("3");
    assert_eq!(problem(&app), "there is no rank 33: ranks are 0 to 7");
    assert_eq!(app.search.listed.as_ref(), Some(&listed), "what was listed stays");
    press(&mut app, "enter");
    assert!(app.typing.prompt.is_some(), "what is wrong is not taken");
    press(&mut app, "esc");
    assert!(app.typing.prompt.is_none() && app.search.listed.is_none());
    press(&mut app, "f");
    type_line(&mut app, "rank 3");
    assert_eq!(app.search.filter, "rank 3");
    press(&mut app, "f3 down");
    assert_eq!(EventIndex(app.view.cursor - 1), listed[0]);
    press(&mut app, "down up");
    assert_eq!(EventIndex(app.view.cursor - 1), listed[0]);
    press(&mut app, "up");
    assert_eq!(note(&app), "nothing further is listed");
    press(&mut app, "pagedown pageup");
    assert_eq!(EventIndex(app.view.cursor - 1), listed[0]);
    press(&mut app, "esc");
    assert_eq!(app.search.listed, None);
}

#[test]
fn only_the_causes_of_the_selection_are_listed() {
    let mut app = built_in("join", 50);
    press(&mut app, "k");
    assert_eq!(app.search.listed, Some(app.timeline.causes(EventIndex(49))));
    assert_eq!(app.search.filter, "causes of event 50");
    press(&mut app, "k");
    assert_eq!(app.search.listed, None);
    app.go_to(app.timeline.len());
    app.click(Target::Key(ringscope_sim::protocol::Key(250)));
    press(&mut app, "k");
    let last = *app.search.listed.as_ref().and_then(|listed| listed.last()).expect("causes");
    assert!(app.timeline.data(last).to_string().contains("250"));
}

#[test]
fn time_stops_at_a_condition() {
    let mut app = built_in("join", 0);
    press(&mut app, "b");
    type_line(&mut app, "rank 3 joins");
    assert_eq!(note(&app), "break on `rank 3 joins`: `c` goes there");
    press(&mut app, "c");
    let joins = app.view.cursor;
    assert_eq!(note(&app), "break: rank 3 joins");
    press(&mut app, "home space");
    while app.playback.is_playing {
        app.tick(Duration::from_millis(70));
    }
    assert_eq!((app.view.cursor, note(&app)), (joins, "stopped at a condition"));
    press(&mut app, "end C");
    assert_eq!(app.view.cursor, joins, "backwards, too");
    press(&mut app, "C");
    assert_eq!(note(&app), "there is no `rank 3 joins` before this event");
    press(&mut app, "b");
    type_line(&mut app, "RANK 3 JOINS");
    assert!(app.search.breaks.is_empty(), "the same again takes it away");
}

/// The cursors at which a condition comes to hold.
fn breaks(name: &str, condition: &str) -> Vec<usize> {
    let mut app = built_in(name, 0);
    press(&mut app, "b");
    type_line(&mut app, condition);
    assert_eq!(problem(&app), "");
    let mut cursors = Vec::new();
    loop {
        let before = app.view.cursor;
        press(&mut app, "c");
        if app.view.cursor == before {
            return cursors;
        }
        cursors.push(app.view.cursor);
    }
}

#[test]
fn a_key_moves_when_it_comes_to_another_node() {
    let moves = breaks("join", "key 200 moves");
    assert_eq!(moves.len(), 2, "to rank 3, and on to rank 5");
    assert_eq!(breaks("join", "key 600 moves"), [0_usize; 0], "it stays where it is");
    let app = built_in("join", moves[0]);
    let fact = app.timeline.info(app.event().expect("an event"));
    assert_eq!(fact.rank.0, 3);
}

#[test]
fn a_rank_waits_when_it_has_asked() {
    let waits = breaks("join", "rank 6 waits");
    assert!(waits.len() > 4, "for the newcomer, its predecessor, and once for each key");
    for cursor in waits {
        let app = built_in("join", cursor);
        let states = app.view.snapshot.states.expect("a run of ours");
        let status = states.statuses.of(ringscope_traces::Rank(6));
        assert!(matches!(status, Some(ringscope_sim::world::Status::Waiting { .. })));
    }
}

#[test]
fn the_get_that_nobody_answers_is_found() {
    let found = breaks("get-missing", "get unanswered");
    assert_eq!(found.len(), 1);
    assert_eq!(breaks("get-missing", "put unanswered"), [0_usize; 0]);
}

#[test]
fn a_leave_and_a_violation_are_found() {
    assert_eq!(breaks("leave", "rank 2 leaves").len(), 1);
    let violations = built_in("race-lost-key", 0).timeline.violations().len();
    assert_eq!(breaks("race-lost-key", "invariant").len(), violations);
    assert!(violations > 0);
}

#[test]
fn from_violation_to_violation() {
    let mut app = built_in("race-lost-key", 0);
    let first = app.timeline.violations()[0].clone();
    press(&mut app, "]");
    assert_eq!(app.view.cursor, first.at.0 + 1);
    assert!(note(&app).contains(&first.violation.what));
    press(&mut app, "[");
    assert_eq!(note(&app), "no invariant is violated before this");
}

#[test]
fn what_a_condition_expects_is_reported() {
    let mut app = built_in("join", 0);
    for (line, said) in [
        ("key", "expected a key"),
        ("key x moves", "expected a key, found `x`"),
        ("key 5 move", "expected `moves`, found `move`"),
        ("rank 3", "expected `waits`, `joins`, `leaves`, `sends` or `receives`"),
        ("rank 8 waits", "there is no rank 8: ranks are 0 to 7"),
        ("tag GTE", "there is no tag `GTE`: did you mean GET?"),
        (
            "lunch",
            "expected `key`, `rank`, `GET`, `PUT`, `ADD`, `REMOVE`, `invariant` or `tag`, found `lunch`",
        ),
        ("invariant now", "expected nothing more, found `now`"),
    ] {
        press(&mut app, "b");
        type_line(&mut app, line);
        assert_eq!(problem(&app), said);
        press(&mut app, "esc");
    }
}

#[test]
fn a_condition_is_completed_word_by_word() {
    let mut app = built_in("join", 0);
    press(&mut app, "b r a tab 3 space l tab");
    assert_eq!(app.typing.prompt.as_ref().map(|prompt| prompt.line()), Some("rank 3 leaves "));
}

#[test]
fn a_mark_is_come_back_to() {
    let mut app = built_in("join", 10);
    press(&mut app, "' a");
    assert!(app.marks.is_empty());
    press(&mut app, "m a end m b ' a");
    assert_eq!(app.view.cursor, 10);
    press(&mut app, "' z");
    assert_eq!(note(&app), "there is no mark z");
    press(&mut app, "' b");
    assert_eq!(app.view.cursor, app.timeline.len());
}

#[test]
fn time_is_a_function_of_the_time_that_has_passed() {
    let mut one = built_in("join", 0);
    let mut other = built_in("join", 0);
    press(&mut one, "space +");
    press(&mut other, "+ space");
    one.tick(Duration::from_millis(1000));
    for _ in 0..100 {
        other.tick(Duration::from_millis(10));
    }
    assert_eq!((one.view.cursor, other.view.cursor), (20, 20));
    assert_eq!(one.playback.speed_label(), "2x");
    press(&mut one, "- - -");
    assert_eq!(one.playback.speed_label(), "1/4x");
    one.tick(Duration::from_secs(1000));
    assert!(!one.playback.is_playing, "at the end it stops");
    assert_eq!(note(&one), "the run ends here: completed");
    press(&mut one, "space");
    assert_eq!(one.view.cursor, 0, "and begins again");
}

#[test]
fn a_command_goes_into_the_live_run() {
    let mut app = built_in("join", 5);
    let before = app.timeline.len();
    press(&mut app, "i");
    type_line(&mut app, "put 700 7");
    let event = app.view.cursor + 1;
    let said = format!("`put 700 7` comes next: event {event} sends it, after all other commands");
    assert!(note(&app).starts_with(&said), "{}", note(&app));
    assert_eq!(app.name, "join, 1 more command");
    assert!(app.timeline.len() > before);
    let next = app.timeline.data(EventIndex(app.view.cursor));
    assert_eq!(next.to_string(), "[700,7]");
    let line = app.reproduced().expect("the command is in it");
    assert!(line.contains(" --then 'put 700 7' --at "), "{line}");
}

#[test]
fn a_line_that_is_typed_says_where_its_command_goes() {
    let mut app = built_in("join", 5);
    press(&mut app, "i");
    let title = |app: &App| app.typing.prompt.as_ref().map(|prompt| prompt.purpose.title());
    assert_eq!(title(&app), Some("command, after all others"));
    press(&mut app, "esc F");
    assert_eq!(title(&app), Some("fork with"));
}

#[test]
fn a_command_is_checked_as_in_a_scenario_and_can_be_insisted_on() {
    let mut app = built_in("join", 0);
    press(&mut app, "i");
    for (line, said) in [
        ("putt 5 5", "did you mean `put`"),
        ("put 5", "ends without a value"),
        ("seed 5", "`seed` is a setting"),
        ("get 999", "; Enter again runs it all the same"),
    ] {
        type_line(&mut app, line);
        assert!(problem(&app).contains(said), "{line}: {}", problem(&app));
        if line != "get 999" {
            press(&mut app, "ctrl-u");
        }
    }
    press(&mut app, "enter");
    assert!(app.typing.prompt.is_none());
    assert_eq!(app.timeline.ending().map(|ending| ending.name()), Some("deadlock"));
}

#[test]
fn what_a_command_could_go_on_with_is_what_the_ring_has() {
    let mut app = built_in("join", 0);
    press(&mut app, "end i");
    let mut offers = |line: &str| {
        press(&mut app, "ctrl-u");
        app.paste(line);
        app.typing.prompt.as_ref().map(|prompt| prompt.completions.join(" ")).unwrap_or_default()
    };
    assert_eq!(offers("re"), "remove");
    assert_eq!(offers("add "), "1 2 4");
    assert_eq!(offers("remove "), "250 500");
    assert_eq!(offers("get 2"), "200 250");
}

#[test]
fn a_fork_is_another_run_with_the_same_past() {
    let mut app = built_in("join", 40);
    press(&mut app, "F");
    type_line(&mut app, "put 5 5");
    let Some(PageRequest::Run(mut fork)) = app.controls.request.take() else {
        panic!("{}", problem(&app))
    };
    assert_eq!(fork.view.cursor, 40);
    for at in (0..40).map(EventIndex) {
        assert_eq!(fork.timeline.info(at), app.timeline.info(at));
    }
    assert!(fork.timeline.len() != app.timeline.len());
    press(&mut fork, "esc");
    assert!(matches!(fork.controls.request, Some(PageRequest::Back)));
}

#[test]
fn a_trace_that_was_cut_off_says_so_at_its_end() {
    let scenario = builtin::find("join").expect("it is built in").scenario();
    let whole = simulated(&scenario).to;
    let of = |bytes: &[u8]| {
        let timeline = Timeline::kept("cut.jsonl", bytes.into()).expect("it begins as a trace");
        let mut app = App::new(timeline, "cut.jsonl", 0);
        press(&mut app, "end");
        note(&app).to_owned()
    };
    let lines = whole[..3000].iter().filter(|byte| **byte == b'\n').count();
    let in_line = format!("cut off in line {}, which was not used", lines + 1);
    assert_eq!(of(&whole[..3000]), format!("the trace ends here: {in_line}"));
    let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').expect("lines");
    assert_eq!(of(&whole[..=last]), "the trace ends here: cut off");
    assert_eq!(of(&whole), "the run ends here: completed");
}

#[test]
fn a_run_that_no_word_opens_has_no_command_line() {
    let mut app = built_in("join", 37);
    app.recipe = super::Recipe::none();
    press(&mut app, "y");
    assert!(note(&app).contains("`x` saves it, and then"), "{}", note(&app));
    assert!(app.controls.request.is_none());
}

#[test]
fn a_scenario_is_saved_whole_and_over_nothing_without_asking() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("my.dht");
    let line = path.to_string_lossy().into_owned();
    let mut app = built_in("join", 0);
    let save = |app: &mut App, line: &str| {
        press(app, "x ctrl-u");
        type_line(app, line);
        app.wait_until_saved();
    };
    save(&mut app, "my.txt");
    assert!(problem(&app).starts_with("end the name in one of .dht"));
    press(&mut app, "esc");
    save(&mut app, &line);
    assert_eq!(note(&app), format!("saved as {line}"));
    let saved = std::fs::read_to_string(&path).expect("a file");
    assert!(saved.contains("add 3 500"));
    std::fs::write(&path, "mine").expect("a file");
    save(&mut app, &line);
    press(&mut app, "n");
    assert_eq!(note(&app), "nothing was saved");
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), "mine");
    save(&mut app, &line);
    press(&mut app, "y");
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), saved);
    let trace = folder.path().join("my.jsonl");
    save(&mut app, &trace.to_string_lossy());
    let trace = std::fs::read_to_string(&trace).expect("a file");
    assert_eq!(trace.lines().count(), app.timeline.len() + 2);
}

fn rows(app: &App) -> Vec<MenuRow> {
    app.controls.menu.iter().flat_map(|menu| menu.rows()).cloned().collect()
}

#[test]
fn the_palette_does_what_is_chosen() {
    let mut app = built_in("join", 0);
    press(&mut app, "ctrl-p");
    app.paste("whole screen");
    assert_eq!(rows(&app).len(), 1);
    press(&mut app, "enter");
    assert!(app.view.is_zoomed && app.controls.menu.is_none() && app.typing.prompt.is_none());
    press(&mut app, ": down down up enter");
    assert!(app.controls.menu.is_none());
    press(&mut app, ":");
    app.paste("no such thing");
    press(&mut app, "enter");
    assert!(app.controls.menu.is_none());
}

#[test]
fn help_begins_with_what_the_pane_is_for_and_knows_every_key_of_the_page() {
    let mut app = built_in("join", 0);
    press(&mut app, "f5 ?");
    let rows = rows(&app);
    let first = rows.iter().find_map(|row| row.action);
    assert_eq!(first, Some(Action::Break));
    for row in BINDINGS {
        let times = rows.iter().filter(|other| other.action == Some(row.action)).count();
        assert_eq!(times, usize::from(App::can(row.action)), "{}", row.name);
    }
    assert!(rows.iter().any(|row| row.keys == "key KEY moves"));
    app.paste("unanswered");
    assert_eq!(self::rows(&app).len(), 4);
    press(&mut app, "esc q");
    assert!(matches!(app.controls.request, Some(PageRequest::Leave(Leave::Clean))));
}

#[test]
fn the_mouse_selects_goes_and_scrubs() {
    let mut app = built_in("join", 0);
    let rank = ringscope_traces::Rank(3);
    app.click(Target::Rank(rank));
    assert_eq!(app.view.selection, Selection::Rank(rank));
    app.click(Target::Rank(rank));
    assert_eq!(app.view.selection, Selection::Cursor);
    app.click(Target::Event(EventIndex(9)));
    assert_eq!(app.view.cursor, 10);
    app.drag(Target::Scrubber(99_999));
    assert_eq!(app.view.cursor, app.timeline.len());
    app.scroll(Target::Pane(Pane::Events), -3);
    assert_eq!(app.view.cursor, app.timeline.len() - 3);
    app.click(Target::Bar(Action::Start));
    assert_eq!(app.view.cursor, 0);
}

#[test]
fn escape_leaves_what_lies_on_top_first() {
    let mut app = built_in("join", 10);
    press(&mut app, "z k");
    app.click(Target::Rank(ringscope_traces::Rank(2)));
    press(&mut app, "esc");
    assert!(!app.view.is_zoomed && app.search.listed.is_some());
    press(&mut app, "esc");
    assert!(app.search.listed.is_none() && app.view.selection != Selection::Cursor);
    press(&mut app, "esc");
    assert!(app.view.selection == Selection::Cursor && app.controls.request.is_none());
    press(&mut app, "esc");
    assert!(matches!(app.controls.request, Some(PageRequest::Back)));
}

/// A key of the table, or one that is typed.
fn any_key() -> impl Strategy<Value = KeyPress> {
    let bound = BINDINGS.iter().flat_map(|row| row.keys).copied();
    let typed = ["a", "3", "9", "backspace", "ctrl-w", "ctrl-u", "delete", "r", "t", "%"];
    let keys: Vec<&str> = bound.chain(typed).collect();
    // Saving writes files, which a test of keys is not to do.
    let keys: Vec<KeyPress> =
        keys.iter().filter(|key| **key != "x").map(|key| key.parse().expect("a key")).collect();
    proptest::sample::select(keys)
}

fn any_line() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["put 5 5", "rank 3", "key 200 moves", "get 999", "50%", "7", "["])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_keys_lead_outside_the_run(
        name in proptest::sample::select(vec!["join", "get-missing", "race-lost-key", "leave"]),
        start in 0_usize..500,
        keys in proptest::collection::vec((any_key(), any_line(), 0_u8..8), 1..60),
    ) {
        let mut app = built_in(name, start);
        for (key, line, what) in keys {
            match what {
                0 => app.paste(line),
                1 => { app.tick(Duration::from_millis(150)); }
                2 => { app.poll(); }
                _ => app.press(key),
            }
            prop_assert!(app.view.cursor <= app.timeline.len());
            prop_assert_eq!(app.view.snapshot.cursor, app.view.cursor);
            if let Some(menu) = &app.controls.menu {
                prop_assert!(menu.rows().len() > menu.chosen || menu.chosen == 0);
            }
            let listed = app.search.listed.iter().flatten();
            prop_assert!(listed.copied().all(|at| at.0 < app.timeline.len()));
        }
    }

    #[test]
    fn so_many_steps_on_and_as_many_back_change_nothing(
        name in proptest::sample::select(vec!["join", "get-missing", "race-lost-key", "leave"]),
        share in 0.0..1.0_f64,
        steps in 1_usize..40,
        query in proptest::sample::select(vec!["", "rank 3", "PUT"]),
    ) {
        let mut app = built_in(name, 0);
        press(&mut app, "f");
        type_line(&mut app, query);
        press(&mut app, "g");
        type_line(&mut app, &format!("{}%", share * 100.0));
        let steps = steps.min(app.timeline.len() - app.view.cursor);
        let before = state(&app);
        (0..steps).for_each(|_| app.update(Action::NextEvent));
        (0..steps).for_each(|_| app.update(Action::PreviousEvent));
        prop_assert_eq!(before, state(&app));
    }
}

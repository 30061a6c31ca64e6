//! Pages upon pages: what is opened, what lies below, what is left.

use std::any::Any;
use std::thread;

use super::*;
use crate::timeline::{Source, Timeline};
use crate::view::theme::Scheme;

fn press(session: &mut Session, keys: &str) {
    for key in keys.split_whitespace() {
        session.press(key.parse().expect("a key"));
    }
}

fn note(session: &Session) -> &str {
    session.page().controls().note.as_deref().unwrap_or("")
}

/// The page that is shown, which is one of these.
fn shown<P: Page>(session: &Session) -> &P {
    let page: &dyn Any = session.page();
    page.downcast_ref().unwrap_or_else(|| panic!("another page: {}", note(session)))
}

fn is_start(session: &Session) -> bool {
    (session.page() as &dyn Any).is::<StartPage>()
}

#[test]
fn a_run_is_opened_from_the_start_page_and_left_again() {
    let mut session = Session::start(&["join".into()], Progress::default(), Keymap::default());
    press(&mut session, "enter");
    let app: &App = shown(&session);
    assert!(app.playback.is_playing && app.name == "join");
    assert!(session.tick(Duration::from_millis(500)));
    press(&mut session, "esc");
    assert!(is_start(&session));
    press(&mut session, "q");
    assert_eq!(session.leave(), Some(Leave::Clean));
}

#[test]
fn what_cannot_be_opened_is_reported_on_the_page() {
    let mut session =
        Session::start(&["gone.jsonl".into()], Progress::default(), Keymap::default());
    press(&mut session, "/");
    session.paste("gone");
    press(&mut session, "enter");
    assert_eq!(note(&session), "gone.jsonl: no such file");
    assert!(session.take_opened().is_empty());
}

#[test]
fn the_first_page_has_nothing_below() {
    let app = crate::app::testing::built_in("join", 3);
    let mut session = Session::of(app, Progress::default(), Keymap::default());
    press(&mut session, "esc");
    assert_eq!(note(&session), "there is nothing below this: `q` leaves");
    press(&mut session, "Q");
    assert_eq!(session.leave(), Some(Leave::Keep));
}

#[test]
fn the_theme_is_changed_on_every_page_and_stays_for_the_next() {
    let mut session = Session::start(&["join".into()], Progress::default(), Keymap::default());
    session.set_theme(ThemeChoice::Fixed(Scheme::Dark));
    press(&mut session, "T");
    assert_eq!(note(&session), "the theme is now `light`");
    press(&mut session, "enter");
    let app: &App = shown(&session);
    assert!(app.playback.is_playing);
    press(&mut session, "T");
    assert_eq!(session.theme(), ThemeChoice::Fixed(Scheme::HighContrast));
    let app: &App = shown(&session);
    assert!(app.playback.is_playing, "other colours do not stop the time");
    press(&mut session, "d");
    session.paste("crowded");
    press(&mut session, "enter : t h e m e enter");
    let _: &Diff = shown(&session);
    assert_eq!(note(&session), "the theme is now `auto`");
    press(&mut session, "w enter T");
    let _: &Lesson = shown(&session);
    assert_eq!(session.theme(), ThemeChoice::Fixed(Scheme::Dark));
}

#[test]
fn a_run_is_compared_with_a_trace_that_was_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("b.jsonl");
    let mut session = Session::of(
        crate::app::testing::built_in("join", 3),
        Progress::default(),
        Keymap::default(),
    );
    press(&mut session, "x ctrl-u");
    session.paste(&file.to_string_lossy());
    press(&mut session, "enter d");
    session.paste("none.jsonl");
    press(&mut session, "enter");
    assert_eq!(note(&session), "none.jsonl: no such file");
    press(&mut session, "d");
    session.paste(&file.to_string_lossy());
    press(&mut session, "enter");
    while session.is_busy() {
        session.tick(Duration::ZERO);
        thread::yield_now();
    }
    let diff: &Diff = shown(&session);
    assert_eq!(diff.summary(), ["equal: every rank did the same in the same order"]);
    press(&mut session, "esc");
    let _: &App = shown(&session);
}

#[test]
fn what_is_typed_never_means_standard_input() {
    let run = crate::app::testing::built_in("join", 3);
    let mut session = Session::of(run, Progress::default(), Keymap::default());
    press(&mut session, "d");
    session.paste("-");
    press(&mut session, "enter");
    let said = "-: no such file, and no built-in scenario of that name";
    assert!(note(&session).starts_with(said), "{}", note(&session));
}

#[test]
fn a_fork_lies_upon_the_run() {
    let mut session = Session::of(
        crate::app::testing::built_in("join", 40),
        Progress::default(),
        Keymap::default(),
    );
    press(&mut session, "F");
    session.paste("put 5 5");
    press(&mut session, "enter");
    let fork: &App = shown(&session);
    assert_eq!(fork.name, "join, another way after command 5");
    press(&mut session, "esc y");
    assert_eq!(shown::<App>(&session).name, "join");
}

#[test]
fn lessons_are_listed_over_any_page_and_left_for_it() {
    let run = crate::app::testing::built_in("join", 3);
    let mut session = Session::of(run, Progress::default(), Keymap::default());
    press(&mut session, "d");
    session.paste("crowded");
    press(&mut session, "enter w");
    assert!(is_start(&session), "{}", note(&session));
    press(&mut session, "enter e");
    let app: &App = shown(&session);
    assert!(app.name.ends_with("Esc returns to the lesson"), "{}", app.name);
    press(&mut session, "esc");
    let lesson: &Lesson = shown(&session);
    let name = lesson.tour.name.clone();
    press(&mut session, "> enter w");
    assert!(is_start(&session), "the list that it was opened from");
    let (progress, learnt) = session.take_learnt();
    assert!(progress.of(&name).is_some_and(|record| record.step == 1));
    assert_eq!(learnt, [name]);
    press(&mut session, "esc");
    let _: &Diff = shown(&session);
}

fn live(cursor: usize) -> Session {
    let run = crate::app::testing::built_in("join", cursor);
    Session::of(run, Progress::default(), Keymap::default())
}

fn type_line(session: &mut Session, key: &str, line: &str) {
    press(session, key);
    session.paste(line);
    press(session, "enter");
}

const IS_LOST: &str = "lose this run? y or n: `join, ";

#[test]
fn a_fork_is_left_only_when_somebody_says_so() {
    for key in ["esc", "q", "Q", "ctrl-c"] {
        let mut session = live(40);
        type_line(&mut session, "F", "put 5 5");
        press(&mut session, key);
        assert!(note(&session).contains(IS_LOST), "{key}: {}", note(&session));
        press(&mut session, "l x space");
        assert!(note(&session).contains(IS_LOST), "{key}: no answer");
        press(&mut session, "n");
        assert_eq!((note(&session), session.leave()), ("", None), "{key}");
        assert_eq!(shown::<App>(&session).name, "join, another way after command 5");
        press(&mut session, key);
        press(&mut session, "y");
        assert_eq!(session.leave().is_some(), key != "esc", "{key}");
        assert_eq!(shown::<App>(&session).is_unsaved, key != "esc", "{key}");
    }
}

#[test]
fn a_command_that_was_given_is_lost_only_when_somebody_says_so() {
    let mut session = live(0);
    type_line(&mut session, "i", "put 5 5");
    press(&mut session, "q");
    assert!(note(&session).contains(IS_LOST), "{}", note(&session));
    press(&mut session, "esc");
    assert_eq!(session.leave(), None);
    type_line(&mut session, "d", "crowded");
    press(&mut session, "q");
    assert!(note(&session).contains(IS_LOST), "it is below the comparison: {}", note(&session));
    press(&mut session, "n esc");
    let _: &App = shown(&session);
}

#[test]
fn what_is_in_a_file_is_left_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = live(0);
    type_line(&mut session, "i", "put 5 5");
    let file = folder.path().join("my.dht");
    type_line(&mut session, "x ctrl-u", &file.to_string_lossy());
    assert!(note(&session).starts_with("saved as "), "{}", note(&session));
    press(&mut session, "q");
    assert_eq!(session.leave(), Some(Leave::Clean));
    let mut session = live(5);
    press(&mut session, "l q");
    assert_eq!(session.leave(), Some(Leave::Clean), "nothing was changed");
}

#[test]
fn the_way_back_begins_with_what_was_said() {
    let mut session = Session::start(&["join".into()], Progress::default(), Keymap::default());
    press(&mut session, "enter end");
    assert_eq!(note(&session), "the run ends here: completed");
    press(&mut session, "esc");
    assert_eq!(note(&session), "");
    let _: &App = shown(&session);
    press(&mut session, "esc");
    assert!(is_start(&session));
}

#[test]
fn a_lesson_is_found_again_where_it_was_left() {
    let mut session = Session::tours(Progress::default(), Keymap::default());
    press(&mut session, "esc enter > enter");
    let lesson: &Lesson = shown(&session);
    let step = lesson.step;
    assert!(step > 0);
    for keys in ["esc", "esc esc", "w"] {
        press(&mut session, keys);
        assert!(is_start(&session), "{keys}: {}", note(&session));
        press(&mut session, "enter");
        assert_eq!(shown::<Lesson>(&session).step, step, "{keys}");
    }
}

#[test]
fn a_command_line_is_given_with_how_things_look() {
    let flags = ["--symbols", "ascii"].map(str::to_owned).to_vec();
    let mut session = live(37).with_look_flags(flags);
    press(&mut session, "y");
    let line = "ringscope play join --seed 1 --at 37 --symbols ascii";
    assert_eq!(note(&session), format!("copied: {line}"));
    assert_eq!(session.take_copied().as_deref(), Some(line));
    assert_eq!(session.take_copied(), None);
    session.tick(Duration::from_secs(5));
    assert_eq!(note(&session), format!("copied: {line}"), "it stays until the next key");
}

/// Lets a comparison be read, and a lesson's run come to its stop.
fn settle(session: &mut Session) {
    let is_diff = (session.page() as &dyn Any).is::<Diff>();
    session.tick(Duration::from_secs(2));
    while is_diff && session.is_busy() {
        session.tick(Duration::ZERO);
        thread::yield_now();
    }
}

/// A page as somebody comes to it: by keys that are pressed, and by what is typed, which begins with `=`.
fn come_to(begin: &dyn Fn() -> Session, way: &[&str]) -> Session {
    let mut session = begin();
    for part in way {
        match part.strip_prefix('=') {
            Some(text) => session.paste(text),
            None => press(&mut session, part),
        }
        settle(&mut session);
    }
    session
}

/// Presses every key that the bar of a page offers, each on a page of its own that was come to in the same way; how
/// many there were.
fn no_key_is_refused(begin: &dyn Fn() -> Session, way: &[&str]) -> usize {
    let offered = come_to(begin, way).page().bar();
    assert!(!offered.is_empty(), "{way:?}: no keys");
    for (action, words) in &offered {
        let mut session = come_to(begin, way);
        session.page_mut().controls_mut().note = None;
        let keys = session.page().controls().keymap.keys(*action).to_vec();
        let Some(key) = keys.first() else { panic!("{words} has no key") };
        session.press(*key);
        let said = session.page().controls().note.clone();
        assert!(
            !session.page().controls().has_refused(),
            "{way:?}: `{key}` ({words}) says {said:?}"
        );
    }
    offered.len()
}

fn recorded(name: &str) -> Session {
    let Source::Live(scenario) = crate::app::testing::built_in(name, 0).timeline.source().clone()
    else {
        panic!("a scenario")
    };
    let trace = crate::timeline::simulated(&scenario).to;
    let timeline = Timeline::of(&Source::Kept(name.into(), trace.into())).expect("a trace");
    Session::of(App::new(timeline, name, 0), Progress::default(), Keymap::default())
}

#[test]
fn no_key_that_a_bar_offers_is_refused() {
    let ways: &[&[&str]] = &[
        &[],
        &["l l l"],
        &["end"],
        &["]"],
        &["end E"],
        &["end !"],
        &["] k"],
        &["right"],
        &["l 6 down"],
        &["] 6 down enter"],
        &["] 6 down enter enter enter"],
        &["z"],
        &["L f", "=rank 3", "enter"],
        &["L f", "=key 999", "enter"],
        &["/", "=PUT", "enter"],
        &["/", "=PUT", "enter n n n n n n n n n n n"],
        &["b", "=key 400 moves", "enter"],
        &["end b", "=key 400 moves", "enter"],
        &["L F", "=get 1", "enter enter"],
        &["L F", "=get 1", "enter enter end"],
        &["i", "=get 1", "enter enter"],
    ];
    let mut offered = 0;
    for name in ["race-lost-key", "race-neighbours-leave", "get-missing", "join", "head-only"] {
        let live = || {
            let app = crate::app::testing::built_in(name, 0);
            Session::of(app, Progress::default(), Keymap::default())
        };
        let replay = || recorded(name);
        for way in ways {
            for pane in ["f1", "f2", "f3", "f4", "f5", "f6"] {
                let way: Vec<&str> = way.iter().copied().chain([pane]).collect();
                offered += no_key_is_refused(&live, &way);
                offered += no_key_is_refused(&replay, &way);
            }
        }
    }
    assert!(offered > 5000, "only {offered} keys");
}

#[test]
fn no_key_that_the_bar_of_a_list_a_lesson_or_a_comparison_offers_is_refused() {
    let start = || Session::start(&[], Progress::default(), Keymap::default());
    for way in [
        &[][..],
        &["down"],
        &["/"],
        &["/", "=join"],
        &["/", "=nothing has this"],
        &["/", "=join", "enter"],
        &["/", "=keys move", "enter"],
        &["/", "=the-ring", "enter"],
    ] {
        no_key_is_refused(&start, way);
    }
    let lesson = || {
        let tour = crate::app::testing::tour();
        Session::lesson(tour, Progress::default(), Keymap::default())
    };
    for way in [
        &[][..],
        &["a"],
        &["a enter"],
        &["c enter"],
        &["c enter enter"],
        &["> > enter"],
        &["> > enter > enter"],
        &["> > enter > enter enter"],
        &["e"],
        &["> > enter > enter e"],
    ] {
        no_key_is_refused(&lesson, way);
    }
    let diff = || {
        let app = crate::app::testing::built_in("race-lost-key", 0);
        let mut session = Session::of(app, Progress::default(), Keymap::default());
        press(&mut session, "d");
        session.paste("join");
        press(&mut session, "enter");
        session
    };
    for way in [&[][..], &["]"], &["end"], &["home"], &["o"], &["s"]] {
        no_key_is_refused(&diff, way);
    }
}

#[test]
fn the_bar_says_what_the_mode_has_and_how_one_gets_back() {
    let words = |session: &Session| -> Vec<String> {
        session.page().bar().iter().map(|(_, words)| (*words).to_owned()).collect()
    };
    let live = || {
        let app = crate::app::testing::built_in("get-missing", 0);
        Session::of(app, Progress::default(), Keymap::default())
    };
    let has = |session: &Session, word: &str| words(session).iter().any(|other| other == word);
    assert!(has(&live(), "inject") && !has(&recorded("join"), "inject"));
    assert!(has(&come_to(&live, &["L F", "=get 10", "enter enter"]), "first run"));
    let end = come_to(&live, &["end"]);
    assert!(has(&end, "explain") && has(&end, "why") && !has(&end, "step"));
    let start = || Session::start(&[], Progress::default(), Keymap::default());
    assert!(has(&start(), "quit") && !has(&come_to(&start, &["/", "=jo"]), "quit"));
    assert!(has(&come_to(&start, &["/", "=keys move", "enter"]), "list"));
    let why = come_to(&live, &["l l l k"]);
    assert_eq!(words(&why)[0], "all events");
}

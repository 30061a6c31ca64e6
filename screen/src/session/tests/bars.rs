//! Key bars: they offer what can be done as a page stands, and nothing else.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;

use super::*;
use crate::view::Look;

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

/// How to come to what can be seen of a run.
const WAYS: &[&[&str]] = &[
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

/// Presses what is offered on every way through one run, in each pane, while it goes on and when it was recorded.
///
/// A test for each run, so that they go beside each other.
fn no_key_is_refused_in(name: &str) {
    let live = || {
        let app = crate::app::testing::built_in(name, 0);
        Session::of(app, Progress::default(), Keymap::default())
    };
    let replay = || recorded(name);
    let mut offered = 0;
    for way in WAYS {
        for pane in ["f1", "f2", "f3", "f4", "f5", "f6"] {
            let way: Vec<&str> = way.iter().copied().chain([pane]).collect();
            offered += no_key_is_refused(&live, &way);
            offered += no_key_is_refused(&replay, &way);
        }
    }
    assert!(offered > 1000, "only {offered} keys");
}

#[test]
fn no_key_that_a_bar_offers_is_refused_in_race_lost_key() {
    no_key_is_refused_in("race-lost-key");
}

#[test]
fn no_key_that_a_bar_offers_is_refused_in_race_neighbours_leave() {
    no_key_is_refused_in("race-neighbours-leave");
}

#[test]
fn no_key_that_a_bar_offers_is_refused_in_get_missing() {
    no_key_is_refused_in("get-missing");
}

#[test]
fn no_key_that_a_bar_offers_is_refused_in_join() {
    no_key_is_refused_in("join");
}

#[test]
fn no_key_that_a_bar_offers_is_refused_in_head_only() {
    no_key_is_refused_in("head-only");
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

/// The last row of the screen, so many columns wide.
fn last_row(session: &mut Session, width: u16) -> String {
    let (look, area) = (Look::default(), Rect::new(0, 0, width, 24));
    let mut cells = Buffer::empty(area);
    let mut paint = Paint::new(&mut cells, &look);
    session.settle(paint.surface());
    session.paint(&mut paint);
    (0..width).map(|x| cells[(x, area.bottom() - 1)].symbol()).collect()
}

/// The footer of a page has the way out and the help, whatever else is dropped.
fn the_footer_leads_on(begin: &dyn Fn() -> Session, ways: &[&[&str]]) {
    for way in ways {
        for width in [44, 60, 80, 100] {
            let mut session = come_to(begin, way);
            session.page_mut().controls_mut().note = None;
            let row = last_row(&mut session, width);
            assert!(row.contains("q quit") || row.contains("esc "), "{way:?} {width}: {row}");
            assert!(row.contains("? help"), "{way:?} {width}: {row}");
        }
    }
}

#[test]
fn every_footer_has_the_way_out_and_the_help() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("={}", folder.path().join("run.cast").display());
    let runs: &[&[&str]] = &[
        &[],
        &["l l l"],
        &["end"],
        &["]"],
        &["end E"],
        &["] k"],
        &["right"],
        &["z"],
        &["f2 down"],
        &["f5"],
        &["L f", "=rank 3", "enter"],
        &["/", "=PUT", "enter"],
        &["f5 b", "=key 400 moves", "enter"],
        &["i", "=put 1 1", "enter"],
        &["x ctrl-u", &file, "enter"],
        &["space"],
    ];
    for name in ["race-lost-key", "get-missing", "head-only"] {
        let live = || {
            let app = crate::app::testing::built_in(name, 0);
            Session::of(app, Progress::default(), Keymap::default())
        };
        the_footer_leads_on(&live, runs);
        the_footer_leads_on(&|| recorded(name), runs);
    }
    let start = || Session::start(&[], Progress::default(), Keymap::default());
    the_footer_leads_on(&start, &[&[], &["down"], &["enter"], &["/", "=join", "enter"]]);
    let lesson = || {
        let tour = crate::app::testing::tour();
        Session::lesson(tour, Progress::default(), Keymap::default())
    };
    let ways: &[&[&str]] = &[&[], &["a"], &["> >"], &["> > enter > enter"], &["e"], &["w"]];
    the_footer_leads_on(&lesson, ways);
    let run = || live(3);
    the_footer_leads_on(&run, &[&["F", "=put 5 5", "enter"], &["F", "=put 5 5", "enter d enter"]]);
    the_footer_leads_on(&run, &[&["d", "=crowded", "enter"], &["d", "=crowded", "enter end"]]);
}

#[test]
fn what_is_said_leaves_room_for_the_way_out_and_the_help() {
    let mut session = live(3);
    press(&mut session, "end");
    let row = last_row(&mut session, 80);
    assert!(row.starts_with(" the run ends here: completed "), "{row}");
    assert!(row.ends_with("? help  q quit"), "{row}");
    let row = last_row(&mut session, 44);
    assert!(row.starts_with(" the run ends here: completed") && !row.contains('?'), "{row}");
    press(&mut session, "m");
    assert_eq!(last_row(&mut session, 80).trim(), "mark with a letter", "any key is the answer");
}

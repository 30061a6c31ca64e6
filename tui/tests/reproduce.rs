//! `y`: the command line that it gives is run again as it stands, and shows the same frame.

mod support;

use std::path::Path;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_screen::app::{Changes, Keymap, Order};
use ringscope_screen::session::Session;
use ringscope_screen::settings::SettingOverrides;
use ringscope_screen::tour::builtin as lessons;
use ringscope_screen::tour::{Progress, Shelf, Tour};
use ringscope_screen::view::picture::PictureFormat;
use ringscope_screen::view::{Look, Paint, Surface};
use ringscope_sim::scenario::builtin;
use support::Folder;

const SIZE: Rect = Rect { x: 0, y: 0, width: 160, height: 48 };

fn opened(order: &Order) -> Session {
    let app = order.open().unwrap_or_else(|failure| panic!("{failure}"));
    Session::of(app, Progress::default(), Keymap::default())
}

fn played(word: &str, settings: &[(&'static str, &str)]) -> Session {
    let settings: SettingOverrides =
        settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    opened(&Order { settings, is_unchecked: true, ..Order::of(Path::new(word)) })
}

fn press(session: &mut Session, keys: &str) {
    for key in keys.split_whitespace() {
        session.press(key.parse().expect("a key"));
    }
}

fn type_line(session: &mut Session, key: &str, line: &str) {
    press(session, key);
    session.paste(line);
    // Once more insists on what a check refuses.
    press(session, "enter enter");
}

/// The frame without what was said last.
fn frame(session: &mut Session) -> String {
    press(session, "esc");
    session.settle(Surface { area: SIZE, look: &Look::default() });
    cells(session)
}

/// What is drawn.
fn cells(session: &Session) -> String {
    let (look, mut cells) = (Look::default(), Buffer::empty(SIZE));
    session.paint(&mut Paint::new(&mut cells, &look));
    PictureFormat::Text.draw(&cells)
}

/// Lets the background come to its end.
fn wait(session: &mut Session) {
    while session.is_busy() {
        session.tick(std::time::Duration::ZERO);
        std::thread::yield_now();
    }
}

/// The words that `y` gives.
fn given(session: &mut Session) -> Vec<String> {
    press(session, "y");
    let note = session.page().controls().note.clone().unwrap_or_default();
    let line = session.take_copied().unwrap_or_else(|| panic!("there is no line: {note}"));
    assert_eq!(note, format!("copied: {line}"));
    shlex::split(&line).unwrap_or_else(|| panic!("a quote is open: {line}"))
}

/// The rows above the last one, which offers a way back to what lies below the page: that is in no command line.
fn above_the_bar(frame: &str) -> String {
    let rows: Vec<&str> = frame.lines().collect();
    rows[..rows.len() - 1].join("\n")
}

/// Runs what `y` gives in that folder, and holds the frame against the one that is shown.
fn assert_is_reproduced(session: &mut Session, folder: &Folder) {
    let words = given(session);
    let Some((["ringscope", "play"], flags)) = words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .split_first_chunk()
        .map(|(a, b)| (*a, b.to_vec()))
    else {
        panic!("not a run: {words:?}")
    };
    let args: Vec<&str> = ["snapshot", "--size", "160x48"].into_iter().chain(flags).collect();
    let result = folder.call_with(&args, "");
    assert_eq!(result.code, Some(0), "{words:?}: {}", result.err);
    let shown = frame(session);
    let (again, was) = (above_the_bar(&result.out), above_the_bar(&shown));
    assert!(again == was, "{words:?}\nis\n{again}\nand was\n{was}");
}

#[test]
fn every_built_in_scenario_is_shown_again_wherever_it_stands() {
    let folder = Folder::new();
    for one in builtin::ALL {
        let mut session = played(one.name, &[]);
        assert_is_reproduced(&mut session, &folder);
        press(&mut session, "l l l L");
        assert_is_reproduced(&mut session, &folder);
        press(&mut session, "end");
        assert_is_reproduced(&mut session, &folder);
    }
}

#[test]
fn other_settings_are_set_again() {
    let folder = Folder::new();
    for word in ["join", "race-lost-key", "crowded", "get-missing", "add-no-such-rank"] {
        for settings in [
            &[("seed", "7")][..],
            &[("window", "4"), ("seed", "18446744073709551615")],
            &[("ranks", "12"), ("latency", "uniform 1us 2ms")],
            &[("eager", "16"), ("limit", "40"), ("keyspace", "2000"), ("expect", "deadlock")],
        ] {
            let mut session = played(word, settings);
            press(&mut session, "L l");
            assert_is_reproduced(&mut session, &folder);
            press(&mut session, "end");
            assert_is_reproduced(&mut session, &folder);
        }
    }
}

#[test]
fn a_fork_and_commands_that_were_given_are_run_again() {
    let folder = Folder::new();
    for one in builtin::ALL {
        let mut session = played(one.name, &[("window", "2")]);
        press(&mut session, "L L l");
        type_line(&mut session, "F", "get 999");
        assert_is_reproduced(&mut session, &folder);
        type_line(&mut session, "i", "put 10..=20 step 5 key*-2+1");
        assert_is_reproduced(&mut session, &folder);
    }
}

#[test]
fn a_fork_of_a_fork_keeps_what_is_left_of_every_line() {
    let folder = Folder::new();
    let mut session = played("join", &[]);
    for (keys, key, line) in [
        ("end", "i", "put 10..=20 1"),
        ("end", "i", "remove 500"),
        ("end H H H H", "F", "add 4 700"),
        ("home L L", "F", "get 1"),
        ("home", "F", "put 1..=3 key"),
        ("end h h", "i", "add 99 5"),
    ] {
        press(&mut session, keys);
        type_line(&mut session, key, line);
        assert_is_reproduced(&mut session, &folder);
        press(&mut session, "home l l l l l");
        assert_is_reproduced(&mut session, &folder);
    }
}

#[test]
fn what_is_looked_at_is_looked_at_again() {
    let folder = Folder::new();
    for word in ["race-lost-key", "join", "get-missing"] {
        let mut session = played(word, &[]);
        for keys in [
            "] f2",
            "6",
            "right z",
            "z f4 down",
            "f1 down",
            "enter",
            "f3 enter",
            "k",
            "l l",
            "k f5",
            "f6 6 k",
        ] {
            press(&mut session, keys);
            assert_is_reproduced(&mut session, &folder);
        }
        press(&mut session, "esc esc esc f");
        session.paste("rank 3");
        press(&mut session, "enter f3 z");
        assert_is_reproduced(&mut session, &folder);
    }
}

/// What was typed, marked, scrolled and chosen.
#[test]
fn what_was_looked_for_broken_on_marked_and_scrolled_is_there_again() {
    let folder = Folder::new();
    for word in ["race-lost-key", "join", "get-missing"] {
        let mut session = played(word, &[]);
        type_line(&mut session, "L l /", "PUT");
        assert_is_reproduced(&mut session, &folder);
        press(&mut session, "n l");
        type_line(&mut session, "b", "rank 0 waits");
        assert_is_reproduced(&mut session, &folder);
        type_line(&mut session, "b", "key 400 moves");
        press(&mut session, "f5 up");
        assert_is_reproduced(&mut session, &folder);
        press(&mut session, "home m a L m b");
        assert_is_reproduced(&mut session, &folder);
        press(&mut session, "f2 6 down down");
        assert_is_reproduced(&mut session, &folder);
        press(&mut session, "pagedown pagedown pagedown");
        assert_is_reproduced(&mut session, &folder);
    }
}

#[test]
fn the_whole_explanation_lies_over_the_panes_again() {
    let folder = Folder::new();
    let mut session = played("get-missing", &[]);
    press(&mut session, "end E");
    let words = given(&mut session);
    let flags = words[2..].iter().map(String::as_str);
    let args: Vec<&str> = ["snapshot", "--size", "160x48"].into_iter().chain(flags).collect();
    let result = folder.call_with(&args, "");
    session.settle(Surface { area: SIZE, look: &Look::default() });
    let (shown, again) = (cells(&session), result.out);
    assert_eq!(above_the_bar(&again), above_the_bar(&shown), "{words:?}");
}

#[test]
fn a_theme_that_was_changed_is_in_the_line() {
    let mut session = played("join", &[]);
    assert!(!given(&mut session).contains(&"--theme".to_owned()));
    press(&mut session, "T");
    let words = given(&mut session);
    assert_eq!(words[words.len() - 2], "--theme", "{words:?}");
    let flags = vec!["--theme".to_owned(), "light".to_owned(), "--no-mouse".to_owned()];
    let mut session = played("join", &[]).with_look_flags(flags);
    press(&mut session, "T");
    let words = given(&mut session);
    assert_eq!(words.iter().filter(|word| *word == "--theme").count(), 1, "{words:?}");
    assert!(words.contains(&"--no-mouse".to_owned()) && !words.contains(&"light".to_owned()));
}

#[test]
fn files_are_opened_again_whatever_their_names() {
    let folder = Folder::new();
    for name in ["plain", "two words", "it's", "$HOME", "a;b"] {
        let path = folder.path(&format!("{name}.dht"));
        let mut session = played("join", &[("seed", "3")]);
        type_line(&mut session, "i", "get 451");
        press(&mut session, "x ctrl-u");
        session.paste(&path.to_string_lossy());
        press(&mut session, "enter");
        assert_is_reproduced(&mut session, &folder);
        let trace = folder.path(&format!("{name}.jsonl"));
        press(&mut session, "x ctrl-u");
        session.paste(&trace.to_string_lossy());
        press(&mut session, "enter");
        wait(&mut session);
        press(&mut session, "l l l");
        assert_is_reproduced(&mut session, &folder);
        let mut replayed = played(&trace.to_string_lossy(), &[]);
        press(&mut replayed, "l l l");
        assert_is_reproduced(&mut replayed, &folder);
    }
}

#[test]
fn what_the_command_line_changed_is_changed_again() {
    let folder = Folder::new();
    let changes = Changes { first: Some(6), then: vec!["put 5 5".into(), "get 5".into()] };
    let order = Order { changes, at: 20, ..Order::of(Path::new("join")) };
    let mut session = opened(&order);
    assert_eq!(
        given(&mut session).join(" "),
        "ringscope play join --seed 1 --first 6 --then put 5 5 --then get 5 --at 20"
    );
    assert_is_reproduced(&mut session, &folder);
}

#[test]
fn a_comparison_is_opened_again() {
    let folder = Folder::new();
    let mut session = played("join", &[("window", "1"), ("seed", "2")]);
    type_line(&mut session, "d", "race-lost-key");
    wait(&mut session);
    for keys in ["", "down down down", "end"] {
        press(&mut session, keys);
        assert_is_reproduced(&mut session, &folder);
    }
}

/// The rows below the title, which says more of a run that a lesson shows than of the same run elsewhere.
fn below_the_title(frame: &str) -> String {
    above_the_bar(frame).lines().skip(1).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_lesson_and_the_runs_of_built_in_scenarios_in_it_are_opened_again() {
    let folder = Folder::new();
    let mut runs = 0;
    for one in lessons::ALL {
        let tour = Tour::open(&Shelf::built_in(one)).unwrap_or_else(|_| panic!("{}", one.name));
        let mut session = Session::lesson(tour, Progress::default(), Keymap::default());
        assert_eq!(given(&mut session), ["ringscope", "tour", one.name]);
        press(&mut session, "esc e y");
        let Some(line) = session.take_copied() else { continue };
        let words = shlex::split(&line).expect("no quote is open");
        let flags = words[2..].iter().map(String::as_str);
        let args: Vec<&str> = ["snapshot", "--size", "160x48"].into_iter().chain(flags).collect();
        let result = folder.call_with(&args, "");
        assert_eq!(result.code, Some(0), "{line}: {}", result.err);
        let (shown, again) = (frame(&mut session), result.out);
        assert_eq!(below_the_title(&again), below_the_title(&shown), "{line}");
        runs += 1;
    }
    assert!(runs > 5, "only {runs} lessons begin with a run of a built-in scenario");
}

#[test]
fn lines_that_make_no_run_are_refused_where_they_stand() {
    let folder = Folder::new();
    let of = |args: &[&str]| {
        let result = folder.call_with(args, "");
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{args:?}");
        result.err
    };
    let first = of(&["play", "join", "--first", "99"]);
    assert_eq!(first, "ringscope: --first: the scenario has 18 commands\n");
    let then = of(&["play", "join", "--then", "putt 5 5"]);
    assert!(then.starts_with("ringscope: --then: `putt` is neither a command"), "{then}");
    folder.record("join", "join.jsonl");
    let trace = of(&["snapshot", "join.jsonl", "--then", "put 5 5"]);
    assert!(trace.starts_with("ringscope: --then: a trace has its own settings"), "{trace}");
}

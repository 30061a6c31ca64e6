//! Pages upon pages: what is opened, and what lies below.

mod bars;
mod comparing;
mod leaving;
mod lessons;
mod saving;

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
    assert!(note(&session).starts_with("gone.jsonl: no such file ("), "{}", note(&session));
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

fn live(cursor: usize) -> Session {
    let run = crate::app::testing::built_in("join", cursor);
    Session::of(run, Progress::default(), Keymap::default())
}

fn type_line(session: &mut Session, key: &str, line: &str) {
    press(session, key);
    session.paste(line);
    press(session, "enter");
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

fn recorded(name: &str) -> Session {
    let Source::Live(scenario) = crate::app::testing::built_in(name, 0).timeline.source().clone()
    else {
        panic!("a scenario")
    };
    let trace = crate::timeline::simulated(&scenario).to;
    let timeline = Timeline::of(&Source::Kept(name.into(), trace.into())).expect("a trace");
    Session::of(App::new(timeline, name, 0), Progress::default(), Keymap::default())
}

//! Runs that are compared, from the line that is typed to the way back.

use super::*;

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
    press(&mut session, "enter");
    wait(&mut session);
    press(&mut session, "d");
    session.paste("none.jsonl");
    press(&mut session, "enter");
    assert!(note(&session).starts_with("none.jsonl: no such file ("), "{}", note(&session));
    press(&mut session, "d");
    session.paste(&file.to_string_lossy());
    press(&mut session, "enter");
    wait(&mut session);
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

/// Lets the background come to its end.
fn wait(session: &mut Session) {
    while session.is_busy() {
        session.tick(Duration::ZERO);
        thread::yield_now();
    }
}

#[test]
fn a_fork_is_compared_with_the_run_that_it_comes_from() {
    let mut session = live(40);
    type_line(&mut session, "F", "put 5 5");
    press(&mut session, "d");
    let prompt = shown::<App>(&session).typing.prompt.as_ref().expect("a line");
    let offered = "Enter: `join`, from which this was forked; or a name";
    assert_eq!(prompt.hint(), offered);
    press(&mut session, "enter");
    wait(&mut session);
    let diff: &Diff = shown(&session);
    assert_eq!(
        (&*diff.a.app.name, &*diff.b.app.name),
        ("join, another way after command 5", "join")
    );
    assert!(diff.first_row.is_some(), "{:?}", diff.summary());
    press(&mut session, "q");
    assert!(note(&session).starts_with("lose this run? y or n"), "{}", note(&session));
    press(&mut session, "n esc");
    let fork: &App = shown(&session);
    assert!(fork.is_unsaved && fork.name == "join, another way after command 5");
    press(&mut session, "d");
    session.paste("crowded");
    press(&mut session, "enter");
    assert_eq!(shown::<Diff>(&session).b.app.name, "crowded", "another one is typed");
}

#[test]
fn a_run_that_is_no_fork_is_compared_with_what_is_named() {
    let mut session = live(40);
    press(&mut session, "d");
    let prompt = shown::<App>(&session).typing.prompt.as_ref().expect("a line");
    assert_eq!(prompt.hint(), "another trace's file, or a scenario");
    press(&mut session, "enter");
    assert!(shown::<App>(&session).typing.prompt.is_none());
    let mut replay = recorded("join");
    press(&mut replay, "L F");
    assert!(replay.page().controls().has_refused(), "{}", note(&replay));
    assert!(shown::<App>(&replay).typing.prompt.is_none());
}

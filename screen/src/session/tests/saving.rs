//! Files that are saved in the background: the screen stays alive, and nothing half written stays.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use ratatui_core::layout::Rect;
use ringscope_sim::scenario::Scenario;

use super::*;
use crate::timeline::simulated;
use crate::view::Look;

/// More than the background hands over before somebody takes it: it cannot be through with it behind our back.
const LONG_BYTES: usize = 5 << 20;

/// A trace that is longer than that.
fn long() -> Arc<[u8]> {
    static TRACE: LazyLock<Arc<[u8]>> = LazyLock::new(|| {
        let text = "ranks 5\nkeyspace 20000\nadd 1 5000\nadd 2 10000\nput 1..=10000 key\n";
        let scenario = Scenario::parse("long", text).expect("the test's scenario is good");
        simulated(&scenario).to.into()
    });
    assert!(TRACE.len() > LONG_BYTES, "only {} bytes", TRACE.len());
    Arc::clone(&TRACE)
}

/// A run of that trace, of which a file is being saved.
fn saving(file: &Path) -> Session {
    let timeline = Timeline::of(&Source::Kept("long".into(), long())).expect("a trace");
    let app = App::new(timeline, "long", 0);
    let mut session = Session::of(app, Progress::default(), Keymap::default());
    type_line(&mut session, "x ctrl-u", &file.to_string_lossy());
    session
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).expect("the folder").count()
}

/// Lets time pass until the file is there.
fn save_to_its_end(session: &mut Session, file: &Path) {
    for _ in 0..10_000_000 {
        if file.exists() {
            return;
        }
        session.tick(Duration::ZERO);
        thread::yield_now();
    }
    panic!("it is never whole: {}", note(session));
}

#[test]
fn keys_act_while_a_long_trace_is_exported() {
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["json", "csv", "jsonl"] {
        let file = folder.path().join(format!("long.{ending}"));
        let mut session = saving(&file);
        for cursor in 1..4 {
            press(&mut session, "l");
            assert_eq!(shown::<App>(&session).view.cursor, cursor);
            assert!(session.is_busy() && !file.exists(), "{ending}");
        }
        let label = shown::<App>(&session).saving.as_ref().map(|saving| saving.label());
        assert!(label.is_some_and(|label| label.starts_with("saving long.")), "{ending}");
        press(&mut session, "x");
        assert!(note(&session).contains("one file at a time"), "{}", note(&session));
        session.tick(Duration::ZERO);
        assert!(!file.exists(), "no more is taken at a time than keeps the screen alive");
        save_to_its_end(&mut session, &file);
        assert_eq!(note(&session), format!("saved as {}", file.display()));
        assert!(fs::metadata(&file).is_ok_and(|file| file.len() > LONG_BYTES as u64), "{ending}");
    }
    let copied = fs::read(folder.path().join("long.jsonl")).expect("a trace");
    assert!(copied[..] == long()[..], "byte for byte");
    assert_eq!(files(folder.path()), 3, "and nothing beside them");
}

#[test]
fn the_way_back_asks_and_then_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("long.json");
    let mut session = saving(&file);
    session.tick(Duration::ZERO);
    assert_eq!(files(folder.path()), 1, "it grows under another name");
    press(&mut session, "right esc");
    assert!(shown::<App>(&session).typing.prompt.is_none(), "the selection lies upon it");
    press(&mut session, "esc n");
    assert!(shown::<App>(&session).saving.is_some(), "it was not meant so");
    press(&mut session, "esc y");
    assert_eq!(note(&session), "nothing was saved");
    assert_eq!(files(folder.path()), 0);
    save_again(&mut session, &file);
}

/// Another file can be saved then.
fn save_again(session: &mut Session, file: &Path) {
    type_line(session, "x ctrl-u", &file.to_string_lossy());
    save_to_its_end(session, file);
}

#[test]
fn the_program_is_left_only_when_the_file_may_be_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("long.json");
    let mut session = saving(&file);
    press(&mut session, "q");
    assert_eq!(note(&session), "stop saving? y or n: long.json is not whole yet");
    press(&mut session, "n");
    assert_eq!(session.leave(), None);
    press(&mut session, "q y");
    assert_eq!(session.leave(), Some(Leave::Clean));
    drop(session);
    assert_eq!(files(folder.path()), 0);
}

#[test]
fn the_question_is_over_when_the_file_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("long.json");
    let mut session = saving(&file);
    press(&mut session, "q");
    save_to_its_end(&mut session, &file);
    assert_eq!(note(&session), format!("saved as {}", file.display()));
    press(&mut session, "l");
    assert_eq!((session.leave(), shown::<App>(&session).view.cursor), (None, 1));
    let second = folder.path().join("second.json");
    type_line(&mut session, "x ctrl-u", &second.to_string_lossy());
    press(&mut session, "esc");
    save_to_its_end(&mut session, &second);
    assert!(shown::<App>(&session).typing.prompt.is_none());
}

#[test]
fn a_file_is_saved_on_while_another_page_lies_over_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("long.json");
    let mut session = saving(&file);
    press(&mut session, "w");
    assert!(is_start(&session) && session.is_busy());
    press(&mut session, "q");
    assert!(note(&session).starts_with("stop saving?"), "{}", note(&session));
    save_to_its_end(&mut session, &file);
    assert_eq!(note(&session), "", "there is nothing to ask any more");
    press(&mut session, "esc");
    assert_eq!(note(&session), format!("saved as {}", file.display()));
}

#[test]
fn a_run_is_in_a_file_only_when_it_can_be_had_again_from_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = live(40);
    type_line(&mut session, "F", "put 5 5");
    for (name, is_kept) in [("fork.csv", false), ("fork.jsonl", true)] {
        let file = folder.path().join(name);
        type_line(&mut session, "x ctrl-u", &file.to_string_lossy());
        save_to_its_end(&mut session, &file);
        press(&mut session, "q");
        assert_eq!(note(&session).starts_with("lose this run?"), !is_kept, "{name}");
        press(&mut session, "n");
    }
    assert_eq!(session.leave(), Some(Leave::Clean));
}

#[test]
fn what_is_given_meanwhile_is_not_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("run.jsonl");
    let mut session = live(40);
    type_line(&mut session, "x ctrl-u", &file.to_string_lossy());
    type_line(&mut session, "i", "put 5 5");
    save_to_its_end(&mut session, &file);
    press(&mut session, "q");
    assert!(note(&session).starts_with("lose this run?"), "{}", note(&session));
}

#[test]
fn a_recording_is_as_large_as_the_screen() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("run.cast");
    let mut session = live(40);
    let look = Look::default();
    session.settle(Surface { area: Rect::new(0, 0, 72, 20), look: &look });
    save_again(&mut session, &file);
    let text = fs::read_to_string(&file).expect("a recording");
    let first = text.lines().next().unwrap_or_default();
    assert!(first.contains(r#""width":72,"height":20"#), "{first}");
}

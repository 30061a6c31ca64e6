//! What is left, and what is lost only when somebody says so.

use super::*;

const IS_LOST: &str = "lose this run? y or n (it is in no file): `join, ";

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

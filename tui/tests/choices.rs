//! `ringscope play --explore`: on a terminal, and where it is refused.

mod support;

use support::Folder;
use support::stage::play;
use termlens::Key;

#[test]
fn a_choice_is_taken_on_a_terminal_and_taken_back() {
    let mut stage = play(&["play", "--explore", "race-lost-key"], &[]);
    stage.until("F7 Choices");
    stage.until("only one thing can be received next");
    stage.types("p");
    stage.until("event 4/28");
    stage.until("2 receives can come next");
    stage.send(Key::Down);
    stage.send(Key::Enter);
    stage.until("another order after event 3");
    stage.until("event 5/28");
    stage.send(Key::Backspace);
    stage.until_it(|screen| !screen.contains("another order") && screen.contains("event 4/28"));
    // The run's own next receive is another choice.
    stage.send(Key::Enter);
    stage.until_it(|screen| !screen.contains("another order") && screen.contains("event 5/28"));
    stage.types("q");
    stage.ended();
}

#[test]
fn what_cannot_be_explored_is_refused_with_what_can() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    for (words, said) in [
        ("play --explore join.jsonl", "is a recorded run: only a scenario has other orders"),
        ("play --explore join", "--explore: lists choices on a screen; here lines are printed"),
        ("play --explore", "required"),
        ("play join --states 5", "--explore"),
        ("play --explore join --states 0", "0"),
        ("play --explore join --time never", "expected a number of seconds"),
        ("play --explore join --diff join", "cannot be used with"),
    ] {
        let result = folder.call(words);
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{words}");
        assert!(result.err.contains(said), "{words}: {}", result.err);
    }
}

#[test]
fn what_is_too_large_to_be_explored_is_refused_before_a_screen_is_drawn() {
    let mut stage = play(&["play", "--explore", "join", "--ranks", "2000"], &[]);
    let left = stage.ended();
    assert!(left.contains("at most 1000 are explored"), "{}", left.text());
}

#[test]
fn a_bound_is_kept_and_the_counts_are_the_least() {
    let mut stage = play(&["play", "--explore", "race-lost-key", "--states", "20"], &[]);
    stage.until("at least");
    stage.types("q");
    stage.ended();
}

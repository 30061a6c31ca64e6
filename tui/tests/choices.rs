//! `ringscope play --explore`: on a terminal, and where it is refused.

mod support;

use support::Folder;
use support::pty::{Pty, key};

#[test]
fn a_choice_is_taken_on_a_terminal_and_taken_back() {
    let mut pty = Pty::start(&["play", "--explore", "race-lost-key"]);
    pty.until_text("F7 Choices");
    pty.until_text("only one thing can be received next");
    pty.types("p");
    pty.until_text("event 4/28");
    pty.until_text("2 receives can come next");
    pty.types(key::DOWN);
    pty.types(key::ENTER);
    pty.until_text("another order after event 3");
    pty.until_text("event 5/28");
    pty.types(key::BACKSPACE);
    pty.until_gone("another order");
    pty.until_text("event 4/28");
    // The run's own next receive is another choice.
    pty.types(key::ENTER);
    pty.until_text("event 5/28");
    assert!(!pty.screen().contents().contains("another order"));
    pty.quit("a run");
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
    let mut pty = Pty::start(&["play", "--explore", "join", "--ranks", "2000"]);
    assert!(!pty.ended("a refusal").success());
    let left = pty.screen().contents();
    assert!(left.contains("at most 1000 are explored"), "{left}");
}

#[test]
fn a_bound_is_kept_and_the_counts_are_the_least() {
    let mut pty = Pty::start(&["play", "--explore", "race-lost-key", "--states", "20"]);
    pty.until_text("at least");
    pty.quit("a run");
}

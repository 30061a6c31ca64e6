//! What is looked at, said by flags: obeyed on a screen, refused with advice where they are wrong or where there is none.

mod support;

use support::Folder;

/// What is said of a command line that is refused.
fn refused(args: &[&str]) -> String {
    let result = Folder::new().call_with(args, "");
    assert_eq!((result.code, &*result.out), (Some(2), ""), "{args:?}");
    result.err
}

#[test]
fn a_wrong_value_is_answered_with_what_where_and_what_to_do() {
    let events = "there are events 1 to 28";
    for (flags, what, hint) in [
        (
            &["--pane", "rings"][..],
            "--pane: there is no pane rings",
            "it is one of ring, inspector",
        ),
        (&["--select", "x3"], "--select: `x3` is nothing in a run", "write `r3` for a rank"),
        (&["--select", "r99"], "--select: there is no rank 99", "ranks are 0 to 7"),
        (&["--select", "message 99"], "--select: there is no event 99", events),
        (&["--select", "message 3"], "--select: event 3 is no send", "by the event that sends it"),
        (&["--filter", "rank 99"], "--filter: ", "write words as `/` takes them"),
        (&["--search", "rank x"], "--search: ", "write words as `/` takes them"),
        (&["--why", "99"], "--why: there is no event 99", events),
        (&["--break", "key 400 flies"], "--break: ", "write a condition as `b` takes it"),
        (&["--mark", "37"], "--mark: `37` is no mark", "a letter or a digit, `=`, and an event"),
        (&["--mark", "a=99"], "--mark: there is no event 99", "there are events 0 to 28"),
        (&["--scroll", "4"], "--scroll: `4` is no pane with its rows", "inspector=4"),
        (&["--scroll", "rings=4"], "--scroll: there is no pane rings", "it is one of ring"),
        (&["--row", "2"], "--row: there is no row 2 to choose in ring", "`--pane inspector` has"),
        (
            &["--pane", "watches", "--break", "GET unanswered", "--row", "2"],
            "--row: there is no row 2 to choose in watches",
            "its rows are 1 to 1",
        ),
    ] {
        let args: Vec<&str> = ["snapshot", "race-lost-key"].iter().chain(flags).copied().collect();
        let said = refused(&args);
        assert!(said.contains(&format!("ringscope: {what}")), "{flags:?}: {said}");
        assert!(said.contains("\n  hint: ") && said.contains(hint), "{flags:?}: {said}");
    }
    let said = refused(&["snapshot", "join", "--explain"]);
    assert!(said.starts_with("ringscope: --explain: there is nothing to explain"), "{said}");
    assert!(said.contains("\n  hint: "), "{said}");
}

#[test]
fn without_a_screen_every_one_of_them_is_refused_and_none_is_ignored() {
    for flags in [
        &["--pane", "events"][..],
        &["--zoom"],
        &["--select", "r3"],
        &["--filter", "PUT"],
        &["--why", "3"],
        &["--search", "PUT"],
        &["--break", "GET unanswered"],
        &["--mark", "a=3"],
        &["--scroll", "inspector=1"],
        &["--row", "1"],
        &["--explain"],
    ] {
        for plain in [&["--plain"][..], &[]] {
            let args: Vec<&str> =
                ["play", "join"].iter().chain(flags).chain(plain).copied().collect();
            let said = refused(&args);
            let what = format!("ringscope: {}: says what is looked at on a screen", flags[0]);
            assert!(said.starts_with(&what) && said.contains("leave it out"), "{said}");
        }
    }
}

#[test]
fn a_row_of_a_comparison_is_for_a_screen_too() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let args = ["play", "join.jsonl", "--diff", "join.jsonl", "--at", "3", "--plain"];
    let result = folder.call_with(&args, "");
    assert_eq!(result.code, Some(2));
    assert!(result.err.starts_with("ringscope: --at: says what is looked at"), "{}", result.err);
}

#[test]
fn the_manual_and_the_completions_know_them() {
    let folder = Folder::new();
    let pages = folder.path("");
    assert_eq!(folder.call_with(&["man", &pages.to_string_lossy()], "").code, Some(0));
    let page = |name: &str| std::fs::read_to_string(folder.path(name)).expect("a page");
    let completions = folder.call_with(&["completions", "bash"], "").out;
    for text in [page("ringscope-play.1"), page("ringscope-snapshot.1"), completions] {
        let text = text.replace(r"\-", "-");
        for flag in ["--search", "--break", "--mark", "--scroll", "--row", "--explain", "--why"] {
            assert!(text.contains(flag), "{flag}: {text}");
        }
    }
}

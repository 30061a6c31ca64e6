//! What the terminal sends may be half a sequence, or none at all: the program goes on all the same.

#![cfg(target_os = "linux")]

mod support;

use std::time::Duration;

use rustix::process::Signal;
use support::pty::{Pty, assert_is_as_before, is_as_before};

/// Beginnings of sequences, and bytes that are none.
const SEQUENCES: [(&str, &[u8]); 22] = [
    ("Esc", b"\x1b"),
    ("Alt and O", b"\x1bO"),
    ("Alt and [", b"\x1b["),
    ("Alt and ]", b"\x1b]"),
    ("Alt and P", b"\x1bP"),
    ("Alt and _", b"\x1b_"),
    ("one byte of a letter of two", b"\xc3"),
    ("two bytes of a letter of three", b"\xe2\x82"),
    ("three bytes of a letter of four", b"\xf0\x9f\x8d"),
    ("bytes that no letter has", b"\xff\xfe"),
    ("bytes that no letter begins with", b"\x80\xbf"),
    ("a mouse report that ends early", b"\x1b[<"),
    ("a mouse report without its end", b"\x1b[<0;5;5"),
    ("a mouse report from far away", b"\x1b[<0;99999;99999M"),
    ("a mouse report from column 0", b"\x1b[<0;0;0M"),
    ("an old mouse report that ends early", b"\x1b[M "),
    ("a paste without its end", b"\x1b[200~abc"),
    ("a paste with half its end", b"\x1b[200~abc\x1b[20"),
    ("a key with modifiers that ends early", b"\x1b[1;5"),
    ("a response that ends early", b"\x1b]11;rgb:"),
    (
        "a number that is too long",
        b"\x1b[000000000011111111112222222222333333333344444444445555555555666666666677",
    ),
    ("a key of the console that ends early", b"\x1b[["),
];

/// Longer than the program waits for the rest of a sequence.
const LONGER_THAN_A_REST: Duration = Duration::from_secs(2);

/// A page of the program.
struct Page {
    name: &'static str,
    /// The arguments that open it.
    args: &'static [&'static str],
    /// A text of it.
    text: &'static str,
    /// What there is of it in a terminal of 20 columns and 4 rows.
    small: &'static str,
}

const PAGES: [Page; 3] = [
    Page {
        name: "start page",
        args: &[],
        text: "The protocol at its work",
        small: "ringscope   see",
    },
    Page { name: "run", args: &["play", "join"], text: "event 0/222", small: "needs 40x8" },
    Page { name: "tour", args: &["tour", "joining"], text: "step 1 of 8", small: "needs 40x8" },
];

/// Checks one page with every sequence: it draws, follows a resize, and ends by a signal.
fn check(page: &Page) {
    let Page { name, args, text, small } = page;
    for (sequence, bytes) in SEQUENCES {
        let mut pty = Pty::start(args);
        pty.until_text(text);
        pty.send(bytes);
        pty.resize(20, 4);
        pty.until_text(small);
        pty.signal(Signal::TERM);
        let of = format!("{name}, {sequence}");
        assert_eq!(pty.ended(&of).signal(), Some("Terminated"), "{of}");
        assert_is_as_before(pty.screen(), &of);
    }
}

#[test]
fn the_start_page_goes_on_after_half_a_sequence() {
    check(&PAGES[0]);
}

#[test]
fn a_run_goes_on_after_half_a_sequence() {
    check(&PAGES[1]);
}

#[test]
fn a_tour_goes_on_after_half_a_sequence() {
    check(&PAGES[2]);
}

/// The cursor that the title shows.
fn cursor(screen: &vt100::Screen) -> usize {
    let title = screen.rows(0, 100).next().unwrap_or_default();
    let count = title.split_whitespace().skip_while(|word| *word != "event").nth(1);
    let cursor = count.and_then(|count| count.split_once('/')?.0.parse().ok());
    cursor.unwrap_or_else(|| panic!("no cursor in `{title}`"))
}

#[test]
fn time_runs_on_after_half_a_sequence() {
    let mut pty = Pty::start(&["play", "join"]);
    pty.until_text("0/222");
    pty.send(b" ");
    // Esc would leave the run.
    for (sequence, bytes) in SEQUENCES.into_iter().filter(|(name, _)| *name != "Esc") {
        let before = cursor(pty.screen());
        pty.send(bytes);
        pty.until(sequence, |screen| cursor(screen) > before);
    }
}

#[test]
fn keys_are_keys_again_when_the_rest_of_a_sequence_has_not_come() {
    let mut pty = Pty::start(&["play", "join"]);
    pty.until_text("0/222");
    for open in [&b"\x1b[200~abc"[..], b"\x1b[<0;5", b"\x1b]11;rgb:"] {
        let before = cursor(pty.screen());
        pty.send(open);
        // A key that comes too soon belongs to what is open; one that comes later is a key.
        pty.until_quiet(LONGER_THAN_A_REST);
        pty.send(b"l");
        pty.until("a step", |screen| cursor(screen) > before);
    }
    pty.quit("a run");
}

#[test]
fn it_stops_and_comes_back_whole_with_half_a_sequence() {
    let mut pty = Pty::start(&["play", "join"]);
    pty.until_text("event 0/222");
    pty.send(b"\x1b[200~abc");
    pty.signal(Signal::TSTP);
    pty.until("the terminal as it was before", is_as_before);
    pty.until_stopped();
    pty.signal(Signal::CONT);
    pty.until("the run again", |screen| {
        !is_as_before(screen) && screen.contents().contains("0/222")
    });
    pty.signal(Signal::TERM);
    assert_eq!(pty.ended("a run").signal(), Some("Terminated"));
    assert_is_as_before(pty.screen(), "a run");
}

#[test]
fn any_signal_that_ends_the_program_leaves_the_terminal_whole() {
    let signals = [
        (Signal::ABORT, "Aborted"),
        (Signal::ALARM, "Alarm clock"),
        (Signal::HUP, "Hangup"),
        (Signal::INT, "Interrupt"),
        (Signal::PROF, "Profiling timer expired"),
        (Signal::QUIT, "Quit"),
        (Signal::TERM, "Terminated"),
        (Signal::USR1, "User defined signal 1"),
        (Signal::USR2, "User defined signal 2"),
        (Signal::VTALARM, "Virtual timer expired"),
        (Signal::XCPU, "CPU time limit exceeded"),
    ];
    for (signal, name) in signals {
        let mut pty = Pty::start(&["play", "join"]);
        pty.until_text("0/222");
        // With half a sequence as well: nothing of it may be waited for.
        pty.send(b"\x1b[<");
        pty.signal(signal);
        let status = pty.ended(name);
        assert_eq!(status.signal(), Some(name), "who waits for it learns of it");
        assert_is_as_before(pty.screen(), name);
    }
}

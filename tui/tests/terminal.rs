//! The program in a terminal of its own: that it shows what it should, and leaves things as they were.

#![cfg(unix)]

mod support;

use std::collections::VecDeque;
use std::io::{self, Read};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ringscope::terminal::Screen as OurScreen;
use rustix::process::Signal;
use support::pty::{Pty, RINGSCOPE, ToTheEnd, assert_is_as_before, is_as_before, key};
use vt100::{Color, MouseProtocolMode, Screen};

#[test]
fn a_run_is_a_key_away_from_the_start_page() {
    let mut pty = Pty::start(&[]);
    // At the first start the first lesson is chosen.
    pty.until_text("▶ the-ring");
    pty.types("/");
    pty.types("keys move");
    pty.until_text("▶ join");
    pty.types(key::ENTER);
    pty.until("it plays", |screen| cursor(screen).is_some_and(|cursor| cursor > 2));
    pty.types(key::END);
    pty.until_text("222/222");
    pty.types("l");
    pty.until_text("the run ends here: completed");
    pty.types(key::ESC);
    pty.until_gone("the run ends here");
    pty.types(key::ESC);
    pty.until_text("narrow");
    pty.types(key::ESC);
    pty.until_text("▶ the-ring");
    pty.quit("a run");
}

/// The way that the README describes; every key of it stands in the help.
#[test]
fn the_event_at_which_a_key_went_astray_is_two_keys_away() {
    let mut pty = Pty::start(&["play", "race-lost-key"]);
    pty.until_text("event 0/28");
    pty.types("?");
    pty.until_text("What the signs mean");
    pty.types("violation");
    pty.until_text("to the next violation, or divergence");
    pty.types(key::ESC);
    pty.until_gone("to the next violation");
    pty.types("?");
    pty.until_text("What the signs mean");
    pty.types("why is it so");
    pty.until_text("only the causes of what is selected");
    pty.types(key::ESC);
    pty.until_gone("only the causes");
    pty.types("]");
    pty.until_text("event 17/28");
    pty.until_text("key 400 is on rank 6 (owns 501 to 1000), but its owner is rank 3");
    pty.types("k");
    pty.until_text("causes of event 17");
    pty.quit("a run");
}

#[test]
fn steps_go_both_ways_and_a_smaller_window_shows_less() {
    let mut pty = Pty::start(&["play", "join", "--at", "36"]);
    pty.until_text("36/222");
    assert!(pty.screen().alternate_screen());
    pty.types("l");
    pty.until_text("37/222");
    pty.types("hh");
    pty.until_text("35/222");
    pty.resize(44, 8);
    pty.until_text("35/222");
    pty.resize(20, 4);
    pty.until_text("needs 40x8");
    pty.resize(160, 48);
    pty.until_text("F5 Watches");
    pty.quit("a run");
}

/// The cursor that the title shows.
fn cursor(screen: &Screen) -> Option<usize> {
    let (_, columns) = screen.size();
    let title = screen.rows(0, columns.get()).next()?;
    let words = title.split_whitespace();
    let count = words.skip_while(|word| *word != "event").nth(1)?;
    count.split_once('/')?.0.parse().ok()
}

#[test]
fn the_mouse_scrubs_along_the_timeline() {
    let mut pty = Pty::start(&["play", "join"]);
    pty.until_text("0/222");
    let row = 28;
    pty.click((60, row));
    pty.until("the middle", |screen| cursor(screen).is_some_and(|cursor| cursor > 100));
    pty.drag((60, row), (2, row));
    pty.until("the beginning", |screen| cursor(screen).is_some_and(|cursor| cursor < 10));
    pty.quit("a run");
}

#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let mut pty = Pty::start(&["play", "join", "--no-mouse"]);
    pty.until_text("0/222");
    assert_eq!(pty.screen().mouse_protocol_mode(), MouseProtocolMode::None);
    pty.quit("a run");
}

#[test]
fn what_is_pasted_is_typed() {
    let mut pty = Pty::start(&["play", "join"]);
    pty.until_text("0/222");
    pty.types("i");
    pty.until_text("put KEY VALUE");
    pty.paste("put 700 7\n");
    pty.until_text("put 700 7");
    pty.types(key::ENTER);
    pty.until_text("`put 700 7` comes next");
    pty.types("q");
    pty.until_text("lose this run? y or n");
    pty.types("n");
    pty.until_gone("lose this run?");
    pty.types("q");
    pty.until_text("lose this run? y or n");
    pty.types("y");
    assert!(pty.ended("a run").success());
    assert_is_as_before(pty.screen(), "a run");
}

#[test]
fn the_command_line_of_a_view_is_on_the_clipboard_and_is_printed_in_the_end() {
    let mut pty = Pty::start(&["--color", "16", "play", "join", "--at", "37"]);
    pty.until_text("37/222");
    pty.types("y");
    let line = "ringscope play join --seed 1 --at 37 --color 16";
    pty.until_text(&format!("copied: {line}"));
    // As XTerm's Control Sequences has it: to the clipboard, in base64.
    let copied = format!("\x1b]52;c;{}\x1b\\", BASE64_STANDARD.encode(line));
    assert!(pty.has_received(copied.as_bytes()));
    pty.quit("a run");
    assert!(pty.screen().contents().contains(line), "{}", pty.screen().contents());
    let words = shlex::split(line).expect("no quote is open");
    let args: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let mut again = pty.again(&args);
    again.until_text("37/222");
    again.quit("a run");
}

#[test]
fn the_last_screen_can_stay() {
    let mut pty = Pty::start(&["play", "join", "--at", "37"]);
    pty.until_text("37/222");
    pty.types("Q");
    assert!(pty.ended("a run").success());
    assert_is_as_before(pty.screen(), "a run");
    assert!(pty.lines().contains("37/222"), "{}", pty.lines());
}

#[test]
fn a_signal_ends_it_and_the_terminal_is_as_before() {
    for (signal, name, told) in
        [(Signal::TERM, "SIGTERM", "Terminated"), (Signal::INT, "SIGINT", "Interrupt")]
    {
        let mut pty = Pty::start(&["play", "join"]);
        pty.until_text("0/222");
        pty.signal(signal);
        assert_eq!(pty.ended(name).signal(), Some(told), "who waits for it learns of {name}");
        assert_is_as_before(pty.screen(), name);
    }
}

#[test]
fn it_stops_in_the_background_and_comes_back_whole() {
    let mut pty = Pty::start_with("/bin/sh", &["-i"], &[("PS1", "ready> ")]);
    pty.until_text("ready>");
    pty.types(concat!(env!("CARGO_BIN_EXE_ringscope"), " play join --at 37\r"));
    pty.until_text("37/222");
    pty.types(key::CTRL_Z);
    pty.until_text("Stopped");
    assert_is_as_before(pty.screen(), "in the background");
    pty.types("fg\r");
    pty.until("the run again", |screen| {
        screen.alternate_screen() && screen.contents().contains("37/222")
    });
    pty.types("l");
    pty.until_text("38/222");
    pty.types("q");
    // What is typed before the shell asks again may still be read by the program that ends.
    let prompts = |screen: &Screen| screen.contents().matches("ready>").count();
    pty.until("the shell again", |screen| is_as_before(screen) && prompts(screen) == 3);
    pty.types("exit\r");
    pty.ended("the shell");
}

/// Set in the terminal in which this very test is to break off with the screen open.
const BREAKS_OFF: &str = "RINGSCOPE_BREAKS_OFF";

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_reported() {
    if std::env::var_os(BREAKS_OFF).is_some() {
        let _screen = OurScreen::open(true).expect("a terminal");
        panic!("this is a panic on purpose");
    }
    let this = std::env::current_exe().expect("a program");
    let this = this.to_str().expect("a plain name");
    let args = ["--exact", "a_panic_gives_the_terminal_back_before_it_is_reported", "--nocapture"];
    let mut pty = Pty::start_with(this, &args, &[(BREAKS_OFF, "1")]);
    assert!(!pty.ended("a panic").success());
    assert_is_as_before(pty.screen(), "a panic");
    let contents = pty.screen().contents();
    assert!(contents.contains("this is a panic on purpose"), "{contents}");
}

#[test]
fn two_runs_are_compared_side_by_side() {
    let mut pty = Pty::start(&["play", "join", "--diff", "crowded"]);
    pty.until_text("row 1 of");
    pty.types("?");
    pty.until_text("to the next violation");
    assert!(!pty.screen().contents().contains("only the causes"), "what this page does not do");
    pty.types(key::ESC);
    // Esc and a letter at once are Alt and that letter.
    pty.until_gone("to the next violation");
    pty.types("g20\r");
    pty.until_text("row 20 of");
    let bar = 28;
    pty.drag((60, bar), (0, bar));
    pty.until_text("row 1 of");
    pty.types("y");
    pty.until_text("ringscope play join --seed 1 --diff crowded --at 1");
    pty.types(key::ESC);
    pty.until_gone("copied:");
    pty.types(key::ESC);
    pty.until_text("0/222");
    pty.quit("a run");
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let mut pty = Pty::start_with(RINGSCOPE, &["play", "first-put"], &[("TERM", "dumb")]);
    assert!(pty.ended("a run").success());
    assert!(pty.has_received(b"events shown"), "{}", pty.lines());
    let mut pty = Pty::start_with(RINGSCOPE, &[], &[("TERM", "dumb")]);
    pty.ended("the start page");
    assert!(pty.has_received(b"ringscope list"), "{}", pty.lines());
}

#[test]
fn without_colours_no_cell_has_one() {
    let mut pty = Pty::start_with(RINGSCOPE, &["play", "join", "--at", "37"], &[("NO_COLOR", "1")]);
    pty.until_text("37/222");
    let screen = pty.screen();
    let is_plain = |row, column| {
        let cell = screen.cell(row, column).expect("a cell");
        cell.fgcolor() == Color::Default && cell.bgcolor() == Color::Default
    };
    let (rows, columns) = screen.size();
    for row in 0..rows.get() {
        let is_plain = (0..columns.get()).all(|column| is_plain(row, column));
        assert!(is_plain, "{}", screen.contents());
    }
    pty.quit("a run");
}

#[test]
fn an_export_leaves_nothing_of_its_progress_on_the_terminal() {
    let mut pty = Pty::start(&["export", "join", "-o", "join.csv"]);
    assert!(pty.ended("an export").success());
    assert_is_as_before(pty.screen(), "an export");
    let text = pty.screen().contents();
    let left: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(left, ["join.csv: open it as a table: pandas, R, a spreadsheet"]);
}

/// Reads that come one after the other, and then nothing but ends.
struct Reads<'a>(VecDeque<&'a [u8]>);

impl Read for Reads<'_> {
    fn read(&mut self, some: &mut [u8]) -> io::Result<usize> {
        self.0.pop_front().map_or(Ok(0), |mut bytes| bytes.read(some))
    }
}

#[test]
fn what_comes_after_the_end_of_a_pseudo_terminal_is_read() {
    let reads = Reads([&b"drawn"[..], b"", b" and given back"].into());
    let mut reader = ToTheEnd(reads);
    let mut some = [0; 64];
    let pieces: Vec<String> = std::iter::from_fn(|| {
        let count = reader.read(&mut some).expect("memory can be read");
        (count > 0).then(|| String::from_utf8_lossy(&some[..count]).into_owned())
    })
    .collect();
    assert_eq!(pieces, ["drawn", " and given back"]);
}

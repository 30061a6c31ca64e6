//! The program in a terminal of its own: that it shows what it should, and leaves things as they were.

#![cfg(unix)]

mod support;

use ringscope::terminal::Screen as OurScreen;
use support::stage::{is_as_before, play, stage};
use termlens::{Key, MouseButton, MouseMode, Screen, Signal};

#[test]
fn a_run_is_a_key_away_from_the_start_page() {
    let mut stage = play(&[], &[]);
    // At the first start the first lesson is chosen.
    stage.until("▶ the-ring");
    stage.types("/");
    stage.types("keys move");
    stage.until("▶ join");
    stage.send(Key::Enter);
    stage.until_it(|screen| cursor(screen).is_some_and(|cursor| cursor > 2));
    stage.send(Key::End);
    stage.until("222/222");
    stage.types("l");
    stage.until("the run ends here: completed");
    stage.send(Key::Esc);
    stage.until_it(|screen| !screen.contains("the run ends here"));
    stage.send(Key::Esc);
    stage.until("narrow");
    stage.send(Key::Esc);
    stage.until("▶ the-ring");
    stage.types("q");
    let screen = stage.ended();
    assert!(is_as_before(&screen), "{screen}");
}

/// The way that the README describes; every key of it stands in the help.
#[test]
fn the_event_at_which_a_key_went_astray_is_two_keys_away() {
    let mut stage = play(&["play", "race-lost-key"], &[]);
    stage.until("event 0/28");
    stage.types("?");
    stage.until("What the signs mean");
    stage.types("violation");
    stage.until("to the next violation, or divergence");
    stage.send(Key::Esc);
    stage.until_it(|screen| !screen.contains("to the next violation"));
    stage.types("?");
    stage.until("What the signs mean");
    stage.types("why is it so");
    stage.until("only the causes of what is selected");
    stage.send(Key::Esc);
    stage.until_it(|screen| !screen.contains("only the causes"));
    stage.types("]");
    stage.until("event 17/28");
    stage.until("key 400 is on rank 6 (owns 501 to 1000), but its owner is rank 3");
    stage.types("k");
    stage.until("causes of event 17");
    stage.types("q");
    assert!(is_as_before(&stage.ended()));
}

#[test]
fn steps_go_both_ways_and_a_smaller_window_shows_less() {
    let mut stage = play(&["play", "join", "--at", "36"], &[]);
    stage.until("36/222");
    assert!(stage.terminal.screen().alternate_screen());
    stage.types("l");
    stage.until("37/222");
    stage.types("hh");
    stage.until("35/222");
    stage.terminal.resize(44, 8).expect("a terminal can be resized");
    stage.until_it(|screen| screen.size() == (44, 8) && screen.contains("35/222"));
    stage.terminal.resize(20, 4).expect("a terminal can be resized");
    stage.until("needs 40x8");
    stage.terminal.resize(160, 48).expect("a terminal can be resized");
    stage.until("F5 Watches");
    stage.types("q");
    assert!(is_as_before(&stage.ended()));
}

/// The cursor that the title shows.
fn cursor(screen: &Screen) -> Option<usize> {
    let title = screen.row_text(0);
    let words = title.split_whitespace();
    let count = words.skip_while(|word| *word != "event").nth(1)?;
    count.split_once('/')?.0.parse().ok()
}

#[test]
fn the_mouse_scrubs_along_the_timeline() {
    let mut stage = play(&["play", "join"], &[]);
    stage.until("0/222");
    let row = 28;
    stage.terminal.click(60, row).expect("the mouse is asked for");
    stage.until_it(|screen| cursor(screen).is_some_and(|cursor| cursor > 100));
    stage.terminal.drag(MouseButton::Left, 60, row, 2, row).expect("the mouse is asked for");
    stage.until_it(|screen| cursor(screen).is_some_and(|cursor| cursor < 10));
    stage.types("q");
    assert!(is_as_before(&stage.ended()));
}

#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let mut stage = play(&["play", "join", "--no-mouse"], &[]);
    stage.until("0/222");
    assert_eq!(stage.terminal.screen().mouse_mode(), MouseMode::None);
    stage.types("q");
    stage.ended();
}

#[test]
fn what_is_pasted_is_typed() {
    let mut stage = play(&["play", "join"], &[]);
    stage.until("0/222");
    stage.types("i");
    stage.until("put KEY VALUE");
    stage.terminal.paste("put 700 7\n").expect("pasting is asked for");
    stage.until("put 700 7");
    stage.send(Key::Enter);
    stage.until("`put 700 7` comes next");
    stage.types("q");
    stage.until("lose this run? y or n");
    stage.types("n");
    stage.until_it(|screen| !screen.contains("lose this run?"));
    stage.types("q");
    stage.until("lose this run? y or n");
    stage.types("y");
    assert!(is_as_before(&stage.ended()));
}

#[test]
fn the_command_line_of_a_view_is_on_the_clipboard_and_is_printed_in_the_end() {
    let mut stage = play(&["--color", "16", "play", "join", "--at", "37"], &[]);
    stage.until("37/222");
    stage.types("y");
    let line = "ringscope play join --seed 1 --at 37 --color 16";
    stage.until(&format!("copied: {line}"));
    let screen = stage.terminal.screen();
    assert_eq!(screen.clipboard().map(|copied| copied.text()), Some(Some(line)));
    stage.types("q");
    let screen = stage.ended();
    assert!(is_as_before(&screen));
    assert!(screen.full_text().contains(line), "{screen}");
    let words = shlex::split(line).expect("no quote is open");
    let args: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let mut again = stage.again(&args);
    again.until("37/222");
    again.types("q");
    again.ended();
}

#[test]
fn the_last_screen_can_stay() {
    let mut stage = play(&["play", "join", "--at", "37"], &[]);
    stage.until("37/222");
    stage.types("Q");
    let screen = stage.ended();
    assert!(is_as_before(&screen));
    assert!(screen.full_text().contains("37/222"), "{screen}");
}

#[test]
fn a_signal_ends_it_and_the_terminal_is_as_before() {
    for (signal, name) in [(Signal::Term, "SIGTERM"), (Signal::Int, "SIGINT")] {
        let mut stage = play(&["play", "join"], &[]);
        stage.until("0/222");
        stage.terminal.signal(signal).expect("it runs");
        let status = stage.terminal.wait_exit().expect("it ends");
        assert!(!status.success(), "{name}");
        assert!(status.signal().is_some(), "who waits for it learns of {name}");
        assert!(is_as_before(&stage.terminal.screen()), "{name}");
    }
}

#[test]
fn it_stops_in_the_background_and_comes_back_whole() {
    let mut stage = stage("/bin/sh", &["-i"], &[("PS1", "ready> ")]);
    stage.until("ready>");
    stage.types(concat!(env!("CARGO_BIN_EXE_ringscope"), " play join --at 37\r"));
    stage.until("37/222");
    stage.send(Key::Ctrl('z'));
    stage.until("Stopped");
    assert!(is_as_before(&stage.terminal.screen()));
    stage.types("fg\r");
    stage.until_it(|screen| screen.alternate_screen() && screen.contains("37/222"));
    stage.types("l");
    stage.until("38/222");
    stage.types("q");
    // What is typed before the shell asks again may still be read by the program that ends.
    let prompts = |screen: &Screen| screen.to_string().matches("ready>").count();
    stage.until_it(|screen| is_as_before(screen) && prompts(screen) == 3);
    stage.types("exit\r");
    stage.ended();
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
    let mut stage = stage(this, &args, &[(BREAKS_OFF, "1")]);
    let screen = stage.ended();
    assert!(is_as_before(&screen), "{screen}");
    assert!(screen.contains("this is a panic on purpose"), "{screen}");
}

#[test]
fn two_runs_are_compared_side_by_side() {
    let mut stage = play(&["play", "join", "--diff", "crowded"], &[]);
    stage.until("row 1 of");
    stage.types("?");
    stage.until("to the next violation");
    assert!(!stage.terminal.screen().contains("only the causes"), "what this page does not do");
    stage.send(Key::Esc);
    // Esc and a letter at once are Alt and that letter.
    stage.until_it(|screen| !screen.contains("to the next violation"));
    stage.types("g20\r");
    stage.until("row 20 of");
    let bar = 28;
    stage.terminal.drag(MouseButton::Left, 60, bar, 0, bar).expect("the mouse is asked for");
    stage.until("row 1 of");
    stage.types("y");
    stage.until("ringscope play join --seed 1 --diff crowded --at 1");
    stage.send(Key::Esc);
    stage.until_it(|screen| !screen.contains("copied:"));
    stage.send(Key::Esc);
    stage.until("0/222");
    stage.types("q");
    assert!(is_as_before(&stage.ended()));
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let mut stage = play(&["play", "first-put"], &[("TERM", "dumb")]);
    let screen = stage.ended();
    assert!(screen.full_text().contains("events shown"), "{screen}");
    let mut stage = play(&[], &[("TERM", "dumb")]);
    assert!(stage.ended().full_text().contains("ringscope list"));
}

#[test]
fn without_colours_no_cell_has_one() {
    let mut stage = play(&["play", "join", "--at", "37"], &[("NO_COLOR", "1")]);
    stage.until("37/222");
    let screen = stage.terminal.screen();
    let is_plain = |row, column| {
        let style = screen.cell(row, column).expect("a cell").style();
        style.fg == termlens::Color::Default && style.bg == termlens::Color::Default
    };
    for row in 0..screen.rows() {
        assert!((0..screen.cols()).all(|column| is_plain(row, column)), "{screen}");
    }
    stage.types("q");
    stage.ended();
}

#[test]
fn an_export_leaves_nothing_of_its_progress_on_the_terminal() {
    let mut stage = play(&["export", "join", "-o", "join.csv"], &[]);
    let screen = stage.ended();
    let text = screen.text();
    let left: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(left, ["join.csv: open it as a table: pandas, R, a spreadsheet"]);
    assert!(is_as_before(&screen));
}

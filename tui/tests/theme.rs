//! The theme that is drawn, whatever the terminal says of its background, and whether it says anything.

#![cfg(target_os = "linux")]

mod support;

use support::Folder;
use support::pty::{Pty, RINGSCOPE, assert_is_as_before};
use vt100::{Color, Screen};

/// What the program asks: the background's colour, and what the terminal is.
const QUERY: &[u8] = b"\x1b]11;?\x07\x1b[c";

/// What terminals say that they are.
const ATTRIBUTES: &[u8] = b"\x1b[?62;22c";

/// The colour of a label in 256 colours, which no other meaning has: it says which theme is drawn.
const LABEL: [(&str, Color); 3] =
    [("dark", Color::Idx(110)), ("light", Color::Idx(24)), ("high-contrast", Color::Idx(117))];

fn run(args: &[&str], variables: &[(&str, &str)]) -> Pty {
    let mut pty = Pty::start_with(RINGSCOPE, &[&["play", "join"], args].concat(), variables);
    pty.until_text("event 0/222");
    pty
}

/// The theme that is drawn, by the colour of its labels.
fn theme(screen: &Screen) -> &'static str {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let colors: Vec<Color> = cells
        .filter_map(|(row, column)| screen.cell(row, column))
        .filter(|cell| cell.has_contents())
        .map(vt100::Cell::fgcolor)
        .collect();
    let drawn: Vec<&str> =
        LABEL.iter().filter(|(_, color)| colors.contains(color)).map(|(name, _)| *name).collect();
    match drawn[..] {
        [] => "none",
        [theme] => theme,
        [..] => "several",
    }
}

fn until_theme(pty: &mut Pty, name: &str) {
    pty.until(name, |screen| theme(screen) == name);
}

#[test]
fn the_light_theme_is_drawn_when_the_terminal_says_that_it_is_white() {
    for end in [&b"\x07"[..], b"\x1b\\"] {
        let mut pty = run(&[], &[]);
        until_theme(&mut pty, "dark");
        assert!(pty.has_received(QUERY), "it is asked, and not waited for");
        pty.send(&[b"\x1b]11;rgb:ffff/ffff/ffff", end, ATTRIBUTES].concat());
        until_theme(&mut pty, "light");
        assert!(pty.screen().contents().contains("event 0/222"), "the answer is no key");
        pty.quit("a run");
    }
}

#[test]
fn an_answer_in_pieces_is_one() {
    let mut pty = run(&[], &[]);
    for byte in b"\x1b]11;rgb:ff/ff/ff\x1b\\" {
        pty.send(&[*byte]);
    }
    until_theme(&mut pty, "light");
    pty.quit("a run");
}

#[test]
fn the_dark_theme_stays_when_the_terminal_says_that_it_is_black() {
    let mut pty = run(&[], &[("COLORFGBG", "0;15")]);
    until_theme(&mut pty, "light");
    pty.send(&[b"\x1b]11;rgb:0000/0000/0000\x07", ATTRIBUTES].concat());
    until_theme(&mut pty, "dark");
    pty.quit("a run");
}

#[test]
fn a_terminal_that_says_nothing_has_the_dark_theme_and_its_keys() {
    let mut pty = run(&[], &[]);
    pty.send(b"l");
    pty.until_text("event 1/222");
    assert_eq!(theme(pty.screen()), "dark");
    pty.quit("a run");
}

#[test]
fn the_variable_for_colours_is_believed_until_the_terminal_says_something() {
    let mut pty = run(&[], &[("COLORFGBG", "0;default;15")]);
    until_theme(&mut pty, "light");
    pty.quit("a run");
}

#[test]
fn rubbish_and_half_an_answer_change_nothing_and_the_next_key_is_one() {
    for answer in [
        &b"\x1b]11;"[..],
        b"\x1b]11;rgb:ffff/ffff",
        b"\x1b]11;rgb:ffff/ffff/ffff",
        b"\x1b]11;white\x07",
        b"\x1b]11;rgb:gg/gg/gg\x1b\\",
        b"\x1b]11;rgb:ffff/ffff/ffff/ffff/ffff\x07",
        b"\x1b]10;rgb:ffff/ffff/ffff\x07",
        b"\x1bP11;rgb:ffff/ffff/ffff\x1b\\",
        b"\xff\xfe\x1b]\xff\x07",
    ] {
        let mut pty = run(&[], &[]);
        pty.send(answer);
        // A key with a sequence, such as this one for End, is no part of any response.
        pty.send(b"\x1b[F");
        pty.until_text("event 222/222");
        assert_eq!(theme(pty.screen()), "dark", "{}", answer.escape_ascii());
        pty.quit("a run");
    }
}

#[test]
fn an_answer_that_comes_while_it_is_left_is_not_for_who_reads_next() {
    let reader = "read -r line; if [ \"$line\" = typed ]; then echo alone; else echo more; fi";
    let script = format!("{} play join; echo left; {reader}", RINGSCOPE);
    let mut pty = Pty::start_with("/bin/sh", &["-c", &script], &[]);
    pty.until_text("event 0/222");
    pty.send(&[b"q\x1b]11;rgb:ffff/ffff/ffff\x07", ATTRIBUTES].concat());
    pty.until_text("left");
    assert_is_as_before(pty.screen(), "left");
    pty.send(b"typed\r");
    assert!(pty.ended("the shell").success());
    let contents = pty.screen().contents();
    assert_eq!(contents.trim(), "left\ntyped\nalone", "nothing of the answer was read");
}

#[test]
fn a_theme_by_name_is_drawn_at_once_and_the_terminal_is_not_asked() {
    for (name, _) in LABEL {
        let mut pty = run(&["--theme", name], &[("COLORFGBG", "0;15")]);
        assert_eq!(theme(pty.screen()), name);
        pty.quit("a run");
        assert!(!pty.has_received(b"\x1b]11"), "{name}");
    }
}

#[test]
fn a_terminal_without_colours_or_answers_is_not_asked() {
    for variable in [("NO_COLOR", "1"), ("TERM", "linux"), ("TERM", "vt100")] {
        let mut pty = run(&[], &[variable]);
        pty.quit("a run");
        assert!(!pty.has_received(b"\x1b]11"), "{variable:?}");
    }
}

#[test]
fn the_theme_is_changed_by_a_key_and_from_the_palette() {
    let mut pty = run(&["--theme", "dark"], &[]);
    assert_eq!(theme(pty.screen()), "dark");
    pty.send(b"T");
    until_theme(&mut pty, "light");
    pty.until_text("the theme is now `light`");
    pty.send(b":theme\r");
    until_theme(&mut pty, "high-contrast");
    assert!(!pty.has_received(QUERY));
    pty.send(b"T");
    pty.until_text("the theme is now `auto`");
    assert!(pty.has_received(QUERY), "now it counts what the terminal says");
    pty.send(b"\x1b]11;rgb:ffff/ffff/ffff\x07");
    until_theme(&mut pty, "light");
    pty.quit("a run");
}

#[test]
fn the_configuration_has_a_theme_and_the_command_line_another() {
    let folder = Folder::new();
    folder.write("light.toml", "theme = \"light\"\n");
    let snapshot = "snapshot join --at 37 --size 80x24 --color rgb";
    let [plain, dark, light] = ["", " --theme dark", " --theme light"]
        .map(|theme| folder.call(&format!("{snapshot}{theme}")).out);
    assert_eq!(plain, dark, "nobody has asked for another");
    assert!(light.contains("38;2;31;95;143") && light != dark, "{light}");
    let configured = folder.call(&format!("{snapshot} --config light.toml")).out;
    assert_eq!(configured, light);
    let both = folder.call(&format!("{snapshot} --config light.toml --theme dark")).out;
    assert_eq!(both, dark);
    let refused = folder.call(&format!("{snapshot} --theme pink"));
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("auto, dark, light, high-contrast"), "{}", refused.err);
}

#[test]
fn a_picture_has_the_paper_of_its_theme() {
    let folder = Folder::new();
    for (theme, paper) in [
        ("", "#12141a"),
        (" --theme dark", "#12141a"),
        (" --theme light", "#fcfcfa"),
        (" --theme high-contrast", "#000000"),
    ] {
        let call = format!("snapshot join --at 37 --size 80x24 -o join.svg{theme}");
        assert_eq!(folder.call(&call).code, Some(0));
        let picture = folder.read("join.svg");
        assert!(picture.contains(&format!("fill=\"{paper}\"/>")), "{theme}: {paper}");
    }
}

/// What is on a paper of its own looks the same in every theme; what records the screen looks like the screen.
#[test]
fn exports_stay_as_they_are_unless_they_show_the_screen() {
    let folder = Folder::new();
    let export = |format: &str, theme: &str| {
        folder.call(&format!("export get-and-put --to {format}{theme}")).out
    };
    for format in ["svg", "html"] {
        assert_eq!(export(format, ""), export(format, " --theme light"), "{format}");
    }
    assert_eq!(export("cast", ""), export("cast", " --theme dark"));
    assert_ne!(export("cast", ""), export("cast", " --theme light"));
}

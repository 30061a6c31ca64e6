//! The parser of what the terminal sends, by bytes alone.

use proptest::prelude::*;
use ringscope::terminal::input::{InputEvent, InputParser, MOST_PASTED};

/// An event as these tests write it: the key as the configuration writes it, or what the mouse did where.
fn written(event: &InputEvent) -> String {
    match event {
        InputEvent::Key(key) => key.to_string(),
        InputEvent::Mouse(event) => format!("{:?} {},{}", event.kind, event.column, event.row),
        InputEvent::Paste(text) => format!("paste {text:?}"),
        InputEvent::Background(color) => format!("background {color:02x?}"),
        InputEvent::Attributes => "attributes".to_owned(),
    }
}

fn list<'a>(events: impl IntoIterator<Item = &'a InputEvent>) -> String {
    events.into_iter().map(written).collect::<Vec<_>>().join(" | ")
}

/// What bytes come to when nothing follows them.
fn parsed(bytes: &[u8]) -> String {
    let mut parser = InputParser::default();
    let mut events = parser.feed(bytes);
    events.extend(parser.flush());
    list(&events)
}

fn check(table: &[(&[u8], &str)]) {
    for (bytes, expected) in table {
        assert_eq!(parsed(bytes), *expected, "{}", bytes.escape_ascii());
    }
}

#[test]
fn plain_keys_are_what_they_type() {
    check(&[
        (b"aZ?", "a | Z | ?"),
        (b" ", "space"),
        (b"\r\t\x7f", "enter | tab | backspace"),
        (b"\x01\x1a\x0a\x08", "ctrl-a | ctrl-z | ctrl-j | ctrl-h"),
        (b"\0\x1c\x1f", "ctrl-space | ctrl-4 | ctrl-7"),
        ("äß€🦀".as_bytes(), "ä | ß | € | 🦀"),
        (b"\x1b", "esc"),
        (b"\x1b\x1b", "esc | esc"),
        (b"\x1ba\x1bA\x1b\r\x1b\x01", "alt-a | alt-A | alt-enter | ctrl-alt-a"),
        ("\x1bä".as_bytes(), "alt-ä"),
        (b"\x1bO", "alt-O"),
        (b"\x1b[", "alt-["),
        (b"\x1b]\x1bP\x1b_", "alt-] | alt-P | alt-_"),
    ]);
}

#[test]
fn keys_without_a_letter_have_sequences() {
    check(&[
        (b"\x1b[A\x1b[B\x1b[C\x1b[D", "up | down | right | left"),
        (b"\x1bOA\x1bOB\x1bOC\x1bOD\x1bOF\x1bOH", "up | down | right | left | end | home"),
        (b"\x1b[F\x1b[H\x1b[Z", "end | home | shift-tab"),
        (b"\x1bOP\x1bOQ\x1bOR\x1bOS\x1b[P", "f1 | f2 | f3 | f4 | f1"),
        (b"\x1b[[A\x1b[[E", "f1 | f5"),
        (b"\x1b[1~\x1b[2~\x1b[3~\x1b[4~", "home | insert | delete | end"),
        (b"\x1b[5~\x1b[6~\x1b[7~\x1b[8~", "pageup | pagedown | home | end"),
        (b"\x1b[11~\x1b[15~\x1b[17~\x1b[21~\x1b[23~", "f1 | f5 | f6 | f10 | f11"),
        (b"\x1b[26~\x1b[28~\x1b[29~\x1b[31~\x1b[34~", "f14 | f13 | f14 | f14 | f17"),
        (
            b"\x1b[1;2A\x1b[1;3B\x1b[1;5C\x1b[1;6D",
            "shift-up | alt-down | ctrl-right | ctrl-shift-left",
        ),
        (b"\x1b[5C\x1bO2A\x1b[;5H", "ctrl-right | shift-up | ctrl-home"),
        (b"\x1b[3;5~\x1b[15;2~\x1b[1;5R", "ctrl-delete | shift-f5 | ctrl-f3"),
        (b"\x1b\x1b[A", "esc | up"),
        // Super and what is above it do not count, nor what is no such number.
        (b"\x1b[1;9A\x1b[300;300H", "up | home"),
    ]);
}

#[test]
fn the_kitty_protocol_is_understood() {
    check(&[
        (b"\x1b[97u\x1b[97;5u\x1b[97;2u", "a | ctrl-a | A"),
        (b"\x1b[49:33;2u\x1b[97;5:2u", "! | ctrl-a"),
        (b"\x1b[97;1:3u\x1b[1;1:3A\x1b[3;1:3~", ""),
        (
            b"\x1b[27u\x1b[13;2u\x1b[9;2u\x1b[127;3u",
            "esc | shift-enter | shift-tab | alt-backspace",
        ),
        (b"\x1b[57399u\x1b[57408u\x1b[57414u\x1b[57426u", "0 | 9 | enter | delete"),
        (b"\x1b[57376u\x1b[57398u", "f13 | f35"),
        (b"\x1b[57358u\x1b[57441u\x1b[57428u\x1b[57427u", ""),
        (b"\x1b[1114112u\x1b[55296u\x1b[8u\x1b[u", ""),
    ]);
}

#[test]
fn the_mouse_reports_in_three_forms() {
    check(&[
        (b"\x1b[<0;3;2M\x1b[<0;3;2m\x1b[<32;4;5M", "Press 2,1 | Release 2,1 | Drag 3,4"),
        (b"\x1b[<64;1;1M\x1b[<65;1;1M", "ScrollUp 0,0 | ScrollDown 0,0"),
        (b"\x1b[<2;3;2M\x1b[<35;3;2M\x1b[<66;1;1M\x1b[<200;1;1M", ""),
        (b"\x1b[<3;3;2M\x1b[<4;3;2M", "Release 2,1 | Press 2,1"),
        (b"\x1b[M !\"\x1b[M\xff\xff\xff", "Press 0,1"),
        (b"\x1b[32;3;2M\x1b[96;3;2M", "Press 2,1 | ScrollUp 2,1"),
        (b"\x1b[<0;65535;65535M", "Press 65534,65534"),
    ]);
}

#[test]
fn what_means_nothing_is_skipped_whole() {
    check(&[
        (b"\x1b[<0;65536;1M\x1b[<0;0;1M\x1b[<0;1Mq", "q"),
        (b"\x1b[<256;1;1M\x1b[<;;M\x1b[<0;1;1Aq", "q"),
        (b"\x1b[0;3;2M\x1b[M\x20\x20\x20q", "q"),
        (b"\x1b[I\x1b[O\x1b[?1u\x1b[>0;276;0c\x1b[?2026;2$y\x1b[?1Aq", "q"),
        (b"\x1b]10;rgb:0000/0000/0000\x07q", "q"),
        (
            b"\x1b]4;1;rgb:0000/0000/0000\x1b\\q\x1bP1+r544e=78\x1b\\q\x1b_Gi=31;OK\x1b\\q",
            "q | q | q",
        ),
        (b"\x1b[999999999999999999999~\x1b[99;99z\x1b[300;300yq", "q"),
        (b"\x1b[201~q", "q"),
        (b"\x80\xbf\xff\xfe\xc0\xafq", "q"),
        (b"\xc3q\xe2\x82q\xf0\x9f\x8dq\xed\xa0\x80q", "q | q | q | q"),
        (b"\xe2\x82\xc3\xa4", "ä"),
        ("\u{85}\u{9b}q".as_bytes(), "q"),
    ]);
}

#[test]
fn the_terminal_says_its_background_and_what_it_is() {
    check(&[
        (b"\x1b]11;rgb:ffff/8080/0000\x07q", "background [ff, 80, 00] | q"),
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\q", "background [ff, ff, ff] | q"),
        (b"\x1b]11;rgb:fF/80/1\x07", "background [ff, 80, 11]"),
        (b"\x1b]11;rgb:fff/7ff/000\x07", "background [ff, 7f, 00]"),
        (b"\x1b]11;rgba:ffff/ffff/ffff/8000\x07", "background [ff, ff, ff]"),
        (b"\x1b[?62;4c\x1b[?6c\x1b[?1;2cq", "attributes | attributes | attributes | q"),
        // The last byte does not come, or another sequence comes instead.
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b", "background [ff, ff, ff]"),
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b[A", "up"),
    ]);
}

#[test]
fn what_is_no_colour_says_no_background() {
    for answer in [
        "",
        "11",
        "11;",
        "11;?",
        "11;white",
        "11;#ffffff",
        "11;rgb:",
        "11;rgb:ff",
        "11;rgb:ff/ff",
        "11;rgb:ff/ff/",
        "11;rgb:ff/ff/gg",
        "11;rgb:ff/ff/+f",
        "11;rgb:ff/ff/ff/ff",
        "11;rgb:fffff/ff/ff",
        "11;rgba:ff/ff/ff",
        "11;rgba:ff/ff/ff/ff/ff",
        "11;cmyk:ff/ff/ff",
        "111;rgb:ff/ff/ff",
        "12;rgb:ff/ff/ff",
        "11;rgb:0000000000000000000000000000000000000000000000000/0/0",
    ] {
        assert_eq!(parsed(format!("\x1b]{answer}\x07q").as_bytes()), "q", "{answer}");
        let ended = if answer.is_empty() { "alt-] | alt-\\ | q" } else { "q" };
        assert_eq!(parsed(format!("\x1b]{answer}\x1b\\q").as_bytes()), ended, "{answer}");
    }
    assert_eq!(parsed(b"\x1bP11;rgb:ff/ff/ff\x07q"), "q", "another kind of response");
}

#[test]
fn half_an_answer_is_skipped_and_the_next_key_is_one() {
    let whole = b"\x1b]11;rgb:ffff/ffff/ffff";
    for length in 3..=whole.len() {
        let mut parser = InputParser::default();
        let half = &whole[..length];
        assert_eq!(list(&parser.feed(half)), "", "{}", half.escape_ascii());
        assert!(parser.patience().is_some());
        assert_eq!(parser.flush(), None, "{}", half.escape_ascii());
        assert_eq!(list(&parser.feed(b"q")), "q");
        assert_eq!(parsed(&[half, b"\x1b[Aq"].concat()), "up | q", "a key with a sequence ends it");
    }
    assert_eq!(parsed(b"\x1b]11;rgb:ff\x1b"), "esc", "nor is Esc lost");
}

#[test]
fn a_sequence_that_is_broken_off_gives_the_next_its_first_byte() {
    check(&[
        (b"\x1b[1;\x1b[A", "up"),
        (b"\x1b[<0;5\x03", "ctrl-c"),
        (b"\x1bO\x1b[B", "alt-O | down"),
        (b"\x1b[\r", "alt-[ | enter"),
        (b"\x1b]0;title\x03", "ctrl-c"),
        (b"\x1b]\x1b[A", "alt-] | up"),
        (b"\x1b[[\x03", "ctrl-c"),
        (b"\x1b[M  \x03", "ctrl-c"),
        (b"\x1b[1\xc3\xa4", "ä"),
    ]);
    let mut long = b"\x1b[".to_vec();
    long.extend([b'1'; 1000]);
    long.extend(b"Aq");
    assert_eq!(parsed(&long), "q");
    let mut response = b"\x1b]".to_vec();
    response.extend([b'j'; 100_000]);
    assert!(parsed(&response).ends_with("j | j"), "a key that is held down is heard again");
}

#[test]
fn a_paste_is_one_event() {
    check(&[
        (b"\x1b[200~put 700 7\r\x1b[201~q", "paste \"put 700 7\\r\" | q"),
        (
            b"\x1b[200~\x1b[A\x1b[20\x1b[2\x1b\x1b[201~q",
            "paste \"\\u{1b}[A\\u{1b}[20\\u{1b}[2\\u{1b}\" | q",
        ),
        (b"\x1b[200~\x1b[201~q", "q"),
        (b"\x1b[200~abc", "paste \"abc\""),
        (b"\x1b[200~abc\x1b[201", "paste \"abc\\u{1b}[201\""),
        (b"\x1b[200~a\xffb\x1b[201~", "paste \"a\u{fffd}b\""),
    ]);
}

#[test]
fn a_paste_has_a_most() {
    let mut bytes = b"\x1b[200~".to_vec();
    bytes.extend(vec![b'x'; 3 * MOST_PASTED]);
    bytes.extend(b"\x1b[201~q");
    let events = InputParser::default().feed(&bytes);
    let [InputEvent::Paste(text), key] = &*events else { panic!("{} events", events.len()) };
    assert_eq!((text.len(), written(key)), (MOST_PASTED, "q".to_owned()));
}

/// Any bytes, most of them such as sequences are made of.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => prop::sample::select(vec![
            &b"\x1b"[..], b"\x1b[", b"\x1bO", b"\x1b[<", b"\x1b[M", b"\x1b[[", b"\x1b]", b"\x1bP", b"\x1b_",
            b"\x1b\\", b"\x07", b"\x1b[200~", b"\x1b[201~", b"0", b"1", b"5", b"32", b"99999", b";", b":", b"~",
            b"M", b"m", b"u", b"A", b"R", b"?", b"c", b"11;rgb:", b"ff/ff/ff", b"\xc3", b"\xa4", b"\xe2\x82", b"\xf0\x9f", b"\xff", b"\x03",
        ]).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

/// More than any state holds, but a paste.
const MOST_HELD: usize = 64;

proptest! {
    /// However the bytes come, the events are the same.
    #[test]
    fn how_bytes_are_divided_does_not_matter(bytes in bytes(), sizes in prop::collection::vec(1..9_usize, 1..9)) {
        let (mut whole, mut divided) = (InputParser::default(), InputParser::default());
        let expected = whole.feed(&bytes);
        let (mut events, mut rest) = (Vec::new(), &*bytes);
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, then) = rest.split_at((*size).min(rest.len()));
            events.extend(divided.feed(now));
            rest = then;
        }
        prop_assert_eq!(list(&events), list(&expected));
        prop_assert_eq!(divided.patience(), whole.patience());
        prop_assert_eq!(divided.flush(), whole.flush());
    }

    /// Whatever was sent before, a key is a key when what came before it is over.
    #[test]
    fn after_a_flush_a_key_is_a_key(bytes in bytes()) {
        let mut parser = InputParser::default();
        parser.feed(&bytes);
        parser.flush();
        prop_assert_eq!((parser.patience(), parser.held()), (None, 0));
        prop_assert_eq!(list(&parser.feed(b"q")), "q");
    }

    /// No more is held than is said, and whoever waits for a rest waits no longer than so long.
    #[test]
    fn little_is_held_and_not_for_long(bytes in bytes()) {
        let mut parser = InputParser::default();
        for byte in bytes {
            parser.feed(&[byte]);
            prop_assert!(parser.held() <= MOST_HELD + MOST_PASTED);
            prop_assert!(parser.held() == 0 || parser.patience().is_some());
        }
    }

    /// There is at most one event a byte, and one for what was open.
    #[test]
    fn there_are_no_more_events_than_bytes(bytes in bytes()) {
        let mut parser = InputParser::default();
        let events = parser.feed(&bytes);
        prop_assert!(events.len() <= bytes.len());
    }
}

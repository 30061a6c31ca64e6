//! What is said about files that are no good.

use std::io::{self, BufRead, BufReader, Read};

use proptest::prelude::*;
use ringscope_traces::jsonl::LIMIT_LINE_BYTES;
use ringscope_traces::{Completeness, ReadError, read_trace};

const HEADER: &str =
    r#"{"trace":1,"source":"sim","protocol":"classic","ranks":8,"seed":42,"time":"virtual"}"#;
const EVENT: &str =
    r#"{"rank":7,"n":0,"op":"send","peer":0,"tag":0,"data":[9,100],"t":0,"clock":1}"#;
const FOOTER: &str = r#"{"end":"completed","events":1}"#;

fn error(read: impl BufRead, name: &str) -> ReadError {
    read_trace(read, name).expect_err("the file is bad")
}

/// The message about a file's content, and its hint below.
fn error_text(content: impl AsRef<[u8]>) -> String {
    let error = error(content.as_ref(), "bad.jsonl");
    match error.hint() {
        Some(hint) => format!("{error}\n  hint: {hint}"),
        None => error.to_string(),
    }
}

/// The message about an event line in which one piece was replaced.
fn error_in_event(piece: &str, by: &str) -> String {
    assert!(EVENT.contains(piece), "there is no {piece}");
    error_text(format!("{HEADER}\n{}\n{FOOTER}\n", EVENT.replace(piece, by)))
}

fn error_in_header(piece: &str, by: &str) -> String {
    assert!(HEADER.contains(piece), "there is no {piece}");
    error_text(format!("{}\n{EVENT}\n", HEADER.replace(piece, by)))
}

macro_rules! sample {
    ($name:literal) => {
        error(&include_bytes!(concat!("data/", $name))[..], $name)
    };
}

#[test]
fn each_bad_sample_gets_its_line_its_column_and_a_hint() {
    let error_text =
        |error: ReadError| format!("{error}\n  hint: {}", error.hint().unwrap_or("none"));
    let all = [
        error_text(sample!("peer-out-of-range.jsonl")),
        error_text(sample!("unknown-op.jsonl")),
        error_text(sample!("version-3.jsonl")),
        error_text(sample!("two-in-one.jsonl")),
        error_text(sample!("scenario.dht")),
    ];
    assert_eq!(
        all.join("\n"),
        "\
peer-out-of-range.jsonl:3:36: the field `peer` is 8, expected a rank from 0 to 7
  hint: none
unknown-op.jsonl:3:22: the field `op` is \"\\u001b[2Jreceive\", expected \"send\" or \"recv\"
  hint: none
version-3.jsonl:1: trace format version 3, expected version 1 or 2
  hint: a program of another version wrote it
two-in-one.jsonl:5: a line after the footer, which is the last
  hint: are these two traces in one file?
scenario.dht:1: not a trace: it reads like a scenario
  hint: run it with `-o` to get its trace"
    );
}

#[test]
fn the_good_sample_is_whole_and_the_cut_one_says_where() {
    let good = &include_bytes!("data/good.jsonl")[..];
    let cut = &include_bytes!("data/cut-off.jsonl")[..];
    let completeness = |file| read_trace(file, "sample").map(|(_, completeness)| completeness);
    assert!(matches!(completeness(good), Ok(Completeness::Whole)));
    assert!(matches!(completeness(cut), Ok(Completeness::CutOffInLine { line: 3 })));
}

#[test]
fn files_of_other_kinds_are_known_by_how_they_begin() {
    assert_eq!(
        error_text(""),
        "bad.jsonl:1: the file is empty\n  hint: was the run that should have written it stopped?"
    );
    assert_eq!(
        error_text(b"\x1f\x8b\x08\x00"),
        "bad.jsonl:1: not a trace: it is compressed with gzip\n  hint: unpack it first, such as with gunzip"
    );
    assert_eq!(
        error_text(b"\xff\xfe{\0"),
        "bad.jsonl:1: not a trace: it is UTF-16 text\n  hint: save it as UTF-8"
    );
    assert_eq!(
        error_text(format!("\u{feff}{HEADER}\n")),
        "bad.jsonl:1: not a trace: it opens with a byte order mark\n  hint: save it as UTF-8 without a byte order mark"
    );
    assert_eq!(
        error_text("{\"a\":1}\n"),
        "bad.jsonl:1: not a trace: its first line has no field `trace`\n  hint: a trace begins with {\"trace\":1,...}"
    );
    assert_eq!(
        error_text("hello\n"),
        "bad.jsonl:1: not a trace: its first line is not a JSON object\n  hint: a trace begins with {\"trace\":1,...}"
    );
}

#[test]
fn a_header_is_held_to_its_words_and_numbers() {
    let ranks = "expected a number of processes from 1 to 1048576";
    assert_eq!(
        error_in_header(":8", ":1000000000"),
        format!("bad.jsonl:1:56: the field `ranks` is 1000000000, {ranks}")
    );
    assert_eq!(
        error_in_header(":8", ":0"),
        format!("bad.jsonl:1:56: the field `ranks` is 0, {ranks}")
    );
    assert_eq!(
        error_in_header("\"ranks\"", "\"rank\""),
        format!("bad.jsonl:1: the field `ranks` is missing: {ranks}")
    );
    assert_eq!(
        error_in_header("virtual", "real"),
        "bad.jsonl:1:75: the field `time` is \"real\", expected \"virtual\" or \"wall\""
    );
    assert_eq!(
        error_in_header("42", "-1"),
        "bad.jsonl:1:65: the field `seed` is -1, expected a whole number, 0 or more"
    );
    assert_eq!(
        error_in_header("\"time\"", "\"a\":1,\"a\":2,\"time\""),
        "bad.jsonl:1:78: the field `a` appears twice"
    );
}

#[test]
fn an_event_is_held_to_its_fields() {
    assert_eq!(
        error_in_event(",\"data\":[9,100]", ""),
        "bad.jsonl:2: the field `data` is missing: expected the message's payload\n  hint: the payload of an empty message is null"
    );
    assert_eq!(
        error_in_event("\"n\":0", "\"n\":-1"),
        "bad.jsonl:2:15: the field `n` is -1, expected a whole number, 0 or more"
    );
    assert_eq!(
        error_in_event("\"rank\":7", "\"rank\":\"7\""),
        "bad.jsonl:2:9: the field `rank` is \"7\", expected a rank from 0 to 7"
    );
    assert_eq!(
        error_in_event("\"tag\":0", "\"tag\":3000000000"),
        "bad.jsonl:2:44: the field `tag` is 3000000000, expected an MPI tag, a whole number of 32 bits"
    );
    assert_eq!(
        error_in_event("\"t\":0", "\"t\":0,\"t\":1"),
        "bad.jsonl:2:71: the field `t` appears twice"
    );
    assert_eq!(
        error_in_event("[9,100]", "{\"1\":1,\"1\":2}"),
        "bad.jsonl:2:53: not JSON: a key appears twice in a map"
    );
    assert_eq!(
        error_in_event("[9,100]", "[9 100]"),
        "bad.jsonl:2:56: not JSON: expected `,` or `]`"
    );
}

#[test]
fn a_line_that_is_no_object_is_quoted_in_part_and_without_its_escapes() {
    let line = format!("\"\u{1b}[2J{}", "x".repeat(1000));
    assert_eq!(
        error_text(format!("{HEADER}\n{line}\n{EVENT}\n")),
        "bad.jsonl:2:1: found \"\\u{1b}[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..., expected a JSON object"
    );
    assert_eq!(
        error_text(format!("{HEADER}\n\n{EVENT}\n")),
        "bad.jsonl:2: an empty line in the middle of the trace\n  hint: each line is a JSON object"
    );
}

#[test]
fn a_footer_is_held_to_its_words() {
    let footer = |line: &str| error_text(format!("{HEADER}\n{EVENT}\n{line}\n"));
    assert_eq!(
        footer(r#"{"end":"done","events":1}"#),
        "bad.jsonl:3:8: the field `end` is \"done\", expected \"completed\", \"deadlock\", \"livelock\", \"crashed\" or \"stopped\""
    );
    assert_eq!(
        footer(r#"{"end":"completed"}"#),
        "bad.jsonl:3: the field `events` is missing: expected the number of events"
    );
}

#[test]
fn a_line_that_ends_early_is_bad_unless_it_is_the_last_and_has_no_line_end() {
    assert_eq!(
        error_text(format!("{HEADER}\n{}\n{EVENT}", &EVENT[..20])),
        "bad.jsonl:2:21: the line ends in the middle of its JSON\n  hint: each line is a whole JSON object"
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_found_in_their_column() {
    let mut file = format!("{HEADER}\n").into_bytes();
    file.extend_from_slice("{\"rank\":\"ü".as_bytes());
    file.extend_from_slice(b"\xff\"}\n");
    assert_eq!(
        error_text(file),
        "bad.jsonl:2:11: not UTF-8 text\n  hint: traces are UTF-8 text, one JSON object per line"
    );
}

#[test]
fn payloads_nested_100_000_deep_are_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let message = error_in_event("[9,100]", &nested);
        assert!(message.ends_with("nested more than 127 deep"), "{message}");
        let header = error_in_header("\"time\"", &format!("\"more\":{nested},\"time\""));
        assert!(header.ends_with("nested more than 127 deep"), "{header}");
    }
}

#[test]
fn a_line_of_a_gigabyte_is_refused_before_it_is_read() {
    let mut gigabyte = io::repeat(b'x').take(1 << 30);
    let header = format!("{HEADER}\n");
    let message = error(BufReader::new(header.as_bytes().chain(&mut gigabyte)), "long.jsonl");
    assert_eq!(message.to_string(), "long.jsonl:2: the line is longer than 64 MiB");
    let read = (1 << 30) - gigabyte.limit();
    assert!(read < 2 * LIMIT_LINE_BYTES, "{read} bytes were read");
}

#[test]
fn a_source_that_fails_is_said_to() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    assert_eq!(
        error(BufReader::new(Broken), "disk.jsonl").to_string(),
        "disk.jsonl:1: cannot be read: the disk is gone"
    );
}

/// What is read writes and reads back the same.
fn is_stable(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Ok((trace, _)) = read_trace(bytes, "any") else { return Ok(()) };
    let written = ringscope_traces::write_trace(Vec::new(), &trace).expect("memory takes it");
    let (again, _) = read_trace(&*written, "written").expect("what is written can be read");
    prop_assert_eq!(&again.events, &trace.events);
    let twice = ringscope_traces::write_trace(Vec::new(), &again).expect("memory takes it");
    prop_assert_eq!(twice, written);
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        is_stable(&bytes)?;
        let below_header = [HEADER.as_bytes(), b"\n", &bytes].concat();
        is_stable(&below_header)?;
    }

    #[test]
    fn a_good_file_with_bytes_changed_is_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = format!("{HEADER}\n{EVENT}\n{FOOTER}\n").into_bytes();
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        is_stable(&file)?;
        is_stable(&file[..cut.index(file.len())])?;
    }
}

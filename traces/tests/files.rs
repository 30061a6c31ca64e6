//! Traces as files: what is written is read, and what is read is written the same.

mod support;

use std::fs;
use std::io::{self, BufReader};

use proptest::prelude::*;
use ringscope_traces::merge::{merge, split};
use ringscope_traces::{
    ByRank, Completeness, Ending, EventIndex, Matching, Op, Payload, Reader, Writer, read_trace,
    wellformed,
};
use support::reference::reference_runs;
use support::{bytes, read, run};

const HEADER: &str =
    r#"{"trace":1,"source":"sim","protocol":"classic","ranks":8,"seed":42,"time":"virtual"}"#;
const SEND: &str =
    r#"{"rank":7,"n":0,"op":"send","peer":0,"tag":0,"data":[9,100],"t":0,"clock":1}"#;
const RECV: &str =
    r#"{"rank":0,"n":0,"op":"recv","peer":7,"tag":0,"data":[9,100],"t":81250,"clock":2}"#;
const FOOTER: &str = r#"{"end":"completed","events":2}"#;

fn sample() -> String {
    format!("{HEADER}\n{SEND}\n{RECV}\n{FOOTER}\n")
}

#[test]
fn the_example_of_the_format_is_written_as_it_was_read() {
    let trace = read(sample().as_bytes());
    assert_eq!(trace.header.seed, Some(42));
    assert_eq!(trace.events[1].op, Op::Recv);
    assert_eq!(trace.events[1].data, Payload::list([9, 100].map(Payload::Int)));
    assert_eq!(String::from_utf8(bytes(&trace)), Ok(sample()));
}

#[test]
fn every_recorded_run_is_written_as_it_was_read_and_holds_together() {
    for run in reference_runs() {
        let path = run.with_extension("jsonl");
        let file = fs::read(&path).expect("the file is there");
        let trace = read(&file);
        assert!(bytes(&trace) == file, "{} is written otherwise", path.display());
        assert_eq!(wellformed::check(&trace), [], "{}", path.display());
        let merged = merge(split(&trace)).expect("the parts are of one run");
        assert_eq!(merged.orphans, [], "{}", path.display());
    }
}

#[test]
fn the_digest_is_that_of_the_bytes() {
    use sha2::Digest as _;
    let trace = read(sample().as_bytes());
    let mut writer = Writer::new(io::sink(), &trace.header).expect("a sink takes everything");
    trace.events.iter().try_for_each(|event| writer.event(event)).expect("so it does");
    let (_, digest) = writer.finish(&Ending::Completed).expect("so it does");
    assert_eq!(digest.0, <[u8; 32]>::from(sha2::Sha256::digest(sample())));
    assert_eq!(digest.to_string().len(), 64);
}

#[test]
fn windows_line_ends_unknown_fields_and_blank_lines_at_the_end_are_accepted() {
    let events = format!("{SEND}\n{}\n", RECV.replace("\"t\"", "\"more\":[{}],\"t\""));
    let file = format!("{HEADER}\n{events}{FOOTER}\n\n \n").replace('\n', "\r\n");
    assert_eq!(bytes(&read(file.as_bytes())), sample().as_bytes());
}

#[test]
fn a_trace_without_a_footer_was_cut_off_after_its_last_event() {
    let file = format!("{HEADER}\n{SEND}\n");
    let (trace, completeness) = read_trace(file.as_bytes(), "cut.jsonl").expect("it is used");
    assert_eq!((trace.events.len(), trace.footer), (1, None));
    assert_eq!(completeness, Completeness::CutOff);
}

#[test]
fn a_file_that_is_cut_off_within_a_number_is_cut_off_in_that_line() {
    for number in ["-", "-1.", "1e", "1E+", "2.5e-"] {
        let file = format!("{HEADER}\n{SEND}\n{}", RECV.split_once("9").expect("a key").0);
        let (trace, completeness) =
            read_trace(format!("{file}{number}").as_bytes(), "cut.jsonl").expect("it is used");
        assert_eq!(trace.events.len(), 1, "{number}");
        assert_eq!(completeness, Completeness::CutOffInLine { line: 3 }, "{number}");
    }
}

#[test]
fn wherever_a_file_is_cut_off_what_was_whole_is_used() {
    let file = sample();
    for end in HEADER.len()..file.len() - 1 {
        let (trace, completeness) =
            read_trace(&file.as_bytes()[..end], "cut.jsonl").expect("it is used");
        let whole_lines = file[..end].lines().filter(|line| line.ends_with('}')).count();
        if completeness == Completeness::Whole {
            assert_eq!(end, file.len() - 1, "only the last line end may be missing");
        } else {
            assert_eq!(trace.events.len(), whole_lines - 1, "cut at byte {end}");
        }
    }
}

#[test]
fn a_file_may_end_in_the_middle_of_a_character() {
    let line = SEND.replace("[9,100]", "\"ü\"");
    let end = line.find('ü').expect("it is there") + 1;
    let mut file = format!("{HEADER}\n{SEND}\n").into_bytes();
    file.extend_from_slice(&line.as_bytes()[..end]);
    let (trace, completeness) = read_trace(&*file, "cut.jsonl").expect("it is used");
    assert_eq!(trace.events.len(), 1);
    assert_eq!(completeness, Completeness::CutOffInLine { line: 3 });
}

#[test]
fn a_reader_gives_nothing_after_an_error() {
    let file = format!("{HEADER}\nnonsense\n{SEND}\n");
    let mut reader = Reader::new(file.as_bytes(), "bad.jsonl").expect("the header is good");
    assert!(reader.next_event().is_err());
    assert_eq!(reader.line(), 2);
    assert!(reader.next().is_none());
}

#[test]
fn numbers_of_many_digits_that_differ_stay_different() {
    let with = |digits: &str| {
        let file =
            format!("{HEADER}\n{}\n", SEND.replace("[9,100]", &format!("[{{\"1\":{digits}}}]")));
        let trace = read(file.as_bytes());
        assert_eq!(bytes(&trace), file.as_bytes());
        trace.events[0].data.clone()
    };
    assert_ne!(with("123456789012345678901"), with("123456789012345678902"));
    assert_ne!(with("18446744073709551615"), with("18446744073709551614"));
    assert_ne!(with("1e+300"), with("1e+299"));
}

#[test]
fn floats_that_mean_the_same_are_the_same() {
    let read_as = |text: &str| {
        let file = format!("{HEADER}\n{}\n", SEND.replace("[9,100]", text));
        read(file.as_bytes()).events[0].data.clone()
    };
    assert_eq!(read_as("0.10"), read_as("1e-1"));
    assert_ne!(read_as("1.0"), read_as("1"));
}

#[test]
fn crashed_ranks_and_their_reasons_are_kept() {
    let footer = r#"{"end":"crashed","events":2,"rank":0,"reason":"no storage \u001b[2J"}"#;
    let file = format!("{HEADER}\n{SEND}\n{RECV}\n{footer}\n");
    assert_eq!(bytes(&read(file.as_bytes())), file.as_bytes());
}

#[test]
fn a_reader_takes_any_buffer() {
    let file = sample();
    let slow = BufReader::with_capacity(1, file.as_bytes());
    assert_eq!(bytes(&read_trace(slow, "slow.jsonl").expect("a trace").0), file.as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_is_written_reads_back_and_writes_the_same_bytes(trace in run()) {
        let file = bytes(&trace);
        let again = read(&file);
        prop_assert_eq!(&again, &trace);
        prop_assert_eq!(bytes(&again), file);
    }

    #[test]
    fn every_run_holds_together(trace in run()) {
        prop_assert_eq!(wellformed::check(&trace), vec![]);
    }

    #[test]
    fn what_was_split_and_merged_has_the_same_ranks_and_a_causal_order(trace in run()) {
        let merged = merge(split(&trace)).expect("the parts are of one run");
        prop_assert_eq!(merged.orphans, vec![]);
        prop_assert_eq!(&merged.trace.footer, &trace.footer);
        let (before, after) = (ByRank::of(&trace), ByRank::of(&merged.trace));
        for rank in before.ranks() {
            let events = |by_rank: &ByRank, trace: &ringscope_traces::Trace| -> Vec<_> {
                by_rank.events(rank).iter().map(|at| trace[*at].clone()).collect()
            };
            prop_assert_eq!(events(&before, &trace), events(&after, &merged.trace));
        }
        let matching = Matching::of(&merged.trace);
        for (i, event) in merged.trace.events.iter().enumerate() {
            if event.op == Op::Recv {
                prop_assert!(matching.partner(EventIndex(i)) < Some(EventIndex(i)));
            }
        }
    }

    #[test]
    fn what_a_crash_left_of_the_parts_is_merged_and_its_orphans_named(
        trace in run(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 6),
    ) {
        let mut parts = split(&trace);
        for (part, cut) in parts.iter_mut().zip(cuts) {
            part.events.truncate(cut.index(part.events.len() + 1));
            part.footer = None;
        }
        let kept: usize = parts.iter().map(|part| part.events.len()).sum();
        let merged = merge(parts).expect("the parts are of one run");
        prop_assert_eq!(merged.trace.events.len(), kept);
        let findings = wellformed::check(&merged.trace);
        let flawed: Vec<_> = findings.iter().filter_map(|found| found.spot).collect();
        let indices: Vec<_> = flawed.iter().map(|spot| spot.at).collect();
        prop_assert_eq!(indices, merged.orphans);
    }
}

//! `ringscope merge`.

mod support;

use std::fs;

use insta::assert_snapshot;
use ringscope_traces::merge::split;
use ringscope_traces::parts::{file_name, rank_of};
use ringscope_traces::{Trace, read_trace, write_trace};
use support::{CallResult, Folder};

/// A folder with the parts that a run of a scenario leaves when every rank is killed at its end, and
/// with the trace itself as `whole.jsonl`.
fn parts_of(scenario: &str) -> Folder {
    let folder = Folder::new();
    folder.record(scenario, "whole.jsonl");
    let bytes = folder.read("whole.jsonl");
    let (trace, _) = read_trace(bytes.as_bytes(), "whole.jsonl").expect("it is a trace");
    let trace = Trace { footer: None, ..trace };
    fs::create_dir(folder.path("run.jsonl.parts")).expect("it can be made");
    for rank in (0..trace.header.ranks).map(ringscope_traces::Rank) {
        let empty = Trace { events: Vec::new(), ..trace.clone() };
        let mut parts = split(&trace).into_iter();
        let part = parts.find(|part| part.events.first().is_some_and(|event| event.rank == rank));
        let bytes = write_trace(Vec::new(), &part.unwrap_or(empty)).expect("memory takes it");
        folder.write(&part_name(rank.0), bytes);
    }
    folder
}

fn part_name(rank: u32) -> String {
    format!("run.jsonl.parts/{}", file_name(ringscope_traces::Rank(rank)))
}

fn merged(folder: &Folder, words: &str) -> CallResult {
    folder.call(&format!("merge {words}"))
}

#[test]
fn what_a_dead_run_left_is_merged_and_explained_in_the_simulators_words() {
    let folder = parts_of("get-missing");
    let result = merged(&folder, "run.jsonl.parts -o run.jsonl");
    assert_eq!(result.code, Some(0), "{}", result.err);
    assert_snapshot!("deadlock", result.golden());
    assert_eq!(folder.call("diff whole.jsonl run.jsonl").code, Some(0));
    assert_eq!(folder.call("check run.jsonl").code, Some(0));
    let own = folder.call("run get-missing").err;
    let (_, explained) = result.err.split_once("deadlock\n").expect("it says how it stood");
    let (explained, _) = explained.split_once("  trace ").expect("it says where the trace is");
    assert!(own.contains(explained), "{own}");
}

#[test]
fn the_parts_are_found_by_the_folder_the_folder_around_it_and_the_traces_name() {
    let folder = parts_of("join");
    let by_folder = merged(&folder, "run.jsonl.parts --quiet");
    assert_eq!((by_folder.code, by_folder.err.as_str()), (Some(0), ""));
    for word in [".", "run.jsonl", "run.jsonl.parts/", "./run.jsonl"] {
        let result = merged(&folder, &format!("{word} --quiet"));
        assert_eq!((result.code, &result.out), (Some(0), &by_folder.out), "{word}: {}", result.err);
    }
    let names: Vec<_> = fs::read_dir(folder.path("run.jsonl.parts"))
        .expect("it is there")
        .filter_map(|entry| rank_of(entry.expect("an entry").file_name().to_str()?))
        .collect();
    assert_eq!(names.len(), 8, "the parts are left as they are");
    assert_eq!(folder.names(), ["run.jsonl.parts", "whole.jsonl"]);
}

#[test]
fn a_torn_part_and_a_lost_one_are_named_and_the_trace_holds_together() {
    let folder = parts_of("join");
    fs::remove_file(folder.path(&part_name(6))).expect("it is there");
    let part = folder.read(&part_name(0));
    folder.write(&part_name(0), &part[..part.len() - 30]);
    let result = merged(&folder, "run.jsonl -o run.jsonl");
    assert_eq!(result.code, Some(1));
    assert_snapshot!("lost", result.golden());
    let checked = folder.call("check run.jsonl");
    assert!(checked.out.contains("well-formed  yes"), "{}", checked.out);
    let all = merged(&folder, "run.jsonl -o all.jsonl --all --quiet");
    assert_eq!((all.code, all.err.as_str()), (Some(1), ""));
    let checked = folder.call("check all.jsonl");
    assert!(checked.out.contains("well-formed  no"), "{}", checked.out);
}

#[test]
fn a_run_that_was_killed_on_its_way_could_have_gone_on() {
    let folder = parts_of("join");
    for rank in 0..8 {
        let part = folder.read(&part_name(rank));
        let lines: Vec<_> = part.split_inclusive('\n').collect();
        folder.write(&part_name(rank), lines[..lines.len().min(2)].concat());
    }
    let result = merged(&folder, "run.jsonl -o run.jsonl");
    assert_eq!(result.code, Some(1), "receives are left whose sends are not");
    assert!(
        result.err.contains("it could have gone on: rank 7 waits for ACK from 0"),
        "{}",
        result.err
    );
}

#[test]
fn a_run_of_another_protocol_is_merged_and_how_it_stood_is_not_known() {
    let folder = parts_of("join");
    for rank in 0..8 {
        let part = folder.read(&part_name(rank));
        folder.write(&part_name(rank), part.replace("\"classic\"", "\"cho\\u001brd\""));
    }
    let result = merged(&folder, "run.jsonl -o run.jsonl");
    assert_eq!(result.code, Some(0));
    assert!(
        result.err.contains("not known: the trace's protocol is cho\\u{1b}rd"),
        "{}",
        result.err
    );
}

#[test]
fn where_there_is_nothing_to_merge_it_is_said_what_to_name() {
    let folder = parts_of("join");
    fs::create_dir(folder.path("empty")).expect("it can be made");
    fs::create_dir(folder.path("other.jsonl.parts")).expect("it can be made");
    folder.write("other.jsonl.parts/rank-0000.jsonl", folder.read(&part_name(0)));
    folder.write("bad.jsonl.parts", "");
    let refused = |words: &str| {
        let result = merged(&folder, words);
        assert_eq!((result.code, result.out.as_str()), (Some(2), ""), "{words}");
        result.err
    };
    let words = [
        "nowhere",
        "whole.jsonl",
        "empty",
        ".",
        "bad.jsonl",
        "run.jsonl -o run.jsonl.parts/all.jsonl",
        "run.jsonl -o nowhere/run.jsonl",
    ];
    let result: Vec<_> =
        words.iter().map(|words| format!("merge {words}\n{}", refused(words))).collect();
    assert_snapshot!("refused", result.join("\n"));
}

#[test]
fn parts_of_two_runs_are_refused_and_nothing_is_written() {
    let folder = parts_of("join");
    let part = folder.read(&part_name(2)).replace("\"ranks\":8", "\"ranks\":9");
    folder.write(&part_name(2), part);
    let result = merged(&folder, "run.jsonl -o run.jsonl");
    assert_eq!(result.code, Some(2));
    assert_eq!(
        result.err,
        "ringscope: run.jsonl.parts: rank-0002.jsonl has a different `ranks` in its header than \
         rank-0000.jsonl\n  hint: are these parts of two runs? move those of one of them away\n"
    );
    assert_eq!(folder.names(), ["run.jsonl.parts", "whole.jsonl"]);
}

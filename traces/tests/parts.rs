//! The parts of a run on disk: what dead ranks leave is put together, and what is no part is refused.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;
use ringscope_traces::calls::{Call, CommId, Communicator, MPI_INIT};
use ringscope_traces::merge::split;
use ringscope_traces::parts::{Closed, Gathered, RESERVED, file_name, gather, rank_of};
use ringscope_traces::wellformed::{self, Flaw};
use ringscope_traces::{Ending, Event, Footer, Payload, Rank, Source, Trace};
use support::{bytes, lines, run};
use tempfile::TempDir;

/// Three ranks: 0 asks 1, which asks 2 and answers.
fn relay() -> Trace {
    let mut trace = lines(
        3,
        &[
            (0, "send", 1, 5, 10),
            (1, "recv", 0, 5, 10),
            (1, "send", 2, 6, 20),
            (2, "recv", 1, 6, 20),
            (2, "send", 1, 7, 30),
            (1, "recv", 2, 7, 30),
            (1, "send", 0, 8, 40),
            (0, "recv", 1, 8, 40),
        ],
    );
    trace.footer = Some(Footer { ending: Ending::Completed, events: trace.events.len() as u64 });
    trace
}

/// A folder with the part of each rank of a run, and the parts' bytes by rank.
fn folder_of(trace: &Trace) -> (TempDir, Vec<Vec<u8>>) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let split = split(trace);
    let empty = Trace { events: Vec::new(), ..trace.clone() };
    let of_rank = |rank: u32| {
        let part = split.iter().find(|part| part.events.first().is_some_and(|e| e.rank.0 == rank));
        let footer = |events| trace.footer.clone().map(|f| Footer { events, ..f });
        part.cloned().unwrap_or_else(|| Trace { footer: footer(0), ..empty.clone() })
    };
    let parts: Vec<_> = (0..trace.header.ranks).map(|rank| bytes(&of_rank(rank))).collect();
    for (rank, part) in (0..).map(Rank).zip(&parts) {
        fs::write(folder.path().join(file_name(rank)), part).expect("the folder takes files");
    }
    (folder, parts)
}

fn part(folder: &TempDir, rank: u32) -> PathBuf {
    folder.path().join(file_name(Rank(rank)))
}

fn whole(folder: &TempDir) -> Gathered {
    gather(folder.path()).expect("these are the parts of a run")
}

/// Why a folder is refused, with its own path left out.
fn refused(folder: &Path) -> String {
    let error = gather(folder).expect_err("this is no run");
    error.to_string().replace(&folder.display().to_string(), "run.parts")
}

#[test]
fn whole_parts_make_the_trace_again() {
    let (folder, _) = folder_of(&relay());
    let Gathered { merged, cut_off, missing, depending } = whole(&folder);
    assert_eq!(merged.trace, relay());
    assert!(merged.orphans.is_empty() && depending.is_empty());
    assert!(cut_off.is_empty() && missing.is_empty());
}

#[test]
fn a_last_line_that_is_half_written_is_left_out_and_its_part_named() {
    let (folder, parts) = folder_of(&relay());
    let end = parts[0].len() - 40;
    fs::write(part(&folder, 0), &parts[0][..end]).expect("it can be written");
    let gathered = whole(&folder);
    assert_eq!(gathered.cut_off, [part(&folder, 0)]);
    assert_eq!(gathered.merged.trace.events, relay().events[..7]);
    assert_eq!(gathered.merged.trace.footer, None);
}

#[test]
fn zero_bytes_at_the_end_are_what_was_never_written() {
    for zeros in [1, 4096, 1 << 17] {
        let (folder, parts) = folder_of(&relay());
        // The footer is not there yet, and the line before it ends in zeros.
        let footer = parts[2].len() - "{\"end\":\"completed\",\"events\":2}\n".len();
        let torn = [&parts[2][..footer], &vec![0; zeros]].concat();
        fs::write(part(&folder, 2), torn).expect("it can be written");
        let gathered = whole(&folder);
        assert_eq!(gathered.cut_off, [part(&folder, 2)]);
        assert_eq!(gathered.merged.trace.events, relay().events);
        assert_eq!(gathered.merged.trace.footer, None);
    }
}

#[test]
fn a_part_that_ends_before_its_header_does_counts_as_cut_off() {
    let (folder, parts) = folder_of(&relay());
    for nothing in [b"".as_slice(), b"\0\0\0", &parts[2][..20]] {
        fs::write(part(&folder, 2), nothing).expect("it can be written");
        let gathered = whole(&folder);
        assert_eq!(gathered.cut_off, [part(&folder, 2)]);
        assert_eq!(gathered.merged.trace.footer, None, "not every rank is known to have completed");
        assert_eq!(gathered.merged.orphans.len(), 1);
    }
}

#[test]
fn a_missing_rank_is_named_and_what_depends_on_it_can_be_left_out() {
    let (folder, _) = folder_of(&relay());
    fs::remove_file(part(&folder, 2)).expect("it is there");
    let gathered = whole(&folder);
    assert_eq!(gathered.missing, [Rank(2)]);
    assert_eq!(gathered.merged.trace.footer, None);
    assert_eq!(gathered.merged.trace.events.len(), 6, "what is there is kept");
    let Closed { trace, left_out } = gathered.closed();
    assert_eq!(trace.events, relay().events[..3]);
    assert_eq!(left_out.into_iter().collect::<Vec<_>>(), [(Rank(0), 1), (Rank(1), 2)]);
}

#[test]
fn the_parts_of_a_program_without_clocks_get_them() {
    let mut clockless = relay();
    clockless.header.source = Source::Recorded;
    clockless.events.iter_mut().for_each(|event| event.clock = 1);
    let (folder, _) = folder_of(&clockless);
    let trace = whole(&folder).merged.trace;
    assert_eq!(wellformed::check(&trace), []);
}

/// The parts of a recorded program of two ranks that has spawned the third.
fn spawned() -> TempDir {
    let mut trace = relay();
    trace.header.source = Source::Recorded;
    let (folder, _) = folder_of(&trace);
    for rank in [0, 1] {
        let text = fs::read_to_string(part(&folder, rank)).expect("it is there");
        let of_two = text.replacen(r#""ranks":3"#, r#""ranks":2"#, 1);
        fs::write(part(&folder, rank), of_two).expect("the folder takes files");
    }
    folder
}

#[test]
fn the_ranks_of_a_spawned_world_are_counted_behind_the_others() {
    let gathered = whole(&spawned());
    let trace = gathered.merged.trace;
    assert_eq!(trace.header.ranks, 3);
    assert_eq!(wellformed::check(&trace), []);
    assert!(trace.footer.is_some() && gathered.missing.is_empty());
    assert_eq!(trace.calls, [launched(2)]);
}

#[test]
fn a_spawned_world_that_has_left_no_part_takes_nothing_with_it() {
    let folder = spawned();
    fs::remove_file(part(&folder, 2)).expect("it is there");
    fs::write(folder.path().join(RESERVED), "3\n").expect("the folder takes files");
    let gathered = whole(&folder);
    assert_eq!(gathered.missing, [Rank(2)]);
    assert_eq!(gathered.merged.trace.calls, [launched(2)]);
    assert_eq!(
        gathered.merged.trace.events.iter().filter(|event| event.rank == Rank(1)).count(),
        4
    );
}

/// The line that says who is in the world of the launcher.
fn launched(ranks: u32) -> Call {
    Call::Communicator(Communicator {
        rank: None,
        comm: CommId::WORLD,
        members: (0..ranks).map(Rank).collect(),
        by: Some(MPI_INIT.to_owned()),
        of: None,
        number: None,
        at: None,
    })
}

#[test]
fn a_part_of_another_run_is_refused_by_name() {
    let (folder, _) = folder_of(&relay());
    let mut other = relay();
    other.header.more = vec![("mu\u{1b}ch".into(), Payload::Int(1))];
    other.events.retain(|event| event.rank == Rank(1));
    fs::write(part(&folder, 1), bytes(&other)).expect("it can be written");
    assert_eq!(
        refused(folder.path()),
        "run.parts: rank-0001.jsonl has a different `mu\\u{1b}ch` in its header than rank-0000.jsonl"
    );
}

#[test]
fn a_part_with_another_ranks_events_is_refused_with_the_line() {
    let (folder, _) = folder_of(&relay());
    fs::rename(part(&folder, 1), part(&folder, 2)).expect("it is there");
    assert_eq!(
        refused(folder.path()),
        "run.parts/rank-0002.jsonl:2: an event of rank 1, expected one of rank 2"
    );
}

#[test]
fn two_files_of_one_rank_are_refused() {
    let (folder, parts) = folder_of(&relay());
    fs::write(folder.path().join("rank-1.jsonl"), &parts[1]).expect("it can be written");
    assert_eq!(
        refused(folder.path()),
        "run.parts: rank-0001.jsonl and rank-1.jsonl both hold events of rank 1"
    );
}

#[test]
fn what_is_no_part_is_refused_in_a_sentence() {
    let (folder, _) = folder_of(&relay());
    fs::write(part(&folder, 1), b"{\"trace\":1,\xff}\n").expect("it can be written");
    assert_eq!(refused(folder.path()), "run.parts/rank-0001.jsonl:1:12: not UTF-8 text");
    fs::write(part(&folder, 1), b"put 9 100\n").expect("it can be written");
    assert_eq!(
        refused(folder.path()),
        "run.parts/rank-0001.jsonl:1: not a trace: it reads like a scenario"
    );
    fs::remove_file(part(&folder, 1)).expect("it is there");
    fs::create_dir(part(&folder, 1)).expect("it can be made");
    assert_eq!(refused(folder.path()), "run.parts/rank-0001.jsonl: is no file");
}

#[test]
fn a_folder_without_parts_is_refused_and_so_are_parts_without_anything() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("notes.txt"), "hello").expect("it can be written");
    assert_eq!(
        refused(folder.path()),
        "run.parts: holds no parts of a run: neither rank-0000.jsonl nor that of another rank"
    );
    fs::write(part(&folder, 0), "").expect("it can be written");
    assert_eq!(
        refused(folder.path()),
        "run.parts: nothing was recorded: every part ends before its first line does"
    );
    let nowhere = folder.path().join("no\u{1b}where");
    let error = gather(&nowhere).expect_err("it is not there").to_string();
    assert!(error.contains("no\\u{1b}where: cannot be read"), "{error}");
}

#[test]
fn the_name_of_a_part_says_its_rank() {
    assert_eq!(rank_of(&file_name(Rank(3))), Some(Rank(3)));
    assert_eq!(rank_of(&file_name(Rank(123_456))), Some(Rank(123_456)));
    let others = ["rank-.jsonl", "rank-+1.jsonl", "rank-3.json", "rank-99999999999.jsonl", "3"];
    assert_eq!(others.map(rank_of), [None; 5]);
}

/// How many events of a part are whole in that many of its bytes.
fn left_of(part: &[u8], bytes: usize) -> usize {
    let mut end = 0;
    let lines = part.split_inclusive(|byte| *byte == b'\n').map(|line| {
        end += line.len();
        (line, end - 1)
    });
    lines.filter(|(line, end)| line.starts_with(b"{\"rank\"") && *end <= bytes).count()
}

proptest! {
    #[test]
    fn what_is_whole_before_the_cut_is_there(
        trace in run(),
        cuts in vec((0_usize..8, any::<Index>(), option::of(1_usize..9000)), 0..4),
    ) {
        let (folder, parts) = folder_of(&trace);
        let mut left: Vec<usize> = parts.iter().map(Vec::len).collect();
        for (rank, kept, zeros) in cuts {
            let rank = rank % parts.len();
            left[rank] = kept.index(parts[rank].len() + 1);
            let torn = [&parts[rank][..left[rank]], &vec![0; zeros.unwrap_or(0)]].concat();
            let path = part(&folder, u32::try_from(rank).expect("a few"));
            fs::write(path, torn).expect("it can be written");
        }
        let has_header = |(part, left): (&Vec<u8>, &usize)| part[..*left].contains(&b'\n');
        let gathered = gather(folder.path());
        if !parts.iter().zip(&left).any(has_header) {
            prop_assert!(gathered.is_err());
            return Ok(());
        }
        let gathered = gathered.expect("these are the parts of a run");
        for (rank, (bytes, left)) in (0..).map(Rank).zip(parts.iter().zip(left)) {
            let of_rank = |events: &[Event]| -> Vec<Event> {
                let of_rank = events.iter().filter(|event| event.rank == rank);
                of_rank.map(|event| Event { n: 0, clock: 0, ..event.clone() }).collect()
            };
            let expected = of_rank(&trace.events);
            let events = of_rank(&gathered.merged.trace.events);
            let count = if bytes[..left].contains(&b'\n') { left_of(bytes, left) } else { 0 };
            prop_assert_eq!(events, &expected[..count]);
        }
        let flaws = wellformed::check(&gathered.merged.trace);
        let is_of_lost_send = |flaw: &Flaw| matches!(flaw, Flaw::NeverSent { .. });
        prop_assert!(flaws.iter().all(|one| is_of_lost_send(&one.flaw)), "{:?}", flaws);
        prop_assert_eq!(flaws.len(), gathered.merged.orphans.len());
        let all = gathered.merged.trace.events.len();
        let Closed { trace, left_out } = gathered.closed();
        prop_assert_eq!(wellformed::check(&trace), []);
        prop_assert_eq!(trace.events.len() + left_out.values().sum::<usize>(), all);
    }
}

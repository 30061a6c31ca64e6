//! Small runs, written by hand, and what is said of them.

use ringscope_traces::diagnosis::{Diagnosis, Kind, diagnose};
use ringscope_traces::{Trace, read_trace};

/// A trace of that many ranks, of these lines without what they all have.
pub(crate) fn trace(ranks: u32, lines: &[&str]) -> Trace {
    let header = format!(
        r#"{{"trace":2,"source":"recorded","protocol":"none","ranks":{ranks},"time":"wall"}}"#
    );
    let (mut text, mut counts) = (header + "\n", vec![0; ranks as usize]);
    for line in lines {
        let line = match line.split_once(' ') {
            Some(("send" | "recv", _)) => event(line, &mut counts),
            _ => (*line).to_owned(),
        };
        text = text + &line + "\n";
    }
    read_trace(text.as_bytes(), "t.jsonl").unwrap_or_else(|error| panic!("{error}\n{text}")).0
}

/// The line of `send 0 1 7 "bytes":4`: rank, peer, tag, and further fields.
fn event(words: &str, counts: &mut [u64]) -> String {
    let fields: Vec<&str> = words.splitn(5, ' ').collect();
    let [op, rank, peer, tag, more @ ..] = fields.as_slice() else { panic!("{words}") };
    let count = &mut counts[rank.parse::<usize>().expect("a rank")];
    let n = *count;
    *count += 1;
    let more = more.first().map(|more| format!(",{more}")).unwrap_or_default();
    format!(
        r#"{{"rank":{rank},"n":{n},"op":"{op}","peer":{peer},"tag":{tag},"data":0,"t":0,"clock":{}{more}}}"#,
        n + 1
    )
}

/// Three lines of a source.
pub(crate) const PLACES: [&str; 3] = [
    r#"{"call":"place","place":0,"file":"/a/x.c","line":10}"#,
    r#"{"call":"place","place":1,"file":"/a/x.c","line":11}"#,
    r#"{"call":"place","place":2,"file":"/a/x.c","line":12}"#,
];

/// Rank `rank` is in a call.
pub(crate) fn inside(rank: u32, after: u64, name: &str, more: &str) -> String {
    format!(
        r#"{{"call":"last","rank":{rank},"after":{after},"name":"{name}","inside":true,"calls":9,{more},"t":0}}"#
    )
}

/// Rank `rank` enters a collective operation.
pub(crate) fn enter(rank: u32, name: &str, number: u64, more: &str) -> String {
    format!(
        r#"{{"call":"enter","rank":{rank},"after":0,"name":"{name}","number":{number},"nth":1{more},"t":0}}"#
    )
}

/// Rank `rank` calls `MPI_Finalize`.
pub(crate) fn finalize(rank: u32) -> String {
    format!(r#"{{"call":"enter","rank":{rank},"after":0,"name":"MPI_Finalize","t":0}}"#)
}

/// What is wrong with a run of these events and calls.
pub(crate) fn of(ranks: u32, events: &[&str], calls: &[String]) -> Diagnosis {
    let all: Vec<&str> =
        events.iter().copied().chain(PLACES).chain(calls.iter().map(String::as_str)).collect();
    diagnose(&trace(ranks, &all))
}

/// All that is said.
pub(crate) fn says(diagnosis: &Diagnosis) -> Vec<&str> {
    diagnosis.verdicts.iter().map(|verdict| verdict.says.as_str()).collect()
}

/// Of which kinds it is.
pub(crate) fn kinds(diagnosis: &Diagnosis) -> Vec<Kind> {
    diagnosis.verdicts.iter().map(|verdict| verdict.kind).collect()
}

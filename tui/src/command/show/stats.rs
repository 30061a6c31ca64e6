//! `ringscope show --stats`: what each rank came to, alone or beside another trace.

use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_screen::numbers::{counted, time};
use ringscope_traces::json::ascii_json;
use ringscope_traces::text::Plain;
use ringscope_traces::usage::{RankUsage, Usage};
use serde::Serialize;

use super::ShowArgs;
use crate::command::Verdict;
use crate::input;
use crate::output::Streams;
use crate::report::stats::table;

/// The most ranks that are listed one by one.
const MOST_RANKS: usize = 64;

/// A run in numbers, and another one beside it.
#[derive(Serialize)]
struct Numbers {
    name: String,
    #[serde(flatten)]
    usage: Usage,
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Box<Numbers>>,
}

/// Counts the trace, and the one beside it.
pub(super) fn execute(args: &ShowArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let counted = |word| -> Result<Numbers, Failure> {
        let (trace, _) = input::trace(word)?;
        let name = input::trace_name(word);
        Ok(Numbers { name, usage: Usage::of(&trace), beside: None })
    };
    let mut numbers = counted(&args.trace)?;
    numbers.beside = args.beside.as_deref().map(counted).transpose()?.map(Box::new);
    let out = &mut streams.out;
    if args.json {
        writeln!(out, "{}", ascii_json(&numbers))?;
        return Ok(Verdict::Good);
    }
    writeln!(out, "{}", rows(&numbers.usage))?;
    for line in totals(&numbers) {
        writeln!(out, "{line}")?;
    }
    Ok(Verdict::Good)
}

fn rows(usage: &Usage) -> String {
    // A trace that was recorded before this was noted knows the time in collective operations alone.
    let is_known = usage.ranks.iter().any(|rank| rank.waited_ns.is_some());
    let last = if is_known { "waiting" } else { "time in them" };
    let header = ["rank", "sent", "bytes", "received", "bytes", "calls", "collectives", last];
    let shown = usage.ranks.iter().take(MOST_RANKS).map(|rank| row(rank, is_known));
    let left_out = usage.ranks.len().saturating_sub(MOST_RANKS);
    let more = (left_out > 0).then(|| vec![format!("and {left_out} more")]);
    table(&header, shown.chain(more))
}

fn row(rank: &RankUsage, is_known: bool) -> Vec<String> {
    let calls = rank.calls.map_or_else(|| "-".to_owned(), |calls| calls.to_string());
    vec![
        rank.rank.to_string(),
        rank.sent.to_string(),
        rank.sent_bytes.to_string(),
        rank.received.to_string(),
        rank.received_bytes.to_string(),
        calls,
        rank.collectives.to_string(),
        if is_known { waiting(rank) } else { time(rank.collectives_ns) },
    ]
}

/// `3.2 ms`; and `3.2 ms and on` of a rank that is in a call when the trace ends.
fn waiting(rank: &RankUsage) -> String {
    let on = if rank.inside { " and on" } else { "" };
    rank.waited_ns.map_or_else(|| "-".to_owned(), |waited| time(waited) + on)
}

/// `539 messages, reference.jsonl 93`.
fn totals(numbers: &Numbers) -> Vec<String> {
    let Numbers { usage, beside, .. } = numbers;
    let of_other = |of: fn(&Usage) -> u64| match beside.as_deref() {
        Some(other) => format!(", {} {}", Plain(&other.name), of(&other.usage)),
        None => String::new(),
    };
    let never = match usage.never_received {
        0 => String::new(),
        some => format!(" ({some} never received)"),
    };
    let line = |what: String, other: String| format!(" {what}{other}");
    let waited = |ns: Option<u64>| ns.map_or_else(|| "-".to_owned(), time);
    let waiting = usage.waited_ns.map(|ns| {
        let other = beside
            .as_deref()
            .map(|other| format!(", {} {}", Plain(&other.name), waited(other.usage.waited_ns)));
        line(format!("{} of waiting", time(ns)), other.unwrap_or_default())
    });
    let messages = format!("{}{never}", counted(usage.messages, "message"));
    let counts = [
        line(messages, of_other(|usage| usage.messages)),
        line(counted(usage.bytes, "byte"), of_other(|usage| usage.bytes)),
        line(
            counted(usage.collectives, "call") + " of collective operations",
            of_other(|usage| usage.collectives),
        ),
    ];
    counts.into_iter().chain(waiting).collect()
}

//! Perfetto's JSON: one track per rank, one slice per event, one flow arrow per message.
//!
//! The Trace Event Format, as Perfetto reads it: times in microseconds with three decimals, flows bound
//! to slices by `bind_id`. Source: <https://perfetto.dev/docs/getting-started/other-formats>.

mod calls;

use std::collections::BTreeMap;
use std::io::Write;

use ringscope_traces::json::{ascii_json, put_ascii_json};
use ringscope_traces::{Op, Rank};
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::ExportError;
use super::feed::{Feed, FeedEvent, op};
use super::names::Names;
use crate::trace_summary::header_summary;

/// All ranks are threads of one process, so that their tracks stand together. (Perfetto takes the
/// number 0 for the system's own.)
const PROCESS: u32 = 1;

/// An event has no length: its slice goes on to the rank's next event, but no further than this, so
/// that it can be seen.
const LONGEST_NS: u64 = 10_000;

/// Where a rank has its next event at the same time, its slice is so long, and the next one begins
/// behind it: slices of no length cannot be told apart.
const SHORTEST_NS: u64 = 100;

/// Writes the file. The last event of each rank is held back until the next one is known.
pub(super) fn write(feed: &mut Feed<'_>, sink: &mut dyn Write) -> Result<(), ExportError> {
    let about = text(&header_summary(feed.header()));
    write!(sink, "{{\"displayTimeUnit\":\"ns\",\"otherData\":{{\"run\":{about}}},")?;
    write!(sink, "\"traceEvents\":[\n{}", named("process_name", None, "ringscope"))?;
    let mut open: BTreeMap<Rank, Slice> = BTreeMap::new();
    // Where the messages under way begin: whatever clocks say, a receive stands behind its send.
    let mut sent: FxHashMap<u64, u64> = FxHashMap::default();
    let (names, mut last_ns) = (feed.names(), 0);
    while let Some(numbered) = feed.next()? {
        let FeedEvent { event: ref next, message, .. } = numbered;
        let behind_ns = sent.remove(&message).map_or(0, |sent_ns| sent_ns + SHORTEST_NS);
        let (rank, t_ns) = (next.rank, next.t.max(behind_ns));
        let start_ns = match open.remove(&rank) {
            None => {
                put_track(sink, rank, &names)?;
                t_ns
            }
            Some(before) => before.put(sink, Some(t_ns))?,
        };
        if next.destination().is_some() {
            sent.insert(message, start_ns);
        }
        last_ns = start_ns.max(last_ns);
        open.insert(rank, Slice { numbered, start_ns, names: names.clone() });
    }
    for slice in open.into_values() {
        slice.put(sink, None)?;
    }
    let last_ns = calls::put(feed, last_ns, sink)?;
    if let Some(ending) = feed.ending() {
        let name = text(&ending);
        write!(sink, ",\n{{\"ph\":\"i\",\"s\":\"g\",\"pid\":{PROCESS},\"tid\":1,")?;
        write!(sink, "\"ts\":{},\"name\":{name}}}", Microseconds(last_ns))?;
    }
    Ok(sink.write_all(b"\n]}\n")?)
}

/// A record that names something.
fn named(what: &str, rank: Option<Rank>, name: &str) -> String {
    let thread = rank.map_or(0, |rank| rank.0 + 1);
    let name = text(name);
    format!(
        "{{\"ph\":\"M\",\"pid\":{PROCESS},\"tid\":{thread},\"name\":\"{what}\",\"args\":{{\"name\":{name}}}}}"
    )
}

/// Tracks stand in the order of the ranks.
fn put_track(sink: &mut dyn Write, rank: Rank, names: &Names) -> Result<(), ExportError> {
    write!(sink, ",\n{}", named("thread_name", Some(rank), &names.rank(rank)))?;
    let thread = rank.0 + 1;
    write!(sink, ",\n{{\"ph\":\"M\",\"pid\":{PROCESS},\"tid\":{thread},")?;
    Ok(write!(sink, "\"name\":\"thread_sort_index\",\"args\":{{\"sort_index\":{rank}}}}}")?)
}

/// An event on its track.
struct Slice {
    numbered: FeedEvent,
    start_ns: u64,
    names: Names,
}

/// What Perfetto shows of a selected slice.
#[derive(Serialize)]
struct SliceEvent<'a> {
    event: usize,
    message: u64,
    peer: Rank,
    tag: i32,
    t_ns: u64,
    clock: u64,
    data: &'a str,
}

impl Slice {
    /// Writes it; says from where on the next one can stand.
    fn put(self, sink: &mut dyn Write, next_ns: Option<u64>) -> Result<u64, ExportError> {
        let Slice { numbered: FeedEvent { at, message, is_from_before, event }, start_ns, names } =
            self;
        let free_ns = next_ns.map_or(LONGEST_NS, |next_ns| next_ns.saturating_sub(start_ns));
        let length_ns = free_ns.clamp(SHORTEST_NS, LONGEST_NS);
        let (name, what, thread) = (names.message(&event), op(event.op), event.rank.0 + 1);
        let (start, length) = (Microseconds(start_ns), Microseconds(length_ns));
        write!(sink, ",\n{{\"ph\":\"X\",\"pid\":{PROCESS},\"tid\":{thread},\"ts\":{start},")?;
        write!(sink, "\"dur\":{length},\"cat\":\"{what}\",\"name\":{},", text(&name))?;
        match event.op {
            Op::Send => write!(sink, "\"bind_id\":\"{message}\",\"flow_out\":true,")?,
            Op::Recv if is_from_before => {}
            Op::Recv => write!(sink, "\"bind_id\":\"{message}\",\"flow_in\":true,")?,
        }
        let slice = SliceEvent {
            event: at.0 + 1,
            message,
            peer: event.peer,
            tag: event.tag.0,
            t_ns: event.t,
            clock: event.clock,
            data: &ascii_json(&event.data),
        };
        sink.write_all(b"\"args\":")?;
        put_ascii_json(&mut *sink, &slice)?;
        sink.write_all(b"}")?;
        let end_ns = start_ns.saturating_add(length_ns);
        Ok(next_ns.map_or(end_ns, |next_ns| next_ns.max(end_ns)))
    }
}

/// Text that is safe to show as a string of JSON. Letters stay what they are: Perfetto knows no pairs
/// of `\u`.
fn text(plain: &str) -> String {
    serde_json::to_string(plain).expect("text has a JSON")
}

/// Nanoseconds as the format has times.
struct Microseconds(u64);

impl std::fmt::Display for Microseconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::Value;

    use super::super::Part;
    use super::super::testing::{HOSTILE, HUNG, exported, exported_from, trace_of};

    fn slices(text: &str) -> Vec<Value> {
        let file: Value = serde_json::from_str(text).expect("it is JSON");
        let events = file["traceEvents"].as_array().expect("a list").clone();
        events.into_iter().filter(|event| event["ph"] == "X").collect()
    }

    #[test]
    fn an_event_is_a_slice_and_a_message_leads_from_one_to_another() {
        assert_snapshot!(exported("perfetto", "get-missing", Part::default()));
    }

    #[test]
    fn a_recorded_program_has_tracks_of_its_calls_and_what_is_wrong_at_their_ends() {
        let text = exported_from("perfetto", HUNG, Part::default()).expect("it can be carried");
        serde_json::from_str::<Value>(&text).expect("it is JSON");
        assert_snapshot!(text);
    }

    #[test]
    fn slices_of_a_rank_do_not_lie_over_each_other() {
        let slices = slices(&exported("perfetto", "join-and-leave", Part::default()));
        let number = |slice: &Value, field: &str| slice[field].as_f64().expect("a number");
        let mut ends = std::collections::BTreeMap::new();
        for slice in &slices {
            let (start, thread) = (number(slice, "ts"), slice["tid"].to_string());
            let before = ends.insert(thread, start + number(slice, "dur"));
            assert!(before.is_none_or(|before| before <= start + 1e-6), "{slice}");
        }
    }

    #[test]
    fn where_nobody_took_the_times_events_stand_in_their_order() {
        let trace = trace_of("join").lines().map(without_time).collect::<Vec<_>>().join("\n");
        let slices =
            slices(&exported_from("perfetto", &trace, Part::default()).expect("it can be"));
        let mut sent = std::collections::BTreeMap::new();
        for slice in by_event(&slices) {
            let (message, start) = (slice["args"]["message"].as_u64(), slice["ts"].as_f64());
            match sent.remove(&message) {
                None => drop(sent.insert(message, start)),
                Some(before) => assert!(before < start, "{slice}"),
            }
        }
    }

    fn without_time(line: &str) -> String {
        let Some((before, rest)) = line.split_once("\"t\":") else { return line.to_owned() };
        let (_, rest) = rest.split_once(',').expect("a clock follows");
        format!("{before}\"t\":0,{rest}")
    }

    fn by_event(slices: &[Value]) -> Vec<&Value> {
        let mut sorted: Vec<_> = slices.iter().collect();
        sorted.sort_by_key(|slice| slice["args"]["event"].as_u64());
        sorted
    }

    #[test]
    fn a_message_that_was_sent_before_the_part_has_no_arrow() {
        let slices = slices(&exported("perfetto", "get-missing", Part { from: 3, to: Some(8) }));
        assert_eq!(slices.len(), 5);
        let first = slices.iter().min_by_key(|slice| slice["args"]["event"].as_u64());
        assert_eq!(first.expect("there are some")["bind_id"], Value::Null);
    }

    #[test]
    fn text_of_a_trace_stays_text() {
        let text = exported_from("perfetto", HOSTILE, Part::default()).expect("it can be carried");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        assert!(!text.contains("\"\\ud83d"), "no half of a letter is a name: {text}");
        assert_snapshot!(text);
    }
}

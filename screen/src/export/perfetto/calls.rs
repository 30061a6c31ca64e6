//! The calls of a recorded program as slices, and what is wrong with it as instants.

use std::io::Write;

use ringscope_traces::Rank;
use ringscope_traces::calls::{Call, LastCall};
use ringscope_traces::text::Plain;
use rustc_hash::FxHashMap;

use super::super::ExportError;
use super::super::feed::Feed;
use super::{Microseconds, PROCESS, named, text};

/// Writes what the ranks called and what is wrong; the last event was at that time. Gives the time of the last of all.
pub(super) fn put(feed: &Feed<'_>, last_ns: u64, sink: &mut dyn Write) -> Result<u64, ExportError> {
    let end_ns = feed.calls().iter().filter_map(time).max().unwrap_or_default().max(last_ns);
    let ranks = feed.ranks();
    let mut open: FxHashMap<Rank, (u64, &str)> = FxHashMap::default();
    let mut tracks = Tracks { ranks, end_ns, begun: Vec::new() };
    for call in feed.calls() {
        match call {
            Call::Enter(enter) => {
                open.insert(enter.rank, (enter.t, &enter.name));
            }
            Call::Leave(leave) => {
                if let Some((start_ns, name)) = open.remove(&leave.rank) {
                    let (rank, end_ns) = (leave.rank, Some(leave.t));
                    tracks.put(sink, &CallSlice { rank, name, start_ns, end_ns })?;
                }
            }
            Call::Last(LastCall { rank, name, inside: true, t, .. }) => {
                let (start_ns, name) = open.remove(rank).unwrap_or((*t, name));
                tracks.put(sink, &CallSlice { rank: *rank, name, start_ns, end_ns: None })?;
            }
            Call::Last(_)
            | Call::Place(_)
            | Call::Address(_)
            | Call::Communicator(_)
            | Call::Post(_)
            | Call::Complete(_)
            | Call::Probe(_)
            | Call::Fail(_)
            | Call::Misuse(_)
            | Call::Exception(_)
            | Call::Exit(_)
            | Call::Died(_) => {}
        }
    }
    put_verdicts(feed, end_ns, sink)?;
    Ok(end_ns)
}

/// When a call began or ended.
fn time(call: &Call) -> Option<u64> {
    match call {
        Call::Enter(enter) => Some(enter.t),
        Call::Leave(leave) => Some(leave.t),
        Call::Last(last) => Some(last.t),
        Call::Probe(probe) => Some(probe.t),
        Call::Place(_)
        | Call::Address(_)
        | Call::Communicator(_)
        | Call::Post(_)
        | Call::Complete(_)
        | Call::Fail(_)
        | Call::Misuse(_)
        | Call::Exception(_)
        | Call::Exit(_)
        | Call::Died(_) => None,
    }
}

/// A call of a rank.
struct CallSlice<'a> {
    rank: Rank,
    name: &'a str,
    start_ns: u64,
    /// `None` when it was never left.
    end_ns: Option<u64>,
}

/// A track for the calls of each rank that has any: slices of messages are as long as can be seen, and would lie over them.
struct Tracks {
    ranks: u32,
    end_ns: u64,
    begun: Vec<Rank>,
}

impl Tracks {
    /// Writes a call.
    fn put(&mut self, sink: &mut dyn Write, slice: &CallSlice<'_>) -> Result<(), ExportError> {
        let CallSlice { rank, name, start_ns, end_ns } = *slice;
        let track = Rank(self.ranks.saturating_add(rank.0));
        if !self.begun.contains(&rank) {
            self.begun.push(rank);
            let title = format!("rank {rank}, calls");
            write!(sink, ",\n{}", named("thread_name", Some(track), &title))?;
            write!(sink, ",\n{{\"ph\":\"M\",\"pid\":{PROCESS},\"tid\":{},", thread(track))?;
            write!(sink, "\"name\":\"thread_sort_index\",\"args\":{{\"sort_index\":{rank}}}}}")?;
        }
        let never_left = if end_ns.is_none() { " (never left)" } else { "" };
        let name = text(&format!("{}{never_left}", Plain(name)));
        let length = end_ns.unwrap_or(self.end_ns).saturating_sub(start_ns);
        let (start, length) = (Microseconds(start_ns), Microseconds(length));
        write!(sink, ",\n{{\"ph\":\"X\",\"pid\":{PROCESS},\"tid\":{},", thread(track))?;
        Ok(write!(sink, "\"ts\":{start},\"dur\":{length},\"cat\":\"call\",\"name\":{name}}}")?)
    }
}

/// What is wrong, at the end of the tracks of the ranks that it is about.
fn put_verdicts(feed: &Feed<'_>, end_ns: u64, sink: &mut dyn Write) -> Result<(), ExportError> {
    let verdicts = feed.diagnosed().into_iter().flat_map(|all| &all.diagnosis.verdicts);
    for verdict in verdicts {
        let (title, says) = (text(verdict.kind.title()), text(&Plain(&verdict.says).to_string()));
        for rank in &verdict.ranks {
            write!(
                sink,
                ",\n{{\"ph\":\"i\",\"s\":\"t\",\"pid\":{PROCESS},\"tid\":{},",
                thread(*rank)
            )?;
            write!(
                sink,
                "\"ts\":{},\"cat\":\"diagnosis\",\"name\":{title},",
                Microseconds(end_ns)
            )?;
            write!(sink, "\"args\":{{\"says\":{says}}}}}")?;
        }
    }
    Ok(())
}

/// The number of a rank's track: Perfetto keeps 0 for the process.
fn thread(rank: Rank) -> u64 {
    u64::from(rank.0) + 1
}

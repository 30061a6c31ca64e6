//! ShiViz's log: two lines an event, the first with its rank and vector clock, the second with its
//! words.
//!
//! The file's first line is the expression that ShiViz parses the events with, its second the one that
//! divides executions, of which there is one. ShiViz wants each host's own clock to count its events
//! from 1: so in a part of a run clocks begin with the part. Source:
//! <https://bitbucket.org/bestchai/shiviz/wiki>.

use std::io::Write;

use ringscope_traces::text::Plain;
use ringscope_traces::{Op, Rank};
use rustc_hash::FxHashMap;

use super::feed::{Feed, FeedEvent};
use super::{ExportError, Part};

/// What ShiViz parses an event with: its own default.
const EXPRESSION: &str = r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)";

/// The most numbers in all vector clocks together: more than a gigabyte of them is no log for a
/// browser.
const MOST_TICKS: usize = 100_000_000;

/// How many events of each rank have happened, as far as somebody knows, in growing order of the ranks.
type Clock = Vec<(Rank, u64)>;

/// Writes the log.
pub(super) fn write(feed: &mut Feed<'_>, sink: &mut dyn Write) -> Result<(), ExportError> {
    writeln!(sink, "{EXPRESSION}\n")?;
    let mut clocks: FxHashMap<Rank, Clock> = FxHashMap::default();
    let mut under_way: FxHashMap<u64, Clock> = FxHashMap::default();
    let mut ticks = 0;
    while let Some(FeedEvent { at, message, event, .. }) = feed.next()? {
        let clock = clocks.entry(event.rank).or_default();
        if event.source().is_some()
            && let Some(sent) = under_way.remove(&message)
        {
            learn(clock, &sent);
        }
        tick(clock, event.rank);
        ticks += clock.len();
        if ticks > MOST_TICKS {
            return Err(too_much(feed, at.0));
        }
        if event.destination().is_some() {
            under_way.insert(message, clock.clone());
        }
        put_clock(sink, event.rank, clock)?;
        let label = feed.names().message(&event);
        match event.op {
            Op::Send => writeln!(sink, "send {label} to rank {}", event.peer)?,
            Op::Recv => writeln!(sink, "receive {label} from rank {}", event.peer)?,
        }
    }
    put_verdicts(feed, clocks, sink)
}

/// What is wrong with a recorded run, as the last event of each rank that it is about.
fn put_verdicts(
    feed: &Feed<'_>,
    mut clocks: FxHashMap<Rank, Clock>,
    sink: &mut dyn Write,
) -> Result<(), ExportError> {
    let verdicts = feed.diagnosed().into_iter().flat_map(|all| &all.diagnosis.verdicts);
    for verdict in verdicts {
        for rank in &verdict.ranks {
            let clock = clocks.entry(*rank).or_default();
            tick(clock, *rank);
            put_clock(sink, *rank, clock)?;
            writeln!(sink, "{}", Plain(&verdict.says))?;
        }
    }
    Ok(())
}

fn put_clock(sink: &mut dyn Write, rank: Rank, clock: &Clock) -> Result<(), ExportError> {
    write!(sink, "rank{rank} {{")?;
    for (place, (rank, ticks)) in clock.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(sink, "{comma}\"rank{rank}\":{ticks}")?;
    }
    Ok(sink.write_all(b"}\n")?)
}

fn tick(clock: &mut Clock, rank: Rank) {
    match clock.binary_search_by_key(&rank, |(rank, _)| *rank) {
        Ok(place) => clock[place].1 += 1,
        Err(place) => clock.insert(place, (rank, 1)),
    }
}

/// Takes over what another clock knows.
fn learn(clock: &mut Clock, other: &Clock) {
    let mut merged = Vec::with_capacity(clock.len().max(other.len()));
    let (mut mine, mut theirs) = (clock.iter().peekable(), other.iter().peekable());
    loop {
        let next = match (mine.peek(), theirs.peek()) {
            (Some(a), Some(b)) if a.0 == b.0 => {
                let both = (a.0, a.1.max(b.1));
                theirs.next();
                mine.next();
                Some(both)
            }
            (Some(a), Some(b)) if a.0 > b.0 => theirs.next().copied(),
            (Some(_), _) => mine.next().copied(),
            (None, _) => theirs.next().copied(),
        };
        match next {
            Some(entry) => merged.push(entry),
            None => break,
        }
    }
    *clock = merged;
}

fn too_much(feed: &Feed<'_>, at: usize) -> ExportError {
    let part = Part { from: feed.from(), to: Some(at) };
    let what = format!(
        "vector clocks of so many ranks are too much for a browser: {} million numbers by event {at}",
        MOST_TICKS / 1_000_000
    );
    ExportError::too_much("shiviz", what, &part)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::Part;
    use super::super::testing::{HOSTILE, HUNG, exported, exported_from};
    use super::*;

    #[test]
    fn a_receive_knows_what_its_sender_knew() {
        assert_snapshot!(exported("shiviz", "get-missing", Part::default()));
    }

    #[test]
    fn what_is_wrong_with_a_recorded_run_is_the_last_that_its_ranks_do() {
        let log = exported_from("shiviz", HUNG, Part::default()).expect("it can be carried");
        assert_snapshot!(log);
    }

    #[test]
    fn in_a_part_of_a_run_every_ranks_clock_begins_with_1() {
        assert_snapshot!(exported("shiviz", "get-missing", Part { from: 3, to: Some(8) }));
    }

    #[test]
    fn an_event_stays_in_its_line_whatever_its_payload_is() {
        let log = exported_from("shiviz", HOSTILE, Part::default()).expect("it can be carried");
        assert_snapshot!(log);
    }

    #[test]
    fn two_clocks_make_one_that_knows_what_either_knew() {
        let mut clock = vec![(Rank(1), 5), (Rank(3), 1)];
        learn(&mut clock, &vec![(Rank(0), 2), (Rank(1), 4), (Rank(3), 2), (Rank(9), 1)]);
        assert_eq!(clock, [(Rank(0), 2), (Rank(1), 5), (Rank(3), 2), (Rank(9), 1)]);
    }
}

//! How much each rank of a run sent, received and called.

use serde::Serialize;

use crate::calls::Call;
use crate::event::{Event, Rank, Trace};

/// What a rank did, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RankUsage {
    /// Who.
    pub rank: Rank,
    /// How many messages it sent.
    pub sent: u64,
    /// How many it received.
    pub received: u64,
    /// How many bytes these were: as the program had them, or, where the trace does not say, as JSON.
    pub sent_bytes: u64,
    /// How many bytes it received.
    pub received_bytes: u64,
    /// How many calls of MPI it made; `None` in a trace of messages alone.
    pub calls: Option<u64>,
    /// How many collective operations it entered.
    pub collectives: u64,
    /// How long it was in those that it left, in nanoseconds.
    pub collectives_ns: u64,
    /// How long it was in calls that may block and have returned, in nanoseconds; `None` where the trace does
    /// not say.
    pub waited_ns: Option<u64>,
    /// Whether the trace ends while it is in a call, whose time nobody knows.
    pub inside: bool,
}

/// What a run came to, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// By rank.
    pub ranks: Vec<RankUsage>,
    /// How many messages were sent.
    pub messages: u64,
    /// How many bytes these were.
    pub bytes: u64,
    /// How many of the messages were never received.
    pub never_received: u64,
    /// How many collective operations were entered, each counted for each rank.
    pub collectives: u64,
    /// How long all ranks together were in calls that may block, in nanoseconds; `None` where no rank says so.
    pub waited_ns: Option<u64>,
}

impl Usage {
    /// Counts a run.
    #[must_use]
    pub fn of(trace: &Trace) -> Usage {
        let named = |rank| RankUsage { rank: Rank(rank), ..RankUsage::default() };
        let mut ranks: Vec<RankUsage> = (0..trace.header.ranks).map(named).collect();
        for event in &trace.events {
            if let Some(rank) = ranks.get_mut(event.rank.index()) {
                rank.take(event);
            }
        }
        let mut entered = vec![None; ranks.len()];
        for call in &trace.calls {
            let place = call.rank().map(Rank::index);
            let place = place.and_then(|at| Some((ranks.get_mut(at)?, entered.get_mut(at)?)));
            let Some((rank, since)) = place else { continue };
            rank.take_call(call, since);
        }
        let sum = |of: fn(&RankUsage) -> u64| ranks.iter().map(of).sum::<u64>();
        let (messages, received) = (sum(|rank| rank.sent), sum(|rank| rank.received));
        Usage {
            messages,
            bytes: sum(|rank| rank.sent_bytes),
            never_received: messages.saturating_sub(received),
            collectives: sum(|rank| rank.collectives),
            waited_ns: ranks.iter().filter_map(|rank| rank.waited_ns).reduce(u64::saturating_add),
            ranks,
        }
    }
}

impl RankUsage {
    fn take(&mut self, event: &Event) {
        let bytes = event.more.as_ref().and_then(|more| more.bytes);
        let bytes = bytes.unwrap_or_else(|| event.data.to_string().len() as u64);
        if event.destination().is_some() {
            self.sent += 1;
            self.sent_bytes = self.sent_bytes.saturating_add(bytes);
        } else {
            self.received += 1;
            self.received_bytes = self.received_bytes.saturating_add(bytes);
        }
    }

    /// Takes a call; `since` is when it entered what it is in.
    fn take_call(&mut self, call: &Call, since: &mut Option<u64>) {
        match call {
            Call::Enter(enter) => {
                self.collectives += u64::from(enter.number.is_some());
                *since = enter.number.map(|_| enter.t);
            }
            Call::Leave(leave) => {
                let spent = since.take().map_or(0, |since| leave.t.saturating_sub(since));
                self.collectives_ns = self.collectives_ns.saturating_add(spent);
            }
            Call::Last(last) => {
                self.calls = Some(last.calls);
                self.waited_ns = last.waited_ns;
                self.inside = last.inside;
            }
            Call::Place(_)
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jsonl::read_trace;

    #[test]
    fn each_rank_is_counted_with_its_bytes_its_calls_and_its_time_of_waiting() {
        let file = r#"{"trace":2,"source":"recorded","protocol":"none","ranks":2,"time":"wall"}
{"rank":0,"n":0,"op":"send","peer":1,"tag":7,"data":5,"t":10,"clock":1,"bytes":4}
{"rank":0,"n":1,"op":"send","peer":1,"tag":7,"data":[1,2],"t":11,"clock":2}
{"rank":1,"n":0,"op":"recv","peer":0,"tag":7,"data":5,"t":20,"clock":3,"bytes":4}
{"call":"enter","rank":0,"after":2,"name":"MPI_Barrier","number":0,"nth":1,"t":30}
{"call":"leave","rank":0,"after":2,"t":45}
{"call":"last","rank":0,"after":2,"name":"MPI_Barrier","inside":false,"calls":3,"waited_ns":21,"t":30}
{"call":"enter","rank":1,"after":1,"name":"MPI_Barrier","number":0,"nth":1,"t":40}
{"call":"last","rank":1,"after":1,"name":"MPI_Barrier","inside":true,"calls":2,"t":40}
"#;
        let (trace, _) = read_trace(file.as_bytes(), "test").expect("it is a trace");
        let usage = Usage::of(&trace);
        let first = RankUsage {
            rank: Rank(0),
            sent: 2,
            sent_bytes: 9,
            calls: Some(3),
            collectives: 1,
            collectives_ns: 15,
            waited_ns: Some(21),
            ..RankUsage::default()
        };
        assert_eq!(usage.ranks[0], first);
        // What it never left has no length.
        assert_eq!((usage.ranks[1].collectives, usage.ranks[1].collectives_ns), (1, 0));
        assert_eq!((usage.ranks[1].waited_ns, usage.ranks[1].inside), (None, true));
        assert_eq!((usage.messages, usage.bytes, usage.never_received), (2, 9, 1));
        assert_eq!(usage.waited_ns, Some(21));
    }
}

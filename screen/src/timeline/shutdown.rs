//! The messages by which all ranks are told, at the end of a run, that there is nothing more to do.

use std::ops::Range;

use ringscope_sim::protocol::Meaning;
use ringscope_traces::{EventIndex, Tag};

use super::{LoadProgress, Timeline};

/// With fewer messages than this it takes no room worth saving.
const FEWEST: usize = 4;

/// The end of a run at which every rank is told that there is nothing more to do: as many messages as ranks, all alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shutdown {
    /// The events: the sends and the receives of these messages, and nothing else.
    pub events: Range<usize>,
    /// The messages' tag.
    pub tag: Tag,
    /// How many there are.
    pub messages: usize,
}

impl Timeline {
    /// The shutdown with which the run ends; `None` where it ends otherwise, and as long as it is being read.
    pub fn shutdown(&self) -> Option<&Shutdown> {
        match self.progress() {
            LoadProgress::Done => self.shutdown.get_or_init(|| self.find_shutdown()).as_ref(),
            LoadProgress::Reading(_) | LoadProgress::Checking(_) => None,
        }
    }

    fn find_shutdown(&self) -> Option<Shutdown> {
        let (protocol, end) = (self.protocol()?, self.len());
        let last = self.event_at(end)?;
        let tag = self.info(last).tag;
        let message = protocol.describe(tag, &self.data(last)).ok()?;
        if message.meaning != Meaning::End {
            return None;
        }
        let before = (0..end).rev().map(EventIndex);
        let length = before.take_while(|at| self.info(*at).tag == tag).count();
        let events = end - length..end;
        let is_send = |at: &usize| self.info(EventIndex(*at)).destination().is_some();
        let messages = events.clone().filter(is_send).count();
        (messages >= FEWEST).then_some(Shutdown { events, tag, messages })
    }
}

#[cfg(test)]
mod tests {
    use ringscope_sim::scenario::{Scenario, builtin};

    use super::*;

    fn run(name: &str) -> Timeline {
        Timeline::live(builtin::find(name).expect("it is built in").scenario())
    }

    #[test]
    fn a_run_that_completes_ends_with_a_message_to_each_rank() {
        for (name, ranks) in [("join", 8), ("big-ring", 64)] {
            let timeline = run(name);
            let shutdown = timeline.shutdown().expect("it completes");
            let end = timeline.len();
            // One to the head, which passes it on to everybody else.
            assert_eq!(shutdown.messages, ranks - 1, "{name}");
            assert_eq!(shutdown.events, end - 2 * shutdown.messages..end, "{name}");
        }
    }

    #[test]
    fn other_ends_have_none_however_alike_their_last_messages_are() {
        for name in ["race-lost-key", "put-beyond", "get-missing"] {
            assert_eq!(run(name).shutdown(), None, "{name}");
        }
    }

    #[test]
    fn of_few_ranks_it_is_shown_message_by_message() {
        let few = Scenario::parse("few", "ranks 4\nadd 1 100\n").expect("a scenario");
        assert_eq!(Timeline::live(few).shutdown(), None);
    }
}

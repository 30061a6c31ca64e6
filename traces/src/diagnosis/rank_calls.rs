//! What a trace says of one rank's calls.

use std::collections::{BTreeMap, BTreeSet};

use crate::calls::{
    ABORT, CommId, Completed, Died, Enter, Exception, Failure, LastCall, Misuse, Post, Posted,
    Probe,
};
use crate::event::Event;
use crate::event_index::EventIndex;

/// One rank's calls.
#[derive(Debug, Default)]
pub(super) struct RankCalls<'t> {
    /// The call that it is in, or was in last.
    pub(super) last: Option<&'t LastCall>,
    /// The calls that other threads of it are in.
    pub(super) beside: Vec<&'t LastCall>,
    /// Collective operations on each communicator, in their order there, from the first on that was not dropped.
    pub(super) enters: BTreeMap<CommId, Vec<&'t Enter>>,
    /// Collective operations that return a request, by the request.
    pub(super) begun: BTreeMap<Post, &'t Enter>,
    pub(super) posts: BTreeMap<Post, &'t Posted>,
    pub(super) completed: BTreeMap<Post, &'t Completed>,
    /// Receives that are complete.
    pub(super) received: BTreeSet<Post>,
    /// Requests of sends, each with its event.
    pub(super) sends: BTreeMap<Post, EventIndex>,
    pub(super) failures: Vec<&'t Failure>,
    pub(super) misuses: Vec<&'t Misuse>,
    pub(super) probes: Vec<&'t Probe>,
    pub(super) exception: Option<&'t Exception>,
    pub(super) exit: Option<i32>,
    /// How its process was found gone.
    pub(super) died: Option<&'t Died>,
    /// Whether it has called `MPI_Finalize`, and where.
    pub(super) finalize: Option<&'t Enter>,
}

impl<'t> RankCalls<'t> {
    /// The signal that has ended its process: none did where the program went on and ended by itself.
    pub(super) fn signal(&self) -> Option<i32> {
        let noted = self.last.and_then(|last| last.signal);
        let told = || self.died.and_then(|died| died.signal);
        noted.or_else(told).filter(|_| self.exit.is_none())
    }

    /// Whether its process was ended from outside or by a signal.
    pub(super) fn was_killed(&self) -> bool {
        self.died.is_some() || self.signal().is_some()
    }

    /// Whether the rank will call nothing more, though nothing has ended the whole program there.
    pub(super) fn has_left(&self) -> bool {
        let has_ended = self.finalize.is_some() || self.exit.is_some() || self.was_killed();
        has_ended && !self.ends_all()
    }

    /// Whether the program was ended in a call of this rank: then nobody knows how far the others would have come.
    pub(super) fn ends_all(&self) -> bool {
        self.has_aborted() || self.fatal().is_some()
    }

    /// Whether a launcher ends all the others since it ended so.
    pub(super) fn explains_all(&self) -> bool {
        let has_failed = self.exit.is_some_and(|code| code != 0 || self.finalize.is_none());
        has_failed || self.ends_all() || self.last.is_some_and(|last| last.signal.is_some())
    }

    /// The call that it is in, and from which it may return.
    pub(super) fn inside(&self) -> Option<&'t LastCall> {
        let has_ended = self.exit.is_some() || self.was_killed() || self.ends_all();
        self.last.filter(|last| last.inside && !has_ended)
    }

    /// The call in which it waits: one that blocks, or one that it makes again and again and that finds nothing.
    pub(super) fn waiting(&self) -> Option<&'t LastCall> {
        match self.last.is_some_and(|last| is_poll(&last.name)) {
            true => self.polling(),
            false => self.inside(),
        }
    }

    /// Whether it has threads that have called MPI and are outside of it: then it may go on whatever the others wait for.
    pub(super) fn is_partly_outside(&self) -> bool {
        self.last.is_some_and(|last| last.outside > 0)
    }

    /// The call that it makes again and again, and that finds nothing.
    pub(super) fn polling(&self) -> Option<&'t LastCall> {
        let is_vain =
            |last: &&LastCall| is_poll(&last.name) && !last.found && last.repeats >= MANY_POLLS;
        self.last.filter(is_vain).filter(|_| !self.has_left() && !self.ends_all())
    }

    /// Whether a request is not complete.
    pub(super) fn is_open(&self, post: Post) -> bool {
        !self.completed.contains_key(&post) && !self.received.contains(&post)
    }

    /// Whether it has ended the program by `MPI_Abort`.
    pub(super) fn has_aborted(&self) -> bool {
        self.last.is_some_and(|last| last.inside && last.name == ABORT)
    }

    /// Whether the call that was to send a message has failed: the send is written down before.
    pub(super) fn has_failed(&self, send: &Event) -> bool {
        let at = send.more.as_ref().and_then(|more| more.at);
        let is_it = |failure: &&&Failure| {
            failure.after == send.n + 1
                && (failure.tag, failure.at) == (Some(send.tag.0), at)
                && failure.peer == send.destination()
                && failure.name.to_lowercase().contains("send")
        };
        self.failures.iter().any(|failure| is_it(&failure))
    }

    /// The call at whose failure MPI has ended the program.
    pub(super) fn fatal(&self) -> Option<&Failure> {
        self.failures.iter().copied().find(|failure| failure.fatal)
    }
}

/// How many times a rank must have polled in vain before it counts as one that waits.
const MANY_POLLS: u64 = 10;

/// Whether a call only looks whether something has come.
fn is_poll(name: &str) -> bool {
    ["MPI_Iprobe", "MPI_Improbe", "MPI_Test", "MPI_Testall", "MPI_Testany", "MPI_Testsome"]
        .contains(&name)
}

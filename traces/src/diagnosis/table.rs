//! What a trace says, sorted by rank and by communicator.

use std::collections::{BTreeMap, BTreeSet};

use super::needs::Envelope;
use super::words::{list, ranks_named};
use super::{Kind, Verdict};
use crate::calls::{
    ABORT, Became, Call, CommId, Communicator, Completed, Died, Elements, Enter, Exception,
    FINALIZE, Failure, LastCall, MPI_INIT, Misuse, Place, PlaceId, Post, Posted, Probe, Waits,
};
use crate::event::{Event, Rank, Tag, Trace};
use crate::event_index::EventIndex;
use crate::matching::Matching;
use crate::tags::TagNames;

/// One rank's calls.
#[derive(Debug, Default)]
pub(super) struct RankCalls<'t> {
    pub(super) last: Option<&'t LastCall>,
    /// Collective operations on each communicator, in their order there, from the first on that was not dropped.
    enters: BTreeMap<CommId, Vec<&'t Enter>>,
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

impl RankCalls<'_> {
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
    fn explains_all(&self) -> bool {
        let has_failed = self.exit.is_some_and(|code| code != 0 || self.finalize.is_none());
        has_failed || self.ends_all() || self.last.is_some_and(|last| last.signal.is_some())
    }

    /// The call that it is in, and from which it may return.
    pub(super) fn inside(&self) -> Option<&LastCall> {
        let has_ended = self.exit.is_some() || self.was_killed() || self.ends_all();
        self.last.filter(|last| last.inside && !has_ended)
    }

    /// The call in which it waits: one that blocks, or one that it makes again and again and that finds nothing.
    pub(super) fn waiting(&self) -> Option<&LastCall> {
        match self.last.is_some_and(|last| is_poll(&last.name)) {
            true => self.polling(),
            false => self.inside(),
        }
    }

    /// The call that it makes again and again, and that finds nothing.
    pub(super) fn polling(&self) -> Option<&LastCall> {
        let is_vain =
            |last: &&LastCall| is_poll(&last.name) && !last.found && last.repeats >= MANY_POLLS;
        self.last.filter(is_vain).filter(|_| !self.has_left() && !self.ends_all())
    }

    /// Whether a request is not complete.
    fn is_open(&self, post: Post) -> bool {
        !self.completed.contains_key(&post) && !self.received.contains(&post)
    }

    /// Whether it has ended the program by `MPI_Abort`.
    pub(super) fn has_aborted(&self) -> bool {
        self.last.is_some_and(|last| last.inside && last.name == ABORT)
    }

    /// Whether the call that was to send a message has failed: the send is written down before.
    fn has_failed(&self, send: &Event) -> bool {
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

/// Whether a call of that name creates a persistent collective operation.
pub(super) fn is_persistent(by: &str) -> bool {
    by.ends_with("_init") || by.ends_with("_init_c")
}

/// A trace, and where to find what in it.
pub(super) struct Table<'t> {
    pub(super) trace: &'t Trace,
    /// What its tags are called, where they have names.
    names: TagNames,
    pub(super) matching: Matching,
    pub(super) ranks: Vec<RankCalls<'t>>,
    communicators: BTreeMap<CommId, &'t Communicator>,
    places: BTreeMap<PlaceId, &'t Place>,
    /// The messages that nobody has received, by receiver, in the order of sending.
    in_flight: BTreeMap<Rank, Vec<EventIndex>>,
    /// How many collective operations, which all members have called alike, are not in the trace.
    dropped: BTreeMap<CommId, u64>,
    /// Which message under way each receive gets that was posted and is not complete, of ranks of which that is
    /// certain.
    reserved: BTreeMap<Rank, BTreeMap<Post, EventIndex>>,
}

impl<'t> Table<'t> {
    /// `tag 7`, or `tag 7 FIND_OWNER` where it has a name.
    pub(super) fn tag(&self, tag: Tag) -> String {
        match self.names.of(tag) {
            Some(name) => format!("tag {tag} {name}"),
            None => format!("tag {tag}"),
        }
    }

    pub(super) fn of(trace: &'t Trace) -> Table<'t> {
        Table::with(trace, Matching::of(trace), BTreeMap::new())
    }

    /// The same of a trace without what has come to its end, by what is known of it: which of its messages were
    /// received, and how many of its collective operations were dropped on each communicator.
    pub(super) fn with(
        trace: &'t Trace,
        matching: Matching,
        dropped: BTreeMap<CommId, u64>,
    ) -> Table<'t> {
        let ranks = trace.header.ranks as usize;
        let mut table = Table {
            trace,
            names: TagNames::of_header(&trace.header),
            ranks: (0..ranks).map(|_| RankCalls::default()).collect(),
            communicators: BTreeMap::new(),
            places: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            dropped,
            matching,
            reserved: BTreeMap::new(),
        };
        trace.calls.iter().for_each(|call| table.take(call));
        if table.ranks.iter().any(|rank| rank.explains_all() || rank.last.is_none()) {
            // The launcher has ended the others then, or one that failed before it had come out of `MPI_Init`.
            let by_launcher = |died: &&Died| died.first;
            table
                .ranks
                .iter_mut()
                .for_each(|rank| rank.died = rank.died.filter(|died| !by_launcher(died)));
        }
        for (i, event) in trace.events.iter().enumerate() {
            let at = EventIndex(i);
            let post = event.more.as_ref().and_then(|more| more.post);
            let rank = table.ranks.get_mut(event.rank.index());
            let Some(to) = event.destination() else {
                if let (Some(post), Some(rank)) = (post, rank) {
                    rank.received.insert(post);
                }
                continue;
            };
            let mut is_cancelled = rank.as_ref().is_some_and(|rank| rank.has_failed(event));
            if let (Some(post), Some(rank)) = (post, rank) {
                rank.sends.insert(post, at);
                let how = rank.completed.get(&post).map(|completed| completed.how);
                is_cancelled |= how == Some(Became::Cancelled);
            }
            if table.matching.partner(at).is_none() && !is_cancelled {
                table.in_flight.entry(to).or_default().push(at);
            }
        }
        table.reserved =
            table.each().filter_map(|(rank, _)| Some((rank, table.reservations(rank)?))).collect();
        table
    }

    /// Which message under way each open receive of a rank gets; `None` where one could get several, or where nobody
    /// knows what became of one.
    fn reservations(&self, rank: Rank) -> Option<BTreeMap<Post, EventIndex>> {
        let calls = self.rank(rank);
        let mut reserved = BTreeMap::new();
        // The receive that was posted first gets what was sent first (MPI 4.1, section 3.5).
        for (post, posted) in &calls.posts {
            match calls.completed.get(post).map(|completed| completed.how) {
                Some(Became::Completed | Became::Cancelled) => continue,
                Some(Became::Freed | Became::Failed | Became::Unseen) => return None,
                None if calls.received.contains(post) => continue,
                None if posted.source.is_none() => return None,
                None => {}
            }
            let envelope = Envelope::posted(posted);
            let mut under_way = self.in_flight_to(rank);
            let is_free = |at: &EventIndex| !reserved.values().any(|taken| taken == at);
            let first = under_way.find(|at| envelope.fits(&self.trace[*at]) && is_free(at));
            if let Some(at) = first {
                reserved.insert(*post, at);
            }
        }
        Some(reserved)
    }

    /// Whether a message is under way that a receive gets: that of a request, or one that is posted now.
    pub(super) fn comes(&self, rank: Rank, envelope: &Envelope, post: Option<Post>) -> bool {
        let reserved = self.reserved.get(&rank);
        if let Some((reserved, post)) = reserved.zip(post) {
            return reserved.contains_key(&post);
        }
        self.unreserved(rank).any(|at| envelope.fits(&self.trace[at]))
    }

    /// The messages to a rank that none of its open receives gets for certain.
    pub(super) fn unreserved(&self, rank: Rank) -> impl Iterator<Item = EventIndex> {
        let reserved = self.reserved.get(&rank);
        let is_free = move |at: &EventIndex| {
            !reserved.is_some_and(|reserved| reserved.values().any(|taken| taken == at))
        };
        self.in_flight_to(rank).filter(is_free)
    }

    /// The requests that a call waits for: of many, only the first are noted, but where they are all that the rank has
    /// the others are known, too.
    pub(super) fn awaited(&self, rank: Rank, waits: &Waits) -> Vec<Post> {
        let is_named = waits.first.len() as u64 == waits.total;
        let calls = self.rank(rank);
        let all = calls.posts.keys().chain(calls.begun.keys()).chain(calls.sends.keys());
        let open: Vec<Post> = match is_named {
            true => Vec::new(),
            false => all.copied().filter(|post| calls.is_open(*post)).collect(),
        };
        if open.len() as u64 == waits.total { open } else { waits.first.clone() }
    }

    fn take(&mut self, call: &'t Call) {
        if let Call::Place(place) = call {
            self.places.insert(place.place, place);
        } else if let Call::Communicator(communicator) = call {
            self.communicators.insert(communicator.comm, communicator);
        }
        let Some(rank) = call.rank().and_then(|rank| self.ranks.get_mut(rank.index())) else {
            return;
        };
        match call {
            Call::Place(_) | Call::Address(_) | Call::Communicator(_) | Call::Leave(_) => {}
            Call::Enter(enter) => {
                if enter.name == FINALIZE {
                    rank.finalize = Some(enter);
                }
                if let Some(post) = enter.post {
                    rank.begun.insert(post, enter);
                }
                let dropped = self.dropped.get(&enter.comm).copied().unwrap_or_default();
                if enter.number.is_some_and(|number| number >= dropped) {
                    rank.enters.entry(enter.comm).or_default().push(enter);
                }
            }
            Call::Post(posted) => {
                rank.posts.insert(posted.post, posted);
            }
            Call::Complete(completed) => {
                rank.completed.insert(completed.post, completed);
            }
            Call::Probe(probe) => rank.probes.push(probe),
            Call::Fail(failure) => rank.failures.push(failure),
            Call::Misuse(misuse) => rank.misuses.push(misuse),
            Call::Exception(exception) => rank.exception = Some(exception),
            Call::Exit(exit) => rank.exit = Some(exit.code),
            Call::Died(died) => rank.died = Some(died),
            Call::Last(last) => rank.last = Some(last),
        }
    }

    /// All ranks, each with its calls.
    pub(super) fn each(&self) -> impl Iterator<Item = (Rank, &RankCalls<'t>)> {
        (0..).map(Rank).zip(&self.ranks)
    }

    /// The calls of a rank.
    pub(super) fn rank(&self, rank: Rank) -> &RankCalls<'t> {
        &self.ranks[rank.index()]
    }

    /// The ranks of a communicator.
    pub(super) fn members(&self, comm: CommId) -> Vec<Rank> {
        let of_world = || (0..self.trace.header.ranks).map(Rank).collect();
        match self.communicators.get(&comm) {
            Some(listed) => listed.members.clone(),
            None if comm.is_world() => of_world(),
            None => Vec::new(),
        }
    }

    /// The other ranks of a communicator.
    pub(super) fn others(&self, comm: CommId, rank: Rank) -> Vec<Rank> {
        self.members(comm).into_iter().filter(|other| *other != rank).collect()
    }

    /// How many collective operations on a communicator are not in the trace.
    pub(super) fn dropped(&self, comm: CommId) -> u64 {
        self.dropped.get(&comm).copied().unwrap_or_default()
    }

    /// How many collective operations on a communicator a rank has entered.
    pub(super) fn entered(&self, rank: Rank, comm: CommId) -> u64 {
        let kept = self.rank(rank).enters.get(&comm).map_or(0, Vec::len) as u64;
        if kept == 0 { 0 } else { self.dropped(comm) + kept }
    }

    /// A rank's collective operation of that number on a communicator.
    pub(super) fn enter(&self, rank: Rank, comm: CommId, number: u64) -> Option<&'t Enter> {
        let at = usize::try_from(number.checked_sub(self.dropped(comm))?).ok()?;
        self.rank(rank).enters.get(&comm)?.get(at).copied()
    }

    /// The communicators on which a rank has entered collective operations.
    pub(super) fn entered_on(&self, rank: Rank) -> impl Iterator<Item = CommId> {
        self.rank(rank).enters.keys().copied()
    }

    /// The messages to a rank that it has not received, in the order of sending.
    pub(super) fn in_flight_to(&self, rank: Rank) -> impl Iterator<Item = EventIndex> {
        self.in_flight.get(&rank).into_iter().flatten().copied()
    }

    /// All messages that nobody has received.
    pub(super) fn in_flight(&self) -> impl Iterator<Item = (EventIndex, &'t Event)> {
        let trace = self.trace;
        self.in_flight.values().flatten().map(move |at| (*at, &trace[*at]))
    }

    /// The receive that completed a request; only those with a number are known.
    pub(super) fn has_received(&self, rank: Rank, post: Post) -> bool {
        self.rank(rank).received.contains(&post)
    }

    /// ` (a.c:31)`, with the space before it; nothing where the place is not known.
    pub(super) fn at(&self, place: Option<PlaceId>) -> String {
        let found = place.and_then(|place| self.places.get(&place));
        found.map(|place| format!(" ({place})")).unwrap_or_default()
    }

    /// What the elements are of all that is sent or received at a place; `None` where they are not always the same.
    pub(super) fn elements(&self, place: Option<PlaceId>) -> Option<Elements> {
        let [one] = self.places.get(&place?)?.elements.as_slice() else { return None };
        Some(*one).filter(|elements| *elements != Elements::Other)
    }

    /// ` on the communicator of ranks 2 and 3`, with the space before it; nothing for the world.
    pub(super) fn on(&self, comm: CommId) -> String {
        match comm.is_world() {
            true => String::new(),
            false => format!(" on {}", self.communicator(comm)),
        }
    }

    /// What it is that ranks have in common: a communicator, a window or a file, by the call that has made it.
    pub(super) fn what(&self, comm: CommId) -> &'static str {
        let by = self.communicators.get(&comm).and_then(|made| made.by.as_deref());
        match by.unwrap_or_default() {
            by if by.starts_with("MPI_Win_") => "window",
            by if by.starts_with("MPI_File_") => "file",
            by if is_persistent(by) => "persistent operation",
            _ => "communicator",
        }
    }

    /// `MPI_COMM_WORLD`, or `the communicator of ranks 2 and 3`.
    pub(super) fn communicator(&self, comm: CommId) -> String {
        let members = || ranks_named(&self.members(comm));
        let by = self.communicators.get(&comm).and_then(|found| found.by.as_deref());
        match comm.is_world() {
            true => "MPI_COMM_WORLD".to_owned(),
            false if by == Some(MPI_INIT) => format!("the MPI_COMM_WORLD of {}", members()),
            false => format!("the {} of {}{}", self.what(comm), members(), self.made_where(comm)),
        }
    }

    /// ` made at a.c:15`, with the space before it; nothing where no other has the same members.
    fn made_where(&self, comm: CommId) -> String {
        let Some(made) = self.communicators.get(&comm) else { return String::new() };
        let is_alike = |other: &&Communicator| {
            other.comm != comm
                && !other.comm.is_world()
                && other.members == made.members
                && self.what(other.comm) == self.what(comm)
        };
        let has_like = self.communicators.values().any(is_alike);
        let place = made.at.filter(|_| has_like).and_then(|at| self.places.get(&at));
        place.map(|place| format!(" made at {place}")).unwrap_or_default()
    }

    /// All communicators that stand in the table.
    pub(super) fn communicators(&self) -> impl Iterator<Item = &'t Communicator> {
        self.communicators.values().copied()
    }

    /// Whether the run came to its end.
    pub(super) fn has_completed(&self) -> bool {
        self.trace.footer.is_some()
    }

    /// Whether the program ended by itself, as far as the trace says: some rank has ended or died.
    pub(super) fn ended_by_itself(&self) -> bool {
        self.each().any(|(_, calls)| calls.exit.is_some() || calls.was_killed())
    }

    /// How ranks ended that did not end well.
    pub(super) fn ends(&self, verdicts: &mut Vec<Verdict>) {
        for (rank, calls) in self.each() {
            if calls.has_aborted() {
                let at = self.at(calls.last.and_then(|last| last.at));
                let says = format!("rank {rank} has ended the program by {ABORT}{at}");
                verdicts.push(Verdict { kind: Kind::Ended, ranks: vec![rank], says });
            }
            let at_finalize = if calls.finalize.is_some() { "" } else { " without MPI_Finalize" };
            if let Some(exception) = calls.exception {
                verdicts.push(Verdict {
                    kind: Kind::Exception,
                    ranks: vec![rank],
                    says: format!(
                        "an exception has ended the program of rank {rank}: {}{}",
                        super::words::of_mpi(&exception.what),
                        self.at(exception.at)
                    ),
                });
            } else if calls.ends_all() {
                // How its process ended is what came of it.
            } else if let Some(code) = calls.exit.filter(|code| *code != 0) {
                let says = format!(
                    "rank {rank} has ended with exit code {code}{at_finalize}{}",
                    self.beside_last(calls)
                );
                verdicts.push(Verdict { kind: Kind::Ended, ranks: vec![rank], says });
            } else if calls.was_killed() {
                let how = match (calls.signal(), calls.died) {
                    (Some(signal), _) => format!("was ended by {}", super::words::signal(signal)),
                    (None, Some(died)) if died.first => {
                        "was the first to go, without a word: killed from outside (SIGKILL, \
                         as by `kill -9`, or by the system when memory runs out), or ended by _exit"
                            .to_owned()
                    }
                    (None, _) => "has died without a word".to_owned(),
                };
                let open = super::requests::open_at_the_end(self, (rank, calls));
                let says = format!("rank {rank} {how}{}{open}", self.beside_last(calls));
                verdicts.push(Verdict { kind: Kind::Ended, ranks: vec![rank], says });
            }
        }
        self.failed_calls(verdicts);
        self.exits_without_finalize(verdicts);
    }

    /// `, inside MPI_Recv (a.c:31)` or `, after ...`: where a rank was when it ended; nothing once it had finalized.
    fn beside_last(&self, calls: &RankCalls<'_>) -> String {
        let last = calls.last.filter(|last| last.inside || last.name != FINALIZE);
        let beside = last.map(|last| {
            let when = if last.inside { "inside" } else { "after" };
            format!(", {when} {}{}", last.name, self.at(last.at))
        });
        beside.unwrap_or_default()
    }

    /// Calls that have failed, the same of several ranks together.
    fn failed_calls(&self, verdicts: &mut Vec<Verdict>) {
        let mut all: Vec<(String, Vec<Rank>)> = Vec::new();
        for (rank, calls) in self.each() {
            for what in calls.failures.iter().map(|failure| self.failed(failure)) {
                match all.iter_mut().find(|(known, _)| *known == what) {
                    Some((_, ranks)) if ranks.contains(&rank) => {}
                    Some((_, ranks)) => ranks.push(rank),
                    None => all.push((what, vec![rank])),
                }
            }
        }
        verdicts.extend(all.into_iter().map(|(what, ranks)| {
            let says = format!("{}: {what}", list("rank", &ranks));
            Verdict { kind: Kind::FailedCall, ranks, says }
        }));
    }

    /// `MPI_Send of 4 bytes (a.c:15) has failed: invalid rank`.
    fn failed(&self, failure: &Failure) -> String {
        let of = failure.bytes.map(|bytes| format!(" of {}", super::words::bytes(bytes)));
        format!(
            "{}{}{} has failed: {}",
            failure.name,
            of.unwrap_or_default(),
            self.at(failure.at),
            super::words::of_mpi(&failure.why)
        )
    }

    fn exits_without_finalize(&self, verdicts: &mut Vec<Verdict>) {
        let is_early = |calls: &RankCalls<'_>| calls.exit == Some(0) && calls.finalize.is_none();
        let mut early: BTreeMap<String, Vec<Rank>> = BTreeMap::new();
        for (rank, calls) in self.each().filter(|(_, calls)| is_early(calls)) {
            early.entry(self.beside_last(calls)).or_default().push(rank);
        }
        for (beside, ranks) in early {
            let have = if ranks.len() == 1 { "has" } else { "have" };
            let says =
                format!("{} {have} ended without MPI_Finalize{beside}", list("rank", &ranks));
            verdicts.push(Verdict { kind: Kind::Ended, ranks, says });
        }
    }
}

//! What a trace says, sorted by rank and by communicator.

use std::collections::BTreeMap;

use super::needs::Envelope;
use super::rank_calls::RankCalls;
use super::words::ranks_named;
use crate::calls::{
    Became, Call, CommId, Communicator, Died, Elements, Enter, FINALIZE, MPI_INIT, Place, PlaceId,
    Post, Waits,
};
use crate::event::{Event, Rank, Tag, Trace};
use crate::event_index::EventIndex;
use crate::matching::Matching;
use crate::tags::TagNames;

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
            Call::Last(last) => rank.beside.extend(rank.last.replace(last)),
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
}

/// Whether a call of that name creates a persistent collective operation.
pub(super) fn is_persistent(by: &str) -> bool {
    by.ends_with("_init") || by.ends_with("_init_c")
}

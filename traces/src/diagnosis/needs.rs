//! The wait-for graph: what each rank needs of the others before it can go on, and who never can.

use std::collections::{BTreeMap, BTreeSet};

use super::collectives::first_mismatch;
use super::table::Table;
use super::windows;
use crate::calls::{CommId, FINALIZE, LastCall, Post, Posted};
use crate::event::{Event, Rank, Tag};
use crate::event_index::EventIndex;

/// The longest message of which a send that does not block surely needs nobody: every MPI buffers more.
const BUFFERED_BYTES: u64 = 1024;

/// What a rank needs before it can go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing, as far as the trace shows.
    Nothing,
    /// What nobody will do.
    Never,
    /// That this rank goes on.
    Of(Rank),
    /// All of these (AND).
    All(Vec<Need>),
    /// One of these (OR).
    Any(Vec<Need>),
}

impl Need {
    fn is_met(&self, free: &BTreeSet<Rank>) -> bool {
        match self {
            Need::Nothing => true,
            Need::Never => false,
            Need::Of(rank) => free.contains(rank),
            Need::All(needs) => needs.iter().all(|need| need.is_met(free)),
            Need::Any(needs) => needs.iter().any(|need| need.is_met(free)),
        }
    }

    /// Whether it cannot be met without this rank.
    pub(super) fn needs(&self, rank: Rank) -> bool {
        match self {
            Need::Nothing | Need::Never => false,
            Need::Of(other) => *other == rank,
            Need::All(needs) => needs.iter().any(|need| need.needs(rank)),
            Need::Any(needs) => !needs.is_empty() && needs.iter().all(|need| need.needs(rank)),
        }
    }

    /// The ranks that it is about, in growing order.
    pub(super) fn ranks(&self) -> BTreeSet<Rank> {
        match self {
            Need::Nothing | Need::Never => BTreeSet::new(),
            Need::Of(rank) => BTreeSet::from([*rank]),
            Need::All(needs) | Need::Any(needs) => needs.iter().flat_map(Need::ranks).collect(),
        }
    }
}

/// Which message a receive or a probe wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope {
    pub(super) comm: CommId,
    /// `None`: from any.
    pub(super) source: Option<Rank>,
    /// `None`: with any.
    pub(super) tag: Option<i32>,
}

impl Envelope {
    /// That of a receive which was posted.
    pub(super) fn posted(posted: &Posted) -> Envelope {
        Envelope { comm: posted.comm, source: posted.source, tag: posted.tag }
    }

    /// That of a call which receives or probes.
    pub(super) fn of(last: &LastCall) -> Envelope {
        Envelope { comm: last.comm, source: last.peer, tag: last.tag }
    }

    /// Whether a message is one that it wants.
    pub(super) fn fits(&self, message: &Event) -> bool {
        comm_of(message) == self.comm
            && self.source.is_none_or(|source| source == message.rank)
            && self.tag.is_none_or(|tag| Tag(tag) == message.tag)
    }
}

/// The communicator of a message.
pub(super) fn comm_of(message: &Event) -> CommId {
    message.more.as_ref().map_or(CommId::WORLD, |more| more.comm)
}

/// Who waits for whom.
#[derive(Debug)]
pub(super) struct Waiting {
    needs: BTreeMap<Rank, Need>,
    /// The ranks that can never go on.
    pub(super) stuck: BTreeSet<Rank>,
    /// Those that can, as far as the trace shows.
    free: BTreeSet<Rank>,
}

impl Waiting {
    /// The graph where a trace ends.
    pub(super) fn of(table: &Table<'_>) -> Waiting {
        let mut needs = BTreeMap::new();
        let mut free = BTreeSet::new();
        for (rank, calls) in table.each() {
            match calls.waiting() {
                _ if calls.has_left() => {}
                Some(last) if !table.has_completed() && !calls.is_partly_outside() => {
                    needs.insert(rank, of_threads(table, rank, last));
                }
                Some(_) | None => {
                    free.insert(rank);
                }
            }
        }
        // Whoever can go on may free others; what is left when nothing changes any more is stuck.
        loop {
            let freed: Vec<Rank> = needs
                .iter()
                .filter(|(rank, need)| !free.contains(rank) && need.is_met(&free))
                .map(|(rank, _)| *rank)
                .collect();
            if freed.is_empty() {
                break;
            }
            free.extend(freed);
        }
        let stuck = needs.keys().copied().filter(|rank| !free.contains(rank)).collect();
        Waiting { needs, stuck, free }
    }

    /// The calls from which threads of a rank can never return; the rank itself may go on by a thread that is outside of MPI.
    pub(super) fn held<'t>(&self, table: &Table<'t>, rank: Rank) -> Vec<&'t LastCall> {
        let calls = table.rank(rank);
        if calls.has_left() || table.has_completed() {
            return Vec::new();
        }
        let all = calls.waiting().into_iter().chain(calls.beside.iter().copied());
        all.filter(|last| !need(table, rank, last).is_met(&self.free)).collect()
    }

    /// Whether a rank is there that needs nothing: it is in no call that waits, as far as the trace shows.
    pub(super) fn is_free_by_itself(&self, rank: Rank) -> bool {
        !self.stuck.contains(&rank) && matches!(self.needs.get(&rank), None | Some(Need::Nothing))
    }

    /// What a rank that is in a call needs.
    pub(super) fn need(&self, rank: Rank) -> Option<&Need> {
        self.needs.get(&rank)
    }

    /// A circle of stuck ranks each of which needs the next, from its lowest rank on; the shortest way round.
    pub(super) fn cycle(&self) -> Option<Vec<Rank>> {
        let next = |rank: Rank| {
            let of = self.needs.get(&rank).map(Need::ranks).unwrap_or_default();
            of.into_iter().filter(|rank| self.stuck.contains(rank))
        };
        let circles = self.stuck.iter().filter_map(|start| {
            let mut before: BTreeMap<Rank, Rank> = BTreeMap::new();
            let mut to_visit = std::collections::VecDeque::from([*start]);
            while let Some(rank) = to_visit.pop_front() {
                for following in next(rank) {
                    if following == *start {
                        return Some(way_back(&before, *start, rank));
                    }
                    if let std::collections::btree_map::Entry::Vacant(unseen) =
                        before.entry(following)
                    {
                        unseen.insert(rank);
                        to_visit.push_back(following);
                    }
                }
            }
            None
        });
        circles.min_by_key(Vec::len)
    }
}

/// The ranks from the start to the end, by who came before whom.
fn way_back(before: &BTreeMap<Rank, Rank>, start: Rank, end: Rank) -> Vec<Rank> {
    let mut way = vec![end];
    let mut at = end;
    while at != start {
        let Some(previous) = before.get(&at) else { break };
        at = *previous;
        way.push(at);
    }
    way.reverse();
    way
}

/// What a call is to the wait-for graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Send,
    Receive,
    Probe,
    Exchange,
    Wait,
    Collective,
    Window,
    Other,
}

/// What a call is, by its name.
pub(super) fn role(last: &LastCall) -> Role {
    let name = last.name.strip_suffix("_c").unwrap_or(&last.name);
    match name {
        "MPI_Send" | "MPI_Ssend" | "MPI_Rsend" | "MPI_Bsend" => Role::Send,
        "MPI_Recv" => Role::Receive,
        "MPI_Probe" | "MPI_Mprobe" | "MPI_Iprobe" | "MPI_Improbe" => Role::Probe,
        "MPI_Sendrecv" | "MPI_Sendrecv_replace" => Role::Exchange,
        "MPI_Wait" | "MPI_Waitall" | "MPI_Waitany" | "MPI_Waitsome" | "MPI_Test"
        | "MPI_Testall" | "MPI_Testany" | "MPI_Testsome" => Role::Wait,
        FINALIZE => Role::Other,
        _ if windows::awaits(name) => Role::Window,
        _ if last.number.is_some() => Role::Collective,
        _ => Role::Other,
    }
}

/// What a rank needs all of whose threads are in calls: that one of them goes on.
fn of_threads(table: &Table<'_>, rank: Rank, last: &LastCall) -> Need {
    let beside = &table.rank(rank).beside;
    match beside.is_empty() {
        true => need(table, rank, last),
        false => {
            let all = beside.iter().copied().chain([last]);
            Need::Any(all.map(|call| need(table, rank, call)).collect())
        }
    }
}

fn need(table: &Table<'_>, rank: Rank, last: &LastCall) -> Need {
    match role(last) {
        Role::Send => of_send(table, own_send(table, rank, last), last.peer),
        Role::Receive | Role::Probe => of_receive(table, rank, (&Envelope::of(last), None)),
        Role::Exchange => {
            let send = of_send(table, own_send(table, rank, last), last.peer);
            Need::All(vec![send, of_waits(table, rank, last)])
        }
        Role::Wait => of_waits(table, rank, last),
        Role::Collective => of_collective(table, rank, last.comm, last.number.unwrap_or_default()),
        Role::Window => of_others(table, rank, last.comm),
        Role::Other => Need::Nothing,
    }
}

/// The event of the message that a call sends.
pub(super) fn own_send(table: &Table<'_>, rank: Rank, last: &LastCall) -> Option<EventIndex> {
    let events = table.trace.events.iter().enumerate();
    let mut own = events.filter(|(_, event)| event.rank == rank && event.n == last.after);
    own.next().filter(|(_, event)| event.destination().is_some()).map(|(i, _)| EventIndex(i))
}

fn of_send(table: &Table<'_>, send: Option<EventIndex>, to: Option<Rank>) -> Need {
    let is_received = send.is_some_and(|send| table.matching.partner(send).is_some());
    match to {
        Some(to) if !is_received && table.rank(to).has_left() => Need::Never,
        Some(to) if !is_received => Need::Of(to),
        Some(_) | None => Need::Nothing,
    }
}

fn of_receive(table: &Table<'_>, rank: Rank, (envelope, post): (&Envelope, Option<Post>)) -> Need {
    if table.comes(rank, envelope, post) {
        return Need::Nothing;
    }
    match envelope.source {
        Some(source) if table.rank(source).has_left() => Need::Never,
        Some(source) => Need::Of(source),
        None => of_others(table, rank, envelope.comm),
    }
}

/// That one of the other members goes on.
fn of_others(table: &Table<'_>, rank: Rank, comm: CommId) -> Need {
    let present =
        table.others(comm, rank).into_iter().filter(|other| !table.rank(*other).has_left());
    Need::Any(present.map(Need::Of).collect())
}

fn of_waits(table: &Table<'_>, rank: Rank, last: &LastCall) -> Need {
    let Some(waits) = &last.waits else { return Need::Nothing };
    let awaited = table.awaited(rank, waits);
    let names_all = awaited.len() as u64 == waits.total;
    let needs: Vec<Need> = awaited.into_iter().map(|post| of_request(table, rank, post)).collect();
    match waits.all {
        true => Need::All(needs),
        false if names_all => Need::Any(needs),
        // One that is not named may be complete.
        false => Need::Nothing,
    }
}

fn of_request(table: &Table<'_>, rank: Rank, post: Post) -> Need {
    let calls = table.rank(rank);
    if let Some(posted) = calls.posts.get(&post) {
        let receive = (&Envelope::posted(posted), Some(post));
        let is_complete = table.has_received(rank, post);
        return if is_complete { Need::Nothing } else { of_receive(table, rank, receive) };
    }
    if let Some(send) = calls.sends.get(&post) {
        let message = &table.trace[*send];
        let to = message.destination();
        return if is_buffered(message) { Need::Nothing } else { of_send(table, Some(*send), to) };
    }
    match calls.begun.get(&post) {
        Some(enter) => of_collective(table, rank, enter.comm, enter.number.unwrap_or_default()),
        None => Need::Nothing,
    }
}

/// Whether a send that does not block is complete whatever its receiver does.
pub(super) fn is_buffered(message: &Event) -> bool {
    let bytes = message.more.as_ref().and_then(|more| more.bytes);
    bytes.is_some_and(|bytes| bytes <= BUFFERED_BYTES)
}

fn of_collective(table: &Table<'_>, rank: Rank, comm: CommId, number: u64) -> Need {
    if first_mismatch(table, comm).is_some_and(|at| at <= number) {
        return Need::Never;
    }
    let others = table.members(comm).into_iter().filter(|other| *other != rank);
    let needs = others.map(|other| {
        let calls = table.rank(other);
        match (table.entered(other, comm) > number, calls.has_left()) {
            (true, _) => Need::Nothing,
            (false, true) => Need::Never,
            (false, false) => Need::Of(other),
        }
    });
    Need::All(needs.collect())
}

/// The members of a communicator that have not entered its operation of that number.
pub(super) fn absent(table: &Table<'_>, comm: CommId, number: u64) -> Vec<Rank> {
    let has_entered = |rank: &Rank| table.entered(*rank, comm) > number;
    table.members(comm).into_iter().filter(|rank| !has_entered(rank)).collect()
}

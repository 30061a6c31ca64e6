//! What every call has in common: it is noted when it begins and when it has returned.

use std::ffi::{c_char, c_int, c_void};

use ringscope_traces::calls::{
    Call, CommId, Communicator, Enter, Failure, Leave, MPI_INIT, PlaceId, Post, Probe,
};
use ringscope_traces::{Rank, Tag};

use super::communicator::{Known, Met};
use super::world::{Parents, remote_size};
use super::{
    Calling, Content, Handle, Incoming, Open, Outcome, Outgoing, Recording, Request, SUCCESS,
    SendRecord, WaitsFor, Wanted, is_on, real, with,
};
use crate::payload::Kind;
use crate::place;

/// The longest of MPI's words on an error: MPICH's `MPI_MAX_ERROR_STRING` is 512, Open MPI's 256.
const ERROR_BYTES: usize = 1024;

/// How many polls that have found the same are given one time: the note is of when it was about.
const POLLS_A_TIME: u64 = 16;

/// The call that this rank is in.
#[derive(Debug, Default)]
pub(super) struct Current {
    /// Where the program calls.
    pub(super) at: Option<PlaceId>,
    calling: Option<Calling>,
    /// When it was entered, in nanoseconds since the run began, once somebody has asked; that is before MPI is called.
    began: Option<u64>,
    /// When it returned, once somebody has asked.
    returned: Option<u64>,
    /// What the elements are of what was sent or received at each place: a bit for each kind.
    moved: Vec<u8>,
    /// The probe that was made last, if no other call was made since.
    probed: Option<Probe>,
    /// The test that was made last, if it has found nothing complete and nothing has changed since.
    tested: Option<Tested>,
}

impl Current {
    /// The call's name; of one that is not noted none.
    pub(super) fn name(&self) -> &'static str {
        self.calling.map_or("", |calling| calling.name)
    }
}

/// Tests of the same requests at the same place that have all found nothing complete.
#[derive(Debug)]
struct Tested {
    name: &'static str,
    at: Option<PlaceId>,
    posts: Vec<Post>,
    times: u64,
}

/// A collective operation.
#[derive(Debug, Clone, Copy)]
pub struct Collective {
    /// On which communicator.
    pub communicator: Handle,
    /// The root's rank in it.
    pub root: Option<c_int>,
    /// How many elements.
    pub count: Option<i64>,
    /// Of which type.
    pub datatype: Option<Handle>,
    /// By which operation they are reduced.
    pub op: Option<Handle>,
    /// Where these elements are, of one that moves others as well.
    pub buffer: Option<*const c_void>,
    /// Of the others, how many it takes from each rank, or gives to each.
    pub share: Option<Share>,
}

/// A number of elements of a type.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    count: i64,
    datatype: Handle,
}

impl<C: Into<i64>> From<(C, Handle)> for Share {
    fn from((count, datatype): (C, Handle)) -> Share {
        Share { count: count.into(), datatype }
    }
}

impl Collective {
    /// One of which no more is known than its communicator.
    pub const fn on(communicator: Handle) -> Collective {
        let (root, count, datatype, op) = (None, None, None, None);
        Collective { communicator, root, count, datatype, op, buffer: None, share: None }
    }
}

/// How a communicator was made.
#[derive(Debug, Clone, Copy)]
pub struct New {
    /// By which call.
    pub by: &'static str,
    /// From which communicator, if all of its members took part.
    pub of: Option<Handle>,
}

/// The same, by this rank's numbers: the communicator, and the call's number there.
#[derive(Debug, Clone, Copy)]
struct Made {
    by: &'static str,
    of: Option<(CommId, u64)>,
}

/// Begins a call: the function notes it.
pub fn enter<T>(begin: impl FnOnce(&mut Recording) -> T) -> Option<T> {
    if !is_on() {
        return None;
    }
    let at = place::here();
    with(|recording| {
        recording.current.at = at;
        recording.current.began = None;
        recording.current.returned = None;
        recording.put_places();
        begin(recording)
    })
}

/// A call has returned with that code; the function records what it has done.
pub fn leave(code: c_int, end: impl FnOnce(&mut Recording)) -> c_int {
    with(|recording| {
        if code != SUCCESS {
            recording.fail(code);
        }
        end(recording);
        recording.end();
        recording.current.returned = None;
    });
    code
}

impl Recording {
    /// Writes down the places that were met for the first time.
    pub(super) fn put_places(&mut self) {
        for call in place::fresh(self.part.rank()) {
            self.part.call(&call);
        }
    }

    /// The communicator of that handle.
    pub(super) fn communicator(&mut self, communicator: Handle) -> &Known {
        if self.communicators.of(communicator).is_none() {
            self.meet(communicator, None);
        }
        self.communicators.of(communicator).expect("it was met")
    }

    /// The ranks of a communicator, or of the other side of one that joins two, if all are known.
    pub fn members(&mut self, communicator: Handle) -> Option<Vec<Rank>> {
        self.communicator(communicator).members.all()
    }

    fn meet(&mut self, communicator: Handle, made: Option<Made>) {
        if let Some(met) = self.communicators.meet(communicator) {
            self.write_communicator(met, made);
        }
    }

    fn write_communicator(&mut self, met: Met, made: Option<Made>) {
        self.part.call(&Call::Communicator(Communicator {
            rank: Some(self.part.rank()),
            comm: met.id,
            members: met.all,
            by: made.map(|made| made.by.to_owned()),
            of: made.and_then(|made| made.of).map(|(of, _)| of),
            number: made.and_then(|made| made.of).map(|(_, number)| number),
            at: self.current.at,
        }));
    }

    /// A call begins.
    pub fn begin(&mut self, calling: Calling) {
        if let Some(probed) = self.current.probed.take() {
            self.part.call(&Call::Probe(probed));
        }
        self.note(calling);
    }

    fn note(&mut self, calling: Calling) {
        self.is_called_here(calling.name);
        self.current.calling = Some(calling);
        // Of a rank that polls the clock is read now and then only: that is a fifth of what its calls cost.
        let is_untimed = self.last_call.as_ref().is_some_and(|last_call| {
            last_call.is_again(&calling, self.current.at)
                && !calling.before.times.is_multiple_of(POLLS_A_TIME)
        });
        let t = if is_untimed { None } else { Some(self.began()) };
        let after = self.part.events();
        if let Some(last_call) = &mut self.last_call {
            last_call.begin(&calling, self.current.at, (after, t));
        }
    }

    /// When the call was entered: the clock is read once for all that wants to know.
    pub(super) fn began(&mut self) -> u64 {
        *self.current.began.get_or_insert_with(|| self.part.time())
    }

    /// When the call returned: the clock is read once for all that it has brought.
    pub(super) fn returned(&mut self) -> u64 {
        *self.current.returned.get_or_insert_with(|| self.part.time())
    }

    /// A send begins; returns what to record of it, unless it goes to `MPI_PROC_NULL`.
    pub fn begin_send(&mut self, calling: Calling, message: &Outgoing) -> Option<SendRecord> {
        let known = self.communicator(message.communicator);
        let (comm, to) = (known.id, known.members.in_trace(message.to));
        let count = u64::try_from(message.count).ok();
        let datatype = self.datatypes.of(message.datatype);
        let (kind, bytes) = (datatype.kind, count.and_then(|count| datatype.bytes(count)));
        self.moves(kind);
        let (peer, tag) = (to.map_or(Open::None, Open::One), Open::One(message.tag));
        self.begin(Calling { comm, peer, tag, count, bytes, ..calling });
        let content = Content { buffer: message.buffer, kind };
        Some(SendRecord { to: to?, tag: Tag(message.tag), comm, content, bytes })
    }

    /// Notes what the elements are of what is sent or received where the program calls.
    pub(super) fn moves(&mut self, kind: Kind) {
        let (Some(at), elements) = (self.current.at, kind.elements()) else { return };
        let index = at.0 as usize;
        if self.current.moved.len() <= index {
            self.current.moved.resize(index + 1, 0);
        }
        let bit = 1_u8 << elements as u8;
        if let Some(seen) = self.current.moved.get_mut(index).filter(|seen| **seen & bit == 0) {
            *seen |= bit;
            place::moves(at, elements);
            self.put_places();
        }
    }

    /// A receive begins.
    pub fn begin_receive(&mut self, calling: Calling, wanted: &Wanted, count: i64) {
        self.begin(Calling {
            comm: wanted.comm,
            peer: wanted.source,
            tag: wanted.tag,
            count: u64::try_from(count).ok(),
            bytes: wanted.bytes,
            ..calling
        });
    }

    /// A matched probe begins that waits for a message.
    pub fn begin_mprobe(&mut self, calling: Calling, probe: &Incoming) {
        let (comm, source, tag) = self.envelope(probe);
        self.begin_receive(calling, &Wanted { source, tag, comm, bytes: None }, 0);
    }

    /// A call begins that completes requests, of which these are the first.
    pub fn begin_completing(&mut self, calling: Calling, posts: &[Post]) {
        if let Some(probed) = self.current.probed.take() {
            self.part.call(&Call::Probe(probed));
        }
        let times = self.tested_before(calling.name, posts);
        self.note(Calling { before: Outcome { times, found: false }, ..calling });
    }

    /// How many times the same test was made before, and has found nothing.
    fn tested_before(&self, name: &str, posts: &[Post]) -> u64 {
        let at = self.current.at;
        let is_same =
            |tested: &&Tested| tested.name == name && tested.at == at && tested.posts == posts;
        self.current.tested.as_ref().filter(is_same).map_or(0, |tested| tested.times)
    }

    /// What the call waits for.
    pub fn waits(&mut self, waits: WaitsFor<'_>) {
        if let Some(last_call) = &mut self.last_call {
            last_call.waits(waits);
        }
    }

    /// A collective operation begins; returns the request's number, of one that does not block.
    pub fn begin_collective(
        &mut self,
        name: &'static str,
        collective: &Collective,
        blocks: bool,
    ) -> Option<Post> {
        if self.abi.is_no_communicator(collective.communicator) {
            self.begin(Calling::named(name));
            return None;
        }
        let known = self.communicator(collective.communicator);
        let known = known.clone();
        self.begin_together(name, (known, collective), blocks)
    }

    /// A collective operation on a window or a file begins; of one that is not known, only the name is noted.
    pub fn begin_on_object(&mut self, name: &'static str, object: Handle) {
        match self.communicators.object(object) {
            Some(known) => {
                self.begin_together(name, (known, &Collective::on(object)), true);
            }
            None => self.begin(Calling::blocking(name)),
        }
    }

    /// A call on a window begins that the rank makes by itself, perhaps with the window of another rank.
    pub fn begin_at(&mut self, name: &'static str, object: Handle, target: Option<c_int>) {
        let calling = match self.communicators.object(object) {
            Some(known) => {
                let peer = target.and_then(|target| known.members.in_trace(target));
                let peer = peer.map_or(Open::None, Open::One);
                Calling { comm: known.id, peer, ..Calling::blocking(name) }
            }
            None => Calling::blocking(name),
        };
        self.begin(calling);
    }

    fn begin_together(
        &mut self,
        name: &'static str,
        (known, collective): (Known, &Collective),
        blocks: bool,
    ) -> Option<Post> {
        let (comm, is_same_for_all) = (known.id, !known.joins_two);
        let root = collective.root.filter(|_| is_same_for_all);
        let root = root.and_then(|root| known.members.in_trace(root));
        let mut count_up = |name: &'static str| {
            let count = self.collectives.entry((comm, name)).or_default();
            *count += 1;
            *count
        };
        let numbers = (count_up("") - 1, count_up(name));
        let is_in_place = collective.buffer.is_some_and(|at| self.abi.is_in_place(at));
        let count = collective.count.filter(|_| is_same_for_all && !is_in_place);
        let count = count.and_then(|count| u64::try_from(count).ok());
        let datatype = collective.datatype.map(|handle| self.datatypes.of(handle));
        let bytes = datatype.and_then(|datatype| datatype.bytes(count?));
        let is_root = root.is_none_or(|root| root == self.part.rank());
        let share = collective.share.filter(|_| is_same_for_all && is_root);
        let share = share.and_then(|Share { count, datatype }| {
            self.datatypes.of(datatype).bytes(u64::try_from(count).ok()?)
        });
        let (t, post) = (self.began(), (!blocks).then(|| self.next_post()));
        let datatype = collective.datatype.filter(|_| !is_in_place);
        let datatype = datatype.map(|handle| self.datatypes.name(handle));
        self.begin(Calling {
            comm,
            root,
            count,
            bytes,
            numbers: Some(numbers),
            blocks,
            ..Calling::named(name)
        });
        self.part.call(&Call::Enter(Enter {
            rank: self.part.rank(),
            after: self.part.events(),
            name: name.to_owned(),
            comm,
            number: Some(numbers.0),
            nth: Some(numbers.1),
            root,
            count,
            datatype,
            op: collective.op.and_then(|op| self.abi.op_name(op)).map(str::to_owned),
            bytes,
            share,
            post,
            at: self.current.at,
            t,
        }));
        post
    }

    /// `MPI_Finalize` begins.
    pub fn begin_finalize(&mut self, name: &'static str) {
        self.begin(Calling::blocking(name));
        let (rank, after) = (self.part.rank(), self.part.events());
        let (at, t) = (self.current.at, self.began());
        self.part.call(&Call::Enter(Enter { after, at, t, ..Enter::named(rank, name) }));
        self.leaves();
    }

    /// What was entered has been left.
    pub fn left(&mut self) {
        let (after, t) = (self.part.events(), self.returned());
        self.part.call(&Call::Leave(Leave { rank: self.part.rank(), after, t }));
    }

    /// A communicator was made; its handle is that.
    pub fn made(&mut self, new: New, handle: Handle) {
        if self.abi.is_no_communicator(handle) {
            return;
        }
        let of = new.of.map(|of| self.made_from(of));
        self.meet(handle, Some(Made { by: new.by, of }));
        self.has_made(self.abi.handle(handle), new.by);
    }

    /// Processes were spawned, of which the first has that rank of the trace; they are not recorded without it.
    pub fn spawned(&mut self, new: New, joint: Handle, first: Option<Rank>) {
        let Some(Rank(first)) = first else { return self.made(new, joint) };
        let ranks = (first..first + remote_size(joint)).map(Rank).collect();
        self.communicators.learn(joint, ranks);
        // They do not know how many calls there were before.
        self.made(New { of: None, ..new }, joint);
    }

    /// This process belongs to a world that was spawned.
    pub(super) fn was_spawned(&mut self, parents: &Parents) {
        self.meet(self.abi.world(), Some(Made { by: MPI_INIT, of: None }));
        if !parents.ranks.is_empty() {
            self.communicators.learn(parents.joint, parents.ranks.clone());
        }
        self.meet(parents.joint, Some(Made { by: "MPI_Comm_spawn", of: None }));
    }

    /// A persistent collective operation was created on a communicator: it is one of its own, on which all members start the same.
    pub fn created(&mut self, by: &'static str, of: Handle, request: Handle) {
        self.add_object(by, of, request);
        let Some(known) = self.communicators.object(request) else { return };
        let life = self.life(by);
        self.communicators.forget_object(request);
        self.begin_request(request, Request::PersistentCollective { known, active: None, life });
    }

    /// A persistent collective operation is started; returns the number of its request.
    pub(super) fn start_together(&mut self, name: &'static str, known: &Known) -> Post {
        let mut count_up = |name: &'static str| {
            let count = self.collectives.entry((known.id, name)).or_default();
            *count += 1;
            *count
        };
        let (number, nth) = (count_up("") - 1, count_up(name));
        let (rank, after, t) = (self.part.rank(), self.part.events(), self.began());
        let post = self.next_post();
        self.part.call(&Call::Enter(Enter {
            after,
            comm: known.id,
            number: Some(number),
            nth: Some(nth),
            post: Some(post),
            at: self.current.at,
            t,
            ..Enter::named(rank, name)
        }));
        post
    }

    fn add_object(&mut self, by: &'static str, of: Handle, object: Handle) {
        let made = Made { by, of: Some(self.made_from(of)) };
        let like = self.communicator(of).clone();
        let met = self.communicators.add_object(object, &like);
        self.write_communicator(met, Some(made));
    }

    /// A window or a file was made by a call of all members of a communicator.
    pub fn made_object(&mut self, by: &'static str, of: Handle, object: Handle) {
        self.add_object(by, of, object);
        self.has_made(object, by);
        self.watch_window(by, object);
    }

    /// A window or a file is no more.
    pub fn forget_object(&mut self, object: Handle) {
        self.communicators.forget_object(object);
        self.has_freed(object);
    }

    /// A communicator, and the number of the last collective operation on it.
    fn made_from(&mut self, of: Handle) -> (CommId, u64) {
        let of = self.communicator(of).id;
        let count = self.collectives.get(&(of, "")).copied().unwrap_or(1);
        (of, count - 1)
    }

    /// A probe begins; returns what is known of the call.
    pub fn begin_probe(&mut self, calling: Calling, probe: &Incoming) -> Calling {
        let (comm, peer, tag) = self.envelope(probe);
        let calling = Calling { comm, peer, tag, ..calling };
        let before = self.current.probed.as_ref();
        let before = before.filter(|before| is_for_the_same(before, &calling, self.current.at));
        let calling = Calling { before: before.map(outcome).unwrap_or_default(), ..calling };
        self.note(calling);
        calling
    }

    /// A probe has returned, with the source and the tag of the message that it has found.
    pub fn probed(&mut self, calling: &Calling, probe: &Incoming, found: Option<(c_int, c_int)>) {
        let members = &self.communicator(probe.communicator).members;
        let found = found.and_then(|(source, tag)| Some((members.in_trace(source)?, tag)));
        let (found, found_tag) = found.unzip();
        let (after, at) = (self.part.events(), self.current.at);
        if let Some(before) = &mut self.current.probed
            && (before.after, before.found, before.found_tag) == (after, found, found_tag)
            && is_for_the_same(before, calling, at)
        {
            let outcome = outcome(before);
            before.times += 1;
            return self.end_with(Some(outcome));
        }
        if let Some(before) = self.current.probed.take() {
            self.part.call(&Call::Probe(before));
        }
        let first = Probe {
            rank: self.part.rank(),
            after,
            name: calling.name.to_owned(),
            comm: calling.comm,
            source: calling.peer.one(),
            tag: calling.tag.one(),
            found,
            found_tag,
            times: 1,
            at,
            t: self.returned(),
        };
        self.end_with(Some(Outcome { times: 0, ..outcome(&first) }));
        self.current.probed = Some(first);
    }

    /// A test has found that none of its requests is complete yet, of which these are the first; perhaps since none is
    /// active.
    pub fn found_nothing(&mut self, posts: Vec<Post>, is_none_active: bool) {
        let Some(calling) = self.current.calling else { return };
        let (name, at) = (calling.name, self.current.at);
        let times = self.tested_before(name, &posts);
        if is_none_active {
            self.nothing_was_active(times);
        }
        self.current.tested = Some(Tested { name, at, posts, times: times + 1 });
        self.end_with(Some(Outcome { times, found: false }));
    }

    /// The call has returned.
    pub(super) fn end(&mut self) {
        self.end_with(None);
    }

    fn end_with(&mut self, before: Option<Outcome>) {
        let Some(calling) = self.current.calling.take() else { return };
        let waited = calling.blocks.then(|| self.returned().saturating_sub(self.began()));
        if before.is_none() {
            self.current.tested = None;
        }
        if let Some(last_call) = &mut self.last_call {
            last_call.end(before);
            last_call.news(self.part.news());
            waited.into_iter().for_each(|waited| last_call.waited(waited));
        }
    }

    fn fail(&mut self, code: c_int) {
        if let Some(calling) = self.current.calling {
            self.write_failure(calling.name.to_owned(), (words(code), false));
        }
    }

    /// A call has failed, and MPI ends the program; its name is needed where it is none of those that are noted.
    pub(super) fn fail_for_good(&mut self, code: c_int, name: Option<String>) {
        let why = words(code);
        let noted = self.current.calling.map(|calling| calling.name.to_owned());
        let name = noted.or(name).or_else(|| named_in(&why)).unwrap_or_else(|| "MPI".to_owned());
        self.write_failure(name, (why, true));
    }

    fn write_failure(&mut self, name: String, (why, fatal): (String, bool)) {
        // Of a call that is not noted nothing else is known.
        let noted = self.current.calling;
        let at = self.current.at.filter(|_| noted.is_some());
        let calling = noted.unwrap_or(Calling::named(""));
        self.part.call(&Call::Fail(Failure {
            rank: self.part.rank(),
            after: self.part.events(),
            name,
            why,
            fatal,
            comm: calling.comm,
            peer: calling.peer.one(),
            tag: calling.tag.one(),
            bytes: calling.bytes,
            at,
        }));
    }
}

/// Whether a probe before was called at the same place for the same messages.
fn is_for_the_same(before: &Probe, calling: &Calling, at: Option<PlaceId>) -> bool {
    let wanted = (calling.comm, calling.peer.one(), calling.tag.one(), at);
    (before.comm, before.source, before.tag, before.at) == wanted && before.name == calling.name
}

/// What a probe has come to so far.
fn outcome(probe: &Probe) -> Outcome {
    Outcome { times: probe.times, found: probe.found.is_some() }
}

/// The call that MPICH's words on an error name: `MPI_Put(origin_addr=...) failed`.
fn named_in(why: &str) -> Option<String> {
    let (_, from) = why.split_once(" MPI_")?;
    let (name, _) = from.split_once('(')?;
    Some(format!("MPI_{name}"))
}

/// MPI's words on an error.
fn words(code: c_int) -> String {
    let mut text = vec![0_u8; ERROR_BYTES];
    let mut length: c_int = 0;
    real!(MPI_Error_string(
        code => c_int, text.as_mut_ptr().cast::<c_void>().cast() => *mut c_char,
        &raw mut length => *mut c_int
    ));
    text.truncate(usize::try_from(length).unwrap_or(0));
    String::from_utf8_lossy(&text).into_owned()
}

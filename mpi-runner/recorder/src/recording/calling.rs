//! What every call has in common: it is noted when it begins and when it has returned.

use std::ffi::{c_char, c_int, c_void};
use std::mem;

use ringscope_traces::Tag;
use ringscope_traces::calls::{Call, Enter, Failure, PlaceId, Post, Probe};

use super::thread::{self, ThreadId};
use super::{
    Calling, Content, Incoming, Open, Outcome, Outgoing, Recording, SUCCESS, SendRecord, WaitsFor,
    Wanted, is_on, real, with,
};
use crate::payload::Kind;
use crate::place;

/// The longest of MPI's words on an error: MPICH's `MPI_MAX_ERROR_STRING` is 512, Open MPI's 256.
const ERROR_BYTES: usize = 1024;

/// How many polls that have found the same are given one time: the note is of when it was about.
const POLLS_A_TIME: u64 = 16;

/// The call that a thread is in.
#[derive(Debug)]
pub(super) struct Current {
    /// Which thread.
    pub(super) thread: ThreadId,
    /// Where the program calls.
    pub(super) at: Option<PlaceId>,
    calling: Option<Calling>,
    /// When it was entered, in nanoseconds since the run began, once somebody has asked; that is before MPI is called.
    began: Option<u64>,
    /// When it returned, once somebody has asked.
    returned: Option<u64>,
}

impl Current {
    /// That of a thread which is in none.
    pub(super) fn of(thread: ThreadId) -> Current {
        Current { thread, at: None, calling: None, began: None, returned: None }
    }

    /// The call's name; of one that is not noted none.
    pub(super) fn name(&self) -> &'static str {
        self.calling.map_or("", |calling| calling.name)
    }
}

/// What the calls before have come to, of whichever thread.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// What the elements are of what was sent or received at each place: a bit for each kind.
    moved: Vec<u8>,
    /// The probe that was made last, if no other call was made since.
    probed: Option<Probe>,
    /// The test that was made last, if it has found nothing complete and nothing has changed since.
    tested: Option<Tested>,
}

/// Tests of the same requests at the same place that have all found nothing complete.
#[derive(Debug)]
struct Tested {
    name: &'static str,
    at: Option<PlaceId>,
    posts: Vec<Post>,
    times: u64,
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
    /// What is recorded from now on is done by that thread.
    pub(super) fn turn_to(&mut self, thread: ThreadId) {
        if self.current.thread == thread {
            return;
        }
        let known = self.others.iter().position(|other| other.thread == thread);
        let next = match known {
            Some(known) => self.others.swap_remove(known),
            None => {
                thread::watch_end();
                Current::of(thread)
            }
        };
        let before = mem::replace(&mut self.current, next);
        self.others.extend(Some(before).filter(|before| before.thread.is_some()));
        if let Some(last_call) = &mut self.last_call {
            last_call.turn_to(thread);
        }
    }

    /// The thread that calls ends.
    pub(super) fn thread_ends(&mut self) {
        self.current = Current::of(ThreadId::NONE);
        if let Some(last_call) = &mut self.last_call {
            last_call.thread_ends();
        }
    }

    /// Writes down the places that were met for the first time.
    pub(super) fn put_places(&mut self) {
        for call in place::fresh(self.part.rank()) {
            self.part.call(&call);
        }
    }

    /// A call begins.
    pub fn begin(&mut self, calling: Calling) {
        if let Some(probed) = self.before.probed.take() {
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
        if self.before.moved.len() <= index {
            self.before.moved.resize(index + 1, 0);
        }
        let bit = 1_u8 << elements as u8;
        if let Some(seen) = self.before.moved.get_mut(index).filter(|seen| **seen & bit == 0) {
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
        if let Some(probed) = self.before.probed.take() {
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
        self.before.tested.as_ref().filter(is_same).map_or(0, |tested| tested.times)
    }

    /// What the call waits for.
    pub fn waits(&mut self, waits: WaitsFor<'_>) {
        if let Some(last_call) = &mut self.last_call {
            last_call.waits(waits);
        }
    }

    /// `MPI_Finalize` begins.
    pub fn begin_finalize(&mut self, name: &'static str) {
        self.begin(Calling::blocking(name));
        let (rank, after) = (self.part.rank(), self.part.events());
        let (at, t) = (self.current.at, self.began());
        self.part.call(&Call::Enter(Enter { after, at, t, ..Enter::named(rank, name) }));
        self.leaves();
    }

    /// A probe begins; returns what is known of the call.
    pub fn begin_probe(&mut self, calling: Calling, probe: &Incoming) -> Calling {
        let (comm, peer, tag) = self.envelope(probe);
        let calling = Calling { comm, peer, tag, ..calling };
        let before = self.before.probed.as_ref();
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
        if let Some(before) = &mut self.before.probed
            && (before.after, before.found, before.found_tag) == (after, found, found_tag)
            && is_for_the_same(before, calling, at)
        {
            let outcome = outcome(before);
            before.times += 1;
            return self.end_with(Some(outcome));
        }
        if let Some(before) = self.before.probed.take() {
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
        self.before.probed = Some(first);
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
        self.before.tested = Some(Tested { name, at, posts, times: times + 1 });
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
            self.before.tested = None;
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

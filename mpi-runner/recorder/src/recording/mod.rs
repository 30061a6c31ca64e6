//! The state that the wrapped functions share: what this process has called, and its open requests.

mod begin;
mod calling;
mod collective;
mod communicator;
mod datatype;
mod disk;
mod fatal;
mod last_call;
mod memory;
mod misuse;
mod news;
mod objects;
mod part;
mod request;
mod signals;
mod world;

use std::collections::hash_map::Entry;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use ringscope_traces::calls::{
    Any, Became, Call, CommId, Completed, Details, Exception, Post, Posted,
};
use ringscope_traces::{Op, Rank, Tag};
use rustc_hash::FxHashMap;
use twox_hash::XxHash3_64;

use crate::note::{Note, note};
use crate::payload::{self, Keep, Kind, Raw};
use crate::place;
use crate::real::{Abi, Handle, SUCCESS, is_loaded, real};
pub use begin::{begin, end, spawning};
use calling::Current;
pub use calling::{enter, leave};
pub use collective::Collective;
use communicator::Communicators;
pub use communicator::Members;
use datatype::{Datatypes, received_bytes};
use last_call::LastCall;
pub use last_call::{Calling, Open, Outcome, WaitsFor};
use misuse::Made;
pub use misuse::called;
pub use objects::New;
use part::{Observed, Part};
use request::SameHandle;
pub use request::{Done, Life, Posting, Receiving, Request, Sending};
pub use world::Spawning;
use world::World;

static IS_ON: AtomicBool = AtomicBool::new(false);
/// The MPI of the process, once it has been asked to record.
static ABI: OnceLock<Abi> = OnceLock::new();
static RECORDING: Mutex<Option<Recording>> = Mutex::new(None);

/// A message that is about to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing {
    /// Where its elements are.
    pub buffer: *const c_void,
    /// How many.
    pub count: i64,
    /// Of which type.
    pub datatype: Handle,
    /// The receiver's rank in the communicator.
    pub to: c_int,
    /// The tag.
    pub tag: c_int,
    /// The communicator.
    pub communicator: Handle,
}

/// Where a message is to be received, and which.
#[derive(Debug, Clone, Copy)]
pub struct Incoming {
    /// Where its elements go.
    pub buffer: *const c_void,
    /// For how many there is room.
    pub count: i64,
    /// Of which type they are.
    pub datatype: Handle,
    /// The sender's rank in the communicator, or `MPI_ANY_SOURCE`.
    pub source: c_int,
    /// The tag, or `MPI_ANY_TAG`.
    pub tag: c_int,
    /// The communicator that it comes through.
    pub communicator: Handle,
}

impl Incoming {
    /// What a probe looks for.
    pub fn probe(source: c_int, tag: c_int, communicator: Handle) -> Incoming {
        Incoming { buffer: std::ptr::null(), count: 0, datatype: 0, source, tag, communicator }
    }
}

/// What is recorded of a message that is sent.
#[derive(Debug, Clone, Copy)]
pub struct SendRecord {
    to: Rank,
    tag: Tag,
    comm: CommId,
    content: Content,
    /// `None` when it is more than can be counted.
    bytes: Option<u64>,
}

/// Which message is received, and for how much there is room.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// From whom.
    pub source: Open<Rank>,
    /// With which tag.
    pub tag: Open<i32>,
    /// Through which communicator.
    pub comm: CommId,
    /// For how many bytes there is room.
    pub bytes: Option<u64>,
}

impl Wanted {
    /// What it leaves open.
    fn any(&self) -> Option<Any> {
        match (self.source.is_any(), self.tag.is_any()) {
            (true, true) => Some(Any::Both),
            (true, false) => Some(Any::Source),
            (false, true) => Some(Any::Tag),
            (false, false) => None,
        }
    }
}

/// Where a message is received and who may have sent it: what is needed to record it.
#[derive(Debug, Clone)]
pub struct ReceiveBuffer {
    content: Content,
    from: Members,
}

/// Where elements lie, and what they are.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    buffer: *const c_void,
    kind: Kind,
}

impl Content {
    /// The bytes, where they lie side by side and can be read; an empty message has none.
    ///
    /// # Safety
    ///
    /// The program has MPI read or write so many bytes there.
    unsafe fn bytes(&self, length: Option<usize>) -> Option<&[u8]> {
        match length {
            // The pointer to an empty buffer may be anything.
            Some(0) => Some(&[]),
            Some(length) if self.kind != Kind::Opaque && !self.buffer.is_null() => {
                // SAFETY: as the caller says.
                Some(unsafe { std::slice::from_raw_parts(self.buffer.cast::<u8>(), length) })
            }
            Some(_) | None => None,
        }
    }
}

/// The recording of this process.
pub struct Recording {
    /// The MPI.
    pub abi: Abi,
    part: Part,
    last_call: Option<LastCall>,
    current: Current,
    is_python: bool,
    /// How much of the payloads is written down.
    keep: Keep,
    /// A payload on its way.
    json: Vec<u8>,
    communicators: Communicators,
    datatypes: Datatypes,
    /// By handle.
    requests: FxHashMap<Handle, SameHandle>,
    /// Messages that were found by a matched probe and not received yet.
    messages: FxHashMap<Handle, Matched>,
    /// How many requests and receives were numbered.
    posts: u64,
    /// How many collective operations there were, by communicator, and by name.
    collectives: FxHashMap<(CommId, &'static str), u64>,
    /// What the program has made and not freed.
    made: Made,
}

/// A message that a matched probe has found.
#[derive(Debug, Clone)]
pub struct Matched {
    /// Its place in the order of posting: that of the probe, which reserved the message.
    post: Post,
    wanted: Wanted,
    from: Members,
}

// SAFETY: the pointers in it are the program's buffers, which are read only within the calls of MPI that
// complete their requests: there MPI itself needs them to be whole, on whichever thread that is.
unsafe impl Send for Recording {}

/// Whether this process is being recorded.
pub fn is_on() -> bool {
    IS_ON.load(Ordering::Acquire)
}

/// The MPI of the process, if it is being recorded.
pub fn abi() -> Option<Abi> {
    if is_on() { ABI.get().copied() } else { None }
}

/// Calls a function on the recording, if there is one.
pub fn with<T>(act: impl FnOnce(&mut Recording) -> T) -> Option<T> {
    if !is_on() {
        return None;
    }
    let mut recording = lock();
    let _asking = fatal::Asking::begin();
    // A panic must not unwind into the program, which calls this from C.
    let acted = catch_unwind(AssertUnwindSafe(|| recording.as_mut().map(act)));
    acted.unwrap_or_else(|_| {
        IS_ON.store(false, Ordering::Release);
        *recording = None;
        note(Note::Broken, "");
        None
    })
}

fn lock() -> MutexGuard<'static, Option<Recording>> {
    RECORDING.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recording {
    fn new(
        (abi, world): (Abi, World),
        part: Part,
        last_call: Option<LastCall>,
        keep: Keep,
    ) -> Recording {
        let mut recording = Recording {
            abi,
            part,
            last_call,
            current: Current::default(),
            is_python: is_loaded("Py_IsInitialized\0"),
            keep,
            json: Vec::new(),
            communicators: Communicators::new(abi, &world),
            datatypes: Datatypes::new(abi),
            requests: FxHashMap::default(),
            messages: FxHashMap::default(),
            posts: 0,
            collectives: FxHashMap::default(),
            made: Made::default(),
        };
        if let Some(parents) = &world.parents {
            recording.was_spawned(parents);
        }
        recording
    }

    /// The next number of a request, or of a receive.
    fn next_post(&mut self) -> Post {
        self.posts += 1;
        Post(self.posts - 1)
    }

    /// What to record each time that a message is sent; `None` when it goes to `MPI_PROC_NULL`.
    pub fn send(&mut self, message: &Outgoing) -> Option<SendRecord> {
        let known = self.communicator(message.communicator);
        let (comm, to) = (known.id, known.members.in_trace(message.to)?);
        let datatype = self.datatypes.of(message.datatype);
        let bytes = u64::try_from(message.count).ok().and_then(|count| datatype.bytes(count));
        let content = Content { buffer: message.buffer, kind: datatype.kind };
        Some(SendRecord { to, tag: Tag(message.tag), comm, content, bytes })
    }

    /// Records the send of a message.
    pub fn sent(&mut self, send: &SendRecord) {
        self.posted(send, None);
    }

    /// Records the beginning of a send whose end will be recorded, too.
    pub fn sending(&mut self, send: &SendRecord) -> Sending {
        let post = self.next_post();
        let hash = self.posted(send, Some(post));
        let length = send.bytes.and_then(|bytes| usize::try_from(bytes).ok());
        let sent = hash.zip(length).map(|(hash, length)| (send.content, length, hash));
        Sending { post, sent }
    }

    /// Records a send; returns the hash of what is sent.
    fn posted(&mut self, send: &SendRecord, post: Option<Post>) -> Option<u64> {
        let SendRecord { to, tag, comm, content, bytes } = *send;
        let more = Details { comm, post, bytes, at: self.current.at, ..Details::default() };
        let t = self.began();
        self.write(Observed { op: Op::Send, peer: to, tag, t, more }, content)
    }

    /// Which message a receive wants, and where it goes.
    pub fn wanted(&mut self, receive: &Incoming) -> (Wanted, ReceiveBuffer) {
        let (comm, source, tag) = self.envelope(receive);
        let from = self.communicator(receive.communicator).members.clone();
        let datatype = self.datatypes.of(receive.datatype);
        let bytes = u64::try_from(receive.count).ok().and_then(|count| datatype.bytes(count));
        let kind = datatype.kind;
        self.moves(kind);
        let content = Content { buffer: receive.buffer, kind };
        (Wanted { source, tag, comm, bytes }, ReceiveBuffer { content, from })
    }

    /// The communicator, the sender and the tag that a receive or a probe asks for.
    fn envelope(&mut self, receive: &Incoming) -> (CommId, Open<Rank>, Open<i32>) {
        let (any_source, any_tag) = (self.abi.any_source(), self.abi.any_tag());
        let known = self.communicator(receive.communicator);
        let source = match known.members.in_trace(receive.source) {
            Some(rank) => Open::One(rank),
            None if receive.source == any_source => Open::Any,
            None => Open::None,
        };
        let tag = if receive.tag == any_tag { Open::Any } else { Open::One(receive.tag) };
        (known.id, source, tag)
    }

    /// A receive that begins now.
    pub fn receiving(&mut self, wanted: &Wanted, buffer: ReceiveBuffer) -> Receiving {
        let (any, comm, is_cancelled) = (wanted.any(), wanted.comm, false);
        Receiving { post: self.next_post(), any, is_cancelled, comm, buffer }
    }

    /// Writes down a receive that was posted and will be complete later.
    pub fn post(&mut self, name: &str, wanted: &Wanted, post: Post) {
        self.part.call(&Call::Post(Posted {
            rank: self.part.rank(),
            after: self.part.events(),
            name: name.to_owned(),
            post,
            comm: wanted.comm,
            source: wanted.source.one(),
            tag: wanted.tag.one(),
            bytes: wanted.bytes,
            at: self.current.at,
        }));
    }

    /// The receive of a message that a matched probe has found begins.
    pub fn begin_matched(
        &mut self,
        calling: Calling,
        matched: Matched,
        receive: &Incoming,
    ) -> Receiving {
        let datatype = self.datatypes.of(receive.datatype);
        let bytes = u64::try_from(receive.count).ok().and_then(|count| datatype.bytes(count));
        self.begin_receive(calling, &Wanted { bytes, ..matched.wanted }, receive.count);
        let kind = datatype.kind;
        self.moves(kind);
        let content = Content { buffer: receive.buffer, kind };
        let buffer = ReceiveBuffer { content, from: matched.from };
        let (any, comm) = (matched.wanted.any(), matched.wanted.comm);
        Receiving { post: matched.post, any, is_cancelled: false, comm, buffer }
    }

    /// Records the receive of a message, by its status.
    ///
    /// # Safety
    ///
    /// MPI has filled the status of this receive.
    pub unsafe fn received(&mut self, receiving: &Receiving, status: *mut c_void) {
        // SAFETY: as the caller says.
        let (source, tag) = unsafe { self.abi.source_and_tag(status) };
        if is_cancelled(status) {
            return self.complete(receiving.post, Became::Cancelled, false);
        }
        let Some(peer) = receiving.buffer.from.in_trace(source) else {
            // From `MPI_PROC_NULL`, or from a process of another world.
            return self.complete(receiving.post, Became::Completed, false);
        };
        let more = Details {
            comm: receiving.comm,
            post: Some(receiving.post),
            any: receiving.any,
            bytes: received_bytes(self.abi, status),
            at: self.current.at,
            ..Details::default()
        };
        let t = self.returned();
        let observed = Observed { op: Op::Recv, peer, tag: Tag(tag), t, more };
        self.write(observed, receiving.buffer.content);
    }

    /// Writes a message down; returns the hash of its bytes, where they can be read.
    fn write(&mut self, mut observed: Observed, content: Content) -> Option<u64> {
        let bytes = observed.more.bytes;
        let length = bytes.and_then(|bytes| usize::try_from(bytes).ok());
        // SAFETY: the program has MPI read or write so many bytes there.
        let readable = unsafe { content.bytes(length) };
        let hash = readable.filter(|_| self.keep.has_hash()).map(XxHash3_64::oneshot);
        observed.more.hash = hash;
        self.json.clear();
        match readable {
            Some(bytes) => {
                let raw = Raw { bytes, kind: content.kind, is_python: self.is_python };
                observed.more.cut = self.keep.put(&mut self.json, raw);
            }
            None => payload::put_length(&mut self.json, bytes.unwrap_or(0)),
        }
        self.part.event(observed, &self.json);
        hash
    }

    /// Writes down what a completed request has done.
    ///
    /// # Safety
    ///
    /// MPI has filled the status.
    pub unsafe fn done(&mut self, done: Done, status: *mut c_void) {
        match done {
            // SAFETY: as the caller says.
            Done::Received(receiving) => unsafe { self.received(&receiving, status) },
            Done::Collective(post) => self.complete(post, Became::Completed, false),
            Done::Sent(Sending { post, sent }) => {
                let is_changed = |(content, length, hash): (Content, usize, u64)| {
                    // SAFETY: the program may have given the memory back, though it must not; that it does so in these
                    // very moments, by another thread, is not looked for.
                    let now = unsafe { memory::look(content.buffer, length) };
                    now.is_some_and(|now| XxHash3_64::oneshot(now) != hash)
                };
                let how = match is_cancelled(status) {
                    true => Became::Cancelled,
                    false => Became::Completed,
                };
                let changed = sent.is_some_and(is_changed);
                self.complete(post, how, changed);
            }
        }
    }

    /// Writes down what became of a request that is none of a receive.
    pub fn complete(&mut self, post: Post, how: Became, changed: bool) {
        let (rank, after, at) = (self.part.rank(), self.part.events(), self.current.at);
        self.part.call(&Call::Complete(Completed { rank, after, post, how, changed, at }));
    }

    /// Writes down the exception that has ended the program, and where it was raised.
    pub fn raised(&mut self, what: String, place: Option<(String, u32, String)>) {
        let at = place.map(|(file, line, function)| place::of_exception(file, line, function));
        self.put_places();
        let (rank, after) = (self.part.rank(), self.part.events());
        self.part.call(&Call::Exception(Exception { rank, after, what, at }));
    }

    /// Remembers a request whose completion or start is to be recorded.
    pub fn begin_request(&mut self, handle: Handle, request: Request) {
        match self.requests.entry(self.abi.handle(handle)) {
            Entry::Vacant(place) => {
                place.insert(SameHandle::of(request));
            }
            Entry::Occupied(mut same) => same.get_mut().add(request),
        }
    }

    /// Records what begins when a persistent request is started.
    pub fn start(&mut self, handle: Handle) {
        let Some(request) = self.take_request(handle) else { return };
        if let Some(life) = request.life().filter(|_| request.post().is_some()) {
            self.started_twice(life);
        }
        let request = match request {
            Request::PersistentSend { send, life, .. } => {
                let (active, life) = (Some(self.sending(&send)), life.started());
                Request::PersistentSend { send, active, life }
            }
            Request::PersistentReceive { posting, life, .. } => {
                let life = life.started();
                let receiving = self.receiving(&posting.wanted, posting.buffer.clone());
                self.post(posting.name, &posting.wanted, receiving.post);
                Request::PersistentReceive { posting, active: Some(receiving), life }
            }
            Request::PersistentCollective { known, life, .. } => {
                let active = Some(self.start_together(life.made.0, &known));
                Request::PersistentCollective { known, active, life: life.started() }
            }
            other @ (Request::Receive(_) | Request::Send(_) | Request::Collective(_)) => other,
        };
        self.begin_request(handle, request);
    }

    /// A request that was started has another handle from then on: Open MPI gives one to what is started while it is active.
    pub fn moved(&mut self, from: Handle, to: Handle) {
        if self.abi.handle(from) != self.abi.handle(to)
            && let Some(request) = self.take_request(from)
        {
            self.begin_request(to, request);
        }
    }

    /// The program has asked MPI to cancel a request.
    pub fn cancel(&mut self, handle: Handle) {
        if let Some(same) = self.requests.get_mut(&self.abi.handle(handle)) {
            same.first.cancel();
        }
    }

    /// How this thread, at this place, would make something.
    pub fn life(&self, name: &'static str) -> Life {
        Life { made: (name, self.current.at), is_started: false, waited: None }
    }

    /// Takes a request out, since its handle may be reused as soon as MPI completes it.
    pub fn take_request(&mut self, handle: Handle) -> Option<Request> {
        match self.requests.entry(self.abi.handle(handle)) {
            Entry::Vacant(_) => None,
            Entry::Occupied(mut same) => match same.get_mut().take_one() {
                Some(first) => Some(first),
                None => Some(same.remove().first),
            },
        }
    }

    /// Remembers a message that a matched probe has found.
    pub fn matched(&mut self, message: Handle, probe: &Incoming) {
        if !self.abi.is_no_message(message) {
            let (comm, source, tag) = self.envelope(probe);
            let from = self.communicator(probe.communicator).members.clone();
            let wanted = Wanted { source, tag, comm, bytes: None };
            let post = self.next_post();
            let matched = Matched { post, wanted, from };
            self.messages.insert(self.abi.handle(message), matched);
        }
    }

    /// A message that was probed for and is about to be received; `None` if there is none.
    pub fn take_message(&mut self, message: Handle) -> Option<Matched> {
        self.messages.remove(&self.abi.handle(message))
    }

    /// Forgets a communicator that was freed: its handle may be reused.
    pub fn forget_communicator(&mut self, communicator: Handle) {
        self.communicators.forget(communicator);
        self.has_freed(self.abi.handle(communicator));
    }

    /// Forgets a datatype that was freed: its handle may be reused.
    pub fn forget_datatype(&mut self, datatype: Handle) {
        self.datatypes.forget(datatype);
    }
}

fn is_cancelled(status: *mut c_void) -> bool {
    let mut flag = 0;
    let code = real!(MPI_Test_cancelled(status => *const c_void, &raw mut flag => *mut c_int));
    code == SUCCESS && flag != 0
}

//! The state that the wrapped functions share: what this process has sent and received, and its open requests.

mod communicator;
mod datatype;
mod disk;
mod part;
mod request;

use std::collections::HashMap;
use std::env;
use std::ffi::{c_int, c_void};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ringscope_traces::{Op, Rank, Tag};

use crate::note::{Note, note};
use crate::payload::{self, Kind};
use crate::real::{Abi, Handle, SUCCESS, is_loaded, real};
use communicator::Communicators;
pub use communicator::Members;
use datatype::{Datatypes, received_bytes};
use part::{Observed, Part, Run};
pub use request::Request;

/// The variable that names the folder of the parts; without it nothing is recorded.
pub const FOLDER: &str = "RINGSCOPE_RECORD";

/// The variable that says when the run began, in nanoseconds since 1970.
pub const START: &str = "RINGSCOPE_RECORD_START";

/// The variable that names the protocol that the program is said to follow.
pub const PROTOCOL: &str = "RINGSCOPE_RECORD_PROTOCOL";

/// What the parts name as their protocol when nobody has named it.
const UNNAMED: &str = "unnamed";

static IS_ON: AtomicBool = AtomicBool::new(false);
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

/// Where a message is to be received.
#[derive(Debug, Clone, Copy)]
pub struct Incoming {
    /// Where its elements go.
    pub buffer: *const c_void,
    /// Of which type they are.
    pub datatype: Handle,
    /// The communicator that it comes through.
    pub communicator: Handle,
}

/// What is recorded of a message that is sent.
#[derive(Debug, Clone, Copy)]
pub struct SendRecord {
    to: Rank,
    tag: Tag,
    content: Content,
    /// `None` when it is more than can be counted.
    bytes: Option<u64>,
}

/// Where a message is received and who may have sent it: what is needed to record it.
#[derive(Debug, Clone)]
pub struct ReceiveBuffer {
    content: Content,
    from: Members,
}

/// Where elements lie, and what they are.
#[derive(Debug, Clone, Copy)]
struct Content {
    buffer: *const c_void,
    kind: Kind,
}

/// The recording of this process.
pub struct Recording {
    /// The MPI.
    pub abi: Abi,
    part: Part,
    is_python: bool,
    communicators: Communicators,
    datatypes: Datatypes,
    requests: HashMap<Handle, Request>,
    /// Who is who in the communicators of messages that were probed for and not received yet.
    messages: HashMap<Handle, Members>,
}

// SAFETY: the pointers in it are the program's buffers, which are read only within the calls of MPI that
// complete their requests: there MPI itself needs them to be whole, on whichever thread that is.
unsafe impl Send for Recording {}

/// Whether this process is being recorded.
pub fn is_on() -> bool {
    IS_ON.load(Ordering::Acquire)
}

/// Calls a function on the recording, if there is one.
pub fn with<T>(act: impl FnOnce(&mut Recording) -> T) -> Option<T> {
    if !is_on() {
        return None;
    }
    let mut recording = lock();
    // A panic must not unwind into the program, which calls this from C.
    let acted = catch_unwind(AssertUnwindSafe(|| recording.as_mut().map(act)));
    acted.unwrap_or_else(|_| {
        IS_ON.store(false, Ordering::Release);
        *recording = None;
        note(Note::Broken, "");
        None
    })
}

/// Begins to record, if the environment asks for it; MPI has been initialized.
pub fn begin() {
    let Some(folder) = env::var_os(FOLDER).filter(|name| !name.is_empty()) else { return };
    let Some(abi) = Abi::loaded() else { return note(Note::UnknownMpi, "") };
    let start_unix_ns = env::var(START).ok().and_then(|start| start.parse().ok()).unwrap_or(0);
    let protocol = env::var(PROTOCOL).unwrap_or_else(|_| UNNAMED.to_owned());
    let (rank, ranks) = (number(Ask::Rank, abi), number(Ask::Size, abi));
    let run = Run { protocol, start_unix_ns };
    let begun = Part::create(Path::new(&folder), Rank(rank), ranks, run);
    match begun {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            note(Note::SecondOfRank, &format!(" ({rank} of {ranks})"));
        }
        Err(error) => note(Note::CannotWrite, &format!(": {error}")),
        Ok(part) => {
            *lock() = Some(Recording::new(abi, part));
            IS_ON.store(true, Ordering::Release);
        }
    }
}

/// Closes the part, when the program finalizes MPI.
pub fn end() {
    IS_ON.store(false, Ordering::Release);
    if let Some(recording) = lock().take() {
        recording.part.finish();
    }
}

/// A property of `MPI_COMM_WORLD`.
#[derive(Clone, Copy)]
enum Ask {
    Rank,
    Size,
}

fn number(ask: Ask, abi: Abi) -> u32 {
    let (mut answer, world) = (0, abi.world());
    match ask {
        Ask::Rank => real!(MPI_Comm_rank(world => Handle, &raw mut answer => *mut c_int)),
        Ask::Size => real!(MPI_Comm_size(world => Handle, &raw mut answer => *mut c_int)),
    };
    u32::try_from(answer).unwrap_or(0)
}

fn lock() -> MutexGuard<'static, Option<Recording>> {
    RECORDING.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recording {
    fn new(abi: Abi, part: Part) -> Recording {
        Recording {
            abi,
            part,
            is_python: is_loaded("Py_IsInitialized\0"),
            communicators: Communicators::new(abi),
            datatypes: Datatypes::new(abi),
            requests: HashMap::new(),
            messages: HashMap::new(),
        }
    }

    /// What to record of a message that is about to be sent; `None` when it goes to `MPI_PROC_NULL`.
    pub fn send(&mut self, message: &Outgoing) -> Option<SendRecord> {
        let to = self.communicators.members(message.communicator).in_world(message.to)?;
        let datatype = self.datatypes.of(message.datatype);
        let bytes = u64::try_from(message.count).ok().and_then(|count| datatype.bytes(count));
        let content = Content { buffer: message.buffer, kind: datatype.kind };
        Some(SendRecord { to, tag: Tag(message.tag), content, bytes })
    }

    /// Records the send of a message.
    pub fn sent(&mut self, message: &Outgoing) {
        if let Some(send) = self.send(message) {
            self.posted(&send);
        }
    }

    /// Records a send that was prepared before.
    pub fn posted(&mut self, send: &SendRecord) {
        let SendRecord { to, tag, content, bytes } = *send;
        self.write(Observed { op: Op::Send, peer: to, tag }, content, bytes);
    }

    /// What is needed to record a receive that begins.
    pub fn receive_buffer(&mut self, receive: &Incoming) -> ReceiveBuffer {
        let from = self.communicators.members(receive.communicator);
        self.receive_buffer_for(from, receive.buffer, receive.datatype)
    }

    /// The same for a message that comes from one of these ranks.
    pub fn receive_buffer_for(
        &mut self,
        from: Members,
        buffer: *const c_void,
        datatype: Handle,
    ) -> ReceiveBuffer {
        let kind = self.datatypes.of(datatype).kind;
        ReceiveBuffer { content: Content { buffer, kind }, from }
    }

    /// Records the receive of a message, by its status.
    ///
    /// # Safety
    ///
    /// MPI has filled the status of this receive.
    pub unsafe fn received(&mut self, receive_buffer: &ReceiveBuffer, status: *mut c_void) {
        // SAFETY: as the caller says.
        let (source, tag) = unsafe { self.abi.source_and_tag(status) };
        if is_cancelled(status) {
            return;
        }
        let Some(peer) = receive_buffer.from.in_world(source) else { return };
        let observed = Observed { op: Op::Recv, peer, tag: Tag(tag) };
        self.write(observed, receive_buffer.content, received_bytes(self.abi, status));
    }

    fn write(&mut self, observed: Observed, content: Content, bytes: Option<u64>) {
        let Content { buffer, kind } = content;
        let is_python = self.is_python;
        let length = bytes.and_then(|bytes| usize::try_from(bytes).ok());
        self.part.event(observed, |json| match length {
            // The pointer to an empty buffer may be anything.
            Some(0) => payload::put(json, &[], kind, is_python),
            Some(length) if kind != Kind::Opaque && !buffer.is_null() => {
                // SAFETY: the program has MPI read or write so many bytes there.
                let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), length) };
                payload::put(json, bytes, kind, is_python);
            }
            Some(_) | None => payload::put_length(json, bytes.unwrap_or(0)),
        });
    }

    /// Remembers a request whose completion or start is to be recorded.
    pub fn begin_request(&mut self, handle: Handle, request: Request) {
        self.requests.insert(self.abi.handle(handle), request);
    }

    /// Takes a request out, since its handle may be reused as soon as MPI completes it.
    pub fn take_request(&mut self, handle: Handle) -> Option<Request> {
        self.requests.remove(&self.abi.handle(handle))
    }

    /// A request that stays, to be changed.
    pub fn request(&mut self, handle: Handle) -> Option<&mut Request> {
        self.requests.get_mut(&self.abi.handle(handle))
    }

    /// Remembers the communicator of a message that a matched probe has found.
    pub fn matched(&mut self, message: Handle, communicator: Handle) {
        if !self.abi.is_no_message(message) {
            let from = self.communicators.members(communicator);
            self.messages.insert(self.abi.handle(message), from);
        }
    }

    /// The possible senders of a probed message that is about to be received; `None` if there is no message.
    pub fn take_message(&mut self, message: Handle) -> Option<Members> {
        self.messages.remove(&self.abi.handle(message))
    }

    /// Forgets a communicator that was freed: its handle may be reused.
    pub fn forget_communicator(&mut self, communicator: Handle) {
        self.communicators.forget(communicator);
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

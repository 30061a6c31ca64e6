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
mod message;
mod misuse;
mod news;
mod objects;
mod open_requests;
mod part;
mod request;
mod signals;
mod thread;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use ringscope_traces::calls::{Call, CommId, Exception, Post};
use rustc_hash::FxHashMap;

use crate::note::{Note, note};
use crate::payload::Keep;
use crate::place;
use crate::real::{Abi, Handle, SUCCESS, is_loaded, real};
pub use begin::{begin, end, spawning};
use calling::{Before, Current};
pub use calling::{enter, leave};
pub use collective::Collective;
use communicator::Communicators;
pub use communicator::Members;
use datatype::Datatypes;
use last_call::LastCall;
pub use last_call::{Calling, Open, Outcome, WaitsFor};
pub use message::{Content, Incoming, Matched, Outgoing, ReceiveBuffer, SendRecord, Wanted};
use misuse::Made;
pub use misuse::called;
pub use objects::New;
use part::Part;
use request::SameHandle;
pub use request::{Done, Life, Posting, Receiving, Request, Sending};
use thread::ThreadId;
pub use world::Spawning;
use world::World;

static IS_ON: AtomicBool = AtomicBool::new(false);
/// The MPI of the process, once it has been asked to record.
static ABI: OnceLock<Abi> = OnceLock::new();
static RECORDING: Mutex<Option<Recording>> = Mutex::new(None);

/// The recording of this process.
pub struct Recording {
    /// The MPI.
    pub abi: Abi,
    part: Part,
    last_call: Option<LastCall>,
    /// The call of the thread that calls.
    current: Current,
    /// Those of the other threads.
    others: Vec<Current>,
    before: Before,
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
    let acted = catch_unwind(AssertUnwindSafe(|| {
        let recording = recording.as_mut()?;
        recording.turn_to(ThreadId::here());
        Some(act(recording))
    }));
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
            current: Current::of(ThreadId::here()),
            others: Vec::new(),
            before: Before::default(),
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

    /// Writes down the exception that has ended the program, and where it was raised.
    pub fn raised(&mut self, what: String, place: Option<(String, u32, String)>) {
        let at = place.map(|(file, line, function)| place::of_exception(file, line, function));
        self.put_places();
        let (rank, after) = (self.part.rank(), self.part.events());
        self.part.call(&Call::Exception(Exception { rank, after, what, at }));
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

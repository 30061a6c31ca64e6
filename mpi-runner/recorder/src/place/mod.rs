//! Where in its source the program calls MPI.
//!
//! Each place has a number, and is written down once, when it is first met. While the program runs it is no more
//! than an address, or the line of a Python frame; what file and line an address is, is looked up when the
//! parts are merged.

mod caller;
mod fortran;
mod python;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ringscope_traces::Rank;
use ringscope_traces::calls::{Address, Call, Elements, Place, PlaceId};
use rustc_hash::FxHashMap;

#[cfg(target_arch = "x86_64")]
pub(crate) use caller::bytes;
pub(crate) use caller::entry;
pub use fortran::is_calling as is_called_by_fortran;
pub use python::{has_begun, watch_exceptions};

/// What tells one place from all others while the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Spot {
    /// Where a call returns to.
    Address(usize),
    /// A line of some Python code.
    Python(python::Line),
}

#[derive(Default)]
struct Places {
    /// How many numbers were given.
    count: u32,
    known: FxHashMap<Spot, PlaceId>,
    /// Those that have not been written down yet, or not as they are now.
    fresh: Vec<Call>,
    /// All of them, by their numbers.
    all: Vec<Call>,
}

/// Whether some place has not been written down yet.
static HAS_FRESH: AtomicBool = AtomicBool::new(false);

static PLACES: Mutex<Option<Places>> = Mutex::new(None);

/// The place that the running thread asked for last, and its number: loops call from the same place.
static LAST_ADDRESS: AtomicU64 = AtomicU64::new(0);
static LAST_NUMBER: AtomicU64 = AtomicU64::new(u64::MAX);

/// The place from which the program has called the wrapper that runs; `None` where that cannot be known.
///
/// Nothing of the recording may be locked: to look at a Python frame may wait for another thread, which may be
/// in a wrapper itself.
pub fn here() -> Option<PlaceId> {
    if let Some(line) = python::line() {
        return number(Spot::Python(line));
    }
    let address = match caller::address()? {
        address if fortran::is_within(address) => fortran::program().unwrap_or(address),
        address => address,
    };
    let before = LAST_NUMBER.load(Ordering::Acquire);
    if LAST_ADDRESS.load(Ordering::Acquire) == address as u64
        && LAST_NUMBER.load(Ordering::Acquire) == before
        && let Ok(known) = u32::try_from(before)
    {
        return Some(PlaceId(known));
    }
    let found = number(Spot::Address(address))?;
    // While the pair is changed, no number belongs to an address.
    LAST_NUMBER.store(u64::MAX, Ordering::Release);
    LAST_ADDRESS.store(address as u64, Ordering::Release);
    LAST_NUMBER.store(u64::from(found.0), Ordering::Release);
    Some(found)
}

/// The place at which a Python exception was raised.
pub fn of_exception(file: String, line: u32, function: String) -> PlaceId {
    let mut places = lock();
    let places = places.get_or_insert_default();
    let id = places.next();
    places.add(in_source(id, (file, Some(line), function)));
    id
}

/// What the elements are of what is sent or received at a place, which nobody has told yet.
pub fn moves(at: PlaceId, elements: Elements) {
    let mut places = lock();
    let Some(places) = places.as_mut() else { return };
    let Some(place) = places.all.get_mut(at.0 as usize) else { return };
    if let Call::Address(Address { elements: all, .. }) | Call::Place(Place { elements: all, .. }) =
        place
    {
        all.push(elements);
    }
    let place = place.clone();
    places.put(place);
}

/// The places that have been met since this was asked last, as they are written down.
pub fn fresh(rank: Rank) -> Vec<Call> {
    if !HAS_FRESH.load(Ordering::Acquire) {
        return Vec::new();
    }
    let mut fresh = match lock().as_mut() {
        Some(places) => {
            HAS_FRESH.store(false, Ordering::Release);
            std::mem::take(&mut places.fresh)
        }
        None => return Vec::new(),
    };
    for call in &mut fresh {
        if let Call::Address(Address { rank: of, .. }) | Call::Place(Place { rank: of, .. }) = call
        {
            *of = Some(rank);
        }
    }
    fresh
}

fn number(spot: Spot) -> Option<PlaceId> {
    let known = |places: &Places| places.known.get(&spot).copied();
    if let Some(known) = lock().as_ref().and_then(known) {
        return Some(known);
    }
    // Python is asked before anything is locked.
    let described: Box<dyn FnOnce(PlaceId) -> Call> = match spot {
        Spot::Address(address) => {
            let (module, offset) = caller::module(address)?;
            // What Python itself calls, such as what is done when it ends, is no place in the program.
            if python::is_of_python(&module) {
                return None;
            }
            Box::new(move |place| {
                Call::Address(Address { rank: None, place, module, offset, elements: Vec::new() })
            })
        }
        Spot::Python(line) => {
            let words = line.words()?;
            Box::new(move |place| in_source(place, words))
        }
    };
    let mut places = lock();
    let places = places.get_or_insert_default();
    if let Some(known) = known(places) {
        return Some(known);
    }
    let id = places.next();
    places.add(described(id));
    places.known.insert(spot, id);
    Some(id)
}

impl Places {
    fn add(&mut self, place: Call) {
        self.all.push(place.clone());
        self.put(place);
    }

    fn next(&mut self) -> PlaceId {
        self.count += 1;
        PlaceId(self.count - 1)
    }

    /// Has it written down by whoever records next.
    fn put(&mut self, place: Call) {
        self.fresh.push(place);
        HAS_FRESH.store(true, Ordering::Release);
    }
}

fn in_source(place: PlaceId, (file, line, function): (String, Option<u32>, String)) -> Call {
    let function = Some(function);
    Call::Place(Place { rank: None, place, file, line, function, elements: Vec::new() })
}

fn lock() -> MutexGuard<'static, Option<Places>> {
    PLACES.lock().unwrap_or_else(PoisonError::into_inner)
}

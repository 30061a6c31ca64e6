//! The numbers of single ranks made numbers of the whole: places and communicators.
//!
//! While a program runs, each rank numbers the places and communicators that it meets by itself. When the parts
//! are merged, equal places get one number, and so does what is one communicator at several ranks: it was
//! made from the same communicator, by the call of the same number there, and has the same members. (All
//! members call the collective operations of a communicator in the same order: MPI 4.1, section 6.14.)

use std::collections::BTreeMap;

use super::{Address, Call, CommId, Communicator, Elements, MPI_INIT, Place, PlaceId};
use crate::event::{Event, Rank};

/// What makes a place the same.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PlaceKey {
    InModule(String, u64),
    InSource(String, Option<u32>, Option<String>),
}

/// What makes a communicator the same: where it comes from, and who is in it.
type CommKey = (Option<(CommId, u64)>, usize, Vec<Rank>);

/// The tables of a merged trace.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    places: BTreeMap<PlaceKey, PlaceId>,
    communicators: BTreeMap<CommKey, CommId>,
    lines: Vec<Call>,
}

/// What the numbers of one rank are in the whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    places: BTreeMap<PlaceId, PlaceId>,
    comms: BTreeMap<CommId, CommId>,
    /// Of the communicators whose making was not seen, how many there were with the same members.
    unknown: BTreeMap<Vec<Rank>, usize>,
}

impl Numbers {
    /// Puts the numbers of the whole for those of the rank.
    pub(crate) fn renumber_event(&self, event: &mut Event) {
        let Some(details) = &mut event.more else { return };
        details.comm = self.comm(details.comm);
        details.at = details.at.and_then(|at| self.places.get(&at).copied());
    }

    /// The communicator's number in the whole; the world and what is in no table stay as they are.
    pub(crate) fn comm(&self, comm: CommId) -> CommId {
        *self.comms.get(&comm).unwrap_or(&comm)
    }
}

impl Tables {
    /// Says which ranks are in the world of those that were not spawned: it is that of all if nobody was.
    pub(crate) fn world(&mut self, size: u32) {
        let world = Communicator {
            rank: None,
            comm: CommId::WORLD,
            members: (0..size).map(Rank).collect(),
            by: Some(MPI_INIT.to_owned()),
            of: None,
            number: None,
            at: None,
        };
        self.lines.insert(0, Call::Communicator(world));
    }

    /// The lines of the tables, places first, since communicators name them.
    pub(crate) fn into_lines(mut self) -> Vec<Call> {
        self.lines.sort_by_key(|line| !matches!(line, Call::Address(_) | Call::Place(_)));
        self.lines
    }

    /// Takes a line of a rank into the tables if it belongs there; gives back any other with the numbers of the
    /// whole.
    pub(crate) fn take(&mut self, numbers: &mut Numbers, mut call: Call) -> Option<Call> {
        call.renumber(numbers);
        match call {
            Call::Address(address) => {
                numbers.places.insert(address.place, self.address(address));
            }
            Call::Place(place) => {
                numbers.places.insert(place.place, self.place(place));
            }
            Call::Communicator(communicator) => {
                let nth = numbers.unknown.entry(communicator.members.clone()).or_default();
                *nth += 1;
                let nth = *nth - 1;
                numbers.comms.insert(communicator.comm, self.communicator(communicator, nth));
            }
            Call::Enter(_)
            | Call::Leave(_)
            | Call::Post(_)
            | Call::Complete(_)
            | Call::Probe(_)
            | Call::Fail(_)
            | Call::Misuse(_)
            | Call::Exception(_)
            | Call::Exit(_)
            | Call::Died(_)
            | Call::Last(_) => return Some(call),
        }
        None
    }

    fn address(&mut self, address: Address) -> PlaceId {
        let key = PlaceKey::InModule(address.module.clone(), address.offset);
        let new = self.next_place();
        if let Some(known) = self.places.get(&key).copied() {
            self.add(known, &address.elements);
            return known;
        }
        self.places.insert(key, new);
        self.lines.push(Call::Address(Address { place: new, rank: None, ..address }));
        new
    }

    fn place(&mut self, place: Place) -> PlaceId {
        let key = PlaceKey::InSource(place.file.clone(), place.line, place.function.clone());
        let new = self.next_place();
        if let Some(known) = self.places.get(&key).copied() {
            self.add(known, &place.elements);
            return known;
        }
        self.places.insert(key, new);
        self.lines.push(Call::Place(Place { place: new, rank: None, ..place }));
        new
    }

    /// Adds what the elements are at a place that has its number already.
    fn add(&mut self, known: PlaceId, more: &[Elements]) {
        let all = self.lines.iter_mut().find_map(|line| match line {
            Call::Place(Place { place, elements, .. })
            | Call::Address(Address { place, elements, .. })
                if *place == known =>
            {
                Some(elements)
            }
            Call::Place(_)
            | Call::Address(_)
            | Call::Communicator(_)
            | Call::Enter(_)
            | Call::Leave(_)
            | Call::Post(_)
            | Call::Complete(_)
            | Call::Probe(_)
            | Call::Fail(_)
            | Call::Misuse(_)
            | Call::Exception(_)
            | Call::Exit(_)
            | Call::Died(_)
            | Call::Last(_) => None,
        });
        if let Some(all) = all {
            all.extend(more.iter().filter(|one| !all.contains(one)).collect::<Vec<_>>());
        }
    }

    fn next_place(&self) -> PlaceId {
        PlaceId(u32::try_from(self.places.len()).unwrap_or(u32::MAX))
    }

    fn communicator(&mut self, communicator: Communicator, nth: usize) -> CommId {
        let made = communicator.of.zip(communicator.number);
        // One whose making was not seen is told by how many of the same members there were before.
        let nth = if made.is_some() { 0 } else { nth };
        let key = (made, nth, communicator.members.clone());
        let new = CommId(u32::try_from(self.communicators.len() + 1).unwrap_or(u32::MAX));
        if let Some(known) = self.communicators.get(&key) {
            return *known;
        }
        self.communicators.insert(key, new);
        let line = Communicator { rank: None, comm: new, ..communicator };
        self.lines.push(Call::Communicator(line));
        new
    }
}

impl Call {
    /// Puts the numbers of the whole for those of a rank; those of the line's own place or communicator stay.
    pub(crate) fn renumber(&mut self, numbers: &Numbers) {
        let comm = |comm: &mut CommId| *comm = numbers.comm(*comm);
        let at = match self {
            Call::Communicator(made) => {
                made.of.iter_mut().for_each(comm);
                &mut made.at
            }
            Call::Enter(enter) => {
                comm(&mut enter.comm);
                &mut enter.at
            }
            Call::Post(posted) => {
                comm(&mut posted.comm);
                &mut posted.at
            }
            Call::Last(last) => {
                comm(&mut last.comm);
                &mut last.at
            }
            Call::Complete(completed) => &mut completed.at,
            Call::Probe(probe) => {
                comm(&mut probe.comm);
                &mut probe.at
            }
            Call::Fail(failure) => {
                comm(&mut failure.comm);
                &mut failure.at
            }
            Call::Misuse(misuse) => {
                let known = |at| numbers.places.get(&at).copied();
                misuse.of_at = misuse.of_at.and_then(known);
                &mut misuse.at
            }
            Call::Exception(exception) => &mut exception.at,
            Call::Place(_) | Call::Address(_) | Call::Leave(_) | Call::Exit(_) | Call::Died(_) => {
                return;
            }
        };
        *at = at.and_then(|at| numbers.places.get(&at).copied());
    }
}

/// Looks each address up once, and puts the place that was found for it; what cannot be found is named by the
/// program or library that it is in.
pub fn resolve(calls: &mut [Call], mut find: impl FnMut(&Address) -> Option<Place>) {
    for call in calls {
        let Call::Address(address) = call else { continue };
        let unknown = || Place {
            rank: None,
            place: address.place,
            file: address.module.clone(),
            line: None,
            function: None,
            elements: Vec::new(),
        };
        let elements = address.elements.clone();
        *call = Call::Place(Place { elements, ..find(address).unwrap_or_else(unknown) });
    }
}

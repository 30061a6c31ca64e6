//! The numbers of single ranks made numbers of the whole: places and communicators.
//!
//! While a program runs, each rank numbers the places and communicators that it meets by itself. When the parts
//! are merged, equal places get one number, and so does what is one communicator at several ranks: it was
//! made from the same communicator, by the call of the same number there, and has the same members. (All
//! members call the collective operations of a communicator in the same order: MPI 4.1, section 6.14.)

use std::collections::BTreeMap;

use super::{Address, Call, CommId, Communicator, Place, PlaceId};
use crate::event::{Rank, Trace};

/// What makes a place the same.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PlaceKey {
    InModule(String, u64),
    InSource(String, Option<u32>, Option<String>),
}

/// What makes a communicator the same: where it comes from, and who is in it.
type CommKey = (Option<(CommId, u64)>, usize, Vec<Rank>);

#[derive(Default)]
struct Tables {
    places: BTreeMap<PlaceKey, PlaceId>,
    communicators: BTreeMap<CommKey, CommId>,
    lines: Vec<Call>,
}

/// Numbers the places and communicators of all parts anew, in the parts, and returns the tables of both.
pub(crate) fn unify(parts: &mut [Trace]) -> Vec<Call> {
    let mut tables = Tables::default();
    for part in parts {
        tables.take(part);
    }
    // Places first: communicators name them.
    tables.lines.sort_by_key(|line| !matches!(line, Call::Address(_) | Call::Place(_)));
    tables.lines
}

impl Tables {
    fn take(&mut self, part: &mut Trace) {
        let mut places: BTreeMap<PlaceId, PlaceId> = BTreeMap::new();
        let mut comms: BTreeMap<CommId, CommId> = BTreeMap::from([(CommId::WORLD, CommId::WORLD)]);
        let mut unknown: BTreeMap<Vec<Rank>, usize> = BTreeMap::new();
        let mut kept = Vec::new();
        for mut call in std::mem::take(&mut part.calls) {
            call.renumber(&places, &comms);
            match call {
                Call::Address(address) => {
                    places.insert(address.place, self.address(address));
                }
                Call::Place(place) => {
                    places.insert(place.place, self.place(place));
                }
                Call::Communicator(communicator) => {
                    let nth = unknown.entry(communicator.members.clone()).or_default();
                    comms.insert(communicator.comm, self.communicator(communicator, *nth));
                    *nth += 1;
                }
                Call::Enter(_)
                | Call::Leave(_)
                | Call::Post(_)
                | Call::Complete(_)
                | Call::Probe(_)
                | Call::Fail(_)
                | Call::Exception(_)
                | Call::Exit(_)
                | Call::Died(_)
                | Call::Last(_) => kept.push(call),
            }
        }
        part.calls = kept;
        for details in part.events.iter_mut().filter_map(|event| event.more.as_mut()) {
            details.comm = *comms.get(&details.comm).unwrap_or(&details.comm);
            details.at = details.at.and_then(|at| places.get(&at).copied());
        }
    }

    fn address(&mut self, address: Address) -> PlaceId {
        let key = PlaceKey::InModule(address.module.clone(), address.offset);
        let new = self.next_place();
        if let Some(known) = self.places.get(&key) {
            return *known;
        }
        self.places.insert(key, new);
        self.lines.push(Call::Address(Address { place: new, rank: None, ..address }));
        new
    }

    fn place(&mut self, place: Place) -> PlaceId {
        let key = PlaceKey::InSource(place.file.clone(), place.line, place.function.clone());
        let new = self.next_place();
        if let Some(known) = self.places.get(&key) {
            return *known;
        }
        self.places.insert(key, new);
        self.lines.push(Call::Place(Place { place: new, rank: None, ..place }));
        new
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
    fn renumber(&mut self, places: &BTreeMap<PlaceId, PlaceId>, comms: &BTreeMap<CommId, CommId>) {
        let comm = |comm: &mut CommId| *comm = *comms.get(comm).unwrap_or(comm);
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
            Call::Exception(exception) => &mut exception.at,
            Call::Place(_) | Call::Address(_) | Call::Leave(_) | Call::Exit(_) | Call::Died(_) => {
                return;
            }
        };
        *at = at.and_then(|at| places.get(&at).copied());
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
        };
        *call = Call::Place(find(address).unwrap_or_else(unknown));
    }
}

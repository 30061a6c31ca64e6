//! Calls that all members of a communicator make together, and what they do with windows and files.

use std::ffi::{c_int, c_void};

use ringscope_traces::calls::{Call, CommId, Enter, Leave, MOST_COUNTS, Post};

use super::communicator::Known;
use super::{Calling, Handle, Open, Recording, Request};

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
    /// How many elements each rank gets of a reduction.
    pub counts: Option<Counts>,
}

/// The program's array of how many elements each rank gets.
#[derive(Debug, Clone, Copy)]
pub enum Counts {
    /// Of `int`.
    Small(*const c_int),
    /// Of `MPI_Count`.
    Large(*const i64),
}

impl Counts {
    /// What stands in it; nothing where it is too long to be written down.
    ///
    /// # Safety
    ///
    /// It is as long as there are ranks.
    unsafe fn read(self, ranks: usize) -> Vec<u64> {
        if ranks > MOST_COUNTS {
            return Vec::new();
        }
        // SAFETY: as the caller says; MPI reads it as well.
        let all: Vec<i64> = unsafe {
            match self {
                Counts::Small(at) => (0..ranks).map(|i| i64::from(*at.add(i))).collect(),
                Counts::Large(at) => (0..ranks).map(|i| *at.add(i)).collect(),
            }
        };
        all.into_iter().map(|count| u64::try_from(count).unwrap_or(0)).collect()
    }
}

impl From<*const c_int> for Counts {
    fn from(at: *const c_int) -> Counts {
        Counts::Small(at)
    }
}

impl From<*const i64> for Counts {
    fn from(at: *const i64) -> Counts {
        Counts::Large(at)
    }
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
        let (buffer, share, counts) = (None, None, None);
        Collective { communicator, root, count, datatype, op, buffer, share, counts }
    }
}

impl Recording {
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
        let numbers = self.count_up(comm, name);
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
        // SAFETY: the program has given MPI as many as there are ranks.
        let counts = |counts: Counts| unsafe { counts.read(known.members.len()) };
        let counts = collective.counts.filter(|_| is_same_for_all).map(counts);
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
            counts: counts.unwrap_or_default(),
            post,
            at: self.current.at,
            t,
        }));
        post
    }

    /// What was entered has been left.
    pub fn left(&mut self) {
        let (after, t) = (self.part.events(), self.returned());
        self.part.call(&Call::Leave(Leave { rank: self.part.rank(), after, t }));
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
        let (number, nth) = self.count_up(known.id, name);
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

    /// Counts a collective operation: its number on the communicator, from 0, and that among those of its name, from 1.
    fn count_up(&mut self, comm: CommId, name: &'static str) -> (u64, u64) {
        let mut count = |name: &'static str| {
            let count = self.collectives.entry((comm, name)).or_default();
            *count += 1;
            *count
        };
        (count("") - 1, count(name))
    }
}

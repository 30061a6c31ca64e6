//! Communicators: which one it is, and its ranks as ranks of the trace.

use std::ffi::c_int;
use std::sync::Arc;

use ringscope_traces::Rank;
use ringscope_traces::calls::CommId;
use rustc_hash::FxHashMap;

use super::world::World;
use crate::real::{Abi, Handle, SUCCESS, real};

/// The communicators that the program has, each with a number of this rank's own.
pub struct Communicators {
    abi: Abi,
    /// Groups of processes, each with their ranks of the trace: the own world, and those that were met.
    groups: Vec<(Handle, Vec<Rank>)>,
    known: FxHashMap<Handle, Known>,
    /// Windows and files, which have members as communicators do, and collective operations of their own.
    objects: FxHashMap<Handle, Known>,
    count: u32,
}

/// One communicator.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its number.
    pub id: CommId,
    /// Whom a rank in a call means.
    pub members: Members,
    /// Whether it joins two groups: then the roots and counts of the two need not be the same.
    pub joins_two: bool,
}

/// The members of a communicator: for each of its ranks (of an inter-communicator: of its remote group) the
/// rank of the trace; a negative number for a process that is not known.
#[derive(Debug, Clone)]
pub struct Members(Arc<[c_int]>);

/// A communicator that was not known before.
#[derive(Debug)]
pub struct Met {
    /// Its number.
    pub id: CommId,
    /// The ranks in it, of both groups where it joins two.
    pub all: Vec<Rank>,
}

impl Members {
    /// The rank of the trace of a communicator's rank; `None` for nobody, and for a process that is not known.
    pub fn in_trace(&self, rank: c_int) -> Option<Rank> {
        // `MPI_PROC_NULL` is a negative number with both MPIs.
        let known = self.0.get(usize::try_from(rank).ok()?)?;
        u32::try_from(*known).ok().map(Rank)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, if all are known.
    pub fn all(&self) -> Option<Vec<Rank>> {
        self.0.iter().map(|rank| u32::try_from(*rank).ok().map(Rank)).collect()
    }
}

impl Communicators {
    /// None but the world of the launcher is known yet, if this is it.
    pub fn new(abi: Abi, world: &World) -> Communicators {
        let group = group(abi.world(), Side::Local);
        let groups = vec![(group, world.members())];
        let (known, objects) = (FxHashMap::default(), FxHashMap::default());
        let mut all = Communicators { abi, groups, known, objects, count: 0 };
        if world.parents.is_none() {
            let handle = abi.handle(abi.world());
            let members = Members(all.in_trace(handle, Side::Local).into());
            all.known.insert(handle, Known { id: CommId::WORLD, members, joins_two: false });
        }
        all
    }

    /// Learns which ranks of the trace they are whom a communicator joins to this world.
    pub fn learn(&mut self, joint: Handle, ranks: Vec<Rank>) {
        self.groups.push((group(joint, Side::Remote), ranks));
    }

    /// What is known of one.
    pub fn of(&self, communicator: Handle) -> Option<&Known> {
        self.known.get(&self.abi.handle(communicator))
    }

    /// Looks at one that is not known; `None` when it is, and when it is none at all, of which no rank is a member.
    pub fn meet(&mut self, communicator: Handle) -> Option<Met> {
        let handle = self.abi.handle(communicator);
        if self.known.contains_key(&handle) {
            return None;
        }
        if self.abi.is_no_communicator(handle) {
            let members = Members(Arc::from([]));
            self.known.insert(handle, Known { id: CommId::WORLD, members, joins_two: false });
            return None;
        }
        self.count += 1;
        let (id, joins_two) = (CommId(self.count), joins_two(handle));
        let local = self.in_trace(handle, Side::Local);
        let (members, mut all) = match joins_two {
            true => {
                let remote = self.in_trace(handle, Side::Remote);
                (remote.clone(), [local, remote].concat())
            }
            false => (local.clone(), local),
        };
        if joins_two {
            // Each of the two groups takes itself for the first.
            all.sort_unstable();
        }
        let all = all.into_iter().filter_map(|rank| u32::try_from(rank).ok()).map(Rank).collect();
        self.known.insert(handle, Known { id, members: Members(members.into()), joins_two });
        Some(Met { id, all })
    }

    /// A window or a file was made, which has the members of a communicator.
    pub fn add_object(&mut self, object: Handle, like: &Known) -> Met {
        self.count += 1;
        let (id, members) = (CommId(self.count), like.members.clone());
        let all = members.0.iter().filter_map(|rank| u32::try_from(*rank).ok()).map(Rank).collect();
        self.objects.insert(object, Known { id, members, joins_two: false });
        Met { id, all }
    }

    /// The window or file of that handle.
    pub fn object(&self, object: Handle) -> Option<Known> {
        self.objects.get(&object).cloned()
    }

    /// Forgets a window or a file that is no more.
    pub fn forget_object(&mut self, object: Handle) {
        self.objects.remove(&object);
    }

    /// Forgets one that is no more.
    pub fn forget(&mut self, communicator: Handle) {
        self.known.remove(&self.abi.handle(communicator));
    }

    /// The members of one of a communicator's groups, as ranks of the trace; a negative number for whoever is not
    /// known.
    fn in_trace(&self, communicator: Handle, side: Side) -> Vec<c_int> {
        let (mut these, mut size) = (group(communicator, side), 0);
        real!(MPI_Group_size(these => Handle, &raw mut size => *mut c_int));
        let mut found = vec![-1; usize::try_from(size).unwrap_or(0)];
        for (group, ranks) in &self.groups {
            for (found, at) in found.iter_mut().zip(translate((these, size), *group)) {
                let rank = usize::try_from(at).ok().and_then(|at| ranks.get(at));
                *found = rank.and_then(|rank| c_int::try_from(rank.0).ok()).unwrap_or(*found);
            }
        }
        real!(MPI_Group_free(&raw mut these => *mut Handle));
        found
    }
}

/// One of the two groups of a communicator that joins two.
#[derive(Debug, Clone, Copy)]
enum Side {
    Local,
    Remote,
}

/// A communicator's group, which is the caller's to free.
fn group(communicator: Handle, side: Side) -> Handle {
    let mut group: Handle = 0;
    match side {
        Side::Local => {
            real!(MPI_Comm_group(communicator => Handle, &raw mut group => *mut Handle));
        }
        Side::Remote => {
            real!(MPI_Comm_remote_group(communicator => Handle, &raw mut group => *mut Handle));
        }
    }
    group
}

/// Where each process of a group of that size is in another; a negative number for one that is not there.
fn translate((group, size): (Handle, c_int), other: Handle) -> Vec<c_int> {
    let ranks: Vec<c_int> = (0..size).collect();
    let mut found = vec![-1; ranks.len()];
    let code = real!(MPI_Group_translate_ranks(
        group => Handle, size => c_int, ranks.as_ptr() => *const c_int,
        other => Handle, found.as_mut_ptr() => *mut c_int,
    ));
    if code == SUCCESS { found } else { Vec::new() }
}

fn joins_two(communicator: Handle) -> bool {
    let mut joins_two = 0;
    real!(MPI_Comm_test_inter(communicator => Handle, &raw mut joins_two => *mut c_int));
    joins_two != 0
}

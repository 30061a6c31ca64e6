//! Communicators: which one it is, and its ranks as ranks of `MPI_COMM_WORLD`.

use std::ffi::c_int;
use std::sync::Arc;

use ringscope_traces::Rank;
use ringscope_traces::calls::CommId;
use rustc_hash::FxHashMap;

use crate::real::{Abi, Handle, SUCCESS, real};

/// The communicators that the program has, each with a number of this rank's own.
pub struct Communicators {
    abi: Abi,
    known: FxHashMap<Handle, Known>,
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
/// rank in `MPI_COMM_WORLD`; a negative number for a process that was spawned later.
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
    /// The rank among all of a communicator's rank; `None` for nobody, and for a process that was started
    /// later.
    pub fn in_world(&self, rank: c_int) -> Option<Rank> {
        // `MPI_PROC_NULL` is a negative number with both MPIs.
        let world = self.0.get(usize::try_from(rank).ok()?)?;
        u32::try_from(*world).ok().map(Rank)
    }
}

impl Communicators {
    /// None but the world is known yet.
    pub fn new(abi: Abi) -> Communicators {
        let mut known = FxHashMap::default();
        let world = abi.handle(abi.world());
        let members = Members(in_world(abi, world, Side::Local).into());
        known.insert(world, Known { id: CommId::WORLD, members, joins_two: false });
        Communicators { abi, known, count: 0 }
    }

    /// What is known of one.
    pub fn of(&self, communicator: Handle) -> Option<&Known> {
        self.known.get(&self.abi.handle(communicator))
    }

    /// Looks at one that is not known; `None` when it is.
    pub fn meet(&mut self, communicator: Handle) -> Option<Met> {
        let (abi, handle) = (self.abi, self.abi.handle(communicator));
        if self.known.contains_key(&handle) {
            return None;
        }
        self.count += 1;
        let (id, joins_two) = (CommId(self.count), joins_two(handle));
        let local = in_world(abi, handle, Side::Local);
        let (members, mut all) = match joins_two {
            true => {
                let remote = in_world(abi, handle, Side::Remote);
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

    /// Forgets one that is no more.
    pub fn forget(&mut self, communicator: Handle) {
        self.known.remove(&self.abi.handle(communicator));
    }
}

/// One of the two groups of a communicator that joins two.
#[derive(Debug, Clone, Copy)]
enum Side {
    Local,
    Remote,
}

fn in_world(abi: Abi, communicator: Handle, side: Side) -> Vec<c_int> {
    let (mut of_all, mut of_these) = (0, 0);
    let mut size = 0;
    real!(MPI_Comm_group(abi.world() => Handle, &raw mut of_all => *mut Handle));
    match side {
        Side::Local => {
            real!(MPI_Comm_group(communicator => Handle, &raw mut of_these => *mut Handle));
        }
        Side::Remote => {
            real!(MPI_Comm_remote_group(communicator => Handle, &raw mut of_these => *mut Handle));
        }
    }
    real!(MPI_Group_size(of_these => Handle, &raw mut size => *mut c_int));
    let ranks: Vec<c_int> = (0..size).collect();
    let mut found = vec![-1; ranks.len()];
    let code = real!(MPI_Group_translate_ranks(
        of_these => Handle, size => c_int, ranks.as_ptr() => *const c_int,
        of_all => Handle, found.as_mut_ptr() => *mut c_int,
    ));
    for mut group in [of_all, of_these] {
        real!(MPI_Group_free(&raw mut group => *mut Handle));
    }
    if code == SUCCESS { found } else { Vec::new() }
}

fn joins_two(communicator: Handle) -> bool {
    let mut joins_two = 0;
    real!(MPI_Comm_test_inter(communicator => Handle, &raw mut joins_two => *mut c_int));
    joins_two != 0
}

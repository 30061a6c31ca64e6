//! Ranks of communicators as ranks of `MPI_COMM_WORLD`.

use std::collections::HashMap;
use std::ffi::c_int;
use std::sync::Arc;

use ringscope_traces::Rank;

use crate::note::{Note, note};
use crate::real::{Abi, Handle, SUCCESS, real};

/// The communicators that messages went through.
pub struct Communicators {
    abi: Abi,
    known: HashMap<Handle, Members>,
}

/// The members of a communicator: for each of its ranks (of an inter-communicator: of its remote group) the
/// rank in `MPI_COMM_WORLD`; a negative number for a process that was spawned later.
#[derive(Debug, Clone)]
pub struct Members(Arc<[c_int]>);

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
    /// None are known yet.
    pub fn new(abi: Abi) -> Communicators {
        Communicators { abi, known: HashMap::new() }
    }

    /// Who is who in one that there is.
    pub fn members(&mut self, communicator: Handle) -> Members {
        let (abi, handle) = (self.abi, self.abi.handle(communicator));
        if let Some(known) = self.known.get(&handle) {
            return known.clone();
        }
        if !self.known.is_empty() {
            note(Note::Communicators, "");
        }
        let members = Members(members(abi, handle).into());
        self.known.insert(handle, members.clone());
        members
    }

    /// Forgets one that is no more.
    pub fn forget(&mut self, communicator: Handle) {
        self.known.remove(&self.abi.handle(communicator));
    }
}

fn members(abi: Abi, communicator: Handle) -> Vec<c_int> {
    let (mut of_all, mut of_these) = (0, 0);
    let mut size = 0;
    real!(MPI_Comm_group(abi.world() => Handle, &raw mut of_all => *mut Handle));
    group(communicator, &mut of_these);
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

/// The group that a rank in a call is of: the other one, where a communicator joins two.
fn group(communicator: Handle, found: &mut Handle) {
    let mut joins_two = 0;
    real!(MPI_Comm_test_inter(communicator => Handle, &raw mut joins_two => *mut c_int));
    if joins_two == 0 {
        real!(MPI_Comm_group(communicator => Handle, &raw mut *found => *mut Handle));
    } else {
        real!(MPI_Comm_remote_group(communicator => Handle, &raw mut *found => *mut Handle));
    }
}

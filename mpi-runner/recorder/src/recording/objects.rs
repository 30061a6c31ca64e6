//! Communicators, windows and files: met when the program makes them or first calls on them, forgotten when it frees them.

use ringscope_traces::Rank;
use ringscope_traces::calls::{Call, CommId, Communicator, MPI_INIT};

use super::communicator::{Known, Met};
use super::world::{Parents, remote_size};
use super::{Handle, Recording};

/// How a communicator was made.
#[derive(Debug, Clone, Copy)]
pub struct New {
    /// By which call.
    pub by: &'static str,
    /// From which communicator, if all of its members took part.
    pub of: Option<Handle>,
}

/// The same, by this rank's numbers: the communicator, and the call's number there.
#[derive(Debug, Clone, Copy)]
struct Origin {
    by: &'static str,
    of: Option<(CommId, u64)>,
}

impl Recording {
    /// The communicator of that handle.
    pub(super) fn communicator(&mut self, communicator: Handle) -> &Known {
        if self.communicators.of(communicator).is_none() {
            self.meet(communicator, None);
        }
        self.communicators.of(communicator).expect("it was met")
    }

    /// The ranks of a communicator, or of the other side of one that joins two, if all are known.
    pub fn members(&mut self, communicator: Handle) -> Option<Vec<Rank>> {
        self.communicator(communicator).members.all()
    }

    fn meet(&mut self, communicator: Handle, origin: Option<Origin>) {
        if let Some(met) = self.communicators.meet(communicator) {
            self.write_communicator(met, origin);
        }
    }

    fn write_communicator(&mut self, met: Met, origin: Option<Origin>) {
        self.part.call(&Call::Communicator(Communicator {
            rank: Some(self.part.rank()),
            comm: met.id,
            members: met.all,
            by: origin.map(|origin| origin.by.to_owned()),
            of: origin.and_then(|origin| origin.of).map(|(of, _)| of),
            number: origin.and_then(|origin| origin.of).map(|(_, number)| number),
            at: self.current.at,
        }));
    }

    /// A communicator was made; its handle is that.
    pub fn made(&mut self, new: New, handle: Handle) {
        if self.abi.is_no_communicator(handle) {
            return;
        }
        let of = new.of.map(|of| self.made_from(of));
        self.meet(handle, Some(Origin { by: new.by, of }));
        self.has_made(self.abi.handle(handle), new.by);
    }

    /// Processes were spawned, of which the first has that rank of the trace; they are not recorded without it.
    pub fn spawned(&mut self, new: New, joint: Handle, first: Option<Rank>) {
        let Some(Rank(first)) = first else { return self.made(new, joint) };
        let ranks = (first..first + remote_size(joint)).map(Rank).collect();
        self.communicators.learn(joint, ranks);
        // They do not know how many calls there were before.
        self.made(New { of: None, ..new }, joint);
    }

    /// This process belongs to a world that was spawned.
    pub(super) fn was_spawned(&mut self, parents: &Parents) {
        self.meet(self.abi.world(), Some(Origin { by: MPI_INIT, of: None }));
        if !parents.ranks.is_empty() {
            self.communicators.learn(parents.joint, parents.ranks.clone());
        }
        self.meet(parents.joint, Some(Origin { by: "MPI_Comm_spawn", of: None }));
    }

    /// Something that all members of a communicator have made, and on which they call the same.
    pub(super) fn add_object(&mut self, by: &'static str, of: Handle, object: Handle) {
        let origin = Origin { by, of: Some(self.made_from(of)) };
        let like = self.communicator(of).clone();
        let met = self.communicators.add_object(object, &like);
        self.write_communicator(met, Some(origin));
    }

    /// A window or a file was made by a call of all members of a communicator.
    pub fn made_object(&mut self, by: &'static str, of: Handle, object: Handle) {
        self.add_object(by, of, object);
        self.has_made(object, by);
        self.watch_window(by, object);
    }

    /// A window or a file is no more.
    pub fn forget_object(&mut self, object: Handle) {
        self.communicators.forget_object(object);
        self.has_freed(object);
    }

    /// A communicator, and the number of the last collective operation on it.
    fn made_from(&mut self, of: Handle) -> (CommId, u64) {
        let of = self.communicator(of).id;
        let count = self.collectives.get(&(of, "")).copied().unwrap_or(1);
        (of, count - 1)
    }
}

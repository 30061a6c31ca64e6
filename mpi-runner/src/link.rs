//! MPI under a node: sends, receives, and the way on which rank 0 keeps watch.
//!
//! The nodes' messages go through the world's communicator, with the protocol's tags; what the ranks
//! say to keep watch over the run goes through a duplicate of it, where no receive of a node can take it.

use std::thread;
use std::time::Duration;

use mpi::collective::Root as _;
use mpi::point_to_point::{Destination, MatchedReceiveVec as _, Source};
use mpi::request;
use mpi::topology::{Communicator as _, SimpleCommunicator};
use ringscope_traces::{Rank, Tag};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How long a launcher may take to pass on what a rank has said.
const PASSING_ON: Duration = Duration::from_millis(100);

/// A message as it came.
#[derive(Debug)]
pub struct Received {
    /// Who sent it.
    pub from: Rank,
    /// Its tag.
    pub tag: Tag,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How a send begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// MPI's standard mode: MPI decides whether it waits for the receiver.
    Standard,
    /// MPI's synchronous mode: it returns when the message is being received.
    Synchronous,
}

/// This process's place in the program.
pub struct Link {
    nodes: SimpleCommunicator,
    watch: SimpleCommunicator,
}

impl Link {
    /// The place of this process; all processes of the program must ask together.
    pub fn open() -> Link {
        let nodes = SimpleCommunicator::world();
        let watch = nodes.duplicate();
        Link { nodes, watch }
    }

    /// This process's rank.
    pub fn rank(&self) -> Rank {
        from_mpi(self.nodes.rank())
    }

    /// How many ranks there are.
    pub fn ranks(&self) -> u32 {
        from_mpi(self.nodes.size()).0
    }

    /// Sends a node's message.
    ///
    /// A blocking send, taken apart into its beginning and its end (MPI 4.1, section 3.7: begun and waited
    /// for, it is the blocking send), so that a rank that blocks still answers the roll call: `blocked` is
    /// called again and again until the send has returned.
    pub fn send(
        &self,
        (to, tag): (Rank, Tag),
        (mode, bytes): (Mode, &[u8]),
        mut blocked: impl FnMut(),
    ) {
        let process = self.nodes.process_at_rank(to_mpi(to));
        request::scope(|scope| {
            let mut request = match mode {
                Mode::Standard => process.immediate_send_with_tag(scope, bytes, tag.0),
                Mode::Synchronous => {
                    process.immediate_synchronous_send_with_tag(scope, bytes, tag.0)
                }
            };
            while let Err(unfinished) = request.test() {
                request = unfinished;
                blocked();
            }
        });
    }

    /// Takes a node's message, if one has come from that source (or from any) with that tag (or any).
    pub fn receive(&self, source: Option<Rank>, tag: Option<Tag>) -> Option<Received> {
        match source {
            Some(rank) => receive(&self.nodes.process_at_rank(to_mpi(rank)), tag),
            None => receive(&self.nodes.any_process(), tag),
        }
    }

    /// Sends something that concerns the watch.
    pub fn tell(&self, to: Rank, what: &impl Serialize) {
        let json = serde_json::to_vec(what).expect("what the watch says has a JSON");
        self.watch.process_at_rank(to_mpi(to)).send(&json[..]);
    }

    /// Takes something that concerns the watch, if there is something.
    pub fn hear<T: DeserializeOwned>(&self) -> Option<T> {
        let received = receive(&self.watch.any_process(), None)?;
        Some(serde_json::from_slice(&received.bytes).expect("all ranks run the same program"))
    }

    /// Tells all ranks a number of rank 0's; all must ask together.
    pub fn share(&self, mut number: i32) -> i32 {
        self.watch.process_at_rank(0).broadcast_into(&mut number);
        number
    }

    /// Ends the program, every rank of it, when what was told before has had the time to be passed on.
    ///
    /// MPICH's launcher ends everything as soon as it hears of it, and with that what a rank has written
    /// to standard error and the launcher has not read yet.
    pub fn abort(&self, code: i32) -> ! {
        thread::sleep(PASSING_ON);
        self.nodes.abort(code)
    }
}

fn receive(source: &impl Source, tag: Option<Tag>) -> Option<Received> {
    let found = match tag {
        Some(tag) => source.immediate_matched_probe_with_tag(tag.0),
        None => source.immediate_matched_probe(),
    };
    let (bytes, status) = found?.matched_receive_vec::<u8>();
    Some(Received { from: from_mpi(status.source_rank()), tag: Tag(status.tag()), bytes })
}

fn from_mpi(rank: i32) -> Rank {
    Rank(u32::try_from(rank).expect("MPI counts ranks from 0"))
}

fn to_mpi(rank: Rank) -> i32 {
    i32::try_from(rank.0).expect("there are as many ranks as MPI can count")
}

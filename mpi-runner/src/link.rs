//! MPI under a node: sends, receives, and the control messages between rank 0 and the others.
//!
//! The nodes' messages go through `MPI_COMM_WORLD`, with the protocol's tags; control messages go
//! through a duplicate of it, where no receive of a node can match them.

use std::thread;
use std::time::Duration;

use mpi::collective::Root as _;
use mpi::point_to_point::{Destination, MatchedReceiveVec as _, Source};
use mpi::request;
use mpi::topology::{Communicator as _, SimpleCommunicator};
use ringscope_traces::{Rank, Tag};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The rank that reads the input, monitors all ranks and reports: a part in the run of the program, and none in
/// the protocol.
pub(crate) const ROOT: Rank = Rank::FIRST;

/// How long a launcher may take to pass on what a rank has written to standard error.
const PASSING_ON: Duration = Duration::from_millis(100);

/// A message as it was received.
#[derive(Debug)]
pub(crate) struct Received {
    /// Who sent it.
    pub from: Rank,
    /// Its tag.
    pub tag: Tag,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How a send begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// MPI's standard mode: MPI decides whether it waits for the receiver.
    Standard,
    /// MPI's synchronous mode: it returns when the message is being received.
    Synchronous,
}

/// A node's message on its way out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    /// Who gets it.
    pub to: Rank,
    /// Its tag.
    pub tag: Tag,
    /// How the send begins.
    pub mode: Mode,
    /// What is sent.
    pub bytes: &'a [u8],
}

/// This process's connection to the others.
pub(crate) struct Link {
    nodes: SimpleCommunicator,
    control: SimpleCommunicator,
}

impl Link {
    /// Opens the communicators. Collective: all processes of the program must call it.
    pub(crate) fn open() -> Link {
        let nodes = SimpleCommunicator::world();
        let control = nodes.duplicate();
        Link { nodes, control }
    }

    /// This process's rank.
    pub(crate) fn rank(&self) -> Rank {
        from_mpi(self.nodes.rank())
    }

    /// How many ranks there are.
    pub(crate) fn ranks(&self) -> u32 {
        from_mpi(self.nodes.size()).0
    }

    /// Sends a node's message.
    ///
    /// It is a blocking send, taken apart into its start and its completion (MPI 4.1, section 3.7), so that
    /// a rank that is blocked in it still answers status requests: `blocked` is called again and again until
    /// the send has completed.
    pub(crate) fn send(&self, outgoing: Outgoing<'_>, mut blocked: impl FnMut()) {
        let Outgoing { to, tag, mode, bytes } = outgoing;
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

    /// Receives a node's message, if one has arrived from that source (`None`: any) with that tag (`None`:
    /// any).
    pub(crate) fn receive(&self, source: Option<Rank>, tag: Option<Tag>) -> Option<Received> {
        match source {
            Some(rank) => receive(&self.nodes.process_at_rank(to_mpi(rank)), tag),
            None => receive(&self.nodes.any_process(), tag),
        }
    }

    /// Sends a control message.
    pub(crate) fn send_control(&self, to: Rank, what: &impl Serialize) {
        let json = serde_json::to_vec(what).expect("a control message has a JSON form");
        self.control.process_at_rank(to_mpi(to)).send(&json[..]);
    }

    /// Receives a control message, if one has arrived.
    pub(crate) fn receive_control<T: DeserializeOwned>(&self) -> Option<T> {
        let received = receive(&self.control.any_process(), None)?;
        Some(serde_json::from_slice(&received.bytes).expect("all ranks run the same program"))
    }

    /// Rank 0's number, on every rank. Collective: all ranks must call it.
    pub(crate) fn broadcast(&self, mut number: i32) -> i32 {
        self.control.process_at_rank(0).broadcast_into(&mut number);
        number
    }

    /// Ends the program with all its ranks, once the launcher has had the time to pass on their output.
    ///
    /// MPICH's launcher kills everything as soon as a rank aborts, and loses what that rank had written to
    /// standard error and the launcher had not read yet.
    pub(crate) fn abort(&self, code: i32) -> ! {
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

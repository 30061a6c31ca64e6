//! What several tests need.
#![allow(dead_code, reason = "each test uses its own part of it")]

#[path = "../../../traces/tests/support/reference.rs"]
pub(crate) mod reference;

use ringscope_sim::protocol::{MessageOf, Protocol};
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::{Finished, header, simulate};
use ringscope_sim::world::recording::{Recording, Written};
use ringscope_traces::jsonl::{Digest, read_trace};
use ringscope_traces::{Trace, event::Op};

/// A node of the classic protocol.
pub(crate) type ClassicNode = <Classic as Protocol>::Node;

/// A message of the classic protocol.
pub(crate) type Message = MessageOf<Classic>;

/// A run with all that it left.
pub(crate) struct Run {
    pub finished: Finished<Classic>,
    pub recording: Recording<Message>,
    /// The trace as a file.
    pub file: Vec<u8>,
    pub digest: Digest,
}

impl Run {
    pub(crate) fn of(scenario: &Scenario) -> Run {
        let written = Written::new(Vec::new(), &header(&scenario.settings)).unwrap();
        let mut observers = (written, Recording::default());
        let finished = simulate::<Classic>(scenario, &mut observers);
        let (written, recording) = observers;
        let (file, digest) = written.finish(&finished.outcome.end.ending()).unwrap();
        Run { finished, recording, file, digest }
    }

    /// The trace, read back from its file.
    pub(crate) fn trace(&self) -> Trace {
        read_trace(self.file.as_slice(), "simulated").unwrap().0
    }

    /// What the command node printed.
    pub(crate) fn printed(&self) -> String {
        self.recording.prints.iter().map(|(_, print)| format!("{print}\n")).collect()
    }

    /// What each rank did, in its order, without times.
    pub(crate) fn sequences(&self) -> Vec<Vec<(Op, u32, i32, Message)>> {
        let ranks = self.finished.world.nodes().len();
        let mut sequences = vec![Vec::new(); ranks];
        for event in &self.recording.events {
            let step = (event.op, event.peer.0, event.tag.0, event.data.clone());
            sequences[event.rank.index()].push(step);
        }
        sequences
    }
}

/// A scenario written in a test.
pub(crate) fn scenario(text: &str) -> Scenario {
    Scenario::parse("test", text).unwrap()
}

pub(crate) type World<O> = ringscope_sim::world::World<ClassicNode, O>;

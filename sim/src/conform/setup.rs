//! With what the nodes of a recorded run are made, for whoever runs it again.

use std::sync::Arc;

use ringscope_traces::{Event, Header, Op, Trace};

use super::CannotJudge;
use crate::protocol::{Command, NodeSetup, Protocol, Script};
use crate::protocols::ProtocolId;
use crate::scenario::Settings;

/// With what the nodes of a recorded run are made, and how they are to be run.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The protocol that they speak.
    pub protocol: ProtocolId,
    /// With what they are made; the command node has the commands that it sent in the trace.
    pub nodes: NodeSetup,
    /// The longest payload, in bytes, whose send does not wait to be received; `None`: none waits.
    pub eager: Option<u64>,
}

/// Says with what the nodes of a recorded run are made.
///
/// # Errors
///
/// When its header does not say it.
pub fn setup(trace: &Trace) -> Result<Setup, CannotJudge> {
    let settings = Settings::from_header(&trace.header)?;
    Ok(Setup::with(&settings, script(trace, &settings)))
}

/// The commands that the command node sent in a trace.
pub(super) fn script(trace: &Trace, settings: &Settings) -> Script {
    let command = settings.protocol.roles(settings.ranks).command;
    let of_command = trace.events.iter().filter(|event| event.rank == command);
    of_command.filter_map(|event| command_in(event, settings.protocol)).collect()
}

fn command_in(event: &Event, protocol: ProtocolId) -> Option<Command> {
    match event.op {
        Op::Send => protocol.meaning(event.tag, &event.data).ok()?.command(),
        Op::Recv => None,
    }
}

impl Setup {
    /// That of a run with that header, whose command node has that script.
    ///
    /// # Errors
    ///
    /// When the header does not say it.
    pub fn of(header: &Header, script: Script) -> Result<Setup, CannotJudge> {
        Settings::from_header(header).map(|settings| Setup::with(&settings, script))
    }

    pub(super) fn with(settings: &Settings, script: Script) -> Setup {
        let nodes = settings.node_setup(Arc::new(script));
        Setup { protocol: settings.protocol, nodes, eager: settings.eager }
    }

    /// The nodes before anything has happened, by rank.
    #[must_use]
    pub fn nodes<P: Protocol>(&self) -> Vec<P::Node> {
        P::nodes(&self.nodes)
    }
}

//! The nodes of a recorded run before anything has happened, for whoever runs it again.

use ringscope_traces::{Header, Trace};

use super::CannotJudge;
use crate::protocol::Script;
use crate::protocols::classic::ClassicNode;
use crate::scenario::Settings;

/// The nodes of a recorded run, and how they are to be run.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The nodes by rank; the command node has the commands that it sent in the trace.
    pub nodes: Vec<ClassicNode>,
    /// The longest payload, in bytes, whose send does not wait to be received; `None`: none waits.
    pub eager: Option<u64>,
}

/// Sets up the nodes of a recorded run.
///
/// # Errors
///
/// When its header does not say by which nodes.
pub fn setup(trace: &Trace) -> Result<Setup, CannotJudge> {
    let settings = Settings::from_header(&trace.header)?;
    Ok(Setup { nodes: super::nodes(trace, &settings), eager: settings.eager })
}

impl Setup {
    /// The nodes of a run with that header, whose command node has that script.
    ///
    /// # Errors
    ///
    /// When the header does not say by which nodes.
    pub fn of(header: &Header, script: Script) -> Result<Setup, CannotJudge> {
        let settings = Settings::from_header(header)?;
        Ok(Setup { nodes: super::nodes_with(script, &settings), eager: settings.eager })
    }
}

//! A recorded run judged: each rank is fed what it received and must send what it sent.
//!
//! Each rank is judged by its own lines, so that what is wrong at one rank does not spread to others
//! (`verifier`); then every receive must be of what was sent, and where it is not, it is decided whose line
//! is wrong (`blame`); then the ending must be one that each rank's state allows (`own_end`), and all
//! of them together (`ending`). After a rank's first finding its state is unknown, and it is not judged
//! further.
//!
//! Events count by their position in the file; whether they are numbered and timed as they should be is
//! for [`ringscope_traces::wellformed`].

mod blame;
mod end_state;
mod ending;
mod own_end;
mod recognized;
mod repeat;
mod replay;
mod script;
mod setup;
mod unread;
mod verifier;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use ringscope_traces::{Ending, Rank, Trace};

pub use crate::replay::finding::{Awaited, Finding, Letter, What};
pub use end_state::{EndState, EndSummary, end_state, end_summary};
pub use recognized::recognized;
pub use repeat::{Departure, Repeated, repeat};
pub use replay::{CannotReplay, Replayed, check_invariants, replay, rewrite};
pub use setup::{Setup, setup};
pub use unread::as_read;

use crate::protocol::definition::command_node;
use crate::protocol::{Key, Node, NodeView, Protocol, Script, StorageId, Value};
use crate::protocols::Visitor;
use crate::replay::node::NodeReplay;
pub use crate::scenario::BadHeader as CannotJudge;
use crate::scenario::Settings;
use verifier::{Input, RankCheck, Verifier};

/// What a judge says of a trace.
#[derive(Debug)]
pub struct Judgement {
    /// What is wrong, the first one first; empty when the trace conforms.
    pub findings: Vec<Finding>,
    /// How many more findings there are, at ranks that no event speaks of.
    pub left_out: u64,
    /// How far each rank conforms, by rank: those that have events or are sent something.
    pub ranks: Vec<RankJudgement>,
    /// The answers that the command node received, in order, as far as it conforms.
    pub answers: Vec<Answer>,
    /// How the run is said to have ended; `None` when it was cut off, and no ending was judged.
    pub ending: Option<Ending>,
    nodes: Box<dyn Views>,
}

/// How far one rank conforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankJudgement {
    /// The rank.
    pub rank: Rank,
    /// How many events it has.
    pub events: usize,
    /// How many of them, from the first on, are what the protocol does.
    pub conforming: usize,
    /// Whether all of them are, and the rank's end too.
    pub conforms: bool,
}

/// The answer to a GET.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The key that was asked for.
    pub key: Key,
    /// Its value.
    pub value: Value,
    /// The storage id of the node that gave it.
    pub owner: StorageId,
}

impl Judgement {
    /// Whether the trace is of a run that the protocol can make.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.findings.is_empty()
    }

    /// The state in which a rank's events leave it; `None` for a rank that does not conform, and for
    /// one that no event speaks of.
    #[must_use]
    pub fn node(&self, rank: Rank) -> Option<NodeView<'_>> {
        self.nodes.view(rank)
    }
}

/// The nodes of a judged run, of whichever protocol.
trait Views: fmt::Debug {
    fn view(&self, rank: Rank) -> Option<NodeView<'_>>;
}

impl<N: Node> Views for BTreeMap<Rank, NodeReplay<N>> {
    fn view(&self, rank: Rank) -> Option<NodeView<'_>> {
        self.get(&rank).map(NodeReplay::view)
    }
}

/// Judges a trace by the protocol that it names.
///
/// ```
/// use ringscope_sim::conform::judge;
/// use ringscope_sim::scenario::Scenario;
/// use ringscope_sim::simulate::record;
/// use ringscope_traces::read_trace;
///
/// let scenario = Scenario::parse("put", "put 400 4\nget 400")?;
/// let recorded = record(&scenario, Vec::new())?;
/// let (mut trace, _) = read_trace(recorded.to.as_slice(), "put.jsonl")?;
/// assert!(judge(&trace)?.conforms());
///
/// // A rank that sends something else is found by its event.
/// trace.events[2].data = 13.into();
/// let judgement = judge(&trace)?;
/// assert_eq!(judgement.findings[0].event, Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the header does not say by which nodes to judge: an unknown protocol, a number of ranks that
/// it cannot have, a setting that is none.
pub fn judge(trace: &Trace) -> Result<Judgement, CannotJudge> {
    let settings = Settings::from_header(&trace.header)?;
    Ok(settings.protocol.dispatch(JudgeTrace { trace, settings: &settings }))
}

struct JudgeTrace<'a> {
    trace: &'a Trace,
    settings: &'a Settings,
}

impl Visitor for JudgeTrace<'_> {
    type Output = Judgement;

    fn visit<P: Protocol>(self) -> Judgement {
        judge_by::<P>(self.trace, self.settings)
    }
}

fn judge_by<P: Protocol>(trace: &Trace, settings: &Settings) -> Judgement {
    let commander = |script: Script| command_node::<P>(settings.node_setup(Arc::new(script)));
    let eager = settings.eager;
    let (command, nodes) = (command_rank(settings), nodes::<P>(trace, settings));
    hold(Input { trace, nodes, command, commander: &commander, eager })
}

/// The nodes that a trace's ranks are held against; the command node has the commands that it sent.
fn nodes<P: Protocol>(trace: &Trace, settings: &Settings) -> Vec<P::Node> {
    P::nodes(&settings.node_setup(Arc::new(setup::script(trace, settings))))
}

fn command_rank(settings: &Settings) -> Rank {
    settings.protocol.roles(settings.ranks).command
}

fn hold<N: Node + 'static>(input: Input<'_, N>) -> Judgement {
    let (command, ending) = (input.command, input.trace.footer.as_ref().map(|f| f.ending.clone()));
    let mut verifier = Verifier::open(input);
    own_end::judge_ends(&mut verifier);
    let left = blame::match_messages(&mut verifier);
    ending::judge_left(&mut verifier, &left);
    let ranks = verifier.checks.iter().map(|(rank, check)| of_rank(*rank, check)).collect();
    let answers = verifier.checks[&command].replay.answers().to_vec();
    let (findings, left_out) = (verifier.findings(), verifier.silent.left_out);
    let conforming = verifier.checks.into_iter().filter(|(_, check)| check.failed.is_none());
    let nodes: BTreeMap<Rank, NodeReplay<N>> =
        conforming.map(|(rank, check)| (rank, check.replay)).collect();
    Judgement { findings, left_out, ranks, answers, ending, nodes: Box::new(nodes) }
}

fn of_rank<N: Node>(rank: Rank, check: &RankCheck<N>) -> RankJudgement {
    RankJudgement {
        rank,
        events: check.events,
        conforming: check.conforming(),
        conforms: check.failed.is_none(),
    }
}

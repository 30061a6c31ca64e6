//! A recorded run of another dialect judged by what it answers.
//!
//! A program may speak its own protocol between the nodes of the ring, of which nothing is known here.
//! What can be judged all the same is what the command node, the last rank, sends and receives: each
//! GET must be answered with the value that was put last and in the name of the key's owner, and every
//! other command must be acknowledged. So only the events of the last rank are looked at, and of these
//! the commands that it sends and the replies that it receives:
//!
//! | tag | | carries |
//! |---|---|---|
//! | 0 to 3 | PUT, GET, ADD, REMOVE, to any rank | what they carry in the classic protocol; a list of one number is the number |
//! | 4 | END, which has no reply | anything |
//! | 5 | RETVAL, from any rank | `[value, owner's id]` |
//! | 6 | ACK, from any rank | anything; two numbers must be the pair, where they can only be a PUT's |
//!
//! **The model** is a map of keys to values, and the ids in the ring: the permanent node's, which is the
//! greatest key, and what ADD brings and REMOVE takes away. An id belongs to one node at a time. The
//! owner of a key is the smallest id that is not below it. A key that was never put has no answer: it is
//! right when a GET of it gets none, and wrong when it gets one.
//!
//! **Commands in flight together.** Replies are distinguished by their tag and their order alone, and GETs
//! may be answered in another order than they were sent. A GET may see every PUT, ADD and REMOVE that is
//! in flight with it or not, and so every answer is right that is right for some order. A program is
//! never found wrong that answers as if one command were done after the other; for the ids of the ring
//! each is looked at by itself, so that a wrong owner may pass where several nodes join and leave at once.
//!
//! What is left without a reply at the end is wrong when the run is over, and open when it was cut off
//! or stopped. What follows a command that cannot be read is not judged.

mod acks;
mod client;
mod finding;
mod gets;
mod judge;
mod model;
mod register;

use ringscope_traces::words::of_rank;
use ringscope_traces::{EventIndex, Rank, Trace};

pub use client::{commands, has_client};
pub use finding::{OneOf, Wrong};

use crate::conform::{self, Finding};
use crate::protocol::StorageId;
use crate::protocols::ProtocolId;
use crate::scenario::Settings;
use judge::Judge;

/// The most commands that may wait for a reply at once: beyond that, replies are not attributed.
pub const LIMIT_IN_FLIGHT: usize = 4096;

/// What there is to say of a program's answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnswersJudgement {
    /// What is wrong, in the order of the command node's events.
    pub findings: Vec<Finding<Wrong>>,
    /// The commands that were left without a reply in a run that was cut off or stopped: nobody knows
    /// whether it would have come.
    pub open: Vec<Finding<Wrong>>,
    /// How many commands were judged, END not among them.
    pub commands: u64,
    /// How many GETs were answered.
    pub answered: u64,
    /// How many GETs were rightly left without an answer, since their key had not been put, or it was being
    /// put.
    pub silent: u64,
}

/// Why a program's answers cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotJudgeAnswers {
    /// The last rank is no command node.
    #[error("rank {rank}, the last one, sends no command (tags 0 to 4)")]
    NoCommand {
        /// The last rank.
        rank: Rank,
    },
    /// The trace's header is not one to judge by.
    #[error(transparent)]
    Header(#[from] conform::CannotJudge),
    /// Too many commands are without a reply.
    #[error("at {}, {LIMIT_IN_FLIGHT} commands wait for a reply already", of_rank(*.rank, *.index))]
    InFlight {
        /// The command node.
        rank: Rank,
        /// The event by which one more is sent.
        index: usize,
    },
}

/// Judges what a program answered, whatever protocol its trace names.
///
/// ```
/// use ringscope_sim::answers::judge;
/// use ringscope_traces::read_trace;
///
/// // The last rank puts 100 at key 9, hears that it is done, gets key 9, and hears that it is 200.
/// let file = r#"{"trace":1,"source":"recorded","protocol":"mine","ranks":3,"time":"wall"}
/// {"rank":2,"n":0,"op":"send","peer":0,"tag":0,"data":[9,100],"t":0,"clock":1}
/// {"rank":1,"n":0,"op":"send","peer":2,"tag":6,"data":9,"t":0,"clock":1}
/// {"rank":2,"n":1,"op":"recv","peer":1,"tag":6,"data":9,"t":0,"clock":2}
/// {"rank":2,"n":2,"op":"send","peer":0,"tag":1,"data":9,"t":0,"clock":3}
/// {"rank":1,"n":1,"op":"send","peer":2,"tag":5,"data":[200,1000],"t":0,"clock":2}
/// {"rank":2,"n":3,"op":"recv","peer":1,"tag":5,"data":[200,1000],"t":0,"clock":4}
/// {"end":"stopped","events":6}
/// "#;
/// let (trace, _) = read_trace(file.as_bytes(), "mine.jsonl")?;
/// let judgement = judge(&trace)?;
/// assert_eq!((judgement.commands, judgement.answered), (2, 1));
/// assert_eq!(
///     judgement.findings[0].to_string(),
///     "rank 2's 4th event: get 9 is answered with 200; expected 100 (put by its 1st event)"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When there is nothing to judge, or too much at once.
pub fn judge(trace: &Trace) -> Result<AnswersJudgement, CannotJudgeAnswers> {
    let keyspace = Settings::keyspace_of(&trace.header)?;
    let protocol = ProtocolId::spoken_with(&trace.header.protocol);
    let command = protocol.roles(trace.header.ranks).command;
    let mut bench = Judge::new(trace, protocol, StorageId(keyspace));
    for place in
        (0..trace.events.len()).map(EventIndex).filter(|place| trace[*place].rank == command)
    {
        bench.take(place)?;
        if bench.is_lost() {
            break;
        }
    }
    bench.close(trace.footer.as_ref().map(|footer| &footer.ending))
}

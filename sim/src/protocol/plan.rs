//! A scenario's commands as a protocol checks them, and what it objects to.

use super::Run;

/// The commands that a run is to have, and what the ring is made with.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The number of processes.
    pub ranks: u32,
    /// The greatest key.
    pub keyspace: i64,
    /// How many commands may be in flight at once.
    pub window: u32,
    /// The commands.
    pub runs: &'a [Run],
    /// The line of the scenario in which each run stands.
    pub lines: &'a [u32],
}

/// Something that is wrong with a run of commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// Which run.
    pub run: usize,
    /// Which part of its line is at fault.
    pub part: Part,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Advice.
    pub hint: Option<String>,
}

/// A part of a command's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first operand.
    First,
    /// The second operand.
    Second,
    /// The whole command.
    Whole,
}

/// Takes what a protocol objects to.
pub trait Objections {
    /// The command would crash a rank, hang or circle.
    fn error(&mut self, objection: Objection);

    /// The command can go wrong, or cannot be checked.
    fn warning(&mut self, objection: Objection);
}

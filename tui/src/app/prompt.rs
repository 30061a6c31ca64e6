//! A line that is being typed.

use tui_input::Input;

/// What a line is typed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To look for an event.
    Search,
    /// To list some events only.
    Filter,
    /// To go to an event number or a percentage.
    GoTo,
    /// To add a command to a live run.
    Command,
    /// To break on a condition.
    Break,
}

/// A line that is being typed.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What for.
    pub purpose: Purpose,
    /// What has been typed, and where in it the cursor stands.
    pub input: Input,
    /// What is wrong with it so far.
    pub problem: Option<String>,
    /// What it could go on with.
    pub completions: Vec<String>,
}

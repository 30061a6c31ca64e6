//! The commands that a program sent, beside those of the task.

use ringscope_screen::numbers::counted;
use ringscope_sim::answers;
use ringscope_sim::protocol::Command;
use ringscope_sim::scenario::Scenario;
use ringscope_traces::Trace;
use ringscope_traces::words::ordinal;
use serde::Serialize;

/// How the commands that were sent compare with the task's.
#[derive(Debug, Serialize)]
pub(super) struct Commands {
    /// How many were sent.
    pub sent: usize,
    /// How many the task has.
    pub of_task: usize,
    /// The first that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Other>,
}

/// A command in another's place.
#[derive(Debug, Serialize)]
pub(super) struct Other {
    /// Its number, from 1.
    pub number: usize,
    /// What was sent; nothing where the program ends earlier.
    pub sent: Option<String>,
    /// What the task has; nothing where it ends earlier.
    pub of_task: Option<String>,
}

impl Commands {
    /// Those of a task and of a recorded program.
    pub(super) fn of(task: &Scenario, trace: &Trace) -> Commands {
        let sent = answers::commands(trace);
        let of_task: Vec<Command> = task.script.commands().collect();
        let same = sent.iter().zip(&of_task).take_while(|(one, other)| one == other).count();
        let word = |all: &[Command]| all.get(same).map(Command::to_string);
        let other = Other { number: same + 1, sent: word(&sent), of_task: word(&of_task) };
        // Where the program ends earlier, that is said by how it ended.
        let is_other = other.sent.is_some();
        let (sent, of_task) = (sent.len(), of_task.len());
        Commands { sent, of_task, other: is_other.then_some(other) }
    }

    /// Whether they are the task's, and all of them.
    pub(super) fn are_the_tasks(&self) -> bool {
        self.other.is_none() && self.sent == self.of_task
    }

    /// `7, as in the task`.
    pub(super) fn says(&self) -> String {
        let Commands { sent, of_task, other } = self;
        match other {
            None if sent == of_task => format!("all {of_task} of the task"),
            None => format!("the first {sent} of {}", counted(*of_task as u64, "command")),
            Some(Other { number, sent: Some(sent), of_task: Some(wanted) }) => {
                let which = ordinal(number - 1);
                format!("not those of the task: the {which} is `{sent}`, and should be `{wanted}`")
            }
            Some(Other { number, sent, .. }) => {
                let (which, sent) = (ordinal(number - 1), sent.as_deref().unwrap_or_default());
                format!("not those of the task: it ends before the {which}, `{sent}`")
            }
        }
    }
}

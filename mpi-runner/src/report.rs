//! Rank 0's last word: the parts put together, and how the run ended.

use ringscope_traces::parts::{Gathered, gather};
use ringscope_traces::{Completeness, Trace};

use crate::failure::{Failure, note};
use crate::output::Output;
use crate::standing::Standing;
use crate::task::{Cast, Task};
use crate::verdict::Verdict;

/// What is needed to tell how a run ended.
pub struct Report {
    name: String,
    output: Output,
    followed: Option<Trace>,
    expected: Option<ringscope_sim::scenario::ExpectedEnd>,
}

impl Report {
    /// A report on that run.
    pub fn new(task: &Task, cast: &Cast, output: Output) -> Report {
        let (followed, expected) = (cast.followed.clone(), cast.expected);
        Report { name: task.work.name(), output, followed, expected }
    }

    /// Puts the parts together, tells how the run ended, and says what the exit code is.
    pub fn tell(self, verdict: &Verdict, _standings: &[Standing]) -> i32 {
        let gathered = match gather(self.output.folder()) {
            Ok(gathered) => gathered,
            Err(error) => {
                Failure::new(error.to_string()).tell();
                return 1;
            }
        };
        let Gathered { merged, .. } = gathered;
        note(&format!("{}: {verdict:?}", self.name));
        let _ = (Completeness::Whole, &self.followed, &self.expected);
        if let Err(failure) = self.output.put(&merged.trace) {
            failure.tell();
            return 1;
        }
        i32::from(*verdict != Verdict::Completed)
    }
}

//! The calls of a recorded program as lines of text.

use ringscope_traces::Rank;
use ringscope_traces::calls::Call;

use crate::timeline::Calls;
use crate::timeline::calls::time;
use crate::view::call_words;
use crate::view::symbols::Symbols;

/// A call of a rank, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLine {
    /// Whose.
    pub rank: Rank,
    /// When, in nanoseconds since the run began, where that is known.
    pub t: Option<u64>,
    /// What: `MPI_Allreduce, its 3rd (a.c:17)`.
    pub what: String,
}

/// Says calls in words, one after the other as they stand in a trace: places and communicators come first.
#[derive(Debug, Default)]
pub struct CallLines {
    tables: Calls,
}

impl CallLines {
    /// The line of a call; `None` of one that says only where something is, or that something is over.
    pub fn take(&mut self, call: Call) -> Option<CallLine> {
        let (rank, t) = (call.rank(), time(&call));
        let calls = &self.tables;
        let what = match &call {
            Call::Enter(enter) => call_words::enter(calls, enter),
            Call::Last(last) if last.inside => {
                format!("is in {}{}", call_words::last_call(last), call_words::at(calls, last.at))
            }
            Call::Post(_)
            | Call::Probe(_)
            | Call::Fail(_)
            | Call::Misuse(_)
            | Call::Exception(_)
            | Call::Exit(_)
            | Call::Died(_) => call_words::whole(calls, &call, Symbols::Braille),
            Call::Place(_)
            | Call::Address(_)
            | Call::Communicator(_)
            | Call::Leave(_)
            | Call::Complete(_)
            | Call::Last(_) => {
                self.tables.note(call);
                return None;
            }
        };
        Some(CallLine { rank: rank?, t, what })
    }
}

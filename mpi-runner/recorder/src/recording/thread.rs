//! Which thread calls, and when it ends.

use std::cell::Cell;

use super::with;

thread_local! {
    static HERE: Cell<u8> = const { Cell::new(0) };
    static END: End = const { End };
}

/// A thread of this process; another one may get the same when it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ThreadId(usize);

impl ThreadId {
    /// No thread.
    pub(super) const NONE: ThreadId = ThreadId(0);

    /// The thread that calls this.
    pub(super) fn here() -> ThreadId {
        HERE.with(|here| ThreadId(std::ptr::from_ref(here).addr()))
    }

    /// Whether it is a thread.
    pub(super) fn is_some(self) -> bool {
        self != ThreadId::NONE
    }
}

/// Is dropped when a thread ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        with(|recording| recording.thread_ends());
    }
}

/// Has the end of this thread noted. The one that has initialized MPI is never asked to: it ends with the program.
pub(super) fn watch_end() {
    // A thread that is ending already is not waited for.
    let _ = END.try_with(|_| ());
}

//! Work for two processors at once where the system has a thread to give, and one after the other where it has none:
//! a page in a browser has none, and a machine can run out of them.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does two things at once, the second on a thread of its own.
///
/// ```
/// use ringscope_traces::threads::both;
///
/// assert_eq!(both(|| 1 + 1, || "two"), (2, "two"));
/// ```
pub fn both<A, B: Send>(here: impl FnOnce() -> A, there: impl FnOnce() -> B + Send) -> (A, B) {
    let there = Mutex::new(Some(there));
    let begin = || take(&there).map(|work| work());
    thread::scope(|scope| {
        let begun = thread::Builder::new().spawn_scoped(scope, begin);
        let ours = here();
        let theirs = match begun {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => begin(),
        };
        (ours, theirs.expect("it is done once, there or here"))
    })
}

fn take<T>(from: &Mutex<Option<T>>) -> Option<T> {
    from.lock().unwrap_or_else(PoisonError::into_inner).take()
}

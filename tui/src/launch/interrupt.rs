//! Ctrl-C and the like: first what was begun is taken away, and what runs for us is ended.

use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use ringscope_traces::atomic_file::remove_unfinished;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::{SigId, flag, low_level};

/// Takes note of the signals that are to end this program, as long as it lives; before and after, they
/// end it at once.
#[derive(Debug)]
pub(crate) struct Interrupt {
    came: Arc<AtomicBool>,
    ids: Vec<SigId>,
}

/// Who minds the signals that end this program.
struct Minders {
    /// Whether the thread that cleans up is there.
    cleans_up: bool,
    /// How many take note: as long as there is one, it is theirs to end the program.
    watches: usize,
    /// Whether that thread has left a signal to those who take note, which they have not answered yet.
    left_to_watches: bool,
    /// Whether those who took note have answered a signal that the thread does not know of yet.
    is_answered: bool,
}

static MINDERS: Mutex<Minders> = Mutex::new(Minders::new());

impl Minders {
    const fn new() -> Minders {
        Minders { cleans_up: false, watches: 0, left_to_watches: false, is_answered: false }
    }

    /// Whether a signal that the thread has just learnt of is for it to answer, and not for those who take note.
    ///
    /// The thread may be the last to learn of a signal: the one who took note is gone by then, since it has answered it.
    fn is_for_the_thread(&mut self) -> bool {
        if self.watches > 0 {
            self.left_to_watches = true;
            return false;
        }
        !std::mem::take(&mut self.is_answered)
    }

    /// One takes note no longer; `came` says that a signal came, which it answers.
    fn leave(&mut self, came: bool) {
        self.watches -= 1;
        if self.watches == 0 {
            let is_known = std::mem::take(&mut self.left_to_watches);
            self.is_answered = came && !is_known;
        }
    }
}

fn minders() -> MutexGuard<'static, Minders> {
    MINDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Interrupt {
    /// Takes note from now on.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub(crate) fn watch() -> io::Result<Interrupt> {
        clean_up_at_the_end()?;
        let mut interrupt = Interrupt { came: Arc::default(), ids: Vec::new() };
        minders().watches += 1;
        for signal in ending_signals() {
            interrupt.ids.push(flag::register(signal, Arc::clone(&interrupt.came))?);
        }
        Ok(interrupt)
    }

    /// Whether such a signal came.
    pub(crate) fn came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        minders().leave(self.came());
        for id in self.ids.drain(..) {
            low_level::unregister(id);
        }
    }
}

/// From now on a signal that ends this program first takes away the files that are not finished.
///
/// Not for a program with a screen, which has its own answer to signals.
///
/// # Errors
///
/// When the system does not let us.
pub(crate) fn clean_up_at_the_end() -> io::Result<()> {
    let mut minders = minders();
    if !minders.cleans_up {
        let mut signals = Signals::new(ending_signals())?;
        minders.cleans_up = true;
        thread::spawn(move || signals.forever().for_each(clean_up));
    }
    Ok(())
}

fn clean_up(signal: i32) {
    if minders().is_for_the_thread() {
        let _nothing_is_begun = remove_unfinished();
        // It ends us, so that whoever waits for us learns of the signal; for these it cannot fail.
        let _ = low_level::emulate_default_handler(signal);
    }
}

/// A file that grows beyond the limit of the shell (`ulimit -f`) is an error of writing from now on,
/// which is reported, and not the end of this program.
///
/// # Errors
///
/// When the system does not let us.
pub(crate) fn survive_the_limit_of_files() -> io::Result<()> {
    flag::register(SIGXFSZ, Arc::default()).map(drop)
}

/// The signals that ask a program to end, without those that whoever started us had us ignore, as
/// `nohup` does.
fn ending_signals() -> impl Iterator<Item = i32> {
    let ignored = ignored_signals();
    let is_ignored = move |signal: &i32| ignored >> (signal - 1) & 1 == 1;
    [SIGINT, SIGTERM, SIGHUP].into_iter().filter(move |signal| !is_ignored(signal))
}

/// A bit for each signal, from 1.
///
/// Safe Rust has no way to ask for it; where there is no such file, none is taken to be ignored.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Minders;

    fn watched() -> Minders {
        Minders { watches: 1, ..Minders::new() }
    }

    #[test]
    fn a_signal_that_somebody_has_answered_does_not_end_the_program_when_the_thread_learns_of_it_last()
     {
        let mut minders = watched();
        minders.leave(true);
        assert!(!minders.is_for_the_thread());
        assert!(minders.is_for_the_thread(), "the next one does");
    }

    #[test]
    fn a_signal_that_the_thread_has_left_to_somebody_is_not_counted_twice() {
        let mut minders = watched();
        assert!(!minders.is_for_the_thread());
        minders.leave(true);
        assert!(minders.is_for_the_thread(), "the next one ends the program");
    }

    #[test]
    fn who_leaves_without_a_signal_leaves_the_next_one_to_the_thread() {
        let mut minders = watched();
        minders.leave(false);
        assert!(minders.is_for_the_thread());
    }
}

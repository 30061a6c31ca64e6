//! Signals: the terminal is given back before one of them does what it is for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1,
    SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
};
use signal_hook::{SigId, flag, low_level};

/// The signals that end a program which does nothing about them, and that can wait until the terminal is given
/// back: all but those of a fault in the program itself, and SIGXFSZ, which the whole program takes for an error of
/// writing.
const ENDING: [i32; 11] = [
    SIGABRT, SIGALRM, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM,
    SIGXCPU,
];

/// Takes note of signals, as long as it lives.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// The one that is to end the program; 0 for none.
    ending: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    go_on: Arc<AtomicBool>,
    resize: Arc<AtomicBool>,
    ids: Vec<SigId>,
}

impl Signals {
    /// Takes note from now on.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub(super) fn watch() -> io::Result<Signals> {
        let mut signals = Signals::default();
        for signal in ENDING {
            let number = usize::try_from(signal).expect("signals are small numbers");
            let id = flag::register_usize(signal, Arc::clone(&signals.ending), number)?;
            signals.ids.push(id);
        }
        let Signals { stop, go_on, resize, .. } = &signals;
        let flags = [(SIGTSTP, stop), (SIGCONT, go_on), (SIGWINCH, resize)];
        let ids = flags.map(|(signal, flag)| flag::register(signal, Arc::clone(flag)));
        for id in ids {
            signals.ids.push(id?);
        }
        Ok(signals)
    }

    /// The signal that is to end the program, if one came.
    pub(super) fn ending(&self) -> Option<i32> {
        i32::try_from(self.ending.load(Ordering::Relaxed)).ok().filter(|signal| *signal != 0)
    }

    /// Whether the program is to stop; once.
    pub(super) fn take_stop(&self) -> bool {
        self.stop.swap(false, Ordering::Relaxed)
    }

    /// Whether the program goes on after it was stopped, and the screen has to be set up again; once.
    pub(super) fn take_continue(&self) -> bool {
        self.go_on.swap(false, Ordering::Relaxed)
    }

    /// Whether the terminal has another size; once.
    pub(super) fn take_resize(&self) -> bool {
        self.resize.swap(false, Ordering::Relaxed)
    }

    /// The program goes on, whether or not the signal that says so has been seen.
    pub(super) fn has_continued(&self) {
        self.go_on.store(true, Ordering::Relaxed);
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.ids.drain(..) {
            low_level::unregister(id);
        }
    }
}

/// Asks this program to stop, as the terminal would where nobody reads single keys.
pub(super) fn ask_to_stop() -> io::Result<()> {
    low_level::raise(SIGTSTP)
}

/// Stops until the program is continued.
pub(super) fn stop() -> io::Result<()> {
    low_level::emulate_default_handler(SIGTSTP)
}

/// Ends the program by a signal, so that whoever waits for it learns of it.
pub(super) fn end_by(signal: i32) -> io::Result<()> {
    low_level::emulate_default_handler(signal)
}

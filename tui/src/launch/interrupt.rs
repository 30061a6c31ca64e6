//! Ctrl-C while other programs run for us: they are ended first.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// Takes note of the signals that are to end this program, as long as it lives; before and after, they
/// end it at once, as ever.
#[derive(Debug)]
pub struct Interrupt {
    came: Arc<AtomicBool>,
    ends_at_once: Arc<AtomicBool>,
}

impl Interrupt {
    /// Takes note from now on.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub fn watch() -> io::Result<Interrupt> {
        let (came, ends_at_once) = (Arc::default(), Arc::default());
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            flag::register(signal, Arc::clone(&came))?;
            flag::register_conditional_default(signal, Arc::clone(&ends_at_once))?;
        }
        Ok(Interrupt { came, ends_at_once })
    }

    /// Whether such a signal came.
    pub fn came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.ends_at_once.store(true, Ordering::Relaxed);
    }
}

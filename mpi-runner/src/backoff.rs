//! How a rank waits for a message without keeping a core from those that have something to do.

use std::num::NonZeroU64;
use std::thread;
use std::time::Duration;

use rustix::thread::set_current_timer_slack;

/// How often a rank looks again at once, but for letting others go first.
const YIELDS: u32 = 32;

/// The longest sleep while a message may come any moment.
const SHORT_SLEEP_US: u64 = 100;

/// The sleep of a rank that nobody has talked to for a while, such as one that never joins.
const LONG_SLEEP_US: u64 = 1_000;

/// So many short sleeps, about 50 ms, make a while.
const WHILE: u32 = 400;

/// Grows with every look in vain: a few yields, then sleeps of up to 100 us, after a while of 1 ms.
///
/// A blocking probe would spin: with more ranks than cores it starves those that are to send (on MPICH
/// a ring of 32 ranks on two cores never came round).
#[derive(Debug, Default)]
pub struct Backoff {
    looks: u32,
}

impl Backoff {
    /// Waits a little before the next look.
    pub fn wait(&mut self) {
        self.looks = self.looks.saturating_add(1);
        match self.looks.checked_sub(YIELDS) {
            None => thread::yield_now(),
            Some(sleeps) => thread::sleep(Duration::from_micros(sleep_us(sleeps))),
        }
    }

    /// Whether the rank sleeps by now, so that a further look costs it nothing.
    pub fn sleeps(&self) -> bool {
        self.looks >= YIELDS
    }
}

/// Has the system wake this thread when a sleep is over, and not up to 50 us later to save power: on MPICH a
/// ring of eight ranks comes round three times as fast.
pub fn wake_on_time() {
    // A system that cannot is only slower.
    let _ = set_current_timer_slack(NonZeroU64::new(1));
}

fn sleep_us(sleeps: u32) -> u64 {
    if sleeps >= WHILE { LONG_SLEEP_US } else { (1 << sleeps.min(10)).min(SHORT_SLEEP_US) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeps_grow_to_100_us_and_after_a_while_to_a_millisecond() {
        assert_eq!(
            [0, 1, 6, 7, 30, 399, 400, 1_000_000].map(sleep_us),
            [1, 2, 64, 100, 100, 100, 1_000, 1_000]
        );
    }
}

//! How a rank waits for a message without taking a core from ranks that have work to do.

use std::num::NonZeroU64;
use std::thread;
use std::time::Duration;

use rustix::thread::set_current_timer_slack;

/// How many polls are followed by a mere yield.
const YIELDS: u32 = 32;

/// The longest sleep while a message may come at any moment.
const SHORT_SLEEP_US: u64 = 100;

/// The sleep of a rank that has not received anything for some time, such as one that never joins.
const LONG_SLEEP_US: u64 = 1_000;

/// After this many short sleeps, about 50 ms, come the long ones.
const SHORT_SLEEPS: u32 = 400;

/// The growing pauses between polls: a few yields, then sleeps of up to 100 us, later of 1 ms.
///
/// A blocking probe would spin, and with more ranks than cores starve the ranks that are to send (on MPICH
/// a ring of 32 ranks on two cores made no progress at all).
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    polls: u32,
}

impl Backoff {
    /// Pauses before the next poll.
    pub(crate) fn wait(&mut self) {
        self.polls = self.polls.saturating_add(1);
        match self.polls.checked_sub(YIELDS) {
            None => thread::yield_now(),
            Some(sleeps) => thread::sleep(Duration::from_micros(sleep_us(sleeps))),
        }
    }

    /// Whether the rank has begun to sleep, so that one more poll of something else costs it nothing.
    pub(crate) fn sleeps(&self) -> bool {
        self.polls >= YIELDS
    }
}

/// Has the system wake this thread as soon as a sleep is over, and not up to 50 us later to save power: on
/// MPICH a message goes round a ring of eight ranks three times as fast.
pub(crate) fn wake_on_time() {
    // A system that cannot is only slower.
    let _ = set_current_timer_slack(NonZeroU64::new(1));
}

fn sleep_us(sleeps: u32) -> u64 {
    if sleeps >= SHORT_SLEEPS { LONG_SLEEP_US } else { (1 << sleeps.min(10)).min(SHORT_SLEEP_US) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeps_grow_to_100_us_and_after_400_of_them_to_a_millisecond() {
        assert_eq!(
            [0, 1, 6, 7, 30, 399, 400, 1_000_000].map(sleep_us),
            [1, 2, 64, 100, 100, 100, 1_000, 1_000]
        );
    }
}

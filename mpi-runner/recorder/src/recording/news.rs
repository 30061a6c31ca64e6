//! Whether a rank still does what it has not done before: a livelock is told by it while it goes on.

use std::hash::{Hash as _, Hasher as _};

use ringscope_traces::calls::Call;
use rustc_hash::FxHasher;

use super::part::Observed;

/// How many messages are remembered: a power of two.
const SLOTS: usize = 4096;

/// Counts what is new.
pub(super) struct News {
    /// Fingerprints of messages, each in the slot that its last bits name; a later one takes the place of an earlier.
    seen: Box<[u64]>,
    count: u64,
}

impl News {
    pub(super) fn new() -> News {
        News { seen: vec![0; SLOTS].into_boxed_slice(), count: 0 }
    }

    /// How much was new so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// A message with that payload, as it is written down: it is new unless the same was sent or received before, from the same
    /// line. One whose bytes nobody has looked at is new.
    pub(super) fn event(&mut self, observed: &Observed, payload: &[u8]) {
        if observed.more.hash.is_none() {
            self.count += 1;
            return;
        }
        let mut hasher = FxHasher::default();
        let Observed { op, peer, tag, more, .. } = observed;
        (op, peer, tag, more.comm, more.at, more.bytes, more.hash).hash(&mut hasher);
        hasher.write(payload);
        let fingerprint = hasher.finish();
        let slot = usize::try_from(fingerprint % SLOTS as u64).unwrap_or(0);
        let before = self.seen.get_mut(slot).map(|seen| std::mem::replace(seen, fingerprint));
        self.count += u64::from(before != Some(fingerprint));
    }

    /// Anything else that is written down: only what belongs to a message can come again.
    pub(super) fn call(&mut self, call: &Call) {
        match call {
            Call::Post(_) | Call::Complete(_) | Call::Probe(_) => {}
            Call::Place(_)
            | Call::Address(_)
            | Call::Communicator(_)
            | Call::Enter(_)
            | Call::Leave(_)
            | Call::Fail(_)
            | Call::Misuse(_)
            | Call::Exception(_)
            | Call::Exit(_)
            | Call::Died(_)
            | Call::Last(_) => self.count += 1,
        }
    }
}

//! Where a state is, found by its fingerprint.

/// A table with open addresses, probed one after the other.
///
/// What is looked for lies nowhere near the processor as soon as there are a hundred thousand states, so a look-up is as long as the
/// chain of its memory accesses. Here it is one, and another one for the state itself; a general table, which keeps
/// bytes of control apart, has one more.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The upper half of the fingerprint, and the place, counted from 1; 0 where there is none. As many as a power of two.
    slots: Vec<u64>,
    len: usize,
}

/// The bits of a slot that are of the fingerprint.
const PRINT: u64 = !0 << 32;

impl Places {
    /// The place that has that fingerprint and is the one that is meant.
    #[inline]
    pub(super) fn find(&self, print: u64, is_same: impl Fn(usize) -> bool) -> Option<usize> {
        let last = self.slots.len().checked_sub(1)?;
        let mut at = (print & !PRINT) as usize & last;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            if (slot ^ print) & PRINT == 0 {
                let place = (slot & !PRINT) as usize - 1;
                if is_same(place) {
                    return Some(place);
                }
            }
            at = (at + 1) & last;
        }
    }

    /// What stands where a fingerprint is looked for first; 0 where that is nothing.
    #[inline]
    pub(super) fn slot(&self, print: u64) -> u64 {
        let Some(last) = self.slots.len().checked_sub(1) else { return 0 };
        self.slots[(print & !PRINT) as usize & last]
    }

    /// The place that stands there, if it has that fingerprint.
    #[inline]
    pub(super) fn first(&self, print: u64) -> Option<usize> {
        let slot = self.slot(print);
        (slot != 0 && (slot ^ print) & PRINT == 0).then(|| (slot & !PRINT) as usize - 1)
    }

    /// Puts in a place that is not there; `prints` has the fingerprints of those that are.
    pub(super) fn insert(&mut self, print: u64, place: usize, prints: &[u64]) {
        const FEWEST: usize = 64;
        // Three quarters full: a look-up of what is not there takes eight and a half probes at most on an average (Knuth, *The Art of
        // Computer Programming*, volume 3, section 6.4), all in one or two lines of the cache.
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            let slots = (self.slots.len() * 2).max(FEWEST);
            let before = std::mem::replace(&mut self.slots, vec![0; slots]);
            for slot in before.into_iter().filter(|slot| *slot != 0) {
                let place = (slot & !PRINT) as usize - 1;
                self.put(prints[place], slot);
            }
        }
        self.len += 1;
        self.put(print, print & PRINT | (place as u64 + 1));
    }

    fn put(&mut self, print: u64, slot: u64) {
        let last = self.slots.len() - 1;
        let mut at = (print & !PRINT) as usize & last;
        while self.slots[at] != 0 {
            at = (at + 1) & last;
        }
        self.slots[at] = slot;
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u64>()
    }
}

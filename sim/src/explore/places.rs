//! Where a state is, found by its fingerprint.

use super::states::SHARD_BITS;

/// A table with open addresses, probed one after the other.
///
/// What is looked for lies nowhere near the processor as soon as there are a hundred thousand states, so a look-up is as long as the
/// chain of its memory accesses. Here it is one, and another one for the state itself; a general table, which keeps
/// bytes of control apart, has one more.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The upper half of the fingerprint, and the place, counted from 1; 0 where there is none.
    slots: Vec<u64>,
    len: usize,
}

/// The bits of a slot that are of the fingerprint.
const PRINT: u64 = !0 << 32;

impl Places {
    /// The place that has that fingerprint and is the one that is meant.
    #[inline]
    pub(super) fn find(&self, print: u64, is_same: impl Fn(usize) -> bool) -> Option<usize> {
        let mut at = self.home(print)?;
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
            at = self.after(at);
        }
    }

    /// Where a fingerprint is looked for first; `None` where there are no slots.
    ///
    /// The lower half of it, in proportion (Lemire, *Fast Random Integer Generation in an Interval*, 2019), so that the table can grow by less than
    /// twice. The highest bits of that half are the same in all of a shard.
    #[inline]
    fn home(&self, print: u64) -> Option<usize> {
        let share = (print << SHARD_BITS) & !PRINT;
        (!self.slots.is_empty()).then_some(((share * self.slots.len() as u64) >> 32) as usize)
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        if at + 1 == self.slots.len() { 0 } else { at + 1 }
    }

    /// What stands where a fingerprint is looked for first; 0 where that is nothing.
    #[inline]
    pub(super) fn slot(&self, print: u64) -> u64 {
        self.home(print).map_or(0, |home| self.slots[home])
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
            // By half: by twice as many, a table that has just grown would waste most of it.
            let slots = (self.slots.len() / 2 * 3).max(FEWEST);
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
        let mut at = self.home(print).expect("there are more slots than places");
        while self.slots[at] != 0 {
            at = self.after(at);
        }
        self.slots[at] = slot;
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u64>()
    }
}

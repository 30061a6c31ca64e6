//! The messages in flight, by time of arrival: a timing wheel that keeps the exact order of a heap.
//!
//! After Varghese and Lauck, "Hashed and hierarchical timing wheels" (1987), with one wheel of buckets that
//! are several nanoseconds wide: a bucket is sorted when its time comes, and what lies beyond the
//! horizon waits in a heap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

const BUCKETS: usize = 4096;
const WORD_BITS: usize = 64;
const WORDS: usize = BUCKETS / WORD_BITS;
/// The end of a bucket's list.
const NONE: u32 = u32::MAX;

/// A message with the time at which it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub at_ns: u64,
    pub slot: u32,
}

/// A queue of what is due, in order of time; what was put in first is first among equals.
///
/// Times never run backwards: nothing is put in that is due before what was last taken out. Slots
/// are the caller's, each in the queue at most once, and small: they index a list.
#[derive(Debug, Clone)]
pub(super) struct Wheel {
    /// A bucket is `1 << shift` nanoseconds wide.
    shift: u32,
    /// The only entry there is, which needs no wheel: with one command in flight that is all. Its slot
    /// is `NONE` when there is no such entry.
    lone: Due,
    /// How many entries are on the wheel.
    len: usize,
    /// The bucket whose entries are in `current`, counted from time 0.
    cursor: u64,
    /// What is due in the cursor's bucket, in order, from `taken` on.
    current: Vec<Due>,
    taken: usize,
    /// The first slot in each bucket's list.
    heads: Box<[u32]>,
    /// When each slot is due, and the next one in its bucket's list.
    links: Vec<Link>,
    /// Which buckets hold anything, a bit each, and which of those words are not zero.
    occupied: [u64; WORDS],
    occupied_words: u64,
    /// What is due after the last bucket, with how many had come here before.
    beyond: BinaryHeap<Reverse<(u64, u64, u32)>>,
    came_beyond: u64,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    at_ns: u64,
    next: u32,
}

impl Wheel {
    /// A wheel on which what is due within `usual_ns` does not need the heap.
    pub(super) fn new(usual_ns: u64) -> Wheel {
        let width = (usual_ns / BUCKETS as u64 + 1).checked_next_power_of_two();
        Wheel {
            shift: width.map_or(u64::BITS - 1, u64::trailing_zeros),
            lone: Due { at_ns: 0, slot: NONE },
            len: 0,
            cursor: 0,
            current: Vec::new(),
            taken: 0,
            heads: vec![NONE; BUCKETS].into(),
            links: Vec::new(),
            occupied: [0; WORDS],
            occupied_words: 0,
            beyond: BinaryHeap::new(),
            came_beyond: 0,
        }
    }

    /// Puts an entry in.
    #[inline]
    pub(super) fn insert(&mut self, due: Due) {
        if self.len == 0 && self.lone.slot == NONE {
            self.lone = due;
        } else {
            self.put_beside(due);
        }
    }

    /// Takes the first entry out.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<Due> {
        let lone = self.lone;
        if lone.slot == NONE {
            return self.pop_from_wheel();
        }
        self.lone.slot = NONE;
        self.cursor = lone.at_ns >> self.shift;
        Some(lone)
    }

    fn pop_from_wheel(&mut self) -> Option<Due> {
        if self.len == 0 {
            return None;
        }
        if self.taken == self.current.len() {
            self.open_next_slot();
        }
        let due = self.current[self.taken];
        self.taken += 1;
        self.len -= 1;
        Some(due)
    }

    /// Puts an entry on the wheel, after the one that was alone.
    fn put_beside(&mut self, due: Due) {
        if self.lone.slot != NONE {
            self.put(self.lone);
            self.lone.slot = NONE;
        }
        self.put(due);
    }

    #[inline]
    fn put(&mut self, due: Due) {
        self.len += 1;
        let bucket = due.at_ns >> self.shift;
        if bucket <= self.cursor {
            self.insert_current(due);
        } else if bucket - self.cursor < BUCKETS as u64 {
            self.link(due, on_wheel(bucket));
        } else {
            self.beyond.push(Reverse((due.at_ns, self.came_beyond, due.slot)));
            self.came_beyond += 1;
        }
    }

    /// Most entries are due after all that is here, so the slot is looked for from the end.
    fn insert_current(&mut self, due: Due) {
        let earlier = |other: &Due| other.at_ns <= due.at_ns;
        let slot = self.current[self.taken..].iter().rposition(earlier);
        self.current.insert(self.taken + slot.map_or(0, |before| before + 1), due);
    }

    #[inline]
    fn link(&mut self, due: Due, bucket: usize) {
        let slot = due.slot as usize;
        if slot >= self.links.len() {
            self.links.resize(slot + 1, Link { at_ns: 0, next: NONE });
        }
        let head = &mut self.heads[bucket];
        self.links[slot] = Link { at_ns: due.at_ns, next: *head };
        *head = due.slot;
        self.occupied[bucket / WORD_BITS] |= 1 << (bucket % WORD_BITS);
        self.occupied_words |= 1 << (bucket / WORD_BITS);
    }

    /// Moves the cursor to the next bucket that holds anything, and sorts what it holds.
    #[inline]
    fn open_next_slot(&mut self) {
        self.current.clear();
        self.taken = 0;
        let near = self.next_occupied().map(|distance| self.cursor + distance);
        let far = self.beyond.peek().map(|Reverse((at_ns, ..))| at_ns >> self.shift);
        self.cursor = match (near, far) {
            (Some(near), Some(far)) => near.min(far),
            (near, far) => {
                near.or(far).expect("what is not in the bucket that is open is in another")
            }
        };
        if far.is_some() {
            self.bring_near();
        }
        self.collect(on_wheel(self.cursor));
        if self.current.len() > 1 {
            self.current.reverse();
            self.current.sort_by_key(|due| due.at_ns);
        }
    }

    /// How many buckets after the cursor's the next occupied one stands.
    #[inline]
    fn next_occupied(&self) -> Option<u64> {
        let start = on_wheel(self.cursor + 1);
        let (word, bit) = (start / WORD_BITS, start % WORD_BITS);
        let here = self.occupied[word] >> bit;
        if here != 0 {
            return Some(1 + u64::from(here.trailing_zeros()));
        }
        // The words after this one, or else those from the first to this one's lower bits.
        let after = self.occupied_words & (u64::MAX << word) << 1;
        let words = if after == 0 { self.occupied_words } else { after };
        if words == 0 {
            return None;
        }
        let word = words.trailing_zeros() as usize;
        let bucket = word * WORD_BITS + self.occupied[word].trailing_zeros() as usize;
        Some(1 + ((bucket + BUCKETS - start) % BUCKETS) as u64)
    }

    /// What lay beyond the horizon and no longer does goes on the wheel, before anything that is due in
    /// the same bucket can be put there directly: so a bucket's list is in the order of coming.
    fn bring_near(&mut self) {
        while let Some(&Reverse((at_ns, _, slot))) = self.beyond.peek() {
            let bucket = at_ns >> self.shift;
            if bucket - self.cursor >= BUCKETS as u64 {
                break;
            }
            self.beyond.pop();
            self.link(Due { at_ns, slot }, on_wheel(bucket));
        }
    }

    #[inline]
    fn collect(&mut self, bucket: usize) {
        let mut slot = std::mem::replace(&mut self.heads[bucket], NONE);
        while slot != NONE {
            let link = self.links[slot as usize];
            self.current.push(Due { at_ns: link.at_ns, slot });
            slot = link.next;
        }
        let word = &mut self.occupied[bucket / WORD_BITS];
        *word &= !(1 << (bucket % WORD_BITS));
        if *word == 0 {
            self.occupied_words &= !(1 << (bucket / WORD_BITS));
        }
    }
}

/// Where on the wheel a bucket stands that is counted from time 0.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a slot on the wheel fits any integer")]
fn on_wheel(bucket: u64) -> usize {
    (bucket % BUCKETS as u64) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever the latencies, the order is that of a plain heap.
        #[test]
        fn the_order_is_that_of_a_heap(
            usual_ns in prop_oneof![Just(1), Just(150_000), Just(u64::MAX / 2)],
            steps in prop::collection::vec((0_u64..4, prop_oneof![
                Just(0), 0_u64..10, 0_u64..300_000, Just(1_000_000_000_000),
            ]), 1..400),
        ) {
            let mut wheel = Wheel::new(usual_ns);
            let mut heap = BinaryHeap::new();
            let mut now_ns = 0;
            for (number, &(pops, latency_ns)) in steps.iter().enumerate() {
                let slot = u32::try_from(number).unwrap();
                let at_ns = now_ns + latency_ns;
                wheel.insert(Due { at_ns, slot });
                heap.push(Reverse((at_ns, slot)));
                for _ in 0..pops {
                    let popped = wheel.pop();
                    let expected = heap.pop().map(|Reverse((at_ns, slot))| Due { at_ns, slot });
                    prop_assert_eq!(popped, expected);
                    now_ns = popped.map_or(now_ns, |due| due.at_ns);
                }
            }
            while let Some(Reverse((at_ns, slot))) = heap.pop() {
                prop_assert_eq!(wheel.pop(), Some(Due { at_ns, slot }));
            }
            prop_assert_eq!(wheel.pop(), None);
        }
    }
}

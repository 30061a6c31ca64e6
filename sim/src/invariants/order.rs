//! Whether messages from one rank to another with the same tag are received in the order sent.

use ringscope_traces::{Rank, Tag};
use rustc_hash::FxHashMap;

/// The last message that each rank received from each other, by tag.
///
/// Of few ranks a table has them all. Of more it would be large, and a rank mostly receives from one other, its predecessor. So each rank has
/// one near lane, which fills a cache line, and everything else is in a map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SenderOrder {
    table: Table,
    near: Vec<Lane>,
    far: FxHashMap<(Rank, Rank, Tag), u64>,
}

/// By receiver, sender and tag, the place of the last message among all that were sent, plus 1; 0 for none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Table {
    ranks: usize,
    last: Vec<u64>,
}

/// Tags below this one are in the table.
const TABLE_TAGS: usize = 16;

/// With more ranks than this there is none: of 16 it takes 32 KiB, as much as the nearest cache of most processors has.
const TABLE_RANKS: usize = 16;

impl Table {
    fn new(ranks: usize) -> Table {
        let ranks = if ranks <= TABLE_RANKS { ranks } else { 0 };
        Table { ranks, last: vec![0; ranks * ranks * TABLE_TAGS] }
    }

    #[inline]
    fn last(&mut self, Receipt { sender, receiver, tag, .. }: Receipt) -> Option<&mut u64> {
        let (sender, receiver) = (sender.index(), receiver.index());
        let tag = usize::try_from(tag.0).ok().filter(|tag| *tag < TABLE_TAGS)?;
        let is_in = sender < self.ranks && receiver < self.ranks;
        is_in.then(|| &mut self.last[(receiver * self.ranks + sender) * TABLE_TAGS + tag])
    }
}

/// Tags below this one go the short way: those of everything that is forwarded.
const NEAR_TAGS: usize = 7;

/// So many messages in a row from others, and the near lane is given to the last of them.
const PATIENCE: u32 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
struct Lane {
    sender: Rank,
    misses: u32,
    /// By tag, the place of the last message among all that were sent, plus 1; 0 for none.
    last: [u64; NEAR_TAGS],
}

const NOBODY: Rank = Rank(u32::MAX);

const FREE: Lane = Lane { sender: NOBODY, misses: 0, last: [0; NEAR_TAGS] };

/// A message as it is received.
#[derive(Debug, Clone, Copy)]
pub(super) struct Receipt {
    pub sender: Rank,
    pub receiver: Rank,
    pub tag: Tag,
    /// The message's place among all that were sent.
    pub number: u64,
}

impl SenderOrder {
    /// Of a run of so many ranks, in which nothing has been received yet.
    pub(super) fn new(ranks: usize) -> SenderOrder {
        SenderOrder { table: Table::new(ranks), ..SenderOrder::default() }
    }

    /// Takes note of a receipt; the number of the later message that was received before it, if any.
    #[inline]
    pub(super) fn overtaken_by(&mut self, receipt: Receipt) -> Option<u64> {
        let place = receipt.number + 1;
        let last = match self.table.last(receipt) {
            Some(last) => last,
            None => self.of_many(receipt),
        };
        if place > *last {
            *last = place;
            return None;
        }
        Some(*last - 1)
    }

    #[inline]
    fn of_many(&mut self, receipt: Receipt) -> &mut u64 {
        let receiver = receipt.receiver.index();
        if receiver >= self.near.len() {
            self.near.resize(receiver + 1, FREE);
        }
        let near_tag = usize::try_from(receipt.tag.0).ok().filter(|tag| *tag < NEAR_TAGS);
        if let Some(tag) = near_tag {
            if self.near[receiver].sender != receipt.sender {
                self.miss(receipt);
            }
            let lane = &mut self.near[receiver];
            if lane.sender == receipt.sender {
                lane.misses = 0;
                return &mut lane.last[tag];
            }
        }
        self.far.entry((receipt.receiver, receipt.sender, receipt.tag)).or_default()
    }

    /// Gives the near lane to another sender when its own has been silent for long.
    #[cold]
    fn miss(&mut self, receipt: Receipt) {
        let Receipt { sender, receiver, .. } = receipt;
        let lane = &mut self.near[receiver.index()];
        lane.misses += 1;
        if lane.sender != NOBODY && lane.misses < PATIENCE {
            return;
        }
        // What the lane knew moves to the map and back again: forgetting it would let one message overtake unseen.
        let former = std::mem::replace(lane, Lane { sender, ..FREE });
        for (tag, (last, formerly)) in (0..).map(Tag).zip(lane.last.iter_mut().zip(former.last)) {
            if formerly > 0 {
                self.far.insert((receiver, former.sender, tag), formerly);
            }
            *last = self.far.remove(&(receiver, sender, tag)).unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(sender: u32, tag: i32, number: u64) -> Receipt {
        Receipt { sender: Rank(sender), receiver: Rank(9), tag: Tag(tag), number }
    }

    #[test]
    fn only_messages_of_one_sender_with_one_tag_have_an_order() {
        for ranks in [10, 9, 1_000] {
            let mut order = SenderOrder::new(ranks);
            for tag in [0, 12, 15, 99, -3] {
                assert_eq!(order.overtaken_by(receipt(1, tag, 50)), None);
                assert_eq!(order.overtaken_by(receipt(2, tag, 40)), None);
                assert_eq!(order.overtaken_by(receipt(1, tag + 1, 30)), None);
                assert_eq!(order.overtaken_by(receipt(1, tag, 49)), Some(50));
                assert_eq!(order.overtaken_by(receipt(2, tag, 40)), Some(40));
            }
        }
    }

    #[test]
    fn a_change_of_the_usual_sender_forgets_nothing() {
        let mut order = SenderOrder::default();
        assert_eq!(order.overtaken_by(receipt(1, 0, 5)), None);
        for number in 10..100 {
            assert_eq!(order.overtaken_by(receipt(2, 0, number)), None);
        }
        assert_eq!(order.near[9].sender, Rank(2));
        assert_eq!(order.overtaken_by(receipt(1, 0, 4)), Some(5));
        assert_eq!(order.overtaken_by(receipt(2, 0, 99)), Some(99));
        for number in 100..200 {
            assert_eq!(order.overtaken_by(receipt(1, 0, number)), None);
        }
        assert_eq!(order.overtaken_by(receipt(2, 0, 98)), Some(99));
    }
}

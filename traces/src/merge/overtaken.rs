//! Receives that were completed in another order than they were posted in.
//!
//! Of the receives that could take them, the one that was posted first gets the message that was sent first (MPI
//! 4.1, section 3.5), whichever is complete first. So which message a receive takes depends on receives that
//! stand behind it; that is found out before the events are put into order.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Way;
use crate::calls::Post;

/// Sees the receives of one rank, in its order, and finds the ways on which receives overtake each other.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    last: FxHashMap<Way, Post>,
    overtaking: FxHashSet<Way>,
}

impl Watch {
    /// The next receive.
    pub(crate) fn see(&mut self, way: Way, post: Post) {
        let last = self.last.entry(way).or_insert(post);
        if post < *last {
            self.overtaking.insert(way);
        }
        *last = post;
    }

    /// The ways on which receives overtake each other.
    pub(crate) fn found(self) -> FxHashSet<Way> {
        self.overtaking
    }
}

/// Collects the receives on such ways, of one rank, in its order.
#[derive(Debug)]
pub(crate) struct Collect {
    posts: BTreeMap<Way, Vec<Post>>,
}

impl Collect {
    pub(crate) fn on(ways: FxHashSet<Way>) -> Collect {
        let mut ways: Vec<Way> = ways.into_iter().collect();
        ways.sort_unstable();
        Collect { posts: ways.into_iter().map(|way| (way, Vec::new())).collect() }
    }

    /// The next receive, on any way.
    pub(crate) fn see(&mut self, way: Way, post: Post) {
        if let Some(posts) = self.posts.get_mut(&way) {
            posts.push(post);
        }
    }

    /// Which message each of them takes.
    pub(crate) fn takes(self) -> impl Iterator<Item = (Way, Takes)> {
        self.posts.into_iter().map(|(way, posts)| (way, Takes::of(&posts)))
    }
}

/// Which message each receive on a way takes, in the order of the receives: by its number among those that were sent.
///
/// Each is kept as its distance to the place of the receive, mostly in a byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Takes {
    distances: Vec<u8>,
    /// Where the next one is kept.
    at: usize,
    /// How many receives there were.
    received: u64,
}

impl Takes {
    fn of(posts: &[Post]) -> Takes {
        let mut by_post: Vec<(Post, usize)> = posts.iter().copied().zip(0..).collect();
        by_post.sort_unstable();
        let mut takes = vec![0_i64; posts.len()];
        for ((_, receive), message) in by_post.into_iter().zip(0_i64..) {
            takes[receive] = message;
        }
        let mut distances = Vec::new();
        for (message, receive) in takes.into_iter().zip(0_i64..) {
            put(&mut distances, message - receive);
        }
        Takes { distances, at: 0, received: 0 }
    }

    /// Which message the next receive takes; `None` after the last receive.
    pub(crate) fn peek(&self) -> Option<u64> {
        self.read().map(|(which, _)| which)
    }

    /// The same, and goes on to the next receive.
    pub(crate) fn next(&mut self) -> Option<u64> {
        let (which, at) = self.read()?;
        self.at = at;
        self.received += 1;
        Some(which)
    }

    fn read(&self) -> Option<(u64, usize)> {
        let (mut value, mut at) = (0_u64, self.at);
        for shift in (0..u64::BITS).step_by(7) {
            let byte = *self.distances.get(at)?;
            at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let distance = (value >> 1).cast_signed() ^ -(value & 1).cast_signed();
        Some((self.received.wrapping_add_signed(distance), at))
    }
}

/// Seven bits a byte, the lowest first, and the sign before them all (LEB128, of the zigzag code).
fn put(bytes: &mut Vec<u8>, distance: i64) {
    let mut left = ((distance << 1) ^ (distance >> 63)).cast_unsigned();
    loop {
        let seven = u8::try_from(left & 0x7f).unwrap_or_default();
        left >>= 7;
        if left == 0 {
            return bytes.push(seven);
        }
        bytes.push(seven | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_receive_that_was_posted_first_takes_the_first_message(
            posts in Just((0..300).map(|post| Post(post * 3)).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let mut takes = Takes::of(&posts);
            for post in &posts {
                prop_assert_eq!(takes.peek(), Some(post.0 / 3));
                prop_assert_eq!(takes.next(), Some(post.0 / 3));
            }
            prop_assert_eq!(takes.next(), None);
        }
    }
}

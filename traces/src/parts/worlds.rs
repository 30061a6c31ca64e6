//! The worlds of a run: that of the launcher, and those that were spawned, whose ranks go on behind it.
//!
//! The header of a part counts the ranks up to the last of its own world: nobody knows what will be spawned later. A
//! world that has reserved its ranks, and has died before any of them began its part, is known by that.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use super::RESERVED;
use crate::event::{Header, Rank, Source};
use crate::jsonl::Reader;

/// For each world, the first rank behind it; none where the parts are not those of several worlds.
#[derive(Debug, Default)]
pub(super) struct Worlds(BTreeSet<u32>);

impl Worlds {
    /// Those of the parts in a folder. A header that cannot be read is passed over.
    pub(super) fn of(folder: &Path, names: &[(Rank, String)]) -> Worlds {
        let header = |name: &str| {
            let file = BufReader::new(File::open(folder.join(name)).ok()?);
            Some(Reader::new(file, name).ok()?.header().clone())
        };
        let headers: Vec<(Rank, Header)> =
            names.iter().filter_map(|(rank, name)| Some((*rank, header(name)?))).collect();
        let reserved = fs::read_to_string(folder.join(RESERVED)).unwrap_or_default();
        let reserved = reserved.lines().filter_map(|line| line.parse().ok());
        let worlds =
            Worlds(headers.iter().map(|(_, header)| header.ranks).chain(reserved).collect());
        let is_part = |(rank, header): &(Rank, Header)| {
            let before = worlds.0.range(..header.ranks).next_back();
            header.source == Source::Recorded && before.is_none_or(|before| rank.0 >= *before)
        };
        // Parts of two runs that were mixed do not lie one behind the other.
        if headers.iter().all(is_part) { worlds } else { Worlds::default() }
    }

    /// How many ranks there are in all.
    pub(super) fn all(&self) -> Option<u32> {
        self.0.last().copied()
    }

    /// How many are in the first, where there are several.
    pub(super) fn first_of_several(&self) -> Option<u32> {
        self.0.first().copied().filter(|_| self.0.len() > 1)
    }
}

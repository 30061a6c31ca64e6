//! What rank 0 and the others tell each other in a sweep.

use std::ops::RangeInclusive;

use ringscope_sim::sweep::SweepCounts;
use ringscope_traces::Rank;
use serde::{Deserialize, Serialize};

/// What rank 0 tells another rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ToMember {
    /// Run these seeds.
    Run(RangeInclusive<u64>),
    /// Everything is said: leave.
    Leave,
}

/// What another rank tells rank 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FromMember {
    /// Which rank.
    pub rank: Rank,
    /// What.
    pub what: Told,
}

/// What a rank has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Told {
    /// It has nothing to do yet.
    Ready,
    /// What these seeds have come to.
    Counted(RangeInclusive<u64>, SweepCounts),
    /// It leaves.
    Left,
}

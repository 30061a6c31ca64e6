//! Where the ranks diverge, and which of them does first.

use crate::event::{Event, Rank};
use crate::event_index::EventIndex;

use super::{Divergence, First, FirstRace, LIMIT_AROUND, LIMIT_PAST, Ordered, Side, Step};

/// A rank's first divergence, as indices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub rank: Rank,
    pub index: usize,
    pub a: Option<EventIndex>,
    pub b: Option<EventIndex>,
}

/// Each rank's first divergence, in order of rank.
pub(super) fn splits(a: &Side<'_>, b: &Side<'_>) -> Vec<Split> {
    let mut ranks: Vec<Rank> = a.by_rank.ranks().chain(b.by_rank.ranks()).collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks.into_iter().filter_map(|rank| split(rank, a, b)).collect()
}

fn split(rank: Rank, a: &Side<'_>, b: &Side<'_>) -> Option<Split> {
    let (indices_a, indices_b) = (a.events(rank), b.events(rank));
    let common = indices_a
        .iter()
        .zip(indices_b)
        .take_while(|(in_a, in_b)| a.trace[**in_a].content() == b.trace[**in_b].content())
        .count();
    let (in_a, in_b) = (indices_a.get(common).copied(), indices_b.get(common).copied());
    let diverges = in_a.is_some() || in_b.is_some();
    diverges.then_some(Split { rank, index: common, a: in_a, b: in_b })
}

/// The split that comes first in the happens-before order of either trace; see [`First`].
pub(super) fn first<'a>(
    splits: &'a [Split],
    a: &Ordered<'_>,
    b: &Ordered<'_>,
) -> Option<&'a Split> {
    let after_a = a.causes.future_of(splits.iter().filter_map(|split| split.a));
    let after_b = b.causes.future_of(splits.iter().filter_map(|split| split.b));
    let has_cause = |split: &&Split| {
        split.a.is_some_and(|at| after_a.contains(at))
            || split.b.is_some_and(|at| after_b.contains(at))
    };
    let order = |split: &&Split| {
        let clock_a = split.a.map(|at| a.side.trace[at].clock);
        let clock_b = split.b.map(|at| b.side.trace[at].clock);
        (clock_a.into_iter().chain(clock_b).min(), split.rank)
    };
    let without_cause = splits.iter().filter(|split| !has_cause(split)).min_by_key(order);
    without_cause.or_else(|| splits.iter().min_by_key(order))
}

pub(super) fn divergence_of(split: &Split, a: &Side<'_>, b: &Side<'_>) -> Divergence {
    let before = split.index.checked_sub(1);
    Divergence {
        rank: split.rank,
        index: split.index,
        a: split.a.map(|at| a.step(at)),
        b: split.b.map(|at| b.step(at)),
        last_common: before.map(|before| a.step(a.events(split.rank)[before])),
    }
}

pub(super) fn first_of(split: &Split, a: &Ordered<'_>, b: &Ordered<'_>) -> First {
    let past = |Ordered { side, causes }: &Ordered<'_>, at| {
        let past = causes.past(at);
        let last = &past[past.len().saturating_sub(LIMIT_PAST)..];
        (last.iter().map(|at| side.step(*at)).collect(), past.len())
    };
    let (past, past_events) = match (split.a, split.b) {
        (Some(at), _) => past(a, at),
        (None, Some(at)) => past(b, at),
        (None, None) => (Vec::new(), 0),
    };
    First {
        divergence: divergence_of(split, a.side, b.side),
        around_a: around(split, a.side),
        around_b: around(split, b.side),
        later_a: split.b.and_then(|at| later(split, a.side, &b.side.trace[at])),
        later_b: split.a.and_then(|at| later(split, b.side, &a.side.trace[at])),
        past,
        past_events,
    }
}

/// See [`FirstRace`].
pub(super) fn first_race(
    splits: &[Split],
    first: Option<&Split>,
    [a, b]: [&Side<'_>; 2],
) -> Option<FirstRace> {
    let taken = |split: &Split| {
        let (in_a, in_b) = (&a.trace[split.a?], &b.trace[split.b?]);
        let differ = in_a.source()? != in_b.source()?;
        differ.then_some((in_a.clock.min(in_b.clock), split.rank))
    };
    let races = splits.iter().filter_map(|split| Some((taken(split)?, split)));
    let (_, split) = races.min_by_key(|(order, _)| *order)?;
    let is_first = first.is_some_and(|first| first.rank == split.rank);
    (!is_first).then(|| FirstRace {
        divergence: divergence_of(split, a, b),
        later_a: split.b.and_then(|at| later(split, a, &b.trace[at])),
        later_b: split.a.and_then(|at| later(split, b, &a.trace[at])),
    })
}

/// Where a rank does, after the split, what it does at the split in the other trace.
fn later(split: &Split, side: &Side<'_>, other: &Event) -> Option<Step> {
    let rest = side.events(split.rank).get(split.index + 1..).unwrap_or_default();
    let at = rest.iter().find(|at| side.trace[**at].content() == other.content())?;
    Some(side.step(*at))
}

fn around(split: &Split, side: &Side<'_>) -> Vec<Step> {
    let indices = side.events(split.rank);
    let end = indices.len().min(split.index + LIMIT_AROUND + 1);
    let start = split.index.saturating_sub(LIMIT_AROUND);
    indices[start..end].iter().map(|at| side.step(*at)).collect()
}

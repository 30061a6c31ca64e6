//! Which ranks have a lane, and where.

use std::collections::BTreeSet;

use ringscope_traces::Rank;
use unicode_width::UnicodeWidthStr as _;

use super::super::scene::Scene;
use super::super::words;
use super::calls::{self, call_width};
use super::rows::Rows;

/// The width of an event's number in front of the lanes.
pub(super) const NUMBER: usize = 6;

/// The cells before the first lane: the number, its mark, and half of a heading.
const MARGIN: usize = NUMBER + 3;

/// The least width of a lane.
const LEAST_WIDTH: usize = 4;

/// The lanes that are seen.
#[derive(Debug, Clone)]
pub(super) struct Lanes {
    /// Each rank that has a lane, and the lane's column, from left to right.
    columns: Vec<(Rank, usize)>,
    /// How many ranks have none.
    pub hidden: usize,
}

impl Lanes {
    /// Lanes for the ranks of the ring and those that take part in what is seen, in ring order and then by rank; where
    /// they do not fit, for those that take part, the nearest to the cursor first. They share out the width that
    /// there is.
    pub(super) fn new(scene: &Scene<'_>, rows: &Rows, width: u16) -> Lanes {
        let (all, in_ring) = order(scene);
        let count = all.len();
        let widest = words::rank(Rank(scene.app.timeline.header().ranks.max(1) - 1)).width();
        let least = LEAST_WIDTH.max(widest + 1);
        let width = usize::from(width).saturating_sub(call_width(scene, width));
        let room = width.saturating_sub(MARGIN + 1 + widest / 2);
        let most = (room / least + 1).max(1);
        let ranks = taking_part(scene, rows, Candidates { all, in_ring, most });
        let between = ranks.len().saturating_sub(1).max(1);
        let hidden = count - ranks.len();
        let column = |(lane, rank): (usize, Rank)| (rank, MARGIN + lane * room / between);
        Lanes { columns: ranks.into_iter().enumerate().map(column).collect(), hidden }
    }

    /// The lanes' ranks and columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = (Rank, usize)> {
        self.columns.iter().copied()
    }

    /// A rank's column, if it has a lane.
    pub(super) fn column(&self, rank: Rank) -> Option<usize> {
        self.columns().find_map(|(other, column)| (other == rank).then_some(column))
    }

    /// The rank whose lane is nearest to a column.
    pub(super) fn rank_at(&self, column: usize) -> Option<Rank> {
        let between = match self.columns[..] {
            [(_, one), (_, next), ..] => next - one,
            [_] | [] => LEAST_WIDTH,
        };
        let nearest = self.columns().min_by_key(|(_, lane)| lane.abs_diff(column))?;
        (nearest.1.abs_diff(column) <= between / 2).then_some(nearest.0)
    }
}

/// The command node, the ring from the head on, then the others; and how many the first of these are.
fn order(scene: &Scene<'_>) -> (Vec<Rank>, usize) {
    let count = scene.app.timeline.header().ranks;
    let mut is_listed = vec![false; count as usize];
    let command = scene.states().and(scene.app.timeline.roles()).map(|roles| roles.command);
    let members = scene.states().map_or(&[][..], |states| states.ring.members());
    let first = command.into_iter().chain(members.iter().map(|member| member.rank));
    let mut ranks = Vec::with_capacity(is_listed.len());
    let mut list = |rank: Rank| {
        if let Some(is_listed) = is_listed.get_mut(rank.index())
            && !std::mem::replace(is_listed, true)
        {
            ranks.push(rank);
        }
        ranks.len()
    };
    let in_ring = first.map(&mut list).last().unwrap_or(count as usize);
    (0..count).map(Rank).for_each(|rank| {
        list(rank);
    });
    (ranks, in_ring)
}

/// Ranks that may have a lane.
struct Candidates {
    /// All of them, in their order.
    all: Vec<Rank>,
    /// How many of the first have one whatever they do, if there is room. Where nothing is known of the ring, all.
    in_ring: usize,
    /// How many lanes there is room for.
    most: usize,
}

/// Those of the event at the cursor, the selected one and the head, then those that have events, the nearest to the
/// cursor first, then those of the ring if all of them fit.
fn taking_part(scene: &Scene<'_>, rows: &Rows, candidates: Candidates) -> Vec<Rank> {
    let Candidates { all, in_ring, most } = candidates;
    let timeline = &scene.app.timeline;
    let ends = |at| {
        let info = timeline.info(at);
        [info.rank, info.peer]
    };
    let head = timeline.roles().map(|roles| roles.head);
    let now = rows.now();
    let mut events: Vec<_> = rows.events().collect();
    events.sort_by_key(|(row, _)| row.cast_signed().abs_diff(now));
    let always = scene.app.event().into_iter().flat_map(ends).chain(scene.rank()).chain(head);
    let mut wanted: BTreeSet<Rank> = BTreeSet::new();
    let of_calls = rows.calls().rev().flat_map(|at| calls::ranks(scene, at));
    for rank in always.chain(of_calls).chain(events.into_iter().flat_map(|(_, at)| ends(at))) {
        if wanted.len() < most {
            wanted.insert(rank);
        }
    }
    // That lanes come and go as the rows go by is worse than a lane on which nothing happens.
    let ring = &all[..in_ring];
    if ring.iter().filter(|rank| !wanted.contains(rank)).count() + wanted.len() <= most {
        wanted.extend(ring);
    }
    all.into_iter().filter(|rank| wanted.contains(rank)).collect()
}

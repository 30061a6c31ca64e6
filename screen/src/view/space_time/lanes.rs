//! Which ranks have a lane, and where.

use std::collections::BTreeSet;

use ringscope_traces::{EventIndex, Rank};

use super::super::scene::Scene;

/// The width of an event's number in front of the lanes.
pub(super) const NUMBER: usize = 6;

/// The cells before the first lane: the number, its mark, and half of a heading.
const MARGIN: usize = NUMBER + 3;

/// The widths that a lane may have.
const WIDTH: std::ops::RangeInclusive<usize> = 4..=9;

/// The lanes that are seen.
#[derive(Debug, Clone)]
pub(super) struct Lanes {
    ranks: Vec<Rank>,
    width: usize,
    /// How many there are beside them.
    pub hidden: usize,
}

impl Lanes {
    /// Lanes for all ranks, in ring order and then by rank, if they fit; otherwise for those of the
    /// events that are seen, as far as these fit, and in any case for the last one's.
    pub(super) fn new(scene: &Scene<'_>, events: &[EventIndex], width: u16) -> Lanes {
        let room = usize::from(width).saturating_sub(MARGIN + 1);
        let most = (room / WIDTH.start() + 1).max(1);
        let all = order(scene);
        let count = all.len();
        let ranks = if count <= most { all } else { busy(scene, events, all) };
        let ranks = round_the_cursor(scene, ranks, most);
        let width = room / ranks.len().saturating_sub(1).max(1);
        let hidden = count - ranks.len();
        Lanes { ranks, width: width.clamp(*WIDTH.start(), *WIDTH.end()), hidden }
    }

    /// The lanes' ranks and columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = (Rank, usize)> {
        self.ranks.iter().enumerate().map(|(lane, rank)| (*rank, MARGIN + lane * self.width))
    }

    /// A rank's column, if it has a lane.
    pub(super) fn column(&self, rank: Rank) -> Option<usize> {
        let lane = self.ranks.iter().position(|other| *other == rank)?;
        Some(MARGIN + lane * self.width)
    }

    /// The rank whose lane is nearest to a column.
    pub(super) fn rank_at(&self, column: usize) -> Option<Rank> {
        let nearest = self.columns().min_by_key(|(_, lane)| lane.abs_diff(column))?;
        (nearest.1.abs_diff(column) <= self.width / 2).then_some(nearest.0)
    }
}

/// The command node, the ring from the head on, then the others.
fn order(scene: &Scene<'_>) -> Vec<Rank> {
    let count = scene.app.timeline.header().ranks;
    let mut is_listed = vec![false; count as usize];
    let command = scene.states().and(scene.app.timeline.roles()).map(|roles| roles.command);
    let members = scene.states().map_or(&[][..], |states| states.ring.members());
    let first = command.into_iter().chain(members.iter().map(|member| member.rank));
    let mut ranks = Vec::with_capacity(is_listed.len());
    for rank in first.chain((0..count).map(Rank)) {
        if let Some(is_listed) = is_listed.get_mut(rank.index())
            && !std::mem::replace(is_listed, true)
        {
            ranks.push(rank);
        }
    }
    ranks
}

/// Those that have an event that is seen.
fn busy(scene: &Scene<'_>, events: &[EventIndex], all: Vec<Rank>) -> Vec<Rank> {
    let facts = events.iter().map(|at| scene.app.timeline.info(*at));
    let busy: BTreeSet<Rank> = facts.flat_map(|fact| [fact.rank, fact.peer]).collect();
    all.into_iter().filter(|rank| busy.contains(rank)).collect()
}

/// As many as fit, so that those of the event at the cursor are among them.
fn round_the_cursor(scene: &Scene<'_>, mut ranks: Vec<Rank>, most: usize) -> Vec<Rank> {
    if ranks.len() <= most {
        return ranks;
    }
    let wanted = scene.app.event().map(|at| scene.app.timeline.info(at));
    let place = |rank: Rank| ranks.iter().position(|other| *other == rank);
    let ends = wanted.map(|fact| (place(fact.rank), place(fact.peer)));
    let (own, peer) = ends.unwrap_or((None, None));
    let (own, peer) = (own.unwrap_or(0), peer.or(own).unwrap_or(0));
    let (low, high) = (own.min(peer), own.max(peer));
    if high - low < most {
        let first = (low + high).div_ceil(2).saturating_sub(most / 2).min(ranks.len() - most);
        let first = first.clamp(high.saturating_sub(most - 1), low);
        return ranks[first..first + most].to_vec();
    }
    // They are too far apart for what lies between them: it is left out.
    let keep = most / 2;
    let after = high + 1 - (most - keep);
    ranks.drain(low + keep..after);
    ranks.drain(..low);
    ranks.truncate(most);
    ranks
}

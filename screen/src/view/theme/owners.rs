//! The colours of the nodes, and which node has which.

use std::collections::BTreeSet;

use ratatui_core::style::Color;
use ringscope_traces::Rank;

use crate::timeline::Neighbors;

/// The colours that nodes can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerColors {
    /// The colours.
    pub(super) colors: &'static [Color],
    /// The pairs that somebody sees as nearly the same, so that no neighbours get them: nearer than 20 in CIE Lab, in
    /// normal vision or without one kind of cones.
    pub(super) too_near: &'static [(usize, usize)],
}

/// An owner's colour: its place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Owner(pub(super) usize);

impl OwnerColors {
    /// The colours of pages and pictures that have a paper of their own, and of the screen on a dark ground: a rank looks the
    /// same in all of them. It is the set of Okabe and Ito, with a lighter vermilion and a lighter blue: theirs are too dark to
    /// be read on what is not quite black. A blue as light as that would be taken for the other one: it is a violet.
    ///
    /// Black is left out, since it is the text's. Source of the set: M. Okabe and K. Ito, "Color Universal Design", 2008,
    /// <https://jfly.uni-koeln.de/color/>.
    pub const ON_PAPER: OwnerColors = OwnerColors {
        colors: &[
            Color::Rgb(0xe6, 0x9f, 0x00),
            Color::Rgb(0x56, 0xb4, 0xe9),
            Color::Rgb(0xf0, 0xe4, 0x42),
            Color::Rgb(0x00, 0x9e, 0x73),
            Color::Rgb(0xe0, 0x67, 0x0f),
            Color::Rgb(0xcc, 0x79, 0xa7),
            Color::Rgb(0x84, 0x78, 0xff),
        ],
        too_near: &[(0, 2), (0, 4), (0, 5), (1, 3), (3, 5)],
    };

    /// Whether everybody can tell two owners apart by their colours.
    pub fn are_apart(&self, one: Owner, other: Owner) -> bool {
        let pair = (one.0.min(other.0), one.0.max(other.0));
        pair.0 != pair.1 && !self.too_near.contains(&pair)
    }

    /// An owner's colour.
    pub fn color(&self, owner: Owner) -> Color {
        self.colors[owner.0]
    }

    /// An owner's colour by its red, green and blue, for what is no terminal.
    ///
    /// # Panics
    ///
    /// When the terminal decides what the colour looks like.
    pub fn rgb(&self, owner: Owner) -> u32 {
        let Color::Rgb(red, green, blue) = self.color(owner) else {
            panic!("the owners' colours are the terminal's own, which have no red, green and blue");
        };
        u32::from_be_bytes([0, red, green, blue])
    }

    /// How alike two owners look: not at all, so that somebody takes one for the other, or entirely.
    fn likeness(&self, one: Owner, other: Owner) -> usize {
        match (one == other, self.are_apart(one, other)) {
            (true, _) => 2,
            (false, false) => 1,
            (false, true) => 0,
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = Owner> + use<> {
        (0..self.colors.len()).map(Owner)
    }
}

/// The colours of a run's ranks: each rank has one for the whole run.
///
/// Ranks that are ever beside each other on the ring get colours that can be told apart. Where a rank has more neighbours
/// in a run than there are colours for, it gets the one that the fewest of them could be taken for: two that are neighbours
/// at one time or another may then look alike, and no colour ever changes.
#[derive(Debug, Clone)]
pub struct RankColors {
    set: OwnerColors,
    /// The colour of rank 0, if it may choose.
    first: usize,
    by_rank: Vec<Option<Owner>>,
}

impl RankColors {
    /// No rank has a colour of the set yet.
    pub fn new(set: OwnerColors) -> RankColors {
        RankColors { set, first: 0, by_rank: Vec::new() }
    }

    /// Gives a colour to each rank that has none: who has one keeps it.
    ///
    /// Each gets the colour of its own number, or the next one that suits. Where that leaves two neighbours alike, it is
    /// tried again from the next number on, and what leaves the fewest is taken.
    pub fn extend(&mut self, neighbors: &Neighbors) {
        let without = |rank: &Rank| self.of(*rank).is_none();
        let in_order: Vec<Rank> = neighbors.ranks().iter().copied().filter(without).collect();
        let new: BTreeSet<Rank> = in_order.iter().copied().collect();
        let mut best = None;
        for first in 0..self.set.colors.len() {
            let mut tried = RankColors { first, ..self.clone() };
            let clashes = tried.color(&in_order, &new, neighbors);
            if best.as_ref().is_none_or(|(least, _)| clashes < *least) {
                best = Some((clashes, tried));
            }
            if clashes == 0 {
                break;
            }
        }
        if let Some((_, best)) = best {
            *self = best;
        }
    }

    /// Gives colours to new ranks, and says how often neighbours among them look alike.
    fn color(&mut self, in_order: &[Rank], new: &BTreeSet<Rank>, neighbors: &Neighbors) -> usize {
        const TIMES: usize = 4;
        let ranks = new.last().map_or(0, |rank| rank.index() + 1);
        self.by_rank.resize(ranks.max(self.by_rank.len()), None);
        for rank in in_order {
            self.by_rank[rank.index()] = Some(self.best_for(*rank, neighbors));
        }
        for rank in (0..TIMES).flat_map(|_| in_order) {
            if self.clashes(*rank, neighbors) > 0 {
                self.part(*rank, new, neighbors);
            }
        }
        in_order.iter().map(|rank| self.clashes(*rank, neighbors)).sum()
    }

    /// A rank's colour; none of one that is never in the ring.
    pub fn of(&self, rank: Rank) -> Option<Owner> {
        self.by_rank.get(rank.index()).copied().flatten()
    }

    /// Which colours they are.
    pub fn set(&self) -> OwnerColors {
        self.set
    }

    /// The colour that the fewest of its neighbours could be taken for, from its own number on.
    fn best_for(&self, rank: Rank, neighbors: &Neighbors) -> Owner {
        let count = self.set.colors.len();
        let from_own = (0..count).map(|step| Owner((rank.index() + self.first + step) % count));
        let best = from_own.min_by_key(|owner| self.clashes_of(*owner, rank, neighbors));
        best.unwrap_or_default()
    }

    fn clashes(&self, rank: Rank, neighbors: &Neighbors) -> usize {
        self.of(rank).map_or(0, |owner| self.clashes_of(owner, rank, neighbors))
    }

    fn clashes_of(&self, owner: Owner, rank: Rank, neighbors: &Neighbors) -> usize {
        let others = neighbors.of(rank).filter_map(|other| self.of(other));
        others.map(|other| self.set.likeness(owner, other)).sum()
    }

    /// Tries every colour for a rank, and others for the neighbours that it would be taken for then, and so on, as far as
    /// they are new too; keeps the first that leaves fewer clashes.
    fn part(&mut self, rank: Rank, new: &BTreeSet<Rank>, neighbors: &Neighbors) {
        for owner in self.set.all() {
            let mut moved = Vec::new();
            self.give_way(&mut Moves { new, neighbors, moved: &mut moved }, rank, Some(owner));
            let after = self.clashes_among(&moved, neighbors);
            self.exchange(&mut moved);
            if after < self.clashes_among(&moved, neighbors) {
                self.exchange(&mut moved);
                return;
            }
        }
    }

    /// Gives a rank that colour, or its best one, and has the neighbours give way that it would be taken for.
    fn give_way(&mut self, moves: &mut Moves<'_>, rank: Rank, owner: Option<Owner>) {
        const MOST_MOVES: usize = 24;
        moves.moved.push((rank, self.of(rank)));
        let owner = owner.unwrap_or_else(|| self.best_for(rank, moves.neighbors));
        self.by_rank[rank.index()] = Some(owner);
        let neighbors = moves.neighbors;
        for other in neighbors.of(rank) {
            let clashes = self.of(other).is_some_and(|theirs| !self.set.are_apart(owner, theirs));
            let has_moved = moves.moved.iter().any(|(moved, _)| *moved == other);
            let may_move = moves.new.contains(&other) && !has_moved;
            if clashes && may_move && moves.moved.len() < MOST_MOVES {
                self.give_way(moves, other, None);
            }
        }
    }

    /// Gives ranks the colours that they had, and notes those that they have.
    fn exchange(&mut self, moved: &mut [(Rank, Option<Owner>)]) {
        for (rank, owner) in moved {
            std::mem::swap(&mut self.by_rank[rank.index()], owner);
        }
    }

    fn clashes_among(&self, moved: &[(Rank, Option<Owner>)], neighbors: &Neighbors) -> usize {
        moved.iter().map(|(rank, _)| self.clashes(*rank, neighbors)).sum()
    }
}

/// Ranks that get other colours so that fewer look alike.
struct Moves<'a> {
    /// Those who may.
    new: &'a BTreeSet<Rank>,
    neighbors: &'a Neighbors,
    /// Those who have, with the colours that they had.
    moved: &'a mut Vec<(Rank, Option<Owner>)>,
}

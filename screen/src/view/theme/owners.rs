//! The colours of the nodes, and which node has which.

use ratatui_core::style::Color;
use ringscope_sim::protocol::arithmetic::Member;

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
    /// The colours of pages and pictures that have a paper of their own: the set of Okabe and Ito.
    ///
    /// Black is left out, since it is the text's. Source of the set: M. Okabe and K. Ito, "Color Universal Design", 2008,
    /// <https://jfly.uni-koeln.de/color/>.
    pub const ON_PAPER: OwnerColors = OwnerColors {
        colors: &[
            Color::Rgb(0xe6, 0x9f, 0x00),
            Color::Rgb(0x56, 0xb4, 0xe9),
            Color::Rgb(0xf0, 0xe4, 0x42),
            Color::Rgb(0x00, 0x9e, 0x73),
            Color::Rgb(0xd5, 0x5e, 0x00),
            Color::Rgb(0xcc, 0x79, 0xa7),
            Color::Rgb(0x00, 0x72, 0xb2),
        ],
        too_near: &[(0, 2), (0, 4), (0, 5), (1, 3), (3, 5), (3, 6)],
    };

    /// Colours for the nodes of a ring, in its order: each rank its own as far as that goes, and none
    /// that its neighbours' could be taken for.
    pub fn assign(&self, members: &[Member]) -> Vec<Owner> {
        let mut owners: Vec<Owner> = Vec::with_capacity(members.len());
        for (place, member) in members.iter().enumerate() {
            let before = place.checked_sub(1).map(|before| owners[before]);
            let left = members.len() - place;
            let first = owners.first().copied().filter(|_| left <= 2);
            let wanted = member.rank.index();
            owners.push(match (left, first) {
                (1, first) => self.owner_where(wanted, before, |owner| self.is_free(owner, first)),
                // The last one has to find a colour between this one and the first.
                (_, Some(first)) => self.owner_where(wanted, before, |owner| {
                    self.all()
                        .any(|last| self.is_free(last, Some(owner)) && self.are_apart(last, first))
                }),
                (_, None) => self.owner_where(wanted, before, |_| true),
            });
        }
        owners
    }

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

    pub(super) fn all(&self) -> impl Iterator<Item = Owner> + Clone + use<> {
        (0..self.colors.len()).map(Owner)
    }

    fn is_free(&self, owner: Owner, neighbour: Option<Owner>) -> bool {
        neighbour.is_none_or(|neighbour| self.are_apart(owner, neighbour))
    }

    /// The wanted colour, or the next one after it that the neighbour's cannot be taken for and that
    /// suits; whatever suits, the neighbour comes first.
    fn owner_where(
        &self,
        wanted: usize,
        before: Option<Owner>,
        suits: impl Fn(Owner) -> bool,
    ) -> Owner {
        let count = self.colors.len();
        let from_wanted = self.all().cycle().skip(wanted % count).take(count);
        let mut free = from_wanted.filter(|owner| self.is_free(*owner, before)).peekable();
        let fallback = free.peek().copied().unwrap_or_default();
        free.find(|owner| suits(*owner)).unwrap_or(fallback)
    }
}

//! Where two traces part, in one sentence.

use std::fmt;

use crate::event::{Op, Rank, Vocabulary};
use crate::words::tag_label;

use super::{Comparison, Divergence, First, FirstRace, Step};

/// Where two traces part, in one sentence.
#[derive(Clone, Copy)]
pub struct Parting<'a> {
    first: &'a First,
    race: Option<&'a FirstRace>,
    vocabulary: &'a dyn Vocabulary,
}

impl Comparison {
    /// Where the two part, in one sentence; `None` when they are equal.
    #[must_use]
    pub fn parting<'a>(&'a self, vocabulary: &'a dyn Vocabulary) -> Option<Parting<'a>> {
        let first = self.first.as_ref()?;
        Some(Parting { first, race: self.first_race.as_ref(), vocabulary })
    }
}

impl fmt::Display for Parting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let First { divergence, later_a, later_b, .. } = self.first;
        let happens_later = [later_a.is_some(), later_b.is_some()];
        self.divergence(f, divergence, happens_later)?;
        if let Some(FirstRace { divergence, later_a, later_b }) = self.race {
            write!(f, "; then ")?;
            self.divergence(f, divergence, [later_a.is_some(), later_b.is_some()])?;
        }
        Ok(())
    }
}

/// Whether two steps are the same but for what their messages carry.
fn has_other_contents(a: &Step, b: &Step) -> bool {
    (a.op, a.peer, a.tag) == (b.op, b.peer, b.tag)
}

impl Parting<'_> {
    /// What a rank does in either trace; `happens_later` is whether A does later what B does here, and B what A does.
    fn divergence(
        &self,
        f: &mut fmt::Formatter<'_>,
        divergence: &Divergence,
        happens_later: [bool; 2],
    ) -> fmt::Result {
        let rank = divergence.rank;
        write!(f, "rank {rank} ")?;
        match (&divergence.a, &divergence.b) {
            (Some(a), Some(b)) if has_other_contents(a, b) => {
                write!(f, "{} with {} in A, and with {} in B", self.does(a), a.data, b.data)
            }
            (Some(a), Some(b)) => {
                let (does, before) = (self.does(a), self.other(a, b));
                match happens_later {
                    [true, true] => write!(f, "{does} before {before} in A, and after it in B"),
                    [true, false] => write!(f, "{does} before {before} in A, and never in B"),
                    [false, true] => {
                        let (does, before) = (self.does(b), self.other(b, a));
                        write!(f, "{does} before {before} in B, and never in A")
                    }
                    [false, false] => write!(f, "{does} in A, and {} in B", self.does(b)),
                }
            }
            (Some(a), None) => write!(f, "{} in A, and does nothing more in B", self.does(a)),
            (None, Some(b)) => write!(f, "{} in B, and does nothing more in A", self.does(b)),
            (None, None) => write!(f, "does nothing more in either"),
        }
    }

    /// `takes PUT from rank 7`.
    fn does(&self, step: &Step) -> String {
        let tag = tag_label(step.tag, self.vocabulary);
        match step.op {
            Op::Send => format!("sends {tag} to rank {}", step.peer),
            Op::Recv => format!("takes {tag} from rank {}", step.peer),
        }
    }

    /// The other of two steps of a rank: `ACK from rank 3` where it takes both, `it sends PUT to rank 6` where not.
    fn other(&self, one: &Step, other: &Step) -> String {
        let tag = tag_label(other.tag, self.vocabulary);
        match (one.source(), other.source()) {
            (Some(_), Some(source)) => format!("{tag} from rank {source}"),
            (None, None) => format!("{tag} to rank {}", other.peer),
            (Some(_), None) | (None, Some(_)) => format!("it {}", self.does(other)),
        }
    }
}

impl Step {
    /// The rank whose message it receives; `None` when it is no receive.
    pub(super) fn source(&self) -> Option<Rank> {
        match self.op {
            Op::Recv => Some(self.peer),
            Op::Send => None,
        }
    }
}

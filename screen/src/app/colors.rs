//! Which colour each rank has, in every theme: the same one for the whole run, and in the runs that are forked from it.

use ringscope_traces::Rank;

use crate::timeline::{Neighbors, Timeline};
use crate::view::theme::{Owner, OwnerColors, RankColors, Theme};

/// Which colour each rank has, in every theme.
#[derive(Debug, Clone)]
pub struct RunColors {
    neighbors: Neighbors,
    /// One for each set of colours that there is.
    sets: Vec<RankColors>,
}

impl RunColors {
    /// Those of a run, as far as it is known.
    pub(super) fn of(timeline: &Timeline) -> RunColors {
        let sets = Theme::owner_sets().into_iter().map(RankColors::new).collect();
        let mut colors = RunColors { neighbors: Neighbors::default(), sets };
        colors.learn(timeline);
        colors
    }

    /// Gives colours to the ranks that have become known since.
    pub(super) fn learn(&mut self, timeline: &Timeline) {
        if self.neighbors.learn(timeline) {
            self.sets.iter_mut().for_each(|set| set.extend(&self.neighbors));
        }
    }

    /// Goes on with another run of the same ranks: who has a colour keeps it.
    pub(super) fn go_on_with(&self, timeline: &Timeline) -> RunColors {
        let mut colors = RunColors { neighbors: Neighbors::default(), ..self.clone() };
        colors.learn(timeline);
        colors
    }

    /// A rank's colour in a set; none of one that is never in the ring.
    pub(crate) fn owner(&self, set: OwnerColors, rank: Rank) -> Option<Owner> {
        self.sets.iter().find(|colors| colors.set() == set)?.of(rank)
    }

    /// A rank's colour on paper by its red, green and blue; none of one that is never in the ring.
    pub(crate) fn on_paper(&self, rank: Rank) -> Option<u32> {
        self.owner(OwnerColors::ON_PAPER, rank).map(|owner| OwnerColors::ON_PAPER.rgb(owner))
    }
}

#[cfg(test)]
mod tests {
    use ringscope_sim::scenario::builtin;

    use super::*;
    use crate::app::App;
    use crate::app::testing::{built_in, press};

    /// Whether a set has four colours that can all be told apart.
    fn has_four_apart(set: OwnerColors) -> bool {
        let grown = (0..4).fold(vec![Vec::new()], |grown: Vec<Vec<Owner>>, _| {
            let with_next = |some: Vec<Owner>| {
                let is_apart = |next: &Owner| some.iter().all(|one| set.are_apart(*one, *next));
                let next: Vec<Owner> = set.all().filter(is_apart).collect();
                next.into_iter().map(move |next| [&some[..], &[next]].concat()).collect::<Vec<_>>()
            };
            grown.into_iter().flat_map(with_next).collect()
        });
        !grown.is_empty()
    }

    /// The pairs of ranks that are beside each other on the ring after some event and look alike in a set.
    fn alike(app: &App, set: OwnerColors) -> Vec<(Rank, Rank)> {
        let Some(states) = &app.view.snapshot.states else { return Vec::new() };
        let owners = states.ring.owners();
        let color = |rank| app.colors.owner(set, rank).expect("who is in the ring has a colour");
        let pairs = owners.iter().zip(owners.iter().cycle().skip(1));
        let pairs = pairs.map(|(one, next)| (one.rank, next.rank));
        pairs
            .filter(|(one, next)| one != next && !set.are_apart(color(*one), color(*next)))
            .collect()
    }

    /// In `big-ring` there are four ranks that are neighbours of each other, each of each, at one time or another.
    #[test]
    fn every_set_has_four_colours_that_can_all_be_told_apart() {
        for set in Theme::owner_sets() {
            assert!(has_four_apart(set), "{set:?}");
        }
    }

    #[test]
    fn in_no_built_in_run_does_a_rank_change_its_colour_and_neighbours_are_told_apart() {
        for one in builtin::ALL {
            let mut app = built_in(one.name, 0);
            let ranks = app.timeline.header().ranks;
            let all = |app: &App| -> Vec<Option<Owner>> {
                let sets = Theme::owner_sets().into_iter();
                let of_set = |set| (0..ranks).map(move |rank| app.colors.owner(set, Rank(rank)));
                sets.flat_map(of_set).collect()
            };
            let first = all(&app);
            for cursor in 0..=app.timeline.len() {
                let before = app.view.snapshot.states.take().map(|states| states.ring);
                app.go_to(cursor);
                if app.view.snapshot.states.as_ref().map(|states| &states.ring) == before.as_ref() {
                    continue;
                }
                assert_eq!(all(&app), first, "{} after event {cursor}", one.name);
                for set in Theme::owner_sets() {
                    assert_eq!(alike(&app, set), [], "{} after event {cursor}: {set:?}", one.name);
                }
            }
        }
    }

    #[test]
    fn a_run_that_goes_on_or_another_way_keeps_the_colours_that_its_ranks_have() {
        let mut app = built_in("join", 60);
        let color = |app: &App, rank| app.colors.on_paper(Rank(rank));
        let before = [3, 6].map(|rank| color(&app, rank));
        assert!(before.iter().all(Option::is_some) && color(&app, 1).is_none());
        press(&mut app, "i");
        app.paste("add 1 300");
        press(&mut app, "enter");
        assert_eq!(before, [3, 6].map(|rank| color(&app, rank)));
        let given = color(&app, 1);
        assert!(given.is_some() && given != before[0], "its neighbour is rank 3");
    }
}

//! Selecting by keys: ranks round the ring, keys in their order, what the inspector names, conditions to break on.
//!
//! It is the same in every pane: left and right, or the digits of a rank, select ranks. Up and down are for what the
//! pane has rows of.

use std::collections::BTreeSet;

use ringscope_sim::protocol::{Key, NodeView, Viewed as _};
use ringscope_traces::Rank;

use super::keys::KeyPress;
use super::{App, Pane, Selection};

impl App {
    /// The ranks in the order in which keys go through them: round the ring from the head on, then the others, of which
    /// the last is the command node. It is the order of the lanes, too, which begin with the command node.
    pub(crate) fn ranks_in_order(&self) -> Vec<Rank> {
        let count = self.timeline.header().ranks;
        let states = self.view.snapshot.states.as_ref();
        let members = states.map_or(&[][..], |states| states.ring.members());
        let mut ranks: Vec<Rank> = members.iter().map(|member| member.rank).collect();
        let ring: BTreeSet<Rank> = ranks.iter().copied().collect();
        ranks.extend((0..count).map(Rank).filter(|rank| !ring.contains(rank)));
        ranks
    }

    /// Selects the next rank, or the one before it, of what is selected.
    pub(super) fn select_rank(&mut self, by: isize) {
        let ranks = self.ranks_in_order();
        let here = self.rank_of_selection();
        let here = here.and_then(|here| ranks.iter().position(|rank| *rank == here));
        if let Some(rank) = ranks.get(around(here, by, ranks.len())) {
            self.view.look_at(Selection::Rank(*rank));
        }
    }

    /// The rank that what is selected is of.
    fn rank_of_selection(&self) -> Option<Rank> {
        match self.view.selection {
            Selection::Rank(rank) => Some(rank),
            Selection::Key(key) => self.owner(key).or_else(|| self.holders(key).first().copied()),
            Selection::Message(sent) => Some(self.timeline.info(sent).rank),
            Selection::Cursor => self.rank(),
        }
    }

    /// Selects the rank whose digits are typed, one after the other; whether the key is such a digit.
    pub(super) fn type_rank(&mut self, key: KeyPress) -> bool {
        let is_free = self.controls.keymap.action(key).is_none();
        let digit = key.typed().and_then(|letter| letter.to_digit(10)).filter(|_| is_free);
        let was_typing = std::mem::replace(&mut self.typing.is_rank, digit.is_some());
        let Some(digit) = digit else { return false };
        self.controls.note = None;
        let before = match self.view.selection {
            Selection::Rank(rank) if was_typing => Some(rank),
            Selection::Rank(_) | Selection::Cursor | Selection::Message(_) | Selection::Key(_) => {
                None
            }
        };
        match with_digit(before, digit, self.timeline.header().ranks) {
            Some(rank) => self.view.look_at(Selection::Rank(rank)),
            None => self.controls.refuse(format!("there is no rank {digit}")),
        }
        true
    }

    /// Up or down, by what the pane has rows of.
    pub(super) fn up_or_down(&mut self, rows: isize) {
        if self.view.explains {
            let from = &mut self.view.explained_from;
            *from = from.saturating_add_signed(rows);
            return;
        }
        match self.view.focus {
            Pane::Ring | Pane::Ownership => self.select_key(rows),
            Pane::Inspector => self.choose_link(rows),
            Pane::Watches if !self.search.breaks.is_empty() => self.choose_break(rows),
            Pane::Watches => self.view.scroll(Pane::Watches, rows),
            Pane::Events | Pane::SpaceTime => self.step_listed(rows),
            Pane::Choices => self.choose_alternative(rows),
        }
    }

    /// Selects a key further on, or back: of all that nodes hold. From a rank that is its first one.
    fn select_key(&mut self, by: isize) {
        let keys: Vec<Key> = self.held_keys().into_iter().collect();
        let first_of = |rank: Rank| {
            let is_held = |key: &Key| self.holders(*key).contains(&rank);
            keys.iter().position(is_held).unwrap_or(0)
        };
        let place = match self.view.selection {
            Selection::Key(key) if by > 0 => {
                keys.partition_point(|other| *other <= key).saturating_add_signed(by - 1)
            }
            Selection::Key(key) => {
                keys.partition_point(|other| *other < key).saturating_add_signed(by)
            }
            Selection::Rank(rank) => first_of(rank),
            Selection::Cursor | Selection::Message(_) => 0,
        };
        match keys.get(place.min(keys.len().saturating_sub(1))) {
            Some(key) => self.view.look_at(Selection::Key(*key)),
            None => self.controls.refuse("no node holds a key at this event"),
        }
    }

    /// The keys that nodes hold.
    fn held_keys(&self) -> BTreeSet<Key> {
        let nodes = self.view.snapshot.states.iter().flat_map(|states| &states.nodes);
        let storages = nodes.filter_map(|node| node.view().storage);
        storages.flat_map(|storage| storage.keys().copied()).collect()
    }

    /// The rank that owns a key, by its place in the ring.
    pub(crate) fn owner(&self, key: Key) -> Option<Rank> {
        let states = self.view.snapshot.states.as_ref()?;
        Some(states.ring.owner(key)?.rank)
    }

    /// Who holds a key, in the order of the ranks.
    pub(crate) fn holders(&self, key: Key) -> Vec<Rank> {
        let nodes = self.view.snapshot.states.iter().flat_map(|states| &states.nodes);
        let holds =
            |node: &NodeView<'_>| node.storage.is_some_and(|pairs| pairs.contains_key(&key));
        let ranks = (0_u32..).zip(nodes).filter(|(_, node)| holds(&node.view()));
        ranks.map(|(rank, _)| Rank(rank)).collect()
    }

    /// Chooses another of the conditions to break on.
    fn choose_break(&mut self, rows: isize) {
        let last = self.search.breaks.len().saturating_sub(1);
        let chosen = self.search.chosen_break.min(last);
        self.search.chosen_break = chosen.saturating_add_signed(rows).min(last);
    }
}

/// The rank that one more digit makes of the one before, or that the digit is alone.
pub(in crate::app) fn with_digit(before: Option<Rank>, digit: u32, ranks: u32) -> Option<Rank> {
    let longer = before.map_or(digit, |before| before.0.saturating_mul(10).saturating_add(digit));
    [longer, digit].into_iter().find(|rank| *rank < ranks).map(Rank)
}

/// The place after one, or before it, round a circle; the first one, or the last one, after none.
pub(in crate::app) fn around(before: Option<usize>, by: isize, count: usize) -> usize {
    match (before, by > 0) {
        _ if count == 0 => 0,
        (None, true) => 0,
        (None, false) => count.saturating_sub(1),
        (Some(before), true) => (before + 1) % count,
        (Some(before), false) => (before + count - 1) % count,
    }
}

#[cfg(test)]
mod tests {
    use ringscope_sim::scenario::random;

    use super::*;
    use crate::app::testing::{built_in, press, type_line};
    use crate::timeline::Timeline;

    fn at_lost_key() -> App {
        let mut app = built_in("race-lost-key", 0);
        press(&mut app, "]");
        app
    }

    #[test]
    fn left_and_right_select_every_rank_in_every_pane_and_no_time_passes() {
        for pane in 1..=6 {
            let mut app = at_lost_key();
            let cursor = app.view.cursor;
            press(&mut app, &format!("f{pane}"));
            let first = app.rank();
            let mut seen = BTreeSet::new();
            for _ in 0..app.timeline.header().ranks {
                press(&mut app, "right");
                assert!(seen.insert(app.rank()), "F{pane} goes to a rank twice");
            }
            assert_eq!((app.rank(), app.view.cursor), (first, cursor), "F{pane}");
            press(&mut app, "left right");
            assert_eq!(app.rank(), first, "F{pane}");
        }
    }

    #[test]
    fn ranks_come_in_the_order_of_the_ring_and_the_command_node_before_the_head() {
        let mut app = at_lost_key();
        press(&mut app, "0");
        let way: Vec<u32> = (0..8)
            .map(|_| {
                press(&mut app, "right");
                app.rank().map_or(99, |rank| rank.0)
            })
            .collect();
        assert_eq!(way, [3, 6, 1, 2, 4, 5, 7, 0]);
    }

    #[test]
    fn digits_select_the_rank_of_their_number() {
        let mut app = App::new(Timeline::live(random(1, 64, 12)), "random", 0);
        for (keys, rank) in [("1", 1), ("2", 12), ("right 1", 1), ("1", 11), ("7", 7)] {
            press(&mut app, keys);
            assert_eq!(app.view.selection, Selection::Rank(Rank(rank)), "after {keys}");
        }
        let mut small = built_in("join", 10);
        press(&mut small, "9");
        assert!(small.controls.has_refused());
        assert_eq!(small.view.selection, Selection::Cursor);
    }

    #[test]
    fn up_and_down_go_through_the_keys_of_the_ring_and_of_the_key_space() {
        for pane in ["f1", "f6"] {
            let mut app = built_in("join", 0);
            press(&mut app, &format!("{pane} down"));
            assert!(app.controls.has_refused(), "no node holds a key at the start");
            press(&mut app, "end");
            let keys: Vec<Key> = app.held_keys().into_iter().collect();
            assert!(keys.len() > 3);
            for key in &keys {
                press(&mut app, "down");
                assert_eq!(app.view.selection, Selection::Key(*key));
            }
            press(&mut app, "down up");
            assert_eq!(app.view.selection, Selection::Key(keys[keys.len() - 2]));
            press(&mut app, "6 down");
            let Selection::Key(first) = app.view.selection else { panic!("no key") };
            assert!(app.holders(first).contains(&Rank(6)), "the first key of the rank");
        }
    }

    #[test]
    fn the_inspector_leads_to_all_that_it_names() {
        let mut app = at_lost_key();
        press(&mut app, "6 f2");
        let links = app.links();
        for link in &links {
            press(&mut app, "down");
            assert_eq!(app.chosen_link(), Some(*link));
        }
        press(&mut app, "up down down");
        assert_eq!(app.chosen_link(), links.last().copied());
        let key = Selection::Key(Key(400));
        let place = links.iter().position(|link| *link == key).expect("rank 6 holds it");
        app.view.chosen_link = Some(place);
        press(&mut app, "enter");
        assert_eq!((app.view.selection, app.chosen_link()), (key, None));
    }

    #[test]
    fn in_the_list_and_in_the_lanes_up_and_down_go_through_the_events() {
        for pane in ["f3", "f4"] {
            let mut app = built_in("join", 10);
            press(&mut app, &format!("{pane} down down up"));
            assert_eq!(app.view.cursor, 11);
        }
    }

    #[test]
    fn conditions_to_break_on_are_listed_gone_to_and_removed() {
        let mut app = built_in("join", 0);
        press(&mut app, "B");
        assert!(app.controls.has_refused() && app.view.focus == Pane::Watches);
        for line in ["key 400 moves", "rank 3 joins", "GET unanswered"] {
            press(&mut app, "f1 b");
            type_line(&mut app, line);
        }
        press(&mut app, "B up enter");
        assert_eq!(app.controls.note.as_deref(), Some("break: rank 3 joins"));
        let texts = |app: &App| -> Vec<String> {
            app.search.breaks.iter().map(|one| one.text.clone()).collect()
        };
        press(&mut app, "D");
        assert_eq!(texts(&app), ["key 400 moves", "GET unanswered"]);
        press(&mut app, "f1 D");
        assert_eq!(texts(&app).len(), 2, "elsewhere it shows the list first");
        press(&mut app, "up delete D");
        assert_eq!(texts(&app), [""; 0]);
        press(&mut app, "D");
        assert!(app.controls.has_refused());
    }
}

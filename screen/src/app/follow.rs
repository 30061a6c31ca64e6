//! Enter follows what is selected: a key to its owner, its holder and the message that brought it; a message to its
//! other end; a rank to its last event.

use ringscope_sim::protocol::Key;
use ringscope_traces::{EventIndex, Rank};

use super::{App, Pane, Selection};
use crate::timeline::How;

/// How far a key was followed: what is selected is where that led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trail {
    key: Key,
    /// Whether its owner is selected, and not one who holds it.
    is_at_owner: bool,
}

impl App {
    /// Enter: follows the row that the inspector has chosen, or what is selected.
    pub(super) fn follow(&mut self) {
        if self.view.focus == Pane::Watches && !self.search.breaks.is_empty() {
            return self.seek_chosen_break();
        }
        if self.view.focus == Pane::Choices {
            return self.take_alternative();
        }
        if let Some(link) = self.chosen_link() {
            return self.view.look_at(link);
        }
        match (self.view.selection, self.view.trail) {
            (Selection::Key(key), _) => self.follow_key(key),
            (Selection::Rank(rank), Some(trail)) => self.follow_further(rank, trail),
            (Selection::Rank(rank), None) => self.go_to_last_of(rank),
            (Selection::Message(sent), _) => self.go_to_other_end(sent),
            (Selection::Cursor, _) => match self.event() {
                Some(at) => self.go_to_partner(at),
                None => self.controls.refuse(NOTHING_YET),
            },
        }
    }

    /// What Enter does, in a few words; `None` where there is nothing to follow.
    pub(crate) fn follows(&self) -> Option<&'static str> {
        if self.view.focus == Pane::Watches && !self.search.breaks.is_empty() {
            return Some("go there");
        }
        if self.view.focus == Pane::Choices {
            let here = self.choices_here()?;
            return (!here.alternatives.is_empty()).then_some("take it");
        }
        if self.chosen_link().is_some() {
            return Some("look at it");
        }
        match (self.view.selection, self.view.trail) {
            (Selection::Key(key), _) if self.owner(key).is_some() => Some("owner"),
            (Selection::Key(key), _) => (!self.holders(key).is_empty()).then_some("holder"),
            (Selection::Rank(_), Some(trail)) if self.other_holder(trail).is_some() => {
                Some("holder")
            }
            (Selection::Rank(rank), Some(trail)) => {
                self.brought(trail.key, rank).map(|_| "what brought it")
            }
            (Selection::Rank(rank), None) => self.last_before(rank).map(|_| "last event"),
            (Selection::Message(sent), _) => self.timeline.partner(sent).map(|_| "other end"),
            (Selection::Cursor, _) => self.timeline.partner(self.event()?).map(|_| "other end"),
        }
    }

    fn follow_key(&mut self, key: Key) {
        match (self.owner(key), self.holders(key).first().copied()) {
            (Some(owner), _) => {
                let how =
                    if self.holders(key).contains(&owner) { "owns and holds" } else { "owns" };
                self.go_along(owner, Trail { key, is_at_owner: true });
                self.controls.say(format!("r{owner} {how} key {key}"));
            }
            (None, Some(holder)) => self.go_on_to_holder(key, holder),
            (None, None) => self.controls.refuse(format!("nobody owns or holds key {key}")),
        }
    }

    fn follow_further(&mut self, rank: Rank, trail: Trail) {
        match self.other_holder(trail) {
            Some(holder) => self.go_on_to_holder(trail.key, holder),
            None => self.go_to_what_brought(trail.key, rank),
        }
    }

    /// Who holds the key that is followed, from an owner who does not.
    fn other_holder(&self, trail: Trail) -> Option<Rank> {
        let holders = self.holders(trail.key);
        let is_held_by_owner = self.owner(trail.key).is_some_and(|owner| holders.contains(&owner));
        holders.first().copied().filter(|_| trail.is_at_owner && !is_held_by_owner)
    }

    fn go_on_to_holder(&mut self, key: Key, holder: Rank) {
        self.go_along(holder, Trail { key, is_at_owner: false });
        self.controls.say(format!("r{holder} holds key {key}"));
    }

    fn go_along(&mut self, rank: Rank, trail: Trail) {
        self.view.look_at(Selection::Rank(rank));
        self.view.trail = Some(trail);
    }

    fn go_to_what_brought(&mut self, key: Key, rank: Rank) {
        match self.brought(key, rank) {
            Some((received, sent)) => {
                self.view.look_at(Selection::Message(sent));
                self.controls.say(format!(
                    "this brought key {key} to r{rank}, which received it at event {}",
                    received.0 + 1
                ));
            }
            None => self
                .controls
                .refuse(format!("no message is known that brought key {key} to r{rank}")),
        }
    }

    /// The receive with which a rank last got a key, before the cursor, and the send of what it received.
    pub(crate) fn brought(&self, key: Key, rank: Rank) -> Option<(EventIndex, EventIndex)> {
        let history = self.timeline.history(key).iter().rev();
        let mut here = history.filter(|one| one.rank == rank && one.at.0 < self.view.cursor);
        let came = here.find(|one| match one.how {
            How::Stored | How::Arrived => true,
            How::Read | How::Left => false,
        })?;
        Some((came.at, self.timeline.partner(came.at)?))
    }

    /// A rank's last event before the cursor.
    fn last_before(&self, rank: Rank) -> Option<EventIndex> {
        (0..self.view.cursor).rev().map(EventIndex).find(|at| self.timeline.info(*at).rank == rank)
    }

    fn go_to_last_of(&mut self, rank: Rank) {
        match self.last_before(rank) {
            Some(at) if at.0 + 1 == self.view.cursor => {
                self.controls.say(format!("this is the last event of r{rank} so far"));
            }
            Some(at) => {
                self.go_to(at.0 + 1);
                self.controls.say(format!("the last event of r{rank} before there"));
            }
            None => self.controls.refuse(format!("r{rank} has done nothing yet")),
        }
    }

    /// To the receive of a message, and from there to its send.
    fn go_to_other_end(&mut self, sent: EventIndex) {
        match self.timeline.partner(sent) {
            Some(received) if received.0 + 1 == self.view.cursor => self.go_to(sent.0 + 1),
            Some(received) => self.go_to(received.0 + 1),
            None => self.controls.refuse(NEVER_RECEIVED),
        }
    }

    fn go_to_partner(&mut self, at: EventIndex) {
        match self.timeline.partner(at) {
            Some(partner) => self.go_to(partner.0 + 1),
            None if self.timeline.info(at).source().is_some() => self.controls.refuse(NEVER_SENT),
            None => self.controls.refuse(NEVER_RECEIVED),
        }
    }
}

const NOTHING_YET: &str = "nothing has happened yet that could be followed";

const NEVER_RECEIVED: &str = "the message is never received";

const NEVER_SENT: &str = "the send of this message is not in the trace";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing::{built_in, press};

    #[test]
    fn a_key_is_followed_to_its_owner_its_holder_and_the_message_that_brought_it() {
        let mut app = built_in("race-lost-key", 0);
        press(&mut app, "] 6 down enter");
        assert_eq!(app.view.selection, Selection::Rank(Rank(3)));
        assert_eq!(app.controls.note.as_deref(), Some("r3 owns key 400"));
        assert_eq!(app.follows(), Some("holder"));
        press(&mut app, "enter");
        assert_eq!(app.view.selection, Selection::Rank(Rank(6)));
        assert_eq!(app.follows(), Some("what brought it"));
        press(&mut app, "enter");
        let Selection::Message(sent) = app.view.selection else { panic!("no message") };
        assert_eq!(sent, EventIndex(5), "the PUT of event 6");
        assert_eq!(
            app.controls.note.as_deref(),
            Some("this brought key 400 to r6, which received it at event 17")
        );
        press(&mut app, "enter");
        assert_eq!(app.view.cursor, 6, "from its receive to its send");
        press(&mut app, "enter");
        assert_eq!(app.view.cursor, 17, "and back");
    }

    #[test]
    fn a_key_that_its_owner_holds_is_followed_to_what_brought_it_there() {
        let mut app = built_in("join", 0);
        press(&mut app, "end down enter");
        let Selection::Rank(owner) = app.view.selection else { panic!("no owner") };
        assert!(app.controls.note.as_deref().is_some_and(|note| note.contains("owns and holds")));
        press(&mut app, "enter");
        let Selection::Message(sent) = app.view.selection else { panic!("no message") };
        assert_eq!(app.timeline.info(sent).peer, owner);
    }

    #[test]
    fn a_rank_is_followed_to_its_last_event() {
        let mut app = built_in("join", 0);
        press(&mut app, "end 3 enter");
        let at = app.event().expect("an event");
        assert_eq!(app.timeline.info(at).rank, Rank(3));
        let mut later = (at.0 + 1..app.timeline.len()).map(EventIndex);
        assert!(later.all(|next| app.timeline.info(next).rank != Rank(3)));
        let mut early = built_in("join", 1);
        press(&mut early, "3 enter");
        assert!(early.controls.has_refused());
    }

    #[test]
    fn what_enter_is_said_to_do_it_does() {
        for name in ["race-lost-key", "join", "get-missing"] {
            let mut app = built_in(name, 0);
            for cursor in 0..=app.timeline.len() {
                app.go_to(cursor);
                for keys in ["", "right", "down", "esc f2 down down", "f1 6", "down enter", "enter"]
                {
                    press(&mut app, keys);
                    let (says, here) = (app.follows(), app.view.cursor);
                    press(&mut app, "enter");
                    assert_eq!(
                        says.is_none(),
                        app.controls.has_refused(),
                        "{name} {cursor} {keys}"
                    );
                    app.go_to(here);
                }
                press(&mut app, "esc esc");
            }
        }
    }
}

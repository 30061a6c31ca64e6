//! What the inspector names and can lead to, row by row: up and down choose one, Enter looks at it.

use ringscope_sim::protocol::{Key, NodeView, Role, Viewed as _};
use ringscope_traces::{EventIndex, Rank};

use super::{App, Pane, Selection};

/// How many messages of an inbox or an outbox are named.
pub(crate) const MOST_FLIGHTS: usize = 4;

/// How many keys are named: more than fit on a big screen are never looked at.
pub(crate) const MOST_KEYS: usize = 400;

/// How many messages are gone through for those about a key.
pub(crate) const MOST_ABOUT_KEY: usize = 64;

impl App {
    /// What the inspector names of what is selected, in its order.
    pub(crate) fn links(&self) -> Vec<Selection> {
        match self.view.selection {
            Selection::Key(key) => self.links_of_key(key),
            Selection::Message(sent) => self.links_of_message(sent),
            Selection::Rank(rank) => self.links_of_rank(rank),
            Selection::Cursor => {
                self.rank().map(|rank| self.links_of_rank(rank)).unwrap_or_default()
            }
        }
    }

    fn links_of_key(&self, key: Key) -> Vec<Selection> {
        let ranks = self.owner(key).into_iter().chain(self.holders(key));
        let messages = self.flights_about(key).into_iter().chain(self.bringers(key));
        ranks.map(Selection::Rank).chain(messages.map(Selection::Message)).collect()
    }

    fn links_of_message(&self, sent: EventIndex) -> Vec<Selection> {
        if sent.0 >= self.timeline.len() {
            return Vec::new();
        }
        let info = self.timeline.info(sent);
        vec![Selection::Rank(info.rank), Selection::Rank(info.peer)]
    }

    fn links_of_rank(&self, rank: Rank) -> Vec<Selection> {
        let nodes = self.view.snapshot.states.as_ref().map(|states| &states.nodes);
        let node = nodes.and_then(|nodes| nodes.get(rank.index())).map(|node| node.view());
        let of_node = node.map(|node| self.links_of_node(&node)).unwrap_or_default();
        let flights = || self.view.snapshot.flights.iter();
        let inbox = flights().filter(|flight| flight.to == rank).take(MOST_FLIGHTS);
        let outbox = flights().filter(|flight| flight.from == rank).take(MOST_FLIGHTS);
        let mail = inbox.chain(outbox).map(|flight| Selection::Message(flight.sent));
        of_node.into_iter().chain(mail).collect()
    }

    fn links_of_node(&self, node: &NodeView<'_>) -> Vec<Selection> {
        let peers = node.links.iter().filter_map(|(_, peer)| Some(peer?.rank));
        let peers = peers.filter(|_| node.role != Role::Command).map(Selection::Rank);
        let keys = node.storage.filter(|_| node.role == Role::Storage);
        let keys = keys.into_iter().flat_map(|storage| storage.keys().take(MOST_KEYS).copied());
        peers.chain(keys.map(Selection::Key)).collect()
    }

    /// The messages that brought a key to those who hold it, by their sends.
    pub(crate) fn bringers(&self, key: Key) -> Vec<EventIndex> {
        let holders = self.holders(key).into_iter();
        holders.filter_map(|rank| Some(self.brought(key, rank)?.1)).collect()
    }

    /// The messages in flight that are about a key, by their sends.
    pub(crate) fn flights_about(&self, key: Key) -> Vec<EventIndex> {
        let Some(protocol) = self.timeline.protocol() else { return Vec::new() };
        let is_about = |sent: &EventIndex| {
            let data = self.timeline.data(*sent);
            let message = protocol.describe(self.timeline.info(*sent).tag, &data).ok();
            message.and_then(|message| message.key) == Some(key)
        };
        let sends =
            self.view.snapshot.flights.iter().take(MOST_ABOUT_KEY).map(|flight| flight.sent);
        sends.filter(is_about).collect()
    }

    /// What the inspector has chosen, where it has the keys.
    pub(crate) fn chosen_link(&self) -> Option<Selection> {
        let chosen = self.view.chosen_link.filter(|_| self.view.focus == Pane::Inspector)?;
        let links = self.links();
        links.get(chosen.min(links.len().checked_sub(1)?)).copied()
    }

    /// Chooses what is named further down, or up; where nothing is, what there is to read is scrolled.
    pub(super) fn choose_link(&mut self, rows: isize) {
        let Some(last) = self.links().len().checked_sub(1) else {
            return self.view.scroll(Pane::Inspector, rows);
        };
        if self.view.chosen_link.is_some_and(|chosen| chosen >= last) && rows > 0 {
            // There may be more to read below the last one.
            return self.view.scroll_on(Pane::Inspector, rows);
        }
        self.view.chosen_link = Some(match self.view.chosen_link {
            None => 0,
            Some(chosen) => chosen.min(last).saturating_add_signed(rows).min(last),
        });
    }
}

//! How ranks and messages are called in all formats.

use std::sync::Arc;

use ringscope_sim::protocol::{Described, Purpose, Role};
use ringscope_sim::protocols::ProtocolId;
use ringscope_traces::text::Short;
use ringscope_traces::{Event, Header, Payload, Rank, Tag, Vocabulary as _};

use crate::trace_summary::{HeaderNames, vocabulary};
use crate::view::words;

/// How much of the payload of a message without a name is shown.
const PAYLOAD_CHARS: usize = 24;

/// How the ranks and messages of a trace are called.
#[derive(Debug, Clone)]
pub(super) struct Names {
    protocol: Option<ProtocolId>,
    ranks: u32,
    tags: Arc<HeaderNames>,
}

/// What a message is for, which its looks follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum MessageKind {
    /// A command on its way to the node that it concerns.
    Command,
    /// The answer to one.
    Answer,
    /// Part of a join or a leave.
    Membership,
    /// A message of a dialect that is not known here.
    Other,
}

impl MessageKind {
    /// All of them, each with its name and with what a legend says.
    pub(super) const ALL: [(MessageKind, &'static str, &'static str); 4] = [
        (MessageKind::Command, "command", "command"),
        (MessageKind::Answer, "answer", "answer"),
        (MessageKind::Membership, "rewiring", "join or leave"),
        (MessageKind::Other, "other", "message"),
    ];

    /// Its place in the list of all.
    pub(super) fn place(self) -> usize {
        self as usize
    }
}

impl Names {
    /// The names of a trace's protocol; another dialect's messages go by their tags.
    pub(super) fn of(header: &Header) -> Names {
        let tags = Arc::new(vocabulary(header));
        Names { protocol: ProtocolId::named(&header.protocol), ranks: header.ranks, tags }
    }

    /// The name of a tag, where it has one.
    pub(super) fn tag(&self, tag: Tag) -> Option<&str> {
        self.tags.tag_name(tag)
    }

    /// What a rank plays, where that is fixed.
    pub(super) fn role(&self, rank: Rank) -> Option<&'static str> {
        match self.protocol?.roles(self.ranks).of(rank) {
            Role::Head => Some("head"),
            Role::Command => Some("command"),
            Role::Storage => None,
        }
    }

    /// `rank 0, head`.
    pub(super) fn rank(&self, rank: Rank) -> String {
        match self.role(rank) {
            Some(role) => format!("rank {rank}, {role}"),
            None => format!("rank {rank}"),
        }
    }

    /// `PUT 612`, or `tag 5 [1,2,3]` of another dialect: a message in few words.
    pub(super) fn message(&self, event: &Event) -> String {
        let (tag, data) = (event.tag, &event.data);
        match self.parsed(tag, data) {
            Some(message) => {
                words::labelled(words::shortened(tag, self.protocol, &*self.tags), &message)
            }
            None => self.unknown(tag, data),
        }
    }

    /// What a message is for.
    pub(super) fn kind(&self, event: &Event) -> MessageKind {
        let info = self.protocol.and_then(|protocol| protocol.tag(event.tag));
        match info.filter(|_| self.parsed(event.tag, &event.data).is_some()).map(|info| info.kind) {
            Some(Purpose::Command) => MessageKind::Command,
            Some(Purpose::Reply) => MessageKind::Answer,
            Some(Purpose::Membership) => MessageKind::Membership,
            None => MessageKind::Other,
        }
    }

    fn parsed(&self, tag: Tag, data: &Payload) -> Option<Described> {
        self.protocol?.describe(tag, data).ok()
    }

    fn unknown(&self, tag: Tag, data: &Payload) -> String {
        let payload = Short { value: data, limit_chars: PAYLOAD_CHARS };
        format!("{} {payload}", words::shortened(tag, self.protocol, &*self.tags))
    }
}

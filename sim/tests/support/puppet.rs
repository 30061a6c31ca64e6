//! Nodes that send and receive what a test tells them, to see MPI's rules at work by themselves.

use ringscope_sim::protocol::{
    Activity, BadMessage, Fault, Links, Meaning, Message, Node, NodeView, Outbox, Role, Topology,
    Viewed, Wait,
};
use ringscope_traces::{Payload, Rank, Tag};
use serde::Serialize;

/// A message with a number, as long as it says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Note {
    pub tag: Tag,
    pub number: i64,
    pub bytes: u64,
}

impl Message for Note {
    fn tag(&self) -> Tag {
        self.tag
    }

    fn parse(tag: Tag, payload: &Payload) -> Result<Note, BadMessage> {
        let number = payload.as_int().ok_or(BadMessage::UnknownTag(tag))?;
        Ok(Note { tag, number, bytes: 1 })
    }

    fn tag_name(_tag: Tag) -> Option<&'static str> {
        None
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn meaning(&self) -> Meaning {
        Meaning::Membership
    }
}

/// One thing for a puppet to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    /// Send a message of 10 bytes: to, tag, number.
    Send(u32, i32, i64),
    /// Send a message of 10,000 bytes.
    SendLong(u32, i32, i64),
    /// Receive from any source with any tag.
    Any,
    /// Receive from that source with that tag.
    From(u32, i32),
}

/// A node that does one thing after the other, and keeps what it received.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Puppet {
    acts: Vec<Act>,
    next: usize,
    pub received: Vec<(u32, i64)>,
}

impl Puppet {
    pub(crate) fn new(acts: &[Act]) -> Puppet {
        Puppet { acts: acts.to_vec(), next: 0, received: Vec::new() }
    }

    fn advance(&mut self, out: &mut impl Outbox<Note>) -> Wait {
        let mut send = |to, tag, number, bytes| {
            out.send(Rank(to), Note { tag: Tag(tag), number, bytes });
        };
        while let Some(act) = self.acts.get(self.next) {
            self.next += 1;
            match *act {
                Act::Send(to, tag, number) => send(to, tag, number, 10),
                Act::SendLong(to, tag, number) => send(to, tag, number, 10_000),
                Act::Any => return Wait::Any,
                Act::From(source, tag) => {
                    return Wait::From { source: Rank(source), tag: Tag(tag) };
                }
            }
        }
        Wait::Stopped
    }
}

impl Node for Puppet {
    type Message = Note;

    fn start(&mut self, out: &mut impl Outbox<Note>) -> Wait {
        self.advance(out)
    }

    fn receive(
        &mut self,
        from: Rank,
        message: Note,
        out: &mut impl Outbox<Note>,
    ) -> Result<Wait, Fault> {
        self.received.push((from.0, message.number));
        Ok(self.advance(out))
    }
}

impl Viewed for Puppet {
    fn view(&self) -> NodeView<'_> {
        NodeView {
            role: Role::Storage,
            id: None,
            links: Links::new(&Topology::UNLINKED, &[]),
            storage: None,
            activity: Activity::NONE,
        }
    }
}

//! What became of a key: where it was stored, read, and moved to.

use ringscope_traces::{EventIndex, Rank};

use crate::protocol::{Command, Key, Meaning, Message, NodeView, Storage};

/// Something that happened to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyEvent {
    /// The key.
    pub key: Key,
    /// The receive at which it happened.
    pub at: EventIndex,
    /// Where.
    pub rank: Rank,
    /// What.
    pub how: How,
}

/// What can happen to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A PUT stored it here.
    Stored,
    /// A GET found it here.
    Read,
    /// It came here from another node.
    Arrived,
    /// It is not here any more.
    Left,
}

/// What a rank has received, and what it held before that.
pub(super) struct Keys<'a, M> {
    pub message: &'a M,
    /// Of a message that can move keys.
    pub before: Option<&'a Storage>,
}

impl<M: Message> Keys<'_, M> {
    /// What has become of the receiver's keys, given what it holds after it and what it replies.
    pub(super) fn become_of(
        &self,
        after: NodeView<'_>,
        replies: impl IntoIterator<Item = Meaning>,
    ) -> Vec<(Key, How)> {
        let mut replies = replies.into_iter();
        match self.message.meaning() {
            Meaning::Command(command) => {
                let key = match command {
                    Command::Put { key, .. } | Command::Get { key } => key,
                    Command::Add { .. } | Command::Remove { .. } => {
                        return Vec::new();
                    }
                };
                let how = replies.find_map(|reply| match reply {
                    Meaning::Done(Some(_)) => Some(How::Stored),
                    Meaning::Found(..) => Some(How::Read),
                    Meaning::Done(None)
                    | Meaning::Absent
                    | Meaning::Refused
                    | Meaning::Command(_)
                    | Meaning::End
                    | Meaning::Membership => None,
                });
                how.map(|how| (key, how)).into_iter().collect()
            }
            Meaning::Membership => moved(self.before, after.storage.map(AsRef::as_ref)),
            Meaning::End
            | Meaning::Found(..)
            | Meaning::Absent
            | Meaning::Done(_)
            | Meaning::Refused => Vec::new(),
        }
    }
}

/// The keys in which two storages differ, in order.
fn moved(before: Option<&Storage>, after: Option<&Storage>) -> Vec<(Key, How)> {
    let empty = Storage::new();
    let (before, after) = (before.unwrap_or(&empty), after.unwrap_or(&empty));
    let left = before.keys().filter(|key| !after.contains_key(key)).map(|key| (*key, How::Left));
    let came = after.keys().filter(|key| !before.contains_key(key));
    let mut moved: Vec<_> = left.chain(came.map(|key| (*key, How::Arrived))).collect();
    moved.sort_unstable_by_key(|(key, _)| *key);
    moved
}

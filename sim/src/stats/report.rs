//! What a run cost, as rows of numbers.

use ringscope_traces::Rank;
use serde::Serialize;

use crate::protocol::{Command, StorageId};

/// What a run cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Everything that was sent.
    pub total: Volume,
    /// A row for each kind of command, in the order of [`CommandKind::ALL`].
    pub kinds: Vec<KindRow>,
    /// A row for each join and leave, in the order in which the commands were sent.
    pub moves: Vec<MoveRow>,
    /// A row for each rank.
    pub load: Vec<LoadRow>,
}

/// Messages and the bytes that they carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Volume {
    /// How many messages were sent.
    pub messages: u64,
    /// The bytes of their payloads, as compact JSON.
    pub bytes: u64,
}

/// What the command node can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CommandKind {
    /// Store a pair.
    Put,
    /// Ask for a value.
    Get,
    /// Let a rank join.
    Add,
    /// Let a node leave.
    Remove,
    /// Stop.
    End,
}

/// What the commands of one kind cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct KindRow {
    /// The kind.
    pub kind: CommandKind,
    /// How many such commands were sent.
    pub count: u64,
    /// How many of them were answered.
    pub answered: u64,
    /// What they caused to be sent, themselves and their replies included.
    pub volume: Volume,
    /// How often a command was passed on within the ring until its reply came: from the head on.
    pub hops: Option<Spread>,
    /// Virtual nanoseconds from the command to its reply.
    pub time_ns: Option<Spread>,
}

/// The least, the mean and the most of some numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The least.
    pub min: u64,
    /// The mean.
    pub mean: f64,
    /// The most.
    pub max: u64,
}

/// A join or a leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MoveRow {
    /// [`CommandKind::Add`] or [`CommandKind::Remove`].
    pub kind: CommandKind,
    /// The rank that joined or left; `None` while a leave has not found its node, and for a join of
    /// a rank that there cannot be.
    pub rank: Option<Rank>,
    /// Its storage id.
    pub id: StorageId,
    /// How many keys changed hands.
    pub keys: u64,
    /// What was sent for it, the command and its reply included.
    pub volume: Volume,
    /// Virtual nanoseconds from the command to its reply; `None` when there was none.
    pub time_ns: Option<u64>,
}

/// What one rank had to do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LoadRow {
    /// The rank.
    pub rank: Rank,
    /// Messages that it received.
    pub received: u64,
    /// Messages that it sent.
    pub sent: u64,
    /// Its part of all messages received, 0 to 1.
    pub messages_share: f64,
    /// Keys that it held at the end; `None` when it held no storage at all.
    pub keys: Option<u64>,
    /// Its part of all keys held at the end, 0 to 1.
    pub keys_share: f64,
}

impl CommandKind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: [CommandKind; 5] = [
        CommandKind::Put,
        CommandKind::Get,
        CommandKind::Add,
        CommandKind::Remove,
        CommandKind::End,
    ];

    /// The kind's name, as the protocol's messages have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CommandKind::Put => "PUT",
            CommandKind::Get => "GET",
            CommandKind::Add => "ADD",
            CommandKind::Remove => "REMOVE",
            CommandKind::End => "END",
        }
    }
}

impl From<Command> for CommandKind {
    fn from(command: Command) -> CommandKind {
        match command {
            Command::Put { .. } => CommandKind::Put,
            Command::Get { .. } => CommandKind::Get,
            Command::Add { .. } => CommandKind::Add,
            Command::Remove { .. } => CommandKind::Remove,
        }
    }
}

impl Volume {
    pub(super) fn add(&mut self, bytes: u64) {
        self.messages += 1;
        self.bytes += bytes;
    }
}

/// A [`Spread`] in the making.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Gauge {
    count: u64,
    sum: u64,
    min: u64,
    max: u64,
}

impl Gauge {
    pub(super) fn add(&mut self, value: u64) {
        self.min = if self.count == 0 { value } else { self.min.min(value) };
        self.max = self.max.max(value);
        self.sum = self.sum.saturating_add(value);
        self.count += 1;
    }

    pub(super) fn spread(&self) -> Option<Spread> {
        let Gauge { count, sum, min, max } = *self;
        (count > 0).then(|| Spread { min, mean: share(sum, count), max })
    }
}

/// A part of a whole; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "a mean is for people to read")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

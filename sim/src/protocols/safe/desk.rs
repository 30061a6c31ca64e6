//! What the head keeps beside what every node of the ring does: who is in the ring, which commands have to wait, and
//! the answers until it is their turn.

use std::collections::{BTreeMap, VecDeque};

use ringscope_traces::Rank;

use super::message::{Found, Refusal, SafeMessage, Ticket, Verdict};
use crate::protocol::{Command, Fault, Outbox, StorageId};

/// The head's books.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Desk {
    command: Rank,
    /// The greatest key, which is the id of the permanent node.
    keyspace: i64,
    /// The ranks that can join: from 1 to below this one.
    newcomers_below: u32,
    /// The nodes between head and permanent node as they will be when all that was accepted is done.
    members: BTreeMap<StorageId, Rank>,
    /// Those whose REMOVE was accepted and is not answered, by its number.
    leaving: BTreeMap<Ticket, Rank>,
    /// Commands that were received and not accepted, in their order.
    held: VecDeque<(Command, Ticket)>,
    /// The command whose answer is the next to be handed over.
    turn: Ticket,
    /// Answers that have come before their turn.
    early: BTreeMap<Ticket, SafeMessage>,
}

/// What becomes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepted {
    /// It goes into the ring.
    Goes(Command, Ticket),
    /// It is answered at once.
    Answered(Command, Ticket, Refusal),
}

impl Desk {
    pub(super) fn new(command: Rank, keyspace: i64) -> Desk {
        Desk {
            command,
            keyspace,
            newcomers_below: command.0.saturating_sub(1),
            members: BTreeMap::new(),
            leaving: BTreeMap::new(),
            held: VecDeque::new(),
            turn: Ticket::FIRST,
            early: BTreeMap::new(),
        }
    }

    /// The rank that issues the commands.
    pub(super) fn command(&self) -> Rank {
        self.command
    }

    /// A command has come.
    pub(super) fn queue(&mut self, command: Command, ticket: Ticket) {
        self.held.push_back((command, ticket));
    }

    /// The next command, unless it has to wait.
    pub(super) fn next(&mut self) -> Option<Accepted> {
        let (command, ticket) = *self.held.front()?;
        if self.has_to_wait(command) {
            return None;
        }
        self.held.pop_front();
        Some(match self.refusal(command) {
            Some(refusal) => Accepted::Answered(command, ticket, refusal),
            None => {
                self.enter(command, ticket);
                Accepted::Goes(command, ticket)
            }
        })
    }

    /// Whether a command is the ADD of a rank that is still leaving: a message of the join could come to it before
    /// those of the leave.
    fn has_to_wait(&self, command: Command) -> bool {
        match command {
            Command::Add { rank, .. } => {
                let rank = Command::rank(rank);
                self.leaving.values().any(|leaving| Some(*leaving) == rank)
            }
            Command::Put { .. } | Command::Get { .. } | Command::Remove { .. } => false,
        }
    }

    fn refusal(&self, command: Command) -> Option<Refusal> {
        let between = |id: StorageId| 1 <= id.0 && id.0 < self.keyspace;
        match command {
            Command::Put { key, .. } | Command::Get { key } => {
                (key.0 < 1 || key.0 > self.keyspace).then_some(Refusal::Key)
            }
            Command::Add { rank, id } => match Command::rank(rank) {
                None => Some(Refusal::Rank),
                Some(rank) if rank.0 < 1 || rank.0 >= self.newcomers_below => Some(Refusal::Rank),
                Some(rank) if self.members.values().any(|member| *member == rank) => {
                    Some(Refusal::InRing)
                }
                Some(_) if !between(id) => Some(Refusal::Id),
                Some(_) => self.members.contains_key(&id).then_some(Refusal::Taken),
            },
            Command::Remove { id } if !between(id) => Some(Refusal::Id),
            Command::Remove { id } => (!self.members.contains_key(&id)).then_some(Refusal::Nobody),
        }
    }

    fn enter(&mut self, command: Command, ticket: Ticket) {
        match command {
            Command::Put { .. } | Command::Get { .. } => {}
            Command::Add { rank, id } => {
                if let Some(rank) = Command::rank(rank) {
                    self.members.insert(id, rank);
                }
            }
            Command::Remove { id } => {
                if let Some(rank) = self.members.remove(&id) {
                    self.leaving.insert(ticket, rank);
                }
            }
        }
    }

    /// An answer has come: it is handed over to the command node, with those that have waited for it, or waits for its turn.
    pub(super) fn answer(
        &mut self,
        ticket: Ticket,
        answer: SafeMessage,
        out: &mut impl Outbox<SafeMessage>,
    ) -> Result<(), Fault> {
        self.leaving.remove(&ticket);
        if ticket < self.turn || self.early.insert(ticket, answer).is_some() {
            let missing = "the number of a command that is not answered yet";
            return Err(Fault::BadReply { message: "answer", missing });
        }
        while let Some(answer) = self.early.remove(&self.turn) {
            out.send(self.command, answer);
            self.turn = self.turn.next();
        }
        Ok(())
    }

    /// Takes it that whoever is leaving has left.
    #[cfg(test)]
    pub(super) fn forget_leaving(&mut self) {
        self.leaving.clear();
    }

    /// A rank has joined before the run began.
    pub(super) fn settle(&mut self, rank: Rank, id: StorageId) {
        self.members.insert(id, rank);
    }
}

/// The answer to a command that is refused.
pub(super) fn refused(command: Command, ticket: Ticket, why: Refusal) -> SafeMessage {
    match command {
        Command::Get { .. } => SafeMessage::Value(Found::OutOfRange, ticket),
        Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => {
            SafeMessage::Done(Verdict::Refused(why), ticket)
        }
    }
}

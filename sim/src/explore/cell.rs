//! What a rank is and has, apart from all others: its node, what it takes next, and what has been sent to it.

use std::hash::{Hash, Hasher as _};
use std::sync::Arc;

use hashbrown::HashTable;
use ringscope_traces::Rank;
use twox_hash::XxHash3_64;

use super::scripts::Past;
use crate::protocol::{Command, Effects, Fault, Meaning, Message as _, Node, Wait};

/// The local state of a rank.
///
/// The messages to it are a list a sender, because MPI promises order between two ranks and no further (MPI 4.1,
/// section 3.5).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Cell<N: Node> {
    pub node: N,
    pub wait: Wait,
    /// On what it has crashed.
    pub fault: Option<Fault>,
    /// The send in which it is blocked.
    pub blocked: Option<BlockedIn<N::Message>>,
    /// How many commands it has sent, where it is the command node.
    pub commands: u32,
    /// Its script, where that is not settled beforehand.
    pub open: Option<Box<Open<N::Message>>>,
    /// What has been sent to it and it has not received, by sender, each in the order of sending.
    inbox: Vec<(Rank, Vec<N::Message>)>,
}

/// The script of a command node that is not settled beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Open<M> {
    pub past: Past,
    /// What is being chosen now; nothing else happens meanwhile.
    pub choosing: Option<Choosing<M>>,
}

/// Commands that are being chosen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Choosing<M> {
    /// The reply after which there is room for them; none at the start.
    pub reply: Option<(Rank, M)>,
    /// Those that are chosen.
    pub chosen: Vec<Command>,
    /// How many more there is room for.
    pub room: u32,
}

/// A send that returns when its message is received.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct BlockedIn<M> {
    pub to: Rank,
    /// What the rank sends after that.
    pub rest: Vec<(Rank, M)>,
    /// What it takes after that.
    pub then: Wait,
}

/// A message that a rank can receive next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Receivable {
    pub source: Rank,
    /// Its place among those of its sender.
    place: usize,
    /// Whether its sender has sent nothing after it: a blocked send is always the last one.
    pub is_last: bool,
}

impl<N: Node> Cell<N> {
    /// A rank to which nothing has been sent yet.
    pub(super) fn new(node: N) -> Cell<N> {
        let (wait, inbox) = (Wait::Any, Vec::new());
        Cell { node, wait, fault: None, blocked: None, commands: 0, open: None, inbox }
    }

    /// The commands that are being chosen here.
    pub(super) fn choosing(&self) -> Option<&Choosing<N::Message>> {
        self.open.as_ref()?.choosing.as_ref()
    }

    /// How many commands were sent or chosen so far.
    pub(super) fn all_commands(&self) -> u32 {
        let chosen = self.choosing().map_or(0, |choosing| choosing.chosen.len());
        self.commands + u32::try_from(chosen).expect("a window is counted in 32 bits")
    }

    /// Whether it has stopped, and not crashed.
    pub(super) fn is_finished(&self) -> bool {
        self.wait == Wait::Stopped && self.blocked.is_none() && self.fault.is_none()
    }

    /// Whether it is in the middle of a join or a leave, or a message of one has been sent to it.
    pub(super) fn is_changing(&self) -> bool {
        let mut messages = self.inbox.iter().flat_map(|(_, messages)| messages);
        self.node.view().activity.is_membership_change()
            || messages.any(|message| message.meaning() == Meaning::Membership)
    }

    /// The messages that it can receive next: one a sender at most.
    pub(super) fn receivable(&self) -> Vec<Receivable> {
        if self.blocked.is_some() || self.choosing().is_some() {
            return Vec::new();
        }
        let of_sender = |(source, messages): &(Rank, Vec<N::Message>)| {
            let place = messages.iter().position(|one| self.wait.takes(*source, one.tag()))?;
            Some(Receivable { source: *source, place, is_last: place + 1 == messages.len() })
        };
        self.inbox.iter().filter_map(of_sender).collect()
    }

    /// Takes a message out of those that were sent to it.
    pub(super) fn take(&mut self, receivable: Receivable) -> Option<N::Message> {
        let of_sender = self.inbox.iter().position(|(from, _)| *from == receivable.source)?;
        let (_, messages) = self.inbox.get_mut(of_sender)?;
        let message = messages.remove(receivable.place);
        if messages.is_empty() {
            self.inbox.remove(of_sender);
        }
        Some(message)
    }

    /// Takes away all that was sent to it.
    pub(super) fn empty(&mut self) -> Vec<(Rank, N::Message)> {
        let of_sender = |(from, messages): (Rank, Vec<N::Message>)| {
            messages.into_iter().map(move |message| (from, message))
        };
        std::mem::take(&mut self.inbox).into_iter().flat_map(of_sender).collect()
    }

    /// A message has been sent to it.
    pub(super) fn push(&mut self, from: Rank, message: N::Message) {
        match self.inbox.binary_search_by_key(&from, |(sender, _)| *sender) {
            Ok(place) => self.inbox[place].1.push(message),
            Err(place) => self.inbox.insert(place, (from, vec![message])),
        }
    }

    /// Sends what its handler has asked for, as far as it goes; `eager` and `ranks` are those of the run.
    pub(super) fn send(
        &mut self,
        effects: &mut Effects<N::Message>,
        wait: Wait,
        Host { ranks, eager }: Host,
    ) -> Vec<(Rank, N::Message)> {
        let mut sent = Vec::new();
        let mut asked = effects.sends();
        self.wait = wait;
        while let Some((to, message)) = asked.next() {
            if to.0 >= ranks {
                self.wait = Wait::Stopped;
                self.fault.get_or_insert(Fault::NoSuchRank { rank: i64::from(to.0) });
                break;
            }
            let blocks = eager.is_some_and(|eager| message.bytes() > eager);
            sent.push((to, message));
            if blocks {
                let rest = asked.collect();
                self.blocked = Some(BlockedIn { to, rest, then: wait });
                self.wait = Wait::Stopped;
                break;
            }
        }
        sent
    }
}

/// What the run settles for all ranks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Host {
    pub ranks: u32,
    pub eager: Option<u64>,
}

/// Values that are met again and again, by number, each with a fingerprint.
#[derive(Debug)]
pub(super) struct Interned<T> {
    /// What sets fingerprints here apart from those elsewhere.
    salt: u64,
    table: HashTable<u32>,
    values: Vec<Arc<T>>,
    prints: Vec<u64>,
}

/// A value that has a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered {
    pub number: u32,
    /// A hash of what it is, whatever its number.
    pub print: u64,
}

impl<T: Eq + Hash> Interned<T> {
    /// No values yet.
    pub(super) fn new(salt: u64) -> Interned<T> {
        Interned { salt, table: HashTable::new(), values: Vec::new(), prints: Vec::new() }
    }

    /// The number of a value.
    pub(super) fn number(&mut self, value: T) -> Numbered {
        let mut hasher = XxHash3_64::with_seed(self.salt);
        value.hash(&mut hasher);
        let print = hasher.finish();
        let Interned { table, values, prints, .. } = self;
        let is_same = |number: &u32| *values[*number as usize] == value;
        if let Some(number) = table.find(print, is_same) {
            return Numbered { number: *number, print };
        }
        let number = u32::try_from(values.len()).expect("fewer than 4 billion fit in memory");
        values.push(Arc::new(value));
        prints.push(print);
        table.insert_unique(print, number, |number| prints[*number as usize]);
        Numbered { number, print }
    }

    /// The value of a number.
    pub(super) fn get(&self, number: u32) -> &Arc<T> {
        &self.values[number as usize]
    }

    /// The fingerprint of a number's value.
    pub(super) fn print(&self, number: u32) -> u64 {
        self.prints[number as usize]
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}

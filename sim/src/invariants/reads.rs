//! Whether a GET sees the last PUT, in the order in which the command node sent them.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::protocol::{Command, Key, StorageId, Value};

/// What the command node has sent, as far as answers are to be judged by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reads {
    last_put: FxHashMap<Key, Value>,
    unanswered: VecDeque<Read>,
}

/// A GET and the value of the last PUT of its key before it, if there was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    pub key: Key,
    pub expected: Option<Value>,
}

impl Reads {
    /// The command node sends a command; no node stores a key above the last id of the ring, or below 1.
    pub(super) fn sent(&mut self, command: Command, last_id: StorageId) {
        match command {
            Command::Put { key, value } => {
                if 1 <= key.0 && key.0 <= last_id.0 {
                    self.last_put.insert(key, value);
                }
            }
            Command::Get { key } => {
                // As it is sent, and not as it is answered: a PUT that is sent later may not be seen by this GET.
                let expected = self.last_put.get(&key).copied();
                self.unanswered.push_back(Read { key, expected });
            }
            Command::Add { .. } | Command::Remove { .. } => {}
        }
    }

    /// The command node takes an answer, which is that of its oldest GET: MPI distinguishes them by
    /// nothing but their order.
    pub(super) fn answered(&mut self) -> Option<Read> {
        self.unanswered.pop_front()
    }
}

impl Read {
    /// What is wrong with an answer: a value, or that there is none.
    pub(super) fn wrong(&self, answer: Option<Value>) -> Option<String> {
        let key = self.key;
        match (self.expected, answer) {
            (expected, answer) if expected == answer => None,
            (Some(expected), Some(value)) => Some(format!(
                "get {key} was answered with {value}, but the last put before it was {expected}"
            )),
            (Some(expected), None) => {
                Some(format!("get {key} found no value, but the last put before it was {expected}"))
            }
            (None, Some(value)) => {
                Some(format!("get {key} was answered with {value}, but no PUT had stored {key}"))
            }
            (None, None) => None,
        }
    }
}

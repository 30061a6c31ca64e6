//! What is to be answered: the value of each key, and the ids in the ring.

use std::collections::BTreeMap;
use std::ops::Bound;

use rustc_hash::FxHashMap;

use super::finding::OneOf;
use super::register::{LogicalTime, Register, Span, Write};
use crate::protocol::{Command, Key, StorageId, Value};

/// A map of keys to values and a set of ids, as far as they can be known.
///
/// What a program answers is all that is looked at, so this is no ring of nodes: the owner of a key is
/// the smallest id that is not below it.
#[derive(Debug)]
pub(super) struct Model {
    /// Keys that were put; `None` is the value of before.
    values: FxHashMap<Key, Register<Option<Value>>>,
    /// Ids that are in the ring or may be.
    ids: BTreeMap<StorageId, Register<bool>>,
}

impl Model {
    /// Nothing is put, and the permanent node is the ring.
    pub(super) fn new(permanent: StorageId) -> Model {
        let ids = BTreeMap::from([(permanent, Register::new(true))]);
        Model { values: FxHashMap::default(), ids }
    }

    /// A command is sent; nobody reads any more from before the horizon.
    pub(super) fn send(&mut self, command: Command, sent: LogicalTime, horizon: LogicalTime) {
        match command {
            Command::Put { key, value } => {
                let register = self.values.entry(key).or_insert_with(|| Register::new(None));
                register.forget(horizon);
                register.send(Some(value), sent);
            }
            Command::Get { .. } => {}
            Command::Add { id, .. } => self.move_in_or_out(id, true, (sent, horizon)),
            Command::Remove { id } => self.move_in_or_out(id, false, (sent, horizon)),
        }
    }

    fn move_in_or_out(
        &mut self,
        id: StorageId,
        is_in: bool,
        (sent, horizon): (LogicalTime, LogicalTime),
    ) {
        self.ids.retain(|_, register| {
            register.forget(horizon);
            !register.is_only(false)
        });
        self.ids.entry(id).or_insert_with(|| Register::new(false)).send(is_in, sent);
    }

    /// The command that was sent then is done.
    pub(super) fn done(&mut self, command: Command, sent: LogicalTime, at: LogicalTime) {
        match command {
            Command::Put { key, .. } => {
                if let Some(register) = self.values.get_mut(&key) {
                    register.done(sent, at);
                }
            }
            Command::Get { .. } => {}
            Command::Add { id, .. } | Command::Remove { id } => {
                if let Some(register) = self.ids.get_mut(&id) {
                    register.done(sent, at);
                }
            }
        }
    }

    /// Whether a GET in that span may find that value; `None`: that the key was never put.
    pub(super) fn may_find(&self, key: Key, value: Option<Value>, span: Span) -> bool {
        match self.values.get(&key) {
            Some(register) => register.may_be(value, span),
            None => value.is_none(),
        }
    }

    /// Whether a GET in that span may find anything.
    pub(super) fn may_be_put(&self, key: Key, span: Span) -> bool {
        let register = self.values.get(&key);
        register.is_some_and(|register| register.seen(span).any(|write| write.value.is_some()))
    }

    /// Whether a key may have that owner at some time in that span.
    pub(super) fn may_own(&self, id: StorageId, key: Key, span: Span) -> bool {
        let register = self.ids.get(&id).filter(|_| id.0 >= key.0);
        let before = (Bound::Included(StorageId(key.0)), Bound::Excluded(id));
        register.is_some_and(|register| register.may_be(true, span))
            && self.ids.range(before).all(|(_, register)| register.may_be(false, span))
    }

    /// What a GET in that span may find, the value of the last PUT first.
    pub(super) fn values(&self, key: Key, span: Span) -> OneOf<Option<Value>> {
        let register = self.values.get(&key);
        register.into_iter().flat_map(|register| register.seen(span)).map(with_event).collect()
    }

    /// The ids that may own a key in that span, the smallest one first.
    pub(super) fn owners(&self, key: Key, span: Span) -> OneOf<StorageId> {
        let mut is_taken = false;
        let at_hand = self.ids.range(StorageId(key.0)..).take_while(|(_, register)| {
            let was_taken = is_taken;
            is_taken |= !register.may_be(false, span);
            !was_taken
        });
        let member = |(id, register): (&StorageId, &Register<bool>)| {
            let write = register.seen(span).find(|write| write.value)?;
            Some((*id, write.sent.index()))
        };
        at_hand.filter_map(member).collect()
    }
}

fn with_event<T: Copy>(write: &Write<T>) -> (T, Option<usize>) {
    (write.value, write.sent.index())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADD: Command = Command::Add { rank: 3, id: StorageId(500) };
    const REMOVE: Command = Command::Remove { id: StorageId(500) };

    fn at(index: usize) -> LogicalTime {
        LogicalTime::of_event(index)
    }

    fn owners(model: &Model, key: i64, since: usize) -> String {
        let span = Span { since: at(since), until: at(since + 1) };
        let owners = model.owners(Key(key), span);
        for id in [1, 500, 501, 1000] {
            let is_named = owners.first.iter().any(|(owner, _)| *owner == StorageId(id));
            assert_eq!(model.may_own(StorageId(id), Key(key), span), is_named, "{id}");
        }
        owners.first.iter().map(|(id, _)| format!("{id} ")).collect()
    }

    #[test]
    fn the_owner_is_the_smallest_id_that_is_not_below_the_key() {
        let mut model = Model::new(StorageId(1000));
        assert_eq!(owners(&model, 1, 0), "1000 ");
        model.send(ADD, at(0), LogicalTime::START);
        model.done(ADD, at(0), at(1));
        assert_eq!([1, 500, 501].map(|key| owners(&model, key, 2)), ["500 ", "500 ", "1000 "]);
        assert_eq!(owners(&model, 1001, 2), "");
    }

    #[test]
    fn while_a_node_joins_or_leaves_the_owner_may_be_the_one_or_the_other() {
        let mut model = Model::new(StorageId(1000));
        model.send(ADD, at(0), LogicalTime::START);
        assert_eq!(owners(&model, 400, 1), "500 1000 ");
        model.done(ADD, at(0), at(2));
        model.send(REMOVE, at(3), LogicalTime::START);
        assert_eq!(owners(&model, 400, 4), "500 1000 ");
        model.done(REMOVE, at(3), at(5));
        assert_eq!(owners(&model, 400, 6), "1000 ");
    }

    #[test]
    fn a_node_that_has_left_is_forgotten() {
        let mut model = Model::new(StorageId(1000));
        for (index, command) in [(0, ADD), (2, REMOVE)] {
            model.send(command, at(index), at(index));
            model.done(command, at(index), at(index + 1));
        }
        model.send(Command::Add { rank: 1, id: StorageId(7) }, at(4), at(4));
        assert!(!model.ids.contains_key(&StorageId(500)));
    }
}

//! Whose answer is whose, when several GETs wait.

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use super::acks::Asked;
use super::model::Model;
use super::register::{LogicalTime, Span};
use crate::protocol::{Command, Key, StorageId, Value};

/// The GETs since none waited last, and the answers that came.
///
/// An answer does not say whose it is. As long as there is a way to give each answer to a GET that it is
/// right for, all are right: so an answer that fits no waiting GET may take the place of another one,
/// which moves on (Berge's augmenting paths, the shortest one first).
#[derive(Debug, Default)]
pub(super) struct Gets {
    gets: Vec<Get>,
    /// Those without an answer, in the order in which they were sent.
    waiting: Vec<usize>,
    answers: Vec<Answer>,
    /// Wrong answers of which it is not known whose they are: never more than GETs wait.
    wrong: VecDeque<WrongAnswer>,
}

/// A GET that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Get {
    pub key: Key,
    pub sent: LogicalTime,
    answered: Answered,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answered {
    Not,
    By(usize),
    /// By one that says that there is no value.
    Absent,
    /// By one that is wrong or cannot be read, which no other GET gets.
    Wrongly,
}

#[derive(Debug, Clone, Copy)]
struct Answer {
    found: (Value, StorageId),
    at: LogicalTime,
    get: Option<usize>,
}

/// An answer that is right for no GET that waits; what it says, if it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WrongAnswer {
    pub found: Option<(Value, StorageId)>,
    pub at: LogicalTime,
}

/// How many GETs that have their answer may exchange it for another one, and how many wrong answers
/// wait to be given to somebody: the last ones.
const LIMIT_EXCHANGED: usize = 256;

impl Get {
    /// The command.
    pub(super) fn asked(&self) -> Asked {
        Asked { command: Command::Get { key: self.key }, sent: self.sent }
    }

    /// From when it was sent until then.
    pub(super) fn span(&self, until: LogicalTime) -> Span {
        Span { since: self.sent, until }
    }
}

impl Gets {
    /// A GET is sent.
    pub(super) fn send(&mut self, key: Key, sent: LogicalTime) {
        if self.waiting.is_empty() {
            self.gets.clear();
            self.answers.clear();
        }
        self.waiting.push(self.gets.len());
        self.gets.push(Get { key, sent, answered: Answered::Not });
    }

    /// Those that have no answer, in the order in which they were sent.
    pub(super) fn waiting(&self) -> impl ExactSizeIterator<Item = &Get> {
        self.waiting.iter().map(|index| &self.gets[*index])
    }

    /// Since when there are GETs that still matter, if there are any.
    pub(super) fn since(&self) -> Option<LogicalTime> {
        let oldest = *self.waiting.first()?;
        Some(self.gets[oldest.min(self.first_exchanged())].sent)
    }

    /// Whether an answer is right for a GET that waits, or would be if others exchanged theirs.
    pub(super) fn receive(
        &mut self,
        found: (Value, StorageId),
        at: LogicalTime,
        model: &Model,
    ) -> bool {
        let newcomer = self.answers.len();
        self.answers.push(Answer { found, at, get: None });
        let mut wants: BTreeMap<usize, usize> = BTreeMap::new();
        let mut next = VecDeque::from([newcomer]);
        while let Some(answer) = next.pop_front() {
            for get in self.candidates() {
                if wants.contains_key(&get) || !self.fits(answer, get, model) {
                    continue;
                }
                wants.insert(get, answer);
                match self.gets[get].answered {
                    Answered::Not => {
                        self.exchange(get, &wants);
                        return true;
                    }
                    Answered::By(holder) => next.push_back(holder),
                    Answered::Absent | Answered::Wrongly => {}
                }
            }
        }
        self.answers.pop();
        false
    }

    /// An answer comes that says that there is no value: the oldest GET that waits and may find none has it.
    pub(super) fn receive_absence(&mut self, at: LogicalTime, model: &Model) -> bool {
        let may_find_none =
            |get: &usize| model.may_find(self.gets[*get].key, None, self.gets[*get].span(at));
        let Some(place) = self.waiting.iter().position(may_find_none) else { return false };
        let get = self.waiting.remove(place);
        self.gets[get].answered = Answered::Absent;
        true
    }

    /// A wrong answer comes, or one that cannot be read; false when no GET waits for it.
    ///
    /// Whose it is shows when no more GETs wait than such answers have come, or at the end: until then
    /// the right ones have the choice.
    pub(super) fn receive_wrong(&mut self, wrong: WrongAnswer) -> bool {
        let is_awaited = self.unclaimed() > 0;
        if is_awaited {
            self.wrong.push_back(wrong);
        }
        is_awaited
    }

    /// How many GETs wait for an answer, not counting those that a wrong one was meant for.
    pub(super) fn unclaimed(&self) -> usize {
        self.waiting.len() - self.wrong.len()
    }

    /// The wrong answers of which it is known whose they are, each with its GET; without one when right
    /// answers have come for all that waited.
    pub(super) fn settle(&mut self, model: &Model) -> Vec<(Option<Get>, WrongAnswer)> {
        let Some(last) = self.wrong.back() else { return Vec::new() };
        let sent_before = self.waiting().take_while(|get| get.sent < last.at).count();
        let is_known = sent_before <= self.wrong.len();
        self.give_wrong(if is_known { 0 } else { LIMIT_EXCHANGED }, model)
    }

    /// At the end: whose the wrong answers are that are left. GETs that should have an answer get one
    /// before those that may well have none.
    pub(super) fn close(
        &mut self,
        may_have_none: impl Fn(&Get) -> bool,
        model: &Model,
    ) -> Vec<(Option<Get>, WrongAnswer)> {
        for get in self.waiting.clone() {
            if !may_have_none(&self.gets[get]) {
                self.take_from_one_that(&may_have_none, get, model);
            }
        }
        self.give_wrong(0, model)
    }

    /// Gives wrong answers to GETs that wait, until so many are left.
    fn give_wrong(&mut self, kept: usize, model: &Model) -> Vec<(Option<Get>, WrongAnswer)> {
        let mut given = Vec::new();
        while self.wrong.len() > kept {
            let Some(wrong) = self.wrong.pop_front() else { break };
            let get = self.most_likely(&wrong, model);
            if let Some(get) = get {
                self.gets[get].answered = Answered::Wrongly;
                self.waiting.retain(|waits| *waits != get);
            }
            given.push((get.map(|get| self.gets[get]), wrong));
        }
        given
    }

    /// The GET that a wrong answer is meant for: one that should have an answer, and of these one for
    /// which it is right by half, or else the first.
    fn most_likely(&self, wrong: &WrongAnswer, model: &Model) -> Option<usize> {
        let rank = |get: &usize| {
            let Get { key, .. } = self.gets[*get];
            let span = self.gets[*get].span(wrong.at);
            let has_value =
                wrong.found.is_some_and(|(value, _)| model.may_find(key, Some(value), span));
            let has_owner = wrong.found.is_some_and(|(_, owner)| model.may_own(owner, key, span));
            let is_put = model.may_be_put(key, span);
            let must_find = !model.may_find(key, None, span);
            (must_find, has_value, is_put && has_owner, is_put)
        };
        let sent_before = self.waiting.iter().filter(|get| self.gets[**get].sent < wrong.at);
        // Among equals the last one that is looked at counts.
        sent_before.rev().copied().max_by_key(rank)
    }

    /// A GET that waits gets an answer from one that may be without, others between them moving on.
    fn take_from_one_that(
        &mut self,
        may_have_none: &impl Fn(&Get) -> bool,
        waits: usize,
        model: &Model,
    ) {
        // For each GET the one that its answer is for.
        let mut takers: BTreeMap<usize, usize> = BTreeMap::new();
        let mut next = VecDeque::from([waits]);
        while let Some(taker) = next.pop_front() {
            for giver in self.candidates() {
                let Answered::By(answer) = self.gets[giver].answered else { continue };
                if takers.contains_key(&giver) || !self.fits(answer, taker, model) {
                    continue;
                }
                takers.insert(giver, taker);
                if may_have_none(&self.gets[giver]) {
                    return self.hand_over(giver, waits, &takers);
                }
                next.push_back(giver);
            }
        }
    }

    /// Each GET gives its answer to its taker, the last of which waits.
    fn hand_over(&mut self, giver: usize, waits: usize, takers: &BTreeMap<usize, usize>) {
        let (mut from, mut given) = (giver, self.gets[giver].answered);
        self.gets[giver].answered = Answered::Not;
        while from != waits {
            from = takers[&from];
            given = mem::replace(&mut self.gets[from].answered, given);
            if let Answered::By(answer) = self.gets[from].answered {
                self.answers[answer].get = Some(from);
            }
        }
        self.waiting.retain(|get| *get != waits);
        self.waiting.push(giver);
        self.waiting.sort_unstable();
    }

    /// The GETs that an answer may be given to: first the last one sent, since most programs wait for an
    /// answer before they send the next.
    fn candidates(&self) -> impl Iterator<Item = usize> + use<> {
        let first = self.first_exchanged();
        let before = self.waiting.iter().copied().take_while(|get| *get < first);
        let before: Vec<usize> = before.collect();
        (first..self.gets.len()).rev().chain(before.into_iter().rev())
    }

    fn first_exchanged(&self) -> usize {
        self.gets.len().saturating_sub(LIMIT_EXCHANGED)
    }

    fn fits(&self, answer: usize, get: usize, model: &Model) -> bool {
        let (Answer { found: (value, owner), at, .. }, get) =
            (self.answers[answer], self.gets[get]);
        get.sent < at
            && get.answered != Answered::Wrongly
            && model.may_find(get.key, Some(value), get.span(at))
            && model.may_own(owner, get.key, get.span(at))
    }

    /// Each answer moves to the GET that it wants, the last of which waits.
    fn exchange(&mut self, waits: usize, wants: &BTreeMap<usize, usize>) {
        self.waiting.retain(|get| *get != waits);
        let mut free = Some(waits);
        while let Some(get) = free {
            let answer = wants[&get];
            self.gets[get].answered = Answered::By(answer);
            free = self.answers[answer].get.replace(get);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: StorageId = StorageId(1000);

    fn at(index: usize) -> LogicalTime {
        LogicalTime::of_event(index)
    }

    /// A model in which each of these pairs has been put, one after the other.
    fn model(pairs: &[(i64, i64)]) -> Model {
        let mut model = Model::new(OWNER);
        for (i, &(key, value)) in pairs.iter().enumerate() {
            let put = Command::Put { key: Key(key), value: Value(value) };
            model.send(put, at(2 * i), LogicalTime::START);
            model.done(put, at(2 * i), at(2 * i + 1));
        }
        model
    }

    fn keys(gets: &Gets) -> Vec<i64> {
        gets.waiting().map(|get| get.key.0).collect()
    }

    #[test]
    fn answers_may_come_in_another_order() {
        let model = model(&[(1, 10), (2, 20)]);
        let mut gets = Gets::default();
        gets.send(Key(1), at(4));
        gets.send(Key(2), at(5));
        assert!(gets.receive((Value(20), OWNER), at(6), &model));
        assert_eq!(keys(&gets), [1]);
        assert!(!gets.receive((Value(20), OWNER), at(7), &model));
        assert!(gets.receive((Value(10), OWNER), at(8), &model));
    }

    #[test]
    fn an_answer_moves_on_where_another_one_has_only_its_place() {
        let mut model = model(&[(1, 10), (2, 20)]);
        let mut gets = Gets::default();
        gets.send(Key(1), at(4));
        gets.send(Key(2), at(5));
        // In flight with both GETs, so that key 2 may have the value of key 1.
        model.send(Command::Put { key: Key(2), value: Value(10) }, at(6), at(4));
        assert!(gets.receive((Value(10), OWNER), at(7), &model));
        assert_eq!(keys(&gets), [1], "it was given to the last GET");
        assert!(gets.receive((Value(20), OWNER), at(8), &model));
        assert_eq!(keys(&gets), [0; 0]);
    }

    fn wrong(value: i64, owner: i64, index: usize) -> WrongAnswer {
        WrongAnswer { found: Some((Value(value), StorageId(owner))), at: at(index) }
    }

    #[test]
    fn a_wrong_answer_is_that_of_the_get_for_which_it_is_right_by_half() {
        let model = model(&[(1, 10), (2, 20)]);
        let mut gets = Gets::default();
        for (index, key) in [3, 1, 2].into_iter().enumerate() {
            gets.send(Key(key), at(4 + index));
        }
        let unread = WrongAnswer { found: None, at: at(9) };
        for one in [wrong(20, 7, 7), wrong(99, 1000, 8), unread] {
            assert_eq!(gets.settle(&model), []);
            assert!(gets.receive_wrong(one));
        }
        let given = gets.settle(&model);
        let keys: Vec<_> = given.iter().map(|(get, _)| get.map(|get| get.key.0)).collect();
        assert_eq!(keys, [Some(2), Some(1), Some(3)]);
        assert!(!gets.receive_wrong(unread), "nobody waits");
    }

    #[test]
    fn a_wrong_answer_takes_no_place_from_a_right_one() {
        let model = model(&[(1, 10), (2, 20)]);
        let mut gets = Gets::default();
        gets.send(Key(1), at(4));
        gets.send(Key(2), at(5));
        assert!(gets.receive_wrong(wrong(99, 1000, 6)));
        assert!(gets.receive((Value(10), OWNER), at(7), &model));
        let given = gets.settle(&model);
        assert!(given.iter().all(|(get, _)| get.is_some_and(|get| get.key == Key(2))));
        assert_eq!(given.len(), 1);
    }

    #[test]
    fn a_wrong_answer_is_nobodys_when_right_ones_come_for_all() {
        let model = model(&[(1, 10), (2, 20)]);
        let mut gets = Gets::default();
        gets.send(Key(1), at(4));
        gets.send(Key(2), at(5));
        assert!(gets.receive_wrong(wrong(99, 1000, 6)));
        for index in 7..10 {
            gets.send(Key(3), at(index));
        }
        assert!(gets.receive_wrong(wrong(98, 1000, 10)));
        for value in [10, 20] {
            assert_eq!(gets.settle(&model), []);
            assert!(gets.receive((Value(value), OWNER), at(11), &model));
        }
        assert_eq!(gets.settle(&model), []);
        let given = gets.close(|_| true, &model);
        let sent: Vec<_> = given.iter().map(|(get, _)| get.map(|get| get.sent)).collect();
        assert_eq!(sent, [None, Some(at(7))]);
    }

    #[test]
    fn an_answer_is_that_of_the_get_that_should_have_one() {
        let mut model = model(&[]);
        let mut gets = Gets::default();
        // The second GET is in flight with the PUT, and may have no answer; the first one may not.
        let put = Command::Put { key: Key(1), value: Value(10) };
        gets.send(Key(1), at(0));
        model.send(put, at(1), at(0));
        gets.send(Key(1), at(2));
        assert!(gets.receive((Value(10), OWNER), at(3), &model));
        assert!(gets.waiting().map(|get| get.sent).eq([at(0)]));
        let first_must = |get: &Get| get.sent != at(0);
        assert_eq!(gets.close(first_must, &model), []);
        assert!(gets.waiting().map(|get| get.sent).eq([at(2)]));
    }
}

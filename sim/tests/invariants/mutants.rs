//! Nodes with one thing wrong, and an order that is none: each caught by its own invariant.

use std::sync::Arc;

use super::{ClassicNode, Message, UNIFORM, expect, ran, script, setting};
use ringscope_sim::invariants::{Invariant, InvariantChecker, Tally};
use ringscope_sim::protocol::{
    Effects, Fault, Key, Node, NodeView, Outbox, Storage, Value, Viewed, Wait,
};
use ringscope_sim::world::{Observed, Observer};
use ringscope_traces::{Op, Rank};

/// A node of the classic protocol with one thing wrong.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Mutant {
    node: ClassicNode,
    wrong: Mutation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Mutation {
    /// Of the pairs that it is handed, it overlooks the first.
    DropsAPair,
    /// It acknowledges a PUT and does not store it.
    DropsAPut,
    /// It says that it has a new successor, and keeps the old one.
    KeepsItsSuccessor,
    /// It answers a GET with a value that is one too small.
    MisreadsItsStorage,
}

impl Mutant {
    fn without_first_pair(storage: &mut Option<Arc<Storage>>) {
        if let Some(pairs) = storage {
            Arc::make_mut(pairs).pop_first();
        }
    }
}

impl Node for Mutant {
    type Message = Message;

    fn start(&mut self, out: &mut impl Outbox<Message>) -> Wait {
        self.node.start(out)
    }

    fn receive(
        &mut self,
        from: Rank,
        message: Message,
        out: &mut impl Outbox<Message>,
    ) -> Result<Wait, Fault> {
        match (self.wrong, message) {
            (Mutation::DropsAPair, Message::RedistributeAdd(mut record)) => {
                Mutant::without_first_pair(&mut Arc::make_mut(&mut record).storage);
                let fewer = Message::RedistributeAdd(record);
                self.node.receive(from, fewer, out)
            }
            (Mutation::DropsAPair, Message::RedistributeRemove(mut record)) => {
                Mutant::without_first_pair(&mut Arc::make_mut(&mut record).storage);
                let fewer = Message::RedistributeRemove(record);
                self.node.receive(from, fewer, out)
            }
            (Mutation::DropsAPut, Message::Put { key, value })
                if self.node.view().id.is_some_and(|id| key.0 <= id.0) =>
            {
                let successor = self.node.view().successor().expect("a node with a successor");
                out.send(successor.rank, Message::Ack(Some((key, value))));
                Ok(Wait::Any)
            }
            (Mutation::KeepsItsSuccessor, Message::UpdateParentPointers(_)) => {
                out.send(from, Message::Complete(None));
                Ok(Wait::Any)
            }
            (Mutation::MisreadsItsStorage, message @ Message::Get { .. }) => {
                let mut asked = Effects::default();
                let wait = self.node.receive(from, message, &mut asked);
                for (to, message) in asked.sends() {
                    out.send(to, one_less(message));
                }
                wait
            }
            (_, message) => self.node.receive(from, message, out),
        }
    }
}

impl Viewed for Mutant {
    fn view(&self) -> NodeView<'_> {
        self.node.view()
    }
}

fn one_less(message: Message) -> Message {
    if let Message::RetVal { value: Value(value), owner } = message {
        return Message::RetVal { value: Value(value - 1), owner };
    }
    message
}

fn mutated(wrong: Mutation, lines: &[&str]) -> InvariantChecker {
    let nodes = setting(8, 1, &script(lines)).into_iter();
    ran(nodes.map(|node| Mutant { node, wrong }).collect(), UNIFORM, 1).checker
}

#[test]
fn a_pair_that_is_dropped_when_keys_change_hands_is_missed() {
    let checker = mutated(Mutation::DropsAPair, &["put 100 1", "put 200 2", "add 3 500"]);
    let lost = "key 100 was stored on rank 6 with value 1, but no node holds key 100 any more";
    expect(&checker, &[(Invariant::KeysKept, lost)]);
    let leave = ["add 3 500", "put 100 1", "put 200 2", "remove 500", "put 300 3", "add 4 700"];
    let checker = mutated(Mutation::DropsAPair, &leave);
    let lost = "key 100 was stored on rank 3 with value 1, but no node holds key 100 any more";
    // With the second handover the next one goes.
    let next = "key 200 was stored on rank 3 with value 2, but no node holds key 200 any more";
    expect(&checker, &[(Invariant::KeysKept, lost), (Invariant::KeysKept, next)]);
}

#[test]
fn a_put_that_is_acknowledged_and_not_stored_is_noticed_at_once() {
    let checker = mutated(Mutation::DropsAPut, &["put 100 1"]);
    expect(&checker, &[(Invariant::KeysKept, "rank 6 acknowledged put 100 1, but dropped it")]);
    assert_eq!(checker.violations()[0].at, 2);
}

#[test]
fn a_node_that_keeps_its_old_successor_leaves_the_newcomer_outside() {
    let checker = mutated(Mutation::KeepsItsSuccessor, &["add 3 500", "put 400 1", "get 400"]);
    expect(
        &checker,
        &[(
            Invariant::OneOwner,
            "rank 6 is the successor of rank 0 (id 0), but its predecessor is rank 3 (id 500)",
        )],
    );
}

#[test]
fn an_answer_that_nobody_put_is_seen_where_it_is_read() {
    let checker = mutated(Mutation::MisreadsItsStorage, &["put 100 5", "get 100"]);
    let wrong = "get 100 was answered with 4, but the last put before it was 5";
    expect(&checker, &[(Invariant::LastPutRead, wrong)]);
    assert_eq!(checker.violations()[0].rank, Rank(7));
}

#[test]
fn what_goes_on_being_wrong_is_listed_once_and_never_floods() {
    let puts: Vec<_> = (1..=40).map(|key| format!("put {key} 1")).collect();
    let puts: Vec<_> = puts.iter().map(String::as_str).collect();
    let checker = mutated(Mutation::DropsAPut, &puts);
    let tally = checker.tally(Invariant::KeysKept);
    assert_eq!((tally.violations.len(), tally.unlisted), (Tally::MOST_LISTED, 24));
    assert_eq!((tally.failed, tally.passed()), (40, 1));
}

#[test]
fn a_message_that_overtakes_another_of_its_sender_is_noticed() {
    let nodes = setting(8, 1, &[]);
    let mut checker = InvariantChecker::new(&nodes);
    let mut receives = |number, message: &Message| {
        let observed = Observed {
            rank: Rank(3),
            op: Op::Recv,
            peer: Rank(2),
            message,
            now_ns: number,
            clock: 1,
            number,
        };
        Observer::<ClassicNode>::observed(&mut checker, &observed);
    };
    receives(4, &Message::Ack(None));
    receives(3, &Message::Get { key: Key(1) });
    receives(7, &Message::Get { key: Key(1) });
    receives(6, &Message::Get { key: Key(1) });
    receives(4, &Message::Ack(None));
    expect(
        &checker,
        &[
            (
                Invariant::SenderOrder,
                "rank 3 received a GET from rank 2 (message 6 of the run) after a later one (message 7)",
            ),
            (Invariant::SenderOrder, "rank 3 received the same ACK from rank 2 twice"),
        ],
    );
}

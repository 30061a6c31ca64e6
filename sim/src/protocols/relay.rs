//! A second protocol, for tests alone: a ring that never changes and does nothing but PUT and GET.
//!
//! It has tags, messages and roles of its own: its command node is rank 0 and its head the last rank.
//! That it runs, is recorded, replayed and judged shows that nobody but `protocols` knows which protocol
//! a run is of.

use std::collections::VecDeque;
use std::sync::Arc;

use ringscope_traces::{Event, Payload, Rank, Tag};
use serde::ser::{Serialize, Serializer};

use crate::explain::Explanation;
use crate::protocol::plan::{Objection, Objections, Part, Plan};
use crate::protocol::{
    BadMessage, Command, Cursor, Described, Fault, Info, Key, KeysIn, Meaning, MessageOf, Node,
    NodeSetup, NodeView, Outbox, Peer, Phase, PlaceChange, Print, Protocol, Purpose, Role, Roles,
    Script, Storage, StorageId, TagInfo, Value, Viewed, Wait,
};
use crate::world::End;

const STORE: Tag = Tag(20);
const FETCH: Tag = Tag(21);
const STORED: Tag = Tag(22);
const FETCHED: Tag = Tag(23);
const STOP: Tag = Tag(24);

const fn tag(tag: Tag, name: &'static str, kind: Purpose) -> TagInfo {
    let (keys, receipt) = (KeysIn::FirstItem, PlaceChange::Nothing);
    TagInfo { tag, name, short: name, kind, keys, moves_pairs: false, receipt }
}

/// The protocol.
#[derive(Debug, Clone, Copy)]
pub struct Relay;

/// A message, which is a list of numbers: a key, a value, an owner, as far as it has them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RelayMessage {
    tag: Tag,
    numbers: Vec<i64>,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RelayNode {
    /// Stores and passes on.
    Store { role: Role, id: StorageId, before: Peer, next: Peer, pairs: Option<Arc<Storage>> },
    /// Issues the commands.
    Command { head: Rank, script: Arc<Script>, at: Cursor, in_flight: VecDeque<Command> },
}

impl Protocol for Relay {
    type Node = RelayNode;

    const INFO: Info = Info {
        name: "relay",
        fewest_ranks: 3,
        client_help: "",
        tags: &[
            tag(STORE, "STORE", Purpose::Command),
            tag(FETCH, "FETCH", Purpose::Command),
            tag(STORED, "STORED", Purpose::Reply),
            tag(FETCHED, "FETCHED", Purpose::Reply),
            tag(STOP, "STOP", Purpose::Command),
        ],
    };

    /// Ids grow from the head, which is the last rank and has id 0, down to rank 1.
    fn nodes(setup: &NodeSetup) -> Vec<RelayNode> {
        let head = Relay::roles(setup.ranks).head;
        let step = setup.keyspace / i64::from(head.0 - 1);
        let peer = |rank: u32| {
            let id = if rank == 1 { setup.keyspace } else { i64::from(head.0 - rank) * step };
            Peer { rank: Rank(rank), id: Some(StorageId(id)) }
        };
        let command = RelayNode::Command {
            head,
            script: Arc::clone(&setup.script),
            at: Cursor::default(),
            in_flight: VecDeque::new(),
        };
        let store = |rank: u32| RelayNode::Store {
            role: if rank == head.0 { Role::Head } else { Role::Storage },
            id: peer(rank).id.unwrap_or_default(),
            before: if rank == head.0 { Peer { rank: Rank(0), id: None } } else { peer(rank + 1) },
            next: if rank == 1 { peer(head.0) } else { peer(rank - 1) },
            pairs: (rank != head.0).then(Arc::default),
        };
        std::iter::once(command).chain((1..=head.0).map(store)).collect()
    }

    fn settled(setup: &NodeSetup) -> Vec<RelayNode> {
        Relay::nodes(setup)
    }

    fn roles(ranks: u32) -> Roles {
        Roles { head: Rank(ranks.saturating_sub(1)), command: Rank(0), newcomers: 0..0 }
    }

    fn describe(message: &RelayMessage) -> Described {
        let key = message.numbers.first().copied();
        let meaning = crate::protocol::Message::meaning(message);
        Described {
            meaning,
            detail: key.map(|key| key.to_string()),
            key: key.map(Key),
            moves: None,
        }
    }

    fn client_message(event: &Event) -> Option<Result<RelayMessage, BadMessage>> {
        Relay::INFO.tag(event.tag)?;
        Some(crate::protocol::Message::parse(event.tag, &event.data))
    }

    fn check(plan: &Plan<'_>, objections: &mut dyn Objections) {
        for (run, commands) in plan.runs.iter().enumerate() {
            match commands.first {
                Command::Put { .. } | Command::Get { .. } => {}
                Command::Add { .. } | Command::Remove { .. } => {
                    let message = "the ring of this protocol never changes".to_owned();
                    objections.error(Objection { run, part: Part::Whole, message, hint: None });
                }
            }
        }
    }

    fn explain(_end: &End<MessageOf<Relay>>, _nodes: &[RelayNode]) -> Option<Explanation> {
        let (facts, paragraph) = ("relay stands still".to_owned(), "Nothing moves.".to_owned());
        Some(Explanation { facts, paragraph })
    }
}

impl crate::protocol::Message for RelayMessage {
    fn tag(&self) -> Tag {
        self.tag
    }

    fn parse(tag: Tag, payload: &Payload) -> Result<RelayMessage, BadMessage> {
        let info = Relay::INFO.tag(tag).ok_or(BadMessage::UnknownTag(tag))?;
        let items = payload.as_list().unwrap_or_default();
        let numbers: Option<Vec<i64>> = items.iter().map(Payload::as_int).collect();
        let bad =
            BadMessage::Shape { name: info.name, expected: "numbers", got: payload.to_string() };
        let wanted = [2, 1, 0, 2, 0][usize::try_from(tag.0 - STORE.0).unwrap_or(0)];
        match numbers {
            Some(numbers) if numbers.len() == wanted => Ok(RelayMessage { tag, numbers }),
            Some(_) | None => Err(bad),
        }
    }

    fn tag_name(tag: Tag) -> Option<&'static str> {
        Relay::INFO.tag(tag).map(|info| info.name)
    }

    fn bytes(&self) -> u64 {
        serde_json::to_string(self).expect("numbers are JSON").len() as u64
    }

    fn meaning(&self) -> Meaning {
        match (self.tag, self.numbers.as_slice()) {
            (STORE, &[key, value]) => {
                Meaning::Command(Command::Put { key: Key(key), value: Value(value) })
            }
            (FETCH, &[key]) => Meaning::Command(Command::Get { key: Key(key) }),
            (FETCHED, &[value, owner]) => Meaning::Found(Value(value), StorageId(owner)),
            (STORED, _) => Meaning::Done(None),
            (_, _) => Meaning::End,
        }
    }
}

impl Serialize for RelayMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.numbers.serialize(serializer)
    }
}

fn message(tag: Tag, numbers: &[i64]) -> RelayMessage {
    RelayMessage { tag, numbers: numbers.to_vec() }
}

impl Viewed for RelayNode {
    fn view(&self) -> NodeView<'_> {
        match self {
            RelayNode::Store { role, id, before, next, pairs } => NodeView {
                role: *role,
                id: Some(*id),
                predecessor: Some(*before),
                successor: Some(*next),
                storage: pairs.as_ref(),
                phase: Phase::Idle,
            },
            RelayNode::Command { in_flight, .. } => NodeView {
                role: Role::Command,
                id: None,
                predecessor: None,
                successor: None,
                storage: None,
                phase: Phase::Commanding(in_flight),
            },
        }
    }
}

impl Node for RelayNode {
    type Message = RelayMessage;

    fn start(&mut self, out: &mut impl Outbox<RelayMessage>) -> Wait {
        self.next_command(out)
    }

    fn receive(
        &mut self,
        _from: Rank,
        message: RelayMessage,
        out: &mut impl Outbox<RelayMessage>,
    ) -> Result<Wait, Fault> {
        match self {
            RelayNode::Store { .. } => Ok(self.pass_on(message, out)),
            RelayNode::Command { in_flight, .. } => {
                in_flight.pop_front();
                if let &[value, owner] = message.numbers.as_slice() {
                    out.print(Print::Found(Value(value), StorageId(owner)));
                }
                Ok(self.next_command(out))
            }
        }
    }
}

impl RelayNode {
    fn next_command(&mut self, out: &mut impl Outbox<RelayMessage>) -> Wait {
        let RelayNode::Command { head, script, at, in_flight } = self else { return Wait::Any };
        let (sent, reply) = match script.next(at) {
            Some(command @ Command::Put { key, value }) => {
                in_flight.push_back(command);
                (message(STORE, &[key.0, value.0]), Some(STORED))
            }
            Some(command @ Command::Get { key }) => {
                in_flight.push_back(command);
                (message(FETCH, &[key.0]), Some(FETCHED))
            }
            Some(Command::Add { .. } | Command::Remove { .. }) | None => (message(STOP, &[]), None),
        };
        let source = *head;
        out.send(source, sent);
        reply.map_or(Wait::Stopped, |tag| Wait::From { source, tag })
    }

    /// What is for this node is done; everything else goes on to the next one, replies to the head and
    /// from there to the command node.
    fn pass_on(&mut self, message_in: RelayMessage, out: &mut impl Outbox<RelayMessage>) -> Wait {
        let RelayNode::Store { role, id, before, next, pairs } = self else { return Wait::Stopped };
        let mine = |key: i64| key <= id.0;
        let reply = match (message_in.tag, message_in.numbers.as_slice()) {
            (STORE, &[key, value]) if mine(key) => {
                if let Some(pairs) = pairs {
                    Arc::make_mut(pairs).insert(Key(key), Value(value));
                }
                message(STORED, &[])
            }
            (FETCH, &[key]) if mine(key) => {
                let value = pairs.as_ref().and_then(|pairs| pairs.get(&Key(key)));
                match value {
                    Some(value) => message(FETCHED, &[value.0, id.0]),
                    None => return Wait::Any,
                }
            }
            (STORE | FETCH | STORED | FETCHED | STOP, _) | (_, _) => message_in,
        };
        let stops = reply.tag == STOP;
        let is_reply = reply.tag == STORED || reply.tag == FETCHED;
        let is_head = *role == Role::Head;
        match (is_head && is_reply, stops && next.id == Some(StorageId(0))) {
            (true, _) => out.send(before.rank, reply),
            (false, true) => {}
            (false, false) => out.send(next.rank, reply),
        }
        if stops { Wait::Stopped } else { Wait::Any }
    }
}

#[cfg(test)]
mod tests {
    use ringscope_traces::{Ending, read_trace};

    use crate::conform::{Setup, check_invariants, end_summary, judge, repeat, setup};
    use crate::protocol::Viewed as _;
    use crate::replay::recorded;
    use crate::scenario::Scenario;
    use crate::simulate::record;

    const TEXT: &str =
        "protocol relay\nranks 5\nkeyspace 90\nput 1..=90 key\nput 7 70\nget 7\nget 90";

    fn scenario(text: &str) -> Scenario {
        Scenario::parse("relay", text).expect("it can be read")
    }

    #[test]
    fn another_protocol_is_simulated_replayed_and_judged() {
        let recorded = record(&scenario(TEXT), Vec::new()).expect("memory");
        assert_eq!(recorded.summary.ending, Ending::Completed);
        let (trace, _) = read_trace(&recorded.to[..], "relay").expect("it is a trace");
        assert_eq!(trace.header.protocol, "relay");
        let judgement = judge(&trace).expect("its protocol is known");
        assert!(judgement.conforms(), "{:?}", judgement.findings);
        assert_eq!(judgement.answers.len(), 2);
        assert_eq!(repeat(&trace).expect("its protocol is known").departure, None);
        let checker = check_invariants(&trace).expect("it conforms");
        assert!(checker.holds(), "{:?}", checker.violations());
        let end = end_summary(&trace, &[]).expect("its protocol is known");
        assert_eq!(end.ending, Some(Ending::Completed));
    }

    #[test]
    fn its_nodes_are_shown_after_any_event() {
        let recorded = record(&scenario(TEXT), Vec::new()).expect("memory");
        let (trace, _) = read_trace(&recorded.to[..], "relay").expect("it is a trace");
        let Setup { .. } = setup(&trace).expect("its protocol is known");
        let mut run = recorded::start(&setup(&trace).expect("its protocol is known"));
        let mut history = run.history();
        for event in &trace.events {
            run.take(event).expect("it is what the protocol does");
        }
        let changes = run.checkpoint(usize::MAX).expect("it may take all memory");
        history.add(changes);
        let states = history.snapshot(history.before(trace.events.len())).nodes();
        let held: usize = states.iter().filter_map(|node| Some(node.view().storage?.len())).sum();
        assert_eq!(held, 90);
    }

    #[test]
    fn its_own_check_and_its_own_explanation_are_asked() {
        let unsound = scenario("protocol relay\nranks 5\nadd 2 50").check().expect_err("it joins");
        assert!(unsound.to_string().contains("never changes"), "{unsound}");
        let recorded = record(&scenario("protocol relay\nranks 5\nget 3"), Vec::new());
        let summary = recorded.expect("memory").summary;
        assert_eq!(summary.ending, Ending::Deadlock);
        assert_eq!(summary.explanation.expect("it stands still").facts, "relay stands still");
    }
}

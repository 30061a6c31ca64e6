//! A second protocol, for tests alone: a ring that never changes and does nothing but PUT and GET.
//!
//! It has tags, messages, roles, links and activities of its own: its command node is rank 0 and its head the
//! last rank; no node knows the one before it; and a node is at rest when it has passed on the end.
//! That it runs, is recorded, replayed and judged shows that nobody but `protocols` knows which protocol
//! a run is of.

use std::collections::VecDeque;
use std::sync::Arc;

use ringscope_traces::{Event, Payload, Rank, Tag};
use serde::ser::{Serialize, Serializer};

use crate::explain::Explanation;
use crate::protocol::plan::{Objection, Objections, Part, Plan};
use crate::protocol::{
    Activity, ActivityKind, BadMessage, Command, Cursor, Described, Fault, Info, Key, KeysIn,
    Links, Meaning, MessageOf, Node, NodeSetup, NodeView, Outbox, Peer, PlaceChange, Print,
    Protocol, Purpose, Role, Roles, Script, Storage, StorageId, TagInfo, Topology, Value, Viewed,
    Wait,
};
use crate::world::End;

const STORE: Tag = Tag(20);
const FETCH: Tag = Tag(21);
const STORED: Tag = Tag(22);
const FETCHED: Tag = Tag(23);
const STOP: Tag = Tag(24);

/// A node's link to the next one.
const NEXT: usize = 0;
/// The head's link to the command node.
const EXIT: usize = 1;

const TOPOLOGY: Topology = Topology {
    names: &["next", "exit"],
    successor: Some(NEXT),
    predecessor: None,
    outlet: Some(EXIT),
};

const fn tag(tag: Tag, name: &'static str, kind: Purpose) -> TagInfo {
    let (keys, receipt) = (KeysIn::FirstItem, PlaceChange::Nothing);
    TagInfo { tag, name, short: name, kind, keys, unread: None, moves_pairs: false, receipt }
}

/// The protocol.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relay;

/// A message, which is a list of numbers: a key, a value, an owner, as far as it has them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RelayMessage {
    tag: Tag,
    numbers: Vec<i64>,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum RelayNode {
    /// Stores and passes on.
    Store {
        role: Role,
        id: StorageId,
        links: [Option<Peer>; 2],
        pairs: Option<Arc<Storage>>,
        /// Whether it has passed on the end.
        is_at_rest: bool,
    },
    /// Issues the commands.
    Command { head: Rank, script: Arc<Script>, at: Cursor, in_flight: VecDeque<Command> },
}

impl Protocol for Relay {
    type Node = RelayNode;

    const INFO: Info = Info {
        name: "relay",
        fewest_ranks: 3,
        has_races_of_one_command: false,
        client_help: "",
        topology: &TOPOLOGY,
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
            links: [
                Some(if rank == 1 { peer(head.0) } else { peer(rank - 1) }),
                (rank == head.0).then_some(Peer { rank: Rank(0), id: None }),
            ],
            pairs: (rank != head.0).then(Arc::default),
            is_at_rest: false,
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
            RelayNode::Store { role, id, links, pairs, is_at_rest } => NodeView {
                role: *role,
                id: Some(*id),
                links: Links::new(&TOPOLOGY, links),
                storage: pairs.as_ref(),
                activity: Activity {
                    kind: ActivityKind::Other,
                    words: if *is_at_rest { "is at rest" } else { "" },
                },
            },
            RelayNode::Command { in_flight, .. } => NodeView {
                role: Role::Command,
                id: None,
                links: Links::new(&TOPOLOGY, &[]),
                storage: None,
                activity: Activity::commanding(in_flight),
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
        let RelayNode::Store { role, id, links: [next, exit], pairs, is_at_rest } = self else {
            return Wait::Stopped;
        };
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
        *is_at_rest = reply.tag == STOP;
        let is_reply = reply.tag == STORED || reply.tag == FETCHED;
        let is_head = *role == Role::Head;
        let is_last = next.and_then(|next| next.id) == Some(StorageId(0));
        let to = match (is_head && is_reply, *is_at_rest && is_last) {
            (true, _) => *exit,
            (false, true) => None,
            (false, false) => *next,
        };
        if let Some(to) = to {
            out.send(to.rank, reply);
        }
        if *is_at_rest { Wait::Stopped } else { Wait::Any }
    }
}

#[cfg(test)]
mod tests {
    use ringscope_traces::{Ending, read_trace};

    use super::*;
    use crate::conform::{Setup, check_invariants, end_summary, judge, repeat, setup};
    use crate::protocol::arithmetic::Ring;
    use crate::replay::recorded;
    use crate::scenario::Scenario;
    use crate::simulate::{nodes, record};

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
        let of_head: Vec<_> = states[4].view().links.iter().collect();
        let to = |rank, id: Option<i64>| Some(Peer { rank: Rank(rank), id: id.map(StorageId) });
        assert_eq!(of_head, [("next", to(3, Some(30))), ("exit", to(0, None))]);
        for node in &states[1..] {
            let view = node.view();
            let kept = view.links.iter().map(|(name, _)| name);
            assert_eq!(kept.collect::<Vec<_>>(), ["next", "exit"]);
            assert_eq!(view.links.named("next"), view.successor());
            assert_eq!((view.predecessor(), view.links.named("predecessor")), (None, None));
            assert_eq!(view.activity, Activity { kind: ActivityKind::Other, words: "is at rest" });
        }
        let in_flight = states[0].view().activity.commands_in_flight().map(VecDeque::len);
        assert_eq!(in_flight, Some(0));
    }

    #[test]
    fn its_ring_is_walked_by_its_own_links_and_told_in_its_own_words() {
        let scenario = scenario(TEXT);
        let mut nodes = nodes::<Relay>(&scenario);
        let ring = Ring::walk(&nodes);
        assert!(ring.comes_round() && ring.breaks().is_empty(), "{:?}", ring.breaks());
        let owned = |rank: u32| {
            let view = nodes[rank as usize].view();
            ring.range_of(Rank(rank), &view).map(|range| range.to_string())
        };
        let owned = [4, 3, 2, 1, 0].map(owned);
        assert_eq!(
            owned.each_ref().map(|range| range.as_deref()),
            [Some("nothing"), Some("1 to 30"), Some("31 to 60"), Some("61 to 90"), None]
        );
        if let RelayNode::Store { links, .. } = &mut nodes[4] {
            links[EXIT] = links[NEXT];
        }
        let wrong: Vec<_> = Ring::walk(&nodes).breaks().iter().map(ToString::to_string).collect();
        let no_exit = "no reply leaves the ring: the exit of the head, rank 4, is rank 3 (id 30), \
                       not the command node";
        assert_eq!(wrong, [no_exit]);
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

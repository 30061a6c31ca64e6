//! A run as the page has it: what there was at its start, and what each event changed.
//!
//! Lists stand for records where there are many of them: a page is read by browsers, but sent to
//! phones.

use std::collections::BTreeSet;

use ringscope_sim::explain::Explanation;
use ringscope_sim::protocol::arithmetic::{Member, Ring};
use ringscope_sim::protocol::{
    Activity, ActivityKind, Key, NodeView, Peer, Roles, Value, Viewed as _,
};
use ringscope_sim::scenario::Settings;
use ringscope_sim::world::{Blocked, Status};
use ringscope_traces::text::{Plain, Short};
use ringscope_traces::words::tag_label;
use ringscope_traces::{Ending, EventIndex, Rank};
use serde::Serialize;

use super::super::names::{MessageKind, Names};
use super::super::{ExportError, Reel};
use super::calls::{PageCall, calls};
use crate::numbers::counted;
use crate::timeline::{Flight, NodeStates, Snapshot, wait_for_graph};
use crate::view::words;

/// How much of a payload the page has.
const PAYLOAD_CHARS: usize = 240;

/// The most nodes that the page has though they are nothing yet: it is no list of a thousand.
const MOST_IDLE: u32 = 16;

/// A run.
#[derive(Debug, Serialize)]
pub(super) struct PageRun {
    name: String,
    about: String,
    /// The cursors at both ends of the part, and how many events there are in all.
    from: usize,
    to: usize,
    total: usize,
    ranks: u32,
    /// Who plays which part; `null` where no protocol says so.
    roles: Option<RolesByRank>,
    keyspace: i64,
    /// How it ended; `null` when the part ends before.
    ending: Option<String>,
    /// Why it did, in short and as a paragraph.
    why: Option<(String, String)>,
    /// What is wrong by what the ranks called, a sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diagnosis: Vec<String>,
    /// The event that decided how it went wrong, and why that event came about.
    decided: Option<(usize, String)>,
    /// At the end of a deadlock: who waits, for whom, and for what.
    waits: Vec<(Rank, Rank, String)>,
    /// Up to which cursor the nodes' states are known, and why no further.
    known: usize,
    unknown: Option<String>,
    /// Whether the run has a ring.
    ring: bool,
    /// What messages are for: the names of the kinds, and what a legend says.
    kinds: Vec<(&'static str, &'static str)>,
    /// The ranks that have lanes, in their order, each with what it plays.
    lanes: Vec<(Rank, Option<&'static str>)>,
    /// The nodes at the start of the part, of those that have a state.
    nodes: Vec<(Rank, NodeState)>,
    /// The ring at the start, and wherever it has changed.
    rings: Vec<RingState>,
    /// The messages that were under way at the start.
    open: Vec<Sent>,
    events: Vec<Step>,
    /// What the ranks of a recorded program called beside sends and receives.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<PageCall>,
    /// The commands: the event at which each was sent, its words, and the event of its answer.
    commands: Vec<(usize, String, Option<usize>)>,
    /// The violations: after which event, and what.
    wrong: Vec<(usize, String)>,
}

/// The ranks that stand where the others do not.
#[derive(Debug, Serialize)]
struct RolesByRank {
    head: Rank,
    command: Rank,
}

/// A message that was under way at the start of the part.
#[derive(Debug, Serialize)]
struct Sent {
    /// The number of the event that sent it.
    event: usize,
    #[serde(flatten)]
    step: Step,
}

/// An event.
#[derive(Debug, Serialize)]
struct Step {
    rank: Rank,
    /// Whether it is a receive.
    recv: bool,
    peer: Rank,
    label: String,
    /// What the message is for: its place in the table of kinds.
    kind: usize,
    t: u64,
    /// The number of the event at the other end of the message, if there is one.
    other: Option<usize>,
    data: String,
    /// The node that received as it is then, where its state is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<NodeState>,
}

/// A node.
#[derive(Debug, Serialize)]
struct NodeState {
    id: Option<i64>,
    predecessor: Option<(Rank, Option<i64>)>,
    successor: Option<(Rank, Option<i64>)>,
    /// What it is in the middle of.
    phase: Option<String>,
    /// What it takes next; `null` is any message.
    wait: Option<String>,
    /// The pairs that it holds and did not hold before.
    put: Vec<(i64, i64)>,
    /// The keys that it no longer holds.
    gone: Vec<i64>,
}

/// The ring from an event on.
#[derive(Debug, Serialize)]
struct RingState {
    cursor: usize,
    /// Each node: its rank, its id, the id of the node before it, and its colour; the head has none.
    members: Vec<(Rank, i64, i64, Option<String>)>,
    /// Whether and where it is broken.
    broken: Option<String>,
}

impl PageRun {
    /// The part of a run that is wanted.
    ///
    /// # Errors
    ///
    /// When its events cannot be read any more, and when somebody does not want it any more.
    pub(super) fn of(reel: &Reel<'_>) -> Result<PageRun, ExportError> {
        let timeline = reel.timeline();
        let start = timeline.snapshot(reel.from);
        let mut course = Course::new(reel, &start);
        reel.watch.stretch("drawn", Some(reel.len() as u64));
        for cursor in reel.from + 1..=reel.to {
            reel.watch.at(cursor - reel.from)?;
            course.take(cursor);
        }
        let Course { known, events, rings, .. } = course;
        let keyspace = timeline.header().field("keyspace").and_then(|value| value.as_int());
        let is_whole = known == reel.to;
        Ok(PageRun {
            name: reel.name(),
            about: reel.about(),
            from: reel.from,
            to: reel.to,
            total: timeline.len(),
            ranks: timeline.header().ranks,
            roles: timeline
                .roles()
                .map(|Roles { head, command, .. }| RolesByRank { head, command }),
            keyspace: keyspace.unwrap_or(Settings::default().keyspace).max(1),
            ending: reel.ending(),
            why: reel.ending().and(timeline.explanation()).map(explained),
            diagnosis: reel.ending().map_or_else(Vec::new, |_| diagnosis(reel)),
            decided: reel.ending().and(decided(reel)),
            waits: reel.ending().map_or_else(Vec::new, |_| waits(reel)),
            known,
            unknown: (!is_whole).then(|| unknown(reel)),
            ring: timeline.has_ring(),
            kinds: MessageKind::ALL.iter().map(|(_, name, words)| (*name, *words)).collect(),
            lanes: lanes(reel),
            nodes: nodes(&reel.names, &start),
            rings,
            open: start.flights.iter().map(|flight| open(reel, flight)).collect(),
            events,
            calls: calls(reel),
            commands: commands(reel),
            wrong: wrong(reel),
        })
    }
}

/// The run as far as the events have been gone along.
struct Course<'a> {
    reel: &'a Reel<'a>,
    /// The last cursor at which all is known, without a gap.
    known: usize,
    events: Vec<Step>,
    rings: Vec<RingState>,
    last_ring: Option<Ring>,
}

impl<'a> Course<'a> {
    fn new(reel: &'a Reel<'a>, start: &Snapshot) -> Course<'a> {
        let (events, rings) = (Vec::new(), Vec::new());
        let known = reel.from;
        let mut course = Course { reel, known, events, rings, last_ring: None };
        if let Some(states) = &start.states {
            course.note_ring(states, reel.from);
        }
        course
    }

    fn take(&mut self, cursor: usize) {
        let mut step = step(self.reel, EventIndex(cursor - 1));
        let is_known = self.known + 1 == cursor && !self.rings.is_empty();
        if is_known && !step.recv {
            // Only what is received changes anything.
            self.known = cursor;
        } else if is_known && let Some(states) = self.reel.timeline().snapshot(cursor).states {
            self.known = cursor;
            step.node = changed(&self.reel.names, &states);
            self.note_ring(&states, cursor);
        }
        self.events.push(step);
    }

    fn note_ring(&mut self, states: &NodeStates, cursor: usize) {
        if self.last_ring.as_ref() == Some(&states.ring) {
            return;
        }
        self.last_ring = Some(states.ring.clone());
        let members = states.ring.members();
        let broken = states.ring.breaks().first();
        self.rings.push(RingState {
            cursor,
            members: members
                .iter()
                .map(|member| entry(member, color(self.reel, member.rank)))
                .collect(),
            broken: broken.map(ToString::to_string),
        });
    }
}

fn entry(member: &Member, color: Option<String>) -> (Rank, i64, i64, Option<String>) {
    (member.rank, member.id.0, member.range.above.0, color)
}

/// A rank's colour; the head, which owns nothing, has none.
fn color(reel: &Reel<'_>, rank: Rank) -> Option<String> {
    reel.app.colors.on_paper(rank).map(|color| format!("#{color:06x}"))
}

fn step(reel: &Reel<'_>, at: EventIndex) -> Step {
    let timeline = reel.timeline();
    let info = timeline.info(at);
    let event = timeline.event(at);
    let data = event
        .as_ref()
        .map(|event| Short { value: &event.data, limit_chars: PAYLOAD_CHARS }.to_string());
    Step {
        rank: info.rank,
        recv: info.source().is_some(),
        peer: info.peer,
        label: event.as_ref().map_or_else(String::new, |event| reel.names.message(event)),
        kind: event.as_ref().map_or(MessageKind::Other, |event| reel.names.kind(event)).place(),
        t: info.t,
        other: timeline.partner(at).map(words::number),
        data: data.unwrap_or_default(),
        node: None,
    }
}

fn open(reel: &Reel<'_>, flight: &Flight) -> Sent {
    Sent { event: words::number(flight.sent), step: step(reel, flight.sent) }
}

/// The node of the last event, beside how it was before.
fn changed(names: &Names, states: &NodeStates) -> Option<NodeState> {
    let (rank, before) = states.before.as_ref()?;
    Some(state(
        &states.nodes[rank.index()].view(),
        Some(&before.view()),
        names,
        &states.statuses.of(*rank)?,
    ))
}

/// The nodes that are anything at the start.
fn nodes(names: &Names, start: &Snapshot) -> Vec<(Rank, NodeState)> {
    let Some(states) = &start.states else { return Vec::new() };
    let all = states.statuses.iter().zip(&states.nodes);
    let something = all.filter(|((rank, _), node)| rank.0 < MOST_IDLE || node.view().id.is_some());
    something
        .map(|((rank, status), node)| (rank, state(&node.view(), None, names, &status)))
        .collect()
}

fn state(
    now: &NodeView<'_>,
    before: Option<&NodeView<'_>>,
    names: &Names,
    status: &Status,
) -> NodeState {
    let peer = |peer: Option<Peer>| peer.map(|peer| (peer.rank, peer.id.map(|id| id.0)));
    let held = before.and_then(|before| before.storage);
    let is_new =
        |(key, value): &(&Key, &Value)| held.and_then(|held| held.get(key)) != Some(*value);
    let put = now.storage.into_iter().flat_map(|pairs| pairs.iter()).filter(is_new);
    let gone = held.into_iter().flat_map(|held| held.keys());
    let gone = gone.filter(|key| now.storage.is_none_or(|pairs| !pairs.contains_key(key)));
    NodeState {
        id: now.id.map(|id| id.0),
        predecessor: peer(now.predecessor()),
        successor: peer(now.successor()),
        phase: phase(now.activity),
        wait: match *status {
            Status::WaitingForAny => None,
            Status::Waiting { source, tag } => {
                Some(format!("{} from rank {source}", names.tag(tag).unwrap_or("a message")))
            }
            Status::Sending { to } | Status::Owing { to } => {
                Some(format!("rank {to} to receive what it sends"))
            }
            Status::Crashed(_) | Status::Finished => Some("nothing: it has stopped".to_owned()),
        },
        put: put.map(|(key, value)| (key.0, value.0)).collect(),
        gone: gone.map(|key| key.0).collect(),
    }
}

fn phase(activity: Activity<'_>) -> Option<String> {
    match activity.kind {
        ActivityKind::Commanding(commands) if commands.is_empty() => None,
        ActivityKind::Commanding(commands) => {
            Some(format!("{} in flight", counted(commands.len() as u64, "command")))
        }
        ActivityKind::Admitting
        | ActivityKind::Joining
        | ActivityKind::Leaving
        | ActivityKind::Other => (!activity.words.is_empty()).then(|| activity.words.to_owned()),
    }
}

/// In short, and as a paragraph.
fn explained(why: &Explanation) -> (String, String) {
    (Plain(&why.facts).to_string(), Plain(&why.paragraph).to_string())
}

/// What is wrong by what the ranks called, a sentence each.
fn diagnosis(reel: &Reel<'_>) -> Vec<String> {
    let diagnosed = reel.timeline().diagnosed().into_iter();
    let verdicts = diagnosed.flat_map(|all| &all.diagnosis.verdicts);
    verdicts.map(|verdict| Plain(&verdict.says).to_string()).collect()
}

/// Why the states are not known to the end.
fn unknown(reel: &Reel<'_>) -> String {
    let timeline = reel.timeline();
    let departure =
        timeline.departure().map(|one| format!("event {}: {}", words::number(one.at), one.what));
    let why = timeline.opaque().map(str::to_owned).or(departure);
    Plain(&why.unwrap_or_else(|| "nobody knows the nodes of this run".to_owned())).to_string()
}

/// The ranks of the part's messages, in ring order; where there are none, a few that could have had
/// some.
/// The event that decided how the run went wrong, where it is on the page, and why it came about.
fn decided(reel: &Reel<'_>) -> Option<(usize, String)> {
    let timeline = reel.timeline();
    let at = timeline.decisive().filter(|at| (reel.from..reel.to).contains(&at.0))?;
    let why = match timeline.has_ring() {
        true => timeline.why_in_words(&timeline.why(at)),
        false => String::new(),
    };
    Some((words::number(at), why))
}

/// Who waits for whom at the end of a deadlock.
fn waits(reel: &Reel<'_>) -> Vec<(Rank, Rank, String)> {
    let timeline = reel.timeline();
    let states = timeline.snapshot(reel.to).states;
    let states = states.filter(|_| timeline.ending() == Some(&Ending::Deadlock));
    let blocked = states.map(|states| wait_for_graph(&states).blocked).unwrap_or_default();
    let what = |blocked: &Blocked| match blocked.tag {
        Some(tag) => tag_label(tag, &timeline.vocabulary()).to_string(),
        None => "a receive".to_owned(),
    };
    blocked.iter().map(|blocked| (blocked.rank, blocked.on, what(blocked))).collect()
}

fn lanes(reel: &Reel<'_>) -> Vec<(Rank, Option<&'static str>)> {
    let facts = (reel.from..reel.to).map(|at| reel.timeline().info(EventIndex(at)));
    let of_messages = facts.flat_map(|info| [info.rank, info.peer]);
    let of_calls = reel.timeline().calls().collectives().iter();
    let of_calls = of_calls.flat_map(|one| one.entered.iter().map(|one| one.rank));
    let busy: BTreeSet<Rank> = of_messages.chain(of_calls).collect();
    let order = reel.in_ring_order(reel.to);
    let is_seen = |rank: &Rank| busy.contains(rank) || (busy.is_empty() && rank.0 < MOST_IDLE);
    let seen = order.into_iter().filter(is_seen);
    seen.map(|rank| (rank, reel.names.role(rank))).collect()
}

fn commands(reel: &Reel<'_>) -> Vec<(usize, String, Option<usize>)> {
    let within = |at: EventIndex| (reel.from..reel.to).contains(&at.0);
    let operations =
        reel.timeline().operations().iter().filter(|operation| within(operation.invoked));
    let entry = operations.map(|operation| {
        (
            words::number(operation.invoked),
            operation.command.to_string(),
            operation.completed.map(words::number),
        )
    });
    entry.collect()
}

fn wrong(reel: &Reel<'_>) -> Vec<(usize, String)> {
    let violations = reel.timeline().violations().iter();
    let within = violations.filter(|one| (reel.from..reel.to).contains(&one.at.0));
    within.map(|one| (words::number(one.at), Plain(&one.violation.what).to_string())).collect()
}

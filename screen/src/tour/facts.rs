//! Facts: what can be asked of a run where it stands, as a table of forms.

use std::fmt;
use std::ops::Range;

use ringscope_sim::nearest::nearest;
use ringscope_sim::protocol::arithmetic::Member;
use ringscope_sim::protocol::{Key, Meaning, NodeView, Peer, Purpose, Viewed as _};
use ringscope_sim::world::{Status, WaitForGraph};
use ringscope_traces::diff::{Comparison, Level};
use ringscope_traces::words::tag_label;
use ringscope_traces::{EventIndex, Op, Rank, Tag};

use super::every_order;
use crate::language::grammar::{self, Argument, Form, ParseError, SymbolTable, Token};
use crate::timeline::{EventInfo, NodeStates, Operation, Snapshot, Timeline};

/// What a fact is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A number.
    Number(i64),
    /// A rank.
    Rank(Rank),
    /// Ranks, in their order.
    Ranks(Vec<Rank>),
    /// Keys, in their order.
    Keys(Vec<Key>),
    /// Anything else, in words.
    Words(String),
}

impl Value {
    pub(super) fn words(text: impl Into<String>) -> Value {
        Value::Words(text.into())
    }

    pub(super) fn count(count: usize) -> Value {
        Value::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// As prose has it: `3`, `rank 3`, `100, 200 and 400`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Rank(rank) => write!(f, "rank {rank}"),
            Value::Ranks(ranks) => listed(f, ranks.iter().map(|rank| format!("rank {rank}"))),
            Value::Keys(keys) => listed(f, keys.iter().map(ToString::to_string)),
            Value::Words(words) => f.write_str(words),
        }
    }
}

fn listed(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = String>) -> fmt::Result {
    let items: Vec<String> = items.collect();
    match &items[..] {
        [] => f.write_str("none"),
        [one] => f.write_str(one),
        [most @ .., last] => write!(f, "{} and {last}", most.join(", ")),
    }
}

/// Where a run stands, for facts.
pub(super) struct FactContext<'a> {
    pub timeline: &'a Timeline,
    pub snapshot: &'a Snapshot,
    /// What came of comparing it with another run, at a stop that does.
    pub comparison: Option<&'a Comparison>,
}

type Known = Result<Value, String>;

/// A row of the table.
struct Row {
    form: Form,
    what: &'static str,
    value: fn(&FactContext<'_>, &[Argument]) -> Known,
}

/// A fact that can be asked for.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    row: usize,
    meant: Vec<Argument>,
}

const fn row(
    form: Form,
    what: &'static str,
    value: fn(&FactContext<'_>, &[Argument]) -> Known,
) -> Row {
    Row { form, what, value }
}

/// Words of forms, for a table that can be read.
macro_rules! form {
    (@ KEY) => { Token::Key };
    (@ RANK) => { Token::Rank };
    (@ TAG) => { Token::Tag };
    (@ N) => { Token::Number };
    (@ $word:literal) => { Token::Word($word) };
    ($($piece:tt)*) => { &[$(form!(@ $piece)),*] };
}

/// Every fact.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    // The ring.
    row(form!("owner" "of" "key" KEY), "the node whose range has the key, found by following the successors from the head",
        |scene, meant| scene.owner(key(meant)?)),
    row(form!("holder" "of" "key" KEY), "the node that has the key in its storage, or `nobody`",
        |scene, meant| scene.holder(key(meant)?)),
    row(form!("value" "of" "key" KEY), "the value under the key, where it is held",
        |scene, meant| scene.value(key(meant)?)),
    row(form!("keys" "of" "rank" RANK), "the keys in its storage",
        |scene, meant| Ok(Value::Keys(scene.keys(rank(meant)?)?))),
    row(form!("number" "of" "keys" "of" "rank" RANK), "how many keys are in its storage",
        |scene, meant| Ok(Value::count(scene.keys(rank(meant)?)?.len()))),
    row(form!("number" "of" "keys"), "how many keys all nodes hold together; a key with copies is one key",
        |scene, _| scene.all_keys()),
    row(form!("range" "of" "rank" RANK), "the part of the key space that it owns, such as `501 to 1000`",
        |scene, meant| Ok(Value::words(scene.member(rank(meant)?)?.range.to_string()))),
    row(form!("number" "of" "keys" "owned" "by" "rank" RANK), "how many keys there could be in that part",
        |scene, meant| scene.share(rank(meant)?)),
    row(form!("id" "of" "rank" RANK), "its storage id, or `none`",
        |scene, meant| Ok(scene.node(rank(meant)?)?.id.map_or(Value::words("none"), |id| Value::Number(id.0)))),
    row(form!("successor" "of" "rank" RANK), "the next node on the ring, by its own account",
        |scene, meant| Ok(peer(scene.node(rank(meant)?)?.successor()))),
    row(form!("predecessor" "of" "rank" RANK), "the node before it on the ring, by its own account",
        |scene, meant| Ok(peer(scene.node(rank(meant)?)?.predecessor()))),
    row(form!("ring"), "the nodes of the ring, from the head on",
        |scene, _| Ok(Value::Ranks(scene.states()?.ring.members().iter().map(|one| one.rank).collect()))),
    row(form!("number" "of" "nodes"), "how many nodes the ring has, the head among them",
        |scene, _| Ok(Value::count(scene.states()?.ring.members().len()))),
    row(form!("whom" "rank" RANK "waits" "for"), "the only rank whose message it takes, or `nobody`",
        |scene, meant| scene.awaited(rank(meant)?)),
    row(form!("what" "rank" RANK "waits" "for"), "the tag that it would take, `anything`, or `nothing`",
        |scene, meant| scene.awaited_tag(rank(meant)?)),
    // The event at which the run stands.
    row(form!("event"), "its number: how many events have happened",
        |scene, _| Ok(Value::count(scene.snapshot.cursor))),
    row(form!("time"), "its time, in nanoseconds since the start",
        |scene, _| Ok(Value::Number(i64::try_from(scene.event()?.t).unwrap_or(i64::MAX)))),
    row(form!("deed" "of" "the" "event"), "`sends` or `receives`",
        |scene, _| Ok(Value::words(match scene.event()?.op { Op::Send => "sends", Op::Recv => "receives" }))),
    row(form!("rank" "of" "the" "event"), "the rank that sends or receives",
        |scene, _| Ok(Value::Rank(scene.event()?.rank))),
    row(form!("tag" "of" "the" "event"), "its message's tag",
        |scene, _| Ok(scene.tag(scene.event()?.tag))),
    row(form!("source" "of" "the" "event"), "who sent its message",
        |scene, _| Ok(Value::Rank(ends(scene.event()?).0))),
    row(form!("destination" "of" "the" "event"), "who receives its message",
        |scene, _| Ok(Value::Rank(ends(scene.event()?).1))),
    // Messages, counted as they are sent.
    row(form!("messages" "so" "far"), "how many messages have been sent",
        |scene, _| Ok(scene.messages(scene.so_far(), |_| true))),
    row(form!("messages" "in" "command" N), "how many are sent from the command to its answer",
        |scene, meant| Ok(scene.messages(scene.span(meant)?, |_| true))),
    row(form!("messages" "in" "all"), "how many are sent in the whole run",
        |scene, _| Ok(scene.messages(scene.whole(), |_| true))),
    row(form!("messages" "in" "flight"), "how many have been sent and not yet received",
        |scene, _| Ok(Value::count(scene.snapshot.flights.len()))),
    row(form!("messages" "from" "rank" RANK "so" "far"), "how many the rank has sent",
        |scene, meant| { let from = rank(meant)?; Ok(scene.messages(scene.so_far(), |one| one.rank == from)) }),
    row(form!("messages" "to" "rank" RANK "so" "far"), "how many were sent to the rank",
        |scene, meant| { let to = rank(meant)?; Ok(scene.messages(scene.so_far(), |one| one.peer == to)) }),
    row(form!("messages" "from" "rank" RANK "in" "all"), "how many the rank sends in the whole run",
        |scene, meant| { let from = rank(meant)?; Ok(scene.messages(scene.whole(), |one| one.rank == from)) }),
    row(form!("messages" "to" "rank" RANK "in" "all"), "how many are sent to the rank in the whole run",
        |scene, meant| { let to = rank(meant)?; Ok(scene.messages(scene.whole(), |one| one.peer == to)) }),
    row(form!(TAG "messages" "so" "far"), "how many with the tag have been sent",
        |scene, meant| { let tag = tag(meant)?; Ok(scene.messages(scene.so_far(), |one| one.tag == tag)) }),
    row(form!(TAG "messages" "in" "command" N), "how many with the tag are sent from the command to its answer",
        |scene, meant| { let tag = tag(meant)?; Ok(scene.messages(scene.span(meant)?, |one| one.tag == tag)) }),
    row(form!(TAG "messages" "in" "all"), "how many with the tag are sent in the whole run",
        |scene, meant| { let tag = tag(meant)?; Ok(scene.messages(scene.whole(), |one| one.tag == tag)) }),
    row(form!("bytes" "so" "far"), "the bytes of all payloads that have been sent, as compact JSON",
        |scene, _| Ok(scene.bytes(scene.so_far(), None))),
    row(form!("bytes" "in" "command" N), "the bytes that are sent from the command to its answer",
        |scene, meant| Ok(scene.bytes(scene.span(meant)?, None))),
    row(form!("bytes" "in" "all"), "the bytes that are sent in the whole run",
        |scene, _| Ok(scene.bytes(scene.whole(), None))),
    row(form!(TAG "bytes" "in" "command" N), "those of messages with the tag",
        |scene, meant| Ok(scene.bytes(scene.span(meant)?, Some(tag(meant)?)))),
    row(form!(TAG "bytes" "in" "all"), "those of messages with the tag, in the whole run",
        |scene, meant| Ok(scene.bytes(scene.whole(), Some(tag(meant)?)))),
    // Commands, numbered from 1.
    row(form!("number" "of" "commands"), "how many commands are sent in the whole run",
        |scene, _| Ok(Value::count(scene.timeline.operations().len()))),
    row(form!("commands" "answered" "so" "far"), "how many answers the command node has received",
        |scene, _| Ok(Value::count(scene.answered()))),
    row(form!("command" N), "the command, such as `put 100 1`",
        |scene, meant| Ok(Value::words(scene.operation(meant)?.command.to_string()))),
    row(form!("hops" "of" "command" N), "how many messages carry it to the node that does it, that to the head among them",
        |scene, meant| scene.hops(meant)),
    row(form!("hops" "of" "answer" N), "how many messages carry the answer from there to the command node",
        |scene, meant| scene.hops_back(meant)),
    row(form!("answer" "of" "command" N), "the value that a GET got, the name of the reply to another command, or `none`",
        |scene, meant| scene.answer(meant)),
    row(form!("id" "in" "answer" N), "the storage id that the answer of a GET names",
        |scene, meant| scene.answering_id(meant)),
    // The run as a whole.
    row(form!("number" "of" "events"), "how many events it has",
        |scene, _| Ok(Value::count(scene.timeline.len()))),
    row(form!("number" "of" "ranks"), "how many ranks it has",
        |scene, _| Ok(Value::Number(scene.timeline.header().ranks.into()))),
    row(form!("ending"), "`completed`, `deadlock`, `livelock`, `crashed`, `stopped`, or `cut off`",
        |scene, _| Ok(Value::words(scene.timeline.ending().map_or("cut off", |ending| ending.name())))),
    row(form!("ranks" "in" "the" "cycle"), "at its end: those that wait for each other in a circle",
        |scene, _| scene.cycle()),
    row(form!("violation"), "the invariant that is violated first, or `none`",
        |scene, _| Ok(Value::words(scene.timeline.violations().first().map_or("none", |one| one.violation.invariant.name())))),
    row(form!("event" "of" "the" "violation"), "the number of the event at which that is",
        |scene, _| scene.timeline.violations().first().map(|one| Value::count(one.at.0 + 1)).ok_or("no invariant is violated".to_owned())),
    // The run in every order of its receipts.
    row(form!("number" "of" "endings"), "in how many ways it can end, in every order of receipts",
        |scene, _| every_order::endings(scene)),
    row(form!("number" "of" "failures"), "in how many of these it does not complete as it should",
        |scene, _| every_order::failures(scene)),
    row(form!("number" "of" "states"), "how many states all orders of receipts lead through",
        |scene, _| every_order::states(scene)),
    row(form!("shortest" "failure"), "the failure that takes fewest receipts, such as `deadlock`, or `none`",
        |scene, _| every_order::shortest_failure(scene)),
    row(form!("receipts" "to" "the" "shortest" "failure"), "how many receipts it takes",
        |scene, _| every_order::receipts_to_it(scene)),
    // A comparison, at a stop that has one.
    row(form!("comparison"), "`equal`, `reordered` or `different`",
        |scene, _| Ok(Value::words(level(scene.comparison()?.level)))),
    row(form!("rank" "of" "the" "divergence"), "the rank that first does something else",
        |scene, _| Ok(Value::Rank(scene.divergence()?.rank))),
    row(form!("events" "before" "the" "divergence"), "how many of that rank's events are the same before that",
        |scene, _| Ok(Value::count(scene.divergence()?.index))),
    row(form!("ranks" "that" "diverge"), "all ranks that do something else at some time",
        |scene, _| Ok(Value::Ranks(scene.comparison()?.divergences.iter().map(|one| one.rank).collect()))),
    row(form!("first" "here"), "at the divergence: what this run does, such as `receives PUT from rank 0`, or `nothing`",
        |scene, _| Ok(scene.step(scene.divergence()?.a.as_ref()))),
    row(form!("first" "there"), "what the other run does there",
        |scene, _| Ok(scene.step(scene.divergence()?.b.as_ref()))),
];

/// Every fact as it is written, and what it is.
pub(super) fn help() -> impl Iterator<Item = (String, &'static str)> {
    ROWS.iter().map(|row| (grammar::shown(row.form), row.what))
}

fn forms() -> Vec<Form> {
    ROWS.iter().map(|row| row.form).collect()
}

impl Fact {
    /// Reads a fact.
    ///
    /// # Errors
    ///
    /// The first word that is none of a fact, and what was expected.
    pub(super) fn parse(text: &str, lexicon: &SymbolTable) -> Result<Fact, ParseError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let begins = |form: &Form| match (form.first(), words.first()) {
            (Some(Token::Word(own)), Some(word)) => own.eq_ignore_ascii_case(word),
            (Some(Token::Tag), Some(word)) => lexicon.has_tag(word),
            (Some(_) | None, _) => false,
        };
        let open: Vec<Form> = forms().into_iter().filter(begins).collect();
        if open.is_empty() {
            return Err(unknown(text, words.first().copied().unwrap_or("")));
        }
        let (place, meant) = grammar::read(&open, &words, lexicon)?;
        let row = ROWS.iter().position(|row| row.form == open[place]);
        Ok(Fact { row: row.expect("it is one of the table's"), meant })
    }

    /// Works it out.
    ///
    /// # Errors
    ///
    /// Why it cannot be: in a sentence.
    pub(super) fn value(&self, scene: &FactContext<'_>) -> Known {
        (ROWS[self.row].value)(scene, &self.meant)
    }
}

/// A fact of a run, as a lesson's text has it.
#[cfg(test)]
pub(crate) fn fact_in_words(
    timeline: &Timeline,
    snapshot: &Snapshot,
    fact: &str,
) -> Result<String, String> {
    let fact = Fact::parse(fact, &SymbolTable::of(timeline)).map_err(|error| error.0)?;
    let value = fact.value(&FactContext { timeline, snapshot, comparison: None })?;
    Ok(value.to_string())
}

fn unknown(text: &str, word: &str) -> ParseError {
    let firsts = ROWS.iter().filter_map(|row| match row.form.first() {
        Some(Token::Word(first)) => Some(*first),
        Some(Token::Rank | Token::Tag | Token::Key | Token::Number) | None => None,
    });
    let hint = nearest(word, firsts).map(|meant| format!(": did you mean `{meant}`?"));
    ParseError(format!("there is no fact `{text}`{}", hint.unwrap_or_default()))
}

/// The thing of that kind among what a form's words meant.
fn find<T>(meant: &[Argument], one: impl Fn(&Argument) -> Option<T>) -> Result<T, String> {
    meant.iter().find_map(one).ok_or_else(|| "the form has no such word".to_owned())
}

fn rank(meant: &[Argument]) -> Result<Rank, String> {
    find(meant, |one| if let Argument::Rank(rank) = one { Some(*rank) } else { None })
}

fn key(meant: &[Argument]) -> Result<Key, String> {
    find(meant, |one| if let Argument::Key(key) = one { Some(*key) } else { None })
}

fn tag(meant: &[Argument]) -> Result<Tag, String> {
    find(meant, |one| if let Argument::Tag(tag) = one { Some(*tag) } else { None })
}

fn number(meant: &[Argument]) -> Result<usize, String> {
    find(meant, |one| if let Argument::Number(number) = one { Some(*number) } else { None })
}

fn peer(peer: Option<Peer>) -> Value {
    peer.map_or_else(|| Value::words("nobody"), |peer| Value::Rank(peer.rank))
}

/// Who sends the message of an event, and who receives it.
fn ends(event: EventInfo) -> (Rank, Rank) {
    match event.op {
        Op::Send => (event.rank, event.peer),
        Op::Recv => (event.peer, event.rank),
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Equal => "equal",
        Level::Reordered => "reordered",
        Level::Different => "different",
    }
}

/// The ring.
impl<'a> FactContext<'a> {
    fn states(&self) -> Result<&'a NodeStates, String> {
        self.snapshot.states.as_ref().ok_or_else(|| "the nodes' states are not known here".into())
    }

    fn node(&self, rank: Rank) -> Result<NodeView<'a>, String> {
        let node = self.states()?.nodes.get(rank.index());
        Ok(node.ok_or_else(|| format!("there is no rank {rank}"))?.view())
    }

    fn member(&self, rank: Rank) -> Result<&'a Member, String> {
        let members = self.states()?.ring.members();
        let found = members.iter().find(|member| member.rank == rank);
        found.ok_or_else(|| format!("rank {rank} is not in the ring here"))
    }

    fn owner(&self, key: Key) -> Known {
        let owner = self.states()?.ring.owner(key);
        Ok(owner.map_or_else(|| Value::words("nobody"), |member| Value::Rank(member.rank)))
    }

    fn holders(&self, key: Key) -> Result<Vec<Rank>, String> {
        let nodes = (0_u32..).map(Rank).zip(&self.states()?.nodes);
        let holds = |node: NodeView<'_>| node.storage.is_some_and(|pairs| pairs.contains_key(&key));
        Ok(nodes.filter(|(_, node)| holds(node.view())).map(|(rank, _)| rank).collect())
    }

    fn holder(&self, key: Key) -> Known {
        Ok(match self.holders(key)?[..] {
            [] => Value::words("nobody"),
            [one] => Value::Rank(one),
            ref more => Value::Ranks(more.to_vec()),
        })
    }

    fn value(&self, key: Key) -> Known {
        let holders = self.holders(key)?;
        let first = holders.first().ok_or_else(|| format!("nobody holds key {key} here"))?;
        let storage = self.node(*first)?.storage;
        let value = storage.and_then(|pairs| pairs.get(&key)).ok_or("it holds nothing")?;
        Ok(Value::Number(value.0))
    }

    fn keys(&self, rank: Rank) -> Result<Vec<Key>, String> {
        let storage = self.node(rank)?.storage;
        Ok(storage.map_or_else(Vec::new, |pairs| pairs.keys().copied().collect()))
    }

    fn all_keys(&self) -> Known {
        Ok(Value::count(self.states()?.holdings().keys))
    }

    fn share(&self, rank: Rank) -> Known {
        let range = self.member(rank)?.range;
        Ok(Value::Number(range.up_to.0.saturating_sub(range.above.0).max(0)))
    }

    fn status(&self, rank: Rank) -> Result<Status, String> {
        self.states()?.statuses.of(rank).ok_or_else(|| format!("there is no rank {rank}"))
    }

    fn awaited(&self, rank: Rank) -> Known {
        let status = self.status(rank)?;
        Ok(status.blocked(rank).map_or_else(|| Value::words("nobody"), |it| Value::Rank(it.on)))
    }

    fn awaited_tag(&self, rank: Rank) -> Known {
        Ok(match self.status(rank)? {
            Status::Waiting { tag, .. } => self.tag(tag),
            Status::WaitingForAny => Value::words("anything"),
            Status::Sending { .. }
            | Status::Owing { .. }
            | Status::Crashed(_)
            | Status::Finished => Value::words("nothing"),
        })
    }

    /// Those that wait for each other when nothing moves any more.
    fn cycle(&self) -> Known {
        let end = self.timeline.snapshot(self.timeline.len());
        let states = end.states.ok_or("the nodes' states are not known at the end")?;
        let graph: WaitForGraph<()> = WaitForGraph::of(states.statuses.iter(), Vec::new());
        Ok(Value::Ranks(graph.cycle().iter().map(|blocked| blocked.rank).collect()))
    }
}

/// Events, messages and commands.
impl FactContext<'_> {
    fn event(&self) -> Result<EventInfo, String> {
        let at = self.timeline.event_at(self.snapshot.cursor);
        at.map(|at| self.timeline.info(at)).ok_or_else(|| "nothing has happened yet".to_owned())
    }

    fn tag(&self, tag: Tag) -> Value {
        Value::words(tag_label(tag, &self.timeline.vocabulary()).to_string())
    }

    fn so_far(&self) -> Range<usize> {
        0..self.snapshot.cursor
    }

    fn whole(&self) -> Range<usize> {
        0..self.timeline.len()
    }

    /// From a command to its answer, or to the end of the run.
    fn span(&self, meant: &[Argument]) -> Result<Range<usize>, String> {
        let operation = self.operation(meant)?;
        Ok(operation.invoked.0
            ..operation.completed.map_or(self.timeline.len(), |answered| answered.0 + 1))
    }

    fn sends(&self, within: Range<usize>) -> impl Iterator<Item = (EventIndex, EventInfo)> + '_ {
        let events = within.map(EventIndex).map(|at| (at, self.timeline.info(at)));
        events.filter(|(_, event)| event.destination().is_some())
    }

    fn messages(&self, within: Range<usize>, is_counted: impl Fn(&EventInfo) -> bool) -> Value {
        Value::count(self.sends(within).filter(|(_, event)| is_counted(event)).count())
    }

    fn bytes(&self, within: Range<usize>, tag: Option<Tag>) -> Value {
        let sends = self.sends(within).filter(|(_, event)| tag.is_none_or(|tag| event.tag == tag));
        Value::count(sends.map(|(at, _)| self.timeline.data(at).to_string().len()).sum())
    }

    fn operation(&self, meant: &[Argument]) -> Result<Operation, String> {
        nth_operation(self.timeline, number(meant)?)
    }

    fn answered(&self) -> usize {
        let cursor = self.snapshot.cursor;
        let is_answered = |operation: &&Operation| {
            operation.completed.is_some_and(|answered| answered.0 < cursor)
        };
        self.timeline.operations().iter().filter(is_answered).count()
    }

    fn hops(&self, meant: &[Argument]) -> Known {
        let tag = self.timeline.info(self.operation(meant)?.invoked).tag;
        Ok(self.messages(self.span(meant)?, |event| event.tag == tag))
    }

    fn hops_back(&self, meant: &[Argument]) -> Known {
        let protocol = self.timeline.commands_of();
        let is_reply = |tag| protocol.tag(tag).is_some_and(|info| info.kind == Purpose::Reply);
        Ok(self.messages(self.span(meant)?, |event| is_reply(event.tag)))
    }

    /// The tag of the answer to a command, and what it says; `None` when it was never answered.
    fn reply(&self, meant: &[Argument]) -> Result<Option<(Tag, Meaning)>, String> {
        let Some(answered) = self.operation(meant)?.completed else { return Ok(None) };
        let tag = self.timeline.info(answered).tag;
        let meaning = self.timeline.commands_of().meaning(tag, &self.timeline.data(answered));
        Ok(meaning.ok().map(|meaning| (tag, meaning)))
    }

    fn answer(&self, meant: &[Argument]) -> Known {
        Ok(match self.reply(meant)? {
            Some((_, Meaning::Found(value, _))) => Value::Number(value.0),
            Some((_, Meaning::Absent)) => Value::words("absent"),
            Some((_, Meaning::Refused)) => Value::words("refused"),
            Some((tag, _)) => {
                Value::words(tag_label(tag, self.timeline.commands_of().vocabulary()).to_string())
            }
            None => Value::words("none"),
        })
    }

    fn answering_id(&self, meant: &[Argument]) -> Known {
        match self.reply(meant)? {
            Some((_, Meaning::Found(_, owner))) => Ok(Value::Number(owner.0)),
            Some(_) | None => Err("that command was not answered with a value".to_owned()),
        }
    }
}

/// Comparisons.
impl<'a> FactContext<'a> {
    fn comparison(&self) -> Result<&'a Comparison, String> {
        self.comparison.ok_or_else(|| "nothing is compared at this stop".to_owned())
    }

    fn divergence(&self) -> Result<&'a ringscope_traces::diff::Divergence, String> {
        let first = self.comparison()?.first.as_ref();
        first.map(|first| &first.divergence).ok_or_else(|| "the two runs are equal".to_owned())
    }

    fn step(&self, step: Option<&ringscope_traces::diff::Step>) -> Value {
        let Some(step) = step else { return Value::words("nothing") };
        let tag = self.tag(step.tag);
        Value::words(match step.op {
            Op::Send => format!("sends {tag} to rank {}", step.peer),
            Op::Recv => format!("receives {tag} from rank {}", step.peer),
        })
    }
}

/// The command of that number, from 1.
pub(super) fn nth_operation(timeline: &Timeline, number: usize) -> Result<Operation, String> {
    let operations = timeline.operations();
    let operation = number.checked_sub(1).and_then(|place| operations.get(place));
    operation
        .copied()
        .ok_or_else(|| format!("there is no command {number}: there are {}", operations.len()))
}

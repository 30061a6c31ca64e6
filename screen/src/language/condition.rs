//! Conditions to break on, such as `key 612 moves`.

use ringscope_sim::protocol::{Key, PlaceChange, TagInfo, Viewed};
use ringscope_sim::stats::CommandKind;
use ringscope_sim::world::Status;
use ringscope_traces::{EventIndex, Op, Rank, Tag};

use super::grammar::{self, Argument, Form, ParseError, SymbolTable, Token};
use super::payload;
use crate::timeline::Timeline;

/// A condition to break on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// How it is written.
    pub text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    KeyMoves(Key),
    Waits(Rank),
    Joins(Rank),
    Leaves(Rank),
    Unanswered(CommandKind),
    Violation,
    Tagged(Tag),
    Does(Rank, Op, Tag),
}

/// A row of the language: a form, what it stands for, and how it is made.
struct Row {
    form: Form,
    what: &'static str,
    kind: fn(&[Argument]) -> Option<Kind>,
}

/// Every condition.
const ROWS: &[Row] = &[
    Row {
        form: &[Token::Word("key"), Token::Key, Token::Word("moves")],
        what: "the key comes to another node",
        kind: |meant| match meant {
            [_, Argument::Key(key), _] => Some(Kind::KeyMoves(*key)),
            _ => None,
        },
    },
    Row {
        form: &[Token::Word("rank"), Token::Rank, Token::Word("waits")],
        what: "the rank has asked somebody, and waits for the answer",
        kind: |meant| rank(meant).map(Kind::Waits),
    },
    Row {
        form: &[Token::Word("rank"), Token::Rank, Token::Word("joins")],
        what: "the rank joins the ring",
        kind: |meant| rank(meant).map(Kind::Joins),
    },
    Row {
        form: &[Token::Word("rank"), Token::Rank, Token::Word("leaves")],
        what: "the rank has left the ring",
        kind: |meant| rank(meant).map(Kind::Leaves),
    },
    Row {
        form: &[Token::Word("rank"), Token::Rank, Token::Word("sends"), Token::Tag],
        what: "the rank sends a message with the tag",
        kind: |meant| does(meant, Op::Send),
    },
    Row {
        form: &[Token::Word("rank"), Token::Rank, Token::Word("receives"), Token::Tag],
        what: "the rank receives a message with the tag",
        kind: |meant| does(meant, Op::Recv),
    },
    Row {
        form: &[Token::Word("GET"), Token::Word("unanswered")],
        what: "a GET is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(CommandKind::Get)),
    },
    Row {
        form: &[Token::Word("PUT"), Token::Word("unanswered")],
        what: "a PUT is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(CommandKind::Put)),
    },
    Row {
        form: &[Token::Word("ADD"), Token::Word("unanswered")],
        what: "an ADD is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(CommandKind::Add)),
    },
    Row {
        form: &[Token::Word("REMOVE"), Token::Word("unanswered")],
        what: "a REMOVE is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(CommandKind::Remove)),
    },
    Row {
        form: &[Token::Word("invariant")],
        what: "an invariant no longer holds",
        kind: |_| Some(Kind::Violation),
    },
    Row {
        form: &[Token::Word("tag"), Token::Tag],
        what: "a message with the tag is sent or received",
        kind: |meant| match meant {
            [_, Argument::Tag(tag)] => Some(Kind::Tagged(*tag)),
            _ => None,
        },
    },
];

fn rank(meant: &[Argument]) -> Option<Rank> {
    match meant {
        [_, Argument::Rank(rank), ..] => Some(*rank),
        _ => None,
    }
}

fn does(meant: &[Argument], op: Op) -> Option<Kind> {
    match meant {
        [_, Argument::Rank(rank), _, Argument::Tag(tag)] => Some(Kind::Does(*rank, op, *tag)),
        _ => None,
    }
}

fn forms() -> Vec<Form> {
    ROWS.iter().map(|row| row.form).collect()
}

/// Every condition as it is written, and what it stands for.
pub fn help() -> impl Iterator<Item = (String, &'static str)> {
    ROWS.iter().map(|row| (grammar::shown(row.form), row.what))
}

/// What a line could go on with.
pub fn completions(text: &str, lexicon: &SymbolTable) -> Vec<String> {
    grammar::completions(&forms(), text, lexicon)
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    ///
    /// The first word that is none of a condition, and what was expected.
    ///
    /// ```
    /// use ringscope_screen::language::Condition;
    /// use ringscope_screen::language::grammar::SymbolTable;
    /// use ringscope_screen::timeline::Timeline;
    /// use ringscope_sim::scenario::builtin;
    ///
    /// let timeline = Timeline::live(builtin::find("join").expect("it is built in").scenario());
    /// let symbols = SymbolTable::of(&timeline);
    /// let condition = Condition::parse("rank 6 sends init", &symbols).expect("a condition");
    /// assert_eq!(condition.text, "rank 6 sends INIT");
    /// let events = (1..=timeline.len()).filter_map(|cursor| timeline.event_at(cursor));
    /// assert_eq!(events.filter(|at| condition.holds(&timeline, *at)).count(), 1);
    /// ```
    pub fn parse(text: &str, lexicon: &SymbolTable) -> Result<Condition, ParseError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (row, meant) = grammar::read(&forms(), &words, lexicon)?;
        let kind = (ROWS[row].kind)(&meant).expect("a form's words are what it is made of");
        let words = ROWS[row].form.iter().zip(&meant).zip(&words);
        let text = words.map(|((piece, meant), word)| match (piece, meant) {
            (Token::Word(own), _) => (*own).to_owned(),
            (_, Argument::Tag(tag)) => lexicon.tag_name(*tag),
            (Token::Rank | Token::Tag | Token::Key | Token::Number, _) => (*word).to_owned(),
        });
        Ok(Condition { text: text.collect::<Vec<_>>().join(" "), kind })
    }

    /// Whether it comes to hold with that event.
    pub fn holds(&self, timeline: &Timeline, at: EventIndex) -> bool {
        let fact = timeline.info(at);
        let is_received = fact.source().is_some();
        match self.kind {
            Kind::Tagged(tag) => fact.tag == tag,
            Kind::Does(rank, op, tag) => (fact.rank, fact.op, fact.tag) == (rank, op, tag),
            Kind::Violation => has(timeline.violations(), at, |violation_at| violation_at.at),
            Kind::Unanswered(kind) => {
                let operations = timeline.operations();
                let operation =
                    operations.binary_search_by_key(&at, |operation| operation.invoked).ok();
                operation.map(|operation| &operations[operation]).is_some_and(|operation| {
                    operation.completed.is_none() && CommandKind::from(operation.command) == kind
                })
            }
            Kind::Joins(rank) => {
                fact.rank == rank && receipt(timeline, at) == Some(PlaceChange::Joins)
            }
            Kind::Leaves(rank) => fact.rank == rank && leaves(timeline, at),
            Kind::Waits(rank) => !is_received && fact.rank == rank && waits(timeline, at),
            Kind::KeyMoves(key) => {
                let moves = tag_of(timeline, fact.tag).is_some_and(|info| info.moves_pairs);
                is_received && moves && comes_to(timeline, at, fact.rank, key)
            }
        }
    }
}

fn has<T>(list: &[T], at: EventIndex, place: impl Fn(&T) -> EventIndex) -> bool {
    list.binary_search_by_key(&at, place).is_ok()
}

fn tag_of(timeline: &Timeline, tag: Tag) -> Option<&'static TagInfo> {
    timeline.protocol()?.tag(tag)
}

/// What that event says of its rank's place in the ring, if it is a receive.
fn receipt(timeline: &Timeline, at: EventIndex) -> Option<PlaceChange> {
    let fact = timeline.info(at);
    match fact.op {
        Op::Recv => tag_of(timeline, fact.tag).map(|info| info.receipt),
        Op::Send => None,
    }
}

/// Whether that event is the last that its rank does for leaving the ring.
fn leaves(timeline: &Timeline, at: EventIndex) -> bool {
    match receipt(timeline, at) {
        Some(PlaceChange::LeavesAfter(asked)) => {
            timeline.previous(at).is_some_and(|before| timeline.info(before).tag == asked)
        }
        Some(PlaceChange::Joins | PlaceChange::Nothing) | None => false,
    }
}

/// Whether the sender of that event waits for an answer to it: its next event, if there is one, is a
/// receive from whom it asked.
fn waits(timeline: &Timeline, at: EventIndex) -> bool {
    let fact = timeline.info(at);
    let next = timeline.next(at).map(|next| timeline.info(next));
    if next.is_some_and(|next| next.destination().is_some() || next.peer != fact.peer) {
        return false;
    }
    let states = timeline.snapshot(at.0 + 1).states;
    // A rank that is in its send still comes to wait for the answer.
    let status = states.and_then(|states| states.statuses.after_sends(fact.rank));
    match status {
        Some(Status::Waiting { source, .. }) => source == fact.peer,
        Some(
            Status::WaitingForAny
            | Status::Sending { .. }
            | Status::Owing { .. }
            | Status::Crashed(_)
            | Status::Finished,
        ) => false,
        // Nobody knows the nodes: that its next event is an answer has to do.
        None => next.is_some(),
    }
}

/// Whether the key came to that rank with that event.
fn comes_to(timeline: &Timeline, at: EventIndex, rank: Rank, key: Key) -> bool {
    if !payload::has_key(&timeline.data(at), key) {
        return false;
    }
    match timeline.snapshot(at.0 + 1).states {
        Some(states) => {
            let held = states.before.as_ref().is_some_and(|(_, node)| holds(node, key));
            !held && states.nodes.get(rank.index()).is_some_and(|node| holds(node, key))
        }
        None => true,
    }
}

fn holds(node: &impl Viewed, key: Key) -> bool {
    node.view().storage.is_some_and(|storage| storage.contains_key(&key))
}

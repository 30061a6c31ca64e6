//! Conditions to break on, such as `key 612 moves`.

use ringscope_sim::protocol::{Command, Key, Node as _, Wait};
use ringscope_sim::protocols::classic::{ClassicNode, tags};
use ringscope_traces::{EventIndex, Op, Rank, Tag};

use super::grammar::{self, Form, Lexicon, Meant, Misread, Piece};
use super::payload;
use crate::film::Film;

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
    Unanswered(Tag),
    Violation,
    Tagged(Tag),
    Does(Rank, Op, Tag),
}

/// A row of the language: a form, what it stands for, and how it is made.
struct Row {
    form: Form,
    what: &'static str,
    kind: fn(&[Meant]) -> Option<Kind>,
}

/// Every condition.
const ROWS: &[Row] = &[
    Row {
        form: &[Piece::Word("key"), Piece::Key, Piece::Word("moves")],
        what: "the key comes to another node",
        kind: |meant| match meant {
            [_, Meant::Key(key), _] => Some(Kind::KeyMoves(*key)),
            _ => None,
        },
    },
    Row {
        form: &[Piece::Word("rank"), Piece::Rank, Piece::Word("waits")],
        what: "the rank has asked somebody, and waits for the answer",
        kind: |meant| rank(meant).map(Kind::Waits),
    },
    Row {
        form: &[Piece::Word("rank"), Piece::Rank, Piece::Word("joins")],
        what: "the rank joins the ring",
        kind: |meant| rank(meant).map(Kind::Joins),
    },
    Row {
        form: &[Piece::Word("rank"), Piece::Rank, Piece::Word("leaves")],
        what: "the rank has left the ring",
        kind: |meant| rank(meant).map(Kind::Leaves),
    },
    Row {
        form: &[Piece::Word("rank"), Piece::Rank, Piece::Word("sends"), Piece::Tag],
        what: "the rank sends a message with the tag",
        kind: |meant| does(meant, Op::Send),
    },
    Row {
        form: &[Piece::Word("rank"), Piece::Rank, Piece::Word("receives"), Piece::Tag],
        what: "the rank receives a message with the tag",
        kind: |meant| does(meant, Op::Recv),
    },
    Row {
        form: &[Piece::Word("GET"), Piece::Word("unanswered")],
        what: "a GET is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(tags::GET)),
    },
    Row {
        form: &[Piece::Word("PUT"), Piece::Word("unanswered")],
        what: "a PUT is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(tags::PUT)),
    },
    Row {
        form: &[Piece::Word("ADD"), Piece::Word("unanswered")],
        what: "an ADD is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(tags::ADD)),
    },
    Row {
        form: &[Piece::Word("REMOVE"), Piece::Word("unanswered")],
        what: "a REMOVE is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(tags::REMOVE)),
    },
    Row {
        form: &[Piece::Word("invariant")],
        what: "an invariant no longer holds",
        kind: |_| Some(Kind::Violation),
    },
    Row {
        form: &[Piece::Word("tag"), Piece::Tag],
        what: "a message with the tag is sent or received",
        kind: |meant| match meant {
            [_, Meant::Tag(tag)] => Some(Kind::Tagged(*tag)),
            _ => None,
        },
    },
];

fn rank(meant: &[Meant]) -> Option<Rank> {
    match meant {
        [_, Meant::Rank(rank), ..] => Some(*rank),
        _ => None,
    }
}

fn does(meant: &[Meant], op: Op) -> Option<Kind> {
    match meant {
        [_, Meant::Rank(rank), _, Meant::Tag(tag)] => Some(Kind::Does(*rank, op, *tag)),
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
pub fn completions(text: &str, lexicon: &Lexicon) -> Vec<String> {
    grammar::completions(&forms(), text, lexicon)
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    ///
    /// The first word that is none of a condition, and what was expected.
    pub fn parse(text: &str, lexicon: &Lexicon) -> Result<Condition, Misread> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (row, meant) = grammar::read(&forms(), &words, lexicon)?;
        let kind = (ROWS[row].kind)(&meant).expect("a form's words are what it is made of");
        let words = ROWS[row].form.iter().zip(&meant).zip(&words);
        let text = words.map(|((piece, meant), word)| match (piece, meant) {
            (Piece::Word(own), _) => (*own).to_owned(),
            (_, Meant::Tag(tag)) => lexicon.tag_name(*tag),
            (Piece::Rank | Piece::Tag | Piece::Key | Piece::Number, _) => (*word).to_owned(),
        });
        Ok(Condition { text: text.collect::<Vec<_>>().join(" "), kind })
    }

    /// Whether it comes to hold with that event.
    pub fn holds(&self, film: &Film, at: EventIndex) -> bool {
        let fact = film.fact(at);
        let is_received = fact.op == Op::Recv;
        match self.kind {
            Kind::Tagged(tag) => fact.tag == tag,
            Kind::Does(rank, op, tag) => (fact.rank, fact.op, fact.tag) == (rank, op, tag),
            Kind::Violation => has(film.sightings(), at, |sighting| sighting.at),
            Kind::Unanswered(tag) => {
                let deeds = film.deeds();
                let deed = deeds.binary_search_by_key(&at, |deed| deed.sent).ok();
                deed.map(|deed| &deeds[deed])
                    .is_some_and(|deed| deed.answered.is_none() && tag_of(deed.command) == tag)
            }
            Kind::Joins(rank) => is_received && fact.rank == rank && fact.tag == tags::INIT,
            Kind::Leaves(rank) => {
                is_received && (fact.rank, fact.tag) == (rank, tags::COMPLETE) && {
                    let asked = film.previous(at).map(|asked| film.fact(asked));
                    asked.is_some_and(|asked| asked.tag == tags::UPDATE_CHILD_POINTERS)
                }
            }
            Kind::Waits(rank) => !is_received && fact.rank == rank && waits(film, at),
            Kind::KeyMoves(key) => {
                let moves = [tags::REDISTRIBUTE_ADD, tags::REDISTRIBUTE_REMOVE];
                is_received && moves.contains(&fact.tag) && comes_to(film, (at, fact.rank), key)
            }
        }
    }
}

fn has<T>(list: &[T], at: EventIndex, place: impl Fn(&T) -> EventIndex) -> bool {
    list.binary_search_by_key(&at, place).is_ok()
}

fn tag_of(command: Command) -> Tag {
    match command {
        Command::Put { .. } => tags::PUT,
        Command::Get { .. } => tags::GET,
        Command::Add { .. } => tags::ADD,
        Command::Remove { .. } => tags::REMOVE,
    }
}

/// Whether the sender of that event waits for an answer to it: its next event, if there is one, is a
/// receive from whom it asked.
fn waits(film: &Film, at: EventIndex) -> bool {
    let fact = film.fact(at);
    let next = film.next(at).map(|next| film.fact(next));
    if next.is_some_and(|next| next.op == Op::Send || next.peer != fact.peer) {
        return false;
    }
    let standing = film.moment(at.0 + 1).standing;
    let wait = standing.and_then(|standing| standing.waits.get(fact.rank.index()).copied());
    match wait {
        Some(Wait::From { source, .. }) => source == fact.peer,
        Some(Wait::Any | Wait::Stopped) => false,
        // Nobody knows the nodes: that its next event is an answer has to do.
        None => next.is_some(),
    }
}

/// Whether the key came to that rank with that event.
fn comes_to(film: &Film, (at, rank): (EventIndex, Rank), key: Key) -> bool {
    if !payload::has_key(&film.data(at), key) {
        return false;
    }
    let holds =
        |node: &ClassicNode| node.view().storage.is_some_and(|storage| storage.contains_key(&key));
    match film.moment(at.0 + 1).standing {
        Some(standing) => {
            let held = standing.before.as_ref().is_some_and(|(_, node)| holds(node));
            !held && standing.nodes.get(rank.index()).is_some_and(holds)
        }
        None => true,
    }
}

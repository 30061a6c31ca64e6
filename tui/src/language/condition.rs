//! Conditions to break on, such as `key 612 moves`.

use ringscope_sim::protocol::{Key, Receipt, TagInfo, Viewed, Wait};
use ringscope_sim::stats::CommandKind;
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
    Unanswered(CommandKind),
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
        kind: |_| Some(Kind::Unanswered(CommandKind::Get)),
    },
    Row {
        form: &[Piece::Word("PUT"), Piece::Word("unanswered")],
        what: "a PUT is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(CommandKind::Put)),
    },
    Row {
        form: &[Piece::Word("ADD"), Piece::Word("unanswered")],
        what: "an ADD is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(CommandKind::Add)),
    },
    Row {
        form: &[Piece::Word("REMOVE"), Piece::Word("unanswered")],
        what: "a REMOVE is sent that nobody will ever answer",
        kind: |_| Some(Kind::Unanswered(CommandKind::Remove)),
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
            Kind::Unanswered(kind) => {
                let deeds = film.deeds();
                let deed = deeds.binary_search_by_key(&at, |deed| deed.sent).ok();
                deed.map(|deed| &deeds[deed]).is_some_and(|deed| {
                    deed.answered.is_none() && CommandKind::from(deed.command) == kind
                })
            }
            Kind::Joins(rank) => fact.rank == rank && receipt(film, at) == Some(Receipt::Joins),
            Kind::Leaves(rank) => fact.rank == rank && leaves(film, at),
            Kind::Waits(rank) => !is_received && fact.rank == rank && waits(film, at),
            Kind::KeyMoves(key) => {
                let moves = tag_of(film, fact.tag).is_some_and(|info| info.moves_pairs);
                is_received && moves && comes_to(film, (at, fact.rank), key)
            }
        }
    }
}

fn has<T>(list: &[T], at: EventIndex, place: impl Fn(&T) -> EventIndex) -> bool {
    list.binary_search_by_key(&at, place).is_ok()
}

fn tag_of(film: &Film, tag: Tag) -> Option<&'static TagInfo> {
    film.protocol()?.tag(tag)
}

/// What that event says of its rank's place in the ring, if it is a receive.
fn receipt(film: &Film, at: EventIndex) -> Option<Receipt> {
    let fact = film.fact(at);
    match fact.op {
        Op::Recv => tag_of(film, fact.tag).map(|info| info.receipt),
        Op::Send => None,
    }
}

/// Whether that event is the last that its rank does for leaving the ring.
fn leaves(film: &Film, at: EventIndex) -> bool {
    match receipt(film, at) {
        Some(Receipt::LeavesAfter(asked)) => {
            film.previous(at).is_some_and(|before| film.fact(before).tag == asked)
        }
        Some(Receipt::Joins | Receipt::Nothing) | None => false,
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
    match film.moment(at.0 + 1).standing {
        Some(standing) => {
            let held = standing.before.as_ref().is_some_and(|(_, node)| holds(node, key));
            !held && standing.nodes.get(rank.index()).is_some_and(|node| holds(node, key))
        }
        None => true,
    }
}

fn holds(node: &impl Viewed, key: Key) -> bool {
    node.view().storage.is_some_and(|storage| storage.contains_key(&key))
}

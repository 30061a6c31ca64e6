//! What a lesson asks of its runs: a fact, and of which run and where; and claims about facts.

use std::cmp::Ordering;

use ringscope_sim::protocol::Key;
use ringscope_traces::Rank;
use ringscope_traces::diff::Comparison;

use super::facts::{Fact, FactContext, Value};
use super::place::{From, StopPlace};
use super::runs::LessonRun;
use crate::language::grammar::{ParseError, SymbolTable};
use crate::timeline::Snapshot;

/// Why something that a lesson asks has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// It cannot be read.
    Unreadable(String),
    /// It can be read, and the run has no such thing.
    Without(String),
}

impl std::convert::From<ParseError> for NoAnswer {
    fn from(misread: ParseError) -> NoAnswer {
        NoAnswer::Unreadable(misread.0)
    }
}

/// Where a lesson stands.
pub(super) struct Here<'a> {
    /// All runs; none in the place of one that could not be had.
    pub runs: &'a [Option<LessonRun>],
    /// The names of the runs.
    pub names: &'a [String],
    /// The one that is shown.
    pub run: &'a LessonRun,
    /// How that one stands.
    pub snapshot: &'a Snapshot,
    /// What came of comparing it with another one.
    pub comparison: Option<&'a Comparison>,
}

/// Splits off what asks for another run or place: `FACT [in run NAME] [at PLACE]`.
const OF_RUN: &str = " in run ";
const AT_PLACE: &str = " at ";

impl Here<'_> {
    /// Works out a fact.
    ///
    /// # Errors
    ///
    /// Why it has no value.
    pub(super) fn value(&self, text: &str) -> Result<Value, NoAnswer> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (fact, name, place) = parts(&text);
        let Some(run) = name.map_or(Ok(Some(self.run)), |name| self.named(name))? else {
            return Err(NoAnswer::Without("that run could not be had".to_owned()));
        };
        let lexicon = SymbolTable::of(&run.timeline);
        let fact = Fact::parse(fact, &lexicon)?;
        let snapshot = self.snapshot(run, name.is_some(), place)?;
        let scene = FactContext {
            timeline: &run.timeline,
            snapshot: snapshot.as_ref().unwrap_or(self.snapshot),
            comparison: self.comparison,
        };
        fact.value(&scene).map_err(NoAnswer::Without)
    }

    fn named(&self, name: &str) -> Result<Option<&LessonRun>, NoAnswer> {
        match self.names.iter().position(|known| known == name) {
            Some(place) => Ok(self.runs[place].as_ref()),
            None => Err(NoAnswer::Unreadable(no_such_run(name, self.names))),
        }
    }

    /// How a run stands at a place; another run stands at its end where no place is named. `None`: here.
    fn snapshot(
        &self,
        run: &LessonRun,
        is_other: bool,
        place: Option<&str>,
    ) -> Result<Option<Snapshot>, NoAnswer> {
        let end = run.timeline.len();
        let cursor = if is_other { end } else { self.snapshot.cursor };
        let Some(place) = place else {
            return Ok(is_other.then(|| run.timeline.snapshot(end)));
        };
        let spot = StopPlace::parse(place, &SymbolTable::of(&run.timeline))?;
        let comparison = self.comparison.filter(|_| !is_other);
        let from = From { timeline: &run.timeline, cursor, comparison };
        Ok(Some(run.timeline.snapshot(spot.cursor(from).map_err(NoAnswer::Without)?)))
    }
}

/// The fact alone, the name of the run that it is asked of, and the place: these in either order.
fn parts(text: &str) -> (&str, Option<&str>, Option<&str>) {
    let Some((text, place)) = text.rsplit_once(AT_PLACE) else {
        return match text.rsplit_once(OF_RUN) {
            Some((fact, name)) => (fact, Some(name), None),
            None => (text, None, None),
        };
    };
    match (text.rsplit_once(OF_RUN), place.rsplit_once(OF_RUN)) {
        (Some((fact, name)), _) => (fact, Some(name), Some(place)),
        (None, Some((place, name))) => (text, Some(name), Some(place)),
        (None, None) => (text, None, Some(place)),
    }
}

/// What to say of a run that a lesson does not have.
pub(super) fn no_such_run(name: &str, names: &[String]) -> String {
    let only = if names.len() == 1 { ", as the first is called" } else { "" };
    format!("the lesson has no run `{name}`: there is {}{only}", names.join(", "))
}

/// What a claim came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClaimResult {
    /// Whether it holds.
    pub holds: bool,
    /// How it really is, such as `owner of key 400 is rank 6`.
    pub found: String,
}

/// How the two sides of a claim are to stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Is,
    IsNot,
    MoreThan,
    LessThan,
    AtLeast,
    AtMost,
    Has,
    HasNot,
}

/// The words between the two sides of a claim, the longer ones first.
const RELATIONS: &[(&str, Relation, &str)] = &[
    ("is not", Relation::IsNot, "they are not the same"),
    ("is more than", Relation::MoreThan, "numbers: the first is the greater"),
    ("is less than", Relation::LessThan, "numbers: the first is the smaller"),
    ("is at least", Relation::AtLeast, "numbers: the first is not the smaller"),
    ("is at most", Relation::AtMost, "numbers: the first is not the greater"),
    ("is", Relation::Is, "they are the same"),
    ("has not", Relation::HasNot, "the first, keys or ranks, has not the second among them"),
    ("has", Relation::Has, "the first, keys or ranks, has the second among them"),
];

/// Between two claims that are to hold both.
const BOTH: char = ';';

/// Every claim as it is written, and when it holds.
pub(super) fn help() -> impl Iterator<Item = (String, &'static str)> {
    let of = |(words, _, what): &(&'static str, Relation, &'static str)| {
        (format!("FACT {words} X"), *what)
    };
    RELATIONS.iter().map(of)
}

impl Here<'_> {
    /// Judges a claim, or several between which there is a `;`.
    ///
    /// # Errors
    ///
    /// Why it cannot be judged.
    pub(super) fn judge(&self, text: &str) -> Result<ClaimResult, NoAnswer> {
        let parts = text.split(BOTH).map(|part| self.judge_one(part.trim()));
        let parts: Vec<ClaimResult> = parts.collect::<Result<_, _>>()?;
        let wrong: Vec<&ClaimResult> = parts.iter().filter(|part| !part.holds).collect();
        let shown = if wrong.is_empty() { parts.iter().collect() } else { wrong };
        let found: Vec<&str> = shown.iter().map(|part| &*part.found).collect();
        Ok(ClaimResult { holds: parts.iter().all(|part| part.holds), found: found.join("; ") })
    }

    fn judge_one(&self, text: &str) -> Result<ClaimResult, NoAnswer> {
        let (left, relation, right) = split(text).ok_or_else(|| {
            NoAnswer::Unreadable(format!("`{text}` is no claim: expected `FACT is X`"))
        })?;
        let one = self.value(left)?;
        let other = self.right(right)?;
        let holds = relation.holds(&one, &other).map_err(|what| {
            NoAnswer::Unreadable(format!("`{left}` is {one}, and `{right}` {other}: {what}"))
        })?;
        Ok(ClaimResult { holds, found: format!("{left} is {one}") })
    }

    /// The right side: a number, a rank, several of them, a word, words in quotes, or another fact.
    fn right(&self, text: &str) -> Result<Value, NoAnswer> {
        if let Some(value) = literal(text) {
            return Ok(value);
        }
        match self.value(text) {
            Ok(value) => Ok(value),
            Err(trouble @ NoAnswer::Without(_)) => Err(trouble),
            // A word that is no fact stands for itself.
            Err(NoAnswer::Unreadable(_)) if !text.contains(char::is_whitespace) => {
                Ok(Value::words(text))
            }
            Err(NoAnswer::Unreadable(what)) => {
                Err(NoAnswer::Unreadable(format!("{what}; several words stand in quotes")))
            }
        }
    }
}

fn split(text: &str) -> Option<(&str, Relation, &str)> {
    let sides = |(words, relation, _): &(&str, Relation, &str)| {
        let (left, right) = text.split_once(&format!(" {words} "))?;
        Some((left.trim(), *relation, right.trim()))
            .filter(|(left, _, right)| !left.is_empty() && !right.is_empty())
    };
    RELATIONS.iter().find_map(sides)
}

/// What stands for itself.
fn literal(text: &str) -> Option<Value> {
    if let Some(words) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return Some(Value::words(words));
    }
    let items: Vec<&str> = text.split(", ").flat_map(|part| part.split(" and ")).collect();
    let ranks: Option<Vec<Rank>> = items.iter().map(|item| rank(item.trim())).collect();
    let numbers: Option<Vec<i64>> = items.iter().map(|item| item.trim().parse().ok()).collect();
    match (ranks.as_deref(), numbers.as_deref()) {
        (Some([one]), _) => Some(Value::Rank(*one)),
        (Some(ranks), _) => Some(Value::Ranks(ranks.to_vec())),
        (None, Some([one])) => Some(Value::Number(*one)),
        (None, Some(keys)) => Some(Value::Keys(keys.iter().copied().map(Key).collect())),
        (None, None) => None,
    }
}

fn rank(text: &str) -> Option<Rank> {
    text.strip_prefix("rank ")?.trim().parse().ok().map(Rank)
}

impl Relation {
    fn holds(self, one: &Value, other: &Value) -> Result<bool, &'static str> {
        let order = || match (one, other) {
            (Value::Number(one), Value::Number(other)) => Ok(one.cmp(other)),
            (Value::Number(_) | Value::Rank(_) | Value::Ranks(_), _)
            | (Value::Keys(_) | Value::Words(_), _) => Err("only numbers are more or less"),
        };
        match self {
            Relation::Is => same(one, other),
            Relation::IsNot => same(one, other).map(|is_same| !is_same),
            Relation::MoreThan => order().map(Ordering::is_gt),
            Relation::LessThan => order().map(Ordering::is_lt),
            Relation::AtLeast => order().map(Ordering::is_ge),
            Relation::AtMost => order().map(Ordering::is_le),
            Relation::Has => has(one, other),
            Relation::HasNot => has(one, other).map(|has| !has),
        }
    }
}

/// Whether two values are the same; one thing alone is the same as a list of it.
fn same(one: &Value, other: &Value) -> Result<bool, &'static str> {
    const KINDS: &str = "a rank is written `rank N`, a number or key without the word";
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => Ok(one == other),
        (Value::Rank(one), Value::Rank(other)) => Ok(one == other),
        (Value::Ranks(one), Value::Ranks(other)) => Ok(one == other),
        (Value::Ranks(one), Value::Rank(other)) | (Value::Rank(other), Value::Ranks(one)) => {
            Ok(*one == [*other])
        }
        (Value::Keys(one), Value::Keys(other)) => Ok(one == other),
        (Value::Keys(one), Value::Number(other)) | (Value::Number(other), Value::Keys(one)) => {
            Ok(*one == [Key(*other)])
        }
        (words @ Value::Words(_), other) | (other, words @ Value::Words(_)) => {
            // Nothing at all is shown as `none`; and letters may be small or capital.
            Ok(words.to_string().eq_ignore_ascii_case(&other.to_string()))
        }
        (Value::Number(_) | Value::Keys(_), Value::Rank(_) | Value::Ranks(_))
        | (Value::Rank(_) | Value::Ranks(_), Value::Number(_) | Value::Keys(_)) => Err(KINDS),
    }
}

fn has(one: &Value, other: &Value) -> Result<bool, &'static str> {
    match (one, other) {
        (Value::Keys(keys), Value::Number(key)) => Ok(keys.contains(&Key(*key))),
        (Value::Ranks(ranks), Value::Rank(rank)) => Ok(ranks.contains(rank)),
        (Value::Keys(keys), Value::Keys(others)) => Ok(others.iter().all(|key| keys.contains(key))),
        (Value::Ranks(ranks), Value::Ranks(others)) => {
            Ok(others.iter().all(|rank| ranks.contains(rank)))
        }
        (Value::Number(_) | Value::Rank(_) | Value::Words(_), _)
        | (Value::Keys(_), Value::Rank(_) | Value::Ranks(_) | Value::Words(_))
        | (Value::Ranks(_), Value::Number(_) | Value::Keys(_) | Value::Words(_)) => {
            Err("only keys have keys, and only ranks have ranks")
        }
    }
}

//! The slow path: one line as its fields, each with its column.
//!
//! Headers and footers are read like this, and every event that the fast path could not read: here errors
//! get their column and their message, and numbers of any length keep their digits.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::Problem;
use crate::payload::{Key, Payload};
use crate::text::{Plain, Short};

/// How much of a file's content a message quotes.
const QUOTE_CHARS: usize = 40;

/// How deep a payload may be nested, as `serde_json` has it.
const LIMIT_DEPTH: usize = 127;

/// What is wrong with a line, and at which of its bytes where that is known.
#[derive(Debug)]
pub(super) struct Fault {
    pub at: Option<usize>,
    pub problem: Problem,
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Fault { at: None, problem }
    }
}

/// The fields of the JSON object that a line is, in order.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    line: &'a str,
    all: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Fields<'a> {
    pub(super) fn parse(line: &'a str) -> Result<Self, Fault> {
        match serde_json::from_str::<RawFields<'a>>(line) {
            Ok(RawFields(all)) => Ok(Fields { line, all }),
            Err(error) if line.trim_start().starts_with('{') => Err(syntax(line, &error)),
            Err(_) => {
                let found = quoted(line.trim());
                Err(Fault { at: Some(0), problem: Problem::NotAnObject { found } })
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all.iter().any(|(field, raw)| field == name && raw.get() != "null")
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|(name, _)| name.as_ref())
    }

    /// The field of that name, which may stand only once.
    pub(super) fn find(&self, name: &str) -> Result<Option<&'a RawValue>, Fault> {
        let mut found = self.all.iter().filter(|(field, _)| field == name).map(|(_, raw)| *raw);
        let first = found.next();
        match found.next() {
            None => Ok(first),
            Some(again) => {
                let field = quoted(name);
                Err(Fault { at: Some(self.place(again)), problem: Problem::Twice { field } })
            }
        }
    }

    pub(super) fn require<T>(&self, field: &'static str, shape: Shape<'_, T>) -> Result<T, Fault> {
        match self.find(field)? {
            Some(raw) => self.shaped(field, raw, shape),
            None => Err(Problem::Missing { field, expected: shape.expected.to_owned() }.into()),
        }
    }

    pub(super) fn optional<T>(
        &self,
        field: &'static str,
        shape: Shape<'_, T>,
    ) -> Result<Option<T>, Fault> {
        match self.find(field)? {
            Some(raw) if raw.get() != "null" => self.shaped(field, raw, shape).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    /// A payload of any shape, every digit of its numbers kept.
    pub(super) fn payload(&self, field: &str) -> Result<Option<Payload>, Fault> {
        let Some(raw) = self.find(field)? else { return Ok(None) };
        match serde_json::from_str(raw.get()).map_err(|error| self.fault_in(raw, &error)) {
            Ok(payload) => Ok(Some(payload)),
            Err(fault @ Fault { problem: Problem::TooDeep, .. }) => Err(fault),
            Err(_) => self.exact(raw, LIMIT_DEPTH).map(Some),
        }
    }

    fn shaped<T>(
        &self,
        field: &'static str,
        raw: &RawValue,
        shape: Shape<'_, T>,
    ) -> Result<T, Fault> {
        (shape.read)(raw.get()).ok_or_else(|| Fault {
            at: Some(self.place(raw)),
            problem: Problem::Wrong {
                field,
                found: quoted(raw.get()),
                expected: shape.expected.to_owned(),
            },
        })
    }

    /// `serde_json` rounds a number of many digits to the nearest `f64`: two that differ would be
    /// equal. So containers are taken apart down to their numbers, and those read from their text.
    fn exact(&self, raw: &'a RawValue, depth_left: usize) -> Result<Payload, Fault> {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'[' | b'{') if depth_left == 0 => {
                Err(Fault { at: Some(self.place(raw)), problem: Problem::TooDeep })
            }
            Some(b'[') => self.exact_list(raw, depth_left - 1),
            Some(b'{') => self.exact_map(raw, depth_left - 1),
            Some(b'-' | b'0'..=b'9') => {
                exact_number(text).map_err(|error| self.fault_in(raw, &error))
            }
            Some(_) | None => serde_json::from_str(text).map_err(|e| self.fault_in(raw, &e)),
        }
    }

    fn exact_list(&self, raw: &'a RawValue, depth_left: usize) -> Result<Payload, Fault> {
        let items: Vec<&RawValue> =
            serde_json::from_str(raw.get()).map_err(|error| self.fault_in(raw, &error))?;
        let items: Result<Vec<Payload>, Fault> =
            items.into_iter().map(|item| self.exact(item, depth_left)).collect();
        Ok(Payload::list(items?))
    }

    fn exact_map(&self, raw: &'a RawValue, depth_left: usize) -> Result<Payload, Fault> {
        let RawFields(fields) =
            serde_json::from_str(raw.get()).map_err(|error| self.fault_in(raw, &error))?;
        let count = fields.len();
        let entry = |(key, value): (Cow<'_, str>, _)| -> Result<(Key, Payload), Fault> {
            Ok((Key::parse(&key), self.exact(value, depth_left)?))
        };
        let entries: Result<Vec<_>, Fault> = fields.into_iter().map(entry).collect();
        let map = Payload::map(entries?);
        if map.as_map().is_some_and(|kept| kept.len() < count) {
            let problem = Problem::Syntax("a key appears twice in a map".to_owned());
            return Err(Fault { at: Some(self.place(raw)), problem });
        }
        Ok(map)
    }

    fn fault_in(&self, raw: &RawValue, error: &serde_json::Error) -> Fault {
        let Fault { at, problem } = syntax(raw.get(), error);
        Fault { at: at.map(|at| at + self.place(raw)), problem }
    }

    /// Where in the line a value stands: it is a piece of it.
    fn place(&self, raw: &RawValue) -> usize {
        raw.get().as_ptr().addr().saturating_sub(self.line.as_ptr().addr()).min(self.line.len())
    }
}

/// What a field should hold: in words, and how to read it.
#[derive(Clone, Copy)]
pub(super) struct Shape<'a, T> {
    pub expected: &'a str,
    pub read: &'a dyn Fn(&str) -> Option<T>,
}

/// The beginning of a file's content, safe to show.
pub(super) fn quoted(text: &str) -> String {
    Short { value: Plain(text), limit_chars: QUOTE_CHARS }.to_string()
}

/// A whole number of any length, or a float, which is kept as the shortest text that means it.
///
/// `-0` is a float to all readers of JSON.
fn exact_number(text: &str) -> Result<Payload, serde_json::Error> {
    if text != "-0" && !text.contains(['.', 'e', 'E']) {
        return Ok(text.parse().map_or_else(|_| Payload::Number(text.into()), Payload::Int));
    }
    let value: f64 = serde_json::from_str(text)?;
    Ok(Payload::Number(serde_json::to_string(&value)?.into()))
}

/// What `serde_json` found, without its own words for the place.
pub(super) fn syntax(line: &str, error: &serde_json::Error) -> Fault {
    let at = Some(error.column().saturating_sub(1).min(line.len()));
    if error.is_eof() || ends_in_number(line, error) {
        return Fault { at: Some(line.len()), problem: Problem::EndsEarly };
    }
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or(&words);
    let problem = if words == "recursion limit exceeded" {
        Problem::TooDeep
    } else {
        Problem::Syntax(Short { value: Plain(words), limit_chars: 4 * QUOTE_CHARS }.to_string())
    };
    Fault { at, problem }
}

/// Whether the text ends where a number has to go on: `serde_json` takes that for a bad number.
fn ends_in_number(line: &str, error: &serde_json::Error) -> bool {
    error.column() >= line.len() && line.ends_with(['-', '+', '.', 'e', 'E'])
}

/// An object's fields as they stand, with their values' text.
struct RawFields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawFields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawFieldsVisitor)
    }
}

struct RawFieldsVisitor;

impl<'de> Visitor<'de> for RawFieldsVisitor {
    type Value = RawFields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            all.push((name.0, map.next_value()?));
        }
        Ok(RawFields(all))
    }
}

/// A field's name, borrowed from the line where it has no escapes.
///
/// (`Cow` itself always copies.)
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field's name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

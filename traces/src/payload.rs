//! What a message carries: JSON, with whole maps shared and not copied.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::text::Plain;

/// A message's payload.
///
/// Two payloads are equal when they mean the same: the order of a map's entries in the file does not
/// count, since they are kept in growing order of their keys.
///
/// ```
/// use ringscope_traces::{Key, Payload};
///
/// let payload: Payload = serde_json::from_str(r#"{"10": 1, "9": [2, null], "a": 1e2}"#)?;
/// let entries = payload.as_map().expect("it is an object");
/// assert_eq!(entries[0], (Key::Int(9), Payload::list([2.into(), Payload::Null])));
/// // However it was written, it is written in one way.
/// assert_eq!(payload.to_string(), r#"{"9":[2,null],"10":1,"a":100.0}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Payload {
    /// A value that is not there.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is not an `i64`, as its JSON text.
    Number(Box<str>),
    /// A string.
    Text(Box<str>),
    /// A list.
    List(Arc<[Payload]>),
    /// A map, its entries in growing order of their keys.
    Map(Arc<[(Key, Payload)]>),
}

/// A map's key: decimal keys are numbers and stand before the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A whole number in its shortest decimal form.
    Int(i64),
    /// Anything else.
    Text(Box<str>),
}

impl Payload {
    /// A list of these.
    pub fn list(items: impl IntoIterator<Item = Payload>) -> Payload {
        Payload::List(items.into_iter().collect())
    }

    /// A map of numbers to numbers.
    pub fn int_map(pairs: impl IntoIterator<Item = (i64, i64)>) -> Payload {
        Payload::map(pairs.into_iter().map(|(key, value)| (Key::Int(key), Payload::Int(value))))
    }

    /// A map of these entries; of two with the same key the first counts.
    pub fn map(entries: impl IntoIterator<Item = (Key, Payload)>) -> Payload {
        let mut entries: Vec<_> = entries.into_iter().collect();
        if !entries.is_sorted_by(|a, b| a.0 < b.0) {
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries.dedup_by(|a, b| a.0 == b.0);
        }
        Payload::Map(entries.into())
    }

    /// The whole number that this is, if it is one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Payload::Int(value) = self { Some(*value) } else { None }
    }

    /// The items of the list that this is, if it is one.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Payload]> {
        if let Payload::List(items) = self { Some(items) } else { None }
    }

    /// The entries of the map that this is, if it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Key, Payload)]> {
        if let Payload::Map(entries) = self { Some(entries) } else { None }
    }
}

impl From<i64> for Payload {
    fn from(value: i64) -> Self {
        Payload::Int(value)
    }
}

impl Key {
    /// The key that a map's key in a file is.
    pub(crate) fn parse(text: &str) -> Key {
        match text.parse::<i64>() {
            Ok(value) if is_shortest_decimal(text) => Key::Int(value),
            Ok(_) | Err(_) => Key::Text(text.into()),
        }
    }
}

/// Whether the text of a number is the one that writing the number gives.
fn is_shortest_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text != "-0" && (digits == "0" || digits.starts_with(|c: char| matches!(c, '1'..='9')))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Int(value) => value.fmt(f),
            Key::Text(text) => Plain(text).fmt(f),
        }
    }
}

/// The payload as compact JSON that is safe on a terminal.
impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Payload::Null => f.write_str("null"),
            Payload::Bool(value) => value.fmt(f),
            Payload::Int(value) => value.fmt(f),
            Payload::Number(text) => f.write_str(text),
            Payload::Text(text) => write!(f, "\"{}\"", Plain(text)),
            Payload::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
            Payload::Map(entries) => {
                f.write_str("{")?;
                for (i, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}\"{key}\":{value}", if i == 0 { "" } else { "," })?;
                }
                f.write_str("}")
            }
        }
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Key::Int(value) => serializer.serialize_i64(*value),
            Key::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Payload::Null => serializer.serialize_unit(),
            Payload::Bool(value) => serializer.serialize_bool(*value),
            Payload::Int(value) => serializer.serialize_i64(*value),
            Payload::Number(text) => {
                let raw: Box<serde_json::value::RawValue> =
                    serde_json::value::RawValue::from_string(text.to_string())
                        .map_err(serde::ser::Error::custom)?;
                raw.serialize(serializer)
            }
            Payload::Text(text) => serializer.serialize_str(text),
            Payload::List(items) => serializer.collect_seq(items.iter()),
            Payload::Map(entries) => serializer.collect_map(entries.iter().map(|(k, v)| (k, v))),
        }
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PayloadVisitor)
    }
}

/// 2 to the 63rd: a float from here on may be a whole number that was rounded.
const ROUNDED_FROM: f64 = 9_223_372_036_854_775_808.0;

struct PayloadVisitor;

impl<'de> Visitor<'de> for PayloadVisitor {
    type Value = Payload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Payload, E> {
        Ok(Payload::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Payload, E> {
        Ok(Payload::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Payload, E> {
        Ok(Payload::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Payload, E> {
        Ok(i64::try_from(value)
            .map_or_else(|_| Payload::Number(value.to_string().into()), Payload::Int))
    }

    /// A whole number of more than 64 bits arrives here too, rounded: who wants its digits has to read
    /// its text, as the reader of traces does.
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Payload, E> {
        if value.abs() >= ROUNDED_FROM {
            return Err(E::custom("a number too large to be kept digit by digit"));
        }
        let text = serde_json::to_string(&value).map_err(E::custom)?;
        Ok(Payload::Number(text.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Payload, E> {
        Ok(Payload::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Payload, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Payload::List(items.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Payload, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<std::borrow::Cow<'de, str>, Payload>()? {
            entries.push((Key::parse(&key), value));
        }
        let count = entries.len();
        let payload = Payload::map(entries);
        match payload.as_map() {
            Some(kept) if kept.len() < count => {
                Err(A::Error::custom("a key appears twice in a map"))
            }
            Some(_) | None => Ok(payload),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Payload {
        serde_json::from_str(json).expect("the test's JSON is good")
    }

    #[test]
    fn decimal_keys_are_numbers_and_stand_in_growing_order_before_the_others() {
        let map = parse(r#"{"10":1,"a":2,"9":3,"-1":4,"007":5}"#);
        assert_eq!(map.to_string(), r#"{"-1":4,"9":3,"10":1,"007":5,"a":2}"#);
        assert_eq!(serde_json::to_string(&map).ok(), Some(map.to_string()));
    }

    #[test]
    fn maps_are_equal_whatever_the_order_of_their_entries() {
        assert_eq!(parse(r#"{"1":10,"2":20}"#), parse(r#"{"2":20,"1":10}"#));
        assert_eq!(parse(r#"{"2":20,"1":10}"#), Payload::int_map([(1, 10), (2, 20)]));
    }

    #[test]
    fn what_would_be_rounded_is_refused() {
        assert!(serde_json::from_str::<Payload>("123456789012345678901").is_err());
        assert_eq!(parse("18446744073709551615"), Payload::Number("18446744073709551615".into()));
    }

    #[test]
    fn a_payload_is_shown_without_what_a_terminal_would_obey() {
        assert_eq!(parse(r#"["\u001b[2J"]"#).to_string(), r#"["\u{1b}[2J"]"#);
    }
}

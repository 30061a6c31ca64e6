//! The names of a dialect's tags, as somebody gives them in a file and a trace's header keeps them.

use std::collections::BTreeMap;

use crate::event::{Header, Tag, Vocabulary};
use crate::payload::{Key, Payload};

/// The field of a header that has the names.
const FIELD: &str = "tags";

/// How long a name may be.
const MOST_LETTERS: usize = 40;

/// The names of tags.
///
/// A file of them has a tag and its name in each line; a line that is empty or begins with `#` says nothing.
///
/// ```
/// use ringscope_traces::Tag;
/// use ringscope_traces::tags::TagNames;
///
/// let names = TagNames::parse("# between the nodes\n20 STORE\n21 LOOK_UP\n")?;
/// assert_eq!(names.of(Tag(21)), Some("LOOK_UP"));
/// let wrong = TagNames::parse("20 STORE\n20 LOOK_UP\n").expect_err("20 stands twice");
/// assert_eq!((wrong.line, wrong.what.as_str()), (2, "tag 20 has a name already: STORE"));
/// # Ok::<(), ringscope_traces::tags::BadTags>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagNames(BTreeMap<Tag, String>);

/// What is wrong with a file of names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct BadTags {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
    /// The line's text.
    pub text: String,
}

impl TagNames {
    /// Reads a file of names.
    ///
    /// # Errors
    ///
    /// The first line that is none of a tag and its name, or that gives a tag or a name a second time.
    pub fn parse(text: &str) -> Result<TagNames, BadTags> {
        let mut names = TagNames::default();
        for (line, words) in (1..).zip(text.lines()) {
            let words = words.split('#').next().unwrap_or_default().trim();
            if !words.is_empty() {
                let text = words.to_owned();
                names.add(words).map_err(|what| BadTags { line, what, text })?;
            }
        }
        Ok(names)
    }

    fn add(&mut self, words: &str) -> Result<(), String> {
        let words: Vec<&str> = words.split_whitespace().collect();
        let [tag, name] = words[..] else { return Err("expected a tag and its name".to_owned()) };
        let tag = tag.parse().map(Tag).map_err(|_| "expected a tag, a whole number".to_owned())?;
        if !is_name(name) {
            return Err(format!(
                "expected a name of letters, digits, `_`, `-` and `.` that begins with a letter, at most \
                 {MOST_LETTERS} long"
            ));
        }
        if let Some(earlier) = self.of(tag) {
            return Err(format!("tag {tag} has a name already: {earlier}"));
        }
        if let Some((other, _)) = self.iter().find(|(_, other)| *other == name) {
            return Err(format!("tag {other} has that name already"));
        }
        self.0.insert(tag, name.to_owned());
        Ok(())
    }

    /// The names that a header has; what is none there is passed over.
    #[must_use]
    pub fn of_header(header: &Header) -> TagNames {
        let entries = header.field(FIELD).and_then(Payload::as_map).unwrap_or_default();
        let named = |(key, value): &(Key, Payload)| match (key, value) {
            (Key::Int(tag), Payload::Text(name)) if is_name(name) => {
                Some((Tag(i32::try_from(*tag).ok()?), name.to_string()))
            }
            _ => None,
        };
        TagNames(entries.iter().filter_map(named).collect())
    }

    /// Puts the names into a header, in the place of those that it has.
    pub fn put_into(&self, header: &mut Header) {
        header.more.retain(|(field, _)| field != FIELD);
        header.more.push(self.field());
    }

    /// The field of a header that has the names: its own name, and what it holds.
    #[must_use]
    pub fn field(&self) -> (String, Payload) {
        let entry = |(tag, name): (&Tag, &String)| {
            (Key::Int(i64::from(tag.0)), Payload::Text(name.as_str().into()))
        };
        (FIELD.to_owned(), Payload::map(self.0.iter().map(entry)))
    }

    /// A tag's name.
    #[must_use]
    pub fn of(&self, tag: Tag) -> Option<&str> {
        self.0.get(&tag).map(String::as_str)
    }

    /// All names, by tag.
    pub fn iter(&self) -> impl Iterator<Item = (Tag, &str)> {
        self.0.iter().map(|(tag, name)| (*tag, name.as_str()))
    }
}

impl Vocabulary for TagNames {
    fn tag_name(&self, tag: Tag) -> Option<&str> {
        self.of(tag)
    }
}

fn is_name(word: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word.len() <= MOST_LETTERS
        && word.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Source, TimeKind};

    fn refused(text: &str) -> String {
        TagNames::parse(text).expect_err("it is wrong").to_string()
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        assert_eq!(refused("20 STORE\n\nLOOK_UP 21"), "line 3: expected a tag, a whole number");
        assert_eq!(refused("20"), "line 1: expected a tag and its name");
        assert_eq!(refused("20 STORE\n21 STORE"), "line 2: tag 20 has that name already");
        assert!(refused("20 7up").starts_with("line 1: expected a name of letters"));
        assert!(refused("20 \u{1b}[2J").starts_with("line 1: expected a name of letters"));
    }

    #[test]
    fn names_go_into_a_header_and_come_out_of_it() {
        let (protocol, time) = ("none".to_owned(), TimeKind::Wall);
        let source = Source::Recorded;
        let mut header = Header { source, protocol, ranks: 3, seed: None, time, more: Vec::new() };
        let names = TagNames::parse("-1 LAST # of all\n20 STORE").expect("they are names");
        names.put_into(&mut header);
        names.put_into(&mut header);
        assert_eq!((header.more.len(), TagNames::of_header(&header)), (1, names));
    }

    #[test]
    fn what_is_no_name_in_a_header_is_passed_over() {
        let (protocol, time) = ("none".to_owned(), TimeKind::Wall);
        let bad = Payload::map([
            (Key::Int(1), Payload::Text("\u{1b}[2J".into())),
            (Key::Int(1 << 40), Payload::Text("FAR".into())),
            (Key::Text("x".into()), Payload::Text("X".into())),
            (Key::Int(2), Payload::Int(7)),
        ]);
        let source = Source::Recorded;
        let more = vec![(FIELD.to_owned(), bad)];
        let header = Header { source, protocol, ranks: 3, seed: None, time, more };
        assert_eq!(TagNames::of_header(&header), TagNames::default());
    }
}

//! A text as it may be shown: nothing in it that a terminal would obey.

use ringscope_traces::text::Plain;

/// The name and the text of a file that people write, for messages: a scenario's, or that of anything else.
///
/// Every control character of the text is replaced by something harmless that takes as many bytes, so
/// that a place in the one is the same place in the other.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
}

/// A line and a column, both from 1; a column is a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
}

impl Source {
    /// A text under the name that messages have for it.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Source {
        Source { name: Plain(name).to_string(), text: text.chars().map(stand_in).collect() }
    }

    /// The name, safe for a terminal.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, with something harmless in the place of each control character.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |start| start.chars().count()) + 1;
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position { line: clip(line), column: clip(column) }
    }

    /// Where a line starts, and the line without its end; lines count from 1.
    pub(super) fn line(&self, number: u32) -> (usize, &str) {
        let mut start = 0;
        for _ in 1..number {
            let Some(end) = self.text[start..].find('\n') else { return (self.text.len(), "") };
            start += end + 1;
        }
        (start, self.text[start..].split('\n').next().unwrap_or_default())
    }
}

/// What stands for a character that a terminal might obey: white space for white space, a mark for the
/// rest, in as many bytes.
fn stand_in(c: char) -> char {
    let harmless = matches!(c, '\n' | '\t' | ' '..='~')
        || (!c.is_ascii() && Plain(c.encode_utf8(&mut [0; 4])).to_string().chars().eq([c]));
    match (harmless, c.is_whitespace(), c.len_utf8()) {
        (true, _, _) => c,
        (false, true, 1) => ' ',
        (false, true, 2) => '\u{a0}',
        (false, true, _) => '\u{2003}',
        (false, false, 1) => '?',
        (false, false, 2) => '¿',
        (false, false, _) => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_control_character_takes_as_many_bytes() {
        let text = "a\u{1b}[2J\u{9b}\u{202e}\r\u{85}\u{2028}\u{b}鍵\n";
        let source = Source::new("a\u{1b}b", text);
        assert_eq!(source.text, "a?[2J¿\u{fffd} \u{a0}\u{2003} 鍵\n");
        assert_eq!(source.text.len(), text.len());
        assert_eq!(source.name, "a\\u{1b}b");
    }

    #[test]
    fn a_position_counts_characters_not_bytes() {
        let source = Source::new("x", "put\n鍵 1");
        assert_eq!(source.position(4 + "鍵 ".len()), Position { line: 2, column: 3 });
        assert_eq!(source.line(2), (4, "鍵 1"));
        assert_eq!(source.line(9), (source.text.len(), ""));
    }
}

//! JSON for other programs.

use std::io::{self, Write};

use ringscope_traces::json::put_escaped;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// A value as one line of JSON in ASCII, so that nothing in a file's strings reaches a terminal that
/// it might obey.
///
/// # Panics
///
/// When the value has no JSON, as a map with lists for keys.
pub fn json(value: &impl Serialize) -> String {
    let mut ascii = Vec::new();
    put_json(&mut ascii, value).expect("the value has a JSON");
    String::from_utf8(ascii).expect("ASCII is UTF-8")
}

/// Writes a value as [`json`] gives it.
///
/// # Errors
///
/// When the sink refuses, or the value has no JSON.
pub fn put_json(sink: impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(sink, Ascii);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Writes strings in ASCII: only they hold other characters, and `\u` is another way to write those.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        sink: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        put_escaped(sink, fragment, |c| matches!(c, ' '..='~'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_might_obey_is_escaped_and_means_the_same() {
        let text = "\u{1b}[2J \u{9b}1m \u{202e} \u{7f} 🔑";
        let json = json(&text);
        assert!(json.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("a string"), text);
    }
}

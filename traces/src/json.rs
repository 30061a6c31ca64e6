//! JSON that is safe to show: what a terminal might obey is written as an escape.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::text::is_harmless;

/// Writes a value as compact JSON, in whose strings every control and format character is an escape.
///
/// JSON itself (RFC 8259, section 7) asks for that below U+0020 only. U+009B begins a control sequence on
/// some terminals, and U+202E turns around what stands after it. A reader gets the same text either way.
///
/// # Errors
///
/// When the sink refuses, or the value has no JSON.
pub fn put_json<T: Serialize + ?Sized>(sink: impl Write, value: &T) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(sink, SafeFormatter);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

struct SafeFormatter;

impl Formatter for SafeFormatter {
    #[inline]
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        sink: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // Nearly every string of a trace: what JSON escapes in ASCII is no part of a fragment.
        if fragment.bytes().all(|byte| byte < 0x7f) {
            return sink.write_all(fragment.as_bytes());
        }
        put_escaped(sink, fragment, is_harmless)
    }
}

/// A value as compact JSON in ASCII, for other programs: whatever they do with it, nothing in it is obeyed by
/// a terminal or changed by an encoding.
///
/// # Panics
///
/// When the value has no JSON, as a map with lists for keys.
pub fn ascii_json<T: Serialize + ?Sized>(value: &T) -> String {
    let mut ascii = Vec::new();
    put_ascii_json(&mut ascii, value).expect("the value has a JSON");
    String::from_utf8(ascii).expect("ASCII is UTF-8")
}

/// Writes a value as [`ascii_json`] gives it.
///
/// # Errors
///
/// When the sink refuses, or the value has no JSON.
pub fn put_ascii_json<T: Serialize + ?Sized>(sink: impl Write, value: &T) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(sink, AsciiFormatter);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// Writes strings in ASCII: only they hold other characters, and `\u` is another way to write those.
struct AsciiFormatter;

impl Formatter for AsciiFormatter {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        sink: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        put_escaped(sink, fragment, |c| matches!(c, ' '..='~'))
    }
}

/// Writes a string's text, and `\u` and the UTF-16 of each character that is not to stand as it is.
fn put_escaped<W: Write + ?Sized>(
    sink: &mut W,
    text: &str,
    stands: impl Fn(char) -> bool,
) -> io::Result<()> {
    let mut rest = text;
    while let Some(at) = rest.find(|c| !stands(c)) {
        sink.write_all(&rest.as_bytes()[..at])?;
        let mut after = rest[at..].chars();
        let strange = after.next().expect("one was found there");
        for unit in strange.encode_utf16(&mut [0; 2]) {
            write!(sink, "\\u{unit:04x}")?;
        }
        rest = after.as_str();
    }
    sink.write_all(rest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Payload;

    fn json(value: &(impl Serialize + ?Sized)) -> String {
        let mut bytes = Vec::new();
        put_json(&mut bytes, value).expect("memory takes it");
        String::from_utf8(bytes).expect("JSON is UTF-8")
    }

    #[test]
    fn every_control_and_format_character_is_escaped_and_read_back_as_itself() {
        let strange = (0..=u32::from(char::MAX)).filter_map(char::from_u32);
        let strange: String = strange.filter(|c| !is_harmless(*c)).collect();
        for named in ['\u{7f}', '\u{85}', '\u{9b}', '\u{61c}', '\u{202e}', '\u{e0001}'] {
            assert!(strange.contains(named), "{}", named.escape_unicode());
        }
        let json = json(&strange);
        assert!(json.is_ascii(), "{json}");
        assert!(!json.contains(char::is_control));
        assert_eq!(serde_json::from_str::<String>(&json).ok(), Some(strange));
    }

    #[test]
    fn in_ascii_a_text_is_escaped_and_means_the_same() {
        let text = "\u{1b}[2J \u{9b}1m \u{202e} \u{7f} 🔑";
        let json = ascii_json(text);
        assert!(json.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("a string"), text);
    }

    #[test]
    fn everything_else_is_written_as_ever() {
        let text = "Schlüssel 鍵 🔑 \"quoted\" \\ / é <>&'";
        assert_eq!(json(text), serde_json::to_string(text).expect("text has a JSON"));
    }

    #[test]
    fn the_keys_of_a_map_are_escaped_as_its_values_are() {
        let raw = "{\"k\u{9b}\":[\"v\u{202e}\"]}";
        let payload: Payload = serde_json::from_str(raw).expect("JSON");
        assert_eq!(json(&payload), r#"{"k\u009b":["v\u202e"]}"#);
    }
}

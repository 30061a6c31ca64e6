//! How much of a payload is written down.
//!
//! The time that a message costs is that of its text, so a long payload is cut: what is shown of it is a head, and
//! the trace has its length and its hash.

use super::{Kind, put, put_decoded};

/// The longest payload that is always shown whole, in bytes, and how much of a longer one is shown.
const SHORT_BYTES: usize = 256;

/// The longest that is shown whole when it is a value of a program's own: a pickle of plain data, text that is JSON,
/// whole numbers. Maps of all keys of a ring are of that kind, and shorter.
const VALUE_BYTES: usize = 1 << 14;

/// A payload in memory.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What they are.
    pub kind: Kind,
    /// Whether the program is Python: then pickles need no header to be taken for pickles.
    pub is_python: bool,
}

/// How much of the payloads is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Short ones and values whole, of others a head.
    Usual,
    /// All.
    Full,
    /// So many bytes of each.
    Head(usize),
    /// Nothing but the length and the hash.
    Hash,
    /// Nothing but the length.
    Length,
}

impl Keep {
    /// What a word asks for; without one, and of one that is not known, the usual.
    pub fn of_word(word: Option<&str>) -> Keep {
        let head = |bytes: &str| bytes.parse().ok().map(Keep::Head);
        match word {
            Some("full") => Keep::Full,
            Some("hash") => Keep::Hash,
            Some("none") => Keep::Length,
            Some(word) => word.strip_prefix("head:").and_then(head).unwrap_or(Keep::Usual),
            None => Keep::Usual,
        }
    }

    /// Whether what is sent is hashed.
    pub fn has_hash(self) -> bool {
        self != Keep::Length
    }

    /// Writes what is shown of a payload as JSON; returns of how many of its bytes that is, if not of all.
    pub fn put(self, out: &mut Vec<u8>, raw: Raw<'_>) -> Option<u64> {
        let Raw { bytes, kind, is_python } = raw;
        let most = match self {
            Keep::Full => usize::MAX,
            Keep::Usual => SHORT_BYTES,
            Keep::Head(most) => most,
            Keep::Hash | Keep::Length => 0,
        };
        if text_length(bytes, kind, most) <= most {
            put(out, bytes, kind, is_python);
            return None;
        }
        let is_value = self == Keep::Usual && may_be_value(bytes, kind);
        if is_value && put_decoded(out, bytes, kind, is_python).is_some() {
            return None;
        }
        let shown = head(bytes, kind, most);
        if shown.is_empty() || put_decoded(out, shown, kind, false).is_none() {
            out.extend_from_slice(b"null");
            return Some(0);
        }
        Some(shown.len() as u64)
    }
}

/// How long a payload is; text ends at its first NUL, which is looked for where it matters.
fn text_length(bytes: &[u8], kind: Kind, most: usize) -> usize {
    let first = bytes.get(..bytes.len().min(most.saturating_add(1))).unwrap_or_default();
    match first.iter().position(|byte| *byte == 0) {
        Some(end) if kind == Kind::Text && most > 0 => end,
        Some(_) | None => bytes.len(),
    }
}

fn may_be_value(bytes: &[u8], kind: Kind) -> bool {
    bytes.len() <= VALUE_BYTES
        && match kind {
            Kind::Text => matches!(bytes.first(), Some(b'{' | b'[')),
            Kind::Bytes => true,
            Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64 => true,
            Kind::U8 | Kind::U16 | Kind::U32 | Kind::U64 | Kind::Bool => true,
            Kind::F32 | Kind::F64 | Kind::Opaque => false,
        }
}

/// The first elements, in no more than so many bytes; nothing of what is nothing without its end.
fn head(bytes: &[u8], kind: Kind, most: usize) -> &[u8] {
    let size = match kind {
        Kind::I8 | Kind::U8 | Kind::Bool => 1,
        Kind::I16 | Kind::U16 => 2,
        Kind::I32 | Kind::U32 | Kind::F32 => 4,
        Kind::I64 | Kind::U64 | Kind::F64 => 8,
        Kind::Text => return text_head(bytes, most),
        Kind::Bytes | Kind::Opaque => return &[],
    };
    bytes.get(..most.min(bytes.len()) / size * size).unwrap_or_default()
}

/// The first characters.
fn text_head(bytes: &[u8], most: usize) -> &[u8] {
    let first = bytes.get(..most.min(bytes.len())).unwrap_or_default();
    let whole = str::from_utf8(first).map_or_else(|error| error.valid_up_to(), str::len);
    first.get(..whole).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(keep: Keep, bytes: &[u8], kind: Kind) -> (String, Option<u64>) {
        let mut out = Vec::new();
        let cut = keep.put(&mut out, Raw { bytes, kind, is_python: true });
        (String::from_utf8(out).expect("JSON is text"), cut)
    }

    fn doubles(count: u8) -> Vec<u8> {
        (0..count).flat_map(|number| f64::from(number).to_ne_bytes()).collect()
    }

    #[test]
    fn what_is_asked_for_is_what_is_shown() {
        let three = doubles(3);
        let of = |word| shown(Keep::of_word(Some(word)), &three, Kind::F64);
        assert_eq!(of("full"), ("[0.0,1.0,2.0]".to_owned(), None));
        assert_eq!(of("head:24"), ("[0.0,1.0,2.0]".to_owned(), None));
        assert_eq!(of("head:20"), ("[0.0,1.0]".to_owned(), Some(16)));
        for nothing in ["head:0", "hash", "none"] {
            assert_eq!(of(nothing), ("null".to_owned(), Some(0)), "{nothing}");
        }
        assert_eq!(shown(Keep::Hash, &[], Kind::F64), ("null".to_owned(), None), "nothing is cut");
    }

    #[test]
    fn short_payloads_and_values_are_usually_whole_and_of_others_there_is_a_head() {
        let usual = |bytes: &[u8], kind| shown(Keep::Usual, bytes, kind);
        assert_eq!(usual(&doubles(32), Kind::F64).1, None);
        assert_eq!(usual(&doubles(33), Kind::F64).1, Some(256));
        let numbers: Vec<u8> = (0..1000_i32).flat_map(i32::to_ne_bytes).collect();
        assert_eq!(usual(&numbers, Kind::I32).1, None);
        let many: Vec<u8> = (0..5000_i32).flat_map(i32::to_ne_bytes).collect();
        assert_eq!(usual(&many, Kind::I32).1, Some(256));
        let json = format!("[{}1]", "1,".repeat(500));
        assert_eq!(usual(json.as_bytes(), Kind::Text), (json.clone(), None));
        assert_eq!(
            usual(&[b'a'; 1000], Kind::Text),
            (format!("\"{}\"", "a".repeat(256)), Some(256))
        );
        let buffer = [b"hello".as_slice(), &[0; 4096]].concat();
        assert_eq!(usual(&buffer, Kind::Text), ("\"hello\"".to_owned(), None));
        assert_eq!(usual(&[7; 1000], Kind::Bytes), ("null".to_owned(), Some(0)));
        let nan = [f64::NAN.to_ne_bytes(); 40].concat();
        assert_eq!(usual(&nan, Kind::F64), ("null".to_owned(), Some(0)));
    }

    #[test]
    fn a_character_is_not_cut_in_two() {
        let text = "ä".repeat(10);
        let head = shown(Keep::Head(5), text.as_bytes(), Kind::Text);
        assert_eq!(head, ("\"ää\"".to_owned(), Some(4)));
    }
}

//! Payloads: from the bytes in a program's memory to the JSON of a trace.
//!
//! The convention, which the README of this crate gives to users, in the order in which it is applied:
//!
//! | what is sent | what the trace shows |
//! |---|---|
//! | nothing: a count of 0, of any type | `null` |
//! | types of the program's own, and those of MPI that are not named below | `{"bytes":N}` |
//! | more than a mebibyte | `{"bytes":N,"sha256":"..."}` |
//! | one C integer | the number |
//! | several | a list of numbers |
//! | C floats and doubles | the same; only if all are finite |
//! | `MPI_C_BOOL` | the same with `true` and `false` |
//! | `MPI_CHAR` | text up to its first NUL: the JSON that it is, if it is JSON, else a string |
//! | `MPI_BYTE` | a pickle of plain data: what it means |
//! | anything else | `{"bytes":N,"sha256":"..."}` |

pub mod json;
mod keep;
pub mod pickle;
#[cfg(test)]
mod tests;

use ringscope_traces::Payload;
use ringscope_traces::calls::Elements;
use ringscope_traces::json::put_json;
use sha2::{Digest as _, Sha256};

pub use keep::{Keep, Raw};

use json::{put_float, put_integer, put_short_float};

/// The most bytes that are decoded: a map of every key of a ring takes a hundredth of that.
pub const LIMIT_BYTES: usize = 1 << 20;

/// The deepest nesting of JSON text that is taken as JSON; readers of traces stop at 127.
const LIMIT_DEPTH: usize = 100;

/// What the bytes of a message are, by its datatype.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `MPI_BYTE`: anything, such as a pickle.
    Bytes,
    /// `MPI_CHAR`: text.
    Text,
    /// Signed integers of 8 bits.
    I8,
    /// Signed integers of 16 bits.
    I16,
    /// Signed integers of 32 bits.
    I32,
    /// Signed integers of 64 bits.
    I64,
    /// Unsigned integers of 8 bits.
    U8,
    /// Unsigned integers of 16 bits.
    U16,
    /// Unsigned integers of 32 bits.
    U32,
    /// Unsigned integers of 64 bits.
    U64,
    /// Floats of 32 bits.
    F32,
    /// Floats of 64 bits.
    F64,
    /// C's `_Bool`.
    Bool,
    /// Types that are not decoded, and those that the program made itself.
    Opaque,
}

impl Kind {
    /// What the elements are, where it matters whether both ends of a message mean the same.
    pub fn elements(self) -> Elements {
        match self {
            Kind::I16 | Kind::U16 => Elements::Int2,
            Kind::I32 | Kind::U32 => Elements::Int4,
            Kind::I64 | Kind::U64 => Elements::Int8,
            Kind::F32 => Elements::Float4,
            Kind::F64 => Elements::Float8,
            Kind::Bytes | Kind::Text | Kind::I8 | Kind::U8 | Kind::Bool | Kind::Opaque => {
                Elements::Other
            }
        }
    }
}

/// Writes a message's payload as JSON.
///
/// `is_python` says that the program is Python: then pickles need no header to be taken for pickles.
pub fn put(out: &mut Vec<u8>, bytes: &[u8], kind: Kind, is_python: bool) {
    if put_decoded(out, bytes, kind, is_python).is_none() {
        put_fingerprint(out, bytes);
    }
}

/// Writes what a payload means as JSON; `None`, with nothing written, where that is not known.
fn put_decoded(out: &mut Vec<u8>, bytes: &[u8], kind: Kind, is_python: bool) -> Option<()> {
    let start = out.len();
    let decoded = decode(out, bytes, kind, is_python);
    if decoded.is_none() {
        out.truncate(start);
    }
    decoded
}

/// The stand-in for a payload whose bytes cannot be read here.
pub fn put_length(out: &mut Vec<u8>, bytes: u64) {
    out.extend_from_slice(b"{\"bytes\":");
    put_integer(out, bytes);
    out.push(b'}');
}

fn decode(out: &mut Vec<u8>, bytes: &[u8], kind: Kind, is_python: bool) -> Option<()> {
    if bytes.is_empty() {
        out.extend_from_slice(b"null");
        return Some(());
    }
    if bytes.len() > LIMIT_BYTES {
        return None;
    }
    match kind {
        Kind::Bytes if is_python || pickle::has_header(bytes) => pickle::put(out, bytes),
        Kind::Bytes | Kind::Opaque => None,
        Kind::Text => put_text(out, bytes),
        Kind::I8 => numbers(out, bytes, |out, one| integer(out, i8::from_ne_bytes(one))),
        Kind::I16 => numbers(out, bytes, |out, one| integer(out, i16::from_ne_bytes(one))),
        Kind::I32 => numbers(out, bytes, |out, one| integer(out, i32::from_ne_bytes(one))),
        Kind::I64 => numbers(out, bytes, |out, one| integer(out, i64::from_ne_bytes(one))),
        Kind::U8 => numbers(out, bytes, |out, one| integer(out, u8::from_ne_bytes(one))),
        Kind::U16 => numbers(out, bytes, |out, one| integer(out, u16::from_ne_bytes(one))),
        Kind::U32 => numbers(out, bytes, |out, one| integer(out, u32::from_ne_bytes(one))),
        Kind::U64 => numbers(out, bytes, |out, one| integer(out, u64::from_ne_bytes(one))),
        Kind::F32 => numbers(out, bytes, |out, one| put_short_float(out, f32::from_ne_bytes(one))),
        Kind::F64 => numbers(out, bytes, |out, one| put_float(out, f64::from_ne_bytes(one))),
        Kind::Bool => numbers(out, bytes, boolean),
    }
}

fn integer(out: &mut Vec<u8>, value: impl itoa::Integer) -> Option<()> {
    put_integer(out, value);
    Some(())
}

fn boolean(out: &mut Vec<u8>, [byte]: [u8; 1]) -> Option<()> {
    out.extend_from_slice(if byte == 0 { b"false" } else { b"true" });
    Some(())
}

/// One element is itself, several are a list.
fn numbers<const N: usize>(
    out: &mut Vec<u8>,
    bytes: &[u8],
    put: impl Fn(&mut Vec<u8>, [u8; N]) -> Option<()>,
) -> Option<()> {
    let (elements, rest) = bytes.as_chunks::<N>();
    match elements {
        _ if !rest.is_empty() => None,
        [one] => put(out, *one),
        several => {
            out.push(b'[');
            for (i, one) in several.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                put(out, *one)?;
            }
            out.push(b']');
            Some(())
        }
    }
}

/// C's text ends at its first NUL; the rest of the buffer is ignored.
fn put_text(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let text = bytes.split(|byte| *byte == 0).next()?;
    let text = str::from_utf8(text).ok()?;
    let is_for_eyes = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    if !text.chars().all(is_for_eyes) {
        return None;
    }
    match serde_json::from_str::<Payload>(text) {
        Ok(payload) if is_shallow(&payload, LIMIT_DEPTH) => put_json(out, &payload).ok(),
        Ok(_) | Err(_) => json::put_text(out, text),
    }
}

fn is_shallow(payload: &Payload, depth_left: usize) -> bool {
    match payload {
        Payload::List(items) => {
            depth_left > 0 && items.iter().all(|item| is_shallow(item, depth_left - 1))
        }
        Payload::Map(entries) => {
            depth_left > 0 && entries.iter().all(|(_, value)| is_shallow(value, depth_left - 1))
        }
        Payload::Null
        | Payload::Bool(_)
        | Payload::Int(_)
        | Payload::Number(_)
        | Payload::Text(_) => true,
    }
}

/// Length and hash: enough to see whether two payloads are equal.
fn put_fingerprint(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"{\"bytes\":");
    put_integer(out, bytes.len());
    out.extend_from_slice(b",\"sha256\":\"");
    for byte in Sha256::digest(bytes) {
        let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or(b'?');
        out.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    out.extend_from_slice(b"\"}");
}

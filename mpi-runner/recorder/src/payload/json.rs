//! The JSON values that payloads consist of.

use ringscope_traces::json::put_json;

/// A whole number.
pub fn put_integer(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// A float in the fewest digits that read back as it; JSON has neither infinities nor NaN.
pub fn put_float(out: &mut Vec<u8>, value: f64) -> Option<()> {
    let number = value.is_finite().then_some(value)?;
    serde_json::to_writer(out, &number).ok()
}

/// A float of 32 bits, likewise.
pub fn put_short_float(out: &mut Vec<u8>, value: f32) -> Option<()> {
    let number = value.is_finite().then_some(value)?;
    serde_json::to_writer(out, &number).ok()
}

/// A string.
pub fn put_text(out: &mut Vec<u8>, text: &str) -> Option<()> {
    put_json(out, text).ok()
}

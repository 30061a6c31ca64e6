//! How bright colours are, and how well one can be read on another.

/// How bright a colour of red, green and blue is, from 0 for black to 1 for white.
///
/// The relative luminance of the Web Content Accessibility Guidelines 2.2.
pub(super) fn luminance(color: [u8; 3]) -> f64 {
    let [red, green, blue] = linear(color);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The contrast of two colours, from 1 for none to 21 for black and white; as above.
pub(super) fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// sRGB to linear light, IEC 61966-2-1.
pub(super) fn linear(color: [u8; 3]) -> [f64; 3] {
    color.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

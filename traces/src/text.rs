//! Text from a file, made safe to show.

use std::fmt;

/// Text with everything that a terminal might obey written as an escape, such as `\u{1b}`.
#[derive(Debug, Clone, Copy)]
pub struct Plain<'a>(pub &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if is_harmless(c) { write!(f, "{c}")? } else { write!(f, "{}", c.escape_unicode())? }
        }
        Ok(())
    }
}

/// Control characters move the cursor, and format characters reorder or hide what stands beside them.
fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_does_not_reach_the_terminal() {
        assert_eq!(Plain("\u{1b}[2Jgone\u{9b}").to_string(), "\\u{1b}[2Jgone\\u{9b}");
    }

    #[test]
    fn letters_of_any_script_stay_as_they_are() {
        assert_eq!(Plain("Schlüssel 鍵").to_string(), "Schlüssel 鍵");
    }
}

//! Text from a file, made safe to show.

use std::fmt::{self, Write as _};

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

/// Whether a character does nothing but stand there.
///
/// Control characters move the cursor, and format characters and separators of lines reorder, hide or
/// break what stands beside them: all of Unicode's categories Cc, Cf, Zl and Zp.
pub(crate) fn is_harmless(c: char) -> bool {
    let is_format = matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
        | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0001}'..='\u{e007f}');
    !(c.is_control() || is_format)
}

/// The beginning of what something says, with `...` after it where the rest was left out.
///
/// What is left out is not formatted either, so a payload of a gigabyte costs no more than its beginning.
#[derive(Debug, Clone, Copy)]
pub struct Short<T> {
    /// What is shown.
    pub value: T,
    /// How many characters of it.
    pub limit_chars: usize,
}

impl<T: fmt::Display> fmt::Display for Short<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cut = Cut { out: f, room: self.limit_chars, was_full: false };
        let written = write!(cut, "{}", self.value);
        if cut.was_full { f.write_str("...") } else { written }
    }
}

/// Hands on what fits, and says by an error that nothing more does.
struct Cut<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    room: usize,
    was_full: bool,
}

impl fmt::Write for Cut<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        match text.char_indices().nth(self.room) {
            None => {
                self.room -= text.chars().count();
                self.out.write_str(text)
            }
            Some((end, _)) => {
                self.was_full = true;
                self.out.write_str(&text[..end])?;
                Err(fmt::Error)
            }
        }
    }
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

    #[test]
    fn what_is_too_long_is_cut_between_two_characters() {
        assert_eq!(Short { value: "Schlüssel", limit_chars: 5 }.to_string(), "Schlü...");
        assert_eq!(Short { value: "Schlüssel", limit_chars: 9 }.to_string(), "Schlüssel");
    }
}

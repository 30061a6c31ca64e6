//! A line as it is edited: its text, the cursor in it, and the keys that change them.

use tui_input::{Input, InputRequest};

use super::keys::{Code, KeyPress, NamedKey};

/// A line that is being typed.
#[derive(Debug, Clone, Default)]
pub struct InputLine {
    input: Input,
}

impl InputLine {
    /// A line with a text to begin with, the cursor behind it.
    pub fn of(text: impl Into<String>) -> InputLine {
        InputLine { input: Input::new(text.into()) }
    }

    /// What has been typed.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Before which letter the cursor stands.
    pub fn cursor(&self) -> usize {
        self.input.cursor()
    }

    /// Takes a key that edits the line; whether it is one.
    pub fn edit(&mut self, key: KeyPress) -> bool {
        let Some(request) = request(key) else { return false };
        self.input.handle(request);
        true
    }

    /// Types a text where the cursor is; a line is one line, whatever was pasted.
    pub fn paste(&mut self, text: &str) {
        for letter in text.trim_end_matches(['\r', '\n']).chars() {
            let letter = if letter.is_control() { ' ' } else { letter };
            self.input.handle(InputRequest::InsertChar(letter));
        }
    }
}

fn request(key: KeyPress) -> Option<InputRequest> {
    if let Some(letter) = key.typed() {
        return Some(InputRequest::InsertChar(letter));
    }
    let KeyPress { ctrl, code, .. } = key;
    Some(match (ctrl, code) {
        (false, Code::Named(NamedKey::Left)) => InputRequest::GoToPrevChar,
        (false, Code::Named(NamedKey::Right)) => InputRequest::GoToNextChar,
        (true, Code::Named(NamedKey::Left)) => InputRequest::GoToPrevWord,
        (true, Code::Named(NamedKey::Right)) => InputRequest::GoToNextWord,
        (_, Code::Named(NamedKey::Home)) | (true, Code::Char('a')) => InputRequest::GoToStart,
        (_, Code::Named(NamedKey::End)) | (true, Code::Char('e')) => InputRequest::GoToEnd,
        (false, Code::Named(NamedKey::Backspace)) => InputRequest::DeletePrevChar,
        (true, Code::Named(NamedKey::Backspace) | Code::Char('w')) => InputRequest::DeletePrevWord,
        (_, Code::Named(NamedKey::Delete)) => InputRequest::DeleteNextChar,
        (true, Code::Char('u')) => InputRequest::DeleteLine,
        (true, Code::Char('k')) => InputRequest::DeleteTillEnd,
        (_, Code::Named(_) | Code::Char(_) | Code::F(_)) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_is_one_line() {
        let mut line = InputLine::default();
        line.paste("put 5\n50\u{1b}[2J\n");
        assert_eq!(line.text(), "put 5 50 [2J");
    }
}

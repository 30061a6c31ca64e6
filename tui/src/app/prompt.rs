//! A line that is being typed.

use tui_input::{Input, InputRequest};

use super::keys::{Code, KeyPress, Named};

/// What a line is typed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To look for an event.
    Search,
    /// To list some events only.
    Filter,
    /// To go to an event number or a percentage.
    GoTo,
    /// To add a command to a live run.
    Command,
    /// To go another way from here, with a command.
    Fork,
    /// To break on a condition.
    Break,
    /// To compare with the trace of that name.
    Diff,
    /// To save the scenario or the trace under that name.
    Export,
    /// To say whether a file may be replaced: `y` or `n`.
    Replace,
    /// To narrow the rows of what lies over the panes.
    Narrow,
}

impl Purpose {
    /// What stands before the line.
    pub fn title(self) -> &'static str {
        match self {
            Purpose::Search => "find",
            Purpose::Filter => "filter",
            Purpose::GoTo => "go to",
            Purpose::Command => "command",
            Purpose::Fork => "fork with",
            Purpose::Break => "break on",
            Purpose::Diff => "compare with",
            Purpose::Export => "save as",
            Purpose::Replace => "replace it? y or n",
            Purpose::Narrow => "narrow",
        }
    }

    /// What can be typed, in a few words, for a line that is still empty.
    pub fn hint(self) -> &'static str {
        match self {
            Purpose::Search | Purpose::Filter => "words, `rank 3`, `key 612`, a tag's name",
            Purpose::GoTo => "an event's number, +N, -N, or a percentage",
            Purpose::Command | Purpose::Fork => "put KEY VALUE, get KEY, add RANK ID, remove ID",
            Purpose::Break => "`key 612 moves`, `rank 3 waits`, `GET unanswered`",
            Purpose::Diff => "the file of another trace",
            Purpose::Export => "a file's name: .dht for the scenario, .jsonl for the trace",
            Purpose::Replace => "y or n",
            Purpose::Narrow => "words that the rows have to have",
        }
    }
}

/// A line that is being typed.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What for.
    pub purpose: Purpose,
    /// What has been typed, and where in it the cursor stands.
    pub input: Input,
    /// What is wrong with it so far.
    pub problem: Option<String>,
    /// What its last word could be, while one is typed.
    pub completions: Vec<String>,
    /// The line that was refused and may be typed again to insist on it.
    pub refused: Option<String>,
}

impl Prompt {
    /// A prompt with a line to begin with.
    pub fn new(purpose: Purpose, line: &str) -> Prompt {
        Prompt {
            purpose,
            input: Input::new(line.to_owned()),
            problem: None,
            completions: Vec::new(),
            refused: None,
        }
    }

    /// What has been typed.
    pub fn line(&self) -> &str {
        self.input.value()
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

    /// Puts what all completions begin with in the place of the last word; and a space after it when
    /// there is only one.
    pub fn complete(&mut self) {
        let common = common_beginning(&self.completions);
        let line = self.line();
        let kept = line.len() - last_word(line).len();
        if common.is_empty() {
            return;
        }
        let end = if self.completions.len() == 1 { " " } else { "" };
        let line = format!("{}{common}{end}", &line[..kept]);
        self.input = Input::new(line);
    }
}

/// The word that a line ends with; empty after white space.
pub fn last_word(line: &str) -> &str {
    line.rsplit(char::is_whitespace).next().unwrap_or("")
}

fn common_beginning(words: &[String]) -> String {
    let Some((first, rest)) = words.split_first() else { return String::new() };
    let same = |at: usize, letter: char| {
        rest.iter().all(|word| word.chars().nth(at).is_some_and(|other| other == letter))
    };
    first
        .chars()
        .enumerate()
        .take_while(|(at, letter)| same(*at, *letter))
        .map(|(_, c)| c)
        .collect()
}

fn request(key: KeyPress) -> Option<InputRequest> {
    if let Some(letter) = key.typed() {
        return Some(InputRequest::InsertChar(letter));
    }
    let KeyPress { ctrl, code, .. } = key;
    Some(match (ctrl, code) {
        (false, Code::Named(Named::Left)) => InputRequest::GoToPrevChar,
        (false, Code::Named(Named::Right)) => InputRequest::GoToNextChar,
        (true, Code::Named(Named::Left)) => InputRequest::GoToPrevWord,
        (true, Code::Named(Named::Right)) => InputRequest::GoToNextWord,
        (_, Code::Named(Named::Home)) | (true, Code::Char('a')) => InputRequest::GoToStart,
        (_, Code::Named(Named::End)) | (true, Code::Char('e')) => InputRequest::GoToEnd,
        (false, Code::Named(Named::Backspace)) => InputRequest::DeletePrevChar,
        (true, Code::Named(Named::Backspace) | Code::Char('w')) => InputRequest::DeletePrevWord,
        (_, Code::Named(Named::Delete)) => InputRequest::DeleteNextChar,
        (true, Code::Char('u')) => InputRequest::DeleteLine,
        (true, Code::Char('k')) => InputRequest::DeleteTillEnd,
        (_, Code::Named(_) | Code::Char(_) | Code::F(_)) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(line: &str, completions: &[&str]) -> String {
        let mut prompt = Prompt::new(Purpose::Search, line);
        prompt.completions = completions.iter().map(|word| (*word).to_owned()).collect();
        prompt.complete();
        prompt.line().to_owned()
    }

    #[test]
    fn a_word_is_completed_as_far_as_it_is_known() {
        assert_eq!(
            completed("tag red", &["REDISTRIBUTE_ADD", "REDISTRIBUTE_REMOVE"]),
            "tag REDISTRIBUTE_"
        );
        assert_eq!(completed("tag ret", &["RETVAL"]), "tag RETVAL ");
        assert_eq!(completed("tag x", &[]), "tag x");
    }

    #[test]
    fn what_is_pasted_is_one_line() {
        let mut prompt = Prompt::new(Purpose::Command, "");
        prompt.paste("put 5\n50\u{1b}[2J\n");
        assert_eq!(prompt.line(), "put 5 50 [2J");
    }
}

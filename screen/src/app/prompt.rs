//! A line that is typed for a purpose: what is wrong with it so far, and what it could go on with.

use super::InputLine;
use super::export::typed_ending;

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
    /// To compare with the trace or the scenario of that name.
    Diff,
    /// To save the scenario or the trace under that name.
    Export,
    /// To say whether a file may be replaced: `y` or `n`.
    Replace,
    /// To say whether a file that is being saved may be lost: `y` or `n`.
    Abandon,
}

impl Purpose {
    /// What stands before the line.
    pub fn title(self) -> &'static str {
        match self {
            Purpose::Search => "find",
            Purpose::Filter => "filter",
            Purpose::GoTo => "go to",
            Purpose::Command => "command, after all others",
            Purpose::Fork => "fork with",
            Purpose::Break => "break on",
            Purpose::Diff => "compare with",
            Purpose::Export => "save as",
            Purpose::Replace => "replace it? y or n",
            Purpose::Abandon => "stop saving? y or n",
        }
    }

    /// What can be typed, in a few words, for a line that is still empty.
    fn hint(self) -> &'static str {
        match self {
            Purpose::Search | Purpose::Filter => "words, `rank 3`, `key 612`, a tag's name",
            Purpose::GoTo => "a number, +N, -N, or a percentage",
            Purpose::Command | Purpose::Fork => "put KEY VALUE, get KEY, add RANK ID, remove ID",
            Purpose::Break => "`key 612 moves`, `rank 3 waits`, `GET unanswered`",
            Purpose::Diff => "another trace's file, or a scenario",
            Purpose::Export => "a file's name; its ending says what is saved",
            Purpose::Replace => "y or n",
            Purpose::Abandon => "what is written so far is taken away",
        }
    }
}

/// A line that is typed for a purpose.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What for.
    pub purpose: Purpose,
    /// The line.
    pub typed: InputLine,
    /// What is wrong with it so far.
    pub problem: Option<String>,
    /// What its last word could be, while one is typed.
    pub completions: Vec<String>,
    /// What comes of the line as it is, where that is worth saying.
    pub meaning: Option<&'static str>,
    /// What Enter takes where nothing has been typed, if it takes anything.
    pub default: Option<String>,
    /// The line that was refused and may be typed again to insist on it.
    pub refused: Option<String>,
}

impl Prompt {
    /// A prompt with a line to begin with.
    pub fn new(purpose: Purpose, line: &str) -> Prompt {
        Prompt {
            purpose,
            typed: InputLine::of(line),
            problem: None,
            completions: Vec::new(),
            meaning: None,
            default: None,
            refused: None,
        }
    }

    /// What there is to say as long as nothing has been typed.
    pub fn hint(&self) -> String {
        match &self.default {
            Some(default) => format!("Enter: {default}; or a name"),
            None => self.purpose.hint().to_owned(),
        }
    }

    /// What has been typed.
    pub fn line(&self) -> &str {
        self.typed.text()
    }

    /// Puts what all completions begin with in the place of the last word; and a space after it when
    /// there is only one.
    pub fn complete(&mut self) {
        let common = common_beginning(&self.completions);
        let line = self.line();
        let (word, end) = match self.purpose {
            Purpose::Export => (typed_ending(line), ""),
            Purpose::Search
            | Purpose::Filter
            | Purpose::GoTo
            | Purpose::Command
            | Purpose::Fork
            | Purpose::Break
            | Purpose::Diff
            | Purpose::Replace
            | Purpose::Abandon => (last_word(line), " "),
        };
        let kept = line.len() - word.len();
        if common.is_empty() {
            return;
        }
        let end = if self.completions.len() == 1 { end } else { "" };
        let line = format!("{}{common}{end}", &line[..kept]);
        self.typed = InputLine::of(line);
    }
}

/// The word that a line ends with; empty after white space.
pub(crate) fn last_word(line: &str) -> &str {
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
}

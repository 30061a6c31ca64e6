//! Questions, and their answers.

use std::fmt;

use ringscope_traces::Rank;

use super::prose::ToneSpan;

/// Something that is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked.
    pub ask: Vec<ToneSpan>,
    /// How it is answered, and which answer is right.
    pub kind: QuestionKind,
    /// What helps after a wrong answer.
    pub hint: Vec<ToneSpan>,
    /// What there is to say to the right one; it may be nothing.
    pub right: Vec<ToneSpan>,
}

/// How a question is answered, and which answer is right.
#[derive(Debug, Clone)]
pub enum QuestionKind {
    /// One of these is chosen.
    Choice {
        /// The answers to choose from, two at least, and no more than there are [`LETTERS`].
        options: Vec<Vec<ToneSpan>>,
        /// The right one.
        right: usize,
    },
    /// A number is typed.
    Number {
        /// The right one.
        right: i64,
    },
    /// A node is selected.
    Node {
        /// The right one.
        right: Rank,
        /// How many ranks there are.
        ranks: u32,
    },
}

/// The most answers to choose from: each has a letter, and `e` is for exploring.
pub(super) const MOST_OPTIONS: usize = 4;

/// The letters of the answers to choose from.
pub const LETTERS: [char; MOST_OPTIONS] = ['a', 'b', 'c', 'd'];

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// That one of those to choose from.
    Choice(usize),
    /// That number.
    Number(i64),
    /// That node.
    Node(Rank),
}

/// As it is typed: `b`, `12`, `3`.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Choice(option) => write!(f, "{}", LETTERS[*option]),
            Answer::Number(number) => write!(f, "{number}"),
            Answer::Node(rank) => write!(f, "{rank}"),
        }
    }
}

impl Question {
    /// The right answer.
    pub fn answer(&self) -> Answer {
        match self.kind {
            QuestionKind::Choice { right, .. } => Answer::Choice(right),
            QuestionKind::Number { right } => Answer::Number(right),
            QuestionKind::Node { right, .. } => Answer::Node(right),
        }
    }

    /// An answer that is not right.
    pub fn wrong_answer(&self) -> Answer {
        match self.kind {
            QuestionKind::Choice { right, .. } => Answer::Choice(usize::from(right == 0)),
            QuestionKind::Number { right } => Answer::Number(right.wrapping_add(1).max(0)),
            QuestionKind::Node { right, .. } => Answer::Node(Rank(u32::from(right.0 == 0))),
        }
    }

    /// Whether an answer is the right one.
    pub fn is_right(&self, answer: Answer) -> bool {
        answer == self.answer()
    }

    /// Reads an answer that was typed as a word.
    ///
    /// # Errors
    ///
    /// What would be an answer.
    pub fn read(&self, line: &str) -> Result<Answer, String> {
        let line = line.trim().to_lowercase();
        match &self.kind {
            QuestionKind::Choice { options, .. } => {
                let letters = &LETTERS[..options.len()];
                let chosen = letters.iter().position(|letter| line == letter.to_string());
                chosen.map(Answer::Choice).ok_or_else(|| format!("type {}", alternatives(letters)))
            }
            QuestionKind::Number { .. } => {
                line.parse().map(Answer::Number).map_err(|_| "type a number".to_owned())
            }
            QuestionKind::Node { ranks, .. } => {
                let digits = line.trim_start_matches("rank").trim_start_matches('r').trim();
                let rank = digits.parse().ok().filter(|rank| rank < ranks).map(Rank);
                let last = ranks.saturating_sub(1);
                rank.map(Answer::Node).ok_or_else(|| format!("type a rank, 0 to {last}"))
            }
        }
    }
}

/// `a, b or c`.
fn alternatives(letters: &[char]) -> String {
    let words: Vec<String> = letters.iter().map(ToString::to_string).collect();
    match &words[..] {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: QuestionKind) -> Question {
        Question { ask: Vec::new(), kind, hint: Vec::new(), right: Vec::new() }
    }

    fn kinds() -> [Question; 3] {
        let options = vec![Vec::new(); 3];
        [
            question(QuestionKind::Choice { options, right: 0 }),
            question(QuestionKind::Number { right: i64::MAX }),
            question(QuestionKind::Node { right: Rank(0), ranks: 8 }),
        ]
    }

    #[test]
    fn an_answer_is_read_as_it_is_shown() {
        for question in kinds() {
            let right = question.answer();
            assert_eq!(question.read(&right.to_string()), Ok(right));
            assert!(question.is_right(right));
        }
    }

    #[test]
    fn a_wrong_answer_is_one_that_can_be_given() {
        for question in kinds() {
            let wrong = question.wrong_answer();
            assert_eq!(question.read(&wrong.to_string()), Ok(wrong));
            assert!(!question.is_right(wrong));
        }
    }

    #[test]
    fn what_is_no_answer_says_what_would_be_one() {
        let said = kinds().map(|question| question.read("x").expect_err("it is none"));
        assert_eq!(said, ["type a, b or c", "type a number", "type a rank, 0 to 7"]);
        assert_eq!(kinds()[2].read(" Rank 7"), Ok(Answer::Node(Rank(7))));
        assert!(kinds()[2].read("8").is_err() && kinds()[0].read("d").is_err());
    }
}

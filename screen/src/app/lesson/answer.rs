//! Answers that are given on the screen: chosen, typed, selected.

use ringscope_traces::Rank;

use super::Lesson;
use crate::app::Selection;
use crate::app::keys::{Code, KeyPress, NamedKey};
use crate::app::select::{around, with_digit};
use crate::tour::{Answer, LETTERS, QuestionKind};

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It was not answered yet.
    Open,
    /// That answer was wrong, and it is asked on.
    Wrong(Answer),
    /// It was answered right.
    Right {
        /// The first answer was.
        at_once: bool,
    },
    /// It was left open.
    Left,
}

impl Reply {
    /// Whether it was answered right.
    pub fn is_right(self) -> bool {
        match self {
            Reply::Right { .. } => true,
            Reply::Open | Reply::Wrong(_) | Reply::Left => false,
        }
    }

    /// Whether it is no longer asked.
    pub fn is_closed(self) -> bool {
        match self {
            Reply::Right { .. } | Reply::Left => true,
            Reply::Open | Reply::Wrong(_) => false,
        }
    }
}

/// An answer that is being given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Draft {
    /// None so far.
    #[default]
    None,
    /// That one of those to choose from.
    Choice(usize),
    /// Digits, and perhaps a sign.
    Number(String),
    /// That node.
    Node(Rank),
}

/// The most digits of a number.
const MOST_DIGITS: usize = 18;

impl Draft {
    /// The answer, when it is one.
    fn answer(&self) -> Option<Answer> {
        match self {
            Draft::None => None,
            Draft::Choice(option) => Some(Answer::Choice(*option)),
            Draft::Number(digits) => digits.parse().ok().map(Answer::Number),
            Draft::Node(rank) => Some(Answer::Node(*rank)),
        }
    }
}

impl Lesson {
    /// How the question that is asked is answered.
    fn kind(&self) -> Option<&QuestionKind> {
        Some(&self.shown().questions[self.asked()?].kind)
    }

    /// Takes a key that is typed for the answer; whether it is one.
    pub(super) fn take_typed(&mut self, key: KeyPress) -> bool {
        let Some(kind) = self.kind() else { return false };
        let draft = match (kind, key.typed()) {
            (QuestionKind::Choice { options, .. }, Some(letter)) => {
                let letters = &LETTERS[..options.len()];
                letters.iter().position(|one| *one == letter).map(Draft::Choice)
            }
            (QuestionKind::Number { .. }, typed) => self.typed_number(key, typed),
            (QuestionKind::Node { ranks, .. }, Some(letter)) => self.typed_rank(letter, *ranks),
            (QuestionKind::Choice { .. } | QuestionKind::Node { .. }, None) => None,
        };
        let is_typed = draft.is_some();
        draft.into_iter().for_each(|draft| self.draw_up(draft));
        is_typed
    }

    fn typed_number(&self, key: KeyPress, typed: Option<char>) -> Option<Draft> {
        let digits = match &self.draft {
            Draft::Number(digits) => digits.clone(),
            Draft::None | Draft::Choice(_) | Draft::Node(_) => String::new(),
        };
        if key.code == Code::Named(NamedKey::Backspace) && !digits.is_empty() {
            let rest: String = digits.chars().take(digits.len() - 1).collect();
            return Some(if rest.is_empty() { Draft::None } else { Draft::Number(rest) });
        }
        let letter = typed?;
        let is_wanted = letter.is_ascii_digit() || (letter == '-' && digits.is_empty());
        let is_short = digits.len() < MOST_DIGITS;
        is_wanted
            .then(|| Draft::Number(if is_short { digits + &letter.to_string() } else { digits }))
    }

    /// The rank whose digits are typed one after the other.
    fn typed_rank(&self, letter: char, ranks: u32) -> Option<Draft> {
        let digit = letter.to_digit(10)?;
        let before = match self.draft {
            Draft::Node(rank) => Some(rank),
            Draft::None | Draft::Choice(_) | Draft::Number(_) => None,
        };
        let rank = with_digit(before, digit, ranks);
        Some(rank.map_or_else(|| self.draft.clone(), Draft::Node))
    }

    /// Goes to the next answer, or the one before it; whether there is any to go to.
    pub(super) fn choose(&mut self, by: isize) -> bool {
        let draft = match self.kind() {
            Some(QuestionKind::Choice { options, .. }) => {
                let before = match self.draft {
                    Draft::Choice(option) => Some(option),
                    Draft::None | Draft::Number(_) | Draft::Node(_) => None,
                };
                Draft::Choice(around(before, by, options.len()))
            }
            Some(QuestionKind::Node { .. }) => {
                let way = self.app().ranks_in_order();
                let before = match self.draft {
                    Draft::Node(rank) => way.iter().position(|one| *one == rank),
                    Draft::None | Draft::Choice(_) | Draft::Number(_) => None,
                };
                Draft::Node(way[around(before, by, way.len())])
            }
            Some(QuestionKind::Number { .. }) | None => return false,
        };
        self.draw_up(draft);
        true
    }

    /// Selects a node for an answer; whether one is asked for.
    pub(super) fn select(&mut self, rank: Rank) -> bool {
        let is_asked = matches!(self.kind(), Some(QuestionKind::Node { .. }));
        if is_asked {
            self.draw_up(Draft::Node(rank));
        }
        is_asked
    }

    /// Chooses one of the answers to choose from.
    pub(super) fn pick(&mut self, option: usize) {
        let is_one = match self.kind() {
            Some(QuestionKind::Choice { options, .. }) => option < options.len(),
            Some(QuestionKind::Number { .. } | QuestionKind::Node { .. }) | None => false,
        };
        if is_one {
            self.draw_up(Draft::Choice(option));
        }
    }

    fn draw_up(&mut self, draft: Draft) {
        if let Draft::Node(rank) = draft {
            self.app_mut().view.selection = Selection::Rank(rank);
        }
        self.draft = draft;
        self.scrolled = usize::MAX;
    }

    /// Judges the answer that was given; whether there was one.
    pub(super) fn judge(&mut self) -> bool {
        let (Some(asked), Some(answer)) = (self.asked(), self.draft.answer()) else { return false };
        let is_right = self.shown().questions[asked].is_right(answer);
        let reply = &mut self.replies[self.step][asked];
        *reply = match (is_right, *reply) {
            (true, Reply::Open) => Reply::Right { at_once: true },
            (true, Reply::Wrong(_) | Reply::Right { .. } | Reply::Left) => {
                Reply::Right { at_once: false }
            }
            (false, _) => Reply::Wrong(answer),
        };
        self.is_pausing = is_right;
        self.draft = Draft::None;
        self.scrolled = usize::MAX;
        true
    }
}

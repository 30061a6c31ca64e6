//! How a lesson went, in words.

use crate::numbers::counted;

/// How a lesson went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Score {
    /// How many questions there were.
    pub questions: usize,
    /// How many were answered right at the first try.
    pub at_first_try: usize,
    /// How many were answered right later.
    pub later: usize,
    /// The steps in which a question was left open, from 1.
    pub skipped: Vec<usize>,
}

impl Score {
    /// What there is to say of it at the end of the lesson.
    pub fn words(&self) -> String {
        let Score { questions, at_first_try, later, .. } = *self;
        let right = at_first_try + later;
        let all = if questions == 1 {
            "The question was".to_owned()
        } else {
            format!("All {} were", counted(questions as u64, "question"))
        };
        match right {
            _ if questions == 0 => "That was the lesson.".to_owned(),
            _ if at_first_try == questions => {
                format!("That was the lesson. {all} answered right at the first try: very good!")
            }
            _ if right == questions => {
                format!("That was the lesson. {all} answered right, {}: good.", self.first_tries())
            }
            0 => "That was the lesson, read without an answer.".to_owned(),
            _ => format!(
                "That was the lesson. {right} of {} {} answered right, {}.",
                counted(questions as u64, "question"),
                if right == 1 { "was" } else { "were" },
                self.first_tries()
            ),
        }
    }

    fn first_tries(&self) -> String {
        match self.at_first_try {
            0 if self.later == 1 => "but not at the first try".to_owned(),
            0 => "none at the first try".to_owned(),
            1 if self.later == 0 => "at the first try".to_owned(),
            _ if self.later == 0 => "all at the first try".to_owned(),
            some => format!("{some} at the first try"),
        }
    }

    /// Where questions were left open, such as `skipped: steps 2 and 5`; `None` where none were.
    pub fn skipped_words(&self) -> Option<String> {
        let (last, rest) = self.skipped.split_last()?;
        let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
        Some(match rest.len() {
            0 => format!("Skipped: a question of step {last}"),
            _ => format!("Skipped: questions of the steps {} and {last}", rest.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(questions: usize, at_first_try: usize, later: usize) -> String {
        Score { questions, at_first_try, later, skipped: Vec::new() }.words()
    }

    #[test]
    fn the_praise_is_for_how_it_went() {
        let end = |words: String| words.trim_start_matches("That was the lesson").to_owned();
        assert_eq!(
            end(words(5, 5, 0)),
            ". All 5 questions were answered right at the first try: very good!"
        );
        assert_eq!(
            end(words(1, 1, 0)),
            ". The question was answered right at the first try: very good!"
        );
        assert_eq!(
            end(words(5, 3, 2)),
            ". All 5 questions were answered right, 3 at the first try: good."
        );
        assert_eq!(
            end(words(2, 0, 2)),
            ". All 2 questions were answered right, none at the first try: good."
        );
        assert_eq!(
            end(words(1, 0, 1)),
            ". The question was answered right, but not at the first try: good."
        );
        assert_eq!(
            end(words(5, 2, 1)),
            ". 3 of 5 questions were answered right, 2 at the first try."
        );
        assert_eq!(end(words(5, 1, 0)), ". 1 of 5 questions was answered right, at the first try.");
        assert_eq!(end(words(5, 0, 0)), ", read without an answer.");
        assert_eq!(end(words(0, 0, 0)), ".");
    }

    #[test]
    fn steps_that_were_skipped_are_named() {
        let skipped =
            |steps: &[usize]| Score { skipped: steps.to_vec(), ..Score::default() }.skipped_words();
        assert_eq!(skipped(&[]), None);
        assert_eq!(skipped(&[2]).as_deref(), Some("Skipped: a question of step 2"));
        let several = "Skipped: questions of the steps 2, 3 and 5";
        assert_eq!(skipped(&[2, 3, 5]).as_deref(), Some(several));
    }
}

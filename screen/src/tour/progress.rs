//! How far somebody has come in the lessons.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How far somebody has come in the lessons.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// By the lessons' keys.
    lessons: BTreeMap<String, Record>,
}

/// How far somebody has come in a lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The step that was shown last, from 0.
    pub step: usize,
    /// How many steps the lesson had.
    pub steps: usize,
    /// Whether it was gone through to its end.
    pub is_done: bool,
    /// How many questions the lesson had; 0 in what was kept before this was counted.
    #[serde(default)]
    pub questions: usize,
    /// The questions that were answered right, by step and question, and whether at once.
    pub right: Vec<(usize, usize, bool)>,
}

impl Progress {
    /// What is known of a lesson.
    pub fn of(&self, lesson: &str) -> Option<&Record> {
        self.lessons.get(lesson)
    }

    /// Notes how far somebody has come; whether that is new.
    pub fn note(&mut self, lesson: &str, record: Record) -> bool {
        let is_new = self.lessons.get(lesson) != Some(&record);
        self.lessons.insert(lesson.to_owned(), record);
        is_new
    }
}

impl Record {
    /// It in a few words, such as `step 3 of 7` or `done, 5 of 7 right at the first try`.
    pub fn summary(&self) -> String {
        let at_once = self.right.iter().filter(|(_, _, at_once)| *at_once).count();
        match self.is_done {
            true => {
                let all = self.questions.max(self.right.len());
                format!("done, {at_once} of {all} right at the first try")
            }
            false => format!("at step {} of {}", self.step + 1, self.steps),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_summarized_in_a_few_words() {
        let record = Record { step: 2, steps: 7, ..Record::default() };
        assert_eq!(record.summary(), "at step 3 of 7");
        let right = vec![(0, 0, true), (1, 0, false)];
        let record = Record { is_done: true, right, ..record };
        assert_eq!(record.summary(), "done, 1 of 2 right at the first try");
        let skipped = Record { questions: 7, ..record };
        assert_eq!(skipped.summary(), "done, 1 of 7 right at the first try");
    }

    #[test]
    fn only_what_is_new_has_to_be_kept() {
        let mut progress = Progress::default();
        let record = Record { step: 1, steps: 3, ..Record::default() };
        assert!(progress.note("the-ring", record.clone()));
        assert!(!progress.note("the-ring", record));
    }
}

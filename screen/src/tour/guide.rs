//! What can stand in a lesson, from the tables by which it is read.

use super::asked;
use super::facts;
use super::format::{FENCES, FRONT, KEYS, QUESTION, STOP};
use super::place;
use super::stop::LOOKS;
use crate::controls::PANES;
use crate::language::condition;

/// A table: its heading, and its rows of what is written and what that is.
pub(super) type Table = (String, Vec<(String, &'static str)>);

/// Every table.
pub fn guide() -> Vec<Table> {
    let keys = |block: &'static str| {
        let keys = KEYS.iter().filter(move |key| key.block == block);
        keys.map(|key| (format!("{}:", key.name), key.what)).collect()
    };
    let fences = FENCES.iter().map(|(word, what)| (format!("```{word}"), *what)).collect();
    let panes = PANES.iter().filter(|pane| !pane.is_of_explored);
    let panes = panes.map(|pane| (pane.word.to_owned(), pane.what));
    let looks = LOOKS.iter().map(|(form, what)| ((*form).to_owned(), *what)).collect();
    vec![
        ("The front matter, between two lines `---`".to_owned(), keys(FRONT)),
        ("Fenced blocks of a step, which begins with `## TITLE`".to_owned(), fences),
        ("In a `stop`".to_owned(), keys(STOP)),
        ("In a `question`".to_owned(), keys(QUESTION)),
        ("Places, for `at:`".to_owned(), place::help().collect()),
        ("Conditions, for `when:`".to_owned(), condition::help().collect()),
        ("What is looked at, for `look:`".to_owned(), looks),
        ("Panes, for `pane:`".to_owned(), panes.collect()),
        (
            "Claims; X is a number, `rank N`, `100, 200 and 400`, a word, \"words\" or a FACT"
                .to_owned(),
            asked::help().collect(),
        ),
        (
            "Facts; each may be followed by `in run NAME` and `at PLACE`".to_owned(),
            facts::help().collect(),
        ),
    ]
}

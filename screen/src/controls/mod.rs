//! What can be done at the screen, and the panes in which it is done: two tables, from which keys, help, palette,
//! configuration, layout and the words of lessons are made.

mod action;
mod pane;

pub(crate) use action::{Action, BINDINGS};
pub use pane::Pane;
pub(crate) use pane::{PANES, Selection, Spot};

#[cfg(test)]
mod tests {
    use super::*;

    /// The line of `pane:` in what says how to write a lesson.
    fn documented() -> &'static str {
        let page = include_str!("../../walkthroughs/README.md");
        page.lines().find(|line| line.contains("`pane:`")).expect("a line of panes")
    }

    #[test]
    fn a_pane_is_a_row_from_which_its_key_its_number_and_its_word_are_made() {
        for (row, number) in PANES.iter().zip(1..) {
            let focus = Action::Focus(row.pane);
            assert_eq!((row.pane.spec().name, row.pane.number()), (row.name, number));
            assert_eq!(focus.binding().keys, [format!("f{number}"), format!("alt-{number}")]);
            assert_eq!(focus.binding().name, row.word);
            assert_eq!(focus.binding().what, row.takes_keys);
            assert_eq!(Action::named(row.word), Some(focus));
            assert_eq!(Pane::named(row.word), Some(row.pane));
            assert!(!row.actions.is_empty(), "{} has no keys of its own in the help", row.name);
            // A lesson explores nothing.
            let is_documented = documented().contains(&format!("`{}`", row.word));
            assert_eq!(is_documented, !row.is_of_explored, "{} is documented", row.word);
        }
    }

    #[test]
    fn the_panes_stand_behind_the_key_that_goes_through_them() {
        let actions: Vec<Action> = BINDINGS.iter().map(|row| row.action).collect();
        let panes: Vec<Action> = Pane::ALL.into_iter().map(Action::Focus).collect();
        let next = actions.iter().position(|action| *action == Action::NextPane);
        let first = next.expect("a key goes through the panes") + 1;
        assert_eq!(actions[first..first + panes.len()], panes);
    }
}

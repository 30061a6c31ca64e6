//! Marks: a letter each for a cursor to come back to.

use super::App;
use super::keys::KeyPress;

/// What the next letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    /// To mark the cursor.
    Mark,
    /// To jump to a mark.
    Jump,
}

impl App {
    pub(super) fn await_letter(&mut self, letter: Letter) {
        let marked: String = self.marks.keys().flat_map(|letter| [' ', *letter]).collect();
        match letter {
            Letter::Jump if self.marks.is_empty() => {
                return self.controls.refuse("there is no mark yet: `m` and a letter make one");
            }
            Letter::Mark => self.controls.question("mark with a letter"),
            Letter::Jump => self.controls.question(format!("jump to one of{marked}")),
        }
        self.letter = Some(letter);
    }

    pub(super) fn mark_or_jump(&mut self, letter: Letter, key: KeyPress) {
        let Some(name) = key.typed().filter(|name| name.is_alphanumeric()) else {
            return self.say("a mark is a letter or a digit");
        };
        match (letter, self.marks.get(&name).copied()) {
            (Letter::Mark, _) => {
                self.marks.insert(name, self.view.cursor);
                self.controls.say(format!("event {} is marked {name}", self.view.cursor));
            }
            (Letter::Jump, Some(cursor)) => self.go_to(cursor),
            (Letter::Jump, None) => self.controls.say(format!("there is no mark {name}")),
        }
    }
}

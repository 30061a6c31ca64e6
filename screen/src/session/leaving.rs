//! Leaving pages: what was changed and is in no file is lost only when somebody has said so.

use super::Session;
use crate::app::keys::{Code, NamedKey};
use crate::app::{KeyPress, Leave};

/// Where to, once it is known that nothing is lost by it or that it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// To the page below.
    Back,
    /// Out of the program.
    Program(Leave),
}

impl Session {
    /// Leaves, or asks first whether what would be lost may be.
    pub(super) fn leave_by(&mut self, exit: Exit) {
        let lost = match exit {
            Exit::Back if self.pages.len() == 1 => None,
            Exit::Back => self.page().unsaved().map(str::to_owned),
            Exit::Program(_) => {
                self.pages.iter().rev().find_map(|page| page.unsaved()).map(str::to_owned)
            }
        };
        match lost {
            Some(name) => {
                self.asked = Some(exit);
                self.say(&format!("lose this run? y or n: `{name}` is in no file (`x` saves it)"));
            }
            None => self.leave_now(exit),
        }
    }

    fn leave_now(&mut self, exit: Exit) {
        match exit {
            Exit::Back => self.go_back(),
            Exit::Program(leave) => self.leave = Some(leave),
        }
    }

    /// Gives a key to the question that is asked; whether there was one. Only an answer ends it.
    pub(super) fn answer(&mut self, key: KeyPress) -> bool {
        let Some(exit) = self.asked else { return false };
        let is_interrupt = key.ctrl && key.code == Code::Char('c');
        match key.code {
            Code::Char('y' | 'Y') => {
                self.close_question();
                self.leave_now(exit);
            }
            Code::Char('n' | 'N') | Code::Named(NamedKey::Esc) => self.close_question(),
            _ if is_interrupt => {
                self.close_question();
                self.leave_now(exit);
            }
            Code::Char(_) | Code::Named(_) | Code::F(_) => {}
        }
        true
    }

    fn close_question(&mut self) {
        self.asked = None;
        self.page_mut().controls_mut().note = None;
    }
}

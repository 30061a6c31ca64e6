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

/// A way out, and the question whether what would be lost by it may be.
pub(super) struct LeavingQuestion {
    exit: Exit,
    text: String,
}

impl Session {
    /// Leaves, or asks first whether what would be lost may be.
    pub(super) fn leave_by(&mut self, exit: Exit) {
        match self.at_stake(exit) {
            Some(text) => {
                self.page_mut().controls_mut().question(&*text);
                self.asked = Some(LeavingQuestion { exit, text });
            }
            None => self.leave_now(exit),
        }
    }

    /// What is asked before that, where something would be lost by it.
    fn at_stake(&self, exit: Exit) -> Option<String> {
        match exit {
            Exit::Back if self.pages.len() == 1 => None,
            Exit::Back => self.page().at_stake(),
            Exit::Program(_) => self.pages.iter().rev().find_map(|page| page.at_stake()),
        }
    }

    /// Asks on what is still to be asked, when time has passed: a file may have been saved meanwhile. Whether there is
    /// anything new to show.
    pub(super) fn ask_on(&mut self) -> bool {
        let Some(question) = &self.asked else { return false };
        let before = question.text.clone();
        match self.at_stake(question.exit) {
            Some(text) if text == before => return false,
            Some(_) => self.leave_by(question.exit),
            None => {
                self.asked = None;
                let note = &mut self.page_mut().controls_mut().note;
                note.take_if(|note| *note == before);
            }
        }
        true
    }

    fn leave_now(&mut self, exit: Exit) {
        match exit {
            Exit::Back => self.go_back(),
            Exit::Program(leave) => self.leave = Some(leave),
        }
    }

    /// Gives a key to the question that is asked; whether there was one. Only an answer ends it.
    pub(super) fn answer(&mut self, key: KeyPress) -> bool {
        let Some(LeavingQuestion { exit, .. }) = self.asked else { return false };
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

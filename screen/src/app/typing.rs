//! Lines that are typed: what they offer, what is wrong with them, and what Enter does.

use std::path::PathBuf;

use ringscope_traces::text::Plain;

use super::diff::Candidate;
use super::keys::{Code, KeyPress, NamedKey};
use super::{App, Condition, Matches, PageRequest, Prompt, Purpose, Query, export, live};
use crate::language::grammar::{ParseError, SymbolTable};
use crate::language::{condition, query};

/// What is being typed.
#[derive(Debug, Default)]
pub struct Typing {
    /// The line, and what it is for.
    pub prompt: Option<Prompt>,
    /// Whether the last key was a digit of a rank.
    pub(super) is_rank: bool,
    /// The file that is to be replaced, when that is allowed.
    pub(super) replaced: Option<PathBuf>,
}

impl App {
    /// Asks for a line.
    pub(super) fn ask(&mut self, purpose: Purpose, line: &str) {
        self.typing.prompt = Some(Prompt::new(purpose, line));
        self.review();
    }

    pub(super) fn press_in_prompt(&mut self, key: KeyPress) {
        let Some(purpose) = self.typing.prompt.as_ref().map(|prompt| prompt.purpose) else {
            return;
        };
        match purpose {
            Purpose::Replace => return self.replace_or_not(key),
            Purpose::Abandon => return self.abandon_or_not(key),
            Purpose::Search
            | Purpose::Filter
            | Purpose::GoTo
            | Purpose::Command
            | Purpose::Fork
            | Purpose::Break
            | Purpose::Diff
            | Purpose::Export => {}
        }
        match key.code {
            Code::Named(NamedKey::Esc) => self.cancel(purpose),
            Code::Char('c') if key.ctrl => self.cancel(purpose),
            Code::Named(NamedKey::Enter) => self.submit(),
            Code::Named(_) | Code::Char(_) | Code::F(_) => self.edit(key),
        }
    }

    fn edit(&mut self, key: KeyPress) {
        let Some(prompt) = &mut self.typing.prompt else { return };
        if key.is(NamedKey::Tab) {
            prompt.complete();
        } else if !prompt.typed.edit(key) {
            return;
        }
        self.review();
    }

    fn cancel(&mut self, purpose: Purpose) {
        self.typing.prompt = None;
        if purpose == Purpose::Filter {
            self.filter_by(&self.search.filter_before.clone());
        }
    }

    /// Looks at what has been typed so far: what is wrong with it, and what its last word could be.
    pub(super) fn review(&mut self) {
        let Some(prompt) = &self.typing.prompt else { return };
        let (purpose, line) = (prompt.purpose, prompt.line().to_owned());
        let problem = match line.trim() {
            "" => None,
            _ => self.problem(purpose, &line),
        };
        let completions = self.completions(purpose, &line);
        let meaning = (purpose == Purpose::Export).then(|| export::meaning(&line)).flatten();
        let is_right = problem.is_none();
        if let Some(prompt) = &mut self.typing.prompt {
            (prompt.problem, prompt.completions) = (problem, completions);
            prompt.meaning = meaning;
        }
        match purpose {
            Purpose::Filter if is_right => self.filter_by(&line),
            Purpose::Filter
            | Purpose::Search
            | Purpose::GoTo
            | Purpose::Command
            | Purpose::Fork
            | Purpose::Break
            | Purpose::Diff
            | Purpose::Export
            | Purpose::Replace
            | Purpose::Abandon => {}
        }
    }

    fn problem(&self, purpose: Purpose, line: &str) -> Option<String> {
        let lexicon = SymbolTable::of(&self.timeline);
        let wrong: Option<ParseError> = match purpose {
            Purpose::Search | Purpose::Filter => Query::parse(line, &lexicon).err(),
            Purpose::Break => Condition::parse(line, &lexicon).err(),
            Purpose::GoTo => self.cursor_meant(line).err(),
            Purpose::Command | Purpose::Fork => live::misread(line),
            Purpose::Export => export::problem(line, self.timeline.source()).map(ParseError),
            Purpose::Diff | Purpose::Replace | Purpose::Abandon => None,
        };
        wrong.map(|wrong| wrong.to_string())
    }

    fn completions(&self, purpose: Purpose, line: &str) -> Vec<String> {
        let lexicon = SymbolTable::of(&self.timeline);
        match purpose {
            Purpose::Search | Purpose::Filter => query::completions(line, &lexicon),
            Purpose::Break => condition::completions(line, &lexicon),
            Purpose::Command | Purpose::Fork => {
                live::completions(line, &self.timeline, &self.view.snapshot)
            }
            Purpose::Export => export::completions(line, self.timeline.source()),
            Purpose::GoTo | Purpose::Diff | Purpose::Replace | Purpose::Abandon => Vec::new(),
        }
    }

    /// Enter: the line does what it was typed for, or stays with what is wrong with it.
    fn submit(&mut self) {
        let Some(prompt) = self.typing.prompt.take() else { return };
        let line = prompt.line().trim().to_owned();
        let done = match prompt.purpose {
            Purpose::Filter if prompt.problem.is_none() => {
                if line.is_empty() {
                    self.say("no words, no filter: all events are listed");
                }
                Ok(())
            }
            Purpose::Diff if line.is_empty() => self.compare_with_parent(),
            _ if line.is_empty() => Ok(()),
            Purpose::Search => self.search(&line),
            Purpose::Filter => Err(prompt.problem.clone().unwrap_or_default()),
            Purpose::GoTo => self.go_to_meant(&line),
            Purpose::Break => self.break_on(&line),
            Purpose::Command => self.give(&line, live::care(&prompt)),
            Purpose::Fork => self.fork(&line, live::care(&prompt)),
            Purpose::Diff => {
                let (this, other) = (Box::new(Candidate::of(self)), PathBuf::from(&line));
                self.controls.ask(PageRequest::Compare(this, other));
                Ok(())
            }
            Purpose::Export => self.export(&line),
            Purpose::Replace | Purpose::Abandon => Ok(()),
        };
        if let Err(problem) = done {
            // The same line again insists on it, where that is possible.
            self.typing.prompt =
                Some(Prompt { problem: Some(problem), refused: Some(line), ..prompt });
        }
    }

    fn search(&mut self, line: &str) -> Result<(), String> {
        let query = Query::parse(line, &SymbolTable::of(&self.timeline)).map_err(text_of)?;
        (self.search.sought, self.search.matches) = (Some(query), Matches::default());
        self.count_matches();
        self.seek_match(true);
        Ok(())
    }

    fn go_to_meant(&mut self, line: &str) -> Result<(), String> {
        let cursor = self.cursor_meant(line).map_err(text_of)?;
        self.go_to(cursor);
        Ok(())
    }

    /// Breaks on a condition from now on; on one that it breaks on already, no longer.
    fn break_on(&mut self, line: &str) -> Result<(), String> {
        let condition =
            Condition::parse(line, &SymbolTable::of(&self.timeline)).map_err(text_of)?;
        let before = self.search.breaks.iter().position(|other| *other == condition);
        self.controls.say(match before {
            Some(place) => {
                self.search.breaks.remove(place);
                format!("no break on `{}` any more", Plain(&condition.text))
            }
            None => {
                let note = format!("break on `{}`: `c` goes there", Plain(&condition.text));
                self.search.breaks.push(condition);
                self.search.chosen_break = self.search.breaks.len() - 1;
                note
            }
        });
        Ok(())
    }
}

fn text_of(wrong: ParseError) -> String {
    wrong.to_string()
}

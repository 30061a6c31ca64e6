//! A lesson's runs: scenarios and traces, with their settings.

use std::ops::Range;
use std::sync::Arc;

use ringscope_sim::nearest::nearest;
use ringscope_sim::scenario::{Scenario, ScenarioErrors, builtin};
use ringscope_traces::Trace;
use ringscope_traces::text::Plain;

use super::Shelf;
use super::format::{Findings, ParsedLesson, SourceText};
use crate::language::grammar::SymbolTable;
use crate::timeline::{Timeline, may_be_looked_at, trace};

/// A run of a lesson.
pub struct LessonRun {
    /// By what the lesson calls it.
    pub name: String,
    /// What it is, such as `join, seed 7`.
    pub what: String,
    /// The run.
    pub timeline: Timeline,
    /// What `ringscope play` takes to show it, where that can be: a built-in scenario and flags.
    pub recipe: Option<RunRecipe>,
    /// Of what it speaks.
    pub(super) lexicon: SymbolTable,
}

/// A built-in scenario, and its flags with their values.
pub(super) type RunRecipe = (String, Vec<(String, String)>);

/// The most events of a run: a lesson looks for its conditions from event to event.
const MOST_EVENTS: usize = 200_000;

/// The word that lets a scenario run in which the check beforehand finds fault.
const UNCHECKED: &str = "unchecked";

impl LessonRun {
    /// All of its events, to be compared.
    pub(super) fn trace(&self) -> Result<Trace, String> {
        trace(self.timeline.source()).map_err(|failure| failure.one_line())
    }
}

/// Where runs are looked for.
pub(super) struct Library<'a> {
    pub shelf: &'a Shelf,
    pub draft: &'a ParsedLesson,
}

impl Library<'_> {
    /// Every run; none in the place of one that could not be had, which is found fault with.
    pub(super) fn runs(&self, found: &mut Findings) -> Vec<Option<LessonRun>> {
        let run = |(name, said): &(String, SourceText)| self.run(name, said, found);
        self.draft.runs.iter().map(run).collect()
    }

    fn run(&self, name: &str, said: &SourceText, found: &mut Findings) -> Option<LessonRun> {
        let mut timeline = self.timeline(said, found)?;
        timeline.wait();
        if let Some(problem) = timeline.problem() {
            let hint = Some("a trace of a lesson has to be whole");
            found.unreadable(&said.at, format!("the trace cannot be read: {problem}"), hint);
            return None;
        }
        if timeline.len() > MOST_EVENTS {
            let what = format!("the run has more than {MOST_EVENTS} events, which are the most");
            found.unreadable(&said.at, what, Some("a lesson's run is a short one"));
            return None;
        }
        let lexicon = SymbolTable::of(&timeline);
        let (name, what) = (name.to_owned(), Plain(&said.text).to_string());
        Some(LessonRun { name, what, timeline, recipe: self.recipe(said), lexicon })
    }

    /// What shows the run elsewhere: a lesson's own files have no name that does.
    fn recipe(&self, said: &SourceText) -> Option<RunRecipe> {
        let mut parts = parts(said);
        let word = parts.next().filter(|word| !self.is_here(word))?.text;
        builtin::find(&word)?;
        let flag = |setting: SourceText| {
            let (name, value) = setting.text.split_once(char::is_whitespace)?;
            Some((format!("--{name}"), value.trim().to_owned()))
        };
        Some((word, parts.filter_map(flag).collect()))
    }

    fn timeline(&self, said: &SourceText, found: &mut Findings) -> Option<Timeline> {
        let parts: Vec<SourceText> = parts(said).collect();
        let (word, settings) = parts.split_first()?;
        if word.text.ends_with(".jsonl") {
            return self.recorded(word, settings, found);
        }
        let mut scenario = self.scenario(word, found)?;
        let is_unchecked = settings.iter().any(|setting| setting.text == UNCHECKED);
        let mut is_set = true;
        for setting in settings.iter().filter(|setting| setting.text != UNCHECKED) {
            is_set &= set(&mut scenario, setting, found);
        }
        if !is_unchecked && scenario.settings.expect.is_none() {
            refuse(scenario.check().map(drop), &word.at, self.is_here(word), found)?;
        }
        if let Err(failure) = may_be_looked_at(&scenario) {
            found.unreadable(&said.at, failure.one_line(), None);
            return None;
        }
        // Every message is an event at least, so a run that reaches the limit has too many.
        is_set.then(|| Timeline::live_within(scenario, MOST_EVENTS as u64 + 1))
    }

    fn recorded(
        &self,
        word: &SourceText,
        settings: &[SourceText],
        found: &mut Findings,
    ) -> Option<Timeline> {
        if let Some(setting) = settings.first() {
            let hint = Some("the settings of a trace are those of its run");
            found.unreadable(&setting.at, "a trace takes no settings", hint);
            return None;
        }
        let timeline = self.shelf.read(&word.text).and_then(|bytes| {
            Timeline::kept(&word.text, bytes).map_err(|failure| failure.one_line())
        });
        let hint = Some("a trace lies in the folder of the lesson, and has its whole name here");
        let wrong = |what| found.unreadable(&word.at, format!("{}: {what}", word.text), hint);
        timeline.map_err(wrong).ok()
    }

    /// Whether the scenario of that name stands in the lesson itself.
    fn is_here(&self, word: &SourceText) -> bool {
        self.draft.scenarios.iter().any(|(name, _)| *name == word.text)
    }

    /// The scenario of that name: in the lesson, in a file beside it, or built in.
    fn scenario(&self, word: &SourceText, found: &mut Findings) -> Option<Scenario> {
        let here = self.draft.scenarios.iter().find(|(name, _)| *name == word.text);
        if let Some((name, said)) = here {
            let parsed = Scenario::parse(&self.shelf.name, &self.alone(said));
            let mut scenario = refuse(parsed, &word.at, true, found)?;
            scenario.name.clone_from(name);
            return Some(scenario);
        }
        if word.text.ends_with(".dht") {
            let bytes = self.shelf.read(&word.text);
            let wrong = |what| {
                let hint = Some("a scenario in a file lies in the folder of the lesson");
                found.unreadable(&word.at, format!("{}: {what}", word.text), hint);
            };
            let bytes: Arc<[u8]> = bytes.map_err(wrong).ok()?;
            let parsed = Scenario::parse_bytes(&word.text, &bytes);
            return refuse(parsed, &word.at, false, found);
        }
        let built_in = builtin::find(&word.text).map(builtin::BuiltIn::scenario);
        if built_in.is_none() {
            let what = format!("there is no scenario `{}`", word.text);
            found.unreadable(&word.at, what, Some(&self.advice(word)));
        }
        built_in
    }

    fn advice(&self, word: &SourceText) -> String {
        let here = self.draft.scenarios.iter().map(|(name, _)| &**name);
        match nearest(&word.text, here.chain(builtin::ALL.iter().map(|one| one.name))) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`ringscope list` names the built-in ones; a file beside the lesson ends in \
                     .dht or .jsonl"
                .to_owned(),
        }
    }

    /// The scenario alone in the lesson's text: so an error in it is reported with its place there.
    fn alone(&self, said: &SourceText) -> String {
        let blank = |letter: char| if letter == '\n' { '\n' } else { ' ' };
        let before = &self.shelf.text[..said.at.start];
        let same_length = |letter: char| std::iter::repeat_n(blank(letter), letter.len_utf8());
        before.chars().flat_map(same_length).chain(said.text.chars()).collect()
    }
}

fn set(scenario: &mut Scenario, setting: &SourceText, found: &mut Findings) -> bool {
    let (name, value) = setting.text.split_once(char::is_whitespace).unwrap_or((&setting.text, ""));
    let set = scenario.settings.set(name, value);
    if let Err(bad) = &set {
        found.unreadable(&setting.at, bad.message.as_str(), bad.hint.as_deref());
    }
    set.is_ok()
}

/// The parts between commas.
fn parts(said: &SourceText) -> impl Iterator<Item = SourceText> + '_ {
    let mut at = said.at.start;
    said.text.split(',').map(move |part| {
        let start = at + part.len() - part.trim_start().len();
        at += part.len() + 1;
        let text = part.trim();
        SourceText { text: text.to_owned(), at: start..start + text.len() }
    })
}

/// What there is, or fault with it: in the lesson's own text each with its place, else at the word that
/// names it.
fn refuse<T>(
    result: Result<T, ScenarioErrors>,
    at: &Range<usize>,
    is_here: bool,
    found: &mut Findings,
) -> Option<T> {
    let errors = match result {
        Ok(value) => return Some(value),
        Err(errors) => errors,
    };
    if is_here {
        errors.problems().iter().for_each(|problem| found.take(problem.clone()));
    } else if let Some(first) = errors.problems().first() {
        let hint = "a scenario with an `expect`, or with `, unchecked` here, runs all the same";
        let hint = errors.unchecked_helps().then_some(hint);
        found.unreadable(at, format!("the scenario: {}", first.plain()), hint);
    }
    None
}

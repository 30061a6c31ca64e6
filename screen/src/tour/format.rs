//! A lesson's text taken apart: front matter, steps, prose, and the fenced blocks that mean something.

use std::ops::Range;
use std::sync::Arc;

use ringscope_sim::nearest::nearest;
use ringscope_sim::scenario::{Problem, ScenarioErrors, Source};
use ringscope_traces::text::Plain;

use super::Faults;
use super::markdown::{Fence, LessonPart, parts};
use super::prose::Block;

/// A key of the front matter or of a fenced block.
pub(super) struct Key {
    /// Where it stands.
    pub block: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub what: &'static str,
    /// Whether it may stand more than once.
    pub is_many: bool,
}

/// A row of the table.
const fn key(block: &'static str, name: &'static str, what: &'static str) -> Key {
    Key { block, name, what, is_many: false }
}

const fn many(block: &'static str, name: &'static str, what: &'static str) -> Key {
    Key { block, name, what, is_many: true }
}

pub(super) const FRONT: &str = "front matter";
pub(super) const STOP: &str = "stop";
pub(super) const QUESTION: &str = "question";

/// Every key.
#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    key(FRONT, "title", "what the lesson is called"),
    key(FRONT, "about", "what it is about, in a line"),
    many(FRONT, "run", "the run: a scenario or a trace, then settings, as in `join, seed 7`; `run NAME` is another one"),
    key(STOP, "run", "the run that is shown from here on, by its name; `main` is the first"),
    many(STOP, "at", "where it stands: one of the places"),
    many(STOP, "when", "on to the next event with which a condition comes to hold"),
    key(STOP, "look", "what is selected: a rank, a key, the message"),
    key(STOP, "pane", "which pane is shown beside the ring, by its word"),
    key(STOP, "compare", "another run, by its name, to be compared with this one"),
    key(QUESTION, "ask", "what is asked"),
    many(QUESTION, "option", "an answer to choose: `TEXT | CLAIM`; exactly one claim holds"),
    key(QUESTION, "number", "a number is asked for: a fact that is one"),
    key(QUESTION, "node", "a node is to be selected on the ring: a fact that is a rank"),
    key(QUESTION, "hint", "what helps after a wrong answer"),
    key(QUESTION, "right", "what there is to say to the right answer; it may be left out"),
];

/// The fenced blocks that mean something, and what.
pub(super) const FENCES: &[(&str, &str)] = &[
    (STOP, "where the run stands in this step; a step without one stays where the last one was"),
    (QUESTION, "something to answer"),
    ("claim", "what holds at the stop, one claim a line: it is checked, and not shown"),
    ("scenario", "a scenario under the name behind the word, for `run`; it is shown"),
];

/// A text, and where it stands in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SourceText {
    pub text: String,
    pub at: Range<usize>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub key: SourceText,
    pub value: SourceText,
}

/// The entries of a fenced block, and where that begins.
#[derive(Debug, Clone, Default)]
pub(super) struct Entries {
    pub at: Range<usize>,
    pub list: Vec<Field>,
}

impl Entries {
    /// The values of a key.
    pub(super) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a SourceText> {
        self.list.iter().filter(move |entry| entry.key.text == key).map(|entry| &entry.value)
    }

    /// The value of a key that stands once.
    pub(super) fn one(&self, key: &str) -> Option<&SourceText> {
        self.list.iter().find(|entry| entry.key.text == key).map(|entry| &entry.value)
    }
}

/// A lesson's text taken apart.
#[derive(Debug, Default)]
pub(super) struct ParsedLesson {
    pub title: SourceText,
    pub about: SourceText,
    /// Names and what they stand for; the main run has the name [`MAIN`].
    pub runs: Vec<(String, SourceText)>,
    /// The scenarios that stand in the lesson, by name.
    pub scenarios: Vec<(String, SourceText)>,
    pub steps: Vec<DraftStep>,
}

/// The name of the first run.
pub(super) const MAIN: &str = "main";

/// A step taken apart.
#[derive(Debug, Default)]
pub(super) struct DraftStep {
    pub title: SourceText,
    pub blocks: Vec<Block>,
    pub stop: Option<Entries>,
    pub claims: Vec<SourceText>,
    pub questions: Vec<Entries>,
}

/// The most problems of a lesson that are found.
const MOST_FOUND: usize = 200;

/// The most lines of a fenced block that mean something.
const MOST_ENTRIES: usize = 100;

/// The most scenarios and the most steps of a lesson.
const MOST_PARTS: usize = 200;

const STEP_HINT: &str = "a step begins with a heading such as `## Who owns a key`";

/// What is wrong with a lesson, as it is found.
pub(super) struct Findings {
    source: Arc<Source>,
    problems: Vec<Problem>,
    is_judged: bool,
}

impl Findings {
    /// What is wrong with a text of that name.
    pub(super) fn new(name: &str, text: &str) -> Findings {
        let source = Arc::new(Source::new(name, text));
        Findings { source, problems: Vec::new(), is_judged: true }
    }

    /// Something cannot be read; advice, where there is some.
    pub(super) fn unreadable(
        &mut self,
        at: &Range<usize>,
        what: impl Into<String>,
        hint: Option<&str>,
    ) {
        self.is_judged = false;
        self.wrong(at, what, hint);
    }

    /// Something can be read, and does not hold.
    pub(super) fn wrong(&mut self, at: &Range<usize>, what: impl Into<String>, hint: Option<&str>) {
        // Each is looked for in the text: of a text that is no lesson at all some are enough.
        if self.problems.len() == MOST_FOUND {
            return;
        }
        let what = what.into();
        let (what, nested) = split_advice(&what);
        let problem = Problem::error(&self.source, Plain(&what).to_string()).at(at.clone());
        let advice: Vec<&str> = nested.into_iter().chain(hint).collect();
        self.problems.push(match advice.is_empty() {
            true => problem,
            false => problem.hint(Plain(&advice.join("; ")).to_string()),
        });
    }

    /// Takes what was found by somebody else and cannot be read.
    pub(super) fn take(&mut self, problem: Problem) {
        self.is_judged = false;
        if self.problems.len() < MOST_FOUND {
            self.problems.push(problem);
        }
    }

    pub(super) fn into_faults(self) -> Result<(), Faults> {
        let Findings { problems, is_judged, .. } = self;
        ScenarioErrors::of(problems).map_err(|errors| Faults { errors, is_judged })
    }
}

/// What others say of a run may have its advice on a line of its own: the message without that, in one
/// line, and the advice.
fn split_advice(what: &str) -> (String, Option<&str>) {
    let (message, advice) = match what.split_once("\n  hint: ") {
        Some((message, advice)) => (message, Some(advice)),
        None => (what, None),
    };
    (message.lines().map(str::trim).collect::<Vec<_>>().join("; "), advice)
}

/// Takes a lesson apart.
pub(super) fn parse(text: &str, found: &mut Findings) -> ParsedLesson {
    let parser = Parser { text, at: 0, found, draft: ParsedLesson::default(), intro: Vec::new() };
    parser.lesson()
}

struct Parser<'a, 'f> {
    text: &'a str,
    /// Where the next line begins.
    at: usize,
    found: &'f mut Findings,
    draft: ParsedLesson,
    /// What stands before the first step.
    intro: Vec<Block>,
}

impl<'a> Parser<'a, '_> {
    fn lesson(mut self) -> ParsedLesson {
        self.front_matter();
        for part in parts(self.text, self.at) {
            self.part(part);
        }
        match self.draft.steps.first_mut() {
            Some(first) => drop(first.blocks.splice(0..0, self.intro)),
            None => {
                let end = self.text.len();
                self.found.unreadable(&(end..end), "the lesson has no step", Some(STEP_HINT));
            }
        }
        self.draft
    }

    /// The next line, without its end.
    fn peek(&self) -> Option<&'a str> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        Some(rest.split('\n').next().unwrap_or(rest))
    }

    /// Goes past a line; its place.
    fn pass(&mut self, line: &str) -> Range<usize> {
        let at = self.at..self.at + line.len();
        self.at = (at.end + 1).min(self.text.len());
        at
    }

    fn front_matter(&mut self) {
        const HINT: &str = "a lesson begins with `---`, then `title: ...`, `about: ...`, \
                            `run: ...`, then `---`";
        let first = self.peek().unwrap_or("");
        if first.trim_end() != "---" {
            let at = 0..first.len();
            return self.found.unreadable(&at, "the lesson has no front matter", Some(HINT));
        }
        let open = self.pass(first);
        let Some(inside) = self.until(|line| line.trim_end() == "---") else {
            return self.found.unreadable(&open, "the front matter does not end", Some(HINT));
        };
        let entries = self.entries(FRONT, open.clone(), inside);
        for Field { key, value } in &entries.list {
            let name = key.text.strip_prefix("run ").map(str::trim);
            match (&*key.text, name) {
                ("title", _) => self.draft.title = value.clone(),
                ("about", _) => self.draft.about = value.clone(),
                (_, name) => self.add_run(name.unwrap_or(MAIN), key, value),
            }
        }
        for name in ["title", "about", "run"] {
            if entries.one(name).is_none() {
                let what = format!("the front matter has no `{name}`");
                self.found.unreadable(&open, what, Some(HINT));
            }
        }
    }

    fn add_run(&mut self, name: &str, key: &SourceText, value: &SourceText) {
        if self.draft.runs.iter().any(|(known, _)| known == name) {
            let what = format!("there is a run `{name}` already");
            return self.found.unreadable(&key.at, what, Some("`run NAME: ...` names another one"));
        }
        let run = (name.to_owned(), value.clone());
        // The main run comes first, wherever it stands.
        let place = if name == MAIN { 0 } else { self.draft.runs.len() };
        self.draft.runs.insert(place, run);
    }

    /// Goes past the lines up to one, and past that; where they stand. `None` when there is no such line.
    fn until(&mut self, is_end: impl Fn(&str) -> bool) -> Option<Range<usize>> {
        let start = self.at;
        while let Some(line) = self.peek() {
            let at = self.pass(line);
            if is_end(line) {
                return Some(start..at.start);
            }
        }
        self.at = start;
        None
    }

    fn part(&mut self, part: LessonPart) {
        match part {
            LessonPart::Section(title) => self.step(title),
            LessonPart::Block(block) => self.add(block),
            LessonPart::Fence(fence) => self.fence(fence),
            LessonPart::OpenComment(at) => {
                self.found.unreadable(&at, "the comment does not end", Some("`-->` ends it"));
            }
        }
    }

    fn step(&mut self, title: Range<usize>) {
        if self.draft.steps.len() == MOST_PARTS {
            let what = format!("there are more than {MOST_PARTS} steps");
            return self.found.unreadable(&title, what, Some("make two lessons of it"));
        }
        let title = SourceText { text: self.text[title.clone()].to_owned(), at: title };
        self.draft.steps.push(DraftStep { title, ..DraftStep::default() });
    }

    /// Adds a block to the last step, or to what stands before the first.
    fn add(&mut self, block: Block) {
        self.draft.steps.last_mut().map_or(&mut self.intro, |step| &mut step.blocks).push(block);
    }

    fn fence(&mut self, fence: Fence) {
        let info = fence.info.trim();
        let (word, rest) = info.split_once(char::is_whitespace).unwrap_or((info, ""));
        let Fence { open, inside, lines: shown, .. } = fence;
        if !fence.is_closed {
            let hint = Some("a line ``` ends it");
            return self.found.unreadable(&open, "the fenced block does not end", hint);
        }
        let has_meaning = FENCES.iter().any(|(known, _)| *known == word);
        if has_meaning && fence.is_nested {
            let what = format!("a `{word}` stands in a list or a quote");
            let hint = Some("begin it at the start of a line");
            return self.found.unreadable(&open, what, hint);
        }
        if has_meaning && word != "scenario" && self.draft.steps.is_empty() {
            let what = format!("a `{word}` stands before the first step");
            return self.found.unreadable(&open, what, Some(STEP_HINT));
        }
        match word {
            STOP => self.stop(open, inside),
            QUESTION => {
                let entries = self.entries(QUESTION, open, inside);
                self.last_step(|step| step.questions.push(entries));
            }
            "claim" => {
                let claims: Vec<SourceText> = lines(self.text, inside).collect();
                self.last_step(|step| step.claims.extend(claims));
            }
            "scenario" => {
                let said = SourceText { text: self.text[inside.clone()].to_owned(), at: inside };
                if self.add_scenario(&open, rest.trim(), said) {
                    self.add(Block::Verbatim(shown));
                }
            }
            _ => self.other_fence(&open, word, shown),
        }
    }

    fn last_step(&mut self, change: impl FnOnce(&mut DraftStep)) {
        if let Some(step) = self.draft.steps.last_mut() {
            change(step);
        }
    }

    fn stop(&mut self, open: Range<usize>, inside: Range<usize>) {
        let entries = self.entries(STOP, open.clone(), inside);
        if self.draft.steps.last().is_some_and(|step| step.stop.is_some()) {
            let hint = Some("a heading `## ...` begins another step");
            return self.found.unreadable(&open, "the step has a stop already", hint);
        }
        self.last_step(|step| step.stop = Some(entries));
    }

    /// Whether the lesson takes a scenario of that name.
    fn add_scenario(&mut self, open: &Range<usize>, name: &str, text: SourceText) -> bool {
        let scenarios = &mut self.draft.scenarios;
        if name.is_empty() {
            let hint = Some("write `scenario NAME`, and name it in the front matter's `run: NAME`");
            self.found.unreadable(open, "the scenario has no name", hint);
            return false;
        }
        if scenarios.len() == MOST_PARTS || scenarios.iter().any(|(known, _)| known == name) {
            let what = format!("there is a scenario `{name}` already");
            self.found.unreadable(open, what, Some("each has a name of its own"));
            return false;
        }
        scenarios.push((name.to_owned(), text));
        true
    }

    /// A fenced block that is only shown, or whose word is a slip.
    fn other_fence(&mut self, open: &Range<usize>, word: &str, shown: Vec<String>) {
        match nearest(word, FENCES.iter().map(|(known, _)| *known)) {
            Some(meant) => {
                let what = format!("there is no fenced block `{word}`");
                let hint = format!("did you mean `{meant}`?");
                self.found.unreadable(open, what, Some(&hint));
            }
            None => self.add(Block::Verbatim(shown)),
        }
    }

    /// The entries of a block; a line that begins with white space goes on with the one before it.
    fn entries(&mut self, block: &'static str, at: Range<usize>, inside: Range<usize>) -> Entries {
        let mut list: Vec<Field> = Vec::new();
        for line in lines(self.text, inside) {
            let is_indented =
                line.at.start > 0 && self.text[..line.at.start].ends_with([' ', '\t']);
            if let (true, Some(last)) = (is_indented, list.last_mut()) {
                last.value = trimmed(self.text, last.value.at.start..line.at.end);
            } else if let Some((key, _)) = line.text.split_once(':') {
                let at = line.at.start..line.at.start + key.len();
                let value = trimmed(self.text, at.end + 1..line.at.end);
                list.push(Field { key: trimmed(self.text, at), value });
            } else {
                let hint = Some("each line of it is `KEY: VALUE`; one that is indented goes on");
                self.found.unreadable(&line.at, format!("this is no line of a {block}"), hint);
            }
        }
        if list.len() > MOST_ENTRIES {
            let what = format!("the {block} has more than {MOST_ENTRIES} lines");
            self.found.unreadable(&at, what, None);
            list.truncate(MOST_ENTRIES);
        }
        self.refuse_keys(block, &mut list);
        Entries { at, list }
    }

    /// Leaves out what there is no such key for, what stands twice, and what is empty.
    fn refuse_keys(&mut self, block: &'static str, list: &mut Vec<Field>) {
        let mut before: Vec<String> = Vec::new();
        list.retain(|Field { key, value }| {
            let problem = refused(block, &key.text, value, &before);
            if let Some((what, hint)) = &problem {
                self.found.unreadable(&key.at, what.as_str(), hint.as_deref());
            }
            before.push(key.text.clone());
            problem.is_none()
        });
    }
}

/// Why a key cannot stand there, and advice.
fn refused(
    block: &str,
    name: &str,
    value: &SourceText,
    before: &[String],
) -> Option<(String, Option<String>)> {
    let names = || KEYS.iter().filter(|key| key.block == block).map(|key| key.name);
    let first = name.split_whitespace().next().unwrap_or("");
    let wanted = if block == FRONT && first == "run" { first } else { name };
    let Some(known) = KEYS.iter().find(|key| (key.block, key.name) == (block, wanted)) else {
        let hint = match nearest(name, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
        };
        return Some((format!("a {block} has no `{name}`"), Some(hint)));
    };
    if value.text.is_empty() {
        return Some((format!("`{name}` has no value"), None));
    }
    let is_again = !known.is_many && before.iter().any(|other| other == name);
    is_again.then(|| (format!("`{name}` stands twice"), None))
}

/// The lines of a stretch that are not empty, without white space about them.
fn lines(text: &str, inside: Range<usize>) -> impl Iterator<Item = SourceText> + '_ {
    let mut at = inside.start;
    text[inside].split('\n').filter_map(move |line| {
        let said = trimmed(text, at..at + line.len());
        at += line.len() + 1;
        (!said.text.is_empty()).then_some(said)
    })
}

/// A stretch without white space about it.
fn trimmed(text: &str, at: Range<usize>) -> SourceText {
    let part = &text[at.start.min(at.end)..at.end];
    let inner = part.trim();
    let start = at.end - part.len() + (part.len() - part.trim_start().len()).min(part.len());
    SourceText { text: inner.to_owned(), at: start..start + inner.len() }
}

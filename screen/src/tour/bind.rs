//! A lesson worked out: every stop, fact, claim and answer from its runs.

use std::ops::Range;

use ringscope_sim::nearest::nearest;
use ringscope_sim::protocol::Key;
use ringscope_traces::Rank;
use ringscope_traces::diff::{Comparison, compare};

use super::asked::{Here, NoAnswer, no_such_run};
use super::facts::Value;
use super::format::{self, DraftStep, Entries, Field, Findings, MAIN, ParsedLesson, SourceText};
use super::markdown::pieces;
use super::place::{From, StopPlace};
use super::prose::{Tone, ToneSpan};
use super::question::{MOST_OPTIONS, Question, QuestionKind};
use super::runs::{LessonRun, Library};
use super::stop::{Stop, message, selection};
use super::{Faults, Shelf, Step, Tour, in_a_line};
use crate::controls::{PANES, Pane, Selection};
use crate::language::Condition;
use crate::language::grammar::ParseError;
use crate::numbers::counted;
use crate::timeline::{Direction, Snapshot};

/// The most facts and claims of a lesson: each is worked out on its own.
const MOST_ASKED: usize = 1000;

/// Works a lesson out.
pub(super) fn bind(shelf: &Shelf) -> Result<Tour, Faults> {
    let mut found = Findings::new(&shelf.name, &shelf.text);
    let draft = format::parse(&shelf.text, &mut found);
    let runs = Library { shelf, draft: &draft }.runs(&mut found);
    let names: Vec<String> = draft.runs.iter().map(|(name, _)| name.clone()).collect();
    let mut binder = Binder {
        cursors: vec![0; runs.len()],
        compared: Vec::new(),
        run: 0,
        asked: 0,
        runs,
        names,
        found: &mut found,
    };
    // Without a run, which has been found fault with, no step can be worked out.
    let steps = if binder.runs.is_empty() { &[] } else { &draft.steps[..] };
    let steps: Vec<Step> = steps.iter().map(|step| binder.step(step)).collect();
    let (runs, asked) = (binder.runs, binder.asked);
    found.into_faults()?;
    let ParsedLesson { title, about, .. } = draft;
    Ok(Tour {
        name: shelf.key.clone(),
        title: in_a_line(&title.text),
        about: in_a_line(&about.text),
        runs: runs.into_iter().flatten().collect(),
        steps,
        asked,
    })
}

struct Binder<'f> {
    /// None in the place of one that could not be had.
    runs: Vec<Option<LessonRun>>,
    names: Vec<String>,
    /// Where each run stands.
    cursors: Vec<usize>,
    /// The run that is shown.
    run: usize,
    /// What came of comparing two runs.
    compared: Vec<((usize, usize), Result<Comparison, String>)>,
    /// How many facts, claims and questions were worked out.
    asked: usize,
    found: &'f mut Findings,
}

/// Where a step stands, when that is known.
struct Standing {
    snapshot: Snapshot,
    comparison: Option<Comparison>,
}

impl Binder<'_> {
    fn step(&mut self, draft: &DraftStep) -> Step {
        let none = Entries::default();
        let entries = draft.stop.as_ref().unwrap_or(&none);
        let stop = self.stop(entries);
        let standing = stop.as_ref().map(|stop| self.standing(stop));
        let stop = stop.map(|stop| self.with_look(stop, entries, standing.as_ref()));
        let mut asker = Asker { binder: self, standing: standing.as_ref() };
        let mut blocks = draft.blocks.clone();
        blocks.iter_mut().for_each(|block| asker.facts(block.pieces_mut()));
        draft.claims.iter().for_each(|claim| asker.claim(claim));
        let questions = draft.questions.iter().filter_map(|entries| asker.question(entries));
        let questions = questions.collect();
        let title = in_a_line(&draft.title.text);
        let stop = stop.unwrap_or_else(|| self.nowhere());
        Step { title, stop, blocks, questions }
    }

    /// What stands in the place of a stop that is none.
    fn nowhere(&self) -> Stop {
        Stop {
            run: self.run,
            from: 0,
            cursor: 0,
            selection: Selection::Cursor,
            pane: Pane::Inspector,
            against: None,
        }
    }

    /// Where the run stands in a step: none where that is not known.
    fn stop(&mut self, entries: &Entries) -> Option<Stop> {
        if let Some(said) = entries.one("run") {
            self.run = self.run_named(said)?;
        }
        let run = self.run;
        let against = match entries.one("compare") {
            Some(said) => Some(self.run_to_compare(said)?),
            None => None,
        };
        let from = self.cursors[run];
        let mut cursor = from;
        for Field { key, value } in &entries.list {
            match &*key.text {
                "at" => cursor = self.at(value, cursor, against)?,
                "when" => cursor = self.when(value, cursor)?,
                _ => {}
            }
        }
        self.runs[run].as_ref()?;
        self.cursors[run] = cursor;
        Some(Stop { from, cursor, against, ..self.nowhere() })
    }

    fn run_named(&mut self, said: &SourceText) -> Option<usize> {
        let place = self.names.iter().position(|name| *name == said.text);
        if place.is_none() {
            let meant = nearest(&said.text, self.names.iter().map(|name| &**name));
            let hint = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the front matter's `run` is `{MAIN}`, `run NAME` another one"),
            };
            let what = no_such_run(&said.text, &self.names);
            self.found.unreadable(&said.at, what, Some(&hint));
        }
        place
    }

    fn run_to_compare(&mut self, said: &SourceText) -> Option<usize> {
        let other = self.run_named(said)?;
        if other == self.run {
            let hint = Some("name another one, or show another one by `run`");
            self.found.unreadable(&said.at, "a run is not compared with itself", hint);
            return None;
        }
        let pair = (self.run, other);
        if !self.compared.iter().any(|(known, _)| *known == pair) {
            let (a, b) = (self.runs[pair.0].as_ref()?, self.runs[pair.1].as_ref()?);
            let compared =
                a.trace().and_then(|a| compare(&a, &b.trace()?).map_err(|error| error.to_string()));
            self.compared.push((pair, compared));
        }
        if let Some(Err(what)) = self.comparison(Some(other)) {
            let what = format!("the two runs cannot be compared: {what}");
            self.found.wrong(&said.at, what, None);
            return None;
        }
        Some(other)
    }

    fn comparison(&self, against: Option<usize>) -> Option<&Result<Comparison, String>> {
        let pair = (self.run, against?);
        self.compared.iter().find(|(known, _)| *known == pair).map(|(_, compared)| compared)
    }

    /// A place of the run that is shown.
    fn at(&mut self, said: &SourceText, cursor: usize, against: Option<usize>) -> Option<usize> {
        let run = self.runs[self.run].as_ref()?;
        let comparison = self.comparison(against).and_then(|compared| compared.as_ref().ok());
        let from = From { timeline: &run.timeline, cursor, comparison };
        let spot = StopPlace::parse(&said.text, &run.lexicon).map_err(NoAnswer::from);
        let found = spot.and_then(|spot| spot.cursor(from).map_err(NoAnswer::Without));
        self.note_failure(&said.at, found)
    }

    /// The next event with which a condition comes to hold.
    fn when(&mut self, said: &SourceText, cursor: usize) -> Option<usize> {
        let run = self.runs[self.run].as_ref()?;
        let timeline = &run.timeline;
        let condition = match Condition::parse(&said.text, &run.lexicon) {
            Ok(condition) => condition,
            Err(ParseError(what)) => {
                let hint = Some("`ringscope tour --facts` lists the conditions");
                self.found.unreadable(&said.at, what, hint);
                return None;
            }
        };
        let holds =
            |direction| timeline.find(cursor, direction, |at, _| condition.holds(timeline, at));
        let next = holds(Direction::Forwards);
        if next.is_none() {
            let what = format!("the condition `{}` is never reached", condition.text);
            // The event at which the run stands does not count, neither for the one way nor the other.
            let before = holds(Direction::Backwards)
                .or(timeline.event_at(cursor).filter(|at| condition.holds(timeline, *at)));
            let hint = match before {
                Some(before) => format!(
                    "it holds at event {} before: `at: start` or another place above it goes back",
                    before.0 + 1
                ),
                None => format!("it does not hold in the whole run of {} events", timeline.len()),
            };
            self.found.wrong(&said.at, what, Some(&hint));
        }
        next.map(|at| at.0 + 1)
    }

    fn standing(&self, stop: &Stop) -> Standing {
        let run = self.runs[stop.run].as_ref().expect("a stop is one of a run that there is");
        let comparison = self.comparison(stop.against).and_then(|compared| compared.clone().ok());
        Standing { snapshot: run.timeline.snapshot(stop.cursor), comparison }
    }

    /// The stop with what is looked at.
    fn with_look(&mut self, stop: Stop, entries: &Entries, standing: Option<&Standing>) -> Stop {
        let pane = entries.one("pane").and_then(|said| self.pane(said));
        let look = entries.one("look").and_then(|said| self.look(said, &stop, standing));
        Stop { pane: pane.unwrap_or(stop.pane), selection: look.unwrap_or(stop.selection), ..stop }
    }

    fn pane(&mut self, said: &SourceText) -> Option<Pane> {
        // A lesson explores nothing.
        let found = Pane::named(&said.text).filter(|pane| !pane.spec().is_of_explored);
        if found.is_none() {
            let names = PANES.iter().filter(|row| !row.is_of_explored).map(|row| row.word);
            let names: Vec<&str> = names.collect();
            let hint = format!("there are {}", names.join(", "));
            self.found.unreadable(
                &said.at,
                format!("there is no pane `{}`", said.text),
                Some(&hint),
            );
        }
        found
    }

    fn look(
        &mut self,
        said: &SourceText,
        stop: &Stop,
        standing: Option<&Standing>,
    ) -> Option<Selection> {
        let run = self.runs[stop.run].as_ref()?;
        if said.text == "message" {
            let sent = message(&run.timeline, stop.cursor);
            let sent = sent.ok_or_else(|| "no message is sent or received here".to_owned());
            return self
                .note_failure(&said.at, sent.map(Selection::Message).map_err(NoAnswer::Without));
        }
        let words: Vec<&str> = said.text.split_whitespace().collect();
        let named = match words[..] {
            ["key", key] => key.parse().ok().map(|key| Value::Keys(vec![Key(key)])),
            ["rank", rank] => {
                let rank = rank.parse().ok().filter(|rank| *rank < run.timeline.header().ranks);
                rank.map(|rank| Value::Rank(Rank(rank)))
            }
            _ => None,
        };
        let value = match named {
            Some(value) => value,
            None => Asker { binder: self, standing }.value(said)?,
        };
        let what = || {
            NoAnswer::Unreadable(format!("`{}` is {value}: neither a rank nor a key", said.text))
        };
        let looked = selection(&value).ok_or_else(what);
        self.note_failure(&said.at, looked)
    }

    /// What there is, or fault with it.
    fn note_failure<T>(&mut self, at: &Range<usize>, result: Result<T, NoAnswer>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(NoAnswer::Unreadable(what)) => {
                let hint = Some("`ringscope tour --facts` lists what can stand here");
                self.found.unreadable(at, what, hint);
                None
            }
            Err(NoAnswer::Without(what)) => {
                self.found.wrong(at, what, None);
                None
            }
        }
    }
}

/// Asks for facts where a step stands.
struct Asker<'a, 'f> {
    binder: &'a mut Binder<'f>,
    standing: Option<&'a Standing>,
}

impl Asker<'_, '_> {
    /// What is asked, if it can be asked at all.
    fn asked<T>(
        &mut self,
        said: &SourceText,
        ask: impl FnOnce(&Here<'_>) -> Result<T, NoAnswer>,
    ) -> Option<T> {
        self.binder.asked += 1;
        if self.binder.asked > MOST_ASKED {
            if self.binder.asked == MOST_ASKED + 1 {
                let what = format!("there are more than {MOST_ASKED} facts and claims");
                self.binder.found.unreadable(&said.at, what, Some("make two lessons of it"));
            }
            return None;
        }
        let run = self.binder.runs[self.binder.run].as_ref()?;
        let here = |snapshot, comparison| Here {
            runs: &self.binder.runs,
            names: &self.binder.names,
            run,
            snapshot,
            comparison,
        };
        let result = match self.standing {
            Some(Standing { snapshot, comparison }) => ask(&here(snapshot, comparison.as_ref())),
            // Nobody knows where the step stands: but what cannot be read can be reported.
            None => match ask(&here(&run.timeline.snapshot(0), None)) {
                Err(unreadable @ NoAnswer::Unreadable(_)) => Err(unreadable),
                Ok(_) | Err(NoAnswer::Without(_)) => return None,
            },
        };
        self.binder.note_failure(&said.at, result)
    }

    fn value(&mut self, said: &SourceText) -> Option<Value> {
        self.asked(said, |here| here.value(&said.text))
    }

    /// Puts values in the places of facts.
    fn facts<'p>(&mut self, pieces: impl IntoIterator<Item = &'p mut ToneSpan>) {
        for piece in pieces.into_iter().filter(|piece| piece.tone == Tone::Fact) {
            let said = SourceText { text: piece.text.clone(), at: piece.at.clone() };
            if let Some(value) = self.value(&said) {
                piece.text = value.to_string();
            }
        }
    }

    fn prose(&mut self, said: &SourceText) -> Vec<ToneSpan> {
        let mut pieces = pieces(&said.text, said.at.start);
        self.facts(&mut pieces);
        pieces
    }

    fn claim(&mut self, said: &SourceText) {
        let judged = self.asked(said, |here| here.judge(&said.text));
        if let Some(judged) = judged.filter(|judged| !judged.holds) {
            let hint = format!("here {}", judged.found);
            self.binder.found.wrong(&said.at, "the claim does not hold", Some(&hint));
        }
    }

    fn question(&mut self, entries: &Entries) -> Option<Question> {
        let ask = self.needed(entries, "ask", "what is asked");
        let hint = self.needed(entries, "hint", "what helps after a wrong answer");
        let right = entries.one("right").map(|said| self.prose(said)).unwrap_or_default();
        let kind = self.kind(entries);
        Some(Question { ask: ask?, kind: kind?, hint: hint?, right })
    }

    fn needed(&mut self, entries: &Entries, key: &str, what: &str) -> Option<Vec<ToneSpan>> {
        let said = entries.one(key);
        if said.is_none() {
            let hint = format!("`{key}: ...` says {what}");
            let problem = format!("the question has no `{key}`");
            self.binder.found.unreadable(&entries.at, problem, Some(&hint));
        }
        said.map(|said| self.prose(said))
    }

    fn kind(&mut self, entries: &Entries) -> Option<QuestionKind> {
        let options: Vec<&SourceText> = entries.all("option").collect();
        match (&options[..], entries.one("number"), entries.one("node")) {
            ([], Some(said), None) => self.number(said),
            ([], None, Some(said)) => self.node(said),
            (options @ [_, ..], None, None) => self.choice(options, &entries.at),
            (_, _, _) => {
                let hint = Some("give it `option`s to choose from, or a `number`, or a `node`");
                let what = "the question needs exactly one kind of answer";
                self.binder.found.unreadable(&entries.at, what, hint);
                None
            }
        }
    }

    fn number(&mut self, said: &SourceText) -> Option<QuestionKind> {
        match self.value(said)? {
            Value::Number(right) => Some(QuestionKind::Number { right }),
            Value::Keys(keys) if keys.len() == 1 => Some(QuestionKind::Number { right: keys[0].0 }),
            other @ (Value::Rank(_) | Value::Ranks(_) | Value::Keys(_) | Value::Words(_)) => {
                self.no_answer(said, &other, "a number")
            }
        }
    }

    fn node(&mut self, said: &SourceText) -> Option<QuestionKind> {
        let ranks = self.binder.runs[self.binder.run].as_ref()?.timeline.header().ranks;
        match self.value(said)? {
            Value::Rank(right) => Some(QuestionKind::Node { right, ranks }),
            Value::Ranks(all) if all.len() == 1 => {
                Some(QuestionKind::Node { right: all[0], ranks })
            }
            other @ (Value::Number(_) | Value::Ranks(_) | Value::Keys(_) | Value::Words(_)) => {
                self.no_answer(said, &other, "one rank")
            }
        }
    }

    fn no_answer(
        &mut self,
        said: &SourceText,
        value: &Value,
        wanted: &str,
    ) -> Option<QuestionKind> {
        let what = format!("the question has no right answer: `{}` is {value}", said.text);
        self.binder.found.wrong(&said.at, what, Some(&format!("{wanted} is asked for")));
        None
    }

    fn choice(&mut self, options: &[&SourceText], at: &Range<usize>) -> Option<QuestionKind> {
        if !(2..=MOST_OPTIONS).contains(&options.len()) {
            let count = counted(options.len() as u64, "option");
            let what = format!("the question has {count}");
            let hint = format!("there are two to {MOST_OPTIONS} answers to choose from");
            self.binder.found.unreadable(at, what, Some(&hint));
            return None;
        }
        let judged: Vec<_> = options.iter().map(|said| self.option(said)).collect();
        let judged: Vec<(Vec<ToneSpan>, bool, String)> =
            judged.into_iter().collect::<Option<_>>()?;
        let holding = judged.iter().enumerate().filter(|(_, (_, holds, _))| *holds);
        let right: Vec<usize> = holding.map(|(option, _)| option).collect();
        match right[..] {
            [right] => {
                let options = judged.into_iter().map(|(pieces, ..)| pieces).collect();
                Some(QuestionKind::Choice { options, right })
            }
            [] => {
                let found: Vec<&str> = judged.iter().map(|(_, _, found)| &**found).collect();
                let mut found = found;
                found.dedup();
                let hint = format!("here {}", found.join("; "));
                self.binder.found.wrong(at, "no option of the question is right", Some(&hint));
                None
            }
            [_, second, ..] => {
                let what = format!("{} options of the question are right", right.len());
                let hint = "exactly one claim behind an option holds";
                self.binder.found.wrong(&options[second].at, what, Some(hint));
                None
            }
        }
    }

    /// An answer to choose, whether it is right, and how it really is.
    fn option(&mut self, said: &SourceText) -> Option<(Vec<ToneSpan>, bool, String)> {
        let Some((text, claim)) = said.text.rsplit_once('|') else {
            let hint = Some("write `option: TEXT | CLAIM`: the claim holds if the option is right");
            self.binder.found.unreadable(
                &said.at,
                "nobody knows whether the option is right",
                hint,
            );
            return None;
        };
        let claim_start = said.at.end - claim.trim_start().len();
        let claim = SourceText { text: claim.trim().to_owned(), at: claim_start..said.at.end };
        let text = SourceText { text: text.trim_end().to_owned(), at: said.at.clone() };
        let pieces = self.prose(&text);
        let judged = self.asked(&claim, |here| here.judge(&claim.text))?;
        Some((pieces, judged.holds, judged.found))
    }
}

//! A scenario's text, line by line: settings, then commands, then nothing.

use std::ops::Range;
use std::sync::Arc;

use ringscope_traces::text::Plain;

use super::command::{self, COMMANDS, CommandWord, Line, LineError};
use super::errors::{Findings, Problem, ScenarioErrors};
use super::lexer::Lexer;
use super::settings::{SETTINGS, Setting};
use super::source::Source;
use super::{LONGEST_LINE, MOST_BYTES, Scenario, Settings};
use crate::nearest::nearest;
use crate::protocol::{Run, Script};

/// Reads a scenario's bytes, which may not even be text.
pub(super) fn parse_bytes(name: &str, bytes: &[u8]) -> Result<Scenario, ScenarioErrors> {
    refuse_the_huge(name, bytes.len())?;
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(name, text),
        Err(error) => {
            let at = error.valid_up_to();
            let source = Arc::new(Source::new(name, &String::from_utf8_lossy(bytes)));
            let message = format!("byte {} of the file is not UTF-8", at + 1);
            Err(ScenarioErrors::one(
                Problem::error(&source, message)
                    .at(at..at)
                    .hint("save the scenario as plain text in UTF-8"),
            ))
        }
    }
}

/// Reads a scenario's text.
pub(super) fn parse(name: &str, text: &str) -> Result<Scenario, ScenarioErrors> {
    refuse_the_huge(name, text.len())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Arc::new(Source::new(name, text));
    refuse_long_lines(&source, text)?;
    let mut parser = Parser::new(source);
    for line in lines(text) {
        parser.line(&line);
    }
    match parser.is_no_scenario() {
        true => parser.found.of_no_scenario()?,
        false => parser.found.unreadable()?,
    }
    Ok(Scenario {
        name: name.to_owned(),
        settings: parser.settings,
        runs: parser.runs.as_slice().into(),
        script: Arc::new(Script::new(parser.runs)),
        lines: parser.lines.into(),
        source: parser.source,
    })
}

fn refuse_the_huge(name: &str, bytes: usize) -> Result<(), ScenarioErrors> {
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let message = format!("a scenario has at most {MOST_BYTES} bytes");
    Err(ScenarioErrors::one(
        Problem::error(&Arc::new(Source::new(name, "")), message)
            .hint("a range such as `put 1..=1000 key` replaces many lines"),
    ))
}

/// A line that is too long is the only error reported: no other could be shown beside it.
fn refuse_long_lines(source: &Arc<Source>, text: &str) -> Result<(), ScenarioErrors> {
    let mut found = Findings::default();
    for line in lines(text).filter(|line| line.text.len() > LONGEST_LINE) {
        found.add(|| {
            let message =
                format!("a line has at most {LONGEST_LINE} bytes, not {}", line.text.len());
            Problem::error(source, message).at_line(line.number)
        });
    }
    found.unreadable()
}

/// A line as it stands in the file.
struct RawLine<'a> {
    number: u32,
    start: usize,
    text: &'a str,
}

fn lines(text: &str) -> impl Iterator<Item = RawLine<'_>> {
    let mut start = 0;
    text.split('\n').zip(1..).map(move |(text, number)| {
        let line = RawLine { number, start, text };
        start += text.len() + 1;
        line
    })
}

/// The operands' places of a command whose line was read without error before.
pub(super) fn places(source: &Source, line: u32) -> Option<command::OperandSpans> {
    let (start, text) = source.line(line);
    let (word, _, lexer) = first_word(without_comment(text), start)?;
    match command::parse(CommandWord::named(word)?, lexer) {
        Ok(Line::Run(_, places)) => Some(places),
        Ok(Line::End) | Err(_) => None,
    }
}

/// The stretch of a line that is no comment.
pub(super) fn without_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default()
}

/// A line's first word and its place, with the lexer behind it; `None` when the line is blank.
fn first_word(text: &str, start: usize) -> Option<(&str, Range<usize>, Lexer<'_>)> {
    let indent = text.len() - text.trim_start().len();
    let words = &text[indent..];
    let word = words.split(char::is_whitespace).next().filter(|word| !word.is_empty())?;
    let at = start + indent;
    Some((word, at..at + word.len(), Lexer::new(&words[word.len()..], at + word.len())))
}

struct Parser {
    source: Arc<Source>,
    found: Findings,
    settings: Settings,
    /// Where each setting of the table was set.
    set_at: Vec<Option<Range<usize>>>,
    first_command: Option<Range<usize>>,
    end: Option<Range<usize>>,
    runs: Vec<Run>,
    lines: Vec<u32>,
    /// How many lines begin with a word of the language, and how many with another one.
    known_lines: u64,
    unknown_lines: u64,
}

/// A text with no more unknown lines than this may be a scenario by somebody who is new to the language.
const MOST_UNKNOWN_LINES: u64 = 3;

/// A text in which no more than one line in so many begins with a word of the language is no scenario: prose has lines
/// that begin with `end` or `get`, too.
const LINES_FOR_A_KNOWN_ONE: u64 = 5;

impl Parser {
    fn new(source: Arc<Source>) -> Parser {
        Parser {
            source,
            found: Findings::default(),
            settings: Settings::default(),
            set_at: vec![None; SETTINGS.len()],
            first_command: None,
            end: None,
            runs: Vec::new(),
            lines: Vec::new(),
            known_lines: 0,
            unknown_lines: 0,
        }
    }

    /// Whether the text, once all of it has been read, was never meant as a scenario.
    fn is_no_scenario(&self) -> bool {
        let lines = self.known_lines + self.unknown_lines;
        self.unknown_lines > MOST_UNKNOWN_LINES
            && self.known_lines.saturating_mul(LINES_FOR_A_KNOWN_ONE) <= lines
    }

    fn line(&mut self, line: &RawLine<'_>) {
        let Some((word, span, lexer)) = first_word(without_comment(line.text), line.start) else {
            return;
        };
        if let Some(end) = self.end.clone() {
            let Parser { found, source, .. } = self;
            return found.add(|| {
                Problem::error(source, "only comments may follow `end`")
                    .at(span)
                    .see(end, "the end of the commands")
            });
        }
        if let Some(index) = SETTINGS.iter().position(|s| s.name.eq_ignore_ascii_case(word)) {
            self.known_lines += 1;
            self.setting(index, span, &lexer);
        } else if let Some(word) = CommandWord::named(word) {
            self.known_lines += 1;
            self.first_command.get_or_insert(span.clone());
            match command::parse(word, lexer) {
                Ok(Line::Run(run, _)) => {
                    self.runs.push(run);
                    self.lines.push(line.number);
                }
                Ok(Line::End) => self.end = Some(span),
                Err(wrong) => self.wrong(wrong),
            }
        } else {
            self.unknown_lines += 1;
            let Parser { found, source, .. } = self;
            found.add(|| unknown_word(source, word, span));
        }
    }

    fn setting(&mut self, index: usize, span: Range<usize>, lexer: &Lexer<'_>) {
        let Setting { name, form, .. } = SETTINGS[index];
        let Parser { found, source, settings, set_at, first_command, .. } = self;
        if let Some(command) = first_command.clone() {
            return found.add(|| {
                Problem::error(source, format!("the setting `{name}` comes after a command"))
                    .at(span)
                    .see(command, "the first command")
                    .hint("settings hold for the whole run: write them first")
            });
        }
        if let Some(first) = set_at[index].clone() {
            return found.add(|| {
                Problem::error(source, format!("`{name}` is set twice"))
                    .at(span)
                    .see(first, "set here before")
                    .hint(format!("keep one `{form}`"))
            });
        }
        set_at[index] = Some(span.clone());
        let (value, value_span) = lexer.rest();
        if let Err(bad) = settings.set(name, value) {
            let span = if value.is_empty() { span } else { value_span };
            self.wrong(LineError { span, message: bad.message, hint: bad.hint });
        }
    }

    fn wrong(&mut self, wrong: LineError) {
        let Parser { found, source, .. } = self;
        found.add(|| {
            let problem = Problem::error(source, wrong.message).at(wrong.span);
            match wrong.hint {
                Some(hint) => problem.hint(hint),
                None => problem,
            }
        });
    }
}

fn unknown_word(source: &Arc<Source>, word: &str, span: Range<usize>) -> Problem {
    let commands = COMMANDS.iter().map(|command| command.name);
    let settings = SETTINGS.iter().map(|setting| setting.name);
    let hint = match nearest(word, commands.clone().chain(settings.clone())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!(
            "a line is a command ({}) or, before the first, a setting ({})",
            commands.collect::<Vec<_>>().join(", "),
            settings.collect::<Vec<_>>().join(", ")
        ),
    };
    let message = format!("`{}` is neither a command nor a setting", Plain(word));
    Problem::error(source, message).at(span).hint(hint)
}

//! `ringscope tour LESSON --plain`: a page, with questions on standard input.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use ringscope_screen::failure::Failure;
use ringscope_screen::tour::{
    LETTERS, Question, QuestionKind, Score, Shelf, Step, Tone, ToneSpan, Tour, WrappedLine,
    set_in_lines, set_pieces,
};
use ringscope_traces::text::Plain;

use super::print_faults;
use crate::command::Verdict;
use crate::output::{Out, Streams};
use crate::report::{Style, ring, wrapped};

/// Reads a lesson out.
pub(super) fn execute(shelf: &Shelf, streams: &mut Streams) -> Result<Verdict, Failure> {
    let tour = match Tour::open(shelf) {
        Ok(tour) => tour,
        Err(faults) => return Ok(print_faults(&faults, streams)),
    };
    // Where nobody sees the questions, nobody is waited for.
    let is_asked = !io::stdin().is_terminal() || streams.out.terminal_width().is_some();
    let mut page = Page { tour: &tour, out: &mut streams.out, is_asked, score: Score::default() };
    page.read()?;
    Ok(Verdict::Good)
}

struct Page<'a> {
    tour: &'a Tour,
    out: &'a mut Out,
    /// Whether there is anybody to answer.
    is_asked: bool,
    score: Score,
}

impl Page<'_> {
    fn read(&mut self) -> Result<(), Failure> {
        let title = self.out.paint(Style::Name, &self.tour.title);
        writeln!(self.out, "{title}\n{}", wrapped(&self.tour.about, self.out.width(), ""))?;
        for (number, step) in (1..).zip(&self.tour.steps) {
            self.step(number, step)?;
            if self.out.is_gone() {
                return Ok(());
            }
        }
        if self.score.questions > 0 {
            let skipped = self.score.skipped_words().map(|words| format!("\n{words}."));
            let words = format!("{}{}", self.score.words(), skipped.unwrap_or_default());
            writeln!(self.out, "\n{words}")?;
        }
        Ok(())
    }

    fn step(&mut self, number: usize, step: &Step) -> Result<(), Failure> {
        let count = self.tour.steps.len();
        let title = format!("{number}/{count}  {}", step.title);
        writeln!(self.out, "\n{}", self.out.paint(Style::Name, title))?;
        self.scene(step)?;
        let lines = set_in_lines(&step.blocks, self.out.width());
        self.lines(&lines)?;
        for question in &step.questions {
            let (asked, right) = (self.score.questions, self.right());
            self.question(question)?;
            if self.score.questions > asked && self.right() == right {
                self.score.skipped.push(number);
                self.score.skipped.dedup();
            }
        }
        Ok(())
    }

    /// How many questions have been answered right.
    fn right(&self) -> usize {
        self.score.at_first_try + self.score.later
    }

    /// Where the run stands: in a line, and the ring as a picture.
    fn scene(&mut self, step: &Step) -> Result<(), Failure> {
        for line in self.tour.stands(&step.stop) {
            writeln!(self.out, "{}", self.out.paint(Style::Faint, format!("  {line}")))?;
        }
        let run = &self.tour.runs[step.stop.run];
        let snapshot = run.timeline.snapshot(step.stop.cursor);
        if let Some(states) = snapshot.states {
            write!(self.out, "\n{}", ring::picture(&states.nodes))?;
        }
        writeln!(self.out)?;
        Ok(())
    }

    fn lines(&mut self, lines: &[WrappedLine]) -> Result<(), Failure> {
        for line in lines {
            let words = line.iter().map(|(text, tone)| match style(*tone) {
                Some(style) => self.out.paint(style, text),
                None => text.clone(),
            });
            let words: String = words.collect();
            writeln!(self.out, "{words}")?;
        }
        Ok(())
    }

    fn pieces(&mut self, pieces: &[ToneSpan], indents: (&str, &str)) -> Result<(), Failure> {
        let lines = set_pieces(pieces, indents, self.out.width());
        self.lines(&lines)
    }

    fn question(&mut self, question: &Question) -> Result<(), Failure> {
        writeln!(self.out)?;
        self.pieces(&question.ask, ("? ", "  "))?;
        if let QuestionKind::Choice { options, .. } = &question.kind {
            for (letter, option) in LETTERS.iter().zip(options) {
                self.pieces(option, (&format!("  {letter}) "), "     "))?;
            }
        }
        if self.is_asked { self.take_answers(question) } else { Ok(()) }
    }

    /// Takes answers until one is right, or an empty line leaves the question.
    fn take_answers(&mut self, question: &Question) -> Result<(), Failure> {
        self.score.questions += 1;
        for tries in 0_u32.. {
            let Some(line) = self.answer()? else {
                // There is no more input: the rest is read without answers.
                self.is_asked = false;
                self.score.questions -= 1;
                return Ok(());
            };
            if line.trim().is_empty() {
                return Ok(());
            }
            match question.read(&line) {
                Ok(answer) if question.is_right(answer) => {
                    match tries {
                        0 => self.score.at_first_try += 1,
                        _ => self.score.later += 1,
                    }
                    writeln!(self.out, "{}", self.out.paint(Style::Good, "That is right."))?;
                    if !question.right.is_empty() {
                        self.pieces(&question.right, ("", ""))?;
                    }
                    return Ok(());
                }
                Ok(_) => {
                    let text = "That is not it. (An empty line goes on.)";
                    writeln!(self.out, "{}", self.out.paint(Style::Bad, text))?;
                    self.pieces(&question.hint, ("", ""))?;
                }
                Err(advice) => writeln!(self.out, "{advice}; an empty line goes on")?,
            }
        }
        Ok(())
    }

    /// A line of standard input.
    fn answer(&mut self) -> Result<Option<String>, Failure> {
        write!(self.out, "> ")?;
        self.out.flush()?;
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_until(b'\n', &mut bytes);
        let read = read.map_err(|error| Failure::about("standard input", error.to_string()))?;
        let line = String::from_utf8_lossy(&bytes).into_owned();
        // What is typed at a terminal stands there already, with its line's end.
        if read == 0 || !io::stdin().is_terminal() {
            writeln!(self.out, "{}", Plain(line.trim()))?;
        }
        Ok((read > 0).then_some(line))
    }
}

fn style(tone: Tone) -> Option<Style> {
    match tone {
        Tone::Plain => None,
        Tone::Strong | Tone::Emphasis => Some(Style::Name),
        Tone::Code => Some(Style::Moving),
        Tone::Fact => Some(Style::Good),
    }
}

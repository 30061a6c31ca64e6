//! The text of a step as rows: prose, the questions that are seen, and what came of them.

use ratatui_core::style::{Modifier, Style};

use crate::app::lesson::{Draft, Lesson, Reply};
use crate::tour::{
    LETTERS, Question, QuestionKind, Tone, ToneSpan, WrappedLine, set_in_lines, set_pieces,
};
use crate::view::Look;
use crate::view::symbols::Symbol;

/// A row of the text.
#[derive(Debug, Default)]
pub(super) struct TextRow {
    /// What stands in it.
    pub pieces: Vec<(String, Style)>,
    /// The answer to choose that it is of.
    pub option: Option<usize>,
}

/// All rows.
pub(super) struct Content {
    pub rows: Vec<TextRow>,
}

impl Content {
    /// The text of the step that is shown, in rows no wider than that.
    pub(super) fn new(lesson: &Lesson, width: usize, look: &Look) -> Content {
        let mut setter = Setter { rows: Vec::new(), width: width.max(1), look };
        setter.lines(set_in_lines(&lesson.shown().blocks, setter.width));
        for (number, question) in lesson.seen().iter().enumerate() {
            setter.space();
            let asked = (lesson.asked() == Some(number)).then_some(&lesson.draft);
            setter.question(question, lesson.replies[lesson.step][number], asked);
        }
        if lesson.is_over() {
            setter.end(lesson);
        }
        Content { rows: setter.rows }
    }
}

/// What came of a question, and what is being answered where it is asked.
#[derive(Clone, Copy)]
struct Answering<'a> {
    reply: Reply,
    asked: Option<&'a Draft>,
}

struct Setter<'a> {
    rows: Vec<TextRow>,
    width: usize,
    look: &'a Look,
}

impl Setter<'_> {
    fn style(&self, tone: Tone) -> Style {
        let theme = &self.look.theme;
        match tone {
            Tone::Plain => theme.text(),
            Tone::Strong => theme.name(),
            Tone::Emphasis => theme.text().add_modifier(Modifier::ITALIC),
            Tone::Code => theme.label(),
            Tone::Fact => theme.good().add_modifier(Modifier::BOLD),
        }
    }

    /// An empty row, unless there is nothing above it.
    fn space(&mut self) {
        if !self.rows.is_empty() {
            self.rows.push(TextRow::default());
        }
    }

    fn lines(&mut self, lines: Vec<WrappedLine>) {
        for line in lines {
            let pieces = line.into_iter().map(|(text, tone)| (text, self.style(tone))).collect();
            self.rows.push(TextRow { pieces, option: None });
        }
    }

    fn pieces(&mut self, pieces: &[ToneSpan], indents: (&str, &str)) {
        self.lines(set_pieces(pieces, indents, self.width));
    }

    /// A sentence of ours, in one style.
    fn line(&mut self, text: &str, style: Style) {
        for line in textwrap::wrap(text, self.width) {
            self.rows.push(TextRow { pieces: vec![(line.into_owned(), style)], option: None });
        }
    }

    /// What stands below the last step: how it went, where one can come back to, and what follows.
    fn end(&mut self, lesson: &Lesson) {
        let (theme, score) = (&self.look.theme, lesson.score());
        let is_whole = score.skipped.is_empty();
        self.space();
        self.line(&score.words(), if is_whole { theme.good() } else { theme.name() });
        if let Some(skipped) = score.skipped_words() {
            self.line(&format!("{skipped}. `>` goes back there."), theme.warning());
        }
        self.line(&lesson.sequel.words(), theme.name());
    }

    fn question(&mut self, question: &Question, reply: Reply, asked: Option<&Draft>) {
        let answering = Answering { reply, asked };
        self.pieces(&question.ask, ("? ", "  "));
        match &question.kind {
            QuestionKind::Choice { options, right } => self.options(options, *right, answering),
            QuestionKind::Number { right } => self.number(*right, answering),
            QuestionKind::Node { right, .. } => self.node(&format!("rank {right}"), answering),
        }
        self.outcome(question, reply);
    }

    fn options(&mut self, options: &[Vec<ToneSpan>], right: usize, answering: Answering<'_>) {
        let Answering { reply, asked } = answering;
        for (option, (letter, pieces)) in LETTERS.iter().zip(options).enumerate() {
            let is_chosen = asked == Some(&Draft::Choice(option));
            let is_right = option == right && matches!(reply, Reply::Right { .. });
            let sign = match (is_chosen, is_right) {
                (true, _) => self.look.symbols.of(Symbol::Cursor),
                (false, true) => self.look.symbols.of(Symbol::Good),
                (false, false) => " ",
            };
            let first = self.rows.len();
            self.pieces(pieces, (&format!("{sign} {letter}) "), "     "));
            for row in &mut self.rows[first..] {
                row.option = asked.is_some().then_some(option);
                if is_chosen {
                    let selected = self.look.theme.selected();
                    row.pieces.iter_mut().for_each(|(_, style)| *style = selected);
                }
            }
        }
        if asked == Some(&Draft::None) {
            self.line("choose with the letters or arrows", self.look.theme.faint());
        }
    }

    fn number(&mut self, right: i64, answering: Answering<'_>) {
        let Answering { reply, asked } = answering;
        let typed = match (asked, reply) {
            (Some(Draft::Number(digits)), _) => digits.clone(),
            (Some(_), _) => String::new(),
            (None, Reply::Right { .. }) => right.to_string(),
            (None, Reply::Open | Reply::Wrong(_) | Reply::Left) => return,
        };
        let mut pieces = vec![("  = ".to_owned(), self.look.theme.text())];
        pieces.push((typed.clone(), self.look.theme.name()));
        if asked.is_some() {
            pieces.push((" ".to_owned(), self.look.theme.selected()));
        }
        if asked.is_some() && typed.is_empty() {
            pieces.push((" type a number".to_owned(), self.look.theme.faint()));
        }
        self.rows.push(TextRow { pieces, option: None });
    }

    fn node(&mut self, right: &str, answering: Answering<'_>) {
        let Answering { reply, asked } = answering;
        let (text, style) = match (asked, reply) {
            (Some(Draft::Node(rank)), _) => (format!("rank {rank}"), self.look.theme.selected()),
            (Some(_), _) => {
                let text = "select a node: arrows, its number, the mouse";
                return self.line(text, self.look.theme.faint());
            }
            (None, Reply::Right { .. }) => (right.to_owned(), self.look.theme.name()),
            (None, Reply::Open | Reply::Wrong(_) | Reply::Left) => return,
        };
        let sign = format!("  {} ", self.look.symbols.of(Symbol::Selected));
        let pieces = vec![(sign, self.look.theme.text()), (text, style)];
        self.rows.push(TextRow { pieces, option: None });
    }

    fn outcome(&mut self, question: &Question, reply: Reply) {
        let theme = &self.look.theme;
        match reply {
            Reply::Open => {}
            Reply::Wrong(answer) => {
                let answer = match &question.kind {
                    QuestionKind::Node { .. } => format!("rank {answer}"),
                    QuestionKind::Choice { .. } | QuestionKind::Number { .. } => answer.to_string(),
                };
                let sign = self.look.symbols.of(Symbol::Bad);
                self.line(&format!("{sign} {answer} is not it."), theme.bad());
                self.pieces(&question.hint, ("", ""));
            }
            Reply::Right { .. } => {
                let sign = self.look.symbols.of(Symbol::Good);
                self.line(&format!("{sign} That is right."), theme.good());
                if !question.right.is_empty() {
                    self.pieces(&question.right, ("", ""));
                }
            }
            Reply::Left => self.line("left open: `>` asks it again", theme.faint()),
        }
    }
}

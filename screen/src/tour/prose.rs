//! Prose: paragraphs, lists, tables and their words, set in lines of a width.

use std::ops::Range;

use ringscope_traces::text::Plain;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How a piece of text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it stands.
    Plain,
    /// `**so**`.
    Strong,
    /// `*so*`.
    Emphasis,
    /// A word of the program or of the protocol.
    Code,
    /// Computed from the run.
    Fact,
}

/// A piece of text in one tone; of a fact that is not worked out yet, the words that ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToneSpan {
    /// The text.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
    /// Where it stands in the lesson's file.
    pub(super) at: Range<usize>,
}

/// A part of a text that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<ToneSpan>),
    /// An item of a list, with what stands before it.
    Item(String, Vec<ToneSpan>),
    /// A heading within a step.
    Heading(Vec<ToneSpan>),
    /// Rows of cells.
    Table(Vec<Vec<Vec<ToneSpan>>>),
    /// Lines that stay as they are.
    Verbatim(Vec<String>),
}

/// A line of a text that was set to a width.
pub type WrappedLine = Vec<(String, Tone)>;

impl Block {
    /// Its pieces; none of lines that stay as they are.
    pub(super) fn pieces_mut(&mut self) -> Vec<&mut ToneSpan> {
        match self {
            Block::Paragraph(pieces) | Block::Item(_, pieces) | Block::Heading(pieces) => {
                pieces.iter_mut().collect()
            }
            Block::Table(rows) => rows.iter_mut().flatten().flatten().collect(),
            Block::Verbatim(_) => Vec::new(),
        }
    }
}

/// Sets blocks in lines that are no wider than that, with an empty line between two paragraphs.
pub fn set_in_lines(blocks: &[Block], width: usize) -> Vec<WrappedLine> {
    let mut lines: Vec<WrappedLine> = Vec::new();
    let mut before: Option<&Block> = None;
    for block in blocks {
        let are_items = matches!((before, block), (Some(Block::Item(..)), Block::Item(..)));
        if before.is_some() && !are_items {
            lines.push(WrappedLine::new());
        }
        lines.extend(set_block(block, width));
        before = Some(block);
    }
    lines
}

fn set_block(block: &Block, width: usize) -> Vec<WrappedLine> {
    match block {
        Block::Paragraph(pieces) => set_pieces(pieces, ("", ""), width),
        Block::Item(marker, pieces) => {
            let first = format!("{marker} ");
            let indent = " ".repeat(first.width());
            set_pieces(pieces, (&first, &indent), width)
        }
        Block::Heading(pieces) => {
            let strong = |piece: &ToneSpan| ToneSpan { tone: Tone::Strong, ..piece.clone() };
            set_pieces(&pieces.iter().map(strong).collect::<Vec<_>>(), ("", ""), width)
        }
        Block::Table(rows) => set_table(rows),
        Block::Verbatim(lines) => {
            let line = |line: &String| Plain(&line.replace('\t', "    ")).to_string();
            let set = |one| vec![(format!("  {}", line(one)).trim_end().to_owned(), Tone::Code)];
            lines.iter().map(set).collect()
        }
    }
}

/// The cells between two columns of a table.
const GAP: usize = 2;

/// Sets a table, each column as wide as its widest cell.
fn set_table(rows: &[Vec<Vec<ToneSpan>>]) -> Vec<WrappedLine> {
    let text = |cell: &[ToneSpan]| -> WrappedLine {
        cell.iter().map(|piece| (Plain(&piece.text).to_string(), piece.tone)).collect()
    };
    let width = |cell: &[ToneSpan]| text(cell).iter().map(|(text, _)| text.width()).sum::<usize>();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![0; columns];
    for (column, cell) in rows.iter().flat_map(|row| row.iter().enumerate()) {
        widths[column] = widths[column].max(width(cell));
    }
    let set_row = |row: &Vec<Vec<ToneSpan>>| {
        let mut line = vec![("  ".to_owned(), Tone::Plain)];
        for (place, (cell, column)) in row.iter().zip(&widths).enumerate() {
            line.extend(text(cell));
            if place + 1 < row.len() {
                line.push((" ".repeat(column - width(cell) + GAP), Tone::Plain));
            }
        }
        line
    };
    rows.iter().map(set_row).collect()
}

/// Sets pieces in lines that begin with the first indent, and from the second one on with the other.
pub fn set_pieces(
    pieces: &[ToneSpan],
    (first, next): (&str, &str),
    width: usize,
) -> Vec<WrappedLine> {
    let mut setter = Setter { lines: Vec::new(), room: 0, has_words: false, indent: next, width };
    setter.begin(first);
    for word in words(pieces) {
        setter.put(word);
    }
    setter.lines
}

/// A word, which may change its tone in the middle.
type Word = Vec<(String, Tone)>;

/// The words of a text: what white space separates, whatever piece it is in.
fn words(pieces: &[ToneSpan]) -> Vec<Word> {
    let mut words: Vec<Word> = vec![Word::new()];
    for piece in pieces {
        for (nth, part) in piece.text.split(char::is_whitespace).enumerate() {
            if nth > 0 {
                words.push(Word::new());
            }
            if let Some(word) = words.last_mut().filter(|_| !part.is_empty()) {
                word.push((Plain(part).to_string(), piece.tone));
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Puts word after word into lines.
struct Setter<'a> {
    lines: Vec<WrappedLine>,
    /// The cells that are left in the last line.
    room: usize,
    /// Whether there is more than the indent in it.
    has_words: bool,
    indent: &'a str,
    width: usize,
}

impl Setter<'_> {
    fn begin(&mut self, indent: &str) {
        let indent_width = if indent.width() + 1 < self.width { indent.width() } else { 0 };
        let line = if indent_width > 0 { vec![(indent.to_owned(), Tone::Plain)] } else { vec![] };
        self.lines.push(line);
        self.has_words = false;
        self.room = (self.width - indent_width.min(self.width)).max(1);
    }

    fn put(&mut self, word: Word) {
        let width: usize = word.iter().map(|(text, _)| text.width()).sum();
        if self.has_words && width + 1 > self.room {
            self.begin(self.indent);
        } else if self.has_words {
            self.add(" ", word[0].1);
        }
        for (text, tone) in word {
            self.add_broken(&text, tone);
        }
    }

    fn add(&mut self, text: &str, tone: Tone) {
        let line = self.lines.last_mut().expect("a line was begun");
        self.room = self.room.saturating_sub(text.width());
        match line.last_mut().filter(|(_, last)| *last == tone) {
            Some((last, _)) => last.push_str(text),
            None => line.push((text.to_owned(), tone)),
        }
    }

    /// Adds what may be wider than a whole line.
    fn add_broken(&mut self, text: &str, tone: Tone) {
        for letter in text.chars() {
            if letter.width().unwrap_or(0) > self.room {
                self.begin(self.indent);
            }
            self.has_words = true;
            self.add(letter.encode_utf8(&mut [0; 4]), tone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::markdown::pieces;
    use super::*;

    fn set(text: &str, width: usize) -> Vec<String> {
        let lines = set_pieces(&pieces(text, 0), ("- ", "  "), width);
        lines.iter().map(|line| line.iter().map(|(text, _)| &**text).collect()).collect()
    }

    #[test]
    fn the_columns_of_a_table_are_as_wide_as_they_have_to_be() {
        let row = |cells: [&str; 2]| cells.map(|cell| pieces(cell, 0)).to_vec();
        let table = Block::Table(vec![row(["a", "b"]), row(["`long`", "*c*"])]);
        let lines = set_in_lines(&[table], 9);
        let text = |line: &WrappedLine| line.iter().map(|(text, _)| &**text).collect::<String>();
        assert_eq!(lines.iter().map(text).collect::<Vec<_>>(), ["  a     b", "  long  c"]);
    }

    #[test]
    fn words_are_set_in_lines_and_one_that_is_too_wide_is_broken() {
        assert_eq!(set("one two `three`, four", 10), ["- one two", "  three,", "  four"]);
        assert_eq!(set("abcdefghij k", 6), ["- abcd", "  efgh", "  ij k"]);
        assert_eq!(set("ab", 1), ["a", "b"]);
    }
}

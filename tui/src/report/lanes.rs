//! Events as lines, each with its mark in the column of its rank.

use clap::ValueEnum;
use ringscope_screen::call_summary::CallLine;
use ringscope_traces::text::Short;
use ringscope_traces::words::tag_label;
use ringscope_traces::{Event, Op, Rank, Vocabulary};

use super::Style;

/// The most columns, however wide the terminal is: more cannot be told apart.
const MOST_COLUMNS: usize = 24;

/// The mark of a call that is no message.
const CALL: char = '=';

/// A column is a mark and a space.
const COLUMN_WIDTH: usize = 2;

/// How much of a payload is written where there is no terminal whose width would say.
const PAYLOAD_CHARS: usize = 200;

/// The width of a time in microseconds.
const TIME_WIDTH: usize = 12;

/// The marks of the lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum LaneSymbols {
    /// Arrows
    #[default]
    Unicode,
    /// Letters: S sends, r receives
    Ascii,
}

impl LaneSymbols {
    fn mark(self, op: Op) -> char {
        match (self, op) {
            (LaneSymbols::Unicode, Op::Send) => '→',
            (LaneSymbols::Unicode, Op::Recv) => '←',
            (LaneSymbols::Ascii, Op::Send) => 'S',
            (LaneSymbols::Ascii, Op::Recv) => 'r',
        }
    }

    fn empty(self) -> char {
        match self {
            LaneSymbols::Unicode => '·',
            LaneSymbols::Ascii => '.',
        }
    }

    fn arrow(self, op: Op) -> &'static str {
        match (self, op) {
            (LaneSymbols::Unicode, Op::Send) => "→",
            (LaneSymbols::Unicode, Op::Recv) => "←",
            (LaneSymbols::Ascii, Op::Send) => "->",
            (LaneSymbols::Ascii, Op::Recv) => "<-",
        }
    }
}

/// How lines of events are set.
#[derive(Debug, Clone)]
pub(crate) struct LaneStyle {
    /// The ranks that have a column; none when they would be too many.
    columns: Vec<Rank>,
    symbols: LaneSymbols,
    has_times: bool,
    /// The digits of the highest rank.
    rank_width: usize,
    /// The width of a line, where somebody looks at it.
    width: Option<usize>,
    /// Whether payloads are written whole.
    is_full: bool,
    is_coloured: bool,
}

/// What there is to set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LaneContent<'a> {
    /// How many ranks there are.
    pub ranks: u32,
    /// Those that are shown; all when empty.
    pub chosen: &'a [Rank],
    /// The marks.
    pub symbols: LaneSymbols,
    /// Whether each line has its time.
    pub has_times: bool,
    /// The terminal's width.
    pub width: Option<usize>,
    /// Whether payloads are written whole.
    pub is_full: bool,
    /// Whether there are to be colours.
    pub is_coloured: bool,
}

impl LaneStyle {
    /// Columns for the ranks that are shown, in their order, when they take no more than half of the
    /// width; none otherwise.
    pub(crate) fn new(layout: LaneContent<'_>) -> LaneStyle {
        let LaneContent { ranks, chosen, symbols, has_times, width, is_full, is_coloured } = layout;
        let fit = width.map_or(MOST_COLUMNS, |width| width / 2 / COLUMN_WIDTH).min(MOST_COLUMNS);
        let columns: Vec<Rank> = match chosen {
            [] => (0..ranks).map(Rank).take(fit + 1).collect(),
            chosen => chosen.to_vec(),
        };
        LaneStyle {
            columns: if columns.len() <= fit { columns } else { Vec::new() },
            symbols,
            has_times,
            rank_width: digits(ranks.saturating_sub(1)),
            width,
            is_full,
            is_coloured,
        }
    }

    /// The ranks over their columns, one line per digit; nothing without columns.
    pub(crate) fn heading(&self) -> Vec<String> {
        let most = self.columns.iter().map(|rank| digits(rank.0)).max().unwrap_or(0);
        (0..most).rev().map(|place| self.heading_line(place)).collect()
    }

    /// The digits at one place, the last being 0.
    fn heading_line(&self, place: usize) -> String {
        let unit = if place == 0 && self.has_times { "us" } else { "" };
        let mut line =
            if self.has_times { format!("{unit:>TIME_WIDTH$}  ") } else { String::new() };
        for rank in &self.columns {
            let text = rank.to_string();
            let digit = text.chars().rev().nth(place).unwrap_or(' ');
            line.extend([digit, ' ']);
        }
        line.trim_end().to_owned()
    }

    /// The line of an event.
    pub(crate) fn line(&self, event: &Event, vocabulary: &dyn Vocabulary) -> String {
        let mut line = String::new();
        if self.has_times {
            line += &format!("{:>TIME_WIDTH$}  ", microseconds(event.t));
        }
        line += &self.marks(event);
        let width = self.rank_width;
        let (rank, arrow, peer) = (event.rank, self.symbols.arrow(event.op), event.peer);
        let tag = tag_label(event.tag, vocabulary);
        let before = format!("{rank:>width$} {arrow} {peer:<width$}  {tag} ");
        let used = line.chars().count() + before.chars().count();
        let room = match (self.is_full, self.width) {
            (true, _) => usize::MAX,
            (false, Some(width)) => width.saturating_sub(used + "...".len()),
            (false, None) => PAYLOAD_CHARS,
        };
        let data = Short { value: &event.data, limit_chars: room.max(8) };
        let marked = match self.is_coloured {
            true => line.replace(self.symbols.mark(event.op), &self.painted(event.op)),
            false => line,
        };
        format!("{marked}{before}{data}")
    }

    /// The line of a call that is no message.
    pub(crate) fn call_line(&self, call: &CallLine) -> String {
        let mut line = String::new();
        if self.has_times {
            let time = call.t.map(microseconds).unwrap_or_default();
            line += &format!("{time:>TIME_WIDTH$}  ");
        }
        let empty = self.symbols.empty();
        let cell = |rank: &Rank| [if *rank == call.rank { CALL } else { empty }, ' '];
        let marks: String = self.columns.iter().flat_map(cell).collect();
        if !marks.is_empty() {
            line += &(marks + " ");
        }
        let width = self.rank_width;
        line + &format!("{:>width$}  {}", call.rank, call.what)
    }

    fn painted(&self, op: Op) -> String {
        Style::Moving.paint(self.symbols.mark(op), true)
    }

    fn marks(&self, event: &Event) -> String {
        let (mark, empty) = (self.symbols.mark(event.op), self.symbols.empty());
        let cell = |rank: &Rank| [if *rank == event.rank { mark } else { empty }, ' '];
        let marks: String = self.columns.iter().flat_map(cell).collect();
        if marks.is_empty() { marks } else { marks + " " }
    }
}

fn digits(number: u32) -> usize {
    number.to_string().len()
}

fn microseconds(ns: u64) -> String {
    format!("{}.{:03}", ns / 1000, ns % 1000)
}

#[cfg(test)]
mod tests {
    use ringscope_traces::{NoNames, Payload, Tag};

    use super::*;

    fn event(rank: u32, op: Op, peer: u32) -> Event {
        let (rank, peer) = (Rank(rank), Rank(peer));
        Event {
            rank,
            n: 0,
            op,
            peer,
            tag: Tag(3),
            data: Payload::Int(9),
            t: 81_250,
            clock: 1,
            more: None,
        }
    }

    fn layout(ranks: u32, chosen: &[Rank]) -> LaneContent<'_> {
        LaneContent {
            ranks,
            chosen,
            symbols: LaneSymbols::Unicode,
            has_times: true,
            width: None,
            is_full: false,
            is_coloured: false,
        }
    }

    #[test]
    fn each_rank_has_a_column() {
        let lanes = LaneStyle::new(layout(4, &[]));
        assert_eq!(lanes.heading(), ["          us  0 1 2 3"]);
        let line = lanes.line(&event(3, Op::Send, 0), &NoNames);
        assert_eq!(line, "      81.250  · · · →  3 → 0  tag 3 9");
    }

    #[test]
    fn ranks_of_two_digits_stand_upright() {
        let lanes = LaneStyle::new(LaneContent { has_times: false, ..layout(12, &[]) });
        let expected = ["                    1 1", "0 1 2 3 4 5 6 7 8 9 0 1"];
        assert_eq!(lanes.heading(), expected);
    }

    #[test]
    fn too_many_ranks_have_no_columns_unless_some_are_chosen() {
        assert!(LaneStyle::new(layout(25, &[])).heading().is_empty());
        let narrow = LaneContent { width: Some(30), ..layout(8, &[]) };
        assert!(LaneStyle::new(narrow).heading().is_empty());
        let few = LaneStyle::new(layout(1_000_000, &[Rank(0), Rank(7)]));
        assert_eq!(few.heading(), ["          us  0 7"]);
    }

    #[test]
    fn letters_do_without_arrows() {
        let layout =
            LaneContent { symbols: LaneSymbols::Ascii, has_times: false, ..layout(2, &[]) };
        let line = LaneStyle::new(layout).line(&event(1, Op::Recv, 0), &NoNames);
        assert_eq!(line, ". r  1 <- 0  tag 3 9");
    }
}

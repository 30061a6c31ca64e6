//! What things are drawn with: every symbol, with its twin for terminals that know ASCII only.

use ratatui_core::symbols::border;

/// Which symbols are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Symbols {
    /// Lines and marks of Unicode; curves of Braille dots.
    #[default]
    Braille,
    /// The same, with curves of half blocks, for fonts without Braille.
    HalfBlocks,
    /// Nothing but ASCII.
    Ascii,
}

/// Something that is drawn as a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// A node that is on its way into the ring.
    Joining,
    /// A node of the ring.
    Active,
    /// A node that is on its way out of the ring.
    Leaving,
    /// The node that is selected.
    Selected,
    /// A message.
    Message,
    /// From the sender to the receiver.
    To,
    /// From the receiver to the sender.
    From,
    /// From what was before to what is now.
    Becomes,
    /// What caused this.
    Because,
    /// The row of the cursor.
    Cursor,
    /// It holds.
    Good,
    /// It does not hold.
    Bad,
    /// It is not so yet.
    Open,
    /// Between a rank and its id.
    Of,
    /// Left out.
    More,
    /// Key held down: shift.
    Shift,
    /// Key: up.
    Up,
    /// Key: down.
    Down,
    /// Time runs.
    Play,
    /// Time stands still.
    Pause,
    /// A cursor that was marked.
    Mark,
    /// An event that was looked for.
    Match,
    /// The last choice after which a failure could not be avoided.
    Critical,
    /// Here the run leaves the protocol.
    Departure,
    /// The head of an arrow that points up.
    PointsUp,
    /// One that points down.
    PointsDown,
    /// One that points left.
    PointsLeft,
    /// One that points right.
    PointsRight,
    /// The part of the scrubber that has been.
    Past,
    /// The part of the scrubber that is to come.
    Future,
    /// The cursor on the scrubber.
    Head,
    /// A part of the key space.
    Stretch,
    /// The end of a part of the key space: its owner's id.
    EndOfStretch,
    /// A lane.
    Lane,
    /// A message is received that came from the left.
    ReceivedRight,
    /// A message is received that came from the right.
    ReceivedLeft,
    /// A message is sent to the right.
    StartRight,
    /// A message is sent to the left.
    StartLeft,
    /// Between what has been and what is to come.
    Divider,
    /// Neither before nor after.
    Concurrent,
    /// Between two columns.
    Rule,
    /// Between a name and how many of it there are.
    Times,
    /// What a step changed.
    Difference,
    /// A key where it lies.
    Key,
    /// The command node.
    Command,
    /// Between the command node and the head.
    Link,
    /// Where that turns down to the head.
    LinkDown,
    /// Where it turns up to it.
    LinkUp,
    /// Between where it turns and the head, where there are bars round the ring.
    LinkAlong,
    /// A step in which a question was skipped.
    Skipped,
    /// Which part of a list is seen.
    Thumb,
    /// The bar of a collective operation.
    Collective,
    /// The same, where some never enter it.
    Incomplete,
    /// A rank enters it.
    Enters,
    /// The lane of a rank that is in one.
    Inside,
    /// A rank looks for a message.
    Probe,
    /// A rank is in a call that does not return.
    Blocked,
}

/// Symbol, Unicode, ASCII: the one place where a symbol is chosen.
#[rustfmt::skip]
const TABLE: &[(Symbol, &str, &str)] = &[
    (Symbol::Joining, "○", "o"),
    (Symbol::Active, "●", "@"),
    (Symbol::Leaving, "◌", "%"),
    (Symbol::Selected, "◉", "O"),
    (Symbol::Message, "✉", "*"),
    (Symbol::To, "→", "->"),
    (Symbol::From, "←", "<-"),
    (Symbol::Becomes, "⇒", "=>"),
    (Symbol::Because, "↖", "<"),
    (Symbol::Cursor, "▶", ">"),
    (Symbol::Good, "✓", "+"),
    (Symbol::Bad, "✗", "X"),
    (Symbol::Open, "○", "o"),
    (Symbol::Of, "·", ":"),
    (Symbol::More, "…", "~"),
    (Symbol::Shift, "⇧", "S-"),
    (Symbol::Up, "↑", "up"),
    (Symbol::Down, "↓", "down"),
    (Symbol::Play, "▶", ">"),
    (Symbol::Pause, "‖", "||"),
    (Symbol::Mark, "◆", "^"),
    (Symbol::Match, "•", "'"),
    (Symbol::Critical, "⊗", "*"),
    (Symbol::Departure, "╳", "x"),
    (Symbol::PointsUp, "▲", "^"),
    (Symbol::PointsDown, "▼", "v"),
    (Symbol::PointsLeft, "◀", "<"),
    (Symbol::PointsRight, "▶", ">"),
    (Symbol::Past, "━", "="),
    (Symbol::Future, "╌", "-"),
    (Symbol::Head, "▉", "#"),
    (Symbol::Stretch, "─", "-"),
    (Symbol::EndOfStretch, "┤", "|"),
    (Symbol::Lane, "│", "|"),
    (Symbol::ReceivedRight, "▶", ">"),
    (Symbol::ReceivedLeft, "◀", "<"),
    (Symbol::StartRight, "├", "+"),
    (Symbol::StartLeft, "┤", "+"),
    (Symbol::Divider, "┈", "."),
    (Symbol::Concurrent, "∥", "="),
    (Symbol::Rule, "│", "|"),
    (Symbol::Times, "×", "x"),
    (Symbol::Difference, "Δ", "d"),
    (Symbol::Key, "■", "="),
    (Symbol::Command, "◆", "&"),
    (Symbol::Link, "─", "-"),
    (Symbol::LinkDown, "╮", "."),
    (Symbol::LinkUp, "╯", "'"),
    (Symbol::LinkAlong, "│", "|"),
    (Symbol::Skipped, "?", "?"),
    (Symbol::Thumb, "┃", "#"),
    (Symbol::Collective, "═", "="),
    (Symbol::Incomplete, "┄", "-"),
    (Symbol::Enters, "╬", "#"),
    (Symbol::Inside, "║", "H"),
    (Symbol::Probe, "◇", "?"),
    (Symbol::Blocked, "▣", "#"),
];

/// All of them.
#[cfg(test)]
pub(crate) fn every_symbol() -> impl Iterator<Item = Symbol> {
    TABLE.iter().map(|(symbol, ..)| *symbol)
}

/// How much of a cell is filled, from nothing to all of it.
const LEVELS: [(&str, &str); 9] = [
    (" ", " "),
    ("▁", "."),
    ("▂", ":"),
    ("▃", "-"),
    ("▄", "="),
    ("▅", "+"),
    ("▆", "*"),
    ("▇", "%"),
    ("█", "#"),
];

impl Symbols {
    /// What a thing is drawn with.
    pub fn of(self, symbol: Symbol) -> &'static str {
        let (listed, unicode, ascii) = TABLE[symbol as usize];
        debug_assert_eq!(listed, symbol, "the table is in the order of the symbols");
        self.choose(unicode, ascii)
    }

    /// A cell that is filled to a part of its height, 0 to 1.
    pub(super) fn level(self, part: f64) -> &'static str {
        let step = part.clamp(0.0, 1.0) * (LEVELS.len() - 1) as f64;
        let (unicode, ascii) = LEVELS[super::geometry::whole(step.ceil())];
        self.choose(unicode, ascii)
    }

    /// The lines round a pane.
    pub(super) fn border(self) -> border::Set<'static> {
        const ASCII: border::Set<'static> = border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        };
        match self {
            Symbols::Braille | Symbols::HalfBlocks => border::ROUNDED,
            Symbols::Ascii => ASCII,
        }
    }

    fn choose(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self {
            Symbols::Braille | Symbols::HalfBlocks => unicode,
            Symbols::Ascii => ascii,
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn every_symbol_stands_at_its_place_in_the_table() {
        for (place, (symbol, ..)) in TABLE.iter().enumerate() {
            assert_eq!(*symbol as usize, place, "{symbol:?}");
        }
        assert_eq!(Symbol::Blocked as usize + 1, TABLE.len());
    }

    #[test]
    fn every_symbol_is_one_cell_wide_and_its_twin_is_ascii() {
        for (symbol, unicode, ascii) in TABLE {
            assert_eq!(unicode.width(), 1, "{symbol:?}");
            assert!(!ascii.is_empty() && ascii.is_ascii(), "{symbol:?}");
        }
    }

    #[test]
    fn the_nodes_can_be_told_apart_by_their_symbols() {
        let nodes = [Symbol::Joining, Symbol::Active, Symbol::Leaving, Symbol::Selected];
        for symbols in [Symbols::Braille, Symbols::Ascii] {
            let mut drawn = nodes.map(|node| symbols.of(node)).to_vec();
            drawn.sort_unstable();
            drawn.dedup();
            assert_eq!(drawn.len(), nodes.len());
        }
    }

    #[test]
    fn a_level_is_empty_only_where_there_is_nothing() {
        assert_eq!(
            [0.0, 0.01, 1.0, 7.0].map(|part| Symbols::Ascii.level(part)),
            [" ", ".", "#", "#"]
        );
    }
}

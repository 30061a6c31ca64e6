//! What is printed, and how it looks.

pub(crate) mod ending;
pub(crate) mod failure;
pub(crate) mod invariants;
pub(crate) mod lanes;
mod marked;
pub(crate) mod problems;
pub(crate) mod ring;
pub(crate) mod standing;
pub(crate) mod stats;

use std::fmt::Display;

use anstyle::AnsiColor;

/// What a piece of text means, which its colour follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// All is well.
    Good,
    /// Something is wrong.
    Bad,
    /// Something to look at.
    Warning,
    /// What a line is about.
    Name,
    /// What may be read over.
    Faint,
    /// Keys that move, a mark in a lane.
    Moving,
}

impl Style {
    /// The text with this style's colours round it, if there are to be colours.
    pub(crate) fn paint(self, text: impl Display, is_coloured: bool) -> String {
        if !is_coloured {
            return text.to_string();
        }
        let style = self.ansi();
        format!("{style}{text}{style:#}")
    }

    fn ansi(self) -> anstyle::Style {
        let plain = anstyle::Style::new();
        match self {
            Style::Good => plain.bold().fg_color(Some(AnsiColor::Green.into())),
            Style::Bad => plain.bold().fg_color(Some(AnsiColor::Red.into())),
            Style::Warning => plain.bold().fg_color(Some(AnsiColor::Yellow.into())),
            Style::Name => plain.bold(),
            Style::Faint => plain.dimmed(),
            Style::Moving => plain.fg_color(Some(AnsiColor::Cyan.into())),
        }
    }
}

/// A paragraph set in lines, each after the same indent.
pub(crate) fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let options = textwrap::Options::new(width).initial_indent(indent).subsequent_indent(indent);
    textwrap::fill(text, options.break_words(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colours_a_style_is_nothing() {
        assert_eq!(Style::Bad.paint("x", false), "x");
        assert_eq!(Style::Name.paint("x", true), "\u{1b}[1mx\u{1b}[0m");
    }
}

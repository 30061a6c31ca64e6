//! What is printed, and how it looks.

pub mod ending;
pub mod failure;
pub mod invariants;
pub mod lanes;
mod marked;
pub mod problems;
pub mod ring;
pub mod standing;
pub mod stats;
pub mod trace_file;

use std::fmt::Display;

use anstyle::AnsiColor;

/// What a piece of text means, which its colour follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
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
    pub fn paint(self, text: impl Display, is_coloured: bool) -> String {
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
pub fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let options = textwrap::Options::new(width).initial_indent(indent).subsequent_indent(indent);
    textwrap::fill(text, options.break_words(false))
}

/// A time in the unit that makes it short.
pub fn time(ns: u64) -> String {
    let (unit_ns, unit) = match ns {
        0..1_000 => return format!("{ns} ns"),
        1_000..1_000_000 => (1_000, "us"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    format!("{}.{:03} {unit}", ns / unit_ns, ns % unit_ns / (unit_ns / 1000))
}

/// `1 message`, `2 messages`.
pub fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_reported_in_the_unit_that_makes_it_short() {
        assert_eq!([0, 999, 1_000, 81_250].map(time), ["0 ns", "999 ns", "1.000 us", "81.250 us"]);
        assert_eq!([4_012_345, 61_000_000_000].map(time), ["4.012 ms", "61.000 s"]);
    }

    #[test]
    fn without_colours_a_style_is_nothing() {
        assert_eq!(Style::Bad.paint("x", false), "x");
        assert_eq!(Style::Name.paint("x", true), "\u{1b}[1mx\u{1b}[0m");
    }
}

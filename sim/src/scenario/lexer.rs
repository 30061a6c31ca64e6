//! A line of a scenario, cut into tokens with their places.

use std::ops::Range;

/// A token of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A word such as `put`, `key` or `step`.
    Word(&'a str),
    /// A number without its sign, as it stands there: digits, and whatever letters stick to them.
    Number(&'a str),
    /// `..`
    To,
    /// `..=`
    UpTo,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// Anything else.
    Other(&'a str),
}

impl<'a> Token<'a> {
    /// The token as it stands in the text.
    pub(super) fn text(self) -> &'a str {
        match self {
            Token::Word(text) | Token::Number(text) | Token::Other(text) => text,
            Token::To => "..",
            Token::UpTo => "..=",
            Token::Plus => "+",
            Token::Minus => "-",
            Token::Times => "*",
        }
    }

    /// Whether it is that keyword, in upper or lower case.
    pub(super) fn is_word(self, keyword: &str) -> bool {
        self.text().eq_ignore_ascii_case(keyword)
    }
}

/// The tokens of a stretch of a line.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    rest: &'a str,
    /// Where the rest starts in the whole text.
    offset: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, offset: usize) -> Lexer<'a> {
        Lexer { rest: text, offset }
    }

    /// The next token and its place, which it stays in front of.
    pub(super) fn peek(&self) -> Option<(Token<'a>, Range<usize>)> {
        self.clone().next()
    }

    /// The place just behind the last token that was taken.
    pub(super) fn place(&self) -> Range<usize> {
        self.offset..self.offset
    }

    /// What is left of the line, without white space about it, and its place.
    pub(super) fn rest(&self) -> (&'a str, Range<usize>) {
        let rest = self.rest.trim_start();
        let start = self.offset + (self.rest.len() - rest.len());
        let rest = rest.trim_end();
        (rest, start..start + rest.len())
    }

    fn take(&mut self, bytes: usize) -> (&'a str, Range<usize>) {
        let (text, rest) = self.rest.split_at(bytes);
        let start = self.offset;
        self.rest = rest;
        self.offset += bytes;
        (text, start..self.offset)
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = (Token<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let space = self.rest.len() - self.rest.trim_start().len();
        let first = self.rest[space..].chars().next()?;
        self.take(space);
        if first.is_ascii_digit() {
            let (text, span) = self.take(run(self.rest, |c| c.is_alphanumeric() || c == '_'));
            return Some((Token::Number(text), span));
        }
        if first.is_alphabetic() || first == '_' {
            let (text, span) = self.take(run(self.rest, |c| c.is_alphanumeric() || c == '_'));
            return Some((Token::Word(text), span));
        }
        const SIGNS: [Token<'static>; 5] =
            [Token::UpTo, Token::To, Token::Plus, Token::Minus, Token::Times];
        if let Some(sign) = SIGNS.iter().find(|sign| self.rest.starts_with(sign.text())) {
            let (_, span) = self.take(sign.text().len());
            return Some((*sign, span));
        }
        let (text, span) = self.take(first.len_utf8());
        Some((Token::Other(text), span))
    }
}

/// The length in bytes of the characters at the start that belong together.
fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_and_an_expression_need_no_spaces() {
        let tokens: Vec<_> = Lexer::new(" 1..=-100 key*2-x_1 %", 10).collect();
        let texts: Vec<_> = tokens.iter().map(|(token, _)| token.text()).collect();
        assert_eq!(texts, ["1", "..=", "-", "100", "key", "*", "2", "-", "x_1", "%"]);
        assert_eq!(tokens[1], (Token::UpTo, 12..15));
        assert_eq!(tokens[9], (Token::Other("%"), 30..31));
    }
}

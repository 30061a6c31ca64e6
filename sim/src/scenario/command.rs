//! The command language: `put 1..=100 key+100` becomes a run of commands.

use std::ops::Range;

use ringscope_traces::text::Plain;

use super::lexer::{Lexer, Token};
use crate::protocol::{Command, Key, Run, StorageId, Value};

/// A command word of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandWord {
    /// The word itself.
    pub name: &'static str,
    /// How the command is written.
    pub form: &'static str,
    /// What it does, in a line.
    pub help: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Put,
    Get,
    Add,
    Remove,
    End,
}

/// Every command, in the order in which they are listed.
pub const COMMANDS: &[CommandWord] = &[
    CommandWord {
        name: "put",
        form: "put KEY VALUE",
        help: "store a value; KEY may be a range, VALUE a number or key, key+N, key-N, key*N",
        kind: Kind::Put,
    },
    CommandWord {
        name: "get",
        form: "get KEY",
        help: "ask for a key's value; KEY may be a range such as 1..=100 step 5",
        kind: Kind::Get,
    },
    CommandWord {
        name: "add",
        form: "add RANK ID",
        help: "let a rank join the ring with a storage id",
        kind: Kind::Add,
    },
    CommandWord {
        name: "remove",
        form: "remove ID",
        help: "let the node with that storage id leave the ring",
        kind: Kind::Remove,
    },
    CommandWord {
        name: "end",
        form: "end",
        help: "stop every rank; the end of the file does the same",
        kind: Kind::End,
    },
];

impl CommandWord {
    /// The command of that name, in upper or lower case.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static CommandWord> {
        COMMANDS.iter().find(|word| word.name.eq_ignore_ascii_case(name))
    }
}

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    Run(Run, OperandSpans),
    End,
}

/// Where a command's operands stand: key and value, rank and id, or an id alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OperandSpans {
    pub(super) first: Range<usize>,
    pub(super) second: Range<usize>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineError {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl LineError {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> LineError {
        LineError { span, message: message.into(), hint: None }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> LineError {
        LineError { hint: Some(hint.into()), ..self }
    }
}

/// Reads the operands of a command, which the lexer stands in front of.
pub(super) fn parse(word: &'static CommandWord, lexer: Lexer<'_>) -> Result<Line, LineError> {
    let mut operands = Operands { lexer, word };
    let line = match word.kind {
        Kind::Put => operands.put()?,
        Kind::Get => operands.get()?,
        Kind::Add => {
            let (rank, first) = operands.integer("a rank")?;
            let (id, second) = operands.integer("a storage id")?;
            let add = Command::Add { rank, id: StorageId(id) };
            Line::Run(Run::one(add), OperandSpans { first, second })
        }
        Kind::Remove => {
            let (id, place) = operands.integer("a storage id")?;
            let remove = Command::Remove { id: StorageId(id) };
            Line::Run(Run::one(remove), OperandSpans { first: place.clone(), second: place })
        }
        Kind::End => Line::End,
    };
    operands.nothing_more()?;
    Ok(line)
}

/// Keys at equal distances: the first, how many, and the distance.
struct Keys {
    first: i64,
    count: u64,
    step: i64,
}

/// A value as a function of its key: `key * times + plus`.
struct Expression {
    times: i64,
    plus: i64,
}

struct Operands<'a> {
    lexer: Lexer<'a>,
    word: &'static CommandWord,
}

impl Operands<'_> {
    fn put(&mut self) -> Result<Line, LineError> {
        let (keys, first) = self.keys()?;
        let (value, second) = self.expression()?;
        let put = run_of_puts(&keys, &value).ok_or_else(|| {
            LineError::new(second.clone(), "a value in this range does not fit into 64 bits")
                .hint("the key, the value, and what lies between two of them must all fit")
        })?;
        Ok(Line::Run(put, OperandSpans { first, second }))
    }

    fn get(&mut self) -> Result<Line, LineError> {
        let (keys, place) = self.keys()?;
        let first = Command::Get { key: Key(keys.first) };
        let run = Run { first, count: keys.count, key_step: keys.step, value_step: 0 };
        Ok(Line::Run(run, OperandSpans { first: place.clone(), second: place }))
    }

    /// A key, or a range of keys.
    fn keys(&mut self) -> Result<(Keys, Range<usize>), LineError> {
        let (low, mut span) = self.integer("a key")?;
        let inclusive = match self.lexer.peek() {
            Some((Token::To, _)) => false,
            Some((Token::UpTo, _)) => true,
            _ => return Ok((Keys { first: low, count: 1, step: 0 }, span)),
        };
        self.lexer.next();
        let (high, high_span) = self.integer("the range's end")?;
        span.end = high_span.end;
        let mut step = 1;
        if self.lexer.peek().is_some_and(|(token, _)| token.is_word("step")) {
            self.lexer.next();
            let (given, step_span) = self.integer("a step")?;
            if given < 1 {
                return Err(LineError::new(step_span, format!("a step of {given} leads nowhere"))
                    .hint("ranges run upwards: a step is 1 or more"));
            }
            (step, span.end) = (given, step_span.end);
        }
        let keys = spread(low, high, inclusive, step)
            .map_err(|(message, hint)| LineError::new(span.clone(), message).hint(hint))?;
        Ok((keys, span))
    }

    /// A number, or `key` with something done to it.
    fn expression(&mut self) -> Result<(Expression, Range<usize>), LineError> {
        if !self.lexer.peek().is_some_and(|(token, _)| token.is_word("key")) {
            let (plus, span) = self.integer("a value")?;
            return Ok((Expression { times: 0, plus }, span));
        }
        let mut span = self.lexer.next().map_or(self.lexer.place(), |(_, span)| span);
        let mut value = Expression { times: 1, plus: 0 };
        if let Some((Token::Times, _)) = self.lexer.peek() {
            self.lexer.next();
            let (times, number) = self.integer("a number to multiply by")?;
            (value.times, span.end) = (times, number.end);
        }
        if let Some((sign @ (Token::Plus | Token::Minus), place)) = self.lexer.peek() {
            self.lexer.next();
            let (plus, number) = self.integer("a number to add or take away")?;
            let plus = if sign == Token::Plus { Some(plus) } else { plus.checked_neg() };
            let too_large = || beyond(place.start..number.end);
            (value.plus, span.end) = (plus.ok_or_else(too_large)?, number.end);
        }
        Ok((value, span))
    }

    /// A whole number, with its sign.
    fn integer(&mut self, what: &str) -> Result<(i64, Range<usize>), LineError> {
        let minus = match self.lexer.peek() {
            Some((Token::Minus, span)) => {
                self.lexer.next();
                Some(span.start)
            }
            _ => None,
        };
        let form = format!("write `{}`: {}", self.word.form, self.word.help);
        match self.lexer.next() {
            Some((Token::Number(digits), span)) => {
                let span = minus.unwrap_or(span.start)..span.end;
                Ok((number(digits, minus.is_some(), &span)?, span))
            }
            Some((token, span)) => {
                let found = Plain(token.text());
                Err(LineError::new(span, format!("expected {what}, found `{found}`")).hint(form))
            }
            None => {
                let message = format!("`{}` ends without {what}", self.word.name);
                Err(LineError::new(self.lexer.place(), message).hint(form))
            }
        }
    }

    fn nothing_more(&mut self) -> Result<(), LineError> {
        let Some((token, _)) = self.lexer.peek() else { return Ok(()) };
        let ranges = match token {
            Token::To | Token::UpTo => "; only keys come in ranges",
            Token::Word(_)
            | Token::Number(_)
            | Token::Plus
            | Token::Minus
            | Token::Times
            | Token::Other(_) => "",
        };
        let (rest, span) = self.lexer.rest();
        let message = format!("`{}` stands after the end of the command", Plain(rest));
        Err(LineError::new(span, message)
            .hint(format!("write `{}`, one command per line{ranges}", self.word.form)))
    }
}

/// The keys of a range; what is wrong with it, and advice, when it has none.
fn spread(low: i64, high: i64, inclusive: bool, step: i64) -> Result<Keys, (String, String)> {
    let sign = if inclusive { "..=" } else { ".." };
    if low > high {
        return Err((
            format!("the range {low}{sign}{high} runs downwards"),
            format!("write {high}..={low}; ranges run upwards"),
        ));
    }
    let length = i128::from(high) - i128::from(low) + i128::from(inclusive);
    if length == 0 {
        return Err((
            format!("the range {low}..{high} is empty"),
            format!("{low}..={high} has the one key {low}; `..` excludes the end"),
        ));
    }
    let count = (length - 1) / i128::from(step) + 1;
    let count = u64::try_from(count).map_err(|_| {
        let message = format!("the range {low}{sign}{high} has more keys than can be counted");
        (message, "give it a step, or nearer ends".to_owned())
    })?;
    Ok(Keys { first: low, count, step: if count == 1 { 0 } else { step } })
}

/// The puts of that value under those keys, when every value, and the step between two, is an `i64`.
fn run_of_puts(keys: &Keys, value: &Expression) -> Option<Run> {
    let times = i128::from(value.times);
    let at = |key: i128| (times * key).checked_add(i128::from(value.plus));
    let fits = |number: i128| i64::try_from(number).ok();
    let last = i128::from(keys.first) + i128::from(keys.step) * i128::from(keys.count - 1);
    fits(at(last)?)?;
    let value_step = fits(times * i128::from(keys.step))?;
    let put =
        Command::Put { key: Key(keys.first), value: Value(fits(at(i128::from(keys.first))?)?) };
    Some(Run { first: put, count: keys.count, key_step: keys.step, value_step })
}

fn number(digits: &str, negative: bool, span: &Range<usize>) -> Result<i64, LineError> {
    if !digits.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return Err(LineError::new(
            span.clone(),
            format!("`{}` is not a whole number", Plain(digits)),
        ));
    }
    let mut number: i64 = 0;
    for digit in digits.bytes().filter(u8::is_ascii_digit).map(|byte| i64::from(byte - b'0')) {
        // Downwards, where there is one number more.
        let next = number.checked_mul(10).and_then(|tens| tens.checked_sub(digit));
        number = next.ok_or_else(|| beyond(span.clone()))?;
    }
    if negative { Ok(number) } else { number.checked_neg().ok_or_else(|| beyond(span.clone())) }
}

fn beyond(span: Range<usize>) -> LineError {
    LineError::new(span, "the number does not fit into 64 bits").hint(format!(
        "numbers are {} to {}",
        i64::MIN,
        i64::MAX
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Result<Line, LineError> {
        let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
        parse(CommandWord::named(name).expect("a command"), Lexer::new(rest, name.len() + 1))
    }

    fn commands(text: &str) -> Vec<String> {
        match line(text) {
            Ok(Line::Run(run, _)) => (0..run.count).map(|i| run.command(i).to_string()).collect(),
            Ok(Line::End) => vec!["end".to_owned()],
            Err(wrong) => vec![wrong.message],
        }
    }

    #[test]
    fn a_value_is_a_number_or_made_from_its_key() {
        assert_eq!(commands("put 1..=3 key+100"), ["put 1 101", "put 2 102", "put 3 103"]);
        assert_eq!(commands("put 1..3 key - 1"), ["put 1 0", "put 2 1"]);
        assert_eq!(commands("PUT -2..=0 step 2 KEY * -3"), ["put -2 6", "put 0 0"]);
        assert_eq!(commands("put 1..=2 7"), ["put 1 7", "put 2 7"]);
        assert_eq!(commands("put 5 -3"), ["put 5 -3"]);
        assert_eq!(commands("put 1_000 key*2+1"), ["put 1000 2001"]);
    }

    #[test]
    fn a_range_stops_at_or_before_its_end() {
        assert_eq!(commands("get 250..=260 step 5"), ["get 250", "get 255", "get 260"]);
        assert_eq!(commands("get 250 .. 260 step 5"), ["get 250", "get 255"]);
        assert_eq!(commands("get 1..=10 step 20"), ["get 1"]);
    }

    #[test]
    fn a_range_without_keys_is_refused() {
        assert_eq!(commands("get 5..5"), ["the range 5..5 is empty"]);
        assert_eq!(commands("get 9..=5"), ["the range 9..=5 runs downwards"]);
        assert_eq!(commands("get 1..=9 step 0"), ["a step of 0 leads nowhere"]);
        assert_eq!(commands("get 1..=9 step -2"), ["a step of -2 leads nowhere"]);
    }

    #[test]
    fn nothing_overflows_in_silence() {
        let beyond = ["the number does not fit into 64 bits"];
        let value = ["a value in this range does not fit into 64 bits"];
        assert_eq!(commands("get 9223372036854775808"), beyond);
        assert_eq!(commands("get -9223372036854775809"), beyond);
        assert_eq!(commands("get -9223372036854775808"), ["get -9223372036854775808"]);
        assert_eq!(commands("put 1 key--9223372036854775808"), beyond);
        assert_eq!(commands("put 1..=2 key*9223372036854775807"), value);
        assert_eq!(
            commands(
                "put -9223372036854775807..=9223372036854775807 step 9223372036854775807 key*2"
            ),
            value
        );
        assert_eq!(
            commands("get -9223372036854775808..=9223372036854775807"),
            [
                "the range -9223372036854775808..=9223372036854775807 has more keys than can be counted"
            ]
        );
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        assert_eq!(commands("add 3"), ["`add` ends without a storage id"]);
        assert_eq!(commands("remove 1..=5"), ["`..=5` stands after the end of the command"]);
        assert_eq!(commands("end 3"), ["`3` stands after the end of the command"]);
        assert_eq!(commands("get x"), ["expected a key, found `x`"]);
        assert_eq!(commands("get 5x"), ["`5x` is not a whole number"]);
        assert_eq!(commands("get 1.5"), ["`.5` stands after the end of the command"]);
    }
}

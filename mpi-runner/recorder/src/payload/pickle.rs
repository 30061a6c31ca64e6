//! Python's pickles of plain data, as JSON.
//!
//! Plain data is None, bools, ints, floats, strings, lists, tuples, and dicts with int or string keys. The
//! opcodes for these are known here and no others (Python's `pickletools.py` describes them all), so that
//! nothing is ever looked up, called or built: a pickle of anything else is not decoded at all.
//!
//! The crate `serde-pickle` serves the tests as a second opinion. It is not what runs inside somebody's
//! program, because it copies what a pickle refers to twice (a pickle of 100 bytes can grow without
//! limit), follows nesting by recursion without a limit, and shows a namedtuple as an empty map.

use std::collections::HashMap;
use std::ops::Range;

use super::json;

/// The deepest nesting that is decoded; readers of traces stop at 127.
const LIMIT_DEPTH: usize = 100;

/// The most values that are written; a pickle can refer to a value again and again.
const LIMIT_VALUES: usize = 1 << 20;

/// Writes a pickle's value as JSON; `None`, with nothing written, when it is not a pickle of plain data.
pub fn put(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let start = out.len();
    let value = Machine::new(bytes).run()?;
    let mut writer = Writer { values: &value.values, out, left: LIMIT_VALUES };
    let written = writer.value(value.root, LIMIT_DEPTH);
    if written.is_none() {
        out.truncate(start);
    }
    written
}

/// Whether bytes begin as pickles of protocols 2 to 5 do.
pub fn has_header(bytes: &[u8]) -> bool {
    matches!(bytes, [0x80, 2..=5, .., b'.'])
}

/// A value's index among all values of the pickle.
type Id = usize;

#[derive(Debug)]
enum Value {
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    /// A list or a tuple.
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
}

/// All values of a pickle, and the one that it stands for.
struct Pickled {
    values: Vec<Value>,
    root: Id,
}

/// What runs a pickle's opcodes: a stack, marks on it, and the memo.
struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    values: Vec<Value>,
    stack: Vec<Id>,
    /// The heights of the stack at which marks lie.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

impl<'a> Machine<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let (values, stack, marks) = (Vec::new(), Vec::new(), Vec::new());
        Machine { bytes, at: 0, values, stack, marks, memo: HashMap::new() }
    }

    fn run(mut self) -> Option<Pickled> {
        loop {
            match self.byte()? {
                b'.' => break,
                op => self.step(op)?,
            }
        }
        let is_whole = self.at == self.bytes.len() && self.marks.is_empty();
        match self.stack.as_slice() {
            [root] if is_whole => Some(Pickled { root: *root, values: self.values }),
            _ => None,
        }
    }

    /// Executes one opcode; `None` when plain data never contains it, or the pickle is malformed.
    fn step(&mut self, op: u8) -> Option<()> {
        match op {
            0x80 => self.byte().filter(|protocol| *protocol <= 5).map(drop),
            0x95 => self.take(8).map(drop),
            b'(' => {
                self.marks.push(self.stack.len());
                Some(())
            }
            b'N' | 0x88 | 0x89 | b'I' | b'J' | b'K' | b'M' | b'L' | 0x8a | 0x8b | b'F' | b'G' => {
                let number = self.number(op)?;
                self.push(number)
            }
            b'V' | b'X' | 0x8c | 0x8d => {
                let text = self.text(op)?;
                self.push(Value::Text(text))
            }
            b']' | b'l' | b')' | b't' | 0x85 | 0x86 | 0x87 => self.list(op),
            b'a' | b'e' => self.append(op),
            b'}' | b'd' => self.dict(op),
            b's' | b'u' => self.set_items(op),
            b'p' | b'q' | b'r' | 0x94 => self.memoize(op),
            b'g' | b'h' | b'j' => self.recall(op),
            _ => None,
        }
    }

    fn number(&mut self, op: u8) -> Option<Value> {
        Some(match op {
            b'N' => Value::None,
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            b'I' => match self.line()? {
                "01" => Value::Bool(true),
                "00" => Value::Bool(false),
                digits => Value::Int(digits.parse().ok()?),
            },
            b'J' => Value::Int(i32::from_le_bytes(self.array()?).into()),
            b'K' => Value::Int(self.byte()?.into()),
            b'M' => Value::Int(u16::from_le_bytes(self.array()?).into()),
            b'L' => Value::Int(self.line()?.trim_end_matches('L').parse().ok()?),
            0x8a => {
                let length = self.byte()?;
                Value::Int(long(self.take(length.into())?)?)
            }
            0x8b => {
                let length = u32::from_le_bytes(self.array()?);
                Value::Int(long(self.take(length.into())?)?)
            }
            b'F' => Value::Float(self.line()?.parse().ok()?),
            b'G' => Value::Float(f64::from_be_bytes(self.array()?)),
            _ => return None,
        })
    }

    fn text(&mut self, op: u8) -> Option<String> {
        let length: u64 = match op {
            b'V' => return raw_unicode_escape(self.line_bytes()?),
            b'X' => u32::from_le_bytes(self.array()?).into(),
            0x8c => self.byte()?.into(),
            0x8d => u64::from_le_bytes(self.array()?),
            _ => return None,
        };
        Some(str::from_utf8(self.take(length)?).ok()?.to_owned())
    }

    fn list(&mut self, op: u8) -> Option<()> {
        let items = match op {
            b']' | b')' => Vec::new(),
            b'l' | b't' => self.since_mark()?,
            0x85 => self.top(1)?,
            0x86 => self.top(2)?,
            0x87 => self.top(3)?,
            _ => return None,
        };
        self.push(Value::List(items))
    }

    fn append(&mut self, op: u8) -> Option<()> {
        let new = if op == b'a' { self.top(1)? } else { self.since_mark()? };
        let list = *self.stack.last()?;
        match self.values.get_mut(list)? {
            Value::List(items) => items.extend(new),
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Text(_)
            | Value::Dict(_) => return None,
        }
        Some(())
    }

    fn dict(&mut self, op: u8) -> Option<()> {
        let flat = if op == b'}' { Vec::new() } else { self.since_mark()? };
        let entries = pairs(&flat)?;
        self.push(Value::Dict(entries))
    }

    fn set_items(&mut self, op: u8) -> Option<()> {
        let flat = if op == b's' { self.top(2)? } else { self.since_mark()? };
        let new = pairs(&flat)?;
        let dict = *self.stack.last()?;
        match self.values.get_mut(dict)? {
            Value::Dict(entries) => entries.extend(new),
            Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Text(_)
            | Value::List(_) => return None,
        }
        Some(())
    }

    fn memoize(&mut self, op: u8) -> Option<()> {
        let name = match op {
            b'p' => self.line()?.parse().ok()?,
            b'q' => self.byte()?.into(),
            b'r' => u32::from_le_bytes(self.array()?).into(),
            0x94 => self.memo.len() as u64,
            _ => return None,
        };
        let top = *self.stack.last()?;
        self.memo.insert(name, top);
        Some(())
    }

    fn recall(&mut self, op: u8) -> Option<()> {
        let name = match op {
            b'g' => self.line()?.parse().ok()?,
            b'h' => self.byte()?.into(),
            b'j' => u32::from_le_bytes(self.array()?).into(),
            _ => return None,
        };
        let id = *self.memo.get(&name)?;
        self.stack.push(id);
        Some(())
    }

    fn push(&mut self, value: Value) -> Option<()> {
        self.stack.push(self.values.len());
        self.values.push(value);
        Some(())
    }

    /// Takes the topmost values off the stack, but none from below the last mark.
    fn top(&mut self, count: usize) -> Option<Vec<Id>> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let from = self.stack.len().checked_sub(count).filter(|from| *from >= floor)?;
        Some(self.stack.split_off(from))
    }

    fn since_mark(&mut self) -> Option<Vec<Id>> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len())?;
        Some(self.stack.split_off(mark))
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let end = self.at.checked_add(usize::try_from(length).ok()?)?;
        let taken: &[u8] = self.bytes.get(Range { start: self.at, end })?;
        self.at = end;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N as u64)?.try_into().ok()
    }

    fn line_bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.bytes.get(self.at..)?.iter().position(|byte| *byte == b'\n')?;
        let line = self.take(length as u64)?;
        self.at += 1;
        Some(line)
    }

    fn line(&mut self) -> Option<&'a str> {
        str::from_utf8(self.line_bytes()?).ok()
    }
}

fn pairs(flat: &[Id]) -> Option<Vec<(Id, Id)>> {
    let (pairs, rest) = flat.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[key, value]| (*key, *value)).collect())
}

/// A whole number in two's complement, its low bytes first; longer ones than 16 bytes are not decoded.
fn long(bytes: &[u8]) -> Option<i128> {
    if bytes.len() > 16 {
        return None;
    }
    let is_negative = bytes.last().is_some_and(|high| high & 0x80 != 0);
    let mut filled = [if is_negative { 0xff } else { 0 }; 16];
    filled.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i128::from_le_bytes(filled))
}

/// Python's encoding of that name: Latin-1, and `\u` with four or `\U` with eight hexadecimal digits.
fn raw_unicode_escape(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let digits = match (first, after.first()) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            _ => {
                text.push(char::from(*first));
                rest = after;
                continue;
            }
        };
        let hex = str::from_utf8(after.get(1..=digits)?).ok()?;
        text.push(char::from_u32(u32::from_str_radix(hex, 16).ok()?)?);
        rest = after.get(digits + 1..)?;
    }
    Some(text)
}

/// Writes values as JSON, each as often as it is referred to.
struct Writer<'a> {
    values: &'a [Value],
    out: &'a mut Vec<u8>,
    /// How many more values may be written.
    left: usize,
}

impl Writer<'_> {
    /// A value that holds itself comes to an end with the depth.
    fn value(&mut self, id: Id, depth_left: usize) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        let values = self.values;
        match values.get(id)? {
            Value::None => self.out.extend_from_slice(b"null"),
            Value::Bool(true) => self.out.extend_from_slice(b"true"),
            Value::Bool(false) => self.out.extend_from_slice(b"false"),
            Value::Int(value) => json::put_integer(self.out, *value),
            Value::Float(value) => json::put_float(self.out, *value)?,
            Value::Text(text) => json::put_text(self.out, text)?,
            Value::List(items) => {
                let depth_left = depth_left.checked_sub(1)?;
                self.between(b"[]", items, |writer, item| writer.value(*item, depth_left))?;
            }
            Value::Dict(entries) => {
                let depth_left = depth_left.checked_sub(1)?;
                let entries = self.in_order(entries)?;
                self.between(b"{}", &entries, |writer, (key, value)| {
                    json::put_text(writer.out, &key.text)?;
                    writer.out.push(b':');
                    writer.value(*value, depth_left)
                })?;
            }
        }
        Some(())
    }

    fn between<T>(
        &mut self,
        [open, close]: &[u8; 2],
        items: &[T],
        put: impl Fn(&mut Self, &T) -> Option<()>,
    ) -> Option<()> {
        self.out.push(*open);
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push(b',');
            }
            put(self, item)?;
        }
        self.out.push(*close);
        Some(())
    }

    /// A dict's entries as the trace format has them: numbers first, growing. Two keys of one text, as 5
    /// and "5", would be one key in JSON.
    fn in_order(&self, entries: &[(Id, Id)]) -> Option<Vec<(DictKey, Id)>> {
        let keyed = entries.iter().map(|(key, value)| Some((self.key(*key)?, *value)));
        let mut keyed: Vec<_> = keyed.collect::<Option<_>>()?;
        keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut texts: Vec<&str> = keyed.iter().map(|(key, _)| key.text.as_str()).collect();
        texts.sort_unstable();
        let is_unique = texts.iter().zip(texts.iter().skip(1)).all(|(a, b)| a != b);
        is_unique.then_some(keyed)
    }

    fn key(&self, id: Id) -> Option<DictKey> {
        match self.values.get(id)? {
            Value::Int(number) => {
                Some(DictKey { not_a_number: false, number: *number, text: number.to_string() })
            }
            Value::Text(text) => {
                Some(DictKey { not_a_number: true, number: 0, text: text.clone() })
            }
            Value::None | Value::Bool(_) | Value::Float(_) | Value::List(_) | Value::Dict(_) => {
                None
            }
        }
    }
}

/// A dict's key; its fields are in the order in which they are compared.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct DictKey {
    not_a_number: bool,
    number: i128,
    text: String,
}

//! The fast path: lines as our own writer writes them, read without building anything.
//!
//! An index needs to know whose event a line is, and that the line is valid. This accepts lines
//! as [`Writer`](super::Writer) writes them, with the usual payloads; any other line is left to the slow
//! path.

use crate::calls::{CommId, Post};
use crate::event::{Event, Op, Rank, Tag};
use crate::indexed::Outline;
use crate::matching::Apart;

/// Payloads that are nested deeper are left to the slow path.
const LIMIT_DEPTH: u32 = 8;

/// Numbers of more digits are left to the slow path: they may not fit into an `i64`.
const LIMIT_DIGITS: usize = 18;

/// What is told of an event without its payload being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sketch {
    pub(crate) outline: Outline,
    pub(crate) apart: Apart,
    /// The receive, in the order of posting.
    pub(crate) post: Option<Post>,
    /// Whether the line says more than one of a trace of messages alone.
    pub(crate) has_more: bool,
}

impl Sketch {
    pub(super) fn of(event: &Event, offset: u64) -> Sketch {
        let more = event.more.as_deref();
        Sketch {
            outline: Outline::of(event, offset),
            apart: Apart::of(more),
            post: more.and_then(|more| more.post),
            has_more: more.is_some(),
        }
    }
}

/// The event in the line that these bytes begin with, and how long the line is with its end.
pub(super) fn scan(bytes: &[u8], ranks: u32, offset: u64) -> Option<(Sketch, usize)> {
    let mut scan = Scan { rest: bytes };
    scan.literal(b"{\"rank\":")?;
    let rank = scan.rank(ranks)?;
    scan.literal(b",\"n\":")?;
    scan.whole()?;
    scan.literal(b",\"op\":\"")?;
    let op = scan.op()?;
    scan.literal(b",\"peer\":")?;
    let peer = scan.rank(ranks)?;
    scan.literal(b",\"tag\":")?;
    let tag = Tag(i32::try_from(scan.int()?).ok()?);
    scan.literal(b",\"data\":")?;
    scan.payload(LIMIT_DEPTH)?;
    scan.literal(b",\"t\":")?;
    let t = scan.whole()?;
    scan.literal(b",\"clock\":")?;
    scan.whole()?;
    let before = scan.rest.len();
    let (apart, post) = scan.details()?;
    let has_more = scan.rest.len() < before;
    scan.literal(b"}\n")?;
    let outline = Outline { offset, t, rank, peer, tag, op };
    Some((Sketch { outline, apart, post, has_more }, bytes.len() - scan.rest.len()))
}

struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    /// What a recorded event says more, in the order in which it is written.
    fn details(&mut self) -> Option<(Apart, Option<Post>)> {
        let comm = self.field(b",\"comm\":")?.map_or(Some(0), |comm| u32::try_from(comm).ok())?;
        if self.literal(b",\"any\":\"").is_some() {
            let words = [b"source\"".as_slice(), b"tag\"", b"both\""];
            words.into_iter().find_map(|word| self.literal(word))?;
        }
        let message = self.field(b",\"message\":")?;
        let post = self.field(b",\"post\":")?.map(Post);
        self.field(b",\"bytes\":")?;
        self.field(b",\"hash\":")?;
        self.field(b",\"cut\":")?;
        if let Some(place) = self.field(b",\"at\":")? {
            u32::try_from(place).ok()?;
        }
        Some((Apart { comm: CommId(comm), message }, post))
    }

    /// The number behind a name, if the name is there; `None` when it is, and no number of 64 bits follows.
    fn field(&mut self, name: &[u8]) -> Option<Option<u64>> {
        if self.literal(name).is_none() {
            return Some(None);
        }
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at(digits);
        if digits > 1 && number.first() == Some(&b'0') {
            return None;
        }
        self.rest = rest;
        str::from_utf8(number).ok()?.parse().ok().map(Some)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn op(&mut self) -> Option<Op> {
        let op = if self.rest.starts_with(b"s") { Op::Send } else { Op::Recv };
        self.literal(match op {
            Op::Send => b"send\"",
            Op::Recv => b"recv\"",
        })?;
        Some(op)
    }

    fn rank(&mut self, ranks: u32) -> Option<Rank> {
        u32::try_from(self.whole()?).ok().filter(|rank| *rank < ranks).map(Rank)
    }

    /// A number in its shortest form.
    fn whole(&mut self) -> Option<u64> {
        let mut value = 0;
        let mut digits = 0;
        while let Some(digit @ b'0'..=b'9') = self.rest.get(digits) {
            value = value * 10 + u64::from(digit - b'0');
            digits += 1;
            if digits > LIMIT_DIGITS {
                return None;
            }
        }
        let is_shortest = digits == 1 || (digits > 1 && self.rest[0] != b'0');
        self.rest = &self.rest[digits..];
        is_shortest.then_some(value)
    }

    fn int(&mut self) -> Option<i64> {
        let is_negative = self.rest.first() == Some(&b'-');
        if is_negative {
            self.byte();
        }
        let value = self.whole()?.cast_signed();
        // Minus nothing is a float.
        (!is_negative || value != 0).then_some(if is_negative { -value } else { value })
    }

    /// A number that an `i64` or a float holds.
    fn number(&mut self) -> Option<()> {
        let before = self.rest;
        self.literal(b"-");
        self.whole()?;
        if !matches!(self.rest.first(), Some(b'.' | b'e' | b'E')) {
            self.rest = before;
            return self.int().map(|_| ());
        }
        if self.literal(b".").is_some() {
            self.digits()?;
        }
        // Exponents that are longer are left to the slow path: a float may not hold them.
        if matches!(self.rest.first(), Some(b'e' | b'E')) {
            self.byte();
            let _ = self.literal(b"-").or_else(|| self.literal(b"+"));
            return self.digits().filter(|digits| *digits <= 2).map(|_| ());
        }
        Some(())
    }

    /// How many digits there are, at least one.
    fn digits(&mut self) -> Option<usize> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.rest = &self.rest[digits..];
        (digits > 0).then_some(digits)
    }

    fn payload(&mut self, depth_left: u32) -> Option<()> {
        match self.rest.first()? {
            b'-' | b'0'..=b'9' => self.number(),
            b'n' => self.literal(b"null"),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'"' => self.text(),
            b'[' => self.list(depth_left.checked_sub(1)?),
            b'{' => self.map(depth_left.checked_sub(1)?),
            _ => None,
        }
    }

    /// A string of printable ASCII without escapes.
    fn text(&mut self) -> Option<()> {
        self.literal(b"\"")?;
        loop {
            match self.byte()? {
                b'"' => return Some(()),
                b'\\' => return None,
                b' '..=b'~' => {}
                _ => return None,
            }
        }
    }

    fn list(&mut self, depth_left: u32) -> Option<()> {
        self.literal(b"[")?;
        if self.literal(b"]").is_some() {
            return Some(());
        }
        loop {
            self.payload(depth_left)?;
            match self.byte()? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A map of decimal keys in growing order, so that none stands twice.
    fn map(&mut self, depth_left: u32) -> Option<()> {
        self.literal(b"{")?;
        if self.literal(b"}").is_some() {
            return Some(());
        }
        let mut last = None;
        loop {
            self.literal(b"\"")?;
            let key = Some(self.int()?);
            if key <= last {
                return None;
            }
            last = key;
            self.literal(b"\":")?;
            self.payload(depth_left)?;
            match self.byte()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jsonl::event_in;

    /// What a recorder writes, line by line.
    const LINES: [&str; 6] = [
        r#"{"rank":0,"n":0,"op":"send","peer":1,"tag":0,"data":[9,100],"t":0,"clock":1}"#,
        r#"{"rank":0,"n":0,"op":"send","peer":1,"tag":7,"data":5,"t":1,"clock":1,"bytes":4,"hash":18446744073709551615,"at":0}"#,
        r#"{"rank":1,"n":3,"op":"recv","peer":0,"tag":-7,"data":[0.1,-2.0,1e-7,-0.0],"t":9,"clock":4,"comm":2,"any":"both","post":17,"bytes":32,"hash":0,"cut":8,"at":12}"#,
        r#"{"rank":1,"n":3,"op":"recv","peer":0,"tag":7,"data":null,"t":9,"clock":4,"any":"source","message":3,"post":17}"#,
        r#"{"rank":1,"n":3,"op":"recv","peer":0,"tag":7,"data":null,"t":9,"clock":4,"any":"tag","bytes":0}"#,
        r#"{"rank":1,"n":3,"op":"recv","peer":0,"tag":7,"data":"a b","t":9,"clock":4,"comm":3}"#,
    ];

    #[test]
    fn what_is_told_without_reading_a_payload_is_what_reading_tells() {
        for line in LINES {
            let line = format!("{line}\n");
            let event = event_in(line.as_bytes(), 2).expect("it is an event");
            let scanned = scan(line.as_bytes(), 2, 50);
            assert_eq!(scanned, Some((Sketch::of(&event, 50), line.len())), "{line}");
        }
    }

    #[test]
    fn numbers_that_no_reader_takes_are_left_to_the_reader() {
        let bad =
            [("[0.1,", "[0.,"), ("1e-7", "1e"), ("-2.0", "-02.0"), ("\"post\":17", "\"post\":017")];
        for (right, wrong) in bad {
            let line = LINES[2].replace(right, wrong) + "\n";
            assert_eq!(scan(line.as_bytes(), 2, 0), None, "{line}");
        }
        let too_great = LINES[1].replace("18446744073709551615", "18446744073709551616") + "\n";
        assert_eq!(scan(too_great.as_bytes(), 2, 0), None);
    }
}

//! The fast path: lines as our own writer writes them, read without building anything.
//!
//! An index needs to know whose event a line is, and that the line is valid. This accepts lines
//! as [`Writer`](super::Writer) writes them, with the usual payloads; any other line is left to the slow
//! path.

use crate::event::{Op, Rank, Tag};
use crate::indexed::Outline;

/// Payloads that are nested deeper are left to the slow path.
const LIMIT_DEPTH: u32 = 8;

/// Numbers of more digits are left to the slow path: they may not fit into an `i64`.
const LIMIT_DIGITS: usize = 18;

/// The event in the line that these bytes begin with, and how long the line is with its end.
pub(super) fn scan(bytes: &[u8], ranks: u32, offset: u64) -> Option<(Outline, usize)> {
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
    scan.literal(b"}\n")?;
    Some((Outline { offset, t, rank, peer, tag, op }, bytes.len() - scan.rest.len()))
}

struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn literal(&mut self, literal: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
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

    fn payload(&mut self, depth_left: u32) -> Option<()> {
        match self.rest.first()? {
            b'-' | b'0'..=b'9' => self.int().map(|_| ()),
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

//! What comes from the terminal, as events: bytes are read and parsed, and a sequence that stays incomplete is
//! ended.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use super::input::{InputEvent, InputParser};
use super::tty::{Received, Tty};
use crate::launch::Stopwatch;

/// The most bytes that are read at once.
const MOST_READ: usize = 1024;

/// The terminal as a source of events.
#[derive(Debug)]
pub(super) struct InputReader {
    tty: Tty,
    parser: InputParser,
    events: VecDeque<InputEvent>,
    /// Since the last byte.
    silence: Stopwatch,
}

/// Whether there is still a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    Open,
    Gone,
}

impl InputReader {
    /// # Errors
    ///
    /// When there is no terminal to read from.
    pub(super) fn open() -> io::Result<InputReader> {
        Ok(InputReader {
            tty: Tty::open()?,
            parser: InputParser::default(),
            events: VecDeque::new(),
            silence: Stopwatch::start(),
        })
    }

    /// Waits for an event, and no longer than so long; ends early when a signal comes.
    ///
    /// # Errors
    ///
    /// When the system does not let us wait or read.
    pub(super) fn wait(&mut self, longest: Duration) -> io::Result<Connection> {
        if !self.events.is_empty() {
            return Ok(Connection::Open);
        }
        let rest = self.parser.patience().map(|patience| {
            // One millisecond more: a wait may end a little early, and must not be begun again for nothing.
            patience.saturating_sub(self.silence.elapsed()) + Duration::from_millis(1)
        });
        let mut bytes = [0; MOST_READ];
        match self.tty.read(&mut bytes, rest.map_or(longest, |rest| rest.min(longest)))? {
            Received::Gone => return Ok(Connection::Gone),
            Received::Bytes(0) => self.end_what_is_incomplete(),
            Received::Bytes(count) => {
                self.silence = Stopwatch::start();
                self.events.extend(self.parser.feed(&bytes[..count]));
            }
        }
        Ok(Connection::Open)
    }

    /// The next event, if one has come.
    pub(super) fn next(&mut self) -> Option<InputEvent> {
        self.events.pop_front()
    }

    fn end_what_is_incomplete(&mut self) {
        if self.parser.patience().is_some_and(|patience| self.silence.elapsed() >= patience) {
            self.events.extend(self.parser.flush());
        }
    }
}

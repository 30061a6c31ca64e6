//! What the terminal sends: bytes in, events out, by a state machine that does no I/O and knows no clock.
//!
//! Nothing in here can wait: a sequence that is not complete is a state, and whoever reads the bytes says
//! when nothing has followed for too long ([`InputParser::patience`], [`InputParser::flush`]). Whatever the
//! bytes are, a bounded number of them is held, and after a flush the next key is a key again.
//!
//! The sequences are those that crossterm (0.29) understands. Its parser was part of reading, which blocks in
//! the middle of a sequence; the parsers of termina and terminput keep a sequence of any length, and those of
//! vte and vtparse are made for what programs write, where a lone escape means nothing.

mod key;
mod mouse;
mod paste;
mod response;
mod sequence;
mod utf8;

use std::mem;
use std::time::Duration;

use ringscope_screen::app::KeyPress;
use ringscope_screen::app::keys::{Code, NamedKey};

use key::Held;
use mouse::OldReport;
pub use mouse::{MouseEvent, MouseKind};
pub use paste::MOST_PASTED;
use paste::Paste;
use response::Response;
use sequence::{Introducer, Sequence};
use utf8::PartialChar;

/// How long the rest of a sequence may take where its beginning is a key as well, such as Esc.
///
/// Long enough for the two halves of an arrow key that a network has cut in two; short enough for a person
/// who waits for what Esc does.
const KEY_PATIENCE: Duration = Duration::from_millis(50);

/// How long the rest may take of what no key sends: a mouse report, a paste, half a letter.
const SEQUENCE_PATIENCE: Duration = Duration::from_millis(500);

/// Something that happened at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputEvent {
    /// A key was pressed.
    Key(KeyPress),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// A text was pasted; it ends at [`MOST_PASTED`] bytes.
    Paste(String),
    /// The terminal says that its background has this red, green and blue.
    Background([u8; 3]),
    /// The terminal says what it is, which every terminal does that is asked.
    Attributes,
}

/// The state machine.
#[derive(Debug, Default)]
pub struct InputParser {
    state: State,
}

/// What the bytes so far are the beginning of.
#[derive(Debug, Default)]
enum State {
    /// Nothing: the next byte begins something.
    #[default]
    Ground,
    /// `ESC`: the key Esc, or Alt and a key, or a sequence.
    Escape,
    /// A letter of several bytes.
    Char(PartialChar),
    /// `ESC [` or `ESC O` and what followed.
    Sequence(Sequence),
    /// `ESC [ [`: a function key of the Linux console; one byte follows.
    Console,
    /// `ESC [ M`: a mouse report of three bytes.
    OldReport(OldReport),
    /// A response of the terminal to a query.
    Response(Response),
    /// The same and an `ESC`, which ends it if `\` follows.
    Terminator(Response),
    /// A text is being pasted.
    Paste(Paste),
}

/// What a byte comes to.
enum Step {
    /// More is to follow.
    Wait(State),
    /// Complete; nothing at all, where it means nothing to us.
    Done(Option<InputEvent>),
    /// The byte does not belong to what came before: that is over, and the byte begins something.
    Again(Option<InputEvent>),
}

impl InputParser {
    /// Takes the next bytes; the events that are complete with them.
    ///
    /// However the bytes are divided over calls, the events are the same.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<InputEvent> {
        let mut events = Vec::new();
        for &byte in bytes {
            match mem::take(&mut self.state).step(byte) {
                Step::Wait(state) => self.state = state,
                Step::Done(event) => events.extend(event),
                Step::Again(before) => {
                    events.extend(before);
                    match begin(byte, Held::default()) {
                        Step::Wait(state) => self.state = state,
                        Step::Done(event) | Step::Again(event) => events.extend(event),
                    }
                }
            }
        }
        events
    }

    /// How long the next byte may take; after that [`InputParser::flush`] is to be called. None: any time.
    pub fn patience(&self) -> Option<Duration> {
        match &self.state {
            State::Ground => None,
            state if state.key().is_some() => Some(KEY_PATIENCE),
            State::Escape
            | State::Char(_)
            | State::Sequence(_)
            | State::Console
            | State::OldReport(_)
            | State::Response(_)
            | State::Terminator(_)
            | State::Paste(_) => Some(SEQUENCE_PATIENCE),
        }
    }

    /// Nothing has followed: what there is of a sequence is a key, a text that was pasted, or nothing.
    pub fn flush(&mut self) -> Option<InputEvent> {
        mem::take(&mut self.state).end()
    }

    /// How many bytes are held of what is not complete.
    pub fn held(&self) -> usize {
        match &self.state {
            State::Ground | State::Escape | State::Console => 0,
            State::Response(response) | State::Terminator(response) => response.held(),
            State::Char(char) => char.held(),
            State::Sequence(sequence) => sequence.held(),
            State::OldReport(report) => report.held(),
            State::Paste(paste) => paste.held(),
        }
    }
}

impl State {
    fn step(self, byte: u8) -> Step {
        match self {
            State::Ground => begin(byte, Held::default()),
            State::Escape => after_escape(byte),
            State::Char(char) => char.step(byte),
            State::Sequence(sequence) => sequence.step(byte),
            State::Console => match byte {
                b'A'..=b'E' => Step::Done(Held::default().press(Code::F(byte - b'A' + 1))),
                _ => Step::Again(None),
            },
            State::OldReport(report) => report.step(byte),
            State::Response(response) => response.step(byte),
            State::Terminator(response) => response.step_after_escape(byte),
            State::Paste(paste) => paste.step(byte),
        }
    }

    /// What it is when nothing follows.
    fn end(self) -> Option<InputEvent> {
        match self {
            State::Paste(paste) => paste.end(),
            // All of the response was there but its last byte.
            State::Terminator(response) => response.meaning().or_else(|| State::Escape.key()),
            State::Ground
            | State::Escape
            | State::Char(_)
            | State::Sequence(_)
            | State::Console
            | State::OldReport(_)
            | State::Response(_) => self.key(),
        }
    }

    /// The key that it is when nothing follows, if it may be one.
    fn key(&self) -> Option<InputEvent> {
        match self {
            State::Escape => Held::default().press(Code::Named(NamedKey::Esc)),
            State::Terminator(response) if response.meaning().is_none() => State::Escape.key(),
            State::Sequence(sequence) => sequence.key(),
            State::Response(response) => response.key(),
            State::Ground
            | State::Char(_)
            | State::Console
            | State::OldReport(_)
            | State::Terminator(_)
            | State::Paste(_) => None,
        }
    }
}

/// A byte that begins something; Alt is held down where an `ESC` came before it.
fn begin(byte: u8, held: Held) -> Step {
    let ctrl = |letter: u8| Held { ctrl: true, ..held }.press(Code::Char(char::from(letter)));
    let named = |named| held.press(Code::Named(named));
    Step::Done(match byte {
        b'\x1b' => return Step::Wait(State::Escape),
        b'\r' => named(NamedKey::Enter),
        b'\t' => named(NamedKey::Tab),
        b'\x7f' => named(NamedKey::Backspace),
        b'\0' => ctrl(b' '),
        b'\x01'..=b'\x1a' => ctrl(byte - 1 + b'a'),
        b'\x1c'..=b'\x1f' => ctrl(byte - 0x1c + b'4'),
        b' '..=b'~' => held.press(Code::Char(char::from(byte))),
        b'\x80'..=b'\xff' => return PartialChar::begin(byte, held),
    })
}

fn after_escape(byte: u8) -> Step {
    Step::Wait(match byte {
        // Esc twice, or an arrow key of a terminal that puts a second escape before it for Alt.
        b'\x1b' => return Step::Again(State::Escape.key()),
        b'[' => State::Sequence(Sequence::new(Introducer::Csi)),
        b'O' => State::Sequence(Sequence::new(Introducer::Ss3)),
        b']' | b'P' | b'_' => State::Response(Response::new(byte)),
        _ => return begin(byte, Held { alt: true, ..Held::default() }),
    })
}

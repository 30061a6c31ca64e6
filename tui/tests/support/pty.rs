//! The program in a terminal that any bytes can be sent through, be they text or not.

use std::io::{self, Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use tempfile::TempDir;
use vt100::{MouseProtocolEncoding, MouseProtocolMode, Screen};

/// Long enough for a machine with a lot to do; a test that passes never waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most of its output that is waited through: a program that draws for ever ends as well.
const MOST_DRAWN: usize = 64 << 20;

/// The size of a terminal that nobody has resized: columns and rows.
const SIZE: (u16, u16) = (100, 30);

/// The program that is tested.
pub(crate) const RINGSCOPE: &str = env!("CARGO_BIN_EXE_ringscope");

/// What the keys send that no letter does.
pub(crate) mod key {
    pub(crate) const ENTER: &str = "\r";
    pub(crate) const ESC: &str = "\x1b";
    pub(crate) const BACKSPACE: &str = "\x7f";
    pub(crate) const DOWN: &str = "\x1b[B";
    pub(crate) const END: &str = "\x1b[F";
    pub(crate) const CTRL_Z: &str = "\x1a";
}

/// A terminal, and the program that it controls.
pub(crate) struct Pty {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    /// All that the program has sent, as far as it was waited for.
    received: Vec<u8>,
    parser: vt100::Parser,
    child: Box<dyn Child + Send + Sync>,
    /// Where the program lives: it goes when the last program in it has gone.
    home: Rc<TempDir>,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn nonzero(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("a terminal has rows and columns")
}

impl Pty {
    /// Starts the program with these arguments, in a terminal of [`SIZE`].
    pub(crate) fn start(args: &[&str]) -> Pty {
        Pty::start_with(RINGSCOPE, args, &[])
    }

    /// The same with any program, and with variables that it has in its environment beside what a terminal sets.
    pub(crate) fn start_with(program: &str, args: &[&str], variables: &[(&str, &str)]) -> Pty {
        let home = Rc::new(TempDir::new().expect("a folder"));
        Pty::start_in(home, program, (args, variables))
    }

    /// Starts the program once more, in the same home and another terminal.
    pub(crate) fn again(&self, args: &[&str]) -> Pty {
        Pty::start_in(Rc::clone(&self.home), RINGSCOPE, (args, &[]))
    }

    fn start_in(home: Rc<TempDir>, program: &str, with: (&[&str], &[(&str, &str)])) -> Pty {
        let (args, variables) = with;
        let (columns, rows) = SIZE;
        let pair = native_pty_system().openpty(size(columns, rows)).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("HOME", home.path());
        variables.iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let reader = pair.master.try_clone_reader().expect("its output can be read");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut reader = ToTheEnd(reader);
            let mut some = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut some) {
                if sender.send(some[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().expect("it can be written to");
        let parser = vt100::Parser::new(nonzero(rows), nonzero(columns), usize::from(rows));
        let received = Vec::new();
        Pty { master: pair.master, writer, output, received, parser, child, home }
    }

    /// The home of the program.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Sends bytes, as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).and_then(|()| self.writer.flush()).expect("it is open");
    }

    /// Types letters, or a [`key`] that is none.
    pub(crate) fn types(&mut self, letters: &str) {
        self.send(letters.as_bytes());
    }

    /// Sends a text as a terminal sends what is pasted, where it was asked to mark it.
    pub(crate) fn paste(&mut self, text: &str) {
        assert!(self.screen().bracketed_paste(), "pasting is asked for");
        self.types(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Presses the left button in a cell, by its column and row from 0, and lets it go there.
    pub(crate) fn click(&mut self, cell: (u16, u16)) {
        self.drag(cell, cell);
    }

    /// Presses the left button in one cell, and lets it go in another.
    pub(crate) fn drag(&mut self, from: (u16, u16), to: (u16, u16)) {
        let screen = self.screen();
        assert_ne!(screen.mouse_protocol_mode(), MouseProtocolMode::None, "the mouse is asked for");
        assert_eq!(screen.mouse_protocol_encoding(), MouseProtocolEncoding::Sgr);
        // As XTerm's Control Sequences has it: the button, 32 more while it moves, and cells from 1.
        let report = |button: u8, (column, row): (u16, u16), end: char| {
            format!("\x1b[<{button};{};{}{end}", column + 1, row + 1)
        };
        let moves = if from == to { String::new() } else { report(32, to, 'M') };
        self.types(&[report(0, from, 'M'), moves, report(0, to, 'm')].concat());
    }

    /// Gives the terminal another size, and wipes it: what is there afterwards has been drawn since.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.master.resize(size(columns, rows)).expect("a terminal can be resized");
        self.parser.screen_mut().set_size(nonzero(rows), nonzero(columns));
        self.parser.process(b"\x1b[2J");
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("it is ours");
    }

    /// Waits until the program has stopped itself: to continue it before would continue nothing.
    pub(crate) fn until_stopped(&self) {
        let stopped = waitpid(Some(self.pid()), WaitOptions::UNTRACED).expect("it is our child");
        assert!(stopped.is_some_and(|(_, status)| status.stopped()), "it ended instead");
    }

    fn pid(&self) -> Pid {
        let pid = self.child.process_id().and_then(|pid| Pid::from_raw(pid.cast_signed()));
        pid.expect("it runs")
    }

    pub(crate) fn screen(&self) -> &Screen {
        self.parser.screen()
    }

    /// Whether the program has sent these bytes by now.
    pub(crate) fn has_received(&self, bytes: &[u8]) -> bool {
        self.received.windows(bytes.len()).any(|some| some == bytes)
    }

    fn take(&mut self, bytes: &[u8]) {
        self.received.extend(bytes);
        self.parser.process(bytes);
    }

    /// Waits until the screen is so; says what was waited for when it never is.
    pub(crate) fn until(&mut self, what: &str, is_so: impl Fn(&Screen) -> bool) {
        let mut drawn = 0;
        while !is_so(self.screen()) {
            match self.output.recv_timeout(PATIENCE) {
                Ok(bytes) if drawn < MOST_DRAWN => {
                    drawn += bytes.len();
                    self.take(&bytes);
                }
                Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    let screen = self.screen().contents();
                    self.end_by_force();
                    panic!("waited for {what}; the screen is\n{screen}");
                }
            }
        }
    }

    /// Waits for a text on the screen.
    pub(crate) fn until_text(&mut self, text: &str) {
        self.until(text, |screen| screen.contents().contains(text));
    }

    /// Waits until a text is no longer on the screen.
    pub(crate) fn until_gone(&mut self, text: &str) {
        self.until(&format!("no `{text}`"), |screen| !screen.contents().contains(text));
    }

    /// What is on the screen, after what went out of it at its top: as many lines as it has, at the most.
    pub(crate) fn lines(&mut self) -> String {
        let screen = self.parser.screen_mut();
        screen.set_scrollback(usize::MAX);
        let above = screen.contents();
        screen.set_scrollback(0);
        format!("{above}\n{}", screen.contents())
    }

    /// Waits until the program has drawn nothing for so long.
    pub(crate) fn until_quiet(&mut self, quiet: Duration) {
        while let Ok(bytes) = self.output.recv_timeout(quiet) {
            self.take(&bytes);
        }
    }

    /// Waits until the program has ended; says of which try this was when it does not.
    pub(crate) fn ended(&mut self, of: &str) -> ExitStatus {
        loop {
            match self.output.recv_timeout(PATIENCE) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    self.end_by_force();
                    panic!("{of}: it does not end");
                }
            }
        }
        self.child.wait().expect("it is ours")
    }

    /// Quits by its key, and checks that the terminal is as it was before.
    #[track_caller]
    pub(crate) fn quit(&mut self, of: &str) {
        self.types("q");
        assert!(self.ended(of).success(), "{of}");
        assert_is_as_before(self.screen(), of);
    }

    fn end_by_force(&mut self) {
        self.child.kill().expect("it is ours");
    }
}

/// What is read of a terminal, up to its end.
///
/// Linux may say that the program has closed its side while the last that it has written is still on the way: it looks
/// for bytes first and then whether the side is closed, and both may come in between. They are there at the next read.
pub(crate) struct ToTheEnd<R>(pub R);

impl<R: Read> Read for ToTheEnd<R> {
    fn read(&mut self, some: &mut [u8]) -> io::Result<usize> {
        // The end is an error on some systems, and the end of a file on others.
        match self.0.read(some) {
            Ok(count @ 1..) => Ok(count),
            Ok(0) | Err(_) => self.0.read(some),
        }
    }
}

/// What the program has changed of the terminal, and not changed back.
fn changes(screen: &Screen) -> Vec<&'static str> {
    let all = [
        (screen.alternate_screen(), "the alternate screen is shown"),
        (screen.hide_cursor(), "the cursor is hidden"),
        (screen.bracketed_paste(), "what is pasted is marked"),
        (screen.mouse_protocol_mode() != MouseProtocolMode::None, "the mouse is reported"),
    ];
    all.into_iter().filter_map(|(is_so, what)| is_so.then_some(what)).collect()
}

/// Whether the terminal is as it was before the program began.
pub(crate) fn is_as_before(screen: &Screen) -> bool {
    changes(screen).is_empty()
}

/// That the terminal is as it was before the program began; says of which try this was when it is not.
#[track_caller]
pub(crate) fn assert_is_as_before(screen: &Screen, of: &str) {
    assert_eq!(changes(screen), [""; 0], "{of}; the screen is\n{}", screen.contents());
}

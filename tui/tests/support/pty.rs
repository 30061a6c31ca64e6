//! The program in a terminal that any bytes can be sent through, be they text or not.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use tempfile::TempDir;
use vt100::{MouseProtocolMode, Screen};

/// Long enough for a machine with a lot to do; a test that passes never waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most of its output that is waited through: a program that draws for ever ends as well.
const MOST_DRAWN: usize = 64 << 20;

/// A terminal, and the program that it controls.
pub(crate) struct Pty {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    /// All that the program has sent, as far as it was waited for.
    received: Vec<u8>,
    parser: vt100::Parser,
    child: Box<dyn Child + Send + Sync>,
    /// Where the program lives: it goes when the program has gone.
    _home: TempDir,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn nonzero(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("a terminal has rows and columns")
}

impl Pty {
    /// Starts the program with these arguments, in a terminal of 100 columns and 30 rows.
    pub(crate) fn start(args: &[&str]) -> Pty {
        Pty::start_with(env!("CARGO_BIN_EXE_ringscope"), args, &[])
    }

    /// The same with any program, and with variables that it has in its environment beside what a terminal sets.
    pub(crate) fn start_with(program: &str, args: &[&str], variables: &[(&str, &str)]) -> Pty {
        let home = TempDir::new().expect("a folder");
        let pair = native_pty_system().openpty(size(100, 30)).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("HOME", home.path());
        variables.iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let mut reader = pair.master.try_clone_reader().expect("its output can be read");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut some = [0; 4096];
            // The end of a pseudo-terminal is an error on some systems, and the end of a file on others.
            while let Ok(count @ 1..) = reader.read(&mut some) {
                if sender.send(some[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().expect("it can be written to");
        let parser = vt100::Parser::new(nonzero(30), nonzero(100), 0);
        let received = Vec::new();
        Pty { master: pair.master, writer, output, received, parser, child, _home: home }
    }

    /// Sends bytes, as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).and_then(|()| self.writer.flush()).expect("it is open");
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

    fn end_by_force(&mut self) {
        self.child.kill().expect("it is ours");
    }
}

/// Whether the terminal is as it was before the program began.
pub(crate) fn is_as_before(screen: &Screen) -> bool {
    !screen.alternate_screen()
        && !screen.hide_cursor()
        && !screen.bracketed_paste()
        && screen.mouse_protocol_mode() == MouseProtocolMode::None
}

//! The program when its terminal goes away.

#![cfg(target_os = "linux")]

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::ioctl_fionread;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Long enough for a machine with a lot to do; a test that passes never waits so long.
const PATIENCE: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };

/// A terminal that is not the one that controls the program: so no signal says that it goes away.
struct Pair {
    terminal: OwnedFd,
    /// The program's end.
    end: File,
}

fn start(args: &[&str]) -> (Pair, Child) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
        .expect("a pseudo-terminal");
    grantpt(&terminal).and_then(|()| unlockpt(&terminal)).expect("it is ours");
    let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&terminal, size).expect("a terminal has a size");
    let path = ptsname(&terminal, Vec::new()).expect("it has a name");
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        OFlags::NOCTTY.bits().cast_signed(),
    );
    let end = || options.open(path.to_str().expect("a plain name")).expect("the program's end");
    let program = Command::new(env!("CARGO_BIN_EXE_ringscope"))
        .args(args)
        .env("TERM", "xterm-256color")
        .stdin(end())
        .stdout(end())
        .stderr(Stdio::piped())
        .spawn();
    (Pair { terminal, end: end() }, program.expect("the program starts"))
}

/// The clock ticks of processor time that a process has used, a hundredth of a second each; it need not have
/// been waited for.
fn ticks(program: &Child) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.id())).expect("it is ours");
    let (_, rest) = stat.rsplit_once(") ").expect("its name is in brackets");
    let fields = rest.split(' ').skip(11).take(2);
    fields.map(|field| field.parse::<u64>().expect("a number of ticks")).sum()
}

/// More than ending takes, and less than a program that spins uses until somebody looks.
const MOST_TICKS: u64 = 200;

/// Waits until the program has read all that was sent to it.
fn until_read(end: &File) {
    const LOOK_EVERY: Duration = Duration::from_millis(5);
    let mut looks = 0;
    while ioctl_fionread(end).expect("a terminal says how much is to be read") > 0 {
        assert!(looks < 10_000, "it does not read");
        looks += 1;
        thread::sleep(LOOK_EVERY);
    }
}

/// Closes the terminal of a page after it was sent bytes.
fn check(args: &[&str], text: &str, bytes: &[u8]) {
    let (Pair { terminal, end }, mut program) = start(args);
    let mut terminal = File::from(terminal);
    let mut shown = Vec::new();
    while !shown.windows(text.len()).any(|bytes| bytes == text.as_bytes()) {
        let mut some = [0; 4096];
        let count = terminal.read(&mut some).expect("the program draws");
        shown.extend_from_slice(&some[..count]);
    }
    terminal.write_all(bytes).expect("it is open");
    until_read(&end);
    let before = ticks(&program);
    drop((terminal, end));
    // What it says to nobody ends when it ends.
    let mut said = program.stderr.take().expect("it is piped");
    let mut ends = [PollFd::new(&said, PollFlags::empty())];
    let has_ended = poll(&mut ends, Some(&PATIENCE)).expect("a pipe can be waited for") > 0;
    if !has_ended {
        program.kill().expect("it is ours");
    }
    let used = ticks(&program) - before;
    let status = program.wait().expect("it is ours");
    let of = format!("{args:?}, {}", bytes.escape_ascii());
    assert!(has_ended, "{of}: it goes on without its terminal");
    assert!(used < MOST_TICKS, "{of}: {used} ticks");
    assert!(status.code().is_some(), "{of}: {status}");
    let mut result = String::new();
    said.read_to_string(&mut result).expect("it tells in words");
    assert_eq!(result, "", "{of}: there is nobody to tell");
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    for sequence in [&b""[..], b"\x1bO", b"\xc3", b"\xff\xfe", b"\x1b[<0;5", b"\x1b[200~abc"] {
        check(&["play", "join", "--at", "37"], "37", sequence);
        check(&["tour", "joining"], "step", sequence);
        check(&[], "ringscope", sequence);
    }
}

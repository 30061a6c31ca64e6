//! The program when its terminal goes away.

#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Long enough for a machine with a lot to do; a test that passes never waits so long.
const PATIENCE: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };

/// A terminal that is not the one that controls the program: so no signal says that it goes away.
fn start() -> (OwnedFd, Child) {
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
        .args(["play", "join", "--at", "37"])
        .env("TERM", "xterm-256color")
        .stdin(end())
        .stdout(end())
        .stderr(Stdio::piped())
        .spawn();
    (terminal, program.expect("the program starts"))
}

#[test]
fn a_terminal_that_goes_away_ends_the_program() {
    let (terminal, mut program) = start();
    let mut shown = Vec::new();
    let mut read = File::from(terminal);
    while !shown.windows(2).any(|bytes| bytes == b"37") {
        let mut some = [0; 4096];
        let count = read.read(&mut some).expect("the program draws");
        shown.extend_from_slice(&some[..count]);
    }
    drop(read);
    // What it says to nobody ends when it ends.
    let mut said = program.stderr.take().expect("it is piped");
    let mut ends = [PollFd::new(&said, PollFlags::empty())];
    let has_ended = poll(&mut ends, Some(&PATIENCE)).expect("a pipe can be waited for") > 0;
    if !has_ended {
        program.kill().expect("it is ours");
    }
    let status = program.wait().expect("it is ours");
    assert!(has_ended, "it goes on without its terminal");
    assert!(status.code().is_some(), "{status}");
    let mut told = String::new();
    said.read_to_string(&mut told).expect("it tells in words");
    assert_eq!(told, "", "there is nobody to tell");
}

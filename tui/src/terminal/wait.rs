//! Waiting for the terminal, which may go away meanwhile.

use std::io::{self, IsTerminal as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// What there is after a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// Something to be read, or time has passed, or a signal has come.
    There,
    /// No terminal any more: its window was closed, or the line was cut.
    Gone,
}

/// Waits until there is something to be read, and no longer than so long.
///
/// crossterm (0.29) is never asked to wait: where the terminal has gone away it reads its end again and
/// again for ever.
///
/// # Errors
///
/// When the system does not let us wait.
pub fn wait(longest: Duration) -> io::Result<Waited> {
    let (stdin, stdout) = (io::stdin(), io::stdout());
    let terminal = if stdin.is_terminal() { stdin.as_fd() } else { stdout.as_fd() };
    wait_for(terminal, longest)
}

/// Whether it comes of a terminal that has gone away: what is written to one is an input/output error.
pub fn is_gone(error: &io::Error) -> bool {
    let errors = [Errno::IO, Errno::PIPE, Errno::NXIO].map(Errno::raw_os_error);
    error.raw_os_error().is_some_and(|number| errors.contains(&number))
}

fn wait_for(terminal: BorrowedFd<'_>, longest: Duration) -> io::Result<Waited> {
    let longest = Timespec::try_from(longest).map_err(io::Error::other)?;
    let mut descriptors = [PollFd::from_borrowed_fd(terminal, PollFlags::IN)];
    match poll(&mut descriptors, Some(&longest)) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    let is_gone = descriptors[0].revents().intersects(gone);
    Ok(if is_gone { Waited::Gone } else { Waited::There })
}

//! The terminal as a device: its raw mode, and bytes read with a deadline.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// How often in a row the terminal may say that there is something to be read when there is nothing.
///
/// Once is a race, and an end of input typed into a terminal that somebody else took out of raw mode. Always is a
/// terminal that has gone away without saying so.
const MOST_EMPTY: u32 = 16;

/// The terminal that keys are read from.
#[derive(Debug)]
pub(super) struct Tty {
    device: Device,
    /// How often in a row there was nothing to be read when there should have been.
    empty: u32,
}

#[derive(Debug)]
enum Device {
    Stdin,
    Stdout,
    Opened(File),
}

/// What came of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Received {
    /// So many bytes; none, where time has passed or a signal has come.
    Bytes(usize),
    /// There is no terminal any more: its window was closed, or the line was cut.
    Gone,
}

/// How the terminal was before raw mode.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

impl Tty {
    /// The terminal of standard input, or else the one that standard output is.
    ///
    /// # Errors
    ///
    /// When there is none, or none that can be read.
    pub(super) fn open() -> io::Result<Tty> {
        Ok(Tty { device: Device::find()?, empty: 0 })
    }

    /// Reads what there is; waits for it no longer than so long.
    ///
    /// # Errors
    ///
    /// When the system does not let us wait or read.
    pub(super) fn read(&mut self, bytes: &mut [u8], longest: Duration) -> io::Result<Received> {
        match wait(self.device.as_fd(), longest)? {
            Ready::Nothing => Ok(Received::Bytes(0)),
            Ready::Gone => Ok(Received::Gone),
            Ready::Bytes => self.read_now(bytes),
        }
    }

    /// Raw mode lets a read return with nothing, so this cannot wait even where somebody else was faster.
    fn read_now(&mut self, bytes: &mut [u8]) -> io::Result<Received> {
        let count = match rustix::io::read(&self.device, bytes) {
            Ok(count) => count,
            Err(Errno::INTR | Errno::AGAIN) => 0,
            Err(Errno::IO | Errno::NXIO) => return Ok(Received::Gone),
            Err(error) => return Err(error.into()),
        };
        self.empty = if count == 0 { self.empty + 1 } else { 0 };
        Ok(if self.empty < MOST_EMPTY { Received::Bytes(count) } else { Received::Gone })
    }
}

impl Device {
    fn find() -> io::Result<Device> {
        if io::stdin().is_terminal() {
            return Ok(Device::Stdin);
        }
        let stdout = io::stdout();
        // Before /dev/tty, which not every system can wait for.
        if stdout.is_terminal() && fcntl_getfl(&stdout)? & OFlags::ACCMODE == OFlags::RDWR {
            return Ok(Device::Stdout);
        }
        File::open("/dev/tty").map(Device::Opened)
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Device::Stdin => rustix::stdio::stdin(),
            Device::Stdout => rustix::stdio::stdout(),
            Device::Opened(file) => file.as_fd(),
        }
    }
}

enum Ready {
    Bytes,
    Nothing,
    Gone,
}

fn wait(terminal: BorrowedFd<'_>, longest: Duration) -> io::Result<Ready> {
    let longest = Timespec::try_from(longest).map_err(io::Error::other)?;
    let mut descriptors = [PollFd::from_borrowed_fd(terminal, PollFlags::IN)];
    match poll(&mut descriptors, Some(&longest)) {
        Ok(_) => {}
        Err(Errno::INTR) => return Ok(Ready::Nothing),
        Err(error) => return Err(error.into()),
    }
    let events = descriptors[0].revents();
    Ok(if events.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
        Ready::Gone
    } else if events.contains(PollFlags::IN) {
        Ready::Bytes
    } else {
        Ready::Nothing
    })
}

/// Puts the terminal into raw mode: keys come one by one, and none of them does anything by itself.
///
/// # Errors
///
/// When it cannot be.
pub(super) fn make_raw() -> io::Result<()> {
    let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    let device = Device::find()?;
    let termios = tcgetattr(&device)?;
    let mut raw = termios.clone();
    raw.make_raw();
    // A read returns what there is, and if that is nothing: poll does the waiting.
    raw.special_codes[SpecialCodeIndex::VMIN] = 0;
    raw.special_codes[SpecialCodeIndex::VTIME] = 0;
    tcsetattr(&device, OptionalActions::Now, &raw)?;
    *before = Some(termios);
    Ok(())
}

/// Puts the terminal back into the mode that it was in before.
///
/// # Errors
///
/// When it cannot be: it may have gone away.
pub(super) fn restore() -> io::Result<()> {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(termios) = before else { return Ok(()) };
    Ok(tcsetattr(Device::find()?, OptionalActions::Now, &termios)?)
}

/// Whether it comes of a terminal that has gone away: what is written to one is an input/output error.
pub(super) fn is_gone(error: &io::Error) -> bool {
    let errors = [Errno::IO, Errno::PIPE, Errno::NXIO].map(Errno::raw_os_error);
    error.raw_os_error().is_some_and(|number| errors.contains(&number))
}

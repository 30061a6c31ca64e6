//! A program that is started and watched until it ends.

use std::io::{self, Read};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::{Interrupt, Stopwatch, family};

/// How much of what a program says on standard error is kept, in bytes.
const MOST_SAID: usize = 16 << 10;

/// How long what an ended program said may still be on its way: it may have left somebody who holds the pipe.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often it is seen whether the program has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// How often it is seen whether the program has come to a limit.
const LOOK_FOR_LIMITS_EVERY: Duration = Duration::from_millis(100);

/// How often in the longest silence it is seen whether there is progress.
const LOOKS_IN_SILENCE: u32 = 10;

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Done {
    /// By itself, or by our hands.
    pub how: How,
    /// The beginning of what it said on standard error.
    pub said: String,
    /// How long it took.
    pub elapsed_ns: u64,
}

/// What ended a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// It ended by itself.
    ByItself(ExitStatus),
    /// It showed no progress for so long that it was ended.
    Hung,
    /// It has come to a limit that was set for it, and was ended.
    Limited(Limit),
    /// This program is to end, so it was ended.
    Interrupted,
}

/// A limit that a program has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// The time that it may take.
    Wall,
    /// How many messages it may send and receive.
    Events,
    /// How much may be written down of it.
    Bytes,
    /// How long its ranks may pass the same messages on, and do nothing else.
    Repetition,
}

/// How a program is watched.
pub(crate) struct Watched<P, L, G> {
    /// For how long there may be no progress.
    pub silence: Duration,
    /// A number that changes as long as there is progress.
    pub progress: P,
    /// The limit that the program has come to, if there is one.
    pub limit: L,
    /// Whether what the program has started goes on, now that the program itself has ended so.
    pub goes_on: G,
}

/// `exit code 3`, `signal 9`.
pub(crate) fn describe_status(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "no exit code".to_owned(),
    }
}

/// Runs a program to its end, without input and without its standard output.
///
/// It leads a group of its own: Ctrl-C comes to us, and we end all that it started. `progress` gives a
/// number that changes as long as there is some; for `silence` it may stay.
///
/// # Errors
///
/// When it does not start.
pub(crate) fn run(
    command: &mut Command,
    interrupt: &Interrupt,
    silence: Duration,
    progress: impl FnMut() -> u64,
) -> io::Result<Done> {
    let watch = Stopwatch::start();
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.process_group(0).spawn()?;
    let ear = child.stderr.take().map(Ear::listen);
    let watched = Watched { silence, progress, limit: || None, goes_on: |_| false };
    let how = attend(&mut child, interrupt, watched)?;
    let elapsed_ns = watch.elapsed_ns();
    Ok(Done { how, said: ear.map(Ear::heard).unwrap_or_default(), elapsed_ns })
}

/// Waits for a program that was started, and ends it with all that it started when it hangs or when we
/// are to end.
///
/// # Errors
///
/// When the system does not say how it is.
pub(crate) fn attend(
    child: &mut Child,
    interrupt: &Interrupt,
    watched: Watched<
        impl FnMut() -> u64,
        impl FnMut() -> Option<Limit>,
        impl FnMut(ExitStatus) -> bool,
    >,
) -> io::Result<How> {
    let how = wait(child, interrupt, watched)?;
    match how {
        How::Hung | How::Limited(_) | How::Interrupted => family::end(child),
        How::ByItself(_) => {}
    }
    Ok(how)
}

fn wait(
    child: &mut Child,
    interrupt: &Interrupt,
    watched: Watched<
        impl FnMut() -> u64,
        impl FnMut() -> Option<Limit>,
        impl FnMut(ExitStatus) -> bool,
    >,
) -> io::Result<How> {
    let Watched { silence, mut progress, mut limit, mut goes_on } = watched;
    let mut looked_for_limits = Stopwatch::start();
    let (mut last, mut since, mut looked) = (progress(), Stopwatch::start(), Stopwatch::start());
    loop {
        if let Some(status) = child.try_wait()?.filter(|status| !goes_on(*status)) {
            return Ok(How::ByItself(status));
        }
        if interrupt.came() {
            return Ok(How::Interrupted);
        }
        if looked_for_limits.elapsed() >= LOOK_FOR_LIMITS_EVERY {
            looked_for_limits = Stopwatch::start();
            if let Some(limit) = limit() {
                return Ok(How::Limited(limit));
            }
        }
        if looked.elapsed() >= silence / LOOKS_IN_SILENCE {
            looked = Stopwatch::start();
            let now = progress();
            if now != last {
                (last, since) = (now, Stopwatch::start());
            } else if since.elapsed() >= silence {
                return Ok(How::Hung);
            }
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Takes everything that a program says, so that it need not wait for us, and keeps the beginning.
struct Ear {
    kept: Arc<Mutex<Vec<u8>>>,
    closed: Receiver<()>,
}

impl Ear {
    fn listen(mut from: impl Read + Send + 'static) -> Ear {
        let (sender, closed) = channel();
        let kept: Arc<Mutex<Vec<u8>>> = Arc::default();
        let shared = Arc::clone(&kept);
        thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(count @ 1..) = from.read(&mut bytes) {
                let mut kept = shared.lock().unwrap_or_else(PoisonError::into_inner);
                let room = MOST_SAID.saturating_sub(kept.len()).min(count);
                kept.extend(&bytes[..room]);
            }
            let _ = sender.send(());
        });
        Ear { kept, closed }
    }

    fn heard(self) -> String {
        let _ = self.closed.recv_timeout(LAST_WORDS);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).into_owned()
    }
}

//! A file that is being saved: written in the background, put under its name here when it is whole.
//!
//! The background has no hold of the file. It hands over what is to be written, and as soon as nobody takes that any more
//! there is no file, and the background ends.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use ratatui_core::layout::Size;
use ringscope_traces::atomic_file::AtomicFileError;
use ringscope_traces::text::Plain;

use super::written::Written;
use crate::export::{ExportError, Watch};
use crate::failure::Failure;
use crate::host::{BackgroundWork, NewFile, Work, host};

/// How many pieces can wait to be taken: when there are more, the background waits. As many are taken at a time, so that
/// the screen stays alive.
const MOST_PIECES: usize = 64;

/// The most letters of a file's name where it is said how far it is.
const MOST_LETTERS: usize = 24;

/// What the background hands over.
enum Piece {
    Bytes(Vec<u8>),
    Whole,
    Problem(String),
}

/// A file that is being saved. Dropped before it is whole, it leaves nothing.
pub struct Saving {
    file: Box<dyn NewFile>,
    saved: Saved,
    pieces: BackgroundWork<Piece>,
    reached: Arc<Reached>,
    /// What was said last of how far it is.
    told: String,
}

/// What is known of a file that is saved.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    /// Under what name.
    pub path: PathBuf,
    /// Whether it is the scenario of the run.
    pub is_scenario: bool,
    /// Whether the run as it is now can be had again from it.
    pub is_run: bool,
}

/// What came of going on.
pub(super) enum Turn {
    /// It is not whole yet; whether it is seen to be further.
    GoesOn(Box<Saving>, bool),
    /// It is whole, and under its name.
    Saved(Saved),
    /// It cannot be saved, and nothing is left of it.
    Failed(String),
}

impl Saving {
    /// Begins to save something, from a screen of that size.
    ///
    /// # Errors
    ///
    /// When nothing can be written under that name.
    pub(super) fn begin(written: Written, path: &Path, screen: Size) -> Result<Saving, Failure> {
        written.refuse_itself(path)?;
        let file = host().create(path)?;
        let saved = Saved {
            path: path.to_owned(),
            is_scenario: matches!(written, Written::Scenario(_)),
            is_run: matches!(written, Written::Scenario(_) | Written::Trace(_)),
        };
        let reached = Arc::new(Reached::default());
        let (sender, pieces) = Pieces::channel();
        let watch = ReachedWatch(Arc::clone(&reached));
        let writing = Writing { written, sender, screen, watch };
        let pieces = BackgroundWork::begin(Box::new(writing), pieces);
        Ok(Saving { file, saved, pieces, reached, told: String::new() })
    }

    /// The run is no longer the one that was saved.
    pub(in crate::app) fn outdate(&mut self) {
        self.saved.is_run = false;
    }

    /// The file's name, without its folders.
    pub(crate) fn name(&self) -> String {
        let name = self.saved.path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
        let name = Plain(&name).to_string();
        match name.char_indices().nth(MOST_LETTERS) {
            Some((end, _)) => format!("{}..", &name[..end]),
            None => name,
        }
    }

    /// What it is doing and how far it is, such as `saving run.html: 40 % drawn`.
    pub(crate) fn label(&self) -> String {
        format!("saving {}{}", self.name(), self.reached.label())
    }

    /// The same where there is less room, such as `saving 40 %`.
    pub(crate) fn short_label(&self) -> String {
        let label = self.reached.label();
        format!("saving{}", label.trim_start_matches(':').split_inclusive('%').next().unwrap_or(""))
    }

    /// Writes what the background has handed over since.
    pub(super) fn go_on(mut self: Box<Saving>) -> Turn {
        self.pieces.go_on();
        for _ in 0..MOST_PIECES {
            match self.pieces.try_next() {
                Ok(piece) => match self.take(piece) {
                    Turn::GoesOn(saving, _) => self = saving,
                    over @ (Turn::Saved(_) | Turn::Failed(_)) => return over,
                },
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return self.broken_off(),
            }
        }
        let label = self.label();
        let is_new = label != self.told;
        self.told = label;
        Turn::GoesOn(self, is_new)
    }

    /// Writes what the background hands over next, however long that takes.
    pub(super) fn wait(mut self: Box<Saving>) -> Turn {
        match self.pieces.next() {
            Some(piece) => self.take(piece),
            None => self.broken_off(),
        }
    }

    fn take(mut self: Box<Saving>, piece: Piece) -> Turn {
        let written = match piece {
            Piece::Bytes(bytes) => self.file.write_all(&bytes),
            Piece::Problem(problem) => return Turn::Failed(problem),
            Piece::Whole => {
                let Saving { file, saved, .. } = *self;
                return match file.finish() {
                    Ok(()) => Turn::Saved(saved),
                    Err(failure) => Turn::Failed(failure.one_line()),
                };
            }
        };
        match written {
            Ok(()) => Turn::GoesOn(self, true),
            Err(error) => {
                let error = AtomicFileError::write(&self.saved.path, error);
                Turn::Failed(Failure::from(error).one_line())
            }
        }
    }

    fn broken_off(&self) -> Turn {
        Turn::Failed(format!("{} was not written to its end", Plain(&self.name())))
    }
}

/// What is to be written, and where to. It is made in one piece.
struct Writing {
    written: Written,
    sender: Pieces,
    screen: Size,
    watch: ReachedWatch,
}

impl Work for Writing {
    fn go_on(&mut self) -> bool {
        let Writing { written, sender, screen, watch } = self;
        let last = match written.put(sender, *screen, watch) {
            Ok(()) => Piece::Whole,
            Err(ExportError::Run(failure)) => Piece::Problem(failure.one_line()),
            // Nobody takes what is written.
            Err(ExportError::Sink(_) | ExportError::Interrupted) => return false,
        };
        let _ = sender.send(last);
        false
    }
}

/// What is written becomes pieces; an error when nobody takes them.
enum Pieces {
    /// More than so many wait until they are taken.
    Waiting(SyncSender<Piece>),
    /// Nobody could take any in the meantime.
    AllAtOnce(Sender<Piece>),
}

impl Pieces {
    fn channel() -> (Pieces, Receiver<Piece>) {
        match host().has_threads() {
            true => {
                let (sender, pieces) = sync_channel(MOST_PIECES);
                (Pieces::Waiting(sender), pieces)
            }
            false => {
                let (sender, pieces) = channel();
                (Pieces::AllAtOnce(sender), pieces)
            }
        }
    }

    fn send(&self, piece: Piece) -> io::Result<()> {
        let sent = match self {
            Pieces::Waiting(sender) => sender.send(piece),
            Pieces::AllAtOnce(sender) => sender.send(piece),
        };
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.send(Piece::Bytes(bytes.to_vec()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How far the background is.
#[derive(Debug, Default)]
struct Reached {
    stretch: Mutex<Option<Stretch>>,
}

/// A stretch of work.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    what: &'static str,
    length: Option<u64>,
    position: u64,
}

impl Reached {
    fn change(&self, change: impl FnOnce(&mut Option<Stretch>)) {
        change(&mut self.stretch.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// `: 40 % read`, or nothing while nobody knows.
    fn label(&self) -> String {
        let mut stretch = None;
        self.change(|known| stretch = *known);
        let Some(Stretch { what, length: Some(length), position }) = stretch else {
            return String::new();
        };
        let hundredths = position.saturating_mul(100) / length.max(1);
        format!(": {} % {what}", hundredths.min(100))
    }
}

/// The background, as far as it says how far it is and asks whether to go on.
struct ReachedWatch(Arc<Reached>);

impl Watch for ReachedWatch {
    fn stretch(&self, what: &'static str, length: Option<u64>) {
        self.0.change(|stretch| *stretch = Some(Stretch { what, length, position: 0 }));
    }

    /// The page that shows it has a hold of it as long as the file is wanted.
    fn go_on(&self) -> Result<(), ExportError> {
        match Arc::strong_count(&self.0) {
            1 => Err(ExportError::Interrupted),
            _ => Ok(()),
        }
    }

    fn at(&self, position: usize) -> Result<(), ExportError> {
        self.0.change(|stretch| {
            if let Some(stretch) = stretch {
                stretch.position = position as u64;
            }
        });
        self.go_on()
    }
}

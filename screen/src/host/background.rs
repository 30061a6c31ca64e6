//! Work beside the screen, and what it finds.

use std::sync::mpsc::{Receiver, TryRecvError};

use super::host;

/// Work that is done a piece at a time, and tells what it finds through a channel.
pub trait Work: Send {
    /// Does the next piece, of a few milliseconds where that can be had; whether there is more to do.
    fn go_on(&mut self) -> bool;

    /// Waits until there is a piece to do. For hosts whom waiting does not keep from anything else.
    fn wait(&mut self) {}
}

/// Work in the background, with what it has found and nobody has taken yet.
pub(crate) struct BackgroundWork<T> {
    news: Receiver<T>,
    /// The work itself, where the host leaves it to us and there is more to do.
    left_to_us: Option<Box<dyn Work>>,
}

impl<T> BackgroundWork<T> {
    /// Begins work that sends what it finds to the other end of `news`.
    pub(crate) fn begin(work: Box<dyn Work>, news: Receiver<T>) -> BackgroundWork<T> {
        BackgroundWork { news, left_to_us: host().begin(work) }
    }

    /// Does all of the work here and now.
    pub(crate) fn at_once(mut work: Box<dyn Work>, news: Receiver<T>) -> BackgroundWork<T> {
        while work.go_on() {}
        BackgroundWork { news, left_to_us: None }
    }

    /// Does the next piece where nobody else does.
    pub(crate) fn go_on(&mut self) {
        self.left_to_us.take_if(|work| !work.go_on());
    }

    /// What was found next.
    ///
    /// # Errors
    ///
    /// When there is nothing new yet, or there never will be.
    pub(crate) fn try_next(&self) -> Result<T, TryRecvError> {
        self.news.try_recv()
    }

    /// Waits for what is found next; `None` when there is nothing more to find.
    pub(crate) fn next(&mut self) -> Option<T> {
        loop {
            match self.news.try_recv() {
                Ok(found) => return Some(found),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) if self.left_to_us.is_some() => self.go_on(),
                Err(TryRecvError::Empty) => return self.news.recv().ok(),
            }
        }
    }
}

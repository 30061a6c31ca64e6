//! The requests that the program has made and that are not complete.

use std::collections::hash_map::Entry;
use std::ffi::{c_int, c_void};

use ringscope_traces::calls::{Became, Call, Completed, Post};
use twox_hash::XxHash3_64;

use super::request::SameHandle;
use super::{Content, Done, Life, Recording, Request, Sending, memory};
use crate::real::{Handle, SUCCESS, real};

impl Recording {
    /// Writes down what a completed request has done.
    ///
    /// # Safety
    ///
    /// MPI has filled the status.
    pub unsafe fn done(&mut self, done: Done, status: *mut c_void) {
        match done {
            // SAFETY: as the caller says.
            Done::Received(receiving) => unsafe { self.received(&receiving, status) },
            Done::Collective(post) => self.complete(post, Became::Completed, false),
            Done::Sent(Sending { post, sent }) => {
                let is_changed = |(content, length, hash): (Content, usize, u64)| {
                    // SAFETY: the program may have given the memory back, though it must not; that it does so in these
                    // very moments, by another thread, is not looked for.
                    let now = unsafe { memory::look(content.buffer, length) };
                    now.is_some_and(|now| XxHash3_64::oneshot(now) != hash)
                };
                let how = match is_cancelled(status) {
                    true => Became::Cancelled,
                    false => Became::Completed,
                };
                let changed = sent.is_some_and(is_changed);
                self.complete(post, how, changed);
            }
        }
    }

    /// Writes down what became of a request that is none of a receive.
    pub fn complete(&mut self, post: Post, how: Became, changed: bool) {
        let (rank, after, at) = (self.part.rank(), self.part.events(), self.current.at);
        self.part.call(&Call::Complete(Completed { rank, after, post, how, changed, at }));
    }

    /// Remembers a request whose completion or start is to be recorded.
    pub fn begin_request(&mut self, handle: Handle, request: Request) {
        match self.requests.entry(self.abi.handle(handle)) {
            Entry::Vacant(place) => {
                place.insert(SameHandle::of(request));
            }
            Entry::Occupied(mut same) => same.get_mut().add(request),
        }
    }

    /// Records what begins when a persistent request is started.
    pub fn start(&mut self, handle: Handle) {
        let Some(request) = self.take_request(handle) else { return };
        if let Some(life) = request.life().filter(|_| request.post().is_some()) {
            self.started_twice(life);
        }
        let request = match request {
            Request::PersistentSend { send, life, .. } => {
                let (active, life) = (Some(self.sending(&send)), life.started());
                Request::PersistentSend { send, active, life }
            }
            Request::PersistentReceive { posting, life, .. } => {
                let life = life.started();
                let receiving = self.receiving(&posting.wanted, posting.buffer.clone());
                self.post(posting.name, &posting.wanted, receiving.post);
                Request::PersistentReceive { posting, active: Some(receiving), life }
            }
            Request::PersistentCollective { known, life, .. } => {
                let active = Some(self.start_together(life.made.0, &known));
                Request::PersistentCollective { known, active, life: life.started() }
            }
            other @ (Request::Receive(_) | Request::Send(_) | Request::Collective(_)) => other,
        };
        self.begin_request(handle, request);
    }

    /// A request that was started has another handle from then on: Open MPI gives one to what is started while it is active.
    pub fn moved(&mut self, from: Handle, to: Handle) {
        if self.abi.handle(from) != self.abi.handle(to)
            && let Some(request) = self.take_request(from)
        {
            self.begin_request(to, request);
        }
    }

    /// The program has asked MPI to cancel a request.
    pub fn cancel(&mut self, handle: Handle) {
        if let Some(same) = self.requests.get_mut(&self.abi.handle(handle)) {
            same.first.cancel();
        }
    }

    /// How this thread, at this place, would make something.
    pub fn life(&self, name: &'static str) -> Life {
        Life { made: (name, self.current.at), is_started: false, waited: None }
    }

    /// Takes a request out, since its handle may be reused as soon as MPI completes it.
    pub fn take_request(&mut self, handle: Handle) -> Option<Request> {
        match self.requests.entry(self.abi.handle(handle)) {
            Entry::Vacant(_) => None,
            Entry::Occupied(mut same) => match same.get_mut().take_one() {
                Some(first) => Some(first),
                None => Some(same.remove().first),
            },
        }
    }
}

/// Whether what that status is of was cancelled.
pub(super) fn is_cancelled(status: *mut c_void) -> bool {
    let mut flag = 0;
    let code = real!(MPI_Test_cancelled(status => *const c_void, &raw mut flag => *mut c_int));
    code == SUCCESS && flag != 0
}

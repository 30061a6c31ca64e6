//! Requests: what is not complete yet.

use std::collections::VecDeque;
use std::mem;

use ringscope_traces::calls::{Any, Became, CommId, PlaceId, Post};

use super::communicator::Known;
use super::{Content, ReceiveBuffer, SendRecord};

/// What is to be recorded of a request.
///
/// It holds all that is needed for that: the program may free the communicator and the datatype before.
#[derive(Debug, Clone)]
pub enum Request {
    /// A receive.
    Receive(Receiving),
    /// A send.
    Send(Sending),
    /// A persistent receive (MPI 4.1, section 3.9), which can be started again and again.
    PersistentReceive {
        /// How it is posted.
        posting: Posting,
        /// The receive, while it is under way.
        active: Option<Receiving>,
        /// What has become of it so far.
        life: Life,
    },
    /// A persistent send.
    PersistentSend {
        /// What is sent each time.
        send: SendRecord,
        /// The send, while it is under way.
        active: Option<Sending>,
        /// What has become of it so far.
        life: Life,
    },
    /// A collective operation.
    Collective(Post),
    /// A persistent collective operation, which has members and is started by each of them as a communicator has operations.
    PersistentCollective {
        /// The operation.
        known: Known,
        /// One start of it, while that is under way.
        active: Option<Post>,
        /// What has become of it so far.
        life: Life,
    },
}

/// What has become of a persistent request.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// The call that has made it, and where.
    pub made: (&'static str, Option<PlaceId>),
    /// Whether it was ever started.
    pub is_started: bool,
    /// The first call that has waited for it before it was started, and where.
    pub waited: Option<(&'static str, Option<PlaceId>)>,
}

impl Life {
    /// The same, started.
    pub fn started(self) -> Life {
        Life { is_started: true, ..self }
    }
}

/// How a receive is posted, again and again.
#[derive(Debug, Clone)]
pub struct Posting {
    /// The call that made the request.
    pub name: &'static str,
    /// Where the message goes, and who may have sent it.
    pub buffer: ReceiveBuffer,
    /// From whom, with which tag, and for how many bytes there is room.
    pub wanted: super::Wanted,
}

/// A receive that is under way.
#[derive(Debug, Clone)]
pub struct Receiving {
    /// Its place in the order of posting.
    pub post: Post,
    /// What it left open.
    pub any: Option<Any>,
    /// Whether the program has asked MPI to cancel it.
    pub is_cancelled: bool,
    /// The communicator.
    pub comm: CommId,
    /// Where the message goes, and who may have sent it.
    pub buffer: ReceiveBuffer,
}

/// A send that is under way.
#[derive(Debug, Clone, Copy)]
pub struct Sending {
    /// The request's number.
    pub post: Post,
    /// The bytes that are sent, and their hash when it began.
    pub sent: Option<(Content, usize, u64)>,
}

/// A request that MPI has completed.
#[derive(Debug)]
pub struct Awaited {
    /// What was to be done.
    pub done: Option<Done>,
    /// The request, if it is persistent.
    pub again: Option<Request>,
}

/// What a request has done.
#[derive(Debug)]
pub enum Done {
    /// It has received.
    Received(Receiving),
    /// It has sent.
    Sent(Sending),
    /// It was a collective operation.
    Collective(Post),
}

/// The requests of one handle: MPICH gives one to all sends that were complete at once.
#[derive(Debug)]
pub struct SameHandle {
    /// The one that was made first.
    pub first: Request,
    /// Those behind it, in the order in which they were made.
    more: VecDeque<Request>,
}

impl SameHandle {
    /// One.
    pub fn of(first: Request) -> SameHandle {
        SameHandle { first, more: VecDeque::new() }
    }

    /// Adds another one.
    pub fn add(&mut self, mut request: Request) {
        // Which of them a call completes is not known then, and so neither whose buffer is to be looked at.
        self.first.forget_what_is_sent();
        request.forget_what_is_sent();
        self.more.push_back(request);
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Request> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// Takes the first; `None` when it is the only one.
    pub fn take_one(&mut self) -> Option<Request> {
        let second = self.more.pop_front()?;
        Some(mem::replace(&mut self.first, second))
    }
}

impl Request {
    /// What there is to record of it when it is complete.
    pub fn completed(self) -> Awaited {
        match self {
            Request::Receive(receiving) => {
                Awaited { done: Some(Done::Received(receiving)), again: None }
            }
            Request::Send(sending) => Awaited { done: Some(Done::Sent(sending)), again: None },
            Request::Collective(post) => {
                Awaited { done: Some(Done::Collective(post)), again: None }
            }
            Request::PersistentCollective { known, active, life } => Awaited {
                done: active.map(Done::Collective),
                again: Some(Request::PersistentCollective { known, active: None, life }),
            },
            Request::PersistentReceive { posting, active, life } => Awaited {
                done: active.map(Done::Received),
                again: Some(Request::PersistentReceive { posting, active: None, life }),
            },
            Request::PersistentSend { send, active, life } => Awaited {
                done: active.map(Done::Sent),
                again: Some(Request::PersistentSend { send, active: None, life }),
            },
        }
    }

    /// What has become of it, if it is persistent.
    pub fn life(&self) -> Option<&Life> {
        match self {
            Request::PersistentReceive { life, .. }
            | Request::PersistentSend { life, .. }
            | Request::PersistentCollective { life, .. } => Some(life),
            Request::Receive(_) | Request::Send(_) | Request::Collective(_) => None,
        }
    }

    /// A call waits for it.
    pub fn waits(&mut self, call: (&'static str, Option<PlaceId>)) {
        match self {
            Request::PersistentReceive { life, .. }
            | Request::PersistentSend { life, .. }
            | Request::PersistentCollective { life, .. } => {
                life.waited = life.waited.or(Some(call)).filter(|_| !life.is_started);
            }
            Request::Receive(_) | Request::Send(_) | Request::Collective(_) => {}
        }
    }

    /// The program has asked MPI to cancel it.
    pub fn cancel(&mut self) {
        match self {
            Request::Receive(receiving)
            | Request::PersistentReceive { active: Some(receiving), .. } => {
                receiving.is_cancelled = true;
            }
            Request::PersistentReceive { active: None, .. }
            | Request::PersistentSend { .. }
            | Request::PersistentCollective { .. }
            | Request::Send(_)
            | Request::Collective(_) => {}
        }
    }

    /// What becomes of it when the program frees it: whether what it wanted to cancel has come, MPI does not say then.
    pub fn when_freed(&self) -> Became {
        match self {
            Request::Receive(Receiving { is_cancelled: true, .. })
            | Request::PersistentReceive {
                active: Some(Receiving { is_cancelled: true, .. }),
                ..
            } => Became::Unseen,
            Request::Receive(_)
            | Request::PersistentReceive { .. }
            | Request::PersistentSend { .. }
            | Request::PersistentCollective { .. }
            | Request::Send(_)
            | Request::Collective(_) => Became::Freed,
        }
    }

    /// Forgets the bytes of a send, whose buffer then is not looked at when it is complete.
    pub fn forget_what_is_sent(&mut self) {
        match self {
            Request::Send(sending) | Request::PersistentSend { active: Some(sending), .. } => {
                sending.sent = None;
            }
            Request::PersistentSend { active: None, .. }
            | Request::Receive(_)
            | Request::PersistentReceive { .. }
            | Request::PersistentCollective { .. }
            | Request::Collective(_) => {}
        }
    }

    /// The number of what is under way.
    pub fn post(&self) -> Option<Post> {
        match self {
            Request::Receive(receiving) => Some(receiving.post),
            Request::Send(sending) => Some(sending.post),
            Request::PersistentReceive { active, .. } => active.as_ref().map(|active| active.post),
            Request::PersistentSend { active, .. } => active.map(|active| active.post),
            Request::Collective(post) => Some(*post),
            Request::PersistentCollective { active, .. } => *active,
        }
    }

    /// Whether a receive is pending that is still to be recorded.
    pub fn is_owed(&self) -> bool {
        match self {
            Request::Receive(_) => true,
            Request::PersistentReceive { active, .. } => active.is_some(),
            Request::Send(_)
            | Request::PersistentSend { .. }
            | Request::PersistentCollective { .. }
            | Request::Collective(_) => false,
        }
    }
}

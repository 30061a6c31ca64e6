//! Receives and sends that were begun and not completed yet.

use super::{Incoming, Outgoing};

/// What there is to write down of a request.
#[derive(Debug, Clone, Copy)]
pub enum Request {
    /// A receive.
    Receive(Incoming),
    /// A receive that can be started again and again.
    StartableReceive {
        /// The receive.
        room: Incoming,
        /// Whether it has been started and not completed.
        is_active: bool,
    },
    /// A send that can be started again and again.
    StartableSend(Outgoing),
}

/// What comes of a request that MPI has completed.
#[derive(Debug, Clone, Copy)]
pub struct Awaited {
    /// What was received, if it was a receive.
    pub room: Option<Incoming>,
    /// The request, if it can be started again.
    pub again: Option<Request>,
}

impl Request {
    /// What comes of it when it is completed.
    pub fn completed(self) -> Awaited {
        match self {
            Request::Receive(room) => Awaited { room: Some(room), again: None },
            Request::StartableReceive { room, is_active } => {
                let again = Some(Request::StartableReceive { room, is_active: false });
                Awaited { room: is_active.then_some(room), again }
            }
            Request::StartableSend(_) => Awaited { room: None, again: Some(self) },
        }
    }

    /// The message that is sent when it is started, and what it is from then on.
    pub fn started(self) -> (Option<Outgoing>, Request) {
        match self {
            Request::StartableSend(message) => (Some(message), self),
            Request::StartableReceive { room, .. } => {
                (None, Request::StartableReceive { room, is_active: true })
            }
            Request::Receive(_) => (None, self),
        }
    }

    /// Whether something will be received that nobody has been told of.
    pub fn is_owed(self) -> bool {
        self.completed().room.is_some()
    }
}

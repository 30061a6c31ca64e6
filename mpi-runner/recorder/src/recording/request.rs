//! Requests: receives and sends that are not complete yet.

use super::{ReceiveBuffer, SendRecord};

/// What is to be recorded of a request.
///
/// It holds all that is needed for that: the program may free the communicator and the datatype before.
#[derive(Debug, Clone)]
pub enum Request {
    /// A receive.
    Receive(ReceiveBuffer),
    /// A persistent receive (MPI 4.1, section 3.9), which can be started again and again.
    PersistentReceive {
        /// The receive.
        buffer: ReceiveBuffer,
        /// Whether it has been started and not completed.
        is_active: bool,
    },
    /// A persistent send.
    PersistentSend(SendRecord),
}

/// A request that MPI has completed.
#[derive(Debug)]
pub struct Awaited {
    /// What was received, if it was a receive.
    pub received: Option<ReceiveBuffer>,
    /// The request, if it is persistent.
    pub again: Option<Request>,
}

impl Request {
    /// What there is to record of it when it is complete.
    pub fn completed(self) -> Awaited {
        match self {
            Request::Receive(buffer) => Awaited { received: Some(buffer), again: None },
            Request::PersistentReceive { buffer, is_active } => {
                let again = Request::PersistentReceive { buffer: buffer.clone(), is_active: false };
                Awaited { received: is_active.then_some(buffer), again: Some(again) }
            }
            Request::PersistentSend(_) => Awaited { received: None, again: Some(self) },
        }
    }

    /// Marks a persistent request as started; returns what is sent thereby.
    pub fn start(&mut self) -> Option<SendRecord> {
        match self {
            Request::PersistentSend(send) => Some(*send),
            Request::PersistentReceive { is_active, .. } => {
                *is_active = true;
                None
            }
            Request::Receive(_) => None,
        }
    }

    /// Whether a receive is pending that is still to be recorded.
    pub fn is_owed(&self) -> bool {
        match self {
            Request::Receive(_) => true,
            Request::PersistentReceive { is_active, .. } => *is_active,
            Request::PersistentSend(_) => false,
        }
    }
}

//! Receives and sends that were begun and not completed yet.

use super::{ReceiveBuffer, SendRecord};

/// What there is to write down of a request.
///
/// All that is needed then is in it: the program may free the communicator and the datatype before.
#[derive(Debug, Clone)]
pub enum Request {
    /// A receive.
    Receive(ReceiveBuffer),
    /// A receive that can be started again and again.
    PersistentReceive {
        /// The receive.
        room: ReceiveBuffer,
        /// Whether it has been started and not completed.
        is_active: bool,
    },
    /// A send that can be started again and again.
    PersistentSend(SendRecord),
}

/// What comes of a request that MPI has completed.
#[derive(Debug)]
pub struct Awaited {
    /// What was received, if it was a receive.
    pub room: Option<ReceiveBuffer>,
    /// The request, if it can be started again.
    pub again: Option<Request>,
}

impl Request {
    /// What comes of it when it is completed.
    pub fn completed(self) -> Awaited {
        match self {
            Request::Receive(room) => Awaited { room: Some(room), again: None },
            Request::PersistentReceive { room, is_active } => {
                let again = Request::PersistentReceive { room: room.clone(), is_active: false };
                Awaited { room: is_active.then_some(room), again: Some(again) }
            }
            Request::PersistentSend(_) => Awaited { room: None, again: Some(self) },
        }
    }

    /// Takes note that it is started; what is sent then.
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

    /// Whether something will be received that nobody has been told of.
    pub fn is_owed(&self) -> bool {
        match self {
            Request::Receive(_) => true,
            Request::PersistentReceive { is_active, .. } => *is_active,
            Request::PersistentSend(_) => false,
        }
    }
}

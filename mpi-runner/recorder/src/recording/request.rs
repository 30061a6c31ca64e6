//! Receives and sends that were begun and not completed yet.

use super::{Letter, Room};

/// What there is to write down of a request.
///
/// All that is needed then is in it: the program may free the communicator and the datatype before.
#[derive(Debug, Clone)]
pub enum Request {
    /// A receive.
    Receive(Room),
    /// A receive that can be started again and again.
    StartableReceive {
        /// The receive.
        room: Room,
        /// Whether it has been started and not completed.
        is_active: bool,
    },
    /// A send that can be started again and again.
    StartableSend(Letter),
}

/// What comes of a request that MPI has completed.
#[derive(Debug)]
pub struct Awaited {
    /// What was received, if it was a receive.
    pub room: Option<Room>,
    /// The request, if it can be started again.
    pub again: Option<Request>,
}

impl Request {
    /// What comes of it when it is completed.
    pub fn completed(self) -> Awaited {
        match self {
            Request::Receive(room) => Awaited { room: Some(room), again: None },
            Request::StartableReceive { room, is_active } => {
                let again = Request::StartableReceive { room: room.clone(), is_active: false };
                Awaited { room: is_active.then_some(room), again: Some(again) }
            }
            Request::StartableSend(_) => Awaited { room: None, again: Some(self) },
        }
    }

    /// Takes note that it is started; what is sent then.
    pub fn start(&mut self) -> Option<Letter> {
        match self {
            Request::StartableSend(letter) => Some(*letter),
            Request::StartableReceive { is_active, .. } => {
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
            Request::StartableReceive { is_active, .. } => *is_active,
            Request::StartableSend(_) => false,
        }
    }
}

//! Persistent requests (MPI 4.1, section 3.9): created once, started again and again.

use std::ffi::{c_int, c_void};

use super::wrap;
use crate::real::{Handle, SUCCESS};
use crate::recording::{Calling, Incoming, Outgoing, Posting, Recording, Request, enter, leave};

/// Remembers a request that was created, if there will be something to record of it.
fn remember(
    code: c_int,
    handle: *const c_void,
    request: impl FnOnce(&mut Recording) -> Option<Request>,
) -> c_int {
    enter(|recording| {
        if code == SUCCESS
            && let Some(request) = request(recording)
        {
            // SAFETY: MPI has put a handle there.
            let handle = unsafe { recording.abi.handle_at(handle, 0) };
            recording.begin_request(handle, request);
        }
    });
    code
}

/// Records what begins when so many requests are started.
fn start_all(
    name: &'static str,
    (requests, total): (*mut c_void, usize),
    real: impl FnOnce() -> c_int,
) -> c_int {
    // SAFETY: the index is within the program's array.
    let handle = |recording: &Recording, index| unsafe { recording.abi.handle_at(requests, index) };
    let before = enter(|recording| {
        recording.begin(Calling::named(name));
        let before: Vec<Handle> = (0..total).map(|index| handle(recording, index)).collect();
        before.iter().for_each(|handle| recording.start(*handle));
        before
    });
    leave(real(), |recording| {
        for (index, before) in before.unwrap_or_default().into_iter().enumerate() {
            let now = handle(recording, index);
            recording.moved(before, now);
        }
    })
}

macro_rules! startable_sends {
    ($($name:ident($count:ty);)*) => {
        wrap! {$(
            $name(
                buffer: *const c_void, count: $count, datatype: Handle,
                to: c_int, tag: c_int, communicator: Handle, request: *mut c_void
            ) as real => {
                let code = real(buffer, count, datatype, to, tag, communicator, request);
                let count = i64::from(count);
                let message = Outgoing { buffer, count, datatype, to, tag, communicator };
                remember(code, request, |recording| {
                    let send = recording.send(&message)?;
                    let life = recording.life(stringify!($name));
                    Some(Request::PersistentSend { send, active: None, life })
                })
            }
        )*}
    };
}

macro_rules! startable_receives {
    ($($name:ident($count:ty);)*) => {
        wrap! {$(
            $name(
                buffer: *mut c_void, count: $count, datatype: Handle,
                source: c_int, tag: c_int, communicator: Handle, request: *mut c_void
            ) as real => {
                let code = real(buffer, count, datatype, source, tag, communicator, request);
                let count = i64::from(count);
                let receive = Incoming { buffer, count, datatype, source, tag, communicator };
                remember(code, request, |recording| {
                    let (wanted, buffer) = recording.wanted(&receive);
                    let posting = Posting { name: stringify!($name), buffer, wanted };
                    let life = recording.life(stringify!($name));
                    Some(Request::PersistentReceive { posting, active: None, life })
                })
            }
        )*}
    };
}

startable_sends! {
    MPI_Send_init(c_int);
    MPI_Bsend_init(c_int);
    MPI_Ssend_init(c_int);
    MPI_Rsend_init(c_int);
    MPI_Send_init_c(i64);
    MPI_Bsend_init_c(i64);
    MPI_Ssend_init_c(i64);
    MPI_Rsend_init_c(i64);
}

startable_receives! {
    MPI_Recv_init(c_int);
    MPI_Recv_init_c(i64);
}

wrap! {
    MPI_Start(request: *mut c_void) as real => {
        start_all("MPI_Start", (request, 1), || real(request))
    }

    MPI_Startall(count: c_int, requests: *mut c_void) as real => {
        let total = usize::try_from(count).unwrap_or(0);
        start_all("MPI_Startall", (requests, total), || real(count, requests))
    }
}

//! Sends in all four modes, blocking and nonblocking.

use std::ffi::{c_int, c_void};

use super::wrap;
use crate::real::{Handle, SUCCESS};
use crate::recording::{Calling, Outgoing, Recording, Request, Sending, enter, leave};

/// Begins a blocking send.
pub(super) fn begin(calling: Calling, message: &Outgoing) {
    enter(|recording| {
        if let Some(send) = recording.begin_send(calling, message) {
            recording.sent(&send);
        }
    });
}

/// Begins a send that will be complete later.
fn begin_sending(calling: Calling, message: &Outgoing) -> Option<Sending> {
    enter(|recording| recording.begin_send(calling, message).map(|send| recording.sending(&send)))
        .flatten()
}

/// Remembers the request of a send that has begun.
fn has_begun(code: c_int, request: *const c_void, sending: Option<Sending>) -> c_int {
    leave(code, |recording: &mut Recording| {
        if let Some(sending) = sending.filter(|_| code == SUCCESS) {
            // SAFETY: MPI has put a handle there.
            let handle = unsafe { recording.abi.handle_at(request, 0) };
            recording.begin_request(handle, Request::Send(sending));
        }
    })
}

/// Defines sends.
macro_rules! sends {
    ($($count:ty: [$($name:ident)*] [$($begin:ident)*])*) => {
        wrap! {$(
            $($name(
                buffer: *const c_void, count: $count, datatype: Handle,
                to: c_int, tag: c_int, communicator: Handle
            ) as real => {
                let count_elements = i64::from(count);
                let message =
                    Outgoing { buffer, count: count_elements, datatype, to, tag, communicator };
                begin(Calling::blocking(stringify!($name)), &message);
                leave(real(buffer, count, datatype, to, tag, communicator), |_| {})
            })*

            $($begin(
                buffer: *const c_void, count: $count, datatype: Handle,
                to: c_int, tag: c_int, communicator: Handle, request: *mut c_void
            ) as real => {
                let count_elements = i64::from(count);
                let message =
                    Outgoing { buffer, count: count_elements, datatype, to, tag, communicator };
                let sending = begin_sending(Calling::named(stringify!($begin)), &message);
                let code = real(buffer, count, datatype, to, tag, communicator, request);
                has_begun(code, request, sending)
            })*
        )*}
    };
}

sends! {
    c_int: [MPI_Send MPI_Bsend MPI_Ssend MPI_Rsend] [MPI_Isend MPI_Ibsend MPI_Issend MPI_Irsend]
    i64: [MPI_Send_c MPI_Bsend_c MPI_Ssend_c MPI_Rsend_c]
        [MPI_Isend_c MPI_Ibsend_c MPI_Issend_c MPI_Irsend_c]
}

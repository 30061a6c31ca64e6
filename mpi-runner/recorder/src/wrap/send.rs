//! Sends in all four modes, blocking and nonblocking.

use std::ffi::{c_int, c_void};

use super::wrap;
use crate::real::Handle;
use crate::recording::{Outgoing, with};

/// Defines sends, blocking ones and those that return a request, of whose completion nothing is recorded.
macro_rules! sends {
    ($($name:ident($count:ty) $($request:ident)?;)*) => {
        wrap! {$(
            $name(
                buffer: *const c_void, count: $count, datatype: Handle,
                to: c_int, tag: c_int, communicator: Handle, $($request: *mut c_void)?
            ) as real => {
                let count_elements = i64::from(count);
                let message =
                    Outgoing { buffer, count: count_elements, datatype, to, tag, communicator };
                with(|recording| recording.sent(&message));
                real(buffer, count, datatype, to, tag, communicator, $($request)?)
            }
        )*}
    };
}

sends! {
    MPI_Send(c_int);
    MPI_Bsend(c_int);
    MPI_Ssend(c_int);
    MPI_Rsend(c_int);
    MPI_Send_c(i64);
    MPI_Bsend_c(i64);
    MPI_Ssend_c(i64);
    MPI_Rsend_c(i64);
    MPI_Isend(c_int) request;
    MPI_Ibsend(c_int) request;
    MPI_Issend(c_int) request;
    MPI_Irsend(c_int) request;
    MPI_Isend_c(i64) request;
    MPI_Ibsend_c(i64) request;
    MPI_Issend_c(i64) request;
    MPI_Irsend_c(i64) request;
}

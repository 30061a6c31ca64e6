//! Receives: plain ones, those of probed messages, and those combined with a send.

use std::ffi::{c_int, c_void};

use super::wrap;
use crate::note::{Note, note};
use crate::real::{Abi, Handle, SUCCESS, StatusBuffer};
use crate::recording::{
    Incoming, Members, Outgoing, ReceiveBuffer, Recording, Request, is_on, with,
};

/// Has MPI fill a status, and records what was received.
fn completed(
    status: *mut c_void,
    receive_buffer: impl FnOnce(&mut Recording) -> ReceiveBuffer,
    receive: impl FnOnce(*mut c_void) -> c_int,
) -> c_int {
    let mut own = StatusBuffer::new();
    let Some(status) = with(|recording| own.or_given(recording.abi, status, 1)) else {
        return receive(status);
    };
    let code = receive(status);
    if code == SUCCESS {
        with(|recording| {
            let receive_buffer = receive_buffer(recording);
            // SAFETY: MPI has filled it.
            unsafe { recording.received(&receive_buffer, status) };
        });
    }
    code
}

/// Remembers a nonblocking receive.
fn begun(
    code: c_int,
    request: *const c_void,
    receive_buffer: impl FnOnce(&mut Recording) -> Option<ReceiveBuffer>,
) -> c_int {
    if code == SUCCESS {
        with(|recording| {
            if let Some(receive_buffer) = receive_buffer(recording) {
                // SAFETY: MPI has put a handle there.
                let handle = unsafe { recording.abi.handle_at(request, 0) };
                recording.begin_request(handle, Request::Receive(receive_buffer));
            }
        });
    }
    code
}

/// The possible senders of a probed message; `None` when nothing is to be recorded of it.
fn of_message(message: *const c_void) -> Option<Members> {
    // SAFETY: it points to a handle.
    with(|recording| unsafe {
        let handle = recording.abi.handle_at(message, 0);
        recording.take_message(handle)
    })
    .flatten()
}

/// Remembers a message that a matched probe has found.
fn matched(communicator: Handle, message: *const c_void) {
    // SAFETY: MPI has put a handle there.
    with(|recording| unsafe {
        let handle = recording.abi.handle_at(message, 0);
        recording.matched(handle, communicator);
    });
}

/// The buffer of a receive from that rank; `None` when that is `MPI_PROC_NULL`.
fn buffer_from(
    recording: &mut Recording,
    source: c_int,
    receive: &Incoming,
) -> Option<ReceiveBuffer> {
    (source != recording.abi.proc_null()).then(|| recording.receive_buffer(receive))
}

/// The same for a receive combined with a send, of which MPICH does not report what was received.
fn buffer_of_exchange(
    recording: &mut Recording,
    source: c_int,
    receive: &Incoming,
) -> Option<ReceiveBuffer> {
    let receive_buffer = buffer_from(recording, source, receive)?;
    match recording.abi {
        Abi::OpenMpi => Some(receive_buffer),
        Abi::Mpich => {
            note(Note::UnknownReceive, "");
            None
        }
    }
}

macro_rules! receives {
    ($count:ty: $receive:ident $begin:ident $of_message:ident $begin_of_message:ident $exchange:ident
     $replace:ident $begin_exchange:ident $begin_replace:ident) => {
        wrap! {
            $receive(
                buffer: *mut c_void, count: $count, datatype: Handle,
                source: c_int, tag: c_int, communicator: Handle, status: *mut c_void
            ) as real => {
                let receive = Incoming { buffer, datatype, communicator };
                completed(status, |recording| recording.receive_buffer(&receive), |status| {
                    real(buffer, count, datatype, source, tag, communicator, status)
                })
            }

            $begin(
                buffer: *mut c_void, count: $count, datatype: Handle,
                source: c_int, tag: c_int, communicator: Handle, request: *mut c_void
            ) as real => {
                let code = real(buffer, count, datatype, source, tag, communicator, request);
                let receive = Incoming { buffer, datatype, communicator };
                begun(code, request, |recording| buffer_from(recording, source, &receive))
            }

            $of_message(
                buffer: *mut c_void, count: $count, datatype: Handle, message: *mut c_void,
                status: *mut c_void
            ) as real => {
                let Some(from) = of_message(message) else {
                    return real(buffer, count, datatype, message, status);
                };
                let receive_buffer = |recording: &mut Recording| {
                    recording.receive_buffer_for(from, buffer, datatype)
                };
                completed(status, receive_buffer, |status| real(buffer, count, datatype, message, status))
            }

            $begin_of_message(
                buffer: *mut c_void, count: $count, datatype: Handle, message: *mut c_void,
                request: *mut c_void
            ) as real => {
                let from = of_message(message);
                let code = real(buffer, count, datatype, message, request);
                begun(code, request, |recording| {
                    from.map(|from| recording.receive_buffer_for(from, buffer, datatype))
                })
            }

            $exchange(
                out: *const c_void, out_count: $count, out_type: Handle, to: c_int, out_tag: c_int,
                buffer: *mut c_void, count: $count, datatype: Handle, source: c_int, tag: c_int,
                communicator: Handle, status: *mut c_void
            ) as real => {
                let message = Outgoing {
                    buffer: out, count: i64::from(out_count), datatype: out_type, to, tag: out_tag,
                    communicator,
                };
                with(|recording| recording.sent(&message));
                let receive = Incoming { buffer, datatype, communicator };
                completed(status, |recording| recording.receive_buffer(&receive), |status| {
                    real(
                        out, out_count, out_type, to, out_tag,
                        buffer, count, datatype, source, tag, communicator, status,
                    )
                })
            }

            $replace(
                buffer: *mut c_void, count: $count, datatype: Handle, to: c_int, out_tag: c_int,
                source: c_int, tag: c_int, communicator: Handle, status: *mut c_void
            ) as real => {
                let message = Outgoing {
                    buffer, count: i64::from(count), datatype, to, tag: out_tag, communicator,
                };
                with(|recording| recording.sent(&message));
                let receive = Incoming { buffer, datatype, communicator };
                completed(status, |recording| recording.receive_buffer(&receive), |status| {
                    real(buffer, count, datatype, to, out_tag, source, tag, communicator, status)
                })
            }

            $begin_exchange(
                out: *const c_void, out_count: $count, out_type: Handle, to: c_int, out_tag: c_int,
                buffer: *mut c_void, count: $count, datatype: Handle, source: c_int, tag: c_int,
                communicator: Handle, request: *mut c_void
            ) as real => {
                let message = Outgoing {
                    buffer: out, count: i64::from(out_count), datatype: out_type, to, tag: out_tag,
                    communicator,
                };
                with(|recording| recording.sent(&message));
                let code = real(
                    out, out_count, out_type, to, out_tag,
                    buffer, count, datatype, source, tag, communicator, request,
                );
                let receive = Incoming { buffer, datatype, communicator };
                begun(code, request, |recording| buffer_of_exchange(recording, source, &receive))
            }

            $begin_replace(
                buffer: *mut c_void, count: $count, datatype: Handle, to: c_int, out_tag: c_int,
                source: c_int, tag: c_int, communicator: Handle, request: *mut c_void
            ) as real => {
                let message = Outgoing {
                    buffer, count: i64::from(count), datatype, to, tag: out_tag, communicator,
                };
                with(|recording| recording.sent(&message));
                let code =
                    real(buffer, count, datatype, to, out_tag, source, tag, communicator, request);
                let receive = Incoming { buffer, datatype, communicator };
                begun(code, request, |recording| buffer_of_exchange(recording, source, &receive))
            }
        }
    };
}

receives! {
    c_int: MPI_Recv MPI_Irecv MPI_Mrecv MPI_Imrecv MPI_Sendrecv
    MPI_Sendrecv_replace MPI_Isendrecv MPI_Isendrecv_replace
}

receives! {
    i64: MPI_Recv_c MPI_Irecv_c MPI_Mrecv_c MPI_Imrecv_c MPI_Sendrecv_c
    MPI_Sendrecv_replace_c MPI_Isendrecv_c MPI_Isendrecv_replace_c
}

wrap! {
    MPI_Mprobe(
        source: c_int, tag: c_int, communicator: Handle, message: *mut c_void, status: *mut c_void
    ) as real => {
        let code = real(source, tag, communicator, message, status);
        if code == SUCCESS {
            matched(communicator, message);
        }
        code
    }

    MPI_Improbe(
        source: c_int, tag: c_int, communicator: Handle, flag: *mut c_int, message: *mut c_void,
        status: *mut c_void
    ) as real => {
        let code = real(source, tag, communicator, flag, message, status);
        // SAFETY: MPI has said there whether a message has come.
        if code == SUCCESS && is_on() && unsafe { *flag } != 0 {
            matched(communicator, message);
        }
        code
    }
}

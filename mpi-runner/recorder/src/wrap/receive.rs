//! Receives: plain ones, those of probed messages, and those combined with a send.

use std::ffi::{c_int, c_void};

use ringscope_traces::calls::Became;

use super::send::begin as begin_sending;
use super::wrap;
use crate::note::{Note, note};
use crate::real::{Abi, Handle, SUCCESS, StatusBuffer};
use crate::recording::{
    Calling, Incoming, Outgoing, ReceiveBuffer, Receiving, Recording, Request, WaitsFor, Wanted,
    abi, enter, leave, with,
};

/// Begins a receive that the call completes.
fn begin(name: &'static str, receive: &Incoming) -> Option<Receiving> {
    enter(|recording| {
        let (wanted, buffer) = recording.wanted(receive);
        recording.begin_receive(Calling::blocking(name), &wanted, receive.count);
        recording.receiving(&wanted, buffer)
    })
}

/// The same for a call that has begun with a send.
fn begin_after_sending(name: &'static str, receive: &Incoming) -> Option<Receiving> {
    with(|recording| {
        let (wanted, buffer) = recording.wanted(receive);
        let receiving = recording.receiving(&wanted, buffer);
        if receive.source != recording.abi.proc_null() {
            recording.post(name, &wanted, receiving.post);
            recording.waits(WaitsFor { all: true, total: 1, posts: &[receiving.post] });
        }
        receiving
    })
}

/// Begins the receive of a message that was probed for.
fn begin_of_message(
    calling: Calling,
    message: *const c_void,
    receive: &Incoming,
) -> Option<Receiving> {
    enter(|recording| {
        // SAFETY: it points to a handle.
        let handle = unsafe { recording.abi.handle_at(message, 0) };
        let matched = recording.take_message(handle)?;
        Some(recording.begin_matched(calling, matched, receive))
    })
    .flatten()
}

/// Has MPI fill a status, and records what was received.
fn completed(
    status: *mut c_void,
    receiving: Option<Receiving>,
    receive: impl FnOnce(*mut c_void) -> c_int,
) -> c_int {
    let mut own = StatusBuffer::new();
    let Some(status) = abi().map(|abi| own.or_given(abi, status, 1)) else {
        return receive(status);
    };
    let code = receive(status);
    leave(code, |recording| {
        if let Some(receiving) = receiving.filter(|_| code == SUCCESS) {
            // SAFETY: MPI has filled it.
            unsafe { recording.received(&receiving, status) };
        }
    })
}

/// What is known of a nonblocking receive when it begins: the call, what it wants, and where that goes.
type Begun = (&'static str, Wanted, ReceiveBuffer);

/// Notes a nonblocking receive; `None` of one from `MPI_PROC_NULL`.
fn begin_later(name: &'static str, receive: &Incoming) -> Option<Begun> {
    enter(|recording| {
        let (wanted, buffer) = recording.wanted(receive);
        recording.begin_receive(Calling::named(name), &wanted, receive.count);
        (receive.source != recording.abi.proc_null()).then_some((name, wanted, buffer))
    })
    .flatten()
}

/// Remembers a nonblocking receive.
fn begun(code: c_int, request: *const c_void, posted: Option<Begun>) -> c_int {
    leave(code, |recording: &mut Recording| {
        let Some((name, wanted, buffer)) = posted.filter(|_| code == SUCCESS) else { return };
        let receiving = recording.receiving(&wanted, buffer);
        recording.post(name, &wanted, receiving.post);
        // SAFETY: MPI has put a handle there.
        let handle = unsafe { recording.abi.handle_at(request, 0) };
        recording.begin_request(handle, Request::Receive(receiving));
    })
}

/// The same for a receive combined with a send, of which MPICH does not report what was received.
fn exchange_begun(
    code: c_int,
    request: *const c_void,
    (name, receive): (&'static str, &Incoming),
) -> c_int {
    let wanted = with(|recording| {
        let (wanted, buffer) = recording.wanted(receive);
        (name, wanted, buffer)
    });
    match abi() {
        Some(Abi::OpenMpi) | None => {
            let is_of_somebody = abi().is_some_and(|abi| receive.source != abi.proc_null());
            begun(code, request, wanted.filter(|_| is_of_somebody))
        }
        Some(Abi::Mpich) => {
            note(Note::UnknownReceive, "");
            leave(code, |recording| {
                let Some((name, wanted, buffer)) = wanted else { return };
                let post = recording.receiving(&wanted, buffer).post;
                recording.post(name, &wanted, post);
                recording.complete(post, Became::Unseen, false);
            })
        }
    }
}

/// Remembers a message that a matched probe has found.
fn matched(recording: &mut Recording, message: *const c_void, probe: &Incoming) {
    // SAFETY: MPI has put a handle there.
    let handle = unsafe { recording.abi.handle_at(message, 0) };
    recording.matched(handle, probe);
}

/// What a call says of what it receives; a message that was probed for is known without source and tag.
macro_rules! incoming {
    ($buffer:ident, $count:ident, $datatype:ident) => {
        Incoming {
            buffer: $buffer,
            count: i64::from($count),
            datatype: $datatype,
            source: 0,
            tag: 0,
            communicator: 0,
        }
    };
    ($buffer:ident, $count:ident, $datatype:ident, $source:ident, $tag:ident, $communicator:ident) => {
        Incoming {
            buffer: $buffer,
            count: i64::from($count),
            datatype: $datatype,
            source: $source,
            tag: $tag,
            communicator: $communicator,
        }
    };
}

macro_rules! receives {
    ($count:ty: $receive:ident $begin:ident $of_message:ident $begin_of_message:ident $exchange:ident
     $replace:ident $begin_exchange:ident $begin_replace:ident) => {
        wrap! {
            $receive(
                buffer: *mut c_void, count: $count, datatype: Handle,
                source: c_int, tag: c_int, communicator: Handle, status: *mut c_void
            ) as real => {
                let receive = incoming!(buffer, count, datatype, source, tag, communicator);
                let receiving = begin(stringify!($receive), &receive);
                completed(status, receiving, |status| {
                    real(buffer, count, datatype, source, tag, communicator, status)
                })
            }

            $begin(
                buffer: *mut c_void, count: $count, datatype: Handle,
                source: c_int, tag: c_int, communicator: Handle, request: *mut c_void
            ) as real => {
                let receive = incoming!(buffer, count, datatype, source, tag, communicator);
                let begins = begin_later(stringify!($begin), &receive);
                let code = real(buffer, count, datatype, source, tag, communicator, request);
                begun(code, request, begins)
            }

            $of_message(
                buffer: *mut c_void, count: $count, datatype: Handle, message: *mut c_void,
                status: *mut c_void
            ) as real => {
                let receive = incoming!(buffer, count, datatype);
                let receiving = begin_of_message(Calling::blocking(stringify!($of_message)), message, &receive);
                completed(status, receiving, |status| real(buffer, count, datatype, message, status))
            }

            $begin_of_message(
                buffer: *mut c_void, count: $count, datatype: Handle, message: *mut c_void,
                request: *mut c_void
            ) as real => {
                let receive = incoming!(buffer, count, datatype);
                let calling = Calling::named(stringify!($begin_of_message));
                let receiving = begin_of_message(calling, message, &receive);
                let code = real(buffer, count, datatype, message, request);
                leave(code, |recording| {
                    if let Some(receiving) = receiving.filter(|_| code == SUCCESS) {
                        // SAFETY: MPI has put a handle there.
                        let handle = unsafe { recording.abi.handle_at(request, 0) };
                        recording.begin_request(handle, Request::Receive(receiving));
                    }
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
                begin_sending(Calling::blocking(stringify!($exchange)), &message);
                let receive = incoming!(buffer, count, datatype, source, tag, communicator);
                completed(status, begin_after_sending(stringify!($exchange), &receive), |status| {
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
                begin_sending(Calling::blocking(stringify!($replace)), &message);
                let receive = incoming!(buffer, count, datatype, source, tag, communicator);
                completed(status, begin_after_sending(stringify!($replace), &receive), |status| {
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
                begin_sending(Calling::named(stringify!($begin_exchange)), &message);
                let code = real(
                    out, out_count, out_type, to, out_tag,
                    buffer, count, datatype, source, tag, communicator, request,
                );
                let receive = incoming!(buffer, count, datatype, source, tag, communicator);
                exchange_begun(code, request, (stringify!($begin_exchange), &receive))
            }

            $begin_replace(
                buffer: *mut c_void, count: $count, datatype: Handle, to: c_int, out_tag: c_int,
                source: c_int, tag: c_int, communicator: Handle, request: *mut c_void
            ) as real => {
                let message = Outgoing {
                    buffer, count: i64::from(count), datatype, to, tag: out_tag, communicator,
                };
                begin_sending(Calling::named(stringify!($begin_replace)), &message);
                let code =
                    real(buffer, count, datatype, to, out_tag, source, tag, communicator, request);
                let receive = incoming!(buffer, count, datatype, source, tag, communicator);
                exchange_begun(code, request, (stringify!($begin_replace), &receive))
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
        let probe = Incoming::probe(source, tag, communicator);
        enter(|recording| recording.begin_mprobe(Calling::blocking("MPI_Mprobe"), &probe));
        let code = real(source, tag, communicator, message, status);
        leave(code, |recording| {
            if code == SUCCESS {
                matched(recording, message, &probe);
            }
        })
    }

    MPI_Improbe(
        source: c_int, tag: c_int, communicator: Handle, flag: *mut c_int, message: *mut c_void,
        status: *mut c_void
    ) as real => {
        let probe = Incoming::probe(source, tag, communicator);
        let calling =
            enter(|recording| recording.begin_probe(Calling::named("MPI_Improbe"), &probe));
        let code = real(source, tag, communicator, flag, message, status);
        leave(code, |recording| {
            // SAFETY: MPI has said there whether a message has come.
            if code == SUCCESS && unsafe { *flag } != 0 {
                matched(recording, message, &probe);
            } else if let Some(calling) = &calling {
                recording.probed(calling, &probe, None);
            }
        })
    }
}

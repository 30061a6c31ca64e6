//! Probes, which look for a message and leave it where it is.

use std::ffi::{c_int, c_void};

use super::wrap;
use crate::real::{Handle, SUCCESS, StatusBuffer};
use crate::recording::{Calling, Incoming, enter, leave};

/// Has MPI fill a status, and records what was found; the function says whether anything was.
fn record(
    (calling, probe): (Calling, &Incoming),
    status: *mut c_void,
    look: impl FnOnce(*mut c_void) -> c_int,
    has_found: impl FnOnce() -> bool,
) -> c_int {
    let mut own = StatusBuffer::new();
    let Some((calling, status)) = enter(|recording| {
        let calling = recording.begin_probe(calling, probe);
        (calling, own.or_given(recording.abi, status, 1))
    }) else {
        return look(status);
    };
    let code = look(status);
    leave(code, |recording| {
        if code == SUCCESS {
            // SAFETY: MPI has filled it when it has found something.
            let found = has_found().then(|| unsafe { recording.abi.source_and_tag(status) });
            recording.probed(&calling, probe, found);
        }
    })
}

wrap! {
    MPI_Probe(source: c_int, tag: c_int, communicator: Handle, status: *mut c_void) as real => {
        let probe = Incoming::probe(source, tag, communicator);
        let look = |status| real(source, tag, communicator, status);
        record((Calling::blocking("MPI_Probe"), &probe), status, look, || true)
    }

    MPI_Iprobe(
        source: c_int, tag: c_int, communicator: Handle, flag: *mut c_int, status: *mut c_void
    ) as real => {
        let probe = Incoming::probe(source, tag, communicator);
        let look = |status| real(source, tag, communicator, flag, status);
        // SAFETY: MPI has said there whether a message has come.
        record((Calling::named("MPI_Iprobe"), &probe), status, look, || unsafe { *flag } != 0)
    }
}

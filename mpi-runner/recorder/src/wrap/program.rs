//! Initialization and finalization of MPI, and the freeing of datatypes.

use std::ffi::{c_char, c_int, c_void};

use ringscope_traces::calls::{ABORT, FINALIZE};

use super::wrap;
use crate::real::{Handle, SUCCESS};
use crate::recording::{Calling, begin, end, enter, leave, with};

wrap! {
    MPI_Init(argc: *mut c_int, argv: *mut *mut *mut c_char) as real => {
        let code = real(argc, argv);
        if code == SUCCESS {
            begin("MPI_Init");
        }
        code
    }

    MPI_Init_thread(
        argc: *mut c_int, argv: *mut *mut *mut c_char, required: c_int, provided: *mut c_int
    ) as real => {
        let code = real(argc, argv, required, provided);
        if code == SUCCESS {
            begin("MPI_Init_thread");
        }
        code
    }

    MPI_Finalize() as real => {
        enter(|recording| recording.begin_finalize(FINALIZE));
        let code = real();
        leave(code, |recording| {
            if code == SUCCESS {
                recording.left();
            }
        });
        end();
        code
    }

    MPI_Abort(communicator: Handle, code: c_int) as real => {
        enter(|recording| recording.begin(Calling::named(ABORT)));
        leave(real(communicator, code), |_| {})
    }

    MPI_Type_free(datatype: *mut c_void) as real => {
        // SAFETY: it points to a handle.
        with(|recording| unsafe {
            let handle = recording.abi.handle_at(datatype, 0);
            recording.forget_datatype(handle);
        });
        real(datatype)
    }
}

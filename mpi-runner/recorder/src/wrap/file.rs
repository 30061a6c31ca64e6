//! Files that the members of a communicator open together (MPI 4.1, chapter 14).
//!
//! What goes wrong with a file is returned to the program, which may have asked for it: whether a file is there is told
//! by opening it. So it is not written down as a failure.

use std::ffi::{c_char, c_int, c_void};

use super::wrap;
use crate::real::{Handle, SUCCESS};
use crate::recording::{Collective, enter, leave, with};

/// A collective operation on a file has returned.
fn left(code: c_int) -> c_int {
    leave(SUCCESS, |recording| {
        if code == SUCCESS {
            recording.left();
        }
    });
    code
}

/// Defines collective operations on a file: their parameters behind it.
macro_rules! together {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        wrap! {$(
            $name(file: Handle, $($argument: $type),*) as real => {
                enter(|recording| recording.begin_on_object(stringify!($name), file));
                left(real(file, $($argument),*))
            }
        )*}
    };
}

together! {
    MPI_File_set_size(bytes: i64);
    MPI_File_preallocate(bytes: i64);
    MPI_File_set_view(
        offset: i64, element: Handle, kind: Handle, words: *const c_char, info: Handle
    );
    MPI_File_sync();
    MPI_File_seek_shared(offset: i64, from: c_int);
    MPI_File_read_all(into: *mut c_void, count: c_int, datatype: Handle, status: *mut c_void);
    MPI_File_write_all(from: *const c_void, count: c_int, datatype: Handle, status: *mut c_void);
    MPI_File_read_at_all(
        offset: i64, into: *mut c_void, count: c_int, datatype: Handle, status: *mut c_void
    );
    MPI_File_write_at_all(
        offset: i64, from: *const c_void, count: c_int, datatype: Handle, status: *mut c_void
    );
    MPI_File_read_ordered(into: *mut c_void, count: c_int, datatype: Handle, status: *mut c_void);
    MPI_File_write_ordered(
        from: *const c_void, count: c_int, datatype: Handle, status: *mut c_void
    );
}

wrap! {
    MPI_File_open(
        communicator: Handle, path: *const c_char, mode: c_int, info: Handle, file: *mut c_void
    ) as real => {
        let collective = Collective::on(communicator);
        enter(|recording| recording.begin_collective("MPI_File_open", &collective, true));
        let code = real(communicator, path, mode, info, file);
        if code == SUCCESS {
            // SAFETY: MPI has put a handle there, which is an address with both MPIs.
            let file = unsafe { *file.cast::<Handle>() };
            with(|recording| recording.made_object("MPI_File_open", communicator, file));
        }
        left(code)
    }

    MPI_File_close(file: *mut c_void) as real => {
        // SAFETY: it points to a handle, which is an address with both MPIs.
        let closed = unsafe { *file.cast::<Handle>() };
        enter(|recording| recording.begin_on_object("MPI_File_close", closed));
        let code = left(real(file));
        with(|recording| recording.forget_object(closed));
        code
    }
}

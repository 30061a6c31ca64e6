//! Errors at which MPI ends the program: which call has failed, and why, is written down first.
//!
//! MPI's own error handler ends the program within the call (MPI 4.1, section 9.3). In its place stands one of ours,
//! which then does the same. A program that sets another handler has its errors returned, and `leave` sees them.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};

use super::{ABI, with};
use crate::real::{Abi, Handle, SUCCESS, Symbol, real};

thread_local! {
    static IS_ASKING: Cell<bool> = const { Cell::new(false) };
}

/// As long as it lives, errors of this thread's calls are the recording's own, and end nothing.
pub(super) struct Asking {
    before: bool,
}

impl Asking {
    pub(super) fn begin() -> Asking {
        Asking { before: IS_ASKING.replace(true) }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        IS_ASKING.set(self.before);
    }
}

/// Has MPI call us where it would end the program.
pub(super) fn watch(abi: Abi) {
    let mut ours: Handle = 0;
    let code = real!(MPI_Comm_create_errhandler(
        fails as *const c_void => *const c_void, &raw mut ours => *mut Handle
    ));
    if code != SUCCESS {
        return;
    }
    for communicator in [abi.world(), abi.own()] {
        let mut now: Handle = 0;
        let code = real!(MPI_Comm_get_errhandler(
            communicator => Handle, &raw mut now => *mut Handle
        ));
        if code == SUCCESS && abi.are_errors_fatal(now) {
            real!(MPI_Comm_set_errhandler(communicator => Handle, ours => Handle));
        }
    }
}

/// A call has failed on a communicator, and the program ends; Open MPI says the call's name.
unsafe extern "C" fn fails(communicator: *mut c_void, code: *mut c_int, name: *const c_char) {
    let Some(abi) = ABI.get().copied().filter(|_| !IS_ASKING.get()) else { return };
    // SAFETY: MPI has put the code there, and Open MPI a C string, or none.
    let (error, name) = unsafe {
        let says_name = abi == Abi::OpenMpi && !name.is_null();
        (*code, says_name.then(|| CStr::from_ptr(name)))
    };
    let words = name.map(|name| name.to_string_lossy().into_owned());
    with(|recording| recording.fail_for_good(error, words));
    match abi {
        // SAFETY: these are what MPI has handed to us.
        Abi::OpenMpi => unsafe { end_by_open_mpi(communicator, code, name) },
        Abi::Mpich => {}
    }
    // SAFETY: it points to the communicator's handle.
    let communicator = unsafe { abi.handle_at(communicator, 0) };
    real!(MPI_Comm_set_errhandler(communicator => Handle, abi.errors_are_fatal() => Handle));
    real!(MPI_Comm_call_errhandler(communicator => Handle, error => c_int));
}

/// Lets Open MPI's own handler end the program, which then names the call that has failed.
///
/// # Safety
///
/// The arguments are those of an error handler.
unsafe fn end_by_open_mpi(communicator: *mut c_void, code: *mut c_int, name: Option<&CStr>) {
    static HANDLER: Symbol = Symbol::new("ompi_mpi_errors_are_fatal_comm_handler\0");
    let Some((handler, name)) = HANDLER.address().zip(name) else { return };
    // SAFETY: it is an error handler, and Open MPI gives it the name, and then nothing more.
    unsafe {
        let handler: unsafe extern "C" fn(*mut c_void, *mut c_int, ...) =
            std::mem::transmute(handler);
        handler(communicator, code, name.as_ptr(), std::ptr::null::<c_char>());
    }
}

//! Errors at which MPI ends the program: which call has failed, and why, is written down first.
//!
//! MPI's own error handler ends the program within the call (MPI 4.1, section 9.3). In its place stands one of ours,
//! which then does the same. A program that sets another handler has its errors returned, and `leave` sees them.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::OnceLock;

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

/// Has MPI call us where an error on a window would end the program.
pub(super) fn watch_window(abi: Abi, window: Handle) {
    static OURS: OnceLock<Handle> = OnceLock::new();
    let ours = *OURS.get_or_init(|| {
        let mut ours: Handle = 0;
        let code = real!(MPI_Win_create_errhandler(
            fails_on_window as *const c_void => *const c_void, &raw mut ours => *mut Handle
        ));
        if code == SUCCESS { ours } else { 0 }
    });
    let mut now: Handle = 0;
    let code = real!(MPI_Win_get_errhandler(window => Handle, &raw mut now => *mut Handle));
    if ours != 0 && code == SUCCESS && abi.are_errors_fatal(now) {
        real!(MPI_Win_set_errhandler(window => Handle, ours => Handle));
    }
}

/// A call has failed on a window, and the program ends.
unsafe extern "C" fn fails_on_window(window: *mut c_void, code: *mut c_int, name: *const c_char) {
    // SAFETY: these are what MPI has handed to us.
    let Some((abi, error, words)) = (unsafe { written_down(code, name) }) else { return };
    match abi {
        // SAFETY: as above.
        Abi::OpenMpi => unsafe { end_by_open_mpi(&WINDOW_HANDLER, (window, code), words) },
        Abi::Mpich => {}
    }
    // SAFETY: it points to the window's handle.
    let window = unsafe { abi.handle_at(window, 0) };
    real!(MPI_Win_set_errhandler(window => Handle, abi.errors_are_fatal() => Handle));
    real!(MPI_Win_call_errhandler(window => Handle, error => c_int));
}

/// Writes down that a call has failed for good: which error, and in Open MPI's words which call.
///
/// # Safety
///
/// The arguments are those of an error handler.
unsafe fn written_down<'n>(
    code: *mut c_int,
    name: *const c_char,
) -> Option<(Abi, c_int, Option<&'n CStr>)> {
    let abi = ABI.get().copied().filter(|_| !IS_ASKING.get())?;
    // SAFETY: MPI has put the code there, and Open MPI a C string, or none.
    let (error, name) = unsafe {
        let says_name = abi == Abi::OpenMpi && !name.is_null();
        (*code, says_name.then(|| CStr::from_ptr(name)))
    };
    let words = name.map(|name| name.to_string_lossy().into_owned());
    with(|recording| recording.fail_for_good(error, words));
    Some((abi, error, name))
}

/// A call has failed on a communicator, and the program ends; Open MPI says the call's name.
unsafe extern "C" fn fails(communicator: *mut c_void, code: *mut c_int, name: *const c_char) {
    // SAFETY: these are what MPI has handed to us.
    let Some((abi, error, words)) = (unsafe { written_down(code, name) }) else { return };
    match abi {
        // SAFETY: as above.
        Abi::OpenMpi => unsafe { end_by_open_mpi(&HANDLER, (communicator, code), words) },
        Abi::Mpich => {}
    }
    // SAFETY: it points to the communicator's handle.
    let communicator = unsafe { abi.handle_at(communicator, 0) };
    real!(MPI_Comm_set_errhandler(communicator => Handle, abi.errors_are_fatal() => Handle));
    real!(MPI_Comm_call_errhandler(communicator => Handle, error => c_int));
}

/// Open MPI's own handlers, of errors on communicators and on windows.
static HANDLER: Symbol = Symbol::new("ompi_mpi_errors_are_fatal_comm_handler\0");
static WINDOW_HANDLER: Symbol = Symbol::new("ompi_mpi_errors_are_fatal_win_handler\0");

/// Lets Open MPI's own handler end the program, which then names the call that has failed.
///
/// # Safety
///
/// The arguments are those of an error handler.
unsafe fn end_by_open_mpi(
    handler: &Symbol,
    (object, code): (*mut c_void, *mut c_int),
    name: Option<&CStr>,
) {
    let Some((handler, name)) = handler.address().zip(name) else { return };
    // SAFETY: it is an error handler, and Open MPI gives it the name, and then nothing more.
    unsafe {
        let handler: unsafe extern "C" fn(*mut c_void, *mut c_int, ...) =
            std::mem::transmute(handler);
        handler(object, code, name.as_ptr(), std::ptr::null::<c_char>());
    }
}

//! Functions that not every MPI has.
//!
//! A program may ask whether the MPI has a function, and do without: mpi4py's wheels do, by weak references. Those that came
//! with MPI 4.0 must not seem to be there because they are ours; so they are indirect functions (`STT_GNU_IFUNC`), bound
//! by a call of [`choose`]. On other machines than x86-64 they seem to be there.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use super::symbol::find;

/// Whether this library is ready: before that, nothing can be asked of others.
static IS_READY: AtomicBool = AtomicBool::new(false);

/// Called by the loader, after this library was relocated and before the program begins.
#[used]
#[unsafe(link_section = ".init_array")]
static BEGINS: extern "C" fn() = begin;

extern "C" fn begin() {
    IS_READY.store(true, Ordering::Release);
}

/// Whether some MPI that is recorded lacks the function of that name: those that count in 64 bits, those that exchange
/// without blocking, and persistent collective operations.
pub(crate) const fn may_lack(name: &str) -> bool {
    // Slices of text cannot be compared here.
    matches!(
        name.as_bytes(),
        [b'M', b'P', b'I', b'_', .., b'_', b'c']
            | [b'M', b'P', b'I', b'_', b'I', b's', b'e', b'n', b'd', b'r', b'e', b'c', b'v', ..]
            | [b'M', b'P', b'I', b'_', .., b'_', b'i', b'n', b'i', b't']
    )
}

/// What a name is bound to: our function, or nothing where the MPI that is loaded has no such function.
///
/// # Safety
///
/// The name is a C string: that of MPI's own function (`PMPI_...`).
pub(crate) unsafe extern "C" fn choose(real: *const c_char, ours: *const c_void) -> *const c_void {
    if !IS_READY.load(Ordering::Acquire) || find(c"PMPI_Init").is_none() {
        return ours;
    }
    // SAFETY: as the caller vouches.
    match find(unsafe { CStr::from_ptr(real) }) {
        Some(_) => ours,
        None => ptr::null(),
    }
}

//! MPI's bindings for Fortran: libraries that stand between a program in Fortran and MPI's functions.
//!
//! Open MPI's call the name-shifted functions, so these are ours, too, when they are called from there. The place in
//! the program is that from which the library was called.

use std::ffi::{CStr, c_int, c_void};
use std::ops::Range;
use std::ptr;
use std::sync::OnceLock;

use super::caller;

/// How the libraries are called, Open MPI's first.
const NAMES: [&str; 4] = ["libmpi_mpifh", "libmpi_usempi", "libmpichfort", "libmpifort"];

/// How many callers are looked at.
const MOST_FRAMES: usize = 32;

/// Where the libraries lie that were loaded when this was first asked: no program loads them later.
static LIBRARIES: OnceLock<Vec<Range<usize>>> = OnceLock::new();

/// Whether the wrapper that runs in this thread was called by such a library.
pub fn is_calling() -> bool {
    caller::address().is_some_and(is_within)
}

/// Whether an address lies in such a library.
pub(super) fn is_within(address: usize) -> bool {
    let libraries = LIBRARIES.get_or_init(libraries);
    libraries.iter().any(|library| library.contains(&address))
}

/// Where the program has called the library that has called the wrapper that runs in this thread.
pub(super) fn program() -> Option<usize> {
    let mut frames = [ptr::null_mut::<c_void>(); MOST_FRAMES];
    let most = c_int::try_from(frames.len()).unwrap_or(0);
    // SAFETY: there is room for so many.
    let count = unsafe { libc::backtrace(frames.as_mut_ptr(), most) };
    let frames = frames.iter().take(usize::try_from(count).unwrap_or(0)).map(|at| *at as usize);
    frames.skip_while(|at| !is_within(*at)).find(|at| !is_within(*at))
}

fn libraries() -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    // SAFETY: `look_at` takes `found` for what it is, and nobody else has it meanwhile.
    unsafe { libc::dl_iterate_phdr(Some(look_at), (&raw mut found).cast()) };
    found
}

/// Notes where a loaded library lies, if it is one of those; never ends the search.
unsafe extern "C" fn look_at(
    file: *mut libc::dl_phdr_info,
    _bytes: usize,
    found: *mut c_void,
) -> c_int {
    // SAFETY: the caller is `dl_iterate_phdr`, which hands on what `libraries` gave it.
    let (file, found) = unsafe { (&*file, &mut *found.cast::<Vec<Range<usize>>>()) };
    if file.dlpi_name.is_null() {
        return 0;
    }
    // SAFETY: the loader's paths are C strings.
    let path = unsafe { CStr::from_ptr(file.dlpi_name) }.to_string_lossy();
    let name = path.rsplit('/').next().unwrap_or_default();
    if NAMES.iter().any(|start| name.starts_with(start)) {
        // SAFETY: the file's headers are as many as it says.
        let headers = unsafe { std::slice::from_raw_parts(file.dlpi_phdr, file.dlpi_phnum.into()) };
        let loaded = headers.iter().filter(|header| header.p_type == libc::PT_LOAD);
        found.extend(loaded.filter_map(|header| {
            let start = usize::try_from(file.dlpi_addr + header.p_vaddr).ok()?;
            Some(start..start + usize::try_from(header.p_memsz).ok()?)
        }));
    }
    0
}

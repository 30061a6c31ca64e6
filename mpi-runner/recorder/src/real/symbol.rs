//! MPI's functions, wherever the program has loaded MPI from.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A function or a variable of a loaded library, looked up on first use.
pub struct Symbol {
    /// Ends with a NUL.
    name: &'static str,
    address: AtomicPtr<c_void>,
}

impl Symbol {
    /// The symbol of that name, which ends with a NUL.
    pub const fn new(name: &'static str) -> Symbol {
        Symbol { name, address: AtomicPtr::new(ptr::null_mut()) }
    }

    /// Where it is; `None` when the program has loaded nothing that has it.
    pub fn address(&self) -> Option<*mut c_void> {
        let known = self.address.load(Ordering::Acquire);
        if !known.is_null() {
            return Some(known);
        }
        let found = find(CStr::from_bytes_with_nul(self.name.as_bytes()).ok()?)?;
        self.address.store(found, Ordering::Release);
        Some(found)
    }
}

/// Whether some library of the program has a symbol of that name, which ends with a NUL.
pub fn is_loaded(name: &'static str) -> bool {
    Symbol::new(name).address().is_some()
}

pub(super) fn find(name: &CStr) -> Option<*mut c_void> {
    // Functions of these names are ours, too, and not the ones that are looked for.
    let from = match name.to_bytes().starts_with(b"PMPI_") {
        true => libc::RTLD_NEXT,
        false => libc::RTLD_DEFAULT,
    };
    // SAFETY: the name is a C string.
    let global = unsafe { libc::dlsym(from, name.as_ptr()) };
    if !global.is_null() {
        return Some(global);
    }
    // Python loads MPI for one of its modules only (RTLD_LOCAL): then its symbols are not visible here, and
    // the library itself has to be asked.
    let mut search = Search { name, found: ptr::null_mut() };
    // SAFETY: `look_into` takes `search` for what it is, and nobody else has it meanwhile.
    unsafe { libc::dl_iterate_phdr(Some(look_into), (&raw mut search).cast()) };
    (!search.found.is_null()).then_some(search.found)
}

struct Search<'a> {
    name: &'a CStr,
    found: *mut c_void,
}

/// Looks into one loaded library; not 0 ends the search.
unsafe extern "C" fn look_into(
    library: *mut libc::dl_phdr_info,
    _bytes: usize,
    search: *mut c_void,
) -> c_int {
    // SAFETY: the caller is `dl_iterate_phdr`, which hands on what `find` gave it.
    let (library, search) = unsafe { (&*library, &mut *search.cast::<Search<'_>>()) };
    if library.dlpi_name.is_null() || !is_of_mpi(library.dlpi_name) {
        return 0;
    }
    // SAFETY: the name is a C string, and a library that is loaded is not loaded again.
    let handle = unsafe { libc::dlopen(library.dlpi_name, libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
    if handle.is_null() {
        return 0;
    }
    // SAFETY: the handle is one of `dlopen`. It is kept: what was found is used until the program ends.
    search.found = unsafe { libc::dlsym(handle, search.name.as_ptr()) };
    c_int::from(!search.found.is_null())
}

/// Whether a library's path is that of an MPI: `libmpi.so.40`, `libmpich.so.12`, `libmpi.so.12`.
fn is_of_mpi(path: *const c_char) -> bool {
    // SAFETY: the loader's paths are C strings.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    name.starts_with(b"libmpi")
}

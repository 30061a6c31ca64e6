//! Memory of the program that may not be there any more.

use std::ffi::c_void;
use std::io;
use std::slice;
use std::sync::OnceLock;

/// How many bytes the kernel reads to say whether they can be read: a set of signals.
const PROBE_BYTES: usize = 8;

/// The bytes at an address; `None` where they cannot be read: there a load of our own would kill the program.
///
/// # Safety
///
/// Nobody gives the memory back as long as the bytes are used.
pub(super) unsafe fn look<'a>(at: *const c_void, length: usize) -> Option<&'a [u8]> {
    // SAFETY: they can be read, and stay, as the caller says.
    is_readable(at.addr(), length).then(|| unsafe { slice::from_raw_parts(at.cast(), length) })
}

fn is_readable(first: usize, length: usize) -> bool {
    let Some(last) = length.checked_sub(1).and_then(|more| first.checked_add(more)) else {
        return false;
    };
    let page = page_bytes();
    let mut at = first;
    loop {
        if !can_be_probed(at) {
            return false;
        }
        match (at / page + 1).checked_mul(page) {
            Some(next) if next <= last => at = next,
            Some(_) | None => return true,
        }
    }
}

/// Whether the page of an address can be read. The kernel copies a set of signals from there before it sees that what is to
/// be done with it has no meaning: so it says `EFAULT` or `EINVAL`, and does nothing (Abseil's `AddressIsReadable` asks in
/// the same way). That is a tenth of what it takes to have it copy the bytes.
fn can_be_probed(address: usize) -> bool {
    const NO_MEANING: libc::c_int = !0;
    let aligned = (address & !(PROBE_BYTES - 1)) as *const c_void;
    // No set at all is what it has a meaning for.
    if aligned.is_null() {
        return false;
    }
    let nowhere = std::ptr::null_mut::<c_void>();
    // SAFETY: nothing is written to, and an address that cannot be read is an error.
    let code = unsafe {
        libc::syscall(libc::SYS_rt_sigprocmask, NO_MEANING, aligned, nowhere, PROBE_BYTES)
    };
    code == 0 || io::Error::last_os_error().raw_os_error() != Some(libc::EFAULT)
}

fn page_bytes() -> usize {
    static BYTES: OnceLock<usize> = OnceLock::new();
    *BYTES.get_or_init(|| {
        // SAFETY: it takes a number only.
        let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        usize::try_from(bytes).ok().filter(|bytes| bytes.is_power_of_two()).unwrap_or(4096)
    })
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::{is_readable, look, page_bytes};

    /// Three pages, of which the one in the middle is given back or closed.
    fn with_a_hole(make: impl FnOnce(*mut libc::c_void, usize), look: impl FnOnce(usize, usize)) {
        let page = page_bytes();
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: the system chooses the address; the mapping is this test's own.
        let memory = unsafe { libc::mmap(ptr::null_mut(), 3 * page, access, flags, -1, 0) };
        assert_ne!(memory, libc::MAP_FAILED);
        make(memory.wrapping_byte_add(page), page);
        look(memory.addr(), page);
        // SAFETY: it is the mapping, or what is left of it.
        unsafe { libc::munmap(memory, 3 * page) };
    }

    #[test]
    fn what_is_there_is_read_and_what_is_not_does_no_harm() {
        let bytes = *b"abc";
        // SAFETY: they are this test's own.
        unsafe {
            assert_eq!(look(bytes.as_ptr().cast(), 3), Some(&bytes[..]));
            assert_eq!(look(bytes.as_ptr().cast(), 2), Some(&b"ab"[..]));
            assert_eq!(look(ptr::null(), 3), None);
        }
        assert!(!is_readable(usize::MAX - 2, 2));
        assert!(!is_readable(usize::MAX - 2, 8), "it does not end");
    }

    #[test]
    fn memory_with_a_hole_cannot_be_read_across_it() {
        // SAFETY: it is a page of the test's own mapping.
        let give_back = |at, bytes| assert_eq!(unsafe { libc::munmap(at, bytes) }, 0);
        // SAFETY: likewise.
        let close =
            |at, bytes| assert_eq!(unsafe { libc::mprotect(at, bytes, libc::PROT_NONE) }, 0);
        let look = |start: usize, page: usize| {
            assert!(is_readable(start, page));
            assert!(!is_readable(start, page + 1));
            assert!(!is_readable(start + page - 1, 2));
            assert!(!is_readable(start + page, 1));
            assert!(!is_readable(start + 2 * page - 1, 2));
            assert!(is_readable(start + 2 * page, page));
            assert!(!is_readable(start, 3 * page));
        };
        with_a_hole(give_back, look);
        with_a_hole(close, look);
    }
}

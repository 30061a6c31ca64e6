//! Memory of the program that may not be there any more.

use std::ffi::c_void;

/// The bytes at an address, copied into a buffer that is used again and again; `None` where they cannot be read.
///
/// The system reads them: where the memory was given back, a load of our own would kill the program.
pub(super) fn read(from: *const c_void, length: usize, buffer: &mut Vec<u8>) -> Option<&[u8]> {
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    let bytes = buffer.get_mut(..length)?;
    let to = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: length };
    let from = libc::iovec { iov_base: from.cast_mut(), iov_len: length };
    // SAFETY: it writes to the buffer that is ours and as long as that; whatever it cannot read is an error.
    let read =
        unsafe { libc::process_vm_readv(libc::getpid(), &raw const to, 1, &raw const from, 1, 0) };
    (usize::try_from(read) == Ok(length)).then_some(&*bytes)
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::read;

    #[test]
    fn what_is_there_is_read_and_what_is_not_does_no_harm() {
        let bytes = b"abc";
        let mut buffer = Vec::new();
        assert_eq!(read(bytes.as_ptr().cast(), 3, &mut buffer), Some(&bytes[..]));
        assert_eq!(read(bytes.as_ptr().cast(), 2, &mut buffer), Some(&b"ab"[..]));
        assert_eq!(read(ptr::null(), 3, &mut buffer), None);
        assert_eq!(read(ptr::null(), 0, &mut buffer), Some(&b""[..]));
    }
}

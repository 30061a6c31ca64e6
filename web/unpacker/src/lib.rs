//! Unpacks the program of the page: LZMA, which takes a third less than what browsers unpack by themselves.
//!
//! It is a program of its own, since it has to run before the other one is there. `examples/pack.rs` is the other way
//! round. The page calls it as it calls the program: bytes go in through [`reserve`], and out by [`out`].

#![forbid(unsafe_op_in_unsafe_fn)]

use std::cell::RefCell;

use lzma_rust2::{LzmaReader, Read};

thread_local! {
    static PACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static UNPACKED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The most memory that unpacking may take, in KiB: what is packed says how much it wants.
const MOST_MEMORY: u32 = 32 << 10;

/// How many bytes are unpacked at once.
const PIECE: usize = 64 << 10;

/// Unpacks a file of the format `.lzma`; `None` where it is damaged or cut off.
pub fn unpacked(packed: &[u8]) -> Option<Vec<u8>> {
    let mut reader = LzmaReader::new_mem_limit(packed, MOST_MEMORY, None).ok()?;
    let mut unpacked = Vec::new();
    loop {
        let begun = unpacked.len();
        unpacked.resize(begun + PIECE, 0);
        let count = reader.read(unpacked.get_mut(begun..)?).ok()?;
        unpacked.truncate(begun + count);
        if count == 0 {
            return Some(unpacked);
        }
    }
}

/// Makes room for so many packed bytes; where they are to be written.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *mut u8 {
    PACKED.with_borrow_mut(|bytes| {
        bytes.clear();
        bytes.resize(length, 0);
        bytes.as_mut_ptr()
    })
}

/// Unpacks what was written there; how long it is then, and 0 where it is damaged.
#[unsafe(no_mangle)]
pub extern "C" fn unpack() -> usize {
    let unpacked = PACKED.with_borrow(|packed| unpacked(packed)).unwrap_or_default();
    let length = unpacked.len();
    UNPACKED.set(unpacked);
    length
}

/// Where that is.
#[unsafe(no_mangle)]
pub extern "C" fn out() -> *const u8 {
    UNPACKED.with_borrow(|bytes| bytes.as_ptr())
}

//! What was packed is unpacked, and what is damaged is not.

use lzma_rust2::{LzmaOptions, LzmaWriter, Write as _};
use ringscope_unpacker::unpacked;

/// Bytes that repeat themselves in part, as a program's do.
fn program(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at * at / 7 % 251).unwrap_or_default()).collect()
}

fn packed(bytes: &[u8], length: Option<u64>) -> Vec<u8> {
    let options = LzmaOptions::with_preset(6);
    let mut packer =
        LzmaWriter::new_use_header(Vec::new(), &options, length).expect("good options");
    packer.write_all(bytes).expect("memory takes everything");
    packer.finish().expect("memory takes everything")
}

#[test]
fn what_was_packed_is_unpacked() {
    // A byte, around the length of a piece, and some of them.
    for length in [1, 65_535, 65_536, 65_537, 300_000] {
        let bytes = program(length);
        let is_same = |packed: &[u8]| unpacked(packed).as_ref() == Some(&bytes);
        assert!(is_same(&packed(&bytes, Some(length as u64))), "{length} bytes");
        assert!(is_same(&packed(&bytes, None)), "{length} bytes, with a mark at their end");
    }
}

#[test]
fn what_is_cut_off_is_not_unpacked() {
    let whole = packed(&program(100_000), Some(100_000));
    for length in 0..whole.len() - 1 {
        let cut = whole.get(..length).expect("it is shorter");
        assert_eq!(unpacked(cut), None, "{length} of {} bytes", whole.len());
    }
}

#[test]
fn what_wants_too_much_memory_is_not_unpacked() {
    let mut greedy = packed(&program(1_000), None);
    greedy.splice(1..5, u32::MAX.to_le_bytes());
    assert_eq!(unpacked(&greedy), None);
}

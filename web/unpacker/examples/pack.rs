//! Packs standard input into a file of the format `.lzma` on standard output, as small as it gets.
//!
//! A program is made of bytes that nothing aligns: so no bits of the position, and as much context for a byte as there is.
//! Who unpacks it needs memory for the dictionary, so that is no longer than the program.

use std::io::{self, Read as _, Write as _};

use lzma_rust2::{LzmaOptions, LzmaWriter, Write as _};

fn main() -> io::Result<()> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    let mut options = LzmaOptions::with_preset(9);
    options.lc = 4;
    options.pb = 0;
    options.nice_len = 273;
    options.dict_size = u32::try_from(bytes.len()).unwrap_or(u32::MAX).max(4096);
    options.depth_limit = 512;
    let failed = |error| io::Error::other(format!("cannot be packed: {error:?}"));
    let mut packer = LzmaWriter::new_use_header(Vec::new(), &options, Some(bytes.len() as u64))
        .map_err(failed)?;
    packer.write_all(&bytes).map_err(failed)?;
    let packed = packer.finish().map_err(failed)?;
    io::stdout().lock().write_all(&packed)
}

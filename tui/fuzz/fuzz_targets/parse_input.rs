//! Any bytes as what a terminal sends: `cargo fuzz run -s none parse_input corpus/parse_input seeds/parse_input`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ringscope::terminal::input::{InputParser, MOST_PASTED};

/// More than is held of anything but a paste.
const MOST_HELD: usize = 64;

fuzz_target!(|bytes: &[u8]| {
    let (mut whole, mut single) = (InputParser::default(), InputParser::default());
    let expected = whole.feed(bytes);
    let mut events = Vec::new();
    for byte in bytes {
        events.extend(single.feed(&[*byte]));
        assert!(single.held() <= MOST_HELD + MOST_PASTED);
        assert!(single.held() == 0 || single.patience().is_some());
    }
    assert_eq!(events, expected, "however the bytes are divided");
    assert!(events.len() <= bytes.len());
    single.flush();
    assert_eq!((single.held(), single.patience()), (0, None));
    assert_eq!(single.feed(b"q").len(), 1, "a key is a key again");
});

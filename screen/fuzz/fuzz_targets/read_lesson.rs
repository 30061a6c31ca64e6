//! Any text as a lesson: `cargo fuzz run -s none read_lesson corpus/read_lesson seeds/read_lesson`.
//!
//! Its heading is plain text; what does not hold in it is said in plain text; and where all holds, it can be set
//! in lines of any width.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ringscope_screen::tour::{Shelf, Tour, heading, set_in_lines};

/// Longer numbers are not worked out: a run of a million ranks takes seconds.
const MOST_DIGITS: usize = 3;

fuzz_target!(|text: &str| {
    let shelf = Shelf::alone("fuzz", text);
    let heading = heading(&shelf);
    assert!(is_plain(&heading.title) && is_plain(&heading.about));
    if text.as_bytes().windows(MOST_DIGITS + 1).any(|some| some.iter().all(u8::is_ascii_digit)) {
        return;
    }
    match Tour::open(&shelf) {
        Ok(tour) => {
            for step in &tour.steps {
                assert!(tour.stands(&step.stop).iter().all(|line| is_plain(line)));
                for width in [1, 20, 80] {
                    let lines = set_in_lines(&step.blocks, width);
                    assert!(lines.len() <= 10 * text.len() + 10);
                }
            }
        }
        Err(faults) => assert!(faults.errors.to_string().split('\n').all(is_plain)),
    }
});

fn is_plain(text: &str) -> bool {
    !text.contains(char::is_control)
}

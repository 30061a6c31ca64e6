//! Any text as a configuration: `cargo fuzz run -s none read_config corpus/read_config seeds/read_config`.
//!
//! What is read writes and reads back the same; what is refused is refused in plain text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ringscope_screen::config::{Config, print};

fuzz_target!(|text: &str| {
    match Config::parse("fuzz", text) {
        Ok(config) => {
            let written = print(&config);
            let again = Config::parse("written", &written);
            assert!(again.is_ok_and(|again| again == config), "{written}");
        }
        Err(failure) => assert!(failure.to_string().chars().all(|c| c == '\n' || !c.is_control())),
    }
});

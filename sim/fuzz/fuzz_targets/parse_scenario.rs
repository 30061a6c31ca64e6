//! Any bytes as a scenario: `cargo fuzz run -s none parse_scenario corpus/parse_scenario seeds/parse_scenario`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ringscope_sim::scenario::Scenario;

/// Longer texts are not written out again: a run of a language's line can be a billion lines.
const MOST_WRITTEN: u64 = 10_000;

fuzz_target!(|bytes: &[u8]| {
    let scenario = match Scenario::parse_bytes("fuzz", bytes) {
        Ok(scenario) => scenario,
        Err(errors) => {
            assert!(errors.to_string().chars().all(|c| c == '\n' || !c.is_control()));
            return;
        }
    };
    if let Err(errors) = scenario.check() {
        assert!(errors.to_string().chars().all(|c| c == '\n' || !c.is_control()));
    }
    if scenario.script.len() <= MOST_WRITTEN {
        let again = Scenario::parse("again", &scenario.to_text()).expect("what is written is read");
        assert_eq!(again, scenario);
    }
});

//! Any line as a condition and as a query: `cargo fuzz run -s none read_condition corpus/read_condition
//! seeds/read_condition`.
//!
//! What is read can be asked of every event of a run; what is not is refused in plain text; and what completes a
//! line is a word that can be typed.

#![no_main]

use std::cell::OnceCell;

use libfuzzer_sys::fuzz_target;
use ringscope_screen::language::grammar::SymbolTable;
use ringscope_screen::language::{Condition, Query, condition, query};
use ringscope_screen::timeline::Timeline;
use ringscope_sim::scenario::builtin;
use ringscope_traces::EventIndex;

thread_local! {
    static TIMELINE: OnceCell<Timeline> = const { OnceCell::new() };
}

fuzz_target!(|line: &str| {
    TIMELINE.with(|timeline| check(line, timeline.get_or_init(timeline_of_a_join)));
});

fn timeline_of_a_join() -> Timeline {
    let mut timeline = Timeline::live(builtin::find("join").expect("it is built in").scenario());
    timeline.wait();
    timeline
}

fn check(line: &str, timeline: &Timeline) {
    let symbols = SymbolTable::of(timeline);
    let events = || (0..timeline.len()).map(EventIndex);
    match Condition::parse(line, &symbols) {
        Ok(condition) => {
            assert!(events().filter(|at| condition.holds(timeline, *at)).count() <= timeline.len())
        }
        Err(error) => assert!(is_plain(&error.to_string())),
    }
    match Query::parse(line, &symbols) {
        Ok(query) => {
            assert!(events().filter(|at| query.matches(timeline, *at)).count() <= timeline.len())
        }
        Err(error) => assert!(is_plain(&error.to_string())),
    }
    let offered = condition::completions(line, &symbols).into_iter();
    let mut offered = offered.chain(query::completions(line, &symbols));
    assert!(offered.all(|word| is_plain(&word)));
}

fn is_plain(text: &str) -> bool {
    !text.contains(char::is_control)
}

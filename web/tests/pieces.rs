//! A host without threads and without a file system: what takes long goes on whenever time passes.

use std::time::Duration;

use ringscope_screen::timeline::simulated;
use ringscope_screen::tour::Progress;
use ringscope_sim::scenario::Scenario;
use ringscope_web::cells::NUMBERS;
use ringscope_web::host::TAB;
use ringscope_web::tab::{Preferences, Tab};

/// What is shown, as text in one line.
fn shown(tab: &mut Tab) -> String {
    tab.paint();
    let symbols = tab.cells.numbers.iter().step_by(NUMBERS);
    symbols.map(|symbol| char::from_u32(*symbol).unwrap_or(' ')).collect()
}

/// Lets time pass until there is nothing left to do; how often that was.
fn work(tab: &mut Tab) -> usize {
    let mut pieces = 0;
    while TAB.is_working() {
        tab.tick(Duration::ZERO);
        pieces += 1;
    }
    pieces
}

/// A trace that is not read at once, and how many events it has.
fn long_trace() -> (Vec<u8>, usize) {
    let text = "ranks 20\nkeyspace 20000\nput 1..=6500 key\n";
    let trace = simulated(&Scenario::parse("long", text).expect("a scenario")).to;
    assert!(trace.len() > 4 << 20, "{} bytes", trace.len());
    let events = trace.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{\"rank\""));
    let events = events.count();
    (trace, events)
}

// One test, since a process has one host.
#[test]
fn a_trace_is_read_two_runs_are_compared_and_a_file_is_saved_in_pieces() {
    let mut tab = Tab::open((120, 36), Preferences::default(), Progress::default());
    let (trace, events) = long_trace();
    tab.take_file("long.jsonl", &trace);
    assert!(shown(&mut tab).contains("long.jsonl"), "its first events are there at once");
    assert!(work(&mut tab) > 10, "the others come in pieces");
    tab.press("end");
    let end = shown(&mut tab);
    assert!(end.contains(&format!("event {events}/{events}")), "{end}");

    tab.go("play=join --diff crowded --at 3");
    assert!(work(&mut tab) > 2, "it is read, compared, and aligned");
    tab.tick(Duration::ZERO);
    let compared = shown(&mut tab);
    assert!(compared.contains("crowded") && !compared.contains("comparing"), "{compared}");

    tab.go("join@81");
    tab.press("x");
    tab.press("ctrl-u");
    tab.paste("mine.csv");
    tab.press("enter");
    work(&mut tab);
    while TAB.take_saved().is_none_or(|name| name != "mine.csv") {
        assert!(tab.is_busy(), "{}", shown(&mut tab));
        tab.tick(Duration::ZERO);
    }
    let saved = TAB.read("mine.csv").expect("it is there");
    assert!(saved.split(|byte| *byte == b'\n').count() > 200);

    tab.press("x");
    tab.press("ctrl-u");
    tab.paste("folder/mine.csv");
    tab.press("enter");
    assert!(shown(&mut tab).contains("a page has no folders"));
}

//! The page `docs/what-can-go-wrong.md`: every failure of the protocol `classic` within a size, made by
//!
//!     RINGSCOPE_BLESS=1 cargo test -p ringscope-sim --test what_can_go_wrong

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ringscope_sim::explore::{Discovery, ExploreSettings, Explored, explore_all};
use ringscope_sim::protocols::{Classic, ProtocolId};
use ringscope_sim::scenario::Settings;
use ringscope_traces::{Event, read_trace};

const SIZE: &str = "ranks 5, keys 2, ids 3";

/// At each window, how many commands a script has at most.
const WINDOWS: [(u32, u32); 4] = [(1, 5), (2, 4), (3, 4), (4, 4)];

const INTRODUCTION: &str = "\
# What can go wrong in the protocol `classic`

Made by a command, which a test holds it against: `RINGSCOPE_BLESS=1 cargo test -p ringscope-sim --test what_can_go_wrong`.

The reference program sends one command at a time and waits for its reply. With the setting `window` more may be under way at once, and what follows
is what can come of that: every sound script of a size, in every order in which its messages can be received (`--all` of `ringscope explore`). A script is
sound when it runs through without failing where each command waits for the one before.

Of each kind of failure the smallest script is shown at the smallest window at which it happens, and of that the fewest receipts. Deadlocks are of
one kind when their wait-for graphs are the same but for the numbers of the ranks, crashes when ranks of one role break off for one reason,
livelocks when messages with the same tag go round. In the protocol [`safe`](protocol-safe.md) none of this happens.

";

/// The smallest failure of a kind, and at which windows that kind was found.
struct Found {
    windows: Vec<u32>,
    commands: u32,
    smallest: Discovery,
}

fn explored(window: u32, commands: u32) -> Explored {
    let bounds = format!("{SIZE}, commands {commands}").parse().expect("the size is well-formed");
    let settings = Settings { window, ..Settings::default() };
    let search = ExploreSettings::default();
    let all = explore_all::<Classic>((&settings, bounds), search, &mut |_| true);
    let all = all.expect("there is room in the keyspace");
    assert!(all.is_exhausted(), "window {window}");
    all
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    let mut all: Vec<Found> = Vec::new();
    let _ = writeln!(
        page,
        "## What was tried\n\n{SIZE}; every sound script of up to so many commands, every order of receipts.\n"
    );
    let _ = writeln!(page, "| window | commands | states | |\n|--:|--:|--:|---|");
    for (window, commands) in WINDOWS {
        let explored = explored(window, commands);
        let states = explored.progress.states;
        let kinds = collect(&mut all, explored, (window, commands));
        let outcome = match kinds {
            0 => "**no script can fail**".to_owned(),
            kinds => format!("{kinds} kinds of failure"),
        };
        let _ = writeln!(page, "| {window} | {commands} | {states} | {outcome} |");
    }
    all.sort_by_key(|found| (found.smallest.scenario.script.len(), found.smallest.way.len()));
    page.push_str("\n## What goes wrong\n\nThe smallest scripts first.\n");
    for (nth, found) in (1..).zip(&all) {
        put(&mut page, nth, found);
    }
    page
}

/// Adds what was found at a window; returns how many kinds of failure there are at it.
fn collect(all: &mut Vec<Found>, explored: Explored, (window, commands): (u32, u32)) -> usize {
    let mut at_this = 0;
    for failure in explored.discoveries.into_iter().filter(|found| found.kind.is_failure()) {
        let same = |found: &&mut Found| found.smallest.failure == failure.failure;
        match all.iter_mut().find(same) {
            Some(known) if known.windows.contains(&window) => continue,
            Some(known) => known.windows.push(window),
            None => all.push(Found { windows: vec![window], commands, smallest: failure }),
        }
        at_this += 1;
    }
    at_this
}

fn put(page: &mut String, nth: usize, found: &Found) {
    let Found { windows, commands, smallest } = found;
    let window = smallest.scenario.settings.window;
    let windows: Vec<String> = windows.iter().map(u32::to_string).collect();
    let _ = writeln!(page, "\n### {nth}. {}\n\n{}.\n", title(smallest), smallest.says);
    if let Some(explanation) = &smallest.explanation {
        let _ = writeln!(page, "{}\n", explanation.paragraph);
    }
    let script: Vec<String> =
        smallest.scenario.script.commands().map(|command| command.to_string()).collect();
    let _ = writeln!(
        page,
        "Windows {}. At window {window}, after {} receipts:\n",
        windows.join(", "),
        smallest.way.len()
    );
    let _ = writeln!(page, "    {}\n", script.join("; "));
    for line in receipts(smallest) {
        let _ = writeln!(page, "    {line}");
    }
    let _ = writeln!(
        page,
        "\nAs a trace: `ringscope explore --all '{SIZE}, commands {commands}' --window {window} -o FOLDER`."
    );
}

fn title(found: &Discovery) -> String {
    let name = found.kind.name().replace('-', " ");
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// What is received, in its order.
fn receipts(found: &Discovery) -> Vec<String> {
    let (trace, _) = read_trace(found.trace.as_slice(), "found").expect("it is a trace");
    let received = trace.events.iter().filter(|event| event.source().is_some());
    received.take(found.way.len()).map(line).collect()
}

fn line(event: &Event) -> String {
    let protocol = ProtocolId::named("classic").expect("it is listed");
    let name = protocol.tag_name(event.tag).unwrap_or("a message");
    format!("rank {} takes {name} {} from rank {}", event.rank, event.data, event.peer)
}

#[test]
fn the_page_tells_every_failure_of_the_size() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/what-can-go-wrong.md");
    let page = page();
    if std::env::var_os("RINGSCOPE_BLESS").is_some() {
        fs::write(&path, page).expect("it can be written");
        return;
    }
    let found = fs::read_to_string(&path).expect("the repository has the page");
    let differs = found.lines().zip(page.lines()).find(|(found, made)| found != made);
    assert!(
        found == page,
        "{differs:?}; again: RINGSCOPE_BLESS=1 cargo test -p ringscope-sim --test what_can_go_wrong"
    );
}

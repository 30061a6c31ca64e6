//! What `docs/protocol.md` says is what the nodes and the recorded runs of the reference program do.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ringscope_sim::scenario::{Settings, builtin};
use ringscope_traces::{Op, Tag, Trace, read_trace};
use support::reference::reference_runs;
use support::{Run, scenario};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol.md");
    fs::read_to_string(path).expect("the page is in the repository")
}

/// The rows of the table whose first column has that title, as the texts of their cells.
fn rows<'a>(page: &'a str, title: &str) -> Vec<Vec<&'a str>> {
    let head = format!("| {title} |");
    let table = page.split('\n').skip_while(|line| !line.starts_with(&head));
    let rows = table.skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

fn code(cell: &str) -> &str {
    cell.trim_matches('`')
}

fn name_of(tag: Tag) -> Option<&'static str> {
    Settings::default().protocol.tag_name(tag)
}

#[test]
fn the_table_of_messages_is_the_table_of_tags() {
    let page = page();
    let rows = rows(&page, "tag");
    for (tag, row) in (0..).zip(&rows) {
        assert_eq!(row[0], tag.to_string());
        assert_eq!(Some(row[1]), name_of(Tag(tag)));
    }
    assert_eq!(rows.len(), 13);
    assert_eq!(name_of(Tag(13)), None);
}

#[test]
fn the_payloads_that_are_not_compared_are_those_that_may_be_anything() {
    let page = page();
    for (tag, row) in (0..).zip(rows(&page, "tag")) {
        let unread = Settings::default().protocol.tag(Tag(tag)).and_then(|info| info.unread);
        let shown = unread.map(|unread| unread.to_string());
        assert_eq!((row[2] == "anything").then(|| code(row[3]).to_owned()), shown, "{}", row[1]);
    }
}

#[test]
fn every_example_of_a_payload_was_recorded_from_the_reference_program() {
    let mut recorded: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for run in reference_runs() {
        let bytes = fs::read(run.with_extension("jsonl")).expect("the run has a trace");
        let (trace, _) = read_trace(bytes.as_slice(), "a run").expect("it is one");
        for event in trace.events {
            let payloads = recorded.entry(event.tag.to_string()).or_default();
            payloads.insert(event.data.to_string());
        }
    }
    let page = page();
    for row in rows(&page, "tag") {
        let [tag, name, _, example, _] = row.as_slice() else { panic!("five columns: {row:?}") };
        let payloads = recorded.get(*tag).expect("each tag was recorded");
        assert!(payloads.contains(code(example)), "{name} {example}");
    }
    let of_head = recorded["10"].iter().any(|payload| payload == "[0,0,7,null,3,-5,null]");
    assert!(of_head && page.contains("`[0,0,7,null,3,-5,null]`"));
}

fn simulated(commands: &str) -> Trace {
    Run::of(&scenario(&commands.replace("; ", "\n"))).trace()
}

#[test]
fn the_run_that_is_shown_is_the_run_that_is_simulated() {
    let page = page();
    let section = page.split("## One run, message by message").nth(1).expect("it is shown");
    let commands: Vec<_> = section.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    let shown = section.split("```messages\n").nth(1).and_then(|rest| rest.split("```").next());
    let trace = simulated(&format!("ranks 4\n{}", commands.join("\n")));
    let messages: String = trace
        .events
        .iter()
        .filter(|event| event.op == Op::Send)
        .map(|event| {
            let name = name_of(event.tag).expect("a tag of the protocol");
            format!("{} -> {} {name} {}\n", event.rank, event.peer, event.data)
        })
        .collect();
    assert_eq!(Some(messages.as_str()), shown);
}

#[test]
fn every_misuse_ends_as_the_table_says() {
    let page = page();
    let rows = rows(&page, "commands");
    assert_eq!(rows.len(), 17);
    for row in rows {
        let ending = simulated(code(row[0])).footer.expect("it ends").ending;
        assert_eq!(ending.name(), row[1], "{}", row[0]);
    }
}

#[test]
fn what_is_said_to_end_likewise_does() {
    for (commands, end) in
        [("get 0", "crashed"), ("get 1001", "livelock"), ("add 3 1001", "livelock")]
    {
        assert_eq!(simulated(commands).footer.expect("it ends").ending.name(), end, "{commands}");
    }
}

#[test]
fn every_race_is_built_in_and_ends_as_the_table_says() {
    let page = page();
    for row in rows(&page, "scenario") {
        let scenario = builtin::find(code(row[0])).expect("it is built in").scenario();
        assert_eq!(scenario.settings.expect.expect("it says so").name(), row[1], "{}", row[0]);
        let ending = Run::of(&scenario).trace().footer.expect("it ends").ending;
        assert_eq!(ending.name(), row[1], "{}", row[0]);
    }
}

#[test]
fn an_older_node_keeps_the_range_of_an_id_that_is_taken() {
    let trace = simulated("add 3 500; add 4 500; put 450 5; get 450");
    let stored = trace.events.iter().find(|event| {
        event.op == Op::Send && event.tag == Tag(6) && event.data.to_string() == "[450,5]"
    });
    assert_eq!(stored.map(|event| event.rank.0), Some(3));
}

//! What `docs/trace-format.md` shows is what the reader and the writer do.

use std::fs;
use std::path::Path;

use ringscope_traces::event::{MAX_RANKS, VERSION};
use ringscope_traces::jsonl::LIMIT_LINE_BYTES;
use ringscope_traces::{Completeness, Ending, Trace, read_trace, wellformed, write_trace};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/trace-format.md");
    fs::read_to_string(path).expect("the page is in the repository")
}

/// The blocks of code of that kind.
fn blocks(page: &str, kind: &str) -> Vec<String> {
    let open = format!("\n```{kind}\n");
    let after_opening = page.split(open.as_str()).skip(1);
    let to_closing = after_opening.map(|rest| rest.split("```").next().unwrap_or_default());
    to_closing.map(str::to_owned).collect()
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

fn read(text: &str) -> (Trace, Completeness) {
    read_trace(text.as_bytes(), "docs/trace-format.md").unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_example_is_read_and_written_as_it_stands() {
    let page = page();
    let examples = blocks(&page, "trace");
    assert_eq!(examples.len(), 5);
    for example in examples {
        let (trace, _) = read(&example);
        let written = write_trace(Vec::new(), &trace).expect("memory takes everything");
        assert_eq!(String::from_utf8(written), Ok(example));
        assert_eq!(wellformed::check(&trace), []);
    }
}

#[test]
fn the_example_that_is_cut_off_is_read_as_far_as_it_goes() {
    let example = blocks(&page(), "cut-off");
    let [example] = example.as_slice() else { panic!("there is one") };
    let (trace, completeness) = read(example.trim_end());
    assert_eq!(completeness, Completeness::CutOffInLine { line: 3 });
    assert_eq!(trace.events.len(), 1);
}

#[test]
fn payloads_are_written_as_the_table_says() {
    let page = page();
    let rows = rows(&page, "read");
    assert_eq!(rows.len(), 6);
    for row in rows {
        let [given, expected] = row.as_slice() else { panic!("two columns: {row:?}") };
        let line = |data: &str| {
            format!(
                "{{\"trace\":1,\"source\":\"sim\",\"protocol\":\"classic\",\"ranks\":2,\"time\":\"virtual\"}}\n\
                 {{\"rank\":0,\"n\":0,\"op\":\"send\",\"peer\":1,\"tag\":0,\"data\":{data},\"t\":0,\"clock\":1}}\n"
            )
        };
        let (trace, _) = read(&line(code(given)));
        let written = write_trace(Vec::new(), &trace).expect("memory takes everything");
        assert_eq!(String::from_utf8(written), Ok(line(code(expected))));
    }
}

#[test]
fn the_fields_stand_in_the_order_of_the_tables() {
    let page = page();
    let of_header: Vec<&str> = vec!["trace", "source", "protocol", "ranks", "seed", "time"];
    let header: Vec<_> = rows(&page, "field").iter().map(|row| code(row[0])).collect();
    assert_eq!(header, of_header);
    let events = page.split("## Events").nth(1).expect("a section on events");
    let of_event: Vec<_> = rows(events, "field").iter().map(|row| code(row[0])).collect();
    assert_eq!(of_event, ["rank", "n", "op", "peer", "tag", "data", "t", "clock"]);
    let example = &blocks(&page, "trace")[0];
    for (line, fields) in example.lines().zip([header, of_event]) {
        let places: Vec<_> =
            fields.iter().map(|field| line.find(&format!("\"{field}\":"))).collect();
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{line}");
    }
}

#[test]
fn the_endings_are_all_there_are() {
    let page = page();
    let named: Vec<_> = rows(&page, "`end`").iter().map(|row| code(row[0])).collect();
    let crashed = Ending::Crashed { rank: None, reason: None };
    let all = [Ending::Completed, Ending::Deadlock, Ending::Livelock, crashed, Ending::Stopped];
    assert_eq!(named, all.each_ref().map(Ending::name));
}

#[test]
fn the_limits_are_those_of_the_reader() {
    let page = page();
    assert!(page.starts_with(&format!("# The trace format, version {VERSION}\n")));
    assert!(page.contains("the number of processes, 1 to 1,048,576"));
    assert_eq!(MAX_RANKS, 1_048_576);
    assert!(page.contains("a line of more than 64 MiB"));
    assert_eq!(LIMIT_LINE_BYTES, 64 << 20);
}

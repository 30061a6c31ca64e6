//! `ringscope export`.

mod support;

use std::io::BufRead as _;
use std::num::NonZeroU16;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::{Value, json};
use support::{CallResult, Folder};

/// Every format, by name and by the ending of its files.
const FORMATS: [(&str, &str); 7] = [
    ("perfetto", "json"),
    ("shiviz", "log"),
    ("mermaid", "mmd"),
    ("svg", "svg"),
    ("csv", "csv"),
    ("html", "html"),
    ("cast", "cast"),
];

fn good(result: &CallResult) {
    assert_eq!(result.code, Some(0), "{}", result.err);
}

/// A trace of that many ranks without an event, whole.
fn empty_trace(ranks: u32) -> String {
    format!(
        "{{\"trace\":1,\"source\":\"sim\",\"protocol\":\"classic\",\"ranks\":{ranks},\"time\":\"virtual\"}}\n\
         {{\"end\":\"stopped\",\"events\":0}}\n"
    )
}

/// What a terminal of that size shows after a recording, line by line.
fn replayed(cast: &str) -> Vec<String> {
    let mut lines = cast.lines();
    let header: Value = serde_json::from_str(lines.next().expect("a header")).expect("JSON");
    assert_eq!(header["version"], 2);
    let cells = |name: &str| -> NonZeroU16 {
        let cells = header[name].as_u64().and_then(|cells| u16::try_from(cells).ok());
        cells.and_then(NonZeroU16::new).expect("columns or rows")
    };
    let mut terminal = vt100::Parser::new(cells("height"), cells("width"), 0);
    let mut last = 0.0;
    for line in lines {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let time = event[0].as_f64().expect("a time");
        assert!(time >= last, "time goes on: {line}");
        last = time;
        if event[1] == "o" {
            terminal.process(event[2].as_str().expect("text").as_bytes());
        }
    }
    let screen = terminal.screen();
    screen.rows(0, cells("width").get()).map(|row| row.trim_end().to_owned()).collect()
}

#[test]
fn help_names_every_format_and_what_is_done_with_it() {
    let result = Folder::new().call("export --help");
    good(&result);
    for (name, ending) in FORMATS {
        assert!(result.out.contains(&format!("- {name}:")), "{name}");
        assert!(result.out.contains(&format!("FILE.{ending}")), "{ending}");
    }
    assert_snapshot!("help", result.out);
}

#[test]
fn a_file_has_the_format_that_its_ending_says_and_what_is_done_with_it_is_reported() {
    let folder = Folder::new();
    for (name, ending) in FORMATS {
        let result = folder.call(&format!("export get-missing -o run.{ending}"));
        good(&result);
        assert!(result.err.starts_with(&format!("  run.{ending}: ")), "{}", result.err);
        let piped = folder.call(&format!("export get-missing --to {name}"));
        good(&piped);
        assert_eq!((piped.out, piped.err.as_str()), (folder.read(&format!("run.{ending}")), ""));
    }
    assert_eq!(folder.names().len(), FORMATS.len(), "{:?}", folder.names());
}

#[test]
fn a_scenario_its_trace_and_its_trace_on_standard_input_are_the_same_run() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let trace = folder.read("join.jsonl");
    for (name, _) in FORMATS {
        let of_scenario = folder.call(&format!("export join --to {name}"));
        let of_file = folder.call(&format!("export join.jsonl --to {name}"));
        let of_input = folder.call_with(&["export", "-", "--to", name], &trace);
        [&of_scenario, &of_file, &of_input].into_iter().for_each(good);
        // Pictures of the run have its name, and a scenario can be explained from what its nodes knew.
        if matches!(name, "perfetto" | "shiviz" | "mermaid" | "csv") {
            assert!(of_scenario.out == of_file.out, "{name}");
            assert!(of_file.out == of_input.out, "{name}");
        }
    }
    let scenario = folder.call_with(&["export", "-", "--to", "csv"], "put 5 50\nget 5\n");
    good(&scenario);
    assert!(scenario.out.contains(",RETVAL,"), "{}", scenario.out);
}

#[test]
fn settings_go_with_a_scenario_and_not_with_a_trace() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let other = folder.call("export join --seed 7 --to csv");
    good(&other);
    assert_ne!(other.out, folder.call("export join --to csv").out);
    for format in ["csv", "svg"] {
        let result = folder.call(&format!("export join.jsonl --seed 7 --to {format}"));
        assert!(result.code == Some(2) && result.out.is_empty(), "{format}");
        assert!(result.err.contains("--seed: a trace has its own settings"), "{}", result.err);
    }
}

#[test]
fn a_part_of_a_run_has_the_events_between_two_cursors() {
    let folder = Folder::new();
    let whole = folder.call("export join --to csv").out;
    let part = folder.call("export join --to csv --events 64..70");
    good(&part);
    let rows: Vec<_> = whole.lines().skip(1 + 64).take(6).collect();
    assert_eq!(part.out.lines().skip(1).collect::<Vec<_>>(), rows);
    for (name, _) in FORMATS {
        good(&folder.call(&format!("export join --to {name} --events 220..900")));
        good(&folder.call(&format!("export join --to {name} --events 10..10")));
        let result = folder.call(&format!("export join --to {name} --events 500..900 -o x"));
        assert_eq!(result.code, Some(2), "{name}");
        assert!(result.err.contains("--events: the run has 222 events"), "{name}: {}", result.err);
        assert!(result.err.contains("--events 0..222"), "{name}: {}", result.err);
    }
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}

#[test]
fn what_a_format_cannot_carry_is_refused_and_the_advice_works() {
    let folder = Folder::new();
    folder.write("many.dht", "put 1..=1000 key\nget 1..=1000\n").record("many.dht", "many.jsonl");
    for name in ["mermaid", "svg", "html"] {
        folder.write("run.out", "what was there before");
        let result = folder.call(&format!("export many.jsonl --to {name} -o run.out"));
        assert_eq!((result.code, result.out.as_str()), (Some(2), ""), "{name}");
        assert_eq!(folder.read("run.out"), "what was there before");
        assert!(!folder.names().iter().any(|name| name.starts_with("run.out.")));
        let (_, advice) = result.err.split_once("--events ").expect("it says what can be carried");
        let part = advice.trim();
        good(&folder.call(&format!("export many.jsonl --to {name} --events {part} -o run.out")));
        assert_ne!(folder.read("run.out"), "what was there before");
    }
}

#[test]
fn the_refusals_are_sentences() {
    let folder = Folder::new();
    folder.write("many.dht", "put 1..=1000 key\nget 1..=1000\n");
    let refused = ["mermaid", "svg", "html"]
        .map(|name| folder.call(&format!("export many.dht --to {name}")).err);
    folder.write("wide.dht", "ranks 64\nput 5 50\n");
    let lanes = folder.call("export wide.dht --to svg");
    assert_snapshot!("refusals", refused.concat() + &lanes.err);
}

#[test]
fn traces_without_events_of_one_rank_and_of_a_thousand_are_carried() {
    let folder = Folder::new();
    folder.write("none.jsonl", empty_trace(8)).write("one.jsonl", empty_trace(1));
    folder.write("thousand.dht", "ranks 1000\nput 5 50\nadd 7 500\nget 5\n");
    folder.record("thousand.dht", "thousand.jsonl");
    folder.write(
        "self.jsonl",
        "{\"trace\":1,\"source\":\"recorded\",\"protocol\":\"own\",\"ranks\":1,\"time\":\"wall\"}\n\
         {\"rank\":0,\"n\":0,\"op\":\"send\",\"peer\":0,\"tag\":3,\"data\":1,\"t\":5,\"clock\":1}\n\
         {\"rank\":0,\"n\":1,\"op\":\"recv\",\"peer\":0,\"tag\":3,\"data\":1,\"t\":9,\"clock\":2}\n\
         {\"end\":\"completed\",\"events\":2}\n",
    );
    for (name, _) in FORMATS {
        for trace in ["none", "one", "thousand", "self"] {
            // END goes to every rank: no picture has a thousand lanes.
            let part = if trace == "thousand" { "--events ..40" } else { "" };
            let result = folder.call(&format!("export {trace}.jsonl --to {name} {part}"));
            good(&result);
            assert!(!result.out.is_empty(), "{trace} as {name}");
        }
    }
}

#[test]
fn a_trace_that_was_cut_off_is_carried_as_far_as_it_goes_and_that_is_said() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let whole = folder.read("join.jsonl");
    let (lines, _) = whole.split_at(whole.len() / 2);
    folder.write("torn.jsonl", lines);
    for (_, ending) in FORMATS {
        let result = folder.call(&format!("export torn.jsonl -o run.{ending}"));
        good(&result);
        assert!(result.err.contains("note: the trace is cut off"), "{ending}: {}", result.err);
    }
    let quiet = folder.call("export torn.jsonl -o run.csv --quiet");
    assert_eq!((quiet.code, quiet.err.as_str()), (Some(0), ""));
}

#[test]
fn a_trace_that_cannot_be_read_leaves_no_file() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let broken = folder.read("join.jsonl").replacen("\"op\":\"send\"", "\"op\":\"sand\"", 1);
    folder.write("broken.jsonl", broken);
    for (_, ending) in FORMATS {
        let result = folder.call(&format!("export broken.jsonl -o run.{ending}"));
        assert_eq!(result.code, Some(2), "{ending}");
        assert!(result.err.contains("broken.jsonl:2"), "{ending}: {}", result.err);
    }
    assert_eq!(folder.names(), ["broken.jsonl", "join.jsonl"]);
}

#[test]
fn a_trace_is_not_written_over_by_its_own_export() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let before = folder.read("join.jsonl");
    let result = folder.call("export join.jsonl --to csv -o ./join.jsonl");
    assert_eq!(result.code, Some(2));
    assert!(result.err.contains("is the input itself"), "{}", result.err);
    assert_eq!(folder.read("join.jsonl"), before);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    folder.write("many.dht", "put 1..=1000 key\nget 1..=1000\n");
    for (name, part) in [("csv", ".."), ("perfetto", ".."), ("shiviz", ".."), ("cast", "..2000")] {
        let args = ["export", "many.dht", "--to", name, "--events", part];
        let mut child = folder.command(&args).spawn().expect("the program starts");
        drop(child.stdin.take());
        let mut line = String::new();
        let out = child.stdout.take().expect("its output is a pipe");
        std::io::BufReader::new(out).read_line(&mut line).expect("a line of text");
        let output = child.wait_with_output().expect("the program ends");
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), err.as_ref()), (Some(0), ""), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn who_presses_ctrl_c_has_no_file_and_no_half_of_one() {
    use rustix::process::{Pid, Signal, kill_process};

    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let trace = folder.read("join.jsonl");
    let mut child = folder
        .command(&["export", "-", "--to", "csv", "-o", "run.csv"])
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    let (events, _) = trace.split_once("{\"end\"").expect("a footer");
    std::io::Write::write_all(&mut stdin, events.as_bytes()).expect("it reads");
    let is_begun = |name: &String| name.starts_with("run.csv.");
    while !folder.names().iter().any(is_begun) {
        assert!(child.try_wait().expect("a child").is_none(), "it waits for more");
        std::thread::yield_now();
    }
    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    // What it waits for comes: it looks up, and sees that it is not wanted any more.
    let _ = std::io::Write::write_all(&mut stdin, b"{\"end\":\"completed\",\"events\":222}\n");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("interrupted: nothing was written"), "{err}");
    assert_eq!(folder.names(), ["join.jsonl"]);
}

#[test]
fn the_last_frame_of_a_recording_is_the_screen() {
    let folder = Folder::new();
    for (run, at, size) in [("join", 222, "100x30"), ("race-lost-key", 17, "80x24")] {
        let part = format!("--events ..{at}");
        let cast = folder.call(&format!("export {run} --to cast {part} --size {size}"));
        good(&cast);
        let screen = folder.call(&format!("snapshot {run} --at {at} --size {size} --color off"));
        good(&screen);
        let lines: Vec<_> = screen.out.lines().map(str::to_owned).collect();
        assert_eq!(replayed(&cast.out), lines, "{run}");
        let again = folder.call(&format!("export {run} --to cast {part} --size {size}"));
        assert_eq!(cast.out, again.out, "the same run is the same recording");
    }
}

#[test]
fn a_recording_has_the_size_and_the_symbols_that_were_asked_for() {
    let folder = Folder::new();
    let result = folder.call("export join --to cast --size 44x10 --symbols ascii --color off");
    good(&result);
    assert!(result.out.starts_with("{\"version\":2,\"width\":44,\"height\":10,"), "{}", result.out);
    assert!(!result.out.contains("\\u2"), "no symbol but of ASCII");
    assert!(!result.out.contains(";38;"), "no colour");
}

#[test]
fn a_run_of_the_reference_program_is_carried_in_every_format() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let recorded = manifest.join("../traces/reference/course-31.jsonl");
    let folder = Folder::new();
    folder.write("recorded.jsonl", std::fs::read(recorded).expect("a recorded run"));
    for (name, _) in FORMATS {
        good(&folder.call(&format!("export recorded.jsonl --to {name}")));
    }
}

#[test]
fn an_unknown_ending_is_reported_with_the_formats_there_are() {
    let folder = Folder::new();
    let result = folder.call("export join -o run.png");
    assert_eq!((result.code, result.out.as_str()), (Some(2), ""));
    assert_snapshot!("unknown_ending", result.err + &folder.call("export join").err);
    assert!(folder.names().is_empty());
}

/// What a page that holds nothing but its place for a run was given.
fn given_to_a_page(folder: &Folder, args: &[&str]) -> Value {
    folder.write("page.html", "<script>{{given}}</script>");
    let page = folder.path("page.html");
    let mut command = folder.command(args);
    let output = command.env("RINGSCOPE_APP", page).output().expect("the program starts");
    let result = CallResult::of(&output);
    good(&result);
    let script =
        result.out.strip_prefix("<script>").and_then(|rest| rest.strip_suffix("</script>"));
    let script = script.expect("the page around it stays");
    assert!(!script.contains('<') && !script.contains('&'), "{script}");
    serde_json::from_str(script).expect("JSON")
}

#[test]
fn the_program_itself_is_a_page_with_the_run_in_it_or_without_one() {
    let folder = Folder::new();
    assert_eq!(given_to_a_page(&folder, &["export", "--to", "app"]), json!({}));
    let given = given_to_a_page(&folder, &["export", "join", "--to", "app", "--window", "4"]);
    assert_eq!(given, json!({ "link": "play=join --window 4" }), "it comes with the program");
    let text = "# 100 % & </script>\nput 1 1\n";
    folder.write("my 100%.dht", text);
    let given = given_to_a_page(&folder, &["export", "my 100%.dht", "--to", "app"]);
    let file = json!({ "name": "my 100%.dht", "text": text });
    assert_eq!(given, json!({ "files": [file], "link": "play='my 100%25.dht'" }));
}

#[test]
fn a_page_of_the_program_is_refused_where_it_could_not_show_the_run() {
    let folder = Folder::new();
    folder.write("page.html", "{{given}}");
    folder.write("broken.dht", "nonsense 1\n");
    for (words, expected) in [
        ("export broken.dht --to app", "broken.dht:1"),
        ("export join --to app --events 3..5", "--events: the program shows all of a run"),
        ("export - --to app", "-: a page needs a run in a file, for its name"),
        ("export -o run.csv", "export: no run is named"),
    ] {
        let args: Vec<_> = words.split(' ').collect();
        let page = folder.path("page.html");
        let output = folder.command(&args).env("RINGSCOPE_APP", page).output();
        let result = CallResult::of(&output.expect("the program starts"));
        assert_eq!(result.code, Some(2), "{words}");
        assert!(result.err.contains(expected), "{words}: {}", result.err);
    }
    let missing = folder.command(&["export", "--to", "app"]).env("RINGSCOPE_APP", "gone").output();
    let result = CallResult::of(&missing.expect("the program starts"));
    assert!(result.err.contains("gone: cannot be read: "), "{}", result.err);
}

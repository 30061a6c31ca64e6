//! Scenarios as their readers meet them: what is understood, what is refused, and in which words.

use std::time::{Duration, Instant};

#[path = "../../traces/tests/support/reference.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod reference;

use proptest::prelude::*;
use ringscope_sim::protocol::Command;
use ringscope_sim::scenario::{
    ExpectedEnd, LONGEST_LINE, MOST_BYTES, Scenario, ScenarioErrors, builtin, random,
};
use ringscope_sim::world::latency::Latency;

use reference::reference_runs;

fn read(text: &str) -> Scenario {
    Scenario::parse("test.dht", text).expect("a scenario")
}

fn refused(text: &str) -> String {
    Scenario::parse("test.dht", text).expect_err("it is wrong").to_string()
}

fn objections(text: &str) -> String {
    read(text).check().expect_err("the ring cannot do it").to_string()
}

fn commands(text: &str) -> Vec<String> {
    read(text).script.commands().map(|command: Command| command.to_string()).collect()
}

#[test]
fn settings_come_first_and_commands_follow() {
    let scenario = read(
        "\u{feff}# all of them\r\n\
         PROTOCOL Classic\r\n  ranks\t16 # sixteen\r\nseed 7\nwindow 2\nlatency constant 1.5us\n\
         keyspace 5000\neager 4096\nlimit 1_000_000\nexpect livelock\n\n\
         add 3 500\nPut 1..=2 KEY\nend\n# the end\n",
    );
    let settings = &scenario.settings;
    assert_eq!((settings.ranks, settings.seed, settings.window), (16, 7, 2));
    assert_eq!(settings.latency, Latency::Constant { ns: 1_500 });
    assert_eq!((settings.keyspace, settings.eager), (5_000, Some(4_096)));
    assert_eq!((settings.limit, settings.expect), (Some(1_000_000), Some(ExpectedEnd::Livelock)));
    assert_eq!(scenario.script.len(), 3);
    assert_eq!(scenario.lines(), [12, 13]);
    assert_eq!((scenario.line_of(2), scenario.line_of(3)), (Some(13), None));
}

#[test]
fn an_empty_text_is_a_scenario_that_ends_at_once() {
    for text in ["", "\n", "# nothing", "end", "end # here"] {
        assert_eq!(commands(text), Vec::<String>::new());
        assert_eq!(read(text).check(), Ok(vec![]));
    }
}

#[test]
fn all_errors_of_a_file_come_at_once() {
    let text = "\
rank 8
ranks 2
seed 1
seed 2
latency sometimes
put 1
window 2
remov 300
put 9..=1 key
put 1..=9 key*9223372036854775807
add 3 99999999999999999999
get \u{1b}[31mred
remove 1..=5
end
get 1
";
    insta::assert_snapshot!(refused(text));
}

#[test]
fn a_check_tells_every_objection_of_the_ring() {
    let text = "\
ranks 8
put 0 1
put 990..=1010 step 5 key
get 10
get 985..=1000 step 5
add 0 100
add 6 100
add 7 200
add 99 300
add -1 400
add 1 0
add 1 -5
add 1 1000
add 1 1001
add 1 500
add 1 600
add 2 500
remove 250
remove 0
remove 1000
remove 500
remove 500
";
    insta::assert_snapshot!(objections(text));
}

#[test]
fn with_three_ranks_none_can_join() {
    insta::assert_snapshot!(objections("ranks 3\nadd 1 500"), @r"
    test.dht:2:5: rank 1 is the permanent node, which is in the ring from the start: it would wait forever for its own answer, or forget its place
      hint: with 3 ranks none can join (0 is the head, 1 the permanent node, 2 the command node); set `ranks` to 4 or more
    `--unchecked` runs it anyway
    ");
}

#[test]
fn a_rank_that_has_left_may_join_again() {
    assert_eq!(read("add 3 500\nremove 500\nadd 3 450\nremove 450\nadd 4 500").check(), Ok(vec![]));
}

#[test]
fn a_setting_may_be_changed_between_reading_and_checking() {
    let mut scenario = read("add 9 5000");
    assert!(scenario.check().is_err());
    scenario.settings.set("ranks", "16").expect("a setting");
    scenario.settings.set("keyspace", "10_000").expect("a setting");
    assert_eq!(scenario.check(), Ok(vec![]));
}

#[test]
fn commands_in_flight_with_a_join_are_warned_of() {
    let warnings = read("window 2\nput 1 1\n  add 3 500 # here\nput 400 4\nget 400").check();
    let findings: Vec<String> =
        warnings.expect("sound").iter().map(|warning| warning.plain().to_string()).collect();
    insta::assert_snapshot!(findings.join("\n"), @"test.dht:3:3: warning: window 2: `add 3 500` can be in flight together with lines 2 to 4: a command that overtakes the join's pointer updates takes the old path round the ring");
    assert_eq!(read("window 5\nput 1..=10 1\nget 1..=10").check(), Ok(vec![]));
}

#[test]
fn more_than_fifty_errors_are_counted() {
    let errors = Scenario::parse("x", &"put\n".repeat(1_000)).expect_err("none has a key");
    assert_eq!((errors.problems().len(), errors.more()), (50, 950));
    assert!(errors.to_string().ends_with("\nand 950 more"));
}

#[test]
fn a_text_that_was_never_meant_as_a_scenario_is_refused_in_a_few_lines() {
    let passwd = "root:x:0:0:root:/root:/bin/bash\n".repeat(48);
    insta::assert_snapshot!(refused(&passwd), @r"
    test.dht:1:1: `root:x:0:0:root:/root:/bin/bash` is neither a command nor a setting
    test.dht:2:1: `root:x:0:0:root:/root:/bin/bash` is neither a command nor a setting
    test.dht:3:1: `root:x:0:0:root:/root:/bin/bash` is neither a command nor a setting
    and 45 more: this is no scenario
      hint: `ringscope list join` prints one
    ");
    let prose = format!("get well soon\n{passwd}");
    assert!(refused(&prose).contains("and 46 more: this is no scenario"), "{}", refused(&prose));
}

#[test]
fn a_scenario_with_unknown_words_is_told_each_of_them() {
    let newcomer = "insert 1 1\nlookup 1\njoin 3 500\n";
    assert_eq!(refused(newcomer).matches("is neither a command nor a setting").count(), 3);
    assert!(!refused(newcomer).contains("no scenario"));
    let half = "put 1 1\nlookup 1\n".repeat(9);
    assert_eq!(refused(&half).matches("is neither a command nor a setting").count(), 9);
}

#[test]
fn a_rank_and_an_id_in_the_wrong_order_are_suspected() {
    insta::assert_snapshot!(objections("add 500 3\nput 5 5\nremove 500"), @r"
    test.dht:1:5: rank 500 does not exist, and 3 is a rank that could join: are they in the wrong order?
      hint: write `add 3 500`, first the rank and then the storage id
    `--unchecked` runs it anyway
    ");
}

#[test]
fn a_rank_that_cannot_join_is_named_once_and_is_no_node_in_what_is_said_later() {
    insta::assert_snapshot!(objections("add 77 500\nremove 500\nadd 88 600\nadd 4 600\nremove 7"), @r"
    test.dht:1:5: rank 77 does not exist: MPI refuses to send it the INIT, and the run crashes
      hint: of 8 ranks 1 to 5 can join (0 is the head, 6 the permanent node, 7 the command node)
    test.dht:3:5: rank 88 does not exist: MPI refuses to send it the INIT, and the run crashes
      hint: of 8 ranks 1 to 5 can join (0 is the head, 6 the permanent node, 7 the command node)
    test.dht:5:8: no node has storage id 7: the REMOVE goes round the ring forever
      hint: the added nodes here have the ids 600
    `--unchecked` runs it anyway
    ");
}

#[test]
fn errors_of_a_scenario_that_says_its_end_can_be_notes() {
    let notes = read("expect deadlock\nremove 0").check().expect_err("unsound").into_notes();
    let text = notes.to_string();
    assert!(text.starts_with("test.dht:2:8: note: storage id 0 is the head's"), "{text}");
    assert!(!text.contains("--unchecked"));
}

#[test]
fn bytes_that_are_no_text_are_refused_with_their_place() {
    let errors = Scenario::parse_bytes("x", b"put 1 1\nget \xe9\x8d\n").expect_err("not UTF-8");
    assert_eq!(
        errors.to_string(),
        "x:2:5: byte 13 of the file is not UTF-8\n  hint: save the scenario as plain text in UTF-8"
    );
}

#[test]
fn a_huge_text_or_line_is_refused() {
    let huge = vec![b'#'; MOST_BYTES + 1];
    let errors = Scenario::parse_bytes("x", &huge).expect_err("too long");
    assert!(errors.to_string().starts_with("x: a scenario has at most"), "{errors}");
    let long = format!("get 1\n#{}\n", "x".repeat(LONGEST_LINE));
    assert!(refused(&long).starts_with("test.dht:2:1: a line has at most 4096 bytes, not 4097"));
}

#[test]
fn a_billion_commands_by_ranges_take_neither_time_nor_room() {
    let start = started();
    let scenario = read("keyspace 1_000_000_000\nput 1..=500_000_000 key\nget 1..500_000_000");
    assert_eq!(scenario.check(), Ok(vec![]));
    let pieces = read(
        "keyspace 100_000_000\nput 1..=5_000_000 key\nput 1..=50_000_000 step 10 3\nget 5_000_001..=50_000_000 step 20",
    );
    assert_eq!(pieces.check(), Ok(vec![]));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(
        objections("get 1..=2_000_000_000").starts_with("test.dht: 2000000000 commands are more")
    );
}

/// A test may look at the clock; what it tests may not.
#[expect(clippy::disallowed_methods)]
fn started() -> Instant {
    Instant::now()
}

#[test]
fn the_reference_scenarios_are_read_and_checked() {
    for run in reference_runs() {
        let name = run.file_name().and_then(|name| name.to_str()).expect("a plain name");
        let bytes = std::fs::read(run.with_extension("dht")).expect("a file that can be read");
        let scenario = Scenario::parse_bytes(name, &bytes).expect(name);
        let lines: Vec<u32> = match scenario.check() {
            Ok(_) => vec![],
            Err(errors) => line_numbers(&errors),
        };
        match name {
            "misuse-get-missing" => assert_eq!(lines, [3]),
            "misuse-put-key-0" => assert_eq!(lines, [2, 3]),
            "misuse-add-id-neg" => assert_eq!(lines, [2]),
            _ => assert_eq!(lines, Vec::<u32>::new(), "{name}"),
        }
    }
}

fn line_numbers(errors: &ScenarioErrors) -> Vec<u32> {
    errors.problems().iter().filter_map(|one| one.position()).map(|at| at.line).collect()
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "put",
        "get",
        "add",
        "remove",
        "end",
        "ranks",
        "seed",
        "latency",
        "uniform",
        "50us",
        "key",
        "step",
        "..",
        "..=",
        "+",
        "-",
        "*",
        "1",
        "1000",
        "-5",
        "9223372036854775807",
        "#",
        "\n",
        "\n",
        "\r\n",
        "\u{1b}",
        "\u{85}",
        "鍵",
        "_",
        "1_0",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        reads_or_refuses(text.as_bytes());
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in any::<Vec<u8>>()) {
        reads_or_refuses(&bytes);
    }

    #[test]
    fn no_words_make_the_parser_panic(text in words()) {
        reads_or_refuses(text.as_bytes());
    }

    #[test]
    fn what_is_written_reads_as_the_same(seed: u64, ranks in 3..40_u32, commands in 0..200_u32) {
        let scenario = random(seed, ranks, commands);
        prop_assert_eq!(&read(&scenario.to_text()), &scenario);
    }

    #[test]
    fn a_run_of_puts_is_written_as_it_was_read(
        (first, more, step) in (any::<i32>(), 0..1_000_i64, 1..5_000_i64),
        (times, plus) in (-3..4_i64, any::<i32>()),
    ) {
        let last = i64::from(first) + more;
        let text = format!("put {first}..={last} step {step} key*{times}+{plus}");
        let scenario = read(&text);
        prop_assert_eq!(&read(&scenario.to_text()), &scenario);
        prop_assert!(scenario.to_text().lines().count() == 1);
    }
}

/// Whatever it is, errors are plain text, and what is read can be checked and written.
fn reads_or_refuses(bytes: &[u8]) {
    let findings = match Scenario::parse_bytes("any", bytes) {
        Ok(scenario) => {
            assert_eq!(read(&scenario.to_text()), scenario);
            scenario.check().err()
        }
        Err(errors) => Some(errors),
    };
    for problem in findings.iter().flat_map(|errors| errors.problems()) {
        let plain = problem.plain().to_string();
        assert!(!plain.chars().any(|c| c.is_control() && c != '\n'), "{plain:?}");
    }
}

#[test]
fn built_in_scenarios_are_written_as_they_were_read() {
    for one in builtin::ALL {
        let scenario = one.scenario();
        assert_eq!(read(&scenario.to_text()), scenario, "{}", one.name);
    }
}

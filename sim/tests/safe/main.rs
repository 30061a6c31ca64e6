//! The protocol `safe`: nothing goes wrong in it, in any order, at any window.

mod runs;
mod scripts;

use std::fs;
use std::ops::Range;
use std::path::Path;

use ringscope_sim::explore::{ExploreSettings, Explored, explore};
use ringscope_sim::protocol::{Command, Key, StorageId, Value};
use ringscope_sim::protocols::{ProtocolId, Safe};
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::record;
use ringscope_traces::{Op, Tag, read_trace};

fn scenario(text: &str) -> Scenario {
    Scenario::parse("safe", &format!("protocol safe\n{text}")).expect("it can be read")
}

fn explored(text: &str) -> Explored {
    let explored = explore::<Safe>(&scenario(text), ExploreSettings::default(), &mut |_| true);
    assert!(explored.is_exhausted(), "{text}");
    explored
}

/// Whatever can go wrong, with its name and what it says.
fn failures(text: &str) -> Vec<(&'static str, String)> {
    let explored = explored(text);
    explored.failures().map(|failure| (failure.kind.name(), failure.says.clone())).collect()
}

/// The numbers of a variable, such as `10..60`, or the usual ones.
fn seeds(variable: &str, usual: Range<u64>) -> Range<u64> {
    let Ok(words) = std::env::var(variable) else { return usual };
    let parsed = words
        .split_once("..")
        .and_then(|(begin, end)| Some(begin.parse().ok()?..end.parse().ok()?));
    parsed.unwrap_or_else(|| panic!("{variable}={words}: wanted are two numbers, such as 1..9"))
}

/// Numbers that a seed makes (Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % n as u64).expect("below a usize")
    }
}

fn put(key: i64, value: i64) -> Command {
    Command::Put { key: Key(key), value: Value(value) }
}

fn get(key: i64) -> Command {
    Command::Get { key: Key(key) }
}

fn add(rank: i64, id: i64) -> Command {
    Command::Add { rank, id: StorageId(id) }
}

fn remove(id: i64) -> Command {
    Command::Remove { id: StorageId(id) }
}

fn text(commands: &[Command]) -> String {
    commands.iter().map(|command| format!("{command}\n")).collect()
}

/// What a command node prints, in all orders the same.
fn printed(commands: &str) -> String {
    let mut recording = ringscope_sim::world::recording::Recording::default();
    ringscope_sim::simulate::simulate::<Safe>(&scenario(commands), &mut recording);
    recording.prints.iter().map(|(_, print)| format!("{print}\n")).collect()
}

#[test]
fn whatever_cannot_be_done_is_refused_with_an_answer() {
    let commands = "\
window 4
put 0 1
get 1001
put 1001 1
add 9 500
add 3 0
add 3 1000
add 3 500
add 4 500
add 3 600
remove 1000
remove 0
remove 300
get 400
put 400 4
get 400";
    let lines = "\
put 0 1 is refused
get 1001 is refused
put 1001 1 is refused
add 9 500 is refused
add 3 0 is refused
add 3 1000 is refused
add 4 500 is refused
add 3 600 is refused
remove 1000 is refused
remove 0 is refused
remove 300 is refused
no value is at key 400
val is 4, storage id is 500
command finalizing
";
    assert_eq!(printed(commands), lines);
    assert_eq!(failures(commands), []);
}

#[test]
fn what_is_refused_is_said_beforehand_and_is_no_error() {
    let scenario = scenario("put 0 1\nadd 9 500\nadd 3 1000\nadd 3 500\nadd 3 600\nremove 7");
    let warnings = scenario.check().expect("nothing hangs, crashes or circles");
    let said: Vec<_> = warnings.iter().map(|warning| warning.message().to_owned()).collect();
    let expected = [
        "key 0 is out of range: keys are 1 to 1000",
        "rank 9 cannot join: the ranks that can are 1 to 5",
        "id 1000 is out of range: ids are 1 to 999",
        "rank 3 is in the ring already",
        "no node that can leave has the id 7",
    ];
    assert_eq!(said, expected);
}

#[test]
fn only_the_keys_that_move_travel_and_in_one_message() {
    let puts = "put 1..=1000 key\nadd 2 500\nadd 1 200\nremove 500";
    let recorded = record(&scenario(puts), Vec::new()).expect("memory");
    let (trace, _) = read_trace(&recorded.to[..], "safe").expect("it is a trace");
    let sent = trace.events.iter().filter(|event| event.op == Op::Send);
    let moves = sent.filter(|event| matches!(event.tag, Tag(9 | 10)));
    let pairs = moves.map(|event| {
        let map = event.data.as_map().or_else(|| event.data.as_list()?.last()?.as_map());
        (event.tag.0, map.expect("it carries pairs").len())
    });
    assert_eq!(pairs.collect::<Vec<_>>(), [(9, 500), (9, 200), (10, 300)]);
}

#[test]
fn short_messages_fit_below_the_limit_that_the_page_names() {
    use ringscope_sim::protocol::{Message as _, MessageOf};
    use ringscope_traces::Payload;
    let long = |count| Payload::list((0..count).map(|_| Payload::Int(i64::MIN)));
    let rank = || Payload::Int(i64::from(u32::MAX));
    let (id, n) = (|| Payload::Int(i64::MIN), || Payload::Int(i64::MAX));
    let order = Payload::list([id(), rank(), id(), rank(), id(), n()]);
    let longest = MessageOf::<Safe>::parse(Tag(7), &order).expect("it is a JOIN").bytes();
    assert_eq!(longest, 106);
    let put = Payload::list([id(), id(), n()]);
    assert!(MessageOf::<Safe>::parse(Tag(0), &put).expect("it is a PUT").bytes() < longest);
    assert!(MessageOf::<Safe>::parse(Tag(0), &long(2)).is_err());
}

/// Pairs of 27 bytes, so that four of them are longer than the limit.
const LONG: &str = "\
put 100 -1234567890123456789
put 101 -1234567890123456789
put 102 -1234567890123456789
put 103 -1234567890123456789
";

#[test]
fn sends_that_block_are_harmless_when_only_pairs_are_too_long_for_the_limit() {
    let changes = "add 2 500\nadd 1 200\nremove 500\nadd 2 150\nremove 200\nget 100";
    for window in 1..=4 {
        let text = format!("ranks 6\neager 106\nwindow {window}\n{LONG}{changes}");
        assert_eq!(failures(&text), []);
    }
}

#[test]
fn when_all_sends_block_one_command_at_a_time_is_harmless_and_two_are_not() {
    let commands = "put 400 1\nadd 2 500\nget 400\nadd 1 200\nremove 500\nget 400\nadd 2 300";
    assert_eq!(failures(&format!("ranks 6\neager 0\nwindow 1\n{commands}")), []);
    let found = failures(&format!("ranks 6\neager 0\nwindow 2\n{commands}"));
    assert!(found.iter().all(|(kind, _)| *kind == "deadlock"), "{found:?}");
    let head_and_command = "rank 5 is blocked in a send to 0; rank 0 is blocked in a send to 5";
    assert!(found.iter().any(|(_, says)| says.starts_with(head_and_command)), "{found:?}");
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol-safe.md");
    fs::read_to_string(path).expect("the page is in the repository")
}

#[test]
fn the_table_of_messages_on_the_page_is_the_table_of_tags() {
    let protocol = ProtocolId::named("safe").expect("it is listed");
    let page = page();
    let rows = page.lines().skip_while(|line| !line.starts_with("| tag |")).skip(2);
    let names: Vec<_> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|row| row.split('|').nth(2).expect("it has a name").trim())
        .collect();
    let known: Vec<_> = (0..).map_while(|tag| protocol.tag_name(Tag(tag))).collect();
    assert_eq!(names, known);
}

#[test]
fn the_run_that_the_page_shows_is_the_run_that_is_simulated() {
    let page = page();
    let section = page.split("## One run, message by message").nth(1).expect("it is shown");
    let commands: Vec<_> = section.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    let shown = section.split("```messages\n").nth(1).and_then(|rest| rest.split("```").next());
    let scenario = scenario(&format!("ranks 4\n{}", commands.join("\n")));
    let recorded = record(&scenario, Vec::new()).expect("memory");
    let (trace, _) = read_trace(&recorded.to[..], "safe").expect("it is a trace");
    let sent = trace.events.iter().filter(|event| event.op == Op::Send);
    let messages: String = sent
        .map(|event| {
            let name = scenario.settings.protocol.tag_name(event.tag).expect("a tag");
            format!("{} -> {} {name} {}\n", event.rank, event.peer, event.data)
        })
        .collect();
    assert_eq!(Some(messages.as_str()), shown);
}

#[test]
fn the_keys_that_a_join_and_a_leave_move_are_counted() {
    let mut stats = ringscope_sim::stats::Stats::default();
    let commands = "put 1..=1000 key\nadd 2 500\nadd 1 200\nremove 500";
    let run = ringscope_sim::simulate::simulate::<Safe>(&scenario(commands), &mut stats);
    let moved: Vec<_> = stats.report(run.world.nodes()).moves.iter().map(|row| row.keys).collect();
    assert_eq!(moved, [500, 200, 300]);
}

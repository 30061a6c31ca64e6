//! What a command costs in each protocol: the table in the README, made by
//!
//!     RINGSCOPE_BLESS=1 cargo test -p ringscope-sim --test costs

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ringscope_sim::protocol::Protocol;
use ringscope_sim::protocols::{ProtocolId, Visitor};
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::{nodes, simulate};
use ringscope_sim::stats::{CommandKind, KindRow, Report, Stats};
use ringscope_sim::world::End;
use support::scenario;

const BEGIN: &str =
    "<!-- costs: made by `RINGSCOPE_BLESS=1 cargo test -p ringscope-sim --test costs` -->\n";
const END: &str = "<!-- /costs -->\n";

/// As many ranks as the table has rows for.
const RANKS: [u32; 3] = [8, 64, 1_000];

/// How far apart the storage ids are.
const APART: u32 = 100;

/// How many keys each node of the ring holds.
const KEYS_EACH: u32 = 10;

/// What a command costs, in the mean.
struct Cost {
    messages: f64,
    bytes: f64,
    hops: f64,
}

/// A ring of all nodes but one, as it joins; as a whole run, each node gets as many keys, every key is written and read, the last
/// node joins in the middle of the ring and leaves again.
fn run(protocol: ProtocolId, ranks: u32, is_whole: bool) -> Report {
    let storage = ranks - 2;
    let middle = storage / 2;
    let mut text = format!(
        "protocol {}\nranks {ranks}\nkeyspace {}\nlatency constant 100us\n",
        protocol.name(),
        storage * APART
    );
    for rank in (1..storage).filter(|rank| *rank != middle) {
        let _ = writeln!(text, "add {rank} {}", rank * APART);
    }
    if is_whole {
        let (step, last) = (APART / KEYS_EACH, storage * APART);
        let _ =
            writeln!(text, "put {step}..={last} step {step} key\nget {step}..={last} step {step}");
        let _ = writeln!(text, "add {middle} {0}\nremove {0}", middle * APART);
    }
    protocol.dispatch(Run { scenario: &scenario(&text) })
}

struct Run<'a> {
    scenario: &'a Scenario,
}

impl Visitor for Run<'_> {
    type Output = Report;

    fn visit<P: Protocol>(self) -> Report {
        let mut stats = Stats::new(&nodes::<P>(self.scenario));
        let finished = simulate::<P>(self.scenario, &mut stats);
        assert_eq!(finished.outcome.end, End::Completed);
        stats.report(finished.world.nodes())
    }
}

/// What commands of a kind have cost together.
fn sum(report: &Report, kind: CommandKind) -> (f64, Cost) {
    let row: &KindRow = report.kinds.iter().find(|row| row.kind == kind).expect("all have rows");
    assert_eq!(row.count, row.answered, "every command is answered");
    let count = row.count as f64;
    let hops = row.hops.map_or(0.0, |hops| hops.mean * count);
    (count, Cost { messages: row.volume.messages as f64, bytes: row.volume.bytes as f64, hops })
}

fn cost(kind: CommandKind, (before, whole): (&Report, &Report)) -> Cost {
    let ((count, all), (others, without)) = (sum(whole, kind), sum(before, kind));
    // Of joins only the last counts, that of a node with keys to take over.
    let without = match kind {
        CommandKind::Add => (others, without),
        CommandKind::Put | CommandKind::Get | CommandKind::Remove | CommandKind::End => {
            (0.0, Cost { messages: 0.0, bytes: 0.0, hops: 0.0 })
        }
    };
    let each = |all: f64, without: f64, others: f64| (all - without) / (count - others);
    Cost {
        messages: each(all.messages, without.1.messages, without.0),
        bytes: each(all.bytes, without.1.bytes, without.0),
        hops: each(all.hops, without.1.hops, without.0),
    }
}

fn table() -> String {
    let protocols = ["classic", "safe"].map(|name| ProtocolId::named(name).expect("it is listed"));
    let mut table =
        "| | ranks | classic: messages | bytes | hops | safe: messages | bytes | hops |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|\n"
            .to_owned();
    let reports = RANKS.map(|ranks| {
        protocols.map(|protocol| (run(protocol, ranks, false), run(protocol, ranks, true)))
    });
    for kind in [CommandKind::Put, CommandKind::Get, CommandKind::Add, CommandKind::Remove] {
        for (ranks, both) in RANKS.iter().zip(&reports) {
            let _ = write!(table, "| {} | {ranks} ", kind.name());
            for (before, whole) in both {
                let Cost { messages, bytes, hops } = cost(kind, (before, whole));
                let _ = write!(table, "| {messages:.0} | {bytes:.0} | {hops:.0} ");
            }
            table.push_str("|\n");
        }
    }
    table
}

#[test]
fn the_table_of_costs_in_the_readme_is_what_commands_cost() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).expect("the repository has a README");
    let (before, rest) = readme.split_once(BEGIN).expect("it has the table");
    let (found, after) = rest.split_once(END).expect("the table has an end");
    let table = table();
    if std::env::var_os("RINGSCOPE_BLESS").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).expect("it can be written");
        return;
    }
    assert_eq!(found, table, "again: RINGSCOPE_BLESS=1 cargo test -p ringscope-sim --test costs");
}

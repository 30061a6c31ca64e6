//! The invariants and the statistics, held against whole runs: sound ones, races, misuse, and nodes
//! that were broken on purpose.

mod by_hand;
mod counts;
mod mutants;
mod sound;
mod writer;

use std::sync::Arc;

use ringscope_sim::invariants::{Invariant, InvariantChecker};
use ringscope_sim::protocol::{
    Command, Key, MessageOf, Node, NodeSetup, Protocol, Script, StorageId, Value,
};
use ringscope_sim::protocols::Classic;
use ringscope_sim::stats::{Report, Stats};
use ringscope_sim::world::latency::Latency;
use ringscope_sim::world::{ByArrival, Limits, Outcome, World, run};
use ringscope_traces::Rank;

type ClassicNode = <Classic as Protocol>::Node;
type Message = MessageOf<Classic>;

/// Commands as a scenario writes them.
fn script(lines: &[&str]) -> Vec<Command> {
    let command = |line: &&str| {
        let words: Vec<_> = line.split(' ').collect();
        let number = |place: usize| words[place].parse().expect("a number");
        match words[0] {
            "put" => Command::Put { key: Key(number(1)), value: Value(number(2)) },
            "get" => Command::Get { key: Key(number(1)) },
            "add" => Command::Add { rank: number(1), id: StorageId(number(2)) },
            "remove" => Command::Remove { id: StorageId(number(1)) },
            other => panic!("no command {other}"),
        }
    };
    lines.iter().map(command).collect()
}

fn setting(ranks: u32, window: u32, commands: &[Command]) -> Vec<ClassicNode> {
    let script = Arc::new(commands.iter().copied().collect::<Script>());
    Classic::nodes(&NodeSetup { ranks, keyspace: 1000, window, script })
}

struct Ran {
    checker: InvariantChecker,
    report: Report,
    outcome: Outcome<Message>,
}

fn ran<N: Node<Message = Message>>(nodes: Vec<N>, latency: Latency, seed: u64) -> Ran {
    ran_with((nodes, None), latency, seed)
}

/// With an eager limit in bytes, above which a send blocks until it is received.
fn ran_with<N: Node<Message = Message>>(
    (nodes, eager): (Vec<N>, Option<u64>),
    latency: Latency,
    seed: u64,
) -> Ran {
    let driver = Rank(u32::try_from(nodes.len()).expect("few ranks") - 1);
    let mut both = (InvariantChecker::new(&nodes), Stats::new(&nodes));
    let mut world = World::new(nodes, ByArrival::new(latency, seed), eager, &mut both);
    let outcome = run(&mut world, driver, Limits::default(), &mut both);
    let (mut checker, stats) = both;
    checker.finish(world.nodes());
    Ran { checker, report: stats.report(world.nodes()), outcome }
}

const UNIFORM: Latency = Latency::Uniform { low_ns: 50_000, high_ns: 150_000 };

/// Eight ranks, one command at a time.
fn course(lines: &[&str]) -> Ran {
    ran(setting(8, 1, &script(lines)), UNIFORM, 7)
}

fn sentences(checker: &InvariantChecker) -> Vec<(Invariant, String)> {
    let violations = checker.violations().into_iter();
    violations.map(|violation| (violation.invariant, violation.what.clone())).collect()
}

fn expect(checker: &InvariantChecker, expected: &[(Invariant, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(i, what)| (*i, (*what).to_owned())).collect();
    assert_eq!(sentences(checker), expected);
    assert_eq!(checker.holds(), expected.is_empty());
}

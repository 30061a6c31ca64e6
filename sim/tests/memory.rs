//! What a rank and a message cost in memory, and that a message in flight allocates nothing.
//!
//! One test, since the counting allocator counts for the whole process.

use std::sync::Arc;

use ringscope_sim::protocol::{Command, Key, NodeSetup, Protocol, Run, Script, Value};
use ringscope_sim::protocols::Classic;
use ringscope_sim::world::latency::Latency;
use ringscope_sim::world::{ByArrival, Step, World};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const LATENCY: Latency = Latency::Uniform { low_ns: 50_000, high_ns: 150_000 };

type ClassicNode = <Classic as Protocol>::Node;

fn world(nodes: Vec<ClassicNode>) -> World<ClassicNode, ByArrival> {
    World::new(nodes, ByArrival::new(LATENCY, 7), None, &mut ())
}

fn setup(ranks: u32, window: u32, runs: Vec<Run>) -> NodeSetup {
    NodeSetup { ranks, keyspace: 5_000, window, script: Arc::new(Script::new(runs)) }
}

fn bytes() -> usize {
    dhat::HeapStats::get().curr_bytes
}

fn allocations() -> u64 {
    dhat::HeapStats::get().total_blocks
}

/// Bytes that an idle rank takes, nodes and all that the world keeps for it.
fn bytes_of_an_idle_rank() -> usize {
    const RANKS: u32 = 1_000_000;
    let before = bytes();
    let world = world(Classic::nodes(&setup(RANKS, 1, Vec::new())));
    let taken = bytes() - before;
    drop(world);
    taken / RANKS as usize
}

/// Bytes that a message in flight takes: a window of commands that the command node has just sent.
fn bytes_of_a_message_in_flight() -> usize {
    const IN_FLIGHT: u32 = 1 << 16;
    let gets = Run {
        first: Command::Get { key: Key(1) },
        count: u64::from(IN_FLIGHT),
        key_step: 0,
        value_step: 0,
    };
    let empty = world(Classic::nodes(&setup(8, IN_FLIGHT, Vec::new())));
    let before = bytes();
    let world = world(Classic::nodes(&setup(8, IN_FLIGHT, vec![gets])));
    let taken = bytes() - before;
    // What the command node remembers of its open commands is its own, and not the messages'.
    let remembered = IN_FLIGHT as usize * size_of::<Command>();
    drop((empty, world));
    (taken - remembered) / IN_FLIGHT as usize
}

/// Allocations in a hundred thousand messages of commands and replies that are under way.
fn allocations_on_the_way() -> u64 {
    const RANKS: u32 = 50;
    let puts = Run {
        first: Command::Put { key: Key(50), value: Value(1) },
        count: 48,
        key_step: 100,
        value_step: 1,
    };
    let gets =
        Run { first: Command::Get { key: Key(50) }, count: 48, key_step: 100, value_step: 0 };
    let mut runs = vec![puts];
    runs.extend((0..1_000).flat_map(|_| [gets, puts]));
    let mut world = world(Classic::settled(&setup(RANKS, 16, runs)));
    let step = |world: &mut World<ClassicNode, ByArrival>, messages| {
        for _ in 0..messages {
            assert!(matches!(world.step(&mut ()), Step::Received(_)));
        }
    };
    step(&mut world, 10_000);
    let before = allocations();
    step(&mut world, 100_000);
    allocations() - before
}

#[test]
fn ranks_and_messages_cost_what_is_promised() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let rank = bytes_of_an_idle_rank();
    let message = bytes_of_a_message_in_flight();
    let on_the_way = allocations_on_the_way();
    assert!(rank <= 256, "{rank} B");
    assert!(message <= 64, "{message} B");
    assert_eq!(on_the_way, 0, "allocations in 100,000 messages");
}

//! Races in an order chosen by hand, and the misuse that a course has seen.

use ringscope_sim::invariants::{Invariant, InvariantChecker};
use ringscope_sim::world::{ByChoice, Choice, End, World};
use ringscope_traces::Rank;

use super::{UNIFORM, course, expect, ran, script, setting};

/// Lets these receipts happen, `(rank, source)`, and then whichever is first until nothing is left.
fn chosen(commands: &[&str], window: u32, receipts: &[(u32, u32)]) -> InvariantChecker {
    let nodes = setting(8, window, &script(commands));
    let mut checker = InvariantChecker::new(&nodes);
    let mut world = World::new(nodes, ByChoice, None, &mut checker);
    for (rank, source) in receipts {
        let choice = Choice { rank: Rank(*rank), source: Rank(*source) };
        assert!(world.choose(choice, &mut checker), "rank {rank} receives from {source}");
    }
    while let Some(choice) = world.choices().first() {
        world.choose(*choice, &mut checker);
    }
    checker.finish(world.nodes());
    checker
}

#[test]
fn a_put_that_overtakes_the_pointers_lands_on_the_wrong_node() {
    let race = [
        (0, 7),
        (0, 7),
        (6, 0),
        (3, 6),
        (6, 3),
        (0, 6),
        (6, 0), // PUT 400 is on its way to rank 6
        (6, 0),
    ];
    let checker = chosen(&["add 3 500", "put 400 1"], 2, &race);
    expect(
        &checker,
        &[(
            Invariant::OneOwner,
            "key 400 is on rank 6 (owns 501 to 1000), but its owner is rank 3 (owns 1 to 500)",
        )],
    );
    let violation = checker.violations()[0];
    assert_eq!((violation.at, violation.rank, violation.now_ns), (8, Rank(6), 8));
    // Once where it began, and still so at the end of the run.
    assert_eq!(checker.tally(Invariant::OneOwner).failed, 2);
}

#[test]
fn a_put_that_the_newcomer_takes_before_its_keys_arrive_is_overwritten_by_them() {
    let race = [
        (0, 7),
        (0, 7),
        (6, 0),
        (0, 6),
        (7, 0), // PUT 400 1 is done, ADD is at rank 6
        (6, 0),
        (3, 6),
        (6, 3),
        (0, 6),
        (6, 0), // rank 3 is in the ring, without its keys
        (0, 7),
        (3, 0),
        (3, 6),
        (6, 3), // PUT 400 2 is at rank 3, and then the old pair
    ];
    let checker = chosen(&["put 400 1", "add 3 500", "put 400 2", "get 400"], 2, &race);
    expect(
        &checker,
        &[
            (Invariant::KeysKept, "key 400 was stored on rank 3 with value 2, but rank 3 holds 1"),
            (
                Invariant::LastPutRead,
                "get 400 was answered with 1, but the last put before it was 2",
            ),
        ],
    );
}

#[test]
fn oddities_that_break_nothing_raise_no_alarm() {
    for commands in [
        &["add 3 0", "put 4 4", "get 4", "remove 0"][..],
        &["add 3 500", "add 4 500", "put 400 1", "get 400", "remove 500", "get 400"],
        &["add 3 500", "remove 500", "add 3 500", "put 500 1", "get 500"],
        &["add 3 500", "put 400 1", "get 401"],
        &["add 3 500", "put 1001 1"],
        &["put 0 1"],
        &["put 9 1", "add 3 -5"],
        &["put 9 1", "add 99 500"],
        &["put 1 1", "remove 1000"],
        &["put 1 1", "add 6 500"],
        &["remove 77"],
    ] {
        expect(&course(commands).checker, &[]);
    }
}

#[test]
fn two_neighbours_that_leave_at_once_deadlock_and_lose_nothing() {
    let commands = script(&["add 3 500", "add 4 300", "put 200 1", "remove 500", "remove 300"]);
    let ended = (0..50).map(|seed| {
        let ran = ran(setting(8, 2, &commands), UNIFORM, seed);
        assert_eq!(ran.checker.tally(Invariant::KeysKept).failed, 0);
        ran.outcome.end == End::Completed
    });
    assert!(ended.filter(|completed| !completed).count() > 0);
}

#[test]
fn without_the_permanent_node_the_last_keys_have_no_owner() {
    let ran = course(&["add 3 500", "remove 1000", "put 4 4"]);
    expect(
        &ran.checker,
        &[
            (
                Invariant::OneOwner,
                "no reply leaves the ring: the predecessor of the head, rank 0, is rank 3 (id 500), \
             not the command node",
            ),
            (Invariant::OneOwner, "keys 501 to 1000 have no owner: the ring ends with rank 3"),
        ],
    );
}

#[test]
fn a_rank_that_joins_twice_forgets_its_keys_and_points_to_itself() {
    let ran = course(&["add 3 300", "put 7 70", "put 900 9", "add 3 500"]);
    expect(
        &ran.checker,
        &[
            (
                Invariant::KeysKept,
                "key 7 was stored on rank 3 with value 70, but no node holds key 7 any more",
            ),
            (
                Invariant::OneOwner,
                "rank 3 is the successor of rank 0 (id 0), but its predecessor is rank 3 (id 300)",
            ),
            (
                Invariant::OneOwner,
                "the ring has a cycle without the head: rank 3 points back to rank 3",
            ),
        ],
    );
}

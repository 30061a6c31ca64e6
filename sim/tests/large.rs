//! Large worlds: a million ranks, a ring of a thousand, keys by the thousand.

mod support;

use ringscope_sim::invariants::InvariantChecker;
use ringscope_sim::protocols::Classic;
use ringscope_sim::simulate::{nodes, simulate};
use ringscope_sim::world::{Cycle, End};
use ringscope_traces::Rank;
use support::scenario;

#[test]
fn a_million_ranks_start_work_and_end() {
    let text = "ranks 1_000_000\nkeyspace 1_000_000\nadd 1 500_000\nput 7 70\nget 7";
    let finished = simulate::<Classic>(&scenario(text), &mut ());
    assert_eq!(finished.outcome.end, End::Completed);
    assert!(finished.world.all_stopped());
}

#[test]
fn a_ring_of_a_thousand_joins_by_itself_and_keeps_its_invariants() {
    let joins: String = (1..=998).map(|rank| format!("add {rank} {}\n", rank * 100)).collect();
    let text =
        format!("ranks 1_001\nkeyspace 100_000\n{joins}put 50..=99_950 step 100 key\nget 99_950");
    let scenario = scenario(&text);
    let mut checker = InvariantChecker::new(&nodes::<Classic>(&scenario));
    let finished = simulate::<Classic>(&scenario, &mut checker);
    checker.finish(finished.world.nodes());
    assert_eq!(finished.outcome.end, End::Completed);
    assert!(checker.holds(), "{:?}", checker.violations());
}

#[test]
fn a_livelock_among_many_ranks_is_proven_by_one_round_of_the_ring() {
    let joins: String = (1..=300).map(|rank| format!("add {rank} {}\n", rank * 3)).collect();
    let finished = simulate::<Classic>(&scenario(&format!("ranks 303\n{joins}get 1_001")), &mut ());
    let End::Livelock(Cycle { through, period, .. }) = finished.outcome.end else {
        panic!("{:?}", finished.outcome.end)
    };
    assert_eq!(period, Some(302), "300 nodes, the permanent one and the head");
    assert_eq!(through.len(), 302);
    assert!(through.contains(&Rank(0)));
}

#[test]
fn several_messages_that_circle_at_random_are_caught_by_the_limit_of_messages() {
    let text = "window 4\nlatency log-normal 100us 2\nget 1_001..=1_004";
    let finished = simulate::<Classic>(&scenario(text), &mut ());
    let End::Livelock(Cycle { through, .. }) = finished.outcome.end else {
        panic!("{:?}", finished.outcome.end)
    };
    assert_eq!(through.len(), 2);
}

#[test]
fn a_thousand_keys_move_one_round_trip_each() {
    let text = "put 1..=1_000 key\nadd 3 500\nget 1..=1_000";
    let finished = simulate::<Classic>(&scenario(text), &mut ());
    assert_eq!(finished.outcome.end, End::Completed);
    // Each PUT is 4 messages on the way round. The join: the ADD 3, INIT and pointers 4, keys 2 x 500,
    // the ACK 2. A GET is 4 or, on its way through the new node, 5. END 1 + 6.
    let puts = 4 * 1_000;
    let join = 2 + 4 + 2 * 500 + 2;
    let gets = 5 * 1_000;
    assert_eq!(finished.outcome.received, puts + join + gets + 7);
}

#[test]
fn a_run_that_is_stopped_by_its_limit_is_no_livelock() {
    // So few messages that they are used up while a livelock is looked for, and the ring is so large
    // that none has come round by then.
    let joins: String = (1..=300).map(|rank| format!("add {rank} {}\n", rank * 3)).collect();
    let to_here =
        simulate::<Classic>(&scenario(&format!("ranks 303\n{joins}")), &mut ()).outcome.received;
    let limit = to_here + 1_500;
    let text = format!("ranks 303\nlimit {limit}\n{joins}get 1_001");
    let finished = simulate::<Classic>(&scenario(&text), &mut ());
    assert_eq!(finished.outcome.end, End::Stopped { limit_messages: limit });
    assert_eq!(finished.outcome.received, limit);
}

#[test]
fn a_run_may_use_all_the_messages_that_it_is_allowed() {
    let needed = simulate::<Classic>(&scenario("put 9 100"), &mut ()).outcome.received;
    let end = |limit| {
        simulate::<Classic>(&scenario(&format!("limit {limit}\nput 9 100")), &mut ()).outcome.end
    };
    assert_eq!(end(needed), End::Completed);
    assert_eq!(end(needed - 1), End::Stopped { limit_messages: needed - 1 });
}

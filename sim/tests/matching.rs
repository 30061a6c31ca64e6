//! MPI's matching rules, seen with nodes that do nothing else.

#[path = "support/puppet.rs"]
mod puppet;

use proptest::prelude::*;
use puppet::Act::{Any, From, Send, SendLong};
use puppet::{Act, Puppet};
use ringscope_sim::world::latency::Latency;
use ringscope_sim::world::{Blocked, ByArrival, End, Limits, Outcome, World, run};
use ringscope_traces::{Rank, Tag};

const WILD: Latency = Latency::LogNormal { median_ns: 1_000, sigma: 3.0 };

fn perform(
    acts: &[&[Act]],
    eager: Option<u64>,
    seed: u64,
) -> (Outcome<puppet::Note>, World<Puppet, ByArrival>) {
    let puppets = acts.iter().map(|acts| Puppet::new(acts)).collect();
    let mut world = World::new(puppets, ByArrival::new(WILD, seed), eager, &mut ());
    let outcome = run(&mut world, Rank(u32::MAX), Limits::default(), &mut ());
    (outcome, world)
}

#[test]
fn messages_of_one_sender_are_received_in_the_order_sent() {
    let sends: Vec<_> = (0..50).map(|number| Send(1, 0, number)).collect();
    let receives = [Any; 50];
    for seed in 0..50 {
        let (outcome, world) = perform(&[&sends, &receives], None, seed);
        assert_eq!(outcome.end, End::Completed, "seed {seed}");
        let in_order: Vec<_> = (0..50).map(|number| (0, number)).collect();
        assert_eq!(world.nodes()[1].received, in_order, "seed {seed}");
    }
}

#[test]
fn order_is_kept_towards_each_receiver_when_a_sender_alternates_between_them() {
    let sends: Vec<_> = (0..60).map(|n| Send(1 + u32::try_from(n % 3).unwrap(), 0, n)).collect();
    let receives = [Any; 20];
    for seed in 0..50 {
        let (_, world) = perform(&[&sends, &receives, &receives, &receives], None, seed);
        for receiver in 1..4 {
            let received = &world.nodes()[receiver].received;
            assert_eq!(received.len(), 20, "seed {seed}");
            assert!(received.is_sorted(), "seed {seed}, rank {receiver}: {received:?}");
        }
    }
}

#[test]
fn between_different_senders_any_order_is_possible() {
    let first_receipts: std::collections::BTreeSet<_> = (0..50)
        .map(|seed| {
            let (_, world) =
                perform(&[&[Send(2, 0, 7)], &[Send(2, 0, 8)], &[Any, Any]], None, seed);
            world.nodes()[2].received[0]
        })
        .collect();
    assert_eq!(first_receipts.into_iter().collect::<Vec<_>>(), [(0, 7), (1, 8)]);
}

#[test]
fn a_receive_of_one_source_and_tag_leaves_everything_else_in_the_queue() {
    let acts: [&[Act]; 3] = [
        &[Send(2, 5, 1), Send(2, 6, 2), Send(2, 5, 3)],
        &[Send(2, 6, 4)],
        &[From(0, 6), Any, From(0, 5), Any],
    ];
    for seed in 0..50 {
        let (outcome, world) = perform(&acts, None, seed);
        assert_eq!(outcome.end, End::Completed, "seed {seed}");
        let received = &world.nodes()[2].received;
        assert_eq!(received[0], (0, 2), "seed {seed}: tag 6 of rank 0 is awaited");
        let of_rank_0: Vec<_> = received.iter().filter(|(from, _)| *from == 0).collect();
        assert_eq!(of_rank_0, [&(0, 2), &(0, 1), &(0, 3)], "seed {seed}: the rest in order");
    }
}

#[test]
fn a_short_send_to_oneself_can_be_received() {
    let (outcome, world) = perform(&[&[Send(0, 0, 9), Any]], Some(4_096), 1);
    assert_eq!(outcome.end, End::Completed);
    assert_eq!(world.nodes()[0].received, [(0, 9)]);
}

#[test]
fn a_long_send_to_oneself_blocks_for_ever() {
    let (outcome, _) = perform(&[&[SendLong(0, 0, 9), Any]], Some(4_096), 1);
    let End::Deadlock(graph) = outcome.end else { panic!("{:?}", outcome.end) };
    assert_eq!(graph.cycle(), [Blocked { rank: Rank(0), on: Rank(0), tag: None }]);
}

#[test]
fn long_sends_head_to_head_deadlock_above_the_eager_limit_and_not_below() {
    let acts: [&[Act]; 2] = [&[SendLong(1, 0, 1), Any], &[SendLong(0, 0, 2), Any]];
    let (outcome, _) = perform(&acts, Some(4_096), 1);
    let End::Deadlock(graph) = outcome.end else { panic!("{:?}", outcome.end) };
    assert_eq!(graph.cycle().len(), 2);
    assert_eq!(graph.pending.len(), 2);
    let (outcome, _) = perform(&acts, Some(10_000), 1);
    assert_eq!(outcome.end, End::Completed, "a message as long as the limit is buffered");
    let (outcome, _) = perform(&acts, None, 1);
    assert_eq!(outcome.end, End::Completed, "without a limit no send blocks");
}

#[test]
fn a_blocked_sender_goes_on_as_soon_as_its_message_is_received() {
    let acts: [&[Act]; 2] = [
        &[SendLong(1, 0, 1), Send(1, 0, 2), SendLong(1, 0, 3), Any],
        &[Any, Any, Any, Send(0, 0, 4)],
    ];
    for seed in 0..20 {
        let (outcome, world) = perform(&acts, Some(0), seed);
        assert_eq!(outcome.end, End::Completed, "seed {seed}");
        assert_eq!(world.nodes()[1].received, [(0, 1), (0, 2), (0, 3)]);
        assert_eq!(world.nodes()[0].received, [(1, 4)]);
    }
}

#[test]
fn a_sender_that_is_released_takes_what_came_while_it_was_blocked() {
    let acts: [&[Act]; 3] =
        [&[SendLong(1, 0, 1), Any], &[From(2, 0), Any], &[Send(0, 0, 5), Send(1, 0, 6)]];
    for seed in 0..20 {
        let (outcome, world) = perform(&acts, Some(4_096), seed);
        assert_eq!(outcome.end, End::Completed, "seed {seed}");
        assert_eq!(world.nodes()[0].received, [(2, 5)]);
    }
}

#[test]
fn a_rank_that_does_not_exist_cannot_be_sent_to() {
    let (outcome, _) = perform(&[&[Send(0, 0, 1), Send(2, 0, 1), Send(0, 0, 2)], &[]], None, 1);
    let End::Crashed { rank, fault } = outcome.end else { panic!("{:?}", outcome.end) };
    assert_eq!(
        (rank, fault.to_string().as_str()),
        (Rank(0), "it sends to rank 2, which does not exist")
    );
    assert_eq!(outcome.unreceived, 1, "what it sent before is under way, and nothing after");
}

#[test]
fn who_waits_for_whom_is_told_with_the_tag() {
    let (outcome, _) = perform(&[&[From(1, 3)], &[From(2, 4)], &[From(1, 5)]], None, 1);
    let End::Deadlock(graph) = outcome.end else { panic!("{:?}", outcome.end) };
    let waits = |rank: u32, on: u32, tag: i32| Blocked {
        rank: Rank(rank),
        on: Rank(on),
        tag: Some(Tag(tag)),
    };
    assert_eq!(graph.blocked, [waits(0, 1, 3), waits(1, 2, 4), waits(2, 1, 5)]);
    assert_eq!(graph.cycle(), [waits(1, 2, 4), waits(2, 1, 5)]);
    assert_eq!(graph.path(Rank(0)).len(), 3);
}

proptest! {
    /// Whatever is sent is received exactly once, in order, as long as everybody receives enough.
    #[test]
    fn nothing_is_lost_and_nothing_comes_twice(
        targets in prop::collection::vec(0_u32..4, 1..60),
        eager in prop_oneof![Just(None), Just(Some(0_u64))],
        seed in any::<u64>(),
    ) {
        let sends: Vec<_> =
            (0..).zip(&targets).map(|(number, target)| Send(1 + target, 0, number)).collect();
        let receives: Vec<Vec<_>> = (0..4)
            .map(|target| vec![Any; targets.iter().filter(|other| **other == target).count()])
            .collect();
        let mut acts = vec![sends.as_slice()];
        acts.extend(receives.iter().map(Vec::as_slice));
        let (outcome, world) = perform(&acts, eager, seed);
        prop_assert_eq!(outcome.end, End::Completed);
        prop_assert_eq!(outcome.received, targets.len() as u64);
        prop_assert_eq!(outcome.unreceived, 0);
        for puppet in &world.nodes()[1..] {
            prop_assert!(puppet.received.is_sorted());
        }
    }
}

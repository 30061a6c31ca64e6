//! Runs with nothing wrong.

use proptest::prelude::*;
use ringscope_sim::invariants::Invariant;
use ringscope_sim::protocol::Command;
use ringscope_sim::world::End;

use super::writer::Writer;
use super::{Ran, UNIFORM, course, expect, ran, ran_with, script, sentences, setting};

#[test]
fn a_sound_run_passes_every_check_that_was_made() {
    let ran = course(&[
        "put 100 1",
        "put 600 2",
        "add 3 500",
        "add 4 300",
        "get 100",
        "put 400 3",
        "remove 500",
        "get 400",
        "get 600",
        "add 3 450",
        "get 400",
        "remove 300",
        "get 100",
    ]);
    assert_eq!(ran.outcome.end, End::Completed);
    expect(&ran.checker, &[]);
    let tally = |invariant| ran.checker.tally(invariant);
    // Three PUTs, five joins and leaves, and the end of the run.
    assert_eq!(tally(Invariant::KeysKept).passed(), 3 + 5 + 1);
    assert_eq!(tally(Invariant::OneOwner).passed(), 3 + 5 + 1);
    assert_eq!(tally(Invariant::LastPutRead).passed(), 5);
    assert_eq!(tally(Invariant::SenderOrder).passed(), ran.outcome.received);
}

#[test]
fn sends_that_block_change_neither_the_judgement_nor_the_counts() {
    let commands = script(&["put 100 1", "put 200 2", "add 3 500", "get 100", "remove 500"]);
    let buffered = ran(setting(8, 1, &commands), UNIFORM, 1);
    let blocking = ran_with((setting(8, 1, &commands), Some(0)), UNIFORM, 1);
    assert_eq!(blocking.outcome.end, End::Completed);
    expect(&blocking.checker, &[]);
    assert_eq!(blocking.report.total, buffered.report.total);
    let volumes = |ran: &Ran| ran.report.kinds.iter().map(|row| row.volume).collect::<Vec<_>>();
    assert_eq!(volumes(&blocking), volumes(&buffered));
    assert_eq!(blocking.report.moves[1].keys, 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn well_formed_commands_one_at_a_time_never_break_anything(
        ranks in 3_u32..=64,
        count in 0_usize..300,
        seed in any::<u64>(),
    ) {
        let commands = Writer::commands(ranks, count, seed);
        let ran = ran(setting(ranks, 1, &commands), UNIFORM, seed);
        prop_assert_eq!(&ran.outcome.end, &End::Completed);
        prop_assert_eq!(sentences(&ran.checker), []);
        let gets = commands.iter().filter(|c| matches!(c, Command::Get { .. })).count() as u64;
        prop_assert_eq!(ran.checker.tally(Invariant::LastPutRead).passed(), gets);
        let causes: u64 = ran.report.kinds.iter().map(|row| row.volume.messages).sum();
        prop_assert_eq!(causes, ran.outcome.received);
        prop_assert_eq!(ran.report.total.messages, ran.outcome.received);
    }

    #[test]
    fn with_several_commands_in_flight_every_message_still_belongs_to_one(
        ranks in 3_u32..=12,
        window in 2_u32..20,
        seed in any::<u64>(),
    ) {
        let commands = Writer::commands(ranks, 40, seed);
        let ran = ran(setting(ranks, window, &commands), UNIFORM, seed);
        let causes: u64 = ran.report.kinds.iter().map(|row| row.volume.messages).sum();
        prop_assert_eq!(causes, ran.report.total.messages);
        prop_assert_eq!(ran.checker.tally(Invariant::SenderOrder).failed, 0);
    }
}

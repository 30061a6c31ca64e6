//! The same seed gives the same run: here, elsewhere, and in every later version.

mod support;

use proptest::prelude::*;
use ringscope_sim::scenario::{builtin, random};
use ringscope_sim::world::End;
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::jsonl::{read_trace, write_trace};
use ringscope_traces::merge::{merge, split};
use support::{Run, scenario};

/// These digests are a promise. `make test` holds them in debug and in release.
#[test]
fn the_digests_of_the_built_in_scenarios_stay_what_they_are() {
    let digests = builtin::ALL.iter().map(|built_in| {
        let run = Run::of(&built_in.scenario());
        format!("{} {}", run.digest, built_in.name)
    });
    insta::assert_snapshot!(digests.collect::<Vec<_>>().join("\n"));
}

/// So that every latency model is held, with several commands in flight and with blocking sends.
#[test]
fn the_digests_of_every_latency_model_stay_what_they_are() {
    let models =
        ["constant 100us", "uniform 50us 150us", "log-normal 100us 0.7", "per-byte 20us 3ns"];
    let commands = random(42, 12, 200).to_text();
    let digests = models.iter().map(|model| {
        let (settings, rest) = commands.split_once("ranks").unwrap();
        let text =
            format!("{settings}latency {model}\nwindow 3\neager 64\nlimit 5000\nranks{rest}");
        let without_doubles = text.replacen("\nlatency uniform 50us 150us", "", 1);
        format!("{} {model}", Run::of(&scenario(&without_doubles)).digest)
    });
    insta::assert_snapshot!(digests.collect::<Vec<_>>().join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Random well-formed scenarios complete, and what each rank does does not depend on the seed.
    #[test]
    fn at_window_one_a_rank_does_the_same_for_every_seed(
        seed in any::<u64>(),
        ranks in 3_u32..=64,
        commands in 0_u32..=1_000,
    ) {
        let mut scenario = random(seed, ranks, commands);
        let first = Run::of(&scenario);
        prop_assert_eq!(&first.finished.outcome.end, &End::Completed);
        prop_assert_eq!(first.finished.outcome.unreceived, 0);
        scenario.settings.seed = seed.wrapping_add(1);
        let second = Run::of(&scenario);
        prop_assert!(first.sequences() == second.sequences(), "scenario:\n{}", scenario.to_text());
        prop_assert_eq!(first.printed(), second.printed());
    }

    /// The same seed gives the same bytes, at any window.
    #[test]
    fn the_same_seed_gives_the_same_bytes(
        seed in any::<u64>(),
        ranks in 3_u32..=24,
        commands in 0_u32..=200,
        window in 1_u32..=8,
    ) {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        scenario.settings.limit = Some(20_000);
        let (first, second) = (Run::of(&scenario), Run::of(&scenario));
        prop_assert!(first.file == second.file);
        prop_assert_eq!(first.digest, second.digest);
        let (trace, _) = read_trace(first.file.as_slice(), "first").unwrap();
        prop_assert!(write_trace(Vec::new(), &trace).unwrap() == first.file, "read and written back");
    }

    /// A trace that is split by rank and merged is the same trace.
    #[test]
    fn a_trace_split_by_rank_and_merged_is_equal(
        seed in any::<u64>(),
        ranks in 3_u32..=24,
        commands in 0_u32..=150,
        window in 1_u32..=4,
    ) {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        scenario.settings.limit = Some(20_000);
        let trace = Run::of(&scenario).trace();
        let merged = merge(split(&trace)).unwrap();
        prop_assert!(merged.orphans.is_empty());
        prop_assert_eq!(compare(&trace, &merged.trace).unwrap().level, Level::Equal);
    }
}

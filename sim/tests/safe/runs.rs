//! Long runs that a seed makes.

use ringscope_sim::invariants::InvariantChecker;
use ringscope_sim::protocol::Command;
use ringscope_sim::protocols::Safe;
use ringscope_sim::scenario::Scenario;
use ringscope_sim::simulate::simulate;
use ringscope_sim::world::End;

use super::{Dice, add, get, put, remove, scenario, seeds, text};

/// A scenario with that seed: of any ranks and window, with commands of all kinds, some of which are refused.
fn random(seed: u64) -> Scenario {
    let mut dice = Dice(seed);
    let ranks = 3 + dice.below(14);
    let window = 1 + dice.below(8);
    let length = i64::try_from(1 + dice.below(60)).expect("small");
    let latencies = ["constant 1us", "uniform 1us 1ms", "log-normal 100us 2"];
    let latency = latencies[dice.below(latencies.len())];
    let mut number = |below: usize| i64::try_from(dice.below(below)).expect("small");
    let commands: Vec<Command> = (1..=length)
        .map(|place| match number(10) {
            0..4 => put(10 * number(10), place),
            4..7 => get(10 * number(10)),
            7..9 => add(number(ranks), 5 + 10 * number(10)),
            _ => remove(5 + 10 * number(10)),
        })
        .collect();
    scenario(&format!(
        "ranks {ranks}\nwindow {window}\nkeyspace 100\nseed {seed}\nlatency {latency}\n{}",
        text(&commands)
    ))
}

/// A million: RINGSCOPE_SEEDS=0..1000000 cargo nextest run --release -p ringscope-sim -E 'test(every_run_completes)'.
#[test]
fn every_run_completes_and_breaks_no_invariant() {
    for seed in seeds("RINGSCOPE_SEEDS", 0..3000) {
        let scenario = random(seed);
        let mut checker = InvariantChecker::default();
        let run = simulate::<Safe>(&scenario, &mut checker);
        checker.finish(run.world.nodes());
        let again = format!("seed {seed}; again: RINGSCOPE_SEEDS={seed}..{}", seed + 1);
        assert_eq!(run.outcome.end, End::Completed, "{again}\n{}", scenario.to_text());
        assert!(checker.holds(), "{again}\n{:?}\n{}", checker.violations(), scenario.to_text());
    }
}

//! The reduced search held against the one that leaves nothing out.

mod ignoring;

use std::collections::BTreeMap;

use super::Rule;
use crate::explore::{DiscoveryKind, ExploreSettings, Explored, explore_by};
use crate::protocols::Classic;
use crate::scenario::random::Dice;
use crate::scenario::{Scenario, random};

fn explored(scenario: &Scenario, rule: Rule) -> Explored {
    explore_by::<Classic>(scenario, ExploreSettings::default(), rule, &mut |_| true)
}

/// What a reduction has to keep: of deadlocks and completed runs, good and bad, in how many states there are and the fewest receipts; of all
/// else that it happens.
fn kept(explored: &Explored) -> BTreeMap<String, (u64, usize)> {
    let kept = explored.discoveries.iter().map(|found| {
        let exactly = (found.states, found.way.len());
        match &found.kind {
            DiscoveryKind::Deadlock => (format!("deadlock {:?}", found.failure), exactly),
            DiscoveryKind::Completed | DiscoveryKind::Broken(_) => {
                (format!("{:?}", found.kind), exactly)
            }
            DiscoveryKind::Crash { role, fault } => (format!("crash of {role:?}: {fault}"), (1, 0)),
            DiscoveryKind::Livelock { .. } | DiscoveryKind::WrongAnswer { .. } => {
                (found.kind.name().to_owned(), (1, 0))
            }
        }
    });
    kept.collect()
}

fn scenarios(count: u64) -> impl Iterator<Item = Scenario> {
    (0..count).map(|seed| {
        let of = |least: u64, most: u64, by: u64| {
            u32::try_from(least + seed / by % (most - least + 1)).expect("it is small")
        };
        let mut scenario = random(seed, of(4, 7, 1), of(3, 7, 3));
        scenario.settings.window = of(1, 4, 2);
        scenario.settings.eager = (seed % 5 < 2).then_some(seed % 24);
        scenario
    })
}

/// Whether a rule loses nothing of a scenario that it has to keep; with what is kept and how many states there are, with nothing left out
/// and by the rule.
fn loses(scenario: &Scenario, rule: Rule) -> Result<[u64; 2], String> {
    let (all, reduced) = (explored(scenario, Rule::Everything), explored(scenario, rule));
    let states = [all.progress.states, reduced.progress.states];
    let (all, reduced) = (kept(&all), kept(&reduced));
    // Where a rank crashes the whole search ends there, and the reduced one goes on.
    let is_kept = match all.keys().any(|kind| kind.starts_with("crash")) {
        true => all.keys().all(|kind| reduced.contains_key(kind)),
        false => all == reduced,
    };
    match is_kept {
        true => Ok(states),
        false => Err(format!("{}\n{all:?}\n{reduced:?}", scenario.to_text())),
    }
}

#[test]
fn what_has_to_be_kept_is() {
    let outcomes = scenarios(400).map(|scenario| loses(&scenario, Rule::Persistent));
    let states: Result<Vec<[u64; 2]>, String> = outcomes.collect();
    let states = states.unwrap_or_else(|lost| panic!("{lost}"));
    let [all, reduced] = [0, 1].map(|nth| states.iter().map(|both| both[nth]).sum::<u64>());
    assert!(reduced < all, "{reduced} of {all} states");
}

#[test]
fn a_rule_that_leaves_out_too_much_is_caught() {
    assert!(scenarios(400).any(|scenario| loses(&scenario, Rule::FirstRank).is_err()));
}

/// Two PUTs of one key that are stored at two ranks: which of them is the last shows in no state.
#[test]
fn the_order_in_which_two_ranks_store_one_key_is_kept() {
    let mut differ = 0;
    for seed in 0..300 {
        let scenario = contested(seed);
        loses(&scenario, Rule::Persistent).unwrap_or_else(|lost| panic!("{lost}"));
        let found = explored(&scenario, Rule::Everything);
        differ += u32::from(found.failures().any(|one| one.kind.name() == "lost-key"));
    }
    assert!(differ > 0);
}

fn contested(seed: u64) -> Scenario {
    let mut dice = Dice::new(seed, b"contested keys in orders");
    let mut text = format!("ranks {}\nwindow {}\n", 4 + dice.below(3), 2 + dice.below(3));
    for nth in 0..4 + dice.below(4) {
        text += &match dice.below(6) {
            0 | 1 => format!("add {} {}\n", 1 + dice.below(3), 250 * (1 + dice.below(3))),
            2 => format!("remove {}\n", 250 * (1 + dice.below(3))),
            3 => "get 240\n".to_owned(),
            _ => format!("put 240 {nth}\n"),
        };
    }
    Scenario::parse("contested", &text).expect("it is well-formed")
}

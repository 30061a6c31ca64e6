//! The reduced search held against the one that leaves nothing out.

use std::collections::BTreeMap;

use super::Rule;
use crate::explore::{DiscoveryKind, ExploreSettings, Explored, explore_by};
use crate::protocols::Classic;
use crate::scenario::{Scenario, random};

fn explored(scenario: &Scenario, rule: Rule) -> Explored {
    explore_by::<Classic>(scenario, ExploreSettings::default(), rule, &mut |_| true)
}

/// What a reduction has to keep: of deadlocks how many there are, of all runs that end the fewest receipts, of all else that it happens.
fn kept(explored: &Explored) -> BTreeMap<String, (u64, usize)> {
    let mut kept = BTreeMap::new();
    for found in &explored.discoveries {
        let (name, size) = match &found.kind {
            DiscoveryKind::Deadlock => ("deadlock".to_owned(), (found.states, found.way.len())),
            // Which of several ways to the same end is looked at for invariants is left open.
            DiscoveryKind::Completed | DiscoveryKind::Broken(_) => {
                ("stopped".to_owned(), (0, found.way.len()))
            }
            DiscoveryKind::Crash { role, fault } => (format!("crash of {role:?}: {fault}"), (1, 0)),
            DiscoveryKind::Livelock { .. } | DiscoveryKind::WrongAnswer { .. } => {
                (found.kind.name().to_owned(), (1, 0))
            }
        };
        let all = kept.entry(name).or_insert((0, size.1));
        *all = (if size.1 == 0 { 1 } else { all.0 + size.0 }, all.1.min(size.1));
    }
    kept
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

/// The seeds of scenarios in which a rule loses something that it has to keep, and the states that it had.
fn losses(rule: Rule, count: u64) -> (Vec<String>, u64, u64) {
    let (mut losses, mut all_states, mut states) = (Vec::new(), 0, 0);
    for scenario in scenarios(count) {
        let all = explored(&scenario, Rule::Everything);
        let reduced = explored(&scenario, rule);
        let crashes = all.discoveries.iter().any(|found| found.kind.name() == "crash");
        all_states += all.progress.states;
        states += reduced.progress.states;
        let (mut all, mut reduced) = (kept(&all), kept(&reduced));
        // A run that stops after a wrong answer is told as that alone.
        if all.contains_key("wrong-answer") {
            all.remove("stopped");
            reduced.remove("stopped");
        }
        // Where a rank crashes the whole search ends there, and the reduced one goes on.
        let is_kept = match crashes {
            true => all.keys().all(|kind| reduced.contains_key(kind)),
            false => all == reduced,
        };
        if !is_kept {
            losses.push(format!("{scenario:?}\n{all:?}\n{reduced:?}"));
        }
    }
    (losses, all_states, states)
}

#[test]
fn what_has_to_be_kept_is() {
    let (losses, all, reduced) = losses(Rule::Persistent, 400);
    assert!(losses.is_empty(), "{}", losses.join("\n"));
    assert!(reduced < all, "{reduced} of {all} states");
}

#[test]
fn a_rule_that_leaves_out_too_much_is_caught() {
    let (losses, ..) = losses(Rule::FirstRank, 400);
    assert!(!losses.is_empty());
}

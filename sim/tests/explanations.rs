//! What an explanation says, however a run ends.

mod support;

use ringscope_sim::scenario::{Scenario, builtin, random};
use ringscope_sim::simulate::record;
use support::scenario;

/// Runs that race: joins, leaves and reads of the same part of the ring, several in flight.
fn racing(seed: u64) -> Scenario {
    let text = format!(
        "ranks 9\nseed {seed}\nwindow {}\nput 300 3\nadd 3 500\nget 300\nadd 4 400\nget 300\nremove 500\nget 300",
        2 + seed % 4
    );
    scenario(&text)
}

fn mixed(seed: u64) -> Scenario {
    let mut mixed = random(seed, 9, 40);
    mixed.settings.window = 1 + u32::try_from(seed % 5).expect("it is small");
    mixed.settings.eager = seed.is_multiple_of(3).then_some(20);
    mixed.settings.limit = Some(20_000);
    mixed
}

#[test]
fn no_explanation_has_two_spaces_in_a_row() {
    let built_in = builtin::ALL.iter().map(|built_in| built_in.scenario());
    let runs = built_in.chain((0..300).map(racing)).chain((0..100).map(mixed));
    let explanations: Vec<_> = runs
        .filter_map(|run| record(&run, Vec::new()).expect("memory").summary.explanation)
        .collect();
    for explanation in &explanations {
        for text in [&explanation.facts, &explanation.paragraph] {
            assert!(!text.contains("  ") && !text.contains('\n'), "{text}");
        }
    }
    let said = |words: &str| explanations.iter().any(|one| one.paragraph.contains(words));
    for words in
        ["is never answered, although", "no answer for that", "that is a deadlock too", "cycle"]
    {
        assert!(said(words), "no run came to: {words}");
    }
}

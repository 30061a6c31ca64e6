//! Each step of the argument is needed: without it, `explore` finds what goes wrong.

mod mutant;

use mutant::{ArgumentStep, Mutant};

use super::Safe;
use crate::explore::{ExploreSettings, explore};
use crate::protocol::Protocol;
use crate::scenario::Scenario;

/// What can go wrong in a scenario, by name, each once, the shortest way first.
fn failures<P: Protocol>(commands: &str) -> Vec<&'static str> {
    let text = format!("protocol safe\nranks 6\nwindow 4\n{}", commands.replace("; ", "\n"));
    let scenario = Scenario::parse("mutant", &text).expect("it can be read");
    let explored = explore::<P>(&scenario, ExploreSettings::default(), &mut |_| true);
    assert!(explored.is_exhausted());
    let mut names: Vec<_> = explored.failures().map(|failure| failure.kind.name()).collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    names
}

/// Explores the commands without that step, and with all steps.
fn without<const STEP: usize>(step: ArgumentStep, commands: &str) -> Vec<&'static str> {
    assert_eq!(ArgumentStep::ALL[STEP], step);
    assert_eq!(failures::<Safe>(commands), Vec::<&str>::new(), "{}: {commands}", step.name());
    failures::<Mutant<STEP>>(commands)
}

#[test]
fn the_page_names_every_step() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol-safe.md");
    let page = std::fs::read_to_string(path).expect("the page is in the repository");
    let argument = page.split("## Why nothing can go wrong").nth(1).expect("it has an argument");
    let named = argument.lines().filter_map(|line| line.strip_prefix("- `")?.split('`').next());
    let mut named: Vec<_> = named.collect();
    let mut known = ArgumentStep::ALL.map(ArgumentStep::name);
    named.sort_unstable();
    known.sort_unstable();
    assert_eq!(named, known);
}

#[test]
fn without_the_order_of_the_stream_a_key_sees_its_commands_out_of_order() {
    let wrong = without::<0>(ArgumentStep::Stream, "put 400 1; get 400");
    assert_eq!(wrong, ["wrong-answer"]);
    let wrong = without::<1>(ArgumentStep::OneWay, "put 400 1; add 2 500; put 400 2; get 400");
    assert_eq!(wrong, ["wrong-answer", "broken-ring"]);
    let wrong = without::<2>(ArgumentStep::Both, "put 400 1; add 2 500; get 400; put 400 3");
    assert_eq!(wrong, ["crash"]);
    let wrong = without::<3>(ArgumentStep::Flush, "add 2 500; put 400 1; remove 500; get 400");
    assert_eq!(wrong, ["crash"]);
    let wrong = without::<4>(ArgumentStep::HandedOver, "add 2 500; put 400 1; remove 500; get 400");
    assert_eq!(wrong, ["wrong-answer", "lost-key"]);
}

#[test]
fn a_pair_that_moves_too_late_or_not_at_all_is_lost_or_out_of_place() {
    let wrong = without::<5>(ArgumentStep::Cut, "put 500 1; add 2 500; get 500");
    assert_eq!(wrong, ["wrong-answer", "broken-ring"]);
    let wrong = without::<6>(ArgumentStep::Heir, "add 2 500; put 400 1; remove 500; get 600");
    assert_eq!(wrong, ["lost-key"]);
    let wrong = without::<7>(ArgumentStep::Links, "add 2 500; remove 500; get 600");
    assert_eq!(wrong, ["broken-ring"]);
}

#[test]
fn a_command_that_is_not_answered_exactly_once_and_in_its_turn_ends_the_run() {
    let wrong = without::<8>(ArgumentStep::Refuse, "put 1001 1; get 600");
    assert_eq!(wrong, ["livelock"]);
    assert_eq!(without::<9>(ArgumentStep::Absent, "get 600"), ["deadlock"]);
    assert_eq!(without::<10>(ArgumentStep::Once, "add 2 500; put 400 1"), ["crash"]);
    let wrong = without::<11>(ArgumentStep::InTurn, "add 2 500; put 400 1; put 900 3");
    assert_eq!(wrong, ["crash"]);
}

#[test]
fn a_rank_that_joins_before_it_has_left_is_lost_to_the_ring() {
    let wrong = without::<12>(ArgumentStep::Hold, "add 1 200; add 2 500; remove 500; add 2 100");
    assert_eq!(wrong, ["deadlock"]);
}

#[test]
fn nodes_that_wait_for_those_before_them_wait_for_ever() {
    let wrong = without::<13>(ArgumentStep::Upwards, "add 2 500; remove 500; get 600");
    assert_eq!(wrong, ["deadlock"]);
}

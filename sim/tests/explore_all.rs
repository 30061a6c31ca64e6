//! All scripts of a size at once: held against each script by itself, and against what is known of the protocol.

use std::collections::BTreeMap;

use ringscope_sim::explore::{
    ExploreSettings, Explored, FailureKind, ScriptBounds, explore, explore_all,
};
use ringscope_sim::protocol::{Command, Key, Protocol, Run, StorageId, Value};
use ringscope_sim::protocols::{Classic, ProtocolId, Safe};
use ringscope_sim::scenario::{Scenario, Settings};

fn all(bounds: &str, window: u32) -> Explored {
    all_with::<Classic>(bounds, &Settings { window, ..Settings::default() })
}

fn all_with<P: Protocol>(bounds: &str, settings: &Settings) -> Explored {
    let bounds: ScriptBounds = bounds.parse().expect("the bounds are well-formed");
    let all = explore_all::<P>((settings, bounds), ExploreSettings::default(), &mut |_| true);
    all.expect("there is room in the keyspace")
}

/// The commands of the shortest script for each kind of failure, and its receipts.
type Shortest = BTreeMap<FailureKind, (u64, usize)>;

fn shortest(explored: &Explored, into: &mut Shortest) {
    for failure in explored.failures() {
        let kind = failure.failure.clone().expect("a failure has a kind");
        let size = (failure.scenario.script.len(), failure.way.len());
        let known = into.entry(kind).or_insert(size);
        *known = size.min(*known);
    }
}

/// Every sound script over these commands, each explored by itself: nothing is merged and nothing is renamed.
fn one_by_one<P: Protocol>(settings: &Settings, alphabet: &[Command], most: usize) -> Shortest {
    let mut found = Shortest::new();
    let mut scripts: Vec<Vec<Run>> = vec![Vec::new()];
    for _ in 0..most {
        let longer = scripts.iter().flat_map(|script| {
            alphabet.iter().map(move |command| {
                let command = match *command {
                    Command::Put { key, .. } => {
                        let is_same = |run: &&Run| matches!(run.first, Command::Put { key: other, .. } if other == key);
                        let nth = script.iter().filter(is_same).count() as i64 + 1;
                        Command::Put { key, value: Value(key.0 * 1000 + nth) }
                    }
                    Command::Get { .. } | Command::Add { .. } | Command::Remove { .. } => *command,
                };
                [script.as_slice(), &[Run::one(command)]].concat()
            })
        });
        let scenarios = longer.map(|runs| (Scenario::new("one", settings, &runs), runs));
        let sound = scenarios.filter(|(scenario, _)| scenario.check().is_ok());
        scripts = sound
            .map(|(scenario, runs)| {
                let explored = explore::<P>(&scenario, ExploreSettings::default(), &mut |_| true);
                shortest(&explored, &mut found);
                runs
            })
            .collect();
    }
    found
}

/// What scripts over these keys and the ids 333 and 666 are made of.
fn alphabet(keys: &[i64]) -> Vec<Command> {
    let put = |key| Command::Put { key: Key(key), value: Value(0) };
    let get = |key| Command::Get { key: Key(key) };
    let add = |rank, id| Command::Add { rank, id: StorageId(id) };
    let remove = |id| Command::Remove { id: StorageId(id) };
    let mut alphabet: Vec<Command> = keys.iter().flat_map(|key| [put(*key), get(*key)]).collect();
    for id in [333, 666] {
        alphabet.extend([add(1, id), add(2, id), remove(id)]);
    }
    alphabet
}

#[test]
fn all_together_fail_as_each_by_itself_does() {
    for window in [1, 2, 3] {
        let settings = Settings { ranks: 5, window, ..Settings::default() };
        let mut expected = one_by_one::<Classic>(&settings, &alphabet(&[1, 400, 900]), 3);
        // A later PUT was overwritten by an earlier one. Of all scripts together, those show it that have a GET behind it.
        expected.retain(|kind, _| kind.name() != "lost-key");
        let mut found = Shortest::new();
        shortest(&all("ranks 5, keys 3, ids 2, commands 3", window), &mut found);
        assert_eq!(found, expected, "window {window}");
        assert_eq!(found.is_empty(), window == 1, "{found:?}");
    }
}

/// It counts there how long a message is, and so which names a script has.
#[test]
fn where_sends_block_all_together_fail_as_each_with_the_same_names_does() {
    for (eager, window) in [(0, 1), (0, 2), (8, 2), (14, 2)] {
        let settings = Settings { ranks: 5, window, eager: Some(eager), ..Settings::default() };
        let mut expected = Shortest::new();
        for key in [1, 334, 667] {
            for (kind, size) in one_by_one::<Classic>(&settings, &alphabet(&[key]), 3) {
                let known = expected.entry(kind).or_insert(size);
                *known = size.min(*known);
            }
        }
        expected.retain(|kind, _| kind.name() != "lost-key");
        let mut found = Shortest::new();
        shortest(&all_with::<Classic>("ranks 5, keys 1, ids 2, commands 3", &settings), &mut found);
        assert_eq!(found, expected, "eager {eager}, window {window}");
    }
}

fn safe(window: u32, eager: Option<u64>) -> Settings {
    let protocol = ProtocolId::named("safe").expect("it is listed");
    Settings { ranks: 5, protocol, window, eager, ..Settings::default() }
}

/// `docs/protocol-safe.md` has five commands at the larger windows, too: that takes a minute without optimisation.
#[test]
fn no_script_of_the_protocol_safe_can_fail() {
    for (commands, window, states) in [(5, 2, Some(112_453)), (4, 3, None), (4, 4, None)] {
        let size = format!("ranks 5, keys 1, ids 2, commands {commands}");
        let explored = all_with::<Safe>(&size, &safe(window, None));
        assert!(explored.is_exhausted());
        assert_eq!(explored.failures().count(), 0, "{size}, window {window}");
        assert!(states.is_none_or(|states| states == explored.progress.states), "{size}");
    }
}

/// As the page says of sends that block.
#[test]
fn no_script_of_the_protocol_safe_can_fail_where_all_sends_block_and_one_command_is_in_flight() {
    let explored = all_with::<Safe>("ranks 5, keys 1, ids 2, commands 5", &safe(1, Some(0)));
    assert!(explored.is_exhausted());
    assert_eq!(explored.failures().count(), 0);
}

/// So that what is found of none is not found for want of looking.
#[test]
fn all_scripts_of_the_protocol_safe_fail_as_each_by_itself_does_where_all_sends_block() {
    let settings = safe(2, Some(0));
    let mut expected = Shortest::new();
    for key in [1, 334, 667] {
        for (kind, size) in one_by_one::<Safe>(&settings, &alphabet(&[key]), 2) {
            let known = expected.entry(kind).or_insert(size);
            *known = size.min(*known);
        }
    }
    let mut found = Shortest::new();
    shortest(&all_with::<Safe>("ranks 5, keys 1, ids 2, commands 2", &settings), &mut found);
    assert_eq!(found, expected);
    assert!(found.keys().any(|kind| kind.name() == "deadlock"));
}

#[test]
fn a_put_that_is_overwritten_by_an_earlier_one_is_shown_by_a_get() {
    let mut found = Shortest::new();
    shortest(&all("ranks 4, keys 1, ids 1, commands 4", 2), &mut found);
    let wrong = found.iter().find(|(kind, _)| kind.name() == "wrong-answer");
    assert_eq!(wrong.map(|(_, (commands, _))| *commands), Some(4), "{found:?}");
}

#[test]
fn with_one_command_in_flight_no_script_can_fail() {
    let explored = all("ranks 5, keys 2, ids 2, commands 4", 1);
    assert!(explored.is_exhausted());
    assert_eq!(explored.failures().count(), 0);
}

#[test]
fn each_finding_comes_with_its_script_and_happens_in_that() {
    let explored = all("ranks 5, keys 1, ids 2, commands 4", 2);
    assert!(explored.failures().count() > 2);
    for failure in explored.failures() {
        let scenario = &failure.scenario;
        assert!(scenario.check().is_ok(), "{scenario:?} is sound");
        let alone = explore::<Classic>(scenario, ExploreSettings::default(), &mut |_| true);
        let same = alone.failures().find(|other| other.failure == failure.failure);
        let same = same.unwrap_or_else(|| panic!("{:?} in {scenario:?}", failure.kind));
        assert!(same.way.len() <= failure.way.len(), "{scenario:?}");
    }
}

#[test]
fn a_search_of_all_scripts_that_is_cut_says_so() {
    let bounds: ScriptBounds = "ranks 5, keys 2, ids 3, commands 4".parse().expect("bounds");
    let settings = Settings { window: 2, ..Settings::default() };
    let limits = ExploreSettings { states: 100, ..ExploreSettings::default() };
    let cut = explore_all::<Classic>((&settings, bounds), limits, &mut |_| true);
    assert!(!cut.expect("there is room").is_exhausted());
    let tight = Settings { keyspace: 5, ..settings };
    assert!(
        explore_all::<Classic>((&tight, bounds), limits, &mut |_| true).is_none(),
        "a keyspace of 5 has no room for 3 ids with 2 keys between any two"
    );
}

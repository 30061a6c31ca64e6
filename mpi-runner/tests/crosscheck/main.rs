//! The simulator and real MPI, held against each other: every scenario, both MPIs, many sizes.

mod called;
mod safe;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use ringscope_sim::conform::{end_summary, judge, rewrite};
use ringscope_sim::scenario::builtin::{self, Kind};
use ringscope_sim::scenario::{Scenario, random};
use ringscope_sim::world::recording::Written;
use ringscope_traces::diff::{Level, compare};
use ringscope_traces::{Ending, NoNames, Trace, read_trace};
use serde_json::Value;

use called::{Called, alone, crosscheck, mpirun, with_each};
use support::reference::reference_runs;
use support::{Folder, Mpi, is_thorough, simulated};

/// The numbers of ranks that every built-in scenario is run on, where it fits.
const SIZES: [u32; 5] = [3, 5, 8, 16, 32];

/// How many random scenarios are run, with the seeds from 1 on; and how many of which every ending is seen.
const RANDOM: u64 = 200;
const FEW_RANDOM: u64 = 50;

/// A scenario to be run under an MPI.
struct Case {
    scenario: String,
    ranks: u32,
    mpi: Mpi,
    is_race: bool,
}

#[test]
fn every_built_in_scenario_is_the_same_under_both_mpis() {
    let mut cases = Vec::new();
    for (i, built_in) in builtin::ALL.iter().enumerate() {
        let is_race = built_in.kind == Kind::Race;
        let sizes = sizes(&built_in.scenario());
        // Each of the sizes comes up for some scenario.
        let one = sizes.get(i % sizes.len()..=i % sizes.len()).unwrap_or_default();
        for ranks in if is_thorough() { &sizes } else { one } {
            let scenario = || built_in.name.to_owned();
            cases.extend(Mpi::ALL.map(|mpi| Case {
                scenario: scenario(),
                ranks: *ranks,
                mpi,
                is_race,
            }));
        }
    }
    are_all_the_same(&cases);
}

/// The sizes at which a scenario can be run; one that fits none of the usual has its own.
fn sizes(scenario: &Scenario) -> Vec<u32> {
    let fits = |ranks: &u32| {
        let mut scenario = scenario.clone();
        scenario.settings.ranks = *ranks;
        scenario.settings.expect.is_some() || scenario.check().is_ok()
    };
    let usual: Vec<u32> = SIZES.into_iter().filter(fits).collect();
    if usual.is_empty() { vec![scenario.settings.ranks] } else { usual }
}

#[test]
fn every_scenario_that_was_recorded_from_the_reference_is_the_same_under_both_mpis() {
    let runs = reference_runs();
    let case = |(run, mpi): (&PathBuf, Mpi)| {
        let scenario = run.with_extension("dht").display().to_string();
        Case { scenario, ranks: 8, mpi, is_race: false }
    };
    let cases = runs.iter().flat_map(|run| Mpi::ALL.map(|mpi| case((run, mpi))));
    are_all_the_same(&cases.collect::<Vec<_>>());
}

fn are_all_the_same(cases: &[Case]) {
    let (_alone, folder) = (alone(), Folder::new());
    with_each(cases, |Case { scenario, ranks, mpi, is_race }| {
        let args = [scenario, "-n", &ranks.to_string(), "--unchecked", "--json"];
        let called = crosscheck(*mpi, &args, &folder);
        let verdict = verdict(&called)?;
        let is_same = ["same", "same-beginning"].contains(&verdict.as_str());
        let is_good = is_same || (*is_race && verdict == "legal");
        if is_good && called.code == Some(0) { Ok(()) } else { Err(called.but(&verdict)) }
    });
}

/// The one verdict of a call with `--json`.
fn verdict(called: &Called) -> Result<String, String> {
    let json: Value = serde_json::from_str(&called.out).map_err(|_| called.but("no verdict"))?;
    let word = json["runs"][0]["verdict"].as_str();
    word.map(str::to_owned).ok_or_else(|| called.but("no verdict"))
}

#[test]
fn random_scenarios_with_4_commands_in_flight_conform_are_repeated_and_followed() {
    let _alone = alone();
    let last = if is_thorough() { RANDOM } else { FEW_RANDOM };
    let seeds: Vec<u64> = (1..=last).collect();
    let ends: Mutex<BTreeMap<&'static str, u32>> = Mutex::default();
    with_each(&seeds, |seed| {
        let end = random_run(*seed)?;
        *ends.lock().expect("nobody panics there").entry(end).or_default() += 1;
        Ok(())
    });
    let ends = ends.into_inner().expect("nobody panics there");
    for end in ["completed", "deadlock", "crashed"] {
        assert!(ends.contains_key(end), "no run {end}: {ends:?}");
    }
}

/// Runs a random scenario under MPI, and once more in the order of that run; says how it ended.
fn random_run(seed: u64) -> Result<&'static str, String> {
    let (folder, mpi) = (Folder::new(), Mpi::ALL[usize::from(seed.is_multiple_of(2))]);
    let ranks = u32::try_from(4 + seed / 2 % 4).expect("a small number");
    let commands = u32::try_from(3 + seed % 16).expect("a small number");
    let mut scenario = random(seed, ranks, commands);
    scenario.settings.window = 4;
    folder.write("random.dht", &scenario.to_text());
    let with_seed = |what: &str| {
        format!("random scenario {seed}, on {ranks} ranks:\n{}{what}", scenario.to_text())
    };
    let args = ["random.dht", "--limit", "20000", "--keep", ".", "--json"];
    let called = crosscheck(mpi, &args, &folder);
    if called.code != Some(0) {
        return Err(with_seed(&called.but(&verdict(&called)?)));
    }
    let file = format!("{}.jsonl", mpi.short());
    let trace = folder.trace(&file);
    conforms_and_repeats(&trace).map_err(|what| with_seed(&called.but(&what)))?;
    let args = ["--follow", &file, "-o", "followed.jsonl"];
    let followed = mpirun(mpi, (ranks, &args), &folder);
    is_followed(&trace, (&followed, &folder, "followed.jsonl")).map_err(|what| with_seed(&what))?;
    Ok(ending(&trace).map_or("cut off", Ending::name))
}

/// What `crosscheck` has said already, seen with our own eyes.
fn conforms_and_repeats(trace: &Trace) -> Result<(), String> {
    let judgement = judge(trace).map_err(|cannot| cannot.to_string())?;
    if let Some(finding) = judgement.findings.first() {
        return Err(format!("rank {}, event {}: {}", finding.rank, finding.index, finding.what));
    }
    let written = Written::new(Vec::new(), &trace.header).expect("memory takes a trace");
    let written = rewrite(trace, written).map_err(|cannot| cannot.to_string())?;
    let (bytes, _) = written.finish(&Ending::Stopped).expect("memory takes a trace");
    let (again, _) = read_trace(bytes.as_slice(), "the replay").expect("what we write we read");
    let comparison = compare(trace, &again).expect("both have the same header");
    let is_whole = matches!(ending(trace), Some(Ending::Completed | Ending::Deadlock));
    let is_exact = comparison.level == Level::Equal || (!is_whole && comparison.prefix);
    if is_exact { Ok(()) } else { Err("the simulator does something else in MPI's order".into()) }
}

/// Whether the run that was to follow a trace has done so, to its end.
fn is_followed(
    trace: &Trace,
    (called, folder, file): (&Called, &Folder, &str),
) -> Result<(), String> {
    if called.code != Some(0) || !folder.path(file).is_file() {
        return Err(called.but("not followed"));
    }
    let again = folder.trace(file);
    let comparison = compare(trace, &again).map_err(|cannot| called.but(&cannot.to_string()))?;
    if comparison.level != Level::Equal {
        return Err(called.but(&comparison.summary(&NoNames).to_string()));
    }
    let name = |trace| ending(trace).map(Ending::name);
    let (first, second) = (name(trace), name(&again));
    if first == second { Ok(()) } else { Err(called.but(&format!("{second:?} and not {first:?}"))) }
}

fn ending(trace: &Trace) -> Option<&Ending> {
    trace.footer.as_ref().map(|footer| &footer.ending)
}

#[test]
fn a_put_that_overtakes_a_join_is_seen_to_deadlock_under_both_mpis() {
    let scenario = Scenario::parse("overtaken", "window 2\nadd 3 500\nput 400 4\nget 400\n");
    let astray = "rank 3 owns key 400 and does not hold it; it is on rank 6";
    is_seen_under_both_mpis(&deadlock(scenario.expect("its words are right"), astray), astray);
}

#[test]
fn neighbours_that_leave_together_are_seen_to_deadlock_under_both_mpis() {
    let text = "window 2\nadd 3 500\nput 900 1\nadd 4 300\nput 901 2\nremove 500\nremove 300\n";
    let scenario = Scenario::parse("neighbours", text).expect("its words are right");
    let each = "rank 3 waits for COMPLETE from 4; rank 4 waits for COMPLETE from 3";
    is_seen_under_both_mpis(&deadlock(scenario, each), each);
}

/// The scenario's simulation with the first seed that leads to the deadlock of which that is a fact.
fn deadlock(mut scenario: Scenario, fact: &str) -> Trace {
    const SEEDS: u64 = 1000;
    for seed in 1..=SEEDS {
        scenario.settings.seed = seed;
        let trace = simulated(&scenario);
        if facts(&trace).is_some_and(|facts| facts.contains(fact)) {
            return trace;
        }
    }
    panic!("no seed of {SEEDS} leads to the deadlock in which {fact}")
}

/// Why a run ended in a deadlock, if it did.
fn facts(trace: &Trace) -> Option<String> {
    if ending(trace) != Some(&Ending::Deadlock) {
        return None;
    }
    Some(end_summary(trace, &[]).expect("its nodes are known").explanation?.facts)
}

/// The simulated run, followed by real processes, comes to the same deadlock.
fn is_seen_under_both_mpis(race: &Trace, fact: &str) {
    let (_alone, folder) = (alone(), Folder::new());
    folder.write_trace("race.jsonl", race);
    with_each(&Mpi::ALL, |mpi| {
        let file = format!("{}.jsonl", mpi.short());
        let args = ["--follow", "race.jsonl", "-o", &file];
        let called = mpirun(*mpi, (race.header.ranks, &args), &folder);
        is_followed(race, (&called, &folder, &file))?;
        let facts = facts(&folder.trace(&file)).unwrap_or_default();
        if facts.contains(fact) { Ok(()) } else { Err(called.but(&facts)) }
    });
}

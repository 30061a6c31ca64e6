//! Random scenarios, what fails in them, and what is left of it.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use ringscope_sim::explore::{ExploreSettings, explore};
use ringscope_sim::protocol::Run;
use ringscope_sim::protocols::{Classic, ProtocolId, Safe};
use ringscope_sim::scenario::Scenario;
use ringscope_sim::sweep::{
    SweepBounds, SweepCounts, SweepFinding, SweepReport, counted, shrink_all, sweep,
};
use ringscope_traces::{Ending, read_trace};

const BOUNDS: SweepBounds =
    SweepBounds { seeds: 1..=600, ranks: 3..=9, commands: 30, window: 1..=4 };

const ONE: Option<NonZeroUsize> = Some(NonZeroUsize::MIN);

fn counts() -> SweepCounts {
    sweep::<Classic>(&BOUNDS, ONE, &mut |_| true)
}

fn findings() -> Vec<SweepFinding> {
    shrink_all::<Classic>(&BOUNDS, &counts(), NonZeroUsize::new(2), &|| false)
}

#[test]
fn the_findings_are_the_same_whoever_runs_which_seeds() {
    let counts = counts();
    assert_eq!(sweep::<Classic>(&BOUNDS, NonZeroUsize::new(3), &mut |_| true), counts);
    let mut backwards = SweepCounts::default();
    for first in (0..6).rev().map(|part| 1 + 100 * part) {
        let part = counted::<Classic>(&BOUNDS, first..=first + 99);
        let sent = serde_json::to_string(&part).expect("it has a JSON form");
        backwards.absorb(serde_json::from_str(&sent).expect("it is what was written"));
    }
    assert_eq!(backwards, counts);
    let said = |findings: &[SweepFinding]| {
        let protocol = ProtocolId::default();
        let report =
            SweepReport { protocol, bounds: &BOUNDS, counts: &counts, findings, files: &[] };
        (report.lines(), report.json())
    };
    let alone = shrink_all::<Classic>(&BOUNDS, &counts, ONE, &|| false);
    assert_eq!(said(&alone), said(&findings()));
}

#[test]
fn every_kind_of_failure_is_found_and_the_smallest_first() {
    let findings = findings();
    let names: BTreeSet<&str> = findings.iter().map(|finding| finding.kind.name()).collect();
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        ["broken-ring", "crash", "deadlock", "livelock", "wrong-answer"]
    );
    let sizes: Vec<_> =
        findings.iter().map(|one| (one.scenario.script.len(), one.receipts)).collect();
    assert!(sizes.is_sorted(), "{sizes:?}");
    assert_eq!(sizes.first().map(|(commands, _)| *commands), Some(2));
}

#[test]
fn what_is_left_is_sound_and_its_trace_is_whole() {
    for finding in findings() {
        let text = finding.scenario.to_text();
        assert!(finding.scenario.check().is_ok(), "{text}");
        assert!(!finding.says.is_empty(), "{text}");
        let (trace, _) = read_trace(&finding.trace[..], "finding").expect("it is a trace");
        let ending = trace.footer.expect("it is whole").ending;
        let is_such = match finding.kind.name() {
            "deadlock" => ending == Ending::Deadlock,
            "livelock" => ending == Ending::Livelock,
            "crash" => matches!(ending, Ending::Crashed { .. }),
            _ => true,
        };
        assert!(is_such, "{ending:?}\n{text}");
    }
}

#[test]
fn a_scenario_that_is_said_to_fail_when_it_is_run_does() {
    for finding in findings().into_iter().filter(|finding| finding.fails_when_run) {
        let settings = &finding.scenario.settings;
        let ended = ringscope_sim::simulate::record(&finding.scenario, Vec::new());
        let ending = ended.expect("memory").summary.ending;
        let has_completed =
            matches!(finding.kind.name(), "broken-ring" | "wrong-answer" | "lost-key");
        assert!(
            has_completed || ending != Ending::Completed,
            "seed {}\n{}",
            settings.seed,
            finding.scenario.to_text()
        );
    }
}

/// Whether a scenario can fail in that way, in any order.
fn can_fail(scenario: &Scenario, finding: &SweepFinding) -> bool {
    let explored = explore::<Classic>(scenario, ExploreSettings::default(), &mut |_| true);
    explored.failures().any(|failure| failure.failure.as_ref() == Some(&finding.kind))
}

#[test]
fn a_minimal_run_does_not_fail_without_any_of_its_commands() {
    let findings = findings();
    let minimal: Vec<_> = findings.iter().filter(|finding| finding.is_minimal).collect();
    assert!(minimal.len() > 8, "only {} are minimal", minimal.len());
    for finding in minimal {
        assert!(can_fail(&finding.scenario, finding), "{}", finding.scenario.to_text());
        let all: Vec<Run> = finding.scenario.script.commands().map(Run::one).collect();
        for left_out in 0..all.len() {
            let mut less = all.clone();
            less.remove(left_out);
            let less = Scenario::new("less", &finding.scenario.settings, &less);
            let fails = less.check().is_ok() && can_fail(&less, finding);
            assert!(!fails, "without command {left_out}: {}", finding.scenario.to_text());
        }
    }
}

/// A million: `ringscope sweep --protocol safe --seeds 1000000`.
#[test]
fn nothing_fails_where_nothing_can() {
    let wide = SweepBounds { seeds: 1..=2_000, ranks: 3..=16, commands: 50, window: 1..=8 };
    let counts = sweep::<Safe>(&wide, NonZeroUsize::new(2), &mut |_| true);
    assert_eq!((counts.runs, counts.failed), (2_000, 0), "{counts:?}");
    let one = SweepBounds { window: 1..=1, ..BOUNDS };
    let counts = sweep::<Classic>(&one, ONE, &mut |_| true);
    assert_eq!((counts.runs, counts.failed), (600, 0), "{counts:?}");
}

#[test]
fn who_has_enough_is_told_what_is_known() {
    let bounds = SweepBounds { seeds: 1..=1_000_000, ..BOUNDS };
    let counts = sweep::<Classic>(&bounds, ONE, &mut |counts| counts.runs == 0);
    assert!((1..1_000_000).contains(&counts.runs), "{}", counts.runs);
    let findings = shrink_all::<Classic>(&bounds, &counts, ONE, &|| true);
    assert_eq!(findings.len(), counts.kinds().count());
    assert!(findings.iter().all(|finding| !finding.is_minimal && !finding.says.is_empty()));
}

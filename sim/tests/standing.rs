//! A recorded run is explained as the simulator explains its own.

mod support;

use proptest::prelude::*;
use ringscope_sim::conform::{EndState, end_state};
use ringscope_sim::explain::{Explanation, explain, summary};
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::{Scenario, builtin, random};
use ringscope_sim::world::{Cycle, End};
use ringscope_traces::{Payload, Trace};

#[path = "support/runs.rs"]
#[allow(dead_code, reason = "it runs them for other tests, too")]
mod runs;

use runs::hazards;
use support::{ClassicNode, Run, scenario};

fn standing_of(trace: &Trace) -> EndState<ClassicNode> {
    end_state::<Classic>(trace, &[]).expect("its header says by which nodes")
}

/// The simulator's own words for the end of a run.
fn own_words(run: &Run) -> Option<Explanation> {
    explain::<Classic>(&run.finished.outcome.end, run.finished.world.nodes())
}

fn is_told_alike(scenario: &Scenario) {
    let run = Run::of(scenario);
    let end_state = standing_of(&run.trace());
    assert_eq!(end_state.explanation::<Classic>(), own_words(&run), "{}", scenario.name);
    assert_eq!(end_state.end.as_ref(), Some(&run.finished.outcome.end), "{}", scenario.name);
}

#[test]
fn every_built_in_scenario_is_told_to_have_ended_in_the_same_words() {
    for built_in in builtin::ALL {
        for window in [None, Some(4)] {
            let mut scenario = built_in.scenario();
            scenario.settings.window = window.unwrap_or(scenario.settings.window);
            is_told_alike(&scenario);
        }
    }
}

#[test]
fn a_run_that_its_limit_stopped_is_told_so() {
    for limit in [1, 5, 20] {
        let mut scenario = builtin::find("join").expect("it is built in").scenario();
        scenario.settings.limit = Some(limit);
        is_told_alike(&scenario);
    }
}

/// The same words, but for a livelock in which several messages go round: which of them is where next
/// is drawn from the seed, and a trace does not show it.
fn is_told_alike_but_for_the_draw(scenario: &Scenario) -> Result<(), TestCaseError> {
    let run = Run::of(scenario);
    let (trace, own) = (run.trace(), &run.finished.outcome.end);
    let end_state = standing_of(&trace);
    if let End::Livelock(Cycle { period, .. }) = own
        && end_state.graph.pending.len() > 1
    {
        prop_assert!(matches!(end_state.end, Some(End::Livelock(_))) || period.is_none());
        return Ok(());
    }
    prop_assert_eq!(end_state.explanation::<Classic>(), own_words(&run));
    prop_assert_eq!(end_state.end.as_ref(), Some(own));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn sound_scenarios_are_told_alike(
        seed in any::<u64>(), ranks in 3_u32..16, commands in 0_u32..60,
        window in 1_u32..=4, eager in proptest::option::of(0_u64..80),
    ) {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        scenario.settings.eager = eager;
        scenario.settings.limit = Some(20_000);
        is_told_alike_but_for_the_draw(&scenario)?;
    }

    #[test]
    fn runs_are_told_alike_that_end_in_a_deadlock_a_livelock_or_a_crash(scenario in hazards()) {
        is_told_alike_but_for_the_draw(&scenario)?;
    }

    #[test]
    fn without_its_footer_a_run_is_told_by_where_its_ranks_stand(scenario in hazards()) {
        let run = Run::of(&scenario);
        let trace = Trace { footer: None, ..run.trace() };
        let end_state = standing_of(&trace);
        match &run.finished.outcome.end {
            End::Livelock(_) | End::Stopped { .. } => {}
            own @ (End::Completed | End::Deadlock(_) | End::Crashed { .. }) => {
                prop_assert_eq!(end_state.end.as_ref(), Some(own));
            }
        }
        // The command node knows what it would have sent, and a trace does not.
        prop_assert_eq!(&end_state.nodes[..6], &run.finished.world.nodes()[..6]);
    }

    #[test]
    fn a_run_that_was_cut_off_on_its_way_could_have_gone_on(
        seed in any::<u64>(), window in 1_u32..=4, keep in 0_usize..100,
    ) {
        let mut scenario = random(seed, 8, 30);
        scenario.settings.window = window;
        let run = Run::of(&scenario);
        prop_assume!(run.finished.outcome.end == End::Completed);
        let mut trace = Trace { footer: None, ..run.trace() };
        trace.events.truncate(trace.events.len() * keep / 100);
        let end_state = standing_of(&trace);
        prop_assert_eq!(end_state.end, None);
        prop_assert_eq!(end_state.strays, []);
    }
}

/// Two commands in flight of which every send blocks; the header does not say so, as that of a run
/// under MPI does not.
fn blocked_sends() -> (Run, Trace) {
    let text = "ranks 3\neager 0\nwindow 2\nput 1..=20 key";
    let runs = (0..20).map(|seed| Run::of(&scenario(&format!("seed {seed}\n{text}"))));
    let is_deadlock = |run: &Run| matches!(run.finished.outcome.end, End::Deadlock(_));
    let run = runs.into_iter().find(is_deadlock).expect("one of them ends in a deadlock");
    let mut trace = run.trace();
    trace.header.more.retain(|(name, _)| name != "eager");
    (run, trace)
}

#[test]
fn what_ranks_were_seen_to_wait_for_counts_for_more_than_what_their_nodes_take() {
    let (run, trace) = blocked_sends();
    let End::Deadlock(graph) = &run.finished.outcome.end else { panic!("it is a deadlock") };
    assert!(graph.blocked.iter().any(|blocked| blocked.tag.is_none()), "a send blocks");
    let world = &run.finished.world;
    let seen: Vec<_> = world.ranks().map(|rank| (rank, world.status(rank))).collect();
    let end_state = end_state::<Classic>(&trace, &seen).expect("its header says by which nodes");
    assert_eq!(end_state.explanation::<Classic>(), own_words(&run));
    assert_eq!(
        standing_of(&trace).explanation::<Classic>(),
        None,
        "by their nodes they could go on"
    );
}

#[test]
fn a_rank_that_does_what_the_protocol_does_not_is_named_and_no_end_is_told() {
    let mut trace = Run::of(&scenario("get 9")).trace();
    let forwarded = trace.events.iter().position(|event| event.rank.0 == 0 && event.n == 1);
    trace.events[forwarded.expect("the head passes it on")].data = Payload::Int(10);
    let end_state = standing_of(&trace);
    assert_eq!(end_state.end, None);
    let strays: Vec<_> = end_state.strays.iter().map(|stray| (stray.rank.0, stray.index)).collect();
    assert_eq!(strays, [(0, 1)]);
}

#[test]
fn a_lost_part_leaves_the_rest_to_be_looked_at() {
    let run = Run::of(&scenario("put 9 100\nadd 3 25\nget 9"));
    let mut trace = Trace { footer: None, ..run.trace() };
    trace.events.retain(|event| event.rank.0 != 6);
    let end_state = standing_of(&trace);
    assert_eq!(end_state.strays, []);
    assert_eq!(end_state.end, None, "what was sent to the lost rank is under way");
    let words = summary(&end_state.graph, &end_state.nodes);
    assert_eq!(
        words,
        "in flight: PUT from 0 to 6, ADD from 0 to 6, COMPLETE from 3 to 6, COMPLETE from 0 to 6, \
         COMPLETE from 3 to 6, RETVAL from 3 to 6, END from 0 to 6"
    );
    assert_eq!(end_state.nodes[3], run.finished.world.nodes()[3]);
}

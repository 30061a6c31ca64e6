//! A trace with one event altered does not conform, and the altered event is named.
//!
//! Where an altered event can be distinguished from a true one, the first finding must be at its rank and at the
//! first index at which that rank's events are not what they were. Two cases are left, and both are
//! proven by the simulator, not by the judge: the altered trace is itself one that a run can make (the
//! two receives of a legal race changed places, a command was altered that nobody had received yet,
//! ...), and then there is nothing to find; or altering one event at the place that the judge names,
//! too, gives a trace that a run can make, and then nobody can tell which of the two it was.
//!
//! Among equal events in a row it is the position in the file, if anything, that tells which of them is
//! altered; any of them is right. And when a receive is left out after which its node did nothing (the
//! owner of a key that it does not hold stays silent), its rank is named where the absence shows, which
//! may be later.

use proptest::prelude::*;
use proptest::sample::Index;
use ringscope_sim::conform::judge;
use ringscope_sim::scenario::{Scenario, Settings, builtin, random};
use ringscope_traces::{Event, Op, Payload, Rank, Tag, Trace};

#[path = "support/mutation.rs"]
mod mutation;
#[path = "support/runs.rs"]
mod runs;

use mutation::{Mutation, can_be_repaired_at, first_difference, is_possible, mutate, of_rank};
use runs::{hazards, run};

/// What became of an altered trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// Every rank did what it did before.
    Unaltered,
    /// The altered event is the first finding.
    Found,
    /// A receive without consequences was left out, and is found where its absence shows.
    Later,
    /// It is a trace that a run can make.
    Possible,
    /// It is as well the trace that the judge takes it for.
    Ambiguous,
}

fn verdict(
    trace: &Trace,
    altered: &Trace,
    place: usize,
    settings: &Settings,
) -> Result<Verdict, String> {
    let rank = trace.events[place].rank;
    let Some(index) = first_difference(&of_rank(trace, rank), &of_rank(altered, rank)) else {
        return Ok(Verdict::Unaltered);
    };
    let judgement = judge(altered).map_err(|error| error.to_string())?;
    let Some(first) = judgement.findings.first() else {
        let nothing = format!("nothing is found; rank {rank}, event {index} was altered");
        return if is_possible(altered, settings) { Ok(Verdict::Possible) } else { Err(nothing) };
    };
    let own = trace.events[..place].iter().filter(|event| event.rank == rank).count();
    if first.rank == rank && (own..=index).contains(&first.index) {
        return Ok(Verdict::Found);
    }
    if first.rank == rank
        && first.index > index
        && is_silent_receive_left_out(trace, altered, place)
    {
        return Ok(Verdict::Later);
    }
    if can_be_repaired_at(altered, settings, first.rank, first.index) {
        return Ok(Verdict::Ambiguous);
    }
    let all: Vec<_> = judgement.findings.iter().map(ToString::to_string).collect();
    Err(format!("rank {rank}, event {index} was altered; found: {}", all.join("\n")))
}

fn is_silent_receive_left_out(trace: &Trace, altered: &Trace, place: usize) -> bool {
    let event = &trace.events[place];
    let next = trace.events[place + 1..].iter().find(|next| next.rank == event.rank);
    altered.events.len() < trace.events.len()
        && event.op == Op::Recv
        && next.is_none_or(|next| next.op == Op::Recv)
}

fn mutations() -> impl Strategy<Value = Mutation> {
    let data = prop_oneof![
        (-2_i64..1100).prop_map(Payload::Int),
        (-2_i64..1100, 0_i64..10).prop_map(|(a, b)| Payload::list([a.into(), b.into()])),
        Just(Payload::Null),
        Just(Payload::Text("\u{1b}[2J".into())),
    ];
    prop_oneof![
        Just(Mutation::Drop),
        Just(Mutation::Duplicate),
        Just(Mutation::Swap),
        data.prop_map(Mutation::Data),
        (0_u32..9).prop_map(|rank| Mutation::Peer(Rank(rank))),
        (-1_i32..14).prop_map(|tag| Mutation::Tag(Tag(tag))),
        Just(Mutation::Op),
    ]
}

fn alter(
    scenario: &Scenario,
    at: &Index,
    mutation: &Mutation,
    renumber: bool,
) -> Result<Verdict, String> {
    let trace = run(scenario);
    if trace.events.is_empty() {
        return Ok(Verdict::Unaltered);
    }
    let place = at.index(trace.events.len());
    let Some(mut altered) = mutate(&trace, place, mutation) else { return Ok(Verdict::Unaltered) };
    if renumber {
        number(&mut altered);
    }
    verdict(&trace, &altered, place, &scenario.settings)
}

fn number(trace: &mut Trace) {
    let mut next = std::collections::BTreeMap::new();
    for event in &mut trace.events {
        let n = next.entry(event.rank).or_insert(0);
        event.n = *n;
        *n += 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn one_altered_event_of_a_sound_run_is_found(
        (seed, ranks, commands) in (any::<u64>(), 3_u32..9, 0_u32..20),
        window in 1_u32..=4, at in any::<Index>(), mutation in mutations(), renumber in any::<bool>(),
    ) {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        scenario.settings.limit = Some(2_000);
        prop_assert_eq!(alter(&scenario, &at, &mutation, renumber).err(), None);
    }

    #[test]
    fn one_altered_event_of_any_run_is_found(
        scenario in hazards(), at in any::<Index>(), mutation in mutations(), renumber in any::<bool>(),
    ) {
        prop_assert_eq!(alter(&scenario, &at, &mutation, renumber).err(), None);
    }
}

/// What random runs have found: a run, the altered event as its rank has them and its index there, and the mutation.
const FOUND_AT_RANDOM: [(&str, (u32, usize), Mutation); 4] = [
    // A REMOVE goes round the ring while the command node sends another one. That it came from elsewhere would explain the
    // receive, but not that the next command was received before the one that was sent.
    (
        "seed 553402\nwindow 3\nput 1 0\nremove 300\nput 1 0\nremove 300\nput 0 0",
        (6, 4),
        Mutation::Tag(Tag(1)),
    ),
    // The same, but nothing was sent instead; and what is received later from elsewhere had not been sent by then.
    (
        "seed 612812\nwindow 4\nadd 2 5\nput 1 0\nput 9 0\nremove 25\nadd 1 700\nremove 700\nremove 25",
        (6, 9),
        Mutation::Drop,
    ),
    // The head is in a send above the eager limit: that rank 6 has received it is the word of a line that is wrong itself.
    (
        "seed 484899\nwindow 4\neager 5\nremove 5\nput 1 0\nput 250 0\nput 1 0\nadd 1 25",
        (6, 4),
        Mutation::Duplicate,
    ),
    // A send above the eager limit is not received, and its rank does more than one thing after it.
    ("seed 1\nwindow 3\neager 0\nget 1\nadd 1 -5\nput 1 0", (5, 0), Mutation::Drop),
];

#[test]
fn what_was_found_at_random_is_found() {
    for (text, (rank, index), mutation) in FOUND_AT_RANDOM {
        let text = format!("ranks 7\nlimit 2000\n{text}\n");
        let scenario = Scenario::parse("hazard", &text).expect("its words are right");
        let trace = run(&scenario);
        let theirs = |event: &(usize, &Event)| event.1.rank == Rank(rank);
        let mut places = trace.events.iter().enumerate().filter(theirs).map(|(place, _)| place);
        let place = places.nth(index).expect("the rank has so many events");
        let altered = mutate(&trace, place, &mutation).expect("it can be altered so");
        let verdict = verdict(&trace, &altered, place, &scenario.settings);
        assert_eq!(verdict, Ok(Verdict::Found), "{text}");
    }
}

/// What is done to the events of each built-in scenario's run. All payloads of a run are tried in
/// place of each other elsewhere; here one that fits nowhere and one that fits often are.
fn usual_mutations() -> Vec<Mutation> {
    vec![
        Mutation::Drop,
        Mutation::Duplicate,
        Mutation::Swap,
        Mutation::Data(Payload::list([Payload::Int(77), Payload::Int(7)])),
        Mutation::Data(Payload::Null),
        Mutation::Peer(Rank(1)),
        Mutation::Tag(Tag(6)),
        Mutation::Op,
    ]
}

/// How many events of a run are altered, spread over all of it.
const MOST_PLACES: usize = 40;

/// Longer runs say nothing more, and take long.
const MOST_EVENTS: usize = 1_000;

#[test]
fn events_of_the_built_in_runs_are_found_when_they_are_altered() {
    let mut verdicts = std::collections::BTreeMap::<Verdict, u32>::new();
    for built_in in builtin::ALL {
        let scenario = built_in.scenario();
        let trace = run(&scenario);
        if trace.events.len() > MOST_EVENTS {
            continue;
        }
        for place in (0..trace.events.len()).step_by(trace.events.len().div_ceil(MOST_PLACES)) {
            for mutation in usual_mutations() {
                let Some(altered) = mutate(&trace, place, &mutation) else { continue };
                let verdict =
                    verdict(&trace, &altered, place, &scenario.settings).unwrap_or_else(|error| {
                        panic!("{} event {place} {mutation:?}: {error}", scenario.name)
                    });
                *verdicts.entry(verdict).or_default() += 1;
            }
        }
    }
    let of = |verdict| verdicts.get(&verdict).copied().unwrap_or(0);
    assert!(of(Verdict::Found) > 2_000, "{verdicts:?}");
    assert!(
        of(Verdict::Found)
            > 50 * (of(Verdict::Possible) + of(Verdict::Ambiguous) + of(Verdict::Later)),
        "few altered traces cannot be distinguished from true ones: {verdicts:?}"
    );
}

//! Right answers are right, whoever gives them and in whichever order.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use ringscope_sim::answers::{AnswersJudgement, judge};
use ringscope_sim::invariants::InvariantChecker;
use ringscope_sim::protocol::Command;
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::{Scenario, builtin, random};
use ringscope_sim::simulate::{nodes, simulate};
use ringscope_sim::world::End;
use ringscope_traces::{Ending, Event, Op, Payload, Rank, Tag, Trace, read_trace};

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "support/atomic.rs"]
mod atomic;
#[path = "support/mod.rs"]
mod support;
#[allow(dead_code, reason = "other tests use the rest")]
#[path = "support/talk.rs"]
mod talk;

use atomic::atomic;
use support::Run;
use support::reference::{reference_run, reference_runs};
use talk::{found, words};

const RETVAL: Tag = Tag(5);
const ACK: Tag = Tag(6);

fn judged(trace: &Trace) -> AnswersJudgement {
    judge(trace).expect("it can be judged")
}

fn gets(scenario: &Scenario) -> u64 {
    scenario.script.commands().filter(|one| matches!(one, Command::Get { .. })).count() as u64
}

#[test]
fn the_reference_programs_answers_are_right() {
    for run in reference_runs() {
        let bytes = std::fs::read(run.with_extension("jsonl")).expect("the run was recorded");
        let trace = read_trace(bytes.as_slice(), "the run").expect("it is a trace").0;
        let completed = trace.footer.as_ref().is_some_and(|f| f.ending == Ending::Completed);
        let printed = std::fs::read_to_string(run.with_extension("out")).expect("it printed");
        let judgement = judged(&trace);
        assert_eq!(judgement.answered, printed.matches("val is").count() as u64);
        if completed {
            assert_eq!(words(&judgement), [""; 0], "{}", run.display());
        }
    }
}

#[test]
fn what_the_reference_program_does_when_it_is_misused() {
    for (name, expected) in [
        ("misuse-put-key-0", &["rank 7's 1st event: put 0 1 has no acknowledgement"][..]),
        ("misuse-add-id-neg", &["rank 7's 1st event: add 3 -5 has no acknowledgement"]),
        ("misuse-get-missing", &[]),
        ("misuse-readd", &[]),
    ] {
        let file = reference_run(name).with_extension("jsonl");
        let bytes = std::fs::read(file).expect("it is there");
        let trace = read_trace(bytes.as_slice(), name).expect("it is a trace").0;
        assert_eq!(found(&trace), expected, "{name}");
    }
}

#[test]
fn a_built_in_scenario_that_completes_is_answered_rightly() {
    for built_in in builtin::ALL {
        let scenario = built_in.scenario();
        let run = Run::of(&scenario);
        if run.finished.outcome.end == End::Completed {
            assert_eq!(found(&run.trace()), [""; 0], "{}", scenario.name);
        }
    }
}

#[test]
fn a_key_that_is_lost_in_a_race_is_found_by_the_answer_that_does_not_come() {
    let race = "window 2\nadd 3 500\nput 400 4\nput 900 9\nput 901 9\nget 400\n";
    let trace = Run::of(&support::scenario(race)).trace();
    assert_eq!(found(&trace), ["rank 7's 8th event: get 400 has no answer"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn one_command_after_the_other_is_answered_rightly(
        seed in any::<u64>(), ranks in 3_u32..40, commands in 0_u32..120, other in any::<bool>(),
    ) {
        let scenario = random(seed, ranks, commands);
        let mut trace = Run::of(&scenario).trace();
        if other {
            trace.header.protocol = "somebody's own".into();
        }
        let judgement = judged(&trace);
        prop_assert_eq!(words(&judgement), [""; 0]);
        prop_assert_eq!(judgement.commands, u64::from(commands));
        prop_assert_eq!(judgement.answered, gets(&scenario));
    }

    #[test]
    fn a_run_that_was_cut_off_is_right_as_far_as_it_goes(
        seed in any::<u64>(), keep in any::<Index>(), window in 1_u32..=4,
    ) {
        let mut scenario = random(seed, 8, 30);
        scenario.settings.window = window;
        scenario.settings.limit = Some(5_000);
        let whole = Run::of(&scenario).trace();
        let mut trace = whole.clone();
        trace.events.truncate(keep.index(whole.events.len()) + 1);
        trace.footer = None;
        let wrong = found(&whole);
        let Ok(judgement) = judge(&trace) else { return Ok(()) };
        // What is found in a part is found in the whole, but for commands that get no reply later.
        let found_early = words(&judgement);
        prop_assert!(found_early.iter().all(|one| wrong.contains(one)), "{found_early:?} {wrong:?}");
    }

    #[test]
    fn puts_and_gets_in_flight_together_are_answered_rightly(
        seed in any::<u64>(), window in 2_u32..9,
        commands in vec((any::<bool>(), 1_i64..4, 0_i64..3), 1..60),
    ) {
        let lines: Vec<String> = commands
            .iter()
            .map(|(is_put, key, value)| match is_put {
                true => format!("put {key} {value}"),
                false => format!("get {key}"),
            })
            .collect();
        let puts = "put 1 7\nput 2 7\nput 3 7";
        let text = format!("window {window}\nlatency uniform 1us 90us\n{puts}\n{}", lines.join("\n"));
        let mut scenario = support::scenario(&text);
        scenario.settings.seed = seed;
        let judgement = judged(&Run::of(&scenario).trace());
        prop_assert_eq!(words(&judgement), [""; 0]);
        prop_assert_eq!(judgement.answered, gets(&scenario));
    }

    #[test]
    fn a_program_that_does_one_command_after_the_other_is_right_in_whichever_order(
        seed in any::<u64>(), window in 1_usize..9, names_pairs in any::<bool>(),
    ) {
        let (trace, answers) = atomic(seed, window, names_pairs);
        let judgement = judged(&trace);
        prop_assert_eq!(words(&judgement), [""; 0]);
        prop_assert_eq!(judgement.answered, answers);
    }

    #[test]
    fn one_value_that_was_never_put_is_found_in_whichever_order(
        seed in any::<u64>(), window in 1_usize..9, at in any::<Index>(),
    ) {
        let (mut trace, answers) = atomic(seed, window, true);
        prop_assume!(answers > 0);
        let place = *at.get(&places(&trace, |event| event.tag == RETVAL));
        let (_, owner) = pair(&trace.events[place].data);
        trace.events[place].data = Payload::list([(-1).into(), owner.into()]);
        let judgement = judged(&trace);
        prop_assert_eq!(judgement.findings.first().and_then(|first| first.event), Some(place));
    }

    #[test]
    fn whatever_the_command_node_says_and_hears_nothing_breaks(
        events in vec((any::<bool>(), 0_u32..9, -1_i32..9, payload()), 0..60),
        ranks in 0_u32..9, is_over in any::<bool>(),
    ) {
        let mut trace = talk::talk("", is_over.then_some(Ending::Completed));
        trace.header.ranks = ranks;
        trace.events = (0..).zip(events).map(|(n, (is_send, peer, tag, data))| {
            let op = if is_send { Op::Send } else { Op::Recv };
            let rank = Rank(ranks.saturating_sub(1));
            Event { rank, n, op, peer: Rank(peer), tag: Tag(tag), data, t: 0, clock: n, more: None }
        }).collect();
        if let Ok(judgement) = judge(&trace) {
            for finding in judgement.findings.iter().chain(&judgement.open) {
                prop_assert!(finding.to_string().len() < 500);
                prop_assert!(finding.index <= trace.events.len());
            }
        }
    }
}

/// With several commands in flight the protocol itself may lose keys. Where the keeper of the
/// invariants has nothing to say against a run that completed, its answers are right; and where an
/// answer is wrong, or does not come, a key was lost or the run did not complete.
#[test]
fn joins_and_leaves_in_flight_are_answered_wrongly_only_where_an_invariant_is_broken() {
    let (mut right, mut wrong) = (0, 0);
    for seed in 0..600 {
        let mut scenario = random(seed, 8, 12);
        scenario.settings.window = 2 + u32::try_from(seed % 3).expect("it is small");
        scenario.settings.limit = Some(20_000);
        let mut checker = InvariantChecker::new(&nodes::<Classic>(&scenario));
        let finished = simulate::<Classic>(&scenario, &mut checker);
        checker.finish(finished.world.nodes());
        let is_sound = checker.holds() && finished.outcome.end == End::Completed;
        let findings = found(&Run::of(&scenario).trace());
        assert!(!is_sound || findings.is_empty(), "seed {seed}: {findings:?}");
        *(if findings.is_empty() { &mut right } else { &mut wrong }) += 1;
    }
    assert!(right > 50 && wrong > 50, "{right} right, {wrong} wrong");
}

/// What is done to a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Value,
    Owner,
    Kind,
    Drop,
    Duplicate,
}

const CHANGES: [Change; 5] =
    [Change::Value, Change::Owner, Change::Kind, Change::Drop, Change::Duplicate];

/// Every reply of a run of one command after the other, changed in every way that can be told.
#[test]
fn every_changed_dropped_or_duplicated_reply_is_found_at_its_event() {
    let mut changed = 0;
    for seed in 0..40 {
        let trace = Run::of(&random(seed, 8, 40)).trace();
        for place in places(&trace, |event| matches!(event.tag, RETVAL | ACK)) {
            for change in CHANGES {
                let Some((altered, expected)) = alter(&trace, place, change) else { continue };
                let judgement = judged(&altered);
                let at: Vec<_> = judgement.findings.iter().map(|one| one.event).collect();
                let words = words(&judgement);
                assert_eq!(at, [Some(expected)], "seed {seed} {change:?} {place}: {words:?}");
                changed += 1;
            }
        }
    }
    assert!(changed > 5_000, "{changed}");
}

/// The trace with that done to a reply, and the place at which that is to be found; `None` where it
/// cannot be done, or not be told: an acknowledgement other than a PUT's may carry anything.
fn alter(trace: &Trace, place: usize, change: Change) -> Option<(Trace, usize)> {
    let mut altered = trace.clone();
    let event = &mut altered.events[place];
    let is_answer = event.tag == RETVAL;
    let mut expected = place;
    match change {
        Change::Value | Change::Owner if event.data == Payload::Null => return None,
        Change::Value | Change::Owner => {
            let (mut first, mut second) = pair(&event.data);
            *(if change == Change::Value { &mut first } else { &mut second }) += 1;
            event.data = Payload::list([first.into(), second.into()]);
        }
        Change::Kind if is_answer => event.tag = ACK,
        // An ACK that carries nothing is no answer that could be read.
        Change::Kind if event.data == Payload::Null => return None,
        Change::Kind => event.tag = RETVAL,
        Change::Drop => {
            altered.events.remove(place);
            let command = Rank(trace.header.ranks - 1);
            expected = trace.events[..place].iter().rposition(|e| e.rank == command)?;
        }
        Change::Duplicate => {
            let twice = event.clone();
            altered.events.insert(place + 1, twice);
            expected = place + 1;
        }
    }
    Some((altered, expected))
}

/// The places of what the command node receives and that is such.
fn places(trace: &Trace, is_such: impl Fn(&Event) -> bool) -> Vec<usize> {
    let command = Rank(trace.header.ranks - 1);
    let is_reply = |event: &Event| event.rank == command && event.op == Op::Recv;
    let events = trace.events.iter().enumerate();
    events.filter(|(_, event)| is_reply(event) && is_such(event)).map(|(at, _)| at).collect()
}

fn pair(data: &Payload) -> (i64, i64) {
    let Some([first, second]) = data.as_list() else { panic!("{data} is no pair") };
    (first.as_int().expect("a number"), second.as_int().expect("a number"))
}

fn payload() -> impl Strategy<Value = Payload> {
    let number = || prop_oneof![4 => 0_i64..4, 1 => any::<i64>(), 1 => Just(1000)];
    let leaf = prop_oneof![
        4 => number().prop_map(Payload::Int),
        6 => (number(), number()).prop_map(|(a, b)| Payload::list([a.into(), b.into()])),
        1 => Just(Payload::Null),
        1 => any::<bool>().prop_map(Payload::Bool),
        1 => Just(Payload::Text("\u{1b}[2J".into())),
        1 => Just(Payload::Number("1e300".into())),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| vec(inner, 0..4).prop_map(Payload::list))
}

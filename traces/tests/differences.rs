//! Comparing traces: every change is found, at its rank and index.

mod support;

use proptest::prelude::*;
use ringscope_traces::diff::{CannotCompare, Level, compare};
use ringscope_traces::merge::{merge, split};
use ringscope_traces::wellformed::{self, Flaw};
use ringscope_traces::{
    ByRank, Event, EventIndex, NoNames, Op, Payload, Rank, Tag, Trace, Vocabulary,
};
use support::{dull_run, lines, run};

/// Two askers whose questions race to rank 0, which answers each.
fn asked_by(first: u32, second: u32) -> Trace {
    let data = |asker: u32| i64::from(asker) * 10;
    lines(
        3,
        &[
            (1, "send", 0, 0, data(1)),
            (2, "send", 0, 0, data(2)),
            (0, "recv", first, 0, data(first)),
            (0, "send", first, 1, data(first)),
            (0, "recv", second, 0, data(second)),
            (0, "send", second, 1, data(second)),
            (1, "recv", 0, 1, data(1)),
            (2, "recv", 0, 1, data(2)),
        ],
    )
}

struct Questions;

impl Vocabulary for Questions {
    fn tag_name(&self, tag: Tag) -> Option<&str> {
        ["ASK", "ANSWER"].get(usize::try_from(tag.0).ok()?).copied()
    }
}

#[test]
fn a_trace_is_equal_to_itself_whatever_its_times_and_the_order_of_its_file() {
    let trace = asked_by(1, 2);
    let mut other = merge(split(&trace)).expect("the parts are of one run").trace;
    other.events.swap(0, 1);
    for event in &mut other.events {
        (event.t, event.clock, event.n) = (event.t + 5, event.clock + 7, event.n + 1);
    }
    let comparison = compare(&trace, &other).expect("they are of one protocol");
    assert_eq!(comparison.level, Level::Equal);
    assert_eq!(
        comparison.summary(&NoNames).to_string(),
        "equal: every rank did the same in the same order\n"
    );
}

#[test]
fn a_legal_race_is_named_with_what_the_receive_could_have_taken() {
    let comparison = compare(&asked_by(1, 2), &asked_by(2, 1)).expect("they are of one protocol");
    assert_eq!(comparison.level, Level::Reordered);
    assert_eq!(
        comparison.summary(&Questions).to_string(),
        "\
reordered: every channel carried the same, and 2 receives got another sender's message
they part where rank 0 takes ASK from rank 1 before ASK from rank 2 in A, and after it in B
the receives (events by their numbers in their traces, from 1):
rank 0's 1st receive
  A, event 3: receives ASK [10] from rank 1
  B, event 3: receives ASK [20] from rank 2
  in A it could have received
    event 1: rank 1 sends ASK [10] to rank 0
    event 2: rank 2 sends ASK [20] to rank 0
rank 0's 2nd receive
  A, event 5: receives ASK [20] from rank 2
  B, event 5: receives ASK [10] from rank 1
  in A it could have received
    event 2: rank 2 sends ASK [20] to rank 0
"
    );
}

#[test]
fn two_messages_of_one_sender_in_another_order_are_no_legal_race() {
    let in_order =
        [(1, "send", 0, 0, 1), (1, "send", 0, 1, 2), (0, "recv", 1, 0, 1), (0, "recv", 1, 1, 2)];
    let mut swapped = in_order;
    swapped.swap(2, 3);
    let comparison = compare(&lines(2, &in_order), &lines(2, &swapped)).expect("comparable");
    assert_eq!(comparison.level, Level::Different);
}

#[test]
fn the_first_difference_is_the_cause_and_not_what_stands_first_in_the_file() {
    let trace = |answer| {
        lines(
            3,
            &[
                (1, "send", 2, 0, 7),
                (2, "recv", 1, 0, 7),
                (2, "send", 0, 1, answer),
                (0, "recv", 2, 1, answer),
                (0, "send", 1, 1, answer),
            ],
        )
    };
    let comparison = compare(&trace(1), &trace(2)).expect("they are of one protocol");
    assert_eq!(comparison.level, Level::Different);
    assert_eq!(comparison.divergences.iter().map(|at| at.rank.0).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(
        comparison.summary(&Questions).to_string(),
        "\
different: 2 ranks of A and B did not do the same
they part where rank 2 sends ANSWER to rank 0 with [1] in A, and with [2] in B
the first divergence, in happens-before order (events by their numbers in their traces, from 1):
rank 2's 2nd event: A sends ANSWER [1] to rank 0 (event 3); B sends ANSWER [2] to rank 0 (event 3)
  the last event of the rank in both, by its number in A:
    event 2: rank 2 receives ASK [7] from rank 1
  the rank's events there in A:
    event 2: rank 2 receives ASK [7] from rank 1
    event 3: rank 2 sends ANSWER [1] to rank 0
  the rank's events there in B:
    event 2: rank 2 receives ASK [7] from rank 1
    event 3: rank 2 sends ANSWER [2] to rank 0
  what led to it in A:
    event 1: rank 1 sends ASK [7] to rank 2
    event 2: rank 2 receives ASK [7] from rank 1
then, in order of rank:
rank 0's 1st event: A receives ANSWER [1] from rank 2 (event 4); B receives ANSWER [2] from rank 2 (event 4)
"
    );
}

#[test]
fn a_trace_that_was_cut_off_is_a_prefix_of_the_whole() {
    let whole = asked_by(1, 2);
    let mut cut = whole.clone();
    cut.events.truncate(5);
    let comparison = compare(&cut, &whole).expect("they are of one protocol");
    assert_eq!((comparison.level, comparison.prefix), (Level::Different, true));
    let first = comparison.first.expect("they differ").divergence;
    assert_eq!((first.rank, first.index, first.a), (Rank(0), 3, None));
}

#[test]
fn another_number_of_ranks_or_another_protocol_cannot_be_compared() {
    let trace = asked_by(1, 2);
    let mut other = trace.clone();
    other.header.ranks = 4;
    assert_eq!(compare(&trace, &other), Err(CannotCompare::Ranks { a: 3, b: 4 }));
    other.header.ranks = 3;
    other.header.protocol = "\u{1b}".to_owned();
    let error = compare(&trace, &other).expect_err("the protocols differ");
    assert_eq!(error.to_string(), "A is of the protocol `test`, B of `\\u{1b}`");
    // Of a recorded program nobody may have said which protocol it speaks.
    other.header.protocol = "none".to_owned();
    assert_eq!(compare(&trace, &other).map(|comparison| comparison.level), Ok(Level::Equal));
}

#[test]
fn a_comparison_is_data_too() {
    let comparison = compare(&asked_by(1, 2), &asked_by(2, 1)).expect("they are of one protocol");
    let json = serde_json::to_value(&comparison).expect("it is data");
    assert_eq!(json["level"], "reordered");
    assert_eq!(json["races"][0]["alternatives"][1]["line"], 3);
}

/// What one may do to a trace by hand.
#[derive(Debug, Clone, Copy)]
enum Mutation {
    Drop,
    SwapWithNext,
    Duplicate,
    ChangeData,
    ChangePeer,
    ChangeTag,
    ChangeOp,
}

const MUTATIONS: [Mutation; 7] = [
    Mutation::Drop,
    Mutation::SwapWithNext,
    Mutation::Duplicate,
    Mutation::ChangeData,
    Mutation::ChangePeer,
    Mutation::ChangeTag,
    Mutation::ChangeOp,
];

/// The rank's events as they differ from each other, which is what shows.
fn shown(event: &Event) -> (Op, Rank, Tag, Payload) {
    (event.op, event.peer, event.tag, event.data.clone())
}

fn mutate(trace: &Trace, at: EventIndex, mutation: Mutation) -> Option<Trace> {
    let mut mutant = trace.clone();
    let events = &mut mutant.events;
    match mutation {
        Mutation::Drop => drop(events.remove(at.0)),
        Mutation::Duplicate => events.insert(at.0, trace[at].clone()),
        Mutation::ChangeData => events[at.0].data = Payload::Text("changed".into()),
        Mutation::ChangePeer => {
            events[at.0].peer = Rank((trace[at].peer.0 + 1) % trace.header.ranks);
        }
        Mutation::ChangeTag => events[at.0].tag = Tag(77),
        Mutation::ChangeOp => {
            events[at.0].op = match trace[at].op {
                Op::Send => Op::Recv,
                Op::Recv => Op::Send,
            };
        }
        Mutation::SwapWithNext => {
            let of_rank = |event: &Event| event.rank == trace[at].rank;
            let next = at.0 + 1 + events[at.0 + 1..].iter().position(of_rank)?;
            events.swap(at.0, next);
        }
    }
    Some(mutant)
}

/// Where a rank's events in two traces first differ, found the naive way.
fn first_difference(a: &Trace, b: &Trace, rank: Rank) -> Option<usize> {
    let of = |trace: &Trace| -> Vec<_> {
        trace.events.iter().filter(|event| event.rank == rank).map(shown).collect()
    };
    let (a, b) = (of(a), of(b));
    (0..a.len().max(b.len())).find(|i| a.get(*i) != b.get(*i))
}

fn renumber(trace: &mut Trace) {
    let mut counts = vec![0; trace.header.ranks as usize];
    for event in &mut trace.events {
        event.n = counts[event.rank.index()];
        counts[event.rank.index()] += 1;
    }
}

fn is_found(trace: &Trace, mutant: &Trace, rank: Rank) -> Result<(), TestCaseError> {
    let comparison = compare(trace, mutant).expect("they are of one protocol");
    let Some(index) = first_difference(trace, mutant, rank) else {
        prop_assert_eq!(comparison.level, Level::Equal);
        return Ok(());
    };
    prop_assert_ne!(comparison.level, Level::Equal);
    prop_assert_eq!(comparison.divergences.len(), 1);
    let first = comparison.first.expect("they differ").divergence;
    prop_assert_eq!((first.rank, first.index), (rank, index));
    Ok(())
}

fn every_mutation_is_found(trace: &Trace, at: usize) -> Result<(), TestCaseError> {
    let at = EventIndex(at % trace.events.len());
    let rank = trace[at].rank;
    for mutation in MUTATIONS {
        let Some(mutant) = mutate(trace, at, mutation) else { continue };
        is_found(trace, &mutant, rank)?;
        let mut renumbered = mutant;
        renumber(&mut renumbered);
        is_found(trace, &renumbered, rank)?;
    }
    Ok(())
}

proptest! {
    #[test]
    fn every_mutation_is_found_at_its_rank_and_index(trace in run(), at in any::<usize>()) {
        prop_assume!(!trace.events.is_empty());
        every_mutation_is_found(&trace, at)?;
    }

    #[test]
    fn so_it_is_among_events_that_look_alike(trace in dull_run(), at in any::<usize>()) {
        prop_assume!(!trace.events.is_empty());
        every_mutation_is_found(&trace, at)?;
    }

    #[test]
    fn where_n_was_not_renumbered_the_trace_itself_shows_the_place(
        trace in run(),
        at in any::<usize>(),
    ) {
        prop_assume!(!trace.events.is_empty());
        let at = EventIndex(at % trace.events.len());
        let rank = trace[at].rank;
        let index = ByRank::of(&trace).index(rank, at).expect("it is there");
        let is_last = ByRank::of(&trace).events(rank).last() == Some(&at);
        for (mutation, expected) in [
            (Mutation::Drop, (!is_last).then_some(index)),
            (Mutation::SwapWithNext, (!is_last).then_some(index)),
            (Mutation::Duplicate, Some(index + 1)),
        ] {
            let mutant = mutate(&trace, at, mutation).unwrap_or_else(|| trace.clone());
            let findings = wellformed::check(&mutant);
            let found = findings.iter().find(|f| matches!(f.flaw, Flaw::WrongIndex { .. }));
            let spot = found.and_then(|finding| finding.spot).map(|spot| (spot.rank, spot.index));
            prop_assert_eq!(spot, expected.map(|index| (rank, index)));
        }
    }

    #[test]
    fn comparing_any_two_runs_agrees_with_looking_at_each_rank(a in dull_run(), b in dull_run()) {
        let mut b = b;
        b.header = a.header.clone();
        b.events.retain(|event| event.rank.0 < a.header.ranks && event.peer.0 < a.header.ranks);
        let comparison = compare(&a, &b).expect("they are of one protocol");
        for rank in (0..a.header.ranks).map(Rank) {
            let found = comparison.divergences.iter().find(|at| at.rank == rank);
            prop_assert_eq!(found.map(|at| at.index), first_difference(&a, &b, rank));
        }
        prop_assert_eq!(comparison.first.is_some(), comparison.level != Level::Equal);
        prop_assert!(!comparison.summary(&NoNames).to_string().is_empty());
    }
}

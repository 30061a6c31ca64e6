//! A timeline says of a run what feeding its nodes from the start says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index as Pick;
use ringscope_sim::conform;
use ringscope_sim::invariants::InvariantChecker;
use ringscope_sim::protocol::{
    Command, Effects, Message as _, MessageOf, Node as _, NodeState, Viewed as _, Wait,
};
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::{builtin, random};
use ringscope_sim::simulate::simulate;
use ringscope_sim::world::{End, Status, WaitForGraph};
use ringscope_traces::{Matching, Trace, read_trace, write_trace};

use super::*;

type Message = MessageOf<Classic>;

/// A trace as it is written when a scenario runs.
fn recorded(scenario: &Scenario) -> Vec<u8> {
    record(scenario, Vec::new()).expect(MEMORY).to
}

fn read(bytes: &[u8]) -> Trace {
    read_trace(bytes, "test").expect("it is a trace").0
}

fn bytes(trace: &Trace) -> Vec<u8> {
    write_trace(Vec::new(), trace).expect(MEMORY)
}

fn timeline(bytes: &[u8], spacing_bytes: u64) -> Timeline {
    opened(bytes, LoadOptions { spacing_bytes, ..LoadOptions::default() })
}

fn opened(bytes: &[u8], options: LoadOptions) -> Timeline {
    let store = Store::Memory(bytes.into());
    let source = Source::File(Path::new("test").into());
    Timeline::read(source, store, "test", options).expect("it is a trace")
}

fn scenarios() -> impl Strategy<Value = Scenario> {
    let sizes = (any::<u64>(), 3_u32..12, 0_u32..24);
    let settings = (1_u32..5, prop::option::weighted(0.3, 3_u64..200));
    (sizes, settings).prop_map(|((seed, ranks, commands), (window, eager))| {
        let mut scenario = random(seed, ranks, commands);
        scenario.settings.window = window;
        scenario.settings.eager = eager;
        scenario.settings.limit = Some(3_000);
        scenario
    })
}

/// All nodes fed from the start what they had received, and what they take then.
fn naive(trace: &Trace, cursor: usize) -> (Vec<NodeState>, Vec<Wait>) {
    let mut nodes = conform::setup(trace).expect("the nodes are known").nodes::<Classic>();
    let mut out = Effects::default();
    let mut waits: Vec<Wait> = nodes.iter_mut().map(|node| node.start(&mut out)).collect();
    let _commands = out.sends().count();
    for event in trace.events[..cursor].iter().filter(|event| event.source().is_some()) {
        let message = Message::parse(event.tag, &event.data).expect("it is a message");
        let wait = nodes[event.rank.index()].receive(event.peer, message, &mut out);
        // A node that sends to a rank that is not there has crashed, as one that breaks off has.
        let has_crashed = out.sends().any(|(to, _)| to.0 >= trace.header.ranks);
        let wait = wait.ok().filter(|_| !has_crashed);
        waits[event.rank.index()] = wait.unwrap_or(Wait::Stopped);
    }
    (nodes.iter().map(|node| NodeState::of(&node.view())).collect(), waits)
}

fn naive_flights(trace: &Trace, cursor: usize) -> Vec<EventIndex> {
    let matching = Matching::of(trace);
    let is_open = |at: &EventIndex| {
        let partner = matching.partner(*at).filter(|partner| partner.0 < cursor);
        trace[*at].destination().is_some() && partner.is_none()
    };
    (0..cursor).map(EventIndex).filter(is_open).collect()
}

/// Holds a timeline to its trace at a cursor.
fn hold(timeline: &Timeline, trace: &Trace, cursor: usize) -> Result<(), TestCaseError> {
    let snapshot = timeline.snapshot(cursor);
    let flights: Vec<EventIndex> = snapshot.flights.iter().map(|flight| flight.sent).collect();
    prop_assert_eq!(flights, naive_flights(trace, cursor));
    let is_known = timeline.departure().is_none_or(|departure| cursor <= departure.at.0);
    prop_assert_eq!(snapshot.states.is_some(), is_known, "at {}", cursor);
    let Some(states) = snapshot.states else { return Ok(()) };
    let (nodes, waits) = naive(trace, cursor);
    prop_assert_eq!(&states.nodes, &nodes);
    for (rank, wait) in (0_u32..).map(Rank).zip(waits) {
        let expected = Status::after_sends(wait);
        let status = states.statuses.after_sends(rank).expect("there is such a rank");
        let has_crashed = matches!(status, Status::Crashed(_)) && expected == Status::Finished;
        prop_assert!(
            status == expected || has_crashed,
            "rank {} at {}: {:?}",
            rank,
            cursor,
            status
        );
    }
    prop_assert_eq!(states.ring, ringscope_sim::protocol::arithmetic::Ring::walk(&nodes));
    let before = timeline.event_at(cursor).map(|at| {
        let rank = trace[at].rank;
        (rank, naive(trace, at.0).0.swap_remove(rank.index()))
    });
    prop_assert_eq!(states.before, before);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_moment_is_what_feeding_the_nodes_from_the_start_gives(
        scenario in scenarios(), spacing in prop::sample::select(vec![1_u64, 600, 4_000, 1 << 18]),
    ) {
        let bytes = recorded(&scenario);
        let (trace, timeline) = (read(&bytes), timeline(&bytes, spacing));
        prop_assert_eq!(timeline.departure(), None);
        prop_assert_eq!(timeline.progress(), LoadProgress::Done);
        prop_assert_eq!((timeline.len(), timeline.states()), (trace.events.len(), trace.events.len()));
        for cursor in (0..=trace.events.len()).chain((0..=trace.events.len()).rev().step_by(3)) {
            hold(&timeline, &trace, cursor)?;
        }
    }

    #[test]
    fn a_trace_that_leaves_the_protocol_has_states_until_there_and_messages_all_the_way(
        scenario in scenarios(), at in any::<Pick>(), kind in 0..5_u8, other in any::<Pick>(),
    ) {
        let mut trace = read(&recorded(&scenario));
        prop_assume!(!trace.events.is_empty());
        let at = at.index(trace.events.len());
        match kind {
            0 => drop(trace.events.remove(at)),
            1 => trace.events.insert(at, trace.events[other.index(at + 1)].clone()),
            2 => trace.events[at].data = Payload::list([Payload::Int(77), Payload::Int(7)]),
            3 => trace.events[at].tag = Tag(6),
            _ => trace.events[at].peer = Rank(1),
        }
        let timeline = timeline(&bytes(&trace), 600);
        let judged = conform::judge(&trace).expect("the nodes are known");
        prop_assert!(timeline.departure().is_none() || !judged.conforms(), "{:?}", timeline.departure());
        for cursor in 0..=trace.events.len() {
            hold(&timeline, &trace, cursor)?;
        }
    }

    #[test]
    fn the_invariants_are_those_of_the_run_played_again(scenario in scenarios()) {
        hold_checker(&scenario)?;
    }

    #[test]
    fn what_became_of_the_keys_says_where_they_are(scenario in scenarios()) {
        let timeline = Timeline::live(scenario);
        let mut held: BTreeMap<usize, BTreeSet<(i64, Rank)>> = BTreeMap::new();
        let mut key_events: Vec<&KeyEvent> = timeline.loaded.key_events.values().flatten().collect();
        key_events.sort_by_key(|touch| touch.at);
        let mut now = BTreeSet::new();
        for KeyEvent { key, at, rank, how } in key_events {
            match how {
                How::Stored | How::Arrived => now.insert((key.0, *rank)),
                How::Left => now.remove(&(key.0, *rank)),
                How::Read => now.contains(&(key.0, *rank)),
            };
            held.insert(at.0 + 1, now.clone());
        }
        for (cursor, expected) in held {
            let states = timeline.snapshot(cursor).states.expect("it is known");
            let nodes = (0_u32..).map(Rank).zip(&states.nodes);
            let held: BTreeSet<_> = nodes
                .flat_map(|(rank, node)| {
                    let keys = node.view().storage.into_iter().flat_map(|storage| storage.keys());
                    keys.map(move |key| (key.0, rank)).collect::<Vec<_>>()
                })
                .collect();
            prop_assert_eq!(held, expected);
        }
    }
}

fn hold_checker(scenario: &Scenario) -> Result<(), TestCaseError> {
    let bytes = recorded(scenario);
    let trace = read(&bytes);
    let timeline = timeline(&bytes, 600);
    let replayed =
        conform::replay::<Classic, _>(&trace, InvariantChecker::default()).expect("it conforms");
    let mut checker = replayed.observer;
    checker.finish(replayed.world.nodes());
    for (invariant, checked, failed) in timeline.tallies() {
        let tally = checker.tally(invariant);
        prop_assert_eq!((checked, failed), (tally.checked, tally.failed), "{:?}", invariant);
    }
    let receives: Vec<EventIndex> = (0..trace.events.len())
        .map(EventIndex)
        .filter(|at| trace[*at].source().is_some())
        .collect();
    let text = |at: EventIndex, violation: &Violation| {
        (at, violation.invariant, violation.rank, violation.what.clone())
    };
    let mut seen: Vec<_> = timeline.violations().iter().map(|s| text(s.at, &s.violation)).collect();
    let mut expected: Vec<_> = checker
        .violations()
        .into_iter()
        .map(|violation| {
            let nth = usize::try_from(violation.at).expect("there are that many receives");
            text(receives[nth - 1], violation)
        })
        .collect();
    seen.sort();
    expected.sort();
    prop_assert_eq!(seen, expected);
    Ok(())
}

#[test]
fn the_built_in_runs_have_the_violations_and_explanations_of_the_simulator() {
    for built_in in builtin::ALL {
        let scenario = built_in.scenario();
        hold_checker(&scenario).unwrap_or_else(|error| panic!("{}: {error}", built_in.name));
        let (live, replayed) =
            (Timeline::live(scenario.clone()), timeline(&recorded(&scenario), 4_000));
        assert_eq!(live.departure(), None, "{}", built_in.name);
        assert_eq!(live.ending(), replayed.ending(), "{}", built_in.name);
        let trace = read(&recorded(&scenario));
        for cursor in (0..=trace.events.len()).step_by(trace.events.len().div_ceil(50)) {
            hold(&replayed, &trace, cursor)
                .unwrap_or_else(|error| panic!("{}: {error}", built_in.name));
        }
        let facts = |timeline: &Timeline| {
            timeline.explanation().map(|explanation| explanation.facts.clone())
        };
        assert_eq!(facts(&live), facts(&replayed), "{}", built_in.name);
        assert_eq!(live.explanation().is_none(), live.ending() == Some(&Ending::Completed));
    }
}

#[test]
fn commands_are_answered_in_the_order_in_which_they_are_sent() {
    let text = "ranks 8\nwindow 3\nput 1..=9 key\nget 1..=9\nadd 3 500\nget 1..=5";
    let timeline = Timeline::live(Scenario::parse("test", text).expect("it can be read"));
    let command = Rank(7);
    let receives = timeline.events_of(command).filter(|at| timeline.info(*at).source().is_some());
    let answered: Vec<_> =
        timeline.operations().iter().filter_map(|operation| operation.completed).collect();
    assert_eq!(answered, receives.collect::<Vec<_>>());
    assert_eq!(timeline.operations().len(), 24);
    assert!(
        timeline
            .operations()
            .iter()
            .all(|operation| timeline.info(operation.invoked).destination().is_some())
    );
    assert_eq!(timeline.operations()[9].command, Command::Get { key: Key(1) });
}

#[test]
fn a_fork_has_the_events_of_its_past() {
    for built_in in builtin::ALL {
        let scenario = built_in.scenario();
        let timeline = Timeline::live(scenario);
        let sent: Vec<usize> =
            timeline.operations().iter().map(|operation| operation.invoked.0).collect();
        // All cursors from one command to the next have the same fork: it is looked at from the last.
        for cursor in sent.iter().copied().chain([timeline.len()]) {
            let fork =
                timeline.fork(cursor, "put 7 7", Validation::Unchecked).expect("it can be read");
            let point = timeline.fork_point(cursor);
            assert!(fork.len() >= point, "{} at {cursor}", built_in.name);
            for at in (0..point).map(EventIndex) {
                let name = built_in.name;
                assert_eq!(fork.info(at), timeline.info(at), "{name} at {cursor}, event {}", at.0);
                assert_eq!(fork.data(at), timeline.data(at), "{name} at {cursor}, event {}", at.0);
            }
        }
    }
}

#[test]
fn a_run_goes_on_where_it_ended() {
    let timeline = Timeline::live(builtin::find("join").expect("it is there").scenario());
    let more = timeline.then("get 200", Validation::Checked).expect("it is sound");
    assert_eq!(more.operations().len(), timeline.operations().len() + 1);
    let end = timeline.fork_point(timeline.len());
    assert!((0..end).map(EventIndex).all(|at| timeline.info(at) == more.info(at)));
    let text = more.scenario().expect("it is live").to_text();
    assert!(text.ends_with("get 200\n"), "{text}");
}

#[test]
fn a_command_that_would_hang_is_refused_in_the_words_of_a_scenario() {
    let timeline = Timeline::live(builtin::find("get-missing").expect("it is there").scenario());
    let refused = timeline.fork(0, "get 5", Validation::Checked).err().expect("nobody put key 5");
    let text = refused.to_string();
    assert!(text.contains("key 5 was never put: its owner stays silent on a GET"), "{text}");
    assert!(timeline.fork(0, "put 5 50", Validation::Checked).is_ok());
    let recorded = timeline_of(
        "{\"trace\":1,\"source\":\"sim\",\"protocol\":\"classic\",\"ranks\":3,\"time\":\"wall\"}\n",
    );
    let refused = recorded.fork(0, "put 1 1", Validation::Checked).err().expect("it is recorded");
    assert_eq!(refused.to_string(), "test: a recorded run takes no commands");
}

fn timeline_of(text: &str) -> Timeline {
    timeline(text.as_bytes(), 4_000)
}

#[test]
fn a_key_is_followed_from_node_to_node() {
    let timeline = Timeline::live(builtin::find("join").expect("it is there").scenario());
    let history: Vec<_> = timeline.history(Key(400)).iter().map(|t| (t.rank.0, t.how)).collect();
    assert_eq!(
        history[..4],
        [(6, How::Stored), (6, How::Read), (3, How::Arrived), (6, How::Left)],
        "{history:?}"
    );
    assert!(history[4..].iter().all(|touch| *touch == (3, How::Read)));
}

#[test]
fn a_trace_without_events_shows_the_start() {
    let timeline = timeline_of(
        "{\"trace\":1,\"source\":\"sim\",\"protocol\":\"classic\",\"ranks\":8,\"time\":\"wall\"}\n",
    );
    assert!(timeline.is_empty());
    assert_eq!(timeline.progress(), LoadProgress::Done);
    let snapshot = timeline.snapshot(0);
    assert_eq!(snapshot.states.expect("it is known").nodes.len(), 8);
    assert_eq!((snapshot.flights, timeline.ending()), (Vec::new(), None));
}

#[test]
fn a_trace_of_another_dialect_has_messages_and_commands_and_no_states() {
    let bytes = recorded(&builtin::find("join").expect("it is there").scenario());
    let text = String::from_utf8(bytes).expect("it is text").replacen("classic", "rust-dht", 1);
    let (timeline, trace) = (timeline_of(&text), read(text.as_bytes()));
    assert!(
        timeline.opaque().is_some_and(|why| why.contains("rust-dht")),
        "{:?}",
        timeline.opaque()
    );
    assert_eq!(timeline.states(), 0);
    for cursor in [0, 1, 40, timeline.len()] {
        let snapshot = timeline.snapshot(cursor);
        assert!(snapshot.states.is_none());
        let flights: Vec<_> = snapshot.flights.iter().map(|flight| flight.sent).collect();
        assert_eq!(flights, naive_flights(&trace, cursor));
    }
    assert!(
        timeline.operations().len() > 5
            && timeline.operations().iter().all(|operation| operation.completed.is_some())
    );
}

#[test]
fn what_stands_before_a_bad_line_can_be_looked_at() {
    let bytes = recorded(&builtin::find("first-put").expect("it is there").scenario());
    let text = String::from_utf8(bytes).expect("it is text");
    let lines: Vec<&str> = text.lines().collect();
    let bad = format!("{}\n{{\"rank\":0,\"n\":9}}\n{}\n", lines[..4].join("\n"), lines[5]);
    let timeline = timeline_of(&bad);
    assert_eq!((timeline.len(), timeline.states()), (3, 3));
    let problem = timeline.problem().expect("a line is bad");
    assert!(problem.starts_with("test:5: the field `op` is missing"), "{problem}");
    assert_eq!(timeline.progress(), LoadProgress::Done);

    let cut = timeline_of(&text[..text.len() - 30]);
    assert_eq!((cut.problem(), cut.ending()), (None, None));
    assert_eq!(cut.len(), lines.len() - 2);
}

#[test]
fn events_are_found_forwards_and_backwards() {
    let timeline = Timeline::live(builtin::find("join").expect("it is there").scenario());
    let is_rank_3 = |_: EventIndex, info: EventInfo| info.rank == Rank(3);
    let all: Vec<EventIndex> = timeline.events_of(Rank(3)).collect();
    let mut forwards = Vec::new();
    let mut cursor = 0;
    while let Some(at) = timeline.find(cursor, Direction::Forwards, is_rank_3) {
        forwards.push(at);
        cursor = at.0 + 1;
    }
    assert_eq!(forwards, all);
    let mut backwards = vec![EventIndex(cursor - 1)];
    while let Some(at) = timeline.find(cursor, Direction::Backwards, is_rank_3) {
        backwards.push(at);
        cursor = at.0 + 1;
    }
    backwards.reverse();
    assert_eq!(backwards, all);
}

#[test]
fn a_file_that_is_cut_while_it_is_shown_is_reported_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("join.jsonl");
    let bytes = recorded(&builtin::find("join").expect("it is there").scenario());
    std::fs::write(&path, bytes).expect("it can be written");
    let timeline = Timeline::open(&path).expect("it is a trace");
    assert!(timeline.snapshot(timeline.len()).states.is_some());
    let file = std::fs::OpenOptions::new().write(true).open(&path).expect("it is there");
    file.set_len(3_000).expect("it can be cut");
    assert!(timeline.snapshot(timeline.len()).states.is_none());
    assert_eq!(timeline.data(EventIndex(timeline.len() - 1)), Payload::Null);
    let problem = timeline.problem().expect("it is told");
    assert!(problem.contains("the file has changed since it was opened"), "{problem}");
}

/// A trace that takes longer to read than a frame.
fn long_trace() -> Vec<u8> {
    let mut text = "ranks 64\nkeyspace 6400\n".to_owned();
    for rank in 1..=61 {
        text.push_str(&format!("add {rank} {}\n", rank * 100));
    }
    for _ in 0..15 {
        text.push_str("put 50..=6350 step 100 key\n");
    }
    let scenario = Scenario::parse("test", &text).expect("it can be read");
    let bytes = recorded(&scenario);
    assert!(bytes.len() as u64 > SHORT_BYTES, "{}", bytes.len());
    bytes
}

#[test]
fn a_long_trace_is_read_in_the_background_and_looked_at_meanwhile() {
    let bytes = long_trace();
    let trace = read(&bytes);
    let mut timeline = opened(&bytes, LoadOptions::default());
    assert!(!timeline.is_empty(), "its first events are there at once");
    assert!(timeline.snapshot(timeline.len()).cursor > 0);
    timeline.wait();
    assert_eq!((timeline.progress(), timeline.problem()), (LoadProgress::Done, None));
    assert_eq!((timeline.len(), timeline.states()), (trace.events.len(), trace.events.len()));
    for cursor in (0..=timeline.len()).step_by(timeline.len() / 10) {
        hold(&timeline, &trace, cursor).expect("it is the same");
    }
}

#[test]
fn a_long_trace_behind_a_gate_is_read_on_when_the_gate_opens() {
    let bytes = long_trace();
    let (held, gate) = channel();
    let mut timeline = opened(&bytes, LoadOptions { gate: Some(gate), ..LoadOptions::default() });
    let first = timeline.len();
    assert!(first > 0, "its first events are there at once");
    assert!(
        timeline.wait_for_update() && timeline.states() > 0,
        "how the nodes stand there follows"
    );
    assert!(!timeline.poll() && timeline.len() == first, "no more than that");
    drop(held);
    timeline.wait();
    assert_eq!(timeline.len(), read(&bytes).events.len());
}

#[test]
fn the_nodes_of_so_many_ranks_are_looked_at_and_of_more_the_events_alone() {
    let film_of_ranks = |ranks: u32| {
        timeline_of(&format!(
            "{{\"trace\":1,\"source\":\"sim\",\"protocol\":\"classic\",\"ranks\":{ranks},\"time\":\"wall\"}}\n"
        ))
    };
    let timeline = film_of_ranks(MOST_RANKS);
    assert_eq!(timeline.snapshot(0).states.expect("it is known").nodes.len(), MOST_RANKS as usize);
    for ranks in [MOST_RANKS + 1, 1 << 20] {
        let timeline = film_of_ranks(ranks);
        assert!(timeline.snapshot(0).states.is_none());
        let why = format!("the nodes of {ranks} ranks are not kept: at most {MOST_RANKS}");
        assert_eq!(timeline.opaque(), Some(&*why));
    }
}

/// Runs that end in a deadlock in which a rank is in a send.
fn blocked_in_sends() -> Vec<Scenario> {
    let text = "ranks 3\neager 0\nwindow 2\nput 1..=20 key";
    let scenarios = (0..40).map(|seed| {
        Scenario::parse("sends", &format!("seed {seed}\n{text}\n")).expect("it is a scenario")
    });
    let is_blocked = |scenario: &Scenario| match &simulate::<Classic>(scenario, &mut ()).outcome.end
    {
        End::Deadlock(graph) => graph.cycle().iter().any(|blocked| blocked.tag.is_none()),
        End::Completed | End::Livelock(_) | End::Crashed { .. } | End::Stopped { .. } => false,
    };
    scenarios.filter(is_blocked).collect()
}

#[test]
fn who_waits_for_whom_is_what_the_simulator_says_even_in_a_send() {
    let scenarios = blocked_in_sends();
    assert!(!scenarios.is_empty(), "one of them ends so");
    for scenario in scenarios {
        let End::Deadlock(graph) = simulate::<Classic>(&scenario, &mut ()).outcome.end else {
            continue;
        };
        let timeline = Timeline::live(scenario);
        let states = timeline.snapshot(timeline.len()).states.expect("a run of ours");
        let shown: WaitForGraph<()> = WaitForGraph::of(states.statuses.iter(), Vec::new());
        assert_eq!(shown.blocked, graph.blocked);
    }
}

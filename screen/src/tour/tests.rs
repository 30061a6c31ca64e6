use proptest::prelude::*;
use ringscope_sim::protocols::Classic;
use ringscope_sim::scenario::builtin;
use ringscope_sim::simulate::simulate;
use ringscope_sim::world::End;

use super::*;
use crate::app::testing;

/// What the facts of a text become in a lesson on the run `join` where rank 3 has just joined; or what is
/// wrong.
fn first_paragraph(text: &str) -> Result<String, String> {
    let lesson = format!(
        "---\ntitle: t\nabout: a\nrun: join\nrun late: join, seed 9\n---\n## s\n\
         ```stop\nwhen: rank 3 joins\n```\n{text}\n"
    );
    let tour = Tour::open(&Shelf::alone("test", &lesson)).map_err(|faults| {
        let problem = &faults.errors.problems()[0];
        problem.message().to_owned()
    })?;
    let text = |block: &Block| match block {
        Block::Paragraph(pieces) | Block::Item(_, pieces) | Block::Heading(pieces) => {
            pieces.iter().map(|piece| piece.text.clone()).collect()
        }
        Block::Table(rows) => {
            let cell = |cell: &Vec<ToneSpan>| cell.iter().map(|piece| piece.text.clone()).collect();
            let row =
                |row: &Vec<Vec<ToneSpan>>| row.iter().map(cell).collect::<Vec<String>>().join("|");
            rows.iter().map(row).collect::<Vec<_>>().join("\n")
        }
        Block::Verbatim(lines) => lines.join("\n"),
    };
    Ok(tour.steps[0].blocks.iter().map(text).collect::<Vec<String>>().join("\n"))
}

fn fact(fact: &str) -> Result<String, String> {
    first_paragraph(&format!("`{{{fact}}}`"))
}

fn claim(claim: &str) -> Result<String, String> {
    first_paragraph(&format!("```claim\n{claim}\n```"))
}

#[test]
fn facts_are_asked_where_the_run_stands() {
    for (asked, value) in [
        ("owner of key 400", "rank 6"),
        ("owner of key 400 at end", "rank 3"),
        ("owner of key 5000", "nobody"),
        ("holder of key 400", "rank 6"),
        ("holder of key 5", "nobody"),
        ("value of key 400", "4"),
        ("keys of rank 6", "100, 200, 400, 600, 800 and 1000"),
        ("keys of rank 3", "none"),
        ("number of keys of rank 6", "6"),
        ("number of keys at start", "0"),
        ("range of rank 6", "1 to 1000"),
        ("number of keys owned by rank 3 at end", "250"),
        ("id of rank 3", "500"),
        ("id of rank 1", "none"),
        ("successor of rank 3", "rank 6"),
        ("predecessor of rank 0", "rank 7"),
        ("successor of rank 1", "nobody"),
        ("ring at end", "rank 0, rank 5, rank 3 and rank 6"),
        ("number of nodes", "2"),
        ("whom rank 6 waits for", "rank 3"),
        ("what rank 6 waits for", "COMPLETE"),
        ("what rank 3 waits for", "anything"),
        ("what rank 3 waits for at end", "nothing"),
        ("event", "70"),
        ("deed of the event", "receives"),
        ("rank of the event", "rank 3"),
        ("tag of the event", "INIT"),
        ("source of the event", "rank 6"),
        ("number of commands", "18"),
        ("commands answered so far", "8"),
        ("command 9", "add 3 500"),
        ("hops of command 12", "3"),
        ("hops of answer 12", "2"),
        ("answer of command 7", "2"),
        ("answer of command 1", "ACK"),
        ("id in answer 7", "1000"),
        ("messages in command 1", "4"),
        ("PUT messages in all", "14"),
        ("REDISTRIBUTE_ADD messages in command 9", "3"),
        ("messages in flight at command 1", "1"),
        ("number of events", "222"),
        ("number of events in run late", "222"),
        ("number of keys in run late", "7"),
        ("number of keys in run late at answer 1", "1"),
        ("number of keys at answer 1 in run late", "1"),
        ("ending", "completed"),
        ("violation", "none"),
        ("ranks in the cycle", "none"),
    ] {
        assert_eq!(fact(asked).as_deref(), Ok(value), "{asked}");
    }
}

#[test]
fn a_fact_without_a_value_says_why() {
    for (asked, why) in [
        ("value of key 5", "nobody holds key 5 here"),
        ("range of rank 1", "rank 1 is not in the ring here"),
        ("tag of the event at start", "nothing has happened yet"),
        ("command 99", "there is no command 99: there are 18"),
        ("id in answer 1", "that command was not answered with a value"),
        ("event of the violation", "no invariant is violated"),
        ("comparison", "nothing is compared at this stop"),
        ("keys of rank 99", "there is no rank 99: ranks are 0 to 7"),
        ("keys of rank", "expected a rank (0 to 7)"),
        ("onwer of key 4", "there is no fact `onwer of key 4`: did you mean `owner`?"),
        ("event at sometime", "expected `start`"),
        ("event in run other", "the lesson has no run `other`: there is main, late"),
        ("event at event 999", "the run has the events 0 to 222 only"),
    ] {
        let said = fact(asked).expect_err(asked);
        assert!(said.starts_with(why), "{asked}: {said}");
    }
}

#[test]
fn claims_hold_or_are_refused() {
    for good in [
        "number of nodes is 2",
        "number of nodes is not 3; number of ranks is 8",
        "number of keys is more than 5",
        "number of keys is at least 6",
        "number of keys is at most 6",
        "number of keys is less than number of ranks",
        "keys of rank 6 has 400",
        "keys of rank 6 has 400 and 600",
        "keys of rank 6 has not 5",
        "keys of rank 6 is 100, 200, 400, 600, 800 and 1000",
        "keys of rank 3 is none",
        "ring is rank 0 and rank 6",
        "ring at end has rank 5",
        "tag of the event is init",
        "owner of key 400 is holder of key 400",
        "owner of key 400 is not owner of key 400 at end",
        "command 9 is \"add 3 500\"",
        "range of rank 6 is \"1 to 1000\"",
        "ending in run late is completed",
    ] {
        assert_eq!(claim(good), Ok(String::new()), "{good}");
    }
    for (bad, why) in [
        ("number of nodes is 3", "the claim does not hold"),
        ("number of nodes is 2; number of ranks is 9", "the claim does not hold"),
        ("number of nodes", "`number of nodes` is no claim"),
        ("number of nodes is rank 2", "`number of nodes` is 2, and `rank 2` rank 2: a rank"),
        ("ring is more than 2", "`ring` is rank 0 and rank 6, and `2` 2: only numbers"),
        ("ring has 2", "`ring` is rank 0 and rank 6, and `2` 2: only keys have keys"),
        ("ending is quite done", "there is no fact `quite done`"),
        ("value of key 5 is 5", "nobody holds key 5 here"),
    ] {
        let said = claim(bad).expect_err(bad);
        assert!(said.starts_with(why), "{bad}: {said}");
    }
}

#[test]
fn a_comparison_is_reported_of_in_facts() {
    let tour = testing::tour();
    let stop = &tour.steps[2].stop;
    assert_eq!(stop.against, Some(1));
    let event = tour.runs[0].timeline.event_at(stop.cursor).expect("an event");
    assert_eq!(tour.runs[0].timeline.info(event).rank, ringscope_traces::Rank(7));
}

#[test]
fn prose_is_the_markdown_that_lessons_need() {
    let text = "a\nb *c*\n\n- d\n- e\n  f\n1. g\n> h\n### i\n| j | `{ring}` |\n|---|--:|\n| k | *l* |\n<!-- l\nm -->\n```\nn\n  o\n```";
    assert_eq!(
        first_paragraph(text).as_deref(),
        Ok("a b c\nd\ne f\ng\nh\ni\nj|rank 0 and rank 6\nk|l\nn\n  o")
    );
}

#[test]
fn what_is_asked_for_is_listed() {
    let rows: usize = guide().iter().map(|(_, rows)| rows.len()).sum();
    assert!(rows > 100, "{rows}");
    assert!(
        guide()
            .iter()
            .all(|(_, rows)| rows.iter().all(|(form, what)| form.is_ascii() && !what.is_empty()))
    );
}

/// Lines of lessons, and some that are none.
const LINES: &[&str] = &[
    "---",
    "title: t",
    "about: a",
    "run: join",
    "run b: join, seed 2",
    "run: nowhere",
    "## s",
    "# t",
    "### h",
    "```",
    "```stop",
    "```claim",
    "```question",
    "```scenario x",
    "```stpo",
    "at: end",
    "at: command 3",
    "when: rank 3 waits",
    "when: rank 99 waits",
    "look: message",
    "look: rank 1",
    "look: owner of key 4",
    "compare: b",
    "run: b",
    "pane: events",
    "owner of key 4 is rank 6",
    "owner of key 4 has",
    " is ",
    "ask: x",
    "option: a | number of nodes is 2",
    "option: b | number of nodes is 3",
    "option:",
    "hint: h",
    "right: r",
    "number: number of nodes",
    "node: owner of key 4",
    "prose `{ring}` **x** [y](z)",
    "`{`",
    "*",
    "- item",
    "<!-- note",
    "-->",
    "| a |",
    "\u{1b}[2J",
    "\u{202e}",
    "  indented",
    "put 5 5",
    "ranks 4",
    "",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_a_file_has_in_it_is_a_lesson_or_is_reported(
        lines in prop::collection::vec(prop::sample::select(LINES), 0..40),
        has_front in any::<bool>(),
        noise in ".{0,12}",
    ) {
        let front = if has_front { "---\ntitle: t\nabout: a\nrun: join\nrun b: join\n---\n## s\n" } else { "" };
        let text = format!("{front}{}\n{noise}", lines.join("\n"));
        match Tour::open(&Shelf::alone("test", &text)) {
            Ok(tour) => prop_assert!(!tour.steps.is_empty()),
            Err(faults) => {
                let faults_text = faults.errors.to_string();
                prop_assert!(faults_text.starts_with("test:"));
                prop_assert!(faults_text.chars().all(|c| c == '\n' || !c.is_control()), "{faults_text}");
            }
        }
    }
}

/// A message above the eager limit holds its sender up, and who is held up waits for the receiver.
#[test]
fn ranks_that_wait_in_a_send_for_each_other_are_in_the_cycle() {
    let built_in = builtin::find("join").expect("it is built in");
    let mut found = 0;
    for seed in 0..20 {
        let mut scenario = built_in.scenario();
        scenario.settings.seed = seed;
        (scenario.settings.eager, scenario.settings.window) = (Some(0), 4);
        let End::Deadlock(graph) = simulate::<Classic>(&scenario, &mut ()).outcome.end else {
            continue;
        };
        let cycle: Vec<_> =
            graph.cycle().iter().map(|blocked| format!("rank {}", blocked.rank)).collect();
        let Some((last, others)) = cycle.split_last().filter(|_| cycle.len() > 1) else { continue };
        let run = format!("join, seed {seed}, eager 0, window 4");
        let lesson = format!(
            "---\ntitle: t\nabout: a\nrun: {run}\n---\n## s\n```claim\nranks in the cycle is {} and {last}\n```\n",
            others.join(", ")
        );
        let tour = Tour::open(&Shelf::alone("test", &lesson)).map_err(|faults| {
            faults.errors.problems().iter().map(|it| it.message().to_owned()).collect::<Vec<_>>()
        });
        assert_eq!(tour.err(), None);
        found += 1;
    }
    assert!(found > 0, "some seed ends so");
}

//! Walkthroughs: checked, read as a page, and played at a terminal to their ends.

mod support;

use insta::assert_snapshot;
use ringscope_screen::tour::builtin::ALL;
use ringscope_screen::tour::{Shelf, Tour};

use support::Folder;

/// A lesson in which nothing is wrong.
const GOOD: &str = "\
---
title: Mine
about: A lesson of my own.
run: join
---

## One

```stop
when: rank 3 joins
```

Rank 3 has the id `{id of rank 3}`.

```claim
id of rank 3 is 500
```

```question
ask: Who owns key 600?
node: owner of key 600
hint: The first whose id is not smaller.
right: It is `{owner of key 600}`.
```
";

#[test]
fn all_that_the_lessons_say_holds() {
    let result = Folder::new().call("tour --check");
    assert_eq!((result.code, &*result.err), (Some(0), ""));
    let names: Vec<&str> = result.out.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(names, ALL.iter().map(|one| one.name).collect::<Vec<_>>());
}

#[test]
fn what_does_not_hold_in_a_lesson_is_reported_with_its_line() {
    let folder = Folder::new();
    folder.write("good.md", GOOD);
    let mut said = String::new();
    for (what, with) in [
        ("id of rank 3 is 500", "id of rank 3 is 400"),
        ("when: rank 3 joins", "when: rank 2 joins"),
        ("when: rank 3 joins", "at: command 99"),
        ("when: rank 3 joins", "at: violation"),
        ("`{id of rank 3}`", "`{value of key 5}`"),
        ("node: owner of key 600", "number: owner of key 600"),
        ("node: owner of key 600", "node: owner of key 6000"),
        (
            "node: owner of key 600",
            "option: rank 3 | owner of key 600 is rank 3\noption: rank 2 | owner of key 600 is rank 2",
        ),
        (
            "node: owner of key 600",
            "option: six | owner of key 600 is rank 6\noption: not 3 | owner of key 600 is not rank 3",
        ),
    ] {
        assert!(GOOD.contains(what), "{what}");
        folder.write("bad.md", GOOD.replace(what, with));
        let result = folder.call("tour --check good.md bad.md");
        assert_eq!(result.code, Some(1), "{with}: {}", result.err);
        assert!(result.out.starts_with("good.md: holds"), "{}", result.out);
        said += &format!("{with}\n{}\n", result.err);
        assert_eq!(folder.call("tour bad.md").code, Some(1), "nor is it shown");
    }
    assert_snapshot!("does_not_hold", said);
}

#[test]
fn what_cannot_be_read_in_a_lesson_is_reported_with_its_line() {
    let folder = Folder::new();
    folder.record("join", "join.jsonl");
    let mut said = String::new();
    for (what, with) in [
        ("title: Mine", "titel: Mine"),
        ("run: join", "run: jion"),
        ("run: join", "run: join, sed 7"),
        ("run: join", "run: ../join.jsonl"),
        ("run: join", "run: gone.jsonl"),
        ("run: join", "run: join.jsonl, seed 7"),
        ("run: join", "run: mine\nrun: mine"),
        ("when: rank 3 joins", "when: rank 3 jions"),
        ("when: rank 3 joins", "run: other"),
        ("when: rank 3 joins", "compare: main"),
        ("when: rank 3 joins", "look: number of keys"),
        ("when: rank 3 joins", "pane: window"),
        ("`{id of rank 3}`", "`{ide of rank 3}`"),
        ("id of rank 3 is 500", "id of rank 3 was 500"),
        ("id of rank 3 is 500", "id of rank 3 is rank 5"),
        ("id of rank 3 is 500", "id of rank 3 in run other is 500"),
        ("hint: The", "hnit: The"),
        ("node: owner of key 600", "option: it | owner of key 600 is rank 6"),
        ("node: owner of key 600", "option: it\noption: not it"),
        ("node: owner of key 600", "nothing: 5"),
        ("```question", "```qestion"),
        ("right: It is `{owner of key 600}`.\n```", ""),
        ("## One", "# One"),
        ("---\n\n##", "##"),
        ("## One", "```scenario mine\nranks 4\nput 5\n```\n## One"),
    ] {
        assert!(GOOD.contains(what), "{what}");
        folder.write(
            "bad.md",
            GOOD.replacen(what, with, 1).replace(
                "run: join\n---",
                if with.starts_with("```scenario") { "run: mine\n---" } else { "run: join\n---" },
            ),
        );
        let result = folder.call("tour --check bad.md");
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{with}: {}", result.err);
        said += &format!("{with}\n{}\n", result.err);
    }
    assert_snapshot!("cannot_be_read", said);
}

#[test]
fn a_file_that_is_no_lesson_is_refused() {
    let folder = Folder::new();
    folder.write("binary.md", [0, 159, 146, 150]).write("empty.md", "");
    folder.write("huge.md", "x".repeat(300_000));
    folder.write(
        "escape.md",
        "---\ntitle: \u{1b}[2J\nabuot\u{9b}: x\n---\n## \u{1b}]0;x\u{7}\n```\n",
    );
    folder.write("garbage.md", "---\n".to_owned() + &"``` [x]( ** `{ \n".repeat(9_000));
    std::fs::create_dir(folder.path("folder.md")).expect("a folder");
    let mut said = String::new();
    for name in ["binary", "empty", "huge", "escape", "folder", "gone"] {
        let result = folder.call(&format!("tour --check {name}.md"));
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{name}");
        said += &result.err;
    }
    assert!(said.chars().all(|c| c == '\n' || !c.is_control()), "{said}");
    assert_snapshot!("no_lessons", said);
    let result = folder.call("tour --check garbage.md");
    assert_eq!(result.code, Some(2));
    assert!(result.err.lines().count() < 120, "{}", result.err);
    assert_eq!(folder.call("tour the-rnig").code, Some(2));
    assert!(folder.call("tour the-rnig").err.contains("did you mean `the-ring`?"));
    assert_eq!(folder.call("tour the-ring joining").code, Some(2));
}

/// What stands in the page for those who write lessons.
#[test]
fn the_lesson_that_is_shown_to_those_who_write_one_holds() {
    let page = include_str!("../../screen/walkthroughs/README.md");
    let (_, part) = page.split_once("## A small, complete example").expect("it has one");
    let (part, _) = part.split_once("## The parts").expect("it ends");
    let lesson: Vec<&str> = part.trim().lines().map(|line| line.trim_start()).collect();
    let folder = Folder::new();
    folder.write("my.md", lesson.join("\n"));
    let result = folder.call("tour --check my.md");
    assert_eq!((result.code, &*result.err), (Some(0), ""));
}

#[test]
fn files_beside_a_lesson_are_found_wherever_it_lies() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("lessons")).expect("a folder");
    folder.record("join", "lessons/mine.jsonl");
    folder.write("lessons/mine.dht", "ranks 8\nput 600 6\nadd 3 500\n");
    let with = |run: &str| GOOD.replace("run: join", &format!("run: {run}"));
    folder.write("lessons/a.md", with("mine.jsonl")).write("lessons/b.md", with("mine.dht"));
    folder.write(
        "lessons/c.md",
        with("mine.dht\nrun real: mine.jsonl").replace("```stop", "```stop\ncompare: real"),
    );
    let result = folder.call("tour --check lessons/a.md lessons/b.md lessons/c.md");
    assert_eq!((result.code, &*result.err), (Some(0), ""));
}

#[test]
fn a_lesson_is_read_as_a_page_with_questions_on_standard_input() {
    let folder = Folder::new();
    folder.write("good.md", GOOD);
    let result = folder.call_with(&["tour", "good.md"], "0\nwhat?\n6\n");
    assert_snapshot!("page", result.golden());
    let result = folder.call_with(&["tour", "good.md", "--plain"], "");
    assert_eq!(result.code, Some(0));
    assert!(result.out.contains("? Who owns key 600?") && !result.out.contains("at the first try"));
}

#[test]
fn every_lesson_is_read_to_its_end_as_a_page() {
    let folder = Folder::new();
    for one in ALL {
        let tour = tour(one.name);
        let questions = tour.steps.iter().flat_map(|step| &step.questions);
        let answers = questions.flat_map(|question| [question.wrong_answer(), question.answer()]);
        let input: String = answers.map(|answer| format!("{answer}\n")).collect();
        let result = folder.call_with(&["tour", one.name, "--plain"], &input);
        assert_eq!((result.code, &*result.err), (Some(0), ""), "{}", one.name);
        assert!(result.out.is_ascii() || result.out.contains('╭'), "{}", one.name);
        let count = tour.questions();
        assert_eq!(result.out.matches("That is not it.").count(), count, "{}", result.out);
        assert_eq!(result.out.matches("That is right.").count(), count, "{}", result.out);
        let last = format!("{count} questions were answered right, none at the first try: good.\n");
        assert!(result.out.ends_with(&last), "{}: {}", one.name, result.out);
    }
}

#[test]
fn lessons_and_all_that_can_stand_in_one_are_listed() {
    let folder = Folder::new();
    let list = folder.call("tour --list");
    assert_eq!(list.code, Some(0));
    assert_eq!(folder.call("tour").out, list.out, "without a terminal there is the list");
    for (number, one) in (1..).zip(ALL) {
        assert!(list.out.contains(&format!("{number}  {}", one.name)), "{}", list.out);
    }
    assert_snapshot!("facts", folder.call("tour --facts").out);
}

/// A lesson that comes with the program.
fn tour(name: &str) -> Tour {
    let one = ringscope_screen::tour::builtin::find(name).expect("a lesson");
    Tour::open(&Shelf::built_in(one)).unwrap_or_else(|faults| panic!("{}", faults.errors))
}

#[cfg(unix)]
mod terminal {
    use std::fs;

    use ringscope_screen::tour::builtin::{ALL, BuiltIn, after};
    use ringscope_screen::tour::{Question, Tour};

    use crate::support::pty::{Pty, key};

    /// What stands over the list of lessons.
    const LIST: &str = "Walkthroughs: lessons on live runs";

    /// What is shown where an answer is waited for.
    const WAITING: [&str; 3] = ["choose with the letters", "type a number", "select a node"];

    #[test]
    fn every_lesson_is_played_to_its_end() {
        for one in ALL {
            let tour = super::tour(one.name);
            // The way to a stop is for eyes.
            let mut pty = Pty::start(&["tour", one.name, "--reduce-motion"]);
            for (number, step) in (1..).zip(&tour.steps) {
                pty.until_text(&place(&tour, number));
                let timeline = &tour.runs[step.stop.run].timeline;
                pty.until_text(&format!("event {}/{}", step.stop.cursor, timeline.len()));
                for (asked, question) in step.questions.iter().enumerate() {
                    answer(&mut pty, question);
                    if asked + 1 < step.questions.len() {
                        pty.types(key::ENTER);
                        pty.until("the next question", |screen| {
                            WAITING.iter().any(|what| screen.contents().contains(what))
                        });
                    }
                }
                let next = match number < tour.steps.len() {
                    true => place(&tour, number + 1),
                    false => {
                        pty.types(key::END);
                        pty.until_text("Enter: ");
                        let title = |next: &BuiltIn| super::tour(next.name).title;
                        after(one.name)
                            .map_or(LIST.to_owned(), |next| format!("TOUR   {}", title(next)))
                    }
                };
                go_on(&mut pty, &next);
            }
            if after(one.name).is_some() {
                pty.types("w");
                pty.until_text(LIST);
            }
            pty.until_text(&format!("(done, 0 of {} right", tour.questions()));
            pty.quit(one.name);
        }
    }

    fn place(tour: &Tour, number: usize) -> String {
        format!("step {number} of {}", tour.steps.len())
    }

    /// Answers wrong, and then right.
    fn answer(pty: &mut Pty, question: &Question) {
        pty.types(&question.wrong_answer().to_string());
        pty.types(key::ENTER);
        pty.until_text("is not it.");
        pty.types(&question.answer().to_string());
        pty.types(key::ENTER);
        pty.until("a right answer", |screen| {
            let text = screen.contents();
            text.contains("That is right.") && !text.contains("is not it.")
        });
    }

    /// Goes to the end of the text, and on from there.
    fn go_on(pty: &mut Pty, next: &str) {
        pty.types(key::END);
        pty.until_gone("↓ more ");
        pty.types(key::ENTER);
        pty.until_text(next);
    }

    #[test]
    fn a_run_is_explored_from_the_lesson_and_esc_comes_back() {
        let mut pty = Pty::start(&["tour", "the-ring"]);
        pty.until_text("step 1 of");
        pty.types("e");
        pty.until_text("Esc returns to the lesson");
        pty.types("l");
        pty.until_text("event 1/250");
        pty.types(key::ESC);
        pty.until_text("step 1 of");
        pty.until_text("event 0/250");
        pty.quit("a run");
    }

    #[test]
    fn lessons_are_a_key_away_from_any_page() {
        let mut pty = Pty::start(&["play", "join"]);
        pty.until_text("event 0/222");
        pty.types("w");
        pty.until_text("Walkthroughs: lessons on live runs");
        pty.types(key::ENTER);
        pty.until_text("step 1 of");
        pty.types(key::ESC);
        pty.until_text("Walkthroughs: lessons on live runs");
        pty.types(key::ESC);
        pty.until_text("event 0/222");
        pty.quit("a run");
    }

    #[test]
    fn how_far_one_has_come_is_kept_and_a_damaged_record_is_as_none() {
        let mut pty = Pty::start(&["tour", "the-ring"]);
        pty.until_text("step 1 of");
        pty.types(">");
        go_on(&mut pty, "step 2 of");
        pty.quit("a run");
        let mut again = pty.again(&["tour", "the-ring"]);
        again.until_text("step 2 of");
        again.quit("a run");
        let record = pty.home().join(".local/state/ringscope/walkthroughs.json");
        let kept = fs::read_to_string(&record).expect("the record");
        for damaged in ["", "{", "[1,2]", &kept.replace('1', "99999999999999999999"), "\0\0"] {
            fs::write(&record, damaged).expect("the record can be written");
            let mut again = pty.again(&["tour", "the-ring"]);
            again.until_text("step 1 of");
            again.quit(damaged);
        }
        fs::remove_file(&record).expect("the record can be removed");
        fs::create_dir(&record).expect("there can be a folder in its place");
        let mut again = pty.again(&["tour", "the-ring"]);
        again.until_text("step 1 of");
        again.types(">");
        go_on(&mut again, "step 2 of");
        again.quit("a run");
    }
}

/// What a lesson must never quote.
const SECRET: &str = "s3cret-w0rd 1\n";

/// A lesson on that run.
fn lesson_on(run: &str) -> String {
    format!(
        "---\ntitle: T\nabout: A lesson.\nrun: {run}\n---\n\n## One\n\n```stop\nat: start\n```\n\nWords.\n"
    )
}

#[test]
fn a_lessons_file_that_leads_elsewhere_is_refused_and_not_quoted() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    for name in ["lessons", "elsewhere", "lessons/below"] {
        std::fs::create_dir(folder.path(name)).expect("it can be made");
    }
    folder.write("elsewhere/x.dht", SECRET).write("elsewhere/x.jsonl", SECRET);
    folder.write("lessons/below/x.dht", SECRET).write("x.dht", SECRET);
    let absolute = folder.path("elsewhere/x.dht");
    let link = |target: &std::path::Path, name: &str| {
        symlink(target, folder.path(&format!("lessons/{name}"))).expect("a link");
    };
    link("../elsewhere/x.dht".as_ref(), "up.dht");
    link("../elsewhere/x.jsonl".as_ref(), "up.jsonl");
    link(&absolute, "absolute.dht");
    link("below/x.dht".as_ref(), "below.dht");
    link("../elsewhere".as_ref(), "folder");
    link("folder/x.dht".as_ref(), "through.dht");
    link("folder/../x.dht".as_ref(), "back.dht");
    link(["..", "lessons", "..", "x.dht"].join("/").as_ref(), "out.dht");
    link("up.dht".as_ref(), "twice.dht");
    link("/dev/zero".as_ref(), "endless.dht");
    link("/proc/self/environ".as_ref(), "system.dht");
    link("round.dht".as_ref(), "round.dht");
    link("gone".as_ref(), "gone.dht");
    let fifo = rustix::fs::FileType::Fifo;
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    for name in ["lessons/pipe.dht", "elsewhere/pipe"] {
        rustix::fs::mknodat(rustix::fs::CWD, folder.path(name), fifo, mode, 0).expect("a pipe");
    }
    link("../elsewhere/pipe".as_ref(), "piped.dht");
    for run in [
        "up.dht",
        "up.jsonl",
        "absolute.dht",
        "below.dht",
        "through.dht",
        "back.dht",
        "out.dht",
        "twice.dht",
        "endless.dht",
        "system.dht",
        "round.dht",
        "gone.dht",
        "pipe.dht",
        "piped.dht",
        "../x.dht",
        "folder/x.dht",
        "below/x.dht",
        "./below/x.dht",
        "..",
        "folder/../up.dht",
    ] {
        folder.write("lessons/l.md", lesson_on(run));
        for call in ["tour --check", "tour --plain", "snapshot --tour"] {
            let result = folder.call(&format!("{call} lessons/l.md"));
            assert_eq!((result.code, &*result.out), (Some(2), ""), "{run}: {}", result.err);
            assert!(
                !result.err.contains("s3cret") && !result.err.contains("PATH="),
                "{}",
                result.err
            );
        }
    }
}

#[test]
fn a_link_within_the_folder_of_a_lesson_is_followed() {
    let folder = Folder::new();
    folder.write("real.dht", "ranks 4\nput 5 50\nend\n").write("l.md", lesson_on("link.dht"));
    std::os::unix::fs::symlink("real.dht", folder.path("link.dht")).expect("a link");
    let result = folder.call("tour --check l.md");
    assert_eq!(result.code, Some(0), "{}", result.err);
}

#[test]
fn what_is_wrong_with_a_lessons_run_is_told_in_one_line_and_its_advice_in_another() {
    let folder = Folder::new();
    folder.write("mine.dht", "frobnicate 1\n").write("unsound.dht", "get 5\n");
    folder.record("join", "join.jsonl");
    let broken = folder.read("join.jsonl").replacen("\"clock\":5}", "\"clock\":5", 1);
    folder.write("broken.jsonl", broken).write("no.jsonl", "{\"trace\":7}\n");
    for run in ["mine.dht", "unsound.dht", "broken.jsonl", "no.jsonl"] {
        folder.write("l.md", lesson_on(run));
        let result = folder.call("tour --check l.md");
        assert_eq!((result.code, &*result.out), (Some(2), ""), "{run}");
        assert!(!result.err.contains("\\u{"), "{run}: {}", result.err);
        assert!(
            result.err.starts_with("l.md:4:6: ") && result.err.contains("\n  hint: "),
            "{}",
            result.err
        );
        assert_eq!(result.err.lines().count(), 2, "{run}: {}", result.err);
    }
}

#[test]
fn a_lessons_run_that_is_too_long_or_too_wide_is_refused_before_it_fills_the_memory() {
    let folder = Folder::new();
    folder.write("long.dht", "keyspace 100000000\nput 1..=100000000 key\n");
    folder.write("l.md", lesson_on("long.dht"));
    let result = folder.call("tour --check l.md");
    assert_eq!((result.code, &*result.out), (Some(2), ""));
    let said = "l.md:4:6: the run has more than 200000 events, which are the most\n";
    assert!(result.err.starts_with(said), "{}", result.err);
    folder.write("l.md", lesson_on("join, ranks 1000000"));
    let result = folder.call("tour --check l.md");
    assert_eq!((result.code, &*result.out), (Some(2), ""));
    let said = "l.md:4:6: join: has 1000000 ranks, and a run of at most 100000 can be looked at";
    assert!(result.err.starts_with(said), "{}", result.err);
}

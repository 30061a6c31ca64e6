use proptest::prelude::*;

use super::*;
use crate::app::keys::{Code, NamedKey};
use crate::app::{PageRequest, Target, testing};
use crate::tour::builtin::ALL;
use crate::tour::{Answer, Shelf};
use ringscope_traces::Rank;

fn lesson() -> Lesson {
    lesson_after(&Progress::default())
}

fn lesson_after(progress: &Progress) -> Lesson {
    let mut lesson = Lesson::new(testing::tour(), Keymap::default(), progress);
    lesson.room = Room { lines: 5, height: 10 };
    lesson
}

fn press(lesson: &mut Lesson, keys: &str) {
    for key in keys.split_whitespace() {
        lesson.press(key.parse().expect("a key"));
    }
}

fn note(lesson: &Lesson) -> &str {
    lesson.controls.note.as_deref().unwrap_or("")
}

/// Answers all questions right up to the last step, which asks nothing.
fn pass(lesson: &mut Lesson) {
    while let Some(asked) = lesson.asked() {
        let answer = lesson.shown().questions[asked].answer();
        give(lesson, answer);
        press(lesson, "enter enter");
    }
}

fn give(lesson: &mut Lesson, answer: Answer) {
    lesson.paste(&answer.to_string());
}

#[test]
fn enter_goes_on_when_all_is_answered_and_backspace_goes_back() {
    let mut lesson = lesson();
    press(&mut lesson, "enter");
    assert_eq!(note(&lesson), "answer first, or leave the question open with `>`");
    press(&mut lesson, "c enter");
    assert_eq!(lesson.replies[0][0], Reply::Right { at_once: true });
    assert_eq!(lesson.asked(), None, "the remark is looked at first");
    press(&mut lesson, "enter");
    assert_eq!(lesson.asked(), Some(1));
    press(&mut lesson, "7 backspace 6 enter enter");
    assert_eq!(lesson.step, 1);
    press(&mut lesson, "backspace");
    assert_eq!(lesson.step, 0);
    press(&mut lesson, "backspace");
    assert_eq!(note(&lesson), "the lesson begins here");
    assert_eq!(lesson.seen().len(), 2, "what was answered stays so");
}

#[test]
fn a_wrong_answer_is_reported_and_the_right_one_is_no_longer_at_once() {
    let mut lesson = lesson();
    press(&mut lesson, "a enter");
    assert_eq!(lesson.replies[0][0], Reply::Wrong(Answer::Choice(0)));
    press(&mut lesson, "down down down enter");
    assert_eq!(lesson.replies[0][0], Reply::Right { at_once: false });
}

#[test]
fn a_question_can_be_left_open() {
    let mut lesson = lesson();
    press(&mut lesson, "> > enter");
    assert_eq!((lesson.step, &lesson.replies[0][..]), (1, &[Reply::Left; 2][..]));
    assert!(lesson.record().right.is_empty());
}

#[test]
fn what_was_skipped_is_asked_again_here_and_from_the_end_on_everywhere() {
    let mut lesson = lesson();
    press(&mut lesson, "> > >");
    assert_eq!((lesson.step, lesson.asked()), (0, Some(0)), "both questions of the step");
    press(&mut lesson, "c enter enter > enter >");
    assert_eq!(lesson.replies[1], [Reply::Left], "in the middle it leaves open what is asked");
    press(&mut lesson, "esc enter");
    assert!(lesson.is_over());
    assert_eq!(lesson.score().skipped, [1, 2]);
    let marks = |lesson: &Lesson| [0, 1, 2].map(|step| lesson.mark(step));
    assert_eq!(marks(&lesson), [StepMark::Skipped, StepMark::Skipped, StepMark::Shown]);
    press(&mut lesson, ">");
    assert_eq!((lesson.step, lesson.asked()), (0, Some(1)));
    press(&mut lesson, "6 enter >");
    assert_eq!((lesson.step, lesson.asked()), (1, Some(0)), "on to the next one");
    press(&mut lesson, "3 enter >");
    assert_eq!(marks(&lesson), [StepMark::Done, StepMark::Done, StepMark::Shown]);
    assert!(lesson.is_over() && lesson.score().skipped.is_empty());
    press(&mut lesson, ">");
    assert_eq!(note(&lesson), "there is no question: Enter goes on");
}

#[test]
fn a_node_is_selected_by_arrows_by_its_number_and_by_the_mouse() {
    let mut lesson = lesson();
    press(&mut lesson, "> > enter right right");
    assert_eq!(lesson.draft, Draft::Node(Rank(3)), "round the ring from the head on");
    assert_eq!(lesson.app().view.selection, Selection::Rank(Rank(3)));
    press(&mut lesson, "6");
    assert_eq!(lesson.draft, Draft::Node(Rank(6)));
    lesson.click(Target::Rank(Rank(3)));
    press(&mut lesson, "enter");
    assert_eq!(lesson.replies[1][0], Reply::Right { at_once: true });
    lesson.click(Target::Rank(Rank(3)));
    assert!(note(&lesson).starts_with("the lesson leads here"));
}

#[test]
fn the_run_is_seen_to_come_to_the_stop() {
    let mut lesson = lesson();
    let first = lesson.stop().cursor;
    press(&mut lesson, "> > enter");
    assert!(lesson.is_busy());
    assert_eq!(lesson.app().view.cursor, first);
    assert!(lesson.tick(Duration::from_millis(400)));
    let on_the_way = lesson.app().view.cursor;
    assert!(first < on_the_way && on_the_way < lesson.stop().cursor);
    while lesson.is_busy() {
        lesson.tick(Duration::from_millis(100));
    }
    assert_eq!(lesson.app().view.cursor, lesson.stop().cursor);
    press(&mut lesson, "r");
    assert_eq!(lesson.app().view.cursor, first);
    press(&mut lesson, "x");
    assert_eq!(lesson.app().view.cursor, lesson.stop().cursor, "any key ends it");
}

#[test]
fn two_runs_stand_side_by_side_where_they_part() {
    let mut lesson = lesson();
    pass(&mut lesson);
    assert_eq!(lesson.step, 2);
    let diff = lesson.diff().expect("a comparison");
    assert_eq!(Some(diff.chosen), diff.first_row);
    press(&mut lesson, "e");
    assert!(matches!(lesson.controls.request.take(), Some(PageRequest::Diff(_))));
}

#[test]
fn what_is_explored_freely_stands_where_the_lesson_does() {
    let mut lesson = lesson();
    press(&mut lesson, "e");
    let Some(PageRequest::Run(app)) = lesson.controls.request.take() else { panic!("a run") };
    assert_eq!(app.view.cursor, lesson.stop().cursor);
    let line = format!("ringscope play join --seed 1 --at {} --pane inspector", app.view.cursor);
    assert_eq!(app.reproduced(), Some(line));
}

#[test]
fn a_lesson_is_taken_up_where_it_was_left_and_begun_again_when_it_was_done() {
    let mut progress = Progress::default();
    let mut first = lesson();
    pass(&mut first);
    progress.note("test", first.record());
    let second = lesson_after(&progress);
    assert_eq!((second.step, &second.replies), (2, &first.replies));
    let skipped = Record { right: vec![(1, 0, true)], ..first.record() };
    progress.note("test", skipped);
    assert_eq!(lesson_after(&progress).score().skipped, [1], "as it was left");
    press(&mut first, "enter");
    assert!(matches!(first.controls.request, Some(PageRequest::Lessons)) && first.record().is_done);
    progress.note("test", first.record());
    assert_eq!(lesson_after(&progress).step, 0);
    progress.note("test", Record { steps: 9, step: 8, ..Record::default() });
    assert_eq!(lesson_after(&progress).step, 0, "it is another lesson by now");
    progress.note(
        "test",
        Record { steps: 3, step: 99, right: vec![(9, 9, true)], ..Record::default() },
    );
    assert_eq!(lesson_after(&progress).step, 2, "whatever stands in the file");
}

/// Every lesson that comes with the program: whoever answers right comes to its end.
#[test]
fn every_lesson_can_be_gone_through() {
    for one in ALL {
        let tour = Tour::open(&Shelf::built_in(one));
        let tour = tour.unwrap_or_else(|faults| panic!("{}", faults.errors));
        let mut lesson = Lesson::new(tour, Keymap::default(), &Progress::default());
        for step in 0..lesson.tour.steps.len() {
            assert_eq!(lesson.step, step, "{}", one.name);
            while let Some(asked) = lesson.asked() {
                let question = lesson.shown().questions[asked].clone();
                give(&mut lesson, question.wrong_answer());
                press(&mut lesson, "enter");
                assert!(matches!(lesson.replies[step][asked], Reply::Wrong(_)));
                give(&mut lesson, question.answer());
                press(&mut lesson, "enter");
                assert_eq!(lesson.replies[step][asked], Reply::Right { at_once: false });
                if asked + 1 < lesson.replies[step].len() {
                    press(&mut lesson, "enter");
                }
            }
            press(&mut lesson, "enter");
        }
        assert!(lesson.record().is_done, "{}", one.name);
    }
}

fn key() -> impl Strategy<Value = KeyPress> {
    let named = prop::sample::select(vec![
        NamedKey::Enter,
        NamedKey::Enter,
        NamedKey::Backspace,
        NamedKey::Up,
        NamedKey::Down,
        NamedKey::Left,
        NamedKey::Right,
        NamedKey::PageDown,
        NamedKey::PageUp,
        NamedKey::Home,
        NamedKey::End,
        NamedKey::Tab,
        NamedKey::Esc,
    ]);
    let letter = prop::sample::select(
        "abcdefghijklmnopqrstuvwxyz0123456789->?:/".chars().collect::<Vec<_>>(),
    );
    let code = prop_oneof![named.prop_map(Code::Named), letter.prop_map(Code::Char)];
    (code, prop::bool::weighted(0.05))
        .prop_map(|(code, ctrl)| KeyPress { ctrl, ..KeyPress::plain(code) })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_sequence_of_keys_leads_out_of_the_lesson(
        keys in prop::collection::vec((key(), 0_u64..200), 1..120),
        (lines, height) in (0_usize..40, 0_usize..40),
    ) {
        let mut lesson = lesson();
        lesson.room = Room { lines, height };
        for (key, elapsed) in keys {
            lesson.press(key);
            lesson.tick(Duration::from_millis(elapsed));
            lesson.scrolled = lesson.scrolled.min(lines.saturating_sub(height));
            prop_assert!(lesson.step < 3 && lesson.seen().len() <= 2);
            prop_assert!(lesson.app().view.cursor <= lesson.app().timeline.len());
        }
    }
}

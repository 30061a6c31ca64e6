//! Lessons: from one to the next, and back to where one was.

use super::*;
use crate::app::Action;
use crate::app::lesson::Draft;
use crate::tour::QuestionKind;
use crate::tour::builtin::ALL;

#[test]
fn lessons_are_listed_over_any_page_and_left_for_it() {
    let run = crate::app::testing::built_in("join", 3);
    let mut session = Session::of(run, Progress::default(), Keymap::default());
    press(&mut session, "d");
    session.paste("crowded");
    press(&mut session, "enter w");
    assert!(is_start(&session), "{}", note(&session));
    press(&mut session, "enter e");
    let app: &App = shown(&session);
    assert!(app.name.ends_with("Esc returns to the lesson"), "{}", app.name);
    press(&mut session, "esc");
    let lesson: &Lesson = shown(&session);
    let name = lesson.tour.name.clone();
    press(&mut session, "> enter w");
    assert!(is_start(&session), "the list that it was opened from");
    let (progress, learnt) = session.take_learnt();
    assert!(progress.of(&name).is_some_and(|record| record.step == 1));
    assert_eq!(learnt, [name]);
    press(&mut session, "esc");
    let _: &Diff = shown(&session);
}

#[test]
fn a_lesson_is_found_again_where_it_was_left() {
    let mut session = Session::tours(Progress::default(), Keymap::default());
    press(&mut session, "esc enter > enter");
    let lesson: &Lesson = shown(&session);
    let step = lesson.step;
    assert!(step > 0);
    for keys in ["esc", "esc esc", "w"] {
        press(&mut session, keys);
        assert!(is_start(&session), "{keys}: {}", note(&session));
        press(&mut session, "enter");
        assert_eq!(shown::<Lesson>(&session).step, step, "{keys}");
    }
}

fn taught(session: &Session) -> &str {
    &shown::<Lesson>(session).tour.name
}

/// Skips whatever is asked, up to the end of the lesson.
fn skip_to_the_end(session: &mut Session) {
    while !shown::<Lesson>(session).is_over() {
        let is_asked = shown::<Lesson>(session).asked().is_some();
        press(session, if is_asked { ">" } else { "enter" });
    }
}

#[test]
fn every_lesson_leads_to_the_next_and_the_last_one_to_the_list() {
    let mut session = Session::tours(Progress::default(), Keymap::default());
    press(&mut session, "esc enter");
    for (number, one) in ALL.iter().enumerate() {
        assert_eq!(taught(&session), one.name);
        assert_eq!(session.pages.len(), 2, "it takes the place of the one before");
        skip_to_the_end(&mut session);
        let is_last = number + 1 == ALL.len();
        let words = if is_last { "list of lessons" } else { "next lesson" };
        assert!(session.page().bar().contains(&(Action::Open, words)), "{}", one.name);
        press(&mut session, "enter");
        let (progress, _) = session.take_learnt();
        assert!(progress.of(one.name).is_some_and(|record| record.is_done), "{}", one.name);
    }
    assert!(is_start(&session), "{}", note(&session));
}

#[test]
fn what_is_typed_and_not_sent_is_kept_wherever_one_goes() {
    let mut session = Session::tours(Progress::default(), Keymap::default());
    press(&mut session, "esc enter");
    while !matches!(shown::<Lesson>(&session).tour.name.as_str(), "put-and-get") {
        skip_to_the_end(&mut session);
        press(&mut session, "enter");
    }
    while !is_number(shown(&session)) {
        let is_asked = shown::<Lesson>(&session).asked().is_some();
        press(&mut session, if is_asked { ">" } else { "enter" });
    }
    press(&mut session, "4 2");
    let step = shown::<Lesson>(&session).step;
    for way in ["? esc", "e esc", "w esc enter", "esc enter", "e w esc esc esc", ": esc"] {
        press(&mut session, way);
        if is_start(&session) {
            panic!("{way}: {}", note(&session));
        }
        let lesson: &Lesson = shown(&session);
        assert_eq!((lesson.step, &lesson.draft), (step, &Draft::Number("42".to_owned())), "{way}");
    }
    press(&mut session, "w down enter");
    assert_ne!(taught(&session), "put-and-get");
    press(&mut session, "w enter");
    let lesson: &Lesson = shown(&session);
    assert_eq!(lesson.draft, Draft::Number("42".to_owned()), "after another lesson");
}

fn is_number(lesson: &Lesson) -> bool {
    let asked = lesson.asked().map(|asked| &lesson.shown().questions[asked].kind);
    matches!(asked, Some(QuestionKind::Number { .. }))
}

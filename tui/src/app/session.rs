//! The pages of the screen, one upon the other: the start page, runs, comparisons, lessons.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::action::Leave;
use super::diff::Diff;
use super::lesson::{Lesson, Wish};
use super::opening::Order;
use super::start::{Opens, StartPage};
use super::{App, KeyPress, Keymap, Request, Target};
use crate::failure::Failure;
use crate::tour::{Progress, Shelf, Tour};

/// A page of the screen.
pub enum Page {
    /// What can be opened.
    Start(Box<StartPage>),
    /// A run.
    Run(Box<App>),
    /// Two runs side by side.
    Diff(Box<Diff>),
    /// A lesson.
    Tour(Box<Lesson>),
}

/// All that the screen shows, and the pages below.
pub struct Session {
    /// The last one is shown; there is always one.
    pages: Vec<Page>,
    keymap: Keymap,
    leave: Option<Leave>,
    /// The files that were opened and that the next start page should know.
    opened: Vec<PathBuf>,
    /// How far somebody has come in the lessons.
    progress: Progress,
    /// The lessons in which somebody has come further, and nobody was told yet.
    learnt: Vec<String>,
}

impl Session {
    /// A session that begins with the start page.
    pub fn start(files: &[PathBuf], progress: Progress, keymap: Keymap) -> Session {
        let start = StartPage::new(files, &progress, keymap.clone());
        Session::with(Page::Start(Box::new(start)), progress, keymap)
    }

    /// A session that begins with a run.
    pub fn of(mut app: App, progress: Progress, keymap: Keymap) -> Session {
        app.keymap = keymap.clone();
        Session::with(Page::Run(Box::new(app)), progress, keymap)
    }

    /// A session that begins with the list of the lessons.
    pub fn tours(progress: Progress, keymap: Keymap) -> Session {
        let start = StartPage::tours(&progress, keymap.clone());
        Session::with(Page::Start(Box::new(start)), progress, keymap)
    }

    /// A session that begins with a lesson.
    pub fn lesson(tour: Tour, progress: Progress, keymap: Keymap) -> Session {
        let lesson = Lesson::new(tour, keymap.clone(), &progress);
        Session::with(Page::Tour(Box::new(lesson)), progress, keymap)
    }

    fn with(page: Page, progress: Progress, keymap: Keymap) -> Session {
        let (opened, learnt) = (Vec::new(), Vec::new());
        Session { pages: vec![page], keymap, leave: None, opened, progress, learnt }
    }

    /// The page that is shown.
    pub fn page(&self) -> &Page {
        self.pages.last().expect("there is always a page")
    }

    /// The page that is shown, to be changed.
    pub fn page_mut(&mut self) -> &mut Page {
        self.pages.last_mut().expect("there is always a page")
    }

    /// How the program is to be left, when it is.
    pub fn leave(&self) -> Option<Leave> {
        self.leave
    }

    /// The files that were opened since it was last asked.
    pub fn take_opened(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.opened)
    }

    /// How far somebody has come, and the lessons in which that is further than when it was last asked.
    pub fn take_learnt(&mut self) -> (&Progress, Vec<String>) {
        (&self.progress, std::mem::take(&mut self.learnt))
    }

    /// Takes a key.
    pub fn press(&mut self, key: KeyPress) {
        match self.page_mut() {
            Page::Start(start) => start.press(key),
            Page::Run(app) => app.press(key),
            Page::Diff(diff) => diff.press(key),
            Page::Tour(lesson) => lesson.press(key),
        }
        self.serve();
    }

    /// Takes what was pasted.
    pub fn paste(&mut self, text: &str) {
        match self.page_mut() {
            Page::Start(start) => start.paste(text),
            Page::Run(app) => app.paste(text),
            Page::Diff(diff) => diff.paste(text),
            Page::Tour(lesson) => lesson.paste(text),
        }
    }

    /// Takes a click.
    pub fn click(&mut self, target: Target) {
        match (self.page_mut(), target) {
            (Page::Start(start), Target::Row(row)) => start.click(row),
            (Page::Diff(diff), Target::Row(row)) => diff.click(row),
            (Page::Diff(diff), Target::Scrubber(row)) => diff.go_to(row),
            (Page::Run(app), target) => app.click(target),
            (Page::Tour(lesson), target) => lesson.click(target),
            (Page::Start(start), Target::Bar(action)) => start.update(action),
            (Page::Diff(diff), Target::Bar(action)) => diff.update(action),
            (Page::Start(_) | Page::Diff(_), _) => {}
        }
        self.serve();
    }

    /// Takes a movement with the button held down.
    pub fn drag(&mut self, target: Target) {
        match (self.page_mut(), target) {
            (Page::Run(app), target) => app.drag(target),
            (Page::Diff(diff), Target::Scrubber(row)) => diff.go_to(row),
            (Page::Start(_) | Page::Diff(_) | Page::Tour(_), _) => {}
        }
    }

    /// Takes a turn of the wheel.
    pub fn scroll(&mut self, target: Target, rows: isize) {
        match self.page_mut() {
            Page::Start(start) => start.choose(rows),
            Page::Run(app) => app.scroll(target, rows),
            Page::Diff(diff) => diff.scroll(rows),
            Page::Tour(lesson) => lesson.scroll(rows),
        }
    }

    /// Lets time pass; whether there is anything new to show.
    pub fn tick(&mut self, elapsed: Duration) -> bool {
        match self.page_mut() {
            Page::Start(_) => false,
            Page::Run(app) => {
                let is_new = app.poll();
                app.tick(elapsed) || is_new
            }
            Page::Diff(diff) => diff.poll(),
            Page::Tour(lesson) => lesson.tick(elapsed),
        }
    }

    /// Whether what is shown changes by itself, so that time should pass in small steps.
    pub fn is_busy(&self) -> bool {
        match self.page() {
            Page::Start(_) => false,
            Page::Run(app) => app.is_busy(),
            Page::Diff(diff) => diff.is_busy(),
            Page::Tour(lesson) => lesson.is_busy(),
        }
    }

    /// Does what the page asks for.
    fn serve(&mut self) {
        match self.page_mut() {
            Page::Start(start) => {
                let (has_quit, wish) = (start.has_quit, start.take_wish());
                let is_left = std::mem::take(&mut start.is_left);
                match wish {
                    _ if has_quit => self.leave = Some(Leave::Clean),
                    _ if is_left => self.go_back(),
                    Some(Opens::Run(word)) => self.open(&word),
                    Some(Opens::Lesson(one)) => self.teach(&Shelf::built_in(one)),
                    None => {}
                }
            }
            Page::Run(app) => {
                let (has_quit, keeps) = (app.has_quit, app.keeps_screen);
                let request = app.request.take();
                if has_quit {
                    self.leave = Some(if keeps { Leave::Keep } else { Leave::Clean });
                } else if let Some(request) = request {
                    self.grant(request);
                }
            }
            Page::Diff(diff) => match (diff.leave, diff.is_left) {
                (Some(leave), _) => self.leave = Some(leave),
                (None, true) => self.go_back(),
                (None, false) if std::mem::take(&mut diff.wants_tours) => self.list_tours(),
                (None, false) => {}
            },
            Page::Tour(lesson) => {
                let (leave, wish) = (lesson.leave, lesson.wish.take());
                self.note_progress();
                self.leave = leave;
                wish.into_iter().for_each(|wish| self.fulfil(wish));
            }
        }
    }

    fn grant(&mut self, request: Request) {
        match request {
            Request::Leave => self.go_back(),
            Request::Show(app) => self.pages.push(Page::Run(app)),
            Request::Compare(path) => self.compare(&path),
            Request::Tours => self.list_tours(),
        }
    }

    fn fulfil(&mut self, wish: Wish) {
        match wish {
            Wish::Leave => self.go_back(),
            Wish::Tours => self.list_tours(),
            Wish::Run(app) => self.pages.push(Page::Run(app)),
            Wish::Diff(diff) => self.pages.push(Page::Diff(diff)),
        }
    }

    /// Notes how far somebody has come in the lesson that is shown.
    fn note_progress(&mut self) {
        let Page::Tour(lesson) = self.page() else { return };
        let (name, record) = (lesson.tour.name.clone(), lesson.record());
        if self.progress.note(&name, record) && !self.learnt.contains(&name) {
            self.learnt.push(name);
        }
    }

    /// Shows the list of the lessons: the one below, if that is it, else a new one.
    fn list_tours(&mut self) {
        let start = StartPage::tours(&self.progress, self.keymap.clone());
        if let Page::Tour(_) = self.page() {
            self.pages.pop();
        }
        match self.pages.last_mut() {
            Some(Page::Start(below)) => {
                below.learn(&self.progress);
                below.choose_lesson(&self.progress);
            }
            Some(Page::Run(_) | Page::Diff(_) | Page::Tour(_)) | None => {
                self.pages.push(Page::Start(Box::new(start)));
            }
        }
    }

    /// Shows a lesson from where somebody left it.
    fn teach(&mut self, shelf: &Shelf) {
        match Tour::open(shelf) {
            Ok(tour) => {
                let lesson = Lesson::new(tour, self.keymap.clone(), &self.progress);
                self.pages.push(Page::Tour(Box::new(lesson)));
            }
            Err(faults) => self.say(&Failure::from(faults.errors).one_line()),
        }
    }

    /// Opens what the start page names, and lets it move.
    fn open(&mut self, word: &Path) {
        match Order::of(word).open() {
            Ok(mut app) => {
                app.keymap = self.keymap.clone();
                app.is_playing = true;
                if word.is_file() {
                    self.opened.push(word.to_owned());
                }
                self.pages.push(Page::Run(Box::new(app)));
            }
            Err(failure) => self.say(&failure.one_line()),
        }
    }

    fn compare(&mut self, path: &Path) {
        let Page::Run(app) = self.page() else { return };
        match Diff::open(app, path) {
            Ok(diff) => self.lay_upon(diff),
            Err(failure) => self.say(&failure.one_line()),
        }
    }

    /// Shows a comparison, and the page below when it is left.
    pub fn lay_upon(&mut self, mut diff: Diff) {
        diff.keymap = self.keymap.clone();
        self.pages.push(Page::Diff(Box::new(diff)));
    }

    fn go_back(&mut self) {
        if self.pages.len() > 1 {
            self.pages.pop();
            if let Some(Page::Start(start)) = self.pages.last_mut() {
                start.learn(&self.progress);
            }
        } else {
            self.say("there is nothing below this: `q` leaves");
        }
    }

    fn say(&mut self, what: &str) {
        let note = Some(what.to_owned());
        match self.page_mut() {
            Page::Start(start) => start.note = note,
            Page::Run(app) => app.note = note,
            Page::Diff(diff) => diff.note = note,
            Page::Tour(lesson) => lesson.note = note,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn press(session: &mut Session, keys: &str) {
        for key in keys.split_whitespace() {
            session.press(key.parse().expect("a key"));
        }
    }

    fn note(session: &Session) -> &str {
        let note = match session.page() {
            Page::Start(start) => &start.note,
            Page::Run(app) => &app.note,
            Page::Diff(diff) => &diff.note,
            Page::Tour(lesson) => &lesson.note,
        };
        note.as_deref().unwrap_or("")
    }

    #[test]
    fn a_run_is_opened_from_the_start_page_and_left_again() {
        let mut session = Session::start(&[], Progress::default(), Keymap::default());
        press(&mut session, "enter");
        let Page::Run(app) = session.page() else { panic!("{}", note(&session)) };
        assert!(app.is_playing && app.name == "join");
        assert!(session.tick(Duration::from_millis(500)));
        press(&mut session, "esc");
        assert!(matches!(session.page(), Page::Start(_)));
        press(&mut session, "q");
        assert_eq!(session.leave(), Some(Leave::Clean));
    }

    #[test]
    fn what_cannot_be_opened_is_reported_on_the_page() {
        let mut session =
            Session::start(&["gone.jsonl".into()], Progress::default(), Keymap::default());
        press(&mut session, "/");
        session.paste("gone");
        press(&mut session, "enter");
        assert_eq!(note(&session), "gone.jsonl: no such file");
        assert!(session.take_opened().is_empty());
    }

    #[test]
    fn the_first_page_has_nothing_below() {
        let app = crate::app::testing::built_in("join", 3);
        let mut session = Session::of(app, Progress::default(), Keymap::default());
        press(&mut session, "esc");
        assert_eq!(note(&session), "there is nothing below this: `q` leaves");
        press(&mut session, "Q");
        assert_eq!(session.leave(), Some(Leave::Keep));
    }

    #[test]
    fn a_run_is_compared_with_a_trace_that_was_saved() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("b.jsonl");
        let mut session = Session::of(
            crate::app::testing::built_in("join", 3),
            Progress::default(),
            Keymap::default(),
        );
        press(&mut session, "x ctrl-u");
        session.paste(&file.to_string_lossy());
        press(&mut session, "enter d");
        session.paste("none.jsonl");
        press(&mut session, "enter");
        assert_eq!(note(&session), "none.jsonl: no such file");
        press(&mut session, "d");
        session.paste(&file.to_string_lossy());
        press(&mut session, "enter");
        while session.is_busy() {
            session.tick(Duration::ZERO);
            thread::yield_now();
        }
        let Page::Diff(diff) = session.page() else { panic!("{}", note(&session)) };
        assert_eq!(diff.summary(), ["equal: every rank did the same in the same order"]);
        press(&mut session, "esc");
        assert!(matches!(session.page(), Page::Run(_)));
    }

    #[test]
    fn a_fork_lies_upon_the_run() {
        let mut session = Session::of(
            crate::app::testing::built_in("join", 40),
            Progress::default(),
            Keymap::default(),
        );
        press(&mut session, "F");
        session.paste("put 5 5");
        press(&mut session, "enter");
        let Page::Run(fork) = session.page() else { panic!("a run") };
        assert!(fork.name.starts_with("join, another way from event 40"), "{}", fork.name);
        press(&mut session, "esc");
        assert!(matches!(session.page(), Page::Run(app) if app.name == "join"));
    }

    #[test]
    fn lessons_are_listed_over_any_page_and_left_for_it() {
        let run = crate::app::testing::built_in("join", 3);
        let mut session = Session::of(run, Progress::default(), Keymap::default());
        press(&mut session, "d");
        session.paste("crowded");
        press(&mut session, "enter w");
        assert!(matches!(session.page(), Page::Start(_)), "{}", note(&session));
        press(&mut session, "enter e");
        let Page::Run(app) = session.page() else { panic!("a run") };
        assert!(app.name.ends_with("Esc returns to the lesson"), "{}", app.name);
        press(&mut session, "esc");
        let Page::Tour(lesson) = session.page() else { panic!("a lesson") };
        let name = lesson.tour.name.clone();
        press(&mut session, "> enter w");
        assert!(matches!(session.page(), Page::Start(_)), "the list that it was opened from");
        let (progress, learnt) = session.take_learnt();
        assert!(progress.of(&name).is_some_and(|record| record.step == 1));
        assert_eq!(learnt, [name]);
        press(&mut session, "esc");
        assert!(matches!(session.page(), Page::Diff(_)));
    }
}

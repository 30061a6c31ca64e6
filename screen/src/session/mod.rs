//! The pages of the screen, one upon the other: the start page, runs, comparisons, lessons.

mod diff;
mod leaving;
mod lesson;
mod page;
mod pointer;
mod run;
mod start;

use std::path::{Path, PathBuf};
use std::time::Duration;

use ratatui_core::layout::Position;

use crate::app::diff::{Candidate, Diff};
use crate::app::start::{StartPage, is_built_in};
use crate::app::{App, KeyPress, Keymap, Leave, Lesson, Order, PageRequest, Target};
use crate::failure::Failure;
use crate::host::{Found, host};
use crate::tour::{Progress, Shelf, Tour};
use crate::view::theme::ThemeChoice;
use crate::view::{Paint, Surface};

use leaving::{Exit, LeavingQuestion};
pub use page::{Page, at, paint};
pub use pointer::Pointer;

/// All that the screen shows, and the pages below.
///
/// ```
/// use ratatui_core::buffer::Buffer;
/// use ratatui_core::layout::Rect;
/// use ringscope_screen::app::keys::Code;
/// use ringscope_screen::app::{App, KeyPress, Keymap};
/// use ringscope_screen::session::Session;
/// use ringscope_screen::timeline::Timeline;
/// use ringscope_screen::tour::Progress;
/// use ringscope_screen::view::{Look, Paint};
/// use ringscope_sim::scenario::builtin;
///
/// let join = builtin::find("join").expect("it is built in").scenario();
/// let app = App::new(Timeline::live(join), "join", 0);
/// let mut session = Session::of(app, Progress::default(), Keymap::default());
/// session.press(KeyPress::plain(Code::Char('l')));
///
/// let (look, mut cells) = (Look::default(), Buffer::empty(Rect::new(0, 0, 80, 24)));
/// let mut paint = Paint::new(&mut cells, &look);
/// session.settle(paint.surface());
/// session.paint(&mut paint);
/// let title: String = (0..80).map(|x| cells[(x, 0)].symbol()).collect();
/// assert!(title.contains("join"), "{title}");
/// ```
pub struct Session {
    /// The last one is shown; there is always one.
    pages: Vec<Box<dyn Page>>,
    /// Lessons that were left before their ends, as they stood: with what is typed in them and not sent.
    left: Vec<Box<dyn Page>>,
    keymap: Keymap,
    /// The colours that somebody wants: whoever draws has to know what background there is.
    theme: ThemeChoice,
    /// The same, where they were changed by a key.
    changed_theme: Option<ThemeChoice>,
    leave: Option<Leave>,
    /// The way out that somebody has to confirm.
    asked: Option<LeavingQuestion>,
    /// What is said of how things look, as flags on a command line.
    look_flags: Vec<String>,
    /// The command line that was given last, and whether it is on its way to the clipboard.
    given: Option<String>,
    is_copying: bool,
    /// What was opened and the next start page should know: files, and names of what comes with the program.
    opened: Vec<PathBuf>,
    /// How far somebody has come in the lessons.
    progress: Progress,
    /// The lessons in which somebody has come further, not yet taken by the terminal.
    learnt: Vec<String>,
}

/// The flag of the theme on a command line.
const THEME: &str = "--theme";

impl Session {
    /// A session that begins with the start page.
    pub fn start(opened: &[PathBuf], progress: Progress, keymap: Keymap) -> Session {
        let start = StartPage::new(opened, &progress, keymap.clone());
        Session::with(Box::new(start), progress, keymap)
    }

    /// A session that begins with a run.
    pub fn of(mut app: App, progress: Progress, keymap: Keymap) -> Session {
        app.controls.keymap = keymap.clone();
        Session::with(Box::new(app), progress, keymap)
    }

    /// A session that begins with the list of the lessons.
    pub fn tours(progress: Progress, keymap: Keymap) -> Session {
        let start = StartPage::tours(&progress, keymap.clone());
        Session::with(Box::new(start), progress, keymap)
    }

    /// A session that begins with a lesson.
    pub fn lesson(tour: Tour, progress: Progress, keymap: Keymap) -> Session {
        let opened = Some(PathBuf::from(&tour.name)).filter(|name| is_built_in(name));
        let lesson = Lesson::new(tour, keymap.clone(), &progress);
        let session = Session::with(Box::new(lesson), progress, keymap);
        Session { opened: opened.into_iter().collect(), ..session }
    }

    fn with(page: Box<dyn Page>, progress: Progress, keymap: Keymap) -> Session {
        let (opened, learnt) = (Vec::new(), Vec::new());
        Session {
            pages: vec![page],
            left: Vec::new(),
            keymap,
            theme: ThemeChoice::default(),
            changed_theme: None,
            leave: None,
            asked: None,
            look_flags: Vec::new(),
            given: None,
            is_copying: false,
            opened,
            progress,
            learnt,
        }
    }

    /// The colours that somebody wants.
    pub fn theme(&self) -> ThemeChoice {
        self.theme
    }

    /// Begins with these colours.
    pub fn set_theme(&mut self, theme: ThemeChoice) {
        self.theme = theme;
    }

    /// The session whose command lines have these flags, too: they say how things look, and are no part of a page.
    pub fn with_look_flags(self, look_flags: Vec<String>) -> Session {
        Session { look_flags, ..self }
    }

    /// The page that is shown.
    pub fn page(&self) -> &dyn Page {
        self.pages.last().map(Box::as_ref).expect("there is always a page")
    }

    fn page_mut(&mut self) -> &mut Box<dyn Page> {
        self.pages.last_mut().expect("there is always a page")
    }

    /// How the program is to be left, when it is.
    pub fn leave(&self) -> Option<Leave> {
        self.leave
    }

    /// The command line that was asked for since it was last asked: it is for the clipboard.
    pub fn take_copied(&mut self) -> Option<String> {
        std::mem::take(&mut self.is_copying).then(|| self.given.clone()).flatten()
    }

    /// The command line that was given last.
    pub fn given_line(&self) -> Option<&str> {
        self.given.as_deref()
    }

    /// What was opened since it was last asked: files, and names of what comes with the program.
    pub fn take_opened(&mut self) -> Vec<PathBuf> {
        std::mem::take(&mut self.opened)
    }

    /// How far somebody has come, and the lessons in which that is further than when it was last asked.
    pub fn take_learnt(&mut self) -> (&Progress, Vec<String>) {
        (&self.progress, std::mem::take(&mut self.learnt))
    }

    /// Takes a key.
    pub fn press(&mut self, key: KeyPress) {
        if self.answer(key) {
            return;
        }
        self.page_mut().press(key);
        self.serve();
    }

    /// Takes what was pasted; a question is not answered by it.
    pub fn paste(&mut self, text: &str) {
        if self.asked.is_none() {
            self.page_mut().paste(text);
        }
    }

    /// Takes a click; a question is not answered by it.
    pub fn click(&mut self, target: Target) {
        if self.asked.is_some() {
            return;
        }
        self.page_mut().click(target);
        self.serve();
    }

    /// Takes a movement with the button held down.
    pub fn drag(&mut self, target: Target) {
        if self.asked.is_none() {
            self.page_mut().drag(target);
        }
    }

    /// Takes a turn of the wheel: for the list over the page, or for what is at that place of it.
    pub fn scroll(&mut self, target: Target, rows: isize) {
        if self.asked.is_some() {
            return;
        }
        match &mut self.page_mut().controls_mut().menu {
            Some(menu) => menu.choose(rows),
            None => self.page_mut().scroll(target, rows),
        }
    }

    /// Lets time pass; whether there is anything new to show.
    pub fn tick(&mut self, elapsed: Duration) -> bool {
        let is_new = self.page_mut().tick(elapsed);
        let below = self.pages.len() - 1;
        self.pages[..below].iter_mut().for_each(|page| page.save_on());
        self.ask_on() || is_new
    }

    /// Whether what is shown changes by itself, so that time should pass in small steps.
    pub fn is_busy(&self) -> bool {
        self.page().is_busy() || self.pages.iter().any(|page| page.is_saving())
    }

    /// What drawing has to settle first.
    pub fn settle(&mut self, surface: Surface<'_>) {
        self.page_mut().settle(surface);
    }

    /// Draws what is shown.
    pub fn paint(&self, paint: &mut Paint<'_>) {
        page::paint(self.page(), paint);
    }

    /// What is at a position, as it was drawn.
    pub fn at(&self, surface: Surface<'_>, position: Position) -> Option<Target> {
        at(self.page(), surface, position)
    }

    /// Does what the page asks for.
    fn serve(&mut self) {
        self.note_progress();
        match self.page_mut().ask() {
            Some(PageRequest::Back) => self.leave_by(Exit::Back),
            Some(PageRequest::Leave(leave)) => self.leave_by(Exit::Program(leave)),
            Some(PageRequest::Copy(line)) => self.copy(line),
            Some(PageRequest::NextTheme) => self.go_on_to_next_theme(),
            Some(PageRequest::Lessons) => self.list_lessons(),
            Some(PageRequest::Lesson(one)) => self.teach(&Shelf::built_in(one)),
            Some(PageRequest::Open(word)) => self.open(&word),
            Some(PageRequest::Run(app)) => self.push(app),
            Some(PageRequest::Diff(diff)) => self.push(diff),
            Some(PageRequest::Compare(run, word)) => self.compare(*run, &word),
            None => {}
        }
    }

    /// Notes how far somebody has come in the lesson that is shown.
    fn note_progress(&mut self) {
        let page = self.pages.last().expect("there is always a page");
        let Some((name, record)) = page.learnt() else { return };
        if self.progress.note(name, record) && !self.learnt.iter().any(|other| other == name) {
            self.learnt.push(name.to_owned());
        }
    }

    /// Shows the list of the lessons: the one below, if that is it, else a new one.
    fn list_lessons(&mut self) {
        self.close_lesson();
        let progress = &self.progress;
        let is_listed = self.pages.last_mut().is_some_and(|below| below.choose_lesson(progress));
        if !is_listed {
            let start = StartPage::tours(&self.progress, self.keymap.clone());
            self.push(Box::new(start));
        }
    }

    /// Shows a lesson from where somebody left it, in the place of the one that is shown.
    pub fn teach(&mut self, shelf: &Shelf) {
        let lesson = match self.take_left(&shelf.key) {
            Some(page) => page,
            None => match Tour::open(shelf) {
                Ok(tour) => Box::new(Lesson::new(tour, self.keymap.clone(), &self.progress)),
                Err(faults) => return self.say(&Failure::from(faults.errors).one_line()),
            },
        };
        self.opened.push(shelf.shown().into());
        self.close_lesson();
        self.push(lesson);
    }

    /// Takes the lesson that is shown away, if one is.
    fn close_lesson(&mut self) {
        if self.page().learnt().is_some() {
            let lesson = self.pages.pop();
            lesson.into_iter().for_each(|lesson| self.put_aside(lesson));
        }
    }

    /// Keeps a lesson that was left before its end; other pages are gone.
    fn put_aside(&mut self, mut page: Box<dyn Page>) {
        page.controls_mut().note = None;
        let Some((name, _)) = page.learnt().filter(|(_, record)| !record.is_done) else { return };
        let name = name.to_owned();
        drop(self.take_left(&name));
        self.left.push(page);
    }

    /// The lesson of that name, if it was left before its end.
    fn take_left(&mut self, name: &str) -> Option<Box<dyn Page>> {
        let mut left = self.left.iter().filter_map(|page| page.learnt());
        let place = left.position(|(other, _)| other == name)?;
        Some(self.left.remove(place))
    }

    /// Opens what somebody names, upon what is shown, and lets it move.
    pub fn open(&mut self, word: &Path) {
        match Order::of(word).open() {
            Ok(mut app) => {
                app.playback.is_playing = true;
                let found = host().look_up(word);
                if matches!(found, Some(Found::File { .. })) || is_built_in(word) {
                    self.opened.push(word.to_owned());
                }
                app.controls.below = Some("list");
                self.show_run(app);
            }
            Err(failure) => self.say(&failure.one_line()),
        }
    }

    /// Shows a run, and the page below when it is left.
    pub fn show_run(&mut self, mut app: App) {
        app.controls.keymap = self.keymap.clone();
        self.push(Box::new(app));
    }

    fn compare(&mut self, run: Candidate, word: &Path) {
        match Diff::open(run, word) {
            Ok(diff) => self.lay_upon(diff),
            Err(failure) => self.say(&failure.one_line()),
        }
    }

    /// Shows a comparison, and the page below when it is left.
    pub fn lay_upon(&mut self, mut diff: Diff) {
        diff.controls.keymap = self.keymap.clone();
        self.push(Box::new(diff));
    }

    /// Lays a page over the others.
    fn push(&mut self, mut page: Box<dyn Page>) {
        if !self.pages.is_empty() {
            page.controls_mut().below.get_or_insert("back");
        }
        self.pages.push(page);
    }

    fn go_back(&mut self) {
        if self.pages.len() > 1 {
            let gone = self.pages.pop();
            gone.into_iter().for_each(|page| self.put_aside(page));
            let page = self.pages.last_mut().expect("there is always a page");
            page.learn(&self.progress);
        } else {
            let controls = self.page_mut().controls_mut();
            controls.refuse("there is nothing below this: `q` leaves");
        }
    }

    fn go_on_to_next_theme(&mut self) {
        self.theme = self.theme.next();
        self.changed_theme = Some(self.theme);
        self.say(&format!("the theme is now `{}`", self.theme.name()));
    }

    /// Gives a command line that runs as it stands, or what the host has in its place.
    fn copy(&mut self, line: String) {
        let line = host().reference(&line).unwrap_or_else(|| self.with_flags_of_looks(line));
        self.say(&format!("copied: {line}"));
        (self.given, self.is_copying) = (Some(line), true);
    }

    fn with_flags_of_looks(&self, mut line: String) -> String {
        for flag in self.flags_of_looks() {
            line.push(' ');
            line.push_str(&flag);
        }
        line
    }

    /// The flags that say how things look: as they were given, and the theme as it was changed since.
    fn flags_of_looks(&self) -> Vec<String> {
        let Some(theme) = self.changed_theme else { return self.look_flags.clone() };
        let mut flags = self.look_flags.clone();
        if let Some(place) = flags.iter().position(|flag| flag == THEME) {
            flags.drain(place..flags.len().min(place + 2));
        }
        flags.extend([THEME.to_owned(), theme.name().to_owned()]);
        flags
    }

    /// Says something on the page that is shown.
    pub fn say(&mut self, what: &str) {
        self.page_mut().controls_mut().say(what);
    }
}

#[cfg(test)]
mod tests;

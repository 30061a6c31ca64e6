//! The start page: what can be opened, a key from a run that moves.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ringscope_sim::scenario::builtin::{self, BuiltIn, Kind};
use ringscope_traces::text::Plain;

use super::handle::{
    HandleActions, Handler, also, back, help, in_bar, next_theme, on, palette, quit, quit_and_keep,
};
use super::keys::{Code, KeyPress, NamedKey};
use super::preview::Preview;
use super::{Action, App, Controls, InputLine, Keymap, PAGE, PageRequest};
use crate::files::shown;
use crate::tour::builtin::{ALL as ALL_LESSONS, BuiltIn as BuiltInLesson};
use crate::tour::{Progress, Shelf, heading};

/// What a row of the start page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Lessons on live runs.
    Walkthroughs,
    /// Files that were opened before.
    Files,
    /// Scenarios that come with the program.
    Scenarios(Kind),
}

impl Section {
    /// Its heading.
    pub fn name(self) -> &'static str {
        match self {
            Section::Walkthroughs => "Walkthroughs: lessons on live runs",
            Section::Files => "Opened before",
            Section::Scenarios(Kind::WellFormed) => "The protocol at its work",
            Section::Scenarios(Kind::Hazard) => "Hazards: misuse, and what comes of it",
            Section::Scenarios(Kind::Race) => {
                "Races: commands in each other's way; F7 in one lists the choices"
            }
        }
    }
}

/// A row of the start page.
#[derive(Debug, Clone)]
pub struct StartRow {
    /// What it belongs to.
    pub section: Section,
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub what: String,
    /// How far somebody has come in it, where it is a lesson that was begun.
    pub record: String,
    /// What there is to say of it before it is opened, where it says so itself.
    pub opening: String,
    /// What it opens.
    pub opens: Opens,
}

/// What a row of the start page opens.
#[derive(Debug, Clone)]
pub enum Opens {
    /// A run, as `ringscope play` takes it.
    Run(PathBuf),
    /// A lesson.
    Lesson(&'static BuiltInLesson),
}

/// The start page.
pub struct StartPage {
    /// The keys, the list over the page, what there is to say.
    pub controls: Controls,
    /// The row that is chosen among those that are shown.
    pub chosen: usize,
    /// The words that narrow the rows, while they are typed.
    pub typed: Option<InputLine>,
    entries: Vec<StartRow>,
    preview: Preview,
    /// The name of the entry of which that is.
    previewed: String,
}

impl StartPage {
    /// The page with the lessons, the files that were opened before, and the scenarios. What was opened last is chosen:
    /// `opened` has it first, files by their paths and the others by their names. At the first start that is the first
    /// lesson.
    pub fn new(opened: &[PathBuf], progress: &Progress, keymap: Keymap) -> StartPage {
        let files = opened.iter().filter(|word| !is_built_in(word)).map(|path| file(path));
        let scenarios = builtin::ALL.iter().map(scenario);
        let entries: Vec<StartRow> = lessons(progress).chain(files).chain(scenarios).collect();
        let is_last = |entry: &StartRow| match (&entry.opens, opened.first()) {
            (Opens::Run(word), Some(last)) => word == last,
            (Opens::Lesson(one), Some(last)) => last.as_os_str() == one.name,
            (_, None) => false,
        };
        let last = entries.iter().position(is_last).unwrap_or(0);
        let mut page = StartPage { chosen: last, ..StartPage::of(entries, keymap) };
        page.look_at_chosen();
        page.preview.open();
        page
    }

    /// The list of the lessons alone; the first is chosen that was not gone through.
    pub fn tours(progress: &Progress, keymap: Keymap) -> StartPage {
        let mut start = StartPage::of(lessons(progress).collect(), keymap);
        start.choose_lesson(progress);
        start.preview.open();
        start
    }

    fn of(entries: Vec<StartRow>, keymap: Keymap) -> StartPage {
        let mut controls = Controls::new(keymap);
        controls.say(WELCOME);
        let (preview, previewed) = (Preview::default(), String::new());
        StartPage { controls, chosen: 0, typed: None, entries, preview, previewed }
    }

    /// Takes in how far somebody has come meanwhile.
    pub fn learn(&mut self, progress: &Progress) {
        let others = self.entries.iter().filter(|entry| entry.section != Section::Walkthroughs);
        self.entries = lessons(progress).chain(others.cloned()).collect();
    }

    /// Chooses the first lesson that was not gone through, or the first of all when all were.
    pub fn choose_lesson(&mut self, progress: &Progress) {
        let is_open = |entry: &StartRow| match entry.opens {
            Opens::Lesson(one) => progress.of(one.name).is_none_or(|record| !record.is_done),
            Opens::Run(_) => false,
        };
        self.typed = None;
        self.chosen = self.entries.iter().position(is_open).unwrap_or(0);
        self.look_at_chosen();
    }

    /// The row that is chosen.
    pub fn chosen_row(&self) -> Option<&StartRow> {
        self.rows().get(self.chosen).copied()
    }

    /// The run of what is chosen, in motion; none where there is none, and as long as it is not open.
    pub fn preview(&self) -> Option<&App> {
        self.preview.run()
    }

    /// Lets time pass; whether there is anything new to show.
    pub fn tick(&mut self, elapsed: Duration) -> bool {
        self.preview.tick(elapsed)
    }

    /// Whether it changes by itself.
    pub fn is_busy(&self) -> bool {
        self.preview.is_busy()
    }

    /// Whether nothing may move.
    pub fn keep_still(&mut self, is_still: bool) {
        self.preview.keep_still(is_still);
    }

    /// Sees to it that what is chosen is what moves.
    fn look_at_chosen(&mut self) {
        self.preview.wake();
        let chosen = self.chosen_row();
        let name = chosen.map_or_else(String::new, |row| row.name.clone());
        if self.previewed != name {
            let opens = chosen.map(|row| row.opens.clone());
            self.preview.choose(opens);
            self.previewed = name;
        }
    }

    /// The words that are typed.
    pub fn words(&self) -> &str {
        self.typed.as_ref().map_or("", InputLine::text)
    }

    /// The rows that have the words that are typed.
    pub fn rows(&self) -> Vec<&StartRow> {
        let words = self.words().to_lowercase();
        let has_words = |entry: &&StartRow| {
            let text = format!("{} {}", entry.name, entry.what).to_lowercase();
            words.split_whitespace().all(|word| text.contains(word))
        };
        self.entries.iter().filter(has_words).collect()
    }

    /// Takes a key.
    pub fn press(&mut self, key: KeyPress) {
        self.press_key(key);
        self.look_at_chosen();
    }

    fn press_key(&mut self, key: KeyPress) {
        if self.ask_menu(|menu| menu.press(key)) {
            return;
        }
        if self.typed.is_some() {
            self.controls.note = None;
            return self.press_in_line(key);
        }
        self.press_bound(key);
    }

    /// Takes what was pasted.
    pub fn paste(&mut self, text: &str) {
        if let Some(menu) = &mut self.controls.menu {
            menu.paste(text);
        } else if let Some(line) = &mut self.typed {
            line.paste(text);
            self.choose(0);
            self.look_at_chosen();
        }
    }

    /// Takes a click on a row: of the list over the page, or of the page, which is opened.
    pub fn click_row(&mut self, row: usize) {
        if self.ask_menu(|menu| menu.click(row)) {
            return;
        }
        self.chosen = row.min(self.rows().len().saturating_sub(1));
        self.open();
    }

    /// Chooses a row further down, or up.
    pub fn choose(&mut self, rows: isize) {
        let last = self.rows().len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(rows).min(last);
    }

    fn open(&mut self) {
        match self.rows().get(self.chosen).map(|entry| entry.opens.clone()) {
            Some(Opens::Run(word)) => self.controls.ask(PageRequest::Open(word)),
            Some(Opens::Lesson(one)) => self.controls.ask(PageRequest::Lesson(one)),
            None => self.controls.refuse("nothing has these words"),
        }
    }

    /// Narrows the rows by words that are typed from now on.
    fn narrow(&mut self) {
        self.typed = Some(InputLine::default());
        self.chosen = 0;
    }

    /// To the lessons: the first one, or from one of them the next one.
    fn go_to_lessons(&mut self) {
        self.typed = None;
        let is_lesson = |entry: &StartRow| entry.section == Section::Walkthroughs;
        let lessons = self.entries.iter().filter(|entry| is_lesson(entry)).count();
        self.chosen = if self.chosen + 1 < lessons { self.chosen + 1 } else { 0 };
    }

    fn press_in_line(&mut self, key: KeyPress) {
        let Some(line) = &mut self.typed else { return };
        match key.code {
            Code::Named(NamedKey::Esc) => {
                self.typed = None;
                self.choose(0);
            }
            Code::Named(NamedKey::Enter) => self.open(),
            Code::Named(NamedKey::Up) => self.choose(-1),
            Code::Named(NamedKey::Down) => self.choose(1),
            Code::Char('c') if key.ctrl => quit(self),
            Code::Named(_) | Code::Char(_) | Code::F(_) => {
                line.edit(key);
                self.choose(0);
            }
        }
    }
}

impl HandleActions for StartPage {
    const HANDLERS: &'static [Handler<StartPage>] = &[
        in_bar(Action::Open, "open", StartPage::open),
        also(Action::PlayOrPause, StartPage::open),
        in_bar(Action::Down, "choose", |start| start.choose(1)),
        also(Action::NextEvent, |start| start.choose(1)),
        on(Action::Up, |start| start.choose(-1)),
        also(Action::PreviousEvent, |start| start.choose(-1)),
        on(Action::PageDown, |start| start.choose(PAGE)),
        on(Action::PageUp, |start| start.choose(-PAGE)),
        on(Action::Start, |start| start.chosen = 0),
        on(Action::End, |start| start.choose(isize::MAX)),
        in_bar(Action::Search, "narrow", StartPage::narrow),
        also(Action::Filter, StartPage::narrow),
        on(Action::Tour, StartPage::go_to_lessons),
        on(Action::Palette, palette),
        in_bar(Action::Help, "help", help),
        on(Action::Back, back),
        in_bar(Action::Quit, "quit", quit),
        on(Action::Theme, next_theme),
        on(Action::QuitAndKeep, quit_and_keep),
    ];

    fn controls(&mut self) -> &mut Controls {
        &mut self.controls
    }

    fn refusal(_: Action) -> &'static str {
        WELCOME
    }

    /// While words are typed, letters are no keys.
    fn bar(&self) -> Vec<(Action, &'static str)> {
        let has_rows = !self.rows().is_empty();
        if self.typed.is_some() {
            let open = has_rows.then_some((Action::Open, "open"));
            return open.into_iter().chain([(Action::Back, "all of them again")]).collect();
        }
        let below = self.controls.below.map(|words| (Action::Back, words));
        Self::standing_bar().into_iter().chain(below).collect()
    }
}

/// Whether a word names what comes with the program; a file that was opened is known by its whole path.
pub fn is_built_in(word: &Path) -> bool {
    let name = word.to_str().unwrap_or_default();
    builtin::find(name).is_some() || ALL_LESSONS.iter().any(|one| one.name == name)
}

fn file(path: &Path) -> StartRow {
    StartRow {
        section: Section::Files,
        name: Plain(&shown(path)).to_string(),
        what: String::new(),
        record: String::new(),
        opening: "a file that was opened before".to_owned(),
        opens: Opens::Run(path.to_owned()),
    }
}

fn scenario(one: &BuiltIn) -> StartRow {
    StartRow {
        section: Section::Scenarios(one.kind),
        name: one.name.to_owned(),
        what: one.summary().to_owned(),
        record: String::new(),
        opening: one.description(),
        opens: Opens::Run(one.name.into()),
    }
}

/// The rows of the lessons.
fn lessons(progress: &Progress) -> impl Iterator<Item = StartRow> {
    ALL_LESSONS.iter().map(|one| {
        let heading = heading(&Shelf::built_in(one));
        let record = progress.of(one.name).map(|record| format!("({})", record.summary()));
        StartRow {
            section: Section::Walkthroughs,
            name: one.name.to_owned(),
            what: heading.title,
            record: record.unwrap_or_default(),
            opening: heading.about,
            opens: Opens::Lesson(one),
        }
    })
}

/// What can be done on the page.
const WELCOME: &str = "Enter opens and plays, arrows choose, `/` narrows, `?` all keys, `q` leaves";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_first_enter_begins_the_first_lesson_and_later_what_was_opened_last() {
        let opened = |opened: &[&str]| {
            let opened: Vec<PathBuf> = opened.iter().map(PathBuf::from).collect();
            let mut start = StartPage::new(&opened, &Progress::default(), Keymap::default());
            let files = start.rows().iter().filter(|row| row.section == Section::Files).count();
            start.press("enter".parse().expect("a key"));
            match start.controls.request.take() {
                Some(PageRequest::Open(word)) => (shown(&word), files),
                Some(PageRequest::Lesson(one)) => (one.name.to_owned(), files),
                _ => panic!("it opens nothing"),
            }
        };
        assert_eq!(opened(&[]), ("the-ring".to_owned(), 0));
        assert_eq!(opened(&["/tmp/old.jsonl", "join"]), ("/tmp/old.jsonl".to_owned(), 1));
        assert_eq!(opened(&["join", "/tmp/old.jsonl"]), ("join".to_owned(), 1));
        assert_eq!(opened(&["lost-key"]), ("lost-key".to_owned(), 0));
        assert_eq!(opened(&["join-of-a-later-version"]), ("join-of-a-later-version".to_owned(), 1));
    }

    #[test]
    fn what_is_chosen_is_shown_in_motion_until_nobody_looks() {
        let mut start = StartPage::new(&[], &Progress::default(), Keymap::default());
        let name = |start: &StartPage| start.preview().map(|run| run.name.clone());
        assert_eq!(name(&start).as_deref(), Some("the-ring"));
        start.press("down".parse().expect("a key"));
        assert_eq!(name(&start), None);
        assert!(!start.tick(Duration::from_millis(30)), "who goes on wants none of those between");
        assert!(start.tick(Duration::from_millis(60)));
        assert_eq!(name(&start).as_deref(), Some("put-and-get"));
        let cursor = |start: &StartPage| start.preview().expect("it has a run").view.cursor;
        let (begun, mut seen) = (cursor(&start), std::collections::BTreeSet::new());
        for _ in 0..59 {
            start.tick(Duration::from_secs(1));
            seen.insert(cursor(&start));
        }
        let end = start.preview().expect("it has a run").timeline.len();
        assert!(seen.contains(&end) && seen.contains(&0), "from {begun}: {seen:?}");
        assert!(seen.iter().any(|at| (1..begun).contains(at)), "it begins again: {seen:?}");
        assert!(start.is_busy() && !start.tick(Duration::from_secs(2)) && !start.is_busy());
        start.press("home".parse().expect("a key"));
        start.keep_still(true);
        assert!(start.tick(Duration::from_secs(1)), "it is opened, and does not move");
        assert!(!start.is_busy() && !start.tick(Duration::from_secs(1)));
    }

    #[test]
    fn words_narrow_the_rows() {
        let mut start = StartPage::new(&[], &Progress::default(), Keymap::default());
        start.press("/".parse().expect("a key"));
        start.paste("neighbours");
        assert!(start.rows().iter().any(|entry| entry.name == "race-neighbours-leave"));
        start.paste(" nothing has this");
        start.press("enter".parse().expect("a key"));
        assert!(start.controls.request.is_none());
    }
}

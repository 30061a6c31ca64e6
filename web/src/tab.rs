//! A tab: the session that it shows, how things look in it, and what it hands to the page.

use std::path::Path;
use std::time::Duration;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::{Position, Rect};
use ringscope_screen::app::diff::{Candidate, Diff};
use ringscope_screen::app::{KeyPress, Keymap, Order, Target};
use ringscope_screen::failure::Failure;
use ringscope_screen::session::{Pointer, Session};
use ringscope_screen::tour::{Progress, Shelf, builtin};
use ringscope_screen::view::theme::{Background, Palette, Theme};
use ringscope_screen::view::{Look, Paint, Surface};

use crate::cells::Cells;
use crate::host::TAB;
use crate::link::{Link, LinkedView};

/// A tab of a browser with the screen in it.
pub struct Tab {
    session: Session,
    progress: Progress,
    /// Whether that is further than when it was last asked for, though the session is another one.
    has_learnt: bool,
    pointer: Pointer,
    look: Look,
    background: Background,
    screen: Buffer,
    /// Whether nobody has done anything since the start page was opened.
    is_untouched: bool,
    /// The cells as they were painted last.
    pub cells: Cells,
}

/// What the page prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preferences {
    /// The background that goes with what is around the page.
    pub background: Background,
    /// Whether nothing should move by itself.
    pub reduce_motion: bool,
}

impl Tab {
    /// A tab with the start page, of that many columns and rows.
    pub fn open((width, height): (u16, u16), preferences: Preferences, progress: Progress) -> Tab {
        ringscope_screen::host::install(&TAB);
        let look = Look { theme: Theme::new(Palette::Rgb), ..Look::default() };
        let mut tab = Tab {
            session: start(&progress),
            progress,
            has_learnt: false,
            pointer: Pointer::default(),
            look,
            background: Background::default(),
            screen: Buffer::empty(Rect::new(0, 0, width, height)),
            is_untouched: true,
            cells: Cells::default(),
        };
        tab.prefer(preferences);
        tab
    }

    /// Looks as the page prefers it from now on.
    pub fn prefer(&mut self, preferences: Preferences) {
        self.background = preferences.background;
        self.look.reduce_motion = preferences.reduce_motion;
    }

    /// Has that many columns and rows from now on.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.screen.resize(Rect::new(0, 0, width, height));
    }

    /// Goes where a link leads, from the start page; what is wrong with it is said there.
    pub fn go(&mut self, link: &str) {
        if !self.is_untouched {
            self.start_over();
        }
        self.is_untouched = false;
        if let Err(failure) = Link::read(link).and_then(|link| self.follow(link)) {
            self.session.say(&failure.one_line());
        }
    }

    fn follow(&mut self, link: Link) -> Result<(), Failure> {
        match link {
            Link::Start => {}
            Link::Run(word) => self.session.open(&word),
            Link::View(view) => self.show(*view)?,
            Link::Lesson(name) => match builtin::find(&name) {
                Some(one) => self.session.teach(&Shelf::built_in(one)),
                None => return Err(Failure::about(&name, "there is no such lesson")),
            },
        }
        Ok(())
    }

    fn show(&mut self, LinkedView { order, looking, other }: LinkedView) -> Result<(), Failure> {
        let at = order.at;
        // Of a comparison the number is that of a row.
        let order = Order { at: if other.is_some() { 0 } else { at }, ..order };
        let mut app = order.open()?;
        app.look(&looking)?;
        let diff = other.map(|other| Diff::open(Candidate::of(&app), &other)).transpose()?;
        self.session.show_run(app);
        if let Some(mut diff) = diff {
            diff.awaited = at.checked_sub(1);
            self.session.lay_upon(diff);
        }
        Ok(())
    }

    /// Takes a file that somebody has handed in, and opens it.
    pub fn take_file(&mut self, name: &str, bytes: &[u8]) {
        self.is_untouched = false;
        TAB.keep(name, bytes.into());
        self.session.open(Path::new(name));
    }

    /// Takes a key by its name in the configuration, such as `shift-right`; whether there is such a key.
    pub fn press(&mut self, key: &str) -> bool {
        let Ok(key) = key.parse::<KeyPress>() else { return false };
        self.session.press(key);
        self.after_input();
        true
    }

    /// Takes what was pasted.
    pub fn paste(&mut self, text: &str) {
        self.session.paste(text);
    }

    /// The button is pressed, or a finger put down.
    pub fn point(&mut self, x: u16, y: u16) {
        let Tab { pointer, session, screen, look, .. } = self;
        pointer.press(session, Surface { area: screen.area, look }, Position { x, y });
        self.after_input();
    }

    /// It moves with the button held down.
    pub fn drag(&mut self, x: u16, y: u16) {
        let Tab { pointer, session, screen, look, .. } = self;
        pointer.drag(session, Surface { area: screen.area, look }, Position { x, y });
    }

    /// The button is let go.
    pub fn release(&mut self) {
        self.pointer.release();
    }

    /// Whether what is at a place goes along when it is dragged.
    pub fn is_dragged(&self, x: u16, y: u16) -> bool {
        let drawn = Surface { area: self.screen.area, look: &self.look };
        matches!(self.session.at(drawn, Position { x, y }), Some(Target::Scrubber(_)))
    }

    /// The wheel is turned by so many rows.
    pub fn scroll(&mut self, (x, y): (u16, u16), rows: isize) {
        let Tab { pointer, session, screen, look, .. } = self;
        let drawn = Surface { area: screen.area, look };
        pointer.scroll(session, drawn, (Position { x, y }, rows));
    }

    /// Lets time pass; whether there is anything new to show.
    pub fn tick(&mut self, elapsed: Duration) -> bool {
        self.session.tick(elapsed)
    }

    /// Whether what is shown changes by itself, so that time should pass in small steps.
    pub fn is_busy(&self) -> bool {
        self.session.is_busy()
    }

    /// Paints the screen, and takes its cells.
    pub fn paint(&mut self) {
        let scheme = self.session.theme().scheme(Some(self.background));
        self.look.theme = self.look.theme.with(scheme);
        let Tab { session, screen, look, cells, .. } = self;
        screen.reset();
        session.settle(Surface { area: screen.area, look });
        session.paint(&mut Paint::new(screen, look));
        cells.take(screen);
    }

    /// Whether it is drawn on a light background.
    pub fn is_light(&self) -> bool {
        self.look.theme.scheme().background() == Background::Light
    }

    /// What is for the clipboard, once.
    pub fn take_copied(&mut self) -> Option<String> {
        self.session.take_copied()
    }

    /// How far somebody has come in the lessons, as JSON, where that is further than when it was last asked.
    pub fn take_learnt(&mut self) -> Option<String> {
        self.learn();
        if !std::mem::take(&mut self.has_learnt) {
            return None;
        }
        serde_json::to_string(&self.progress).ok()
    }

    /// Takes what the session knows of the lessons.
    fn learn(&mut self) {
        let (progress, lessons) = self.session.take_learnt();
        if !lessons.is_empty() {
            self.progress = progress.clone();
            self.has_learnt = true;
        }
    }

    /// A page cannot be left for a shell: it begins again.
    fn after_input(&mut self) {
        self.is_untouched = false;
        if self.session.leave().is_some() {
            self.start_over();
        }
    }

    fn start_over(&mut self) {
        self.learn();
        let theme = self.session.theme();
        self.session = start(&self.progress);
        self.session.set_theme(theme);
        self.pointer.release();
        self.is_untouched = true;
    }
}

fn start(progress: &Progress) -> Session {
    Session::start(&[], progress.clone(), Keymap::default())
}

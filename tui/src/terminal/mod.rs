//! The terminal: the only place that reads keys and a clock, and that has to leave things as they were.

mod background;
pub mod input;
mod mouse;
mod reader;
mod screen;
mod signals;
mod tty;

use std::env;
use std::io::{self, IsTerminal as _};
use std::time::Duration;

use ratatui_core::layout::Rect;
use ringscope_screen::app::{KeyPress, Leave};
use ringscope_screen::failure::Failure;
use ringscope_screen::session::{Pointer, Session};
use ringscope_screen::view::theme::ThemeChoice;
use ringscope_screen::view::{Look, Paint, Surface};
use ringscope_traces::atomic_file::remove_unfinished;

use crate::launch::Stopwatch;
pub use background::by_variable as background_by_variable;
use background::{Inquiry, QUERY};
use input::InputEvent;
use reader::{Connection, InputReader};
pub use screen::Screen;
use signals::Signals;
use tty::is_gone;

/// How long to wait for a key while the screen changes by itself.
const FRAME: Duration = Duration::from_millis(16);

/// How long to wait while it does not: so soon a signal is heeded.
const IDLE: Duration = Duration::from_millis(50);

/// The most events that are taken before the screen is drawn again.
const MOST_AT_ONCE: usize = 64;

/// How the terminal is used.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// How things look; on which background, the theme and the terminal decide.
    pub look: Look,
    /// The theme to begin with.
    pub theme: ThemeChoice,
    /// Whether the mouse is for us.
    pub has_mouse: bool,
    /// The most columns and rows that are used.
    pub size: Option<(u16, u16)>,
}

impl Setup {
    /// The same in the colours that somebody wants, as far as the terminal's background is known.
    fn coloured(self, theme: ThemeChoice, inquiry: &Inquiry) -> Setup {
        let theme = self.look.theme.with(theme.scheme(inquiry.known()));
        Setup { look: Look { theme, ..self.look }, ..self }
    }

    /// The part of the screen that is used.
    fn part(&self, area: Rect) -> Rect {
        let (width, height) = self.size.unwrap_or((area.width, area.height));
        Rect { width: width.min(area.width), height: height.min(area.height), ..area }
    }
}

/// Whether standard output is a terminal on which more than lines can be shown.
pub fn is_capable() -> bool {
    let is_dumb = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    io::stdout().is_terminal() && !is_dumb
}

/// Shows a session until it is left. Between two waits, `between` is called.
///
/// # Errors
///
/// When the terminal does not do what it has to.
pub fn show(
    session: &mut Session,
    setup: Setup,
    between: &mut dyn FnMut(&mut Session),
) -> Result<(), Failure> {
    let signals = Signals::watch().map_err(|error| cannot(&error))?;
    let input = InputReader::open().map_err(|error| cannot(&error))?;
    let mut screen = Screen::open(setup.has_mouse).map_err(|error| cannot(&error))?;
    session.set_theme(setup.theme);
    let around = Around {
        screen: &mut screen,
        input,
        inquiry: Inquiry::new(&setup.look),
        pointer: Pointer::default(),
        signals: &signals,
        between,
    };
    let ended = run(session, setup, around);
    let ended = ended.or_else(|error| if is_gone(&error) { Ok(Ended::Gone) } else { Err(error) });
    match ended.map_err(|error| cannot(&error))? {
        Ended::Left(Leave::Clean) => Ok(()),
        Ended::Left(Leave::Keep) => screen.leave_behind().map_err(|error| cannot(&error)),
        Ended::BySignal(signal) => {
            drop(screen);
            let _kept_from_beginning = remove_unfinished();
            signals::end_by(signal).map_err(|error| cannot(&error))
        }
        Ended::Gone => Ok(()),
        Ended::Broken => Err(Failure::about("the screen", "a part of the program crashed")),
    }
}

fn cannot(error: &io::Error) -> Failure {
    Failure::about("the terminal", error.to_string())
}

/// Why the screen is no longer shown.
enum Ended {
    Left(Leave),
    BySignal(i32),
    /// The terminal is gone, and nothing can be reported.
    Gone,
    /// A thread of ours panicked, and has given the terminal back.
    Broken,
}

/// What is around a session.
struct Around<'a> {
    screen: &'a mut Screen,
    input: InputReader,
    inquiry: Inquiry,
    pointer: Pointer,
    signals: &'a Signals,
    between: &'a mut dyn FnMut(&mut Session),
}

impl Around<'_> {
    /// Takes what is still to come of an answer, up to its deadline: no byte of it is for whoever reads next.
    fn hear_out(&mut self) -> io::Result<()> {
        while let Some(rest) = self.inquiry.rest() {
            if self.input.wait(rest)? == Connection::Gone {
                break;
            }
            while let Some(event) = self.input.next() {
                self.inquiry.take(&event);
            }
        }
        Ok(())
    }
}

fn run(session: &mut Session, setup: Setup, mut around: Around<'_>) -> io::Result<Ended> {
    let mut clock = Stopwatch::start();
    let mut is_stale = true;
    loop {
        if around.inquiry.begin(session.theme()) {
            around.screen.send(QUERY)?;
        }
        let setup = setup.coloured(session.theme(), &around.inquiry);
        if is_stale {
            let area = setup.part(around.screen.area()?);
            session.settle(Surface { area, look: &setup.look });
            around.screen.draw(|area, buffer| {
                let area = setup.part(area);
                session.paint(&mut Paint { area, look: &setup.look, buffer });
            })?;
        }
        if around.input.wait(if session.is_busy() { FRAME } else { IDLE })? == Connection::Gone {
            return Ok(Ended::Gone);
        }
        is_stale = take_events(session, setup, &mut around)? | around.signals.take_resize();
        is_stale |= session.tick(std::mem::replace(&mut clock, Stopwatch::start()).elapsed());
        (around.between)(session);
        if let Some(line) = session.take_copied() {
            around.screen.copy(&line)?;
        }
        if let Some(leave) = session.leave() {
            around.hear_out()?;
            return Ok(Ended::Left(leave));
        }
        if let Some(signal) = around.signals.ending() {
            return Ok(Ended::BySignal(signal));
        }
        if !Screen::is_open() {
            return Ok(Ended::Broken);
        }
        if around.signals.take_stop() {
            around.hear_out()?;
            stop(around.screen, around.signals)?;
        }
        if around.signals.take_continue() {
            around.screen.set_up_again()?;
            around.inquiry.forget();
            is_stale = true;
        }
    }
}

/// Gives the terminal back, and stops until somebody brings the program to the foreground again.
fn stop(screen: &mut Screen, signals: &Signals) -> io::Result<()> {
    screen.give_back();
    signals::stop()?;
    signals.has_continued();
    Ok(())
}

/// Takes what has come; whether anything has.
fn take_events(session: &mut Session, setup: Setup, around: &mut Around<'_>) -> io::Result<bool> {
    for taken in 0..MOST_AT_ONCE {
        match around.input.next() {
            None => return Ok(taken > 0),
            Some(InputEvent::Key(key)) if key == stop_key() => signals::ask_to_stop()?,
            Some(InputEvent::Key(key)) => session.press(key),
            Some(InputEvent::Paste(text)) => session.paste(&text),
            Some(InputEvent::Mouse(event)) => {
                let area = setup.part(around.screen.area()?);
                let drawn = Surface { area, look: &setup.look };
                mouse::take(&mut around.pointer, event, session, drawn);
            }
            Some(event @ (InputEvent::Background(_) | InputEvent::Attributes)) => {
                around.inquiry.take(&event);
            }
        }
        if session.leave().is_some() {
            return Ok(true);
        }
    }
    Ok(true)
}

/// The key that a shell takes for its own where nobody reads single keys.
fn stop_key() -> KeyPress {
    let code = ringscope_screen::app::keys::Code::Char('z');
    KeyPress { ctrl: true, ..KeyPress::plain(code) }
}

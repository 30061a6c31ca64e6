//! The screen: raw mode, the alternate screen, the mouse; and that all of it is given back, whatever
//! happens.

use std::io::{self, Stdout, Write as _};
use std::mem::ManuallyDrop;
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::execute;
use crossterm::style::force_color_output;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::terminal::Terminal;
use ratatui_crossterm::CrosstermBackend;
use ringscope_screen::view::picture::PictureFormat;

use super::tty;

/// Whether the terminal is ours at the moment; a panic in any thread gives it back.
static IS_OPEN: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours; dropped, it is as it was before.
#[derive(Debug)]
pub struct Screen {
    // Never dropped: it would show the cursor, which is done here, and tell on standard error when the
    // terminal is gone.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Stdout>>>,
    has_mouse: bool,
    last: Buffer,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    ///
    /// When it does not do what it has to.
    pub fn open(has_mouse: bool) -> io::Result<Screen> {
        give_back_on_panic();
        // Colours are the theme's to leave out: asked to itself, NO_COLOR would wipe bold and reverse.
        force_color_output(true);
        take(has_mouse)?;
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()));
        let terminal = terminal.inspect_err(|_| give_back())?;
        Ok(Screen { terminal: ManuallyDrop::new(terminal), has_mouse, last: Buffer::default() })
    }

    /// Whether the terminal is ours.
    pub fn is_open() -> bool {
        IS_OPEN.load(Ordering::SeqCst)
    }

    /// Draws the whole screen.
    ///
    /// # Errors
    ///
    /// When the terminal takes no more.
    pub fn draw(&mut self, paint: impl FnOnce(Rect, &mut Buffer)) -> io::Result<()> {
        // A thread that panics gives the terminal back: nothing is drawn over what it tells.
        if !Screen::is_open() {
            return Ok(());
        }
        let drawn = self.terminal.draw(|frame| {
            let area = frame.area();
            paint(area, frame.buffer_mut());
        })?;
        self.last.clone_from(drawn.buffer);
        Ok(())
    }

    /// Sends something that is not shown.
    ///
    /// # Errors
    ///
    /// When the terminal takes no more.
    pub(super) fn send(&self, text: &str) -> io::Result<()> {
        if !Screen::is_open() {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// Where it is drawn.
    ///
    /// # Errors
    ///
    /// When the terminal does not say how large it is.
    pub fn area(&self) -> io::Result<Rect> {
        let size = self.terminal.size()?;
        Ok(Rect { x: 0, y: 0, width: size.width, height: size.height })
    }

    /// Puts a text on the clipboard of whoever sits in front of the terminal, where it lets programs do that (OSC 52).
    ///
    /// # Errors
    ///
    /// When the terminal takes no more.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Gives the terminal back for a while.
    pub fn give_back(&self) {
        give_back();
    }

    /// Takes the terminal again, and draws everything anew.
    ///
    /// # Errors
    ///
    /// When it does not do what it has to.
    pub fn set_up_again(&mut self) -> io::Result<()> {
        give_back();
        take(self.has_mouse)?;
        // Unlike `clear`, this does not ask the terminal where its cursor is, nor wait for an answer.
        let area = self.area()?;
        self.terminal.resize(area)
    }

    /// Gives the terminal back, with what was shown last as lines in it.
    ///
    /// # Errors
    ///
    /// When the terminal takes no more.
    pub fn leave_behind(self) -> io::Result<()> {
        give_back();
        let mut out = io::stdout().lock();
        out.write_all(PictureFormat::Ansi.draw(&self.last).as_bytes())?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn take(has_mouse: bool) -> io::Result<()> {
    // Before anything is changed: what fails on the way is given back, too.
    IS_OPEN.store(true, Ordering::SeqCst);
    let taken = tty::make_raw().and_then(|()| {
        let mut out = io::stdout();
        execute!(out, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
        if has_mouse { execute!(out, EnableMouseCapture) } else { Ok(()) }
    });
    taken.inspect_err(|_| give_back())
}

/// Gives the terminal back, once. Errors are ignored: the terminal may be gone.
fn give_back() {
    if !IS_OPEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = execute!(out, DisableMouseCapture, DisableBracketedPaste, Show, LeaveAlternateScreen);
    let _ = tty::restore();
}

/// Gives the terminal back before a panic is reported, or nobody could read it.
fn give_back_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            give_back();
            tell(panic);
        }));
    });
}

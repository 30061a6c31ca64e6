//! The program in a terminal of its own.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use tempfile::TempDir;
use termlens::{Key, MouseMode, Screen, Terminal};

/// Long enough for a machine with a lot to do; a test that passes never waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal with a home of its own, in which the program runs.
pub(crate) struct Stage {
    pub terminal: Terminal,
    // Outlives the terminal: the program lives in it.
    home: Rc<TempDir>,
}

pub(crate) fn play(args: &[&str], envs: &[(&str, &str)]) -> Stage {
    stage(env!("CARGO_BIN_EXE_ringscope"), args, envs)
}

pub(crate) fn stage(program: &str, args: &[&str], envs: &[(&str, &str)]) -> Stage {
    let home = Rc::new(TempDir::new().expect("a folder"));
    stage_in(home, program, (args, envs))
}

fn stage_in(home: Rc<TempDir>, program: &str, (args, envs): (&[&str], &[(&str, &str)])) -> Stage {
    let terminal = Terminal::builder()
        .size(100, 30)
        .env_clear()
        .env("TERM", "xterm-256color")
        .env("HOME", home.path())
        .envs(envs.iter().copied())
        .current_dir(home.path())
        .timeout(PATIENCE)
        .args(args)
        .spawn(program)
        .expect("the program starts");
    Stage { terminal, home }
}

impl Stage {
    /// The program once more in the same home.
    pub(crate) fn again(&self, args: &[&str]) -> Stage {
        stage_in(Rc::clone(&self.home), env!("CARGO_BIN_EXE_ringscope"), (args, &[]))
    }

    /// The home of the program.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn until(&mut self, what: &str) {
        self.terminal.wait_until(|screen| screen.contains(what)).unwrap_or_else(|error| {
            panic!("waited for `{what}`: {error}");
        });
    }

    pub(crate) fn until_it(&mut self, is_so: impl FnMut(&Screen) -> bool) {
        self.terminal.wait_until(is_so).expect("it comes");
    }

    pub(crate) fn send(&mut self, key: Key) {
        self.terminal.send(key).expect("the program reads");
    }

    pub(crate) fn types(&mut self, letters: &str) {
        self.terminal.send_str(letters).expect("the program reads");
    }

    /// The program has ended; what is left of it on the screen.
    pub(crate) fn ended(&mut self) -> Screen {
        self.terminal.wait_exit().expect("it ends");
        self.terminal.screen()
    }
}

/// Whether the terminal is as it was before the program began.
pub(crate) fn is_as_before(screen: &Screen) -> bool {
    !screen.alternate_screen()
        && screen.cursor_visible()
        && screen.mouse_mode() == MouseMode::None
        && !screen.bracketed_paste()
}

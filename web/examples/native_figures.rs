//! How long the program takes, as it runs on this machine itself, for what `web/check` measures in a browser. As JSON, in
//! milliseconds.
//!
//!   native_figures TRACE
//!
//! The host is the system, with threads and files. A frame is drawn and compared with the one before, as for a terminal; what the
//! terminal takes to show it is not counted.

#![allow(clippy::disallowed_methods, reason = "it measures")]
#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ratatui_core::backend::TestBackend;
use ratatui_core::terminal::Terminal;
use ringscope_screen::app::{App, Keymap, Order};
use ringscope_screen::session::Session;
use ringscope_screen::tour::Progress;
use ringscope_screen::view::theme::{Palette, Theme};
use ringscope_screen::view::{Look, Paint};
use serde_json::json;

/// How many frames are timed.
const FRAMES: usize = 300;

/// How much time passes between two frames.
const FRAME: Duration = Duration::from_millis(16);

fn main() {
    let trace = std::env::args_os().nth(1).map(PathBuf::from).expect("the path of a trace");
    let join = Order { at: 81, ..Order::of(Path::new("join")) };
    // In this order, since the page opens its run first, too.
    let (open, _) = opened(&join);
    let (first, whole) = opened(&Order::of(&trace));
    let mut frames = frames();
    frames.sort_unstable();
    let nth = |nth| *frames.get(nth).expect("there are so many frames");
    let figures = json!({
        "build": if cfg!(debug_assertions) { "debug" } else { "release" },
        "frame_p50": milliseconds(nth(FRAMES / 2)),
        "frame_p99": milliseconds(nth(FRAMES * 99 / 100)),
        "open": milliseconds(open),
        "trace_first": milliseconds(first),
        "trace_whole": milliseconds(whole),
    });
    println!("{figures}");
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// How long a run takes to its first frame, and until all is known of it.
fn opened(order: &Order) -> (Duration, Duration) {
    let open = || order.open().unwrap_or_else(|failure| panic!("{failure}"));
    let mut screen = Screen::start();
    let begun = Instant::now();
    screen.session.show_run(open());
    screen.draw();
    let first = begun.elapsed();
    let begun = Instant::now();
    let mut app: App = open();
    app.wait();
    (first, begun.elapsed())
}

/// How long each frame takes while a run is played.
fn frames() -> Vec<Duration> {
    let mut screen = Screen::start();
    screen.session.open(Path::new("join"));
    let mut frames = Vec::with_capacity(FRAMES);
    while frames.len() < FRAMES {
        assert!(screen.session.is_busy(), "the run is long enough");
        if screen.session.tick(FRAME) {
            let begun = Instant::now();
            screen.draw();
            frames.push(begun.elapsed());
        }
    }
    frames
}

/// A session, and the terminal that it is drawn for.
struct Screen {
    session: Session,
    terminal: Terminal<TestBackend>,
    look: Look,
}

impl Screen {
    fn start() -> Screen {
        Screen {
            session: Session::start(&[], Progress::default(), Keymap::default()),
            terminal: Terminal::new(TestBackend::new(120, 36)).expect("a test backend"),
            look: Look { theme: Theme::new(Palette::Rgb), ..Look::default() },
        }
    }

    fn draw(&mut self) {
        let Screen { session, terminal, look } = self;
        let draw = terminal.draw(|frame| {
            let mut paint = Paint::new(frame.buffer_mut(), look);
            session.settle(paint.surface());
            session.paint(&mut paint);
        });
        draw.expect("memory takes it");
    }
}

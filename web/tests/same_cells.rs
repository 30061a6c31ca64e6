//! The screen of a page is the terminal's, cell by cell: the program as WebAssembly, run by Node, beside the same session drawn here.
//!
//! `make web` makes the program. `make unit` leaves these tests out, `make web-check` runs them.

use std::io::{BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_screen::app::{Keymap, Order};
use ringscope_screen::session::Session;
use ringscope_screen::tour::Progress;
use ringscope_screen::view::theme::{Palette, Theme};
use ringscope_screen::view::{Look, Paint};
use ringscope_sim::scenario::builtin;
use ringscope_web::cells::{Cells, NUMBERS, is_told};

/// At so many events of each scenario, from its start to its end.
const EVENTS: usize = 20;

/// A screen of the terminal, as the terminal draws it, in so many columns and rows.
fn drawn(session: &mut Session, (width, height): (u16, u16)) -> Buffer {
    let look = Look { theme: Theme::new(Palette::Rgb), ..Look::default() };
    let mut screen = Buffer::empty(Rect::new(0, 0, width, height));
    let mut paint = Paint::new(&mut screen, &look);
    session.settle(paint.surface());
    session.paint(&mut paint);
    screen
}

/// A session that has opened a run from its start page.
fn opened(order: &Order) -> Session {
    let mut session = Session::start(&[], Progress::default(), Keymap::default());
    session.show_run(order.open().expect("a built-in scenario can be opened"));
    session
}

/// The orders of a scenario at its events, from the start to the end.
fn orders(name: &str) -> Vec<Order> {
    let order = Order { is_unchecked: true, ..Order::of(Path::new(name)) };
    let last = order.timeline().expect("it is built in").len();
    let at = |nth: usize| Order { at: last * nth / (EVENTS - 1), ..order.clone() };
    (0..EVENTS).map(at).collect()
}

fn link(order: &Order) -> String {
    format!("play={} --at {} --unchecked\n", order.word.display(), order.at)
}

/// The program in Node, with so many columns and rows.
struct InNode {
    node: Child,
    frames: BufReader<ChildStdout>,
}

impl InNode {
    fn start((width, height): (u16, u16)) -> (InNode, ChildStdin) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let program: PathBuf = folder.join("../target/web/ringscope.wasm");
        assert!(program.is_file(), "{} is missing: `make web` makes it", program.display());
        let mut node = Command::new("node")
            .arg(folder.join("tests/frames.mjs"))
            .arg(program)
            .args([width.to_string(), height.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let (links, frames) = (node.stdin.take(), node.stdout.take());
        let frames = BufReader::new(frames.expect("it is piped"));
        (InNode { node, frames }, links.expect("it is piped"))
    }

    fn number(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.frames.read_exact(&mut bytes).expect("node shows the next frame");
        u32::from_le_bytes(bytes)
    }

    /// The next frame.
    fn frame(&mut self, (width, height): (u16, u16)) -> Cells {
        let count = usize::from(width) * usize::from(height) * NUMBERS;
        let numbers = (0..count).map(|_| self.number()).collect();
        let mut long = vec![0; self.number() as usize];
        self.frames.read_exact(&mut long).expect("node shows the whole frame");
        let long = String::from_utf8(long).expect("symbols are text");
        Cells { numbers, long: long.lines().map(str::to_owned).collect() }
    }
}

/// The first cell that differs, in words.
fn difference(ours: &Cells, theirs: &Cells, width: u16) -> Option<String> {
    let cells = ours.numbers.chunks(NUMBERS).zip(theirs.numbers.chunks(NUMBERS));
    let (place, (here, there)) = cells.enumerate().find(|(_, (here, there))| here != there)?;
    let (row, column) = (place / usize::from(width), place % usize::from(width));
    Some(format!("row {row}, column {column}: {here:x?} in the terminal, {there:x?} in the page"))
}

fn hold_at(size: (u16, u16)) {
    let orders: Vec<Order> = builtin::ALL.iter().flat_map(|one| orders(one.name)).collect();
    assert!(orders.len() >= EVENTS * builtin::ALL.len());
    let (mut program, mut links) = InNode::start(size);
    let all: String = orders.iter().map(link).collect();
    links.write_all(all.as_bytes()).expect("node takes the links");
    drop(links);
    for order in &orders {
        let screen = drawn(&mut opened(order), size);
        assert!(screen.content.iter().all(is_told), "the page knows no such colour");
        let mut ours = Cells::default();
        ours.take(&screen);
        let theirs = program.frame(size);
        let differs = difference(&ours, &theirs, size.0);
        assert!(differs.is_none() && ours == theirs, "{}: {differs:?}", link(order));
    }
    assert!(program.node.wait().expect("node ends").success());
}

#[test]
fn on_a_large_screen_the_page_shows_what_the_terminal_shows() {
    hold_at((120, 36));
}

#[test]
fn on_a_usual_screen_the_page_shows_what_the_terminal_shows() {
    hold_at((80, 24));
}

#[test]
fn on_a_phone_the_page_shows_what_a_terminal_of_that_size_shows() {
    hold_at((48, 40));
}

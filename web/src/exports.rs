//! What the page calls.
//!
//! Text and bytes go in through one buffer: [`reserve`] says where it is, the page writes there, and the call that follows
//! reads them. Text goes out the same way: [`outgoing`] says how long it is, [`out`] where. A place is good until the next
//! call.

use std::cell::RefCell;
use std::time::Duration;

use ringscope_screen::view::theme::Background;

use crate::host::TAB;
use crate::tab::{Preferences, Tab};

thread_local! {
    static SHOWN: RefCell<Option<Tab>> = const { RefCell::new(None) };
    static INCOMING: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTGOING: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A text for the clipboard.
const COPIED: u32 = 0;
/// How far somebody has come in the lessons, as JSON.
const LEARNT: u32 = 1;
/// The name of a file that was saved.
const SAVED: u32 = 2;
/// The bytes of the file whose name stands in the buffer of what comes in.
const BYTES: u32 = 3;
/// The symbols that are more than one character, each on a line.
const LONG_SYMBOLS: u32 = 4;
/// Why the program has ended that should not have.
const PANICKED: u32 = 5;

/// Nothing moves by itself, in [`prefer`] and [`start`].
const REDUCE_MOTION: u32 = 2;
/// The background is light, there.
const LIGHT: u32 = 1;

/// The most columns, and the most rows.
const MOST_CELLS: u32 = 1_000;

fn with<T>(act: impl FnOnce(&mut Tab) -> T) -> Option<T> {
    SHOWN.with_borrow_mut(|tab| tab.as_mut().map(act))
}

fn incoming(length: usize) -> Vec<u8> {
    INCOMING.with_borrow(|bytes| bytes.get(..length).unwrap_or_default().to_vec())
}

fn text(length: usize) -> String {
    String::from_utf8_lossy(&incoming(length)).into_owned()
}

fn cell(place: u32) -> u16 {
    u16::try_from(place.min(MOST_CELLS)).unwrap_or(u16::MAX)
}

fn preferences(flags: u32) -> Preferences {
    let background = if flags & LIGHT == 0 { Background::Dark } else { Background::Light };
    Preferences { background, reduce_motion: flags & REDUCE_MOTION != 0 }
}

/// Makes room for so many bytes; where they are to be written.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *mut u8 {
    INCOMING.with_borrow_mut(|bytes| {
        bytes.clear();
        bytes.resize(length, 0);
        bytes.as_mut_ptr()
    })
}

/// Opens the start page, with what was kept of the lessons as JSON in the buffer.
#[unsafe(no_mangle)]
pub extern "C" fn start(width: u32, height: u32, flags: u32, kept: usize) {
    std::panic::set_hook(Box::new(|panic| {
        PANIC.with_borrow_mut(|text| *text = panic.to_string());
    }));
    // What cannot be read is as if nothing had been kept.
    let progress = serde_json::from_slice(&incoming(kept)).unwrap_or_default();
    let tab = Tab::open((cell(width), cell(height)), preferences(flags), progress);
    SHOWN.set(Some(tab));
}

/// Looks as the page prefers it.
#[unsafe(no_mangle)]
pub extern "C" fn prefer(flags: u32) {
    with(|tab| tab.prefer(preferences(flags)));
}

/// Has that many columns and rows.
#[unsafe(no_mangle)]
pub extern "C" fn resize(width: u32, height: u32) {
    with(|tab| tab.resize(cell(width), cell(height)));
}

/// Goes where the link leads that stands in the buffer.
#[unsafe(no_mangle)]
pub extern "C" fn go(length: usize) {
    let link = text(length);
    with(|tab| tab.go(&link));
}

/// Takes a file, its name and then its bytes in the buffer, and opens it where it is to be opened.
#[unsafe(no_mangle)]
pub extern "C" fn take_file(name: usize, bytes: usize, is_opened: u32) {
    let both = incoming(name + bytes);
    let (name, bytes) = both.split_at(name.min(both.len()));
    let name = String::from_utf8_lossy(name);
    if is_opened == 0 {
        return TAB.keep(&name, bytes.into());
    }
    with(|tab| tab.take_file(&name, bytes));
}

/// Takes the key whose name stands in the buffer; 1 if there is such a key.
#[unsafe(no_mangle)]
pub extern "C" fn press(length: usize) -> u32 {
    let key = text(length);
    with(|tab| tab.press(&key)).unwrap_or_default().into()
}

/// Takes what was pasted, which stands in the buffer.
#[unsafe(no_mangle)]
pub extern "C" fn paste(length: usize) {
    let pasted = text(length);
    with(|tab| tab.paste(&pasted));
}

/// 1 if what is there goes along when it is dragged.
#[unsafe(no_mangle)]
pub extern "C" fn is_dragged(x: u32, y: u32) -> u32 {
    with(|tab| tab.is_dragged(cell(x), cell(y))).unwrap_or_default().into()
}

/// The button is pressed.
#[unsafe(no_mangle)]
pub extern "C" fn point(x: u32, y: u32) {
    with(|tab| tab.point(cell(x), cell(y)));
}

/// It moves with the button held down.
#[unsafe(no_mangle)]
pub extern "C" fn drag(x: u32, y: u32) {
    with(|tab| tab.drag(cell(x), cell(y)));
}

/// The button is let go.
#[unsafe(no_mangle)]
pub extern "C" fn release() {
    with(Tab::release);
}

/// The wheel is turned by so many rows.
#[unsafe(no_mangle)]
pub extern "C" fn scroll(x: u32, y: u32, rows: i32) {
    with(|tab| tab.scroll((cell(x), cell(y)), rows as isize));
}

/// Lets so many milliseconds pass; 1 if there is anything new to show.
#[unsafe(no_mangle)]
pub extern "C" fn tick(elapsed_ms: u32) -> u32 {
    with(|tab| tab.tick(Duration::from_millis(elapsed_ms.into()))).unwrap_or_default().into()
}

/// 1 if what is shown changes by itself.
#[unsafe(no_mangle)]
pub extern "C" fn is_busy() -> u32 {
    with(|tab| tab.is_busy()).unwrap_or_default().into()
}

/// 1 if there is work that goes on whenever time passes, be it none.
#[unsafe(no_mangle)]
pub extern "C" fn is_working() -> u32 {
    TAB.is_working().into()
}

/// Paints the screen; where its cells are, four numbers of 32 bits each (see [`crate::cells`]).
#[unsafe(no_mangle)]
pub extern "C" fn paint() -> *const u32 {
    let paint = |tab: &mut Tab| {
        tab.paint();
        tab.cells.numbers.as_ptr()
    };
    with(paint).unwrap_or(std::ptr::null())
}

/// 1 if it was painted for a light background.
#[unsafe(no_mangle)]
pub extern "C" fn is_light() -> u32 {
    with(|tab| tab.is_light()).unwrap_or_default().into()
}

/// Whether there is something of that kind to hand out: one more than its length in bytes, or 0.
#[unsafe(no_mangle)]
pub extern "C" fn outgoing(kind: u32, name: usize) -> usize {
    let found: Option<Vec<u8>> = match kind {
        COPIED => with(Tab::take_copied).flatten().map(String::into_bytes),
        LEARNT => with(Tab::take_learnt).flatten().map(String::into_bytes),
        SAVED => TAB.take_saved().map(String::into_bytes),
        BYTES => TAB.read(&text(name)).map(|bytes| bytes.to_vec()),
        LONG_SYMBOLS => with(|tab| tab.cells.long.join("\n").into_bytes()),
        PANICKED => Some(PANIC.with_borrow_mut(std::mem::take).into_bytes()),
        _ => None,
    };
    let length = found.as_ref().map_or(0, |bytes| bytes.len() + 1);
    OUTGOING.set(found.unwrap_or_default());
    length
}

/// Where that is.
#[unsafe(no_mangle)]
pub extern "C" fn out() -> *const u8 {
    OUTGOING.with_borrow(|bytes| bytes.as_ptr())
}

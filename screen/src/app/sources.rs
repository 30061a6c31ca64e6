//! The source of a recorded program, as far as somebody reads it for the screen, which touches no such file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Reads a file of the program's source: its text, or why there is none.
pub type ReadSource = Box<dyn Fn(&str) -> Result<String, String>>;

/// A file of the program's source: its lines, or why there are none.
pub type SourceLines = Rc<Result<Vec<String>, String>>;

/// The source of a recorded program: each file is read once, when it is first looked at.
#[derive(Default)]
pub struct Sources {
    read: Option<ReadSource>,
    known: RefCell<BTreeMap<String, SourceLines>>,
}

impl Sources {
    /// Those that are read so.
    pub fn read_by(read: ReadSource) -> Sources {
        Sources { read: Some(read), known: RefCell::default() }
    }

    /// A file's lines, or why there are none; `None` where nobody reads files for the screen.
    pub fn lines(&self, file: &str) -> Option<SourceLines> {
        let read = self.read.as_ref()?;
        let mut known = self.known.borrow_mut();
        if let Some(lines) = known.get(file) {
            return Some(Rc::clone(lines));
        }
        let lines = read(file).map(|text| text.lines().map(str::to_owned).collect());
        let lines = Rc::new(lines);
        known.insert(file.to_owned(), Rc::clone(&lines));
        Some(lines)
    }
}

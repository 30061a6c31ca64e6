//! Lines of a Python program, and the exception that ends it.
//!
//! Python's functions are looked up in the program, as MPI's are. A frame may be looked at only by a thread that
//! holds Python's lock (the GIL), which mpi4py gives away while it calls MPI; so it is taken for as long.

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::real::{Symbol, is_loaded};
use crate::recording::with;

/// A line of some code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Line {
    /// Python's object for it, which is kept for ever: so no other has its address.
    code: usize,
    line: u32,
}

type Object = *mut c_void;

/// Calls one of Python's functions, with the types of its parameters; it must be there.
macro_rules! python {
    ($name:ident($($argument:expr => $type:ty),* $(,)?) -> $result:ty) => {{
        static FUNCTION: Symbol = Symbol::new(concat!(stringify!($name), "\0"));
        FUNCTION.address().map(|address| {
            // SAFETY: Python's function of that name takes these parameters, and the caller vouches for them.
            unsafe {
                std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($type),*) -> $result>(address)(
                    $($argument),*
                )
            }
        })
    }};
}

/// Python's lock, held.
struct Gil(c_int);

impl Gil {
    /// Takes the lock; `None` where there is no Python that runs.
    fn take() -> Option<Gil> {
        let is_running = python!(Py_IsInitialized() -> c_int)? != 0 && !is_ending();
        is_running.then(|| python!(PyGILState_Ensure() -> c_int).map(Gil)).flatten()
    }
}

impl Drop for Gil {
    fn drop(&mut self) {
        python!(PyGILState_Release(self.0 => c_int) -> ());
    }
}

/// Whether Python is being taken down: then a thread that asks for the lock would never go on.
fn is_ending() -> bool {
    /// Its name has changed; the one that is not there is not looked for at each call.
    static IS_NEW: OnceLock<bool> = OnceLock::new();
    let ending = match IS_NEW.get_or_init(|| is_loaded("Py_IsFinalizing\0")) {
        true => python!(Py_IsFinalizing() -> c_int),
        false => python!(_Py_IsFinalizing() -> c_int),
    };
    ending.is_some_and(|ending| ending != 0)
}

/// Whether the process is a Python; asked once.
fn is_python() -> bool {
    static IS_PYTHON: OnceLock<bool> = OnceLock::new();
    *IS_PYTHON.get_or_init(|| is_loaded("PyGILState_Ensure\0"))
}

/// Whether a file is Python's own, or one of the modules that are made for it.
pub(super) fn is_of_python(module: &str) -> bool {
    let name = module.rsplit('/').next().unwrap_or_default();
    let is_own = name.starts_with("python") || name.starts_with("libpython");
    is_python() && (is_own || name.contains(".cpython-"))
}

/// The line that the running thread is at, if it runs a Python program.
pub(super) fn line() -> Option<Line> {
    if !is_python() {
        return None;
    }
    let _gil = Gil::take()?;
    let mut frame = python!(PyEval_GetFrame() -> Object).filter(|frame| !frame.is_null())?;
    if IS_IMPORTED.load(Ordering::Relaxed) {
        frame = importer(frame);
    }
    let line = python!(PyFrame_GetLineNumber(frame => Object) -> c_int)?;
    // The reference that this gives us is kept: see `Line`.
    let code =
        python!(PyFrame_GetCode(frame => Object) -> Object).filter(|code| !code.is_null())?;
    Some(Line { code: code as usize, line: u32::try_from(line).ok()? })
}

/// Whether MPI may be in the middle of being imported: mpi4py initializes it then, within Python's own code for that.
static IS_IMPORTED: AtomicBool = AtomicBool::new(true);

/// MPI has been initialized: its calls are made by the program itself from now on.
pub fn has_begun() {
    IS_IMPORTED.store(false, Ordering::Relaxed);
}

/// The frame that imports, seen from one of the import's own; the lock is held.
fn importer(from: Object) -> Object {
    let mut frame = from;
    while is_of_import(frame).unwrap_or(false) {
        // The references that this gives us are kept, of a few frames.
        match python!(PyFrame_GetBack(frame => Object) -> Object) {
            Some(back) if !back.is_null() => frame = back,
            Some(_) | None => return from,
        }
    }
    frame
}

/// Whether a frame is of Python's own code for imports: `<frozen importlib._bootstrap>`; the lock is held.
fn is_of_import(frame: Object) -> Option<bool> {
    let code =
        python!(PyFrame_GetCode(frame => Object) -> Object).filter(|code| !code.is_null())?;
    Some(text(attribute(code, c"co_filename")?)?.starts_with("<frozen"))
}

impl Line {
    /// Its file, its line and its function.
    pub(super) fn words(self) -> Option<(String, Option<u32>, String)> {
        let _gil = Gil::take()?;
        let code = self.code as Object;
        let file = text(attribute(code, c"co_filename")?)?;
        Some((file, Some(self.line), text(attribute(code, c"co_name")?)?))
    }
}

/// An attribute of an object; the lock is held.
fn attribute(object: Object, name: &CStr) -> Option<Object> {
    let found = python!(
        PyObject_GetAttrString(object => Object, name.as_ptr() => *const c_char) -> Object
    )?;
    if found.is_null() {
        python!(PyErr_Clear() -> ());
    }
    (!found.is_null()).then_some(found)
}

/// The text of a string; the lock is held.
fn text(object: Object) -> Option<String> {
    let words = python!(PyUnicode_AsUTF8(object => Object) -> *const c_char)?;
    if words.is_null() {
        python!(PyErr_Clear() -> ());
        return None;
    }
    // SAFETY: Python keeps the text as long as the string, and it ends with a NUL.
    Some(unsafe { CStr::from_ptr(words) }.to_string_lossy().into_owned())
}

/// How Python describes a function of ours to itself (`PyMethodDef`).
#[repr(C)]
struct Method {
    name: *const c_char,
    function: unsafe extern "C" fn(Object, Object) -> Object,
    flags: c_int,
    documentation: *const c_char,
}

// SAFETY: it is never changed.
unsafe impl Sync for Method {}

/// `METH_NOARGS`.
const NO_ARGUMENTS: c_int = 4;

static AT_EXIT: Method = Method {
    name: c"ringscope_recorder".as_ptr(),
    function: at_exit,
    flags: NO_ARGUMENTS,
    documentation: ptr::null(),
};

/// Has Python call us when its program ends, so that an exception that ended it can be written down.
pub fn watch_exceptions() {
    if !is_python() {
        return;
    }
    let Some(_gil) = Gil::take() else { return };
    let registered = || {
        let module = python!(PyImport_ImportModule(c"atexit".as_ptr() => *const c_char) -> Object)?;
        let register = attribute((!module.is_null()).then_some(module)?, c"register")?;
        let ours = python!(PyCFunction_NewEx(
            (&raw const AT_EXIT) => *const Method, ptr::null_mut() => Object, ptr::null_mut() => Object
        ) -> Object)?;
        python!(PyObject_CallOneArg(register => Object, ours => Object) -> Object)
    };
    if registered().is_none_or(|done| done.is_null()) {
        python!(PyErr_Clear() -> ());
    }
}

/// Python's program ends; Python's lock is held.
unsafe extern "C" fn at_exit(_own: Object, _none: Object) -> Object {
    if let Some((what, place)) = last_exception() {
        with(|recording| recording.raised(what, place));
    }
    static NONE: Symbol = Symbol::new("_Py_NoneStruct\0");
    NONE.address().inspect(|none| {
        python!(Py_IncRef(*none => Object) -> ());
    });
    NONE.address().unwrap_or(ptr::null_mut())
}

/// Where an exception was raised: file, line, function.
type Raised = (String, u32, String);

/// The exception that Python has printed last, and where it was raised.
fn last_exception() -> Option<(String, Option<Raised>)> {
    let named = |name: &CStr| {
        let found = python!(PySys_GetObject(name.as_ptr() => *const c_char) -> Object)?;
        (!found.is_null()).then_some(found)
    };
    let kind = text(attribute(named(c"last_type")?, c"__name__")?)?;
    let value = named(c"last_value").and_then(|value| {
        let words = python!(PyObject_Str(value => Object) -> Object)?;
        text((!words.is_null()).then_some(words)?)
    });
    let what = match value {
        Some(words) if !words.is_empty() => format!("{kind}: {words}"),
        Some(_) | None => kind,
    };
    Some((what, named(c"last_traceback").and_then(innermost)))
}

/// The last frame of a traceback that is of Python: where the exception was raised, or where the program has called
/// what raised it. Modules that were compiled, as mpi4py's, name sources that the program's author does not have.
fn innermost(traceback: Object) -> Option<Raised> {
    /// No recursion is deeper.
    const MOST_FRAMES: usize = 100_000;
    static NONE: Symbol = Symbol::new("_Py_NoneStruct\0");
    let next =
        |frame: &Object| attribute(*frame, c"tb_next").filter(|next| Some(*next) != NONE.address());
    let frames = std::iter::successors(Some(traceback), next).take(MOST_FRAMES);
    let is_python = |raised: &Raised| ![".pyx", ".pxi"].iter().any(|end| raised.0.ends_with(end));
    frames.filter_map(frame).filter(is_python).last()
}

/// The place of one frame of a traceback.
fn frame(traceback: Object) -> Option<Raised> {
    let line = attribute(traceback, c"tb_lineno")?;
    let line = python!(PyLong_AsLong(line => Object) -> c_long)?;
    let code = attribute(attribute(traceback, c"tb_frame")?, c"f_code")?;
    let words = |name| text(attribute(code, name)?);
    Some((words(c"co_filename")?, u32::try_from(line).ok()?, words(c"co_name")?))
}

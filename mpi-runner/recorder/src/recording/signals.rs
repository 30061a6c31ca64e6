//! Signals that end the process: which one it was stands in the note of what the rank is in.
//!
//! Whoever had a handler before gets the signal after us, and without one the process ends as it would have.

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};

use ringscope_traces::calls::note::Word;

/// The note, and the process that it is of: a child that was forked has the same memory.
static NOTE: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());
static PROCESS: AtomicI32 = AtomicI32::new(0);

/// A signal, and what was done at it before.
struct Fatal {
    signal: c_int,
    before: UnsafeCell<MaybeUninit<libc::sigaction>>,
}

// SAFETY: what was done before is written once, before the handler can run, and only read from then on.
unsafe impl Sync for Fatal {}

const fn fatal(signal: c_int) -> Fatal {
    Fatal { signal, before: UnsafeCell::new(MaybeUninit::uninit()) }
}

/// The signals with which a program's own faults end it, and the one by which a launcher ends a rank when another has failed.
static FATAL: [Fatal; 6] = [
    fatal(libc::SIGSEGV),
    fatal(libc::SIGBUS),
    fatal(libc::SIGFPE),
    fatal(libc::SIGILL),
    fatal(libc::SIGABRT),
    fatal(libc::SIGTERM),
];

/// Has a fatal signal noted there from now on; nowhere, when that is no address.
///
/// The address must be that of a whole note, mapped until this is called again.
pub(super) fn watch(note: *mut u8) {
    static INSTALLED: Once = Once::new();
    // SAFETY: it has no arguments and cannot fail.
    PROCESS.store(unsafe { libc::getpid() }, Ordering::Release);
    NOTE.store(note, Ordering::Release);
    if !note.is_null() {
        INSTALLED.call_once(install);
    }
}

fn install() {
    for Fatal { signal, before } in &FATAL {
        // SAFETY: all zero bytes are an action without flags and with an empty mask.
        let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
        action.sa_sigaction = noted as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        // SAFETY: both are actions of ours, and nobody reads the second before the handler can run.
        unsafe { libc::sigaction(*signal, &raw const action, before.get().cast()) };
    }
}

/// Notes the signal, and leaves it to whoever had it before. Nothing here allocates or locks.
extern "C" fn noted(signal: c_int, info: *mut libc::siginfo_t, _context: *mut c_void) {
    let note = NOTE.load(Ordering::Acquire);
    // SAFETY: it has no arguments and cannot fail.
    let is_ours = unsafe { libc::getpid() } == PROCESS.load(Ordering::Acquire);
    if !note.is_null() && is_ours {
        // SAFETY: the note is mapped as long as its address stands there, and the word is in it and aligned.
        unsafe {
            let word = note.add(Word::Signal as usize * 8).cast::<i64>();
            word.write_volatile(i64::from(signal).to_le());
        }
    }
    let Some(fatal) = FATAL.iter().find(|fatal| fatal.signal == signal) else { return };
    // SAFETY: it was filled in before this handler could run. The system has given `info`.
    let is_sent = unsafe {
        libc::sigaction(signal, fatal.before.get().cast(), ptr::null_mut());
        (*info).si_code <= 0
    };
    if is_sent {
        // A fault of the processor comes again by itself when the handler returns; one that was sent does not.
        // SAFETY: it takes a number.
        unsafe { libc::raise(signal) };
    }
}

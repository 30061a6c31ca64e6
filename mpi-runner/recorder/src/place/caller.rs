//! The address to which a wrapper returns.
//!
//! Rust cannot ask for it, so each function that the program calls is a few instructions that put it into a
//! variable of the thread, and go on in the wrapper itself. The variable is one of those that a library has when
//! it is loaded with the program (TLS model *initial-exec*), as a preloaded library is.

use std::ffi::{CStr, c_int, c_void};

/// Defines the function that the program calls by the name that is exported, and which goes on in the function given.
///
/// A name that not every MPI has is an indirect function: whoever binds it calls it, and is given the function, or nothing
/// where the MPI lacks it. A program that asks whether the MPI has it must not see ours.
#[cfg(target_arch = "x86_64")]
macro_rules! entry {
    ($(#[$attribute:meta])* $name:ident, $exported:expr, ($($argument:ident: $type:ty),*) => $inner:ident) => {
        #[unsafe(naked)]
        unsafe extern "C" fn behind() {
            // A function's caller expects nothing of rax and r11.
            core::arch::naked_asm!(
                "mov rax, qword ptr [rsp]",
                "mov r11, qword ptr [rip + ringscope_recorder_caller@GOTTPOFF]",
                "mov qword ptr fs:[r11], rax",
                "jmp {inner}",
                inner = sym $inner,
            )
        }

        static REAL: [u8; concat!("P", $exported, "\0").len()] =
            $crate::place::bytes(concat!("P", $exported, "\0"));

        $(#[$attribute])*
        #[allow(non_snake_case, clippy::too_many_arguments, reason = "they are MPI's")]
        #[unsafe(export_name = $exported)]
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> std::ffi::c_int {
            core::arch::naked_asm!(
                ".if {may_lack}",
                concat!(".type ", $exported, ", @gnu_indirect_function"),
                "lea rdi, [rip + {real}]",
                "lea rsi, [rip + {behind}]",
                "jmp {choose}",
                ".else",
                "jmp {behind}",
                ".endif",
                may_lack = const $crate::real::may_lack($exported) as usize,
                real = sym REAL,
                behind = sym behind,
                choose = sym $crate::real::choose,
            )
        }
    };
}

#[cfg(target_arch = "aarch64")]
macro_rules! entry {
    ($(#[$attribute:meta])* $name:ident, $exported:expr, ($($argument:ident: $type:ty),*) => $inner:ident) => {
        $(#[$attribute])*
        #[allow(non_snake_case, clippy::too_many_arguments, reason = "they are MPI's")]
        #[unsafe(export_name = $exported)]
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> std::ffi::c_int {
            // A function's caller expects nothing of x9 and x10.
            core::arch::naked_asm!(
                "mrs x9, tpidr_el0",
                "adrp x10, :gottprel:ringscope_recorder_caller",
                "ldr x10, [x10, :gottprel_lo12:ringscope_recorder_caller]",
                "str x30, [x9, x10]",
                "b {inner}",
                inner = sym $inner,
            )
        }
    };
}

/// Defines the function that the program calls by the name that is exported. On this machine nobody knows who its caller is.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
macro_rules! entry {
    ($(#[$attribute:meta])* $name:ident, $exported:expr, ($($argument:ident: $type:ty),*) => $inner:ident) => {
        $(#[$attribute])*
        #[allow(non_snake_case, clippy::too_many_arguments, reason = "they are MPI's")]
        #[unsafe(export_name = $exported)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> std::ffi::c_int {
            // SAFETY: as the caller vouches.
            unsafe { $inner($($argument),*) }
        }
    };
}

pub(crate) use entry;

/// The bytes of a text of that length.
#[cfg(target_arch = "x86_64")]
pub(crate) const fn bytes<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    *text.as_bytes().first_chunk().expect("it has that length")
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
core::arch::global_asm!(
    ".pushsection .tbss.ringscope_recorder_caller,\"awT\",@nobits",
    ".hidden ringscope_recorder_caller",
    ".globl ringscope_recorder_caller",
    ".type ringscope_recorder_caller,@object",
    ".size ringscope_recorder_caller,8",
    ".p2align 3",
    "ringscope_recorder_caller:",
    ".zero 8",
    ".popsection",
);

/// Where the wrapper that runs in this thread returns to.
#[cfg(target_arch = "x86_64")]
pub(super) fn address() -> Option<usize> {
    let address: usize;
    // SAFETY: it reads the thread's own variable.
    unsafe {
        core::arch::asm!(
            "mov {at}, qword ptr [rip + ringscope_recorder_caller@GOTTPOFF]",
            "mov {at}, qword ptr fs:[{at}]",
            at = out(reg) address,
            options(nostack, readonly, preserves_flags),
        );
    }
    (address != 0).then_some(address)
}

/// Where the wrapper that runs in this thread returns to.
#[cfg(target_arch = "aarch64")]
pub(super) fn address() -> Option<usize> {
    let address: usize;
    // SAFETY: it reads the thread's own variable.
    unsafe {
        core::arch::asm!(
            "mrs {thread}, tpidr_el0",
            "adrp {at}, :gottprel:ringscope_recorder_caller",
            "ldr {at}, [{at}, :gottprel_lo12:ringscope_recorder_caller]",
            "ldr {at}, [{thread}, {at}]",
            thread = out(reg) _,
            at = out(reg) address,
            options(nostack, readonly, preserves_flags),
        );
    }
    (address != 0).then_some(address)
}

/// Where the wrapper that runs in this thread returns to, which is not known here.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) fn address() -> Option<usize> {
    None
}

/// The program or library in which an address lies, and where in it, as its file's symbols count.
pub(super) fn module(address: usize) -> Option<(String, u64)> {
    let mut search = Search { address, found: None };
    // SAFETY: `look_at` takes `search` for what it is, and nobody else has it meanwhile.
    unsafe { libc::dl_iterate_phdr(Some(look_at), (&raw mut search).cast()) };
    search.found
}

struct Search {
    address: usize,
    found: Option<(String, u64)>,
}

/// Looks whether the address lies in a loaded file; not 0 ends the search.
unsafe extern "C" fn look_at(
    file: *mut libc::dl_phdr_info,
    _bytes: usize,
    search: *mut c_void,
) -> c_int {
    // SAFETY: the caller is `dl_iterate_phdr`, which hands on what `module` gave it.
    let (file, search) = unsafe { (&*file, &mut *search.cast::<Search>()) };
    let Some(offset) = (search.address as u64).checked_sub(file.dlpi_addr) else { return 0 };
    // SAFETY: the file's headers are as many as it says.
    let headers = unsafe { std::slice::from_raw_parts(file.dlpi_phdr, file.dlpi_phnum.into()) };
    let is_in = |header: &libc::Elf64_Phdr| {
        header.p_type == libc::PT_LOAD
            && (header.p_vaddr..header.p_vaddr + header.p_memsz).contains(&offset)
    };
    if !headers.iter().any(is_in) {
        return 0;
    }
    search.found = Some((path(file), offset));
    1
}

/// The path of a loaded file; the program itself is loaded under an empty name.
fn path(file: &libc::dl_phdr_info) -> String {
    let name = match file.dlpi_name.is_null() {
        true => &[],
        // SAFETY: the loader's paths are C strings.
        false => unsafe { CStr::from_ptr(file.dlpi_name) }.to_bytes(),
    };
    if !name.is_empty() {
        return String::from_utf8_lossy(name).into_owned();
    }
    let own = std::env::current_exe();
    own.map_or_else(|_| "the program".to_owned(), |path| path.to_string_lossy().into_owned())
}

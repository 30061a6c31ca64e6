//! The binary interfaces (ABIs) of Open MPI and MPICH: handles, constants, and the layout of a status.
//!
//! The constants are those of the two `mpi.h`; they are part of the ABI and so do not change between
//! versions.

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use super::symbol::Symbol;
use super::{Handle, real};

/// One of the two MPIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abi {
    /// Handles are pointers.
    OpenMpi,
    /// Handles are numbers of 32 bits.
    Mpich,
}

static OPEN_MPI_WORLD: Symbol = Symbol::new("ompi_mpi_comm_world\0");
static OPEN_MPI_SELF: Symbol = Symbol::new("ompi_mpi_comm_self\0");
static OPEN_MPI_BYTE: Symbol = Symbol::new("ompi_mpi_byte\0");
static OPEN_MPI_COMM_NULL: Symbol = Symbol::new("ompi_mpi_comm_null\0");
static OPEN_MPI_DATATYPE_NULL: Symbol = Symbol::new("ompi_mpi_datatype_null\0");
static OPEN_MPI_ERRORS_ARE_FATAL: Symbol = Symbol::new("ompi_mpi_errors_are_fatal\0");
static OPEN_MPI_PROC_NULL_MESSAGE: Symbol = Symbol::new("ompi_message_no_proc\0");

/// The operations that MPI has for reductions: the name, MPICH's handle, and Open MPI's variable.
static OPERATIONS: [(&str, Handle, Symbol); 14] = [
    ("MPI_MAX", 0x5800_0001, Symbol::new("ompi_mpi_op_max\0")),
    ("MPI_MIN", 0x5800_0002, Symbol::new("ompi_mpi_op_min\0")),
    ("MPI_SUM", 0x5800_0003, Symbol::new("ompi_mpi_op_sum\0")),
    ("MPI_PROD", 0x5800_0004, Symbol::new("ompi_mpi_op_prod\0")),
    ("MPI_LAND", 0x5800_0005, Symbol::new("ompi_mpi_op_land\0")),
    ("MPI_BAND", 0x5800_0006, Symbol::new("ompi_mpi_op_band\0")),
    ("MPI_LOR", 0x5800_0007, Symbol::new("ompi_mpi_op_lor\0")),
    ("MPI_BOR", 0x5800_0008, Symbol::new("ompi_mpi_op_bor\0")),
    ("MPI_LXOR", 0x5800_0009, Symbol::new("ompi_mpi_op_lxor\0")),
    ("MPI_BXOR", 0x5800_000a, Symbol::new("ompi_mpi_op_bxor\0")),
    ("MPI_MINLOC", 0x5800_000b, Symbol::new("ompi_mpi_op_minloc\0")),
    ("MPI_MAXLOC", 0x5800_000c, Symbol::new("ompi_mpi_op_maxloc\0")),
    ("MPI_REPLACE", 0x5800_000d, Symbol::new("ompi_mpi_op_replace\0")),
    ("MPI_NO_OP", 0x5800_000e, Symbol::new("ompi_mpi_op_no_op\0")),
];

/// The longest version string: MPICH's `MPI_MAX_LIBRARY_VERSION_STRING`.
const VERSION_BYTES: usize = 8192;

impl Abi {
    /// The one that the program has loaded; `None` when it is another.
    pub fn loaded() -> Option<Abi> {
        if OPEN_MPI_WORLD.address().is_some() {
            return Some(Abi::OpenMpi);
        }
        let mut version = vec![0_u8; VERSION_BYTES];
        let mut length: c_int = 0;
        real!(MPI_Get_library_version(
            version.as_mut_ptr().cast() => *mut c_char, &raw mut length => *mut c_int
        ));
        version.truncate(usize::try_from(length).ok()?);
        let is_mpich = |mark: &[u8]| version.windows(mark.len()).any(|words| words == mark);
        let family: [&[u8]; 3] = [b"MPICH", b"Intel(R) MPI", b"MVAPICH"];
        family.into_iter().any(is_mpich).then_some(Abi::Mpich)
    }

    /// `MPI_COMM_WORLD`.
    pub fn world(self) -> Handle {
        match self {
            Abi::OpenMpi => OPEN_MPI_WORLD.address().map_or(0, |address| address as Handle),
            Abi::Mpich => 0x4400_0000,
        }
    }

    /// `MPI_COMM_SELF`.
    pub fn own(self) -> Handle {
        match self {
            Abi::OpenMpi => OPEN_MPI_SELF.address().map_or(0, |address| address as Handle),
            Abi::Mpich => 0x4400_0001,
        }
    }

    /// `MPI_ERRORS_ARE_FATAL`.
    pub fn errors_are_fatal(self) -> Handle {
        match self {
            Abi::OpenMpi => {
                OPEN_MPI_ERRORS_ARE_FATAL.address().map_or(0, |address| address as Handle)
            }
            Abi::Mpich => 0x5400_0000,
        }
    }

    /// Whether that is `MPI_ERRORS_ARE_FATAL`.
    pub fn are_errors_fatal(self, handler: Handle) -> bool {
        self.handle(handler) == self.errors_are_fatal()
    }

    /// Whether that is `MPI_DATATYPE_NULL`, or no datatype at all.
    pub fn is_no_datatype(self, datatype: Handle) -> bool {
        let null = match self {
            Abi::OpenMpi => OPEN_MPI_DATATYPE_NULL.address().map_or(0, |address| address as Handle),
            Abi::Mpich => 0x0c00_0000,
        };
        [0, null].contains(&self.handle(datatype))
    }

    /// `MPI_BYTE`.
    pub fn byte(self) -> Handle {
        match self {
            Abi::OpenMpi => OPEN_MPI_BYTE.address().map_or(0, |address| address as Handle),
            Abi::Mpich => 0x4c00_010d,
        }
    }

    /// `MPI_PROC_NULL`.
    pub fn proc_null(self) -> c_int {
        match self {
            Abi::OpenMpi => -2,
            Abi::Mpich => -1,
        }
    }

    /// `MPI_ANY_SOURCE`.
    pub fn any_source(self) -> c_int {
        match self {
            Abi::OpenMpi => -1,
            Abi::Mpich => -2,
        }
    }

    /// `MPI_ANY_TAG`.
    pub fn any_tag(self) -> c_int {
        -1
    }

    /// Whether that is `MPI_COMM_NULL`.
    pub fn is_no_communicator(self, communicator: Handle) -> bool {
        match self {
            Abi::OpenMpi => OPEN_MPI_COMM_NULL
                .address()
                .is_some_and(|address| address as Handle == communicator),
            Abi::Mpich => self.handle(communicator) == 0x0400_0000,
        }
    }

    /// The name of an operation of MPI's own.
    pub fn op_name(self, op: Handle) -> Option<&'static str> {
        let op = self.handle(op);
        let is_it = |(_, mpich, open): &&(&str, Handle, Symbol)| match self {
            Abi::OpenMpi => open.address().is_some_and(|address| address as Handle == op),
            Abi::Mpich => *mpich == op,
        };
        OPERATIONS.iter().find(is_it).map(|(name, ..)| *name)
    }

    /// Whether that is `MPI_IN_PLACE`.
    pub fn is_in_place(self, buffer: *const c_void) -> bool {
        match self {
            Abi::OpenMpi => buffer.addr() == 1,
            Abi::Mpich => buffer.addr() == usize::MAX,
        }
    }

    /// Whether that is `MPI_MESSAGE_NO_PROC`.
    pub fn is_no_message(self, message: Handle) -> bool {
        match self {
            Abi::OpenMpi => OPEN_MPI_PROC_NULL_MESSAGE
                .address()
                // The variable holds the message's structure itself.
                .is_some_and(|address| address as Handle == message),
            Abi::Mpich => self.handle(message) == 0x6c00_0000,
        }
    }

    /// The part of a handle that identifies it.
    pub fn handle(self, passed: Handle) -> Handle {
        match self {
            Abi::OpenMpi => passed,
            Abi::Mpich => passed & 0xffff_ffff,
        }
    }

    /// The handle at an index of an array of handles.
    ///
    /// # Safety
    ///
    /// The index is within the array.
    pub unsafe fn handle_at(self, array: *const c_void, index: usize) -> Handle {
        // SAFETY: as the caller says.
        unsafe {
            match self {
                Abi::OpenMpi => *array.cast::<Handle>().add(index),
                Abi::Mpich => *array.cast::<u32>().add(index) as Handle,
            }
        }
    }

    /// Whether the caller passed `MPI_STATUS_IGNORE` or `MPI_STATUSES_IGNORE`.
    fn is_ignored(self, status: *mut c_void) -> bool {
        match self {
            Abi::OpenMpi => status.is_null(),
            Abi::Mpich => status as usize == 1,
        }
    }

    /// The bytes of a status.
    fn status_bytes(self) -> usize {
        match self {
            Abi::OpenMpi => 24,
            Abi::Mpich => 20,
        }
    }

    /// The status at an index of an array of them.
    ///
    /// # Safety
    ///
    /// The index is within the array.
    pub unsafe fn status_at(self, statuses: *mut c_void, index: usize) -> *mut c_void {
        // SAFETY: as the caller says.
        unsafe { statuses.byte_add(index * self.status_bytes()) }
    }

    /// Whether a call that has completed several requests says that some of them failed: which, is in
    /// their statuses.
    pub fn is_error_in_status(self, code: c_int) -> bool {
        /// MPICH's error codes have the class in their lowest bits.
        const MPICH_CLASS: c_int = 0x7f;
        match self {
            Abi::OpenMpi => code == 18,
            Abi::Mpich => code & MPICH_CLASS == 17,
        }
    }

    /// The error in a status, of a call that says that there are some.
    ///
    /// # Safety
    ///
    /// MPI has filled the status.
    pub unsafe fn error(self, status: *const c_void) -> c_int {
        let index = match self {
            Abi::OpenMpi => 2,
            Abi::Mpich => 4,
        };
        // SAFETY: it is within a status.
        unsafe { *status.cast::<c_int>().add(index) }
    }

    /// The source and the tag in a status.
    ///
    /// # Safety
    ///
    /// MPI has filled the status.
    pub unsafe fn source_and_tag(self, status: *const c_void) -> (c_int, c_int) {
        let first = match self {
            Abi::OpenMpi => 0,
            Abi::Mpich => 2,
        };
        let numbers = status.cast::<c_int>();
        // SAFETY: both are within a status.
        unsafe { (*numbers.add(first), *numbers.add(first + 1)) }
    }
}

/// Holds statuses where the caller ignores them.
pub struct StatusBuffer {
    one: [u64; MOST_WORDS],
    several: Vec<u64>,
}

/// The longest status, in words of 64 bits.
const MOST_WORDS: usize = 4;

impl StatusBuffer {
    /// Holds one status.
    pub const fn new() -> StatusBuffer {
        StatusBuffer { one: [0; MOST_WORDS], several: Vec::new() }
    }

    /// The buffer for one status.
    pub fn own(&mut self) -> *mut c_void {
        ptr::from_mut(&mut self.one).cast()
    }

    /// The caller's statuses, or a buffer for as many.
    pub fn or_given(&mut self, abi: Abi, given: *mut c_void, count: usize) -> *mut c_void {
        if !abi.is_ignored(given) {
            return given;
        }
        if count <= 1 {
            return self.own();
        }
        self.several = vec![0; count * MOST_WORDS];
        ptr::from_mut(self.several.as_mut_slice()).cast()
    }
}

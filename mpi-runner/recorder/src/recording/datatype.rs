//! What the elements of a message are.

use std::ffi::{c_char, c_int, c_void};

use rustc_hash::FxHashMap;

use crate::payload::Kind;
use crate::real::{Abi, Handle, SUCCESS, real};

/// The longest name: MPICH's `MPI_MAX_OBJECT_NAME` is 128, Open MPI's 64.
const NAME_BYTES: usize = 256;

/// What is needed of a datatype.
#[derive(Debug, Clone, Copy)]
pub struct Datatype {
    /// What its elements are.
    pub kind: Kind,
    /// The bytes of one, without gaps.
    size: u64,
}

/// The datatypes that the program has used.
pub struct Datatypes {
    abi: Abi,
    known: FxHashMap<Handle, Datatype>,
    names: FxHashMap<Handle, String>,
}

impl Datatypes {
    /// None are known yet.
    pub fn new(abi: Abi) -> Datatypes {
        Datatypes { abi, known: FxHashMap::default(), names: FxHashMap::default() }
    }

    /// What is known of one.
    pub fn of(&mut self, handle: Handle) -> Datatype {
        let handle = self.abi.handle(handle);
        if self.abi.is_no_datatype(handle) {
            return Datatype { kind: Kind::Opaque, size: 0 };
        }
        *self.known.entry(handle).or_insert_with(|| Datatype::look_up(handle))
    }

    /// Its name: that of MPI, or the one that the program has given it.
    pub fn name(&mut self, handle: Handle) -> String {
        let handle = self.abi.handle(handle);
        if self.abi.is_no_datatype(handle) {
            return "MPI_DATATYPE_NULL".to_owned();
        }
        let named = || match name(handle) {
            name if name.is_empty() => "a datatype of the program's own".to_owned(),
            name => String::from_utf8_lossy(&name).into_owned(),
        };
        self.names.entry(handle).or_insert_with(named).clone()
    }

    /// Forgets a datatype that was freed: its handle may be reused.
    pub fn forget(&mut self, handle: Handle) {
        self.known.remove(&self.abi.handle(handle));
        self.names.remove(&self.abi.handle(handle));
    }
}

impl Datatype {
    fn look_up(handle: Handle) -> Datatype {
        let mut size: c_int = 0;
        real!(MPI_Type_size(handle => Handle, &raw mut size => *mut c_int));
        let size = u64::try_from(size).unwrap_or(0);
        let kind = if is_built_in(handle) { kind(&name(handle), size) } else { Kind::Opaque };
        Datatype { kind, size }
    }

    /// The bytes of that many elements.
    pub fn bytes(self, count: u64) -> Option<u64> {
        count.checked_mul(self.size)
    }
}

/// The bytes that a status says were received; `None` when it cannot say.
///
/// They are asked for as bytes, since the receive's own datatype may have been freed meanwhile.
pub fn received_bytes(abi: Abi, status: *mut c_void) -> Option<u64> {
    let byte = abi.byte();
    let mut count: c_int = -1;
    let code = real!(MPI_Get_count(
        status => *const c_void, byte => Handle, &raw mut count => *mut c_int
    ));
    if code == SUCCESS
        && let Ok(count) = u64::try_from(count)
    {
        return Some(count);
    }
    // More than fits into 32 bits.
    let mut count: i64 = -1;
    let code = real!(MPI_Get_elements_x(
        status => *const c_void, byte => Handle, &raw mut count => *mut i64
    ));
    u64::try_from(count).ok().filter(|_| code == SUCCESS)
}

/// Whether a datatype is MPI's own: one that is made from others has these among its contents.
fn is_built_in(handle: Handle) -> bool {
    let [mut integers, mut addresses, mut datatypes, mut combiner]: [c_int; 4] = [-1; 4];
    let code = real!(MPI_Type_get_envelope(
        handle => Handle, &raw mut integers => *mut c_int, &raw mut addresses => *mut c_int,
        &raw mut datatypes => *mut c_int, &raw mut combiner => *mut c_int,
    ));
    code == SUCCESS && [integers, addresses, datatypes] == [0; 3]
}

fn name(handle: Handle) -> Vec<u8> {
    let mut name = vec![0_u8; NAME_BYTES];
    let mut length: c_int = 0;
    real!(MPI_Type_get_name(
        handle => Handle, name.as_mut_ptr().cast() => *mut c_char, &raw mut length => *mut c_int
    ));
    name.truncate(usize::try_from(length).unwrap_or(0));
    name
}

/// The kind of elements of a built-in datatype, by its name, and by its size where C leaves that open.
fn kind(name: &[u8], size: u64) -> Kind {
    match name {
        b"MPI_BYTE" | b"MPI_PACKED" => Kind::Bytes,
        b"MPI_CHAR" => Kind::Text,
        b"MPI_C_BOOL" | b"MPI_CXX_BOOL" if size == 1 => Kind::Bool,
        b"MPI_FLOAT" | b"MPI_DOUBLE" => match size {
            4 => Kind::F32,
            8 => Kind::F64,
            _ => Kind::Opaque,
        },
        b"MPI_SIGNED_CHAR" | b"MPI_SHORT" | b"MPI_INT" | b"MPI_LONG" | b"MPI_LONG_LONG"
        | b"MPI_LONG_LONG_INT" | b"MPI_INT8_T" | b"MPI_INT16_T" | b"MPI_INT32_T"
        | b"MPI_INT64_T" | b"MPI_AINT" | b"MPI_OFFSET" | b"MPI_COUNT" => signed(size),
        b"MPI_UNSIGNED_CHAR"
        | b"MPI_UNSIGNED_SHORT"
        | b"MPI_UNSIGNED"
        | b"MPI_UNSIGNED_LONG"
        | b"MPI_UNSIGNED_LONG_LONG"
        | b"MPI_UINT8_T"
        | b"MPI_UINT16_T"
        | b"MPI_UINT32_T"
        | b"MPI_UINT64_T" => unsigned(size),
        _ => Kind::Opaque,
    }
}

fn signed(size: u64) -> Kind {
    match size {
        1 => Kind::I8,
        2 => Kind::I16,
        4 => Kind::I32,
        8 => Kind::I64,
        _ => Kind::Opaque,
    }
}

fn unsigned(size: u64) -> Kind {
    match size {
        1 => Kind::U8,
        2 => Kind::U16,
        4 => Kind::U32,
        8 => Kind::U64,
        _ => Kind::Opaque,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_c_leaves_open_is_told_by_the_size() {
        assert_eq!(kind(b"MPI_LONG", 8), Kind::I64);
        assert_eq!(kind(b"MPI_LONG", 4), Kind::I32);
        assert_eq!(kind(b"MPI_UNSIGNED", 4), Kind::U32);
        assert_eq!(kind(b"MPI_LONG_DOUBLE", 16), Kind::Opaque);
    }
}

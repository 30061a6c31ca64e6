//! The MPI that is wrapped: its PMPI (name-shifted) entry points, and what the two MPIs do differently.

mod abi;
#[cfg(target_arch = "x86_64")]
mod lacking;
mod symbol;

pub use abi::{Abi, StatusBuffer};
#[cfg(target_arch = "x86_64")]
pub(crate) use lacking::{choose, may_lack};
pub use symbol::{Symbol, is_loaded};

/// Any handle of MPI, as it is passed: a pointer on Open MPI; on MPICH a number of 32 bits, and then the
/// upper bits mean nothing.
pub type Handle = usize;

/// What a function returns that this MPI does not have: `MPI_ERR_OTHER`, which both number about so.
pub const NOT_THERE: i32 = 16;

/// `MPI_SUCCESS`.
pub const SUCCESS: i32 = 0;

/// Calls MPI's own function of a name, with the types of its parameters.
macro_rules! real {
    ($name:ident($($argument:expr => $type:ty),* $(,)?)) => {{
        static FUNCTION: $crate::real::Symbol =
            $crate::real::Symbol::new(concat!("P", stringify!($name), "\0"));
        match FUNCTION.address() {
            // SAFETY: MPI's function of that name takes these parameters, and the caller vouches for them.
            Some(address) => unsafe {
                std::mem::transmute::<
                    *mut std::ffi::c_void,
                    unsafe extern "C" fn($($type),*) -> std::ffi::c_int,
                >(address)($($argument),*)
            },
            None => $crate::real::NOT_THERE,
        }
    }};
}

pub(crate) use real;

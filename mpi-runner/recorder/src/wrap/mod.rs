//! The wrappers: MPI's functions as the program calls them, once this library is preloaded.
//!
//! Their parameters are those of MPI's C binding; those whose names end with `_c` count in 64 bits, and
//! some MPIs do not have them. A send is recorded before MPI is called, a receive when it is complete. What is
//! called is noted when it begins and when it has returned.

mod collective;
mod communicator;
mod complete;
mod file;
mod persistent;
mod persistent_collective;
mod probe;
mod program;
mod receive;
mod send;
mod window;

use std::ffi::c_int;

use crate::real::SUCCESS;
use crate::recording::leave;

/// A call in which all members of a communicator, a window or a file take part has returned.
fn left(code: c_int) -> c_int {
    leave(code, |recording| {
        if code == SUCCESS {
            recording.left();
        }
    })
}

/// Defines wrappers, in whose bodies a name of choice calls MPI's own function.
macro_rules! wrap {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?) as $real:ident => $body:block)*) => {$(
        const _: () = {
            #[allow(clippy::too_many_arguments, reason = "they are MPI's")]
            unsafe extern "C" fn wrapper($($argument: $type),*) -> std::ffi::c_int {
                $crate::recording::called(stringify!($name));
                #[allow(clippy::too_many_arguments, reason = "they are MPI's")]
                let $real = |$($argument: $type),*| $crate::real::real!($name($($argument => $type),*));
                $body
            }

            #[allow(clippy::too_many_arguments, reason = "they are MPI's")]
            unsafe extern "C" fn shifted($($argument: $type),*) -> std::ffi::c_int {
                match $crate::place::is_called_by_fortran() {
                    // SAFETY: as the caller vouches.
                    true => unsafe { wrapper($($argument),*) },
                    false => $crate::real::real!($name($($argument => $type),*)),
                }
            }

            const _: () = {
                $crate::place::entry! {
                    #[doc = concat!("See `", stringify!($name), "` of MPI.")]
                    ///
                    /// # Safety
                    ///
                    /// As MPI has it.
                    $name, stringify!($name), ($($argument: $type),*) => wrapper
                }
            };

            const _: () = {
                $crate::place::entry! {
                    #[doc = concat!("See `", stringify!($name), "` of MPI: its name-shifted name.")]
                    ///
                    /// # Safety
                    ///
                    /// As MPI has it.
                    name_shifted, concat!("P", stringify!($name)), ($($argument: $type),*) => shifted
                }
            };
        };
    )*};
}

pub(crate) use wrap;

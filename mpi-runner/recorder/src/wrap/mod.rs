//! MPI's functions by their first names: what a program calls once this library is in front of MPI.
//!
//! Their parameters are those of MPI's C binding; those whose names end with `_c` count in 64 bits, and
//! some MPIs do not have them. A send is written down before MPI is called, a receive when it is completed.

mod complete;
mod persistent;
mod program;
mod receive;
mod send;

/// Defines functions that programs call, each with a name for MPI's own.
macro_rules! wrap {
    ($($name:ident($($argument:ident: $type:ty),* $(,)?) as $real:ident => $body:block)*) => {$(
        #[doc = concat!("See `", stringify!($name), "` of MPI.")]
        ///
        /// # Safety
        ///
        /// As MPI has it.
        #[allow(non_snake_case, clippy::too_many_arguments, reason = "they are MPI's")]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> std::ffi::c_int {
            #[allow(clippy::too_many_arguments, reason = "they are MPI's")]
            let $real = |$($argument: $type),*| $crate::real::real!($name($($argument => $type),*));
            $body
        }
    )*};
}

pub(crate) use wrap;

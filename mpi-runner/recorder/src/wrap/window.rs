//! Windows, through which ranks read and write each other's memory (MPI 4.1, chapter 12).

use std::ffi::{c_int, c_void};

use super::{left, wrap};
use crate::real::{Handle, SUCCESS};
use crate::recording::{Collective, enter, leave, with};

/// The call has returned and has made a window of a communicator.
fn made(code: c_int, (by, of): (&'static str, Handle), window: *const c_void) -> c_int {
    leave(code, |recording| {
        if code == SUCCESS {
            recording.left();
            // SAFETY: MPI has put a handle there.
            let window = unsafe { recording.abi.handle_at(window, 0) };
            recording.made_object(by, of, window);
        }
    })
}

/// Defines functions that make a window: their parameters before the communicator, and between it and the window.
macro_rules! makers {
    ($($name:ident($($before:ident: $type:ty),*; $($after:ident: $kind:ty),*);)*) => {
        wrap! {$(
            $name(
                $($before: $type,)* communicator: Handle, $($after: $kind,)* window: *mut c_void
            ) as real => {
                let collective = Collective::on(communicator);
                enter(|recording| recording.begin_collective(stringify!($name), &collective, true));
                let code = real($($before,)* communicator, $($after,)* window);
                made(code, (stringify!($name), communicator), window)
            }
        )*}
    };
}

/// Defines functions that a rank calls by itself: their parameters before the window, and the target among them.
macro_rules! calls {
    ($($name:ident($($argument:ident: $type:ty),*) $target:expr;)*) => {
        wrap! {$(
            $name($($argument: $type,)* window: Handle) as real => {
                enter(|recording| {
                    let window = recording.abi.handle(window);
                    recording.begin_at(stringify!($name), window, $target);
                });
                let code = real($($argument,)* window);
                leave(code, |recording| {
                    if code == SUCCESS {
                        let window = recording.abi.handle(window);
                        recording.has_locked(stringify!($name), window, $target);
                    }
                })
            }
        )*}
    };
}

makers! {
    MPI_Win_create(base: *mut c_void, bytes: isize, unit: c_int, info: Handle;);
    MPI_Win_allocate(bytes: isize, unit: c_int, info: Handle; base: *mut c_void);
    MPI_Win_allocate_shared(bytes: isize, unit: c_int, info: Handle; base: *mut c_void);
    MPI_Win_create_dynamic(info: Handle;);
}

calls! {
    MPI_Win_lock(kind: c_int, rank: c_int, assertion: c_int) Some(rank);
    MPI_Win_unlock(rank: c_int) Some(rank);
    MPI_Win_lock_all(assertion: c_int) None;
    MPI_Win_unlock_all() None;
    MPI_Win_flush(rank: c_int) Some(rank);
    MPI_Win_flush_local(rank: c_int) Some(rank);
    MPI_Win_flush_all() None;
    MPI_Win_flush_local_all() None;
    MPI_Win_start(group: Handle, assertion: c_int) None;
    MPI_Win_complete() None;
    MPI_Win_post(group: Handle, assertion: c_int) None;
    MPI_Win_wait() None;
    MPI_Put(
        from: *const c_void, count: c_int, datatype: Handle, rank: c_int, offset: isize,
        target_count: c_int, target_type: Handle
    ) Some(rank);
    MPI_Get(
        into: *mut c_void, count: c_int, datatype: Handle, rank: c_int, offset: isize,
        target_count: c_int, target_type: Handle
    ) Some(rank);
    MPI_Accumulate(
        from: *const c_void, count: c_int, datatype: Handle, rank: c_int, offset: isize,
        target_count: c_int, target_type: Handle, op: Handle
    ) Some(rank);
}

wrap! {
    MPI_Win_fence(assertion: c_int, window: Handle) as real => {
        enter(|recording| {
            let window = recording.abi.handle(window);
            recording.begin_on_object("MPI_Win_fence", window);
        });
        left(real(assertion, window))
    }

    MPI_Win_free(window: *mut c_void) as real => {
        let freed = enter(|recording| {
            // SAFETY: it points to a handle.
            let window = unsafe { recording.abi.handle_at(window, 0) };
            recording.begin_on_object("MPI_Win_free", window);
            recording.unlocks_all(window);
            window
        });
        let code = left(real(window));
        with(|recording| freed.map(|freed| recording.forget_object(freed)));
        code
    }
}

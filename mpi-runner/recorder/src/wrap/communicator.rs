//! Communicators made and freed.

use std::ffi::{c_char, c_int, c_void};

use ringscope_traces::Rank;

use super::{left, wrap};
use crate::real::{Handle, SUCCESS};
use crate::recording::{Calling, Collective, New, Spawning, enter, leave, spawning, with};

/// Begins a call in which all members of a communicator take part.
fn begin(name: &'static str, communicator: Handle) {
    enter(|recording| recording.begin_collective(name, &Collective::on(communicator), true));
}

/// The call has returned and has made a communicator.
fn made(code: c_int, new: New, made: *const c_void) -> c_int {
    leave(code, |recording| {
        if code == SUCCESS {
            recording.left();
            // SAFETY: MPI has put a handle there.
            let handle = unsafe { recording.abi.handle_at(made, 0) };
            recording.made(new, handle);
        }
    })
}

/// The call has returned and has spawned processes.
fn spawned(code: c_int, new: New, (spawning, joint): (Option<Spawning>, *const c_void)) -> c_int {
    let spawning = spawning.filter(|_| code == SUCCESS);
    // Nothing is locked while they are waited for.
    let first = spawning.and_then(|spawning| spawning.meet(joint, &ours(new)));
    leave(code, |recording| {
        if code == SUCCESS {
            recording.left();
            // SAFETY: MPI has put a handle there.
            let joint = unsafe { recording.abi.handle_at(joint, 0) };
            recording.spawned(new, joint, first);
        }
    })
}

/// The ranks of the trace of those who have made a communicator, if this process knows them.
fn ours(new: New) -> Vec<Rank> {
    let all = with(|recording| recording.members(new.of?)).flatten();
    all.unwrap_or_default()
}

/// Defines functions that make a communicator from one, all of whose members call them: their parameters
/// between that one and the one that is made.
macro_rules! makers {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        wrap! {$(
            $name(communicator: Handle, $($argument: $type,)* new: *mut c_void) as real => {
                begin(stringify!($name), communicator);
                let code = real(communicator, $($argument,)* new);
                made(code, New { by: stringify!($name), of: Some(communicator) }, new)
            }
        )*}
    };
}

makers! {
    MPI_Comm_dup();
    MPI_Comm_dup_with_info(info: Handle);
    MPI_Comm_split(color: c_int, key: c_int);
    MPI_Comm_split_type(kind: c_int, key: c_int, info: Handle);
    MPI_Comm_create(group: Handle);
    MPI_Cart_create(
        dimensions: c_int, lengths: *const c_void, periods: *const c_void, reorder: c_int
    );
    MPI_Cart_sub(remain: *const c_void);
    MPI_Graph_create(
        nodes: c_int, index: *const c_void, edges: *const c_void, reorder: c_int
    );
    MPI_Dist_graph_create(
        count: c_int, sources: *const c_void, degrees: *const c_void, destinations: *const c_void,
        weights: *const c_void, info: Handle, reorder: c_int
    );
    MPI_Dist_graph_create_adjacent(
        in_degree: c_int, sources: *const c_void, source_weights: *const c_void, out_degree: c_int,
        destinations: *const c_void, destination_weights: *const c_void, info: Handle,
        reorder: c_int
    );
    MPI_Intercomm_merge(high: c_int);
}

wrap! {
    MPI_Comm_create_group(
        communicator: Handle, group: Handle, tag: c_int, new: *mut c_void
    ) as real => {
        enter(|recording| recording.begin(Calling::blocking("MPI_Comm_create_group")));
        let code = real(communicator, group, tag, new);
        leave(code, |recording| {
            if code == SUCCESS {
                // SAFETY: MPI has put a handle there.
                let handle = unsafe { recording.abi.handle_at(new, 0) };
                recording.made(New { by: "MPI_Comm_create_group", of: None }, handle);
            }
        })
    }

    MPI_Intercomm_create(
        local: Handle, leader: c_int, bridge: Handle, remote_leader: c_int, tag: c_int,
        new: *mut c_void
    ) as real => {
        begin("MPI_Intercomm_create", local);
        let code = real(local, leader, bridge, remote_leader, tag, new);
        // Each of its two groups made it from a communicator of its own.
        made(code, New { by: "MPI_Intercomm_create", of: None }, new)
    }

    MPI_Comm_spawn(
        command: *const c_char, arguments: *mut *mut c_char, most: c_int, info: Handle,
        root: c_int, communicator: Handle, joint: *mut c_void, codes: *mut c_int
    ) as real => {
        let spawning = spawning(communicator);
        begin("MPI_Comm_spawn", communicator);
        let code = real(command, arguments, most, info, root, communicator, joint, codes);
        let new = New { by: "MPI_Comm_spawn", of: Some(communicator) };
        spawned(code, new, (spawning, joint))
    }

    MPI_Comm_spawn_multiple(
        count: c_int, commands: *mut *mut c_char, arguments: *mut *mut *mut c_char,
        most: *const c_int, infos: *const c_void, root: c_int, communicator: Handle,
        joint: *mut c_void, codes: *mut c_int
    ) as real => {
        let spawning = spawning(communicator);
        begin("MPI_Comm_spawn_multiple", communicator);
        let code =
            real(count, commands, arguments, most, infos, root, communicator, joint, codes);
        let new = New { by: "MPI_Comm_spawn_multiple", of: Some(communicator) };
        spawned(code, new, (spawning, joint))
    }

    MPI_Comm_free(communicator: *mut c_void) as real => {
        enter(|recording| {
            recording.begin(Calling::named("MPI_Comm_free"));
            // SAFETY: it points to a handle.
            let handle = unsafe { recording.abi.handle_at(communicator, 0) };
            recording.forget_communicator(handle);
        });
        leave(real(communicator), |_| {})
    }

    MPI_Comm_disconnect(communicator: *mut c_void) as real => {
        enter(|recording| {
            // SAFETY: it points to a handle.
            let handle = unsafe { recording.abi.handle_at(communicator, 0) };
            recording.begin_collective("MPI_Comm_disconnect", &Collective::on(handle), true);
            recording.forget_communicator(handle);
        });
        left(real(communicator))
    }
}

//! Persistent collective operations (MPI 4.1, section 6.13): all members of a communicator create one together, and each starts
//! it again and again.

use std::ffi::{c_int, c_void};

use super::wrap;
use crate::real::{Handle, SUCCESS};
use crate::recording::{Collective, enter, leave};

/// The call has returned and has created an operation on a communicator.
fn created(code: c_int, (by, of): (&'static str, Handle), request: *const c_void) -> c_int {
    leave(code, |recording| {
        if code == SUCCESS {
            recording.left();
            // SAFETY: MPI has put a handle there.
            let handle = unsafe { recording.abi.handle_at(request, 0) };
            recording.created(by, of, handle);
        }
    })
}

/// Defines functions that create an operation: their parameters up to the communicator, and what is noted of it.
macro_rules! operations {
    ($($name:ident($($argument:ident: $type:ty),*) { $($field:ident: $value:expr),* })*) => {
        wrap! {$(
            $name(
                $($argument: $type,)* communicator: Handle, info: Handle, request: *mut c_void
            ) as real => {
                let collective =
                    Collective { $($field: Some($value.into()),)* ..Collective::on(communicator) };
                enter(|recording| recording.begin_collective(stringify!($name), &collective, true));
                let code = real($($argument,)* communicator, info, request);
                created(code, (stringify!($name), communicator), request)
            }
        )*}
    };
}

type Out = *const c_void;
type In = *mut c_void;
/// An array of counts, displacements or datatypes.
type Array = *const c_void;

/// Those that move data, whose names and counts are of 32 bits and of 64.
macro_rules! of_both_sizes {
    ($count:ty: $bcast:ident $gather:ident $gatherv:ident $scatter:ident $scatterv:ident $allgather:ident
     $allgatherv:ident $alltoall:ident $alltoallv:ident $alltoallw:ident $reduce:ident $allreduce:ident
     $reduce_scatter:ident $reduce_scatter_block:ident $scan:ident $exscan:ident) => {
        operations! {
            $bcast(buffer: In, count: $count, datatype: Handle, root: c_int) {
                root: root, datatype: datatype
            }
            $gather(
                out: Out, count: $count, datatype: Handle, into: In, into_count: $count,
                into_type: Handle, root: c_int
            ) { root: root }
            $gatherv(
                out: Out, count: $count, datatype: Handle, into: In, counts: Array,
                displacements: Array, into_type: Handle, root: c_int
            ) { root: root }
            $scatter(
                out: Out, out_count: $count, out_type: Handle, into: In, count: $count,
                datatype: Handle, root: c_int
            ) { root: root }
            $scatterv(
                out: Out, counts: Array, displacements: Array, out_type: Handle, into: In,
                count: $count, datatype: Handle, root: c_int
            ) { root: root }
            $allgather(
                out: Out, count: $count, datatype: Handle, into: In, into_count: $count,
                into_type: Handle
            ) {}
            $allgatherv(
                out: Out, count: $count, datatype: Handle, into: In, counts: Array,
                displacements: Array, into_type: Handle
            ) {}
            $alltoall(
                out: Out, count: $count, datatype: Handle, into: In, into_count: $count,
                into_type: Handle
            ) {}
            $alltoallv(
                out: Out, out_counts: Array, out_displacements: Array, datatype: Handle, into: In,
                counts: Array, displacements: Array, into_type: Handle
            ) {}
            $alltoallw(
                out: Out, out_counts: Array, out_displacements: Array, out_types: Array, into: In,
                counts: Array, displacements: Array, into_types: Array
            ) {}
            $reduce(
                out: Out, into: In, count: $count, datatype: Handle, op: Handle, root: c_int
            ) { root: root, datatype: datatype, op: op }
            $allreduce(out: Out, into: In, count: $count, datatype: Handle, op: Handle) {
                datatype: datatype, op: op
            }
            $reduce_scatter(out: Out, into: In, counts: Array, datatype: Handle, op: Handle) {
                datatype: datatype, op: op
            }
            $reduce_scatter_block(
                out: Out, into: In, count: $count, datatype: Handle, op: Handle
            ) { datatype: datatype, op: op }
            $scan(out: Out, into: In, count: $count, datatype: Handle, op: Handle) {
                datatype: datatype, op: op
            }
            $exscan(out: Out, into: In, count: $count, datatype: Handle, op: Handle) {
                datatype: datatype, op: op
            }
        }
    };
}

operations! { MPI_Barrier_init() {} }

of_both_sizes! {
    c_int: MPI_Bcast_init MPI_Gather_init MPI_Gatherv_init MPI_Scatter_init MPI_Scatterv_init
    MPI_Allgather_init MPI_Allgatherv_init MPI_Alltoall_init MPI_Alltoallv_init MPI_Alltoallw_init
    MPI_Reduce_init MPI_Allreduce_init MPI_Reduce_scatter_init MPI_Reduce_scatter_block_init
    MPI_Scan_init MPI_Exscan_init
}

of_both_sizes! {
    i64: MPI_Bcast_init_c MPI_Gather_init_c MPI_Gatherv_init_c MPI_Scatter_init_c
    MPI_Scatterv_init_c MPI_Allgather_init_c MPI_Allgatherv_init_c MPI_Alltoall_init_c
    MPI_Alltoallv_init_c MPI_Alltoallw_init_c MPI_Reduce_init_c MPI_Allreduce_init_c
    MPI_Reduce_scatter_init_c MPI_Reduce_scatter_block_init_c MPI_Scan_init_c MPI_Exscan_init_c
}

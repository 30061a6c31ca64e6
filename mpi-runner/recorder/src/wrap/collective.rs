//! Collective operations, those that block and those that return a request.

use std::ffi::{c_int, c_void};

use ringscope_traces::calls::Post;

use super::{left, wrap};
use crate::real::{Handle, SUCCESS};
use crate::recording::{Collective, Request, enter, leave};

/// Begins an operation; returns its number, of one that returns a request.
fn begin(name: &'static str, collective: &Collective, blocks: bool) -> Option<Post> {
    enter(|recording| recording.begin_collective(name, collective, blocks)).flatten()
}

/// One that returns a request has begun.
fn has_begun(code: c_int, request: *const c_void, post: Option<Post>) -> c_int {
    leave(code, |recording| {
        if let Some(post) = post.filter(|_| code == SUCCESS) {
            // SAFETY: MPI has put a handle there.
            let handle = unsafe { recording.abi.handle_at(request, 0) };
            recording.begin_request(handle, Request::Collective(post));
        }
    })
}

/// Defines operations: the two functions, their parameters up to the communicator, and what is noted of them.
macro_rules! collectives {
    ($($name:ident $begins:ident ($($argument:ident: $type:ty),*) {
        $($field:ident: $value:expr),*
    })*) => {
        wrap! {$(
            $name($($argument: $type,)* communicator: Handle) as real => {
                let collective = Collective { $($field: Some($value.into()),)* ..Collective::on(communicator) };
                begin(stringify!($name), &collective, true);
                left(real($($argument,)* communicator))
            }

            $begins($($argument: $type,)* communicator: Handle, request: *mut c_void) as real => {
                let collective = Collective { $($field: Some($value.into()),)* ..Collective::on(communicator) };
                let post = begin(stringify!($begins), &collective, false);
                has_begun(real($($argument,)* communicator, request), request, post)
            }
        )*}
    };
}

type Out = *const c_void;
type In = *mut c_void;
/// An array of counts, displacements or datatypes.
type Array = *const c_void;

collectives! {
    MPI_Barrier MPI_Ibarrier() {}
    MPI_Bcast MPI_Ibcast(buffer: In, count: c_int, datatype: Handle, root: c_int) {
        root: root, count: count, datatype: datatype
    }
    MPI_Bcast_c MPI_Ibcast_c(buffer: In, count: i64, datatype: Handle, root: c_int) {
        root: root, count: count, datatype: datatype
    }
    MPI_Gather MPI_Igather(
        out: Out, count: c_int, datatype: Handle, into: In, into_count: c_int, into_type: Handle,
        root: c_int
    ) { root: root, count: count, datatype: datatype, buffer: out, share: (into_count, into_type) }
    MPI_Gather_c MPI_Igather_c(
        out: Out, count: i64, datatype: Handle, into: In, into_count: i64, into_type: Handle,
        root: c_int
    ) { root: root, count: count, datatype: datatype, buffer: out, share: (into_count, into_type) }
    MPI_Gatherv MPI_Igatherv(
        out: Out, count: c_int, datatype: Handle, into: In, counts: Array, displacements: Array,
        into_type: Handle, root: c_int
    ) { root: root, datatype: datatype }
    MPI_Gatherv_c MPI_Igatherv_c(
        out: Out, count: i64, datatype: Handle, into: In, counts: Array, displacements: Array,
        into_type: Handle, root: c_int
    ) { root: root, datatype: datatype }
    MPI_Scatter MPI_Iscatter(
        out: Out, out_count: c_int, out_type: Handle, into: In, count: c_int, datatype: Handle,
        root: c_int
    ) { root: root, count: count, datatype: datatype, buffer: into.cast_const(), share: (out_count, out_type) }
    MPI_Scatter_c MPI_Iscatter_c(
        out: Out, out_count: i64, out_type: Handle, into: In, count: i64, datatype: Handle,
        root: c_int
    ) { root: root, count: count, datatype: datatype, buffer: into.cast_const(), share: (out_count, out_type) }
    MPI_Scatterv MPI_Iscatterv(
        out: Out, counts: Array, displacements: Array, out_type: Handle, into: In, count: c_int,
        datatype: Handle, root: c_int
    ) { root: root, datatype: datatype }
    MPI_Scatterv_c MPI_Iscatterv_c(
        out: Out, counts: Array, displacements: Array, out_type: Handle, into: In, count: i64,
        datatype: Handle, root: c_int
    ) { root: root, datatype: datatype }
    MPI_Allgather MPI_Iallgather(
        out: Out, count: c_int, datatype: Handle, into: In, into_count: c_int, into_type: Handle
    ) { count: count, datatype: datatype, buffer: out, share: (into_count, into_type) }
    MPI_Allgather_c MPI_Iallgather_c(
        out: Out, count: i64, datatype: Handle, into: In, into_count: i64, into_type: Handle
    ) { count: count, datatype: datatype, buffer: out, share: (into_count, into_type) }
    MPI_Allgatherv MPI_Iallgatherv(
        out: Out, count: c_int, datatype: Handle, into: In, counts: Array, displacements: Array,
        into_type: Handle
    ) { datatype: datatype }
    MPI_Allgatherv_c MPI_Iallgatherv_c(
        out: Out, count: i64, datatype: Handle, into: In, counts: Array, displacements: Array,
        into_type: Handle
    ) { datatype: datatype }
    MPI_Alltoall MPI_Ialltoall(
        out: Out, count: c_int, datatype: Handle, into: In, into_count: c_int, into_type: Handle
    ) { count: count, datatype: datatype, buffer: out, share: (into_count, into_type) }
    MPI_Alltoall_c MPI_Ialltoall_c(
        out: Out, count: i64, datatype: Handle, into: In, into_count: i64, into_type: Handle
    ) { count: count, datatype: datatype, buffer: out, share: (into_count, into_type) }
    MPI_Alltoallv MPI_Ialltoallv(
        out: Out, out_counts: Array, out_displacements: Array, datatype: Handle, into: In,
        counts: Array, displacements: Array, into_type: Handle
    ) { datatype: datatype }
    MPI_Alltoallv_c MPI_Ialltoallv_c(
        out: Out, out_counts: Array, out_displacements: Array, datatype: Handle, into: In,
        counts: Array, displacements: Array, into_type: Handle
    ) { datatype: datatype }
    MPI_Alltoallw MPI_Ialltoallw(
        out: Out, out_counts: Array, out_displacements: Array, out_types: Array, into: In,
        counts: Array, displacements: Array, into_types: Array
    ) {}
    MPI_Alltoallw_c MPI_Ialltoallw_c(
        out: Out, out_counts: Array, out_displacements: Array, out_types: Array, into: In,
        counts: Array, displacements: Array, into_types: Array
    ) {}
    MPI_Reduce MPI_Ireduce(
        out: Out, into: In, count: c_int, datatype: Handle, op: Handle, root: c_int
    ) { root: root, count: count, datatype: datatype, op: op }
    MPI_Reduce_c MPI_Ireduce_c(
        out: Out, into: In, count: i64, datatype: Handle, op: Handle, root: c_int
    ) { root: root, count: count, datatype: datatype, op: op }
    MPI_Allreduce MPI_Iallreduce(
        out: Out, into: In, count: c_int, datatype: Handle, op: Handle
    ) { count: count, datatype: datatype, op: op }
    MPI_Allreduce_c MPI_Iallreduce_c(
        out: Out, into: In, count: i64, datatype: Handle, op: Handle
    ) { count: count, datatype: datatype, op: op }
    MPI_Reduce_scatter MPI_Ireduce_scatter(
        out: Out, into: In, counts: *const c_int, datatype: Handle, op: Handle
    ) { datatype: datatype, op: op, counts: counts }
    MPI_Reduce_scatter_c MPI_Ireduce_scatter_c(
        out: Out, into: In, counts: *const i64, datatype: Handle, op: Handle
    ) { datatype: datatype, op: op, counts: counts }
    MPI_Reduce_scatter_block MPI_Ireduce_scatter_block(
        out: Out, into: In, count: c_int, datatype: Handle, op: Handle
    ) { count: count, datatype: datatype, op: op }
    MPI_Reduce_scatter_block_c MPI_Ireduce_scatter_block_c(
        out: Out, into: In, count: i64, datatype: Handle, op: Handle
    ) { count: count, datatype: datatype, op: op }
    MPI_Scan MPI_Iscan(out: Out, into: In, count: c_int, datatype: Handle, op: Handle) {
        count: count, datatype: datatype, op: op
    }
    MPI_Scan_c MPI_Iscan_c(out: Out, into: In, count: i64, datatype: Handle, op: Handle) {
        count: count, datatype: datatype, op: op
    }
    MPI_Exscan MPI_Iexscan(out: Out, into: In, count: c_int, datatype: Handle, op: Handle) {
        count: count, datatype: datatype, op: op
    }
    MPI_Exscan_c MPI_Iexscan_c(out: Out, into: In, count: i64, datatype: Handle, op: Handle) {
        count: count, datatype: datatype, op: op
    }
    MPI_Neighbor_allgather MPI_Ineighbor_allgather(
        out: Out, count: c_int, datatype: Handle, into: In, into_count: c_int, into_type: Handle
    ) {}
    MPI_Neighbor_allgatherv MPI_Ineighbor_allgatherv(
        out: Out, count: c_int, datatype: Handle, into: In, counts: Array, displacements: Array,
        into_type: Handle
    ) {}
    MPI_Neighbor_alltoall MPI_Ineighbor_alltoall(
        out: Out, count: c_int, datatype: Handle, into: In, into_count: c_int, into_type: Handle
    ) {}
    MPI_Neighbor_alltoallv MPI_Ineighbor_alltoallv(
        out: Out, out_counts: Array, out_displacements: Array, datatype: Handle, into: In,
        counts: Array, displacements: Array, into_type: Handle
    ) {}
    MPI_Neighbor_alltoallw MPI_Ineighbor_alltoallw(
        out: Out, out_counts: Array, out_displacements: Array, out_types: Array, into: In,
        counts: Array, displacements: Array, into_types: Array
    ) {}
    MPI_Neighbor_allgather_c MPI_Ineighbor_allgather_c(
        out: Out, count: i64, datatype: Handle, into: In, into_count: i64, into_type: Handle
    ) {}
    MPI_Neighbor_allgatherv_c MPI_Ineighbor_allgatherv_c(
        out: Out, count: i64, datatype: Handle, into: In, counts: Array, displacements: Array,
        into_type: Handle
    ) {}
    MPI_Neighbor_alltoall_c MPI_Ineighbor_alltoall_c(
        out: Out, count: i64, datatype: Handle, into: In, into_count: i64, into_type: Handle
    ) {}
    MPI_Neighbor_alltoallv_c MPI_Ineighbor_alltoallv_c(
        out: Out, out_counts: Array, out_displacements: Array, datatype: Handle, into: In,
        counts: Array, displacements: Array, into_type: Handle
    ) {}
    MPI_Neighbor_alltoallw_c MPI_Ineighbor_alltoallw_c(
        out: Out, out_counts: Array, out_displacements: Array, out_types: Array, into: In,
        counts: Array, displacements: Array, into_types: Array
    ) {}
}

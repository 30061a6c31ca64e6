/* Four ranks, the even and the odd ones joined by an intercommunicator: a rank in a call is one of the other side. */
#include <mpi.h>

int main(int argc, char **argv) {
    MPI_Comm half, joint, copy, all;
    int rank, side, got, sum;
    MPI_Request request;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_split(MPI_COMM_WORLD, rank % 2, rank, &half);
    MPI_Comm_rank(half, &side);
    MPI_Intercomm_create(half, 0, MPI_COMM_WORLD, rank % 2 ? 0 : 1, 99, &joint);
    /* 0 to 3, and 3 to 0. */
    if (rank == 0) MPI_Send(&rank, 1, MPI_INT, 1, 1, joint);
    if (rank == 3) MPI_Recv(&got, 1, MPI_INT, 0, 1, joint, MPI_STATUS_IGNORE);
    if (rank == 3) MPI_Send(&rank, 1, MPI_INT, 0, 2, joint);
    if (rank == 0) MPI_Recv(&got, 1, MPI_INT, MPI_ANY_SOURCE, 2, joint, MPI_STATUS_IGNORE);
    MPI_Comm_dup(joint, &copy);
    /* 2 to 1, by a request. */
    if (rank == 2) MPI_Send(&rank, 1, MPI_INT, 0, 3, copy);
    if (rank == 1) {
        MPI_Irecv(&got, 1, MPI_INT, 1, 3, copy, &request);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
    MPI_Barrier(copy);
    got = rank;
    MPI_Bcast(&got, 1, MPI_INT, rank % 2 ? 1 : rank == 2 ? MPI_ROOT : MPI_PROC_NULL, copy);
    /* The odd ones first: 1, 3, 0, 2. */
    MPI_Intercomm_merge(joint, rank % 2 == 0, &all);
    if (rank == 1) MPI_Send(&rank, 1, MPI_INT, 3, 4, all);
    if (rank == 2) MPI_Recv(&got, 1, MPI_INT, 0, 4, all, MPI_STATUS_IGNORE);
    MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, all);
    MPI_Finalize();
    return 0;
}

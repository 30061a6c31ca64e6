/* Two ranks spawn two processes of the same program, which then do what the first argument says:
 *   talks       all talk in every way, and part in order
 *   several     the same, spawned by MPI_Comm_spawn_multiple
 *   hangs       the second one waits for a message that the first parent does not send, and that one for a message of it
 *   fails       the second one ends with exit code 3, while the first parent waits for a message of it
 *   dies        the second one is ended by a signal */
#include <mpi.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int rank, number, sum;

/* Messages and a barrier between the two worlds: each rank to the one of its own number there. */
static void across(MPI_Comm joint) {
    int got;
    MPI_Sendrecv(&rank, 1, MPI_INT, rank, 5, &got, 1, MPI_INT, rank, 5, joint, MPI_STATUS_IGNORE);
    if (rank == 0) MPI_Send(&got, 1, MPI_INT, 1, 6, joint);
    if (rank == 1) MPI_Recv(&got, 1, MPI_INT, 0, MPI_ANY_TAG, joint, MPI_STATUS_IGNORE);
    MPI_Barrier(joint);
}

/* The two worlds as one: from the last of the spawned to the first of the parents. */
static void as_one(MPI_Comm joint, int is_child) {
    MPI_Comm all;
    int of_all, got = 7;
    MPI_Intercomm_merge(joint, is_child, &all);
    MPI_Comm_rank(all, &of_all);
    if (of_all == 3) MPI_Send(&of_all, 1, MPI_INT, 0, 9, all);
    if (of_all == 0) MPI_Recv(&got, 1, MPI_INT, 3, 9, all, MPI_STATUS_IGNORE);
    MPI_Allreduce(&got, &sum, 1, MPI_INT, MPI_SUM, all);
    MPI_Comm_free(&all);
}

static void child(const char *how, MPI_Comm parent) {
    int got;
    MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    if (rank == 0) MPI_Send(&sum, 1, MPI_INT, 1, 4, MPI_COMM_WORLD);
    if (rank == 1) MPI_Recv(&got, 1, MPI_INT, 0, 4, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (rank == 1 && !strcmp(how, "hangs")) MPI_Recv(&got, 1, MPI_INT, 0, 10, parent, MPI_STATUS_IGNORE);
    if (rank == 1 && !strcmp(how, "fails")) {
        MPI_Recv(&got, 1, MPI_INT, 0, 7, parent, MPI_STATUS_IGNORE);
        exit(3);
    }
    if (rank == 1 && !strcmp(how, "dies")) raise(SIGSEGV);
}

int main(int argc, char **argv) {
    MPI_Comm parent, joint;
    char *how = argv[1], *words[] = {how, NULL}, *programs[] = {argv[0], argv[0]}, **each[] = {words, words};
    int ones[] = {1, 1};
    MPI_Info infos[] = {MPI_INFO_NULL, MPI_INFO_NULL};
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_get_parent(&parent);
    int is_child = parent != MPI_COMM_NULL;
    if (is_child) {
        joint = parent;
        child(how, parent);
    } else if (!strcmp(how, "several")) {
        MPI_Comm_spawn_multiple(2, programs, each, ones, infos, 0, MPI_COMM_WORLD, &joint, MPI_ERRCODES_IGNORE);
    } else {
        MPI_Comm_spawn(argv[0], words, 2, MPI_INFO_NULL, 0, MPI_COMM_WORLD, &joint, MPI_ERRCODES_IGNORE);
        if (rank == 0 && strcmp(how, "talks") && strcmp(how, "dies"))
            MPI_Sendrecv(&rank, 1, MPI_INT, 1, 7, &number, 1, MPI_INT, 1, 8, joint, MPI_STATUS_IGNORE);
    }
    if (!strcmp(how, "talks") || !strcmp(how, "several")) {
        across(joint);
        as_one(joint, is_child);
    }
    MPI_Comm_disconnect(&joint);
    MPI_Finalize();
    return 0;
}

/* Ranks whose threads wait: both of them, one while the other one computes, or the one that is left. */
#include <mpi.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static int rank, number;

static void *serves(void *tag) {
    MPI_Recv(&number, 1, MPI_INT, 0, *(int *)tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return NULL;
}

static void *talks_to_itself(void *tag) {
    int got;
    MPI_Sendrecv(&rank, 1, MPI_INT, 0, *(int *)tag, &got, 1, MPI_INT, 0, *(int *)tag, MPI_COMM_SELF, MPI_STATUS_IGNORE);
    return NULL;
}

int main(int argc, char **argv) {
    const char *fault = argc > 1 ? argv[1] : "";
    int provided, eight = 8, nine = 9, own;
    pthread_t thread;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    if (provided != MPI_THREAD_MULTIPLE) MPI_Abort(MPI_COMM_WORLD, 3);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) {
        if (strcmp(fault, "head-has-left")) MPI_Recv(&number, 1, MPI_INT, 1, 7, MPI_COMM_WORLD, MPI_STATUS_IGNORE); /* head */
    } else if (!strcmp(fault, "both-wait")) {
        pthread_create(&thread, NULL, serves, &eight);
        MPI_Recv(&own, 1, MPI_INT, 0, nine, MPI_COMM_WORLD, MPI_STATUS_IGNORE); /* both-wait */
    } else if (!strcmp(fault, "one-computes") || !strcmp(fault, "head-has-left")) {
        pthread_create(&thread, NULL, serves, &eight);
        talks_to_itself(&nine);
        for (;;) pause();
    } else if (!strcmp(fault, "one-has-ended")) {
        pthread_create(&thread, NULL, talks_to_itself, &eight);
        pthread_join(thread, NULL);
        MPI_Recv(&own, 1, MPI_INT, 0, nine, MPI_COMM_WORLD, MPI_STATUS_IGNORE); /* one-has-ended */
    }
    MPI_Finalize();
    return 0;
}

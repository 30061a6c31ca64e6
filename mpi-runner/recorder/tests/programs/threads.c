/* Four threads of rank 0 send a hundred numbers each to four threads of rank 1, each with its own tag. */
#include <mpi.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, NUMBERS = 100 };

static int rank;

static void *work(void *which) {
    int tag = *(int *)which, got;
    MPI_Request request;
    for (int i = 0; i < NUMBERS; i++) {
        if (rank == 0) MPI_Isend(&i, 1, MPI_INT, 1, tag, MPI_COMM_WORLD, &request);
        else MPI_Irecv(&got, 1, MPI_INT, 0, tag, MPI_COMM_WORLD, &request);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
    return NULL;
}

int main(int argc, char **argv) {
    int provided, tags[THREADS];
    pthread_t threads[THREADS];
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    if (provided != MPI_THREAD_MULTIPLE) MPI_Abort(MPI_COMM_WORLD, 3);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int i = 0; i < THREADS; i++) {
        tags[i] = i;
        pthread_create(&threads[i], NULL, work, &tags[i]);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    MPI_Finalize();
    return 0;
}

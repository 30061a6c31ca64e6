/* Windows of messages under way at once, as OSU's bandwidth test has it.
 *
 *     mpirun -n 2 bandwidth BYTES SECONDS
 *
 * Rank 0 starts 64 sends and waits for all of them, rank 1 as many receives, and then says that they are there. Prints how
 * many messages there were, and in how many seconds.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 64, AT_ONCE = 20 };

static MPI_Request requests[WINDOW];

static void window(int rank, char *buffer, int bytes) {
    char there;
    for (int i = 0; i < WINDOW; i++) {
        char *part = buffer + (long)i * bytes;
        if (rank == 0) MPI_Isend(part, bytes, MPI_CHAR, 1, 100, MPI_COMM_WORLD, &requests[i]);
        else MPI_Irecv(part, bytes, MPI_CHAR, 0, 100, MPI_COMM_WORLD, &requests[i]);
    }
    MPI_Waitall(WINDOW, requests, MPI_STATUSES_IGNORE);
    if (rank == 0) MPI_Recv(&there, 1, MPI_CHAR, 1, 101, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    else MPI_Send("y", 1, MPI_CHAR, 0, 101, MPI_COMM_WORLD);
}

int main(int argc, char **argv) {
    int rank, bytes = argc > 1 ? atoi(argv[1]) : 8, goes_on = 1;
    double seconds = argc > 2 ? atof(argv[2]) : 1;
    long windows = 0;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    char *buffer = malloc((long)bytes * WINDOW);
    memset(buffer, 'a', (long)bytes * WINDOW);
    MPI_Barrier(MPI_COMM_WORLD);
    double start = MPI_Wtime();
    for (; goes_on; windows += AT_ONCE) {
        for (int i = 0; i < AT_ONCE; i++) window(rank, buffer, bytes);
        goes_on = MPI_Wtime() - start < seconds;
        MPI_Bcast(&goes_on, 1, MPI_INT, 0, MPI_COMM_WORLD);
    }
    if (rank == 0) printf("%ld %.9f\n", windows * WINDOW, MPI_Wtime() - start);
    free(buffer);
    MPI_Finalize();
    return 0;
}

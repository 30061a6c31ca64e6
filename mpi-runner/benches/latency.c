/* A ping-pong of two ranks with messages of a given size, as OSU's latency test has it.
 *
 *     mpirun -n 2 latency BYTES SECONDS
 *
 * Prints how many round trips there were, and in how many seconds.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 100 };

int main(int argc, char **argv) {
    int rank, bytes = argc > 1 ? atoi(argv[1]) : 8, goes_on = 1;
    double seconds = argc > 2 ? atof(argv[2]) : 1;
    long rounds = 0;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    char *out = malloc(bytes), *in = malloc(bytes);
    memset(out, 'a', bytes);
    MPI_Barrier(MPI_COMM_WORLD);
    double start = MPI_Wtime();
    for (; goes_on; rounds += AT_ONCE) {
        for (int i = 0; i < AT_ONCE; i++) {
            if (rank == 0) MPI_Send(out, bytes, MPI_CHAR, 1, 1, MPI_COMM_WORLD);
            MPI_Recv(in, bytes, MPI_CHAR, 1 - rank, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            if (rank == 1) MPI_Send(out, bytes, MPI_CHAR, 0, 1, MPI_COMM_WORLD);
        }
        goes_on = MPI_Wtime() - start < seconds;
        MPI_Bcast(&goes_on, 1, MPI_INT, 0, MPI_COMM_WORLD);
    }
    if (rank == 0) printf("%ld %.9f\n", rounds, MPI_Wtime() - start);
    free(out);
    free(in);
    MPI_Finalize();
    return 0;
}

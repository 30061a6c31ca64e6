/* Rank 0 sends ten numbers to rank 1, which sends each back; then rank 1 ends in the way that its argument says:
 * killed, abort, exit (without MPI_Finalize), fails (with MPI_Finalize, exit code 7), hangs, returns. A launcher ends the
 * others when one fails: so rank 1 fails when rank 0 has finalized, and that has made the file which a second argument names. */
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int rank, number;
    const char *end = argv[1];
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int i = 0; i < 10; i++) {
        if (rank == 0) {
            MPI_Send(&i, 1, MPI_INT, 1, 0, MPI_COMM_WORLD);
            MPI_Recv(&number, 1, MPI_INT, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        } else if (rank == 1) {
            MPI_Recv(&number, 1, MPI_INT, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            MPI_Send(&number, 1, MPI_INT, 0, 0, MPI_COMM_WORLD);
        }
    }
    if (rank == 1) {
        if (!strcmp(end, "killed")) raise(SIGKILL);
        if (!strcmp(end, "abort")) MPI_Abort(MPI_COMM_WORLD, 5);
        if (!strcmp(end, "exit")) _exit(0);
        if (!strcmp(end, "hangs")) MPI_Recv(&number, 1, MPI_INT, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    } else if (!strcmp(end, "exit")) _exit(0);
    MPI_Finalize();
    if (strcmp(end, "fails")) return 0;
    if (rank == 0) fclose(fopen(argv[2], "w"));
    if (rank != 1) return 0;
    while (access(argv[2], F_OK)) usleep(1000);
    return 7;
}

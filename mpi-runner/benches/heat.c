/* Heat that spreads over a square plate, which is cut into strips of rows, one for each rank.
 *
 *     mpirun -n N heat SIDE STEPS
 *
 * Each step exchanges border rows with both neighbours, works out new values, and asks all ranks how much has changed
 * at most. Prints how many steps there were, and in how many seconds.
 */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static void exchange(double *strip, int rows, int side, int above, int below) {
    MPI_Request requests[4];
    MPI_Irecv(strip, side, MPI_DOUBLE, above, 0, MPI_COMM_WORLD, &requests[0]);
    MPI_Irecv(strip + (rows + 1) * side, side, MPI_DOUBLE, below, 1, MPI_COMM_WORLD, &requests[1]);
    MPI_Isend(strip + side, side, MPI_DOUBLE, above, 1, MPI_COMM_WORLD, &requests[2]);
    MPI_Isend(strip + rows * side, side, MPI_DOUBLE, below, 0, MPI_COMM_WORLD, &requests[3]);
    MPI_Waitall(4, requests, MPI_STATUSES_IGNORE);
}

static double step(const double *old, double *new, int rows, int side) {
    double most = 0;
    for (int y = 1; y <= rows; y++) {
        for (int x = 1; x < side - 1; x++) {
            int at = y * side + x;
            new[at] = 0.25 * (old[at - 1] + old[at + 1] + old[at - side] + old[at + side]);
            most = fmax(most, fabs(new[at] - old[at]));
        }
    }
    return most;
}

int main(int argc, char **argv) {
    int rank, ranks, side = argc > 1 ? atoi(argv[1]) : 512, steps = argc > 2 ? atoi(argv[2]) : 1000;
    double change = 0, all;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    int rows = side / ranks, above = rank > 0 ? rank - 1 : MPI_PROC_NULL;
    int below = rank < ranks - 1 ? rank + 1 : MPI_PROC_NULL;
    double *old = calloc((rows + 2) * side, sizeof *old), *new = calloc((rows + 2) * side, sizeof *new);
    for (int y = 0; y < rows + 2; y++) old[y * side] = new[y * side] = 100;
    MPI_Barrier(MPI_COMM_WORLD);
    double start = MPI_Wtime();
    for (int i = 0; i < steps; i++) {
        exchange(old, rows, side, above, below);
        change = step(old, new, rows, side);
        MPI_Allreduce(&change, &all, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
        double *last = old;
        old = new;
        new = last;
    }
    if (rank == 0) printf("%d %.9f\n", steps, MPI_Wtime() - start);
    free(old);
    free(new);
    MPI_Finalize();
    return 0;
}

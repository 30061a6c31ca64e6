/* Conjugate gradients with the calls of HPCG: the Laplacian of a cube that is cut into slabs, one for each rank.
 *
 *     mpirun -n N gradients SIDE STEPS
 *
 * Each step exchanges border planes (MPI_Irecv, MPI_Send, MPI_Wait) and adds up two dot products (MPI_Allreduce). Prints how
 * many steps there were, and in how many seconds.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static int rank, ranks, side, plane, cells;

static void exchange(double *values) {
    MPI_Request requests[2];
    int count = 0, neighbours[2] = {rank - 1, rank + 1};
    double *borders[2] = {values, values + plane + cells}, *own[2] = {values + plane, values + cells};
    for (int i = 0; i < 2; i++) {
        if (neighbours[i] < 0 || neighbours[i] == ranks) continue;
        MPI_Irecv(borders[i], plane, MPI_DOUBLE, neighbours[i], 99, MPI_COMM_WORLD, &requests[count++]);
    }
    for (int i = 0; i < 2; i++) {
        if (neighbours[i] < 0 || neighbours[i] == ranks) continue;
        MPI_Send(own[i], plane, MPI_DOUBLE, neighbours[i], 99, MPI_COMM_WORLD);
    }
    for (int i = 0; i < count; i++) MPI_Wait(&requests[i], MPI_STATUS_IGNORE);
}

static void multiply(double *values, double *product) {
    exchange(values);
    for (int i = 0; i < cells; i++) {
        const double *at = values + plane + i;
        int x = i % side, y = i / side % side;
        double sum = 6 * at[0] - at[-plane] - at[plane];
        if (x > 0) sum -= at[-1];
        if (x < side - 1) sum -= at[1];
        if (y > 0) sum -= at[-side];
        if (y < side - 1) sum -= at[side];
        product[i] = sum;
    }
}

static double dot(const double *a, const double *b) {
    double own = 0, all;
    for (int i = 0; i < cells; i++) own += a[i] * b[i];
    MPI_Allreduce(&own, &all, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    return all;
}

int main(int argc, char **argv) {
    int steps = argc > 2 ? atoi(argv[2]) : 1000;
    side = argc > 1 ? atoi(argv[1]) : 32;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    plane = side * side;
    cells = plane * (side / ranks);
    double *x = calloc(cells, sizeof *x), *rest = malloc(cells * sizeof *rest), *product = malloc(cells * sizeof *product);
    double *direction = calloc(cells + 2 * plane, sizeof *direction), *own = direction + plane;
    for (int i = 0; i < cells; i++) rest[i] = own[i] = 1 + i % 7;
    double norm = dot(rest, rest);
    MPI_Barrier(MPI_COMM_WORLD);
    double start = MPI_Wtime();
    for (int i = 0; i < steps; i++) {
        multiply(direction, product);
        double length = norm / (dot(own, product) + 1e-300);
        for (int j = 0; j < cells; j++) x[j] += length * own[j], rest[j] -= length * product[j];
        double next = dot(rest, rest), turn = next / (norm + 1e-300);
        for (int j = 0; j < cells; j++) own[j] = rest[j] + turn * own[j];
        norm = next;
    }
    if (rank == 0) printf("%d %.9f\n", steps, MPI_Wtime() - start);
    free(x), free(rest), free(product), free(direction);
    MPI_Finalize();
    return 0;
}

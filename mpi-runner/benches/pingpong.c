/* Bare MPI, to hold mpi-runner against: tokens of the size of our messages on the way of a GET.
 *
 *     mpirun -n N pingpong SECONDS [IN_FLIGHT]
 *
 * Two ranks: to and fro. More: as in a ring of the head and the permanent node, from the last rank to rank 0, to the last
 * but one, to rank 0, and back; all others wait. With 0 seconds MPI starts and ends. Prints how many tokens came
 * round, and in how many seconds.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { BYTES = 32, GO = 0, STOP = 1 };

static int ranks, first, far_end;

/* Takes the next token from anywhere, and says from where; its first byte is GO or STOP. */
static int take(char *token) {
    MPI_Status status;
    MPI_Recv(token, BYTES, MPI_BYTE, MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &status);
    return status.MPI_SOURCE;
}

static void pass(char *token, int to) {
    MPI_Send(token, BYTES, MPI_BYTE, to, 0, MPI_COMM_WORLD);
}

/* The first rank's part: it keeps so many tokens under way until the time is over. */
static void drive(double seconds, int in_flight) {
    char token[BYTES] = {GO};
    long rounds = 0;
    double start = MPI_Wtime(), now = start;
    for (int i = 0; i < in_flight; i++) pass(token, 0);
    for (; now - start < seconds; now = MPI_Wtime(), rounds++) {
        take(token);
        pass(token, 0);
    }
    for (int i = 0; i < in_flight; i++) take(token);
    token[0] = STOP;
    pass(token, 0);
    take(token);
    printf("%ld %.9f\n", rounds, now - start);
}

/* Rank 0's part: what comes from the first rank goes to the far end, what comes from there goes back. */
static void relay(void) {
    char token[BYTES];
    int source;
    do {
        source = take(token);
        pass(token, source == first ? far_end : first);
    } while (token[0] != STOP || source != far_end);
    for (int rank = 1; rank < far_end; rank++) pass(token, rank);
}

/* Sends back what comes, or only waits, until the end. */
static void answer(int waits) {
    char token[BYTES];
    do {
        int source = take(token);
        if (!waits) pass(token, source);
    } while (token[0] != STOP);
}

int main(int argc, char **argv) {
    int rank;
    double seconds = argc > 1 ? atof(argv[1]) : 1;
    int in_flight = argc > 2 ? atoi(argv[2]) : 1;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    first = ranks - 1;
    far_end = ranks - 2;
    if (seconds > 0 && ranks >= 2) {
        if (rank == first) drive(seconds, in_flight);
        else if (ranks == 2) answer(0);
        else if (rank == 0) relay();
        else answer(rank != far_end);
    }
    MPI_Finalize();
    return 0;
}

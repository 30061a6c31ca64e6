/* What a call costs that waits for nobody, in a loop.
 *
 *     mpirun -n 1 calls KIND SECONDS
 *
 * KIND is `probe` (MPI_Iprobe, which finds nothing), `barrier` (MPI_Barrier of one rank alone), `message` (MPI_Irecv, MPI_Send
 * of eight integers to itself, MPI_Wait), or `request` (MPI_Isend, MPI_Recv, MPI_Wait). Prints how many there were, and in how
 * many seconds of this process's own time: that of others does not count.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { AT_ONCE = 1000, COUNT = 8, KINDS = 4 };

static double own_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static void probe(void) {
    int flag;
    MPI_Iprobe(0, 1, MPI_COMM_SELF, &flag, MPI_STATUS_IGNORE);
}

static void barrier(void) { MPI_Barrier(MPI_COMM_SELF); }

static int out[COUNT], in[COUNT];

static void message(void) {
    MPI_Request request;
    MPI_Irecv(in, COUNT, MPI_INT, 0, 0, MPI_COMM_SELF, &request);
    MPI_Send(out, COUNT, MPI_INT, 0, 0, MPI_COMM_SELF);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
}

static void request(void) {
    MPI_Request request;
    MPI_Isend(out, COUNT, MPI_INT, 0, 0, MPI_COMM_SELF, &request);
    MPI_Recv(in, COUNT, MPI_INT, 0, 0, MPI_COMM_SELF, MPI_STATUS_IGNORE);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
}

static const struct { const char *name; void (*call)(void); } kinds[] = {
    {"probe", probe}, {"barrier", barrier}, {"message", message}, {"request", request},
};

int main(int argc, char **argv) {
    const char *kind = argc > 1 ? argv[1] : "probe";
    double seconds = argc > 2 ? atof(argv[2]) : 1;
    void (*call)(void) = probe;
    for (int i = 0; i < KINDS; i++) {
        if (!strcmp(kind, kinds[i].name)) call = kinds[i].call;
    }
    long calls = 0;
    MPI_Init(&argc, &argv);
    double start = own_seconds(), now = start;
    for (; now - start < seconds; now = own_seconds(), calls += AT_ONCE) {
        for (int i = 0; i < AT_ONCE; i++) call();
    }
    printf("%ld %.9f\n", calls, now - start);
    MPI_Finalize();
    return 0;
}

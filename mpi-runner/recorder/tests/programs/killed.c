/* Three ranks talk in rounds: `killed KILLER CALLS WHOM VICTIM`. After so many calls the killer kills the `rank` that is the
 * victim, perhaps itself, or its `launcher`, or its `recorder` and that rank. */
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int killer, calls, victim, rank, pids[16];
static const char *whom;

/* The parent of a process, and the name of that process. */
static int parent(int pid, char *name) {
    char path[64];
    int above = 0;
    sprintf(path, "/proc/%d/stat", pid);
    FILE *stat = fopen(path, "r");
    if (!stat || fscanf(stat, "%*d (%31[^)]) %*c %d", name, &above) != 2) exit(9);
    fclose(stat);
    return above;
}

/* The launcher is what the recorder has started. */
static void kill_above(void) {
    char name[32];
    int pid = getpid(), above = parent(pid, name);
    for (parent(above, name); strcmp(name, "ringscope"); parent(above, name)) pid = above, above = parent(pid, name);
    kill(strcmp(whom, "launcher") ? above : pid, SIGKILL);
}

static void count(void) {
    if (rank != killer || calls-- != 0) return;
    if (strcmp(whom, "rank")) kill_above();
    if (strcmp(whom, "launcher")) kill(pids[victim], SIGKILL);
}
#define CALL(call) do { count(); call; } while (0)

int main(int argc, char **argv) {
    int size, got, sum, out[2], in[2];
    MPI_Request requests[2];
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    killer = atoi(argv[1]), calls = atoi(argv[2]), whom = argv[3], victim = atoi(argv[4]);
    int right = (rank + 1) % size, left = (rank + size - 1) % size, pid = getpid();
    MPI_Allgather(&pid, 1, MPI_INT, pids, 1, MPI_INT, MPI_COMM_WORLD);
    for (int i = 0; i < 30; i++) {
        CALL(MPI_Sendrecv(&i, 1, MPI_INT, right, 1, &got, 1, MPI_INT, left, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
        out[0] = i, out[1] = got;
        CALL(MPI_Irecv(in, 2, MPI_INT, left, 2, MPI_COMM_WORLD, &requests[0]));
        CALL(MPI_Isend(out, 2, MPI_INT, right, 2, MPI_COMM_WORLD, &requests[1]));
        CALL(MPI_Waitall(2, requests, MPI_STATUSES_IGNORE));
        CALL(MPI_Allreduce(&i, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD));
    }
    MPI_Finalize();
    return 0;
}

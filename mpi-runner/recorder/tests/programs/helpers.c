/* Two ranks talk, and start processes beside: a shell, a forked child that ends by exit, and one that another program takes over. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void start_helpers(void) {
    char words[64];
    if (system("exit 3") != 3 << 8) exit(4);
    FILE *helper = popen("echo helped", "r");
    if (!helper || !fgets(words, sizeof words, helper) || pclose(helper)) exit(5);
    if (fork() == 0) exit(6);
    if (fork() == 0) execlp("false", "false", (char *) NULL), _exit(7);
    while (wait(NULL) > 0) {}
}

int main(int argc, char **argv) {
    int rank, got;
    start_helpers();
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int i = 0; i < 3; i++) {
        start_helpers();
        MPI_Sendrecv(&i, 1, MPI_INT, 1 - rank, 0, &got, 1, MPI_INT, 1 - rank, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
    MPI_Finalize();
    start_helpers();
    return 0;
}

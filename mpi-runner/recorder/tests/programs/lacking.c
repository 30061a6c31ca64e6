/* Says which of MPI's functions a program finds when it asks for them: none that the MPI lacks. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <mpi.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const char *names[] = {"MPI_Send", "MPI_Bcast_c", "MPI_Send_c", "MPI_Isendrecv", "MPI_Send_init_c"};
    int rank;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (unsigned i = 0; rank == 0 && i < sizeof names / sizeof *names; i++)
        printf("%s %s\n", names[i], dlsym(RTLD_DEFAULT, names[i]) ? "is there" : "is not there");
    MPI_Finalize();
    return 0;
}

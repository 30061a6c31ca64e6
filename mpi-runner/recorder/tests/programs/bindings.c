/* Both a program and the library by which it calls MPI, as bindings for Fortran are built: LIBRARY tells them apart. */
#include <mpi.h>

void begin(void);
int receive(int *number, int source, int tag);
void finish(void);

#ifdef LIBRARY
void begin(void)
{
    PMPI_Init(0, 0);
}

int receive(int *number, int source, int tag)
{
    return PMPI_Recv(number, 1, MPI_INT, source, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

void finish(void)
{
    PMPI_Finalize();
}
#else
int main(void)
{
    int rank, number;
    begin();
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0)
        receive(&number, 1, 9); /* calls here */
    finish();
    return 0;
}
#endif

/* Sends one message of each kind of payload from rank 0 to rank 1, tags counting from 0. */
#include <mpi.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int rank, next_tag;

static void message(const void *data, int count, MPI_Datatype type) {
    static char room[1 << 23];
    int tag = next_tag++;
    if (rank == 0) MPI_Send(data, count, type, 1, tag, MPI_COMM_WORLD);
    else if (rank == 1) MPI_Recv(room, sizeof room / 16, type, 0, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

int main(int argc, char **argv) {
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    message(NULL, 0, MPI_DOUBLE);
    message((int[]){-5}, 1, MPI_INT);
    message((int[]){1, 2, 3}, 3, MPI_INT);
    message((long[]){1L << 40}, 1, MPI_LONG);
    message((short[]){-3, 4}, 2, MPI_SHORT);
    message((unsigned char[]){200, 201}, 2, MPI_UNSIGNED_CHAR);
    message((signed char[]){-1}, 1, MPI_SIGNED_CHAR);
    message((uint64_t[]){UINT64_MAX}, 1, MPI_UINT64_T);
    message((float[]){0.5f}, 1, MPI_FLOAT);
    message((double[]){0.1, -2}, 2, MPI_DOUBLE);
    message((double[]){NAN}, 1, MPI_DOUBLE);
    message((bool[]){true, false}, 2, MPI_C_BOOL);
    message("hello", 6, MPI_CHAR);
    message("[1,{\"5\":50}]", 12, MPI_CHAR);
    message("\x01\x02", 2, MPI_BYTE);
    message("\x80\x04]\x94(K\x01K\x02""e.", 11, MPI_BYTE);
    MPI_Datatype column;
    MPI_Type_vector(2, 1, 3, MPI_INT, &column);
    MPI_Type_commit(&column);
    message((int[]){1, 2, 3, 4, 5, 6}, 1, column);
    MPI_Type_free(&column);
    message(memset(malloc((1 << 20) + 4), 7, (1 << 20) + 4), (1 << 18) + 1, MPI_INT);
    MPI_Finalize();
    return 0;
}

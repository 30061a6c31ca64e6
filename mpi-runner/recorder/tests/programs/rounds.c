/* Three ranks pass a message on in a ring. By the first argument: "same" for ever, with the same content; "counted" for four seconds,
 * with a count in it; "told" ranks 1 and 2 alone pass the same, until rank 0 tells them: it looks for a message twice, and then calls nothing for four seconds. */
#include <mpi.h>
#include <string.h>
#include <unistd.h>

enum { ON = 1, STOP = 2 };

static void pass(int to, int number)
{
    MPI_Send(&number, 1, MPI_INT, to, ON, MPI_COMM_WORLD);
}

static int take(int from)
{
    int number;
    MPI_Recv(&number, 1, MPI_INT, from, ON, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return number;
}

/* Rank 0 leads: a negative number ends the round. */
static void round_and_round(int rank, int is_counted)
{
    double end = MPI_Wtime() + 4;
    int number = 0, is_over = 0;
    while (!is_over) {
        if (rank == 0) {
            number += is_counted;
            is_over = is_counted && MPI_Wtime() > end;
            pass(1, is_over ? -1 : number);
            take(2);
        } else {
            number = take(rank - 1);
            pass((rank + 1) % 3, number);
            is_over = number < 0;
        }
    }
}

static void until_told(int rank)
{
    int number = 0, is_told = 0;
    if (rank == 0) {
        for (int i = 0; i < 2; i++) {
            usleep(300000);
            MPI_Iprobe(1, ON, MPI_COMM_WORLD, &is_told, MPI_STATUS_IGNORE);
        }
        sleep(4);
        MPI_Send(&number, 1, MPI_INT, 1, STOP, MPI_COMM_WORLD);
    }
    while (rank != 0 && number == 0) {
        if (rank == 1) {
            MPI_Iprobe(0, STOP, MPI_COMM_WORLD, &is_told, MPI_STATUS_IGNORE);
            pass(2, is_told);
            number = take(2);
        } else {
            number = take(1);
            pass(1, number);
        }
    }
    if (rank == 1)
        MPI_Recv(&number, 1, MPI_INT, 0, STOP, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

int main(int argc, char **argv)
{
    int rank;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (!strcmp(argv[1], "told"))
        until_told(rank);
    else
        round_and_round(rank, !strcmp(argv[1], "counted"));
    MPI_Finalize();
    return 0;
}

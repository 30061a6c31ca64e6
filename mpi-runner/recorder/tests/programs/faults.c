/* Small faults and what looks like one, by name. */
#include <assert.h>
#include <mpi.h>
#include <string.h>

static int rank, size;

static void gather_into_too_little(void)
{
    int mine[2] = {rank, rank}, all[8];
    MPI_Gather(mine, 2, MPI_INT, all, 1, MPI_INT, 0, MPI_COMM_WORLD);
}

static void barrier_without_communicator(void)
{
    MPI_Comm part;
    MPI_Comm_split(MPI_COMM_WORLD, rank == 1 ? MPI_UNDEFINED : 0, rank, &part);
    MPI_Barrier(part);
}

static void send_with_a_bad_tag(void)
{
    int number = 0;
    if (rank == 0)
        MPI_Send(&number, 1, MPI_INT, 1, -5, MPI_COMM_WORLD);
    else
        MPI_Recv(&number, 1, MPI_INT, 0, 5, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void wait_with_too_little_room(void)
{
    int numbers[10] = {0};
    MPI_Request request;
    if (rank == 0)
        MPI_Send(numbers, 10, MPI_INT, 1, 0, MPI_COMM_WORLD);
    else {
        MPI_Irecv(numbers, 2, MPI_INT, 0, 0, MPI_COMM_WORLD, &request);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
}

static void abort_it(void)
{
    if (rank == 1)
        MPI_Abort(MPI_COMM_WORLD, 3);
    MPI_Barrier(MPI_COMM_WORLD);
}

static void assert_at_once(void)
{
    assert(rank != 1);
    MPI_Barrier(MPI_COMM_WORLD);
}

static void poll(void)
{
    int number = 0, flag = 0;
    MPI_Request request;
    MPI_Message message;
    if (rank == 0) {
        MPI_Irecv(&number, 1, MPI_INT, 1, 7, MPI_COMM_WORLD, &request);
        while (!flag)
            MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
    } else
        while (!flag)
            MPI_Improbe(0, MPI_ANY_TAG, MPI_COMM_WORLD, &flag, &message, MPI_STATUS_IGNORE);
}

static void types(void)
{
    int numbers[4] = {1, 2, 3, 4};
    double number[2];
    if (rank == 0)
        MPI_Send(numbers, 4, MPI_INT, 1, 0, MPI_COMM_WORLD);
    else
        MPI_Recv(number, 2, MPI_DOUBLE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void fence(void)
{
    int number = 0;
    MPI_Win window;
    MPI_Win_create(&number, sizeof number, sizeof number, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
    MPI_Win_fence(0, window);
    if (rank == 0)
        MPI_Win_fence(0, window);
    MPI_Win_free(&window);
}

/* Of the window that a fault is about, and the group of the other rank. */
static MPI_Win window_with(int *number, MPI_Group *other)
{
    MPI_Group world;
    MPI_Win window;
    int who = 1 - rank;
    MPI_Win_create(number, sizeof *number, sizeof *number, MPI_INFO_NULL, MPI_COMM_WORLD, &window);
    MPI_Comm_group(MPI_COMM_WORLD, &world);
    MPI_Group_incl(world, 1, &who, other);
    return window;
}

static void wait_for_other(int *number)
{
    MPI_Recv(number, 1, MPI_INT, 1 - rank, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void access_what_is_not_exposed(void)
{
    int number = 0, got;
    MPI_Group other;
    MPI_Win window = window_with(&number, &other);
    if (rank == 0) {
        MPI_Win_start(other, 0, window); /* not exposed */
        MPI_Put(&rank, 1, MPI_INT, 1, 0, 1, MPI_INT, window);
        MPI_Win_complete(window); /* not exposed */
    } else
        wait_for_other(&got);
}

static void expose_what_is_not_accessed(void)
{
    int number = 0, got;
    MPI_Group other;
    MPI_Win window = window_with(&number, &other);
    if (rank == 1) {
        MPI_Win_post(other, 0, window);
        MPI_Win_wait(window);
    } else
        wait_for_other(&got);
}

static void lock_what_is_locked(void)
{
    int number = 0, got;
    MPI_Group other;
    MPI_Win window = window_with(&number, &other);
    if (rank == 1)
        MPI_Recv(&got, 1, MPI_INT, 0, 2, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 1, 0, window); /* locked */
    MPI_Put(&rank, 1, MPI_INT, 1, 0, 1, MPI_INT, window);
    if (rank == 1)
        MPI_Win_unlock(1, window); /* locked */
    MPI_Win_flush(1, window);
    MPI_Send(&number, 1, MPI_INT, 1, 2, MPI_COMM_WORLD);
    wait_for_other(&got);
}

static void gather_too_much(void)
{
    int numbers[16] = {rank};
    MPI_Gather(&rank, 1, MPI_INT, numbers, 2, MPI_INT, 0, MPI_COMM_WORLD); /* the sum for each */
}

static void scatter_too_little(void)
{
    int numbers[16] = {rank};
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Scatter(numbers, 1, MPI_INT, numbers + 8, rank == 1 ? 2 : 1, MPI_INT, 0, MPI_COMM_WORLD);
}

static void open_file(void)
{
    MPI_File file;
    if (rank == 0)
        MPI_File_open(MPI_COMM_WORLD, "faults.out", MPI_MODE_CREATE | MPI_MODE_WRONLY, MPI_INFO_NULL, &file);
    MPI_Barrier(MPI_COMM_WORLD);
}

static void in_place(void)
{
    int numbers[8] = {rank, rank}, one = 0;
    void *mine = rank == 0 ? MPI_IN_PLACE : numbers;
    MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, numbers, 1, MPI_INT, MPI_COMM_WORLD);
    MPI_Gather(mine, 1, rank == 0 ? MPI_DATATYPE_NULL : MPI_INT, numbers, 1, MPI_INT, 0, MPI_COMM_WORLD);
    MPI_Scatter(numbers, 1, MPI_INT, rank == 0 ? MPI_IN_PLACE : &one, 1, rank == 0 ? MPI_DATATYPE_NULL : MPI_INT, 0,
                MPI_COMM_WORLD);
    MPI_Reduce(mine, numbers, 2, MPI_INT, MPI_SUM, 0, MPI_COMM_WORLD);
    MPI_Alltoall(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, numbers, 1, MPI_INT, MPI_COMM_WORLD);
}

static const struct {
    const char *name;
    void (*run)(void);
} faults[] = {
    {"gather", gather_into_too_little},
    {"no-communicator", barrier_without_communicator},
    {"tag", send_with_a_bad_tag},
    {"wait", wait_with_too_little_room},
    {"abort", abort_it},
    {"assert", assert_at_once},
    {"poll", poll},
    {"types", types},
    {"fence", fence},
    {"start", access_what_is_not_exposed},
    {"post", expose_what_is_not_accessed},
    {"lock", lock_what_is_locked},
    {"gather-more", gather_too_much},
    {"scatter-less", scatter_too_little},
    {"file", open_file},
    {"in-place", in_place},
};

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++)
        if (argc > 1 && strcmp(argv[1], faults[i].name) == 0)
            faults[i].run();
    MPI_Finalize();
    return 0;
}

/* Small faults and what looks like one, by name. */
#include <assert.h>
#include <mpi.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
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

static void scatter_by_other_counts(void)
{
    int numbers[8] = {rank}, mine[8], counts[2] = {1 + rank, 3 - rank};
    MPI_Reduce_scatter(numbers, mine, counts, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
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

static void put_without_an_epoch(void)
{
    int number = 0;
    MPI_Group other;
    MPI_Win window = window_with(&number, &other);
    if (rank == 0)
        MPI_Put(&rank, 1, MPI_INT, 1, 0, 1, MPI_INT, window); /* no epoch */
    MPI_Barrier(MPI_COMM_WORLD);
}

static void never_unlock(void)
{
    int *number;
    MPI_Win window;
    MPI_Win_allocate(sizeof *number, sizeof *number, MPI_INFO_NULL, MPI_COMM_WORLD, &number, &window);
    if (rank == 0)
        MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 1, 0, window); /* for ever */
    MPI_Win_free(&window); /* while it is locked */
}

static void free_what_receives(void)
{
    int number = 5;
    MPI_Request request;
    if (rank == 0)
        MPI_Send(&number, 1, MPI_INT, 1, 3, MPI_COMM_WORLD);
    else {
        MPI_Irecv(&number, 1, MPI_INT, 0, 3, MPI_COMM_WORLD, &request); /* freed */
        MPI_Request_free(&request);
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

static void start_twice(void)
{
    int number = 5;
    MPI_Request request;
    if (rank == 0) {
        MPI_Send_init(&number, 1, MPI_INT, 1, 3, MPI_COMM_WORLD, &request);
        MPI_Start(&request); /* first */
        MPI_Start(&request); /* second */
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    } else
        for (int i = 0; i < 2; i++)
            MPI_Recv(&number, 1, MPI_INT, 0, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void never_start(void)
{
    int number = 5;
    MPI_Request request;
    if (rank == 0)
        MPI_Send(&number, 1, MPI_INT, 1, 3, MPI_COMM_WORLD);
    else {
        MPI_Recv_init(&number, 1, MPI_INT, 0, 3, MPI_COMM_WORLD, &request);
        MPI_Wait(&request, MPI_STATUS_IGNORE); /* never started */
        MPI_Request_free(&request);
    }
}

static void call_late(void)
{
    MPI_Finalize();
    if (rank == 0)
        exit(0); /* and no second MPI_Finalize, which would end the job before rank 1 is there */
    MPI_Barrier(MPI_COMM_WORLD); /* too late */
}

static void wait_for_nothing(void)
{
    int number = 5, index = 0, done = 0;
    MPI_Request requests[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
    if (rank == 0)
        MPI_Send(&number, 1, MPI_INT, 1, 3, MPI_COMM_WORLD);
    else {
        MPI_Irecv(&number, 1, MPI_INT, 0, 3, MPI_COMM_WORLD, requests);
        while (done < 2) {
            MPI_Waitany(2, requests, &index, MPI_STATUS_IGNORE);
            done += index != MPI_UNDEFINED;
        }
    }
}

static void die_by_kill(void)
{
    int number = 5;
    MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD); /* the last of one */
    if (rank == 1)
        raise(SIGKILL);
    MPI_Barrier(MPI_COMM_WORLD); /* for the other */
}

static void *receive_in_a_thread(void *number)
{
    MPI_Recv(number, 1, MPI_INT, 0, 3, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return NULL;
}

static void call_in_another_thread(void)
{
    int number = 5;
    pthread_t thread;
    if (rank == 0)
        MPI_Send(&number, 1, MPI_INT, 1, 3, MPI_COMM_WORLD);
    else {
        pthread_create(&thread, NULL, receive_in_a_thread, &number);
        pthread_join(thread, NULL);
    }
}

static void free_nothing(void)
{
    MPI_Comm copy;
    for (int i = 0; i < 9; i++)
        MPI_Comm_dup(MPI_COMM_WORLD, &copy); /* never freed */
}

/* Nothing is wrong with that: what is freed is a send, what is cancelled is told so, one communicator is used to the end. */
static void free_in_order(void)
{
    int number = 5, got;
    MPI_Comm copy;
    MPI_Request send, receive, again;
    MPI_Comm_dup(MPI_COMM_WORLD, &copy);
    MPI_Isend(&number, 1, MPI_INT, 1 - rank, 3, copy, &send);
    MPI_Request_free(&send);
    MPI_Recv(&got, 1, MPI_INT, 1 - rank, 3, copy, MPI_STATUS_IGNORE);
    MPI_Irecv(&got, 1, MPI_INT, 1 - rank, 4, copy, &receive);
    MPI_Cancel(&receive);
    MPI_Request_free(&receive);
    MPI_Recv_init(&got, 1, MPI_INT, 1 - rank, 5, copy, &again);
    MPI_Wait(&again, MPI_STATUS_IGNORE);
    MPI_Start(&again);
    MPI_Send(&number, 1, MPI_INT, 1 - rank, 5, copy);
    MPI_Wait(&again, MPI_STATUS_IGNORE);
    MPI_Request_free(&again);
    MPI_Barrier(copy);
}

#if MPI_VERSION >= 4
static void start_together_never(void)
{
    MPI_Request request;
    MPI_Barrier_init(MPI_COMM_WORLD, MPI_INFO_NULL, &request); /* together */
    if (rank == 0) {
        MPI_Start(&request); /* by one */
        MPI_Wait(&request, MPI_STATUS_IGNORE); /* for the others */
    }
    MPI_Barrier(MPI_COMM_WORLD); /* instead */
}

static void complete_together_never(void)
{
    int number = 5, sum;
    MPI_Request request;
    MPI_Allreduce_init(&number, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD, MPI_INFO_NULL, &request);
    MPI_Start(&request); /* by all */
}

/* Nothing is wrong with that. */
static void start_together(void)
{
    int number = 5, sum;
    MPI_Request requests[2];
    MPI_Barrier_init(MPI_COMM_WORLD, MPI_INFO_NULL, requests);
    MPI_Allreduce_init(&number, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD, MPI_INFO_NULL, requests + 1);
    for (int i = 0; i < 3; i++) {
        MPI_Startall(2, requests);
        MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    }
    MPI_Request_free(requests);
    MPI_Request_free(requests + 1);
}
#endif

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
    {"scatter-other-counts", scatter_by_other_counts},
    {"file", open_file},
    {"in-place", in_place},
    {"epoch", put_without_an_epoch},
    {"unlock", never_unlock},
    {"free", free_what_receives},
    {"start-twice", start_twice},
    {"start-never", never_start},
    {"late", call_late},
    {"nothing", wait_for_nothing},
    {"killed", die_by_kill},
    {"thread", call_in_another_thread},
    {"leak", free_nothing},
    {"in-order", free_in_order},
#if MPI_VERSION >= 4
    {"together-never", start_together_never},
    {"together-open", complete_together_never},
    {"together", start_together},
#endif
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

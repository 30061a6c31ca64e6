/* Sends and receives in every way that MPI has, for three ranks: each way with a tag of its own.
 *
 * Unless something else is said, rank 0 sends the tag as an int and rank 1 receives it. Prints the tags that this MPI has
 * no functions for, and at the end the word "done".
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 1 << 16 };

static MPI_Comm world;
static int rank;

static void meet(void) { MPI_Barrier(world); }

/* Everybody waits for one another, so that the events of a part stand together. */
#define PART(of_0, of_1) do { meet(); if (rank == 0) { of_0; } else if (rank == 1) { of_1; } meet(); } while (0)

static void send(int tag) { MPI_Send(&tag, 1, MPI_INT, 1, tag, world); }

static MPI_Request begun(int *into, int tag) {
    MPI_Request request;
    MPI_Irecv(into, 1, MPI_INT, 0, tag, world, &request);
    return request;
}

static void must(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "kinds: %s\n", what);
    MPI_Abort(MPI_COMM_WORLD, 3);
}

static void blocking(void) {
    int got = 0, tag;
    MPI_Status status;
    PART(send(1), MPI_Recv(&got, 1, MPI_INT, 0, 1, world, MPI_STATUS_IGNORE); must(got == 1, "Recv"));
    PART(tag = 2; MPI_Bsend(&tag, 1, MPI_INT, 1, tag, world),
         MPI_Recv(&got, 1, MPI_INT, MPI_ANY_SOURCE, 2, world, &status); must(status.MPI_SOURCE == 0, "any source"));
    PART(tag = 3; MPI_Ssend(&tag, 1, MPI_INT, 1, tag, world),
         MPI_Recv(&got, 1, MPI_INT, MPI_ANY_SOURCE, MPI_ANY_TAG, world, &status); must(status.MPI_TAG == 3, "any tag"));
    MPI_Request request = MPI_REQUEST_NULL;
    if (rank == 1) request = begun(&got, 4);
    PART(tag = 4; MPI_Rsend(&tag, 1, MPI_INT, 1, tag, world), MPI_Wait(&request, MPI_STATUS_IGNORE));
    must(request == MPI_REQUEST_NULL, "Wait leaves no request");
}

static void nonblocking(void) {
    int got[4], tags[] = {11, 12, 13, 14}, flag = 0;
    MPI_Request sends[4], receives[4];
    if (rank == 1) for (int i = 0; i < 4; i++) receives[i] = begun(&got[i], tags[i]);
    meet();
    if (rank == 0) {
        MPI_Isend(&tags[0], 1, MPI_INT, 1, tags[0], world, &sends[0]);
        MPI_Ibsend(&tags[1], 1, MPI_INT, 1, tags[1], world, &sends[1]);
        MPI_Issend(&tags[2], 1, MPI_INT, 1, tags[2], world, &sends[2]);
        MPI_Irsend(&tags[3], 1, MPI_INT, 1, tags[3], world, &sends[3]);
        MPI_Waitall(4, sends, MPI_STATUSES_IGNORE);
    } else if (rank == 1) {
        MPI_Wait(&receives[0], MPI_STATUS_IGNORE);
        while (!flag) MPI_Test(&receives[1], &flag, MPI_STATUS_IGNORE);
        MPI_Waitall(2, receives + 2, MPI_STATUSES_IGNORE);
        for (int i = 0; i < 4; i++) must(got[i] == tags[i], "the numbers come");
    }
    meet();
}

static void completing(void) {
    int got[12], flag = 0, place, count, done = 0, places[2];
    MPI_Request requests[12];
    MPI_Status statuses[2];
    if (rank == 1) for (int i = 0; i < 12; i++) requests[i] = begun(&got[i], 21 + i);
    meet();
    if (rank == 0) for (int tag = 21; tag <= 32; tag++) send(tag);
    if (rank == 1) {
        for (int i = 0; i < 2; i++) MPI_Waitany(2, requests, &place, MPI_STATUS_IGNORE);
        MPI_Waitany(2, requests, &place, MPI_STATUS_IGNORE);
        must(place == MPI_UNDEFINED, "nothing is left to wait for");
        for (int i = 0; i < 2; i += flag) MPI_Testany(2, requests + 2, &place, &flag, statuses);
        for (done = 0; done < 2; done += count) MPI_Waitsome(2, requests + 4, &count, places, MPI_STATUSES_IGNORE);
        for (done = 0; done < 2; done += count) MPI_Testsome(2, requests + 6, &count, places, statuses);
        for (flag = 0; !flag;) MPI_Testall(2, requests + 8, &flag, MPI_STATUSES_IGNORE);
        for (flag = 0; !flag;) MPI_Request_get_status(requests[10], &flag, MPI_STATUS_IGNORE);
        MPI_Waitall(2, requests + 10, statuses);
        must(statuses[1].MPI_TAG == 32, "statuses are the program's");
    }
    meet();
}

static void persistent(void) {
    int out[] = {41, 42, 43, 44}, got[4];
    MPI_Request requests[5];
    if (rank == 0) {
        MPI_Send_init(&out[0], 1, MPI_INT, 1, 41, world, &requests[0]);
        MPI_Bsend_init(&out[1], 1, MPI_INT, 1, 42, world, &requests[1]);
        MPI_Ssend_init(&out[2], 1, MPI_INT, 1, 43, world, &requests[2]);
        MPI_Rsend_init(&out[3], 1, MPI_INT, 1, 44, world, &requests[3]);
        MPI_Send_init(&out[3], 1, MPI_INT, MPI_PROC_NULL, 45, world, &requests[4]);
    } else {
        for (int i = 0; i < 4; i++) MPI_Recv_init(&got[i], 1, MPI_INT, 0, out[i], world, &requests[i]);
        MPI_Recv_init(&got[0], 1, MPI_INT, MPI_PROC_NULL, 45, world, &requests[4]);
    }
    for (int again = 0; again < 2; again++) {
        if (rank == 1) MPI_Startall(5, requests);
        meet();
        if (rank == 0) for (int i = 0; i < 5; i++) MPI_Start(&requests[i]);
        if (rank < 2) MPI_Waitall(5, requests, MPI_STATUSES_IGNORE);
        /* They are no longer at work: nothing is received once more. */
        if (rank < 2) MPI_Waitall(5, requests, MPI_STATUSES_IGNORE);
        meet();
        out[0] += 100;
    }
    for (int i = 0; i < 5; i++) MPI_Request_free(&requests[i]);
}

/* Ranks 0 and 1 send each other their own rank and the tag. What MPICH receives by 53 and 54 it does not say. */
static void exchanging(void) {
    int other = 1 - rank;
    if (rank < 2) {
        int out[] = {rank, 51}, in[2];
        MPI_Sendrecv(out, 2, MPI_INT, other, 51, in, 2, MPI_INT, other, 51, world, MPI_STATUS_IGNORE);
        must(in[0] == other, "Sendrecv");
        out[1] = 52;
        MPI_Sendrecv_replace(out, 2, MPI_INT, other, 52, other, 52, world, MPI_STATUS_IGNORE);
        must(out[0] == other, "Sendrecv_replace");
    }
#if MPI_VERSION >= 4
    if (rank < 2) {
        int out[] = {rank, 53}, in[2];
        MPI_Request request;
        MPI_Isendrecv(out, 2, MPI_INT, other, 53, in, 2, MPI_INT, other, 53, world, &request);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        out[1] = 54;
        MPI_Isendrecv_replace(out, 2, MPI_INT, other, 54, other, 54, world, &request);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        must(out[0] == other, "Isendrecv_replace");
    }
#else
    if (rank == 0) printf("without 53 54\n");
#endif
    meet();
}

static void probing(void) {
    int got, flag = 0;
    MPI_Status status;
    MPI_Message message;
    MPI_Request request;
    PART(send(61), MPI_Probe(0, 61, world, &status); MPI_Recv(&got, 1, MPI_INT, 0, 61, world, MPI_STATUS_IGNORE));
    PART(send(62), while (!flag) MPI_Iprobe(MPI_ANY_SOURCE, 62, world, &flag, MPI_STATUS_IGNORE);
         MPI_Recv(&got, 1, MPI_INT, 0, 62, world, MPI_STATUS_IGNORE));
    PART(send(63), MPI_Mprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, world, &message, &status);
         MPI_Mrecv(&got, 1, MPI_INT, &message, MPI_STATUS_IGNORE); must(got == 63, "Mrecv"));
    flag = 0;
    PART(send(64), while (!flag) MPI_Improbe(0, 64, world, &flag, &message, MPI_STATUS_IGNORE);
         MPI_Imrecv(&got, 1, MPI_INT, &message, &request); MPI_Wait(&request, &status); must(got == 64, "Imrecv"));
    /* Two that were probed for are received the other way round. */
    MPI_Message first;
    PART(send(65); send(66), MPI_Mprobe(0, 65, world, &first, MPI_STATUS_IGNORE);
         MPI_Mprobe(0, 66, world, &message, MPI_STATUS_IGNORE); MPI_Mrecv(&got, 1, MPI_INT, &message, MPI_STATUS_IGNORE);
         MPI_Mrecv(&got, 1, MPI_INT, &first, MPI_STATUS_IGNORE));
}

/* Messages to and from nobody are none. */
static void nobody(void) {
    int out = 0, in = 0;
    MPI_Request requests[2];
    MPI_Message message;
    MPI_Send(&out, 1, MPI_INT, MPI_PROC_NULL, 0, world);
    MPI_Recv(&in, 1, MPI_INT, MPI_PROC_NULL, 0, world, MPI_STATUS_IGNORE);
    MPI_Isend(&out, 1, MPI_INT, MPI_PROC_NULL, 0, world, &requests[0]);
    MPI_Irecv(&in, 1, MPI_INT, MPI_PROC_NULL, 0, world, &requests[1]);
    MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    MPI_Sendrecv(&out, 1, MPI_INT, MPI_PROC_NULL, 0, &in, 1, MPI_INT, MPI_PROC_NULL, 0, world, MPI_STATUS_IGNORE);
    MPI_Mprobe(MPI_PROC_NULL, 0, world, &message, MPI_STATUS_IGNORE);
    MPI_Mrecv(&in, 1, MPI_INT, &message, MPI_STATUS_IGNORE);
}

/* Receives that come to nothing: 71 is cancelled; 72 is freed, so that its send alone is recorded; 73 and 74 have no room
 * for what is sent, and 75, which is waited for together with 74, has. The requests that follow may get their handles. */
static void failing(void) {
    int got[2], two[] = {1, 2}, tag;
    MPI_Request requests[2];
    PART((void)0, requests[0] = begun(got, 71); MPI_Cancel(&requests[0]); MPI_Wait(&requests[0], MPI_STATUS_IGNORE));
    PART(send(72), requests[0] = begun(got, 72); MPI_Request_free(&requests[0]));
    MPI_Comm_set_errhandler(world, MPI_ERRORS_RETURN);
    PART(MPI_Send(two, 2, MPI_INT, 1, 73, world), requests[0] = begun(got, 73);
         must(MPI_Wait(&requests[0], MPI_STATUS_IGNORE) != MPI_SUCCESS, "there was room"));
    PART(MPI_Send(two, 2, MPI_INT, 1, 74, world); send(75), requests[0] = begun(got, 74); requests[1] = begun(got + 1, 75);
         must(MPI_Waitall(2, requests, MPI_STATUSES_IGNORE) != MPI_SUCCESS, "there was room");
         /* The second may be still under way. */
         if (requests[1] != MPI_REQUEST_NULL) MPI_Wait(&requests[1], MPI_STATUS_IGNORE));
    for (tag = 76; tag < 79; tag++)
        PART(MPI_Isend(&tag, 1, MPI_INT, 1, tag, world, &requests[0]); MPI_Wait(&requests[0], MPI_STATUS_IGNORE),
             requests[0] = begun(got, tag); MPI_Wait(&requests[0], MPI_STATUS_IGNORE));
    MPI_Comm_set_errhandler(world, MPI_ERRORS_ARE_FATAL);
}

/* Other communicators number the ranks otherwise. 81 goes from rank 2 to rank 0, 82 from 0 to 2. */
static void communicators(void) {
    MPI_Comm reversed, half, between, copy;
    MPI_Datatype pair;
    MPI_Request request;
    int number = 81, got[2];
    MPI_Comm_split(world, 0, -rank, &reversed);
    if (rank == 2) MPI_Send(&number, 1, MPI_INT, 2, 81, reversed);
    if (rank == 0) MPI_Recv(&number, 1, MPI_INT, MPI_ANY_SOURCE, 81, reversed, MPI_STATUS_IGNORE);
    MPI_Comm_free(&reversed);
    MPI_Comm_split(world, rank == 0, 0, &half);
    MPI_Intercomm_create(half, 0, world, rank == 0 ? 1 : 0, 99, &between);
    number = 82;
    if (rank == 0) MPI_Send(&number, 1, MPI_INT, 1, 82, between);
    if (rank == 2) MPI_Recv(&number, 1, MPI_INT, 0, 82, between, MPI_STATUS_IGNORE);
    MPI_Comm_free(&between);
    MPI_Comm_free(&half);
    /* Both are freed before the receive is completed. */
    MPI_Comm_dup(world, &copy);
    MPI_Type_contiguous(2, MPI_INT, &pair);
    MPI_Type_commit(&pair);
    if (rank == 0) MPI_Send(got, 1, pair, 1, 83, copy);
    if (rank == 1) MPI_Irecv(got, 1, pair, 0, 83, copy, &request);
    MPI_Type_free(&pair);
    MPI_Comm_free(&copy);
    if (rank == 1) MPI_Wait(&request, MPI_STATUS_IGNORE);
    meet();
}

/* The functions that count in 64 bits. */
static void counting(void) {
#if MPI_VERSION >= 4
    int got, tag, other = 1 - rank;
    MPI_Message message;
    MPI_Request requests[2];
    PART(tag = 91; MPI_Send_c(&tag, 1, MPI_INT, 1, tag, world), MPI_Recv_c(&got, 1, MPI_INT, 0, 91, world, MPI_STATUS_IGNORE));
    PART(tag = 92; MPI_Ssend_c(&tag, 1, MPI_INT, 1, tag, world),
         MPI_Mprobe(0, 92, world, &message, MPI_STATUS_IGNORE); MPI_Mrecv_c(&got, 1, MPI_INT, &message, MPI_STATUS_IGNORE));
    PART(tag = 93; MPI_Isend_c(&tag, 1, MPI_INT, 1, tag, world, requests); MPI_Wait(requests, MPI_STATUS_IGNORE),
         MPI_Irecv_c(&got, 1, MPI_INT, 0, 93, world, requests); MPI_Wait(requests, MPI_STATUS_IGNORE));
    PART(tag = 94; MPI_Bsend_c(&tag, 1, MPI_INT, 1, tag, world),
         MPI_Mprobe(0, 94, world, &message, MPI_STATUS_IGNORE);
         MPI_Imrecv_c(&got, 1, MPI_INT, &message, requests); MPI_Wait(requests, MPI_STATUS_IGNORE));
    PART(tag = 95; MPI_Send_init_c(&tag, 1, MPI_INT, 1, tag, world, requests); MPI_Start(requests);
         MPI_Wait(requests, MPI_STATUS_IGNORE); MPI_Request_free(requests),
         MPI_Recv_init_c(&got, 1, MPI_INT, 0, 95, world, requests); MPI_Start(requests);
         MPI_Wait(requests, MPI_STATUS_IGNORE); MPI_Request_free(requests));
    if (rank < 2) {
        int out[] = {rank, 96}, in[2];
        MPI_Sendrecv_c(out, 2, MPI_INT, other, 96, in, 2, MPI_INT, other, 96, world, MPI_STATUS_IGNORE);
    }
    meet();
#else
    if (rank == 0) printf("without 91 92 93 94 95 96\n");
#endif
}

/* What collectives send is not the program's. */
static void together(void) {
    int number = rank, sum, all[3];
    MPI_Bcast(&number, 1, MPI_INT, 0, world);
    MPI_Allreduce(&number, &sum, 1, MPI_INT, MPI_SUM, world);
    MPI_Allgather(&rank, 1, MPI_INT, all, 1, MPI_INT, world);
    must(all[2] == 2, "Allgather");
}

int main(int argc, char **argv) {
    MPI_Init(&argc, &argv);
    world = MPI_COMM_WORLD;
    MPI_Comm_rank(world, &rank);
    MPI_Buffer_attach(malloc(ROOM), ROOM);
    blocking();
    nonblocking();
    completing();
    persistent();
    exchanging();
    probing();
    nobody();
    failing();
    communicators();
    counting();
    together();
    if (rank == 0) printf("done\n");
    MPI_Finalize();
    return 0;
}

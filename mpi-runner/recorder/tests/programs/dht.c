/* A distributed hash table in the classic protocol, as a student might write it in C.
 *
 *     mpirun -n 8 ./dht COMMANDS [--bug NAME]
 *
 * COMMANDS is a file with a command a line: put 5 50, get 5, add 3 500, remove 500. What is no command is
 * passed over. Numbers travel as MPI_LONG; what has a map in it, as JSON in MPI_CHAR. The bugs:
 *
 *     wrong-parent  a node that leaves tells its child its own id and not its parent's
 *     wrong-value   a GET is answered with another value
 *     wrong-owner   a GET is answered in another node's name
 *     hang          a REMOVE is not acknowledged
 *     crash         a GET is read through a null pointer
 *     livelock      a GET goes back and forth between the head and its child for ever
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum tag { PUT, GET, ADD, REMOVE, END, RETVAL, ACK, INIT, COMPLETE, NEW_PARENT, NEW_CHILD, TAKE_ALL, TAKE_MINE };
enum { HEAD = 0, LARGEST = 1000, MOST_KEYS = 1001, TEXT = 1 << 16 };

struct map { int count; long key[MOST_KEYS], value[MOST_KEYS]; };
struct neighbour { long rank, id; };
struct record { long field[6]; struct map storage; };

static int rank, ranks;
static const char *bug = "";
static long id;
static struct neighbour parent, child;
static struct map storage;

static int is(const char *name) { return !strcmp(bug, name); }

static long *find(struct map *map, long key) {
    for (int i = 0; i < map->count; i++)
        if (map->key[i] == key) return &map->value[i];
    return NULL;
}

static void set(struct map *map, long key, long value) {
    long *old = find(map, key);
    if (old) { *old = value; return; }
    map->key[map->count] = key;
    map->value[map->count++] = value;
}

static char *write_map(char *at, const struct map *map) {
    *at++ = '{';
    for (int i = 0; i < map->count; i++)
        at += sprintf(at, "%s\"%ld\":%ld", i ? "," : "", map->key[i], map->value[i]);
    *at++ = '}';
    *at = 0;
    return at;
}

static const char *read_map(const char *at, struct map *map) {
    map->count = 0;
    at = strchr(at, '{') + 1;
    while (*at != '}') {
        char *end;
        at += strspn(at, ",\"");
        long key = strtol(at, &end, 10);
        long value = strtol(end + 2, &end, 10);
        set(map, key, value);
        at = end;
    }
    return at + 1;
}

static void write_record(char *text, const struct record *record) {
    *text++ = '[';
    for (int i = 0; i < 6; i++) text += sprintf(text, "%ld,", record->field[i]);
    strcpy(write_map(text, &record->storage), "]");
}

static void read_record(const char *text, struct record *record) {
    char *at = (char *)text;
    for (int i = 0; i < 6; i++) record->field[i] = strtol(at + 1, &at, 10);
    read_map(at, &record->storage);
}

static void send_numbers(const long *numbers, int count, int to, enum tag tag) {
    MPI_Send(numbers, count, MPI_LONG, to, tag, MPI_COMM_WORLD);
}

static void send_two(long one, long other, int to, enum tag tag) {
    long numbers[] = {one, other};
    send_numbers(numbers, 2, to, tag);
}

static void send_text(const char *text, int to, enum tag tag) {
    MPI_Send(text, (int)strlen(text), MPI_CHAR, to, tag, MPI_COMM_WORLD);
}

static void receive_text(char *text, int from, enum tag tag) {
    MPI_Status status;
    int length;
    MPI_Recv(text, TEXT - 1, MPI_CHAR, from, tag, MPI_COMM_WORLD, &status);
    MPI_Get_count(&status, MPI_CHAR, &length);
    text[length] = 0;
}

/* Sends a record and waits until the other has done what it asks for. */
static void ask(const struct record *record, int other, enum tag tag, char *answer) {
    static char text[TEXT];
    write_record(text, record);
    send_text(text, other, tag);
    receive_text(answer, other, COMPLETE);
}

static void add(const long *message) {
    static char answer[TEXT];
    static struct record record;
    if (message[1] >= id) { send_numbers(message, 2, child.rank, ADD); return; }
    record = (struct record){{rank, id, parent.rank, parent.id, message[0], message[1]}, storage};
    ask(&record, message[0], INIT, answer);
    ask(&record, parent.rank, NEW_CHILD, answer);
    parent = (struct neighbour){message[0], message[1]};
    int moving = 0;
    for (int i = 0; i < storage.count; i++) moving += storage.key[i] <= message[1];
    while (moving--) {
        static struct map taken;
        ask(&record, message[0], TAKE_MINE, answer);
        read_map(read_map(answer, &taken), &storage);
    }
    send_numbers(NULL, 0, child.rank, ACK);
}

static void leave(void) {
    static char answer[TEXT];
    static struct record record;
    record = (struct record){{rank, id, parent.rank, parent.id, child.rank, child.id}, storage};
    if (storage.count) ask(&record, child.rank, TAKE_ALL, answer);
    ask(&record, parent.rank, NEW_CHILD, answer);
    send_two(parent.rank, is("wrong-parent") ? id : parent.id, child.rank, NEW_PARENT);
    receive_text(answer, child.rank, COMPLETE);
    storage.count = 0;
    if (!is("hang")) send_numbers(NULL, 0, parent.rank, ACK);
}

static void answer_get(const long *value) {
    if (is("crash")) value = (const long *)8;
    if (value) send_two(*value + is("wrong-value"), id + is("wrong-owner"), child.rank, RETVAL);
}

static void handle_numbers(enum tag tag, const long *numbers, int count, int source) {
    switch (tag) {
    case PUT:
        if (numbers[0] > id) { send_numbers(numbers, 2, child.rank, PUT); break; }
        set(&storage, numbers[0], numbers[1]);
        send_numbers(numbers, 2, child.rank, ACK);
        break;
    case GET:
        if (is("livelock")) { send_numbers(numbers, 1, rank == HEAD ? child.rank : HEAD, GET); break; }
        if (numbers[0] > id) { send_numbers(numbers, 1, child.rank, GET); break; }
        answer_get(find(&storage, numbers[0]));
        break;
    case ADD:
        add(numbers);
        break;
    case REMOVE:
        if (numbers[0] == id) leave();
        else send_numbers(numbers, 1, child.rank, REMOVE);
        break;
    case NEW_PARENT:
        parent = (struct neighbour){numbers[0], numbers[1]};
        send_text("", source, COMPLETE);
        break;
    default: /* RETVAL, ACK */
        send_numbers(numbers, count, rank == HEAD ? parent.rank : child.rank, tag);
    }
}

static void handle_text(enum tag tag, const char *text, int source) {
    static struct record record;
    static char answer[2 * TEXT];
    read_record(text, &record);
    switch (tag) {
    case INIT:
        parent = (struct neighbour){record.field[2], record.field[3]};
        child = (struct neighbour){record.field[0], record.field[1]};
        id = record.field[5];
        storage.count = 0;
        send_text("", source, COMPLETE);
        break;
    case NEW_CHILD:
        child = (struct neighbour){record.field[4], record.field[5]};
        send_text("", source, COMPLETE);
        break;
    case TAKE_ALL:
        for (int i = 0; i < record.storage.count; i++) set(&storage, record.storage.key[i], record.storage.value[i]);
        send_text("", source, COMPLETE);
        break;
    default: { /* TAKE_MINE */
        static struct map left;
        left.count = 0;
        for (int i = 0; i < record.storage.count; i++) {
            struct map *to = record.storage.key[i] <= id ? &storage : &left;
            set(to, record.storage.key[i], record.storage.value[i]);
        }
        answer[0] = '[';
        char *at = write_map(answer + 1, &storage);
        *at++ = ',';
        strcpy(write_map(at, &left), "]");
        send_text(answer, source, COMPLETE);
    }
    }
}

static void node(void) {
    static char text[TEXT];
    for (;;) {
        MPI_Status status;
        MPI_Probe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
        int source = status.MPI_SOURCE, tag = status.MPI_TAG, count;
        if (tag == INIT || tag == NEW_CHILD || tag == TAKE_ALL || tag == TAKE_MINE) {
            receive_text(text, source, tag);
            handle_text(tag, text, source);
            continue;
        }
        long numbers[2];
        MPI_Recv(numbers, 2, MPI_LONG, source, tag, MPI_COMM_WORLD, &status);
        MPI_Get_count(&status, MPI_LONG, &count);
        if (tag == END) break;
        handle_numbers(tag, numbers, count, source);
    }
    /* Nobody reads what an END carries: as in the course's programs, it is what happens to lie there. */
    long unset = 32764;
    for (int other = 1; rank == HEAD && other < ranks - 1; other++) send_numbers(&unset, 1, other, END);
}

static void command(const char *path) {
    static const char *verbs[] = {"put", "get", "add", "remove"};
    FILE *commands = fopen(path, "r");
    if (!commands) MPI_Abort(MPI_COMM_WORLD, 2);
    char line[256], verb[16];
    long numbers[2];
    while (fgets(line, sizeof line, commands)) {
        int words = sscanf(line, "%15s %ld %ld", verb, &numbers[0], &numbers[1]), tag = 0;
        while (words >= 2 && tag < 4 && strcmp(verb, verbs[tag])) tag++;
        if (words < 2 || tag == 4) continue;
        send_numbers(numbers, words - 1, HEAD, tag);
        MPI_Recv(numbers, 2, MPI_LONG, HEAD, tag == GET ? RETVAL : ACK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (tag == GET) printf("val is %ld, storage id is %ld\n", numbers[0], numbers[1]);
    }
    fclose(commands);
    numbers[0] = 21845;
    send_numbers(numbers, 1, HEAD, END);
    printf("command finalizing\n");
}

int main(int argc, char **argv) {
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (argc > 3) bug = argv[3];
    if (rank == HEAD) {
        parent = (struct neighbour){ranks - 1, -1};
        child = (struct neighbour){ranks - 2, LARGEST};
    } else if (rank == ranks - 2) {
        id = LARGEST;
        parent = child = (struct neighbour){HEAD, 0};
    }
    if (rank == ranks - 1) command(argv[1]);
    else node();
    MPI_Finalize();
    return 0;
}

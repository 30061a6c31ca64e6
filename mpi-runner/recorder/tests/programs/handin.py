"""A distributed hash table with messages of its own between the nodes, as a student might hand it in.

    mpirun -n 8 python handin.py COMMANDS [--bug NAME]

The head knows the ring, and asks the owner itself. Without a file of commands, or with one that is called
`built-in`, the commands are those of SCRIPT. The bugs:

    wrong-value  a GET is answered with another value
    wrong-owner  a GET is answered in another node's name
    hang         a REMOVE is not acknowledged
    crash        a GET of a key raises an exception at its owner
    livelock     the head and the owner send a GET back and forth for ever
    lingers      the owner of a key does not leave at the end
"""

import sys
from mpi4py import MPI

PUT, GET, ADD, REMOVE, END, RETVAL, ACK = range(7)
STORE, LOOK_UP, FOUND, MOVE, PAIRS = range(20, 25)
LARGEST = 1000
SCRIPT = ["put 400 4", "get 400"]

world = MPI.COMM_WORLD
rank, ranks = world.Get_rank(), world.Get_size()
HEAD, PERMANENT, COMMAND = 0, ranks - 2, ranks - 1
bug = sys.argv[3] if "--bug" in sys.argv else None


def head():
    ring = {LARGEST: PERMANENT}

    def owner_of(key):
        return min(number for number in ring if number >= key)

    while True:
        status = MPI.Status()
        message = world.recv(source=COMMAND, tag=MPI.ANY_TAG, status=status)
        tag = status.Get_tag()
        if tag == END:
            break
        if tag == PUT:
            world.send(message, ring[owner_of(message[0])], STORE)
            world.recv(source=ring[owner_of(message[0])], tag=STORE)
            world.send(message, COMMAND, ACK)
        elif tag == GET:
            owner = owner_of(message)
            value = ask(ring[owner], message)
            if value is not None:
                world.send([value + (bug == "wrong-value"), owner - (bug == "wrong-owner")], COMMAND, RETVAL)
        elif tag == ADD:
            new, number = message
            move(ring[owner_of(number)], new, number)
            ring[number] = new
            world.send("joined", COMMAND, ACK)
        elif tag == REMOVE:
            leaving = ring.pop(message)
            move(leaving, ring[owner_of(message)], LARGEST)
            if bug != "hang":
                world.send("left", COMMAND, ACK)
    for other in range(1, COMMAND):
        world.send(None, other, END)


def ask(owner, key):
    world.send(key, owner, LOOK_UP)
    value = world.recv(source=owner, tag=FOUND)
    while bug == "livelock":
        world.send(key, owner, LOOK_UP)
        value = world.recv(source=owner, tag=FOUND)
    return value


def move(source, to, number):
    world.send([to, number], source, MOVE)
    world.recv(source=to, tag=PAIRS)


def node():
    storage = {}
    while True:
        status = MPI.Status()
        message = world.recv(source=MPI.ANY_SOURCE, tag=MPI.ANY_TAG, status=status)
        tag = status.Get_tag()
        if tag == END and not (bug == "lingers" and storage):
            return
        if tag == STORE:
            storage[message[0]] = message[1]
            world.send(None, HEAD, STORE)
        elif tag == LOOK_UP:
            world.send(storage[None] if bug == "crash" else storage.get(message), HEAD, FOUND)
        elif tag == MOVE:
            to, number = message
            pairs = {key: value for key, value in storage.items() if key <= number}
            storage = {key: value for key, value in storage.items() if key > number}
            world.send(pairs, to, PAIRS)
        elif tag == PAIRS:
            storage.update(message)
            world.send(None, HEAD, PAIRS)


def command():
    is_built_in = len(sys.argv) < 2 or sys.argv[1] == "built-in"
    for line in SCRIPT if is_built_in else open(sys.argv[1]):
        words = line.split()
        if not words or words[0] not in VERBS:
            continue
        numbers = list(map(int, words[1:]))
        world.send(numbers if len(numbers) > 1 else numbers[0], HEAD, VERBS[words[0]])
        if words[0] == "get":
            value, owner = world.recv(source=HEAD, tag=RETVAL)
            print(f"val is {value}, storage id is {owner}", flush=True)
        else:
            world.recv(source=HEAD, tag=ACK)
    world.send(0, HEAD, END)
    print("command finalizing", flush=True)


VERBS = {"put": PUT, "get": GET, "add": ADD, "remove": REMOVE}

if rank == HEAD:
    head()
elif rank == COMMAND:
    command()
else:
    node()

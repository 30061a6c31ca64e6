"""A distributed hash table in the classic protocol, as a student might write it with mpi4py.

    mpirun -n 8 python dht.py COMMANDS [--bug short-way]

COMMANDS is a file with a command a line: put 5 50, get 5, add 3 500, remove 500. What is no command is
passed over. With the bug, a node that answers a GET sends the value to the head itself, and not to its child.
"""

import sys
from mpi4py import MPI

PUT, GET, ADD, REMOVE, END, RETVAL, ACK, INIT, COMPLETE, NEW_PARENT, NEW_CHILD, TAKE_ALL, TAKE_MINE = range(13)
HEAD, LARGEST = 0, 1000

world = MPI.COMM_WORLD
rank, ranks = world.Get_rank(), world.Get_size()
PERMANENT, COMMAND = ranks - 2, ranks - 1
bug = sys.argv[3] if "--bug" in sys.argv else None


class Node:
    def __init__(self):
        self.id = self.parent = self.child = self.storage = None
        if rank == HEAD:
            self.id, self.parent, self.child = 0, (COMMAND, None), (PERMANENT, LARGEST)
        if rank == PERMANENT:
            self.id, self.parent, self.child, self.storage = LARGEST, (HEAD, 0), (HEAD, 0), {}

    def run(self):
        while True:
            status = MPI.Status()
            message = world.recv(source=MPI.ANY_SOURCE, tag=MPI.ANY_TAG, status=status)
            if status.Get_tag() == END:
                break
            self.handle(status.Get_tag(), message, status.Get_source())
        if rank == HEAD:
            for other in range(1, COMMAND):
                world.send(0, other, END)

    def handle(self, tag, message, source):
        if tag == PUT:
            self.put(message)
        elif tag == GET:
            self.get(message)
        elif tag == ADD:
            self.add(message)
        elif tag == REMOVE:
            self.remove(message)
        elif tag in (RETVAL, ACK):
            world.send(message, self.parent[0] if rank == HEAD else self.child[0], tag)
        elif tag == INIT:
            self.parent, self.child = tuple(message[2:4]), tuple(message[0:2])
            self.id, self.storage = message[5], {}
            world.send(None, source, COMPLETE)
        elif tag == NEW_CHILD:
            self.child = tuple(message[4:6])
            world.send(None, source, COMPLETE)
        elif tag == NEW_PARENT:
            self.parent = tuple(message)
            world.send(None, source, COMPLETE)
        elif tag == TAKE_MINE:
            self.storage.update((key, value) for key, value in message[6].items() if key <= self.id)
            left = {key: value for key, value in message[6].items() if key not in self.storage}
            world.send([self.storage, left], source, COMPLETE)
        elif tag == TAKE_ALL:
            self.storage.update(message[6])
            world.send(None, source, COMPLETE)

    def put(self, message):
        key, value = message
        if key <= self.id:
            self.storage[key] = value
            world.send([key, value], self.child[0], ACK)
        else:
            world.send(message, self.child[0], PUT)

    def get(self, key):
        if key > self.id:
            world.send(key, self.child[0], GET)
        elif key in self.storage:
            to = HEAD if bug == "short-way" else self.child[0]
            world.send([self.storage[key], self.id], to, RETVAL)

    def add(self, message):
        new, new_id = message
        if new_id >= self.id:
            world.send(message, self.child[0], ADD)
            return
        record = [rank, self.id, *self.parent, new, new_id, self.storage]
        self.ask(new, record, INIT)
        self.ask(self.parent[0], record, NEW_CHILD)
        self.parent = (new, new_id)
        for _ in [key for key in self.storage if key <= new_id]:
            _, self.storage = self.ask(new, record, TAKE_MINE)
        world.send(None, self.child[0], ACK)

    def remove(self, leaving):
        if leaving != self.id:
            world.send(leaving, self.child[0], REMOVE)
            return
        record = [rank, self.id, *self.parent, *self.child, self.storage]
        if self.storage:
            self.ask(self.child[0], record, TAKE_ALL)
        self.ask(self.parent[0], record, NEW_CHILD)
        self.ask(self.child[0], list(self.parent), NEW_PARENT)
        parent = self.parent[0]
        self.parent = self.child = self.storage = None
        world.send(None, parent, ACK)

    def ask(self, other, message, tag):
        world.send(message, other, tag)
        return world.recv(source=other, tag=COMPLETE)


def command(lines):
    for words in map(str.split, lines):
        verb, numbers = (words[0], list(map(int, words[1:]))) if words and words[0] in VERBS else (None, None)
        if verb is None:
            continue
        world.send(numbers if len(numbers) > 1 else numbers[0], HEAD, VERBS[verb])
        if verb == "get":
            value, owner = world.recv(source=HEAD, tag=RETVAL)
            print(f"val is {value}, storage id is {owner}", flush=True)
        else:
            world.recv(source=HEAD, tag=ACK)
    world.send(0, HEAD, END)
    print("command finalizing", flush=True)


VERBS = {"put": PUT, "get": GET, "add": ADD, "remove": REMOVE}

if rank == COMMAND:
    with open(sys.argv[1]) as commands:
        command(commands)
else:
    Node().run()

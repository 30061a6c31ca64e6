"""Sends from rank 0 to rank 1 what mpi4py programs send, in all the ways that they have; tags count from 0."""

import itertools
from array import array
from collections import namedtuple
from mpi4py import MPI

world = MPI.COMM_WORLD
rank = world.Get_rank()
tags = itertools.count()
Point = namedtuple("Point", "x y")

OBJECTS = [
    None, True, 5, -(2**40), 2**70, 0.5, "text", [], (1, "two", None), {1: [2.5, {"a": ()}]}, {"b": 1, "a": 2},
    {2: "x", 10: "y", 1: "z"}, b"bytes", {1, 2}, Point(1, 2), 1j, MPI.Status, float("inf"),
]


def part(send, receive):
    """Rank 0 does the one and rank 1 the other, with a tag of their own."""
    tag = next(tags)
    world.barrier()
    if rank == 0:
        send(tag)
    elif rank == 1:
        receive(tag)


def receive_buffer(tag, buffer):
    world.Recv(buffer, source=0, tag=tag)


def probed(tag):
    status = MPI.Status()
    while not world.iprobe(source=MPI.ANY_SOURCE, tag=tag, status=status):
        pass
    world.probe(source=0, tag=tag)
    assert world.recv(source=status.Get_source(), tag=tag) == "probed"


for thing in OBJECTS:
    part(lambda tag: world.send(thing, 1, tag), lambda tag: world.recv(source=MPI.ANY_SOURCE, tag=tag))

part(lambda tag: world.ssend([1], 1, tag), lambda tag: world.recv(source=0, tag=tag))
part(lambda tag: world.isend([2], 1, tag).wait(), lambda tag: world.irecv(source=0, tag=tag).wait())


def tested(tag):
    request = world.irecv(source=MPI.ANY_SOURCE, tag=tag)
    while not request.test()[0]:
        pass


part(lambda tag: world.issend([3], 1, tag).wait(), tested)
part(lambda tag: world.send("probed", 1, tag), probed)
part(lambda tag: world.send([4], 1, tag), lambda tag: world.mprobe(source=0, tag=tag).recv())
part(lambda tag: MPI.Request.waitall([world.isend(i, 1, tag) for i in range(3)]),
     lambda tag: MPI.Request.waitall([world.irecv(source=0, tag=tag) for _ in range(3)]))
part(lambda tag: world.sendrecv("to", 1, tag, None, 1, tag), lambda tag: world.sendrecv("fro", 0, tag, None, 0, tag))

part(lambda tag: world.Send(b"\x01\x02", 1, tag), lambda tag: receive_buffer(tag, bytearray(2)))
part(lambda tag: world.Send([array("i", [5, 50]), MPI.INT], 1, tag), lambda tag: receive_buffer(tag, array("i", [0, 0])))
part(lambda tag: world.Send(array("d", [0.5]), 1, tag), lambda tag: receive_buffer(tag, array("d", [0.0] * 9)))
part(lambda tag: world.Isend(array("q", [7]), 1, tag).Wait(), lambda tag: world.Irecv(array("q", [0]), 0, tag).Wait())

copy = world.Dup()
part(lambda tag: copy.send("copy", 1, tag), lambda tag: copy.recv(source=0, tag=tag))
turned = world.Split(0, -rank)
part(lambda tag: turned.send("turned", world.size - 2, tag), lambda tag: turned.recv(source=MPI.ANY_SOURCE, tag=tag))
assert world.bcast({"all": rank}, 0) == {"all": 0}
total = array("i", [0])
world.Allreduce(array("i", [1]), total)
assert total[0] == world.size

# Attached buffers are another way out.
MPI.Attach_buffer(bytearray(1 << 16))
part(lambda tag: world.bsend("last", 1, tag), lambda tag: world.recv(source=0, tag=tag))
MPI.Detach_buffer()

"""Two ranks talk, and start processes beside: programs, and copies of themselves that end with an exception."""

import os
import subprocess
import sys


def start_helpers():
    said = subprocess.run([sys.executable, "-c", "print('helped')"], capture_output=True, text=True)
    assert said.stdout == "helped\n", said
    helper = os.fork()
    if helper == 0:
        raise ValueError("of a helper")
    assert os.waitpid(helper, 0)[1] == 1 << 8


start_helpers()
import mpi4py

# At the end of a forked process as well, it would be finalized.
mpi4py.rc.finalize = False
from mpi4py import MPI

world = MPI.COMM_WORLD
for number in range(3):
    start_helpers()
    world.sendrecv(number, 1 - world.rank, source=1 - world.rank)
MPI.Finalize()

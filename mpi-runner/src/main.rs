//! The program `mpi-runner`: the nodes of a protocol, each a process under real MPI.

fn main() {}

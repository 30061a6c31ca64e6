//! A library put in front of MPI that writes down the messages of any MPI program.

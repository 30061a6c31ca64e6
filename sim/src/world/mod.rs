//! The world that runs nodes: MPI's matching rules, latencies, and how a run ends.

pub mod latency;

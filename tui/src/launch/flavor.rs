//! The two MPIs that are known here, and how they differ for whoever starts a program under them.

use std::ffi::{OsStr, OsString};

use clap::ValueEnum;

/// An implementation of MPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub(crate) enum Flavor {
    /// Open MPI
    #[value(name = "openmpi")]
    OpenMpi,
    /// MPICH, and those that are made from it
    #[value(name = "mpich")]
    Mpich,
}

impl Flavor {
    /// Both, the one that is tried first at the head.
    pub(crate) const ALL: [Flavor; 2] = [Flavor::OpenMpi, Flavor::Mpich];

    /// What it calls itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Flavor::OpenMpi => "Open MPI",
            Flavor::Mpich => "MPICH",
        }
    }

    /// Its name in folders, flags and on Debian's programs.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Flavor::OpenMpi => "openmpi",
            Flavor::Mpich => "mpich",
        }
    }

    /// The one that a library's or a launcher's own words on its version are of.
    pub(crate) fn of_version(words: &str) -> Option<Flavor> {
        let is_open = ["Open MPI", "OpenRTE", "open-mpi", "PRRTE", "prte"];
        let is_mpich = ["MPICH", "HYDRA", "Intel(R) MPI", "MVAPICH"];
        let has = |marks: &[&str]| marks.iter().any(|mark| words.contains(mark));
        match (has(&is_open), has(&is_mpich)) {
            (true, _) => Some(Flavor::OpenMpi),
            (false, true) => Some(Flavor::Mpich),
            (false, false) => None,
        }
    }

    /// What its launcher takes to give its ranks, and not itself, a variable.
    pub(crate) fn handing_on(self, name: &str, value: &OsStr) -> Vec<OsString> {
        match self {
            Flavor::OpenMpi => {
                let mut pair = OsString::from(name);
                pair.push("=");
                pair.push(value);
                vec!["-x".into(), pair]
            }
            Flavor::Mpich => vec!["-genv".into(), name.into(), value.into()],
        }
    }

    /// What its launcher wants to find in the environment, so that a user need not say it: to run as
    /// root, as in a container, and more ranks than there are cores.
    pub(crate) fn environment(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Flavor::OpenMpi => &[
                ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
                ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
                // Of Open MPI 4, and of its successors.
                ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
                ("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"),
            ],
            Flavor::Mpich => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launchers_and_libraries_are_told_apart_by_their_own_words() {
        let of = Flavor::of_version;
        assert_eq!(of("mpirun.openmpi (OpenRTE) 4.1.4\n"), Some(Flavor::OpenMpi));
        assert_eq!(of("mpirun (Open MPI) 5.0.11\n"), Some(Flavor::OpenMpi));
        assert_eq!(of("HYDRA build details:\n    Version: 4.0.2\n"), Some(Flavor::Mpich));
        assert_eq!(of("Open MPI v4.1.4, package: Debian OpenMPI"), Some(Flavor::OpenMpi));
        assert_eq!(of("MPICH Version:\t4.0.2"), Some(Flavor::Mpich));
        assert_eq!(of("srun 23.11"), None);
    }
}

//! Who started this process: the launcher of our own MPI, of the other one, or nobody.
//!
//! Under the launcher of another MPI every process takes itself for the only one ("0 of 1"), and each
//! would run alone. The environment variables that each launcher sets show which one it was.

use std::env;

/// An MPI implementation, and the environment variables that its launcher sets.
struct Mpi {
    name: &'static str,
    /// A word that is in the library's version.
    mark: &'static str,
    rank: &'static str,
    size: &'static str,
    launcher: &'static str,
}

const OPEN_MPI: Mpi = Mpi {
    name: "Open MPI",
    mark: "Open MPI",
    rank: "OMPI_COMM_WORLD_RANK",
    size: "OMPI_COMM_WORLD_SIZE",
    launcher: "mpirun.openmpi",
};

const MPICH: Mpi = Mpi {
    name: "MPICH",
    mark: "MPICH",
    rank: "PMI_RANK",
    size: "PMI_SIZE",
    launcher: "mpirun.mpich",
};

/// How this process was launched, as the environment has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Launched {
    by: &'static str,
    /// Which of the processes this is.
    pub rank: u32,
    /// How many there are.
    pub size: u32,
}

impl Launched {
    /// As the launcher's environment variables say; `None` without a launcher that is known here.
    pub(crate) fn from_environment() -> Option<Launched> {
        let number = |name: &str| env::var(name).ok()?.parse().ok();
        [OPEN_MPI, MPICH].into_iter().find_map(|mpi| {
            Some(Launched { by: mpi.name, rank: number(mpi.rank)?, size: number(mpi.size)? })
        })
    }
}

/// Whether this process is the one that prints for all, known before MPI has been initialized.
pub(crate) fn prints_for_all() -> bool {
    Launched::from_environment().is_none_or(|launched| launched.rank == 0)
}

/// The library's name and version, such as `Open MPI v4.1.4` or `MPICH 4.0.2`.
pub(crate) fn short_version(version: &str) -> String {
    let first = version.lines().next().unwrap_or_default();
    let first = first.split(',').next().unwrap_or_default().replace(" Version:", "");
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is wrong with how the processes were launched, with a hint.
///
/// `version` is what the library says of itself, `size` how many processes it sees.
pub(crate) fn problem(
    version: &str,
    size: u32,
    launched: Option<Launched>,
) -> Option<(String, String)> {
    let ours = [OPEN_MPI, MPICH].into_iter().find(|mpi| version.contains(mpi.mark));
    let short = short_version(version);
    let launcher = ours.as_ref().map_or("mpirun", |mpi| mpi.launcher);
    let advice = format!("start it with the launcher of {short}, such as {launcher} -n 8");
    match launched {
        Some(Launched { by, .. }) if ours.as_ref().is_some_and(|mpi| mpi.name != by) => {
            Some((format!("launched by {by}, but built with {short}"), advice))
        }
        Some(Launched { by, size: started, .. }) if started != size => {
            let what = format!(
                "the launcher, of {by}, started {started} processes, but {short} sees {size}"
            );
            Some((what, advice))
        }
        None if size == 1 => Some(("was started without an MPI launcher".into(), advice)),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: &str = "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4";
    const PICH: &str = "MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 2022\n";

    fn launched(by: &'static str) -> Option<Launched> {
        Some(Launched { by, rank: 0, size: 8 })
    }

    #[test]
    fn a_library_is_named_with_its_version() {
        assert_eq!(short_version(OPEN), "Open MPI v4.1.4");
        assert_eq!(short_version(PICH), "MPICH 4.0.2");
    }

    #[test]
    fn the_launcher_of_the_other_mpi_is_named() {
        let (what, advice) = problem(OPEN, 1, launched("MPICH")).expect("it is the wrong one");
        assert_eq!(what, "launched by MPICH, but built with Open MPI v4.1.4");
        assert!(advice.contains("mpirun.openmpi"), "{advice}");
        let (what, _) = problem(PICH, 1, launched("Open MPI")).expect("it is the wrong one");
        assert_eq!(what, "launched by Open MPI, but built with MPICH 4.0.2");
    }

    #[test]
    fn another_version_s_launcher_shows_by_the_number_of_processes() {
        let (what, _) = problem(OPEN, 1, launched("Open MPI")).expect("eight were started");
        assert!(what.contains("started 8 processes, but Open MPI v4.1.4 sees 1"), "{what}");
    }

    #[test]
    fn a_program_without_a_launcher_gets_the_hint_to_take_one() {
        assert!(problem(PICH, 1, None).is_some_and(|(_, advice)| advice.contains("mpirun.mpich")));
        assert_eq!(problem(PICH, 8, launched("MPICH")), None);
        // A launcher that is not known here, such as a batch system's.
        assert_eq!(problem(PICH, 8, None), None);
    }
}

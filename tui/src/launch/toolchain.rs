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
    cargo: Option<PathBuf>,
    /// The MPI's compiler, `mpicc`.
    compiler: Option<PathBuf>,
    /// The folder of the sources.
    sources: Option<PathBuf>,
    has_libclang: bool,
}

impl Toolchain {
    /// What there is for the MPI of a launcher.
    pub(crate) fn find(flavor: Flavor, launcher: &Path) -> Toolchain {
        Toolchain {
            flavor,
            cargo: on_path("cargo").into_iter().next(),
            compiler: compiler_beside(flavor, launcher),
            sources: sources(),
            has_libclang: has_libclang(),
        }
    }

    /// What lacks, each with how to get it.
    pub(crate) fn missing(&self) -> Vec<String> {
        let packages = match self.flavor {
            Flavor::OpenMpi => "libopenmpi-dev",
            Flavor::Mpich => "libmpich-dev",
        };
        let needs = [
            (
                self.sources.is_some(),
                "the sources of mpi-runner, which the Python package brings along; in a clone `make mpi` builds it"
                    .to_owned(),
            ),
            (self.cargo.is_some(), "cargo, a Rust toolchain: https://rustup.rs".to_owned()),
            (
                self.compiler.is_some(),
                format!("mpicc of {}; Debian and Ubuntu: apt-get install {packages}", self.flavor.name()),
            ),
            (
                self.has_libclang,
                "libclang, which reads MPI's headers; Debian and Ubuntu: apt-get install libclang-dev; elsewhere \
                 the variable LIBCLANG_PATH names its folder"
                    .to_owned(),
            ),
        ];
        needs.into_iter().filter(|(is_there, _)| !is_there).map(|(_, what)| what).collect()
    }

    /// Builds it, and returns where it is; cargo says on standard error how far it is.
    ///
    /// # Errors
    ///
    /// When something is missing, when it cannot be built, or when it cannot be put where it is looked for.
    pub(crate) fn build(&self) -> Result<PathBuf, Failure> {
        let (Some(cargo), Some(compiler), Some(sources)) =
            (&self.cargo, &self.compiler, &self.sources)
        else {
            return Err(Failure::about("mpi-runner", "cannot be built: not all is there"));
        };
        let name = format!("mpi-runner-{}", self.flavor.short());
        let program = built_here(&name).ok_or_else(|| {
            Failure::about(&name, "there is no home to put it into").hint("set the variable HOME")
        })?;
        let into = program.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(into)
            .map_err(|error| Failure::about(&shown(into), format!("cannot be made: {error}")))?;
        let work = tempfile::Builder::new().prefix("build-").tempdir_in(into)?;
        let done = Command::new(cargo)
            .args(["install", "--locked", "--path"])
            .arg(sources.join("mpi-runner"))
            .arg("--target-dir")
            .arg(work.path().join("target"))
            .arg("--root")
            .arg(work.path().join("root"))
            .env("MPICC", compiler)
            .stdin(Stdio::null())
            .status()?;
        if !done.success() {
            return Err(Failure::about("mpi-runner", "cargo could not build it: see above"));
        }
        fs::rename(work.path().join("root/bin/mpi-runner"), &program)?;
        Ok(program)
    }
}

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

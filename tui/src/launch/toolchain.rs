//! What mpi-runner is built with where an MPI is, and how.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ringscope_screen::failure::Failure;
use ringscope_screen::files::shown;
use ringscope_traces::text::Plain;

use super::Flavor;
use super::find::{beside_us, built_here, on_path};

/// What an `mpi-runner` is built with.
#[derive(Debug)]
pub(crate) struct Toolchain {
    flavor: Flavor,
    cargo: Cargo,
    /// The MPI's compiler, `mpicc`.
    compiler: PathBuf,
    /// The system's compiler, which links what Rust has compiled.
    linker: PathBuf,
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
        let sources = sources().ok_or_else(|| SOURCES.to_owned());
        let cargo = Cargo::find();
        let compiler = compiler_beside(flavor, launcher).ok_or_else(|| lacks_compiler(flavor));
        let linker = on_path("cc").into_iter().next().ok_or_else(|| LINKER.to_owned());
        match (sources, cargo, compiler, linker, look_for_libclang()) {
            (Ok(sources), Ok(cargo), Ok(compiler), Ok(linker), Ok(())) => {
                Ok(Toolchain { flavor, cargo, compiler, linker, sources })
            }
            (sources, cargo, compiler, linker, libclang) => {
                let lacks =
                    [sources.err(), cargo.err(), compiler.err(), linker.err(), libclang.err()];
                Err(lacks.into_iter().flatten().collect())
            }
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
        self.download()?;
        self.compile(work.path())?;
        fs::rename(work.path().join("release/mpi-runner"), &program).map_err(fails)?;
        Ok(program)
    }

    /// Apart from compiling, so that whoever has no network is told that it is that.
    fn download(&self) -> Result<(), Failure> {
        let mut command = self.command("fetch");
        // What other systems want is not downloaded.
        succeeds(command.args(["--target", &self.cargo.host]), || {
            Failure::about(
                "mpi-runner",
                "cargo could not download what it is built from: see above",
            )
            .hint("it takes a network, or a mirror of crates.io that cargo's configuration names")
        })
    }

    fn compile(&self, target: &Path) -> Result<(), Failure> {
        let mut command = self.command("build");
        command.args(["--release", "--offline", "--target-dir"]).arg(target);
        command.env("MPICC", &self.compiler);
        if let (None, Some(folder)) = (env::var_os(CLANG_ARGUMENTS), self.compilers_headers()) {
            command.env(CLANG_ARGUMENTS, format!("-idirafter{folder}"));
        }
        succeeds(&mut command, || {
            Failure::about("mpi-runner", "cargo could not build it: see above")
        })
    }

    fn command(&self, what: &str) -> Command {
        let mut command = Command::new(&self.cargo.program);
        command.args([what, "--locked", "--manifest-path"]);
        command.arg(self.sources.join("mpi-runner/Cargo.toml"));
        command
    }

    /// The folder of the compiler's own headers: a libclang by itself has none, and MPI's header wants them.
    fn compilers_headers(&self) -> Option<String> {
        let asked = Command::new(&self.linker).arg("-print-file-name=include").output().ok()?;
        let folder = String::from_utf8(asked.stdout).ok()?.trim().to_owned();
        Path::new(&folder).is_absolute().then_some(folder)
    }
}

/// Further arguments for libclang: `bindgen` reads them.
const CLANG_ARGUMENTS: &str = "BINDGEN_EXTRA_CLANG_ARGS";

fn succeeds(command: &mut Command, failure: impl FnOnce() -> Failure) -> Result<(), Failure> {
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(failure()),
        Err(error) => {
            let program = shown(Path::new(command.get_program()));
            Err(Failure::about(&program, format!("does not start: {error}")))
        }
    }
}

/// A Rust toolchain that is new enough.
#[derive(Debug)]
struct Cargo {
    program: PathBuf,
    /// The system that it builds for, as it calls it.
    host: String,
}

impl Cargo {
    /// The first on the path.
    ///
    /// # Errors
    ///
    /// When there is none, it does not run, or it is too old; with how to get one.
    fn find() -> Result<Cargo, String> {
        let program = on_path("cargo").into_iter().next();
        let program = program.ok_or_else(|| format!("cargo, {NEEDED_RUST}"))?;
        let lacks = |said: &str| format!("{NEEDED_RUST}: {} {}", shown(&program), Plain(said));
        let asked = Command::new(&program).arg("-vV").stdin(Stdio::null()).output();
        let asked = asked.map_err(|error| lacks(&format!("does not start: {error}")))?;
        let words = String::from_utf8_lossy(&asked.stdout);
        let after = |name| words.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let (Some(release), Some(host)) = (after("release:"), after("host:")) else {
            // rustup's cargo without a toolchain says what to do.
            let said = String::from_utf8_lossy(&asked.stderr);
            let said: Vec<&str> = said.split_whitespace().collect();
            return Err(lacks(&format!("says: {}", said.join(" "))));
        };
        if numbers(release) < numbers(env!("CARGO_PKG_RUST_VERSION")) {
            return Err(lacks(&format!("is {release}")));
        }
        Ok(Cargo { host: host.to_owned(), program })
    }
}

/// The first two numbers of a version; the third makes no difference here.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').take(2).map_while(|number| number.parse().ok()).collect()
}

const SOURCES: &str =
    "the sources of mpi-runner, which a package brings along; in a clone `make mpi` builds it";

const NEEDED_RUST: &str = concat!(
    "a Rust toolchain, ",
    env!("CARGO_PKG_RUST_VERSION"),
    " or newer, from https://rustup.rs"
);

const LINKER: &str = "cc, a C compiler; Debian and Ubuntu: apt-get install gcc libc6-dev";

fn lacks_compiler(flavor: Flavor) -> String {
    let package = match flavor {
        Flavor::OpenMpi => "libopenmpi-dev",
        Flavor::Mpich => "libmpich-dev",
    };
    format!("mpicc of {}; Debian and Ubuntu: apt-get install {package}", flavor.name())
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

/// The variable that names the folder of libclang; where it is set, nobody looks elsewhere.
const LIBCLANG_VARIABLE: &str = "LIBCLANG_PATH";

/// Looks for the library that reads MPI's headers.
///
/// # Errors
///
/// When it is not there, with how to get it.
fn look_for_libclang() -> Result<(), String> {
    let advice = format!(
        "Debian and Ubuntu: apt-get install libclang-dev; elsewhere: pip install libclang, and the variable \
         {LIBCLANG_VARIABLE} names the folder of its libclang.so"
    );
    if let Some(named) = env::var_os(LIBCLANG_VARIABLE) {
        let named = PathBuf::from(named);
        let is_there = is_libclang(&named) || holds_libclang(&named);
        let what =
            format!("libclang, which is not in {} ({LIBCLANG_VARIABLE}); {advice}", shown(&named));
        return is_there.then_some(()).ok_or(what);
    }
    let llvm = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let llvm =
        llvm.filter(|path| path.to_string_lossy().contains("llvm")).map(|path| path.join("lib"));
    let usual =
        ["/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    let is_there = llvm.chain(usual.map(PathBuf::from)).any(|folder| holds_libclang(&folder));
    is_there.then_some(()).ok_or_else(|| format!("libclang, which reads MPI's headers; {advice}"))
}

fn holds_libclang(folder: &Path) -> bool {
    fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|entry| is_libclang(&entry.path())))
}

/// By its name, and not the library of C++ that lies beside it, or alone.
fn is_libclang(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let is_named = name.starts_with("libclang.so") || name.starts_with("libclang-");
    is_named && name.contains(".so") && !name.starts_with("libclang-cpp") && path.is_file()
}

//! `ringscope setup-mpi`, with scripts in the place of an MPI and of cargo.

mod support;

use std::fs;
use std::process::Command;

use support::{CallResult, Folder};

/// The program installed as a package installs it, on a machine where nothing else is.
struct Machine(Folder);

const MPIRUN: &str = "#!/bin/sh\necho 'mpirun (Open MPI) 4.1.4'\n";

/// Builds what says of itself that it was built with Open MPI, and writes down how it was called.
const CARGO: &str = r#"#!/bin/sh
echo "$MPICC $*" >> "$HOME/calls"
while [ "$1" != --target-dir ]; do shift; done
/bin/mkdir -p "$2/release"
printf '#!/bin/sh\necho "Open MPI v4.1.4"\n' > "$2/release/mpi-runner"
/bin/chmod +x "$2/release/mpi-runner"
"#;

impl Machine {
    fn new() -> Machine {
        let folder = Folder::new();
        for name in ["bin", "lib/ringscope", "share/ringscope/source/mpi-runner"] {
            fs::create_dir_all(folder.path(name)).expect("a new folder");
        }
        fs::copy(env!("CARGO_BIN_EXE_ringscope"), folder.path("bin/ringscope")).expect("room");
        folder.write("lib/ringscope/libringscope_recorder.so", "");
        folder.write("share/ringscope/source/mpi-runner/Cargo.toml", "");
        Machine(folder)
    }

    fn with(self, programs: &[(&str, &str)]) -> Machine {
        programs.iter().for_each(|(name, text)| self.0.program(&format!("bin/{name}"), text));
        self
    }

    fn call(&self, words: &str) -> CallResult {
        let mut command = Command::new(self.0.path("bin/ringscope"));
        command
            .args(words.split_whitespace())
            .env_clear()
            .env("HOME", self.0.path(""))
            .env("PATH", self.0.path("bin"))
            .env("LIBCLANG_PATH", self.0.path("lib"));
        CallResult::of(&command.output().expect("it starts"))
    }

    /// Where what it builds is put.
    fn built(&self) -> std::path::PathBuf {
        let version = env!("CARGO_PKG_VERSION");
        self.0.path(&format!(".local/share/ringscope/{version}/mpi-runner-openmpi"))
    }
}

#[test]
fn where_no_mpi_is_it_says_how_to_get_one() {
    let called = Machine::new().call("setup-mpi");
    assert_eq!(called.code, Some(2), "{}", called.err);
    assert!(called.out.contains("lib/ringscope/libringscope_recorder.so"), "{}", called.out);
    assert!(called.err.contains("there is none on the path"), "{}", called.err);
    assert!(called.err.contains("apt-get install openmpi-bin"), "{}", called.err);
}

#[test]
fn what_is_missing_is_named_with_how_to_get_it() {
    let called = Machine::new().with(&[("mpirun", MPIRUN)]).call("setup-mpi");
    assert_eq!(called.code, Some(1), "{}", called.err);
    for words in
        ["missing: cargo, a Rust toolchain: https://rustup.rs", "missing: mpicc of Open MPI"]
    {
        assert!(called.out.contains(words), "{words}: {}", called.out);
    }
    assert!(!called.out.contains("missing: the sources"), "{}", called.out);
}

#[test]
fn it_builds_once_and_the_program_finds_what_it_has_built() {
    let machine = Machine::new().with(&[("mpirun", MPIRUN), ("mpicc", MPIRUN), ("cargo", CARGO)]);
    let checked = machine.call("setup-mpi --check");
    assert_eq!((checked.code, machine.built().exists()), (Some(1), false), "{}", checked.out);
    for _ in 0..2 {
        let called = machine.call("setup-mpi");
        assert_eq!(called.code, Some(0), "{}{}", called.out, called.err);
        assert!(called.out.contains("mpi-runner-openmpi"), "{}", called.out);
    }
    let calls = machine.0.read("calls");
    assert_eq!(calls.lines().count(), 1, "{calls}");
    assert!(calls.starts_with(&*machine.0.path("bin/mpicc").to_string_lossy()), "{calls}");
    assert_eq!(machine.call("setup-mpi --check").code, Some(0));
    let folder = machine.built().parent().expect("a folder").to_owned();
    assert_eq!(fs::read_dir(folder).expect("it is there").count(), 1, "nothing else is left");
}

#[test]
fn what_cannot_be_built_leaves_nothing() {
    let fails = "#!/bin/sh\necho 'error: no such crate' >&2\nexit 101\n";
    let machine = Machine::new().with(&[("mpirun", MPIRUN), ("mpicc", MPIRUN), ("cargo", fails)]);
    let called = machine.call("setup-mpi");
    assert_eq!(called.code, Some(2), "{}", called.out);
    assert!(called.err.contains("error: no such crate"), "{}", called.err);
    assert!(called.err.contains("cargo could not build it: see above"), "{}", called.err);
    let folder = machine.built().parent().expect("a folder").to_owned();
    assert_eq!(fs::read_dir(folder).expect("it is there").count(), 0);
}

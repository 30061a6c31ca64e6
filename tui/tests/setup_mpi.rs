//! `ringscope setup-mpi`, with scripts in the place of an MPI and of cargo.

mod support;

use std::fs;
use std::process::Command;

use support::{CallResult, Folder};

/// The program installed as a package installs it, on a machine where nothing else is.
struct Machine(Folder);

const MPIRUN: &str = "#!/bin/sh\necho 'mpirun (Open MPI) 4.1.4'\n";

/// A compiler that says where its own headers are.
const CC: &str = "#!/bin/sh\necho /nowhere/include\n";

/// Builds what says of itself that it was built with Open MPI, and writes down how it was called.
const CARGO: &str = r#"#!/bin/sh
[ "$1" != -vV ] || { printf 'release: 1.99.0\nhost: x86_64-unknown-linux-gnu\n'; exit; }
echo "$MPICC $*" >> "$HOME/calls"
[ "$1" != fetch ] || exit 0
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
        folder.write("lib/libclang.so", "");
        Machine(folder)
    }

    /// One on which mpi-runner can be built by that cargo.
    fn complete(cargo: &str) -> Machine {
        let programs = [("mpirun", MPIRUN), ("mpicc", MPIRUN), ("cc", CC), ("cargo", cargo)];
        Machine::new().with(&programs)
    }

    /// What is said to be missing, a line for each.
    fn missing(&self) -> Vec<String> {
        let called = self.call("setup-mpi");
        assert_eq!(called.code, Some(1), "{}{}", called.out, called.err);
        let lines = called.out.lines().filter_map(|line| line.trim().strip_prefix("missing: "));
        lines.map(str::to_owned).collect()
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
    let machine = Machine::new().with(&[("mpirun", MPIRUN)]);
    fs::remove_file(machine.0.path("lib/libclang.so")).expect("it is there");
    let missing = machine.missing();
    let expected = [
        ("cargo, a Rust toolchain, 1.", "from https://rustup.rs"),
        ("mpicc of Open MPI", "apt-get install libopenmpi-dev"),
        ("cc, a C compiler", "apt-get install gcc libc6-dev"),
        (
            "libclang, which is not in",
            "apt-get install libclang-dev; elsewhere: pip install libclang",
        ),
    ];
    assert_eq!(missing.len(), expected.len(), "{missing:?}");
    for (line, (what, advice)) in missing.iter().zip(expected) {
        assert!(line.starts_with(what) && line.contains(advice), "{line}");
    }
}

#[test]
fn a_package_without_sources_says_so() {
    let machine = Machine::complete(CARGO);
    fs::remove_dir_all(machine.0.path("share")).expect("it is there");
    let missing = machine.missing();
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert!(missing[0].starts_with("the sources of mpi-runner"), "{missing:?}");
}

#[test]
fn a_toolchain_that_is_too_old_or_does_not_run_is_none() {
    let old = "#!/bin/sh\nprintf 'release: 1.63.0\\nhost: x86_64-unknown-linux-gnu\\n'\n";
    let empty = "#!/bin/sh\necho \"error: no default is configured\nhelp: run 'rustup default stable'\" >&2\nexit 1\n";
    let cases = [
        (old, "bin/cargo is 1.63.0"),
        (
            empty,
            "bin/cargo says: error: no default is configured help: run 'rustup default stable'",
        ),
    ];
    for (cargo, said) in cases {
        let missing = Machine::complete(cargo).missing();
        assert_eq!(missing.len(), 1, "{missing:?}");
        assert!(missing[0].starts_with("a Rust toolchain, 1."), "{missing:?}");
        assert!(missing[0].ends_with(said), "{missing:?}");
    }
}

#[test]
fn it_builds_once_and_the_program_finds_what_it_has_built() {
    let machine = Machine::complete(CARGO);
    let checked = machine.call("setup-mpi --check");
    assert_eq!((checked.code, machine.built().exists()), (Some(1), false), "{}", checked.out);
    for _ in 0..2 {
        let called = machine.call("setup-mpi");
        assert_eq!(called.code, Some(0), "{}{}", called.out, called.err);
        assert!(called.out.contains("mpi-runner-openmpi"), "{}", called.out);
    }
    let calls = machine.0.read("calls");
    let calls: Vec<&str> = calls.lines().collect();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls[0].starts_with(" fetch --locked"), "{calls:?}");
    assert!(calls[1].starts_with(&*machine.0.path("bin/mpicc").to_string_lossy()), "{calls:?}");
    assert!(calls[1].contains(" build --locked"), "{calls:?}");
    assert_eq!(machine.call("setup-mpi --check").code, Some(0));
    let folder = machine.built().parent().expect("a folder").to_owned();
    assert_eq!(fs::read_dir(folder).expect("it is there").count(), 1, "nothing else is left");
}

#[test]
fn what_cannot_be_downloaded_or_built_leaves_nothing() {
    let fails = |step: &str, error: &str| {
        let fails = format!("[ \"$1\" != {step} ] || {{ echo 'error: {error}' >&2; exit 101; }}");
        format!("#!/bin/sh\n{fails}\n{CARGO}")
    };
    let cases = [
        (fails("fetch", "could not resolve host"), "could not resolve host", "it takes a network"),
        (fails("build", "no such crate"), "no such crate", "cargo could not build it: see above"),
    ];
    for (cargo, error, said) in cases {
        let machine = Machine::complete(&cargo);
        let called = machine.call("setup-mpi");
        assert_eq!(called.code, Some(2), "{}", called.out);
        assert!(called.err.contains(error) && called.err.contains(said), "{}", called.err);
        let folder = machine.built().parent().expect("a folder").to_owned();
        assert_eq!(fs::read_dir(folder).expect("it is there").count(), 0);
    }
}

#[test]
fn an_installed_program_finds_the_page_beside_it() {
    let machine = Machine::new();
    let without = machine.call("export --to app");
    assert_eq!(without.code, Some(2), "{}", without.out);
    assert!(without.err.contains("a package brings it along"), "{}", without.err);
    machine.0.write("share/ringscope/ringscope-app.html", "<p>{{given}}</p>");
    let called = machine.call("export --to app -o -");
    assert_eq!((called.code, called.out.as_str()), (Some(0), "<p>{}</p>"), "{}", called.err);
}

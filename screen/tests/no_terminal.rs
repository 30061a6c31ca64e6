//! Nothing that this crate is built from knows a terminal, signals or a command line: it can be built for where
//! there are none. `make headless` builds it without the features that others of the workspace ask for.

use std::path::Path;
use std::process::Command;

/// Crates that read or draw on a terminal, take signals, or read a command line.
const OF_A_TERMINAL: [&str; 13] = [
    "anstream",
    "clap",
    "console",
    "crossterm",
    "indicatif",
    "mio",
    "ratatui-crossterm",
    "ratatui-termina",
    "ratatui-termion",
    "ratatui-termwiz",
    "signal-hook",
    "supports-color",
    "terminal_size",
];

/// What of `rustix` is about terminals and processes; files that are written whole need the rest.
const RUSTIX: [&str; 6] = ["event", "process", "pty", "stdio", "termios", "thread"];

/// The crates that a crate of the workspace is built from when it is built alone, each in a line with its version
/// and its features.
fn built_from(name: &str) -> String {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests and says where it is");
    let output = Command::new(cargo)
        .args(["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p} {f}", "--package", name])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).expect("cargo writes text")
}

/// The lines of crates, or of features, that know a terminal.
fn of_a_terminal(crates: &str) -> Vec<&str> {
    let knows_one = |line: &&str| {
        let mut words = line.split(' ');
        let (name, features) = (words.next(), words.next_back().unwrap_or_default());
        let mut features = features.split(',');
        name.is_some_and(|name| OF_A_TERMINAL.contains(&name))
            || name == Some("rustix") && features.any(|feature| RUSTIX.contains(&feature))
    };
    crates.lines().filter(knows_one).collect()
}

#[test]
fn nothing_that_this_crate_is_built_from_knows_a_terminal() {
    let crates = built_from("ringscope-screen");
    assert!(crates.lines().any(|line| line.starts_with("ratatui-core ")), "{crates}");
    assert_eq!(of_a_terminal(&crates), [""; 0]);
}

#[test]
fn what_knows_a_terminal_is_seen_where_there_is_one() {
    let crates = built_from("ringscope");
    let found = of_a_terminal(&crates);
    for name in ["clap", "crossterm", "ratatui-crossterm", "rustix", "signal-hook", "terminal_size"]
    {
        let begins = format!("{name} ");
        assert!(found.iter().any(|line| line.starts_with(&begins)), "{name}: {found:?}");
    }
}

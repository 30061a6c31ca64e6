//! The program `ringscope`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ringscope::main()
}

//! What a command line says of how things look, to be said again on another one.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

/// The heading of the flags that say how things look.
const HEADING: &str = "Output";

/// Those among them that ask for no screen.
const OTHERS: [&str; 3] = ["plain", "output", "quiet"];

/// The flags that were given, with their values, as words of a shell. The command has been built, so that its
/// subcommands have the flags that all have.
pub(super) fn of(command: &Command, matches: &ArgMatches) -> Vec<String> {
    let of_subcommand = matches
        .subcommand()
        .and_then(|(name, matches)| Some((command.find_subcommand(name)?, matches)));
    let (command, matches) = of_subcommand.unwrap_or((command, matches));
    given(command, matches)
}

fn given(command: &Command, matches: &ArgMatches) -> Vec<String> {
    let is_look = |arg: &&Arg| {
        let name = arg.get_id().as_str();
        arg.get_help_heading() == Some(HEADING) && !OTHERS.contains(&name)
    };
    let is_given =
        |arg: &&Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    let flags = command.get_arguments().filter(is_look).filter(is_given);
    flags.filter_map(|arg| flag(arg, matches)).flatten().collect()
}

/// A flag and its value; `None` where no shell can have the value.
fn flag(arg: &Arg, matches: &ArgMatches) -> Option<Vec<String>> {
    let mut words = vec![format!("--{}", arg.get_long()?)];
    if arg.get_action().takes_values() {
        for value in matches.get_raw(arg.get_id().as_str())? {
            words.push(shlex::try_quote(value.to_str()?).ok()?.into_owned());
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use crate::args::Args;

    fn flags(line: &str) -> String {
        let words = shlex::split(line).expect("no quote is open");
        Args::read(words).expect("a command line").look_flags.join(" ")
    }

    #[test]
    fn what_is_said_of_how_things_look_is_said_again() {
        assert_eq!(flags("ringscope play join --at 3 --seed 2"), "");
        for said in ["--color 16", "--symbols ascii --color never", "--no-mouse --config 'my file'"]
        {
            assert_eq!(flags(&format!("ringscope play join {said}")), said);
        }
        let before = "ringscope --color 8 tour the-ring --size 80x24";
        assert_eq!(flags(before), "--size 80x24 --color 8");
        assert_eq!(flags("ringscope play join --plain --reduce-motion"), "--reduce-motion");
    }
}

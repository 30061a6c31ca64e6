//! Every command line that a page or a help text shows is one that the program takes.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use clap::error::ErrorKind;

use super::Args;
use super::refusal::Refusal;

/// What ends the command in a line of a shell, or begins a remark on it.
const ENDS: [&str; 8] = ["   ", " | ", " > ", " 2>", " # ", " && ", "; ", " ..."];

#[test]
fn every_command_of_the_pages_is_understood() {
    let mut count = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        for command in commands(&text) {
            assert_is_understood(&command, &page.display().to_string());
            count += 1;
        }
    }
    assert!(count > 60, "only {count} commands were found");
}

#[test]
fn every_example_of_the_help_is_understood() {
    let mut all = vec![Args::command()];
    while let Some(command) = all.pop() {
        all.extend(command.get_subcommands().cloned());
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for example in commands(&after) {
            assert_is_understood(&example, command.get_name());
        }
    }
}

#[test]
fn commands_are_found_in_lines_of_code_and_between_backticks() {
    let text = "    $ ringscope run join -o - 2>/dev/null | ringscope check -\n\
                `ringscope diff a.jsonl b.jsonl`, or ringscope alone\n\
                \x20 ringscope play join    the ring moves\n";
    let found = [
        "ringscope run join -o -",
        "ringscope check -",
        "ringscope play join",
        "ringscope diff a.jsonl b.jsonl",
    ];
    assert_eq!(commands(text), found);
}

#[test]
fn every_page_of_the_site_is_among_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let site = fs::read_to_string(root.join("site/mkdocs.yml")).expect("the site's pages");
    let (_, pages_of_site) = site.split_once("\nnav:\n").expect("it lists its pages");
    let pages = pages();
    let mut count = 0;
    for name in pages_of_site.lines().filter_map(|line| line.rsplit(": ").next()) {
        // A heading over pages ends in a colon; the page of the lessons is made of their names.
        if name.ends_with(':') || name == "lessons.md" {
            continue;
        }
        assert!(pages.contains(&root.join("docs").join(name)), "{name}");
        count += 1;
    }
    assert_eq!(count, fs::read_dir(root.join("docs")).expect("the folder of the pages").count());
}

/// What people read who have a checkout, or see the project's pages on the web.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let in_docs = fs::read_dir(root.join("docs")).expect("the folder of the pages");
    let mut pages: Vec<PathBuf> = in_docs.map(|entry| entry.expect("a page").path()).collect();
    pages.push(root.join("README.md"));
    pages.push(root.join("mpi-runner/recorder/README.md"));
    pages.push(root.join("tui/package/python/README.md"));
    let lessons =
        fs::read_dir(root.join("screen/walkthroughs")).expect("the folder of the lessons");
    let lessons = lessons.map(|entry| entry.expect("a lesson").path());
    pages.extend(lessons.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    pages.sort();
    pages
}

fn commands(text: &str) -> Vec<String> {
    let is_code = |line: &&str| line.starts_with("  ") || line.starts_with("$ ");
    let code = text.lines().filter(is_code);
    let code = code.flat_map(|line| line.split(" | ")).map(str::trim_start);
    let code = code.map(|line| line.strip_prefix("$ ").unwrap_or(line));
    let spans = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let commands = code.chain(spans).filter(|line| line.starts_with("ringscope "));
    commands.map(|line| ended(line).to_owned()).collect()
}

fn ended(line: &str) -> &str {
    let end = ENDS.iter().filter_map(|end| line.find(end)).min().unwrap_or(line.len());
    line[..end].trim_end()
}

fn assert_is_understood(command: &str, place: &str) {
    let words =
        shlex::split(command).unwrap_or_else(|| panic!("{place}: a quote is open: {command}"));
    let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    let read = Args::of(&words).map_err(|refusal| match refusal {
        Refusal::Usage { error, .. } => error.kind(),
        Refusal::Unknown(_) => ErrorKind::InvalidSubcommand,
    });
    match read {
        // What is only named in a sentence may lack what it is about.
        Ok(_)
        | Err(
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::MissingRequiredArgument
            | ErrorKind::MissingSubcommand,
        ) => {}
        // `N` and `FORMAT` stand for something.
        Err(ErrorKind::ValueValidation | ErrorKind::InvalidValue) if has_placeholder(command) => {}
        Err(kind) => panic!("{place}: `{command}`: {kind}"),
    }
}

fn has_placeholder(command: &str) -> bool {
    command.split(' ').any(|word| word.chars().all(|letter| letter.is_ascii_uppercase()))
}

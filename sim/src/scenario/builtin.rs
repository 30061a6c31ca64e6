//! The scenarios that come with the program.

use super::Scenario;

/// A scenario that comes with the program.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// Its name, by which it can be run.
    pub name: &'static str,
    /// What it is an example of.
    pub kind: Kind,
    /// The scenario itself.
    pub text: &'static str,
}

/// What a built-in scenario is an example of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The protocol at its work.
    WellFormed,
    /// A misuse, which the protocol does not survive or does not notice.
    Hazard,
    /// Sound commands that get in each other's way when they are in flight together.
    Race,
}

impl Kind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: &'static [Kind] = &[Kind::WellFormed, Kind::Hazard, Kind::Race];

    /// The kind as a heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::WellFormed => "well-formed",
            Kind::Hazard => "hazard",
            Kind::Race => "race",
        }
    }
}

impl BuiltIn {
    /// What it shows, in a line: the first line of its opening comment, without the kind that it may
    /// begin with.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        let line = self.text.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
        ["Hazard: ", "Race: "].iter().find_map(|kind| line.strip_prefix(kind)).unwrap_or(line)
    }

    /// What its text says of it below the first line, up to the first blank line, as one paragraph.
    #[must_use]
    pub fn description(&self) -> String {
        let comment = self.text.lines().skip(1).map_while(|line| line.strip_prefix('#'));
        let words: Vec<&str> = comment.flat_map(str::split_whitespace).collect();
        words.join(" ")
    }

    /// The scenario, read.
    ///
    /// # Panics
    ///
    /// When a file that is built in cannot be read, which a test keeps from happening.
    #[must_use]
    pub fn scenario(&self) -> Scenario {
        Scenario::parse(self.name, self.text).expect("built-in scenarios can be read")
    }
}

/// The built-in scenario of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static BuiltIn> {
    ALL.iter().find(|scenario| scenario.name == name)
}

/// The name once for the table and the file.
macro_rules! builtin {
    ($kind:ident $name:literal) => {
        BuiltIn {
            name: $name,
            kind: Kind::$kind,
            text: include_str!(concat!("../../scenarios/", $name, ".dht")),
        }
    };
}

/// Every built-in scenario, in the order in which they are listed.
pub const ALL: &[BuiltIn] = &[
    builtin!(WellFormed "first-put"),
    builtin!(WellFormed "get-and-put"),
    builtin!(WellFormed "head-only"),
    builtin!(WellFormed "join"),
    builtin!(WellFormed "leave"),
    builtin!(WellFormed "join-and-leave"),
    builtin!(WellFormed "rejoin"),
    builtin!(WellFormed "crowded"),
    builtin!(WellFormed "ranges"),
    builtin!(WellFormed "big-ring"),
    builtin!(Hazard "get-missing"),
    builtin!(Hazard "put-zero"),
    builtin!(Hazard "put-beyond"),
    builtin!(Hazard "add-id-zero"),
    builtin!(Hazard "add-id-beyond"),
    builtin!(Hazard "add-negative-id"),
    builtin!(Hazard "add-taken-id"),
    builtin!(Hazard "add-active-rank"),
    builtin!(Hazard "add-head"),
    builtin!(Hazard "add-permanent"),
    builtin!(Hazard "add-command-node"),
    builtin!(Hazard "add-no-such-rank"),
    builtin!(Hazard "remove-nobody"),
    builtin!(Hazard "remove-permanent"),
    builtin!(Hazard "remove-head"),
    builtin!(Race "race-lost-key"),
    builtin!(Race "race-neighbours-leave"),
    builtin!(Race "race-behind-leave"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_table_has_every_file_of_the_folder_once() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("the folder of the scenarios")
            .map(|entry| entry.expect("a file").file_name().into_string().expect("a plain name"))
            .collect();
        let names: BTreeSet<String> = ALL.iter().map(|one| format!("{}.dht", one.name)).collect();
        assert_eq!(names, files);
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn every_one_opens_with_what_it_shows() {
        for one in ALL {
            let comment = one.text.lines().take_while(|line| line.starts_with('#')).count();
            assert!((3..=9).contains(&comment), "{} has {comment} lines of comment", one.name);
            assert!((10..=90).contains(&one.summary().len()), "{}: {}", one.name, one.summary());
        }
    }

    #[test]
    fn what_works_and_what_races_passes_the_check() {
        for one in ALL.iter().filter(|one| one.kind != Kind::Hazard) {
            let warnings = one.scenario().check().expect(one.name);
            assert_eq!(warnings.is_empty(), one.kind == Kind::WellFormed, "{}", one.name);
        }
    }

    #[test]
    fn a_hazard_is_found_by_the_check_and_says_how_it_ends() {
        for one in ALL.iter().filter(|one| one.kind == Kind::Hazard) {
            let scenario = one.scenario();
            let errors = scenario.check().expect_err(one.name);
            assert_eq!(errors.problems().len(), 1, "{}: {errors}", one.name);
        }
    }

    #[test]
    fn only_what_goes_wrong_says_how_it_ends() {
        for one in ALL {
            let says = one.scenario().settings.expect.is_some();
            assert_eq!(says, one.kind != Kind::WellFormed, "{}", one.name);
        }
    }

    #[test]
    fn one_is_found_by_its_name() {
        assert_eq!(find("join").map(|one| one.kind), Some(Kind::WellFormed));
        assert!(find("nothing").is_none());
    }
}

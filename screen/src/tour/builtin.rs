//! The lessons that come with the program.

/// A lesson that comes with the program.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// Its name, by which it is opened.
    pub name: &'static str,
    /// The lesson itself.
    pub text: &'static str,
    /// What lies beside it: scenarios and traces, by their file names.
    pub files: &'static [(&'static str, &'static [u8])],
}

/// A row; the names of the files beside the lesson come last, where there are some.
macro_rules! lesson {
    ($name:literal $(, $file:literal)*) => {
        BuiltIn {
            name: $name,
            text: include_str!(concat!("../../walkthroughs/", $name, ".md")),
            files: &[$(($file, include_bytes!(concat!("../../walkthroughs/", $file)))),*],
        }
    };
}

/// Every one, in the order of the course.
pub const ALL: &[BuiltIn] = &[
    lesson!("the-ring"),
    lesson!("put-and-get"),
    lesson!("joining"),
    lesson!("leaving"),
    lesson!("the-bill"),
    lesson!("silence"),
    lesson!("round-forever"),
    lesson!("lost-key"),
    lesson!("neighbours-leave"),
    lesson!("every-order"),
    lesson!("the-price-of-safety"),
    lesson!(
        "the-real-thing",
        "openmpi-lost-key.jsonl",
        "openmpi-one-by-one.jsonl",
        "openmpi-two-in-flight-again.jsonl",
        "openmpi-two-in-flight.jsonl"
    ),
];

/// The lesson of that name or, from 1, of that number.
pub fn find(word: &str) -> Option<&'static BuiltIn> {
    let by_number = || ALL.get(word.parse::<usize>().ok()?.checked_sub(1)?);
    ALL.iter().find(|one| one.name == word).or_else(by_number)
}

/// The lesson that follows on the one of that name in the course.
pub fn after(name: &str) -> Option<&'static BuiltIn> {
    let place = ALL.iter().position(|one| one.name == name)?;
    ALL.get(place + 1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn all_files_of_the_folder_are_in_the_table() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/walkthroughs");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("the folder of the lessons")
            .map(|entry| entry.expect("a file").file_name().into_string().expect("a plain name"))
            .filter(|name| name != "README.md")
            .collect();
        let lessons = ALL.iter().map(|one| format!("{}.md", one.name));
        let beside = ALL.iter().flat_map(|one| one.files).map(|(name, _)| (*name).to_owned());
        assert_eq!(files, lessons.chain(beside).collect());
    }

    #[test]
    fn a_lesson_is_found_by_its_name_and_by_its_number() {
        assert_eq!(find("1").map(|one| one.name), Some(ALL[0].name));
        let last = ALL[ALL.len() - 1].name;
        assert_eq!(find(last).map(|one| one.name), Some(last));
        assert_eq!(after(ALL[0].name).map(|one| one.name), Some(ALL[1].name));
        assert!(after(last).is_none() && after("my.md").is_none());
        assert!(find("0").is_none() && find("99").is_none() && find("none").is_none());
    }
}

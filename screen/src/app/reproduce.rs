//! The command line that shows a view again.

use super::App;

/// How a run can be had again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// The scenario or the file, as `ringscope play` takes it; `None` when it is in none.
    pub word: Option<String>,
    /// Further flags with their values, where they have one, such as `--window` and `4`.
    pub flags: Vec<(String, Option<String>)>,
}

impl Recipe {
    /// What `ringscope play` takes, without further flags.
    pub fn of(word: &str) -> Recipe {
        Recipe { word: Some(word.to_owned()), flags: Vec::new() }
    }

    /// That of a run which was changed here, and so is in no file.
    pub fn none() -> Recipe {
        Recipe { word: None, flags: Vec::new() }
    }

    /// The words that open it on a command line, when there are any.
    pub(super) fn words(&self) -> Option<Vec<String>> {
        let opened = ["ringscope".to_owned(), "play".to_owned(), quoted(self.word.as_deref()?)];
        let flags = self.flags.iter().flat_map(|(flag, value)| {
            [Some(flag.clone()), value.as_deref().map(quoted)].into_iter().flatten()
        });
        Some(opened.into_iter().chain(flags).collect())
    }

    /// The word that says all of it, when no flags do.
    pub(super) fn only_word(&self) -> Option<String> {
        self.word.as_deref().filter(|_| self.flags.is_empty()).map(quoted)
    }
}

impl App {
    /// The command line that shows this again, or what would have to be done for there to be one.
    pub fn reproduced(&self) -> String {
        let Some(mut words) = self.seeded().words() else {
            return "this run is in no file yet: `x` saves its scenario, and then there is a command"
                .to_owned();
        };
        words.extend(["--at".to_owned(), self.view.cursor.to_string()]);
        words.join(" ")
    }

    /// Its recipe with the seed, where it is a scenario and does not say one.
    fn seeded(&self) -> Recipe {
        let Recipe { word, mut flags } = self.recipe.clone();
        // A trace that was saved has its seed in its header, and takes no other.
        let is_trace = word.as_ref().is_some_and(|word| word.ends_with(".jsonl"));
        let is_seeded = is_trace || flags.iter().any(|(flag, _)| flag == "--seed");
        let seed = self.timeline.scenario().map(|scenario| scenario.settings.seed);
        if let Some(seed) = seed.filter(|_| !is_seeded) {
            flags.insert(0, ("--seed".to_owned(), Some(seed.to_string())));
        }
        Recipe { word, flags }
    }
}

/// A word as a shell reads it.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_a_shell_would_read_otherwise_is_quoted() {
        assert_eq!(quoted("runs/join.dht"), "runs/join.dht");
        assert_eq!(quoted("uniform 1us 2us"), "'uniform 1us 2us'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}

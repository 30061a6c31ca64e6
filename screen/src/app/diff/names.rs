//! What the two runs of a comparison are called: by what differs.

use std::path::Path;

use ringscope_sim::scenario::{SETTINGS, Scenario};

use super::Candidate;
use crate::timeline::Source;

/// The names of two runs, A's and B's.
///
/// Two runs of one scenario are told apart by the settings that differ, such as `join, window 1`; a file is called by
/// its name alone, where that is not the other's too.
pub(super) fn names([a, b]: [&Candidate; 2]) -> [String; 2] {
    match (&a.source, &b.source) {
        (Source::Live(in_a), Source::Live(in_b)) if a.name == b.name => {
            let settings = differing(in_a, in_b);
            [format!("{}{}", a.name, settings[0]), format!("{}{}", b.name, settings[1])]
        }
        _ => {
            let short = [a, b].map(|one| format!("{}{}", file_name(one), flags(one)));
            let whole = || [a, b].map(|one| format!("{}{}", one.name, flags(one)));
            if short[0] == short[1] { whole() } else { short }
        }
    }
}

/// `, window 1` and `, window 4`, of every setting that differs.
fn differing(a: &Scenario, b: &Scenario) -> [String; 2] {
    let mut texts = [String::new(), String::new()];
    for setting in SETTINGS {
        let values = [a, b].map(|scenario| setting.value(&scenario.settings));
        if values[0] == values[1] {
            continue;
        }
        for (text, value) in texts.iter_mut().zip(values) {
            let value = value.unwrap_or_else(|| "none".to_owned());
            *text += &format!(", {} {value}", setting.name);
        }
    }
    texts
}

/// A file without its folders; a scenario as it is.
fn file_name(one: &Candidate) -> &str {
    match one.source {
        Source::File(_) | Source::Kept(..) => {
            let name = Path::new(&one.name).file_name();
            name.and_then(|name| name.to_str()).unwrap_or(&one.name)
        }
        Source::Live(_) => &one.name,
    }
}

/// The settings that were given for a run beside its name, in the order in which all settings are listed.
fn flags(one: &Candidate) -> String {
    let mut flags: Vec<_> = one.recipe.flags.iter().collect();
    let place = |flag: &str| SETTINGS.iter().position(|setting| flag.ends_with(setting.name));
    flags.sort_by_key(|(flag, _)| place(flag).unwrap_or(SETTINGS.len()));
    let text = |(flag, value): &(String, Option<String>)| {
        let name = flag.trim_start_matches('-');
        value.as_ref().map_or_else(|| format!(", {name}"), |value| format!(", {name} {value}"))
    };
    flags.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use ringscope_sim::scenario::builtin;

    use super::*;
    use crate::app::Recipe;

    fn scenario(name: &str, settings: &[(&str, &str)]) -> Candidate {
        let mut scenario = builtin::find(name).expect("it is built in").scenario();
        let mut recipe = Recipe::of(name);
        for (setting, value) in settings {
            scenario.settings.set(setting, value).expect("a setting");
            recipe.flags.push((format!("--{setting}"), Some((*value).to_owned())));
        }
        Candidate { name: name.to_owned(), source: Source::Live(scenario), recipe }
    }

    fn file(path: &str) -> Candidate {
        let source = Source::File(Path::new(path).into());
        Candidate { name: path.to_owned(), source, recipe: Recipe::of(path) }
    }

    #[test]
    fn runs_of_one_scenario_are_told_apart_by_the_settings_that_differ() {
        let (one, other) =
            (scenario("race-lost-key", &[("window", "1")]), scenario("race-lost-key", &[]));
        assert_eq!(names([&one, &other]), ["race-lost-key, window 1", "race-lost-key, window 2"]);
        let other = scenario("race-lost-key", &[("window", "1"), ("seed", "7")]);
        assert_eq!(names([&one, &other]), ["race-lost-key, seed 1", "race-lost-key, seed 7"]);
        assert_eq!(names([&one, &one]), ["race-lost-key"; 2]);
    }

    #[test]
    fn other_runs_are_called_by_their_names_and_what_was_set_beside() {
        let set = scenario("join", &[("window", "2"), ("seed", "3")]);
        let file = file("runs/mpi.jsonl");
        assert_eq!(names([&set, &file]), ["join, seed 3, window 2", "mpi.jsonl"]);
    }

    #[test]
    fn files_of_one_name_are_told_apart_by_their_folders() {
        let (one, other) = (file("monday/a.jsonl"), file("friday/a.jsonl"));
        assert_eq!(names([&one, &other]), ["monday/a.jsonl", "friday/a.jsonl"]);
    }
}

//! The configuration read, with the line of what is wrong.

use std::ops::Range;

use ringscope_sim::nearest::nearest;
use ringscope_traces::text::Plain;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Config, KEYS, SETTINGS, Setting, Values};
use crate::app::keys::KeyPress;
use crate::app::{Action, Keymap};
use crate::controls::BINDINGS;
use crate::failure::Failure;

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it, and its line.
    ///
    /// ```
    /// use ringscope_screen::config::Config;
    ///
    /// let config = Config::parse("mine.toml", "mouse = false").expect("a configuration");
    /// assert!(!config.has_mouse);
    /// assert!(Config::parse("mine.toml", "mouse = 3").is_err());
    /// ```
    pub fn parse(name: &str, text: &str) -> Result<Config, Failure> {
        let file = File { name, text };
        let table = DeTable::parse(text).map_err(|error| {
            file.wrong(error.span().unwrap_or_default(), error.message().to_owned())
        })?;
        let mut config = Config::default();
        let mut entries: Vec<_> = table.get_ref().iter().collect();
        // In the order of the file, so that the first thing that is wrong is the one that is reported.
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let word: &str = name.get_ref();
            if word == KEYS {
                config.keymap = file.keys(value)?;
                continue;
            }
            let setting = SETTINGS.iter().find(|setting| setting.name == word);
            let setting = setting.ok_or_else(|| file.unknown_setting(word, name.span()))?;
            file.set(setting, value, &mut config)?;
        }
        Ok(config)
    }
}

struct File<'a> {
    name: &'a str,
    text: &'a str,
}

impl File<'_> {
    fn wrong(&self, span: Range<usize>, what: String) -> Failure {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = 1 + before.matches('\n').count();
        Failure::about(&format!("{}:{line}", self.name), what)
    }

    fn unknown_setting(&self, word: &str, span: Range<usize>) -> Failure {
        let names = || SETTINGS.iter().map(|setting| setting.name).chain([KEYS]);
        let all = names().collect::<Vec<_>>().join(", ");
        let failure = self.wrong(span, format!("there is no setting `{}`", Plain(word)));
        failure.hint(match nearest(word, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the settings are {all}"),
        })
    }

    fn set(
        &self,
        setting: &Setting,
        value: &Spanned<DeValue<'_>>,
        config: &mut Config,
    ) -> Result<(), Failure> {
        let name = setting.name;
        match (&setting.values, value.get_ref()) {
            (Values::Word { all, set, .. }, DeValue::String(word)) => {
                if !all.contains(&&**word) {
                    let what = format!("`{name}` is not `{}`", Plain(word));
                    return Err(self.wrong(value.span(), what).hint(format!("it is {}", any(all))));
                }
                set(config, word);
            }
            (Values::Word { all, .. }, other) => {
                let what = format!("`{name}` is a text, not an {}", other.type_str());
                let written = self.text.get(value.span()).unwrap_or_default();
                let meant = all.iter().find(|word| **word == written);
                let hint = meant.map(|word| format!("write \"{word}\""));
                return Err(self.wrong(value.span(), what).hint_maybe(hint));
            }
            (Values::Switch { set, .. }, DeValue::Boolean(is_on)) => set(config, *is_on),
            (Values::Switch { .. }, _) => {
                return Err(self.wrong(value.span(), format!("`{name}` is true or false")));
            }
        }
        Ok(())
    }

    fn keys(&self, value: &Spanned<DeValue<'_>>) -> Result<Keymap, Failure> {
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.wrong(value.span(), format!("`{KEYS}` is a table")));
        };
        let mut keymap = Keymap::default();
        let mut given: Vec<(Action, Range<usize>)> = Vec::new();
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in entries {
            let action = Action::named(name.get_ref());
            let action = action.ok_or_else(|| self.unknown_action(name.get_ref(), name.span()))?;
            keymap.set(action, self.keys_of(value)?);
            given.push((action, name.span()));
        }
        keymap.judge().map_err(|(action, taken)| {
            // Of the two that have the key, the one that the file speaks of is the one to report.
            let other = Action::named(taken.other).expect("an action of the table");
            let at = |action| given.iter().find(|(given, _)| *given == action);
            let (span, other) = match (at(action), at(other)) {
                (Some((_, span)), _) => (span.clone(), taken.other),
                (None, Some((_, span))) => (span.clone(), action.binding().name),
                (None, None) => (0..0, taken.other),
            };
            let what = format!("`{}` is a key of `{other}` already", taken.key);
            self.wrong(span, what).hint(format!("give `{other}` other keys, too"))
        })?;
        Ok(keymap)
    }

    fn keys_of(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<KeyPress>, Failure> {
        let key = |value: &Spanned<DeValue<'_>>| {
            let DeValue::String(text) = value.get_ref() else {
                return Err(self.wrong(value.span(), "keys are texts, or a list of texts".into()));
            };
            text.parse::<KeyPress>().map_err(|error| {
                self.wrong(value.span(), error.to_string())
                    .hint("such as `x`, `ctrl-p`, `shift-right`, `f5`")
            })
        };
        match value.get_ref() {
            DeValue::Array(keys) => keys.iter().map(key).collect(),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => key(value).map(|key| vec![key]),
        }
    }

    fn unknown_action(&self, word: &str, span: Range<usize>) -> Failure {
        let failure = self.wrong(span, format!("there is no action `{}`", Plain(word)));
        failure.hint(match nearest(word, BINDINGS.iter().map(|row| row.name)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`ringscope config print` names them all".to_owned(),
        })
    }
}

/// `a, b or c`.
fn any(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

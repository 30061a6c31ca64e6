//! Settings that count for more than a scenario's own.

use ringscope_sim::scenario::Settings;

use crate::failure::Failure;

/// Settings that count for more than a scenario's own, by their names in the table of settings.
#[derive(Debug, Clone, Default)]
pub struct SettingOverrides {
    given: Vec<(&'static str, String)>,
}

impl SettingOverrides {
    /// The settings that were given, by name, and their values.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.given.iter().cloned()
    }

    /// Changes the settings to what was given.
    ///
    /// # Errors
    ///
    /// The first value that its setting does not take.
    pub fn apply(&self, settings: &mut Settings) -> Result<(), Failure> {
        self.given.iter().try_for_each(|(name, value)| set(settings, name, value))
    }
}

impl FromIterator<(&'static str, String)> for SettingOverrides {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(given: I) -> SettingOverrides {
        SettingOverrides { given: given.into_iter().collect() }
    }
}

/// Sets a setting; a value that it does not take is reported by the flag of that name.
///
/// # Errors
///
/// When the setting does not take the value.
///
/// ```
/// use ringscope_screen::settings::set;
/// use ringscope_sim::scenario::Settings;
///
/// let mut settings = Settings::default();
/// set(&mut settings, "ranks", "5").expect("a run may have 5 ranks");
/// assert_eq!(settings.ranks, 5);
/// let failure = set(&mut settings, "ranks", "2").expect_err("a ring needs 3");
/// assert!(failure.to_string().starts_with("--ranks: "));
/// ```
pub fn set(settings: &mut Settings, name: &str, value: &str) -> Result<(), Failure> {
    let bad = match settings.set(name, value) {
        Ok(()) => return Ok(()),
        Err(bad) => bad,
    };
    Err(Failure::about(&format!("--{name}"), bad.message).hint_maybe(bad.hint))
}

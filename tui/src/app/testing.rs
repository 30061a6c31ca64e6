//! Runs for the tests.

use ringscope_sim::scenario::{Scenario, builtin};

use super::App;
use super::keys::KeyPress;
use crate::film::Film;

/// The run of a scenario.
pub fn film(text: &str) -> Film {
    Film::live(Scenario::parse("test", text).expect("the test's scenario is good"))
}

/// The run of a built-in scenario.
pub fn built_in(name: &str, cursor: usize) -> App {
    let scenario = builtin::find(name).expect("a built-in scenario").scenario();
    App::new(Film::live(scenario), name, cursor)
}

/// Presses keys as the configuration writes them, separated by white space.
pub fn press(app: &mut App, keys: &str) {
    for key in keys.split_whitespace() {
        app.press(key.parse::<KeyPress>().expect("a key"));
    }
}

/// Types a line and ends it.
pub fn type_line(app: &mut App, line: &str) {
    app.paste(line);
    press(app, "enter");
}

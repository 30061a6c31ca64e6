//! The configuration written out, with what each line is for: made from the tables that it is read by.

use std::fmt::Write as _;

use toml::Value;

use super::{Config, KEYS, SETTINGS, Values};
use crate::controls::BINDINGS;

/// The whole configuration, which can be edited and read again.
pub fn print(config: &Config) -> String {
    let mut text =
        "# The configuration of ringscope's screen. What you leave out keeps the value shown here.\n\n"
            .to_owned();
    for setting in SETTINGS {
        let value = match setting.values {
            Values::Word { all, show, .. } => {
                let _ = writeln!(text, "# {}: {}", setting.help, all.join(", "));
                Value::from(show(config))
            }
            Values::Switch { show, .. } => {
                let _ = writeln!(text, "# {}", setting.help);
                Value::from(show(config))
            }
        };
        let _ = writeln!(text, "{} = {value}\n", setting.name);
    }
    text += "# What each key does. A key is a letter, a sign, or one of left, right, up, down, home, end,\n\
             # pageup, pagedown, tab, enter, esc, space, backspace, delete, insert, f1 to f24, with ctrl-,\n\
             # alt- and shift- before it.\n";
    let _ = writeln!(text, "[{KEYS}]");
    for row in BINDINGS {
        let keys = config.keymap.keys(row.action).iter();
        let keys: Vec<_> = keys.map(|key| Value::from(key.to_string()).to_string()).collect();
        let _ = writeln!(text, "# {}\n{} = [{}]", row.what, row.name, keys.join(", "));
    }
    text
}

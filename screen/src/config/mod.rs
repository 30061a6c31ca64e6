//! The configuration of the screen: colours, symbols, the mouse, and which key does what.

mod print;
mod read;

use crate::app::Keymap;
use crate::view::symbols::Symbols;
use crate::view::theme::{Palette, ThemeChoice};

pub use print::print;

/// The configuration of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The colours; `None` asks the terminal.
    pub palette: Option<Palette>,
    /// Which set of colours.
    pub theme: ThemeChoice,
    /// What things are drawn with.
    pub symbols: Symbols,
    /// Whether the mouse is for us.
    pub has_mouse: bool,
    /// Whether nothing moves by itself.
    pub reduces_motion: bool,
    /// Which keys do what.
    pub keymap: Keymap,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            palette: None,
            theme: ThemeChoice::default(),
            symbols: Symbols::default(),
            has_mouse: true,
            reduces_motion: false,
            keymap: Keymap::default(),
        }
    }
}

/// A setting: its words, and how it is read and written. The keys are a table of their own.
struct Setting {
    name: &'static str,
    help: &'static str,
    values: Values,
}

/// The values that a setting takes.
enum Values {
    /// One of these words.
    Word {
        all: &'static [&'static str],
        set: fn(&mut Config, &str),
        show: fn(&Config) -> &'static str,
    },
    /// True or false.
    Switch { set: fn(&mut Config, bool), show: fn(&Config) -> bool },
}

/// The word for colours that the terminal is asked for.
const AUTO: &str = "auto";

/// The symbols by their names.
pub const SYMBOLS: [(&str, Symbols); 3] = [
    ("braille", Symbols::Braille),
    ("half-blocks", Symbols::HalfBlocks),
    ("ascii", Symbols::Ascii),
];

/// Every setting beside the keys, in the order in which they are written.
const SETTINGS: &[Setting] = &[
    Setting {
        name: "palette",
        help: "the colours; auto asks NO_COLOR, COLORTERM and TERM",
        values: Values::Word {
            all: &[AUTO, "off", "8", "16", "256", "rgb"],
            set: |config, word| config.palette = Palette::named(word),
            show: |config| config.palette.map_or(AUTO, Palette::name),
        },
    },
    Setting {
        name: "theme",
        help: "the background that the colours are for; auto asks the terminal, and COLORFGBG",
        values: Values::Word {
            all: &[AUTO, "dark", "light", "high-contrast"],
            set: |config, word| config.theme = ThemeChoice::named(word).unwrap_or_default(),
            show: |config| config.theme.name(),
        },
    },
    Setting {
        name: "symbols",
        help: "the characters to draw with; half-blocks is for fonts without Braille",
        values: Values::Word {
            all: &["braille", "half-blocks", "ascii"],
            set: |config, word| {
                let named = SYMBOLS.iter().find(|(name, _)| *name == word);
                config.symbols = named.map_or_else(Symbols::default, |(_, symbols)| *symbols);
            },
            show: |config| {
                let named = SYMBOLS.iter().find(|(_, symbols)| *symbols == config.symbols);
                named.map_or(AUTO, |(name, _)| name)
            },
        },
    },
    Setting {
        name: "mouse",
        help: "whether ringscope gets the mouse; if not, it selects text",
        values: Values::Switch {
            set: |config, is_on| config.has_mouse = is_on,
            show: |config| config.has_mouse,
        },
    },
    Setting {
        name: "reduce-motion",
        help: "whether nothing moves by itself",
        values: Values::Switch {
            set: |config, is_on| config.reduces_motion = is_on,
            show: |config| config.reduces_motion,
        },
    },
];

/// The table of the keys.
const KEYS: &str = "keys";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Action;
    use crate::controls::BINDINGS;
    use crate::view::theme::Scheme;

    fn wrong(text: &str) -> String {
        Config::parse("c.toml", text).expect_err("no configuration").one_line()
    }

    #[test]
    fn what_is_printed_is_read_as_the_same() {
        let mut config = Config::default();
        let all = print(&config);
        assert_eq!(Config::parse("c.toml", &all).ok(), Some(config.clone()));
        assert!(BINDINGS.iter().all(|row| all.contains(&format!("\n{} = [", row.name))));
        config.palette = Some(Palette::TwoHundred);
        config.theme = ThemeChoice::Fixed(Scheme::HighContrast);
        config.symbols = Symbols::HalfBlocks;
        (config.has_mouse, config.reduces_motion) = (false, true);
        config.keymap.set(Action::Quit, vec!["\"".parse().expect("a key")]);
        config.keymap.set(Action::Zoom, Vec::new());
        assert_eq!(Config::parse("c.toml", &print(&config)).ok(), Some(config));
    }

    #[test]
    fn every_theme_is_a_value_of_its_setting() {
        for (name, choice) in ThemeChoice::ALL {
            let config = Config::parse("c.toml", &format!("theme = \"{name}\""));
            assert_eq!(config.expect("a configuration").theme, choice);
        }
    }

    #[test]
    fn a_part_of_a_configuration_is_enough() {
        let config = Config::parse("c.toml", "[keys]\nzoom = \"Z\"\n").expect("a configuration");
        assert_eq!(config.keymap.action("Z".parse().expect("a key")), Some(Action::Zoom));
        assert_eq!(config.keymap.action("z".parse().expect("a key")), None);
        assert_eq!(Config::parse("c.toml", "").ok(), Some(Config::default()));
    }

    #[test]
    fn what_is_wrong_is_reported_with_its_line_and_what_was_meant() {
        for (text, said) in [
            (
                "\npallete = \"off\"",
                "c.toml:2: there is no setting `pallete` (did you mean `palette`?)",
            ),
            (
                "palette = \"blue\"",
                "c.toml:1: `palette` is not `blue` (it is auto, off, 8, 16, 256 or rgb)",
            ),
            (
                "theme = \"white\"",
                "c.toml:1: `theme` is not `white` (it is auto, dark, light or high-contrast)",
            ),
            ("palette = 8", "c.toml:1: `palette` is a text, not an integer (write \"8\")"),
            ("mouse = \"yes\"", "c.toml:1: `mouse` is true or false"),
            (
                "[keys]\n\nqiut = \"x\"",
                "c.toml:3: there is no action `qiut` (did you mean `quit`?)",
            ),
            ("[keys]\nquit = \"qq\"", "c.toml:2: there is no key `qq` "),
            ("[keys]\nquit = 5", "c.toml:2: keys are texts, or a list of texts"),
            (
                "[keys]\nquit = \"l\"",
                "c.toml:2: `l` is a key of `next-event` already (give `next-event` other keys, too)",
            ),
            (
                "[keys]\nnext-event = \"q\"",
                "c.toml:2: `q` is a key of `quit` already (give `quit` other keys, too)",
            ),
            ("keys = 1", "c.toml:1: `keys` is a table"),
            ("palette = \n", "c.toml:1: "),
            ("mouse = true\nmouse = true", "c.toml:2: duplicate key"),
        ] {
            assert!(wrong(text).starts_with(said), "{text}: {}", wrong(text));
        }
    }
}

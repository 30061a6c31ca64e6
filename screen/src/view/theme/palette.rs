//! How many colours there are, and who says so.

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Palette {
    /// None: no cell carries a colour, whatever else it carries.
    Off,
    /// The 8 of the first terminals with colours.
    Eight,
    /// The 16 whose looks the terminal decides.
    #[default]
    Sixteen,
    /// The 256 of xterm.
    TwoHundred,
    /// Any.
    Rgb,
}

impl Palette {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Palette; 5] =
        [Palette::Off, Palette::Eight, Palette::Sixteen, Palette::TwoHundred, Palette::Rgb];

    /// Its name on the command line and in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Palette::Off => "off",
            Palette::Eight => "8",
            Palette::Sixteen => "16",
            Palette::TwoHundred => "256",
            Palette::Rgb => "rgb",
        }
    }

    /// The palette of that name.
    pub fn named(name: &str) -> Option<Palette> {
        Palette::ALL.into_iter().find(|palette| palette.name() == name)
    }

    /// The palette to use: what the command line says, then `NO_COLOR`, then the configuration, then
    /// what the terminal says of itself.
    pub fn choose(said: ColorSettings<'_>) -> Palette {
        if let Some(palette) = said.flag {
            return palette;
        }
        // <https://no-color.org>: present and not empty.
        if said.no_color.is_some_and(|value| !value.is_empty()) {
            return Palette::Off;
        }
        said.config.unwrap_or_else(|| Palette::of_terminal(said.colorterm, said.term))
    }

    fn of_terminal(colorterm: Option<&str>, term: Option<&str>) -> Palette {
        if matches!(colorterm, Some("truecolor" | "24bit")) {
            return Palette::Rgb;
        }
        match term.unwrap_or_default() {
            "dumb" => Palette::Off,
            term if term.starts_with("vt") => Palette::Off,
            term if term.ends_with("-direct") => Palette::Rgb,
            term if term.contains("256color") => Palette::TwoHundred,
            "linux" | "ansi" | "cygwin" => Palette::Eight,
            _ => Palette::Sixteen,
        }
    }
}

/// What is said about colours, and by whom.
#[derive(Debug, Clone, Copy, Default)]
pub struct ColorSettings<'a> {
    /// The option `--color`.
    pub flag: Option<Palette>,
    /// The variable `NO_COLOR`.
    pub no_color: Option<&'a str>,
    /// The configuration.
    pub config: Option<Palette>,
    /// The variable `COLORTERM`.
    pub colorterm: Option<&'a str>,
    /// The variable `TERM`.
    pub term: Option<&'a str>,
}

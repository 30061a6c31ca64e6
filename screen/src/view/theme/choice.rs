//! Which colours somebody wants, and what background they are drawn on.

use super::luminance::contrast;

/// The background of a terminal or of a picture, as far as it matters to what is drawn on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Background {
    /// Black, or nearly so.
    #[default]
    Dark,
    /// White, or nearly so.
    Light,
}

impl Background {
    /// What a background of this red, green and blue is: light where black can be read on it better than white.
    ///
    /// ```
    /// use ringscope_screen::view::theme::Background;
    ///
    /// assert_eq!(Background::of([0xfd, 0xf6, 0xe3]), Background::Light);
    /// assert_eq!(Background::of([0x28, 0x2c, 0x34]), Background::Dark);
    /// ```
    pub fn of(color: [u8; 3]) -> Background {
        if contrast(color, [0; 3]) > contrast(color, [255; 3]) {
            Background::Light
        } else {
            Background::Dark
        }
    }

    /// What the variable `COLORFGBG` says, whose last field is the background's number among the 16 colours.
    ///
    /// rxvt, Konsole and others set it. Only black, white and the two greys are believed: of the others nobody knows how
    /// bright the terminal makes them.
    pub fn of_variable(value: &str) -> Option<Background> {
        let (_, last) = value.rsplit_once(';')?;
        match last.parse::<u8>().ok()? {
            0 | 8 => Some(Background::Dark),
            7 | 15 => Some(Background::Light),
            _ => None,
        }
    }
}

/// A set of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scheme {
    /// For a dark background.
    #[default]
    Dark,
    /// For a light background.
    Light,
    /// White on black, whatever the background is, and colours that stand out more.
    HighContrast,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Scheme; 3] = [Scheme::Dark, Scheme::Light, Scheme::HighContrast];

    /// The background that its pictures have.
    pub fn background(self) -> Background {
        match self {
            Scheme::Dark | Scheme::HighContrast => Background::Dark,
            Scheme::Light => Background::Light,
        }
    }
}

/// Which colours somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThemeChoice {
    /// Those that suit the terminal's background.
    #[default]
    Auto,
    /// These.
    Fixed(Scheme),
}

impl ThemeChoice {
    /// All of them by their names, in the order in which they are gone through.
    pub const ALL: [(&'static str, ThemeChoice); 4] = [
        ("auto", ThemeChoice::Auto),
        ("dark", ThemeChoice::Fixed(Scheme::Dark)),
        ("light", ThemeChoice::Fixed(Scheme::Light)),
        ("high-contrast", ThemeChoice::Fixed(Scheme::HighContrast)),
    ];

    /// Its name on the command line and in the configuration.
    ///
    /// # Panics
    ///
    /// Never: each has a name.
    pub fn name(self) -> &'static str {
        let row = ThemeChoice::ALL.iter().find(|(_, choice)| *choice == self);
        row.map(|(name, _)| *name).expect("every choice has a name")
    }

    /// The choice of that name.
    pub fn named(name: &str) -> Option<ThemeChoice> {
        ThemeChoice::ALL.iter().find(|(known, _)| *known == name).map(|(_, choice)| *choice)
    }

    /// The one after it, in a circle.
    #[must_use]
    pub fn next(self) -> ThemeChoice {
        let all = ThemeChoice::ALL.iter().cycle().map(|(_, choice)| *choice);
        all.skip_while(|choice| *choice != self).nth(1).unwrap_or_default()
    }

    /// The colours that it comes to on such a background; dark ones where nobody knows it.
    pub fn scheme(self, background: Option<Background>) -> Scheme {
        match (self, background) {
            (ThemeChoice::Fixed(scheme), _) => scheme,
            (ThemeChoice::Auto, Some(Background::Light)) => Scheme::Light,
            (ThemeChoice::Auto, Some(Background::Dark) | None) => Scheme::Dark,
        }
    }
}

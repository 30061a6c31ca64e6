//! When output is coloured, as the command line says it.

use clap::ValueEnum;

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    #[value(alias = "off")]
    Never,
    /// With 8 colours
    #[value(name = "8")]
    Eight,
    /// With 16 colours
    #[value(name = "16")]
    Sixteen,
    /// With 256 colours
    #[value(name = "256")]
    TwoHundred,
    /// With any colours
    Rgb,
}

impl ColorWhen {
    /// Whether there are to be colours; `None` when that is for others to say.
    pub(crate) fn is_coloured(self) -> Option<bool> {
        match self {
            ColorWhen::Auto => None,
            ColorWhen::Never => Some(false),
            ColorWhen::Always
            | ColorWhen::Eight
            | ColorWhen::Sixteen
            | ColorWhen::TwoHundred
            | ColorWhen::Rgb => Some(true),
        }
    }
}

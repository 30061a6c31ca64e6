//! What a theme is made of: one colour for each meaning.

use ratatui_core::style::{Color, Modifier, Style};

use super::owners::OwnerColors;
use super::{Palette, Scheme, dark, high_contrast, light};

/// One set of colours in as many colours as there are.
#[derive(Debug)]
pub(super) struct Colors {
    /// Text and background where nothing else is said; nothing leaves both to the terminal.
    pub base: Style,
    pub moving: Style,
    pub passing: Style,
    pub good: Style,
    pub bad: Style,
    pub warning: Style,
    pub faint: Style,
    pub label: Style,
    /// A colour for each of the steps from 0 to [`LOAD_STEPS`]; without it three words must do: faint, plain and bold.
    pub load: Option<fn(u8) -> Color>,
    pub owners: OwnerColors,
}

/// The steps by which brightness says how much a node holds.
pub(super) const LOAD_STEPS: u8 = 18;

/// Where there are no colours.
static OFF: Colors = Colors {
    base: Style::new(),
    moving: Style::new().add_modifier(Modifier::BOLD),
    passing: Style::new(),
    good: Style::new(),
    bad: Style::new().add_modifier(Modifier::BOLD),
    warning: Style::new(),
    faint: Style::new().add_modifier(Modifier::DIM),
    label: Style::new(),
    load: None,
    owners: OwnerColors { colors: &[Color::Reset; 7], too_near: &[] },
};

/// The terminal's own colour for text. It is named, since it may be written over what has another one.
pub(super) const OWN: Style = ink(Color::Reset);

/// The same for what matters most.
pub(super) const OWN_BOLD: Style = bold(Color::Reset);

/// For where there is no grey that can be read: the terminal makes its own colour dim.
pub(super) const DIM: Style = OWN.add_modifier(Modifier::DIM);

impl Colors {
    /// The colours of a scheme in a palette.
    pub(super) fn of(scheme: Scheme, palette: Palette) -> &'static Colors {
        let [eight, sixteen, two_hundred, any] = match scheme {
            Scheme::Dark => &dark::COLORS,
            Scheme::Light => &light::COLORS,
            Scheme::HighContrast => &high_contrast::COLORS,
        };
        match palette {
            Palette::Off => &OFF,
            Palette::Eight => eight,
            Palette::Sixteen => sixteen,
            Palette::TwoHundred => two_hundred,
            Palette::Rgb => any,
        }
    }
}

/// Text of a colour.
pub(super) const fn ink(color: Color) -> Style {
    Style::new().fg(color)
}

/// The same, and bold.
pub(super) const fn bold(color: Color) -> Style {
    ink(color).add_modifier(Modifier::BOLD)
}

/// Text of the colour with that number among the 256 of xterm.
pub(super) const fn indexed(index: u8) -> Style {
    ink(Color::Indexed(index))
}

/// A colour by its red, green and blue.
pub(super) const fn rgb(value: u32) -> Color {
    let [_, red, green, blue] = value.to_be_bytes();
    Color::Rgb(red, green, blue)
}

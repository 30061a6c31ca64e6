//! Colours, named for what they mean.

mod choice;
mod colors;
mod dark;
mod high_contrast;
mod light;
mod luminance;
mod owners;
mod palette;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Modifier, Style};

pub use choice::{Background, Scheme, ThemeChoice};
use colors::{Colors, LOAD_STEPS, ink};
pub use owners::{Owner, OwnerColors, RankColors};
pub use palette::{ColorSettings, Palette};

/// The colours of one scheme in one palette, by what they mean.
///
/// A meaning is never in the colour alone: where there are none, bold, reverse and dim remain. What matters most has no
/// colour but the terminal's own for text, which can be read on any background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Theme {
    palette: Palette,
    scheme: Scheme,
}

impl Theme {
    /// The colours of a palette, for a dark background.
    pub fn new(palette: Palette) -> Theme {
        Theme { palette, scheme: Scheme::default() }
    }

    /// The same palette in another scheme.
    ///
    /// ```
    /// use ringscope_screen::view::theme::{Palette, Scheme, Theme};
    ///
    /// let dark = Theme::new(Palette::Rgb);
    /// let light = dark.with(Scheme::Light);
    /// assert_ne!(dark.label().fg, light.label().fg);
    /// assert_eq!(dark.moving(), light.moving());
    /// ```
    #[must_use]
    pub fn with(self, scheme: Scheme) -> Theme {
        Theme { scheme, ..self }
    }

    /// How many colours there are.
    pub fn palette(&self) -> Palette {
        self.palette
    }

    /// Which set of colours it is.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    fn colors(&self) -> &'static Colors {
        Colors::of(self.scheme, self.palette)
    }

    /// Gives text and background to what has been drawn without any, where the theme has its own.
    pub fn fill(&self, area: Rect, buffer: &mut Buffer) {
        let Style { fg: Some(text), bg: Some(background), .. } = self.colors().base else { return };
        let area = area.intersection(buffer.area);
        for position in area.positions() {
            let cell = &mut buffer[position];
            cell.fg = if cell.fg == Color::Reset { text } else { cell.fg };
            cell.bg = if cell.bg == Color::Reset { background } else { cell.bg };
        }
    }

    /// The colours that nodes can have.
    pub fn owner_colors(&self) -> OwnerColors {
        self.colors().owners
    }

    /// All sets of colours that nodes can have in one theme or another, and on paper.
    pub fn owner_sets() -> Vec<OwnerColors> {
        let mut sets = vec![OwnerColors::ON_PAPER];
        for scheme in Scheme::ALL {
            for palette in Palette::ALL {
                let set = Theme::new(palette).with(scheme).owner_colors();
                if !sets.contains(&set) {
                    sets.push(set);
                }
            }
        }
        sets
    }

    /// What an owner has.
    pub fn owner(&self, owner: Owner) -> Style {
        let color = self.colors().owners.color(owner);
        if self.palette == Palette::Off { self.text() } else { ink(color) }
    }

    /// Keys and messages under way.
    pub fn moving(&self) -> Style {
        self.colors().moving
    }

    /// Other messages under way than the one that is looked at.
    pub fn passing(&self) -> Style {
        self.colors().passing
    }

    /// What is selected, in a list or on the ring.
    pub fn selected(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// All is well.
    pub fn good(&self) -> Style {
        self.colors().good
    }

    /// Something is wrong.
    pub fn bad(&self) -> Style {
        self.colors().bad
    }

    /// Something to look at.
    pub fn warning(&self) -> Style {
        self.colors().warning
    }

    /// What may be read over.
    pub fn faint(&self) -> Style {
        self.colors().faint
    }

    /// Plain text.
    pub fn text(&self) -> Style {
        Style::new()
    }

    /// What something is about.
    pub fn name(&self) -> Style {
        self.text().bold()
    }

    /// The word before a value.
    pub fn label(&self) -> Style {
        self.colors().label
    }

    /// What this step changed.
    pub fn changed(&self) -> Style {
        self.warning().add_modifier(Modifier::UNDERLINED)
    }

    /// A key on the keyboard.
    pub fn key(&self) -> Style {
        self.label().bold()
    }

    /// The mode, at the top left.
    pub fn mode(&self) -> Style {
        self.selected()
    }

    /// The frame of a pane.
    pub fn frame(&self, has_focus: bool) -> Style {
        if has_focus { self.label().bold() } else { self.faint() }
    }

    /// How much a node holds, from 0 to 1, by how much it stands out.
    pub(super) fn load(&self, part: f64) -> Style {
        let share = part.clamp(0.0, 1.0);
        let step = super::geometry::whole(share * f64::from(LOAD_STEPS));
        match self.colors().load {
            Some(color) => ink(color(u8::try_from(step).unwrap_or(0))),
            None if share < 0.34 => self.faint(),
            None if share < 0.67 => self.text(),
            None => self.name(),
        }
    }
}

#[cfg(test)]
pub(in crate::view) mod contrast;
#[cfg(test)]
pub(in crate::view) mod tests;
#[cfg(test)]
mod vision;
#[cfg(test)]
mod xterm;

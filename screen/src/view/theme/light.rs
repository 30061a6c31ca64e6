//! The colours for a light background: for white, and for what is nearly white.

use ratatui_core::style::{Color, Style};

use super::colors::{Colors, DIM, OWN, OWN_BOLD, bold, indexed, ink, rgb};
use super::owners::OwnerColors;

/// In 8, 16, 256 and any colours.
pub(super) static COLORS: [Colors; 4] = [NAMED, NAMED, TWO_HUNDRED, ANY];

// Of the 16, only red, blue and magenta can be read on white wherever somebody has not changed them, and the bright ones
// cannot; green and yellow are as good as invisible.
const NAMED: Colors = Colors {
    base: Style::new(),
    moving: OWN_BOLD,
    passing: OWN,
    good: ink(Color::Blue),
    bad: bold(Color::Red),
    warning: ink(Color::Magenta),
    faint: DIM,
    label: ink(Color::Blue),
    load: None,
    owners: OwnerColors {
        colors: &[Color::Red, Color::Blue, Color::Magenta, Color::Reset],
        too_near: &[],
    },
};

const TWO_HUNDRED: Colors = Colors {
    base: Style::new(),
    moving: OWN_BOLD,
    passing: indexed(240),
    good: indexed(22),
    bad: bold(Color::Indexed(160)),
    warning: indexed(94),
    faint: indexed(241),
    label: indexed(24),
    load: Some(|step| Color::Indexed(250 - step)),
    owners: OwnerColors {
        colors: &[
            Color::Indexed(94),
            Color::Indexed(24),
            Color::Indexed(52),
            Color::Indexed(22),
            Color::Indexed(160),
            Color::Indexed(126),
            Color::Indexed(18),
        ],
        too_near: &[(0, 3), (0, 4), (1, 3), (1, 5), (2, 3), (3, 4)],
    },
};

const ANY: Colors = Colors {
    base: Style::new(),
    moving: OWN_BOLD,
    passing: ink(rgb(0x4a_4f_58)),
    good: ink(rgb(0x0b_6b_3a)),
    bad: bold(rgb(0xc0_26_1a)),
    warning: ink(rgb(0x8a_5a_00)),
    faint: ink(rgb(0x5c_63_70)),
    label: ink(rgb(0x1f_5f_8f)),
    load: Some(|step| {
        let grey = 190 - step * 10;
        Color::Rgb(grey, grey, grey.saturating_add(6))
    }),
    // The hues of the set on paper, as dark as they have to be.
    owners: OwnerColors {
        colors: &[
            rgb(0x8a_5a_00),
            rgb(0x0a_6a_a6),
            rgb(0x3d_3a_00),
            rgb(0x00_69_4b),
            rgb(0xc4_3c_00),
            rgb(0x9c_2f_7a),
            rgb(0x0b_1f_6b),
        ],
        too_near: &[(0, 4), (1, 3), (1, 5), (2, 4)],
    },
};

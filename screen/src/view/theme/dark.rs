//! The colours for a dark background: for black, and for what is nearly black.

use ratatui_core::style::{Color, Style};

use super::colors::{Colors, DIM, OWN, OWN_BOLD, bold, indexed, ink, rgb};
use super::owners::OwnerColors;

/// In 8, 16, 256 and any colours.
pub(super) static COLORS: [Colors; 4] = [EIGHT, SIXTEEN, TWO_HUNDRED, ANY];

// Red, blue and magenta of 8 are too dark to be read on black. Their bright twins are not among the 8: such a terminal
// makes them of bold.
const EIGHT: Colors = Colors {
    base: Style::new(),
    moving: OWN_BOLD,
    passing: OWN,
    good: ink(Color::Green),
    bad: bold(Color::LightRed),
    warning: ink(Color::Yellow),
    faint: DIM,
    label: ink(Color::Cyan),
    load: None,
    owners: OwnerColors {
        colors: &[Color::Yellow, Color::Cyan, Color::LightRed, Color::LightMagenta],
        too_near: &[],
    },
};

const SIXTEEN: Colors = Colors {
    base: Style::new(),
    moving: OWN_BOLD,
    passing: ink(Color::Gray),
    good: ink(Color::LightGreen),
    bad: bold(Color::LightRed),
    warning: ink(Color::LightYellow),
    faint: ink(Color::DarkGray),
    label: ink(Color::Cyan),
    load: None,
    owners: SIXTEEN_OWNERS,
};

/// The owners' colours that can be read on black wherever there are 16.
pub(super) const SIXTEEN_OWNERS: OwnerColors = OwnerColors {
    colors: &[
        Color::LightYellow,
        Color::LightCyan,
        Color::LightRed,
        Color::LightMagenta,
        Color::Green,
    ],
    too_near: &[(2, 4)],
};

const TWO_HUNDRED: Colors = Colors {
    base: Style::new(),
    moving: OWN_BOLD,
    passing: indexed(250),
    good: indexed(78),
    bad: bold(Color::Indexed(203)),
    warning: indexed(221),
    faint: indexed(245),
    label: indexed(110),
    load: Some(|step| Color::Indexed(237 + step)),
    owners: OwnerColors {
        colors: &[
            Color::Indexed(214),
            Color::Indexed(74),
            Color::Indexed(227),
            Color::Indexed(36),
            Color::Indexed(202),
            Color::Indexed(175),
            Color::Indexed(105),
        ],
        too_near: &[(0, 4), (0, 5), (1, 3), (1, 5), (3, 5)],
    },
};

const ANY: Colors = Colors {
    base: Style::new(),
    moving: OWN_BOLD,
    passing: ink(rgb(0xb8_bc_c4)),
    good: ink(rgb(0x3f_c3_8b)),
    bad: bold(rgb(0xff_6b_5e)),
    warning: ink(rgb(0xf2_c9_4c)),
    faint: ink(rgb(0x86_8c_98)),
    label: ink(rgb(0x8f_b0_d0)),
    load: Some(|step| {
        let grey = 72 + step * 10;
        Color::Rgb(grey, grey, grey.saturating_add(6))
    }),
    owners: OwnerColors::ON_PAPER,
};

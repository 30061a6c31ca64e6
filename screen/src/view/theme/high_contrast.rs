//! White on black, whatever the terminal's background is, and colours of which none is dark.

use ratatui_core::style::{Color, Style};

use super::colors::{Colors, OWN_BOLD, bold, indexed, ink, rgb};
use super::dark::SIXTEEN_OWNERS;
use super::owners::OwnerColors;

/// In 8, 16, 256 and any colours.
pub(super) static COLORS: [Colors; 4] = [NAMED, NAMED, TWO_HUNDRED, ANY];

const NAMED: Colors = Colors {
    base: ink(Color::White).bg(Color::Black),
    moving: OWN_BOLD,
    passing: ink(Color::Gray),
    good: ink(Color::LightGreen),
    bad: bold(Color::LightRed),
    warning: ink(Color::LightYellow),
    faint: ink(Color::Gray),
    label: ink(Color::LightCyan),
    load: None,
    owners: SIXTEEN_OWNERS,
};

const TWO_HUNDRED: Colors = Colors {
    base: indexed(231).bg(Color::Indexed(16)),
    moving: OWN_BOLD,
    passing: indexed(252),
    good: indexed(84),
    bad: bold(Color::Indexed(210)),
    warning: indexed(227),
    faint: indexed(250),
    label: indexed(117),
    load: Some(|step| Color::Indexed(241 + (step - step / 4))),
    owners: OwnerColors {
        colors: &[
            Color::Indexed(214),
            Color::Indexed(81),
            Color::Indexed(227),
            Color::Indexed(42),
            Color::Indexed(209),
            Color::Indexed(218),
            Color::Indexed(141),
        ],
        too_near: &[(0, 4), (0, 5), (1, 3), (1, 5), (3, 4)],
    },
};

// The violet is the seventh for the sake of rings on which four nodes are, one time or another, neighbours of each other:
// no four of the others can all be told apart.
const ANY: Colors = Colors {
    base: Style::new().fg(rgb(0xff_ff_ff)).bg(rgb(0x00_00_00)),
    moving: OWN_BOLD,
    passing: ink(rgb(0xd8_dc_e4)),
    good: ink(rgb(0x5c_ff_9d)),
    bad: bold(rgb(0xff_9a_8f)),
    warning: ink(rgb(0xff_e1_4d)),
    faint: ink(rgb(0xc0_c4_cc)),
    label: ink(rgb(0x9f_d8_ff)),
    load: Some(|step| {
        let grey = 112 + step * 7;
        Color::Rgb(grey, grey, grey.saturating_add(6))
    }),
    owners: OwnerColors {
        colors: &[
            rgb(0xff_b0_00),
            rgb(0x6c_c5_ff),
            rgb(0xff_f2_6b),
            rgb(0x00_d2_9a),
            rgb(0xff_8a_3d),
            rgb(0xf0_9a_c8),
            rgb(0xaf_87_ff),
        ],
        too_near: &[(0, 4), (0, 5), (1, 3), (1, 5), (1, 6), (3, 5)],
    },
};

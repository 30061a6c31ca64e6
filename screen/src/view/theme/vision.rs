//! How colours look to those who lack one kind of cones, and how far apart they are then.

use ratatui_core::style::Color;

use super::luminance::linear;
use super::xterm::shown;

/// From here on two colours cannot be taken for each other (a distance of 2.3 is just seen).
pub(super) const APART: f64 = 20.0;

/// What linear RGB becomes: normal vision, and the three dichromacies at full severity.
///
/// G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation of
/// Color Vision Deficiency", IEEE TVCG 15 (6), 2009, table 1.
const VISIONS: [(&str, [[f64; 3]; 3]); 4] = [
    ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protan",
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
    ),
    (
        "deutan",
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
    ),
    (
        "tritan",
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ),
];

/// How far apart two colours are for whom they are nearest, and who that is.
pub(super) fn distance(one: Color, other: Color) -> (f64, &'static str) {
    let seen = |(who, matrix): &(&'static str, [[f64; 3]; 3])| {
        let [a, b] = [one, other].map(|color| lab(times(matrix, linear(shown(color)))));
        let squares: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
        (squares.sqrt(), *who)
    };
    VISIONS.iter().map(seen).min_by(|a, b| a.0.total_cmp(&b.0)).expect("there is normal vision")
}

fn times(matrix: &[[f64; 3]; 3], color: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(color).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0))
}

/// Linear sRGB to CIE Lab under D65.
fn lab(color: [f64; 3]) -> [f64; 3] {
    const XYZ: [[f64; 3]; 3] = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ];
    const WHITE: [f64; 3] = [0.95047, 1.0, 1.08883];
    let mut xyz = XYZ.map(|row| row.iter().zip(color).map(|(a, b)| a * b).sum::<f64>());
    for (part, white) in xyz.iter_mut().zip(WHITE) {
        let t = *part / white;
        *part = if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    }
    let [x, y, z] = xyz;
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

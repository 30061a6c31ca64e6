//! Which part of a comparison's page shows what.

use ratatui_core::layout::Rect;

use super::super::geometry::cells;
use super::super::layout::{split_bottom, split_top};
use super::super::words;
use super::Comparison;

/// Which part of a page shows what, from above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PagePlan {
    /// Where the two part, in a sentence.
    pub sentence: Rect,
    pub sentence_lines: Vec<String>,
    /// Both rings and lanes, where there is room for them.
    pub pictures: Rect,
    pub table: Rect,
    pub states: Rect,
}

/// The least that a page can be for pictures.
const LEAST_FOR_PICTURES: (u16, u16) = (84, 30);

impl PagePlan {
    pub(super) fn new(area: Rect, comparison: &Comparison) -> PagePlan {
        let (_, rest) = split_top(area, 1);
        let (rest, _) = split_bottom(rest, 2);
        let width = usize::from(area.width).saturating_sub(2).max(1);
        let sentence = words::plain(&comparison.sentence);
        let mut lines: Vec<String> =
            textwrap::wrap(&sentence, width).into_iter().map(String::from).collect();
        let all = lines.len();
        // On a small screen the rows say more than words do.
        let most = usize::from(rest.height / 5);
        if let Some(last) = lines.get_mut(most.saturating_sub(1)).filter(|_| most < all) {
            let kept: String = last.chars().take(width.saturating_sub(4)).collect();
            *last = format!("{kept} ...");
        }
        lines.truncate(most);
        let (sentence, rest) = split_top(rest, cells(lines.len()));
        let states = match rest.height {
            0..12 => 0,
            height => cells(comparison.states.len() + 2).min(height / 2),
        };
        let (table, states) = split_bottom(rest, states);
        let pictures = Rect { height: 0, ..table };
        PagePlan { sentence, sentence_lines: lines, pictures, table, states }
    }

    /// The same with pictures above the table, where there is room for both.
    pub(super) fn with_pictures(self) -> PagePlan {
        const LEAST_ROWS: u16 = 8;
        let whole = self.sentence.height + self.table.height + self.states.height + 3;
        if self.table.width < LEAST_FOR_PICTURES.0 || whole < LEAST_FOR_PICTURES.1 {
            return self;
        }
        // The pictures show what the states say.
        let states = if whole < 34 { 0 } else { self.states.height };
        let body = Rect { height: self.table.height + self.states.height, ..self.table };
        let (body, states) = split_bottom(body, states);
        let height = (body.height / 2).min(body.height.saturating_sub(LEAST_ROWS)).min(20);
        let (pictures, table) = split_top(body, height);
        PagePlan { pictures, table, states, ..self }
    }
}

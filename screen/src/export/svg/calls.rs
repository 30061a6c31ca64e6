//! The calls of a recorded program: collective operations as bars across the lanes, other calls as squares.

use ringscope_traces::Rank;
use ringscope_traces::calls::Call;

use super::super::Reel;
use super::pen::{Anchor, Extent, Fill, Segment, Stroke, SvgPen, SvgPoint, Text};
use super::plan::Plan;
use super::{BAD, FAINT, INK, PAPER};
use crate::timeline::{CallMark, CallRow};
use crate::view::call_words;
use crate::view::symbols::Symbols;

/// The colours of communicators, the world's first; those after the last begin again.
const COMM_COLORS: [u32; 6] = [INK, 0x00_72_b2, 0x00_75_5a, 0xb0_45_00, 0x9a_3f_75, 0x5b_3f_c0];

/// The size of the words beside a call.
const SIZE: f64 = 13.0;

/// What a call's row shows.
struct Shown {
    words: String,
    color: u32,
    entered: Vec<Rank>,
    missing: Vec<Rank>,
    is_bar: bool,
}

/// Draws the calls of the part.
pub(super) fn draw(reel: &Reel<'_>, plan: &Plan, pen: &mut SvgPen) {
    for (row, y) in &plan.calls {
        if let Some(shown) = shown(reel, row) {
            draw_row(plan, &shown, plan.y(*y), pen);
        }
    }
}

fn shown(reel: &Reel<'_>, row: &CallRow) -> Option<Shown> {
    let calls = reel.timeline().calls();
    let first = |texts: Vec<String>| texts.into_iter().next().unwrap_or_default();
    match row.mark {
        CallMark::Collective(at) => {
            let one = calls.collectives().get(at)?;
            let own = COMM_COLORS[one.comm.0 as usize % COMM_COLORS.len()];
            Some(Shown {
                words: first(call_words::collective(calls, one)),
                color: if one.missing.is_empty() { own } else { BAD },
                entered: one.entered.iter().map(|entered| entered.rank).collect(),
                missing: one.missing.clone(),
                is_bar: true,
            })
        }
        CallMark::Of(rank, at) => {
            let call = &calls.call(rank, at)?.call;
            Some(Shown {
                words: first(call_words::of_rank(calls, rank, call, Symbols::Braille)),
                color: if matches!(call, Call::Probe(_)) { FAINT } else { BAD },
                entered: vec![rank],
                missing: Vec::new(),
                is_bar: false,
            })
        }
    }
}

fn draw_row(plan: &Plan, shown: &Shown, y: f64, pen: &mut SvgPen) {
    const TICK: Extent = Extent { width: 8.0, height: 18.0 };
    const SQUARE: Extent = Extent { width: 11.0, height: 11.0 };
    let places = |ranks: &[Rank]| -> Vec<f64> {
        ranks.iter().filter_map(|rank| Some(plan.x(plan.lane(*rank)?))).collect()
    };
    let (entered, missing) = (places(&shown.entered), places(&shown.missing));
    let all = || entered.iter().chain(&missing).copied();
    let (left, right) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    if left > right {
        return;
    }
    let dash = (!missing.is_empty()).then_some("5 4");
    let stroke = Stroke { color: shown.color, width: 3.0, dash };
    if shown.is_bar {
        pen.line(Segment { start: SvgPoint(left, y), end: SvgPoint(right, y) }, stroke);
    }
    let mark = if shown.is_bar { TICK } else { SQUARE };
    for x in &entered {
        let corner = SvgPoint(x - mark.width / 2.0, y - mark.height / 2.0);
        pen.rect(corner, mark, Fill { inside: shown.color, edge: shown.color });
    }
    for x in &missing {
        pen.dot(SvgPoint(*x, y), 6.0, PAPER);
        pen.ring(SvgPoint(*x, y), 6.0, BAD);
    }
    // Above a bar, and beside a square: to the side on which there is more room.
    let (anchor, place) = match (shown.is_bar, left > plan.size.width / 2.0) {
        (true, _) => (Anchor::Start, SvgPoint(left + 12.0, y - 12.0)),
        (false, false) => (Anchor::Start, SvgPoint(left + 12.0, y + 4.0)),
        (false, true) => (Anchor::End, SvgPoint(left - 12.0, y + 4.0)),
    };
    let text = Text { size: SIZE, color: shown.color, is_bold: false, anchor };
    pen.text(place, &shown.words, text);
}

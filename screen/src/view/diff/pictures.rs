//! Both runs as pictures, where they stand after the chosen row: the lanes, and beside them the rings.

use ratatui_core::layout::Rect;

use super::super::layout::Placed;
use super::super::scene::{Parting, Scene};
use super::super::{Paint, panes, words};
use super::{frame, verdict_style};
use crate::app::Pane;
use crate::app::diff::Diff;

/// From this width on, and so many rows, the rings are beside the lanes.
const LEAST_FOR_RINGS: (u16, u16) = (140, 10);

/// What of a run's half of the width its ring has, in hundredths.
const RING_HUNDREDTHS: u16 = 40;

/// Draws them, A on the left.
pub(super) fn draw(page: &Diff, paint: &mut Paint<'_>) {
    let area = paint.area;
    if area.is_empty() {
        return;
    }
    let half = area.width / 2;
    let left = Rect { width: half, ..area };
    let right = Rect { x: area.x + half, width: area.width - half, ..area };
    let has_rings = area.width >= LEAST_FOR_RINGS.0 && area.height >= LEAST_FOR_RINGS.1;
    let level = page.comparison.as_ref().map(|comparison| comparison.level);
    let style = level.map(|level| verdict_style(level, paint.look)).unwrap_or_default();
    let [told_a, told_b] = page.told().map(|events| Parting { events, style });
    let halves = [("A", &page.a, told_a, left), ("B", &page.b, told_b, right)];
    for (letter, side, parting, area) in halves {
        let ring = if has_rings { area.width * RING_HUNDREDTHS / 100 } else { 0 };
        let lanes = Rect { width: area.width - ring, ..area };
        let ring = Rect { x: lanes.right(), width: ring, ..area };
        let title = format!(
            " {letter}  {}  event {} of {} ",
            words::plain(&side.name),
            side.app.view.cursor,
            side.timeline().len()
        );
        let mut scene = Scene::new(&side.app, paint.look);
        // What the two came to is said above them.
        scene.verdict = None;
        scene.parting = Some(parting);
        let framed = Framed { pane: Pane::SpaceTime, title: &title };
        draw_pane(&scene, framed, &mut paint.within(lanes));
        if ring.width > 0 {
            let framed = Framed { pane: Pane::Ring, title: &format!(" {letter} ") };
            draw_pane(&scene, framed, &mut paint.within(ring));
        }
    }
}

/// A pane in a frame with another title than it has in a run.
struct Framed<'a> {
    pane: Pane,
    title: &'a str,
}

fn draw_pane(scene: &Scene<'_>, framed: Framed<'_>, paint: &mut Paint<'_>) {
    let area = frame(framed.title, paint);
    let pane = framed.pane;
    let placed = Placed { pane, area, tabs: &[], has_frame: false };
    (panes::drawing(pane).draw)(scene, placed, paint.buffer);
}

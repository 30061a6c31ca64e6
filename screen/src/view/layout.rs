//! Which part of the screen shows what: a function of its size, the focus and the zoom.

use ratatui_core::layout::{Margin, Position, Rect};

use crate::app::{App, Pane};
use crate::controls::{PANES, Spot};

use super::Paint;

/// The least that the screen can be.
pub(crate) const LEAST: (u16, u16) = (40, 8);

/// Says that nothing fits on the screen.
pub(super) fn draw_too_small(paint: &mut Paint<'_>) {
    let Rect { width, height, .. } = paint.area;
    let warning = paint.look.theme.warning();
    let text = format!("needs {}x{}, have {width}x{height}", LEAST.0, LEAST.1);
    for (index, line) in textwrap::wrap(&text, usize::from(width.max(1))).iter().enumerate() {
        paint.row(index).pen().write(line, warning);
    }
}

/// How much fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Nothing.
    TooSmall,
    /// The key space as a strip, and the events.
    Strip,
    /// Ring, inspector and events; the other panes take turns with them.
    Three,
    /// The same, with more room.
    Wide,
    /// All panes.
    All,
}

/// The classes and the least columns and rows of each, the biggest first.
const CLASSES: [(Class, u16, u16); 4] = [
    (Class::All, 150, 40),
    (Class::Wide, 100, 30),
    (Class::Three, 80, 24),
    (Class::Strip, LEAST.0, LEAST.1),
];

impl Class {
    /// The class of a screen.
    pub(crate) fn of(area: Rect) -> Class {
        let fits = |(_, width, height): &&(Class, u16, u16)| {
            area.width >= *width && area.height >= *height
        };
        CLASSES.iter().find(fits).map_or(Class::TooSmall, |(class, ..)| *class)
    }
}

/// A pane and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Which one.
    pub pane: Pane,
    /// Its place, with its frame.
    pub area: Rect,
    /// Those that share this place, in the order of their tabs; only itself when it has it alone.
    pub tabs: &'static [Pane],
    /// Whether there is a frame round it: where rows are few, two more of events say more.
    pub has_frame: bool,
}

impl Placed {
    /// What is inside of its frame.
    pub(crate) fn inside(&self) -> Rect {
        if self.has_frame { self.area.inner(Margin::new(1, 1)) } else { self.area }
    }
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// How much fits.
    pub class: Class,
    /// The first row.
    pub title: Rect,
    /// The key space in one row, where there is no room for more of it.
    pub strip: Option<Rect>,
    /// Whether all is well, in one row, where there is no room for more of it.
    pub watch: Option<Rect>,
    /// The panes that are seen.
    pub panes: Vec<Placed>,
    /// The row of the scrubber.
    pub scrubber: Rect,
    /// The last row.
    pub keybar: Rect,
}

/// From so many rows on a pane has a frame.
const LEAST_FRAMED: u16 = 7;

/// Where each pane stands on a screen that does not have room for all, and on one that has.
const SMALL: [Spot; PANES.len()] = spots(false, false);
const LARGE: [Spot; PANES.len()] = spots(true, false);

/// The same of a scenario that was explored.
const SMALL_EXPLORED: [Spot; PANES.len()] = spots(false, true);
const LARGE_EXPLORED: [Spot; PANES.len()] = spots(true, true);

/// The same of a run that has no ring: its place is that of the lanes.
const SMALL_LANES: [Spot; PANES.len()] = spots_without_ring(false);
const LARGE_LANES: [Spot; PANES.len()] = spots_without_ring(true);

const fn spots(is_large: bool, is_explored: bool) -> [Spot; PANES.len()] {
    let mut spots = [Spot::Nowhere; PANES.len()];
    let mut index = 0;
    while index < PANES.len() {
        if is_explored || !PANES[index].is_of_explored {
            spots[index] = if is_large { PANES[index].large } else { PANES[index].small };
        }
        index += 1;
    }
    spots
}

const fn spots_without_ring(is_large: bool) -> [Spot; PANES.len()] {
    let mut spots = [Spot::Nowhere; PANES.len()];
    let mut index = 0;
    while index < PANES.len() {
        if !PANES[index].is_of_ring {
            let (small, large) = PANES[index].without_ring;
            spots[index] = if is_large { large } else { small };
        }
        index += 1;
    }
    spots
}

/// How many panes share a spot.
const fn count(spots: &[Spot; PANES.len()], spot: Spot) -> usize {
    let (mut count, mut index) = (0, 0);
    while index < spots.len() {
        count += (spots[index] as usize == spot as usize) as usize;
        index += 1;
    }
    count
}

/// The panes that share a spot, in the order of their numbers.
const fn panes<const N: usize>(spots: &[Spot; PANES.len()], spot: Spot) -> [Pane; N] {
    let mut panes = [Pane::Ring; N];
    let (mut next, mut index) = (0, 0);
    while index < spots.len() {
        if spots[index] as usize == spot as usize {
            panes[next] = PANES[index].pane;
            next += 1;
        }
        index += 1;
    }
    panes
}

/// The panes that share a spot.
macro_rules! sharing {
    ($spots:ident, $spot:ident) => {{
        const COUNT: usize = count(&$spots, Spot::$spot);
        const SHARING: &[Pane] = &panes::<COUNT>(&$spots, Spot::$spot);
        SHARING
    }};
}

/// Those that take turns where there is room for one only.
const NARROW: &[Pane] = &narrow();

/// The same of a run that has no ring.
const NARROW_LANES: &[Pane] = &[Pane::SpaceTime, Pane::Events, Pane::Inspector, Pane::Watches];

const fn narrow() -> [Pane; narrow_count()] {
    let order = [Spot::Below, Spot::Right, Spot::Left];
    let mut panes = [Pane::Ring; narrow_count()];
    let (mut next, mut at) = (0, 0);
    while at < order.len() {
        let mut index = 0;
        while index < PANES.len() {
            if PANES[index].is_in_strip && SMALL[index] as usize == order[at] as usize {
                panes[next] = PANES[index].pane;
                next += 1;
            }
            index += 1;
        }
        at += 1;
    }
    panes
}

const fn narrow_count() -> usize {
    let (mut count, mut index) = (0, 0);
    while index < PANES.len() {
        count += PANES[index].is_in_strip as usize;
        index += 1;
    }
    count
}

impl Layout {
    /// Shares out the screen.
    pub(crate) fn new(area: Rect, focus: Pane, is_zoomed: bool) -> Layout {
        let class = Class::of(area);
        let (title, rest) = split_top(area, 1);
        let (rest, keybar) = split_bottom(rest, 1);
        let (body, scrubber) = split_bottom(rest, 1);
        if class == Class::Strip && !is_zoomed {
            let (strip, body) = split_top(body, 1);
            let (body, watch) = split_bottom(body, 1);
            let has_frame = body.height >= LEAST_FRAMED;
            let panes = vec![Placed { has_frame, ..shared(NARROW, focus, body) }];
            let (strip, watch) = (Some(strip), Some(watch));
            return Layout { class, title, strip, watch, panes, scrubber, keybar };
        }
        let panes = match class {
            Class::TooSmall => Vec::new(),
            _ if is_zoomed => vec![framed(focus, body)],
            Class::Strip | Class::Three | Class::Wide => three(body, focus),
            Class::All => all(body, focus),
        };
        Layout { class, title, strip: None, watch: None, panes, scrubber, keybar }
    }

    /// Shares out the screen of a run: without a ring, its place is that of the lanes.
    pub(crate) fn of(area: Rect, app: &App) -> Layout {
        let (focus, is_zoomed) = (app.view.focus, app.view.is_zoomed);
        if app.timeline.has_ring() {
            let layout = Layout::new(area, focus, is_zoomed);
            return if app.choices.is_some() { layout.explored(focus) } else { layout };
        }
        Layout::without_ring(area, focus, is_zoomed)
    }

    /// The same of a scenario that was explored: its choices take turns with the events.
    fn explored(mut self, focus: Pane) -> Layout {
        for placed in &mut self.panes {
            let tabs = match self.class {
                Class::Three | Class::Wide if placed.tabs == sharing!(SMALL, Below) => {
                    sharing!(SMALL_EXPLORED, Below)
                }
                Class::All if placed.tabs == sharing!(LARGE, Below) => {
                    sharing!(LARGE_EXPLORED, Below)
                }
                Class::Strip if focus == Pane::Choices => alone(Pane::Choices),
                Class::TooSmall | Class::Strip | Class::Three | Class::Wide | Class::All => {
                    continue;
                }
            };
            *placed = Placed { has_frame: placed.has_frame, ..shared(tabs, focus, placed.area) };
        }
        self
    }

    /// Shares out the screen of a run that has no ring.
    pub(crate) fn without_ring(area: Rect, focus: Pane, is_zoomed: bool) -> Layout {
        let class = Class::of(area);
        let (title, rest) = split_top(area, 1);
        let (rest, keybar) = split_bottom(rest, 1);
        let (body, scrubber) = split_bottom(rest, 1);
        let panes = match class {
            Class::TooSmall => Vec::new(),
            _ if is_zoomed => vec![framed(focus, body)],
            Class::Strip => {
                let has_frame = body.height >= LEAST_FRAMED;
                vec![Placed { has_frame, ..shared(NARROW_LANES, focus, body) }]
            }
            Class::Three | Class::Wide => three_lanes(body, focus),
            Class::All => all_lanes(body, focus),
        };
        Layout { class, title, strip: None, watch: None, panes, scrubber, keybar }
    }

    /// The pane at a position.
    pub(crate) fn pane_at(&self, position: Position) -> Option<Placed> {
        self.panes.iter().copied().find(|placed| placed.area.contains(position))
    }
}

/// Ring and inspector side by side, and what takes turns below them.
fn three(body: Rect, focus: Pane) -> Vec<Placed> {
    // What can be received next wants some rows, and what is said of it.
    let sevenths = if focus == Pane::Choices { 3 } else { 2 };
    let (upper, lower) = split_bottom(body, (body.height * sevenths / 7).max(6));
    let (left, right) = split_right(upper, (upper.width * 9 / 20).min(54));
    vec![
        shared(sharing!(SMALL, Left), focus, left),
        shared(sharing!(SMALL, Right), focus, right),
        shared(sharing!(SMALL, Below), focus, lower),
    ]
}

/// Lanes and inspector side by side, and the events below them.
fn three_lanes(body: Rect, focus: Pane) -> Vec<Placed> {
    let (upper, lower) = split_bottom(body, (body.height / 4).max(5));
    let (left, right) = split_right(upper, (upper.width * 9 / 20).min(60));
    vec![
        shared(sharing!(SMALL_LANES, Left), focus, left),
        shared(sharing!(SMALL_LANES, Right), focus, right),
        shared(sharing!(SMALL_LANES, Below), focus, lower),
    ]
}

/// The same, and the watches.
fn all_lanes(body: Rect, focus: Pane) -> Vec<Placed> {
    let (upper, events) = split_bottom(body, (body.height / 4).clamp(8, 16));
    let (lanes, right) = split_right(upper, (upper.width * 2 / 5).clamp(36, 90));
    let (inspector, watches) = split_bottom(right, 5);
    [
        (sharing!(LARGE_LANES, Left), lanes),
        (sharing!(LARGE_LANES, Right), inspector),
        (sharing!(LARGE_LANES, LowerRight), watches),
        (sharing!(LARGE_LANES, Below), events),
    ]
    .map(|(panes, area)| shared(panes, focus, area))
    .to_vec()
}

/// All of them: three columns, then the events, then the strip.
fn all(body: Rect, focus: Pane) -> Vec<Placed> {
    let (body, ownership) = split_bottom(body, if body.height >= 56 { 5 } else { 3 });
    let (upper, events) = split_bottom(body, (body.height / 4).clamp(8, 16));
    let (rest, right) = split_right(upper, (upper.width * 9 / 40).max(36));
    let (ring, lanes) = split_right(rest, rest.width * 9 / 20);
    let (inspector, watches) = split_bottom(right, 12.max(right.height / 3));
    [
        (sharing!(LARGE, Left), ring),
        (sharing!(LARGE, Middle), lanes),
        (sharing!(LARGE, Right), inspector),
        (sharing!(LARGE, LowerRight), watches),
        (sharing!(LARGE, Below), events),
        (sharing!(LARGE, Bottom), ownership),
    ]
    .map(|(panes, area)| shared(panes, focus, area))
    .to_vec()
}

/// The one of these that has the focus, or else the first.
fn shared(tabs: &'static [Pane], focus: Pane, area: Rect) -> Placed {
    let pane = if tabs.contains(&focus) { focus } else { tabs[0] };
    // On a strip the ring is seen by zooming only: the focus that everything starts with is on it.
    let pane = if tabs == NARROW && pane == Pane::Ring { tabs[0] } else { pane };
    Placed { pane, area, tabs, has_frame: true }
}

/// A pane that has its place alone.
pub(super) fn framed(pane: Pane, area: Rect) -> Placed {
    Placed { pane, area, tabs: alone(pane), has_frame: true }
}

/// A list of one.
fn alone(pane: Pane) -> &'static [Pane] {
    let place = pane.number() - 1;
    &Pane::ALL[place..=place]
}

pub(super) fn split_top(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    let below = Rect { y: area.y + height, height: area.height - height, ..area };
    (Rect { height, ..area }, below)
}

pub(super) fn split_bottom(area: Rect, height: u16) -> (Rect, Rect) {
    split_top(area, area.height - height.min(area.height))
}

pub(super) fn split_right(area: Rect, width: u16) -> (Rect, Rect) {
    let left = area.width - width.min(area.width);
    let right = Rect { x: area.x + left, width: area.width - left, ..area };
    (Rect { width: left, ..area }, right)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(width: u16, height: u16, focus: Pane) -> Layout {
        Layout::new(Rect::new(0, 0, width, height), focus, false)
    }

    fn seen(layout: &Layout) -> Vec<Pane> {
        let mut panes: Vec<Pane> = layout.panes.iter().map(|placed| placed.pane).collect();
        panes.sort_unstable();
        panes
    }

    #[test]
    fn a_size_belongs_to_the_biggest_class_that_fits() {
        let sizes =
            [(150, 40), (149, 40), (100, 30), (99, 30), (80, 24), (80, 23), (40, 8), (40, 7)];
        let classes = sizes.map(|(width, height)| Class::of(Rect::new(0, 0, width, height)));
        assert_eq!(
            classes,
            [
                Class::All,
                Class::Wide,
                Class::Wide,
                Class::Three,
                Class::Three,
                Class::Strip,
                Class::Strip,
                Class::TooSmall
            ]
        );
    }

    #[test]
    fn every_pane_has_its_spot_on_a_screen_of_any_size() {
        for row in PANES.iter().filter(|row| !row.is_of_explored) {
            for (width, height) in [(240, 67), (150, 40), (100, 30), (80, 24)] {
                let shown = seen(&of(width, height, row.pane));
                assert!(shown.contains(&row.pane), "{} at {width}x{height}", row.name);
            }
            let is_alone = seen(&of(44, 8, row.pane)) == [row.pane];
            assert_eq!(is_alone, row.is_in_strip && row.pane != Pane::Ring, "{}", row.name);
        }
    }

    #[test]
    fn a_big_screen_shows_all_panes() {
        let of_any_run = Pane::ALL.into_iter().filter(|pane| !pane.spec().is_of_explored);
        assert_eq!(seen(&of(150, 40, Pane::Ring)), of_any_run.collect::<Vec<_>>());
    }

    #[test]
    fn the_choices_take_turns_with_the_events_where_a_scenario_was_explored() {
        let explored = |(width, height), focus| of(width, height, focus).explored(focus);
        for size in [(240, 67), (150, 40), (100, 30), (80, 24), (44, 8)] {
            let shown = seen(&explored(size, Pane::Choices));
            assert!(shown.contains(&Pane::Choices) && !shown.contains(&Pane::Events), "{size:?}");
            let shown = seen(&explored(size, Pane::Events));
            assert!(shown.contains(&Pane::Events) && !shown.contains(&Pane::Choices), "{size:?}");
        }
    }

    #[test]
    fn the_focus_brings_a_pane_to_the_front_of_those_that_share_its_place() {
        use Pane::{Events, Inspector, Ring, SpaceTime, Watches};
        assert_eq!(seen(&of(100, 30, Ring)), [Ring, Inspector, Events]);
        assert_eq!(seen(&of(100, 30, SpaceTime)), [Ring, Inspector, SpaceTime]);
        assert_eq!(seen(&of(80, 24, Watches)), [Ring, Events, Watches]);
    }

    #[test]
    fn a_narrow_screen_has_the_strip_and_the_events() {
        let layout = of(44, 8, Pane::Ring);
        assert_eq!(seen(&layout), [Pane::Events]);
        assert_eq!(layout.strip.map(|strip| strip.height), Some(1));
    }

    #[test]
    fn a_pane_that_is_zoomed_has_all_but_the_edges() {
        let layout = Layout::new(Rect::new(0, 0, 80, 24), Pane::Watches, true);
        assert_eq!(layout.panes.len(), 1);
        let watches = layout.panes.iter().find(|placed| placed.pane == Pane::Watches);
        assert_eq!(watches.map(|placed| placed.area), Some(Rect::new(0, 1, 80, 21)));
    }

    proptest! {
        #[test]
        fn the_parts_cover_the_screen_and_never_overlap(
            width in 40_u16..400, height in 8_u16..200, focus in 0..6_usize, zoom: bool
        ) {
            let area = Rect::new(0, 0, width, height);
            let layout = Layout::new(area, Pane::ALL[focus], zoom);
            let mut parts = vec![layout.title, layout.scrubber, layout.keybar];
            parts.extend(layout.strip.into_iter().chain(layout.watch));
            parts.extend(layout.panes.iter().map(|placed| placed.area));
            let covered: u32 = parts.iter().map(|part| part.area()).sum();
            prop_assert_eq!(covered, area.area());
            for (place, one) in parts.iter().enumerate() {
                prop_assert!(parts[..place].iter().all(|other| !one.intersects(*other)));
            }
        }
    }
}

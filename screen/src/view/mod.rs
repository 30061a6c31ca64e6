//! Draws what the app has: a file for each pane, and each a function of a frame.

pub(crate) mod call_words;
mod canvas;
mod choices;
pub mod diff;
mod events;
mod framed;
mod geometry;
mod inspector;
mod keybar;
mod labels;
pub(crate) mod layout;
pub(crate) mod lesson;
mod lines;
pub(crate) mod overlay;
mod ownership;
mod paint;
mod panes;
mod pen;
pub mod picture;
mod prompt;
mod ring;
mod scene;
mod scrubber;
mod space_time;
pub(crate) mod start;
pub mod symbols;
pub(crate) mod target;
#[cfg(test)]
mod tests;
pub mod theme;
mod title;
mod verdict;
pub(crate) mod watches;
pub(crate) mod words;

use ratatui_core::terminal::Frame;

use crate::app::{App, Pane};

use layout::{Class, Layout, draw_too_small};
pub use paint::{Paint, Surface};
use scene::Scene;
use symbols::Symbols;
use theme::Theme;

/// How things look, whatever they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// What things are drawn with.
    pub symbols: Symbols,
    /// Whether nothing moves by itself.
    pub reduce_motion: bool,
}

/// Draws the whole screen.
pub fn draw(frame: &mut Frame<'_>, app: &App, look: &Look) {
    paint(app, &mut Paint::new(frame.buffer_mut(), look));
}

/// Draws a run and its panes, without the list over them.
pub fn paint(app: &App, paint: &mut Paint<'_>) {
    let (area, look) = (paint.area, paint.look);
    let layout = Layout::of(area, app);
    if layout.class == Class::TooSmall {
        draw_too_small(paint);
        return;
    }
    let scene = Scene::new(app, look);
    let buffer = &mut *paint.buffer;
    title::draw(&scene, layout.title, buffer);
    if let Some(strip) = layout.strip {
        ownership::strip(&scene, strip, buffer);
    }
    if let Some(watch) = layout.watch {
        watches::draw_short(&scene, watch, buffer);
    }
    for placed in &layout.panes {
        (panes::drawing(placed.pane).draw)(&scene, *placed, buffer);
    }
    scrubber::draw(&scene, layout.scrubber, buffer);
    keybar::draw(&scene, &layout, buffer);
    verdict::draw_whole(app, &mut paint.within(area));
    if let Some(prompt) = &app.typing.prompt {
        prompt::draw(prompt, layout.scrubber, &mut paint.within(layout.keybar));
    }
}

/// What is settled before a screen is drawn: how large it is, whether anything may move between events, and that no pane is
/// scrolled further than there is something to see of it. The app knows none of these.
pub fn settle(app: &mut App, surface: Surface<'_>) {
    app.playback.is_still = surface.look.reduce_motion;
    app.screen = surface.area.as_size();
    if app.view.scrolled.is_empty() {
        return;
    }
    let scene = Scene::new(app, surface.look);
    let layout = Layout::of(surface.area, app);
    let most = layout.panes.iter().filter_map(|placed| {
        let inside = placed.inside();
        let rows = panes::drawing(placed.pane).height?(&scene, inside.width);
        Some((placed.pane, rows.saturating_sub(inside.height.into())))
    });
    let most: Vec<(Pane, usize)> = most.collect();
    for (pane, most) in most {
        app.view.scrolled.entry(pane).and_modify(|rows| *rows = (*rows).min(most));
    }
}

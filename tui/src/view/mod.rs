//! Draws what the app has: a file for each pane, and each a function of a frame.

mod canvas;
pub mod diff;
mod events;
mod framed;
mod geometry;
mod inspector;
mod keybar;
mod labels;
pub mod layout;
pub mod lesson;
mod lines;
mod overlay;
mod ownership;
pub mod page;
mod pen;
pub mod picture;
mod prompt;
mod ring;
mod scene;
mod scrubber;
mod space_time;
pub mod start;
pub mod symbols;
pub mod target;
#[cfg(test)]
mod tests;
pub mod theme;
mod title;
pub mod watches;
pub(crate) mod words;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{App, Pane};

use layout::{Class, Layout, Placed, too_small};
use pen::Pen;
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
    let area = frame.area();
    paint(app, (area, look), frame.buffer_mut());
}

/// Draws the whole screen into an area of a buffer.
pub fn paint(app: &App, (area, look): (Rect, &Look), buffer: &mut Buffer) {
    let layout = Layout::new(area, app.focus, app.is_zoomed);
    if layout.class == Class::TooSmall {
        Pen::new(buffer, area).write(&too_small(area), look.theme.warning());
        return;
    }
    let scene = Scene::new(app, look);
    title::draw(&scene, layout.title, buffer);
    if let Some(strip) = layout.strip {
        ownership::strip(&scene, strip, buffer);
    }
    if let Some(watch) = layout.watch {
        watches::draw_short(&scene, watch, buffer);
    }
    for placed in &layout.panes {
        draw_pane(&scene, *placed, buffer);
    }
    scrubber::draw(&scene, layout.scrubber, buffer);
    keybar::draw(&scene, &layout, buffer);
    if let Some(prompt) = &app.prompt {
        prompt::draw(prompt, look, (layout.scrubber, layout.keybar), buffer);
    }
    if let Some(menu) = &app.menu {
        overlay::draw(menu, (area, look), buffer);
    }
}

/// Scrolls no pane further than there is something to see of it: the app does not know how large they are.
pub fn settle(app: &mut App, (area, look): (Rect, &Look)) {
    if app.scrolled.is_empty() {
        return;
    }
    let scene = Scene::new(app, look);
    let layout = Layout::new(area, app.focus, app.is_zoomed);
    let most = layout.panes.iter().filter_map(|placed| {
        let inside = placed.inside();
        let rows = match placed.pane {
            Pane::Inspector => inspector::height(&scene, inside.width),
            Pane::Watches => watches::height(&scene),
            Pane::Ring | Pane::Events | Pane::SpaceTime | Pane::Ownership => return None,
        };
        Some((placed.pane, rows.saturating_sub(inside.height.into())))
    });
    let most: Vec<(Pane, usize)> = most.collect();
    for (pane, most) in most {
        app.scrolled.entry(pane).and_modify(|rows| *rows = (*rows).min(most));
    }
}

fn draw_pane(scene: &Scene<'_>, placed: Placed, buffer: &mut Buffer) {
    match placed.pane {
        Pane::Ring => ring::draw(scene, placed, buffer),
        Pane::Inspector => inspector::draw(scene, placed, buffer),
        Pane::Events => events::draw(scene, placed, buffer),
        Pane::SpaceTime => space_time::draw(scene, placed, buffer),
        Pane::Watches => {
            let conditions = watches::conditions(scene.app);
            watches::draw(scene, (placed, &conditions), buffer);
        }
        Pane::Ownership => ownership::draw(scene, placed, buffer),
    }
}

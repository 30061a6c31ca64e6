//! Draws what the app has: a file for each pane, and each a function of a frame.

use ratatui::Frame;

use crate::app::App;

/// Draws the whole screen.
pub fn draw(frame: &mut Frame<'_>, app: &App) {
    let _ = (frame, app);
}

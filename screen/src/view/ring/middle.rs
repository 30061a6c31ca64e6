//! What stands in the middle of the ring: the command in flight; and the nodes' names where there is no ring.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::Style;
use ringscope_sim::protocol::Roles;
use unicode_width::UnicodeWidthStr as _;

use super::super::geometry::{CELL_WIDTH, cells, whole};
use super::super::pen::{self, Pen, row};
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::model::Picture;

/// The least columns into which a line in the middle is cut.
const LEAST_ROOM: usize = 7;

/// The command in flight, as wide as the circle allows.
pub(super) struct Middle {
    /// The cells that it takes.
    pub area: Rect,
    /// Each with its style.
    lines: Vec<(String, Style)>,
}

impl Middle {
    /// What stands there at the moment.
    pub(super) fn new(scene: &Scene<'_>, picture: &Picture) -> Middle {
        let inside = picture.area;
        let has_ring = picture.has_ring();
        let room = match has_ring {
            true => whole(2.0 * (picture.disc.inside() - CELL_WIDTH).max(0.0) / CELL_WIDTH),
            false => usize::from(inside.width),
        };
        let theme = &scene.look.theme;
        let mut lines = Vec::new();
        // Of less nobody could say what it was.
        let mut add = |line: String, style: Style| {
            if line.width().min(LEAST_ROOM) <= room {
                lines.push((pen::fitted(&line, room), style));
            }
        };
        if !has_ring {
            names(scene, room).into_iter().for_each(|name| add(name, theme.name()));
        }
        // Beside the neighbourhood it has a line there.
        let command = command_label(scene).filter(|_| picture.neighbourhood.is_none());
        command.into_iter().for_each(|command| add(command, theme.text()));
        let width = lines.iter().map(|(line, _)| line.width()).max().unwrap_or(0);
        let (width, height) =
            (cells(width).min(inside.width), cells(lines.len()).min(inside.height));
        let x = inside.x + (inside.width - width) / 2;
        let y = inside.y + (inside.height - height) / 2;
        Middle { area: Rect { x, y, width, height }, lines }
    }

    /// Writes it over whatever lies there.
    pub(super) fn draw(&self, buffer: &mut Buffer) {
        // Plain text would keep the colours of what lies below it.
        buffer.set_style(self.area, Style::reset());
        let seen = self.lines.iter().enumerate().take(usize::from(self.area.height));
        for (index, (line, style)) in seen {
            let width = usize::from(self.area.width);
            let before = width.saturating_sub(line.width()) / 2;
            let line = format!("{:before$}{line}", "");
            Pen::new(buffer, row(self.area, index)).write(&format!("{line:width$}"), *style);
        }
    }
}

/// The head and the command node, on two lines where there is no room for one.
fn names(scene: &Scene<'_>, room: usize) -> Vec<String> {
    let Some(Roles { head, command, .. }) = scene.app.timeline.roles() else { return Vec::new() };
    let names = [format!("head r{head}"), format!("cmd r{command}")];
    let line = names.join("  ");
    if line.width() > room { names.into() } else { vec![line] }
}

/// The oldest command in flight, and how many others there are.
pub(super) fn command_label(scene: &Scene<'_>) -> Option<String> {
    let (oldest, others) = scene.commands.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" +{}", others.len()) };
    Some(format!("{} {oldest}{more}", scene.symbol(Symbol::Play)))
}

//! Where something is drawn, how it looks, and the cells that take it.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;

use super::Look;
use super::pen::{self, Pen};

/// Where something is drawn, how it looks, and the cells that take it.
pub struct Paint<'a> {
    /// Where.
    pub area: Rect,
    /// How things look.
    pub look: &'a Look,
    /// The cells of the whole screen.
    pub buffer: &'a mut Buffer,
}

impl<'a> Paint<'a> {
    /// The whole screen.
    pub fn new(buffer: &'a mut Buffer, look: &'a Look) -> Paint<'a> {
        Paint { area: buffer.area, look, buffer }
    }

    /// The same in another area.
    pub fn within(&mut self, area: Rect) -> Paint<'_> {
        Paint { area, look: self.look, buffer: self.buffer }
    }

    /// The same in a row of its area.
    pub fn row(&mut self, index: usize) -> Paint<'_> {
        self.within(pen::row(self.area, index))
    }

    /// A pen at the start of its first row.
    pub fn pen(&mut self) -> Pen<'_> {
        Pen::new(self.buffer, self.area)
    }

    /// What is left when the cells are not asked for.
    pub fn surface(&self) -> Surface<'a> {
        Surface { area: self.area, look: self.look }
    }
}

/// Where something is drawn and how it looks: enough to say what is where on it.
#[derive(Debug, Clone, Copy)]
pub struct Surface<'a> {
    /// Where.
    pub area: Rect,
    /// How things look.
    pub look: &'a Look,
}

impl<'a> Surface<'a> {
    /// The same in another area.
    pub fn within(self, area: Rect) -> Surface<'a> {
        Surface { area, ..self }
    }
}

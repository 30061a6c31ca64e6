//! What is drawn of a page, and what is where on it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Look, diff, lesson, overlay, prompt, start, target};
use crate::app::{Page, Target};

/// Draws a page.
pub fn paint(page: &Page, (area, look): (Rect, &Look), buffer: &mut Buffer) {
    match page {
        Page::Start(page) => start::draw(&page.as_ref().into(), (area, look), buffer),
        Page::Run(app) => super::paint(app, (area, look), buffer),
        Page::Tour(page) => lesson::draw(page, (area, look), buffer),
        Page::Diff(page) => {
            diff::draw((&diff::shown(page, look.symbols).0, &page.keymap), (area, look), buffer);
            if let Some(line) = &page.prompt {
                prompt::draw(line, look, diff::last_rows(area), buffer);
            }
        }
    }
    let menu = match page {
        Page::Tour(page) => page.menu.as_ref(),
        Page::Start(page) => page.menu.as_ref(),
        // It draws its own.
        Page::Run(_) => None,
        Page::Diff(page) => page.menu.as_ref(),
    };
    if let Some(menu) = menu {
        overlay::draw(menu, (area, look), buffer);
    }
}

/// What drawing it has to settle first.
pub fn settle(page: &mut Page, drawn: (Rect, &Look)) {
    match page {
        Page::Run(app) => super::settle(app, drawn),
        Page::Tour(page) => lesson::settle(page, drawn),
        Page::Start(_) | Page::Diff(_) => {}
    }
}

/// What is at a position of a page as it was drawn.
pub fn at(page: &Page, (area, look): (Rect, &Look), (x, y): (u16, u16)) -> Option<Target> {
    let on_menu = |menu| overlay::row_at(menu, area, (x, y)).map(Target::Row);
    match page {
        Page::Start(page) => match &page.menu {
            Some(menu) => on_menu(menu),
            None => start::at(&page.as_ref().into(), (area, look), (x, y)),
        },
        Page::Run(app) => target::at(area, (app, look), (x, y).into()),
        Page::Tour(page) => match &page.menu {
            Some(menu) => on_menu(menu),
            None => lesson::at(page, (area, look), (x, y).into()),
        },
        Page::Diff(page) => match &page.menu {
            Some(menu) => on_menu(menu),
            None => diff::at(page, (area, look), (x, y)),
        },
    }
}

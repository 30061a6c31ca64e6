//! That whole screens can be read: every cell that holds text is measured, in every scheme and depth of colour.
//!
//! Styles are laid over each other, such as what is selected over what is wrong; what comes of it is seen on whole screens
//! alone.

use ringscope_sim::scenario::builtin;

use super::super::Look;
use super::super::symbols::Symbols;
use super::super::theme::contrast::unreadable;
use super::super::theme::{Palette, Scheme, Theme};
use super::matrix::{comparison, lesson, painted, run, views};
use super::{look, scenes};
use crate::app::App;
use crate::app::testing::press;
use crate::session::Page;

/// The sizes: where there is least room for all panes, and where cards and pictures have theirs.
const SIZES: [(u16, u16); 2] = [(80, 24), (160, 48)];

/// Every view and every scene; every built-in run when it has ended, and asked why; and what lies over a page.
fn screens() -> Vec<(String, Box<dyn Page>)> {
    let scenes = scenes::all().into_iter().map(|(name, app, ..)| (name.to_owned(), run(app)));
    let ended = builtin::ALL.iter().flat_map(|built_in| {
        let why = after(scenes::ended(built_in.name), "k");
        let card = after(scenes::ended(built_in.name), "k k");
        [
            (format!("{} at its end", built_in.name), run(scenes::ended(built_in.name))),
            (format!("{}, why", built_in.name), run(why)),
            (format!("{}, the whole explanation", built_in.name), run(card)),
        ]
    });
    let over = ["?", ":", "x", "/", "i", "b", "g"].into_iter().flat_map(|key| {
        let pages = [
            ("a run", run(scenes::built_in("join", scenes::ADD))),
            ("a comparison", comparison()),
            ("a lesson", lesson("a enter")),
        ];
        pages.map(|(name, mut page)| {
            page.press(key.parse().expect("a key"));
            page.paste("nothing of the kind");
            (format!("`{key}` over {name}"), page)
        })
    });
    views().into_iter().chain(scenes).chain(ended).chain(over).collect()
}

fn after(mut app: App, keys: &str) -> App {
    press(&mut app, keys);
    app
}

fn can_be_read(theme: Theme, screens: &[(String, Box<dyn Page>)]) {
    let look = Look { theme, ..look(Palette::Rgb, Symbols::Braille) };
    let mut all = Vec::new();
    for (name, page) in screens {
        for size in SIZES {
            let faults = unreadable(theme, &painted(page.as_ref(), size, &look));
            all.extend(faults.into_iter().map(|fault| format!("{name} at {size:?}: {fault}")));
        }
    }
    assert!(all.is_empty(), "{theme:?}:\n{}", all.join("\n"));
}

fn every_depth_of(scheme: Scheme) {
    let screens = screens();
    for palette in Palette::ALL {
        can_be_read(Theme::new(palette).with(scheme), &screens);
    }
}

#[test]
fn every_text_of_every_screen_can_be_read_on_a_dark_ground_in_every_depth() {
    every_depth_of(Scheme::Dark);
}

#[test]
fn every_text_of_every_screen_can_be_read_on_a_light_ground_in_every_depth() {
    every_depth_of(Scheme::Light);
}

#[test]
fn every_text_of_every_screen_can_be_read_in_high_contrast_in_every_depth() {
    every_depth_of(Scheme::HighContrast);
}

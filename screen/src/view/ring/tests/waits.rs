//! Nobody who waits for ever is left out: neither the arrow nor the words.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_sim::scenario::builtin;
use ringscope_sim::world::Blocked;

use super::super::super::Look;
use super::super::super::scene::Scene;
use super::super::super::symbols::Symbols;
use super::super::super::tests::look;
use super::super::super::theme::Palette;
use super::super::{LabelSubject, draw_within};
use super::{inside, sketched, text_at};
use crate::app::App;
use crate::app::testing::{built_in, press};

const SIZES: [(u16, u16); 3] = [(80, 24), (100, 30), (120, 36)];

/// The pane as it is drawn, and its rows as one text.
fn drawn(app: &App, look: &Look, area: Rect) -> (Buffer, String) {
    let mut buffer = Buffer::empty(area);
    draw_within(&Scene::new(app, look), area, &mut buffer);
    let rows = area.rows().map(|row| text_at(&buffer, row));
    let words: Vec<String> = rows
        .flat_map(|row| row.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    (buffer, words.join(" "))
}

/// What the card says of one who waits.
fn fact(app: &App, blocked: &Blocked) -> String {
    let facts = app.verdict().expect("it has ended").facts;
    let rank = format!("rank {} ", blocked.rank);
    facts.into_iter().find(|fact| fact.starts_with(&rank)).unwrap_or(rank + "is nowhere")
}

#[test]
fn every_edge_of_the_wait_for_graph_has_its_arrow_and_is_said() {
    let look = look(Palette::Rgb, Symbols::Braille);
    let mut missing = Vec::new();
    let (mut edges, mut in_the_card) = (0, 0);
    for one in builtin::ALL {
        let mut app = built_in(one.name, 0);
        press(&mut app, "end");
        for size in SIZES {
            let (scene, area) = (Scene::new(&app, &look), inside(size));
            let (buffer, text) = drawn(&app, &look, area);
            let sketch = sketched(&scene, area);
            for blocked in &scene.deadlocked {
                edges += 1;
                let what = format!("{} at {size:?}: {blocked:?}", one.name);
                let head = sketch
                    .waits
                    .head(&scene, blocked)
                    .and_then(|(cell, symbol)| Some((sketch.picture.on_screen(cell)?, symbol)));
                let is_drawn = match head {
                    Some((place, symbol)) => {
                        let cell = &buffer[place];
                        cell.symbol() == symbol && Some(cell.fg) == look.theme.bad().fg
                    }
                    None => sketch.waits.is_link(blocked),
                };
                if !is_drawn {
                    missing.push(format!("{what} has no arrow"));
                }
                let is_of_it = |named: LabelSubject| named == LabelSubject::Rank(blocked.rank);
                let mut labels = sketch.labels.iter().filter(|label| is_of_it(label.named));
                let is_labelled = labels.any(|label| label.style == look.theme.bad());
                let is_in_the_card = text.contains(&fact(&app, blocked));
                in_the_card += usize::from(is_in_the_card && !is_labelled);
                if !is_labelled && !is_in_the_card {
                    missing.push(format!("{what} is not said"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(edges > 20 && in_the_card > 0, "{edges} edges, {in_the_card} in the card");
}

//! The hunts of the README: each is done with the keys that stand there, and they are few.

use std::path::Path;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_screen::app::{KeyPress, Keymap};
use ringscope_screen::session::Session;
use ringscope_screen::tour::Progress;
use ringscope_screen::view::{Look, Paint};

/// The most keys that somebody needs to find something out.
const MOST_KEYS: usize = 12;

/// A row of the README's table: the keys, and what the screen says then.
struct Hunt {
    keys: Vec<KeyPress>,
    said: String,
}

fn hunts() -> Vec<Hunt> {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).expect("the checkout has a README");
    let (_, table) = readme.split_once("| by these keys |").expect("it has the table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let hunt = |row: &str| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let keys = cells[2].split('`').filter(|word| !word.trim().is_empty()).flat_map(keys);
        Hunt { keys: keys.collect(), said: cells[3].to_owned() }
    };
    rows.map(hunt).collect()
}

/// A key by its name, or the letters of a word that is typed.
fn keys(word: &str) -> Vec<KeyPress> {
    match word.to_lowercase().parse() {
        Ok(key) => vec![key],
        Err(_) => word.chars().map(|c| c.to_string().parse().expect("a letter")).collect(),
    }
}

#[test]
fn every_hunt_of_the_readme_ends_within_twelve_keys() {
    let hunts = hunts();
    assert_eq!(hunts.len(), 3, "the lost key, the neighbours, the livelock");
    for Hunt { keys, said } in hunts {
        assert!(keys.len() <= MOST_KEYS, "{} keys until {said:?}", keys.len());
        let mut session = Session::start(&[], Progress::default(), Keymap::default());
        keys.iter().for_each(|key| session.press(*key));
        for (width, height) in [(80, 24), (120, 36), (160, 48)] {
            let (look, mut cells) =
                (Look::default(), Buffer::empty(Rect::new(0, 0, width, height)));
            session.paint(&mut Paint::new(&mut cells, &look));
            let rows = cells.content.chunks(usize::from(width));
            let rows: Vec<String> =
                rows.map(|row| row.iter().map(|cell| cell.symbol()).collect()).collect();
            assert!(
                rows.iter().any(|row| row.contains(&said)),
                "{said:?} at {width}x{height}: {rows:#?}"
            );
        }
    }
}

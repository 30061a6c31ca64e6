//! The pictures of the README are what the program draws.

mod support;

use std::path::Path;

use support::Folder;

/// Each picture, and the view that it is of.
const PICTURES: [(&str, &str); 4] = [
    ("join.svg", "snapshot join --at 74..96 --size 100x30 --color rgb"),
    ("lesson.svg", "snapshot --tour joining --at 4 --size 120x36 --color rgb"),
    ("lost-key.svg", "snapshot race-lost-key --at 17 --size 100x30 --color rgb"),
    ("lost-key-lanes.svg", "export race-lost-key --quiet"),
];

#[test]
fn the_pictures_are_what_the_program_draws() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures");
    let folder = Folder::new();
    for (name, words) in PICTURES {
        let result = folder.call(&format!("{words} -o {name}"));
        assert_eq!(result.code, Some(0), "{}", result.err);
        if std::env::var_os("RINGSCOPE_BLESS").is_some() {
            std::fs::write(kept.join(name), folder.read(name)).expect("a folder of the checkout");
        }
        let picture = std::fs::read_to_string(kept.join(name)).unwrap_or_default();
        assert!(picture == folder.read(name), "{name} is another picture: `make bless` draws it");
    }
}

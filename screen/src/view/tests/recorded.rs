//! Programs of which no protocol is known, as they were recorded: lanes, calls, and what is wrong.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ratatui_core::layout::Rect;

use super::dump::dump;
use super::{look, screen};
use crate::app::{App, Sources, testing};
use crate::timeline::Timeline;
use crate::view::symbols::Symbols;
use crate::view::theme::Palette;

/// A recorded run, and the source of its program.
struct Recording {
    name: &'static str,
    trace: &'static [u8],
    source: &'static str,
}

macro_rules! recording {
    ($name:literal, $source:literal) => {
        Recording {
            name: $name,
            trace: include_bytes!(concat!("recorded/", $name, ".jsonl")),
            source: $source,
        }
    };
}

const RECORDINGS: [Recording; 3] = [
    recording!("allreduce-meets-bcast", "18-allreduce-meets-bcast.c"),
    recording!("all-send", "01-all-send-before-they-receive.c"),
    recording!("two-communicators", "31-correct-two-communicators.c"),
];

fn opened(recording: &Recording) -> App {
    let name = format!("{}.jsonl", recording.name);
    let timeline = Timeline::kept(&name, Arc::from(recording.trace)).expect("it is a trace");
    let mut app = App::new(timeline, &name, 0);
    let folder = "../mpi-runner/recorder/tests/programs/reported";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(recording.source);
    let source = fs::read_to_string(path);
    let source = source.expect("the program is there");
    app.sources = Sources::read_by(Box::new(move |_| Ok(source.clone())));
    app
}

#[test]
fn recorded_programs_from_start_to_end() {
    let look = look(Palette::Rgb, Symbols::Braille);
    for recording in &RECORDINGS {
        for (place, keys) in [("middle", "home l l l"), ("end", "end")] {
            let mut app = opened(recording);
            testing::press(&mut app, keys);
            for (width, height) in [(80, 24), (120, 36)] {
                let name = format!("recorded-{}-{place}-{width}x{height}", recording.name);
                insta::assert_snapshot!(name, dump(&screen(&app, (width, height), look)));
            }
        }
    }
}

/// Words of a protocol that none of these programs speaks.
const OF_A_PROTOCOL: [&str; 12] = [
    "PUT",
    "GET",
    "INIT",
    "ADD",
    "head",
    "command node",
    "Ring",
    "successor",
    "invariant",
    "state",
    "owns",
    "storage",
];

/// Goes through a run, step by step, and draws it at each in every size.
#[test]
fn at_every_step_it_is_drawn_and_nothing_of_a_protocol_is_named() {
    let look = look(Palette::Rgb, Symbols::Braille);
    let sizes = [(44, 12), (80, 24), (120, 36), (160, 48), (240, 67)];
    for recording in &RECORDINGS {
        let mut app = opened(recording);
        testing::press(&mut app, "home");
        let mut steps = 0;
        loop {
            for size in sizes {
                let text =
                    crate::view::picture::PictureFormat::Text.draw(&screen(&app, size, look));
                let named = OF_A_PROTOCOL.iter().find(|word| text.contains(**word));
                assert_eq!(
                    named, None,
                    "{} after {steps} steps, {size:?}:\n{text}",
                    recording.name
                );
            }
            if app.is_at_end() {
                break;
            }
            testing::press(&mut app, "l");
            steps += 1;
        }
        assert!(steps > 3, "{}: {steps} steps", recording.name);
        for _ in 0..steps {
            testing::press(&mut app, "h");
        }
        let passed = app.timeline.calls().passed(app.view.moment());
        assert_eq!((app.view.cursor, passed), (0, 0), "{}", recording.name);
    }
}

#[test]
fn what_there_is_no_ring_for_is_refused() {
    let mut app = opened(&RECORDINGS[0]);
    for key in ["f1", "f6"] {
        testing::press(&mut app, key);
        let note = app.controls.note.clone().unwrap_or_default();
        assert!(note.contains("it has no ring"), "{key}: {note}");
    }
    let area = Rect::new(0, 0, 80, 24);
    assert!(!crate::view::layout::Layout::of(area, &app).panes.is_empty());
}

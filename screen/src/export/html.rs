//! One page that holds everything: the ring, the space-time diagram, and a stepper.
//!
//! The page is a frame into which the style, the run and the program are put; it asks nobody for
//! anything, and its own policy forbids it to.

mod calls;
mod run;

use std::io::Write;

use ringscope_traces::json::put_ascii_json;

use super::{ExportError, Reel};
use crate::view::picture::escaped;
use run::PageRun;

/// The most events of a page: a browser holds them all, and lists them.
const MOST_EVENTS: usize = 5_000;

/// The page, and in it the names of its pieces between two braces.
const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/page.css");

/// The page's program: what is known first, then what is made of it.
const SCRIPTS: [&str; 6] = [
    include_str!("html/known.js"),
    include_str!("html/words.js"),
    include_str!("html/ring.js"),
    include_str!("html/lanes.js"),
    include_str!("html/step.js"),
    include_str!("html/page.js"),
];

/// Writes the page.
pub(super) fn write(reel: &mut Reel<'_>, sink: &mut dyn Write) -> Result<(), ExportError> {
    reel.refuse_more_than(MOST_EVENTS, "html", "a page lists")?;
    let mut run = Vec::new();
    put_ascii_json(&mut run, &PageRun::of(reel)?)?;
    for piece in pieces() {
        match piece {
            Piece::Text(text) => sink.write_all(text.as_bytes())?,
            Piece::Named("title") => {
                sink.write_all(escaped(&reel.name()).as_bytes())?;
            }
            Piece::Named("style") => sink.write_all(STYLE.as_bytes())?,
            Piece::Named("run") => put_in_script(sink, &run)?,
            Piece::Named("script") => {
                for script in SCRIPTS {
                    sink.write_all(script.as_bytes())?;
                }
            }
            Piece::Named(name) => unreachable!("the page names {name}"),
        }
    }
    Ok(())
}

/// A piece of the page.
#[derive(Debug, PartialEq)]
enum Piece {
    /// It stands there as it is.
    Text(&'static str),
    /// Something is put there.
    Named(&'static str),
}

/// The page's pieces in their order. Nothing that is put into it is looked at again.
fn pieces() -> impl Iterator<Item = Piece> {
    PAGE.split("{{")
        .flat_map(|piece| match piece.split_once("}}") {
            Some((name, text)) => [Some(Piece::Named(name)), Some(Piece::Text(text))],
            None => [Some(Piece::Text(piece)), None],
        })
        .flatten()
}

/// Writes JSON so that no end of a script can stand in it: only strings hold those characters, and in
/// them this is another way to write them.
fn put_in_script(sink: &mut dyn Write, json: &[u8]) -> Result<(), ExportError> {
    for piece in json.split_inclusive(|byte| matches!(byte, b'<' | b'>' | b'&')) {
        match piece.split_last() {
            Some((last @ (b'<' | b'>' | b'&'), before)) => {
                sink.write_all(before)?;
                write!(sink, "\\u{last:04x}")?;
            }
            Some(_) | None => sink.write_all(piece)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::Value;

    use super::super::Part;
    use super::super::testing::{HOSTILE, HUNG, endless, exported, exported_from};
    use super::*;

    /// The run as it stands in the page, on many lines.
    fn run_of(page: &str) -> String {
        let (_, rest) =
            page.split_once("<script type=\"application/json\" id=\"run\">").expect("a run");
        let (json, _) = rest.split_once("</script>").expect("its end");
        let run: Value = serde_json::from_str(json).expect("JSON");
        let fields = run.as_object().expect("an object").iter();
        let line = |value: &Value| match value.as_array() {
            Some(items) => items.iter().map(|item| format!("\n  {item}")).collect::<String>(),
            None => format!(" {value}"),
        };
        fields.map(|(name, value)| format!("{name}:{}\n", line(value))).collect()
    }

    #[test]
    fn a_page_has_the_run_with_what_each_event_changed() {
        assert_snapshot!(run_of(&exported("html", "race-lost-key", Part::default())));
    }

    #[test]
    fn of_a_recorded_program_a_page_has_the_calls_and_no_ring() {
        let page = exported_from("html", HUNG, Part::default()).expect("it can be carried");
        assert_snapshot!(run_of(&page));
    }

    #[test]
    fn a_page_of_a_part_begins_with_how_the_run_stood() {
        let part = Part { from: 70, to: Some(76) };
        assert_snapshot!(run_of(&exported("html", "join", part)));
    }

    #[test]
    fn of_another_dialect_a_page_has_the_messages_and_no_states() {
        let page = exported_from("html", HOSTILE, Part::default()).expect("it can be carried");
        assert_eq!(page.matches("<script").count(), 2, "the run's, and the page's own");
        assert_eq!(page.matches("</script").count(), 2);
        assert!(!page.contains("<img"));
        assert_snapshot!(run_of(&page));
    }

    #[test]
    fn a_page_asks_nobody_for_anything() {
        let page = exported("html", "get-missing", Part::default());
        for word in ["src=", "@import", "fetch(", "XMLHttp", "import("] {
            assert!(!page.contains(word), "{word}");
        }
        // The name of SVG is an address, and a part of the picture is cut out by another.
        assert_eq!(page.matches("://").count(), page.matches("http://www.w3.org/2000/svg").count());
        assert_eq!(page.matches("url(").count(), page.matches("url(#").count());
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn a_page_that_no_browser_could_hold_is_refused() {
        let refused =
            exported_from("html", &endless(2_600), Part::default()).expect_err("too long");
        assert!(refused.contains("5200 events are too many"), "{refused}");
        assert!(refused.contains("--events 0..5000"), "{refused}");
    }

    #[test]
    fn every_piece_of_the_page_is_known() {
        let names: Vec<_> = pieces()
            .filter_map(|piece| match piece {
                Piece::Named(name) => Some(name),
                Piece::Text(_) => None,
            })
            .collect();
        assert_eq!(names, ["title", "style", "run", "script"]);
    }
}

//! Exports of small runs, for the tests.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use ratatui_core::layout::Size;
use ringscope_sim::scenario::builtin;
use ringscope_sim::simulate::record;
use ringscope_traces::Reader;

use super::reel::FrameSettings;
use super::{ExportError, Feed, Format, Part, Reel, Watch, Way};
use crate::app::App;
use crate::timeline::Timeline;
use crate::view::Look;
use crate::view::symbols::Symbols;
use crate::view::theme::{Palette, Theme};

/// Nobody watches: whoever asked for the export waits until it is whole.
struct Unwatched;

impl Watch for Unwatched {
    fn stretch(&self, _: &'static str, _: Option<u64>) {}

    fn go_on(&self) -> Result<(), ExportError> {
        Ok(())
    }

    fn at(&self, _: usize) -> Result<(), ExportError> {
        Ok(())
    }
}

/// A trace of another dialect whose names and payloads mean something to whoever reads an export.
pub(super) const HOSTILE: &str = include_str!("hostile.jsonl");

/// A recorded program of which two ranks wait in a collective operation, and two in another one.
pub(super) const HUNG: &str = include_str!("../view/tests/recorded/allreduce-meets-bcast.jsonl");

/// The trace of a built-in scenario.
pub(super) fn trace_of(scenario: &str) -> String {
    let scenario = builtin::find(scenario).expect("it is built in").scenario();
    let recorded = record(&scenario, Vec::new()).expect("memory");
    String::from_utf8(recorded.to).expect("a trace is text")
}

/// The trace of two ranks of which one sends to the other for ever.
pub(super) fn endless(messages: u64) -> String {
    let mut trace =
        r#"{"trace":1,"source":"recorded","protocol":"other","ranks":2,"time":"wall"}"#.to_owned();
    for n in 0..messages {
        for (rank, op, clock) in [(0, "send", n + 1), (1, "recv", n + 2)] {
            let peer = 1 - rank;
            trace += &format!(
                "\n{{\"rank\":{rank},\"n\":{n},\"op\":\"{op}\",\"peer\":{peer},\"tag\":5,\"data\":{n},\"t\":{n},\"clock\":{clock}}}"
            );
        }
    }
    trace + "\n"
}

/// Does something with the events of a part of a built-in scenario's run.
pub(super) fn feed<T>(scenario: &str, part: Part, with: impl FnOnce(&mut Feed<'_>) -> T) -> T {
    let trace = trace_of(scenario);
    let read: Box<dyn BufRead> = Box::new(trace.as_bytes());
    with(&mut Feed::new(Reader::new(read, "test").expect("a trace"), part, &Unwatched))
}

/// The export of a part of a built-in scenario's run.
pub(super) fn exported(format: &str, scenario: &str, part: Part) -> String {
    exported_from(format, &trace_of(scenario), part).expect("it can be carried")
}

/// The export of a part of a trace, or why there is none.
pub(super) fn exported_from(format: &str, trace: &str, part: Part) -> Result<String, String> {
    let mut text = Vec::new();
    let done = match Format::named(format).expect("a format").way {
        Way::Events(write) => {
            let read: Box<dyn BufRead + '_> = Box::new(trace.as_bytes());
            let reader = Reader::new(read, "test").expect("a trace");
            write(&mut Feed::new(reader, part, &Unwatched), &mut text)
        }
        Way::Timeline(write) => {
            let bytes: Arc<[u8]> = trace.as_bytes().into();
            let timeline = Timeline::kept("test", bytes).expect("a trace");
            let app = App::new(timeline, &shown(), 0);
            let screen = FrameSettings { size: Size { width: 80, height: 24 }, look: look() };
            Reel::new(app, part, screen, &Unwatched)
                .and_then(|mut reel| write(&mut reel, &mut text))
        }
    };
    done.map(|()| String::from_utf8(text).expect("text")).map_err(|trouble| match trouble {
        ExportError::Run(failure) => failure.one_line(),
        ExportError::Sink(error) => error.to_string(),
        ExportError::Interrupted => "interrupted".to_owned(),
    })
}

/// A name that means something to whoever reads an export.
fn shown() -> String {
    Path::new("<test> & \"name\"").display().to_string()
}

fn look() -> Look {
    Look { theme: Theme::new(Palette::Rgb), symbols: Symbols::Braille, reduce_motion: false }
}

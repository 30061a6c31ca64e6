//! An asciinema recording of the screen playing the run, made from its events and no clock.
//!
//! Version 2 of the format, which every player takes:
//! <https://docs.asciinema.org/manual/asciicast/v2/>. After the first frame only what has changed is
//! written. A command is a marker.

use std::collections::BTreeMap;
use std::io::Write;

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ringscope_traces::json::{ascii_json, put_ascii_json};
use ringscope_traces::text::Plain;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::{ExportError, Reel};
use crate::view::picture::codes;
use crate::view::{self, Paint};

/// The most events of a recording: in two minutes nobody sees more.
const MOST_EVENTS: usize = 100_000;

/// How long an event is seen on average. How long each one is follows the time to the next event of the
/// run.
const USUAL_US: u64 = 250_000;

/// How long an event is seen at least, and at most: some happen at the same time, and some runs wait.
const SEEN_US: (u64, u64) = (100_000, 2_000_000);

/// The longest recording: one that would be longer is faster.
const LONGEST_US: u64 = 120_000_000;

/// Between two frames passes so much time at least, and events that happen meanwhile have none.
const FRAME_US: u64 = 33_333;

/// How long the last screen is seen before the recording ends.
const END_US: u64 = 3_000_000;

/// Writes the recording.
pub(super) fn write(reel: &mut Reel<'_>, sink: &mut dyn Write) -> Result<(), ExportError> {
    reel.refuse_more_than(MOST_EVENTS, "cast", "a recording shows")?;
    put_header(reel, sink)?;
    let times = times(reel);
    let commands = commands(reel);
    let mut recording = Recording::new(reel, sink);
    reel.watch.stretch("recorded", Some(reel.len() as u64));
    for (cursor, time_us) in (reel.from..).zip(&times) {
        reel.watch.at(cursor - reel.from)?;
        if let Some(command) = commands.get(&cursor) {
            recording.put(*time_us, "m", command)?;
        }
        if cursor == reel.to || recording.has_time_for_one(*time_us) {
            reel.app.playback.is_playing = cursor < reel.to;
            reel.app.go_to(cursor);
            recording.take(reel, *time_us)?;
        }
    }
    let end_us = times.last().copied().unwrap_or(0) + END_US;
    let below = format!("\u{1b}[0m\u{1b}[{};1H\u{1b}[?25h", reel.size.height);
    recording.put(end_us, "o", &below)
}

/// The first line.
#[derive(Serialize)]
struct Header {
    version: u8,
    width: u16,
    height: u16,
    title: String,
    env: BTreeMap<&'static str, &'static str>,
}

fn put_header(reel: &Reel<'_>, sink: &mut dyn Write) -> Result<(), ExportError> {
    let header = Header {
        version: 2,
        width: reel.size.width,
        height: reel.size.height,
        title: format!("ringscope play {}", Plain(&reel.app.name)),
        env: BTreeMap::from([("TERM", "xterm-256color")]),
    };
    put_ascii_json(&mut *sink, &header)?;
    Ok(sink.write_all(b"\n")?)
}

/// When each cursor of the part is reached, the first one at 0.
fn times(reel: &Reel<'_>) -> Vec<u64> {
    let t_ns =
        |cursor: usize| reel.timeline().event_at(cursor).map_or(0, |at| reel.timeline().info(at).t);
    let gaps: Vec<u64> =
        (reel.from..reel.to).map(|cursor| t_ns(cursor + 1).saturating_sub(t_ns(cursor))).collect();
    scaled(&gaps)
}

/// The times of a recording from the times between its events.
fn scaled(gaps_ns: &[u64]) -> Vec<u64> {
    let total_ns = gaps_ns.iter().map(|gap| u128::from(*gap)).sum::<u128>();
    let wanted_us = u128::from(USUAL_US) * gaps_ns.len() as u128;
    let seen_us = |gap_ns: &u64| {
        if total_ns == 0 {
            // Nobody took the times of this run.
            return USUAL_US;
        }
        let scaled = u128::from(*gap_ns) * wanted_us / total_ns;
        u64::try_from(scaled).unwrap_or(u64::MAX).clamp(SEEN_US.0, SEEN_US.1)
    };
    let mut times = vec![0];
    for gap_ns in gaps_ns {
        times.push(times[times.len() - 1] + seen_us(gap_ns));
    }
    let length_us = times[times.len() - 1];
    if length_us > LONGEST_US {
        let shorter = |time: &mut u64| {
            let scaled = u128::from(*time) * u128::from(LONGEST_US) / u128::from(length_us);
            *time = u64::try_from(scaled).unwrap_or(LONGEST_US);
        };
        times.iter_mut().for_each(shorter);
    }
    times
}

/// The commands, by the cursors at which they have been sent.
fn commands(reel: &Reel<'_>) -> BTreeMap<usize, String> {
    let operations = reel.timeline().operations().iter();
    operations.map(|operation| (operation.invoked.0 + 1, operation.command.to_string())).collect()
}

/// A recording as far as it has gone.
struct Recording<'s> {
    sink: &'s mut dyn Write,
    /// What is on the screen; nothing yet where there is none.
    shown: Option<Buffer>,
    area: Rect,
    last_us: u64,
}

impl<'s> Recording<'s> {
    fn new(reel: &Reel<'_>, sink: &'s mut dyn Write) -> Recording<'s> {
        let area = Rect::new(0, 0, reel.size.width, reel.size.height);
        Recording { sink, shown: None, area, last_us: 0 }
    }

    fn has_time_for_one(&self, time_us: u64) -> bool {
        self.shown.is_none() || time_us >= self.last_us + FRAME_US
    }

    /// Records what the screen shows.
    fn take(&mut self, reel: &Reel<'_>, time_us: u64) -> Result<(), ExportError> {
        let mut drawn = Buffer::empty(self.area);
        view::paint(&reel.app, &mut Paint::new(&mut drawn, &reel.look));
        reel.look.theme.fill(self.area, &mut drawn);
        let data = match &self.shown {
            None => {
                let blank = Buffer::empty(self.area);
                format!("\u{1b}[?25l\u{1b}[0m\u{1b}[2J{}", difference(&blank, &drawn))
            }
            Some(shown) => difference(shown, &drawn),
        };
        (self.shown, self.last_us) = (Some(drawn), time_us);
        if data.is_empty() { Ok(()) } else { self.put(time_us, "o", &data) }
    }

    fn put(&mut self, time_us: u64, code: &str, data: &str) -> Result<(), ExportError> {
        let (seconds, micros, data) = (time_us / 1_000_000, time_us % 1_000_000, ascii_json(&data));
        Ok(writeln!(self.sink, "[{seconds}.{micros:06}, \"{code}\", {data}]")?)
    }
}

/// What makes one screen another: moves, styles and symbols, no more than it takes.
fn difference(from: &Buffer, to: &Buffer) -> String {
    let mut text = String::new();
    let (mut style, mut next) = (String::new(), None);
    for (x, y, cell) in from.diff(to) {
        if next != Some((x, y)) {
            text += &format!("\u{1b}[{};{}H", y + 1, x + 1);
        }
        let wanted = codes(cell);
        if wanted != style {
            text += &format!("\u{1b}[0{wanted}m");
            style = wanted;
        }
        text += cell.symbol();
        let width = u16::try_from(cell.symbol().width()).unwrap_or(1);
        next = Some((x + width, y));
    }
    if !style.is_empty() {
        text += "\u{1b}[0m";
    }
    text
}

#[cfg(test)]
mod tests {
    use ratatui_core::style::{Color, Style};

    use super::super::Part;
    use super::super::testing::{endless, exported, exported_from};
    use super::*;

    #[test]
    fn only_what_has_changed_is_written_and_each_style_once() {
        let from = Buffer::with_lines(["abc", "def"]);
        let mut to = Buffer::with_lines(["aXY", "deF"]);
        to.set_style(Rect::new(1, 0, 2, 1), Style::new().fg(Color::Rgb(1, 2, 3)));
        let expected = "\u{1b}[1;2H\u{1b}[0;38;2;1;2;3mXY\u{1b}[2;3H\u{1b}[0mF";
        assert_eq!(difference(&from, &to), expected);
        assert_eq!(difference(&to, &to), "");
    }

    #[test]
    fn an_event_is_seen_as_long_as_the_run_takes_to_the_next_one_within_bounds() {
        assert_eq!(scaled(&[100, 300]), [0, 125_000, 500_000]);
        assert_eq!(scaled(&[0, 0, 1_000_000]), [0, 100_000, 200_000, 950_000]);
        assert_eq!(scaled(&[]), [0]);
        assert_eq!(scaled(&[0, 0]), [0, 250_000, 500_000], "a run without times");
    }

    #[test]
    fn a_long_run_is_over_after_two_minutes() {
        let times = scaled(&vec![7; 10_000]);
        assert_eq!(times.last(), Some(&LONGEST_US));
        let cast = exported_from("cast", &endless(2_000), Part::default()).expect("it can be");
        let frames = cast.lines().filter(|line| line.contains("\"o\"")).count();
        assert!((1_000..=3_700).contains(&frames), "{frames}");
    }

    #[test]
    fn commands_are_markers() {
        let cast = exported("cast", "get-missing", Part::default());
        let markers: Vec<_> = cast.lines().filter(|line| line.contains("\"m\"")).collect();
        assert_eq!(markers.len(), 2, "{markers:?}");
        assert!(markers[0].ends_with("\"m\", \"put 9 100\"]"), "{markers:?}");
    }
}

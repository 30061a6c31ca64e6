//! A picture that moves: a part of a run as the screen plays it.

use std::time::Duration;

use ratatui_core::layout::Rect;
use ringscope_screen::app::App;
use ringscope_screen::export::Part;
use ringscope_screen::failure::Failure;
use ringscope_screen::view::Look;
use ringscope_screen::view::picture::animation::Frame;

use super::drawn;

/// The most events: a page with the picture of more would be slow, and nobody waits so long for its end.
const MOST_EVENTS: usize = 200;

/// The speed, as a power of 2: a fifth of a second an event.
const SPEED: i32 = -1;

/// The time between two frames.
const STEP: Duration = Duration::from_millis(50);

/// How long the last frame is seen.
const END: Duration = Duration::from_secs(2);

/// The frames of a part of a run, those that look the same as one.
///
/// # Errors
///
/// When the part is not in the run, or too long.
pub(super) fn frames(
    mut app: App,
    part: Part,
    area: Rect,
    look: &Look,
) -> Result<Vec<Frame>, Failure> {
    app.wait();
    let events = app.timeline.len();
    let (from, to) = part.within(events).map_err(|_| {
        let failure = Failure::about("--at", format!("the run has {events} events"));
        failure.hint(format!("begin with 0 to {events}, such as --at 0..{events}"))
    })?;
    if to - from > MOST_EVENTS {
        let what =
            format!("a picture that moves shows at most {MOST_EVENTS} events, not {}", to - from);
        return Err(Failure::about("--at", what)
            .hint("`ringscope export --to cast` records as many as there are"));
    }
    app.go_to(from);
    app.playback.speed = SPEED;
    app.playback.is_playing = to > from;
    let mut frames = Vec::new();
    add(&mut frames, Frame { screen: drawn(&app, area, look), lasts: STEP });
    while app.view.cursor < to && app.playback.is_playing {
        app.tick(STEP);
        add(&mut frames, Frame { screen: drawn(&app, area, look), lasts: STEP });
    }
    if let Some(last) = frames.last_mut() {
        last.lasts += END;
    }
    Ok(frames)
}

/// Adds a frame, or lets the last one last longer where it looks the same.
fn add(frames: &mut Vec<Frame>, frame: Frame) {
    match frames.last_mut().filter(|last| last.screen == frame.screen) {
        Some(last) => last.lasts += frame.lasts,
        None => frames.push(frame),
    }
}

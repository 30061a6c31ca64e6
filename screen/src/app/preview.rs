//! What is chosen on the start page, small and in motion.

use std::time::Duration;

use super::start::Opens;
use super::{App, Order};
use crate::files::{is_short_trace, is_trace, shown};
use crate::timeline::Timeline;
use crate::tour::{Shelf, Tour};

/// A choice has to stand for so long before its run is opened: who goes along the list wants none of those between.
const SETTLED: Duration = Duration::from_millis(80);

/// The run stands at its end for so long before it begins again.
const PAUSE: Duration = Duration::from_secs(2);

/// The longest time that a run is to take from its start to its end.
const ONCE: Duration = Duration::from_secs(15);

/// So long after the last key it comes to rest: nobody looks.
const ATTENTION: Duration = Duration::from_secs(60);

/// A scenario is simulated up to so many messages.
const MOST_MESSAGES: u64 = 20_000;

/// A run that moves from its start to its end, again and again, as long as somebody is there.
#[derive(Default)]
pub(super) struct Preview {
    /// What opens it, as long as it is not open.
    wanted: Option<Opens>,
    run: Option<App>,
    /// How long the choice has stood.
    chosen_for: Duration,
    /// How long nobody has pressed a key.
    alone_for: Duration,
    /// How long the run has stood at its end.
    ended_for: Duration,
    /// Whether nothing may move.
    is_still: bool,
}

impl Preview {
    /// The run, once it is open; what cannot be opened has none.
    pub(super) fn run(&self) -> Option<&App> {
        self.run.as_ref()
    }

    /// Something else is chosen.
    pub(super) fn choose(&mut self, opens: Option<Opens>) {
        let is_still = self.is_still;
        *self = Preview { wanted: opens, is_still, ..Preview::default() };
    }

    /// Somebody is there.
    pub(super) fn wake(&mut self) {
        self.alone_for = Duration::ZERO;
    }

    /// Whether anything may move.
    pub(super) fn keep_still(&mut self, is_still: bool) {
        self.is_still = is_still;
    }

    /// Whether it changes by itself.
    pub(super) fn is_busy(&self) -> bool {
        self.wanted.is_some() || (self.run.is_some() && !self.is_at_rest())
    }

    fn is_at_rest(&self) -> bool {
        self.is_still || self.alone_for >= ATTENTION
    }

    /// Lets time pass; whether there is anything new to show.
    pub(super) fn tick(&mut self, elapsed: Duration) -> bool {
        self.alone_for = self.alone_for.saturating_add(elapsed);
        self.chosen_for = self.chosen_for.saturating_add(elapsed);
        if self.wanted.is_some() {
            return self.chosen_for >= SETTLED && self.open();
        }
        let is_at_rest = self.is_at_rest();
        let Some(run) = self.run.as_mut().filter(|_| !is_at_rest) else { return false };
        if run.playback.is_playing {
            self.ended_for = Duration::ZERO;
            return run.tick(elapsed);
        }
        self.ended_for = self.ended_for.saturating_add(elapsed);
        if self.ended_for < PAUSE {
            return false;
        }
        run.go_to(0);
        run.playback.is_playing = true;
        true
    }

    /// Opens the run now, somewhere in its first half, where something is going on; whether there was one to open.
    pub(super) fn open(&mut self) -> bool {
        let Some(opens) = self.wanted.take() else { return false };
        self.run = run(&opens);
        if let Some(run) = &mut self.run {
            run.go_to(run.timeline.len() / 3);
            run.playback.is_playing = true;
            run.playback.fit(run.timeline.len(), ONCE);
        }
        true
    }
}

/// What is chosen, as a run; none where it is long or cannot be opened, which whoever opens it is told.
fn run(opens: &Opens) -> Option<App> {
    let (timeline, name) = match opens {
        Opens::Run(word) if is_short_trace(word) => (Timeline::open(word).ok()?, shown(word)),
        Opens::Run(word) if is_trace(word) => return None,
        Opens::Run(word) => {
            let scenario = Order::of(word).scenario().ok()?;
            (Timeline::live_within(scenario, MOST_MESSAGES), shown(word))
        }
        Opens::Lesson(one) => {
            let tour = Tour::open(&Shelf::built_in(one)).ok()?;
            (tour.runs.into_iter().next()?.timeline, one.name.to_owned())
        }
    };
    Some(App::new(timeline, &name, 0))
}

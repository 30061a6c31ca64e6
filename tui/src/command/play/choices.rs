//! `ringscope play --explore`: the choices of a scenario, explored before its run is shown.

use std::thread;
use std::time::Duration;

use ringscope_screen::app::{App, Order};
use ringscope_screen::failure::Failure;
use ringscope_screen::files::{is_trace, shown};
use ringscope_sim::explore::ExploreSettings;
use ringscope_sim::explore::choices::ChoiceGraph;

use super::super::explore::refuse;
use super::super::explore::watch::SearchWatch;
use crate::flags::seconds;

/// How many states are kept when nothing is said: they take some 200 MB with the receives between them.
const USUAL_STATES: u64 = 1_000_000;

/// The most bytes that states may take beside what lies between them.
const MOST_BYTES: u64 = 1 << 30;

/// Whether the scenario is explored before it is shown, and how far.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ChoiceFlags {
    /// Explore the scenario first: at each event, what may be received next, and how many ways from there fail
    #[arg(long, requires = "run", conflicts_with = "diff", help_heading = "Choices")]
    explore: bool,

    /// Explore no more states than this [default: 1000000]
    #[arg(long, value_name = "COUNT", requires = "explore", help_heading = "Choices",
          value_parser = clap::value_parser!(u64).range(1..=ExploreSettings::MOST_STATES))]
    states: Option<u64>,

    /// Explore no longer than this many seconds
    #[arg(long, value_name = "SECONDS", requires = "explore", value_parser = seconds, help_heading = "Choices")]
    time: Option<Duration>,
}

impl ChoiceFlags {
    /// Refuses to explore what cannot be: a run that is recorded, and what is not shown on a screen.
    pub(super) fn refuse(&self, order: &Order, has_screen: bool) -> Result<(), Failure> {
        if !self.explore {
            return Ok(());
        }
        if order.origin.is_none() && is_trace(&order.word) {
            let what = "is a recorded run: only a scenario has other orders that can be explored";
            let failure = Failure::about(&shown(&order.word), what);
            return Err(failure.hint("`ringscope why` runs a record again in another order"));
        }
        if !has_screen {
            let what = "lists choices on a screen; here lines are printed";
            let failure = Failure::about("--explore", what);
            return Err(failure.hint("`ringscope explore` prints what can go wrong"));
        }
        refuse(&order.scenario()?)
    }

    /// Explores the scenario of a run, and offers its choices there.
    pub(super) fn offer(&self, app: &mut App) -> Result<(), Failure> {
        let scenario = app.timeline.scenario().filter(|_| self.explore);
        let Some(scenario) = scenario else { return Ok(()) };
        let settings = ExploreSettings {
            states: self.states.unwrap_or(USUAL_STATES),
            bytes: MOST_BYTES,
            threads: thread::available_parallelism().ok(),
            ..ExploreSettings::default()
        };
        let mut watch = SearchWatch::begin(self.time, true)?;
        let graph = ChoiceGraph::explore(scenario, settings, &mut |so_far| watch.go_on(so_far));
        watch.end();
        let states = self.states.map(|states| ("--states", Some(states.to_string())));
        let time = self.time.map(|time| ("--time", Some(time.as_secs_f64().to_string())));
        let flags: Vec<_> = [("--explore", None)].into_iter().chain(states).chain(time).collect();
        app.offer_choices(graph, &flags);
        Ok(())
    }
}

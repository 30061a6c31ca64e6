//! The choices of a scenario that was explored: what may be received next, how the ways from there end, and the runs in which it was chosen.

use std::sync::Arc;

use ringscope_sim::explore::ExploreSettings;
use ringscope_sim::explore::choices::{
    Alternative, ChoiceGraph, Critical, CriticalReceipt, Place, WayCounts, run_otherwise,
};
use ringscope_sim::scenario::Scenario;
use ringscope_sim::world::Choice;
use ringscope_traces::EventIndex;

use super::{App, Listing, Matches, Pane, Recipe, RunColors, Selection};
use crate::timeline::Timeline;

/// What is known of all orders of a scenario, and the run that is looked at among them.
pub struct Choices {
    graph: ChoiceGraph,
    scenario: Scenario,
    way: Way,
    /// The row that was chosen, and behind how many receives.
    chosen: Option<(usize, usize)>,
    /// The runs that were left for another, the last one last.
    past: Vec<Left>,
}

/// A run as a way through the states.
struct Way {
    /// Its receives.
    receives: Vec<(EventIndex, Choice)>,
    /// The states that it goes through, the start first.
    places: Vec<Place>,
    critical: Critical,
}

/// A run that was left for another.
struct Left {
    timeline: Timeline,
    cursor: usize,
    name: String,
    recipe: Recipe,
    is_unsaved: bool,
    colors: RunColors,
}

/// The choices where the cursor stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChoicesHere {
    /// What may be received next.
    pub alternatives: Vec<Alternative>,
    /// The row of what this run receives next.
    pub taken: Option<usize>,
    /// The row that is chosen.
    pub chosen: usize,
    /// All ways from here.
    pub ways: WayCounts,
    /// The receive with which this run goes on.
    pub next: Option<EventIndex>,
}

/// A critical choice on the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CriticalEvent {
    /// The receive.
    pub at: EventIndex,
    /// What could have been received instead.
    pub instead: Choice,
}

/// The most states, and bytes of them, of a scenario that is explored while somebody waits at the screen: a part of a second.
const AT_THE_SCREEN: (u64, u64) = (100_000, 32 << 20);

/// What is said of a run whose orders nobody can know.
const NOT_LIVE: &str =
    "a recorded run has no other orders: `ringscope play --explore SCENARIO` has";

/// What is said of a run with more ranks than can be explored.
const TOO_LARGE: &str = "a run of so many ranks cannot be explored: 1000 is the most";

impl Choices {
    fn new(graph: ChoiceGraph, scenario: Scenario, timeline: &Timeline) -> Choices {
        let way = Way::of(&graph, timeline);
        Choices { graph, scenario, way, chosen: None, past: Vec::new() }
    }

    /// How many states are known.
    pub(crate) fn states(&self) -> usize {
        self.graph.states()
    }

    /// Whether all orders are known; else the counts are the least that there can be.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.graph.is_exhausted()
    }

    /// What there is to say of the run's critical choice.
    pub(crate) fn critical(&self) -> Critical {
        self.way.critical
    }

    /// Whether another run was left for this one.
    pub(crate) fn has_past(&self) -> bool {
        !self.past.is_empty()
    }

    fn event_of(&self, receipt: CriticalReceipt) -> Option<CriticalEvent> {
        let (at, _) = *self.way.receives.get(receipt.nth)?;
        Some(CriticalEvent { at, instead: receipt.instead })
    }

    /// The choices at a cursor; `None` where the search did not get.
    fn at(&self, cursor: usize) -> Option<ChoicesHere> {
        let behind = self.way.behind(cursor);
        let place = *self.way.places.get(behind)?;
        let next = self.way.receives.get(behind).copied();
        let alternatives = self.graph.alternatives(place);
        let is_taken = |one: &Alternative| next.is_some_and(|(_, taken)| taken == one.choice);
        let taken = alternatives.iter().position(is_taken);
        let chosen = self.chosen.filter(|(of, _)| *of == behind).map(|(_, row)| row);
        let last = alternatives.len().saturating_sub(1);
        Some(ChoicesHere {
            taken,
            chosen: chosen.or(taken).unwrap_or(0).min(last),
            ways: self.graph.ways(place),
            next: next.map(|(at, _)| at),
            alternatives,
        })
    }
}

impl Way {
    fn of(graph: &ChoiceGraph, timeline: &Timeline) -> Way {
        let events = (0..timeline.len()).map(EventIndex);
        let receive = |at: EventIndex| {
            let info = timeline.info(at);
            let source = info.source()?;
            Some((at, Choice { rank: info.rank, source }))
        };
        let receives: Vec<_> = events.filter_map(receive).collect();
        let choices: Vec<Choice> = receives.iter().map(|(_, choice)| *choice).collect();
        let critical = graph.critical(&choices);
        Way { places: graph.walk(&choices), receives, critical }
    }

    /// How many receives there are before a cursor.
    fn behind(&self, cursor: usize) -> usize {
        self.receives.partition_point(|(at, _)| at.0 < cursor)
    }
}

impl App {
    /// Offers the choices of the scenario, which was explored with these flags of a command line, and gives their pane the keys.
    ///
    /// A recorded run has none: nothing changes.
    pub fn offer_choices(&mut self, graph: ChoiceGraph, flags: &[(&str, Option<String>)]) {
        let Some(scenario) = self.timeline.scenario().cloned() else { return };
        self.wait();
        self.choices = Some(Box::new(Choices::new(graph, scenario, &self.timeline)));
        self.view.focus = Pane::Choices;
        let flags = flags.iter().map(|(flag, value)| ((*flag).to_owned(), value.clone()));
        self.recipe.flags.extend(flags);
    }

    /// Explores the scenario as far as that takes no time, and offers its choices.
    pub(super) fn explore_here(&mut self) {
        let Some(scenario) = self.timeline.scenario() else {
            return self.controls.refuse(NOT_LIVE);
        };
        if scenario.settings.ranks > ChoiceGraph::MOST_RANKS {
            return self.controls.refuse(TOO_LARGE);
        }
        let (states, bytes) = AT_THE_SCREEN;
        let settings = ExploreSettings { states, bytes, ..ExploreSettings::default() };
        let graph = ChoiceGraph::explore(scenario, settings, &mut |_| true);
        self.offer_choices(graph, &[(EXPLORE, None)]);
    }

    /// The choices where the cursor stands; `None` where nothing was explored, and where the search did not get.
    pub(crate) fn choices_here(&self) -> Option<ChoicesHere> {
        self.choices.as_ref()?.at(self.view.cursor)
    }

    /// The critical choice of the run, where it is known and there is one.
    pub(crate) fn critical_event(&self) -> Option<CriticalEvent> {
        let choices = self.choices.as_ref()?;
        match choices.critical() {
            Critical::At(receipt) => choices.event_of(receipt),
            Critical::None | Critical::NeverAvoidable | Critical::Unknown => None,
        }
    }

    /// To just before the critical choice: there another one can be taken.
    pub(super) fn go_to_critical(&mut self) {
        if self.choices.is_none() {
            self.explore_here();
        }
        let Some(choices) = &self.choices else { return };
        let why_not = match choices.critical() {
            Critical::At(_) => "",
            Critical::None => "no choice was critical: this run ends well",
            Critical::NeverAvoidable => {
                "no choice was critical: no order of this scenario ends well"
            }
            Critical::Unknown => UNKNOWN,
        };
        let Some(critical) = self.critical_event() else { return self.controls.refuse(why_not) };
        self.view.focus = Pane::Choices;
        if self.view.cursor == critical.at.0 {
            return self.say("the next receive is the critical choice");
        }
        self.go_to(critical.at.0);
    }

    /// Chooses a row further down, or up.
    pub(super) fn choose_alternative(&mut self, rows: isize) {
        let Some(here) = self.choices_here() else { return };
        let last = here.alternatives.len().saturating_sub(1);
        self.choose_alternative_row(here.chosen.saturating_add_signed(rows).min(last));
    }

    /// Chooses a row.
    pub(super) fn choose_alternative_row(&mut self, row: usize) {
        let cursor = self.view.cursor;
        if let Some(choices) = &mut self.choices {
            choices.chosen = Some((choices.way.behind(cursor), row));
        }
    }

    /// A click on a row chooses it, and another one takes it.
    pub(super) fn click_alternative(&mut self, row: usize) {
        self.view.focus = Pane::Choices;
        match self.choices_here() {
            Some(here) if here.chosen == row => self.take_alternative(),
            Some(_) | None => self.choose_alternative_row(row),
        }
    }

    /// Takes the receive that is chosen: goes there where it is this run's next one, and else on to the run in which it is.
    pub(super) fn take_alternative(&mut self) {
        let Some(here) = self.choices_here() else { return self.controls.refuse(UNKNOWN) };
        let Some(alternative) = here.alternatives.get(here.chosen) else {
            return self.controls.refuse(NOTHING_NEXT);
        };
        match here.next {
            Some(next) if here.taken == Some(here.chosen) => self.go_to(next.0 + 1),
            Some(_) | None => self.go_on_with(alternative.choice),
        }
    }

    fn go_on_with(&mut self, choice: Choice) {
        let Some(choices) = &self.choices else { return };
        let behind = choices.way.behind(self.view.cursor);
        let run: Vec<Choice> = choices.way.receives.iter().map(|(_, choice)| *choice).collect();
        let after = behind.checked_sub(1).and_then(|last| choices.way.receives.get(last));
        let name = match after {
            Some((at, _)) => format!("{}, another order after event {}", self.opened_as, at.0 + 1),
            None => format!("{}, another order from the start", self.opened_as),
        };
        let bytes = run_otherwise(&choices.scenario, &run, (behind, choice));
        let run = bytes.and_then(|bytes| Timeline::kept(&name, Arc::from(bytes)).ok());
        let Some(timeline) = run else { return self.controls.refuse(UNKNOWN) };
        self.change_run(timeline, name);
        let receives = self.choices.as_ref().and_then(|all| all.way.receives.get(behind).copied());
        self.go_to(receives.map_or(self.timeline.len(), |(at, _)| at.0 + 1));
        self.say(&format!(
            "another run, in which r{} receives from r{}: Backspace goes back",
            choice.rank, choice.source
        ));
    }

    /// Shows another run of the scenario, and keeps the one that is shown.
    fn change_run(&mut self, timeline: Timeline, name: String) {
        let left = Left {
            timeline: std::mem::replace(&mut self.timeline, timeline),
            cursor: self.view.cursor,
            name: std::mem::replace(&mut self.name, name),
            recipe: std::mem::replace(&mut self.recipe, Recipe::none()),
            // It can be had again by the same choice.
            is_unsaved: std::mem::take(&mut self.is_unsaved),
            colors: self.colors.clone(),
        };
        self.timeline.wait();
        self.colors = self.colors.go_on_with(&self.timeline);
        self.look_afresh();
        if let Some(choices) = &mut self.choices {
            choices.past.push(left);
        }
    }

    /// Back to the run that was left last, where it was left.
    pub(super) fn take_back_choice(&mut self) {
        let left = self.choices.as_mut().and_then(|choices| choices.past.pop());
        let Some(left) = left else {
            return self.controls.refuse("no choice was taken that could be taken back");
        };
        let Left { timeline, cursor, name, recipe, is_unsaved, colors } = left;
        (self.timeline, self.name, self.recipe) = (timeline, name, recipe);
        (self.is_unsaved, self.colors) = (is_unsaved, colors);
        self.look_afresh();
        self.go_to(cursor);
    }

    /// What was looked at and looked for in another run is not what it was.
    fn look_afresh(&mut self) {
        self.playback.is_playing = false;
        self.saving.iter_mut().for_each(|saving| saving.outdate());
        self.search.seek = None;
        (self.search.sought, self.search.matches) = (None, Matches::default());
        self.list(Listing::All);
        self.view.look_at(Selection::Cursor);
        if let Some(choices) = &mut self.choices {
            choices.way = Way::of(&choices.graph, &self.timeline);
            choices.chosen = None;
        }
    }
}

/// The flag with which a command line explores.
pub(crate) const EXPLORE: &str = "--explore";

const UNKNOWN: &str = "the search did not get here: `--states` lets it go on to more";

const NOTHING_NEXT: &str = "the run has ended: nothing can be received any more";

#[cfg(test)]
mod tests;

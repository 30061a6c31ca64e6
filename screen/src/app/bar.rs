//! The key bar of a run: what is most wanted as the run stands, and nothing that would be refused.

use super::doing::OnTop;
use super::{Action, App, Listing, Mode, Pane};

/// The actions, with their words, the most wanted first.
pub(super) fn of_run(app: &App) -> Vec<(Action, &'static str)> {
    let mut bar = Vec::new();
    bar.extend(way_back(app));
    bar.extend(of_verdict(app));
    bar.extend(of_choices(app));
    bar.extend(of_time(app));
    bar.extend(of_pane(app));
    bar.push((Action::Help, "help"));
    bar.extend(of_listing(app));
    bar.push((Action::Search, "find"));
    bar.extend(of_changes(app));
    if app.view.cursor < app.timeline.len() {
        bar.push((Action::NextCommand, "command"));
    }
    bar.extend([
        (Action::NextPane, "pane"),
        (Action::Palette, "all"),
        (Action::Quit, "quit"),
        (Action::Zoom, "zoom"),
        (Action::Filter, "filter"),
        (Action::GoTo, "go to"),
        (Action::Mark, "mark"),
        (Action::Diff, "diff"),
    ]);
    if app.saving.is_none() {
        bar.push((Action::Export, "export"));
    }
    bar
}

/// What the way back leads out of, and from the run itself to what is below it.
fn way_back(app: &App) -> Option<(Action, &'static str)> {
    let words = match app.on_top() {
        Some(OnTop::Seek) => "stop looking",
        Some(OnTop::Explanation) => "close",
        Some(OnTop::Zoom) => "all panes",
        Some(OnTop::Listing) => "all events",
        Some(OnTop::Search) => "end search",
        Some(OnTop::Selection) => "deselect",
        Some(OnTop::Saving) => "stop saving",
        None => app.controls.below?,
    };
    Some((Action::Back, words))
}

fn of_time(app: &App) -> Vec<(Action, &'static str)> {
    let is_past_start = app.view.cursor > 0 || app.call_here().is_some();
    let step = match (app.view.cursor < app.timeline.len() || !app.is_at_end(), is_past_start) {
        (true, _) => Some((Action::NextEvent, "step")),
        (false, true) => Some((Action::PreviousEvent, "step back")),
        (false, false) => None,
    };
    let play = if app.playback.is_playing { "pause" } else { "play" };
    step.into_iter().chain([(Action::PlayOrPause, play)]).collect()
}

/// Where a verdict stands, what leads on from it.
fn of_verdict(app: &App) -> Vec<(Action, &'static str)> {
    let mut bar = Vec::new();
    let verdict = app.verdict();
    if verdict.as_ref().is_some_and(|verdict| verdict.paragraph.is_some()) && !app.view.explains {
        bar.push((Action::Explain, "explain"));
    }
    if verdict.is_some_and(|verdict| verdict.has_decisive) && app.timeline.has_decisive() {
        bar.push((Action::Decisive, "what decided it"));
    }
    if app.has_wrong_after() {
        bar.push((Action::NextViolation, "violation"));
    }
    bar
}

/// Where a scenario was explored: the choices here, and the ways between its runs.
fn of_choices(app: &App) -> Vec<(Action, &'static str)> {
    let Some(choices) = &app.choices else { return Vec::new() };
    let mut bar = Vec::new();
    if app.view.focus == Pane::Choices {
        let count = app.choices_here().map_or(0, |here| here.alternatives.len());
        bar.extend((count > 0).then_some((Action::Open, "take it")));
        bar.extend((count > 1).then_some((Action::Down, "choose")));
    } else {
        bar.push((Action::Focus(Pane::Choices), "choices"));
    }
    bar.extend(choices.has_past().then_some((Action::StepBack, "run before")));
    if app.critical_event().is_some_and(|critical| critical.at.0 != app.view.cursor) {
        bar.push((Action::Critical, "critical choice"));
    }
    bar
}

/// What is wanted of the pane that has the keys.
fn of_pane(app: &App) -> Vec<(Action, &'static str)> {
    let follow = app.follows().filter(|_| app.view.focus != Pane::Choices);
    let follow = follow.map(|words| (Action::Open, words));
    let of_pane = match app.view.focus {
        Pane::Ring | Pane::Ownership | Pane::SpaceTime => vec![(Action::NextRank, "rank")],
        Pane::Inspector if !app.links().is_empty() => vec![(Action::Down, "row")],
        Pane::Inspector => Vec::new(),
        Pane::Events => Vec::new(),
        Pane::Watches if app.search.breaks.is_empty() => vec![(Action::Break, "break on")],
        Pane::Watches => vec![
            (Action::Break, "break on"),
            (Action::NextBreak, "next break"),
            (Action::RemoveBreak, "remove"),
        ],
        Pane::Choices => Vec::new(),
    };
    of_pane.into_iter().chain(follow).collect()
}

/// Why is it so, and how one gets back from there; what was looked for.
fn of_listing(app: &App) -> Vec<(Action, &'static str)> {
    let mut bar = Vec::new();
    if app.has_match_after() {
        bar.push((Action::NextMatch, "next match"));
    }
    match app.search.listing {
        Listing::Causes(_) => bar.push((Action::OnlyCauses, "all events")),
        Listing::All | Listing::Matching(_) if app.effect().is_some() => {
            bar.push((Action::OnlyCauses, "why"));
        }
        Listing::All | Listing::Matching(_) => {}
    }
    bar
}

/// Commands into the run, and another way from here: a recorded run takes neither.
fn of_changes(app: &App) -> Vec<(Action, &'static str)> {
    match app.mode() {
        Mode::Live if app.choices.is_some() => vec![(Action::Fork, "fork")],
        Mode::Live => vec![(Action::Command, "inject"), (Action::Fork, "fork")],
        Mode::Replay => Vec::new(),
    }
}

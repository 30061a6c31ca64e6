//! A comparison as text.

use std::fmt;

use crate::event::{Event, Vocabulary};
use crate::words::{describe, event, of_rank, ordinal};

use super::{Comparison, Divergence, First, Level, Race, Step};

/// How many of the ranks that diverge, and of the races, are listed; the JSON has them all.
const LIMIT_LISTED: usize = 20;

/// What the number of an event is.
const NUMBERED: &str = "events by their numbers in their traces, from 1";

/// A comparison as text, with the protocol's names for its tags.
#[derive(Clone, Copy)]
pub struct Summary<'a> {
    comparison: &'a Comparison,
    vocabulary: &'a dyn Vocabulary,
}

impl Comparison {
    /// The comparison as text of a line or more.
    #[must_use]
    pub fn summary<'a>(&'a self, vocabulary: &'a dyn Vocabulary) -> Summary<'a> {
        Summary { comparison: self, vocabulary }
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.comparison.level, &self.comparison.first) {
            (Level::Equal, _) | (_, None) => {
                writeln!(f, "equal: every rank did the same in the same order")
            }
            (Level::Reordered, Some(_)) => self.races(f),
            (Level::Different, Some(first)) => self.difference(f, first),
        }
    }
}

impl Summary<'_> {
    fn races(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let races = &self.comparison.races;
        writeln!(
            f,
            "reordered: every channel carried the same, and {} got another sender's message",
            counted(races.len(), "receive")
        )?;
        self.parting(f)?;
        writeln!(f, "the receives ({NUMBERED}):")?;
        for race in races.iter().take(LIMIT_LISTED) {
            self.race(f, race)?;
        }
        and_more(f, races.len(), "receive")
    }

    fn parting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.comparison.parting(self.vocabulary) {
            Some(parting) => writeln!(f, "they part where {parting}"),
            None => Ok(()),
        }
    }

    fn race(&self, f: &mut fmt::Formatter<'_>, race: &Race) -> fmt::Result {
        writeln!(f, "rank {}'s {} receive", race.rank, ordinal(race.receive))?;
        writeln!(f, "  A, {}: {}", event(race.a.at()), self.describe(&race.a))?;
        writeln!(f, "  B, {}: {}", event(race.b.at()), self.describe(&race.b))?;
        if !race.alternatives.is_empty() {
            writeln!(f, "  in A it could have received")?;
        }
        race.alternatives.iter().try_for_each(|send| self.step(f, send))
    }

    fn difference(&self, f: &mut fmt::Formatter<'_>, first: &First) -> fmt::Result {
        let comparison = self.comparison;
        let cut = if comparison.prefix { ", where one of the two ends" } else { "" };
        let ranks = counted(comparison.divergences.len(), "rank");
        writeln!(f, "different: {ranks} of A and B did not do the same{cut}")?;
        self.parting(f)?;
        writeln!(f, "the first divergence, in happens-before order ({NUMBERED}):")?;
        self.divergence(f, &first.divergence)?;
        match &first.divergence.last_common {
            Some(last) => {
                writeln!(f, "  the last event of the rank in both, by its number in A:")?;
                self.step(f, last)?;
            }
            None => writeln!(f, "  it is the first event of the rank")?,
        }
        self.steps(f, "the rank's events there in A:", &first.around_a)?;
        self.steps(f, "the rank's events there in B:", &first.around_b)?;
        self.past(f, first)?;
        self.others(f, first)
    }

    fn past(&self, f: &mut fmt::Formatter<'_>, first: &First) -> fmt::Result {
        let shown = first.past.len();
        let side = if first.divergence.a.is_some() { "A" } else { "B" };
        let title = if shown < first.past_events {
            format!("what led to it in {side}, the last {shown} of {} events:", first.past_events)
        } else {
            format!("what led to it in {side}:")
        };
        self.steps(f, &title, &first.past)
    }

    fn others(&self, f: &mut fmt::Formatter<'_>, first: &First) -> fmt::Result {
        let divergences = &self.comparison.divergences;
        let others = divergences.iter().filter(|other| other.rank != first.divergence.rank);
        let count = divergences.len().saturating_sub(1);
        if count > 0 {
            writeln!(f, "then, in order of rank:")?;
        }
        for other in others.take(LIMIT_LISTED) {
            self.divergence(f, other)?;
        }
        and_more(f, count, "rank")
    }

    fn divergence(&self, f: &mut fmt::Formatter<'_>, at: &Divergence) -> fmt::Result {
        let side = |step: &Option<Step>| match step {
            Some(step) => format!("{} ({})", self.describe(step), event(step.at())),
            None => "does nothing more".to_owned(),
        };
        writeln!(f, "{}: A {}; B {}", of_rank(at.rank, at.index), side(&at.a), side(&at.b))
    }

    fn steps(&self, f: &mut fmt::Formatter<'_>, title: &str, steps: &[Step]) -> fmt::Result {
        if !steps.is_empty() {
            writeln!(f, "  {title}")?;
        }
        steps.iter().try_for_each(|step| self.step(f, step))
    }

    fn step(&self, f: &mut fmt::Formatter<'_>, step: &Step) -> fmt::Result {
        writeln!(f, "    {}: rank {} {}", event(step.at()), step.rank, self.describe(step))
    }

    fn describe(&self, step: &Step) -> String {
        describe(&step.event(), self.vocabulary).to_string()
    }
}

impl Step {
    fn event(&self) -> Event {
        let Step { rank, index, op, peer, tag, ref data, t, clock, line: _ } = *self;
        Event { rank, n: index as u64, op, peer, tag, data: data.clone(), t, clock, more: None }
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn and_more(f: &mut fmt::Formatter<'_>, count: usize, what: &str) -> fmt::Result {
    match count.checked_sub(LIMIT_LISTED) {
        Some(more) if more > 0 => writeln!(f, "and {} more", counted(more, what)),
        Some(_) | None => Ok(()),
    }
}

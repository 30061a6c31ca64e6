//! What there is to say of the run where the cursor stands: how it ended, what has just gone wrong, or why an event
//! came about.

use ringscope_sim::world::Blocked;
use ringscope_traces::text::Plain;
use ringscope_traces::{Ending, Rank};

use super::App;
use crate::numbers::counted;
use crate::timeline::wait_for_graph;

/// What there is to say of the run where the cursor stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// What it is about, in a few words.
    pub title: String,
    /// The ranks that wait for each other in a circle, if any do.
    pub cycle: Vec<Rank>,
    /// Whether it tells of something that went wrong.
    pub judgement: Judgement,
    /// The facts, one each.
    pub facts: Vec<String>,
    /// A paragraph for somebody who has never seen this happen.
    pub paragraph: Option<String>,
    /// Whether an event decided that it goes wrong, to which a key leads.
    pub has_decisive: bool,
}

/// How a verdict is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    Good,
    Bad,
    /// It is a fact, and no judgement.
    Neither,
}

impl App {
    /// What there is to say here; `None` in the middle of a run in which all is well.
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.why_verdict().or_else(|| self.final_verdict()).or_else(|| self.violation_verdict())
    }

    /// Whether the cursor stands at the end of a run that did not complete.
    pub(crate) fn has_ended_badly(&self) -> bool {
        self.is_at_end() && self.went_wrong()
    }

    /// Who waits for whom, as far as that is no usual wait: at a deadlock all who wait, before it only those who wait
    /// for each other in a circle.
    pub(crate) fn deadlocked(&self) -> Vec<Blocked> {
        let Some(states) = &self.view.snapshot.states else { return Vec::new() };
        let graph = wait_for_graph(states);
        let is_over = self.is_at_end() && self.timeline.ending() == Some(&Ending::Deadlock);
        if is_over { graph.blocked } else { graph.cycle() }
    }

    fn why_verdict(&self) -> Option<Verdict> {
        let (why, words) = self.search.why.as_ref()?;
        let chain: Vec<String> = why.chain.iter().map(|at| (at.0 + 1).to_string()).collect();
        Some(Verdict {
            title: format!("why event {}", why.at.0 + 1),
            cycle: Vec::new(),
            judgement: if why.race.is_some() { Judgement::Bad } else { Judgement::Neither },
            facts: vec![
                words.clone(),
                format!(
                    "led to it: {}; {} happened before it",
                    shortened(&chain),
                    counted(why.past.len().saturating_sub(1) as u64, "event")
                ),
            ],
            paragraph: None,
            has_decisive: false,
        })
    }

    fn final_verdict(&self) -> Option<Verdict> {
        if !self.is_at_end() {
            return None;
        }
        if self.timeline.explanation().is_none()
            && let Some(verdict) = self.diagnosed_verdict()
        {
            return Some(verdict);
        }
        let ending = self.timeline.ending()?;
        let is_bad = *ending != Ending::Completed;
        let explanation = self.timeline.explanation();
        let mut facts: Vec<String> = match explanation {
            Some(explanation) => explanation.facts.split("; ").map(str::to_owned).collect(),
            None => Vec::new(),
        };
        let diagnosed = self.timeline.diagnosed().into_iter();
        facts.extend(diagnosed.flat_map(|all| &all.diagnosis.verdicts).map(ToString::to_string));
        facts.extend(self.timeline.undiagnosed());
        facts.extend(self.timeline.has_ring().then(|| self.invariants_in_words()));
        Some(Verdict {
            title: ending.name().to_owned(),
            cycle: self.cycle(),
            judgement: if is_bad { Judgement::Bad } else { Judgement::Good },
            facts,
            paragraph: explanation.map(|explanation| explanation.paragraph.clone()),
            has_decisive: is_bad || !self.timeline.violations().is_empty(),
        })
    }

    /// What the calls of a recorded program show, where something is wrong or no protocol says more.
    fn diagnosed_verdict(&self) -> Option<Verdict> {
        let diagnosed = self.timeline.diagnosed()?;
        let diagnosis = &diagnosed.diagnosis;
        if diagnosis.is_good() && self.timeline.has_ring() {
            return None;
        }
        let ending = self.timeline.ending().map(Ending::name);
        let title = diagnosed.title().or(ending).unwrap_or("cut off");
        let mut facts: Vec<String> = diagnosis.verdicts.iter().map(ToString::to_string).collect();
        if facts.is_empty() {
            facts.push("nothing is wrong, as far as the trace shows".to_owned());
        }
        let mut rest: Vec<String> = diagnosis.remarks.iter().map(ToString::to_string).collect();
        if self.timeline.ending().is_none() {
            rest.push(format!("where the ranks are: {}", diagnosed.standings));
        }
        Some(Verdict {
            title: title.to_owned(),
            cycle: Vec::new(),
            judgement: if diagnosis.is_good() { Judgement::Good } else { Judgement::Bad },
            facts,
            paragraph: Some(rest.join(". ")).filter(|rest| !rest.is_empty()),
            has_decisive: !diagnosis.is_good() && self.timeline.has_decisive(),
        })
    }

    /// Whether the run did not end as it should.
    fn went_wrong(&self) -> bool {
        let is_diagnosed = self.timeline.diagnosed().is_some_and(|all| !all.diagnosis.is_good());
        is_diagnosed || self.timeline.ending().is_some_and(|end| *end != Ending::Completed)
    }

    /// Whether there is a whole explanation of how the run ended.
    pub(super) fn has_explanation(&self) -> bool {
        self.timeline.explanation().is_some() || self.timeline.diagnosed().is_some()
    }

    /// To the last call that somebody has made of whom the first verdict is, where no event of theirs is later.
    fn go_to_decisive_call(&mut self) {
        match self.timeline.decisive_call() {
            Some(moment) if moment == self.view.moment() => self.say("this call decided it"),
            Some(moment) => self.view.go_to_moment(&self.timeline, moment),
            None => self.controls.refuse(self.timeline.nothing_decisive()),
        }
    }

    fn cycle(&self) -> Vec<Rank> {
        let states = self.view.snapshot.states.as_ref();
        let cycle = states.map(|states| wait_for_graph(states).cycle()).unwrap_or_default();
        cycle.iter().map(|blocked| blocked.rank).collect()
    }

    fn invariants_in_words(&self) -> String {
        match self.timeline.violations() {
            [] => "no invariant was broken".to_owned(),
            [first] => format!("an invariant was broken at event {}", first.at.0 + 1),
            all @ [first, ..] => {
                format!(
                    "invariants were broken {} times, first at event {}",
                    all.len(),
                    first.at.0 + 1
                )
            }
        }
    }

    fn violation_verdict(&self) -> Option<Verdict> {
        let at = self.event()?;
        let violations = self.timeline.violations();
        let before = violations.partition_point(|violation_at| violation_at.at < at);
        let later = violations[before..].iter();
        let here: Vec<_> = later.take_while(|violation_at| violation_at.at == at).collect();
        let first = here.first()?;
        Some(Verdict {
            title: format!("broken invariant: {}", first.violation.invariant.name()),
            cycle: Vec::new(),
            judgement: Judgement::Bad,
            facts: here.iter().map(|one| Plain(&one.violation.what).to_string()).collect(),
            paragraph: None,
            has_decisive: false,
        })
    }

    /// Shows the whole explanation of how the run ended, or no longer.
    pub(super) fn explain(&mut self) {
        self.view.explained_from = 0;
        if self.view.explains {
            self.view.explains = false;
        } else if self.has_explanation() {
            self.view.explains = true;
        } else {
            self.controls
                .refuse("there is nothing to explain: the run completed, or its end is not known");
        }
    }

    /// To the event that decided how the run went wrong.
    pub(super) fn go_to_decisive(&mut self) {
        match self.timeline.decisive() {
            Some(at) if at.0 + 1 == self.view.cursor => self.say("this event decided it"),
            None if self.timeline.decisive_call().is_some() => self.go_to_decisive_call(),
            Some(at) => self.go_to(at.0 + 1),
            None => self.controls.refuse(self.timeline.nothing_decisive()),
        }
    }
}

/// The numbers of a chain of events: of a long one where it begins and what came last.
fn shortened(chain: &[String]) -> String {
    const BEGIN: usize = 3;
    const END: usize = 6;
    match chain.len().checked_sub(BEGIN + END) {
        None | Some(0) => chain.join(", "),
        Some(between) => format!(
            "{}, {} between, {}",
            chain[..BEGIN].join(", "),
            between,
            chain[chain.len() - END..].join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use ringscope_sim::explain::explain;
    use ringscope_sim::protocols::Classic;
    use ringscope_sim::scenario::builtin;
    use ringscope_sim::simulate::simulate;
    use ringscope_sim::world::End;

    use super::*;
    use crate::app::testing::{built_in, press};
    use crate::timeline::Timeline;

    fn at_its_end(name: &str) -> App {
        let mut app = built_in(name, 0);
        press(&mut app, "end");
        app
    }

    #[test]
    fn at_the_end_of_every_built_in_run_stand_the_words_of_the_simulator() {
        let mut bad = 0;
        for built_in in builtin::ALL {
            let run = simulate::<Classic>(&built_in.scenario(), &mut ());
            let verdict = at_its_end(built_in.name).verdict().expect("its end is known");
            let is_bad = verdict.judgement == Judgement::Bad;
            assert_eq!(is_bad, run.outcome.end != End::Completed, "{}", built_in.name);
            let Some(why) = explain::<Classic>(&run.outcome.end, run.world.nodes()) else {
                continue;
            };
            bad += 1;
            let facts = verdict.facts.join("; ");
            assert!(facts.starts_with(&why.facts), "{}: {facts}", built_in.name);
            assert_eq!(verdict.paragraph, Some(why.paragraph), "{}", built_in.name);
        }
        assert!(bad > 5, "{bad} built-in runs end badly");
    }

    #[test]
    fn the_arrows_of_every_deadlock_are_the_wait_for_graph_of_the_simulator() {
        let mut deadlocks = 0;
        for built_in in builtin::ALL {
            let run = simulate::<Classic>(&built_in.scenario(), &mut ());
            let app = at_its_end(built_in.name);
            match run.outcome.end {
                End::Deadlock(graph) => {
                    deadlocks += 1;
                    assert_eq!(app.deadlocked(), graph.blocked, "{}", built_in.name);
                }
                End::Completed | End::Livelock(_) | End::Crashed { .. } | End::Stopped { .. } => {
                    assert!(app.deadlocked().is_empty(), "{}", built_in.name);
                }
            }
        }
        assert!(deadlocks > 2, "{deadlocks} built-in runs end in a deadlock");
    }

    #[test]
    fn a_circle_is_named_and_drawn_from_the_event_that_closes_it_on() {
        let mut app = at_its_end("race-neighbours-leave");
        assert_eq!(app.verdict().expect("a deadlock").cycle, [Rank(3), Rank(4)]);
        let ranks = |app: &App| app.deadlocked().iter().map(|one| one.rank.0).collect::<Vec<_>>();
        assert_eq!(ranks(&app), [3, 4, 7]);
        press(&mut app, "!");
        assert_eq!(app.view.cursor, app.timeline.len(), "the last event closes it");
        // By what it received at the event before, rank 4 is bound to wait for rank 3.
        press(&mut app, "h h");
        assert!(ranks(&app).is_empty());
        press(&mut app, "!");
        assert_eq!(app.view.cursor, app.timeline.len());
    }

    #[test]
    fn at_a_violation_and_only_there_it_is_said_what_is_broken() {
        let mut app = built_in("race-lost-key", 0);
        assert_eq!(app.verdict(), None);
        press(&mut app, "]");
        let verdict = app.verdict().expect("a violation");
        assert_eq!(
            (verdict.title.as_str(), verdict.judgement),
            ("broken invariant: one owner", Judgement::Bad)
        );
        press(&mut app, "l");
        assert_eq!(app.verdict(), None);
    }

    #[test]
    fn the_whole_explanation_comes_and_goes_with_its_key() {
        let mut app = at_its_end("get-missing");
        press(&mut app, "E");
        assert!(app.view.explains);
        press(&mut app, "esc");
        assert!(!app.view.explains && app.view.cursor == app.timeline.len());
        press(&mut app, "E h");
        assert!(!app.view.explains);
        let mut app = at_its_end("join");
        press(&mut app, "E");
        assert!(app.controls.note.is_some_and(|note| note.starts_with("there is nothing")));
    }

    #[test]
    fn where_a_race_is_asked_about_the_two_messages_are_listed_and_lit() {
        let mut app = built_in("race-lost-key", 0);
        press(&mut app, "] k");
        let (why, words) = app.search.why.clone().expect("it is asked why");
        let race = why.race.clone().expect("there is one");
        let listed = app.search.listed.clone().expect("the causes are listed");
        assert!(listed.contains(&race.first) && listed.contains(&race.late_sent), "{words}");
        assert!(race.late.is_none_or(|late| listed.contains(&late)), "{words}");
        press(&mut app, "k");
        assert_eq!((&app.search.why, &app.search.listed), (&None, &None));
        // Here the late message is never received, and its send is nothing that led to the event.
        let mut app = at_its_end("race-neighbours-leave");
        press(&mut app, "k");
        let (why, _) = app.search.why.clone().expect("it is asked why");
        let race = why.race.clone().expect("there is one");
        assert!(!why.past.contains(&race.late_sent));
        assert_eq!(why.past, app.timeline.causes(why.at));
        let facts = app.verdict().expect("it is asked why").facts;
        let count = format!("{} events happened before it", why.past.len() - 1);
        assert!(facts[1].ends_with(&count), "{facts:?}");
    }

    #[test]
    fn of_another_dialect_nothing_is_claimed() {
        let trace = include_bytes!("../export/hostile.jsonl");
        let timeline = Timeline::kept("hostile", trace[..].into()).expect("it is a trace");
        assert_eq!(timeline.decisive(), None);
        assert!(timeline.ending().is_some_and(|ending| *ending != Ending::Completed));
        assert!(timeline.nothing_decisive().ends_with("cannot be said"));
        let why = timeline.why(timeline.event_at(timeline.len()).expect("it has events"));
        assert!(timeline.why_in_words(&why).contains("cannot be said"), "{why:?}");
    }

    #[test]
    fn why_every_built_in_run_that_goes_wrong_does() {
        let mut table = String::new();
        for built_in in builtin::ALL {
            let timeline = Timeline::live(built_in.scenario());
            let Some(at) = timeline.decisive() else { continue };
            let words = timeline.why_in_words(&timeline.why(at));
            table += &format!("{}, event {}:\n    {words}\n", built_in.name, at.0 + 1);
        }
        insta::assert_snapshot!(table);
    }
}

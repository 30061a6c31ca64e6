//! Commands that are typed into a live run, and runs that go another way from the past of one.

use ringscope_sim::protocol::{Role, Viewed as _};
use ringscope_sim::scenario::{COMMANDS, Scenario, Setting};
use ringscope_traces::text::Plain;

use super::diff::{Candidate, Diff};
use super::prompt::last_word;
use super::{App, Mode, PageRequest, Prompt, Purpose, Recipe};
use crate::language::grammar::ParseError;
use crate::timeline::{Snapshot, Timeline, Validation};

/// The most words that are offered.
const MOST_OFFERED: usize = 16;

impl App {
    pub(super) fn ask_for_command(&mut self) {
        match self.mode() {
            Mode::Live if self.choices.is_some() => {
                self.controls.refuse(
                    "the scenario was explored as it is: `F` makes a run that goes on otherwise",
                );
            }
            Mode::Live => self.ask(Purpose::Command, ""),
            Mode::Replay => {
                self.controls.refuse(
                    "a recorded run takes no commands: `ringscope play` of a scenario does",
                );
            }
        }
    }

    pub(super) fn ask_for_fork(&mut self) {
        match self.mode() {
            Mode::Live => self.ask(Purpose::Fork, ""),
            Mode::Replay => {
                self.controls.refuse(
                    "a recorded run goes no other way: `ringscope play` of a scenario does",
                );
            }
        }
    }

    /// Gives a command to the live run, after all that it has.
    pub(super) fn give(&mut self, line: &str, care: Validation) -> Result<(), String> {
        refuse_misread(line)?;
        // Where the command went is known when all commands of both runs are.
        self.timeline.wait();
        let before = self.timeline.operations().len();
        let recipe = self.changed_after(u64::MAX);
        self.timeline =
            self.timeline.then(line, care).map_err(|failure| insisting(failure.one_line()))?;
        self.timeline.wait();
        self.colors = self.colors.go_on_with(&self.timeline);
        self.rename(recipe);
        self.is_unsaved = true;
        self.saving.iter_mut().for_each(|saving| saving.outdate());
        self.list(self.search.listing.clone());
        let sent = self.timeline.operations().get(before).map(|operation| operation.invoked.0);
        self.go_to(sent.unwrap_or(self.timeline.len()));
        self.controls.say(match sent {
            Some(sent) => format!(
                "`{line}` comes next: event {} sends it, after all other commands; `F` goes another way earlier",
                sent + 1
            ),
            None => format!("the run ends before `{line}` is sent: `F` forks before that"),
        });
        Ok(())
    }

    /// Shows the run that goes on with a command from here.
    pub(super) fn fork(&mut self, line: &str, care: Validation) -> Result<(), String> {
        refuse_misread(line)?;
        let timeline = self
            .timeline
            .fork(self.view.cursor, line, care)
            .map_err(|failure| insisting(failure.one_line()))?;
        let cursor = self.timeline.fork_point(self.view.cursor);
        let mut fork = App::new(timeline, &self.opened_as, cursor);
        fork.rename(self.changed_after(self.timeline.commands_sent(self.view.cursor)));
        fork.colors = self.colors.go_on_with(&fork.timeline);
        fork.is_unsaved = true;
        fork.controls.keymap = self.controls.keymap.clone();
        fork.search.breaks = self.search.breaks.clone();
        fork.parent = Some(Candidate::of(self));
        fork.controls.below = Some("first run");
        fork.controls.say_the_way("this is another run: Esc goes back to the first");
        self.controls.ask(PageRequest::Run(Box::new(fork)));
        Ok(())
    }

    /// Asks what to compare the run with: a fork, as long as nothing else is typed, with the run that it comes from.
    pub(super) fn ask_to_compare(&mut self) {
        self.ask(Purpose::Diff, "");
        if let (Some(prompt), Some(parent)) = (&mut self.typing.prompt, &self.parent) {
            let parent = Plain(&parent.name);
            prompt.default = Some(format!("`{parent}`, from which this was forked"));
        }
    }

    /// Compares a fork with the run that it comes from.
    pub(super) fn compare_with_parent(&mut self) -> Result<(), String> {
        let Some(parent) = self.parent.clone() else { return Ok(()) };
        let diff = Diff::between(Candidate::of(self), parent);
        let mut diff = diff.map_err(|failure| failure.one_line())?;
        diff.controls.keymap = self.controls.keymap.clone();
        diff.controls.below = Some("fork");
        self.controls.ask(PageRequest::Diff(Box::new(diff)));
        Ok(())
    }

    /// How the run can be had that goes on otherwise after so many commands.
    fn changed_after(&self, commands: u64) -> Recipe {
        let scenario = self.timeline.scenario();
        scenario.map_or_else(Recipe::none, |scenario| self.recipe.changed_after(commands, scenario))
    }
}

/// Whether a line is insisted on: it was refused before, and Enter was pressed again.
pub(super) fn care(prompt: &Prompt) -> Validation {
    let is_again = prompt.refused.as_deref() == Some(prompt.line().trim());
    if is_again { Validation::Unchecked } else { Validation::Checked }
}

fn refuse_misread(line: &str) -> Result<(), String> {
    misread(line).map_or(Ok(()), |wrong| Err(wrong.to_string()))
}

fn insisting(problem: String) -> String {
    format!("{problem}; Enter again runs it all the same")
}

/// What is wrong with a line of commands, as far as it can be read alone.
pub(super) fn misread(line: &str) -> Option<ParseError> {
    let word = line.split_whitespace().next().unwrap_or_default();
    if let Some(setting) = Setting::named(word) {
        let name = setting.name;
        return Some(ParseError(format!(
            "`{name}` is a setting, and settings hold for the whole run"
        )));
    }
    let errors = Scenario::parse("command", line).err()?;
    let problem = errors.problems().first()?;
    let hint = problem.advice().map(|hint| format!(": {hint}")).unwrap_or_default();
    Some(ParseError(format!("{}{hint}", problem.message())))
}

/// What the last word of a command could be, in the ring as it stands.
pub(super) fn completions(line: &str, timeline: &Timeline, snapshot: &Snapshot) -> Vec<String> {
    let begun = last_word(line).to_lowercase();
    let words: Vec<String> = line.split_whitespace().map(str::to_lowercase).collect();
    let before = words.len() - usize::from(!begun.is_empty());
    let offers = match (words.first().map(String::as_str), before) {
        (_, 0) => COMMANDS.iter().map(|word| word.name.to_owned()).collect(),
        (Some("get"), 1) => keys(snapshot),
        (Some("add"), 1) => idle_ranks(snapshot),
        (Some("remove"), 1) => ids(timeline, snapshot),
        (Some(_) | None, _) => Vec::new(),
    };
    let offers = offers.into_iter().filter(|offer| offer.starts_with(&begun));
    offers.take(MOST_OFFERED).collect()
}

fn keys(snapshot: &Snapshot) -> Vec<String> {
    let nodes = snapshot.states.iter().flat_map(|states| &states.nodes);
    let storages = nodes.filter_map(|node| node.view().storage);
    let mut keys: Vec<_> = storages.flat_map(|storage| storage.keys().copied()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.iter().map(ToString::to_string).collect()
}

fn idle_ranks(snapshot: &Snapshot) -> Vec<String> {
    let nodes = snapshot.states.iter().flat_map(|states| states.nodes.iter().enumerate());
    let is_idle = |node: &ringscope_sim::protocol::NodeView<'_>| {
        node.role == Role::Storage && node.successor().is_none()
    };
    nodes.filter(|(_, node)| is_idle(&node.view())).map(|(rank, _)| rank.to_string()).collect()
}

/// The ids of those that can leave: the nodes that were not in the ring from the start.
fn ids(timeline: &Timeline, snapshot: &Snapshot) -> Vec<String> {
    let newcomers = timeline.roles().map_or(0..0, |roles| roles.newcomers);
    let members = snapshot.states.iter().flat_map(|states| states.ring.members());
    let inner = members.filter(|member| newcomers.contains(&member.rank.0));
    inner.map(|member| member.id.to_string()).collect()
}

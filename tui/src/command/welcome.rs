//! `ringscope` alone: what it is, a run to look at, and what to do next.

use std::collections::BTreeMap;
use std::io::Write as _;

use ringscope_screen::failure::Failure;
use ringscope_screen::numbers::{counted, time};
use ringscope_sim::protocol::{Command, Key, Meaning, Message as _, Node, Print, Protocol, Viewed};
use ringscope_sim::protocols::Visitor;
use ringscope_sim::scenario::{Scenario, builtin};
use ringscope_sim::simulate::{Summary, command_rank, simulate};
use ringscope_sim::world::{Observed, Observer};
use ringscope_traces::Rank;

use super::Verdict;
use crate::output::{Out, Streams};
use crate::report::{Style, ring, wrapped};

/// The scenario that is shown.
const SHOWN: &str = "join";

/// What to do next, and what it does.
const NEXT: [(&str, &str); 6] = [
    ("ringscope tour the-ring", "a lesson on a live run, with questions"),
    ("ringscope run join --stats", "the same run, and what it cost"),
    ("ringscope run get-missing", "a misuse: how it ends, and why"),
    ("ringscope run join -o join.jsonl", "record what every rank sent and received"),
    ("ringscope show join.jsonl", "see it, one line per event"),
    ("ringscope list", "all scenarios; `ringscope help` for the rest"),
];

pub(crate) fn execute(streams: &mut Streams) -> Result<Verdict, Failure> {
    let out = &mut streams.out;
    let scenario = builtin::find(SHOWN).expect("the shown scenario is built in").scenario();
    let command = command_rank(&scenario.settings);
    let mut diary = Diary::of(command);
    let shown = Shown { scenario: &scenario, diary: &mut diary };
    let (summary, picture) = scenario.settings.protocol.dispatch(shown);
    introduce(scenario.settings.ranks, out)?;
    for step in &diary.steps {
        print_step(step, out)?;
    }
    let messages = counted(summary.received, "message");
    let took = time(summary.now_ns);
    writeln!(out, "\n{messages}, {took} of virtual time. The ring at the end:\n")?;
    write!(out, "{picture}")?;
    writeln!(out, "\nNext:")?;
    for (line, what) in NEXT {
        writeln!(out, "  {}  {what}", out.paint(Style::Moving, format_args!("{line:32}")))?;
    }
    let note = "In a checkout, `cargo run --release -- run join` is `ringscope run join`.";
    writeln!(out, "{}", out.paint(Style::Faint, note))?;
    Ok(Verdict::Good)
}

/// Simulates the scenario that is shown, and draws the ring at its end.
struct Shown<'a> {
    scenario: &'a Scenario,
    diary: &'a mut Diary,
}

impl Visitor for Shown<'_> {
    type Output = (Summary, String);

    fn visit<P: Protocol>(self) -> (Summary, String) {
        let finished = simulate::<P>(self.scenario, self.diary);
        (finished.summary(), ring::picture(finished.world.nodes()))
    }
}

fn introduce(ranks: u32, out: &mut Out) -> Result<(), Failure> {
    let name = out.paint(Style::Name, "ringscope");
    writeln!(
        out,
        "{name} simulates a distributed hash table on MPI, message by message.\n\n\
         Nodes form a ring and own the keys up to their id. Here {ranks} processes run the\n\
         built-in scenario `{SHOWN}`: two nodes join, and keys move to them.\n"
    )?;
    Ok(())
}

/// A command that was sent, and what came of it.
struct Step {
    commands: Vec<Command>,
    messages: u64,
    printed: Option<Print>,
    /// The keys that changed hands, and who has them now.
    moved: BTreeMap<Rank, Vec<Key>>,
}

/// Keeps what the command node did, command by command.
struct Diary {
    command: Rank,
    steps: Vec<Step>,
    /// The step whose reply came last: the next command may be sent before its result is printed.
    answered: usize,
    holders: BTreeMap<Key, Rank>,
}

impl Diary {
    fn of(command: Rank) -> Diary {
        Diary { command, steps: Vec::new(), answered: 0, holders: BTreeMap::new() }
    }

    fn begin(&mut self, command: Command) {
        match (command, self.steps.last_mut()) {
            (Command::Put { .. }, Some(step)) if is_put(step) => step.commands.push(command),
            _ => self.steps.push(Step {
                commands: vec![command],
                messages: 0,
                printed: None,
                moved: BTreeMap::new(),
            }),
        }
    }

    /// Notes which keys have changed hands since it was last asked.
    fn note_moves(&mut self, nodes: &[impl Viewed]) {
        let Some(step) = self.steps.get_mut(self.answered) else { return };
        for (rank, node) in (0_u32..).map(Rank).zip(nodes) {
            for key in node.view().storage.into_iter().flat_map(|storage| storage.keys()) {
                let before = self.holders.insert(*key, rank);
                if before.is_some_and(|before| before != rank) {
                    step.moved.entry(rank).or_default().push(*key);
                }
            }
        }
    }
}

fn is_put(step: &Step) -> bool {
    matches!(step.commands[..], [Command::Put { .. }, ..])
}

impl<N: Node> Observer<N> for Diary {
    fn observed(&mut self, observed: &Observed<'_, N::Message>) {
        if observed.source().is_some() {
            if observed.rank == self.command {
                self.answered = self.steps.len() - 1;
            }
            return;
        }
        match observed.message.meaning() {
            Meaning::Command(command) if observed.rank == self.command => self.begin(command),
            // The farewell is of no command.
            Meaning::End => return,
            Meaning::Command(_)
            | Meaning::Found(..)
            | Meaning::Absent
            | Meaning::Done(_)
            | Meaning::Refused
            | Meaning::Membership => {}
        }
        if let Some(step) = self.steps.last_mut() {
            step.messages += 1;
        }
    }

    fn handled(&mut self, rank: Rank, nodes: &[N]) {
        if rank == self.command {
            self.note_moves(nodes);
        }
    }

    fn printed(&mut self, _rank: Rank, print: Print) {
        if let (Print::Found(..), Some(step)) = (print, self.steps.get_mut(self.answered)) {
            step.printed = Some(print);
        }
    }
}

fn print_step(step: &Step, out: &mut Out) -> Result<(), Failure> {
    let commands: Vec<_> = step.commands.iter().map(ToString::to_string).collect();
    let moves = step.moved.iter().map(|(rank, keys)| {
        let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
        format!("keys {} move to rank {rank}", keys.join(" "))
    });
    let printed = step.printed.map(|print| print.to_string());
    let came_of_it: Vec<_> = printed.into_iter().chain(moves).collect();
    let messages = counted(step.messages, "message");
    if let [command] = &commands[..] {
        let command = out.paint(Style::Name, format_args!("{command:12}"));
        let what = format!("  {command}  {:42}", came_of_it.join("; "));
        writeln!(out, "{what}  {}", out.paint(Style::Faint, messages))?;
    } else {
        let all = wrapped(&commands.join(", "), 56, "  ");
        writeln!(out, "{}", out.paint(Style::Name, all))?;
    }
    Ok(())
}

//! Whether runs are linearizable by key: those of the classic protocol with several commands in flight are not, all others are.

use std::collections::VecDeque;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use ringscope_sim::linearizability::{HistoryObserver, Linearizability, linearizability};
use ringscope_sim::protocol::Protocol;
use ringscope_sim::protocols::{Classic, ProtocolId, Safe};
use ringscope_sim::scenario::{Scenario, random};
use ringscope_sim::simulate::{record, simulate};
use ringscope_traces::{Trace, read_trace};

/// Runs a random scenario as that protocol, with so many commands in flight.
fn run<P: Protocol>(seed: u64, window: u32) -> (Scenario, Linearizability) {
    let mut scenario = random(seed, 6, 30);
    scenario.settings.protocol = ProtocolId::named(P::INFO.name).expect("it is listed");
    scenario.settings.window = window;
    let mut history = HistoryObserver::default();
    simulate::<P>(&scenario, &mut history);
    (scenario, history.finish())
}

/// How many runs of that protocol are not linearizable.
fn violated<P: Protocol>(seeds: u64, window: u32) -> usize {
    let found = (0..seeds).map(|seed| run::<P>(seed, window).1);
    let broken = found.filter(|found| {
        assert_eq!(found.undecided, []);
        assert!(found.violations.iter().all(|one| one.is_smallest));
        !found.holds()
    });
    broken.count()
}

#[test]
fn one_command_at_a_time_is_linearizable() {
    assert_eq!(violated::<Classic>(300, 1), 0);
}

#[test]
fn classic_is_not_linearizable_with_several_commands_in_flight() {
    for window in 2..=4 {
        assert!(violated::<Classic>(300, window) > 0, "window {window}");
    }
}

#[test]
fn safe_is_linearizable_with_any_number_of_commands_in_flight() {
    for window in [1, 2, 3, 4, 8, 16] {
        assert_eq!(violated::<Safe>(300, window), 0, "window {window}");
    }
}

#[test]
fn a_trace_says_the_same_as_the_run_of_which_it_is() {
    for seed in 0..60 {
        let (scenario, observed) = run::<Classic>(seed, 4);
        let recorded = record(&scenario, Vec::new()).expect("memory");
        let (trace, _) = read_trace(&recorded.to[..], "a run").expect("it is a trace");
        assert_eq!(linearizability(&trace), observed, "seed {seed}");
    }
}

/// A program in which the owners acknowledge to the command node themselves, and name no pair: the second of two PUTs is done first.
#[test]
fn a_put_is_not_complete_while_its_acknowledgement_may_be_another_ones() {
    let file = r#"{"trace":1,"source":"recorded","protocol":"mine","ranks":3,"time":"wall"}
{"rank":2,"n":0,"op":"send","peer":0,"tag":0,"data":[9,5],"t":0,"clock":1}
{"rank":1,"n":0,"op":"send","peer":2,"tag":6,"data":null,"t":0,"clock":1}
{"rank":2,"n":1,"op":"recv","peer":1,"tag":6,"data":null,"t":0,"clock":2}
{"rank":2,"n":2,"op":"send","peer":0,"tag":0,"data":[9,1],"t":0,"clock":3}
{"rank":2,"n":3,"op":"send","peer":0,"tag":0,"data":[8,1],"t":0,"clock":4}
{"rank":1,"n":1,"op":"send","peer":2,"tag":6,"data":null,"t":0,"clock":2}
{"rank":2,"n":4,"op":"recv","peer":1,"tag":6,"data":null,"t":0,"clock":5}
{"rank":2,"n":5,"op":"send","peer":0,"tag":1,"data":9,"t":0,"clock":6}
{"rank":1,"n":2,"op":"send","peer":2,"tag":5,"data":[5,1000],"t":0,"clock":3}
{"rank":2,"n":6,"op":"recv","peer":1,"tag":5,"data":[5,1000],"t":0,"clock":7}
{"rank":1,"n":3,"op":"send","peer":2,"tag":6,"data":null,"t":0,"clock":4}
{"rank":2,"n":7,"op":"recv","peer":1,"tag":6,"data":null,"t":0,"clock":8}
{"end":"stopped","events":12}
"#;
    let (trace, _) = read_trace(file.as_bytes(), "mine.jsonl").expect("it is a trace");
    // The GET finds 5, since `put 9 1` takes effect behind it: its acknowledgement is the last.
    assert!(linearizability(&trace).holds(), "{:?}", linearizability(&trace));
}

/// A run of a program that does as registers do: each command takes effect at once, somewhere between its send and its answer. GETs are
/// answered in their order; acknowledgements come in any order and name no pair.
struct Ideal {
    dice: ChaCha8Rng,
    lines: String,
    events: [u64; 2],
    registers: [i64; 2],
    /// The commands without an answer, each with its key, and of a GET what it has found.
    gets: VecDeque<(usize, Option<i64>)>,
    puts: Vec<(usize, i64, bool)>,
}

impl Ideal {
    /// Its trace.
    fn trace(seed: u64) -> Trace {
        let header = r#"{"trace":1,"source":"recorded","protocol":"mine","ranks":3,"time":"wall"}"#;
        let mut run = Ideal {
            dice: ChaCha8Rng::seed_from_u64(seed),
            lines: format!("{header}\n"),
            events: [0, 0],
            registers: [0, 0],
            gets: VecDeque::new(),
            puts: Vec::new(),
        };
        // So that no GET finds nothing.
        for key in 0..2 {
            run.event("send", 0, &format!("[{key},0]"));
            run.answer(6, "null");
        }
        for _ in 0..40 {
            run.step();
        }
        let events = run.events[0] + run.events[1];
        let file = format!("{}{{\"end\":\"stopped\",\"events\":{events}}}\n", run.lines);
        read_trace(file.as_bytes(), "mine.jsonl").expect("it is a trace").0
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.dice.next_u32()).expect("it fits") % n
    }

    /// A command is sent, takes effect, or is answered.
    fn step(&mut self) {
        let key = self.below(2);
        match self.below(6) {
            0 if self.gets.len() < 3 => {
                self.event("send", 1, &key.to_string());
                self.gets.push_back((key, None));
            }
            1 if self.puts.len() < 3 => {
                let value = i64::try_from(self.below(4)).expect("it is small");
                self.event("send", 0, &format!("[{key},{value}]"));
                self.puts.push((key, value, false));
            }
            2 => {
                let registers = self.registers;
                let open = self.gets.iter_mut().find(|(_, found)| found.is_none());
                if let Some((key, found)) = open {
                    *found = Some(registers[*key]);
                }
            }
            3 if !self.puts.is_empty() => {
                let nth = self.below(self.puts.len());
                let (key, value, is_done) = &mut self.puts[nth];
                if !*is_done {
                    self.registers[*key] = *value;
                }
                *is_done = true;
            }
            4 => {
                if let Some((_, found)) = self.gets.pop_front_if(|(_, found)| found.is_some()) {
                    self.answer(5, &format!("[{},1000]", found.unwrap_or_default()));
                }
            }
            _ => {
                let done = self.puts.iter().position(|(.., is_done)| *is_done);
                if let Some(nth) = done {
                    self.puts.remove(nth);
                    self.answer(6, "null");
                }
            }
        }
    }

    fn answer(&mut self, tag: u32, data: &str) {
        self.line(1, ("send", 2, tag), data);
        self.line(2, ("recv", 1, tag), data);
    }

    fn event(&mut self, op: &str, tag: u32, data: &str) {
        self.line(2, (op, 0, tag), data);
    }

    fn line(&mut self, rank: usize, (op, peer, tag): (&str, u32, u32), data: &str) {
        let n = self.events[rank - 1];
        self.events[rank - 1] += 1;
        let clock = n + 1;
        self.lines += &format!(
            "{{\"rank\":{rank},\"n\":{n},\"op\":\"{op}\",\"peer\":{peer},\"tag\":{tag},\"data\":{data},\"t\":0,\"clock\":{clock}}}\n"
        );
    }
}

#[test]
fn a_program_that_does_as_registers_do_is_linearizable_though_its_acknowledgements_name_nothing() {
    for seed in 0..2_000 {
        let found = linearizability(&Ideal::trace(seed));
        assert!(found.holds(), "seed {seed}: {:?}", found.violations);
    }
}

/// What is said of a run of these commands, under the seed that is the first to break it.
fn first_violation(text: &str) -> String {
    for seed in 1..2000 {
        let scenario =
            Scenario::parse("a run", &format!("seed {seed}\n{text}")).expect("it is one");
        let mut history = HistoryObserver::default();
        simulate::<Classic>(&scenario, &mut history);
        if let Some(violation) = history.finish().violations.first() {
            return violation.to_string();
        }
    }
    panic!("no seed breaks it")
}

#[test]
fn the_commands_that_do_not_fit_are_named_with_their_events() {
    let race = "window 2\nput 400 1\nput 900 2\nadd 3 500\nput 400 4\nget 900\nget 400";
    let said = "no order explains put 400 1 (events 1 to 15), put 400 4 (events 18 to 45) and get 400, \
                which found 1 (events 46 to 64)";
    assert_eq!(first_violation(race), said);
}

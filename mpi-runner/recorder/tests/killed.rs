//! SIGKILL at moments that a seed draws: to each rank, to the launcher, and to the recording itself. What was
//! written is there each time, and the last call of each rank is said.
//!
//! `RINGSCOPE_KILLS=0..50` tries these seeds instead of the few that are tried always.

mod support;

use ringscope_traces::calls::{Call, LastCall};
use ringscope_traces::{Ending, Op, Rank, Trace, wellformed};

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use support::{Folder, Mpi, Recorded, events, seeds, unbroken};

const RANKS: u32 = 3;

/// How many calls each rank makes at least, when nobody is killed.
const CALLS: u32 = 140;

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    Rank,
    Launcher,
    /// And then a rank, which ends the program.
    Recorder,
}

impl Whom {
    fn word(self) -> &'static str {
        match self {
            Whom::Rank => "rank",
            Whom::Launcher => "launcher",
            Whom::Recorder => "recorder",
        }
    }
}

/// A kill that a seed has drawn.
#[derive(Debug, Clone, Copy)]
struct Kill {
    seed: u64,
    mpi: Mpi,
    whom: Whom,
    victim: u32,
    killer: u32,
    /// After how many calls of the killer.
    calls: u32,
}

impl Kill {
    /// Five seeds kill each rank, the launcher and the recorder, under one MPI; the next five under the other.
    fn of(seed: u64) -> Kill {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let drawn = random.next_u32() % RANKS;
        let (whom, victim) = match seed % 5 {
            3 => (Whom::Launcher, drawn),
            4 => (Whom::Recorder, drawn),
            rank => (Whom::Rank, u32::try_from(rank).expect("it is a rank")),
        };
        // One that kills itself is outside of MPI then; one that another kills may be anywhere.
        let killer = (victim + random.next_u32() % 2) % RANKS;
        let mpi = if (seed / 5).is_multiple_of(2) { Mpi::Open } else { Mpi::Mpich };
        Kill { seed, mpi, whom, victim, killer, calls: random.next_u32() % CALLS }
    }

    /// The arguments of the program.
    fn words(self) -> [String; 4] {
        let Kill { whom, victim, killer, calls, .. } = self;
        [killer.to_string(), calls.to_string(), whom.word().to_owned(), victim.to_string()]
    }

    /// Runs and records it.
    fn record(self, folder: &Folder, program: &str) -> Recorded {
        let words = self.words();
        let command: Vec<&str> =
            [program].into_iter().chain(words.iter().map(String::as_str)).collect();
        folder.record((self.mpi, RANKS), &command)
    }

    /// How to try it again, and what there was to see.
    fn again(self, test: &str, recorded: &Recorded) -> String {
        let (seed, next) = (self.seed, self.seed + 1);
        format!(
            "{self:?}; again: RINGSCOPE_KILLS={seed}..{next} mpi-runner/with openmpi cargo nextest run --workspace \
             --exclude '*-fuzz' --locked --test killed {test}\n{}",
            recorded.err
        )
    }
}

/// The kills of that kind among those that are tried.
fn kills(whom: Whom) -> impl Iterator<Item = Kill> {
    seeds("RINGSCOPE_KILLS", 0..10).map(Kill::of).filter(move |kill| kill.whom == whom)
}

type Events = Vec<(Op, u32, i32, String)>;

/// A program, built for an MPI, and what its ranks do when nobody is killed.
struct Known {
    folder: Folder,
    whole: Vec<Events>,
}

impl Known {
    fn of(mpi: Mpi) -> Known {
        let folder = Folder::new();
        let program = folder.build_plain("killed.c", mpi);
        let never = (1000 * CALLS).to_string();
        let recorded = folder.record((mpi, RANKS), &[&program, "0", &never, "rank", "0"]);
        assert_eq!(recorded.code, Some(0), "{mpi:?}: {}", recorded.err);
        let trace = folder.whole_trace();
        let whole = (0..RANKS).map(|rank| events(&trace, rank)).collect();
        Known { folder, whole }
    }

    fn program(&self) -> String {
        self.folder.path("program").to_str().expect("a plain path").to_owned()
    }
}

/// Each kind of kill under both MPIs, in a folder of its own.
fn each(whom: Whom, mut test: impl FnMut(Kill, &Known, &Folder)) {
    for mpi in Mpi::ALL {
        let mut kills = kills(whom).filter(|kill| kill.mpi == mpi).peekable();
        if kills.peek().is_some() {
            let known = Known::of(mpi);
            kills.for_each(|kill| test(kill, &known, &Folder::new()));
        }
    }
}

/// What each rank did is there up to some event, and its last call is said with its line.
fn is_there(trace: &Trace, says: &str, known: &Known, again: &str) {
    assert_eq!(wellformed::check(trace), [], "{again}");
    assert!(!says.contains("left out"), "{again}");
    for (rank, whole) in (0..RANKS).zip(&known.whole) {
        let found = events(trace, rank);
        assert!(whole.starts_with(&found), "rank {rank} did {found:?}, and not {whole:?}; {again}");
        let last =
            last(trace, rank).unwrap_or_else(|| panic!("rank {rank}: no last call; {again}"));
        let call = format!("{} ({})", last.name, line(trace, last));
        assert!(
            call.contains("(killed.c:") && says.contains(&call),
            "rank {rank}: {call}; {again}"
        );
    }
}

fn has_completed(trace: &Trace) -> bool {
    trace.footer.as_ref().is_some_and(|footer| footer.ending == Ending::Completed)
}

/// Each rank did what it does when nobody is killed.
fn all_is_there(trace: &Trace, known: &Known, again: &str) {
    assert_eq!(wellformed::check(trace), [], "{again}");
    for (rank, whole) in (0..RANKS).zip(&known.whole) {
        assert_eq!(&events(trace, rank), whole, "rank {rank}; {again}");
    }
}

/// Where a rank is said to have been killed, it is the one that was; the launcher has killed the others.
fn is_not_mistaken(victim: u32, says: &str, again: &str) {
    let ranks = (0..RANKS).filter(|rank| *rank != victim);
    let mistaken = ranks.map(|rank| format!("rank {rank} was ")).find(|words| says.contains(words));
    assert_eq!(mistaken, None, "{again}");
}

fn last(trace: &Trace, rank: u32) -> Option<&LastCall> {
    trace.calls.iter().find_map(|call| {
        let Call::Last(last) = call else { return None };
        (last.rank == Rank(rank)).then_some(last)
    })
}

fn line(trace: &Trace, last: &LastCall) -> String {
    let place = trace.calls.iter().find_map(|call| {
        let Call::Place(place) = call else { return None };
        (Some(place.place) == last.at).then(|| place.to_string())
    });
    place.unwrap_or_default()
}

#[test]
fn a_rank_that_is_killed_and_all_others_leave_what_they_did() {
    each(Whom::Rank, |kill, known, folder| {
        let recorded = kill.record(folder, &known.program());
        let test = "a_rank_that_is_killed_and_all_others_leave_what_they_did";
        let again = kill.again(test, &recorded);
        assert_eq!(recorded.code, Some(1), "{again}");
        let (trace, _) = folder.trace();
        is_there(&trace, &recorded.unbroken(), known, &again);
        is_not_mistaken(kill.victim, &recorded.unbroken(), &again);
        if kill.killer == kill.victim {
            let last = last(&trace, kill.victim).expect("it has one");
            // Before the calls that are counted there are `MPI_Init` and one more.
            assert_eq!((last.inside, last.calls), (false, u64::from(kill.calls) + 2), "{again}");
        }
        assert_eq!(folder.names(), ["trace.jsonl"], "{again}");
    });
}

#[test]
fn the_ranks_of_a_launcher_that_is_killed_are_ended_and_leave_what_they_did() {
    each(Whom::Launcher, |kill, known, folder| {
        let recorded = kill.record(folder, &known.program());
        let test = "the_ranks_of_a_launcher_that_is_killed_are_ended_and_leave_what_they_did";
        let again = kill.again(test, &recorded);
        assert_eq!(recorded.code, Some(1), "{again}");
        assert!(recorded.words().contains("the program ended with signal 9"), "{again}");
        let (trace, _) = folder.trace();
        match has_completed(&trace) {
            // The ranks were faster than whoever ends them when their launcher is gone.
            true => all_is_there(&trace, known, &again),
            false => is_there(&trace, &recorded.unbroken(), known, &again),
        }
        assert_eq!(folder.names(), ["trace.jsonl"], "{again}");
    });
}

#[test]
fn what_a_recorder_that_is_killed_leaves_is_merged_and_says_the_same() {
    each(Whom::Recorder, |kill, known, folder| {
        let recorded = kill.record(folder, &known.program());
        let test = "what_a_recorder_that_is_killed_leaves_is_merged_and_says_the_same";
        let again = kill.again(test, &recorded);
        assert_eq!(recorded.code, None, "{again}");
        assert!(folder.names().contains(&"trace.jsonl.parts".to_owned()), "{again}");
        let merged = folder.ringscope(["merge", "trace.jsonl", "-o", "trace.jsonl"]);
        let again = format!("{again}\n{}", merged.err);
        assert_eq!(merged.code, Some(0), "{again}");
        is_there(&folder.trace().0, &unbroken(&merged.err), known, &again);
    });
}

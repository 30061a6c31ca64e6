//! Calls of a recorded program in words: with the other rank, the tag, and the place in the source.

use ringscope_traces::calls::{Call, CommId, Enter, LastCall, Misuse, Misused, PlaceId};
use ringscope_traces::text::Plain;
use ringscope_traces::words::nth as in_order;
use ringscope_traces::{Event, Op, Rank};

use super::symbols::{Symbol, Symbols};
use super::words;
use crate::numbers::counted;
use crate::timeline::{Calls, Collective};

/// ` (a.c:31)`, with the space before it, or ` (line 31)` where all is in one file; nothing where the place is not known.
pub(crate) fn at(calls: &Calls, place: Option<PlaceId>) -> String {
    let Some(place) = calls.place(place) else { return String::new() };
    match place.line.filter(|_| calls.is_of_one_file()) {
        Some(line) => format!(" (line {line})"),
        None => format!(" ({place})"),
    }
}

/// ` on comm 2`, with the space before it; nothing for the world.
pub(super) fn on(comm: CommId) -> String {
    if comm.is_world() { String::new() } else { format!(" on comm {}", comm.0) }
}

/// A call's name without what all of them begin with.
fn short(name: &str) -> &str {
    name.strip_prefix("MPI_").unwrap_or(name)
}

/// `r2 r3`, or how many they are.
pub(super) fn ranks(ranks: &[Rank]) -> String {
    const MOST_NAMED: usize = 6;
    match ranks.len() {
        0..=MOST_NAMED => ranks.iter().map(|rank| words::rank(*rank)).collect::<Vec<_>>().join(" "),
        many => counted(many as u64, "rank"),
    }
}

/// A collective operation, in more words and in fewer: `MPI_Allreduce on comm 1 without r2 (a.c:17)`.
pub(crate) fn collective(calls: &Calls, collective: &Collective) -> Vec<String> {
    let name = Plain(&collective.name).to_string();
    let place = collective.entered.first().and_then(|one| one.enter.at);
    let (on, at) = (on(collective.comm), at(calls, place));
    let without = match collective.missing.as_slice() {
        [] => String::new(),
        missing => format!(" without {}", ranks(missing)),
    };
    let short = short(&name);
    vec![
        format!("{name}{on}{without}{at}"),
        format!("{name}{on}{without}"),
        format!("{name}{without}"),
        format!("{short}{without}"),
        short.to_owned(),
    ]
}

/// A call of a rank, in more words and in fewer.
pub(crate) fn of_rank(calls: &Calls, rank: Rank, call: &Call, symbols: Symbols) -> Vec<String> {
    let (what, fewer, place) = match call {
        Call::Last(last) => (last_call(last), Plain(short(&last.name)).to_string(), last.at),
        Call::Probe(probe) => {
            let name = Plain(&probe.name).to_string();
            let times = match probe.times {
                1 => String::new(),
                times => format!(" {}{times}", symbols.of(Symbol::Times)),
            };
            let found = match probe.found {
                Some(found) => format!(" finds one of r{found}"),
                None => " finds nothing".to_owned(),
            };
            let fewer = format!("{}{times}", short(&name));
            (format!("{name}{times}{found}"), fewer, probe.at)
        }
        Call::Fail(failure) => {
            let name = Plain(&failure.name).to_string();
            (format!("{name}: {}", Plain(&failure.why)), format!("{name} failed"), failure.at)
        }
        Call::Misuse(one) => (misuse(calls, one), format!("{} misused", Plain(&one.name)), one.at),
        Call::Exception(one) => (Plain(&one.what).to_string(), "exception".to_owned(), one.at),
        Call::Exit(exit) => {
            (format!("exit code {}", exit.code), format!("exit {}", exit.code), None)
        }
        Call::Died(_) => ("died without a word".to_owned(), "died".to_owned(), None),
        Call::Enter(enter) => {
            let name = Plain(&enter.name).to_string();
            let nth = enter.nth.map(|nth| format!(", its {}", in_order(nth)));
            let what = format!("{name}{}{}", on(enter.comm), nth.unwrap_or_default());
            (what, short(&name).to_owned(), enter.at)
        }
        Call::Post(post) => {
            let name = Plain(&post.name).to_string();
            let from = post.source.map_or("any".to_owned(), words::rank);
            let tag = post.tag.map(|tag| format!(", tag {tag}")).unwrap_or_default();
            (format!("{name} from {from}{tag}{}", on(post.comm)), short(&name).to_owned(), post.at)
        }
        Call::Complete(one) => {
            (format!("request {} is over", one.post.0), "over".to_owned(), one.at)
        }
        Call::Place(_) | Call::Address(_) | Call::Communicator(_) | Call::Leave(_) => {
            (String::new(), String::new(), None)
        }
    };
    let (who, at) = (words::rank(rank), at(calls, place));
    vec![format!("{who} {what}{at}"), format!("{what}{at}"), what, format!("{fewer}{at}"), fewer]
}

/// What a rank has done that a correct program does not: `MPI_Start of an active request of MPI_Send_init (a.c:17)`.
fn misuse(calls: &Calls, misuse: &Misuse) -> String {
    let name = Plain(&misuse.name);
    let of = misuse.of.as_deref().unwrap_or_default();
    let of = format!("{}{}", Plain(of), at(calls, misuse.of_at));
    match misuse.what {
        Misused::StartedTwice => format!("{name} of an active request of {of}"),
        Misused::NeverStarted => format!("{name} of a request of {of} that was never started"),
        Misused::NeverUnlocked => format!("{name} without an unlock after {of}"),
        Misused::AfterFinalize => format!("{name} after MPI_Finalize"),
        Misused::OtherThread => format!("{name} in another thread, with {of}"),
        Misused::NothingActive => format!("{name} for no active request"),
        Misused::NeverFreed => format!("{} of {of} never freed", misuse.count),
    }
}

/// A call of a rank in all its words, without the rank.
pub(crate) fn whole(calls: &Calls, call: &Call, symbols: Symbols) -> String {
    let words = call.rank().map(|rank| of_rank(calls, rank, call, symbols));
    words.and_then(|words| words.into_iter().nth(1)).unwrap_or_default()
}

/// A collective operation that a rank enters: `MPI_Allreduce, its 3rd (a.c:17)`.
pub(crate) fn enter(calls: &Calls, enter: &Enter) -> String {
    let nth = enter.nth.map(|nth| format!(", its {}", in_order(nth))).unwrap_or_default();
    let root = enter.root.map(|root| format!(", root r{root}")).unwrap_or_default();
    let name = Plain(&enter.name);
    format!("{name}{}{nth}{root}{}", on(enter.comm), at(calls, enter.at))
}

/// What a rank is in: `MPI_Send to r1, tag 3, 4800 bytes`.
pub(crate) fn last_call(last: &LastCall) -> String {
    let name = Plain(&last.name).to_string();
    let preposition = if name.to_lowercase().contains("send") { "to" } else { "from" };
    let peer = match (last.peer, last.any_source) {
        (Some(peer), _) => format!(" {preposition} r{peer}"),
        (None, true) => " from any rank".to_owned(),
        (None, false) => String::new(),
    };
    let tag = last.tag.map(|tag| format!(", tag {tag}")).unwrap_or_default();
    let bytes = last.bytes.map(|bytes| format!(", {}", counted(bytes, "byte")));
    let waits = last.waits.as_ref().map(|waits| {
        let of = if waits.all { "for all of" } else { "for one of" };
        format!(" {of} {}", counted(waits.total, "request"))
    });
    let (bytes, waits) = (bytes.unwrap_or_default(), waits.unwrap_or_default());
    format!("{name}{peer}{tag}{bytes}{waits}{}", on(last.comm))
}

/// A message that a rank has sent or received: `send to r1, tag 3 (a.c:19)`.
pub(super) fn message(calls: &Calls, event: &Event, tag: &str) -> String {
    let (what, way) = match event.op {
        Op::Send => ("send", "to"),
        Op::Recv => ("receive", "from"),
    };
    let more = event.more.as_deref();
    let at = at(calls, more.and_then(|more| more.at));
    let on = more.map(|more| on(more.comm)).unwrap_or_default();
    format!("{what} {way} r{}, {tag}{on}{at}", event.peer)
}

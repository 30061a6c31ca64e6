//! Ranks, places and numbers in words.

use crate::event::Rank;
use crate::text::Plain;

/// The most ranks that are named one by one.
const MOST_NAMED: usize = 8;

/// `rank 3`, `ranks 0 and 1`, `ranks 0 to 15`, or the first of many.
pub(super) fn ranks_named(ranks: &[Rank]) -> String {
    list("rank", ranks)
}

/// The same with another word for what they are.
pub(super) fn list(word: &str, ranks: &[Rank]) -> String {
    let names: Vec<String> = ranks.iter().map(Rank::to_string).collect();
    let is_row = ranks.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0);
    match names.as_slice() {
        [] => format!("no {word}"),
        [one] => format!("{word} {one}"),
        [first, .., last] if is_row && names.len() > 3 => format!("{word}s {first} to {last}"),
        [most @ .., last] if names.len() <= MOST_NAMED => {
            format!("{word}s {} and {last}", most.join(", "))
        }
        all => {
            let more = all.len() - MOST_NAMED;
            format!("{word}s {} and {more} more", all[..MOST_NAMED].join(", "))
        }
    }
}

/// `1 byte`, `160,000 bytes`.
pub(super) fn bytes(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "byte" } else { "bytes" })
}

/// `160,000`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A signal by its name, as Linux numbers them, with what it usually means.
pub(super) fn signal(number: i32) -> String {
    match number {
        4 => "SIGILL (an instruction that the processor does not know)".to_owned(),
        6 => "SIGABRT (abort, or an assertion that failed)".to_owned(),
        7 => "SIGBUS (memory that cannot be accessed)".to_owned(),
        8 => "SIGFPE (a division by zero)".to_owned(),
        9 => "SIGKILL (as by `kill -9`, or by the system when memory runs out)".to_owned(),
        11 => "SIGSEGV (memory that is not the program's)".to_owned(),
        13 => "SIGPIPE (what it writes has no reader)".to_owned(),
        14 => "SIGALRM (a timer of its own)".to_owned(),
        15 => "SIGTERM (as by `kill`, or by a batch system)".to_owned(),
        24 => "SIGXCPU (a limit of computing time)".to_owned(),
        _ => format!("signal {number}"),
    }
}

/// What MPI says of an error: of MPICH's stack of calls the kind of error, and the reason where one is given.
///
/// `Invalid tag, error stack:\ninternal_Send(79): Invalid tag, value is -5` becomes `Invalid tag, value is -5`.
pub(super) fn of_mpi(words: &str) -> String {
    let Some((kind, stack)) = words.split_once(", error stack:") else { return one_line(words) };
    let kind = kind.trim();
    let last = stack.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    let reason = last.split_once(": ").map_or("", |(_, reason)| reason.trim());
    // What an exception says begins with its type.
    let bare = kind.rsplit(": ").next().unwrap_or(kind);
    match reason {
        "" => one_line(kind),
        reason if reason.starts_with(bare) => {
            one_line(&format!("{}{reason}", kind.strip_suffix(bare).unwrap_or_default()))
        }
        reason => one_line(&format!("{kind}: {reason}")),
    }
}

/// Words from elsewhere, on one line.
pub(super) fn one_line(words: &str) -> String {
    let joined = words.split_whitespace().collect::<Vec<_>>().join(" ");
    Plain(&joined).to_string()
}

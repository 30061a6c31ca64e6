//! The smallest set of a key's commands that cannot be ordered.

use super::RegisterStep;
use super::register::{OfKey, Ordered};

/// How many sets are tried at most to find a smaller one: seconds of work.
const MOST_TRIED: u64 = 1_000_000;

/// The places of the fewest commands that cannot be ordered, and whether it is known that there are no fewer; all together cannot be.
pub(super) fn smallest(of_key: &OfKey<'_>) -> (Vec<usize>, bool) {
    let few = without_any(of_key, from_last(of_key));
    let mut left = MOST_TRIED;
    for size in 1..few.len() {
        match of_size(of_key, size, &mut left) {
            Tried::Found(fewer) => return (fewer, true),
            Tried::None => {}
            Tried::TooMany => return (few, false),
        }
    }
    (few, true)
}

fn fails(of_key: &OfKey<'_>, counting: &[usize]) -> bool {
    of_key.order(counting) == Ordered::No
}

/// As few of the last commands as cannot be ordered: the more count, the less can be.
fn from_last(of_key: &OfKey<'_>) -> Vec<usize> {
    let all = of_key.all();
    let (mut fails_from, mut too_late) = (0, all.len());
    while fails_from + 1 < too_late {
        let middle = usize::midpoint(fails_from, too_late);
        match fails(of_key, &all[middle..]) {
            true => fails_from = middle,
            false => too_late = middle,
        }
    }
    all[fails_from..].to_vec()
}

/// Leaves out what can be left out, in pieces that become smaller (Zeller and Hildebrandt, *Simplifying and isolating failure-inducing input*, 2002).
fn without_any(of_key: &OfKey<'_>, mut counting: Vec<usize>) -> Vec<usize> {
    let mut piece = counting.len().div_ceil(2);
    while piece > 0 {
        let mut from = 0;
        while from < counting.len() {
            let to = (from + piece).min(counting.len());
            let rest = [&counting[..from], &counting[to..]].concat();
            if fails(of_key, &rest) {
                counting = rest;
            } else {
                from = to;
            }
        }
        piece /= 2;
    }
    counting
}

enum Tried {
    Found(Vec<usize>),
    None,
    TooMany,
}

/// Tries all sets of so many commands, as far as they have a GET: without one nothing is wrong.
fn of_size(of_key: &OfKey<'_>, size: usize, left: &mut u64) -> Tried {
    let commands = of_key.commands;
    let is_get = |place: &usize| matches!(commands[*place].does, RegisterStep::Read(_));
    for get in of_key.all().into_iter().filter(is_get) {
        let mut chosen: Option<Vec<usize>> = Some((0..size - 1).collect());
        while let Some(others) = chosen.filter(|_| size <= commands.len()) {
            let Some(less) = left.checked_sub(1) else { return Tried::TooMany };
            *left = less;
            if !others.contains(&get) {
                let mut counting = others.clone();
                counting.push(get);
                counting.sort_unstable();
                if fails(of_key, &counting) {
                    return Tried::Found(counting);
                }
            }
            chosen = after(others, commands.len());
        }
    }
    Tried::None
}

/// The set of as many numbers below a limit that comes next: the last number that can still grow does, and those behind it follow.
fn after(mut chosen: Vec<usize>, limit: usize) -> Option<Vec<usize>> {
    let size = chosen.len();
    let place = (0..size).rev().find(|&place| chosen[place] + size < limit + place)?;
    let first = chosen[place] + 1;
    for (number, later) in (first..).zip(&mut chosen[place..]) {
        *later = number;
    }
    Some(chosen)
}

//! The search held against all permutations, on small histories that a seed makes.

use proptest::prelude::*;
use ringscope_traces::EventIndex;

use super::register::{OfKey, Ordered};
use super::smallest::smallest;
use super::*;
use crate::protocol::Value;

const LENGTH: usize = 6;

/// A history of a few commands; each moment is another event.
fn histories() -> impl Strategy<Value = Vec<TimedCommand>> {
    let command = (any::<bool>(), 0..4_i64, any::<[u8; 2]>(), 0..8_u8);
    prop::collection::vec(command, 1..=LENGTH).prop_map(|commands| {
        let timed = (0..).zip(commands).map(|(place, (is_put, value, moments, pends))| {
            // No two moments are the same.
            let at = |moment: u8, half: usize| usize::from(moment) * 16 + place * 2 + half;
            let [first, second] = [at(moments[0], 0), at(moments[1], 1)];
            let does = match is_put {
                true => RegisterStep::Write(Value(value)),
                false => RegisterStep::Read((value > 0).then_some(Value(value))),
            };
            let is_open = pends == 0;
            TimedCommand {
                does,
                invoked: EventIndex(first.min(second)),
                completed: (!is_open).then_some(EventIndex(first.max(second))),
            }
        });
        let mut timed: Vec<_> = timed.collect();
        timed.sort_by_key(|command| command.invoked);
        timed
    })
}

/// Whether those that count can be put into an order, one after the other, tried by hand: `left` are still to be placed.
fn by_hand(
    commands: &[TimedCommand],
    counts: &dyn Fn(usize) -> bool,
    (value, left): (Option<Value>, &[usize]),
) -> bool {
    let must = |place: &usize| counts(*place) && commands[*place].completed.is_some();
    if !left.iter().any(must) {
        return true;
    }
    left.iter().any(|&next| {
        // Nothing that counts and is complete before this one is invoked may stand behind it.
        let is_before = |place: &usize| {
            let done = commands[*place].completed.filter(|_| counts(*place));
            done.is_some_and(|done| done < commands[next].invoked)
        };
        if counts(next) && left.iter().any(is_before) {
            return false;
        }
        let rest: Vec<_> = left.iter().copied().filter(|other| *other != next).collect();
        match commands[next].does {
            RegisterStep::Write(written) => by_hand(commands, counts, (Some(written), &rest)),
            RegisterStep::Read(_) if !counts(next) => false,
            RegisterStep::Read(found) => {
                found == value && by_hand(commands, counts, (value, &rest))
            }
        }
    })
}

fn can_be_ordered(commands: &[TimedCommand], counting: &[usize]) -> bool {
    let all: Vec<_> = (0..commands.len()).collect();
    by_hand(commands, &|place| counting.contains(&place), (None, &all))
}

/// Every set of places, the smaller ones first.
fn sets(length: usize) -> Vec<Vec<usize>> {
    let members = |set: u32| (0..length).filter(|place| set & (1 << place) != 0).collect();
    let mut sets: Vec<Vec<usize>> = (0..1_u32 << length).map(members).collect();
    sets.sort_by_key(Vec::len);
    sets
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_search_finds_an_order_whenever_there_is_one(commands in histories()) {
        let of_key = OfKey::new(&commands);
        let all = of_key.all();
        let found = of_key.order(&all) == Ordered::Yes;
        prop_assert_eq!(found, can_be_ordered(&commands, &all));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_search_is_right_whichever_commands_count(commands in histories()) {
        let of_key = OfKey::new(&commands);
        for counting in sets(commands.len()) {
            let found = of_key.order(&counting) == Ordered::Yes;
            prop_assert_eq!(found, can_be_ordered(&commands, &counting), "{:?}", counting);
        }
    }

    #[test]
    fn no_fewer_commands_than_those_that_are_named_cannot_be_ordered(commands in histories()) {
        let of_key = OfKey::new(&commands);
        if of_key.order(&of_key.all()) == Ordered::No {
            let (places, is_smallest) = smallest(&of_key);
            prop_assert!(is_smallest);
            let fewest = sets(commands.len()).into_iter().find(|set| !can_be_ordered(&commands, set));
            prop_assert_eq!(Some(places.len()), fewest.map(|set| set.len()));
            prop_assert!(!can_be_ordered(&commands, &places));
        }
    }
}

fn timed(does: RegisterStep, invoked: usize, completed: usize) -> TimedCommand {
    let completed = Some(EventIndex(completed));
    TimedCommand { does, invoked: EventIndex(invoked), completed }
}

#[test]
fn of_many_commands_those_few_are_named_that_do_not_fit() {
    let value = |place: usize| Value(i64::try_from(place).expect("a small number"));
    let put = |place: usize| timed(RegisterStep::Write(value(place)), 10 * place, 10 * place + 5);
    let mut commands: Vec<_> = (0..3000).map(put).collect();
    // An old value, after a newer one.
    commands.push(timed(RegisterStep::Read(Some(Value(2000))), 40_000, 40_001));
    let (places, is_smallest) = smallest(&OfKey::new(&commands));
    assert!(is_smallest && matches!(places[..], [2000, 2001..3000, 3000]), "{places:?}");
}

#[test]
fn too_many_commands_in_flight_together_are_not_judged() {
    let put = |value: i64| RegisterStep::Write(Value(value));
    let commands: Vec<_> =
        (0..65).zip(0..).map(|(value, at)| timed(put(value), at, 1000 + at)).collect();
    let of_key = OfKey::new(&commands);
    assert_eq!(of_key.order(&of_key.all()), Ordered::Unknown);
}

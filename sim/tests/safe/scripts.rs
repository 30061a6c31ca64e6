//! All scripts of a size, each in every order.

use ringscope_sim::protocol::Command;

use super::{Dice, add, failures, get, put, remove, seeds, text};

/// The commands of a script; the ranks 1 to 3 can join.
const LENGTH: usize = 5;

/// Two keys that joins and leaves move, and the ids of the newcomers: below, between and above them.
const KEYS: [i64; 2] = [300, 600];
const IDS: [i64; 3] = [200, 500, 800];

/// Every sound script of that length with a join and a leave and a PUT or a GET. Ranks that have not been in the ring are alike,
/// so the lowest one stands for all of them.
fn scripts() -> Vec<Vec<Command>> {
    let mut scripts = Vec::new();
    grow(&mut Vec::new(), &mut scripts);
    scripts
}

fn grow(script: &mut Vec<Command>, scripts: &mut Vec<Vec<Command>>) {
    if script.len() == LENGTH {
        let has = |is: fn(&Command) -> bool| script.iter().any(is);
        let is_whole = has(|command| matches!(command, Command::Remove { .. }))
            && has(|command| matches!(command, Command::Put { .. } | Command::Get { .. }));
        scripts.extend(is_whole.then(|| script.clone()));
        return;
    }
    for command in possible(script) {
        script.push(command);
        grow(script, scripts);
        script.pop();
    }
}

fn possible(script: &[Command]) -> Vec<Command> {
    let (mut members, mut fresh, mut left) = (Vec::new(), 1, Vec::new());
    for command in script {
        match command {
            Command::Add { rank, id } => {
                fresh = fresh.max(rank + 1);
                left.retain(|other| other != rank);
                members.push((*rank, id.0));
            }
            Command::Remove { id } => {
                let place = members.iter().position(|(_, member)| *member == id.0);
                left.push(members.remove(place.expect("it is in the ring")).0);
            }
            Command::Put { .. } | Command::Get { .. } => {}
        }
    }
    let value = i64::try_from(script.len()).expect("a short script");
    let mut possible: Vec<_> = KEYS.map(|key| put(key, value)).into();
    possible.extend(KEYS.map(get));
    possible.extend(members.iter().map(|(_, id)| remove(*id)));
    left.extend((fresh <= 3).then_some(fresh));
    let is_free = |id: &i64| members.iter().all(|(_, taken)| taken != id);
    for id in IDS.into_iter().filter(is_free) {
        possible.extend(left.iter().map(|rank| add(*rank, id)));
    }
    possible
}

fn nothing_goes_wrong(commands: &[Command], window: u32) {
    let text = format!("ranks 6\nwindow {window}\n{}", text(commands));
    assert_eq!(failures(&text), [], "again: ringscope explore with\nprotocol safe\n{text}");
}

#[test]
fn no_script_of_five_commands_fails_in_any_order() {
    let scripts = scripts();
    assert_eq!(scripts.len(), 9720);
    // Every one of them: RINGSCOPE_SCRIPTS=0..99999 cargo nextest run -p ringscope-sim -E 'test(no_script_of_five)'.
    let mut dice = Dice(5);
    let few = std::iter::repeat_with(|| dice.below(scripts.len())).take(150);
    let chosen: Vec<usize> = match std::env::var_os("RINGSCOPE_SCRIPTS") {
        None => few.collect(),
        Some(_) => {
            let wanted = seeds("RINGSCOPE_SCRIPTS", 0..0);
            let is_wanted = |place: &usize| wanted.contains(&(*place as u64));
            (0..scripts.len()).filter(is_wanted).collect()
        }
    };
    for script in chosen {
        for window in 2..=4 {
            nothing_goes_wrong(&scripts[script], window);
        }
    }
}

#[test]
fn no_longer_script_fails_in_any_order_though_ranks_come_and_go() {
    for seed in seeds("RINGSCOPE_SEEDS", 0..40) {
        let mut dice = Dice(seed);
        let mut script = Vec::new();
        while script.len() < 9 {
            let possible = possible(&script);
            let changes = |command: &&Command| {
                matches!(command, Command::Add { .. } | Command::Remove { .. })
            };
            let wanted: Vec<_> = possible.iter().filter(changes).collect();
            let from = if dice.below(2) == 0 { wanted } else { possible.iter().collect() };
            script.push(*from[dice.below(from.len())]);
        }
        for window in 2..=4 {
            nothing_goes_wrong(&script, window);
        }
    }
}

//! What the event at the cursor changed at its node.

use ringscope_sim::protocol::{NodeView, Storage};
use ringscope_traces::{Op, Rank};

use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::super::words;
use super::before;
use crate::view::lines::{LabelledLine, line};

/// How many keys of a change are named.
const MOST_KEYS: usize = 6;

/// The lines, under a heading; none when the event at the cursor is another node's.
pub(super) fn of(scene: &Scene<'_>, rank: Rank) -> Vec<LabelledLine> {
    let theme = &scene.look.theme;
    let Some(at) = scene.app.event() else { return Vec::new() };
    let fact = scene.app.timeline.info(at);
    if fact.rank != rank {
        return Vec::new();
    }
    let heading = format!("{} this step", scene.symbol(Symbol::Difference));
    let verb = match fact.op {
        Op::Send => "sends",
        Op::Recv => "receives",
    };
    let preposition = match fact.op {
        Op::Send => "to",
        Op::Recv => "from",
    };
    let name = words::short_tag(scene.app, fact.tag);
    let what = format!("  {verb} {name} {preposition} r{}", fact.peer);
    let mut lines = vec![line("", heading, theme.name()), line("", what, theme.text())];
    if let (Some(then), Some(now)) = (before(scene, rank), scene.node(rank)) {
        let changes = changes(scene, &then, &now);
        lines.extend(
            changes.into_iter().map(|change| line("", format!("  {change}"), theme.changed())),
        );
    }
    lines
}

fn changes(scene: &Scene<'_>, then: &NodeView<'_>, now: &NodeView<'_>) -> Vec<String> {
    let symbols = scene.look.symbols;
    let becomes = scene.symbol(Symbol::Becomes);
    let mut changes = Vec::new();
    for (name, now) in now.links.iter() {
        let then = then.links.named(name);
        if then != now {
            let [then, now] = [then, now].map(|peer| words::peer(peer, symbols));
            changes.push(format!("{name} {then} {becomes} {now}"));
        }
    }
    changes.extend(pairs(then.storage.map(|all| &**all), now.storage.map(|all| &**all)));
    if then.activity != now.activity {
        changes.push("what it is in the middle of".to_owned());
    }
    changes
}

/// Pairs that came, went, or have another value.
fn pairs(then: Option<&Storage>, now: Option<&Storage>) -> Vec<String> {
    let empty = Storage::new();
    let [then, now] = [then, now].map(|storage| storage.unwrap_or(&empty));
    // Most steps change nothing, and maps that are shared are equal without being looked at.
    if std::ptr::eq(then, now) {
        return Vec::new();
    }
    let came = now.iter().filter(|(key, _)| !then.contains_key(key));
    let went = then.iter().filter(|(key, _)| !now.contains_key(key));
    let other = now.iter().filter(|(key, value)| then.get(key).is_some_and(|old| old != *value));
    [("+ keys", named(came)), ("- keys", named(went)), ("new values of", named(other))]
        .into_iter()
        .filter(|(_, keys)| !keys.is_empty())
        .map(|(sign, keys)| format!("{sign} {keys}"))
        .collect()
}

fn named<'a, K: std::fmt::Display + 'a, V: 'a>(
    pairs: impl Iterator<Item = (&'a K, &'a V)>,
) -> String {
    let keys: Vec<String> = pairs.take(MOST_KEYS + 1).map(|(key, _)| key.to_string()).collect();
    match keys.len() > MOST_KEYS {
        true => format!("{} and more", keys[..MOST_KEYS].join(" ")),
        false => keys.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use ringscope_sim::protocol::{Key, Value};

    use super::*;

    fn storage(pairs: &[(i64, i64)]) -> Storage {
        pairs.iter().map(|(key, value)| (Key(*key), Value(*value))).collect()
    }

    #[test]
    fn pairs_come_go_and_change() {
        let (then, now) = (storage(&[(1, 1), (2, 2)]), storage(&[(2, 9), (3, 3)]));
        let text = pairs(Some(&then), Some(&now));
        assert_eq!(text, ["+ keys 3", "- keys 1", "new values of 2"]);
        assert_eq!(pairs(Some(&now), None), ["- keys 2 3"]);
    }
}

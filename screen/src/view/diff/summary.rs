//! A comparison as its page shows it: the rows around the chosen one, and the states there.

use std::collections::BTreeMap;

use ringscope_sim::protocol::{Peer, Viewed as _};
use ringscope_traces::text::Short;
use ringscope_traces::words::tag_label;
use ringscope_traces::{EventIndex, Op, Rank};

use super::{Comparison, Pair, Relation, StatePair};
use crate::app::App;
use crate::app::diff::{Diff, DiffRow, Side, What};
use crate::timeline::{EventInfo, Timeline};
use crate::view::symbols::{Symbol, Symbols};
use crate::view::words;

/// How many rows are shown on either side of the chosen one: no screen shows more.
const ROWS_AROUND: usize = 200;

/// How much of a payload is shown in a row.
const PAYLOAD_CHARS: usize = 24;

/// What the page shows, and the first of its rows that is shown.
pub(crate) fn shown(page: &Diff, symbols: Symbols) -> (Comparison, usize) {
    let first = page.chosen.saturating_sub(ROWS_AROUND);
    let rows = page.rows().iter().skip(first).take(2 * ROWS_AROUND);
    let first_divergence = page.first_row;
    let words = page.summary();
    let rank = page.rows().get(page.chosen).and_then(|row| rank(page, row));
    let comparison = Comparison {
        names: [&page.a, &page.b].map(|side| side.name.clone()),
        sentence: page.controls.note.clone().or_else(|| words.last().cloned()).unwrap_or_default(),
        tally: page.tally,
        level: page.comparison.as_ref().map(|comparison| comparison.level),
        verdict: words.first().cloned().unwrap_or_default(),
        rows: rows.map(|row| pair(page, symbols, row)).collect(),
        first: first_divergence.and_then(|row| row.checked_sub(first)),
        cursor: page.chosen - first,
        overview: page.overview.iter().map(|what| Relation::from(*what)).collect(),
        row: (page.chosen, page.rows().len()),
        subject: rank.map_or_else(String::new, |rank| format!("rank {rank} after this")),
        states: rank.map(|rank| states(page, rank)).unwrap_or_default(),
    };
    (comparison, first)
}

impl From<What> for Relation {
    fn from(what: What) -> Relation {
        match what {
            What::Same => Relation::Same,
            What::Moved => Relation::Order,
            What::OnlyA => Relation::OnlyFirst,
            What::OnlyB => Relation::OnlySecond,
            What::Parted => Relation::Different,
        }
    }
}

fn rank(page: &Diff, row: &DiffRow) -> Option<Rank> {
    let in_a = row.a.and_then(|at| info(page.a.timeline(), at));
    in_a.or_else(|| info(page.b.timeline(), row.b?)).map(|info| info.rank)
}

fn pair(page: &Diff, symbols: Symbols, row: &DiffRow) -> Pair {
    let at = |side: &str, at: Option<EventIndex>| {
        at.map_or_else(|| format!("not in {side}"), |at| format!("{side} at {}", at.0 + 1))
    };
    let missing = match (row.a, row.b) {
        (Some(in_a), None) => at("B", page.alignment.in_b(in_a)),
        (None, Some(in_b)) => at("A", page.alignment.in_a(in_b)),
        (Some(_), Some(_)) | (None, None) => String::new(),
    };
    let describe = |side: &Side, at: EventIndex| describe(side.timeline(), at, symbols);
    let sides = [row.a.map(|at| describe(&page.a, at)), row.b.map(|at| describe(&page.b, at))];
    Pair { sides, relation: row.what.into(), missing }
}

/// `37 r6→r3 REDISTRIBUTE_ADD [6,1000,0,...`.
fn describe(timeline: &Timeline, at: EventIndex, symbols: Symbols) -> String {
    let Some(info) = info(timeline, at) else { return format!("{} is not read yet", at.0 + 1) };
    let arrow = symbols.of(match info.op {
        Op::Send => Symbol::To,
        Op::Recv => Symbol::From,
    });
    let names = timeline.vocabulary();
    let tag = tag_label(info.tag, &names);
    let data = timeline.data(at);
    let data = Short { value: &data, limit_chars: PAYLOAD_CHARS };
    format!("{} r{}{arrow}r{} {tag} {data}", at.0 + 1, info.rank, info.peer)
}

/// An event of a timeline that may not be read so far yet: a comparison knows more.
fn info(timeline: &Timeline, at: EventIndex) -> Option<EventInfo> {
    (at.0 < timeline.len()).then(|| timeline.info(at))
}

/// What is known of a rank in both runs.
fn states(page: &Diff, rank: Rank) -> Vec<StatePair> {
    let sides = [&page.a.app, &page.b.app].map(|app| state(app, rank));
    let fact = |side: &Option<Facts>, label: &str| match side {
        Some(facts) => facts.get(label).cloned().unwrap_or_else(|| "none".to_owned()),
        None => "unknown".to_owned(),
    };
    let pair = |label: &str| StatePair {
        label: label.to_owned(),
        sides: sides.each_ref().map(|side| fact(side, label)),
    };
    labels(page).into_iter().map(pair).collect()
}

/// What is shown of a rank, in this order.
fn labels(page: &Diff) -> Vec<&'static str> {
    let mut labels = vec!["id", "owns", "keys"];
    for side in [&page.a, &page.b] {
        for link in side.timeline().commands_of().info().topology.names {
            if !labels.contains(link) {
                labels.push(link);
            }
        }
    }
    labels.push("waits");
    labels
}

/// What is known of a rank, by its label.
type Facts = BTreeMap<&'static str, String>;

/// What is known of a rank in a run; nothing where that has left the protocol.
fn state(app: &App, rank: Rank) -> Option<Facts> {
    let states = app.view.snapshot.states.as_ref()?;
    let node = states.nodes.get(rank.index())?.view();
    let status = states.statuses.of(rank)?;
    let range = states.range_of(rank);
    let keys = node.storage.into_iter().flat_map(|storage| storage.keys());
    let mut facts = Facts::from([
        ("id", node.id.map_or_else(|| "none".to_owned(), |id| id.to_string())),
        ("owns", range.map_or_else(|| "nothing".to_owned(), |range| range.to_string())),
        ("keys", keys.map(ToString::to_string).collect::<Vec<_>>().join(" ")),
        ("waits", words::status(&app.timeline, &status)),
    ]);
    facts.extend(node.links.iter().map(|(name, peer)| (name, neighbour(peer))));
    Some(facts)
}

fn neighbour(peer: Option<Peer>) -> String {
    let Some(peer) = peer else { return "none".to_owned() };
    let id = peer.id.map(|id| format!(" at {id}")).unwrap_or_default();
    format!("rank {}{id}", peer.rank)
}

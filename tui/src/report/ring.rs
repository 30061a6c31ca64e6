//! A small picture of the ring: who owns what, and who holds what.

use std::fmt::Write as _;

use ringscope_sim::protocol::Viewed;
use ringscope_sim::protocol::arithmetic::{Member, Ring};

/// The width of the key space, unrolled.
const STRIP: i128 = 28;

/// How many keys of a node are named.
const LIMIT_KEYS: usize = 5;

/// How many nodes are drawn.
const LIMIT_NODES: usize = 16;

/// The ring as lines, from the head round to the head. In front of each node its part of the key
/// space, behind it the keys that it holds.
pub(crate) fn picture<N: Viewed>(nodes: &[N]) -> String {
    let ring = Ring::walk(nodes);
    let members = ring.members();
    let most = members.last().map_or(1, |last| last.id.0).max(1);
    let shown = &members[..members.len().min(LIMIT_NODES)];
    let mut text = String::new();
    for (i, member) in shown.iter().enumerate() {
        let edge = match (i, i + 1 == shown.len()) {
            (0, _) => "╭─▸",
            (_, false) => "│  ",
            (_, true) => "╰──",
        };
        let owns = if i == 0 { "the head".to_owned() } else { member.range.to_string() };
        let line = format!("{}  {owns:<11} {}", place(member, most), keys(nodes, member));
        let _ = writeln!(text, "  {edge} {}", line.trim_end());
    }
    if members.len() > shown.len() {
        let _ = writeln!(text, "      and {} more nodes", members.len() - shown.len());
    }
    text
}

/// A node and its part of the key space, unrolled.
fn place(member: &Member, most: i64) -> String {
    let Member { rank, id, range } = member;
    let cell = |cell: i128| {
        // The greatest key of the cell stands for it.
        let key = i128::from(most) * (cell + 1) / STRIP;
        let is_owned = i128::from(range.above.0) < key && key <= i128::from(range.up_to.0);
        if is_owned { '━' } else { '·' }
    };
    let strip: String = (0..STRIP).map(cell).collect();
    format!("rank {rank:<2} id {:<5} {strip}", id.0)
}

fn keys<N: Viewed>(nodes: &[N], member: &Member) -> String {
    let storage = nodes[member.rank.index()].view().storage;
    let Some(storage) = storage else { return String::new() };
    let named: Vec<_> = storage.keys().take(LIMIT_KEYS).map(ToString::to_string).collect();
    let more = storage.len().saturating_sub(LIMIT_KEYS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(" "))
}

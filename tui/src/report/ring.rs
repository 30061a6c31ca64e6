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
    let widest = |width: &dyn Fn(&Member) -> usize| shown.iter().map(width).max().unwrap_or(0);
    let ranks = widest(&|member| member.rank.to_string().len());
    let ids = widest(&|member| member.id.to_string().len());
    let ranges = widest(&|member| member.range.to_string().len());
    let mut text = String::new();
    for (i, member) in shown.iter().enumerate() {
        let edge = match (i, i + 1 == shown.len()) {
            (0, _) => "╭─▸",
            (_, false) => "│  ",
            (_, true) => "╰──",
        };
        let owns = if i == 0 { "the head".to_owned() } else { member.range.to_string() };
        let Member { rank, id, .. } = member;
        let node = format!("rank {:<ranks$} id {:<ids$}", rank.to_string(), id.to_string());
        let strip = strip(member, most);
        let line = format!("{node} {strip}  {owns:<ranges$} {}", keys(nodes, member));
        let _ = writeln!(text, "  {edge} {}", line.trim_end());
    }
    if members.len() > shown.len() {
        let _ = writeln!(text, "      and {} more nodes", members.len() - shown.len());
    }
    text
}

/// The key space, unrolled, and a node's part of it: one cell at least, however small that is.
fn strip(member: &Member, most: i64) -> String {
    let range = member.range;
    let (above, up_to) = (i128::from(range.above.0), i128::from(range.up_to.0));
    // The greatest key of a cell stands for it.
    let greatest = |cell: i128| i128::from(most) * (cell + 1) / STRIP;
    let is_owned = |cell: i128| above < greatest(cell) && greatest(cell) <= up_to;
    let is_between_cells = !range.is_empty() && !(0..STRIP).any(is_owned);
    let last = (0..STRIP).find(|cell| up_to <= greatest(*cell)).filter(|_| is_between_cells);
    (0..STRIP).map(|cell| if is_owned(cell) || Some(cell) == last { '━' } else { '·' }).collect()
}

fn keys<N: Viewed>(nodes: &[N], member: &Member) -> String {
    let storage = nodes[member.rank.index()].view().storage;
    let Some(storage) = storage else { return String::new() };
    let named: Vec<_> = storage.keys().take(LIMIT_KEYS).map(ToString::to_string).collect();
    let more = storage.len().saturating_sub(LIMIT_KEYS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(" "))
}

#[cfg(test)]
mod tests {
    use ringscope_sim::protocol::StorageId;
    use ringscope_sim::protocol::arithmetic::KeyRange;
    use ringscope_traces::Rank;

    use super::*;

    fn strip_of(above: i64, up_to: i64, most: i64) -> String {
        let (above, up_to) = (StorageId(above), StorageId(up_to));
        strip(&Member { rank: Rank(1), id: up_to, range: KeyRange { above, up_to } }, most)
    }

    #[test]
    fn whoever_owns_keys_has_a_cell_of_the_strip() {
        for node in 0..63 {
            let strip = strip_of(node * 1600, (node + 1) * 1600, 100_800);
            assert!(strip.contains('━'), "{node}: {strip}");
        }
        assert_eq!(strip_of(0, 1000, 1000), "━".repeat(28));
        assert_eq!(strip_of(500, 1000, 1000), "·".repeat(14) + &"━".repeat(14));
        assert_eq!(strip_of(0, 0, 1000), "·".repeat(28));
    }
}

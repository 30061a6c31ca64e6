//! Collective operations that do not go together.

use std::collections::{BTreeMap, BTreeSet};

use super::table::Table;
use super::words::ranks_named;
use super::{Kind, Verdict};
use crate::calls::{CommId, Enter};
use crate::event::Rank;
use crate::words::nth;

/// What all members of a communicator must say alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Said {
    name: String,
    root: Option<Rank>,
    op: Option<String>,
    /// Where every rank must give as many.
    bytes: Option<u64>,
    /// Of a reduction, where it is one of MPI's own.
    datatype: Option<String>,
    /// Of a reduction that is scattered: how many elements each rank gets.
    counts: Vec<u64>,
}

/// The first operation on each communicator that its members have not called alike.
///
/// The calls of all members of a communicator must be the same and in the same order (MPI 4.1, section 6.14);
/// after the first that is not, nothing that follows is compared.
pub(super) fn mismatches(table: &Table<'_>) -> Vec<Verdict> {
    let comms: BTreeSet<CommId> =
        table.each().flat_map(|(rank, _)| table.entered_on(rank)).collect();
    comms.into_iter().filter_map(|comm| mismatch(table, comm)).collect()
}

/// The number of the first operation on a communicator that was not called alike.
pub(super) fn first_mismatch(table: &Table<'_>, comm: CommId) -> Option<u64> {
    let members = table.members(comm);
    let most = members.iter().map(|rank| table.entered(*rank, comm)).max()?;
    (table.dropped(comm)..most).find(|number| {
        let mut all = members.iter().filter_map(|rank| table.enter(*rank, comm, *number));
        let Some(first) = all.next() else { return false };
        all.any(|enter| differs(first, enter))
    })
}

fn differs(one: &Enter, other: &Enter) -> bool {
    said(one) != said(other)
}

/// What a rank has said in a collective operation.
pub(super) fn said(enter: &Enter) -> Said {
    let bytes = enter.bytes.filter(|_| must_agree_on_bytes(&enter.name));
    let datatype = enter.datatype.as_deref().filter(|_| enter.op.is_some()).map(same_type);
    let datatype = datatype.filter(|name| name.starts_with("MPI_")).map(str::to_owned);
    let (name, op, counts) = (enter.name.clone(), enter.op.clone(), enter.counts.clone());
    Said { name, root: enter.root, op, bytes, datatype, counts }
}

/// One name for datatypes that are the same on all machines that we know.
fn same_type(name: &str) -> &str {
    match name {
        "MPI_INT32_T" | "MPI_INTEGER" | "MPI_INTEGER4" => "MPI_INT",
        "MPI_INT64_T" | "MPI_LONG_LONG" | "MPI_LONG_LONG_INT" | "MPI_INTEGER8" => "MPI_LONG",
        "MPI_UINT32_T" => "MPI_UNSIGNED",
        "MPI_UINT64_T" | "MPI_UNSIGNED_LONG_LONG" => "MPI_UNSIGNED_LONG",
        "MPI_REAL" | "MPI_REAL4" => "MPI_FLOAT",
        "MPI_DOUBLE_PRECISION" | "MPI_REAL8" => "MPI_DOUBLE",
        other => other,
    }
}

/// Whether every rank must give as many bytes: what only the root gives, or each by its own count, does not.
fn must_agree_on_bytes(name: &str) -> bool {
    let name = name.strip_suffix("_c").unwrap_or(name);
    let plain = name.strip_prefix("MPI_I").map(|rest| format!("MPI_{}", capital(rest)));
    let plain = plain.as_deref().unwrap_or(name);
    [
        "MPI_Bcast",
        "MPI_Reduce",
        "MPI_Allreduce",
        "MPI_Reduce_scatter_block",
        "MPI_Scan",
        "MPI_Exscan",
    ]
    .contains(&plain)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The ranks that have called the same, each with its call.
type Alike<'t> = Vec<(Rank, &'t Enter)>;

fn mismatch(table: &Table<'_>, comm: CommId) -> Option<Verdict> {
    let number = first_mismatch(table, comm)?;
    let mut groups: BTreeMap<Said, Alike<'_>> = BTreeMap::new();
    for rank in table.members(comm) {
        let Some(enter) = table.enter(rank, comm, number) else { continue };
        groups.entry(said(enter)).or_default().push((rank, enter));
    }
    // The rank with the lowest number speaks first.
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| group.first().map(|(rank, _)| *rank));
    let names: BTreeSet<&str> =
        groups.iter().flatten().map(|(_, enter)| enter.name.as_str()).collect();
    let described: Vec<String> =
        groups.iter().map(|group| describe(table, group, names.len() == 1)).collect();
    let rule = match names.len() {
        1 => "all ranks of a communicator must agree on that",
        _ => "all ranks of a communicator must call the same",
    };
    let says = format!(
        "the {} collective operation on {} is not the same everywhere: {}; {rule}",
        nth(number + 1),
        table.communicator(comm),
        described.join("; "),
    );
    let ranks = groups.iter().flatten().map(|(rank, _)| *rank).collect();
    Some(Verdict { kind: Kind::DifferentCollectives, ranks, says })
}

/// `ranks 0 and 1 have called their 11th MPI_Allreduce (a.c:31)`.
fn describe(table: &Table<'_>, group: &[(Rank, &Enter)], same_name: bool) -> String {
    let ranks: Vec<Rank> = group.iter().map(|(rank, _)| *rank).collect();
    let Some((_, enter)) = group.first() else { return String::new() };
    let (have, their) = if ranks.len() == 1 { ("has", "its") } else { ("have", "their") };
    let which = enter.nth.map(|count| format!("{their} {} ", nth(count))).unwrap_or_default();
    let mut with = Vec::new();
    if same_name {
        with.extend(enter.root.map(|root| format!("root {root}")));
        with.extend(enter.op.as_ref().map(|op| super::words::one_line(op)));
        with.extend(enter.bytes.map(super::words::bytes));
        with.extend(said(enter).datatype);
        if !enter.counts.is_empty() {
            let counts: Vec<String> = enter.counts.iter().map(ToString::to_string).collect();
            with.push(format!("counts {}", counts.join(" ")));
        }
    }
    let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(", ")) };
    let at = table.at(enter.at);
    format!("{} {have} called {which}{}{at}{with}", ranks_named(&ranks), enter.name)
}

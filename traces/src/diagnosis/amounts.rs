//! Gathers, scatters and all-to-alls in which some give more or less than others take.
//!
//! What a rank gives another must be as much as that one takes (MPI 4.1, sections 6.5 to 6.8); no MPI looks for it as long as there
//! is room.

use std::collections::BTreeSet;

use super::collectives::first_mismatch;
use super::table::Table;
use super::words::{self, ranks_named};
use super::{Kind, Verdict};
use crate::calls::{CommId, Enter};
use crate::event::Rank;
use crate::words::nth;

/// The first operation on each communicator in which amounts differ.
pub(super) fn mismatches(table: &Table<'_>) -> Vec<Verdict> {
    let comms: BTreeSet<CommId> =
        table.each().flat_map(|(rank, _)| table.entered_on(rank)).collect();
    comms.into_iter().filter_map(|comm| mismatch(table, comm)).collect()
}

fn mismatch(table: &Table<'_>, comm: CommId) -> Option<Verdict> {
    let members = table.members(comm);
    let most = members.iter().map(|rank| table.entered(*rank, comm)).max()?;
    let end = first_mismatch(table, comm).map_or(most, |first| first.min(most));
    (table.dropped(comm)..end).find_map(|number| {
        let enters = members.iter().filter_map(|rank| table.enter(*rank, comm, number));
        let (taking, share) = enters.clone().find_map(|enter| Some((enter, enter.share?)))?;
        let differs = |enter: &&Enter| {
            let says = [enter.bytes, enter.share];
            says.into_iter().flatten().any(|bytes| bytes != share)
        };
        let others: Vec<&Enter> = enters.filter(differs).collect();
        (!others.is_empty()).then(|| verdict(table, (taking, share), &others))
    })
}

fn verdict(table: &Table<'_>, (taking, share): (&Enter, u64), others: &[&Enter]) -> Verdict {
    let (its, theirs, rule) = match is_scatter(&taking.name) {
        true => ("gives each rank", "takes", "each rank must take as much as it is given"),
        false => {
            ("takes from each rank", "gives", "each rank must give as much as is taken from it")
        }
    };
    let which = taking.nth.map(|count| format!("its {} ", nth(count))).unwrap_or_default();
    let mut says = vec![format!(
        "rank {} {its} {} in {which}{}{}{}",
        taking.rank,
        words::bytes(share),
        taking.name,
        table.on(taking.comm),
        table.at(taking.at)
    )];
    let amounts: BTreeSet<u64> = others.iter().filter_map(|enter| own(enter, share)).collect();
    for amount in amounts {
        let alike = others.iter().filter(|enter| own(enter, share) == Some(amount));
        let ranks: Vec<Rank> = alike.clone().map(|enter| enter.rank).collect();
        let at = alike.clone().next().map(|enter| table.at(enter.at)).unwrap_or_default();
        let verb = if ranks.len() == 1 { theirs } else { theirs.trim_end_matches('s') };
        says.push(format!("{} {verb} {}{at}", ranks_named(&ranks), words::bytes(amount)));
    }
    says.push(rule.to_owned());
    let ranks: BTreeSet<Rank> =
        others.iter().map(|enter| enter.rank).chain([taking.rank]).collect();
    let ranks = ranks.into_iter().collect();
    Verdict { kind: Kind::DifferentCollectives, ranks, says: says.join("; ") }
}

/// Of the two amounts that a rank says, the one that is another than this.
fn own(enter: &Enter, share: u64) -> Option<u64> {
    [enter.bytes, enter.share].into_iter().flatten().find(|bytes| *bytes != share)
}

fn is_scatter(name: &str) -> bool {
    name.to_lowercase().contains("scatter")
}

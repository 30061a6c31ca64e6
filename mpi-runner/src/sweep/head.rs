//! Rank 0 of a sweep: it hands out seeds, adds up what comes back, runs seeds itself meanwhile, and reports.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::ops::RangeInclusive;

use ringscope_sim::explore::FailureKind;
use ringscope_sim::protocol::Protocol;
use ringscope_sim::sweep::{
    CannotWriteFindings, SweepBounds, SweepCounts, SweepReport, counted, make_folder, shrink_all,
    write_findings,
};
use ringscope_traces::Rank;

use super::args::SweepArgs;
use super::message::{FromMember, ToMember, Told};
use super::{EndSign, NOT_JUDGED};
use crate::backoff::Backoff;
use crate::clock::monotonic_ns;
use crate::failure::{Failure, note};
use crate::link::Link;

/// How many seeds another rank gets at a time: a twentieth of a second's work.
const SEEDS_FOR_MEMBER: u64 = 1_024;

/// How many seeds rank 0 runs between two looks at what others have told it.
const SEEDS_FOR_HEAD: u64 = 128;

/// So long the others may take to leave.
const PATIENCE_NS: u64 = 5_000_000_000;

/// The same when the launcher wants all ranks to end: soon it kills them.
const LITTLE_PATIENCE_NS: u64 = 200_000_000;

/// What rank 0 knows.
pub(super) struct Head<'a> {
    args: &'a SweepArgs,
    bounds: SweepBounds,
    link: &'a Link,
    sign: EndSign,
    /// The seeds that nobody has been given.
    fresh: Seeds,
    /// What others are running.
    given: BTreeMap<Rank, RangeInclusive<u64>>,
    left: BTreeSet<Rank>,
    counts: SweepCounts,
    said: BTreeSet<FailureKind>,
}

/// Seeds that are given away from the front.
struct Seeds(Option<RangeInclusive<u64>>);

impl Seeds {
    /// The next ones, that many at most.
    fn take(&mut self, most: u64) -> Option<RangeInclusive<u64>> {
        let (first, last) = self.0.take()?.into_inner();
        let end = first.saturating_add(most - 1).min(last);
        self.0 = (end < last).then(|| end + 1..=last);
        Some(first..=end)
    }
}

impl<'a> Head<'a> {
    pub(super) fn new(
        args: &'a SweepArgs,
        bounds: SweepBounds,
        link: &'a Link,
        sign: EndSign,
    ) -> Head<'a> {
        Head {
            args,
            fresh: Seeds(Some(bounds.seeds.clone())),
            bounds,
            link,
            sign,
            given: BTreeMap::new(),
            left: BTreeSet::new(),
            counts: SweepCounts::default(),
            said: BTreeSet::new(),
        }
    }

    /// Sweeps, reports, and lets the others go; returns the exit code.
    pub(super) fn run<P: Protocol>(mut self) -> u8 {
        let made = self.args.output.as_deref().map(make_folder).transpose();
        let judged = made.map_err(cannot_write).and_then(|_| {
            self.sweep::<P>();
            self.report::<P>()
        });
        let code = judged.unwrap_or_else(|failure| {
            failure.print();
            NOT_JUDGED
        });
        self.part(code);
        code
    }

    /// Until every seed was run, or the launcher wants all to end.
    fn sweep<P: Protocol>(&mut self) {
        while !self.sign.came() {
            self.take_all_told();
            if let Some(seeds) = self.fresh.take(SEEDS_FOR_HEAD) {
                let counts = counted::<P>(&self.bounds, seeds);
                self.add(counts);
            } else if let Some((rank, seeds)) = self.given.first_key_value() {
                // It may still answer, or never: what comes of its seeds is the same.
                let (rank, seeds) = (*rank, seeds.clone());
                self.run_instead::<P>(rank, &seeds);
            } else {
                return;
            }
        }
    }

    /// Runs the seeds of another rank, unless it is done sooner.
    fn run_instead<P: Protocol>(&mut self, rank: Rank, seeds: &RangeInclusive<u64>) {
        let mut own = SweepCounts::default();
        let mut rest = Seeds(Some(seeds.clone()));
        while let Some(seeds) = rest.take(SEEDS_FOR_HEAD) {
            own.absorb(counted::<P>(&self.bounds, seeds));
            self.take_all_told();
            if !self.given.contains_key(&rank) || self.sign.came() {
                return;
            }
        }
        self.given.remove(&rank);
        self.add(own);
    }

    fn take_all_told(&mut self) {
        while let Some(message) = self.link.receive_control::<FromMember>() {
            self.take_told(message);
        }
    }

    fn take_told(&mut self, FromMember { rank, what }: FromMember) {
        match what {
            Told::Left => drop(self.left.insert(rank)),
            Told::Ready => self.give(rank),
            Told::Counted(seeds, counts) => {
                // Seeds that were run here meanwhile are counted already.
                if self.given.get(&rank) == Some(&seeds) {
                    self.given.remove(&rank);
                    self.add(counts);
                }
                self.give(rank);
            }
        }
    }

    /// Gives a rank seeds, if there are any that nobody has.
    fn give(&mut self, rank: Rank) {
        if let Some(seeds) = self.fresh.take(SEEDS_FOR_MEMBER) {
            self.link.send_control(rank, &ToMember::Run(seeds.clone()));
            self.given.insert(rank, seeds);
        }
    }

    /// Adds up, and names each kind of failure as soon as it is known.
    fn add(&mut self, counts: SweepCounts) {
        let new: Vec<_> = counts.kinds().filter(|(kind, _)| !self.said.contains(kind)).collect();
        for (kind, smallest) in new {
            self.said.insert(kind.clone());
            if !self.args.quiet {
                let again = self.bounds.command(self.args.protocol, smallest.seed);
                note(&format!("mpi-runner: {}: {again}", kind.name()));
            }
        }
        self.counts.absorb(counts);
    }

    fn report<P: Protocol>(&self) -> Result<u8, Failure> {
        let sign = &self.sign;
        let is_over = || sign.came();
        let findings = shrink_all::<P>(&self.bounds, &self.counts, None, &is_over);
        let written = self.args.output.as_deref().map(|folder| write_findings(folder, &findings));
        let (files, failed) = match written.transpose() {
            Ok(files) => (files.unwrap_or_default(), None),
            Err(error) => (Vec::new(), Some(cannot_write(error))),
        };
        let report = SweepReport {
            protocol: self.args.protocol,
            bounds: &self.bounds,
            counts: &self.counts,
            findings: &findings,
            files: &files,
        };
        let text = match self.args.json {
            true => report.json(),
            false => report.text(),
        };
        // That nobody reads is no reason to stop.
        let mut out = std::io::stdout();
        let _ = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
        // What was found is said, though it could not be written.
        let code = match (self.counts.failed, report.is_complete()) {
            (0, true) => 0,
            (0, false) => NOT_JUDGED,
            (_, _) => 1,
        };
        failed.map_or(Ok(code), Err)
    }

    /// Lets the others go. Of one that does not leave MPI would wait for its end: then all are ended.
    fn part(&mut self, code: u8) {
        // Who is ready only now gets nothing more to run.
        self.fresh = Seeds(None);
        let others = 1..self.link.ranks();
        others.clone().map(Rank).for_each(|rank| self.link.send_control(rank, &ToMember::Leave));
        let patience = if self.sign.came() { LITTLE_PATIENCE_NS } else { PATIENCE_NS };
        let until = monotonic_ns().saturating_add(patience);
        let mut backoff = Backoff::default();
        while self.left.len() < others.len() {
            if monotonic_ns() > until {
                let silent = others.map(Rank).find(|rank| !self.left.contains(rank));
                let silent = silent.map(|rank| format!("mpi-runner: rank {rank} does not answer; what it had to run was run by rank 0"));
                silent.into_iter().for_each(|words| note(&words));
                self.link.abort(i32::from(code));
            }
            self.take_all_told();
            backoff.wait();
        }
    }
}

fn cannot_write(error: CannotWriteFindings) -> Failure {
    Failure::about("--output", error)
}

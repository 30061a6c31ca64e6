//! Through the calls of a recorded program, which stand between its events.

use ringscope_traces::Rank;

use super::App;
use crate::timeline::{CallMark, Moment};

impl App {
    /// To before anything has happened.
    pub(super) fn go_to_start(&mut self) {
        self.go_to(0);
        if !self.timeline.calls().rows().is_empty() {
            self.view.until = 0;
        }
    }

    /// Whether the last event has happened, and the last call.
    pub(crate) fn is_at_end(&self) -> bool {
        let rows = self.timeline.calls().rows();
        let has_passed_all = rows.last().is_none_or(|last| last.moment <= self.view.moment());
        self.view.cursor == self.timeline.len() && has_passed_all && !self.is_reading()
    }

    /// The row of the call that has brought the run here; `None` where an event has.
    pub(crate) fn call_here(&self) -> Option<usize> {
        let (calls, now) = (self.timeline.calls(), self.view.moment());
        let last = calls.passed(now).checked_sub(1)?;
        (calls.rows()[last].moment.cursor == now.cursor).then_some(last)
    }

    /// When the last event or call happened, in nanoseconds since the run began.
    pub(crate) fn time_here(&self) -> u64 {
        let call = self.call_here().map(|row| self.timeline.calls().rows()[row].moment.t);
        let event = self.event().map(|at| self.timeline.info(at).t);
        call.max(event).unwrap_or(0)
    }

    /// The rank whose call has brought the run here; at the end of a run that went wrong, the first of whom that is said.
    pub(super) fn rank_of_call(&self) -> Option<Rank> {
        let row = self.timeline.calls().rows().get(self.call_here()?)?;
        let first = self.timeline.diagnosed().and_then(|all| all.diagnosis.verdicts.first());
        let blamed = first.and_then(|first| first.ranks.first()).filter(|_| self.is_at_end());
        match row.mark {
            _ if blamed.is_some() => blamed.copied(),
            CallMark::Of(rank, _) => Some(rank),
            CallMark::Collective(at) => {
                let collective = self.timeline.calls().collectives().get(at)?;
                Some(collective.entered.iter().max_by_key(|one| one.moment)?.rank)
            }
        }
    }

    /// Past so many events and calls that have rows.
    pub(super) fn step_past_calls(&mut self, rows: usize) {
        for _ in 0..rows {
            match self.moment_after() {
                Some(moment) => self.view.go_to_moment(&self.timeline, moment),
                None => return self.say_how_it_ended(),
            }
        }
    }

    /// Back past so many of them.
    pub(super) fn step_back_past_calls(&mut self, rows: usize) {
        for _ in 0..rows {
            match self.moment_before() {
                Some(moment) => self.view.go_to_moment(&self.timeline, moment),
                None => return self.controls.refuse("the run begins here"),
            }
        }
    }

    /// The moment after the next call or event; `None` at the end.
    fn moment_after(&self) -> Option<Moment> {
        let (calls, now) = (self.timeline.calls(), self.view.moment());
        let rows = calls.rows();
        let next = rows.get(calls.passed(now)).map(|row| row.moment);
        match next.filter(|next| next.cursor == now.cursor) {
            Some(next) => Some(self.at_or_past_all(next)),
            None if now.cursor < self.timeline.len() => {
                Some(self.at_or_past_all(Moment { cursor: now.cursor + 1, t: 0 }))
            }
            None => None,
        }
    }

    /// The moment before the last call or event; `None` at the start.
    fn moment_before(&self) -> Option<Moment> {
        let (calls, now) = (self.timeline.calls(), self.view.moment());
        let rows = calls.rows();
        let last = rows[..calls.passed(now)].last().map(|row| row.moment);
        match last.filter(|last| last.cursor == now.cursor) {
            Some(last) => {
                let before = rows[..rows.partition_point(|row| row.moment < last)].last();
                let t = before.filter(|row| row.moment.cursor == now.cursor);
                Some(Moment { cursor: now.cursor, t: t.map_or(0, |row| row.moment.t) })
            }
            None => Some(Moment::after(now.cursor.checked_sub(1)?)),
        }
    }

    /// A moment; behind the last call before the next event, all of those that have no rows have been made, too.
    fn at_or_past_all(&self, moment: Moment) -> Moment {
        let rows = self.timeline.calls().rows();
        let next = rows.get(self.timeline.calls().passed(moment));
        let is_last = next.is_none_or(|next| next.moment.cursor != moment.cursor);
        if is_last { Moment::after(moment.cursor) } else { moment }
    }
}

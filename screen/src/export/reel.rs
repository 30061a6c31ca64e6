//! A run that is drawn: its timeline, and the part of it that is wanted.

use std::ffi::OsStr;
use std::path::Path;

use ratatui_core::layout::Size;
use ringscope_sim::protocol::{Role, Viewed as _};
use ringscope_traces::Rank;
use ringscope_traces::text::Plain;

use super::feed::remarks;
use super::names::Names;
use super::{ExportError, Part, Watch};
use crate::app::App;
use crate::failure::Failure;
use crate::timeline::{LoadProgress, Timeline};
use crate::trace_summary::header_summary;
use crate::view::Look;

/// A run that is drawn.
pub struct Reel<'a> {
    /// The run on a screen, all of it read.
    pub(super) app: App,
    /// The cursor at which the wanted part begins.
    pub(super) from: usize,
    /// The cursor at which it ends.
    pub(super) to: usize,
    /// How ranks and messages are called.
    pub(super) names: Names,
    /// How large a screen is.
    pub(super) size: Size,
    /// How a screen looks.
    pub(super) look: Look,
    /// Where progress is reported.
    pub(super) watch: &'a dyn Watch,
}

/// How a screen is.
#[derive(Debug, Clone, Copy)]
pub struct FrameSettings {
    /// How large it is.
    pub size: Size,
    /// How it looks.
    pub look: Look,
}

impl<'a> Reel<'a> {
    /// The part of a run, when all of it is read.
    ///
    /// # Errors
    ///
    /// When it cannot be read to its end, when the part begins beyond that, and when somebody does not
    /// want it any more.
    pub fn new(
        mut app: App,
        part: Part,
        screen: FrameSettings,
        watch: &'a dyn Watch,
    ) -> Result<Reel<'a>, ExportError> {
        watch.stretch("read", Some(200));
        app.timeline.wait_reporting(&mut |progress| {
            let hundredths = match progress {
                LoadProgress::Reading(part) => part,
                LoadProgress::Checking(part) => 100 + part,
                LoadProgress::Done => 200,
            };
            watch.at(hundredths.into()).is_ok()
        });
        watch.go_on()?;
        app.learn_colors();
        if let Some(problem) = app.timeline.problem() {
            return Err(Failure::about(&app.name, problem).into());
        }
        let (from, to) = part.within(app.timeline.len())?;
        app.go_to(from);
        let names = Names::of(app.timeline.header());
        Ok(Reel { app, from, to, names, size: screen.size, look: screen.look, watch })
    }

    /// The run.
    pub(super) fn timeline(&self) -> &Timeline {
        &self.app.timeline
    }

    /// The run's name for whoever has the export: where its file was is nobody's business.
    pub(super) fn name(&self) -> String {
        let name = Path::new(&self.app.name).file_name().and_then(OsStr::to_str);
        Plain(name.unwrap_or(&self.app.name)).to_string()
    }

    /// How many events are wanted.
    pub(super) fn len(&self) -> usize {
        self.to - self.from
    }

    /// Refuses a part of more events than the format can carry.
    ///
    /// # Errors
    ///
    /// When it is.
    pub(super) fn refuse_more_than(
        &self,
        most: usize,
        format: &str,
        why: &str,
    ) -> Result<(), ExportError> {
        if self.len() <= most {
            return Ok(());
        }
        let what = format!("{} events are too many: {why} no more than {most}", self.len());
        let part = Part { from: self.from, to: Some(self.from + most) };
        Err(ExportError::too_much(format, what, &part))
    }

    /// What there is to say of the run: that its trace is not whole, and what is wrong with it.
    pub fn remarks(&self) -> Vec<String> {
        let Some(ending) = self.ending() else { return Vec::new() };
        let is_cut_off = self.timeline().ending().is_none();
        remarks(is_cut_off.then_some(ending), self.timeline().diagnosed())
    }

    /// What the run is, in words.
    pub(super) fn about(&self) -> String {
        header_summary(self.timeline().header())
    }

    /// How the run ended, in words; `None` when the part ends before.
    pub(super) fn ending(&self) -> Option<String> {
        let timeline = self.timeline();
        let is_at_end = self.to == timeline.len();
        is_at_end.then(|| timeline.ending().map_or("cut off", |ending| ending.name()).to_owned())
    }

    /// The ranks in an order in which neighbours of the ring stand together: the command node, the ring
    /// as it is at a cursor, then the others. By rank where nobody knows the ring.
    pub(super) fn in_ring_order(&self, cursor: usize) -> Vec<Rank> {
        let snapshot = self.timeline().snapshot(cursor);
        let all = (0..self.timeline().header().ranks).map(Rank);
        let Some(states) = snapshot.states else { return all.collect() };
        let mut places = vec![usize::MAX; states.nodes.len()];
        for (place, member) in states.ring.members().iter().enumerate() {
            places[member.rank.index()] = place + 1;
        }
        for (place, node) in places.iter_mut().zip(&states.nodes) {
            if node.view().role == Role::Command {
                *place = 0;
            }
        }
        let mut ranks: Vec<Rank> = all.collect();
        ranks.sort_by_key(|rank| places.get(rank.index()).copied().unwrap_or(usize::MAX));
        ranks
    }
}

//! How far merging is.

use std::io::{IsTerminal as _, stderr};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ringscope_traces::parts::{Merging, OnRead};

/// With fewer bytes it is over before anybody has read the bar.
const WORTH_SHOWING_BYTES: u64 = 1 << 24;

/// Shows on a terminal how much of the parts has been read.
#[derive(Debug)]
pub(super) struct MergeBar(ProgressBar);

impl MergeBar {
    /// Begins to show it of the parts in a folder, where standard error is a terminal and it is wanted.
    pub(super) fn begin(folder: &Path, is_wanted: bool) -> MergeBar {
        let bytes = Merging::bytes_in(folder);
        let target = match is_wanted && bytes >= WORTH_SHOWING_BYTES && stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        // Everything is read twice.
        let bar = ProgressBar::with_draw_target(Some(bytes * 2), target);
        let style = ProgressStyle::with_template("merging {bar:32} {percent}% {eta} left");
        bar.set_style(style.expect("the template is one").progress_chars("##-"));
        MergeBar(bar)
    }

    /// Who is to be told of what is read.
    pub(super) fn on_read(&self) -> OnRead {
        let bar = self.0.clone();
        OnRead::calls(move |bytes| bar.inc(bytes))
    }
}

/// Nothing of the bar stays.
impl Drop for MergeBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

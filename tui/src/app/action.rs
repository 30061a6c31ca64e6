//! What can be done at the screen: one list, from which keys, help, palette and configuration are made.

use super::Pane;

/// Something that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// One event on.
    NextEvent,
    /// One event back.
    PreviousEvent,
    /// To the end of the command.
    NextCommand,
    /// To the start of the command.
    PreviousCommand,
    /// On to the next condition to break on.
    NextBreak,
    /// Back to the last condition to break on.
    PreviousBreak,
    /// Time runs by itself, or stops.
    PlayOrPause,
    /// It runs slower.
    Slower,
    /// It runs faster.
    Faster,
    /// Back to the last violation, or divergence.
    PreviousViolation,
    /// On to the next violation, or divergence.
    NextViolation,
    /// To the start.
    Start,
    /// To the end.
    End,
    /// To an event number or a percentage.
    GoTo,
    /// Look for an event.
    Search,
    /// The next one that was looked for.
    NextMatch,
    /// The one before it.
    PreviousMatch,
    /// List some events only.
    Filter,
    /// Only the causes of what is selected.
    OnlyCauses,
    /// A row up in what is listed.
    Up,
    /// A row down in what is listed.
    Down,
    /// A page up in what is listed.
    PageUp,
    /// A page down in what is listed.
    PageDown,
    /// Opens the row that is chosen.
    Open,
    /// The next pane takes the keys.
    NextPane,
    /// This pane takes the keys.
    Focus(Pane),
    /// The pane has the whole screen.
    Zoom,
    /// Type a command into the live run.
    Command,
    /// A new run that goes another way from here.
    Fork,
    /// Mark this event: a letter follows.
    Mark,
    /// Jump to a mark: a letter follows.
    Jump,
    /// Break on a condition.
    Break,
    /// Compare with another trace.
    Diff,
    /// In a comparison: the order of receives does not count.
    IgnoreOrder,
    /// In a comparison: A and B change places.
    Swap,
    /// The walkthroughs.
    Tour,
    /// In a walkthrough: look at the run freely.
    Explore,
    /// In a walkthrough: a step back.
    StepBack,
    /// In a walkthrough: leave a question open.
    Skip,
    /// In a walkthrough: see the run come to the stop again.
    Again,
    /// Save the scenario or the trace.
    Export,
    /// Show the command that shows this again.
    Reproduce,
    /// All actions, by name.
    Palette,
    /// The keys.
    Help,
    /// Out of what lies on top.
    Back,
    /// Leave.
    Quit,
    /// Leave, and leave the screen behind.
    QuitAndKeep,
}

/// How the program is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// The screen is as it was before.
    Clean,
    /// The last screen stays in the scrollback.
    Keep,
}

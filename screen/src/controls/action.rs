//! The one list of actions: a row says what an action is called, its keys, what it does, and its words in the key bar.
//!
//! The key bar, the help, the palette, the configuration and its documentation are made of it. Which page can do what, the
//! pages say (`app::page`).

use super::pane::{PANES, Pane, PaneSpec};

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// What is done.
    pub action: Action,
    /// The action's name in the configuration and in the palette.
    pub name: &'static str,
    /// The keys, as the configuration writes them.
    pub keys: &'static [&'static str],
    /// What it does, in a few words.
    pub what: &'static str,
    /// Its words in the key bar of a run; none when it is not there.
    pub bar: Option<&'static str>,
}

/// Makes the actions and their rows of one list: were they two, each could have what the other lacks.
macro_rules! actions {
    ($($action:ident $name:literal [$($key:literal),*] $what:literal, $bar:expr;)*) => {
        /// Something that can be done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = $what] $action,)*
            /// this pane takes the keys
            Focus(Pane),
        }

        /// The rows of all actions but those of the panes.
        const ROWS: &[Binding] = &[$(Binding {
            action: Action::$action,
            name: $name,
            keys: &[$($key),*],
            what: $what,
            bar: $bar,
        }),*];
    };
}

// The most wanted ones first.
actions! {
    NextEvent "next-event" ["l", "."] "one event on", Some("step");
    PreviousEvent "previous-event" ["h", ","] "one event back", None;
    NextRank "next-rank" ["right"] "select the next rank; in a walkthrough, the next answer", None;
    PreviousRank "previous-rank" ["left"] "select the rank before it", None;
    PlayOrPause "play" ["space"] "time runs by itself, or stops", Some("play");
    Help "help" ["?"] "the keys, of the focused pane first", Some("help");
    NextCommand "next-command" ["shift-right", "L"] "to the end of the command", Some("command");
    PreviousCommand "previous-command" ["shift-left", "H"] "to the start of the command", None;
    Quit "quit" ["q", "ctrl-c"] "leave", Some("quit");
    Search "search" ["/"] "look for an event", Some("find");
    Command "command" ["i"] "type a command into the live run", Some("inject");
    NextViolation "next-violation" ["]"] "to the next violation, or divergence", Some("violation");
    PreviousViolation "previous-violation" ["["] "to the last violation, or divergence", None;
    Decisive "decisive" ["!"] "to the event that decided how the run went wrong", None;
    Explain "explain" ["E"] "why the run ended as it did, in full", None;
    Critical "critical" ["p"] "to the critical choice: the last before the failure could not be avoided", None;
    Palette "palette" [":", "ctrl-p"] "all actions by name", Some("all");
    NextBreak "next-break" ["c"] "on to the next condition to break on", Some("break");
    PreviousBreak "previous-break" ["C"] "back to the last condition to break on", None;
    Break "break" ["b"] "break on a condition", Some("condition");
    Breaks "breaks" ["B"] "list the conditions to break on", None;
    RemoveBreak "remove-break" ["D", "delete"] "remove the condition to break on that is chosen", None;
    Slower "slower" ["-"] "time runs slower", None;
    Faster "faster" ["+", "="] "time runs faster", None;
    Start "start" ["home"] "to the start", None;
    End "end" ["end"] "to the end", None;
    GoTo "go-to" ["g"] "to an event number or a percentage", Some("go to");
    NextMatch "next-match" ["n"] "the next one that was looked for", None;
    PreviousMatch "previous-match" ["N"] "the one before it", None;
    Filter "filter" ["f"] "list some events only", Some("filter");
    OnlyCauses "only-causes" ["k"] "only the causes of what is selected: why is it so?", Some("why");
    Up "up" ["up"] "up: a key, an event, or a row, whatever the pane has", None;
    Down "down" ["down"] "down: a key, an event, or a row, whatever the pane has", None;
    PageUp "page-up" ["pageup"] "a page up in what is listed", None;
    PageDown "page-down" ["pagedown"] "a page down in what is listed", None;
    Open "open" ["enter"] "follow what is selected; in a walkthrough, answer or go on", None;
    NextPane "next-pane" ["tab"] "the next pane takes the keys", Some("pane");
    PreviousPane "previous-pane" ["shift-tab"] "the pane before it takes the keys", None;
    Zoom "zoom" ["z"] "the pane has the whole screen", Some("zoom");
    Fork "fork" ["F"] "a new run that goes another way from here", Some("fork");
    Mark "mark" ["m"] "mark this event: a letter follows", Some("mark");
    Jump "jump" ["'"] "jump to a mark: its letter follows", None;
    Diff "diff" ["d"] "compare with another trace", Some("diff");
    IgnoreOrder "ignore-order" ["o"] "in a comparison: the order of receives does not count", None;
    Swap "swap" ["s"] "in a comparison: A and B change places", None;
    Tour "tour" ["w"] "the walkthroughs", None;
    Explore "explore" ["e"] "in a walkthrough: look at the run freely", None;
    StepBack "step-back" ["backspace"] "in a walkthrough: a step back; among choices: back to the run before", None;
    Skip "skip" [">"] "in a walkthrough: leave a question open, or come back to one", None;
    Again "again" ["r"] "in a walkthrough: see the run come to the stop again", None;
    Export "export" ["x"] "save the scenario, the trace, or a page, a picture, a table of the run", Some("export");
    Reproduce "reproduce" ["y"] "the command line that shows this again", None;
    Theme "theme" ["T"] "other colours: auto, dark, light, high-contrast", None;
    Back "back" ["esc"] "out of what lies on top", None;
    QuitAndKeep "quit-and-keep" ["Q"] "leave, and leave the screen in the scrollback", None;
}

/// Every action that a key can do, the most wanted ones first; the panes stand behind the key that goes through them.
pub(crate) const BINDINGS: &[Binding] = &bindings();

const fn bindings() -> [Binding; ROWS.len() + PANES.len()] {
    let mut bindings = [ROWS[0]; ROWS.len() + PANES.len()];
    let (mut row, mut next) = (0, 0);
    while row < ROWS.len() {
        bindings[next] = ROWS[row];
        next += 1;
        if matches!(ROWS[row].action, Action::NextPane) {
            let mut pane = 0;
            while pane < PANES.len() {
                bindings[next] = of_pane(&PANES[pane]);
                next += 1;
                pane += 1;
            }
        }
        row += 1;
    }
    bindings
}

const fn of_pane(spec: &PaneSpec) -> Binding {
    Binding {
        action: Action::Focus(spec.pane),
        name: spec.word,
        keys: &PANE_KEYS[spec.pane.number() - 1],
        what: spec.takes_keys,
        bar: None,
    }
}

/// The keys of the panes, in the order of their numbers; digits alone select ranks. Terminals keep some of the
/// function keys for themselves, and others what is typed with Alt.
const PANE_KEYS: [[&str; 2]; 9] = [
    ["f1", "alt-1"],
    ["f2", "alt-2"],
    ["f3", "alt-3"],
    ["f4", "alt-4"],
    ["f5", "alt-5"],
    ["f6", "alt-6"],
    ["f7", "alt-7"],
    ["f8", "alt-8"],
    ["f9", "alt-9"],
];

impl Action {
    /// Its row in the table.
    ///
    /// # Panics
    ///
    /// Never: the table has a row for every action.
    pub fn binding(self) -> &'static Binding {
        BINDINGS.iter().find(|row| row.action == self).expect("every action has a row")
    }

    /// The action of that name.
    pub fn named(name: &str) -> Option<Action> {
        BINDINGS.iter().find(|row| row.name == name).map(|row| row.action)
    }
}

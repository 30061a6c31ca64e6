//! Which key does what: the one table from which the key bar, the help, the palette and the
//! configuration are made.

use super::Action;

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// What is done.
    pub action: Action,
    /// The action's name in the configuration.
    pub name: &'static str,
    /// The keys, as the configuration writes them.
    pub keys: &'static [&'static str],
    /// What it does, in a few words.
    pub what: &'static str,
    /// Its words in the key bar, most wanted ones first; none when it is not there.
    pub bar: Option<&'static str>,
}

/// Every action that a key can do.
pub const BINDINGS: &[Binding] = &[];

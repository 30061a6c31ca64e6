//! What the screen of ringscope shows and how it changes, without a terminal: no key is read here, no clock, no
//! signal, and nothing is printed. Whoever has a terminal, or something like one, hands in keys and time and
//! shows the cells that come of them.
//!
//! It is made of three layers, each knowing only those before it: a [`timeline`] is a run that can be looked at
//! after any of its events; the [`app`] is what the person in front of it looks at, and how keys change that;
//! the [`view`] draws it. A [`session`] is the pages that lie one upon the other; a [`tour`] is a lesson on
//! runs; an [`export`] is a run written down for other programs.

pub mod app;
pub mod call_summary;
pub mod config;
pub(crate) mod controls;
pub mod export;
pub mod failure;
pub mod files;
pub mod host;
pub mod language;
pub mod numbers;
pub mod session;
pub mod settings;
pub mod timeline;
pub mod tour;
pub mod trace_summary;
pub mod view;

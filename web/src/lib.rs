//! The screen of ringscope in a page of a browser: the second host of `ringscope-screen`, beside the terminal.
//!
//! The page calls plain functions ([`exports`]) and reads numbers and text from memory; no binding is generated, and nothing
//! is imported. Rust decides what every cell shows, what a key does and what a link means; the page (`page/`) paints
//! cells, takes keys, pointers and files, and has the clock.

#![forbid(unsafe_op_in_unsafe_fn)]

pub mod cells;
pub mod exports;
pub mod host;
pub mod link;
pub mod tab;

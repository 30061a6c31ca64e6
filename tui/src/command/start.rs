//! `ringscope` alone: the start page, on a terminal that can show it.

use super::screen::{show, theme};
use super::{Verdict, welcome};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::ColorWhen;
use crate::output::Streams;
use crate::recent;
use crate::session::Session;
use crate::terminal::{self, Setup};
use crate::tour::Progress;
use crate::view::Look;

pub fn execute(
    config: &Config,
    color: ColorWhen,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    if !terminal::is_capable() {
        return welcome::execute(streams);
    }
    let look = Look {
        theme: theme(config, color),
        symbols: config.symbols,
        reduce_motion: config.reduces_motion,
    };
    let setup = Setup { look, has_mouse: config.has_mouse, size: None };
    let mut session = Session::start(&recent::files(), Progress::load(), config.keymap.clone());
    show(&mut session, setup)?;
    Ok(Verdict::Good)
}

//! `ringscope` alone: the start page, on a terminal that can show it.

use ringscope_screen::config::Config;
use ringscope_screen::failure::Failure;
use ringscope_screen::session::Session;
use ringscope_screen::view::Look;

use super::screen::{show, theme};
use super::{Verdict, welcome};
use crate::output::ColorWhen;
use crate::output::Streams;
use crate::progress;
use crate::recent;
use crate::terminal::{self, Setup};

pub(crate) fn execute(
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
    let mut session = Session::start(&recent::files(), progress::load(), config.keymap.clone());
    show(&mut session, setup)?;
    Ok(Verdict::Good)
}

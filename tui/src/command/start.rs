//! `ringscope` alone: the start page, on a terminal that can show it.

use super::screen::theme;
use super::{Verdict, welcome};
use crate::app::Session;
use crate::args::ColorWhen;
use crate::config::Config;
use crate::failure::Failure;
use crate::output::Streams;
use crate::recent;
use crate::terminal::{self, Setup};
use crate::view::Look;

pub fn execute(
    (config, color): (&Config, ColorWhen),
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
    let mut session = Session::start(&recent::files(), config.keymap.clone());
    terminal::show(&mut session, setup, &mut |session| {
        session.take_opened().iter().for_each(|file| recent::remember(file));
    })?;
    Ok(Verdict::Good)
}

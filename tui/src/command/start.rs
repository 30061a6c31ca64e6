//! `ringscope` alone: the start page, on a terminal that can show it.

use ringscope_screen::failure::Failure;
use ringscope_screen::session::Session;

use super::screen::{Looks, show};
use super::{Verdict, welcome};
use crate::output::Streams;
use crate::progress;
use crate::recent;
use crate::terminal::{self, Setup};

pub(crate) fn execute(
    setup: Setup,
    looks: &Looks,
    streams: &mut Streams,
) -> Result<Verdict, Failure> {
    if !terminal::is_capable() {
        return welcome::execute(streams);
    }
    let session = Session::start(&recent::opened(), progress::load(), looks.config.keymap.clone());
    show(&mut session.with_look_flags(looks.flags.clone()), setup, &mut streams.out)?;
    Ok(Verdict::Good)
}

//! A rank that runs the seeds that rank 0 gives it.

use ringscope_sim::protocol::Protocol;
use ringscope_sim::sweep::{SweepBounds, counted};

use super::message::{FromMember, ToMember, Told};
use crate::backoff::Backoff;
use crate::link::{Link, ROOT};

/// Runs seeds until rank 0 has said everything.
///
/// A signal does not end it: rank 0 may want its counts, and a launcher that means it kills.
pub(super) fn serve<P: Protocol>(bounds: &SweepBounds, link: &Link) {
    let tell = |what| link.send_control(ROOT, &FromMember { rank: link.rank(), what });
    tell(Told::Ready);
    loop {
        match told(link) {
            ToMember::Run(seeds) => {
                let counts = counted::<P>(bounds, seeds.clone());
                tell(Told::Counted(seeds, counts));
            }
            ToMember::Leave => return tell(Told::Left),
        }
    }
}

fn told(link: &Link) -> ToMember {
    let mut backoff = Backoff::default();
    loop {
        match link.receive_control() {
            Some(message) => return message,
            None => backoff.wait(),
        }
    }
}

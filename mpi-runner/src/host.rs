//! The event loop of one rank: its node asks, MPI does.

use std::convert::Infallible;
use std::io::Write as _;

use ringscope_sim::protocol::{Effects, Fault, Message, Node, Wait};
use ringscope_sim::world::Status;
use ringscope_traces::{Op, Rank};

use crate::backoff::Backoff;
use crate::envelope;
use crate::link::{Link, Mode, Outgoing, Received};
use crate::part::Observed;
use crate::rank_status::Activity;
use crate::receive_order::ReceiveOrder;
use crate::verdict::Verdict;
use crate::watch::Watch;

/// A busy rank polls the monitor's messages once per this many messages of its own.
const MESSAGES_BETWEEN_POLLS: u64 = 64;

/// A node and what it runs on.
pub(crate) struct Host<'a, N: Node> {
    /// MPI.
    pub link: &'a Link,
    /// This rank's side of the monitoring, with its part of the trace.
    pub watch: Watch<'a>,
    /// The node.
    pub node: N,
    /// In which order it receives.
    pub receive_order: ReceiveOrder,
    /// The longest payload, in bytes, whose send is a standard one; a longer one is synchronous.
    pub eager: Option<u64>,
}

/// The state of a running rank.
struct EventLoop<'a, N: Node> {
    host: Host<'a, N>,
    out: Effects<N::Message>,
    clock: u64,
    handled: u64,
}

impl<'a, N: Node> Host<'a, N> {
    /// Runs the node until rank 0 says how the run ends.
    pub(crate) fn run(self) -> (Verdict, Watch<'a>) {
        let mut event_loop =
            EventLoop { host: self, out: Effects::default(), clock: 0, handled: 0 };
        let Err(verdict) = event_loop.run();
        (verdict, event_loop.host.watch)
    }
}

impl<N: Node> EventLoop<'_, N> {
    /// Repeats, until the run ends:
    /// 1. do what the node asked for;
    /// 2. wait for a message that it takes;
    /// 3. hand it over.
    fn run(&mut self) -> Result<Infallible, Verdict> {
        let mut wait = self.host.node.start(&mut self.out);
        self.do_what_the_node_asks()?;
        loop {
            let received = self.await_message(wait)?;
            wait = self.handle(&received)?;
        }
    }

    /// Waits for a message; a rank that takes nothing more waits for the end of the run.
    fn await_message(&mut self, wait: Wait) -> Result<Received, Verdict> {
        let activity = self.host.receive_order.next(wait);
        let Activity::Receiving { source, tag } = activity else {
            return Err(self.host.watch.wait_for_end(activity));
        };
        let mut backoff = Backoff::default();
        loop {
            if let Some(received) = self.host.link.receive(source, tag) {
                return Ok(received);
            }
            self.host.watch.poll_while_waiting(&activity, &backoff)?;
            backoff.wait();
        }
    }

    fn handle(&mut self, received: &Received) -> Result<Wait, Verdict> {
        let Received { from, tag, bytes } = received;
        let (sent, message) = match envelope::open::<N::Message>(*tag, bytes) {
            Ok(opened) => opened,
            Err(why) => {
                let why = format!("what came from rank {from} is no message of ours: {why}");
                return Err(self.host.watch.wait_for_end(Activity::Failed(why)));
            }
        };
        self.clock = self.clock.max(sent) + 1;
        self.note(Op::Recv, *from, &message)?;
        if let Err(why) = self.host.receive_order.took(*from, *tag) {
            return Err(self.host.watch.wait_for_end(Activity::CannotFollow(why)));
        }
        let handled = self.host.node.receive(*from, message, &mut self.out);
        self.do_what_the_node_asks()?;
        self.handled += 1;
        if self.handled.is_multiple_of(MESSAGES_BETWEEN_POLLS) {
            self.host.watch.poll_between_messages()?;
        }
        handled.map_err(|fault| self.crash(fault))
    }

    fn do_what_the_node_asks(&mut self) -> Result<(), Verdict> {
        let sends: Vec<_> = self.out.sends().collect();
        for (to, message) in sends {
            if to.0 >= self.host.link.ranks() {
                return Err(self.crash(Fault::NoSuchRank { rank: i64::from(to.0) }));
            }
            self.send(to, &message)?;
        }
        for print in self.out.prints() {
            // One write a line, or lines of several ranks would mix. That nobody reads is no reason to stop.
            let _ = std::io::stdout().write_all(format!("{print}\n").as_bytes());
        }
        Ok(())
    }

    /// The event stands in the trace when the send begins, as in a simulated one.
    fn send(&mut self, to: Rank, message: &N::Message) -> Result<(), Verdict> {
        self.clock += 1;
        self.note(Op::Send, to, message)?;
        let sealed = envelope::seal(self.clock, message);
        let is_over = |limit| envelope::payload_bytes(&sealed) > limit;
        let mode =
            if self.host.eager.is_some_and(is_over) { Mode::Synchronous } else { Mode::Standard };
        let (watch, activity) = (&mut self.host.watch, Activity::from(Status::Sending { to }));
        let mut backoff = Backoff::default();
        let mut end = Ok(());
        let outgoing = Outgoing { to, tag: message.tag(), mode, bytes: &sealed };
        self.host.link.send(outgoing, || {
            if end.is_ok() {
                end = watch.poll_while_waiting(&activity, &backoff);
            }
            backoff.wait();
        });
        end
    }

    fn note(&mut self, op: Op, peer: Rank, message: &N::Message) -> Result<(), Verdict> {
        let observed = Observed { op, peer, tag: message.tag(), message, clock: self.clock };
        self.host.watch.note(&observed)
    }

    fn crash(&mut self, fault: Fault) -> Verdict {
        self.host.watch.wait_for_end(Status::Crashed(fault).into())
    }
}

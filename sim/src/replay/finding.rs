//! What a judge finds, in words.

use std::fmt;

use ringscope_traces::text::Short;
use ringscope_traces::words::of_rank;
use ringscope_traces::{Event, Rank, Tag};

use crate::protocol::{BadMessage, Fault, Message, Wait};
use crate::protocols::ProtocolId;

/// One place at which a trace is not what it should be: by default, not what its protocol does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<W = What> {
    /// Whose event it is, or whose event is missing.
    pub rank: Rank,
    /// Its place among the events of that rank in the trace, from 0; where events are missing at the
    /// end, the number of events that there are.
    pub index: usize,
    /// The event's place among all events of the trace; `None` where events are missing at the end.
    pub event: Option<usize>,
    /// What is wrong.
    pub what: W,
}

/// What is wrong at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The header promises fewer ranks.
    NoSuchRank {
        /// How many it promises.
        ranks: u32,
    },
    /// An event carries what is no message of the protocol.
    BadMessage {
        /// Why not.
        bad: BadMessage,
    },
    /// Another message is to be sent here.
    SendsOther {
        /// What is sent.
        got: Letter,
        /// What the protocol sends.
        owed: Letter,
    },
    /// Nothing is to be sent here.
    SendsUnasked {
        /// What is sent.
        got: Letter,
        /// What the protocol does instead.
        wait: Awaited,
    },
    /// Something is to be sent before anything is received.
    ReceivesEarly {
        /// What is received.
        got: Letter,
        /// What the protocol sends first.
        owed: Letter,
    },
    /// Another message is to be received first: then all that follows fits.
    ReceivesTooSoon {
        /// What is received.
        got: Letter,
        /// What the protocol receives first.
        first: Letter,
    },
    /// The receive is not one that the node would make.
    ReceivesOther {
        /// What is received.
        got: Letter,
        /// What the protocol takes.
        wait: Awaited,
    },
    /// The node has crashed before this.
    GoesOnAfterCrash {
        /// On what.
        fault: Fault,
    },
    /// The send before this is too long to return before it is received, and it is never received.
    GoesOnWhileSending {
        /// What is being sent.
        sent: Letter,
    },
    /// Nothing like it has been sent.
    NeverSent {
        /// What is received.
        got: Letter,
    },
    /// The sender sent something else.
    NotAsSent {
        /// What is received.
        got: Letter,
        /// What was sent, with the receiver as its peer.
        sent: Letter,
    },
    /// The run completed, and nobody has received this.
    NeverReceived {
        /// What is sent.
        got: Letter,
    },
    /// The rank's events end, and the node has more to send.
    EndsOwing {
        /// What the protocol sends next.
        owed: Letter,
    },
    /// The run completed, and the node has not finished.
    EndsWaiting {
        /// What it waits for.
        wait: Awaited,
    },
    /// The rank's events end, and a message is there that the node takes.
    EndsBeforeReceiving {
        /// The message.
        next: Letter,
    },
    /// The node crashes in a run that is not said to have crashed.
    Crashes {
        /// On what.
        fault: Fault,
        /// How the run is said to have ended.
        ending: &'static str,
    },
    /// The run is said to have crashed, and the node has not.
    DoesNotCrash,
    /// The run is said to have ended otherwise than by itself, and every rank has finished.
    NobodyWaits {
        /// How it is said to have ended.
        ending: &'static str,
    },
    /// Messages are said to go round, and no rank can send or receive anything.
    NothingMoves {
        /// How the run is said to have ended.
        ending: &'static str,
    },
}

/// A message as one side of it sees it, its payload cut short and safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The rank on the other side.
    pub peer: Rank,
    /// The message's tag.
    pub tag: Tag,
    /// The tag's name; `None` when the protocol does not have it.
    pub name: Option<&'static str>,
    /// The beginning of the payload as JSON.
    pub payload: String,
}

/// What a node waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// What it takes.
    pub wait: Wait,
    /// The name of the only tag that it takes, where there is one.
    pub name: Option<&'static str>,
}

impl Letter {
    /// The message of a trace's event.
    #[must_use]
    pub fn of_event<M: Message>(event: &Event) -> Letter {
        Letter {
            peer: event.peer,
            tag: event.tag,
            name: M::tag_name(event.tag),
            payload: short(&event.data),
        }
    }

    /// The message of a trace's event, with the name that its tag has there.
    #[must_use]
    pub fn named(event: &Event, protocol: ProtocolId) -> Letter {
        let name = protocol.tag_name(event.tag);
        Letter { peer: event.peer, tag: event.tag, name, payload: short(&event.data) }
    }

    /// A message that a node asks for.
    #[must_use]
    pub fn of_message<M: Message>(peer: Rank, message: &M) -> Letter {
        let json = serde_json::to_string(message).expect("a message is JSON");
        let tag = message.tag();
        Letter { peer, tag, name: M::tag_name(tag), payload: short(json) }
    }
}

impl Awaited {
    /// What a node of that protocol waits for.
    #[must_use]
    pub fn new<M: Message>(wait: Wait) -> Awaited {
        let name = match wait {
            Wait::From { tag, .. } => M::tag_name(tag),
            Wait::Any | Wait::Stopped => None,
        };
        Awaited { wait, name }
    }
}

fn short(payload: impl fmt::Display) -> String {
    const PAYLOAD_CHARS: usize = 120;
    Short { value: payload, limit_chars: PAYLOAD_CHARS }.to_string()
}

impl<W: fmt::Display> fmt::Display for Finding<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { rank, index, event, what } = self;
        match event {
            Some(_) => write!(f, "{}: {what}", of_rank(*rank, *index)),
            None if *index == 1 => write!(f, "rank {rank} ends after 1 event; {what}"),
            None => write!(f, "rank {rank} ends after {index} events; {what}"),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::NoSuchRank { ranks } => {
                write!(f, "there is no such rank, the header promises {ranks}")
            }
            What::BadMessage { bad } => bad.fmt(f),
            What::SendsOther { got, owed } => {
                write!(f, "sends {}; the protocol sends {}", ToRank(got), ToRank(owed))
            }
            What::SendsUnasked { got, wait } => {
                write!(f, "sends {}; the protocol {wait}", ToRank(got))
            }
            What::ReceivesEarly { got, owed } => {
                write!(f, "receives {}; the protocol first sends {}", FromRank(got), ToRank(owed))
            }
            What::ReceivesTooSoon { got, first } => {
                write!(
                    f,
                    "receives {}; the protocol first receives {}",
                    FromRank(got),
                    FromRank(first)
                )
            }
            What::ReceivesOther { got, wait } => {
                write!(f, "receives {}; the protocol {wait}", FromRank(got))
            }
            What::GoesOnAfterCrash { fault } => write!(f, "goes on, but it has crashed: {fault}"),
            What::GoesOnWhileSending { sent } => {
                let above = "which is above the eager limit";
                write!(f, "goes on, but rank {} has not received {sent}, {above}", sent.peer)
            }
            What::NeverSent { got } => {
                write!(f, "receives {got} from rank {0}; rank {0} has not sent it", got.peer)
            }
            What::NotAsSent { got, sent } => {
                write!(f, "receives {got} from rank {0}; rank {0} sent {sent}", got.peer)
            }
            What::NeverReceived { got } => {
                write!(f, "sends {got} to rank {0}; rank {0} never receives it", got.peer)
            }
            What::EndsOwing { owed } => {
                write!(f, "the protocol goes on with {}", ToRank(owed))
            }
            What::EndsWaiting { wait } => write!(f, "the protocol {wait}"),
            What::EndsBeforeReceiving { next } => {
                write!(f, "the protocol goes on with {}", FromRank(next))
            }
            What::Crashes { fault, ending } => {
                write!(f, "crashes: {fault}; the trace says {ending}")
            }
            What::DoesNotCrash => f.write_str("it has not crashed; the trace says crashed"),
            What::NobodyWaits { ending } => {
                write!(f, "every rank has stopped; the trace says {ending}")
            }
            What::NothingMoves { ending } => {
                write!(f, "no rank can send or receive anything; the trace says {ending}")
            }
        }
    }
}

impl std::error::Error for What {}

/// `PUT [9,100] to rank 3`.
struct ToRank<'a>(&'a Letter);

impl fmt::Display for ToRank<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to rank {}", self.0, self.0.peer)
    }
}

/// `PUT [9,100] from rank 3`.
struct FromRank<'a>(&'a Letter);

impl fmt::Display for FromRank<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from rank {}", self.0, self.0.peer)
    }
}

/// `PUT [9,100]`.
impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{name} {}", self.payload),
            None => write!(f, "tag {} {}", self.tag, self.payload),
        }
    }
}

/// `waits for COMPLETE from rank 3`.
impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.wait, self.name) {
            (Wait::Any, _) => f.write_str("waits for any message"),
            (Wait::From { source, .. }, Some(name)) => {
                write!(f, "waits for {name} from rank {source}")
            }
            (Wait::From { source, tag }, None) => {
                write!(f, "waits for tag {tag} from rank {source}")
            }
            (Wait::Stopped, _) => f.write_str("has stopped"),
        }
    }
}

//! How ranks, nodes, messages and times are called on the screen.

use ringscope_sim::protocol::{Described, Peer, StorageId, Viewed as _};
use ringscope_sim::protocols::ProtocolId;
use ringscope_sim::world::Status;
use ringscope_traces::text::{Plain, Short};
use ringscope_traces::words::tag_label;
use ringscope_traces::{EventIndex, Op, Rank, Tag, Vocabulary};

use crate::app::App;
use crate::timeline::{EventInfo, Timeline};

use super::symbols::{Symbol, Symbols};

/// `r3`.
pub(crate) fn rank(rank: Rank) -> String {
    format!("r{rank}")
}

/// `r3·500`, or `r3` without an id.
pub(crate) fn node(rank: Rank, id: Option<StorageId>, symbols: Symbols) -> String {
    match id {
        Some(id) => format!("r{rank}{}{id}", symbols.of(Symbol::Of)),
        None => format!("r{rank}"),
    }
}

/// A neighbour, or that there is none.
pub(crate) fn peer(peer: Option<Peer>, symbols: Symbols) -> String {
    peer.map_or_else(|| "none".to_owned(), |peer| node(peer.rank, peer.id, symbols))
}

/// A rank with its id as far as it has one at the cursor.
pub(crate) fn node_at(app: &App, rank: Rank, symbols: Symbols) -> String {
    let states = app.view.snapshot.states.as_ref();
    let id = states.and_then(|states| states.nodes.get(rank.index())?.view().id);
    node(rank, id, symbols)
}

/// The name of a tag, whole.
pub(crate) fn tag(app: &App, tag: Tag) -> String {
    tag_label(tag, &app.timeline.vocabulary()).to_string()
}

/// The name of a tag, shortened where it is long.
pub(crate) fn short_tag(app: &App, tag: Tag) -> String {
    shortened(tag, app.timeline.protocol(), &app.timeline.vocabulary())
}

/// The name of a tag of that protocol, shortened where it is long; of another dialect, the name that it is given or
/// its number.
pub(crate) fn shortened(tag: Tag, protocol: Option<ProtocolId>, names: &dyn Vocabulary) -> String {
    match protocol.and_then(|protocol| protocol.tag(tag)) {
        Some(info) => info.short.to_owned(),
        None => tag_label(tag, names).to_string(),
    }
}

/// What there is to say of a message; nothing when it is of another dialect, or not well-formed.
pub(crate) fn message(app: &App, sent: EventIndex) -> Option<Described> {
    let tag = app.timeline.info(sent).tag;
    app.timeline.protocol()?.describe(tag, &app.timeline.data(sent)).ok()
}

/// `PUT 612`, `ADD r3 500`: a message in so few words that they fit beside it.
pub(crate) fn label(app: &App, sent: EventIndex) -> String {
    let name = short_tag(app, app.timeline.info(sent).tag);
    match message(app, sent) {
        Some(message) => labelled(name, &message),
        None => name,
    }
}

/// A message by its name and what tells it apart from others of that name.
pub(crate) fn labelled(name: String, message: &Described) -> String {
    match &message.detail {
        Some(detail) => format!("{name} {detail}"),
        None => name,
    }
}

/// `r6 → r3`, or `r3 ← r6` of a receipt: first whose event it is.
pub(crate) fn way(info: EventInfo, symbols: Symbols) -> String {
    let arrow = match info.op {
        Op::Send => symbols.of(Symbol::To),
        Op::Recv => symbols.of(Symbol::From),
    };
    format!("r{} {arrow} r{}", info.rank, info.peer)
}

/// An event's payload, cut.
pub(crate) fn payload(app: &App, at: EventIndex, limit_chars: usize) -> String {
    Short { value: &app.timeline.data(at), limit_chars }.to_string()
}

/// The number by which an event is called: as many had happened after it.
pub(crate) fn number(at: EventIndex) -> usize {
    at.0 + 1
}

/// What led to an event: of a receipt its send, of a send what its rank did before.
pub(crate) fn cause(app: &App, at: EventIndex) -> Option<EventIndex> {
    match app.timeline.info(at).op {
        Op::Send => app.timeline.previous(at),
        Op::Recv => app.timeline.partner(at),
    }
}

/// What a rank waits for.
pub(crate) fn status(timeline: &Timeline, status: &Status) -> String {
    match *status {
        Status::WaitingForAny => "any message".to_owned(),
        Status::Waiting { source, tag } => {
            format!("{} from r{source}", tag_label(tag, &timeline.vocabulary()))
        }
        Status::Sending { to } | Status::Owing { to } => format!("r{to} to receive what it sends"),
        Status::Crashed(_) | Status::Finished => "nothing: it has stopped".to_owned(),
    }
}

/// Text that came from a file or from somebody's keyboard.
pub(crate) fn plain(text: &str) -> String {
    Plain(text).to_string()
}

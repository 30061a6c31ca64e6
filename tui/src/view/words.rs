//! How ranks, nodes, messages and times are called on the screen.

use ringscope_sim::protocol::{Key, Message as _, Node as _, Peer, StorageId, Wait};
use ringscope_sim::protocols::classic::{Message, tags};
use ringscope_traces::text::{Plain, Short};
use ringscope_traces::words::tag_in_words;
use ringscope_traces::{EventIndex, Op, Rank, Tag, Vocabulary};

use crate::app::App;
use crate::film::{Fact, Film};

use super::symbols::{Symbol, Symbols};

/// Names too long for a lane or a label, and what is said instead.
const SHORTER: [(Tag, &str); 4] = [
    (tags::UPDATE_CHILD_POINTERS, "CHILD"),
    (tags::UPDATE_PARENT_POINTERS, "PARENT"),
    (tags::REDISTRIBUTE_REMOVE, "REDIST"),
    (tags::REDISTRIBUTE_ADD, "REDIST"),
];

/// `r3`.
pub fn rank(rank: Rank) -> String {
    format!("r{rank}")
}

/// `r3·500`, or `r3` without an id.
pub fn node(rank: Rank, id: Option<StorageId>, symbols: Symbols) -> String {
    match id {
        Some(id) => format!("r{rank}{}{id}", symbols.of(Symbol::Of)),
        None => format!("r{rank}"),
    }
}

/// A neighbour, or that there is none.
pub fn peer(peer: Option<Peer>, symbols: Symbols) -> String {
    peer.map_or_else(|| "none".to_owned(), |peer| node(peer.rank, peer.id, symbols))
}

/// A rank with its id as far as it has one at the cursor.
pub fn node_at(app: &App, rank: Rank, symbols: Symbols) -> String {
    let standing = app.moment.standing.as_ref();
    let id = standing.and_then(|standing| standing.nodes.get(rank.index())?.view().id);
    node(rank, id, symbols)
}

/// The name of a tag, whole.
pub fn tag(app: &App, tag: Tag) -> String {
    tag_in_words(tag, app.film.vocabulary()).to_string()
}

/// The name of a tag, shortened where it is long.
pub fn short_tag(app: &App, tag: Tag) -> String {
    shortened(tag, app.film.vocabulary())
}

/// The name of a tag of that vocabulary, shortened where it is long.
pub fn shortened(wanted: Tag, vocabulary: &dyn Vocabulary) -> String {
    let has_names = vocabulary.tag_name(wanted).is_some();
    let shorter = SHORTER.iter().find(|(long, _)| has_names && *long == wanted);
    shorter.map_or_else(
        || tag_in_words(wanted, vocabulary).to_string(),
        |(_, short)| (*short).to_owned(),
    )
}

/// A message of the run's protocol; none when it speaks another one, or not well.
pub fn message(app: &App, sent: EventIndex) -> Option<Message> {
    let tag = app.film.fact(sent).tag;
    app.film.vocabulary().tag_name(tag)?;
    Message::parse(tag, &app.film.data(sent)).ok()
}

/// The key that a message is about.
pub fn key(message: &Message) -> Option<Key> {
    match message {
        Message::Put { key, .. } | Message::Get { key } | Message::Ack(Some((key, _))) => {
            Some(*key)
        }
        Message::Add { .. }
        | Message::Remove { .. }
        | Message::End
        | Message::RetVal { .. }
        | Message::Ack(None)
        | Message::Init(_)
        | Message::Complete(_)
        | Message::UpdateChildPointers(_)
        | Message::UpdateParentPointers(_)
        | Message::RedistributeRemove(_)
        | Message::RedistributeAdd(_) => None,
    }
}

/// `PUT 612`, `ADD r3 500`: a message in so few words that they fit beside it.
pub fn label(app: &App, sent: EventIndex) -> String {
    let name = short_tag(app, app.film.fact(sent).tag);
    match message(app, sent) {
        Some(message) => labelled(name, &message),
        None => name,
    }
}

/// A message by its name and what tells it apart from others of that name.
pub fn labelled(name: String, message: &Message) -> String {
    match message {
        Message::Put { key, .. } | Message::Get { key } | Message::Ack(Some((key, _))) => {
            format!("{name} {key}")
        }
        Message::Add { rank, id } => format!("{name} r{rank} {id}"),
        Message::Remove { id } => format!("{name} {id}"),
        Message::RetVal { value, .. } => format!("{name} {value}"),
        Message::Init(record) => match record.next.and_then(|next| next.id) {
            Some(id) => format!("{name} {id}"),
            None => name,
        },
        Message::End
        | Message::Ack(None)
        | Message::Complete(_)
        | Message::UpdateChildPointers(_)
        | Message::UpdateParentPointers(_)
        | Message::RedistributeRemove(_)
        | Message::RedistributeAdd(_) => name,
    }
}

/// `r6 → r3`, or `r3 ← r6` of a receipt: first whose event it is.
pub fn way(fact: Fact, symbols: Symbols) -> String {
    let arrow = match fact.op {
        Op::Send => symbols.of(Symbol::To),
        Op::Recv => symbols.of(Symbol::From),
    };
    format!("r{} {arrow} r{}", fact.rank, fact.peer)
}

/// An event's payload, cut.
pub fn payload(app: &App, at: EventIndex, limit_chars: usize) -> String {
    Short { value: &app.film.data(at), limit_chars }.to_string()
}

/// The number by which an event is called: as many had happened after it.
pub fn number(at: EventIndex) -> usize {
    at.0 + 1
}

/// What led to an event: of a receipt its send, of a send what its rank did before.
pub fn cause(app: &App, at: EventIndex) -> Option<EventIndex> {
    match app.film.fact(at).op {
        Op::Send => app.film.previous(at),
        Op::Recv => app.film.partner(at),
    }
}

/// What a rank takes next.
pub fn wait(film: &Film, wait: Wait) -> String {
    match wait {
        Wait::Any => "any message".to_owned(),
        Wait::From { source, tag } => {
            format!("{} from r{source}", tag_in_words(tag, film.vocabulary()))
        }
        Wait::Stopped => "nothing: it has stopped".to_owned(),
    }
}

/// Text that came from a file or from somebody's keyboard.
pub fn plain(text: &str) -> String {
    Plain(text).to_string()
}

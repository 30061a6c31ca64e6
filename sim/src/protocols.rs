//! The list of protocols: the one place that names them.

mod classic;
#[cfg(test)]
mod relay;
mod safe;

use ringscope_traces::{Event, Payload, Tag, Vocabulary};

use crate::protocol::definition::{Described, Info, Protocol, Roles, TagInfo};
use crate::protocol::plan::{Objections, Plan};
use crate::protocol::{BadMessage, Meaning, Message as _};

pub use classic::Classic;
pub use safe::Safe;

/// The names of all protocols.
pub const NAMES: &str = "classic, safe";

/// Which protocol: a value that scenarios, traces and screens carry about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ProtocolId(Listed);

/// Every protocol; the first is the one of scenarios that name none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Listed {
    #[default]
    Classic,
    Safe,
    #[cfg(test)]
    Relay,
}

/// Something that is done with the nodes and messages of a protocol, whichever it is.
pub trait Visitor {
    /// What comes of it.
    type Output;

    /// Does it.
    fn visit<P: Protocol>(self) -> Self::Output;
}

/// A protocol that only tests know, and that is listed nowhere.
const TEST_ONLY: &[ProtocolId] = &[
    #[cfg(test)]
    ProtocolId(Listed::Relay),
];

impl ProtocolId {
    /// Every protocol, in the order in which they are listed.
    pub const ALL: &'static [ProtocolId] = &[ProtocolId(Listed::Classic), ProtocolId(Listed::Safe)];

    /// The protocol of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<ProtocolId> {
        let all = ProtocolId::ALL.iter().chain(TEST_ONLY);
        all.copied().find(|protocol| protocol.name() == name)
    }

    /// The protocol whose commands and replies a trace has that names this one: a dialect that is not
    /// listed has the commands and replies of the default.
    #[must_use]
    pub fn spoken_with(name: &str) -> ProtocolId {
        ProtocolId::named(name).unwrap_or_default()
    }

    /// Does something with this protocol's nodes and messages.
    pub fn dispatch<V: Visitor>(self, visitor: V) -> V::Output {
        match self.0 {
            Listed::Classic => visitor.visit::<Classic>(),
            Listed::Safe => visitor.visit::<Safe>(),
            #[cfg(test)]
            Listed::Relay => visitor.visit::<relay::Relay>(),
        }
    }

    /// The same for what needs no types.
    fn described(self) -> &'static dyn DescribedProtocol {
        match self.0 {
            Listed::Classic => &Of::<Classic>(std::marker::PhantomData),
            Listed::Safe => &Of::<Safe>(std::marker::PhantomData),
            #[cfg(test)]
            Listed::Relay => &Of::<relay::Relay>(std::marker::PhantomData),
        }
    }

    /// Its name in scenarios and traces.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// What is fixed of it.
    #[must_use]
    pub fn info(self) -> &'static Info {
        self.described().info()
    }

    /// What is known of a tag; `None` when the protocol does not have it.
    #[must_use]
    pub fn tag(self, tag: Tag) -> Option<&'static TagInfo> {
        self.info().tag(tag)
    }

    /// A tag's name; `None` when the protocol does not have it.
    #[must_use]
    pub fn tag_name(self, tag: Tag) -> Option<&'static str> {
        self.tag(tag).map(|info| info.name)
    }

    /// The names of its tags.
    #[must_use]
    pub fn vocabulary(self) -> &'static dyn Vocabulary {
        self.info()
    }

    /// The parts that the ranks of a run play.
    #[must_use]
    pub fn roles(self, ranks: u32) -> Roles {
        self.described().roles(ranks)
    }

    /// What there is to say of the message with that tag and payload.
    ///
    /// # Errors
    ///
    /// When it is no message of this protocol.
    pub fn describe(self, tag: Tag, payload: &Payload) -> Result<Described, BadMessage> {
        self.described().describe(tag, payload)
    }

    /// What the message with that tag and payload is about, for those who count and check.
    ///
    /// # Errors
    ///
    /// When it is no message of this protocol.
    pub fn meaning(self, tag: Tag, payload: &Payload) -> Result<Meaning, BadMessage> {
        self.described().meaning(tag, payload)
    }

    /// What the command node asks for with an event, or is answered; see
    /// [`Protocol::client_message`].
    #[must_use]
    pub fn client_message(self, event: &Event) -> Option<Result<Meaning, BadMessage>> {
        self.described().client_message(event)
    }

    /// See [`Protocol::check`].
    pub fn check(self, plan: &Plan<'_>, objections: &mut dyn Objections) {
        self.described().check(plan, objections);
    }
}

/// The names of a protocol's tags.
impl Vocabulary for ProtocolId {
    fn tag_name(&self, tag: Tag) -> Option<&str> {
        ProtocolId::tag_name(*self, tag)
    }
}

/// A protocol without its types.
trait DescribedProtocol {
    fn info(&self) -> &'static Info;
    fn roles(&self, ranks: u32) -> Roles;
    fn describe(&self, tag: Tag, payload: &Payload) -> Result<Described, BadMessage>;
    fn meaning(&self, tag: Tag, payload: &Payload) -> Result<Meaning, BadMessage>;
    fn client_message(&self, event: &Event) -> Option<Result<Meaning, BadMessage>>;
    fn check(&self, plan: &Plan<'_>, objections: &mut dyn Objections);
}

struct Of<P>(std::marker::PhantomData<fn() -> P>);

impl<P: Protocol> DescribedProtocol for Of<P> {
    fn info(&self) -> &'static Info {
        &P::INFO
    }

    fn roles(&self, ranks: u32) -> Roles {
        P::roles(ranks)
    }

    fn describe(&self, tag: Tag, payload: &Payload) -> Result<Described, BadMessage> {
        crate::protocol::definition::parse::<P>(tag, payload).map(|message| P::describe(&message))
    }

    fn meaning(&self, tag: Tag, payload: &Payload) -> Result<Meaning, BadMessage> {
        crate::protocol::definition::parse::<P>(tag, payload).map(|message| message.meaning())
    }

    fn client_message(&self, event: &Event) -> Option<Result<Meaning, BadMessage>> {
        P::client_message(event).map(|message| message.map(|message| message.meaning()))
    }

    fn check(&self, plan: &Plan<'_>, objections: &mut dyn Objections) {
        P::check(plan, objections);
    }
}

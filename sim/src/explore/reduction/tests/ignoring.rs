//! Why a reduction has to heed cycles: two ranks pass a token to each other for ever, and a third one would crash if it were ever its turn.
//!
//! The problem is *ignoring* (Valmari, *Stubborn Sets for Reduced State Space Generation*, 1990). In the protocols of this program it
//! is rare, since whoever receives something answers to somebody who then has more than one order; 4,000 random scripts of `classic` lost
//! nothing. So it is shown on nodes made for it.

use ringscope_traces::{Event, Rank};

use super::{ExploreSettings, Explored, Rule, explore_by};
use crate::explain::Explanation;
use crate::protocol::definition::{Described, Info, NodeSetup, Protocol, Roles};
use crate::protocol::plan::{Objections, Plan};
use crate::protocol::{
    Activity, BadMessage, Command, Fault, Key, Links, MessageOf, Node, NodeView, Outbox, Role,
    Topology, Viewed, Wait,
};
use crate::protocols::Classic;
use crate::scenario::{Scenario, Settings};
use crate::world::End;

type Token = MessageOf<Classic>;

/// The parts that its ranks play, by rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Ignoring {
    /// Passes the token on to the other one, for ever.
    Passes { to: Rank },
    /// Sends one message to whoever crashes.
    Sends { to: Rank },
    /// Crashes on whatever it receives.
    Crashes,
    /// Does nothing.
    Rests,
}

/// Of two messages one can be received before the other: so the rank that crashes is never the one with fewest receipts to choose from.
const RANKS: [Ignoring; 6] = [
    Ignoring::Passes { to: Rank(1) },
    Ignoring::Passes { to: Rank(0) },
    Ignoring::Sends { to: Rank(4) },
    Ignoring::Sends { to: Rank(4) },
    Ignoring::Crashes,
    Ignoring::Rests,
];

fn token() -> Token {
    Token::from(Command::Get { key: Key(1) })
}

impl Node for Ignoring {
    type Message = Token;

    fn start(&mut self, out: &mut impl Outbox<Token>) -> Wait {
        match *self {
            Ignoring::Passes { to } => {
                if to == Rank(1) {
                    out.send(to, token());
                }
                Wait::Any
            }
            Ignoring::Sends { to } => {
                out.send(to, token());
                Wait::Stopped
            }
            Ignoring::Crashes => Wait::Any,
            Ignoring::Rests => Wait::Stopped,
        }
    }

    fn receive(
        &mut self,
        _: Rank,
        token: Token,
        out: &mut impl Outbox<Token>,
    ) -> Result<Wait, Fault> {
        match *self {
            Ignoring::Passes { to } => {
                out.send(to, token);
                Ok(Wait::Any)
            }
            Ignoring::Crashes => Err(Fault::NoStorage { asked: "GET" }),
            Ignoring::Sends { .. } | Ignoring::Rests => Ok(Wait::Stopped),
        }
    }
}

impl Viewed for Ignoring {
    fn view(&self) -> NodeView<'_> {
        let links = Links::new(&Topology::UNLINKED, &[]);
        NodeView { role: Role::Storage, id: None, links, storage: None, activity: Activity::NONE }
    }
}

impl Protocol for Ignoring {
    type Node = Ignoring;

    const INFO: Info = Classic::INFO;

    fn nodes(_: &NodeSetup) -> Vec<Ignoring> {
        RANKS.to_vec()
    }

    fn settled(setup: &NodeSetup) -> Vec<Ignoring> {
        Ignoring::nodes(setup)
    }

    fn roles(ranks: u32) -> Roles {
        Classic::roles(ranks)
    }

    fn describe(message: &Token) -> Described {
        Classic::describe(message)
    }

    fn client_message(event: &Event) -> Option<Result<Token, BadMessage>> {
        Classic::client_message(event)
    }

    fn check(_: &Plan<'_>, _: &mut dyn Objections) {}

    fn explain(_: &End<Token>, _: &[Ignoring]) -> Option<Explanation> {
        None
    }
}

fn names(rule: Rule) -> Vec<&'static str> {
    let scenario = Scenario::new("token", &Settings { ranks: 6, ..Settings::default() }, &[]);
    let settings = ExploreSettings::default();
    let explored: Explored = explore_by::<Ignoring>(&scenario, settings, rule, &mut |_| true);
    assert!(explored.is_exhausted());
    let mut names: Vec<_> = explored.discoveries.iter().map(|found| found.kind.name()).collect();
    names.sort_unstable();
    names
}

#[test]
fn what_a_cycle_puts_off_for_ever_is_kept_by_the_proviso_and_by_nothing_else() {
    assert_eq!(names(Rule::Everything), ["crash", "livelock"]);
    assert_eq!(names(Rule::Persistent), ["crash", "livelock"]);
    assert_eq!(names(Rule::WithoutProviso), ["livelock"]);
}

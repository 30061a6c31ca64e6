//! What all panes draw from: the app, how things look, and what is worked out once for a frame.

use ratatui_core::style::Style;
use ringscope_sim::protocol::arithmetic::Member;
use ringscope_sim::protocol::{ActivityKind, Command, Key, NodeView, StorageId, Viewed as _};
use ringscope_sim::scenario::Settings;
use ringscope_sim::world::Blocked;
use ringscope_traces::{EventIndex, Op, Rank};

use crate::app::verdict::Verdict;
use crate::app::{App, Selection};
use crate::timeline::NodeStates;

use super::Look;
use super::symbols::Symbol;

/// What all panes draw from.
pub(crate) struct Scene<'a> {
    /// What is looked at.
    pub app: &'a App,
    /// How things look.
    pub look: &'a Look,
    /// How many events are listed: a lesson does not show what is to come.
    pub listed: usize,
    /// What the card on the ring's pane says of the run: nothing in a lesson, which asks for it.
    pub verdict: Option<Verdict>,
    /// Who waits for whom for ever.
    pub deadlocked: Vec<Blocked>,
    /// The keys go from 1 up to this.
    pub keyspace: i64,
    /// The message that is shown by name, by its send.
    pub message: Option<EventIndex>,
    /// The commands whose replies are still to come, oldest first.
    pub commands: Vec<Command>,
    /// Where the run and the one beside it part, in a comparison.
    pub parting: Option<Parting>,
}

/// The events of a run at which it and another one part, and how they are lit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parting {
    /// The events.
    pub events: Vec<EventIndex>,
    /// The colour of the verdict.
    pub style: Style,
}

/// What a node is to the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// On its way into it.
    Joining,
    /// Part of it.
    Active,
    /// On its way out of it.
    Leaving,
}

impl<'a> Scene<'a> {
    /// Works out what the panes share.
    pub(crate) fn new(app: &'a App, look: &'a Look) -> Scene<'a> {
        let header = app.timeline.header().field("keyspace").and_then(|value| value.as_int());
        Scene {
            app,
            look,
            listed: app.timeline.len(),
            verdict: app.verdict(),
            deadlocked: app.deadlocked(),
            keyspace: header.unwrap_or(Settings::default().keyspace).max(1),
            message: message(app),
            commands: commands(app),
            parting: None,
        }
    }

    /// The nodes' states, where they are known.
    pub(crate) fn states(&self) -> Option<&'a NodeStates> {
        self.app.view.snapshot.states.as_ref()
    }

    /// A node as it shows itself.
    pub(crate) fn node(&self, rank: Rank) -> Option<NodeView<'a>> {
        Some(self.states()?.nodes.get(rank.index())?.view())
    }

    /// The nodes that own keys, in the order of the ring: all but the head.
    pub(crate) fn owners(&self) -> &'a [Member] {
        self.states().map_or(&[], |states| states.ring.owners())
    }

    /// A node's style: its colour, or plain text for one that is never in the ring.
    pub(crate) fn style_of(&self, rank: Rank) -> Style {
        let owner = self.app.colors.owner(self.look.theme.owner_colors(), rank);
        owner.map_or_else(|| self.look.theme.text(), |owner| self.look.theme.owner(owner))
    }

    /// What a thing is drawn with.
    pub(crate) fn symbol(&self, symbol: Symbol) -> &'static str {
        self.look.symbols.of(symbol)
    }

    /// Whether an invariant was broken by an event.
    pub(crate) fn is_violation(&self, at: EventIndex) -> bool {
        let violations = self.app.timeline.violations();
        violations.binary_search_by_key(&at, |violation_at| violation_at.at).is_ok()
    }

    /// How an event is lit at which the two runs of a comparison part; `None` for every other one.
    pub(crate) fn parting_at(&self, at: EventIndex) -> Option<Style> {
        let parting = self.parting.as_ref()?;
        parting.events.contains(&at).then_some(parting.style)
    }

    /// The same of a message that is sent or received by such an event, by its send.
    pub(crate) fn parting_of(&self, sent: EventIndex) -> Option<Style> {
        let received = || self.parting_at(self.app.timeline.partner(sent)?);
        self.parting.as_ref()?;
        self.parting_at(sent).or_else(received)
    }

    /// The rank that everything is about.
    pub(crate) fn rank(&self) -> Option<Rank> {
        match self.app.view.selection {
            Selection::Key(key) => {
                let states = self.states()?;
                Some(states.ring.owner(key)?.rank)
            }
            Selection::Rank(rank) => Some(rank),
            Selection::Message(sent) if sent.0 < self.app.timeline.len() => {
                Some(self.app.timeline.info(sent).rank)
            }
            Selection::Cursor | Selection::Message(_) => self.app.rank(),
        }
    }

    /// Those who are on their way into the ring, with the ids that they are to have.
    pub(crate) fn newcomers(&self) -> Vec<(Rank, StorageId)> {
        let is_joined_somewhere = self.states().is_some_and(|states| {
            states
                .nodes
                .iter()
                .map(|node| node.view().activity.kind)
                .any(|kind| matches!(kind, ActivityKind::Admitting | ActivityKind::Joining))
        });
        let added = self.commands.iter().filter_map(|command| match *command {
            Command::Add { rank, id } => Some((Command::rank(rank)?, id)),
            Command::Put { .. } | Command::Get { .. } | Command::Remove { .. } => None,
        });
        let is_under_way = |(rank, id): &(Rank, StorageId)| {
            let Some(node) = self.node(*rank) else { return false };
            is_joined_somewhere
                && (node.id.is_none() || node.id == Some(*id) || node.successor().is_none())
        };
        added.filter(is_under_way).collect()
    }

    /// Those who are on their way out of the ring, and no pointer leads to them any more.
    pub(crate) fn leavers(&self) -> Vec<(Rank, StorageId)> {
        let nodes = self.states().map_or(&[][..], |states| &states.nodes);
        let leavers = (0_u32..).map(Rank).zip(nodes).filter_map(|(rank, node)| {
            let node = node.view();
            let is_leaving = matches!(node.activity.kind, ActivityKind::Leaving);
            node.id.filter(|_| is_leaving).map(|id| (rank, id))
        });
        let is_member = |rank: Rank| members(self.app).iter().any(|member| member.rank == rank);
        leavers.filter(|(rank, _)| !is_member(*rank)).collect()
    }

    /// What a node is to the ring.
    pub(crate) fn stage_of(&self, rank: Rank, newcomers: &[(Rank, StorageId)]) -> Stage {
        let is_leaving =
            self.node(rank).is_some_and(|node| matches!(node.activity.kind, ActivityKind::Leaving));
        match newcomers.iter().any(|(newcomer, _)| *newcomer == rank) {
            true => Stage::Joining,
            false if is_leaving => Stage::Leaving,
            false => Stage::Active,
        }
    }

    /// How many pairs a node holds.
    pub(crate) fn keys_of(&self, rank: Rank) -> usize {
        self.node(rank).and_then(|node| node.storage).map_or(0, |storage| storage.len())
    }

    /// How much a node holds beside the one that holds most, 0 to 1.
    pub(crate) fn load_of(&self, rank: Rank, most: usize) -> f64 {
        self.keys_of(rank) as f64 / most.max(1) as f64
    }

    /// The most pairs that one node holds.
    pub(crate) fn most_keys(&self) -> usize {
        self.owners().iter().map(|member| self.keys_of(member.rank)).max().unwrap_or(0)
    }

    /// How far a message has come, 0 to 1: a function of simulated time.
    pub(crate) fn progress(&self, sent: EventIndex) -> f64 {
        const HALFWAY: u8 = 4;
        let eighths = match (self.app.eighths(sent), self.look.reduce_motion) {
            (1..8, true) => HALFWAY,
            (eighths, _) => eighths,
        };
        f64::from(eighths) / 8.0
    }

    /// Which of how many pairs is moving with this REDISTRIBUTE_ADD, from 1.
    ///
    /// The protocol sends one for each pair, all alike: which one it is only their order tells.
    pub(crate) fn round_trip(&self, sent: EventIndex) -> usize {
        const FARTHEST: usize = 2_000;
        let timeline = &self.app.timeline;
        let tag = timeline.info(sent).tag;
        let before = std::iter::successors(timeline.previous(sent), |at| timeline.previous(*at));
        let of_join = before
            .take(FARTHEST)
            .map(|at| timeline.info(at))
            .take_while(|fact| fact.source().is_some() || fact.tag == tag);
        1 + of_join.filter(|fact| fact.destination().is_some()).count()
    }

    /// Who holds a key, in the order of the ranks.
    pub(crate) fn holders(&self, key: Key) -> Vec<Rank> {
        let nodes = self.states().map_or(&[][..], |states| &states.nodes);
        let holds =
            |node: &NodeView<'_>| node.storage.is_some_and(|pairs| pairs.contains_key(&key));
        let ranks = (0_u32..).zip(nodes).filter(|(_, node)| holds(&node.view()));
        ranks.map(|(rank, _)| Rank(rank)).collect()
    }
}

fn members(app: &App) -> &[Member] {
    app.view.snapshot.states.as_ref().map_or(&[], |states| states.ring.members())
}

/// The selected message, or that of the event at the cursor.
fn message(app: &App) -> Option<EventIndex> {
    if let Selection::Message(sent) = app.view.selection {
        return (sent.0 < app.timeline.len()).then_some(sent);
    }
    let at = app.event()?;
    match app.timeline.info(at).op {
        Op::Send => Some(at),
        Op::Recv => app.timeline.partner(at),
    }
}

fn commands(app: &App) -> Vec<Command> {
    let command = app.timeline.roles().map(|roles| roles.command);
    let states = app.view.snapshot.states.as_ref();
    let node = states.zip(command).and_then(|(states, rank)| states.nodes.get(rank.index()));
    let in_flight = node.and_then(|node| node.view().activity.commands_in_flight());
    in_flight.into_iter().flatten().copied().collect()
}

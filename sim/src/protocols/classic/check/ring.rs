//! The ring between two commands of a sound scenario: which node has which id.

use std::collections::BTreeMap;

use crate::protocol::plan::Plan;

/// What is wrong with a command, and advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Advice {
    pub(super) message: String,
    pub(super) hint: String,
}

impl Advice {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Advice {
        Advice { message: message.into(), hint: hint.into() }
    }
}

/// A node that joined, and the line in which it did.
#[derive(Debug, Clone, Copy)]
struct Joined {
    rank: i64,
    id: i64,
    line: u32,
    /// Whether the rank can join at all.
    is_node: bool,
}

/// The nodes that joined and have not left, found by id and by rank.
#[derive(Debug)]
pub(super) struct PlannedRing {
    ranks: i64,
    keyspace: i64,
    by_id: BTreeMap<i64, Joined>,
    by_rank: BTreeMap<i64, Joined>,
    /// The line in which an id was last given up.
    left: BTreeMap<i64, u32>,
}

impl PlannedRing {
    pub(super) fn new(plan: &Plan<'_>) -> PlannedRing {
        PlannedRing {
            ranks: i64::from(plan.ranks),
            keyspace: plan.keyspace,
            by_id: BTreeMap::new(),
            by_rank: BTreeMap::new(),
            left: BTreeMap::new(),
        }
    }

    /// Lets a rank join; first what is wrong with the rank, then what is wrong with the id.
    ///
    /// A good id counts as taken even when the rank is a bad one, so that one mistake is told once: but it is the
    /// id of no node. A rank and an id in the wrong order count as if they were in the right one.
    pub(super) fn add(&mut self, rank: i64, id: i64, line: u32) -> [Option<Advice>; 2] {
        if self.is_swapped(rank, id) {
            self.add(id, rank, line);
            return [Some(swapped(rank, id)), None];
        }
        let objections = [self.bad_rank(rank), self.bad_new_id(id)];
        let joined = Joined { rank, id, line, is_node: objections[0].is_none() };
        if objections[1].is_none() {
            self.by_id.insert(id, joined);
            self.left.remove(&id);
        }
        if objections == [None, None] {
            self.by_rank.insert(rank, joined);
        }
        objections
    }

    /// Whether the command asks for a rank that does not exist, and would be sound the other way round.
    fn is_swapped(&self, rank: i64, id: i64) -> bool {
        !(0..self.ranks).contains(&rank)
            && self.bad_rank(id).is_none()
            && self.bad_new_id(rank).is_none()
    }

    /// Lets a node leave.
    pub(super) fn remove(&mut self, id: i64, line: u32) -> Option<Advice> {
        let Some(gone) = self.by_id.remove(&id) else { return Some(self.bad_old_id(id)) };
        self.left.insert(id, line);
        if self.by_rank.get(&gone.rank).is_some_and(|joined| joined.id == id) {
            self.by_rank.remove(&gone.rank);
        }
        None
    }

    /// What is wrong with a key that lies outside the ring.
    pub(super) fn bad_key(&self, key: i64, command: &str) -> Option<Advice> {
        let most = self.keyspace;
        if key < 1 {
            return Some(Advice::new(
                format!(
                    "key {key} is not above the head's id 0: the head takes itself for the owner of \
                     the key, has no storage, and crashes"
                ),
                format!("keys are 1 to {most}"),
            ));
        }
        (key > most).then(|| {
            Advice::new(
                format!(
                    "key {key} has no owner: the last node of the ring, the permanent node, owns \
                     the keys up to {most}, so the {command} goes round the ring forever"
                ),
                format!("keys are 1 to {most}; the setting `keyspace` makes the ring larger"),
            )
        })
    }

    fn bad_rank(&self, rank: i64) -> Option<Advice> {
        let (permanent, command) = (self.ranks - 2, self.ranks - 1);
        let message = if rank < 0 || rank > command {
            format!(
                "rank {rank} does not exist: MPI refuses to send it the INIT, and the run crashes"
            )
        } else if rank == 0 {
            "rank 0 is the head, where every command enters the ring: as a node in the middle \
             of it, it would lose the way to the command node, and replies would go round the ring forever"
                .to_owned()
        } else if rank == permanent {
            format!(
                "rank {rank} is the permanent node, which is in the ring from the start: it would \
                 wait forever for its own answer, or forget its place"
            )
        } else if rank == command {
            format!(
                "rank {rank} is the command node: it waits for a reply and takes no INIT, so the \
                 join never ends"
            )
        } else {
            let Joined { id, line, .. } = self.by_rank.get(&rank)?;
            return Some(Advice::new(
                format!(
                    "rank {rank} is in the ring already, with id {id} since line {line}: a second \
                     INIT makes it forget its place and its pairs, and the ring is broken"
                ),
                format!("`remove {id}` first, or add another rank"),
            ));
        };
        Some(Advice::new(message, self.who_can_join()))
    }

    fn who_can_join(&self) -> String {
        let (permanent, command) = (self.ranks - 2, self.ranks - 1);
        let taken =
            format!("0 is the head, {permanent} the permanent node, {command} the command node");
        match permanent - 1 {
            0 => format!("with 3 ranks none can join ({taken}); set `ranks` to 4 or more"),
            1 => format!("of {} ranks only rank 1 can join ({taken})", self.ranks),
            last => format!("of {} ranks 1 to {last} can join ({taken})", self.ranks),
        }
    }

    fn bad_new_id(&self, id: i64) -> Option<Advice> {
        let most = self.keyspace;
        let message = if id < 0 {
            format!(
                "storage id {id} is less than the head's id 0: the head would handle the join itself, \
                 and wait forever for the command node to answer it as its predecessor"
            )
        } else if id == 0 {
            "storage id 0 belongs to the head: a second node with it owns no key, and can never leave \
             because the head takes its REMOVE"
                .to_owned()
        } else if id == most {
            format!(
                "storage id {id} belongs to the permanent node: no node has a greater one to take \
                 the join, so the ADD goes round the ring forever"
            )
        } else if id > most {
            format!(
                "storage id {id} is greater than the permanent node's id {most}: no node has a greater \
                 one to take the join, so the ADD goes round the ring forever"
            )
        } else {
            let Joined { rank, line, .. } = self.by_id.get(&id).filter(|joined| joined.is_node)?;
            return Some(Advice::new(
                format!(
                    "storage id {id} belongs to rank {rank} since line {line}: two nodes would have \
                     it, and only one of them can own the keys"
                ),
                "an id belongs to one node at a time: choose another".to_owned(),
            ));
        };
        Some(Advice::new(message, self.which_ids()))
    }

    fn which_ids(&self) -> String {
        match self.keyspace - 1 {
            0 => "a keyspace of 1 has no room for added nodes".to_owned(),
            1 => "the only id for an added node is 1".to_owned(),
            last => format!("ids of added nodes are 1 to {last}"),
        }
    }

    fn bad_old_id(&self, id: i64) -> Advice {
        let message = if id == 0 {
            "storage id 0 is the head's: it would wait forever for the command node to answer it as \
             its predecessor"
                .to_owned()
        } else if id == self.keyspace {
            format!(
                "storage id {id} is the permanent node's: its pairs would go to its successor, the head, \
                 which has no storage and crashes"
            )
        } else if let Some(line) = self.left.get(&id) {
            format!(
                "the node with storage id {id} left in line {line}: the REMOVE goes round the ring forever"
            )
        } else {
            format!("no node has storage id {id}: the REMOVE goes round the ring forever")
        };
        Advice::new(message, self.who_can_leave())
    }

    fn who_can_leave(&self) -> String {
        const SHOWN: usize = 5;
        let nodes = || self.by_id.values().filter(|joined| joined.is_node);
        let mut shown: Vec<String> = nodes().take(SHOWN).map(|node| node.id.to_string()).collect();
        let more = nodes().count().saturating_sub(SHOWN);
        if more > 0 {
            shown.push(format!("and {more} more"));
        }
        match shown.is_empty() {
            true => "only added nodes can leave, and there is none here".to_owned(),
            false => format!("the added nodes here have the ids {}", shown.join(", ")),
        }
    }
}

fn swapped(rank: i64, id: i64) -> Advice {
    Advice::new(
        format!(
            "rank {rank} does not exist, and {id} is a rank that could join: are they in the wrong order?"
        ),
        format!("write `add {id} {rank}`, first the rank and then the storage id"),
    )
}

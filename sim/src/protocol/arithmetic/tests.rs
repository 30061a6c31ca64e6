//! Small rings drawn by hand, whole and broken.

use super::*;
use crate::protocol::{Activity, Links, Topology};

/// A node that only stands there: its rank is its place in the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Standing {
    role: Role,
    id: Option<i64>,
    /// Its successor and its predecessor.
    links: [Option<Peer>; 2],
}

const DOUBLY_LINKED: Topology = Topology {
    names: &["next", "way back"],
    successor: Some(0),
    predecessor: Some(1),
    outlet: Some(1),
};

const SINGLY_LINKED: Topology =
    Topology { names: &["next"], successor: Some(0), predecessor: None, outlet: None };

impl Standing {
    fn linked(&self, topology: &'static Topology) -> NodeView<'_> {
        NodeView {
            role: self.role,
            id: self.id.map(StorageId),
            links: Links::new(topology, &self.links),
            storage: None,
            activity: Activity::NONE,
        }
    }

    fn set_successor(&mut self, rank: Option<u32>) {
        self.links[0] = rank.map(|rank| peer(rank, None));
    }

    fn set_predecessor(&mut self, rank: u32, id: i64) {
        self.links[1] = Some(peer(rank, Some(id)));
    }
}

impl Viewed for Standing {
    fn view(&self) -> NodeView<'_> {
        self.linked(&DOUBLY_LINKED)
    }
}

/// The same nodes in a protocol in which no node knows the one before it.
struct OneWay(Standing);

impl Viewed for OneWay {
    fn view(&self) -> NodeView<'_> {
        self.0.linked(&SINGLY_LINKED)
    }
}

fn peer(rank: u32, id: Option<i64>) -> Peer {
    Peer { rank: Rank(rank), id: id.map(StorageId) }
}

fn node(id: i64, predecessor: (u32, i64), successor: u32) -> Standing {
    let (rank, predecessor) = predecessor;
    let links = [Some(peer(successor, None)), Some(peer(rank, Some(predecessor)))];
    Standing { role: Role::Storage, id: Some(id), links }
}

/// Head, three nodes at 300, 500 and 1000, command node.
fn five() -> Vec<Standing> {
    let links = [Some(peer(1, None)), Some(peer(4, None))];
    let head = Standing { role: Role::Head, id: Some(0), links };
    let command = Standing { role: Role::Command, id: None, links: [None; 2] };
    let (a, b, c) = (node(300, (0, 0), 2), node(500, (1, 300), 3), node(1000, (2, 500), 0));
    vec![head, a, b, c, command]
}

fn breaks(nodes: &[Standing]) -> Vec<String> {
    Ring::walk(nodes).breaks().iter().map(ToString::to_string).collect()
}

#[test]
fn every_key_has_the_first_node_that_is_not_below_it_for_its_owner() {
    let ring = Ring::walk(&five());
    assert!(ring.comes_round());
    assert_eq!(ring.breaks(), []);
    let owner = |key| ring.owner(Key(key)).map(|member| member.rank.0);
    assert_eq!(
        [0, 1, 300, 301, 500, 501, 1000, 1001].map(owner),
        [None, Some(1), Some(1), Some(2), Some(2), Some(3), Some(3), None]
    );
    let ranges: Vec<_> = ring.members().iter().map(|m| m.range.to_string()).collect();
    assert_eq!(ranges, ["nothing", "1 to 300", "301 to 500", "501 to 1000"]);
}

#[test]
fn of_two_nodes_with_one_id_the_second_owns_nothing() {
    let mut nodes = five();
    nodes[2] = node(300, (1, 300), 3);
    nodes[3].set_predecessor(2, 300);
    let ring = Ring::walk(&nodes);
    assert_eq!(ring.breaks(), []);
    assert_eq!(ring.owner(Key(300)).map(|member| member.rank), Some(Rank(1)));
    assert!(ring.members()[2].range.is_empty());
}

#[test]
fn a_ring_that_is_broken_off_says_where() {
    let mut nodes = five();
    nodes[2].set_successor(None);
    assert_eq!(breaks(&nodes), ["the ring ends at rank 2, which has no successor"]);
    nodes[2].set_successor(Some(9));
    assert_eq!(breaks(&nodes), ["the ring ends at rank 2: its successor, rank 9, has no id"]);
    assert!(!Ring::walk(&nodes).comes_round());
}

#[test]
fn a_circle_without_the_head_is_walked_once() {
    let mut nodes = five();
    nodes[3].set_successor(Some(1));
    assert_eq!(
        breaks(&nodes),
        ["the ring has a cycle without the head: rank 3 points back to rank 1"]
    );
    let mut nodes = five();
    nodes[1].set_successor(Some(1));
    assert_eq!(
        breaks(&nodes),
        ["the ring has a cycle without the head: rank 1 points back to rank 1"]
    );
}

#[test]
fn ids_that_shrink_end_the_walk() {
    let mut nodes = five();
    nodes[2].id = Some(200);
    assert_eq!(
        breaks(&nodes),
        ["ids decrease along the ring: rank 2 (id 200) comes after rank 1 (id 300)"]
    );
}

#[test]
fn a_node_that_does_not_point_back_is_told_apart_from_one_that_is_cut_off() {
    let mut nodes = five();
    nodes[3].set_predecessor(1, 300);
    assert_eq!(
        breaks(&nodes),
        ["rank 3 is the successor of rank 2 (id 500), but its predecessor is rank 1 (id 300)"]
    );
    assert!(Ring::walk(&nodes).comes_round());
}

#[test]
fn a_head_whose_predecessor_is_in_the_ring_lets_no_reply_out() {
    let mut nodes = five();
    nodes[0].set_predecessor(2, 500);
    assert_eq!(
        breaks(&nodes),
        ["no reply leaves the ring: the way back of the head, rank 0, is rank 2 (id 500), \
          not the command node"]
    );
}

#[test]
fn a_ring_whose_nodes_do_not_know_the_one_before_them_is_walked_and_owned_alike() {
    let nodes: Vec<_> = five().into_iter().map(OneWay).collect();
    let ring = Ring::walk(&nodes);
    assert_eq!(ring, Ring::walk(&five()));
    assert!(ring.comes_round());
    let view = nodes[2].view();
    assert_eq!(KeyRange::of(&view), None);
    let range = ring.range_of(Rank(2), &view).map(|range| range.to_string());
    assert_eq!(range.as_deref(), Some("301 to 500"));
    assert_eq!(ring.owners().len(), 3);
}

#[test]
fn where_no_node_is_the_head_there_is_no_ring() {
    let ring = Ring::walk(&five()[1..]);
    assert_eq!(ring.breaks(), [Break::NoHead]);
    assert_eq!(ring.breaks()[0].rank(), None);
    assert!(ring.members().is_empty() && ring.owners().is_empty());
}

//! Nodes that do as a test says are fed events one by one: what do their ranks owe, wait for and hold?

use std::slice;

use ringscope_traces::{Op, Payload, Tag};
use serde::Serialize;

use super::*;
use crate::protocol::{
    Activity, BadMessage, Fault, Links, Meaning, Message, NodeView, Outbox, Role, Topology, Viewed,
    Wait,
};
use crate::world::Blocked;

/// A number, sent with a tag. It takes as many bytes as it says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
struct Number(#[serde(skip)] Tag, i64);

impl Message for Number {
    fn tag(&self) -> Tag {
        self.0
    }

    fn parse(tag: Tag, payload: &Payload) -> Result<Number, BadMessage> {
        payload.as_int().map(|number| Number(tag, number)).ok_or(BadMessage::UnknownTag(tag))
    }

    fn tag_name(_tag: Tag) -> Option<&'static str> {
        None
    }

    fn bytes(&self) -> u64 {
        self.1.unsigned_abs()
    }

    fn meaning(&self) -> Meaning {
        Meaning::Membership
    }
}

/// What a node asks for in one go, and what it takes after that.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Turn {
    /// To whom, with which tag, which number.
    sends: Vec<(u32, i32, i64)>,
    then: Result<Wait, Fault>,
}

fn turn(sends: &[(u32, i32, i64)], then: Wait) -> Turn {
    Turn { sends: sends.to_vec(), then: Ok(then) }
}

/// A node that takes one turn at its start and one after each message, and then stops.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Scripted(Vec<Turn>);

impl Scripted {
    fn advance(&mut self, out: &mut impl Outbox<Number>) -> Result<Wait, Fault> {
        if self.0.is_empty() {
            return Ok(Wait::Stopped);
        }
        let Turn { sends, then } = self.0.remove(0);
        for (to, tag, number) in sends {
            out.send(Rank(to), Number(Tag(tag), number));
        }
        then
    }
}

impl Node for Scripted {
    type Message = Number;

    fn start(&mut self, out: &mut impl Outbox<Number>) -> Wait {
        self.advance(out).expect("no node crashes at its start")
    }

    fn receive(
        &mut self,
        _from: Rank,
        _message: Number,
        out: &mut impl Outbox<Number>,
    ) -> Result<Wait, Fault> {
        self.advance(out)
    }
}

impl Viewed for Scripted {
    fn view(&self) -> NodeView<'_> {
        NodeView {
            role: Role::Storage,
            id: None,
            links: Links::new(&Topology::UNLINKED, &[]),
            storage: None,
            activity: Activity::NONE,
        }
    }
}

/// Of a number up to this the send returns at once.
const EAGER: i64 = 10;
const LONG: i64 = EAGER + 1;

const FROM_0: Wait = Wait::From { source: Rank(0), tag: Tag(5) };

/// A node that takes whatever comes, and as often as it comes.
fn takes_anything() -> Vec<Turn> {
    vec![turn(&[], Wait::Any); 9]
}

/// A node that has finished when it has sent all that.
fn sends(sends: &[(u32, i32, i64)]) -> Vec<Turn> {
    vec![turn(sends, Wait::Stopped)]
}

/// Ranks, and how many events they have gone past.
struct Run {
    ranks: Ranks<Scripted>,
    events: usize,
}

impl Run {
    fn start(nodes: Vec<Vec<Turn>>) -> Run {
        let nodes = nodes.into_iter().map(Scripted).collect();
        Run { ranks: Ranks::start(nodes, Some(EAGER.unsigned_abs())).0, events: 0 }
    }

    /// Feeds events until one is wrong.
    fn feed(&mut self, events: &[Event]) -> Result<(), What> {
        for event in events {
            let message = self.ranks.parse(event)?;
            match event.op {
                Op::Send => self.ranks.send(EventIndex(self.events), event, message)?,
                Op::Recv => {
                    let address = self.ranks.may_receive(event, &message)?;
                    self.ranks.receive(address, message);
                }
            }
            self.events += 1;
        }
        Ok(())
    }

    fn status(&self, rank: u32) -> Status {
        self.ranks.status(Rank(rank))
    }
}

/// What a rank sends: to whom, with which tag, which number.
fn send(rank: u32, (to, tag, number): (u32, i32, i64)) -> Event {
    event(rank, Op::Send, (to, tag, number))
}

/// What a rank receives: from whom, with which tag, which number.
fn receive(rank: u32, (from, tag, number): (u32, i32, i64)) -> Event {
    event(rank, Op::Recv, (from, tag, number))
}

fn event(rank: u32, op: Op, (peer, tag, number): (u32, i32, i64)) -> Event {
    let (rank, peer, tag) = (Rank(rank), Rank(peer), Tag(tag));
    Event { rank, n: 0, op, peer, tag, data: number.into(), t: 0, clock: 0, more: None }
}

/// What is wrong with the last of these events, which is the only one that is.
fn wrong(nodes: Vec<Vec<Turn>>, events: &[Event]) -> String {
    let mut run = Run::start(nodes);
    let (last, before) = events.split_last().expect("there are events");
    run.feed(before).expect("only the last event is wrong");
    run.feed(slice::from_ref(last)).expect_err("the last event is wrong").to_string()
}

#[test]
fn a_rank_owes_what_its_node_asks_for_until_it_has_sent_it() {
    let mut run = Run::start(vec![vec![turn(&[(1, 5, 7), (2, 5, 8)], FROM_0)], vec![], vec![]]);
    assert_eq!(run.status(0), Status::Owing { to: Rank(1) });
    run.feed(&[send(0, (1, 5, 7))]).expect("it is owed");
    assert_eq!(run.status(0), Status::Owing { to: Rank(2) });
    run.feed(&[send(0, (2, 5, 8))]).expect("it is owed");
    assert_eq!(run.status(0), Status::Waiting { source: Rank(0), tag: Tag(5) });
}

#[test]
fn a_node_that_takes_anything_at_its_start_is_started_once() {
    let mut run = Run::start(vec![
        sends(&[(1, 5, 7)]),
        vec![turn(&[], Wait::Any), turn(&[], FROM_0), turn(&[], Wait::Stopped)],
    ]);
    run.feed(&[send(0, (1, 5, 7)), receive(1, (0, 5, 7))]).expect("it is what the nodes do");
    assert_eq!(run.status(1), Status::Waiting { source: Rank(0), tag: Tag(5) });
}

#[test]
fn a_rank_sends_only_what_its_node_asks_for_and_in_that_order() {
    let asks = || vec![sends(&[(1, 5, 7), (1, 5, 8)]), takes_anything()];
    assert_eq!(
        wrong(asks(), &[send(0, (1, 5, 8))]),
        "sends tag 5 8 to rank 1; the protocol sends tag 5 7 to rank 1"
    );
    assert_eq!(
        wrong(asks(), &[send(0, (0, 5, 7))]),
        "sends tag 5 7 to rank 0; the protocol sends tag 5 7 to rank 1"
    );
    assert_eq!(
        wrong(asks(), &[send(1, (0, 5, 7))]),
        "sends tag 5 7 to rank 0; the protocol waits for any message"
    );
}

#[test]
fn a_rank_that_owes_a_send_receives_nothing() {
    let nodes = vec![sends(&[(1, 5, 7)]), vec![turn(&[(0, 6, 1)], Wait::Any)]];
    assert_eq!(
        wrong(nodes, &[send(0, (1, 5, 7)), receive(1, (0, 5, 7))]),
        "receives tag 5 7 from rank 0; the protocol first sends tag 6 1 to rank 0"
    );
}

#[test]
fn a_rank_that_waits_for_one_source_and_tag_receives_nothing_else() {
    let nodes = || vec![sends(&[(1, 6, 7)]), vec![turn(&[], FROM_0)], sends(&[(1, 5, 8)])];
    let waits = "the protocol waits for tag 5 from rank 0";
    assert_eq!(
        wrong(nodes(), &[send(0, (1, 6, 7)), receive(1, (0, 6, 7))]),
        format!("receives tag 6 7 from rank 0; {waits}")
    );
    assert_eq!(
        wrong(nodes(), &[send(2, (1, 5, 8)), receive(1, (2, 5, 8))]),
        format!("receives tag 5 8 from rank 2; {waits}")
    );
}

#[test]
fn a_wildcard_receive_takes_the_senders_in_any_order() {
    let nodes = vec![sends(&[(2, 5, 1)]), sends(&[(2, 6, 2)]), takes_anything()];
    let mut run = Run::start(nodes);
    assert_eq!(run.status(2), Status::WaitingForAny);
    let sent = [send(0, (2, 5, 1)), send(1, (2, 6, 2))];
    let received = [receive(2, (1, 6, 2)), receive(2, (0, 5, 1))];
    assert_eq!(run.feed(&[sent, received].concat()), Ok(()));
}

#[test]
fn messages_of_one_sender_do_not_overtake_each_other() {
    let sent = [send(0, (1, 6, 1)), send(0, (1, 5, 2)), send(0, (1, 5, 3))];
    let sender = || sends(&[(1, 6, 1), (1, 5, 2), (1, 5, 3)]);
    let then = |receives: &[Event]| [sent.as_slice(), receives].concat();
    // Any tag: the first of all.
    let any = vec![sender(), takes_anything()];
    assert_eq!(
        wrong(any, &then(&[receive(1, (0, 5, 2))])),
        "receives tag 5 2 from rank 0; rank 0 sent tag 6 1"
    );
    // One tag: the first that has it.
    let named = || vec![sender(), vec![turn(&[], FROM_0), turn(&[], Wait::Any)]];
    assert_eq!(
        wrong(named(), &then(&[receive(1, (0, 5, 3))])),
        "receives tag 5 3 from rank 0; rank 0 sent tag 5 2"
    );
    let passes_over = [receive(1, (0, 5, 2)), receive(1, (0, 6, 1))];
    assert_eq!(Run::start(named()).feed(&then(&passes_over)), Ok(()));
}

#[test]
fn a_message_is_received_once_and_by_the_rank_that_it_was_sent_to() {
    let nodes = || vec![sends(&[(1, 5, 7)]), takes_anything(), takes_anything()];
    let (sent, received) = (send(0, (1, 5, 7)), receive(1, (0, 5, 7)));
    let never = "receives tag 5 7 from rank 0; rank 0 has not sent it";
    assert_eq!(wrong(nodes(), &[sent.clone(), received.clone(), received]), never);
    assert_eq!(wrong(nodes(), &[sent, receive(2, (0, 5, 7))]), never);
}

#[test]
fn a_rank_is_in_a_send_above_the_eager_limit_until_that_is_received() {
    let nodes = vec![
        vec![turn(&[(1, 5, EAGER), (1, 5, LONG)], Wait::Any)],
        vec![turn(&[], Wait::Any), turn(&[], Wait::Any), turn(&[], Wait::Stopped)],
    ];
    let mut run = Run::start(nodes);
    run.feed(&[send(0, (1, 5, EAGER))]).expect("it is owed");
    assert_eq!(run.status(0), Status::Owing { to: Rank(1) });
    run.feed(&[send(0, (1, 5, LONG))]).expect("it is owed");
    run.feed(&[receive(1, (0, 5, EAGER))]).expect("it was sent");
    // It is the other message that was received.
    assert_eq!(run.status(0), Status::Sending { to: Rank(1) });
    let graph = run.ranks.wait_for_graph();
    assert_eq!(graph.blocked, [Blocked { rank: Rank(0), on: Rank(1), tag: None }]);
    let long = Pending { from: Rank(0), to: Rank(1), message: Number(Tag(5), LONG) };
    assert_eq!(graph.pending, [long]);
    run.feed(&[receive(1, (0, 5, LONG))]).expect("it was sent");
    assert_eq!(run.status(0), Status::WaitingForAny);
    assert_eq!(run.ranks.wait_for_graph(), WaitForGraph { blocked: vec![], pending: vec![] });
}

#[test]
fn ranks_that_wait_for_each_other_are_a_cycle_of_the_wait_for_graph() {
    let waits = |source| vec![turn(&[], Wait::From { source: Rank(source), tag: Tag(8) })];
    // Rank 3 waits for one of them, but none of them for it.
    let nodes = vec![waits(1), vec![turn(&[(2, 5, LONG)], Wait::Any)], waits(0), waits(2)];
    let mut run = Run::start(nodes);
    assert!(run.ranks.wait_for_graph().cycle().is_empty(), "rank 1 still owes its send");
    run.feed(&[send(1, (2, 5, LONG))]).expect("it is owed");
    let edge = |rank, on, tag| Blocked { rank: Rank(rank), on: Rank(on), tag };
    let tag = Some(Tag(8));
    assert_eq!(
        run.ranks.wait_for_graph().cycle(),
        [edge(0, 1, tag), edge(1, 2, None), edge(2, 0, tag)]
    );
}

#[test]
fn a_rank_that_has_crashed_does_what_its_node_asked_before_and_nothing_more() {
    let crash = Fault::NoStorage { asked: "tag 5" };
    let crashes = Turn { sends: vec![(0, 6, 1)], then: Err(crash.clone()) };
    let mut run =
        Run::start(vec![sends(&[(1, 5, 7), (1, 5, 8)]), vec![turn(&[], Wait::Any), crashes]]);
    let events = [send(0, (1, 5, 7)), send(0, (1, 5, 8)), receive(1, (0, 5, 7))];
    run.feed(&events).expect("it is what the nodes do");
    assert_eq!(run.status(1), Status::Owing { to: Rank(0) });
    run.feed(&[send(1, (0, 6, 1))]).expect("its handler had asked for it");
    assert_eq!(run.status(1), Status::Crashed(crash.clone()));
    for event in [receive(1, (0, 5, 8)), send(1, (0, 6, 1))] {
        let goes_on = run.feed(&[event]);
        assert_eq!(goes_on, Err(What::GoesOnAfterCrash { fault: crash.clone() }));
    }
}

#[test]
fn a_rank_crashes_at_a_send_to_a_rank_that_does_not_exist() {
    let mut run = Run::start(vec![sends(&[(1, 5, 7), (9, 5, 8), (1, 5, 9)]), takes_anything()]);
    run.feed(&[send(0, (1, 5, 7))]).expect("that rank exists");
    assert_eq!(run.status(0), Status::Crashed(Fault::NoSuchRank { rank: 9 }));
}

#[test]
fn a_rank_that_has_finished_receives_nothing() {
    let nodes = || vec![sends(&[(1, 5, 7)]), sends(&[])];
    assert_eq!(Run::start(nodes()).status(1), Status::Finished);
    assert_eq!(
        wrong(nodes(), &[send(0, (1, 5, 7)), receive(1, (0, 5, 7))]),
        "receives tag 5 7 from rank 0; the protocol has stopped"
    );
}

#[test]
fn an_event_has_two_ranks_of_the_run_and_a_message_of_the_protocol() {
    let no_rank = "there is no such rank, the header promises 1";
    assert_eq!(wrong(vec![vec![]], &[send(1, (0, 5, 7))]), no_rank);
    assert_eq!(wrong(vec![vec![]], &[receive(0, (1, 5, 7))]), no_rank);
    let empty = Event { data: Payload::Null, ..send(0, (0, 5, 7)) };
    assert_eq!(wrong(vec![sends(&[(0, 5, 7)])], &[empty]), "the protocol has no tag 5");
}

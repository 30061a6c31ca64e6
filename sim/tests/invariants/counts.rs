//! What runs cost, counted by hand.

use ringscope_sim::protocol::StorageId;
use ringscope_sim::stats::{CommandKind, Report, Volume};
use ringscope_sim::world::latency::Latency;
use ringscope_traces::Rank;

use super::{ran, script, setting};

const HOP_NS: u64 = 100;

fn counted(lines: &[&str]) -> Report {
    ran(setting(8, 1, &script(lines)), Latency::Constant { ns: HOP_NS }, 1).report
}

#[test]
fn a_first_put_goes_to_the_permanent_node_and_its_ack_comes_back() {
    let report = counted(&["put 9 100"]);
    let put = report.kinds[CommandKind::Put as usize];
    assert_eq!((put.kind, put.count, put.answered), (CommandKind::Put, 1, 1));
    // PUT to the head and to rank 6, ACK to the head and to rank 7: `[9,100]` each time.
    assert_eq!(put.volume, Volume { messages: 4, bytes: 4 * 7 });
    assert_eq!(put.hops.map(|hops| (hops.min, hops.max)), Some((1, 1)));
    assert_eq!(put.time_ns.map(|time| (time.min, time.max)), Some((4 * HOP_NS, 4 * HOP_NS)));
    let end = report.kinds[CommandKind::End as usize];
    assert_eq!((end.volume, end.hops), (Volume { messages: 7, bytes: 7 }, None));
    assert_eq!(report.total, Volume { messages: 11, bytes: 35 });
}

#[test]
fn a_join_pays_one_round_trip_for_each_key_that_moves() {
    for moving in 0..5 {
        let puts = (0..moving).map(|key| format!("put {} 1", 100 + key));
        let lines: Vec<_> = puts.chain(["put 900 1".into(), "add 3 500".into()]).collect();
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let report = counted(&lines);
        let [join] = report.moves[..] else { panic!("one join") };
        assert_eq!((join.rank, join.id, join.keys), (Some(Rank(3)), StorageId(500), moving));
        // ADD, INIT, COMPLETE, UPDATE_PARENT_POINTERS, COMPLETE, ACK: 8 messages without a key.
        assert_eq!(join.volume.messages, 8 + 2 * moving);
        assert_eq!(join.time_ns, Some((8 + 2 * moving) * HOP_NS));
        assert_eq!(report.kinds[CommandKind::Add as usize].volume, join.volume);
    }
}

#[test]
fn a_leave_hands_over_all_keys_in_one_round_trip() {
    let report = counted(&["add 3 500", "put 1 1", "put 2 2", "remove 500"]);
    let leave = report.moves[1];
    assert_eq!((leave.kind, leave.rank, leave.keys), (CommandKind::Remove, Some(Rank(3)), 2));
    assert_eq!(leave.volume.messages, 10);
    let empty = counted(&["add 3 500", "remove 500"]).moves[1];
    assert_eq!((empty.rank, empty.keys, empty.volume.messages), (Some(Rank(3)), 0, 8));
}

#[test]
fn the_load_of_the_ranks_adds_up() {
    let report = counted(&["add 3 500", "put 100 1", "put 200 2", "put 300 3", "put 600 6"]);
    let load = |rank: usize| report.load[rank];
    assert_eq!((load(3).keys, load(6).keys, load(1).keys), (Some(3), Some(1), None));
    assert_eq!((load(3).keys_share, load(6).keys_share), (0.75, 0.25));
    let received: u64 = report.load.iter().map(|row| row.received).sum();
    assert_eq!(received, report.total.messages);
    assert_eq!(report.load.iter().map(|row| row.sent).sum::<u64>(), received);
    // An ACK a command, and nobody tells it to stop.
    assert_eq!((load(7).received, load(7).sent), (5, 6));
}

#[test]
fn a_get_that_is_never_answered_is_counted_and_has_no_time() {
    let report = counted(&["put 9 1", "get 10"]);
    let get = report.kinds[CommandKind::Get as usize];
    assert_eq!((get.count, get.answered, get.time_ns), (1, 0, None));
    assert_eq!(get.hops.map(|hops| hops.max), Some(1));
}

//! `ringscope show` of a recorded program: its calls, what is wrong with it, and its numbers.

mod support;

use serde_json::Value;
use support::Folder;

/// Rank 0 has sent a long message and is in a barrier; rank 1 waits for a message that nobody sends.
const HUNG: &str = concat!(
    r#"{"trace":2,"source":"recorded","protocol":"none","ranks":2,"time":"wall"}"#,
    "\n",
    r#"{"rank":0,"n":0,"op":"send","peer":1,"tag":7,"data":"LONG","t":1000,"clock":1,"bytes":400}"#,
    "\n",
    r#"{"rank":1,"n":0,"op":"recv","peer":0,"tag":7,"data":"LONG","t":2000,"clock":2,"bytes":400}"#,
    "\n",
    r#"{"call":"place","place":0,"file":"/a/x.c","line":10}"#,
    "\n",
    r#"{"call":"place","place":1,"file":"/a/x.c","line":20}"#,
    "\n",
    r#"{"call":"enter","rank":0,"after":1,"name":"MPI_Barrier","number":0,"nth":1,"at":0,"t":3000}"#,
    "\n",
    r#"{"call":"last","rank":0,"after":1,"name":"MPI_Barrier","inside":true,"calls":2,"number":0,"nth":1,"at":0,"t":3000}"#,
    "\n",
    r#"{"call":"last","rank":1,"after":1,"name":"MPI_Recv","inside":true,"calls":2,"peer":0,"tag":9,"bytes":4,"at":1,"t":3000}"#,
    "\n",
);

fn long() -> String {
    "abcd".repeat(100)
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("hung.jsonl", HUNG.replace("LONG", &long()));
    folder
}

#[test]
fn calls_stand_behind_the_messages_and_what_is_wrong_behind_them() {
    let folder = folder();
    let shown = folder.call("show hung.jsonl");
    assert_eq!((shown.code, shown.err.as_str()), (Some(0), ""));
    let places = [
        "calls beside these messages, rank by rank:\n",
        "       3.000  = ·  0  MPI_Barrier, its 1st (x.c:10)\n",
        "       3.000  · =  1  is in MPI_Recv from r0, tag 9, 4 bytes (x.c:20)\n",
        "cut off, 2 of 2 events shown\n",
        "  - rank 1 waits in MPI_Recv (x.c:20) for a message from rank 0 with tag 9",
    ]
    .map(|line| shown.out.find(line).unwrap_or_else(|| panic!("{line}\nin:\n{}", shown.out)));
    assert!(places.is_sorted(), "{}", shown.out);
    let of_one = folder.call("show hung.jsonl --rank 1").out;
    assert!(
        !of_one.contains("its 1st (x.c:10)\n") && of_one.contains("is in MPI_Recv"),
        "{of_one}"
    );
}

#[test]
fn a_long_payload_is_cut_unless_all_of_it_is_wanted() {
    let folder = folder();
    assert!(!folder.call("show hung.jsonl").out.contains(&long()));
    assert!(folder.call("show hung.jsonl --full").out.contains(&long()));
}

#[test]
fn a_run_is_counted_rank_by_rank_and_beside_another() {
    let folder = folder();
    let one = HUNG.lines().take(2).collect::<Vec<_>>().join("\n") + "\n";
    folder.write("one.jsonl", one.replace("LONG", "short").replace("400", "5"));
    let counted = folder.call("show hung.jsonl --stats --beside one.jsonl");
    assert_eq!(counted.code, Some(0), "{}", counted.err);
    for line in
        ["  0        1    400         0      0      2            1 ", " 400 bytes, one.jsonl 5\n"]
    {
        assert!(counted.out.contains(line), "{line}\nin:\n{}", counted.out);
    }
    folder.write("timed.jsonl", HUNG.replace(r#""calls":2,"#, r#""calls":2,"waited_ns":81250,"#));
    let timed = folder.call("show timed.jsonl --stats --beside one.jsonl");
    for line in ["waiting", "81.250 us and on\n", " 162.500 us of waiting, one.jsonl -\n"] {
        assert!(timed.out.contains(line), "{line}\nin:\n{}", timed.out);
    }
    let json = folder.call("show hung.jsonl --stats --beside one.jsonl --json").out;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let at = |names: &[&str]| names.iter().fold(&json, |value, name| &value[*name]).as_u64();
    assert_eq!((at(&["bytes"]), at(&["beside", "bytes"])), (Some(400), Some(5)));
    assert_eq!((at(&["never_received"]), at(&["beside", "never_received"])), (Some(0), Some(1)));
}

#[test]
fn what_chooses_events_is_refused_where_none_are_shown() {
    let folder = folder();
    for flag in ["--rank 1", "--full", "--rows 3"] {
        let refused = folder.call(&format!("show hung.jsonl --stats {flag}"));
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{flag}");
        assert!(refused.err.contains("cannot be used with"), "{}", refused.err);
    }
}

//! The lines of calls of which there are many, written field by field: a recorded program waits for them.
//!
//! They are what `serde` would write.

use std::io;

use super::write::{put_number, put_numbers};
use crate::calls::{Became, CommId, Completed, Enter, Leave, Posted};
use crate::json::put_json;

pub(super) fn put_enter(block: &mut Vec<u8>, enter: &Enter) -> io::Result<()> {
    let Enter { rank, after, name, comm, number, nth, root, count, .. } = enter;
    let Enter { datatype, op, bytes, share, counts, post, at, t, .. } = enter;
    put_number(block, b"{\"call\":\"enter\",\"rank\":", rank.0);
    put_number(block, b",\"after\":", *after);
    put_text(block, b",\"name\":", name)?;
    let root = root.map(|root| u64::from(root.0));
    put_numbers(
        block,
        &[
            (b",\"comm\":", unless_world(*comm)),
            (b",\"number\":", *number),
            (b",\"nth\":", *nth),
            (b",\"root\":", root),
            (b",\"count\":", *count),
        ],
    );
    if let Some(datatype) = datatype {
        put_text(block, b",\"type\":", datatype)?;
    }
    if let Some(op) = op {
        put_text(block, b",\"op\":", op)?;
    }
    put_numbers(block, &[(b",\"bytes\":", *bytes), (b",\"share\":", *share)]);
    if !counts.is_empty() {
        block.extend_from_slice(b",\"counts\":");
        put_json(&mut *block, counts)?;
    }
    put_numbers(
        block,
        &[
            (b",\"post\":", post.map(|post| post.0)),
            (b",\"at\":", at.map(|at| u64::from(at.0))),
            (b",\"t\":", Some(*t)),
        ],
    );
    block.push(b'}');
    Ok(())
}

pub(super) fn put_leave(block: &mut Vec<u8>, leave: &Leave) {
    let Leave { rank, after, t } = leave;
    put_number(block, b"{\"call\":\"leave\",\"rank\":", rank.0);
    put_number(block, b",\"after\":", *after);
    put_number(block, b",\"t\":", *t);
    block.push(b'}');
}

pub(super) fn put_posted(block: &mut Vec<u8>, posted: &Posted) -> io::Result<()> {
    let Posted { rank, after, name, post, comm, source, tag, bytes, at } = posted;
    put_number(block, b"{\"call\":\"post\",\"rank\":", rank.0);
    put_number(block, b",\"after\":", *after);
    put_text(block, b",\"name\":", name)?;
    put_number(block, b",\"post\":", post.0);
    let source = source.map(|source| u64::from(source.0));
    put_numbers(block, &[(b",\"comm\":", unless_world(*comm)), (b",\"source\":", source)]);
    if let Some(tag) = tag {
        put_number(block, b",\"tag\":", *tag);
    }
    let at = at.map(|at| u64::from(at.0));
    put_numbers(block, &[(b",\"bytes\":", *bytes), (b",\"at\":", at)]);
    block.push(b'}');
    Ok(())
}

pub(super) fn put_completed(block: &mut Vec<u8>, completed: &Completed) {
    let Completed { rank, after, post, how, changed, at } = completed;
    put_number(block, b"{\"call\":\"complete\",\"rank\":", rank.0);
    put_number(block, b",\"after\":", *after);
    put_number(block, b",\"post\":", post.0);
    block.extend_from_slice(match how {
        Became::Completed => b",\"how\":\"completed\"",
        Became::Cancelled => b",\"how\":\"cancelled\"",
        Became::Freed => b",\"how\":\"freed\"",
        Became::Failed => b",\"how\":\"failed\"",
        Became::Unseen => b",\"how\":\"unseen\"",
    });
    if *changed {
        block.extend_from_slice(b",\"changed\":true");
    }
    put_numbers(block, &[(b",\"at\":", at.map(|at| u64::from(at.0)))]);
    block.push(b'}');
}

fn unless_world(comm: CommId) -> Option<u64> {
    (!comm.is_world()).then_some(u64::from(comm.0))
}

fn put_text(block: &mut Vec<u8>, before: &[u8], text: &str) -> io::Result<()> {
    block.extend_from_slice(before);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' ');
    if text.bytes().all(is_plain) {
        block.push(b'"');
        block.extend_from_slice(text.as_bytes());
        block.push(b'"');
        return Ok(());
    }
    put_json(block, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{Call, PlaceId, Post};
    use crate::event::Rank;
    use crate::jsonl::put_call;

    #[test]
    fn a_call_is_written_as_serde_would_write_it() {
        let (rank, at, post) = (Rank(3), Some(PlaceId(7)), Post(u64::MAX));
        let bare = Enter::named(rank, "MPI_Barrier");
        let enter = Enter {
            after: 9,
            comm: CommId(2),
            number: Some(4),
            nth: Some(5),
            root: Some(Rank(1)),
            count: Some(6),
            datatype: Some("the program's \"own\"\u{202e}".to_owned()),
            op: Some("MPI_SUM".to_owned()),
            bytes: Some(8),
            share: Some(12),
            counts: vec![1, 0, 5],
            post: Some(post),
            at,
            t: 10,
            ..Enter::named(rank, "MPI_Ireduce")
        };
        let posted = Posted {
            rank,
            after: 1,
            name: "MPI_Irecv".to_owned(),
            post,
            comm: CommId::WORLD,
            source: None,
            tag: None,
            bytes: None,
            at: None,
        };
        let whole = Posted {
            comm: CommId(1),
            source: Some(Rank(0)),
            tag: Some(-5),
            bytes: Some(2),
            at,
            ..posted.clone()
        };
        let every =
            [Became::Completed, Became::Cancelled, Became::Freed, Became::Failed, Became::Unseen];
        let completed = every.into_iter().flat_map(|how| {
            [(false, None), (true, at)].map(|(changed, at)| {
                Call::Complete(Completed { rank, after: 2, post, how, changed, at })
            })
        });
        let calls = [
            Call::Enter(bare),
            Call::Enter(enter),
            Call::Leave(Leave { rank, after: 0, t: 11 }),
            Call::Post(posted),
            Call::Post(whole),
        ];
        for call in calls.into_iter().chain(completed) {
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            put_call(&mut ours, &call).expect("memory takes everything");
            put_json(&mut theirs, &call).expect("memory takes everything");
            theirs.push(b'\n');
            assert_eq!(String::from_utf8(ours), String::from_utf8(theirs));
        }
    }
}

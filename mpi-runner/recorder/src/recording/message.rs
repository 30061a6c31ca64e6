//! Messages: what is sent, what a receive wants, and what is written down of both.

use std::ffi::{c_int, c_void};

use ringscope_traces::calls::{Any, Became, Call, CommId, Details, Post, Posted};
use ringscope_traces::{Op, Rank, Tag};
use twox_hash::XxHash3_64;

use super::datatype::received_bytes;
use super::open_requests::is_cancelled;
use super::part::Observed;
use super::{Calling, Members, Open, Receiving, Recording, Sending};
use crate::payload::{self, Kind, Raw};
use crate::real::Handle;

/// A message that is about to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing {
    /// Where its elements are.
    pub buffer: *const c_void,
    /// How many.
    pub count: i64,
    /// Of which type.
    pub datatype: Handle,
    /// The receiver's rank in the communicator.
    pub to: c_int,
    /// The tag.
    pub tag: c_int,
    /// The communicator.
    pub communicator: Handle,
}

/// Where a message is to be received, and which.
#[derive(Debug, Clone, Copy)]
pub struct Incoming {
    /// Where its elements go.
    pub buffer: *const c_void,
    /// For how many there is room.
    pub count: i64,
    /// Of which type they are.
    pub datatype: Handle,
    /// The sender's rank in the communicator, or `MPI_ANY_SOURCE`.
    pub source: c_int,
    /// The tag, or `MPI_ANY_TAG`.
    pub tag: c_int,
    /// The communicator that it comes through.
    pub communicator: Handle,
}

impl Incoming {
    /// What a probe looks for.
    pub fn probe(source: c_int, tag: c_int, communicator: Handle) -> Incoming {
        Incoming { buffer: std::ptr::null(), count: 0, datatype: 0, source, tag, communicator }
    }
}

/// What is recorded of a message that is sent.
#[derive(Debug, Clone, Copy)]
pub struct SendRecord {
    pub(super) to: Rank,
    pub(super) tag: Tag,
    pub(super) comm: CommId,
    pub(super) content: Content,
    /// `None` when it is more than can be counted.
    pub(super) bytes: Option<u64>,
}

/// Which message is received, and for how much there is room.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// From whom.
    pub source: Open<Rank>,
    /// With which tag.
    pub tag: Open<i32>,
    /// Through which communicator.
    pub comm: CommId,
    /// For how many bytes there is room.
    pub bytes: Option<u64>,
}

impl Wanted {
    /// What it leaves open.
    fn any(&self) -> Option<Any> {
        match (self.source.is_any(), self.tag.is_any()) {
            (true, true) => Some(Any::Both),
            (true, false) => Some(Any::Source),
            (false, true) => Some(Any::Tag),
            (false, false) => None,
        }
    }
}

/// Where a message is received and who may have sent it: what is needed to record it.
#[derive(Debug, Clone)]
pub struct ReceiveBuffer {
    content: Content,
    from: Members,
}

/// Where elements lie, and what they are.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    pub(super) buffer: *const c_void,
    pub(super) kind: Kind,
}

impl Content {
    /// The bytes, where they lie side by side and can be read; an empty message has none.
    ///
    /// # Safety
    ///
    /// The program has MPI read or write so many bytes there.
    unsafe fn bytes(&self, length: Option<usize>) -> Option<&[u8]> {
        match length {
            // The pointer to an empty buffer may be anything.
            Some(0) => Some(&[]),
            Some(length) if self.kind != Kind::Opaque && !self.buffer.is_null() => {
                // SAFETY: as the caller says.
                Some(unsafe { std::slice::from_raw_parts(self.buffer.cast::<u8>(), length) })
            }
            Some(_) | None => None,
        }
    }
}

/// A message that a matched probe has found.
#[derive(Debug, Clone)]
pub struct Matched {
    /// Its place in the order of posting: that of the probe, which reserved the message.
    post: Post,
    wanted: Wanted,
    from: Members,
}

impl Recording {
    /// What to record each time that a message is sent; `None` when it goes to `MPI_PROC_NULL`.
    pub fn send(&mut self, message: &Outgoing) -> Option<SendRecord> {
        let known = self.communicator(message.communicator);
        let (comm, to) = (known.id, known.members.in_trace(message.to)?);
        let datatype = self.datatypes.of(message.datatype);
        let bytes = u64::try_from(message.count).ok().and_then(|count| datatype.bytes(count));
        let content = Content { buffer: message.buffer, kind: datatype.kind };
        Some(SendRecord { to, tag: Tag(message.tag), comm, content, bytes })
    }

    /// Records the send of a message.
    pub fn sent(&mut self, send: &SendRecord) {
        self.posted(send, None);
    }

    /// Records the beginning of a send whose end will be recorded, too.
    pub fn sending(&mut self, send: &SendRecord) -> Sending {
        let post = self.next_post();
        let hash = self.posted(send, Some(post));
        let length = send.bytes.and_then(|bytes| usize::try_from(bytes).ok());
        let sent = hash.zip(length).map(|(hash, length)| (send.content, length, hash));
        Sending { post, sent }
    }

    /// Records a send; returns the hash of what is sent.
    fn posted(&mut self, send: &SendRecord, post: Option<Post>) -> Option<u64> {
        let SendRecord { to, tag, comm, content, bytes } = *send;
        let more = Details { comm, post, bytes, at: self.current.at, ..Details::default() };
        let t = self.began();
        self.write(Observed { op: Op::Send, peer: to, tag, t, more }, content)
    }

    /// Which message a receive wants, and where it goes.
    pub fn wanted(&mut self, receive: &Incoming) -> (Wanted, ReceiveBuffer) {
        let (comm, source, tag) = self.envelope(receive);
        let from = self.communicator(receive.communicator).members.clone();
        let datatype = self.datatypes.of(receive.datatype);
        let bytes = u64::try_from(receive.count).ok().and_then(|count| datatype.bytes(count));
        let kind = datatype.kind;
        self.moves(kind);
        let content = Content { buffer: receive.buffer, kind };
        (Wanted { source, tag, comm, bytes }, ReceiveBuffer { content, from })
    }

    /// The communicator, the sender and the tag that a receive or a probe asks for.
    pub(super) fn envelope(&mut self, receive: &Incoming) -> (CommId, Open<Rank>, Open<i32>) {
        let (any_source, any_tag) = (self.abi.any_source(), self.abi.any_tag());
        let known = self.communicator(receive.communicator);
        let source = match known.members.in_trace(receive.source) {
            Some(rank) => Open::One(rank),
            None if receive.source == any_source => Open::Any,
            None => Open::None,
        };
        let tag = if receive.tag == any_tag { Open::Any } else { Open::One(receive.tag) };
        (known.id, source, tag)
    }

    /// A receive that begins now.
    pub fn receiving(&mut self, wanted: &Wanted, buffer: ReceiveBuffer) -> Receiving {
        let (any, comm, is_cancelled) = (wanted.any(), wanted.comm, false);
        Receiving { post: self.next_post(), any, is_cancelled, comm, buffer }
    }

    /// Writes down a receive that was posted and will be complete later.
    pub fn post(&mut self, name: &str, wanted: &Wanted, post: Post) {
        self.part.call(&Call::Post(Posted {
            rank: self.part.rank(),
            after: self.part.events(),
            name: name.to_owned(),
            post,
            comm: wanted.comm,
            source: wanted.source.one(),
            tag: wanted.tag.one(),
            bytes: wanted.bytes,
            at: self.current.at,
        }));
    }

    /// The receive of a message that a matched probe has found begins.
    pub fn begin_matched(
        &mut self,
        calling: Calling,
        matched: Matched,
        receive: &Incoming,
    ) -> Receiving {
        let datatype = self.datatypes.of(receive.datatype);
        let bytes = u64::try_from(receive.count).ok().and_then(|count| datatype.bytes(count));
        self.begin_receive(calling, &Wanted { bytes, ..matched.wanted }, receive.count);
        let kind = datatype.kind;
        self.moves(kind);
        let content = Content { buffer: receive.buffer, kind };
        let buffer = ReceiveBuffer { content, from: matched.from };
        let (any, comm) = (matched.wanted.any(), matched.wanted.comm);
        Receiving { post: matched.post, any, is_cancelled: false, comm, buffer }
    }

    /// Records the receive of a message, by its status.
    ///
    /// # Safety
    ///
    /// MPI has filled the status of this receive.
    pub unsafe fn received(&mut self, receiving: &Receiving, status: *mut c_void) {
        // SAFETY: as the caller says.
        let (source, tag) = unsafe { self.abi.source_and_tag(status) };
        if is_cancelled(status) {
            return self.complete(receiving.post, Became::Cancelled, false);
        }
        let Some(peer) = receiving.buffer.from.in_trace(source) else {
            // From `MPI_PROC_NULL`, or from a process of another world.
            return self.complete(receiving.post, Became::Completed, false);
        };
        let more = Details {
            comm: receiving.comm,
            post: Some(receiving.post),
            any: receiving.any,
            bytes: received_bytes(self.abi, status),
            at: self.current.at,
            ..Details::default()
        };
        let t = self.returned();
        let observed = Observed { op: Op::Recv, peer, tag: Tag(tag), t, more };
        self.write(observed, receiving.buffer.content);
    }

    /// Writes a message down; returns the hash of its bytes, where they can be read.
    fn write(&mut self, mut observed: Observed, content: Content) -> Option<u64> {
        let bytes = observed.more.bytes;
        let length = bytes.and_then(|bytes| usize::try_from(bytes).ok());
        // SAFETY: the program has MPI read or write so many bytes there.
        let readable = unsafe { content.bytes(length) };
        let hash = readable.filter(|_| self.keep.has_hash()).map(XxHash3_64::oneshot);
        observed.more.hash = hash;
        self.json.clear();
        match readable {
            Some(bytes) => {
                let raw = Raw { bytes, kind: content.kind, is_python: self.is_python };
                observed.more.cut = self.keep.put(&mut self.json, raw);
            }
            None => payload::put_length(&mut self.json, bytes.unwrap_or(0)),
        }
        self.part.event(observed, &self.json);
        hash
    }

    /// Remembers a message that a matched probe has found.
    pub fn matched(&mut self, message: Handle, probe: &Incoming) {
        if !self.abi.is_no_message(message) {
            let (comm, source, tag) = self.envelope(probe);
            let from = self.communicator(probe.communicator).members.clone();
            let wanted = Wanted { source, tag, comm, bytes: None };
            let post = self.next_post();
            let matched = Matched { post, wanted, from };
            self.messages.insert(self.abi.handle(message), matched);
        }
    }

    /// A message that was probed for and is about to be received; `None` if there is none.
    pub fn take_message(&mut self, message: Handle) -> Option<Matched> {
        self.messages.remove(&self.abi.handle(message))
    }
}

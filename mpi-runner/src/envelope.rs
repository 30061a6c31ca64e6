//! The bytes of a message under MPI: the sender's Lamport time, then the payload as compact JSON.

use ringscope_sim::protocol::Message;
use ringscope_traces::{Payload, Tag};

const CLOCK_BYTES: usize = size_of::<u64>();

/// A message with its sender's Lamport time, as bytes.
pub(crate) fn seal(clock: u64, message: &impl Message) -> Vec<u8> {
    let mut bytes = clock.to_le_bytes().to_vec();
    serde_json::to_writer(&mut bytes, message).expect("a message has a JSON form");
    bytes
}

/// How many of the bytes are the payload's, which is what an eager limit counts.
pub(crate) fn payload_bytes(sealed: &[u8]) -> u64 {
    sealed.len().saturating_sub(CLOCK_BYTES) as u64
}

/// Parses the bytes of a message with that tag into its Lamport time and the message.
///
/// # Errors
///
/// Why they are no such message: something else sends in our communicator.
pub(crate) fn open<M: Message>(tag: Tag, bytes: &[u8]) -> Result<(u64, M), String> {
    let (clock, json) =
        bytes.split_first_chunk::<CLOCK_BYTES>().ok_or("a message without a clock")?;
    let payload: Payload = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let message = M::parse(tag, &payload).map_err(|error| error.to_string())?;
    Ok((u64::from_le_bytes(*clock), message))
}

#[cfg(test)]
mod tests {
    use ringscope_sim::protocol::{Key, MessageOf, Value};
    use ringscope_sim::protocols;

    use super::*;

    type Classic = MessageOf<protocols::Classic>;

    #[test]
    fn what_is_sealed_is_opened_as_the_same() {
        let put = Classic::Put { key: Key(9), value: Value(-100) };
        let sealed = seal(7, &put);
        assert_eq!(payload_bytes(&sealed), put.bytes());
        assert_eq!(open::<Classic>(put.tag(), &sealed), Ok((7, put)));
    }

    #[test]
    fn foreign_bytes_are_refused_with_a_reason() {
        let opened = open::<Classic>(Tag(0), b"short");
        assert_eq!(opened, Err("a message without a clock".into()));
        assert!(open::<Classic>(Tag(0), b"12345678not json").is_err());
        assert!(open::<Classic>(Tag(99), b"12345678null").is_err_and(|words| words.contains("99")));
    }
}

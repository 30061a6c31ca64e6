//! What a trace of version 2 says of a message beside the envelope and the payload.

use serde::{Deserialize, Serialize};

use super::{CommId, PlaceId, Post};

/// What a receive left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Any {
    /// From whom.
    Source,
    /// With which tag.
    Tag,
    /// Both.
    Both,
}

impl Any {
    /// Whether it was open who sends.
    #[must_use]
    pub fn source(self) -> bool {
        matches!(self, Any::Source | Any::Both)
    }

    /// Whether the tag was open.
    #[must_use]
    pub fn tag(self) -> bool {
        matches!(self, Any::Tag | Any::Both)
    }
}

/// What the elements of messages are, as far as it matters whether both ends mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Elements {
    /// Integers of 2 bytes.
    Int2,
    /// Integers of 4 bytes.
    Int4,
    /// Integers of 8 bytes.
    Int8,
    /// Floating-point numbers of 4 bytes.
    Float4,
    /// Floating-point numbers of 8 bytes.
    Float8,
    /// Bytes, characters, and all that the program has made itself.
    Other,
}

/// What is known of the call by which a message was sent or received.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Details {
    /// The communicator.
    #[serde(default, skip_serializing_if = "CommId::is_world")]
    pub comm: CommId,
    /// A number that only the two events of this message have: it stands where the order of the lines would say
    /// otherwise, since receives were posted in another order than they were completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<u64>,
    /// The request, or the receive, in the order of posting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Post>,
    /// What the receive left open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any: Option<Any>,
    /// How many bytes the message has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// A hash of these bytes, where they could be read: two payloads with the same hash are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<u64>,
    /// Of how many of these bytes the payload is, when it was cut: nothing else is known of the rest but its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<u64>,
    /// Where in the source it was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<PlaceId>,
}

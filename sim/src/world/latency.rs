//! How long a message is on its way.

/// A latency model. All times are nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Latency {
    /// Every message takes the same time.
    Constant {
        /// That time.
        ns: u64,
    },
    /// Every time from `low_ns` to `high_ns`, both included, is equally likely.
    Uniform {
        /// The shortest time.
        low_ns: u64,
        /// The longest time.
        high_ns: u64,
    },
    /// The logarithm of the time is normally distributed: most messages are near the median, a few
    /// take very long.
    LogNormal {
        /// Half of the messages take less.
        median_ns: u64,
        /// The standard deviation of the logarithm, 0 to 4.
        sigma: f64,
    },
    /// A fixed time and a cost for each byte of the payload.
    PerByte {
        /// The time of an empty message.
        base_ns: u64,
        /// The cost of a byte.
        byte_ns: u64,
    },
}

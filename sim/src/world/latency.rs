//! How long a message is on its way.
//!
//! Every time is drawn from one ChaCha8 stream, sampled here and nowhere else: the distributions of
//! general crates change between their versions, and a seed is to mean the same forever.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

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

/// No message is on its way for longer than this, about 11 days.
const LONGEST_NS: u64 = 1_000_000_000_000_000;

impl Latency {
    /// A time that few messages exceed: what a queue of messages in flight is laid out for.
    #[must_use]
    pub(super) fn usual_ns(self) -> u64 {
        match self {
            Latency::Constant { ns } => ns,
            Latency::Uniform { high_ns, .. } => high_ns,
            Latency::LogNormal { median_ns, .. } => median_ns.saturating_mul(8),
            Latency::PerByte { base_ns, byte_ns } => {
                base_ns.saturating_add(byte_ns.saturating_mul(64))
            }
        }
    }
}

/// Draws latencies from a seed.
#[derive(Debug, Clone)]
pub struct Sampler {
    model: Latency,
    rng: ChaCha8Rng,
}

impl Sampler {
    /// The times of that model for that seed.
    #[must_use]
    pub fn new(model: Latency, seed: u64) -> Sampler {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Sampler { model, rng: ChaCha8Rng::from_seed(bytes) }
    }

    /// The next message's time in flight, in nanoseconds; its payload's length is asked for only where
    /// the model needs it.
    #[inline]
    pub fn draw(&mut self, bytes: impl FnOnce() -> u64) -> u64 {
        let ns = match self.model {
            Latency::Constant { ns } => ns,
            Latency::Uniform { low_ns, high_ns } => low_ns + self.below(high_ns - low_ns + 1),
            Latency::LogNormal { median_ns, sigma } => self.log_normal(median_ns, sigma),
            Latency::PerByte { base_ns, byte_ns } => {
                base_ns.saturating_add(byte_ns.saturating_mul(bytes()))
            }
        };
        ns.min(LONGEST_NS)
    }

    /// A number below `bound`, by multiplication and shift (Lemire, "Fast random integer generation in
    /// an interval", 2019) without its rejection step: the bias is below 2^-15 for spans of 100 us.
    #[inline]
    fn below(&mut self, bound: u64) -> u64 {
        if bound <= 1 << 32 {
            (u64::from(self.rng.next_u32()) * bound) >> 32
        } else {
            let wide = u128::from(self.rng.next_u64()) * u128::from(bound);
            u64::try_from(wide >> 64).expect("the upper half of a u128 is a u64")
        }
    }

    /// Box and Muller's method, with the mathematics of a library in plain Rust: that of the
    /// platform differs in the last bit from one to the next.
    fn log_normal(&mut self, median_ns: u64, sigma: f64) -> u64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.unit()));
        let angle = 2.0 * std::f64::consts::PI * self.unit();
        let ns = as_f64(median_ns) * libm::exp(sigma * radius * libm::cos(angle));
        saturating_round(ns)
    }

    /// A number in (0, 1], in steps of 2^-53.
    fn unit(&mut self) -> f64 {
        as_f64((self.rng.next_u64() >> 11) + 1) / as_f64(1 << 53)
    }
}

#[expect(clippy::cast_precision_loss, reason = "times and 53-bit draws fit a double's mantissa")]
fn as_f64(value: u64) -> f64 {
    value as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a double saturates, and the caller cuts it to the longest time"
)]
fn saturating_round(value: f64) -> u64 {
    libm::round(value) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_times(model: Latency) -> Vec<u64> {
        let mut sampler = Sampler::new(model, 42);
        (0..6).map(|_| sampler.draw(|| 100)).collect()
    }

    /// These numbers are a promise: a seed means the same on every platform and in every version.
    #[test]
    fn a_seed_means_the_same_times_for_ever() {
        let uniform = Latency::Uniform { low_ns: 50_000, high_ns: 150_000 };
        let wide = Latency::Uniform { low_ns: 1, high_ns: 10_000_000_000 };
        let log_normal = Latency::LogNormal { median_ns: 100_000, sigma: 0.5 };
        insta::assert_debug_snapshot!([
            first_times(uniform),
            first_times(wide),
            first_times(log_normal)
        ]);
    }

    #[test]
    fn uniform_times_reach_both_ends_and_no_further() {
        let mut sampler = Sampler::new(Latency::Uniform { low_ns: 3, high_ns: 5 }, 1);
        let mut seen = [0; 3];
        for _ in 0..300 {
            seen[usize::try_from(sampler.draw(|| 0) - 3).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&count| count > 50), "{seen:?}");
    }

    #[test]
    fn half_of_the_log_normal_times_are_below_the_median() {
        let mut sampler = Sampler::new(Latency::LogNormal { median_ns: 1_000, sigma: 1.0 }, 9);
        let below = (0..10_000).filter(|_| sampler.draw(|| 0) < 1_000).count();
        assert!((4_800..5_200).contains(&below), "{below}");
    }

    #[test]
    fn bytes_cost_what_they_cost() {
        let mut sampler = Sampler::new(Latency::PerByte { base_ns: 7, byte_ns: 2 }, 0);
        assert_eq!(sampler.draw(|| 100), 207);
    }
}

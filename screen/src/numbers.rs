//! Numbers as people read them.

/// A time in the unit that makes it short.
pub fn time(ns: u64) -> String {
    let (unit_ns, unit) = match ns {
        0..1_000 => return format!("{ns} ns"),
        1_000..1_000_000 => (1_000, "us"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    format!("{}.{:03} {unit}", ns / unit_ns, ns % unit_ns / (unit_ns / 1000))
}

/// `1 message`, `2 messages`.
pub fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_reported_in_the_unit_that_makes_it_short() {
        assert_eq!([0, 999, 1_000, 81_250].map(time), ["0 ns", "999 ns", "1.000 us", "81.250 us"]);
        assert_eq!([4_012_345, 61_000_000_000].map(time), ["4.012 ms", "61.000 s"]);
    }
}

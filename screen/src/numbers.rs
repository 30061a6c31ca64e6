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

/// A number that may be huge: `1,204`, `3.1×10^14`, and `over 10^18`, where more were not counted. What it has more digits than that is left out.
pub fn large(count: u64, times: &str) -> String {
    const WHOLE: u64 = 1_000_000;
    const MOST: u64 = 1_000_000_000_000_000_000;
    let digits = count.to_string();
    match count {
        0..WHOLE => with_commas(&digits),
        WHOLE..MOST => {
            let mut leading = digits.chars();
            let (first, second) = (leading.next().unwrap_or('0'), leading.next().unwrap_or('0'));
            format!("{first}.{second}{times}10^{}", digits.len() - 1)
        }
        MOST.. => "over 10^18".to_owned(),
    }
}

fn with_commas(digits: &str) -> String {
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 message`, `2 messages`.
pub fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_as_long_as_it_is_short() {
        let written = |count| large(count, "x");
        assert_eq!([0, 999, 1_000, 999_999].map(written), ["0", "999", "1,000", "999,999"]);
        let huge = [1_000_000, 31_900_000, 999_999_999_999_999_999].map(written);
        assert_eq!(huge, ["1.0x10^6", "3.1x10^7", "9.9x10^17"]);
        assert_eq!([1_000_000_000_000_000_000, u64::MAX].map(written), ["over 10^18"; 2]);
    }

    #[test]
    fn a_time_is_reported_in_the_unit_that_makes_it_short() {
        assert_eq!([0, 999, 1_000, 81_250].map(time), ["0 ns", "999 ns", "1.000 us", "81.250 us"]);
        assert_eq!([4_012_345, 61_000_000_000].map(time), ["4.012 ms", "61.000 s"]);
    }
}

//! Latency models as a scenario writes them: `uniform 50us 150us`.

use std::fmt;
use std::str::FromStr;

use ringscope_traces::text::Plain;

use super::settings::BadValue;
use crate::world::latency::Latency;

/// The forms of a latency model, for messages.
const FORMS: &str =
    "`constant TIME`, `uniform LOW HIGH`, `log-normal MEDIAN SIGMA` or `per-byte BASE TIME`";

/// No message takes longer: 1000 seconds.
const LONGEST_NS: u64 = 1_000_000_000_000;

/// No byte costs more: a second.
const DEAREST_BYTE_NS: u64 = 1_000_000_000;

const UNITS: [(&str, u64); 4] = [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];

impl FromStr for Latency {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Latency, BadValue> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words[..] {
            ["constant", time] => Ok(Latency::Constant { ns: duration(time, LONGEST_NS)? }),
            ["uniform", low, high] => uniform(low, high),
            ["log-normal", median, sigma] => log_normal(median, sigma),
            ["per-byte", base, byte] => Ok(Latency::PerByte {
                base_ns: duration(base, LONGEST_NS)?,
                byte_ns: duration(byte, DEAREST_BYTE_NS)?,
            }),
            _ => Err(BadValue::new(format!("`{}` is no latency", Plain(text)))
                .hint(format!("a latency is {FORMS}"))),
        }
    }
}

fn uniform(low: &str, high: &str) -> Result<Latency, BadValue> {
    let (low_ns, high_ns) = (duration(low, LONGEST_NS)?, duration(high, LONGEST_NS)?);
    if low_ns > high_ns {
        return Err(BadValue::new(format!(
            "the shortest time, {low}, is greater than the longest, {high}"
        ))
        .hint(format!("write `uniform {high} {low}`")));
    }
    Ok(Latency::Uniform { low_ns, high_ns })
}

fn log_normal(median: &str, sigma: &str) -> Result<Latency, BadValue> {
    let median_ns = duration(median, LONGEST_NS)?;
    if median_ns == 0 {
        return Err(BadValue::new("a median of 0 has no logarithm").hint("1ns is the least"));
    }
    let spread = sigma.parse().ok().filter(|sigma| (0.0..=4.0).contains(sigma));
    let Some(spread) = spread else {
        return Err(BadValue::new(format!("`{}` is no sigma", Plain(sigma)))
            .hint("sigma is the standard deviation of the logarithm: 0 to 4, such as 0.5"));
    };
    // Minus nought is in the range, and would be written as such.
    Ok(Latency::LogNormal { median_ns, sigma: if spread == 0.0 { 0.0 } else { spread } })
}

/// A time in whole nanoseconds.
fn duration(text: &str, most_ns: u64) -> Result<u64, BadValue> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let unit_ns = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, ns)| *ns);
    let ns = unit_ns.and_then(|unit_ns| whole_ns(number, unit_ns));
    match ns {
        Some(ns) if ns <= most_ns => Ok(ns),
        Some(_) => Err(BadValue::new(format!("{} is too long", Plain(text)))
            .hint(format!("the longest time here is {}", Time(most_ns)))),
        None => Err(BadValue::new(format!("`{}` is not a time in whole nanoseconds", Plain(text)))
            .hint("a time is a number and ns, us, ms or s, such as 50us or 1.5ms")),
    }
}

/// That many units in nanoseconds, when it comes out even; `u64::MAX` when it is far too much.
fn whole_ns(number: &str, unit_ns: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if [whole, fraction].iter().any(|part| !part.bytes().all(|b| b.is_ascii_digit()))
        || whole.is_empty()
        || fraction.is_empty()
    {
        return None;
    }
    let whole: u64 = whole.parse().unwrap_or(u64::MAX);
    let mut ns = whole.saturating_mul(unit_ns);
    let mut digit_ns = unit_ns;
    for digit in fraction.trim_end_matches('0').bytes() {
        if !digit_ns.is_multiple_of(10) {
            return None;
        }
        digit_ns /= 10;
        ns = ns.saturating_add(u64::from(digit - b'0') * digit_ns);
    }
    Some(ns)
}

/// Nanoseconds in the largest unit in which they are a whole number.
struct Time(u64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |unit: &&(&str, u64)| self.0 != 0 && self.0.is_multiple_of(unit.1);
        let (name, ns) = UNITS.iter().rev().find(fits).unwrap_or(&UNITS[0]);
        write!(f, "{}{name}", self.0 / ns)
    }
}

/// The latency as a scenario writes it.
impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Latency::Constant { ns } => write!(f, "constant {}", Time(ns)),
            Latency::Uniform { low_ns, high_ns } => {
                write!(f, "uniform {} {}", Time(low_ns), Time(high_ns))
            }
            Latency::LogNormal { median_ns, sigma } => {
                write!(f, "log-normal {} {sigma}", Time(median_ns))
            }
            Latency::PerByte { base_ns, byte_ns } => {
                write!(f, "per-byte {} {}", Time(base_ns), Time(byte_ns))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_written_as_it_is_read() {
        for text in
            ["uniform 50us 150us", "constant 0ns", "log-normal 100us 0.5", "per-byte 20us 1ns"]
        {
            assert_eq!(text.parse::<Latency>().expect(text).to_string(), text);
        }
    }

    #[test]
    fn decimals_are_taken_when_they_come_out_in_whole_nanoseconds() {
        assert_eq!(duration("1.5us", LONGEST_NS), Ok(1_500));
        assert_eq!(duration("0.000000001s", LONGEST_NS), Ok(1));
        assert_eq!(duration("2.50ns", LONGEST_NS).ok(), None);
        assert_eq!(duration("2.00ns", LONGEST_NS), Ok(2));
    }

    #[test]
    fn a_time_that_is_none_is_refused() {
        for text in
            ["5", "", "us", ".5us", "5.us", "-5us", "5 us", "1e3us", "1..2us", "99999999999s"]
        {
            assert!(duration(text, LONGEST_NS).is_err(), "{text}");
        }
    }

    #[test]
    fn a_latency_that_is_none_is_told_what_there_is() {
        for text in ["", "gaussian 3", "uniform 2us", "uniform 2us 1us", "log-normal 0ns 1"] {
            assert!(text.parse::<Latency>().is_err(), "{text}");
        }
        for sigma in ["4.5", "-1", "nan", "inf", "x"] {
            assert!(format!("log-normal 1us {sigma}").parse::<Latency>().is_err(), "{sigma}");
        }
        let minus_nought: Latency = "log-normal 1us -0".parse().expect("0 is allowed");
        assert_eq!(minus_nought.to_string(), "log-normal 1us 0");
    }
}

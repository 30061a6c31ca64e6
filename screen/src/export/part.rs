//! Which of a run's events are wanted.

use std::fmt;
use std::str::FromStr;

use crate::failure::Failure;

/// The events from one cursor to another, as `play --at` has them: 0 is before the first event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// How many events are left out at the start.
    pub from: usize,
    /// How many events have happened at its end; `None` is all of them.
    pub to: Option<usize>,
}

impl Part {
    /// The cursors at both ends in a run of so many events; an end beyond the run's is the run's.
    ///
    /// # Errors
    ///
    /// When it begins beyond the end of the run.
    pub fn within(self, events: usize) -> Result<(usize, usize), Failure> {
        if self.from > events {
            return Err(self.beyond(events));
        }
        Ok((self.from, self.to.unwrap_or(events).min(events)))
    }

    /// What to say when the run ends before it.
    pub fn beyond(self, events: usize) -> Failure {
        Failure::about("--events", format!("the run has {events} events"))
            .hint(format!("begin with 0 to {events}, such as --events 0..{events}"))
    }
}

/// As it is typed.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--events {}..", self.from)?;
        self.to.map_or(Ok(()), |to| write!(f, "{to}"))
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Part, String> {
        let cursor = |text: &str| text.parse::<usize>().ok();
        let ends = text.split_once("..").and_then(|(from, to)| {
            let from = if from.is_empty() { Some(0) } else { cursor(from) };
            let to = if to.is_empty() { Some(None) } else { cursor(to).map(Some) };
            from.zip(to)
        });
        match ends {
            Some((from, to)) if to.is_none_or(|to| from <= to) => Ok(Part { from, to }),
            Some(_) => Err("it ends before it begins".to_owned()),
            None => Err("write how many events have happened at both ends: 100..200".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_written_as_its_ends_and_either_may_be_left_out() {
        let part = |text: &str| text.parse::<Part>();
        assert_eq!(part("10..20"), Ok(Part { from: 10, to: Some(20) }));
        assert_eq!(part("..20"), Ok(Part { from: 0, to: Some(20) }));
        assert_eq!(part("10.."), Ok(Part { from: 10, to: None }));
        assert_eq!(part(".."), Ok(Part::default()));
        assert!(part("20..10").is_err_and(|problem| problem.contains("before it begins")));
        for wrong in ["", "7", "a..b", "-1..4", "1..=4"] {
            assert!(part(wrong).is_err_and(|problem| problem.contains("100..200")), "{wrong}");
        }
    }

    #[test]
    fn a_part_may_end_beyond_the_run_but_not_begin_there() {
        assert_eq!(Part { from: 3, to: Some(90) }.within(50).ok(), Some((3, 50)));
        assert_eq!(Part::default().within(0).ok(), Some((0, 0)));
        assert!(Part { from: 51, to: None }.within(50).is_err());
    }
}

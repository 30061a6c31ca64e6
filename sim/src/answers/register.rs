//! What is known of something that commands write, when several of them may be in flight.

/// A moment of the command node: before its first event, or at one of its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct LogicalTime(usize);

impl LogicalTime {
    /// Before the first event.
    pub(super) const START: LogicalTime = LogicalTime(0);
    /// After the last event.
    pub(super) const END: LogicalTime = LogicalTime(usize::MAX);

    /// At the event with that index, from 0.
    pub(super) fn of_event(index: usize) -> LogicalTime {
        LogicalTime(index + 1)
    }

    /// The event's index; `None` before the first.
    pub(super) fn index(self) -> Option<usize> {
        self.0.checked_sub(1)
    }
}

/// From when a command was sent until its reply came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub since: LogicalTime,
    pub until: LogicalTime,
}

/// The writes whose value one that reads may still see.
///
/// A write takes effect at some moment between its being sent and its being acknowledged, and nobody
/// can tell at which: so of writes in flight together, each may be the last.
#[derive(Debug, Clone)]
pub(super) struct Register<T> {
    /// In the order in which they were sent.
    writes: Vec<Write<T>>,
}

/// One write.
#[derive(Debug, Clone, Copy)]
pub(super) struct Write<T> {
    pub value: T,
    pub sent: LogicalTime,
    /// When it was acknowledged for certain.
    done: Option<LogicalTime>,
    /// Since when it is certain that another one, sent after this was done, has taken its place.
    gone: Option<LogicalTime>,
}

impl<T: Copy + PartialEq> Register<T> {
    /// A register that has not been written.
    pub(super) fn new(value: T) -> Register<T> {
        let first =
            Write { value, sent: LogicalTime::START, done: Some(LogicalTime::START), gone: None };
        Register { writes: vec![first] }
    }

    /// A write is sent.
    pub(super) fn send(&mut self, value: T, sent: LogicalTime) {
        self.writes.push(Write { value, sent, done: None, gone: None });
    }

    /// The write that was sent then is acknowledged.
    pub(super) fn done(&mut self, sent: LogicalTime, at: LogicalTime) {
        for write in &mut self.writes {
            if write.sent == sent {
                write.done = Some(at);
            } else if write.gone.is_none() && write.done.is_some_and(|done| done < sent) {
                write.gone = Some(at);
            }
        }
    }

    /// Forgets the values that no read from then on can return.
    pub(super) fn forget(&mut self, horizon: LogicalTime) {
        self.writes.retain(|write| write.gone.is_none_or(|gone| gone > horizon));
    }

    /// The writes that one may see who reads in that span, the last one first.
    pub(super) fn seen(&self, span: Span) -> impl Iterator<Item = &Write<T>> {
        self.writes.iter().rev().filter(move |write| {
            write.sent < span.until && write.gone.is_none_or(|gone| gone > span.since)
        })
    }

    /// Whether one may see that value.
    pub(super) fn may_be(&self, value: T, span: Span) -> bool {
        self.seen(span).any(|write| write.value == value)
    }

    /// Whether nothing else can be seen any more.
    pub(super) fn is_only(&self, value: T) -> bool {
        matches!(self.writes[..], [only] if only.value == value && only.done.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(index: usize) -> LogicalTime {
        LogicalTime::of_event(index)
    }

    fn seen(register: &Register<u32>, since: usize, until: usize) -> Vec<u32> {
        register.seen(Span { since: at(since), until: at(until) }).map(|w| w.value).collect()
    }

    #[test]
    fn of_writes_one_after_the_other_the_last_one_is_seen() {
        let mut register = Register::new(0);
        register.send(1, at(0));
        register.done(at(0), at(1));
        register.send(2, at(2));
        register.done(at(2), at(3));
        assert_eq!(seen(&register, 4, 5), [2]);
        register.forget(at(3));
        assert!(register.is_only(2));
    }

    #[test]
    fn a_write_in_flight_may_be_seen_and_so_may_what_it_replaces() {
        let mut register = Register::new(0);
        register.send(1, at(0));
        assert_eq!(seen(&register, 1, 2), [1, 0]);
        register.done(at(0), at(2));
        assert_eq!(seen(&register, 1, 3), [1, 0], "it was sent before the write was done");
        assert_eq!(seen(&register, 3, 4), [1]);
    }

    #[test]
    fn of_two_writes_in_flight_together_each_may_be_the_last() {
        let mut register = Register::new(0);
        register.send(1, at(0));
        register.send(2, at(1));
        register.done(at(1), at(2));
        register.done(at(0), at(3));
        assert_eq!(seen(&register, 4, 5), [2, 1]);
    }

    #[test]
    fn what_is_sent_after_the_reply_is_not_seen() {
        let mut register = Register::new(0);
        register.send(1, at(2));
        assert_eq!(seen(&register, 0, 1), [0]);
    }
}

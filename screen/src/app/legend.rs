//! What every symbol on the screen means: the first part of the help of a page that shows a run.

use crate::view::symbols::Symbol;

/// Signs that stand for the same, and what that is.
#[derive(Debug, PartialEq, Eq)]
pub struct Sign {
    /// Symbols, each in the form that the terminal has.
    pub symbols: &'static [Symbol],
    /// What is written with letters.
    pub text: &'static str,
    /// What it means, in a sentence.
    pub what: &'static str,
}

/// All signs: those of the ring first, then those of the other panes, then those at the edges.
pub(crate) const LEGEND: &[Sign] = &[
    of(&[Symbol::Active], "A node of the ring, at the place of its storage id."),
    of(
        &[Symbol::Joining],
        "A node that is on its way into the ring; a condition or an invariant that is not met.",
    ),
    of(&[Symbol::Leaving], "A node that is on its way out of the ring."),
    of(&[Symbol::Selected], "The node that is selected, or that the event at the cursor is of."),
    both(
        &[Symbol::Of],
        "r3·500",
        "Rank 3 with the storage id 500. It owns the keys up to 500, from the id of the node before it on.",
    ),
    of(
        &[Symbol::Key],
        "A key, in the colour of who holds it. A stray one is red, with a line to the node that owns it.",
    ),
    of(
        &[Symbol::Command, Symbol::Link, Symbol::LinkDown, Symbol::LinkUp, Symbol::LinkAlong],
        "The command node, and its line to the head.",
    ),
    said("(3)", "The node holds 3 keys."),
    said("500+", "A plus behind a node: its keys are still on their way to it."),
    said(
        "2 a segment",
        "On a ring with more nodes than places: a segment stands for 2 nodes. The list beside it is of the selected node and its neighbours.",
    ),
    said(
        "bar outwards",
        "The longer, the more keys a segment holds; no more than a thin line: none. In yellow: over twice the average.",
    ),
    said(
        "bar inwards",
        "The longer, the more messages a segment has sent and received in the last events, 8 for each node. Bright: over twice the average.",
    ),
    said("most 6, 24", "What the longest bar outwards and the longest one inwards stand for."),
    said("0 .:-=+*%#", "In place of a bar, where there are no dots: from nothing to the most."),
    of(
        &[Symbol::Message],
        "A message in flight, with its name. `100 1/3`: it carries the first of 3 keys.",
    ),
    of(
        &[Symbol::PointsUp, Symbol::PointsDown, Symbol::PointsLeft, Symbol::PointsRight],
        "The head of an arrow from a rank that is blocked to the rank for which it waits; beside a ring of many nodes: which way a message goes.",
    ),
    of(
        &[Symbol::Play],
        "Time runs. On the ring: the command that is being carried out; `+1` says that one more is.",
    ),
    of(&[Symbol::Pause], "Time stands still."),
    of(
        &[Symbol::To, Symbol::From],
        "From the sender to the receiver: a send, or a receive seen from the receiver.",
    ),
    of(&[Symbol::Becomes], "What was, and what is now."),
    of(&[Symbol::Difference], "What the event at the cursor has changed at its node."),
    of(
        &[Symbol::Because],
        "The numbers of the events that caused this one: happens-before, by the nearest.",
    ),
    of(&[Symbol::Cursor], "The row of the event at the cursor; a condition that holds there."),
    of(&[Symbol::Lane], "A lane: what one rank does, from its first event on."),
    of(
        &[Symbol::StartRight, Symbol::StartLeft],
        "A message is sent, to the right or to the left. Its line goes to its receive, and has no head where it is never received.",
    ),
    of(&[Symbol::ReceivedRight, Symbol::ReceivedLeft], "A message is received."),
    of(
        &[Symbol::Collective, Symbol::Enters],
        "A collective operation, when the last rank enters it; its colour is that of its communicator.",
    ),
    of(
        &[Symbol::Incomplete],
        "The same, where ranks of the communicator never enter it: their places are empty.",
    ),
    of(&[Symbol::Inside], "The lane of a rank that is in a collective operation."),
    of(&[Symbol::Probe], "A rank probes for a message; how often in a row is said."),
    of(&[Symbol::Blocked], "A rank is in a call that has not returned when the trace ends."),
    of(&[Symbol::Divider], "What is above has happened, what is below is to come."),
    of(&[Symbol::Concurrent], "Neither event happens before the other: they are concurrent."),
    of(&[Symbol::Good], "It holds."),
    of(&[Symbol::Bad], "It does not hold: an invariant was broken, or the run did not complete."),
    of(
        &[Symbol::Open],
        "Not broken, or not met; beside a bad end it is no success that an invariant was not broken.",
    ),
    of(
        &[Symbol::Stretch, Symbol::EndOfStretch],
        "In the key space: the keys of one owner, up to its id.",
    ),
    said("P G A R", "On the bar of the run: a PUT, a GET, an ADD or a REMOVE is sent there."),
    said("!", "On the bar of the run: an invariant is broken there."),
    both(
        &[Symbol::Times],
        "END×7",
        "Seven messages of one name, which end the run; they take little of the bar.",
    ),
    of(
        &[Symbol::Past, Symbol::Future, Symbol::Head],
        "The bar of the run: what has been, what is to come, and the cursor between them.",
    ),
    of(&[Symbol::Mark], "On the bar of the run: an event that was marked."),
    of(
        &[Symbol::Critical],
        "The critical choice: the last receive before which the run's failure could still be avoided.",
    ),
    of(&[Symbol::Match], "On the bar of the run: an event that was looked for."),
    of(
        &[Symbol::Departure],
        "On the bar of the run: from there on the record does what the protocol does not.",
    ),
    of(
        &[Symbol::Skipped],
        "In the row of a lesson's steps: a question was skipped there. Full dots are done, empty ones are to come.",
    ),
    both(
        &[Symbol::More],
        "COMPL~",
        "Something is left out, for want of room: a name is written as far as it fits.",
    ),
    of(&[Symbol::Thumb], "Which part of a list is seen."),
    of(&[Symbol::Rule], "Between two columns."),
    of(&[Symbol::Shift, Symbol::Up, Symbol::Down], "Keys: shift held down, up and down."),
];

const fn of(symbols: &'static [Symbol], what: &'static str) -> Sign {
    Sign { symbols, text: "", what }
}

/// A sign that is written with letters.
pub(crate) const fn said(text: &'static str, what: &'static str) -> Sign {
    Sign { symbols: &[], text, what }
}

const fn both(symbols: &'static [Symbol], text: &'static str, what: &'static str) -> Sign {
    Sign { symbols, text, what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::symbols::every_symbol;

    #[test]
    fn every_symbol_that_is_ever_drawn_is_explained() {
        for symbol in every_symbol() {
            let times = LEGEND.iter().filter(|sign| sign.symbols.contains(&symbol)).count();
            assert_eq!(times, 1, "{symbol:?}");
        }
    }

    #[test]
    fn what_a_sign_means_is_a_sentence() {
        for Sign { what, .. } in LEGEND {
            assert!(what.ends_with('.') && what.starts_with(char::is_uppercase), "{what}");
        }
    }
}

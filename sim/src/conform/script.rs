//! The command node's script, which a trace does not hold: read off the messages that came of it.

use ringscope_traces::Event;

use crate::protocol::{Command, Meaning, Message as _, Node, Script};

/// The commands among these messages, and whether END is among them too.
pub(super) fn commands<'e, N: Node>(
    messages: impl Iterator<Item = &'e Event>,
) -> (Vec<Command>, bool) {
    let mut commands = Vec::new();
    let mut ends = false;
    for message in messages.filter_map(|event| N::Message::parse(event.tag, &event.data).ok()) {
        match message.meaning() {
            Meaning::Command(command) => commands.push(command),
            Meaning::End => ends = true,
            Meaning::Found(..)
            | Meaning::Absent
            | Meaning::Done(_)
            | Meaning::Refused
            | Meaning::Membership => {}
        }
    }
    (commands, ends)
}

/// The script of which these commands were heard, maybe to its end, and those were sent.
///
/// Where the two differ, those heard count; what was sent after the first difference is of no account,
/// because a command node that does something else is found out there at the latest.
pub(super) fn as_heard((heard, ends): (Vec<Command>, bool), sent: Vec<Command>) -> Script {
    let commands = if sent.starts_with(&heard) && !ends { sent } else { heard };
    commands.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Key;

    fn gets(keys: &[i64]) -> Vec<Command> {
        keys.iter().map(|key| Command::Get { key: Key(*key) }).collect()
    }

    #[test]
    fn what_was_not_heard_yet_follows_what_was() {
        let script = as_heard((gets(&[1, 2]), false), gets(&[1, 2, 3]));
        assert_eq!(script.commands().collect::<Vec<_>>(), gets(&[1, 2, 3]));
    }

    #[test]
    fn where_the_two_differ_what_was_heard_counts() {
        let script = as_heard((gets(&[1, 2]), false), gets(&[1, 7]));
        assert_eq!(script.commands().collect::<Vec<_>>(), gets(&[1, 2]));
    }

    #[test]
    fn nothing_follows_the_end_that_was_heard() {
        let script = as_heard((gets(&[1, 2]), true), gets(&[1, 2, 0]));
        assert_eq!(script.commands().collect::<Vec<_>>(), gets(&[1, 2]));
    }
}

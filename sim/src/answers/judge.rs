//! The bench: a command after the other, a reply after the other, and in the end what is left.

use std::mem;

use ringscope_traces::{Ending, EventIndex, Op, Rank, Trace};

use super::acks::{Acks, Asked};
use super::client::{ClientMessage, classify};
use super::finding::Wrong;
use super::gets::{Get, Gets, WrongAnswer};
use super::model::Model;
use super::register::{LogicalTime, Span};
use super::{AnswersJudgement, CannotJudgeAnswers, LIMIT_IN_FLIGHT};
use crate::conform::{Finding, Letter};
use crate::protocol::{Command, Key, StorageId, Value};
use crate::protocols::ProtocolId;

/// The state of a judgement.
pub(super) struct Judge<'a> {
    trace: &'a Trace,
    /// The protocol whose commands and replies the program has.
    protocol: ProtocolId,
    /// The rank that issues the commands.
    command: Rank,
    /// The places of its events.
    places: Vec<EventIndex>,
    model: Model,
    gets: Gets,
    acks: Acks,
    /// Replies for which no command of their kind waited.
    misfits: Vec<Misfit>,
    /// The event by which END was sent.
    end: Option<LogicalTime>,
    is_lost: bool,
    judgement: AnswersJudgement,
}

/// A reply for which no command of its kind waited.
struct Misfit {
    at: LogicalTime,
    is_answer: bool,
}

impl<'a> Judge<'a> {
    pub(super) fn new(trace: &'a Trace, protocol: ProtocolId, permanent: StorageId) -> Judge<'a> {
        let command = protocol.roles(trace.header.ranks).command;
        Judge {
            trace,
            protocol,
            command,
            places: Vec::new(),
            model: Model::new(permanent),
            gets: Gets::default(),
            acks: Acks::default(),
            misfits: Vec::new(),
            end: None,
            is_lost: false,
            judgement: AnswersJudgement::default(),
        }
    }

    /// Takes the next event of the command node.
    pub(super) fn take(&mut self, place: EventIndex) -> Result<(), CannotJudgeAnswers> {
        let now = LogicalTime::of_event(self.places.len());
        self.places.push(place);
        let event = &self.trace[place];
        match classify(self.protocol, event) {
            None => {}
            Some(Ok(ClientMessage::Command(command))) => self.command(command, now)?,
            Some(Ok(ClientMessage::End)) => self.end(now),
            Some(Ok(ClientMessage::Found(value, owner))) => self.answer((value, owner), now),
            Some(Ok(ClientMessage::Absent)) => self.no_value(now),
            Some(Ok(ClientMessage::Done(pair))) => self.acknowledgement(pair, now),
            Some(Ok(ClientMessage::Refused)) => self.refusal(now),
            Some(Err(bad)) => {
                self.find(now, Wrong::Unreadable(bad));
                match event.op {
                    Op::Send => self.is_lost = true,
                    Op::Recv => self.wrong_answer(WrongAnswer { found: None, at: now }),
                }
            }
        }
        self.settle();
        Ok(())
    }

    /// Whether there was a command that could not be read, so that nothing is known any more.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost
    }

    fn command(&mut self, command: Command, now: LogicalTime) -> Result<(), CannotJudgeAnswers> {
        if self.gets.unclaimed() + self.acks.waiting() >= LIMIT_IN_FLIGHT {
            let index = self.places.len() - 1;
            return Err(CannotJudgeAnswers::InFlight { rank: self.command, index });
        }
        self.judgement.commands += 1;
        if self.end.is_some() {
            self.find(now, Wrong::AfterEnd { got: self.letter(now) });
        }
        match command {
            Command::Get { key } => self.gets.send(key, now),
            Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => {
                let horizon = self.gets.since().unwrap_or(now);
                self.model.send(command, now, horizon);
                self.acks.send(Asked { command, sent: now });
            }
        }
        Ok(())
    }

    fn end(&mut self, now: LogicalTime) {
        match self.end {
            Some(_) => self.find(now, Wrong::AfterEnd { got: self.letter(now) }),
            None => self.end = Some(now),
        }
    }

    fn answer(&mut self, found: (Value, StorageId), now: LogicalTime) {
        if self.gets.receive(found, now, &self.model) {
            self.judgement.answered += 1;
        } else {
            self.wrong_answer(WrongAnswer { found: Some(found), at: now });
        }
    }

    /// A GET is answered: nobody has stored its key.
    fn no_value(&mut self, now: LogicalTime) {
        if self.gets.receive_absence(now, &self.model) {
            self.judgement.answered += 1;
        } else {
            self.wrong_answer(WrongAnswer { found: None, at: now });
        }
    }

    fn wrong_answer(&mut self, wrong: WrongAnswer) {
        if !self.gets.receive_wrong(wrong) {
            self.unasked_answer(wrong);
        }
    }

    fn unasked_answer(&mut self, WrongAnswer { found, at }: WrongAnswer) {
        // It has been reported already that it cannot be read.
        if found.is_some() {
            self.misfits.push(Misfit { at, is_answer: true });
        }
    }

    /// Says what is wrong with the answers of which it is known whose they are.
    fn settle(&mut self) {
        let settled = self.gets.settle(&self.model);
        self.blame(settled);
    }

    fn blame(&mut self, settled: Vec<(Option<Get>, WrongAnswer)>) {
        for (get, wrong) in settled {
            match get {
                Some(get) => self.blame_one(get, wrong),
                None => self.unasked_answer(wrong),
            }
        }
    }

    fn blame_one(&mut self, get: Get, WrongAnswer { found, at }: WrongAnswer) {
        let Some((value, owner)) = found else { return };
        self.judgement.answered += 1;
        let (key, span) = (get.key, get.span(at));
        if !self.model.may_be_put(key, span) {
            return self.find(at, Wrong::NeverPut { key, got: value });
        }
        let may_own = self.model.may_own(owner, key, span);
        // Were both right, it would be one too many of that value.
        if may_own || !self.model.may_find(key, Some(value), span) {
            let expected = self.model.values(key, span);
            self.find(at, Wrong::Value { key, got: value, expected });
        }
        if !may_own {
            let expected = self.model.owners(key, span);
            self.find(at, Wrong::Owner { key, got: owner, expected });
        }
    }

    fn acknowledgement(&mut self, pair: Option<(Key, Value)>, now: LogicalTime) {
        let Some(acknowledged) = self.acks.receive(pair, now) else {
            self.misfits.push(Misfit { at: now, is_answer: false });
            return;
        };
        for Asked { command, sent } in acknowledged.done {
            self.model.done(command, sent, now);
        }
        if let Some((put, sent)) = acknowledged.misnamed.and_then(with_index) {
            self.find(now, Wrong::OtherPair { got: self.letter(now), put, sent });
        }
    }

    /// A command is not done: what it would have written may be there or not, as while it is in flight.
    fn refusal(&mut self, now: LogicalTime) {
        if self.acks.receive(None, now).is_none() {
            self.misfits.push(Misfit { at: now, is_answer: false });
        }
    }

    /// When there are no more events: what there is to say.
    pub(super) fn close(
        mut self,
        ending: Option<&Ending>,
    ) -> Result<AnswersJudgement, CannotJudgeAnswers> {
        if self.end.is_none() && self.judgement.commands == 0 && !self.is_lost {
            return Err(CannotJudgeAnswers::NoCommand { rank: self.command });
        }
        let settled =
            self.gets.close(|get| may_have_no_reply(&self.model, get.asked()), &self.model);
        self.blame(settled);
        let mut left = self.left();
        self.judge_misfits(&mut left);
        let none_is_left = left.is_empty();
        if !self.is_lost {
            self.judge_left(left, ending);
        }
        self.judgement.findings.sort_by_key(|finding| finding.index);
        if none_is_left && !self.is_lost && self.end.is_none() && must_end(ending) {
            let (rank, index) = (self.command, self.places.len());
            let no_end = Finding { rank, index, event: None, what: Wrong::NoEnd };
            self.judgement.findings.push(no_end);
        }
        Ok(self.judgement)
    }

    /// The commands without a reply, in the order in which they were sent.
    fn left(&mut self) -> Vec<Asked> {
        let mut left = self.acks.left();
        left.extend(self.gets.waiting().map(Get::asked));
        left.sort_by_key(|asked| asked.sent);
        left
    }

    /// A reply for which no command of its kind waited is that of one that has none, of the other kind.
    fn judge_misfits(&mut self, left: &mut Vec<Asked>) {
        for Misfit { at, is_answer } in mem::take(&mut self.misfits) {
            let got = self.letter(at);
            let takes_it =
                |asked: &Asked| wants_answer(asked.command) != is_answer && asked.sent < at;
            let asked = left.iter().rposition(takes_it).map(|index| left.remove(index));
            let what = match asked.and_then(with_index) {
                Some((command, sent)) => Wrong::WrongKind { got, command, sent },
                None => Wrong::Unasked { got },
            };
            self.find(at, what);
        }
    }

    fn judge_left(&mut self, mut left: Vec<Asked>, ending: Option<&Ending>) {
        // That a command was sent after END is wrong, and not that nobody replies.
        left.retain(|asked| self.end.is_none_or(|end| asked.sent < end));
        for asked in left {
            let finding = self.finding(asked.sent, Wrong::NoReply { command: asked.command });
            if may_have_no_reply(&self.model, asked) {
                self.judgement.silent += 1;
            } else if is_over(ending) {
                self.judgement.findings.push(finding);
            } else {
                self.judgement.open.push(finding);
            }
        }
    }

    fn find(&mut self, at: LogicalTime, what: Wrong) {
        let finding = self.finding(at, what);
        self.judgement.findings.push(finding);
    }

    fn finding(&self, at: LogicalTime, what: Wrong) -> Finding<Wrong> {
        let (index, place) = self.place(at);
        Finding { rank: self.command, index, event: Some(place.0), what }
    }

    fn letter(&self, at: LogicalTime) -> Letter {
        let (_, place) = self.place(at);
        Letter::named(&self.trace[place], self.protocol)
    }

    fn place(&self, at: LogicalTime) -> (usize, EventIndex) {
        let index = at.index().expect("nothing is said before the first event");
        (index, self.places[index])
    }
}

/// The owner of a key that it does not hold stays silent.
fn may_have_no_reply(model: &Model, Asked { command, sent }: Asked) -> bool {
    match command {
        Command::Get { key } => {
            model.may_find(key, None, Span { since: sent, until: LogicalTime::END })
        }
        Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => false,
    }
}

fn with_index(asked: Asked) -> Option<(Command, usize)> {
    Some((asked.command, asked.sent.index()?))
}

fn wants_answer(command: Command) -> bool {
    match command {
        Command::Get { .. } => true,
        Command::Put { .. } | Command::Add { .. } | Command::Remove { .. } => false,
    }
}

/// Whether nothing more can come.
fn is_over(ending: Option<&Ending>) -> bool {
    match ending {
        Some(Ending::Completed | Ending::Deadlock | Ending::Livelock | Ending::Crashed { .. }) => {
            true
        }
        Some(Ending::Stopped) | None => false,
    }
}

/// Whether the command node has had the time to send END: a crash may come before.
fn must_end(ending: Option<&Ending>) -> bool {
    match ending {
        Some(Ending::Completed | Ending::Deadlock | Ending::Livelock) => true,
        Some(Ending::Crashed { .. } | Ending::Stopped) | None => false,
    }
}

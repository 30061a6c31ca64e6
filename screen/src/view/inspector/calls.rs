//! A rank of a program of which no protocol is known: the call that it is in, what is wrong with it, its source there, and what
//! it called before.

use ringscope_traces::calls::{Call, LastCall, Place, PlaceId};
use ringscope_traces::words::nth as in_order;
use ringscope_traces::{EventIndex, Rank};

use super::super::call_words;
use super::super::lines::{LabelledLine, line};
use super::super::pen::fitted;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::super::words;
use super::mail;
use crate::numbers;
use crate::timeline::{Moment, TimedCall};

/// How many of the last calls are listed.
const MOST_CALLS: usize = 40;

/// How many events are gone through for the last ones of a rank.
const FARTHEST: usize = 20_000;

/// How many lines of the source stand before and behind the one of the call.
const AROUND: usize = 3;

/// What there is to say of a rank.
pub(super) fn of_rank(scene: &Scene<'_>, rank: Rank, width: u16) -> (String, Vec<LabelledLine>) {
    let theme = &scene.look.theme;
    let mut lines = Vec::new();
    let here = here(scene, rank);
    if let Some(here) = &here {
        let style = if here.is_blocked { theme.warning() } else { theme.text() };
        lines.push(line(if here.is_inside { "in" } else { "after" }, here.what.clone(), style));
    }
    lines.extend(wrong(scene, rank));
    lines.extend(
        here.and_then(|here| here.place).map(|at| source(scene, at, width)).unwrap_or_default(),
    );
    lines.extend(last_calls(scene, rank));
    lines.extend(mail(scene, rank));
    (words::rank(rank), lines)
}

/// Where a rank stands.
struct Here {
    what: String,
    place: Option<PlaceId>,
    is_inside: bool,
    /// Whether it never returns.
    is_blocked: bool,
}

fn here(scene: &Scene<'_>, rank: Rank) -> Option<Here> {
    let (calls, now) = (scene.app.timeline.calls(), scene.app.view.moment());
    let blocked = calls.blocked_in(rank).filter(|_| has_made_last(scene, rank, now));
    if let Some(last) = blocked {
        return Some(in_last(scene, rank, last));
    }
    if let Some(at) = calls.collective_of(rank, now) {
        let collective = calls.collectives().get(at)?;
        let entered = collective.entered.iter().find(|one| one.rank == rank)?;
        return Some(Here {
            what: nth_of(scene, rank, at),
            place: entered.enter.at,
            is_inside: true,
            is_blocked: !entered.has_left,
        });
    }
    let last = steps(scene, rank).into_iter().next()?;
    Some(Here { what: last.what, place: last.place, is_inside: false, is_blocked: false })
}

/// Whether the run has come to the last call of a rank.
fn has_made_last(scene: &Scene<'_>, rank: Rank, now: Moment) -> bool {
    let made = scene.app.timeline.calls().of_rank(rank, now);
    made.iter().rev().take(2).any(|one| matches!(one.call, Call::Last(_)))
}

fn in_last(scene: &Scene<'_>, rank: Rank, last: &LastCall) -> Here {
    let calls = scene.app.timeline.calls();
    let at = call_words::at(calls, last.at);
    let collective = calls.collective_of(rank, scene.app.view.moment());
    let what = match collective.filter(|_| last.number.is_some()) {
        Some(at) => nth_of(scene, rank, at),
        None => format!("{}{at}", call_words::last_call(last)),
    };
    Here { what, place: last.at, is_inside: true, is_blocked: true }
}

/// `MPI_Allreduce, its 3rd (a.c:17)`, and for whom it waits.
fn nth_of(scene: &Scene<'_>, rank: Rank, at: usize) -> String {
    let (calls, now) = (scene.app.timeline.calls(), scene.app.view.moment());
    let Some(collective) = calls.collectives().get(at) else { return String::new() };
    let own = collective.entered.iter().find(|one| one.rank == rank);
    let nth = own.and_then(|own| own.enter.nth);
    let nth = nth.map(|nth| format!(", its {}", in_order(nth))).unwrap_or_default();
    let place = own.and_then(|own| own.enter.at);
    let later = collective.entered.iter().filter(|one| one.moment > now).map(|one| one.rank);
    let awaited: Vec<Rank> = later.chain(collective.missing.iter().copied()).collect();
    let awaited = match awaited.is_empty() {
        true => String::new(),
        false => format!(", not entered yet by {}", call_words::ranks(&awaited)),
    };
    let name = words::plain(&collective.name);
    let on = call_words::on(collective.comm);
    format!("{name}{on}{nth}{}{awaited}", call_words::at(calls, place))
}

/// What the diagnosis says of the rank, once the run has come to its end.
fn wrong(scene: &Scene<'_>, rank: Rank) -> Option<LabelledLine> {
    let diagnosed = scene.app.timeline.diagnosed().filter(|_| scene.app.is_at_end())?;
    let verdicts = &diagnosed.diagnosis.verdicts;
    let of_rank = verdicts.iter().find(|verdict| verdict.ranks.contains(&rank))?;
    // The first stands on the card.
    let is_on_card = verdicts.first() == Some(of_rank) && scene.verdict.is_some();
    let line = line("wrong", words::plain(&of_rank.says), scene.look.theme.bad());
    (!is_on_card).then_some(line)
}

/// The source round a place.
fn source(scene: &Scene<'_>, at: PlaceId, width: u16) -> Vec<LabelledLine> {
    let theme = &scene.look.theme;
    let Some(place) = scene.app.timeline.calls().place(Some(at)) else { return Vec::new() };
    let name = words::plain(&place.file);
    match scene.app.sources.lines(&place.file).as_deref() {
        None => vec![line("source", place.to_string(), theme.text())],
        Some(Err(why)) => {
            vec![line("source", format!("{name}: {}", words::plain(why)), theme.faint())]
        }
        Some(Ok(text)) => {
            let head = line("source", place.to_string(), theme.text());
            std::iter::once(head).chain(excerpt(scene, place, (text, width))).collect()
        }
    }
}

fn excerpt(scene: &Scene<'_>, place: &Place, (text, width): (&[String], u16)) -> Vec<LabelledLine> {
    let theme = &scene.look.theme;
    let Some(number) = place.line.map(|line| line as usize) else { return Vec::new() };
    if number == 0 || number > text.len() {
        let what = format!("the file has {} lines now: it has changed", text.len());
        return vec![line("", what, theme.warning())];
    }
    let first = number.saturating_sub(AROUND + 1);
    let last = (number + AROUND).min(text.len());
    let shown = text[first..last].iter().enumerate().map(|(index, words)| {
        let own = first + index + 1;
        let mark = if own == number { scene.symbol(Symbol::Cursor) } else { " " };
        let style = if own == number { theme.name() } else { theme.faint() };
        let words = words.replace('\t', "    ");
        let text = format!("{mark}{own:>4}  {}", words::plain(words.trim_end()));
        line("", fitted(&text, width.into()), style)
    });
    shown.collect()
}

/// Something that a rank did, at a place.
struct Step {
    moment: Moment,
    what: String,
    place: Option<PlaceId>,
}

/// What the rank did last, the latest first.
fn steps(scene: &Scene<'_>, rank: Rank) -> Vec<Step> {
    let (timeline, now) = (&scene.app.timeline, scene.app.view.moment());
    let calls = timeline.calls();
    let made = calls.of_rank(rank, now).iter().rev().filter(|one| is_told(&one.call));
    let made = made.take(MOST_CALLS).map(|one| of_call(scene, rank, one));
    let is_its = |at: &EventIndex| timeline.info(*at).rank == rank;
    let before = (0..scene.app.view.cursor).rev().take(FARTHEST).map(EventIndex);
    let last = before.into_iter().find(is_its);
    let events = std::iter::successors(last, |at| timeline.previous(*at)).take(MOST_CALLS);
    let events = events.filter_map(|at| of_event(scene, at));
    let mut steps: Vec<Step> = made.chain(events).collect();
    steps.sort_by_key(|step| std::cmp::Reverse(step.moment));
    steps.truncate(MOST_CALLS);
    steps
}

/// Whether a line is a call: the others say how one ended, or repeat another.
fn is_told(call: &Call) -> bool {
    match call {
        Call::Enter(_)
        | Call::Post(_)
        | Call::Probe(_)
        | Call::Fail(_)
        | Call::Misuse(_)
        | Call::Exception(_)
        | Call::Died(_) => true,
        Call::Exit(exit) => exit.code != 0,
        Call::Place(_)
        | Call::Address(_)
        | Call::Communicator(_)
        | Call::Leave(_)
        | Call::Complete(_)
        | Call::Last(_) => false,
    }
}

fn of_call(scene: &Scene<'_>, rank: Rank, one: &TimedCall) -> Step {
    let place = match &one.call {
        Call::Enter(enter) => enter.at,
        Call::Post(post) => post.at,
        Call::Probe(probe) => probe.at,
        Call::Fail(failure) => failure.at,
        Call::Misuse(misuse) => misuse.at,
        Call::Exception(exception) => exception.at,
        Call::Last(last) => last.at,
        Call::Complete(complete) => complete.at,
        Call::Place(_)
        | Call::Address(_)
        | Call::Communicator(_)
        | Call::Leave(_)
        | Call::Exit(_)
        | Call::Died(_) => None,
    };
    let texts =
        call_words::of_rank(scene.app.timeline.calls(), rank, &one.call, scene.look.symbols);
    let what = texts.into_iter().nth(1).unwrap_or_default();
    Step { moment: one.moment, what, place }
}

fn of_event(scene: &Scene<'_>, at: EventIndex) -> Option<Step> {
    let timeline = &scene.app.timeline;
    let event = timeline.event(at)?;
    let what = call_words::message(timeline.calls(), &event, &words::tag(scene.app, event.tag));
    let place = event.more.as_ref().and_then(|more| more.at);
    Some(Step { moment: Moment { cursor: at.0 + 1, t: 0 }, what, place })
}

/// The rank's last calls, the latest first.
fn last_calls(scene: &Scene<'_>, rank: Rank) -> Vec<LabelledLine> {
    let theme = &scene.look.theme;
    let steps = steps(scene, rank);
    let left_out = scene.app.timeline.calls().left_out();
    let left_out = (left_out > 0).then(|| {
        let what = numbers::counted(left_out, "call");
        line("", format!("{what} of this run are not shown: too many"), theme.warning())
    });
    let lines = steps.into_iter().enumerate().map(|(index, step)| {
        let (label, style) =
            if index == 0 { ("calls", theme.text()) } else { (NEXT, theme.text()) };
        line(label, step.what, style)
    });
    lines.chain(left_out).collect()
}

/// The label of a line that goes on with what stands above it.
const NEXT: &str = " ";

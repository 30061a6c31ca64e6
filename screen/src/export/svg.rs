//! A space-time diagram as a vector picture, for a slide: a lane a rank, time goes down, an arrow a
//! message.
//!
//! What it is drawn with is what programs for slides take in, too: attributes and no style sheet,
//! polygons and no markers, one family of fonts that everybody has.

mod calls;
mod pen;
mod plan;

use std::collections::BTreeSet;
use std::io::Write;

use ringscope_sim::protocol::{StorageId, Viewed as _};
use ringscope_traces::text::{Plain, Short};
use ringscope_traces::{EventIndex, Rank};

use super::names::MessageKind;
use super::{ExportError, Part, Reel};
use pen::{Along, Anchor, Extent, Fill, Segment, Stroke, SvgPen, SvgPoint, Text};
use plan::{Arrow, Fate, Plan};

/// The most events of a picture: more are on no slide, and no page.
const MOST_EVENTS: usize = 500;

/// The most lanes of a picture.
const MOST_LANES: usize = 40;

/// The ground, what is written, what may be read over, and what is wrong.
const PAPER: u32 = 0xff_ff_ff;
const INK: u32 = 0x1c_24_30;
const FAINT: u32 = 0x6b_75_83;
const BAD: u32 = 0xc8_1e_1e;

/// The most violations that are listed below the lanes.
const MOST_REMARKS: usize = 3;

/// Writes the picture.
pub(super) fn write(reel: &mut Reel<'_>, sink: &mut dyn Write) -> Result<(), ExportError> {
    reel.refuse_more_than(MOST_EVENTS, "svg", "a picture is read with")?;
    let lanes = lanes(reel)?;
    let arrows = plan::arrows(reel);
    let remarks = remarks(reel);
    let plan = Plan::new(reel, lanes, arrows, remarks.len());
    let mut pen = SvgPen::new(plan.size, &title(reel), &reel.about());
    draw_heading(reel, &plan, &mut pen);
    draw_lanes(reel, &plan, &mut pen);
    draw_numbers(&plan, &mut pen);
    plan.arrows.iter().for_each(|arrow| draw_arrow(&plan, arrow, &mut pen));
    draw_labels(&plan, &mut pen);
    calls::draw(reel, &plan, &mut pen);
    draw_dots(reel, &plan, &mut pen);
    draw_remarks(&plan, &remarks, &mut pen);
    draw_legend(&plan, &mut pen);
    Ok(sink.write_all(pen.finish().as_bytes())?)
}

/// The ranks of the part's messages, in ring order.
fn lanes(reel: &Reel<'_>) -> Result<Vec<Rank>, ExportError> {
    let mut busy = BTreeSet::new();
    for at in (reel.from..reel.to).map(EventIndex) {
        let info = reel.timeline().info(at);
        busy.extend([info.rank, info.peer]);
        if busy.len() > MOST_LANES {
            let what = format!(
                "a picture has room for {MOST_LANES} ranks: there are more by event {}",
                at.0 + 1
            );
            let part = Part { from: reel.from, to: Some(at.0) };
            return Err(ExportError::too_much("svg", what, &part));
        }
    }
    if busy.is_empty() {
        busy.extend((0..reel.timeline().header().ranks.min(8)).map(Rank));
    }
    let collectives = reel.timeline().calls().collectives().iter();
    let entered: BTreeSet<Rank> =
        collectives.flat_map(|one| one.entered.iter().map(|one| one.rank)).collect();
    if busy.union(&entered).count() <= MOST_LANES {
        busy.extend(entered);
    }
    let order = reel.in_ring_order(reel.to);
    Ok(order.into_iter().filter(|rank| busy.contains(rank)).collect())
}

fn title(reel: &Reel<'_>) -> String {
    let name = reel.name();
    match (reel.from, reel.to == reel.timeline().len()) {
        (0, true) => name,
        (from, _) => format!("{name}, events {} to {}", from + 1, reel.to),
    }
}

/// What is said below the lanes: what went wrong where, and how the run ended.
fn remarks(reel: &Reel<'_>) -> Vec<(u32, String)> {
    let violations = reel.timeline().violations().iter();
    let wrong = violations.filter(|violation_at| (reel.from..reel.to).contains(&violation_at.at.0));
    let wrong = wrong.take(MOST_REMARKS).map(|violation_at| {
        (BAD, format!("event {}: {}", violation_at.at.0 + 1, violation_at.violation.what))
    });
    let why =
        reel.timeline().explanation().map(|why| format!(": {}", why.facts)).unwrap_or_default();
    let ending = reel.ending().map(|ending| (INK, format!("the run ended: {ending}{why}")));
    let diagnosed = reel.ending().and(reel.timeline().diagnosed()).into_iter();
    let verdicts = diagnosed.flat_map(|all| &all.diagnosis.verdicts).take(MOST_REMARKS);
    let verdicts = verdicts.map(|verdict| (BAD, verdict.says.clone()));
    wrong.chain(ending).chain(verdicts).collect()
}

fn draw_heading(reel: &Reel<'_>, plan: &Plan, pen: &mut SvgPen) {
    let text = |size, color| Text { size, color, is_bold: size > 20.0, anchor: Anchor::Start };
    pen.text(SvgPoint(plan.left, 46.0), &title(reel), text(26.0, INK));
    pen.text(SvgPoint(plan.left, 70.0), &reel.about(), text(15.0, FAINT));
}

/// Each lane with its head: the rank, and what it is to the ring.
fn draw_lanes(reel: &Reel<'_>, plan: &Plan, pen: &mut SvgPen) {
    const HEAD: Extent = Extent { width: 96.0, height: 44.0 };
    const LINE: u32 = 0xc4_ca_d2;
    let text = |size, color, is_bold| Text { size, color, is_bold, anchor: Anchor::Middle };
    let colors = colors(reel);
    for (lane, rank) in plan.lanes.iter().enumerate() {
        let (x, color) = (plan.x(lane), colors.of(*rank));
        let top = plan.top - 62.0;
        let (start, end) = (SvgPoint(x, top + HEAD.height), SvgPoint(x, plan.bottom));
        pen.line(Segment { start, end }, Stroke::thin(LINE, 2.0));
        let left = x - HEAD.width / 2.0;
        pen.rect(SvgPoint(left, top), HEAD, Fill { inside: 0xf4_f6_f8, edge: LINE });
        let foot = SvgPoint(left, top + HEAD.height - 5.0);
        pen.rect(foot, Extent { height: 5.0, ..HEAD }, Fill { inside: color, edge: color });
        pen.text(SvgPoint(x, top + 18.0), &format!("rank {rank}"), text(15.0, INK, true));
        pen.text(SvgPoint(x, top + 34.0), &colors.place_of(*rank, reel), text(12.0, FAINT, false));
    }
}

/// The nodes of the ring at the end of the part.
struct Colors {
    by_rank: Vec<(Rank, u32)>,
    ids: Vec<Option<StorageId>>,
}

/// The owners' colours.
fn colors(reel: &Reel<'_>) -> Colors {
    let snapshot = reel.timeline().snapshot(reel.to);
    let Some(states) = snapshot.states else {
        return Colors { by_rank: Vec::new(), ids: Vec::new() };
    };
    let owners = states.ring.owners().iter();
    let colors =
        owners.filter_map(|member| Some((member.rank, reel.app.colors.on_paper(member.rank)?)));
    let ids = states.nodes.iter().map(|node| node.view().id).collect();
    Colors { by_rank: colors.collect(), ids }
}

impl Colors {
    fn of(&self, rank: Rank) -> u32 {
        let found = self.by_rank.iter().find(|(owner, _)| *owner == rank);
        found.map_or(0x9a_a3_ae, |(_, color)| *color)
    }

    /// What a rank is, below its name.
    fn place_of(&self, rank: Rank, reel: &Reel<'_>) -> String {
        let id = self.ids.get(rank.index()).copied().flatten();
        match (reel.names.role(rank), id) {
            (Some(role), _) => role.to_owned(),
            (None, Some(id)) => format!("id {id}"),
            (None, None) => String::new(),
        }
    }
}

/// Events by the numbers that the screen has for them, each where its row is the first of that number.
fn draw_numbers(plan: &Plan, pen: &mut SvgPen) {
    let text = Text { size: 11.0, color: FAINT, is_bold: false, anchor: Anchor::End };
    let mut last = f64::NEG_INFINITY;
    for (at, y) in &plan.rows {
        if plan.y(*y) - last >= 14.0 {
            last = plan.y(*y);
            pen.text(SvgPoint(plan.x(0) - 62.0, last + 4.0), &(at.0 + 1).to_string(), text);
        }
    }
}

fn draw_arrow(plan: &Plan, arrow: &Arrow, pen: &mut SvgPen) {
    let segment = plan.ends(arrow);
    let stroke = stroke(arrow.kind);
    if arrow.is_to_itself() {
        pen.bow(segment, stroke);
        return;
    }
    match arrow.fate {
        Fate::Received => pen.arrow(segment, stroke),
        Fate::UnderWay => pen.arrow(segment, Stroke { dash: Some("2 4"), ..stroke }),
        Fate::Never => {
            pen.line(segment, Stroke { dash: Some("2 4"), ..stroke });
            pen.cross(segment.end, BAD);
        }
    }
}

/// Kinds are told apart by their colours and by how they are drawn.
fn stroke(kind: MessageKind) -> Stroke {
    match kind {
        MessageKind::Command => Stroke { color: 0x00_5f_9e, width: 2.2, dash: None },
        MessageKind::Answer => Stroke { color: 0x00_7a_58, width: 2.2, dash: Some("8 4") },
        MessageKind::Membership => Stroke { color: 0xb8_4a_00, width: 2.8, dash: None },
        MessageKind::Other => Stroke { color: 0x46_52_62, width: 2.2, dash: None },
    }
}

fn draw_dots(reel: &Reel<'_>, plan: &Plan, pen: &mut SvgPen) {
    let wrong: BTreeSet<EventIndex> =
        reel.timeline().violations().iter().map(|one| one.at).collect();
    for (at, y) in &plan.rows {
        let Some(lane) = plan.lane(reel.timeline().info(*at).rank) else { continue };
        let center = SvgPoint(plan.x(lane), plan.y(*y));
        pen.dot(center, 4.5, INK);
        if wrong.contains(at) {
            pen.ring(center, 9.5, BAD);
        }
    }
}

/// The labels along the arrows, each where it lies on no other if there is such a place.
fn draw_labels(plan: &Plan, pen: &mut SvgPen) {
    const PLACES: [f64; 7] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
    let mut taken: Vec<(f64, f64, f64, f64)> = Vec::new();
    for arrow in &plan.arrows {
        let segment = plan.ends(arrow);
        let Segment { start, end } = segment;
        let label = fitted(&arrow.label, start.distance(end));
        let width = pen::width(&label, LABEL_SIZE);
        let boxed = |part: f64| {
            let at = segment.at(part);
            (at.0 - width / 2.0, at.1 - 16.0, at.0 + width / 2.0, at.1 + 2.0)
        };
        let is_free = |one: &(f64, f64, f64, f64)| {
            taken.iter().all(|other| {
                one.2 < other.0 || other.2 < one.0 || one.3 < other.1 || other.3 < one.1
            })
        };
        let part = PLACES.into_iter().find(|part| is_free(&boxed(*part))).unwrap_or(PLACES[0]);
        taken.push(boxed(part));
        let text = Text {
            size: LABEL_SIZE,
            color: stroke(arrow.kind).color,
            is_bold: false,
            anchor: Anchor::Middle,
        };
        if arrow.is_to_itself() {
            let beside = SvgPoint(start.0 + 34.0, (start.1 + end.1) / 2.0 + 4.0);
            pen.text(beside, &label, Text { anchor: Anchor::Start, ..text });
        } else {
            pen.text_along(Along { segment, part }, &label, text);
        }
    }
}

/// A label as far as its arrow is long.
fn fitted(label: &str, length: f64) -> String {
    /// What is left free for the dots and the head.
    const ENDS: f64 = 44.0;
    /// A label is shown as far as that, however short the arrow is.
    const LEAST_CHARS: usize = 10;
    let each = pen::width("m", LABEL_SIZE);
    let fitting = (1..label.len()).take_while(|chars| *chars as f64 * each < length - ENDS).count();
    Short { value: label, limit_chars: fitting.max(LEAST_CHARS) }.to_string()
}

/// The size of the labels of messages.
const LABEL_SIZE: f64 = 13.0;

fn draw_remarks(plan: &Plan, remarks: &[(u32, String)], pen: &mut SvgPen) {
    const SIZE: f64 = 14.0;
    let room = plan.size.width - 2.0 * plan.left;
    let is_too_long = |chars: &usize| *chars as f64 * pen::width("m", SIZE) > room;
    let limit_chars = (1..).find(is_too_long).unwrap_or(1) - 1;
    let mut y = plan.bottom + 34.0;
    for (color, text) in remarks {
        let text = Short { value: Plain(text), limit_chars }.to_string();
        let style = Text { size: SIZE, color: *color, is_bold: false, anchor: Anchor::Start };
        pen.text(SvgPoint(plan.left, y), &text, style);
        y += plan::REMARK_HEIGHT;
    }
}

/// Where the arrow of a kind is shown in the legend.
fn sample(x: f64, y: f64) -> Segment {
    Segment { start: SvgPoint(x, y - 4.0), end: SvgPoint(x + 44.0, y - 4.0) }
}

/// What the kinds of arrows are, of those that are there.
fn draw_legend(plan: &Plan, pen: &mut SvgPen) {
    let (mut x, y) = (plan.left, plan.size.height - 26.0);
    let text = Text { size: 13.0, color: INK, is_bold: false, anchor: Anchor::Start };
    let kinds: BTreeSet<MessageKind> = plan.arrows.iter().map(|arrow| arrow.kind).collect();
    for (kind, _, name) in MessageKind::ALL.into_iter().filter(|(kind, ..)| kinds.contains(kind)) {
        pen.arrow(sample(x, y), stroke(kind));
        pen.text(SvgPoint(x + 54.0, y), name, text);
        x += 54.0 + pen::width(name, 13.0) + 32.0;
    }
    let fates: BTreeSet<Fate> = plan.arrows.iter().map(|arrow| arrow.fate).collect();
    let dotted = Stroke { dash: Some("2 4"), ..stroke(MessageKind::Other) };
    for (fate, name) in Fate::TOLD.into_iter().filter(|(fate, _)| fates.contains(fate)) {
        let ends = sample(x, y);
        if fate == Fate::Never {
            pen.line(ends, dotted);
            pen.cross(ends.end, BAD);
        } else {
            pen.arrow(ends, dotted);
        }
        pen.text(SvgPoint(x + 58.0, y), name, text);
        x += 58.0 + pen::width(name, 13.0) + 32.0;
    }
    let hint = "dots are events, numbered as on the screen; time goes down";
    let right = Text { color: FAINT, anchor: Anchor::End, ..text };
    if x + pen::width(hint, 13.0) + 20.0 < plan.size.width - plan.left {
        pen.text(SvgPoint(plan.size.width - plan.left, y), hint, right);
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::testing::{HOSTILE, HUNG, endless, exported, exported_from};
    use super::*;

    #[test]
    fn a_small_run_is_a_picture_of_lanes_and_arrows() {
        assert_snapshot!(exported("svg", "get-missing", Part::default()));
    }

    #[test]
    fn the_calls_of_a_recorded_program_stand_among_its_messages() {
        assert_snapshot!(exported_from("svg", HUNG, Part::default()).expect("it can be carried"));
    }

    #[test]
    fn no_text_of_a_trace_is_markup() {
        let picture = exported_from("svg", HOSTILE, Part::default()).expect("it can be carried");
        assert!(!picture.contains("<script") && !picture.contains("<img"), "{picture}");
        assert!(picture.contains("never received"));
    }

    #[test]
    fn a_picture_that_nobody_could_read_is_refused_with_a_part_that_can_be() {
        let trace = endless(300);
        let refused = exported_from("svg", &trace, Part::default()).expect_err("too long");
        assert!(refused.contains("600 events are too many"), "{refused}");
        assert!(refused.contains("--events 0..500"), "{refused}");
        let part = Part { from: 0, to: Some(500) };
        assert!(exported_from("svg", &trace, part).is_ok());
    }
}

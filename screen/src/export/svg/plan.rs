//! What is where on the picture.

use std::collections::BTreeMap;

use ringscope_traces::{EventIndex, Op, Rank};

use super::super::Reel;
use super::super::names::MessageKind;
use super::pen::{Extent, Segment, SvgPoint};
use crate::timeline::{CallRow, EventInfo};

/// The shape of a slide.
const ASPECT: f64 = 16.0 / 9.0;

/// How far lanes may be apart.
const LANE: (f64, f64) = (128.0, 230.0);

/// How far rows may be apart.
const ROW: (f64, f64) = (36.0, 64.0);

/// Above the first row: the heading, and the heads of the lanes. Below the last one: the legend.
const ABOVE: f64 = 172.0;
const BELOW: f64 = 76.0;

/// Beside the lanes: the numbers of the events.
const BESIDE: f64 = 110.0;

/// The margin of the picture.
const MARGIN: f64 = 40.0;

/// The height of a sentence below the lanes.
pub(super) const REMARK_HEIGHT: f64 = 24.0;

/// A message on the picture.
#[derive(Debug)]
pub(super) struct Arrow {
    /// Its send, where the part has it.
    pub sent: Option<EventIndex>,
    /// Its receive, where the part has it.
    pub received: Option<EventIndex>,
    /// Who sent it, and to whom.
    pub way: (Rank, Rank),
    /// What it is for.
    pub kind: MessageKind,
    /// It in few words.
    pub label: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It is received within the part.
    Received,
    /// It is received behind the part.
    UnderWay,
    /// Nobody ever receives it.
    Never,
}

impl Fate {
    /// What a legend says of those that are not received.
    pub(super) const TOLD: [(Fate, &'static str); 2] =
        [(Fate::UnderWay, "still under way"), (Fate::Never, "never received")];
}

impl Arrow {
    /// Whether a rank sends it to itself.
    pub(super) fn is_to_itself(&self) -> bool {
        self.way.0 == self.way.1
    }
}

/// The messages of the part, in the order of the first event of each.
pub(super) fn arrows(reel: &Reel<'_>) -> Vec<Arrow> {
    let within = |at: EventIndex| (reel.from..reel.to).contains(&at.0);
    let arrow = |at: EventIndex| {
        let EventInfo { rank, op, peer, .. } = reel.timeline().info(at);
        let partner = reel.timeline().partner(at);
        let of_part = partner.filter(|at| within(*at));
        let (sent, received, way) = match op {
            Op::Send => (Some(at), of_part, (rank, peer)),
            Op::Recv if of_part.is_some() => return None,
            Op::Recv => (None, Some(at), (peer, rank)),
        };
        let fate = match (received, partner) {
            (Some(_), _) => Fate::Received,
            (None, Some(_)) => Fate::UnderWay,
            (None, None) => Fate::Never,
        };
        let event = reel.timeline().event(at)?;
        let (kind, label) = (reel.names.kind(&event), reel.names.message(&event));
        Some(Arrow { sent, received, way, kind, label, fate })
    };
    (reel.from..reel.to).map(EventIndex).filter_map(arrow).collect()
}

/// What is where.
#[derive(Debug)]
pub(super) struct Plan {
    /// The width and height of the picture.
    pub size: Extent,
    /// The ranks, from left to right.
    pub lanes: Vec<Rank>,
    /// The messages.
    pub arrows: Vec<Arrow>,
    /// The events, and in which row each is; rows may be shared, and there are halves.
    pub rows: BTreeMap<EventIndex, f64>,
    /// The calls among the events, and in which row each is.
    pub calls: Vec<(CallRow, f64)>,
    /// Where everything begins that is at the left.
    pub left: f64,
    /// Where the first row is.
    pub top: f64,
    /// Where the lanes end.
    pub bottom: f64,
    first_lane: f64,
    between_lanes: f64,
    between_rows: f64,
}

impl Plan {
    /// Makes room for these lanes and messages, and for so many sentences below them.
    pub(super) fn new(
        reel: &Reel<'_>,
        lanes: Vec<Rank>,
        arrows: Vec<Arrow>,
        remarks: usize,
    ) -> Plan {
        let Rows { events: rows, calls } = rows(reel);
        let of_calls = calls.iter().map(|(_, row)| *row);
        let last = rows.values().copied().chain(of_calls).fold(0.0, f64::max) + 1.0;
        let below = BELOW + remarks as f64 * REMARK_HEIGHT;
        let gaps = lanes.len().saturating_sub(1).max(1) as f64;
        let height = |between: f64| ABOVE + last * between + below;
        let width = |between: f64| 2.0 * BESIDE + gaps * between;
        let wanted = (height(ROW.0) * ASPECT - 2.0 * BESIDE) / gaps;
        let between_lanes = wanted.clamp(LANE.0, LANE.1);
        let wanted = (width(between_lanes) / ASPECT - ABOVE - below) / last;
        let between_rows = wanted.clamp(ROW.0, ROW.1);
        let (width, height) = (width(between_lanes), height(between_rows));
        // What is too narrow for a slide stands in its middle.
        let whole = width.max((height * ASPECT).min(1280.0)).max(960.0);
        let spare = if lanes.len() == 1 { between_lanes / 2.0 } else { 0.0 };
        Plan {
            size: Extent { width: whole, height },
            lanes,
            arrows,
            rows,
            calls,
            left: MARGIN,
            top: ABOVE,
            bottom: ABOVE + last * between_rows,
            first_lane: (whole - width) / 2.0 + BESIDE + spare,
            between_lanes,
            between_rows,
        }
    }

    /// The lane of a rank.
    pub(super) fn lane(&self, rank: Rank) -> Option<usize> {
        self.lanes.iter().position(|lane| *lane == rank)
    }

    /// Where a lane is.
    pub(super) fn x(&self, lane: usize) -> f64 {
        self.first_lane + lane as f64 * self.between_lanes
    }

    /// Where a row is.
    pub(super) fn y(&self, row: f64) -> f64 {
        self.top + row * self.between_rows
    }

    /// Where a message begins and ends.
    pub(super) fn ends(&self, arrow: &Arrow) -> Segment {
        let x = |rank| self.x(self.lane(rank).unwrap_or(0));
        let (from, to) = (x(arrow.way.0), x(arrow.way.1));
        let y =
            |at: Option<EventIndex>| at.and_then(|at| self.rows.get(&at)).map(|row| self.y(*row));
        let (sent, received) = (y(arrow.sent), y(arrow.received));
        let (start, end) = match (sent, received) {
            (Some(sent), Some(received)) => (SvgPoint(from, sent), SvgPoint(to, received)),
            // It comes from before the part: from the heads of the lanes.
            (None, Some(received)) => {
                let start = SvgPoint(from, received - self.between_rows);
                (start.towards(SvgPoint(to, received), 0.45), SvgPoint(to, received))
            }
            (sent, None) => {
                let start = SvgPoint(from, sent.unwrap_or(self.top));
                (start, start.towards(SvgPoint(to, start.1 + self.between_rows), 0.55))
            }
        };
        Segment { start, end }
    }
}

/// The rows of the events, and of the calls among them.
struct Rows {
    events: BTreeMap<EventIndex, f64>,
    calls: Vec<(CallRow, f64)>,
}

/// The rows of the events, in the order of the trace, with no more of them than it takes: an event
/// stands no higher than the one before it, a receive below its send, and a send beside the receive
/// that brought it about. A call has a row of its own.
fn rows(reel: &Reel<'_>) -> Rows {
    let mut rows: BTreeMap<EventIndex, f64> = BTreeMap::new();
    let mut lanes: BTreeMap<Rank, (f64, Op)> = BTreeMap::new();
    let mut last = 0.0_f64;
    let of_part = |row: &&CallRow| (reel.from..=reel.to).contains(&row.moment.cursor);
    let mut to_come = reel.timeline().calls().rows().iter().filter(of_part).peekable();
    let mut calls = Vec::new();
    for at in (reel.from..reel.to).map(EventIndex) {
        let before = calls.len();
        while let Some(row) = to_come.next_if(|row| row.moment.cursor <= at.0) {
            last += 1.0;
            calls.push((*row, last));
        }
        if calls.len() > before {
            last += 1.0;
        }
        let EventInfo { rank, op, .. } = reel.timeline().info(at);
        let of_lane = lanes.get(&rank).map_or(0.0, |(row, before)| match (before, op) {
            (Op::Recv, Op::Send) => *row,
            (Op::Send, Op::Send) => row + 0.5,
            (Op::Recv | Op::Send, Op::Recv) => row + 1.0,
        });
        let partner = match op {
            Op::Recv => reel.timeline().partner(at),
            Op::Send => None,
        };
        let of_send = partner.and_then(|sent| rows.get(&sent)).map_or(0.0, |row| row + 1.0);
        last = last.max(of_lane).max(of_send);
        lanes.insert(rank, (last, op));
        rows.insert(at, last);
    }
    for row in to_come {
        last += 1.0;
        calls.push((*row, last));
    }
    Rows { events: rows, calls }
}

//! What the view draws of a page, and what is where on it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::diff::{Diff, Row, What};
use crate::app::start::Start;
use crate::app::{Page, Target};
use crate::film::{Fact, Film, Moment};
use crate::view::diff::{self, Comparison, Pair, Relation, StatePair};
use crate::view::{self, Look, start, target};
use ringscope_sim::protocol::{Node as _, NodeView};
use ringscope_traces::text::{Plain, Short};
use ringscope_traces::words::tag_in_words;
use ringscope_traces::{Op, Place, Rank};

/// How many rows of a comparison are told on either side of the chosen one: no screen shows more.
const ROWS_AROUND: usize = 200;

/// How much of a payload is told in a row.
const PAYLOAD_CHARS: usize = 24;

/// Draws a page.
pub fn paint(page: &Page, (area, look): (Rect, &Look), buffer: &mut Buffer) {
    match page {
        Page::Start(page) => {
            start::draw(&started(page), (area, look), buffer);
            tell(page, (area, look), buffer);
        }
        Page::Run(app) => view::paint(app, (area, look), buffer),
        Page::Diff(page) => diff::draw((&compared(page).0, &page.keymap), (area, look), buffer),
    }
}

/// What is at a position of a page as it was drawn.
pub fn at(page: &Page, (area, look): (Rect, &Look), (x, y): (u16, u16)) -> Option<Target> {
    match page {
        Page::Start(page) => start::entry_at(&started(page), area, y).map(Target::Row),
        Page::Run(app) => target::at(area, (app, look), (x, y).into()),
        Page::Diff(page) => {
            let (comparison, first) = compared(page);
            diff::row_at(&comparison, area, y).map(|row| Target::Row(first + row))
        }
    }
}

/// The start page as the view has it.
fn started(page: &Start) -> start::Start {
    let mut sections: Vec<start::Section> = Vec::new();
    for entry in page.rows() {
        let title = entry.section.name();
        if sections.last().is_none_or(|section| section.title != title) {
            sections.push(start::Section { title: title.to_owned(), entries: Vec::new() });
        }
        let entries = &mut sections.last_mut().expect("one was just there").entries;
        entries.push(start::Entry { name: entry.name.clone(), what: entry.what.clone() });
    }
    let typed = page.prompt.as_ref().map_or("", |prompt| prompt.line()).to_owned();
    start::Start { sections, chosen: page.chosen, typed }
}

/// What there is to say, in the row that the start page leaves free.
fn tell(page: &Start, (area, look): (Rect, &Look), buffer: &mut Buffer) {
    let Some(note) = &page.note else { return };
    if let Some(row) = area.rows().rev().nth(1) {
        let note = format!(" {}", Plain(note));
        buffer.set_stringn(row.x, row.y, note, row.width.into(), look.theme.warning());
    }
}

/// A comparison as the view has it, and the first of its rows that is told.
fn compared(page: &Diff) -> (Comparison, usize) {
    let first = page.chosen.saturating_sub(ROWS_AROUND);
    let rows = page.rows.iter().skip(first).take(2 * ROWS_AROUND);
    let first_divergence = page.first_row;
    let words = page.in_words();
    let rank = page.rows.get(page.chosen).and_then(|row| rank(page, row));
    let comparison = Comparison {
        names: [page.a.name.clone(), page.b.name.clone()],
        verdict: words.first().cloned().unwrap_or_default(),
        rows: rows.map(|row| pair(page, row)).collect(),
        first: first_divergence.and_then(|row| row.checked_sub(first)),
        cursor: page.chosen - first,
        subject: rank.map_or_else(String::new, |rank| format!("rank {rank} after this")),
        states: rank.map(|rank| states(page, rank)).unwrap_or_default(),
        remark: page.note.clone().or_else(|| words.get(1).cloned()).unwrap_or_default(),
    };
    (comparison, first)
}

fn rank(page: &Diff, row: &Row) -> Option<Rank> {
    let in_a = row.a.and_then(|at| fact(&page.a.film, at));
    in_a.or_else(|| fact(&page.b.film, row.b?)).map(|fact| fact.rank)
}

fn pair(page: &Diff, row: &Row) -> Pair {
    let (relation, remark) = match row.what {
        What::Same => (Relation::Same, ""),
        What::Moved => (Relation::Order, "order only"),
        What::OnlyA => (Relation::OnlyFirst, "not in B"),
        What::OnlyB => (Relation::OnlySecond, "not in A"),
    };
    let sides =
        [row.a.map(|at| in_words(&page.a.film, at)), row.b.map(|at| in_words(&page.b.film, at))];
    Pair { sides, relation, remark: remark.to_owned() }
}

/// `37 6→3 REDISTRIBUTE_ADD [6,1000,0,...`.
fn in_words(film: &Film, at: Place) -> String {
    let Some(fact) = fact(film, at) else { return format!("{} is not read yet", at.0 + 1) };
    let arrow = match fact.op {
        Op::Send => '→',
        Op::Recv => '←',
    };
    let tag = tag_in_words(fact.tag, film.vocabulary());
    let data = film.data(at);
    let data = Short { value: &data, limit_chars: PAYLOAD_CHARS };
    format!("{} {}{arrow}{} {tag} {data}", at.0 + 1, fact.rank, fact.peer)
}

/// An event of a film that may not be read so far yet: a comparison knows more.
fn fact(film: &Film, at: Place) -> Option<Fact> {
    (at.0 < film.len()).then(|| film.fact(at))
}

/// Tells something of a node.
type Told = fn(&NodeView<'_>) -> String;

/// What is known of a rank in both runs.
fn states(page: &Diff, rank: Rank) -> Vec<StatePair> {
    let Some((a, b)) = &page.moments else { return Vec::new() };
    let facts: [(&str, Told); 4] = [
        ("id", |node| node.id.map_or_else(|| "none".to_owned(), |id| id.to_string())),
        ("keys", |node| {
            let keys = node.storage.into_iter().flat_map(|storage| storage.keys());
            keys.map(ToString::to_string).collect::<Vec<_>>().join(" ")
        }),
        ("parent", |node| neighbour(node.parent)),
        ("child", |node| neighbour(node.child)),
    ];
    let side = |moment: &Moment, told: Told| {
        let standing = moment.standing.as_ref();
        let node = standing.and_then(|standing| standing.nodes.get(rank.index()));
        node.map_or_else(|| "unknown".to_owned(), |node| told(&node.view()))
    };
    let pair = |(label, told): (&str, Told)| StatePair {
        label: label.to_owned(),
        sides: [side(a, told), side(b, told)],
    };
    facts.into_iter().map(pair).collect()
}

fn neighbour(peer: Option<ringscope_sim::protocol::Peer>) -> String {
    let Some(peer) = peer else { return "none".to_owned() };
    let id = peer.id.map(|id| format!(" at {id}")).unwrap_or_default();
    format!("rank {}{id}", peer.rank)
}

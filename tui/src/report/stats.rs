//! What a run cost, as tables.

use std::cmp::Reverse;
use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Table, presets};
use ringscope_screen::numbers::time;
use ringscope_sim::stats::{KindRow, LoadRow, MoveRow, Report, Spread};

/// With more ranks than this, the busiest are listed and the rest is summed up.
const LIMIT_RANKS: usize = 32;

/// How many of the busiest.
const BUSIEST: usize = 16;

/// With more joins and leaves than this, the dearest are listed and the rest is summed up.
const LIMIT_MOVES: usize = 32;

/// All tables, each under its title.
pub(crate) fn render(report: &Report) -> String {
    let mut text = String::new();
    section(&mut text, "what the commands cost", kinds(report));
    if !report.moves.is_empty() {
        section(&mut text, "keys moved by joins and leaves", moves(&report.moves));
    }
    section(&mut text, "load", load(&report.load));
    text
}

fn section(text: &mut String, title: &str, table: String) {
    let gap = if text.is_empty() { "" } else { "\n" };
    let _ = writeln!(text, "{gap}{title}\n{table}");
}

/// A table whose first column is text and whose others are numbers.
pub(crate) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    let number = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    let mut titles = header.iter().map(ToString::to_string);
    let first = titles.next().map(Cell::new);
    table.load_style(presets::NOTHING);
    table.set_header(first.into_iter().chain(titles.map(number)).collect::<Vec<_>>());
    for row in rows {
        let mut cells = row.into_iter();
        let first = cells.next().map(Cell::new);
        table.add_row(first.into_iter().chain(cells.map(number)).collect::<Vec<_>>());
    }
    let lines = table.lines().map(|line| format!(" {}", line.trim_end()));
    lines.collect::<Vec<_>>().join("\n")
}

fn kinds(report: &Report) -> String {
    let header = ["command", "count", "answered", "messages", "bytes", "hops", "reply after"];
    let used = report.kinds.iter().filter(|row| row.count > 0);
    let total = vec![
        "all".to_owned(),
        report.kinds.iter().map(|row| row.count).sum::<u64>().to_string(),
        report.kinds.iter().map(|row| row.answered).sum::<u64>().to_string(),
        report.total.messages.to_string(),
        report.total.bytes.to_string(),
        String::new(),
        String::new(),
    ];
    table(&header, used.map(kind).chain([total]))
}

fn kind(row: &KindRow) -> Vec<String> {
    vec![
        row.kind.name().to_owned(),
        row.count.to_string(),
        row.answered.to_string(),
        row.volume.messages.to_string(),
        row.volume.bytes.to_string(),
        row.hops.map_or_else(|| "-".to_owned(), |hops| spread(hops, |n| n.to_string())),
        row.time_ns.map_or_else(|| "-".to_owned(), |ns| spread(ns, time)),
    ]
}

/// `3`, or `1 to 6`.
fn spread(spread: Spread, word: impl Fn(u64) -> String) -> String {
    if spread.min == spread.max {
        return word(spread.min);
    }
    format!("{} to {}", word(spread.min), word(spread.max))
}

fn moves(rows: &[MoveRow]) -> String {
    let mut shown: Vec<_> = rows.iter().collect();
    if shown.len() > LIMIT_MOVES {
        shown.sort_by_key(|row| Reverse(row.volume.messages));
        shown.truncate(BUSIEST);
    }
    let header = ["command", "rank", "keys", "messages", "bytes", "reply after"];
    let mut text = table(&header, shown.iter().map(|row| one_move(row)));
    if shown.len() < rows.len() {
        let keys: u64 = rows.iter().map(|row| row.keys).sum();
        let _ = write!(
            text,
            "\n  the most expensive of {}, which moved {keys} keys in all",
            rows.len()
        );
    }
    text
}

fn one_move(row: &MoveRow) -> Vec<String> {
    vec![
        format!("{} {}", row.kind.name(), row.id),
        row.rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string()),
        row.keys.to_string(),
        row.volume.messages.to_string(),
        row.volume.bytes.to_string(),
        row.time_ns.map_or_else(|| "no reply".to_owned(), time),
    ]
}

fn load(rows: &[LoadRow]) -> String {
    let mut shown: Vec<_> = rows.iter().collect();
    if shown.len() > LIMIT_RANKS {
        shown.sort_by_key(|row| (Reverse(row.received), row.rank));
        shown.truncate(BUSIEST);
    }
    let header = ["rank", "received", "sent", "of all messages", "keys", "of all keys"];
    let mut text = table(&header, shown.iter().map(|row| one_load(row)));
    if shown.len() < rows.len() {
        let idle = rows.iter().filter(|row| row.received + row.sent == 0).count();
        let idle = if idle > 0 { format!("; {idle} did nothing") } else { String::new() };
        let _ = write!(text, "\n  the busiest of {} ranks{idle}", rows.len());
    }
    text
}

fn one_load(row: &LoadRow) -> Vec<String> {
    vec![
        row.rank.to_string(),
        row.received.to_string(),
        row.sent.to_string(),
        percent(row.messages_share),
        row.keys.map_or_else(|| "-".to_owned(), |keys| keys.to_string()),
        row.keys.map_or_else(|| "-".to_owned(), |_| percent(row.keys_share)),
    ]
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

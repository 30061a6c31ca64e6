//! A table with one row per event.
//!
//! As RFC 4180 has it but for the ends of lines, which are single line feeds. No cell begins as a
//! formula: cells are numbers, names of ours, and payloads as JSON, whose strings are in quotation
//! marks.

use std::io::Write;

use ringscope_traces::json::put_ascii_json;

use super::ExportError;
use super::feed::{Feed, FeedEvent, op};

/// The heading, with units. Events and messages are numbered from 1, as `play` does it.
const HEADING: &str = "event,rank,n,op,peer,tag,name,message,t_ns,clock,data";

/// Writes the table.
pub(super) fn write(feed: &mut Feed<'_>, sink: &mut dyn Write) -> Result<(), ExportError> {
    writeln!(sink, "{HEADING}")?;
    let mut json = Vec::new();
    while let Some(FeedEvent { at, message, event, .. }) = feed.next()? {
        let names = feed.names();
        let (number, name) = (at.0 + 1, names.tag(event.tag).unwrap_or_default());
        let (rank, n, op, peer, tag) = (event.rank, event.n, op(event.op), event.peer, event.tag);
        write!(sink, "{number},{rank},{n},{op},{peer},{tag},{name},{message},")?;
        write!(sink, "{},{},", event.t, event.clock)?;
        json.clear();
        put_ascii_json(&mut json, &event.data)?;
        put_cell(sink, &json)?;
        sink.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes a cell, in quotation marks where it needs them.
fn put_cell(sink: &mut dyn Write, text: &[u8]) -> Result<(), ExportError> {
    if !text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        return Ok(sink.write_all(text)?);
    }
    sink.write_all(b"\"")?;
    for piece in text.split_inclusive(|byte| *byte == b'"') {
        sink.write_all(piece)?;
        if piece.ends_with(b"\"") {
            sink.write_all(b"\"")?;
        }
    }
    Ok(sink.write_all(b"\"")?)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::Part;
    use super::super::testing::{HOSTILE, exported, exported_from};

    #[test]
    fn a_row_has_what_the_event_has() {
        assert_snapshot!(exported("csv", "get-missing", Part::default()));
    }

    #[test]
    fn a_cell_is_quoted_where_it_has_to_be_and_none_begins_as_a_formula() {
        let table = exported_from("csv", HOSTILE, Part::default()).expect("it can be carried");
        assert_snapshot!(table);
        assert!(table.is_ascii(), "no control character is left: {table}");
        for cell in table.split(',') {
            assert!(!cell.starts_with(['=', '+', '@', '\t']), "{cell}");
        }
    }
}

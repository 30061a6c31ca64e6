use super::*;

fn toned(text: &str) -> Vec<(String, Tone)> {
    pieces(text, 0).into_iter().map(|piece| (piece.text, piece.tone)).collect()
}

fn words(pieces: &[ToneSpan]) -> String {
    pieces.iter().map(|piece| &*piece.text).collect()
}

fn blocks(text: &str) -> Vec<String> {
    let summary = |part: LessonPart| match part {
        LessonPart::Section(at) => format!("section {}", &text[at]),
        LessonPart::Block(Block::Paragraph(pieces)) => format!("paragraph {}", words(&pieces)),
        LessonPart::Block(Block::Item(marker, pieces)) => format!("{marker} {}", words(&pieces)),
        LessonPart::Block(Block::Heading(pieces)) => format!("heading {}", words(&pieces)),
        LessonPart::Block(Block::Table(rows)) => {
            let row = |row: &Vec<Vec<ToneSpan>>| {
                row.iter().map(|cell| words(cell)).collect::<Vec<_>>().join(" | ")
            };
            format!("table {}", rows.iter().map(row).collect::<Vec<_>>().join(" / "))
        }
        LessonPart::Block(Block::Verbatim(lines)) => format!("verbatim {}", lines.join(" / ")),
        LessonPart::Fence(fence) => {
            let is = if fence.is_closed { "closed" } else { "open" };
            format!("fence {:?} {is} {:?}", fence.info, &text[fence.inside])
        }
        LessonPart::OpenComment(at) => format!("open comment {}", &text[at]),
    };
    parts(text, 0).into_iter().map(summary).collect()
}

#[test]
fn marks_give_pieces_their_tones() {
    let piece = |text: &str, tone| (text.to_owned(), tone);
    assert_eq!(
        toned("a **b `{c d}`** `e` *f* [g](h) * i"),
        [
            piece("a ", Tone::Plain),
            piece("b ", Tone::Strong),
            piece("c d", Tone::Fact),
            piece(" ", Tone::Plain),
            piece("e", Tone::Code),
            piece(" ", Tone::Plain),
            piece("f", Tone::Emphasis),
            piece(" g * i", Tone::Plain),
        ]
    );
}

#[test]
fn a_line_by_itself_is_never_a_block() {
    for text in ["- one", "1. one", "# one", "> one", "    one", "| a |", "<b>one", "--- x"] {
        assert_eq!(toned(text), [(text.to_owned(), Tone::Plain)], "{text}");
    }
    assert_eq!(toned(""), []);
}

#[test]
fn a_piece_knows_its_range() {
    let text = "key **of `{owner of key 4}`** and `PUT`, or\n`{owner of\n  key 5}`";
    let from = format!("## T\n\n{text}\n");
    for part in parts(&from, 0) {
        if let LessonPart::Block(Block::Paragraph(pieces)) = part {
            assert_eq!(pieces.iter().filter(|piece| piece.tone == Tone::Fact).count(), 2);
            for piece in pieces.iter().filter(|piece| piece.tone == Tone::Fact) {
                assert_eq!(&from[piece.at.clone()], piece.text);
            }
        }
    }
    let text = text.replace('\n', " ");
    for piece in pieces(&text, 0) {
        assert_eq!(&text[piece.at.clone()], piece.text);
    }
}

#[test]
fn blocks_are_those_of_markdown() {
    let text = "# T\n\n## S *x*\n\none\ntwo\n\n- a\n- b\n  c\n  1. d\n  2. e\n\n> q\n> r\n\n### H\n\n    code\n\n---\n\nend\n";
    assert_eq!(
        blocks(text),
        [
            "section S *x*",
            "paragraph one two",
            "- a",
            "- b c",
            "  1. d",
            "  2. e",
            "> q r",
            "heading H",
            "verbatim code",
            "paragraph end",
        ]
    );
    assert_eq!(blocks("| a | b |\n|---|---|\n| c | `d` |\n"), ["table a | b / c | d"]);
}

#[test]
fn a_fence_that_is_not_closed_is_told_apart() {
    assert_eq!(
        blocks("```stop\nat: end\n```\n\n```claim\na is 1\n"),
        ["fence \"stop\" closed \"at: end\\n\"", "fence \"claim\" open \"a is 1\""]
    );
    assert_eq!(
        blocks("```stop\nat: end\n\n```claim\na is 1\n```\n"),
        ["fence \"stop\" open \"at: end\\n\\n```claim\\na is 1\\n\""]
    );
    assert_eq!(blocks("```\n```\n"), ["fence \"\" closed \"\""]);
    assert_eq!(blocks("```"), ["fence \"\" open \"\""]);
}

#[test]
fn comments_are_for_those_who_write() {
    assert_eq!(blocks("<!-- a\nb -->\n\nc <!-- d --> e\n"), ["paragraph c  e"]);
    assert_eq!(blocks("<!-- a\nb\n"), ["open comment <!-- a"]);
    assert_eq!(blocks("<div>\n"), ["paragraph <div>"]);
}

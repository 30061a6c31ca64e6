//! A lesson's Markdown, parsed by `pulldown-cmark`: what renders as a table or a list elsewhere is one here.
//!
//! Of CommonMark with tables, lessons use what a terminal can show. Everything keeps its range of bytes in
//! the lesson's file, for messages and for the facts that are worked out later.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::prose::{Block, Tone, ToneSpan};

/// A part of a lesson behind its front matter.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LessonPart {
    /// A heading of the second level, by the range of its title.
    Section(Range<usize>),
    /// Something that is shown.
    Block(Block),
    /// A fenced code block.
    Fence(Fence),
    /// A comment that does not end.
    OpenComment(Range<usize>),
}

/// A fenced code block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fence {
    /// Its first line.
    pub open: Range<usize>,
    /// What stands behind the first line's backticks.
    pub info: String,
    /// The range between the first and the last line.
    pub inside: Range<usize>,
    /// Whether a closing line was found, and none that opens another block before it.
    pub is_closed: bool,
    /// Whether it stands in a list or a quote.
    pub is_nested: bool,
    /// The lines inside, as they are shown.
    pub lines: Vec<String>,
}

/// Parses a lesson from that byte on.
pub(super) fn parts(text: &str, from: usize) -> Vec<LessonPart> {
    let mut reader = Reader::new(text);
    for (event, at) in Parser::new_ext(&text[from..], Options::ENABLE_TABLES).into_offset_iter() {
        reader.take(event, from + at.start..from + at.end);
    }
    reader.parts
}

/// What stands in front of a line so that it is a paragraph, whatever it begins with.
const PARAGRAPH: &str = ".";

/// The pieces of a text without blocks that begins at that byte of the file.
pub(super) fn pieces(text: &str, start: usize) -> Vec<ToneSpan> {
    let line = format!("{PARAGRAPH}{}", text.replace(['\n', '\r'], " "));
    let mut reader = Reader::new(&line);
    for (event, at) in Parser::new(&line).into_offset_iter() {
        reader.take_inline(event, at);
    }
    let mut pieces = reader.inline;
    if let Some(first) = pieces.first_mut() {
        first.text.remove(0);
        first.at.start += PARAGRAPH.len();
    }
    pieces.retain(|piece| !piece.text.is_empty());
    for piece in &mut pieces {
        piece.at = start + piece.at.start - PARAGRAPH.len()..start + piece.at.end - PARAGRAPH.len();
    }
    pieces
}

/// What blocks stand in.
enum Container {
    /// A list, with the number of its next item where its items have numbers.
    List(Option<u64>),
    Item,
    Quote,
}

/// How a code block is marked.
enum Code {
    Indented,
    /// With what stands behind the backticks.
    Fenced(String),
}

struct Reader<'a> {
    text: &'a str,
    parts: Vec<LessonPart>,
    /// The pieces of the block that is being read.
    inline: Vec<ToneSpan>,
    tones: Vec<Tone>,
    containers: Vec<Container>,
    /// The marker of an item whose text has not come yet.
    marker: Option<String>,
    rows: Vec<Vec<Vec<ToneSpan>>>,
    /// The text of the code or HTML that is being read.
    verbatim: String,
    /// The code block that is being read.
    code: Option<Code>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Reader<'a> {
        Reader {
            text,
            parts: Vec::new(),
            inline: Vec::new(),
            tones: Vec::new(),
            containers: Vec::new(),
            marker: None,
            rows: Vec::new(),
            verbatim: String::new(),
            code: None,
        }
    }

    fn take(&mut self, event: Event<'_>, at: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag, at),
            Event::Html(text) => self.verbatim.push_str(&text),
            Event::Text(text) if self.code.is_some() => self.verbatim.push_str(&text),
            Event::Text(_)
            | Event::Code(_)
            | Event::InlineHtml(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => self.take_inline(event, at),
        }
    }

    /// Takes what stands within a paragraph.
    fn take_inline(&mut self, event: Event<'_>, at: Range<usize>) {
        match event {
            Event::Text(text) => self.push_text(&text, at),
            Event::Code(code) => self.push_code(&code, at),
            Event::SoftBreak | Event::HardBreak => self.push_text(" ", at),
            Event::InlineHtml(html) if html.starts_with("<!--") => {}
            Event::InlineHtml(html) => self.push_text(&html, at),
            Event::Start(Tag::Emphasis) => self.tones.push(Tone::Emphasis),
            Event::Start(Tag::Strong) => self.tones.push(Tone::Strong),
            Event::End(TagEnd::Emphasis | TagEnd::Strong) => drop(self.tones.pop()),
            Event::Start(_) | Event::End(_) | Event::Html(_) | Event::Rule => {}
            // None of these is switched on.
            Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    fn push_text(&mut self, text: &str, at: Range<usize>) {
        let tone = self.tones.last().copied().unwrap_or(Tone::Plain);
        match self.inline.last_mut().filter(|last| last.tone == tone) {
            Some(last) => {
                last.text.push_str(text);
                last.at.end = at.end;
            }
            None => self.inline.push(ToneSpan { text: text.to_owned(), tone, at }),
        }
    }

    /// A fact where braces enclose all of it, else a word of the program or the protocol.
    fn push_code(&mut self, code: &str, at: Range<usize>) {
        let source = &self.text[at.clone()];
        let ticks = source.len() - source.trim_start_matches('`').len();
        let raw = source[ticks..source.len() - ticks].trim();
        let start = at.start + source.find(raw).unwrap_or(ticks);
        let fact = raw.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        // In a quote the source has the quote's marks in it: then only the parsed text will do.
        let is_whole = |text: &str| text.split_whitespace().eq(code.split_whitespace());
        self.inline.push(match fact.filter(|_| is_whole(raw)) {
            Some(fact) => {
                let at = start + 1..start + 1 + fact.len();
                ToneSpan { text: fact.to_owned(), tone: Tone::Fact, at }
            }
            None => {
                ToneSpan { text: code.to_owned(), tone: Tone::Code, at: start..start + raw.len() }
            }
        });
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis | Tag::Strong => self.take_inline(Event::Start(tag), 0..0),
            Tag::BlockQuote(_) => self.open(Container::Quote),
            Tag::List(number) => self.open(Container::List(number)),
            Tag::Item => {
                self.flush();
                self.marker = Some(self.next_marker());
                self.containers.push(Container::Item);
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                self.code = Some(match kind {
                    CodeBlockKind::Fenced(info) => Code::Fenced(info.to_string()),
                    CodeBlockKind::Indented => Code::Indented,
                });
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            Tag::Paragraph | Tag::Heading { .. } | Tag::HtmlBlock | Tag::Table(_) => self.flush(),
            Tag::TableCell | Tag::Link { .. } | Tag::Image { .. } => {}
            // None of these is switched on.
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd, at: Range<usize>) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong => self.take_inline(Event::End(tag), at),
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(level) => self.heading(level, at),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                self.flush();
                self.marker = None;
                self.containers.pop();
            }
            TagEnd::CodeBlock => self.code_block(at),
            TagEnd::HtmlBlock => self.html_block(at),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                self.rows.last_mut().expect("a cell stands in a row").push(cell);
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.parts.push(LessonPart::Block(Block::Table(rows)));
            }
            TagEnd::TableHead | TagEnd::TableRow | TagEnd::Link | TagEnd::Image => {}
            // None of these is switched on.
            TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn open(&mut self, container: Container) {
        self.flush();
        self.containers.push(container);
    }

    /// What the next item of the innermost list begins with; further in by each list around it.
    fn next_marker(&mut self) -> String {
        let outer = self.containers.iter().filter(|one| matches!(one, Container::Item)).count();
        let marker = match self.containers.last_mut() {
            Some(Container::List(Some(number))) => {
                *number += 1;
                format!("{}.", *number - 1)
            }
            Some(Container::List(None) | Container::Item | Container::Quote) | None => {
                "-".to_owned()
            }
        };
        format!("{}{marker}", "  ".repeat(outer))
    }

    /// The paragraph or the item that was read is whole.
    fn flush(&mut self) {
        if self.inline.is_empty() {
            return;
        }
        let pieces = std::mem::take(&mut self.inline);
        let is_quote = matches!(self.containers.last(), Some(Container::Quote));
        let marker = self.marker.take().or_else(|| is_quote.then(|| ">".to_owned()));
        self.parts.push(LessonPart::Block(match marker {
            Some(marker) => Block::Item(marker, pieces),
            None => Block::Paragraph(pieces),
        }));
    }

    fn heading(&mut self, level: HeadingLevel, at: Range<usize>) {
        let pieces = std::mem::take(&mut self.inline);
        match level {
            HeadingLevel::H1 => {}
            HeadingLevel::H2 => self.parts.push(LessonPart::Section(title(self.text, at))),
            HeadingLevel::H3 | HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => {
                self.parts.push(LessonPart::Block(Block::Heading(pieces)));
            }
        }
    }

    fn code_block(&mut self, at: Range<usize>) {
        let code = std::mem::take(&mut self.verbatim);
        let lines: Vec<_> = code.lines().map(|line| line.trim_end().to_owned()).collect();
        let info = match self.code.take() {
            Some(Code::Fenced(info)) => info,
            Some(Code::Indented) | None => {
                return self.parts.push(LessonPart::Block(Block::Verbatim(lines)));
            }
        };
        let source = self.text[at.clone()].trim_end();
        let open = at.start..at.start + source.find('\n').unwrap_or(source.len());
        let last = source.rfind('\n').map_or(source.len(), |line| line + 1);
        let closes = is_closing(&source[..open.len()], &source[last..]);
        let inside =
            (open.end + 1).min(at.end)..at.start + if closes { last } else { source.len() };
        let inside = inside.start.min(inside.end)..inside.end;
        // A line that opens another block tells that the one before was not closed.
        let opens_another =
            |line: &str| line.starts_with("```") && !line.trim().trim_start_matches('`').is_empty();
        let is_closed = closes && !self.text[inside.clone()].lines().any(opens_another);
        let is_nested = !self.containers.is_empty();
        self.parts.push(LessonPart::Fence(Fence {
            open,
            info,
            inside,
            is_closed,
            is_nested,
            lines,
        }));
    }

    fn html_block(&mut self, at: Range<usize>) {
        let html = std::mem::take(&mut self.verbatim);
        if !html.trim_start().starts_with("<!--") {
            let text = html.trim().to_owned();
            self.parts.push(LessonPart::Block(Block::Paragraph(vec![ToneSpan {
                text,
                tone: Tone::Plain,
                at,
            }])));
        } else if !html.contains("-->") {
            let first = self.text[at.clone()].lines().next().map_or(0, str::len);
            self.parts.push(LessonPart::OpenComment(at.start..at.start + first));
        }
    }
}

/// Whether a block's last line closes it, given its first.
fn is_closing(first: &str, last: &str) -> bool {
    let first = first.trim_start();
    let sign = if first.starts_with('~') { '~' } else { '`' };
    let ticks = first.len() - first.trim_start_matches(sign).len();
    let last = last.trim();
    last.len() >= ticks && !last.is_empty() && last.trim_start_matches(sign).is_empty()
}

/// The range of a heading's title, without its signs.
fn title(text: &str, at: Range<usize>) -> Range<usize> {
    let line = text[at.clone()].lines().next().unwrap_or("");
    let inner = line.trim().trim_start_matches('#').trim();
    let start = at.start + line.find(inner).unwrap_or(0);
    start..start + inner.len()
}

#[cfg(test)]
mod tests;

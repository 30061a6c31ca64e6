//! What a picture is drawn with.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::PAPER;
use crate::view::picture::escaped;

/// A place on the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SvgPoint(pub f64, pub f64);

impl SvgPoint {
    /// The point at that part of the way to another.
    pub(super) fn towards(self, other: SvgPoint, part: f64) -> SvgPoint {
        SvgPoint(self.0 + (other.0 - self.0) * part, self.1 + (other.1 - self.1) * part)
    }

    /// How far it is to another.
    pub(super) fn distance(self, other: SvgPoint) -> f64 {
        (self.0 - other.0).hypot(self.1 - other.1)
    }

    /// The point that far from another, on the way to it.
    fn short_of(self, other: SvgPoint, by: f64) -> SvgPoint {
        self.towards(other, 1.0 - (by / self.distance(other).max(by)).min(1.0))
    }
}

/// A straight line from one place to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    /// Where it begins.
    pub start: SvgPoint,
    /// Where it ends.
    pub end: SvgPoint,
}

impl Segment {
    /// The place at that part of it.
    pub(super) fn at(self, part: f64) -> SvgPoint {
        self.start.towards(self.end, part)
    }
}

/// How large something is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// The colours of a shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fill {
    /// That of its inside.
    pub inside: u32,
    /// That of its edge.
    pub edge: u32,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke {
    /// Its colour.
    pub color: u32,
    /// Its width.
    pub width: f64,
    /// The lengths of its dashes and gaps.
    pub dash: Option<&'static str>,
}

impl Stroke {
    /// A line without dashes.
    pub(super) fn thin(color: u32, width: f64) -> Stroke {
        Stroke { color, width, dash: None }
    }
}

/// Where text stands that follows a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Along {
    /// The line.
    pub segment: Segment,
    /// At which part of it the middle of the text is.
    pub part: f64,
}

/// How text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    /// The size of its letters.
    pub size: f64,
    /// Its colour.
    pub color: u32,
    /// Whether it is bold.
    pub is_bold: bool,
    /// Which part of it is at its place.
    pub anchor: Anchor,
}

/// Which part of a text is at its place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// How wide text is, about: fonts differ.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.width() as f64 * size * 0.58
}

/// Draws a picture.
pub(super) struct SvgPen {
    svg: String,
}

impl SvgPen {
    /// An empty picture of that size.
    pub(super) fn new(extent: Extent, title: &str, about: &str) -> SvgPen {
        let Extent { width, height } = extent;
        let mut svg = format!(
            concat!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.0}\" height=\"{:.0}\" ",
                "viewBox=\"0 0 {:.0} {:.0}\" role=\"img\" ",
                "font-family=\"'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif\">\n"
            ),
            width, height, width, height
        );
        let _ = writeln!(svg, "<title>{}</title>\n<desc>{}</desc>", escaped(title), escaped(about));
        let _ = writeln!(svg, "<rect width=\"100%\" height=\"100%\" fill=\"#{PAPER:06x}\"/>");
        SvgPen { svg }
    }

    /// The picture.
    pub(super) fn finish(self) -> String {
        self.svg + "</svg>\n"
    }

    /// A straight line.
    pub(super) fn line(&mut self, segment: Segment, stroke: Stroke) {
        let (SvgPoint(x1, y1), SvgPoint(x2, y2)) = (segment.start, segment.end);
        let dash = dash(stroke);
        let _ = writeln!(
            self.svg,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#{:06x}\" \
             stroke-width=\"{}\"{dash}/>",
            stroke.color, stroke.width
        );
    }

    /// A straight line with a head at its end, which leaves room for a dot.
    pub(super) fn arrow(&mut self, segment: Segment, stroke: Stroke) {
        let Segment { start, end } = segment;
        self.line(Segment { start, end: start.short_of(end, 14.0) }, stroke);
        self.head(Segment { start, end: start.short_of(end, 5.0) }, stroke.color);
    }

    /// An arrow from a lane to the same lane, on its right side.
    pub(super) fn bow(&mut self, segment: Segment, stroke: Stroke) {
        let (SvgPoint(x, y1), SvgPoint(_, y2)) = (segment.start, segment.end);
        let out = x + 30.0;
        let dash = dash(stroke);
        let _ = writeln!(
            self.svg,
            "<path d=\"M{x:.1} {y1:.1}C{out:.1} {y1:.1} {out:.1} {y2:.1} {:.1} {y2:.1}\" \
             fill=\"none\" stroke=\"#{:06x}\" stroke-width=\"{}\"{dash}/>",
            x + 14.0,
            stroke.color,
            stroke.width
        );
        let end = SvgPoint(x + 5.0, y2);
        self.head(Segment { start: SvgPoint(out, y2), end }, stroke.color);
    }

    /// The head of an arrow, its tip at the end of the segment.
    fn head(&mut self, segment: Segment, color: u32) {
        let (from, tip) = (segment.start, segment.end);
        const LENGTH: f64 = 12.0;
        const HALF: f64 = 4.8;
        let length = from.distance(tip).max(1.0);
        let (along, across) = ((tip.0 - from.0) / length, (tip.1 - from.1) / length);
        let back = SvgPoint(tip.0 - along * LENGTH, tip.1 - across * LENGTH);
        let _ = writeln!(
            self.svg,
            "<polygon points=\"{:.1},{:.1} {:.1},{:.1} {:.1},{:.1}\" fill=\"#{color:06x}\"/>",
            tip.0,
            tip.1,
            back.0 - across * HALF,
            back.1 + along * HALF,
            back.0 + across * HALF,
            back.1 - along * HALF
        );
    }

    /// A cross, where something ends that should not.
    pub(super) fn cross(&mut self, SvgPoint(x, y): SvgPoint, color: u32) {
        let stroke = Stroke::thin(color, 2.4);
        for side in [5.0, -5.0] {
            let (start, end) = (SvgPoint(x - 5.0, y - side), SvgPoint(x + 5.0, y + side));
            self.line(Segment { start, end }, stroke);
        }
    }

    /// A rectangle with its filling and its edge.
    pub(super) fn rect(&mut self, SvgPoint(x, y): SvgPoint, extent: Extent, fill: Fill) {
        let (Extent { width, height }, Fill { inside, edge }) = (extent, fill);
        let _ = writeln!(
            self.svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width}\" height=\"{height}\" rx=\"2\" \
             fill=\"#{inside:06x}\" stroke=\"#{edge:06x}\"/>"
        );
    }

    /// A full circle.
    pub(super) fn dot(&mut self, SvgPoint(x, y): SvgPoint, radius: f64, color: u32) {
        let _ = writeln!(
            self.svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"#{color:06x}\"/>"
        );
    }

    /// A circle.
    pub(super) fn ring(&mut self, SvgPoint(x, y): SvgPoint, radius: f64, color: u32) {
        let _ = writeln!(
            self.svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"none\" \
             stroke=\"#{color:06x}\" stroke-width=\"2.5\"/>"
        );
    }

    /// Text at a place.
    pub(super) fn text(&mut self, SvgPoint(x, y): SvgPoint, text: &str, style: Text) {
        self.words(&format!("x=\"{x:.1}\" y=\"{y:.1}\""), text, style);
    }

    /// Text along a line, above that part of it, on a piece of paper that hides what is behind it.
    pub(super) fn text_along(&mut self, along: Along, text: &str, style: Text) {
        const ABOVE: f64 = 5.0;
        // Text is read from the left, wherever the arrow goes.
        let Segment { start, end } = along.segment;
        let (left, right) = if start.0 <= end.0 { (start, end) } else { (end, start) };
        let degrees = (right.1 - left.1).atan2(right.0 - left.0).to_degrees();
        let SvgPoint(x, y) = along.segment.at(along.part);
        let (wide, high) = (width(text, style.size), style.size);
        let _ =
            writeln!(self.svg, "<g transform=\"translate({x:.1} {y:.1}) rotate({degrees:.2})\">");
        let _ = writeln!(
            self.svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{high}\" \
             fill=\"#{PAPER:06x}\" fill-opacity=\"0.85\"/>",
            -wide / 2.0,
            -high - ABOVE + 3.0
        );
        self.words(&format!("y=\"{}\"", -ABOVE), text, style);
        self.svg += "</g>\n";
    }

    fn words(&mut self, place: &str, text: &str, style: Text) {
        let anchor = match style.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let bold = if style.is_bold { " font-weight=\"bold\"" } else { "" };
        let _ = writeln!(
            self.svg,
            "<text {place} font-size=\"{}\" fill=\"#{:06x}\"{anchor}{bold}>{}</text>",
            style.size,
            style.color,
            escaped(text)
        );
    }
}

fn dash(stroke: Stroke) -> String {
    stroke.dash.map_or_else(String::new, |dash| format!(" stroke-dasharray=\"{dash}\""))
}

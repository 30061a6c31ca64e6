//! Screens one after the other as one SVG that moves: for a page on which nothing but pictures is shown.
//!
//! What looks the same in several frames is in the file once; CSS says when it is seen. Where motion is not wanted
//! (`prefers-reduced-motion`), and where CSS is not understood, the first frame stands still.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use ratatui_core::buffer::Buffer;

use super::{Plain, begin_svg, runs, write_ground, write_text};
use crate::view::theme::Background;

/// A screen, and how long it is seen.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The screen.
    pub screen: Buffer,
    /// How long it is seen.
    pub lasts: Duration,
}

/// A picture that shows frames of one size one after the other, again and again.
///
/// ```
/// use std::time::Duration;
///
/// use ratatui_core::buffer::Buffer;
/// use ringscope_screen::view::picture::animation::{Frame, animated};
/// use ringscope_screen::view::theme::Background;
///
/// let screens = ["r0 → r6   ", "r0    → r6"].map(|text| Buffer::with_lines([text]));
/// let frames = screens.map(|screen| Frame { screen, lasts: Duration::from_millis(500) });
/// let picture = animated(&frames, Background::Dark);
/// // What is in both frames is drawn once.
/// assert_eq!(picture.matches(">r0</text>").count(), 1);
/// assert!(picture.contains("@keyframes"));
/// ```
pub fn animated(frames: &[Frame], background: Background) -> String {
    let plain = Plain::on(background);
    let area = frames.first().map_or_else(Default::default, |frame| frame.screen.area);
    // Grounds come before all texts, so that none lies over one.
    let (mut grounds, mut texts) = (BTreeMap::new(), BTreeMap::new());
    for (index, frame) in frames.iter().enumerate() {
        for y in 0..area.height.min(frame.screen.area.height) {
            for run in runs(&frame.screen, y) {
                let (mut ground, mut text) = (String::new(), String::new());
                write_ground(&mut ground, &run, u32::from(y), plain);
                write_text(&mut text, &run, u32::from(y), plain);
                for (markup, elements) in [(ground, &mut grounds), (text, &mut texts)] {
                    if !markup.is_empty() {
                        let key = (y, run.x, markup);
                        elements.entry(key).or_insert_with(Vec::new).push(index);
                    }
                }
            }
        }
    }
    let mut svg = begin_svg(area, plain);
    let mut classes = Classes::new(frames);
    let mut body = String::new();
    for ((.., markup), seen) in grounds.into_iter().chain(texts) {
        match classes.of(seen) {
            None => body += &markup,
            Some(class) => {
                body += &markup.replacen(' ', &format!(" class=\"{class}\" "), 1);
            }
        }
    }
    svg += &classes.style();
    svg += &body;
    svg += "</svg>\n";
    svg
}

/// The classes of what is seen in some frames only: one for each set of frames.
struct Classes<'a> {
    frames: &'a [Frame],
    known: BTreeMap<Vec<usize>, usize>,
}

impl Classes<'_> {
    fn new(frames: &[Frame]) -> Classes<'_> {
        Classes { frames, known: BTreeMap::new() }
    }

    /// The class of what is seen in these frames, in their order; none for what is always seen.
    fn of(&mut self, seen: Vec<usize>) -> Option<String> {
        if seen.len() == self.frames.len() {
            return None;
        }
        let next = self.known.len();
        Some(format!("f{}", self.known.entry(seen).or_insert(next)))
    }

    /// When each class is seen.
    fn style(&self) -> String {
        let total: Duration = self.frames.iter().map(|frame| frame.lasts).sum();
        let starts: Vec<f64> = self
            .frames
            .iter()
            .scan(Duration::ZERO, |at, frame| {
                let start = at.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
                *at += frame.lasts;
                Some(100.0 * start)
            })
            .collect();
        let mut still = String::new();
        let mut moving = String::new();
        for (seen, class) in &self.known {
            if !seen.contains(&0) {
                let _ = write!(still, ".f{class}{{visibility:hidden}}");
            }
            let _ = write!(moving, "@keyframes f{class}{{");
            let mut was_seen = None;
            for (index, start) in starts.iter().enumerate() {
                let is_seen = seen.binary_search(&index).is_ok();
                if was_seen != Some(is_seen) {
                    let visibility = if is_seen { "visible" } else { "hidden" };
                    let _ = write!(moving, "{start:.3}%{{visibility:{visibility}}}");
                }
                was_seen = Some(is_seen);
            }
            let seconds = total.as_secs_f64();
            let _ =
                write!(moving, "}}.f{class}{{animation:f{class} {seconds:.3}s step-end infinite}}");
        }
        format!("<style>{still}@media(prefers-reduced-motion:no-preference){{{moving}}}</style>\n")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui_core::layout::Rect;

    use super::*;

    fn frames(texts: &[&str]) -> Vec<Frame> {
        let frame = |text: &&str| Frame {
            screen: Buffer::with_lines([*text]),
            lasts: Duration::from_millis(250),
        };
        texts.iter().map(frame).collect()
    }

    #[test]
    fn what_is_always_there_has_no_class_and_what_comes_and_goes_says_when() {
        let picture = animated(&frames(&["a→b  ", "a→ c ", "a→b  ", "a→b  "]), Background::Dark);
        assert!(picture.contains("<text x=\"0\""), "{picture}");
        let b = picture.lines().find(|line| line.ends_with(">b</text>")).expect("b is drawn");
        let class = b.split('"').nth(1).expect("it has a class");
        let when =
            "{0.000%{visibility:visible}25.000%{visibility:hidden}50.000%{visibility:visible}}";
        assert!(picture.contains(&format!("@keyframes {class}{when}")), "{picture}");
        assert!(
            picture.contains(&format!(".{class}{{animation:{class} 1.000s step-end infinite}}"))
        );
        assert_eq!(picture.matches(">b</text>").count(), 1);
        // Where nothing moves, it is the first frame.
        let c = picture.lines().find(|line| line.ends_with(">c</text>")).expect("c is drawn");
        let class = c.split('"').nth(1).expect("it has a class");
        let style = picture.split("@media").next().expect("it begins");
        assert!(style.contains(&format!(".{class}{{visibility:hidden}}")), "{style}");
    }

    #[test]
    fn one_frame_stands_still() {
        let picture = animated(&frames(&["a"]), Background::Light);
        assert!(!picture.contains("@keyframes"), "{picture}");
        assert!(animated(&[], Background::Dark).ends_with("</svg>\n"));
    }

    proptest! {
        /// At each frame's time exactly its own texts are visible.
        #[test]
        fn each_frame_is_seen_as_it_is(rows in prop::collection::vec("[a-c ]{6}", 1..6)) {
            let area = Rect::new(0, 0, 6, 1);
            let screens: Vec<Buffer> = rows.iter().map(|row| {
                let mut buffer = Buffer::empty(area);
                buffer.set_string(0, 0, row, ratatui_core::style::Style::new());
                buffer
            }).collect();
            let lasts = Duration::from_secs(1);
            let frames: Vec<Frame> =
                screens.iter().map(|screen| Frame { screen: screen.clone(), lasts }).collect();
            let picture = animated(&frames, Background::Dark);
            for (index, screen) in screens.iter().enumerate() {
                let expected: Vec<String> = runs(screen, 0).iter()
                    .map(|run| run.text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
                let seen: Vec<String> = picture.lines().filter(|line| line.starts_with("<text"))
                    .filter(|line| is_seen(&picture, line, index, rows.len()))
                    .map(|line| line.rsplit_once('>').and_then(|(line, _)| line.split('>').nth(1))
                        .and_then(|text| text.split('<').next()).unwrap_or_default().to_owned())
                    .collect();
                prop_assert_eq!(seen, expected);
            }
        }
    }

    /// Whether an element is visible while a frame is, read from the style as a browser reads it.
    fn is_seen(picture: &str, line: &str, index: usize, frames: usize) -> bool {
        let Some((_, class)) = line.split_once("class=\"") else { return true };
        let class = class.split('"').next().unwrap_or_default();
        let rule = format!("@keyframes {class}{{");
        let Some((_, steps)) = picture.split_once(&rule) else { return false };
        let steps = steps.split("}}").next().unwrap_or_default();
        let now = 100.0 * index as f64 / frames as f64 + 0.01;
        let reached = steps.split('}').filter_map(|step| step.split_once("%{visibility:"));
        let mut reached = reached.filter(|(at, _)| at.parse::<f64>().is_ok_and(|at| at <= now));
        reached.next_back().is_some_and(|(_, visibility)| visibility == "visible")
    }
}

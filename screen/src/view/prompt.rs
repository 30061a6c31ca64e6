//! The line that is being typed, what is wrong with it, and what it could go on with.

use ratatui_core::layout::{Position, Rect};
use unicode_width::UnicodeWidthChar as _;

use crate::app::Prompt;

use super::Paint;
use super::symbols::Symbol;
use super::words;

/// Draws the line in its row, and what there is to say about it in the row above.
pub(super) fn draw(prompt: &Prompt, above: Rect, paint: &mut Paint<'_>) {
    let look = paint.look;
    clear(paint);
    let mut pen = paint.pen();
    pen.gap(1).write(prompt.purpose.title(), look.theme.key()).gap(1);
    let (shown, cursor) = window(prompt, pen.room().saturating_sub(3));
    let (sign, style) = match prompt.problem {
        Some(_) => (Symbol::Bad, look.theme.bad()),
        None => (Symbol::Good, look.theme.good()),
    };
    for (index, letter) in shown.chars().chain([' ']).enumerate() {
        let style = if index == cursor { look.theme.selected() } else { look.theme.text() };
        pen.write(letter.encode_utf8(&mut [0; 4]), style);
    }
    if prompt.line().is_empty() {
        pen.gap(1).write(&words::plain(&prompt.hint()), look.theme.faint());
    } else {
        pen.gap(1).write(look.symbols.of(sign), style);
    }
    draw_remark(prompt, &mut paint.within(above));
}

fn draw_remark(prompt: &Prompt, paint: &mut Paint<'_>) {
    let look = paint.look;
    if let Some(problem) = &prompt.problem {
        clear(paint);
        paint.pen().gap(1).write(&words::plain(problem), look.theme.bad());
    } else if !prompt.completions.is_empty() {
        clear(paint);
        let mut pen = paint.pen();
        for word in &prompt.completions {
            pen.gap(1).write(&words::plain(word), look.theme.label()).gap(1);
        }
    } else if let Some(meaning) = prompt.meaning {
        clear(paint);
        paint.pen().gap(1).write(meaning, look.theme.label());
    }
}

/// The part of the line that is seen, and where in it the cursor stands, in letters.
fn window(prompt: &Prompt, room: usize) -> (String, usize) {
    let letters: Vec<char> = words::plain(prompt.line()).chars().collect();
    let cursor = prompt.typed.cursor().min(letters.len());
    let mut first = 0;
    let width = |from: usize| {
        letters[from..cursor].iter().map(|letter| letter.width().unwrap_or(0)).sum::<usize>()
    };
    while first < cursor && width(first) > room {
        first += 1;
    }
    (letters[first..].iter().collect(), cursor - first)
}

fn clear(paint: &mut Paint<'_>) {
    for Position { x, y } in paint.area.intersection(paint.buffer.area).positions() {
        paint.buffer[(x, y)].reset();
    }
}

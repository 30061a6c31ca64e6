//! The keys at rest: each a square at its place inside of the arcs, with its number where there is room.

use ratatui_core::buffer::Buffer;
use ratatui_core::style::Style;
use ringscope_sim::protocol::{ActivityKind, Key};
use ringscope_traces::Rank;
use unicode_width::UnicodeWidthStr as _;

use super::super::canvas::{Canvas, Grain, Ink, Meeting};
use super::super::geometry::{CELL_WIDTH, GridCell, Point, cells, floor};
use super::super::labels::Free;
use super::super::scene::Scene;
use super::super::symbols::Symbol;
use super::model::{Glyph, Picture};
use super::{Label, LabelSubject};

/// How many keys are drawn as dots, where there is no room for squares.
const MOST_DOTS: usize = 400;

/// How many stray keys have a line to their owner: more are a tangle.
const MOST_STRAYS: usize = 16;

/// A key and who holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// The key.
    pub key: Key,
    /// One of those who hold it.
    pub holder: Rank,
}

/// A key that lies with a node that does not own it, while its owner does not have it.
#[derive(Debug, Clone, Copy)]
struct Stray {
    key: Key,
    /// Where it is drawn: beside its holder.
    from: Point,
    /// Where its owner is.
    to: Point,
}

/// A square in its cell.
#[derive(Debug)]
struct Square {
    key: Key,
    cell: GridCell,
    /// Which side of the cell is towards the middle: -1 left, 1 right, 0 above or below.
    inwards: (i32, i32),
    style: Style,
    is_astray: bool,
}

/// The keys at rest.
#[derive(Debug, Default)]
pub(super) struct Keys {
    squares: Vec<Square>,
    dots: Vec<(Rank, Point)>,
    /// Those that are with the wrong node.
    strays: Vec<Stray>,
}

impl Keys {
    /// Those on a picture; squares take their cells.
    pub(super) fn new(scene: &Scene<'_>, picture: &Picture, free: &mut Free) -> Keys {
        let astray = strays(scene);
        let mut keys = Keys::default();
        for held in astray.iter().take(MOST_STRAYS) {
            let before = keys.strays.len();
            keys.strays.extend(stray(scene, picture, *held, before));
        }
        for Stray { key, from, .. } in &keys.strays {
            let style = scene.look.theme.bad();
            let laid = Laid { key: *key, point: *from, style, is_astray: true };
            keys.squares.extend(laid.square(picture, free));
        }
        if picture.overview.is_some() {
            return keys;
        }
        let held = held(scene, picture);
        let held = held.iter().filter(|held| !astray.contains(held));
        let radius = picture.disc.inside();
        let most = floor(radius * picture.span.sweep / CELL_WIDTH / 1.5).max(0);
        let has_room = held.clone().count() <= usize::try_from(most).unwrap_or(0);
        for held in held.take(MOST_DOTS) {
            let point = picture.disc.at(picture.span.angle(held.key.0), radius);
            match has_room {
                true => {
                    let style = scene.style_of(held.holder);
                    let laid = Laid { key: held.key, point, style, is_astray: false };
                    keys.squares.extend(laid.square(picture, free));
                }
                false => keys.dots.push((held.holder, point)),
            }
        }
        keys
    }

    /// Draws the squares, or dots where there are too many.
    pub(super) fn draw(&self, scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
        let mut canvas = Canvas::new(picture.area, Grain::of_lines(scene.look.symbols));
        for (holder, point) in &self.dots {
            let Ok(ink) = u16::try_from(holder.0) else { continue };
            canvas.dot(*point, Ink(ink), Meeting::Together);
        }
        canvas.draw(buffer, Meeting::Together, |ink| scene.style_of(Rank(u32::from(ink.0))));
        for square in &self.squares {
            let symbol = scene.symbol(Symbol::Key);
            picture.put(square.cell, Glyph { symbol, style: square.style }, buffer);
        }
    }

    /// The lines from stray keys to their owners.
    pub(super) fn draw_lines(&self, scene: &Scene<'_>, picture: &Picture, buffer: &mut Buffer) {
        if self.strays.is_empty() {
            return;
        }
        let mut canvas = Canvas::new(picture.area, Grain::of_lines(scene.look.symbols));
        for stray in &self.strays {
            canvas.line(stray.from, stray.to, Ink(0));
        }
        canvas.draw(buffer, Meeting::Together, |_| scene.look.theme.bad());
    }

    /// The numbers of the keys that are with the wrong node, or of all others, where there is room beside the squares.
    pub(super) fn labels(&self, astray: bool, free: &mut Free) -> Vec<Label> {
        let label = |square: &Square| {
            let text = square.key.to_string();
            let width = i32::from(cells(text.width()));
            let (across, down) = square.inwards;
            let beside = square.cell.moved(if across < 0 { -1 - width } else { 2 }, 0);
            let centred = square.cell.moved(-width / 2, down);
            let order = match across {
                0 => [centred, beside],
                _ => [beside, centred],
            };
            let place = order.into_iter().find_map(|cell| free.at(cell, text.width()))?;
            let (named, style) = (LabelSubject::Key(square.key), square.style);
            Some(Label { named, place, text, style })
        };
        self.squares.iter().filter(|square| square.is_astray == astray).filter_map(label).collect()
    }

    /// The key whose square is in a cell.
    pub(super) fn at(&self, cell: GridCell) -> Option<Key> {
        self.squares.iter().find(|square| square.cell == cell).map(|square| square.key)
    }
}

/// A key at a point, in its style.
struct Laid {
    key: Key,
    point: Point,
    style: Style,
    is_astray: bool,
}

impl Laid {
    /// Its square, if its cell is free.
    fn square(self, picture: &Picture, free: &mut Free) -> Option<Square> {
        let Laid { key, point, style, is_astray } = self;
        let cell = point.cell();
        if !free.has(cell) {
            return None;
        }
        free.take(cell);
        let (x, y) = (picture.disc.middle.x - point.x, picture.disc.middle.y - point.y);
        let is_steep = y.abs() > 1.5 * x.abs();
        let across = if is_steep { 0 } else { floor(x.signum()) };
        Some(Square { key, cell, inwards: (across, floor(y.signum())), style, is_astray })
    }
}

/// What the nodes of a picture hold; of copies first that of the owner, which hides the others.
fn held(scene: &Scene<'_>, picture: &Picture) -> Vec<Held> {
    let mut held = Vec::new();
    for (holder, _) in &picture.arcs {
        let storage = scene.node(*holder).and_then(|node| node.storage);
        let keys = storage.into_iter().flat_map(|storage| storage.keys());
        held.extend(keys.take(MOST_DOTS).map(|key| Held { key: *key, holder: *holder }));
    }
    let is_owner = |held: &Held| {
        let ring = scene.states().map(|states| &states.ring);
        ring.and_then(|ring| ring.owner(held.key)).is_some_and(|owner| owner.rank == held.holder)
    };
    held.sort_by_cached_key(|held| !is_owner(held));
    held
}

/// The keys that are with a node that does not own them, while their owner does not have them. Where a node joins or
/// leaves, what is with the one that it leaves or joins is on its way and not astray.
pub(super) fn strays(scene: &Scene<'_>) -> Vec<Held> {
    let Some(states) = scene.states().filter(|states| states.ring.comes_round()) else {
        return Vec::new();
    };
    let mut strays = Vec::new();
    for member in scene.owners() {
        let Some(node) = scene.node(member.rank) else { continue };
        let is_busy = matches!(
            node.activity.kind,
            ActivityKind::Admitting | ActivityKind::Joining | ActivityKind::Leaving
        );
        let held = node.storage.into_iter().filter(|_| !is_busy).flat_map(|pairs| pairs.keys());
        for key in held.filter(|key| !member.range.contains(**key)) {
            let owner = states.ring.owner(*key).and_then(|owner| scene.node(owner.rank));
            let owner = owner.and_then(|owner| owner.storage);
            if owner.is_some_and(|pairs| !pairs.contains_key(key)) {
                strays.push(Held { key: *key, holder: member.rank });
            }
        }
    }
    strays
}

/// Where a stray key is drawn, and where its line leads to.
fn stray(scene: &Scene<'_>, picture: &Picture, held: Held, before: usize) -> Option<Stray> {
    const APART: f64 = 3.0 * CELL_WIDTH;
    let radius = picture.disc.inside();
    let Held { key, holder } = held;
    let owner = scene.states()?.ring.owner(key)?.rank;
    // Within the arc of its holder, which ends at the holder's id.
    let back = (before + 1) as f64 * APART / radius.max(1.0);
    let from = picture.disc.at(picture.angle_of(scene, holder)? - back, radius);
    Some(Stray { key, from, to: picture.end_of(scene, owner)? })
}

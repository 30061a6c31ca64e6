// The cells on a canvas, in pixels of the device. A glyph is painted once for each colour and kept; a cell is painted when it changed.

/** How a cell is drawn, as bits: ratatui's, and one of ours. */
const BOLD = 1, DIM = 2, ITALIC = 4, UNDERLINED = 8, REVERSED = 64, HIDDEN = 128, CROSSED_OUT = 256, WIDE = 1 << 16;
/** The bit of a symbol of several characters, and that of a colour that is not the page's own. */
const LONG = 1 << 31, RGB = 1 << 24;

const FONT = 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace';
/** How many glyphs are kept. */
const MOST_GLYPHS = 4096;
const GLYPHS_IN_A_ROW = 64;
/** How large the letters are, in CSS pixels: less where there is little room. */
const LARGE = 15, SMALL = 12, LITTLE_ROOM = 700;

/** The page's own text and background: those of pictures on the command line. */
const OWN = { dark: [0xd8dce4, 0x12141a], light: [0x1b1f26, 0xfcfcfa] };

class Canvas {
  constructor(element) {
    this.element = element;
    this.brush = element.getContext("2d", { alpha: false });
    this.size = { columns: 0, rows: 0 };
    this.drawn = new Uint32Array(0);
    this.longDrawn = "";
    this.isLight = false;
    this.glyphs = new Map();
    this.store = document.createElement("canvas");
  }

  /** Fits as many cells as there is room for; whether that changed anything. */
  fit(room) {
    const ratio = window.devicePixelRatio || 1;
    const letters = room.width < LITTLE_ROOM ? SMALL : LARGE;
    const brush = this.brush;
    brush.font = `${letters * ratio}px ${FONT}`;
    const width = Math.max(1, Math.round(brush.measureText("0".repeat(20)).width / 20));
    const height = Math.max(1, Math.round(letters * 1.28 * ratio));
    const columns = Math.max(1, Math.floor((room.width * ratio) / width));
    const rows = Math.max(1, Math.floor((room.height * ratio) / height));
    const size = { columns, rows, width, height, ratio, letters };
    if (JSON.stringify(size) === JSON.stringify(this.size)) return false;
    this.size = size;
    this.element.width = columns * width;
    this.element.height = rows * height;
    this.element.style.width = `${(columns * width) / ratio}px`;
    this.element.style.height = `${(rows * height) / ratio}px`;
    this.forget();
    return true;
  }

  /** Forgets what was drawn, and every glyph. */
  forget() {
    this.drawn = new Uint32Array(4 * this.size.columns * this.size.rows);
    this.drawn.fill(0xffffffff);
    this.glyphs.clear();
    this.store.width = GLYPHS_IN_A_ROW * 2 * this.size.width;
    this.store.height = (MOST_GLYPHS / GLYPHS_IN_A_ROW) * this.size.height;
    this.pen = this.store.getContext("2d");
    this.pen.textBaseline = "alphabetic";
  }

  /** Paints the cells that changed, and says in which rows there are such. */
  paint(cells, long, isLight) {
    if (isLight !== this.isLight || long !== this.longDrawn) this.drawn.fill(0xffffffff);
    [this.isLight, this.longDrawn, this.long] = [isLight, long, long.split("\n")];
    const { columns, rows } = this.size;
    const changed = new Set();
    this.makeRoom();
    // Glyphs come first: each time that the store has changed, the browser copies all of it before it draws from it.
    const plans = [];
    for (let row = 0, at = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1, at += 4) {
        if (this.isDrawn(cells, at)) continue;
        changed.add(row);
        const plan = this.plan(cells, at, { column, row });
        if (plan) plans.push(plan);
      }
    }
    for (const plan of plans) this.paintCell(plan);
    this.drawn.set(cells);
    return changed;
  }

  /** Forgets all glyphs when there are many: those of one frame stay together. */
  makeRoom() {
    if (this.glyphs.size < MOST_GLYPHS / 2) return;
    this.glyphs.clear();
    this.pen.clearRect(0, 0, this.store.width, this.store.height);
  }

  isDrawn(cells, at) {
    const { drawn } = this;
    return cells[at] === drawn[at] && cells[at + 1] === drawn[at + 1] && cells[at + 2] === drawn[at + 2] && cells[at + 3] === drawn[at + 3];
  }

  /** Where a cell is painted, on which ground, and which glyph; what lies under a wide symbol shows nothing of its own. */
  plan(cells, at, { column, row }) {
    const { width, height, columns } = this.size;
    if (column > 0 && cells[at - 1] & WIDE) return null;
    const style = cells[at + 3];
    const isWide = (style & WIDE) !== 0 && column + 1 < columns;
    const own = OWN[this.isLight ? "light" : "dark"];
    const colour = (number, otherwise) => (number & RGB ? number & 0xffffff : otherwise);
    let [ink, ground] = [colour(cells[at + 1], own[0]), colour(cells[at + 2], own[1])];
    if (style & REVERSED) [ink, ground] = [ground, ink];
    const symbol = cells[at];
    const isEmpty = (symbol === 32 && (style & (UNDERLINED | CROSSED_OUT)) === 0) || (style & HIDDEN) !== 0;
    const glyph = isEmpty ? null : this.glyph(symbol, ink, style);
    return { x: column * width, y: row * height, span: isWide ? 2 * width : width, ground, glyph };
  }

  paintCell({ x, y, span, ground, glyph }) {
    const { height } = this.size;
    this.brush.fillStyle = css(ground);
    this.brush.fillRect(x, y, span, height);
    if (glyph) this.brush.drawImage(this.store, glyph.x, glyph.y, span, height, x, y, span, height);
  }

  /** Where a glyph is kept; painted now if it is not there yet. */
  glyph(symbol, ink, style) {
    const looks = style & (BOLD | DIM | ITALIC | UNDERLINED | CROSSED_OUT | WIDE);
    const text = symbol & LONG ? this.long[symbol & ~LONG] ?? "" : null;
    const key = `${text ?? symbol} ${ink} ${looks}`;
    const known = this.glyphs.get(key);
    if (known) return known;
    // More than there is room for on one screen nobody has seen: they take each other's places.
    const index = this.glyphs.size % MOST_GLYPHS;
    const { width, height } = this.size;
    const place = { x: (index % GLYPHS_IN_A_ROW) * 2 * width, y: Math.floor(index / GLYPHS_IN_A_ROW) * height };
    this.paintGlyph(place, { code: text === null ? symbol : 0, text: text ?? String.fromCodePoint(symbol) }, { ink, looks });
    this.glyphs.set(key, place);
    return place;
  }

  paintGlyph(place, { code, text }, { ink, looks }) {
    const { height, letters, ratio } = this.size;
    const width = looks & WIDE ? 2 * this.size.width : this.size.width;
    const pen = this.pen;
    pen.save();
    pen.translate(place.x, place.y);
    pen.beginPath();
    pen.rect(0, 0, width, height);
    pen.clip();
    pen.fillStyle = pen.strokeStyle = css(ink);
    pen.globalAlpha = looks & DIM ? 0.6 : 1;
    const painter = painterOf(code);
    if (painter) painter(pen, code, { width, height });
    else {
      pen.font = `${looks & ITALIC ? "italic " : ""}${looks & BOLD ? "bold " : ""}${letters * ratio}px ${FONT}`;
      // A font may lack the sign, and another one that has it may be wider.
      const wide = pen.measureText(text).width;
      const squeeze = Math.min(1, width / Math.max(1, wide - 1));
      pen.setTransform(squeeze, 0, 0, 1, place.x + Math.max(0, (width - wide * squeeze) / 2), place.y);
      pen.fillText(text, 0, Math.round(height * 0.76));
      pen.setTransform(1, 0, 0, 1, place.x, place.y);
    }
    const line = lightOf(this.size);
    if (looks & UNDERLINED) pen.fillRect(0, height - 2 * line, width, line);
    if (looks & CROSSED_OUT) pen.fillRect(0, Math.round(height / 2), width, line);
    pen.restore();
  }
}

const CSS = new Map();

function css(colour) {
  let text = CSS.get(colour);
  if (text === undefined) CSS.set(colour, (text = `#${colour.toString(16).padStart(6, "0")}`));
  return text;
}

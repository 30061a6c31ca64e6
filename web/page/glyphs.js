// Braille, blocks and box lines are painted here: fonts draw them in other sizes than their cells, or not at all.

/** What paints a character into a cell, or null where a font does. */
function painterOf(code) {
  if (code >= 0x2800 && code <= 0x28ff) return paintBraille;
  if (code >= 0x2580 && code <= 0x259f) return paintBlock;
  if (code >= 0x2500 && code <= 0x257f) return paintBox;
  return null;
}

/** The eight dots of Braille in the order of their bits: column, row. */
const DOTS = [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [0, 3], [1, 3]];

function paintBraille(brush, code, { width, height }) {
  const radius = Math.max(0.5, Math.min(width / 4, height / 8) * 0.62);
  brush.beginPath();
  DOTS.forEach(([column, row], bit) => {
    if ((code & (1 << bit)) === 0) return;
    const x = ((2 * column + 1) * width) / 4;
    const y = ((2 * row + 1) * height) / 8;
    brush.moveTo(x + radius, y);
    brush.arc(x, y, radius, 0, 2 * Math.PI);
  });
  brush.fill();
}

/** The quarters of U+2596 to U+259F: 1 upper left, 2 upper right, 4 lower left, 8 lower right. */
const QUARTERS = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];

function paintBlock(brush, code, { width, height }) {
  const part = (of, eighths) => Math.round((of * eighths) / 8);
  const rows = (from, to) => brush.fillRect(0, part(height, from), width, part(height, to) - part(height, from));
  const columns = (from, to) => brush.fillRect(part(width, from), 0, part(width, to) - part(width, from), height);
  if (code === 0x2580) rows(0, 4);
  else if (code <= 0x2588) rows(8 - (code - 0x2580), 8);
  else if (code <= 0x258f) columns(0, 8 - (code - 0x2588));
  else if (code === 0x2590) columns(4, 8);
  else if (code <= 0x2593) {
    brush.globalAlpha *= (code - 0x2590) / 4;
    rows(0, 8);
  } else if (code === 0x2594) rows(0, 1);
  else if (code === 0x2595) columns(7, 8);
  else paintQuarters(brush, QUARTERS[code - 0x2596], { width, height });
}

function paintQuarters(brush, quarters, { width, height }) {
  const [x, y] = [Math.round(width / 2), Math.round(height / 2)];
  if (quarters & 1) brush.fillRect(0, 0, x, y);
  if (quarters & 2) brush.fillRect(x, 0, width - x, y);
  if (quarters & 4) brush.fillRect(0, y, x, height - y);
  if (quarters & 8) brush.fillRect(x, y, width - x, height - y);
}

/**
 * The arms of U+2500 to U+257F, upwards, to the right, downwards, to the left: 0 none, 1 light, 2 heavy, 3 double. After the
 * names of the characters in Unicode; arcs and diagonals have dots.
 */
const ARMS =
  "0101020210102020010102021010202001010202101020200110021001200220" +
  "0011001200210022110012002100220010011002200120021110121021101120" +
  "2120221012202220101110122011102120212012102220220111011202110212" +
  "0121012202210222110111021201120221012102220122021111111212111212" +
  "2111112121212112221111221221221212222122222122220101020210102020" +
  "0303303003100130033000130031003313003100330010033001300313103130" +
  "3330101330313033031301310333130331013303131331313333............" +
  "................000110000100001000022000020000200201102001022010";

/** Into how many dashes lines are broken, by the first character of two or four. */
const DASHES = [[0x2504, 0x2507, 3], [0x2508, 0x250b, 4], [0x254c, 0x254f, 2]];

function paintBox(brush, code, size) {
  if (code >= 0x256d && code <= 0x2570) return paintArc(brush, code - 0x256d, size);
  if (code >= 0x2571 && code <= 0x2573) return paintDiagonals(brush, code - 0x2570, size);
  const arms = [...ARMS.slice(4 * (code - 0x2500), 4 * (code - 0x2500) + 4)].map(Number);
  arms.forEach((weight, direction) => weight && paintArm(brush, { weight, direction }, size));
  const dashes = DASHES.find(([first, last]) => code >= first && code <= last);
  if (dashes) cutDashes(brush, { isUpright: arms[0] > 0, count: dashes[2] }, size);
}

/** How thick a light line is, in pixels of the device. */
const lightOf = ({ height }) => Math.max(1, Math.round(height / 18));

/** One arm, from the edge to just behind the middle, so that arms meet. */
function paintArm(brush, { weight, direction }, size) {
  const light = lightOf(size);
  const thickness = weight === 2 ? 2 * light : light;
  const offsets = weight === 3 ? [-light, light] : [0];
  const isUpright = direction % 2 === 0;
  const [across, along] = isUpright ? [size.width, size.height] : [size.height, size.width];
  const isFirstHalf = direction === 0 || direction === 3;
  const middle = Math.floor(along / 2);
  const behind = Math.ceil(thickness / 2) + (weight === 3 ? light : 0);
  const [from, to] = isFirstHalf ? [0, middle + behind] : [middle - behind + 1, along];
  for (const offset of offsets) {
    const start = Math.floor((across - thickness) / 2) + offset;
    if (isUpright) brush.fillRect(start, from, thickness, to - from);
    else brush.fillRect(from, start, to - from, thickness);
  }
}

function cutDashes(brush, { isUpright, count }, { width, height }) {
  const along = isUpright ? height : width;
  const gap = Math.max(1, Math.round(along / (count * 4)));
  for (let dash = 0; dash < count; dash += 1) {
    const end = Math.round(((dash + 1) * along) / count);
    if (isUpright) brush.clearRect(0, end - gap, width, gap);
    else brush.clearRect(end - gap, 0, gap, height);
  }
}

/** A quarter of a circle between two arms: down and right, down and left, up and left, up and right. */
function paintArc(brush, corner, size) {
  const { width, height } = size;
  const light = lightOf(size);
  const middle = (of) => Math.floor((of - light) / 2) + light / 2;
  const [x, y, radius] = [middle(width), middle(height), Math.min(width, height) / 2];
  const isRight = corner === 0 || corner === 3;
  const isDown = corner < 2;
  brush.lineWidth = light;
  brush.beginPath();
  brush.moveTo(x, isDown ? height : 0);
  brush.lineTo(x, isDown ? y + radius : y - radius);
  brush.quadraticCurveTo(x, y, isRight ? x + radius : x - radius, y);
  brush.lineTo(isRight ? width : 0, y);
  brush.stroke();
}

/** Rising, falling, or both. */
function paintDiagonals(brush, which, size) {
  const { width, height } = size;
  brush.lineWidth = lightOf(size);
  brush.beginPath();
  if (which & 1) {
    brush.moveTo(0, height);
    brush.lineTo(width, 0);
  }
  if (which & 2) {
    brush.moveTo(0, 0);
    brush.lineTo(width, height);
  }
  brush.stroke();
}

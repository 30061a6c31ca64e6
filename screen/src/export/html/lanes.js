// Space and time: one lane per rank, one row per event and per call, one arrow per message.

const ROW = 24;
const LEFT = 46;
const HEAD = 34;
const laneSvg = byId("lanes");
const lanes = new Map(run.lanes.map(([rank], index) => [rank, index]));
const COMM_COLORS = ["var(--ink)", "#0072b2", "#009e73", "#d55e00", "#cc79a7", "#7b5cd6"];

// Rows: one for each event, and behind it one for each call that was made before the next event.
const rows = [];
const rowOf = new Map();
const callsAfter = (at) => (run.calls ?? []).filter((call) => call.after === at);
for (let number = run.from; number <= run.to; number += 1) {
  if (number > run.from) {
    rowOf.set(number, rows.length);
    rows.push({ number });
  }
  for (const call of callsAfter(number)) rows.push({ call });
}

function drawLanes() {
  const room = laneSvg.parentElement.clientWidth || 600;
  const between = Math.max((room - LEFT - 30) / Math.max(lanes.size - 1, 1), lanes.size > 9 ? 44 : 30);
  const spread = Math.min(between, 170);
  const width = Math.max(LEFT + 30 + spread * Math.max(lanes.size - 1, 1), Math.min(room, 300));
  const fitting = innerWidth < 760 ? 16 : Math.min(Math.max(Math.floor((innerHeight - 330) / ROW), 14), 32);
  const shown = Math.min(Math.max(rows.length, 1), fitting);
  const current = cursor === run.to ? rows.length - 1 : (rowOf.get(cursor) ?? 0) + callsAfter(cursor).length;
  const top = Math.min(Math.max(current - Math.floor(shown * 0.7), 0), Math.max(rows.length - shown, 0));
  const inView = rows.slice(top, top + shown);
  const numbers = inView.flatMap(({ number }) => (number === undefined ? [] : [number]));
  const height = HEAD + shown * ROW + 8;
  laneSvg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  laneSvg.setAttribute("width", width);
  laneSvg.setAttribute("height", height);
  laneSvg.replaceChildren();
  const clip = element("clipPath", { id: "window" }, laneSvg);
  element("rect", { x: 0, y: HEAD - 6, width, height: height - HEAD + 6 }, clip);
  const yOf = (row) => HEAD + (row - top + 0.5) * ROW;
  const y = (number) => yOf(rowOf.get(number) ?? rows.length);
  const view = { width, bottom: height, names: [], x: (rank) => LEFT + 15 + lanes.get(rank) * spread, y };
  drawHeads(view, height, spread);
  numbers.forEach((number) => drawRow(view, number, width));
  inView.forEach(({ call }, index) => call && drawCall(view, call, yOf(top + index)));
  const arrows = element("g", { "clip-path": "url(#window)" }, laneSvg);
  run.open.forEach((open) => drawArrow(view, open.event, open, arrows));
  run.events.forEach((event, index) => drawArrow(view, run.from + index + 1, event, arrows));
  nameArrows(view, arrows);
  numbers.forEach((number) => drawDot(view, number));
}

/** A collective operation is a bar across the lanes of those that enter it; what one rank calls is a square on its lane. */
function drawCall(view, call, y) {
  const future = call.after > cursor || (call.after === cursor && cursor < run.to && call.bad && call.comm === undefined) ? " future" : "";
  const group = element("g", { class: `call${future}${call.bad ? " bad" : ""}` }, laneSvg);
  const seen = (ranks) => ranks.filter((rank) => lanes.has(rank)).map(view.x);
  const [entered, missing] = [seen(call.ranks), seen(call.missing)];
  const all = [...entered, ...missing];
  if (!all.length) return;
  if (call.comm === undefined) {
    element("rect", { x: all[0] - 5, y: y - 5, width: 10, height: 10, class: "call-mark" }, group);
  } else {
    const color = COMM_COLORS[call.comm % COMM_COLORS.length];
    element("line", { x1: Math.min(...all), y1: y, x2: Math.max(...all), y2: y, class: "call-bar", stroke: color }, group);
    for (const x of entered) element("rect", { x: x - 4, y: y - 7, width: 8, height: 14, rx: 2, fill: color }, group);
    for (const x of missing) element("circle", { cx: x, cy: y, r: 5.5, class: "call-missing" }, group);
  }
  // Above a bar, and beside a square: to the side on which there is more room.
  const isLeft = call.comm === undefined && all[0] > view.width / 2;
  const [x, anchor] = isLeft ? [all[0] - 12, "end"] : [Math.min(...all) + 12, "start"];
  element("text", { x, y: call.comm === undefined ? y + 4 : y - 8, class: "call-label", "text-anchor": anchor }, group, call.words);
}

function drawHeads(view, height, spread) {
  const colors = colorsOf(ringAt(cursor));
  for (const [rank, role] of run.lanes) {
    const x = view.x(rank);
    element("line", { x1: x, y1: HEAD - 4, x2: x, y2: height, class: "lane" }, laneSvg);
    element("text", { x, y: 14, class: "head" }, laneSvg, `r${rank}`);
    const color = colors.get(rank);
    if (color) element("rect", { x: x - 10, y: 19, width: 20, height: 5, rx: 2.5, fill: color }, laneSvg);
    if (role && spread >= 52) element("text", { x, y: 26, class: "role" }, laneSvg, role);
  }
}

function drawRow(view, number, width) {
  const current = number === cursor ? " current" : "";
  const row = element("rect", { x: 0, y: view.y(number) - ROW / 2, width, height: ROW, class: `row${current}` }, laneSvg);
  row.addEventListener("click", () => goTo(number));
  element("text", { x: LEFT - 14, y: view.y(number) + 4, class: "number" }, laneSvg, number);
}

function drawArrow(view, number, event, parent) {
  const isSend = !event.recv;
  const isFromBefore = event.recv && event.other === null;
  const end = event.other ?? number + 1;
  if (!isSend && !isFromBefore) return;
  if (view.y(number) > view.bottom || view.y(end) < HEAD) return;
  const [from, to] = [view.x(event.rank), view.x(event.peer)];
  const kind = kindOf(event);
  const isOpen = event.other === null;
  const [y1, y2] = [view.y(number), isOpen ? view.y(number) + ROW * 0.6 : view.y(end)];
  const x2 = isOpen ? from + (to - from) * 0.5 : to;
  const future = number > cursor ? " future" : "";
  const group = element("g", { class: future }, parent);
  const isSelf = from === to;
  const path = isSelf
    ? `M${from} ${y1}C${from + 26} ${y1} ${from + 26} ${y2} ${from + 5} ${y2}`
    : `M${from} ${y1}L${x2} ${y2}`;
  element("path", { d: path, class: `arrow ${kind}${isOpen ? " unreceived" : ""}` }, group);
  const angle = isSelf ? Math.PI : Math.atan2(y2 - y1, x2 - from);
  const tip = isSelf ? [from + 4, y2] : [x2 - 4 * Math.cos(angle), y2 - 4 * Math.sin(angle)];
  const corner = (turn) => `${(tip[0] - 9 * Math.cos(angle + turn)).toFixed(1)},${(tip[1] - 9 * Math.sin(angle + turn)).toFixed(1)}`;
  element("polygon", { points: `${tip[0].toFixed(1)},${tip[1].toFixed(1)} ${corner(0.42)} ${corner(-0.42)}`, class: `arrow-head ${kind}` }, group);
  const room = Math.abs(x2 - from);
  const isLooked = number === cursor || event.other === cursor;
  if (y1 > HEAD && (room > event.label.length * 5.5 || isLooked)) {
    const place = (part) => (isSelf ? [from + 52, y1 + (y2 - y1) * part] : [from + (x2 - from) * part, y1 + (y2 - y1) * part - 3]);
    view.names.push({ text: event.label, classes: `arrow-label ${kind}${future}`, place, isLooked });
  }
}

/** The names of the arrows, that of the current event first: one that finds no free place along its arrow is left out. */
function nameArrows(view, parent) {
  const taken = [];
  const isFree = ([x, y], half) => taken.every((other) => Math.abs(x - other.x) >= half + other.half || Math.abs(y - other.y) >= 12);
  for (const { text, classes, place, isLooked } of [...view.names].sort((a, b) => b.isLooked - a.isLooked)) {
    const half = text.length * 3.4 + 2;
    const free = [0.5, 0.35, 0.65, 0.22, 0.78].map(place).find((at) => isFree(at, half));
    if (!free && !isLooked) continue;
    const [x, y] = free ?? place(0.5);
    taken.push({ x, y, half });
    element("text", { x, y, class: classes }, parent, text);
  }
}

function drawDot(view, number) {
  const event = eventAt(number);
  const [cx, cy] = [view.x(event.rank), view.y(number)];
  const state = number === cursor ? " current" : number > cursor ? " future" : "";
  element("circle", { cx, cy, r: number === cursor ? 5.5 : 3.5, class: `dot${state}` }, laneSvg);
  if (wrongs.has(number)) element("circle", { cx, cy, r: 8.5, class: "bad-dot" }, laneSvg);
}

function drawLegend() {
  const kinds = [...new Set([...run.events, ...run.open].map((event) => event.kind))].sort();
  for (const kind of kinds) {
    const [name, words] = run.kinds[kind];
    const item = tag("li", undefined, name);
    const picture = element("svg", { width: 30, height: 8, "aria-hidden": "true" });
    element("line", { x1: 0, y1: 4, x2: 30, y2: 4 }, picture);
    item.append(picture, words);
    byId("legend").append(item);
  }
}

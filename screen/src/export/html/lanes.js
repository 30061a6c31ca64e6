// Space and time: one lane per rank, one row per event, one arrow per message.

const ROW = 24;
const LEFT = 46;
const HEAD = 34;
const laneSvg = byId("lanes");
const lanes = new Map(run.lanes.map(([rank], index) => [rank, index]));

function drawLanes() {
  const room = laneSvg.parentElement.clientWidth || 600;
  const between = Math.max((room - LEFT - 30) / Math.max(lanes.size - 1, 1), lanes.size > 9 ? 44 : 30);
  const spread = Math.min(between, 170);
  const width = Math.max(LEFT + 30 + spread * Math.max(lanes.size - 1, 1), Math.min(room, 300));
  const fitting = innerWidth < 760 ? 16 : Math.min(Math.max(Math.floor((innerHeight - 330) / ROW), 14), 32);
  const rows = Math.min(Math.max(run.events.length, 1), fitting);
  const first = Math.min(Math.max(cursor - Math.floor(rows * 0.7), run.from + 1), Math.max(run.to - rows + 1, run.from + 1));
  const last = Math.min(first + rows - 1, run.to);
  const height = HEAD + rows * ROW + 8;
  laneSvg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  laneSvg.setAttribute("width", width);
  laneSvg.setAttribute("height", height);
  laneSvg.replaceChildren();
  const clip = element("clipPath", { id: "window" }, laneSvg);
  element("rect", { x: 0, y: HEAD - 6, width, height: height - HEAD + 6 }, clip);
  const view = { first, last, names: [], x: (rank) => LEFT + 15 + lanes.get(rank) * spread, y: (number) => HEAD + (number - first + 0.5) * ROW };
  drawHeads(view, height, spread);
  for (let number = first; number <= last; number += 1) drawRow(view, number, width);
  const arrows = element("g", { "clip-path": "url(#window)" }, laneSvg);
  run.open.forEach((open) => drawArrow(view, open.event, open, arrows));
  run.events.forEach((event, index) => drawArrow(view, run.from + index + 1, event, arrows));
  nameArrows(view, arrows);
  for (let number = first; number <= last; number += 1) drawDot(view, number);
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
  if (number > view.last || end < view.first) return;
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

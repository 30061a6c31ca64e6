// The ring: nodes at their ids, what each owns, keys, and messages on their way.

const MOST_LABELLED_NODES = 16;
const MOST_KEYS = 400;
const MOST_FLIGHTS = 64;

const MIDDLE = 220;
const RADIUS = 138;
const GAP = 0.42; // between the last key and the first, where the head stands

const ringSvg = byId("ring");
const layers = {};
for (const name of ["arcs", "keys", "ways", "waits", "nodes", "messages", "tags"]) {
  layers[name] = element("g", {}, ringSvg);
}
const moving = new Map();

const angleOf = (key) => GAP + (Math.min(Math.max(key, 0), run.keyspace) / run.keyspace) * (2 * Math.PI - 2 * GAP);
const onCircle = (angle, radius) => [MIDDLE + radius * Math.sin(angle), MIDDLE - radius * Math.cos(angle)];
const point = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

function arcPath(from, to) {
  const isLarge = to - from > Math.PI ? 1 : 0;
  return `M${point(onCircle(from, RADIUS))}A${RADIUS} ${RADIUS} 0 ${isLarge} 1 ${point(onCircle(to, RADIUS))}`;
}

/** Where each rank stands: on the circle, the command node at the side, the others in a row below. */
function places(nodes, ring, busy) {
  const at = new Map();
  if (!ring) {
    const ranks = run.lanes.map(([rank]) => rank);
    ranks.forEach((rank, index) => at.set(rank, onCircle((index / ranks.length) * 2 * Math.PI, RADIUS)));
    return at;
  }
  for (const [rank, id] of ring.members) at.set(rank, onCircle(rank === run.roles?.head ? 0 : angleOf(id), RADIUS));
  if (run.roles && !at.has(run.roles.command)) at.set(run.roles.command, [46, 38]);
  const others = [...nodes.keys()].filter((rank) => !at.has(rank)).sort((a, b) => a - b);
  const seen = others.filter((rank) => busy.has(rank) || others.length <= 12).slice(0, 12);
  seen.forEach((rank, index) => at.set(rank, [MIDDLE + (index - (seen.length - 1) / 2) * 32, 424]));
  return at;
}

byId("ring-pane").hidden = !run.ring;
byId("ring-pane").parentElement.classList.toggle("without-ring", !run.ring);

function drawRing(event, nodes, flights) {
  if (!run.ring) return;
  const ring = ringAt(cursor);
  const looked = event ? { number: event.recv ? event.other : cursor, event } : null;
  const busy = new Set(flights.flatMap((flight) => [flight.event.rank, flight.event.peer]));
  if (event) [event.rank, event.peer].forEach((rank) => busy.add(rank));
  const at = places(nodes, ring, busy);
  for (const name of ["arcs", "keys", "ways", "waits", "nodes", "tags"]) layers[name].replaceChildren();
  element("circle", { cx: MIDDLE, cy: MIDDLE, r: RADIUS, class: "orbit" }, layers.arcs);
  if (ring) drawArcs(ring, nodes);
  drawWaits(at);
  drawNodes(at, ring, nodes, event);
  drawMessages(at, looked, flights);
  byId("ring-words").textContent = ringWords(ring, nodes, flights);
  const remark = ring ? ring.broken : run.unknown;
  byId("ring-remark").textContent = remark ?? "";
  byId("ring-remark").hidden = !remark;
}

function drawArcs(ring, nodes) {
  let left = MOST_KEYS;
  for (const [rank, id, above, color] of ring.members) {
    if (above < id) {
      const path = arcPath(angleOf(above), angleOf(id));
      element("path", { d: path, class: "arc-edge" }, layers.arcs);
      const arc = element("path", { d: path, class: "arc", stroke: color ?? "gray" }, layers.arcs);
      element("title", {}, arc, `rank ${rank} owns ${rangeWords(above, id)}`);
    }
    for (const key of nodes.get(rank)?.pairs.keys() ?? []) {
      if (left-- <= 0) break;
      const [cx, cy] = onCircle(angleOf(key), RADIUS - 18);
      const dot = element("circle", { cx, cy, r: 3.5, class: "key", fill: color ?? "gray" }, layers.keys);
      element("title", {}, dot, `key ${key}, on rank ${rank}`);
    }
  }
}

/** Who waits for whom, once the run stands still: an arrow each, so that a circle is one. */
function drawWaits(at) {
  if (cursor !== run.to) return;
  for (const [rank, on, what] of run.waits) {
    const ends = [at.get(rank), at.get(on)];
    if (!ends[0] || !ends[1]) continue;
    const [[x1, y1], [x2, y2]] = ends;
    const length = Math.hypot(x2 - x1, y2 - y1);
    // Beside the straight line, so that two that wait for each other have an arrow each.
    const [ax, ay] = [(-(y2 - y1) / length) * 6, ((x2 - x1) / length) * 6];
    const [fx, fy] = [(x2 - x1) / length, (y2 - y1) / length];
    const [sx, sy] = [x1 + ax + fx * 12, y1 + ay + fy * 12];
    const [tx, ty] = [x2 + ax - fx * 12, y2 + ay - fy * 12];
    const line = element("path", { d: `M${point([sx, sy])}L${point([tx, ty])}`, class: "wait" }, layers.waits);
    element("title", {}, line, `rank ${rank} waits for ${what} from rank ${on}`);
    const wing = (side) => point([tx - fx * 9 + side * fy * 5, ty - fy * 9 - side * fx * 5]);
    element("path", { d: `M${point([tx, ty])}L${wing(1)}L${wing(-1)}Z`, class: "wait-head" }, layers.waits);
  }
}

function drawNodes(at, ring, nodes, event) {
  const members = new Map(ring?.members.map((member) => [member[0], member]) ?? []);
  for (const [rank, [x, y]] of at) {
    const isCurrent = event?.rank === rank;
    const isIdle = ring && !members.has(rank) && rank !== run.roles?.command;
    const group = element("g", { class: isCurrent ? "current" : "" }, layers.nodes);
    const color = ring ? (members.get(rank)?.[3] ?? "var(--pane)") : "var(--shade)";
    const radius = isIdle ? 7 : isCurrent ? 11 : 9;
    element("circle", { cx: x, cy: y, r: radius, class: isIdle ? "idle" : "node", fill: isIdle ? "none" : color }, group);
    const isLabelled = at.size <= MOST_LABELLED_NODES || isCurrent || isIdle;
    if (isLabelled) labelNode(group, [x, y], rank, nodes.get(rank), { isIdle, ring });
  }
}

function labelNode(group, [x, y], rank, node, { isIdle, ring }) {
  if (isIdle) {
    element("text", { x, y: y - 12, "text-anchor": "middle", class: "sub" }, group, `r${rank}`);
    return;
  }
  if (ring && rank === run.roles?.command && !ring.members.some(([member]) => member === rank)) {
    element("text", { x: x + 16, y: y + 4, class: "label" }, group, `r${rank} command`);
    return;
  }
  const [dx, dy] = [(x - MIDDLE) / RADIUS, (y - MIDDLE) / RADIUS];
  const anchor = dx > 0.25 ? "start" : dx < -0.25 ? "end" : "middle";
  const [lx, ly] = [x + dx * 20, y + dy * 22 + 4 - (dy < -0.8 ? 6 : 0)];
  element("text", { x: lx, y: ly, "text-anchor": anchor, class: "label" }, group, nodeWords(rank, node));
  if (node?.pairs.size) {
    const below = dy < -0.8 ? -14 : 14;
    element("text", { x: lx, y: ly + below, "text-anchor": anchor, class: "sub" }, group, counted(node.pairs.size, "key"));
  }
}

/** The curve of a message, bent towards the middle; and a place on it. */
function wayOf([x1, y1], [x2, y2]) {
  const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
  // Neighbours' messages would lie on the arcs: the nearer, the further inwards.
  const near = 1 - Math.min(Math.hypot(x2 - x1, y2 - y1) / (2 * RADIUS), 1);
  const bend = 0.25 + 0.75 * near;
  const [cx, cy] = [mx + (MIDDLE - mx) * bend + (y2 - y1) * 0.06, my + (MIDDLE - my) * bend - (x2 - x1) * 0.06];
  const place = (t) => {
    const u = 1 - t;
    return [u * u * x1 + 2 * u * t * cx + t * t * x2, u * u * y1 + 2 * u * t * cy + t * t * y2];
  };
  return { path: `M${point([x1, y1])}Q${point([cx, cy])} ${point([x2, y2])}`, place };
}

function drawMessages(at, looked, flights) {
  const drawn = new Map();
  const draw = (number, event, part, isLooked) => {
    const [from, to] = event.recv ? [event.peer, event.rank] : [event.rank, event.peer];
    const ends = [at.get(from), at.get(to)];
    if (!ends[0] || !ends[1]) return;
    const way = wayOf(...ends);
    const kind = kindOf(event);
    element("path", { d: way.path, class: `way ${kind}${isLooked ? " looked-at" : ""}` }, layers.ways);
    drawn.set(number, { way, kind, part });
    if (isLooked || drawn.size <= MOST_NAMED) {
      // The label of what has arrived stands where it came along.
      const [x, y] = way.place(part === 1 ? 0.55 : part);
      element("text", { x, y: y - 11, "text-anchor": "middle", class: `tag ${kind}` }, layers.tags, event.label);
    }
  };
  if (looked?.event.recv) draw(looked.number ?? -1, looked.event, 1, true);
  for (const { number, event } of flights.slice(-MOST_FLIGHTS).reverse()) {
    draw(number, event, progress(event, cursor), number === looked?.number);
  }
  moveMessages(drawn);
}

/** Messages glide from where they were: forwards and backwards. */
function moveMessages(drawn) {
  for (const [number, group] of moving) {
    if (!drawn.has(number)) {
      group.remove();
      moving.delete(number);
    }
  }
  const translated = ([x, y]) => `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  for (const [number, { way, kind, part }] of drawn) {
    let group = moving.get(number);
    if (!group) {
      group = element("g", { class: `message ${kind}` }, layers.messages);
      element("rect", { x: -6, y: -4.5, width: 12, height: 9, rx: 1.5 }, group);
      group.style.transform = translated(way.place(part === 1 ? 0.6 : 0));
      group.getBoundingClientRect(); // from there it glides
      moving.set(number, group);
    }
    group.style.transform = translated(way.place(part === 1 ? 0.93 : part));
  }
}

function ringWords(ring, nodes, flights) {
  const messages = `${counted(flights.length, "message")} under way`;
  if (!ring) return `${counted(run.ranks, "rank")}; ${messages}`;
  const members = ring.members.map(([rank, id, above]) => {
    const keys = counted(nodes.get(rank)?.pairs.size ?? 0, "key");
    return `${nodeWords(rank, nodes.get(rank))} owns ${rangeWords(above, id)} and holds ${keys}`;
  });
  return `${members.join("; ")}; ${messages}`;
}

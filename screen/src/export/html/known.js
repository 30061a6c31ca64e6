"use strict";
// The page's program, in files that follow each other. This one: what is known of the run. The cursor is how many events have
// happened; everything that is shown is a function of it.

const MOST_NAMED = 8;

const byId = (id) => document.getElementById(id);
const run = JSON.parse(byId("run").textContent);
const roles = new Map(run.lanes);
const wrongs = new Map();
for (const [at, what] of run.wrong) wrongs.set(at, [...(wrongs.get(at) ?? []), what]);

let cursor = run.from;

const kindOf = (event) => run.kinds[event.kind][0];
const eventAt = (number) => run.events[number - run.from - 1];
const isKnown = (at) => run.rings.length > 0 && at <= run.known;
const ringAt = (at) => (isKnown(at) ? run.rings.findLast((ring) => ring.cursor <= at) : null);
const colorsOf = (ring) => new Map(ring?.members.map(([rank, , , color]) => [rank, color]) ?? []);

let held = null;

/** The nodes after so many events: from where they were last, or from the start. */
function nodesAt(at) {
  if (!held || held.cursor > at) {
    const nodes = new Map();
    for (const [rank, node] of run.nodes) nodes.set(rank, { ...node, pairs: new Map(node.put) });
    held = { cursor: run.from, nodes, before: null };
  }
  while (held.cursor < at) {
    held.cursor += 1;
    const { rank, node } = eventAt(held.cursor);
    held.before = held.nodes.get(rank) ?? null;
    if (node) {
      const pairs = held.before?.pairs ?? new Map();
      for (const key of node.gone) pairs.delete(key);
      for (const [key, value] of node.put) pairs.set(key, value);
      held.nodes.set(rank, { ...node, pairs });
    }
  }
  return held.nodes;
}

/** The messages that have been sent and not yet received, the oldest first. */
function flightsAt(at) {
  const flights = [];
  const take = (number, event) => {
    if (!event.recv && number <= at && (event.other === null || event.other > at)) {
      flights.push({ number, event });
    }
  };
  for (const open of run.open) take(open.event, open);
  run.events.forEach((event, index) => take(run.from + index + 1, event));
  return flights;
}

/** How far a message has come, by the times of its events. */
function progress(event, at) {
  const received = event.other === null ? undefined : eventAt(event.other);
  if (!received) return 0.5;
  const now = at > run.from ? eventAt(at).t : event.t;
  const part = (now - event.t) / Math.max(received.t - event.t, 1);
  return Math.min(Math.max(part, 0.2), 0.85);
}

// How things are called, and what they are made of in the page.

const SVG = "http://www.w3.org/2000/svg";

const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
const peerWords = (peer) => (peer ? `r${peer[0]}${peer[1] === null ? "" : ` · ${peer[1]}`}` : "none");

function time(ns) {
  for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["µs", 1e3]]) {
    if (ns >= size) return `${(ns / size).toFixed(3)} ${unit}`;
  }
  return `${ns} ns`;
}

function named(values) {
  const more = values.length - MOST_NAMED;
  const names = values.slice(0, MOST_NAMED).join(", ");
  return more > 0 ? `${names} and ${more} more` : names;
}

/** What an event changed in the node that received. */
function changes(before, now) {
  const found = [];
  const put = now.put.map(([key, value]) => `${key} → ${value}`);
  if (put.length) found.push(`holds ${put.length > 1 ? "keys" : "key"} ${named(put)}`);
  if (now.gone.length) found.push(`no longer holds ${now.gone.length > 1 ? "keys" : "key"} ${named(now.gone)}`);
  if (now.id !== null && now.id !== before?.id) found.push(`has the id ${now.id}`);
  for (const way of ["predecessor", "successor"]) {
    const [old, next] = [peerWords(before?.[way]), peerWords(now[way])];
    if (old !== next) found.push(`${way}: ${old} → ${next}`);
  }
  if (now.wait !== (before?.wait ?? null)) {
    found.push(now.wait ? `waits for ${now.wait}` : "takes any message again");
  }
  if (now.phase && now.phase !== before?.phase) found.push(now.phase);
  return found;
}

function nodeWords(rank, node) {
  const role = roles.get(rank);
  if (role) return `r${rank} ${role}`;
  return node?.id == null ? `r${rank}` : `r${rank} · ${node.id}`;
}

const rangeWords = (above, id) => (above < id ? `${above + 1}–${id}` : "nothing");

function element(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

function tag(name, text, classes) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (classes) made.className = classes;
  return made;
}

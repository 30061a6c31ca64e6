// What is said of a step, and the table of the nodes.

function drawNow(event) {
  byId("now-heading").textContent = event ? `Event ${cursor} of ${run.total}` : run.from === 0 ? "Before the first event" : `After event ${run.from}`;
  const deed = byId("deed");
  deed.replaceChildren();
  if (event) {
    const nodes = isKnown(cursor) ? nodesAt(cursor) : new Map();
    const message = tag("b", event.label, kindOf(event));
    message.style.color = "var(--kind)";
    const [verb, way] = event.recv ? ["receives", "from"] : ["sends", "to"];
    deed.append(`${nodeWords(event.rank, nodes.get(event.rank))} ${verb} `, message, ` ${way} ${nodeWords(event.peer, nodes.get(event.peer))}`);
  } else {
    deed.textContent = run.events.length ? "Step forward: the arrow keys, or the buttons below." : run.calls ? "No message is sent in this run: its ranks call only what is listed here." : "Nothing ever happens in this run.";
  }
  const wrong = wrongs.get(cursor);
  byId("wrong").textContent = wrong ? `⚠ ${wrong.join("; ")}` : "";
  byId("wrong").hidden = !wrong;
  const before = event && isKnown(cursor) ? (nodesAt(cursor), held.before) : null;
  const found = event?.node ? changes(before, event.node) : [];
  const made = callsAfter(cursor).map((call) => (call.ranks.length === 1 ? `r${call.ranks[0]}: ${call.words}` : call.words));
  byId("changes").replaceChildren(...[...found, ...made].map((what) => tag("li", what)));
  const command = run.commands.findLast(([sent, , answered]) => sent <= cursor && (answered === null || cursor <= answered));
  const facts = [];
  if (command) facts.push(["command", command[1]]);
  if (event) facts.push(["time", time(event.t)], ["payload", event.data]);
  if (cursor === run.to && run.ending) facts.push(["the run", run.ending]);
  byId("facts").replaceChildren(...facts.flatMap(([name, value]) => [tag("dt", name), tag("dd", value)]));
}

function drawNodesTable(event, nodes) {
  const ring = ringAt(cursor);
  byId("nodes-pane").hidden = !ring;
  if (!ring) return;
  const members = new Map(ring.members.map((member) => [member[0], member]));
  const others = [...nodes.keys()].filter((rank) => !members.has(rank)).sort((a, b) => a - b);
  const rows = [...members.keys(), ...others].slice(0, 200).map((rank) => {
    const node = nodes.get(rank);
    const row = tag("tr", undefined, event?.rank === rank ? "current" : "");
    const name = tag("th");
    name.scope = "row";
    const swatch = tag("span", undefined, "swatch");
    swatch.style.background = members.get(rank)?.[3] ?? "none";
    name.append(swatch, nodeWords(rank, node));
    const [, id, above] = members.get(rank) ?? [];
    const owns = id === undefined ? "" : rangeWords(above, id);
    const keys = [...(node?.pairs.keys() ?? [])].sort((a, b) => a - b);
    const held = keys.length ? `${keys.length}: ${named(keys)}` : "";
    const phase = node?.phase && node.wait ? `${node.wait} (${node.phase})` : (node?.wait ?? node?.phase ?? "any message");
    row.append(name, tag("td", owns), tag("td", held, "wide"), tag("td", node?.successor ? peerWords(node.successor) : ""), tag("td", phase, "wide"));
    return row;
  });
  byId("nodes").replaceChildren(...rows);
}

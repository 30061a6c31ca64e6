// The list of events, and how one goes about.

const MILLISECONDS_EACH = 700;

let timer = 0;

const buttons = run.events.map((event, index) => {
  const number = run.from + index + 1;
  const button = tag("button");
  button.type = "button";
  const arrow = event.recv ? "←" : "→";
  button.append(tag("span", String(number), "at"), tag("span", `r${event.rank} ${arrow} r${event.peer}`, "who"), tag("span", event.label, "what"));
  button.setAttribute("aria-label", `Event ${number}: rank ${event.rank} ${event.recv ? "receives" : "sends"} ${event.label} ${event.recv ? "from" : "to"} rank ${event.peer}`);
  if (wrongs.has(number)) button.className = "is-wrong";
  button.addEventListener("click", () => goTo(number));
  const item = tag("li");
  item.append(button);
  byId("events").append(item);
  return button;
});

let marked = null;

function markInList() {
  marked?.removeAttribute("aria-current");
  marked = buttons[cursor - run.from - 1] ?? null;
  marked?.setAttribute("aria-current", "step");
  const list = byId("events");
  const top = marked ? marked.offsetTop : 0;
  list.scrollTop = Math.max(top - list.clientHeight * 0.6, 0);
}

function goTo(wanted) {
  cursor = Math.min(Math.max(wanted, run.from), run.to);
  const event = cursor > run.from ? eventAt(cursor) : null;
  const nodes = isKnown(cursor) ? nodesAt(cursor) : new Map();
  drawRing(event, nodes, flightsAt(cursor));
  drawLanes();
  drawNow(event);
  drawNodesTable(event, nodes);
  markInList();
  const slider = byId("slider");
  slider.value = String(cursor);
  slider.setAttribute("aria-valuetext", event ? `event ${cursor} of ${run.total}` : "the start");
  for (const button of document.querySelectorAll("#controls [data-do]")) {
    const isBack = ["first", "back", "command-back"].includes(button.dataset.do);
    const isForward = ["last", "forward", "command-forward"].includes(button.dataset.do);
    button.disabled = (isBack && cursor === run.from) || (isForward && cursor === run.to);
  }
  try {
    history.replaceState(null, "", `#${cursor}`);
  } catch {
    // Some pages in pages have no history: then there is no link to the step.
  }
}

function play(isPlaying) {
  clearTimeout(timer);
  timer = 0;
  if (isPlaying && cursor === run.to) goTo(run.from);
  const button = byId("play");
  button.classList.toggle("playing", isPlaying);
  button.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
  byId("now").setAttribute("aria-live", isPlaying ? "off" : "polite");
  if (isPlaying) timer = setTimeout(tick, MILLISECONDS_EACH / Number(byId("speed").value));
}

function tick() {
  goTo(cursor + 1);
  play(cursor < run.to);
}

const commandsAt = () => run.commands.flatMap(([sent, , answered]) => (answered === null ? [sent] : [sent, answered]));
const actions = {
  first: () => goTo(run.from),
  last: () => goTo(run.to),
  back: () => goTo(cursor - 1),
  forward: () => goTo(cursor + 1),
  "command-back": () => goTo(Math.max(run.from, ...commandsAt().filter((at) => at < cursor))),
  "command-forward": () => goTo(Math.min(run.to, ...commandsAt().filter((at) => at > cursor))),
  wrong: () => goTo([...wrongs.keys()].find((at) => at > cursor) ?? [...wrongs.keys()][0]),
  "wrong-back": () => goTo([...wrongs.keys()].findLast((at) => at < cursor) ?? cursor),
};
const keys = {
  ArrowRight: "forward", ArrowLeft: "back", Home: "first", End: "last",
  l: "forward", h: "back", L: "command-forward", H: "command-back", "]": "wrong", "[": "wrong-back",
};

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("select")) return;
  if (event.key === " ") {
    if (event.target.matches("button")) return;
    event.preventDefault();
    play(!timer);
    return;
  }
  const isArrow = event.key === "ArrowLeft" || event.key === "ArrowRight";
  const action = isArrow && event.shiftKey ? (event.key === "ArrowLeft" ? "command-back" : "command-forward") : keys[event.key];
  if (!action || (action.startsWith("wrong") && wrongs.size === 0)) return;
  event.preventDefault();
  play(false);
  actions[action]();
}

/** How it ended, above the fold: the facts, what decided it, and the way to both. */
function showVerdict() {
  if (!run.why && !run.decided && !run.diagnosis) return;
  byId("verdict").hidden = false;
  for (const fact of run.why?.[0].split("; ") ?? []) byId("verdict-facts").append(tag("li", fact));
  for (const verdict of run.diagnosis ?? []) byId("verdict-facts").append(tag("li", verdict));
  if (run.decided) {
    const [at, why] = run.decided;
    byId("verdict-why").textContent = why;
    const button = byId("to-decided");
    button.textContent = `event ${at} decided it`;
    button.hidden = false;
    button.addEventListener("click", () => {
      play(false);
      goTo(at);
    });
  }
  byId("to-why").hidden = !run.why;
  byId("to-why").addEventListener("click", () => byId("why-pane").scrollIntoView({ behavior: "smooth" }));
}

function begin() {
  byId("name").textContent = run.name;
  const part = run.to - run.from === run.total ? counted(run.total, "event") : `events ${run.from + 1} to ${run.to} of ${run.total}`;
  byId("about").textContent = `${run.about} · ${part}`;
  if (run.ending) {
    byId("ending").textContent = run.ending;
    byId("ending").hidden = false;
    byId("ending").classList.toggle("bad", run.ending !== "completed" || Boolean(run.diagnosis));
  }
  if (run.why) {
    [byId("why-facts").textContent, byId("why").textContent] = run.why;
    byId("why-pane").hidden = false;
  }
  showVerdict();
  byId("next-wrong").hidden = wrongs.size === 0;
  const slider = byId("slider");
  [slider.min, slider.max] = [String(run.from), String(run.to)];
  slider.addEventListener("input", () => {
    play(false);
    goTo(Number(slider.value));
  });
  const place = (at) => `${((at - run.from) / Math.max(run.to - run.from, 1)) * 100}%`;
  const mark = (at, classes) => {
    const made = tag("i", undefined, classes);
    made.style.left = place(at);
    byId("marks").append(made);
  };
  if (run.commands.length <= 100) run.commands.forEach(([sent]) => mark(sent, ""));
  [...wrongs.keys()].slice(0, 100).forEach((at) => mark(at, "bad"));
  for (const button of document.querySelectorAll("#controls [data-do]")) {
    button.addEventListener("click", () => {
      if (button.dataset.do === "play") {
        play(!timer);
      } else {
        play(false);
        actions[button.dataset.do]();
      }
    });
  }
  document.addEventListener("keydown", pressed);
  addEventListener("resize", drawLanes);
  addEventListener("hashchange", () => goTo(Number(location.hash.slice(1)) || run.from));
  drawLegend();
  goTo(Number(location.hash.slice(1)) || run.from);
}

begin();

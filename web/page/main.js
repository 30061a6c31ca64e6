// The page: the loop of frames, and what the program hands out.

/** How long work goes on between two frames, in milliseconds. */
const WORK = 8;
/** How many frames are remembered, for who asks how long they took. */
const REMEMBERED = 2000;
/** Under what the progress in the lessons is kept. */
const PROGRESS = "ringscope.progress";

const byId = (id) => document.getElementById(id);

class Page {
  constructor(program) {
    this.program = program;
    this.canvas = new Canvas(byId("cells"));
    this.words = new Words(byId("words"));
    this.isDue = false;
    this.isStale = true;
    this.last = performance.now();
    this.frames = [];
    this.readers = [matchMedia("(prefers-color-scheme: light)"), matchMedia("(prefers-reduced-motion: reduce)")];
  }

  /** Asks the program something; undefined when it has crashed, which is shown. */
  ask(question) {
    if (this.hasCrashed) return undefined;
    try {
      return question(this.program);
    } catch (error) {
      this.hasCrashed = true;
      tell(`The program has crashed, which is its fault and not yours. Load the page again.\n${this.program.take(PANICKED) || error}`);
      return undefined;
    }
  }

  /** Does something that changes what is shown. */
  act(deed) {
    const done = this.ask(deed);
    this.isStale = true;
    this.wake();
    return done;
  }

  wake() {
    if (this.isDue || this.hasCrashed) return;
    this.isDue = true;
    requestAnimationFrame((now) => this.ask(() => this.frame(now)));
  }

  frame(now) {
    const { exports } = this.program;
    this.isDue = false;
    // Time stood still while nothing was going on.
    const elapsed = this.wasBusy ? Math.max(0, Math.round(now - this.last)) : 0;
    this.last = now;
    this.isStale = exports.tick(elapsed) === 1 || this.isStale;
    this.work();
    if (this.isStale) this.paint();
    this.handOut();
    this.wasBusy = exports.is_busy() === 1;
    if (this.wasBusy) this.wake();
  }

  /** Goes on with what takes long, as long as no frame is late by it. */
  work() {
    const { exports } = this.program;
    const until = performance.now() + WORK;
    while (exports.is_working() === 1 && performance.now() < until) this.isStale = exports.tick(0) === 1 || this.isStale;
  }

  paint() {
    const begun = performance.now();
    const { cells, long } = this.program.paint(this.canvas.size);
    const isLight = this.program.exports.is_light() === 1;
    document.documentElement.classList.toggle("light", isLight);
    const changed = this.canvas.paint(cells, long, isLight);
    this.words.take(changed, cells, long.split("\n"));
    this.isStale = false;
    this.frames.push(performance.now() - begun);
    if (this.frames.length > REMEMBERED) this.frames.shift();
  }

  handOut() {
    const copied = this.program.take(COPIED);
    if (copied !== null) copy(copied.startsWith("#") ? location.href.replace(/#.*$/s, "") + copied : copied);
    const learnt = this.program.take(LEARNT);
    if (learnt !== null) keep(learnt);
    for (let saved = this.program.takeSaved(); saved !== null; saved = this.program.takeSaved()) offer(saved);
  }

  fit() {
    const room = byId("screen").getBoundingClientRect();
    if (!this.canvas.fit(room)) return false;
    this.words.fit(this.canvas.size);
    return true;
  }

  preferences() {
    const [light, still] = this.readers;
    return (light.matches ? LIGHT : 0) | (still.matches ? REDUCE_MOTION : 0);
  }

  cellAt(x, y) {
    const { columns, rows, width, height, ratio } = this.canvas.size;
    const room = byId("screen").getBoundingClientRect();
    const within = (place, most) => Math.max(0, Math.min(most - 1, Math.floor(place)));
    return [within(((x - room.left) * ratio) / width, columns), within(((y - room.top) * ratio) / height, rows)];
  }

  rowHeight() {
    return this.canvas.size.height / this.canvas.size.ratio;
  }

  start(given) {
    this.fit();
    this.program.start(this.canvas.size, this.preferences(), kept());
    for (const { name, text } of given.files ?? []) this.program.file(name, new TextEncoder().encode(text), false);
    const link = location.hash.slice(1) || given.link || "";
    if (link) this.program.go(link);
    this.listen();
    this.frame(performance.now());
  }

  listen() {
    const screen = byId("screen");
    listenToKeys(this);
    listenToTyping(this, byId("typing"));
    listenToPointers(this, screen);
    listenToTheWheel(this, screen);
    listenToFiles(this, byId("file"));
    makeButtons(this, byId("buttons"), { typing: byId("typing"), file: byId("file") });
    addEventListener("hashchange", () => this.act((program) => program.go(location.hash.slice(1))));
    for (const reader of this.readers) reader.addEventListener("change", () => this.act((program) => program.exports.prefer(this.preferences())));
    document.addEventListener("selectionchange", () => this.words.isSelected() || this.act(() => {}));
    new ResizeObserver(() => {
      const { columns, rows } = this.canvas.size;
      if (!this.fit()) return;
      const isAnother = columns !== this.canvas.size.columns || rows !== this.canvas.size.rows;
      this.ask((program) => isAnother && program.exports.resize(this.canvas.size.columns, this.canvas.size.rows));
      this.isStale = true;
      this.ask(() => this.frame(performance.now()));
    }).observe(screen);
  }
}

function tell(problem) {
  byId("problem").textContent = problem;
  byId("problem").hidden = false;
}

/** Why the program has not started, and what helps. */
function whyNot(error) {
  const lacking = ["WebAssembly", "DecompressionStream"].filter((name) => !(name in globalThis));
  if (lacking.length > 0) return `this browser has no ${lacking.join(" and no ")}. Chrome and Edge have it from version 80 on, Firefox from 113, Safari from 16.4.`;
  if (/content security|\bCSP\b/i.test(error.message)) return "whoever serves this page forbids WebAssembly. The policy has to allow 'wasm-unsafe-eval', or the file is opened by itself.";
  return error instanceof WebAssembly.CompileError ? DAMAGED : error.message;
}

/** Puts a text on the clipboard, also where the newer way is not allowed; Chromium would say on its console that it is not. */
async function copy(text) {
  try {
    if (document.featurePolicy?.allowsFeature("clipboard-write") === false) throw new Error("not allowed");
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** What is kept in the browser may be forbidden, as in a frame: then nothing is kept. */
function kept() {
  try {
    return localStorage.getItem(PROGRESS) ?? "";
  } catch {
    return "";
  }
}

function keep(progress) {
  try {
    localStorage.setItem(PROGRESS, progress);
  } catch {
    // The lesson goes on without.
  }
}

/** Offers a file that was saved. */
function offer({ name, bytes }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes ?? new Uint8Array()]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

try {
  const page = new Page(await Program.unpack(byId("program").textContent, byId("unpacker").textContent));
  page.start(JSON.parse(byId("given").textContent || "{}"));
  globalThis.ringscope = page;
} catch (error) {
  tell(`The program cannot be started here: ${whyNot(error)}`);
}
byId("loading").remove();

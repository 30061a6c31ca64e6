// Opens the page in Chromium and uses it as somebody does: keys, mouse, touch, links, a lesson, a file that is dropped.
//
//   node check.mjs CONSUMERS FOLDER
//
// CONSUMERS is what tui/consumers/setup has made; FOLDER has app.html, given.html and long.jsonl, and gets pictures.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { serve } from "../tui/consumers/serve.mjs";

const [consumers, folder] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(path.join(consumers, "npm/playwright-core/index.mjs")));

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 3 };
/** The most bytes of the page: a little more than it has, so that it does not grow unseen. */
const MOST_BYTES = 1_750_000;

const file = (name, link = "") => pathToFileURL(path.join(folder, name)).href + link;
const figures = {};
let passed = 0;

/** A page that may complain of nothing, and ask for nothing but itself. */
async function opened(address, options, use) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => problems.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(error.message));
  const own = address.replace(/#.*/s, "");
  page.on("request", (request) => request.url().startsWith(own) || request.url() === "data:," || problems.push(`asks for ${request.url()}`));
  await page.goto(address);
  await page.waitForFunction(() => globalThis.ringscope !== undefined);
  await use(page, context);
  assert.deepEqual(problems, []);
  await context.close();
  passed += 1;
}

/** The screen as text, once it has what is awaited. */
async function shows(page, expected) {
  const text = () => page.evaluate(() => [...document.querySelectorAll("#words div")].map((row) => row.textContent).join("\n"));
  const end = Date.now() + 5_000;
  for (;;) {
    const shown = await text();
    if (expected.test(shown)) return shown;
    if (Date.now() > end) throw new Error(`${expected} does not come:\n${shown}`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

const press = async (page, keys) => {
  for (const key of keys.split(" ")) await page.keyboard.press(key);
};

/** How many pixels of the canvas are not the most frequent one, so that an empty one is seen. */
const inked = (page) => page.evaluate(() => {
  const cells = document.getElementById("cells");
  const { data } = cells.getContext("2d").getImageData(0, 0, cells.width, cells.height);
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const pixel = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
    counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  }
  const ground = [...counts].sort((one, other) => other[1] - one[1])[0][0];
  return { share: 1 - counts.get(ground) / (data.length / 4), ground };
});

async function atADesk(page) {
  await shows(page, /Walkthroughs/);
  await press(page, "/");
  await page.keyboard.type("join-and-leave");
  await press(page, "Enter Space Home l l");
  await shows(page, /join-and-leave/);
  assert.ok((await inked(page)).share > 0.01, "something is painted");
  await press(page, "Escape Escape");
  await shows(page, /Walkthroughs/);
}

async function aLink(page) {
  const before = await shows(page, /event 81\b/i);
  await press(page, "l");
  await shows(page, /event 82\b/i);
  await press(page, "h");
  assert.equal(await shows(page, /event 81\b/i), before, "a step back shows what was there");
  await page.screenshot({ path: path.join(folder, "desk.png") });
}

async function forksAndSearches(page, context) {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await shows(page, /join/);
  await press(page, "F");
  await page.keyboard.type("put 5 5");
  await press(page, "Enter");
  await shows(page, /another way after command/);
  await press(page, "y");
  await shows(page, /copied: #play=join%20/);
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto(link);
  await shows(page, /another way after command/);
  await press(page, "/");
  await page.keyboard.type("rank 3");
  await press(page, "Enter");
  await shows(page, /rank 3/);
}

async function aLesson(page) {
  await shows(page, /lost/i);
  const first = await shows(page, /\b1 of \d+|step 1/i);
  await press(page, "Enter");
  await page.waitForFunction((text) => [...document.querySelectorAll("#words div")].map((row) => row.textContent).join("\n") !== text, first);
  const kept = await page.evaluate(() => localStorage.getItem("ringscope.progress"));
  assert.ok(JSON.parse(kept).lessons["lost-key"], "how far somebody has come is kept");
}

async function aTraceThatIsDropped(page) {
  const text = fs.readFileSync(path.join(folder, "long.jsonl"), "utf8");
  const events = text.split("\n").filter((line) => line.includes('"op"')).length;
  assert.ok(events >= 100_000, `${events} events`);
  figures.trace = await page.evaluate(async (text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "long.jsonl"));
    const begun = performance.now();
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    const isShown = () => document.getElementById("words").textContent.includes("long.jsonl");
    while (!isShown()) await new Promise(requestAnimationFrame);
    const first = performance.now() - begun;
    while (ringscope.program.exports.is_working() === 1) await new Promise(requestAnimationFrame);
    return { first, whole: performance.now() - begun };
  }, text);
  await press(page, "Space End");
  await shows(page, new RegExp(`event ${events}\\b`, "i"));
}

async function aFileThatIsSaved(page) {
  await shows(page, /join/);
  await press(page, "x Control+u");
  await page.keyboard.type("mine.csv");
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "Enter")]);
  assert.equal(download.suggestedFilename(), "mine.csv");
  const lines = fs.readFileSync(await download.path(), "utf8").trim().split("\n");
  assert.ok(lines.length > 200, `${lines.length} lines`);
  await shows(page, /saved as mine\.csv/);
}

/** Where the middle of a cell is; rows count from the last one when they are negative. */
const middleOf = (page, column, row) => page.evaluate(([column, row]) => {
  const { columns, rows, width, height, ratio } = ringscope.canvas.size;
  const room = document.getElementById("screen").getBoundingClientRect();
  const at = [Math.floor(column * columns), row < 0 ? rows + row : row];
  return [room.left + ((at[0] + 0.5) * width) / ratio, room.top + ((at[1] + 0.5) * height) / ratio];
}, [column, row]);

async function aMouse(page) {
  await shows(page, /event 81\b/i);
  const event = async () => Number(/event (\d+)\//i.exec(await shows(page, /event \d+\//i))[1]);
  await page.mouse.move(...(await middleOf(page, 0.2, -2)));
  await page.mouse.down();
  const begun = await shows(page, /event (?!81\b)\d+/i).then(event);
  await page.mouse.move(...(await middleOf(page, 0.6, -3)), { steps: 4 });
  await shows(page, new RegExp(`event (?!${begun}\\b)\\d+/`, "i"));
  await page.mouse.up();
  assert.ok((await event()) > begun, "time goes along with the hand");
  await page.mouse.click(...(await middleOf(page, 0.3, -5)));
  const [from, to] = [await middleOf(page, 0.01, 0), await middleOf(page, 0.3, 0)];
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 4 });
  await page.mouse.up();
  assert.match(await page.evaluate(() => document.getSelection().toString()), /LIVE.*join/, "text is selected by the mouse");
}

async function whatIsGiven(page) {
  await shows(page, /course-31\.jsonl/);
}

async function aFrame(page) {
  await press(page, "Home Space");
  await page.evaluate(() => (ringscope.frames.length = 0));
  await page.waitForFunction(() => ringscope.frames.length >= 300, null, { timeout: 60_000 });
  const { frames, size } = await page.evaluate(() => ({ frames: ringscope.frames.slice(0, 300), size: ringscope.canvas.size }));
  frames.sort((one, other) => one - other);
  figures.frame = { p50: frames[150], p99: frames[296], size: `${size.columns}x${size.rows}` };
}

async function onAPhone(page) {
  await shows(page, /join/);
  await page.screenshot({ path: path.join(folder, "phone.png") });
  const before = await shows(page, /\S/);
  await page.getByRole("button", { name: "an event on" }).tap();
  await page.waitForFunction((text) => [...document.querySelectorAll("#words div")].map((row) => row.textContent).join("\n") !== text, before);
  await page.getByRole("button", { name: "all keys" }).tap();
  await shows(page, /\bEsc\b|esc/);
}

async function forThoseWhoHaveItRead(page) {
  await shows(page, /Walkthroughs/);
  const read = await page.locator("#screen").ariaSnapshot();
  assert.match(read, /Walkthroughs/);
  assert.doesNotMatch(read, /[\u2500-\u257f\u2800-\u28ff]/, "drawings are not read aloud");
  const found = await page.evaluate(() => window.find("Walkthroughs"));
  assert.ok(found, "it is found in the page");
  assert.equal(await page.evaluate(() => document.getSelection().toString()), "Walkthroughs", "and can be copied");
}

async function inTheDarkAndInTheLight() {
  const grounds = [];
  for (const colorScheme of ["dark", "light"]) {
    await opened(file("app.html", "#join@30"), { ...DESK, colorScheme }, async (page) => {
      await shows(page, /join/);
      grounds.push((await inked(page)).ground);
    });
  }
  assert.deepEqual(grounds, [0x12141a, 0xfcfcfa]);
}

/** In a frame of a course's page, which lets it run and nothing else. */
async function inAFrame(address) {
  fs.writeFileSync(path.join(folder, "course.html"), '<!doctype html><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="app.html#join@30" width="900" height="600"></iframe>');
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => problems.push(message.text()));
  await page.goto(`${address}/course.html`);
  const frame = page.frames()[1];
  await frame.waitForFunction(() => globalThis.ringscope !== undefined);
  await shows(frame, /event 30\b/i);
  assert.deepEqual(problems, []);
  await page.close();
  passed += 1;
}

/** How long it takes until a scenario is shown, from the navigation on and from the program on. */
async function anOpening(page) {
  const navigated = await page.evaluate(() => performance.now());
  figures.open = await page.evaluate(() => {
    const begun = performance.now();
    ringscope.act((program) => program.go("join@81"));
    ringscope.frame(performance.now());
    return performance.now() - begun;
  });
  figures.load = navigated;
}

const server = await serve({ "/": folder });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
try {
  await opened(file("app.html"), DESK, anOpening);
  await opened(file("app.html"), DESK, atADesk);
  await opened(`${server.address}/app.html`, DESK, atADesk);
  await opened(file("app.html", "#join@81"), DESK, aLink);
  await opened(file("app.html", "#join@81"), DESK, forksAndSearches);
  await opened(file("app.html", "#tour=lost-key"), DESK, aLesson);
  await opened(file("app.html"), DESK, aTraceThatIsDropped);
  await opened(file("app.html", "#join@81"), DESK, aFileThatIsSaved);
  await opened(file("app.html", "#join@81"), DESK, aMouse);
  await opened(file("given.html"), DESK, whatIsGiven);
  await opened(file("app.html", "#join@0"), { viewport: { width: 1090, height: 700 } }, aFrame);
  await opened(file("app.html", "#join@81"), PHONE, onAPhone);
  await opened(file("app.html"), DESK, forThoseWhoHaveItRead);
  await inTheDarkAndInTheLight();
  await inAFrame(server.address);
} finally {
  await browser.close();
  server.close();
}
figures.page = fs.statSync(path.join(folder, "app.html")).size;
console.log(JSON.stringify(figures));
assert.ok(figures.page <= MOST_BYTES, `the page has grown to ${figures.page} bytes`);
console.log(`${passed} passed, 0 failed`);

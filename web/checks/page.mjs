// The page in a browser, and what can be asked of it and done with it in every check.

import assert from "node:assert/strict";

/** How long something is waited for, in milliseconds: far longer than it takes. */
const PATIENCE = 15_000;

/** Uses a page in a context of its own. */
export async function opened(browser, address, { options, use }) {
  const tab = await open(browser, address, { options });
  try {
    await use(tab.page);
    tab.hasNoProblems();
  } finally {
    await tab.close();
  }
}

/** Opens a page, which may complain of nothing, and ask for nothing but itself and what stands in a frame of it. */
export async function open(browser, address, { options, framed }) {
  const context = await browser.context({ options });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript(tellsProblems);
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => problems.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(error.message));
  const own = [address, framed].filter(Boolean).map((link) => link.replace(/#.*/s, ""));
  page.on("request", (request) => isOwn(request.url(), own) || problems.push(`asks for ${request.url()}`));
  const tab = { page, hasNoProblems: () => assert.deepEqual(problems, []), close: () => context.close() };
  try {
    await page.goto(address);
    if (!framed) await started(page);
  } catch (error) {
    await tab.close();
    throw error;
  }
  return tab;
}

/** Follows a link in a page in which something was done before. */
export async function follow(page, link) {
  await page.evaluate(async (link) => {
    document.getSelection().removeAllRanges();
    document.activeElement.blur();
    ringscope.act((program) => program.go(link));
    // What was shown before may look like it: it is painted in the next frame.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  }, link);
}

/** Tells on the console of what the page tries and may not, and of keys that a browser would take for its own, too. */
function tellsProblems() {
  addEventListener("securitypolicyviolation", (event) => console.error(`forbidden: ${event.violatedDirective} ${event.blockedURI}`));
  const isHeldDown = (key) => ["Alt", "Control", "Shift"].includes(key);
  addEventListener("keydown", (event) => event.defaultPrevented || isHeldDown(event.key) || console.error(`left to the browser: ${event.key}`));
}

/** The page itself; what stands in it; and a file that it has made. */
const isOwn = (url, own) => [...own, "data:", "blob:"].some((start) => url.startsWith(start));

/** Waits until the program has been started, or the page says why it cannot be. */
export async function started(frame) {
  const said = () => {
    if (globalThis.ringscope !== undefined) return "started";
    const problem = document.getElementById("problem");
    return problem?.hidden === false ? problem.textContent : null;
  };
  const outcome = await (await frame.waitForFunction(said)).jsonValue();
  if (outcome !== "started") throw new Error(outcome);
}

/** The screen as text. */
export const textOf = (page) => page.evaluate(() => [...document.querySelectorAll("#words div")].map((row) => row.textContent).join("\n"));

/** The screen as text, once it has what is awaited. */
export async function shows(page, expected) {
  return showsWhat(page, (shown) => expected.test(shown), expected);
}

/** The screen as text, once it has not any more what is there. */
export async function showsNoMore(page, unwanted) {
  return showsWhat(page, (shown) => !unwanted.test(shown), `a screen without ${unwanted}`);
}

/** The screen as text, once it is another one. */
export async function changes(page, before) {
  return showsWhat(page, (shown) => shown !== before, "another screen");
}

async function showsWhat(page, isIt, what) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const shown = await textOf(page);
    if (isIt(shown)) return shown;
    if (Date.now() > end) throw new Error(`${what} does not come:\n${shown}`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

/** Presses keys, each by its name, with blanks between them. */
export async function press(page, keys) {
  for (const key of keys.split(" ")) await page.keyboard.press(key);
}

/** Types a line into what a key asks for. */
export async function enter(page, key, line) {
  await press(page, key);
  await page.keyboard.type(line);
  await press(page, "Enter");
}

const PLACE = /event ([\d,]+)\/([\d,]+)/i;
const number = (text) => Number(text.replaceAll(",", ""));

/** Behind which event the run stands, and how many it has. */
export async function placeIn(page) {
  const [, event, events] = PLACE.exec(await shows(page, PLACE));
  return { event: number(event), events: number(events) };
}

/** Waits until the run stands behind an event. */
export const standsAt = (page, event) => shows(page, new RegExp(`event ${event}/`, "i"));

/** Waits until the run stands elsewhere, and says where. */
export async function leaves(page, event) {
  await shows(page, new RegExp(`event (?!${event}/)[\\d,]+/`, "i"));
  return (await placeIn(page)).event;
}

/** Where the middle of a cell is: the column as a part of all, the row from the last one when it is negative. */
export const middleOf = (page, column, row) => page.evaluate(([column, row]) => {
  const { columns, rows, width, height, ratio } = ringscope.canvas.size;
  const room = document.getElementById("screen").getBoundingClientRect();
  const at = [Math.floor(column * columns), row < 0 ? rows + row : row];
  return [room.left + ((at[0] + 0.5) * width) / ratio, room.top + ((at[1] + 0.5) * height) / ratio].map(Math.round);
}, [column, row]);

/** How much of the canvas is not of its most frequent colour, so that an empty one is seen; and that colour. */
export const inked = (page) => page.evaluate(() => {
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

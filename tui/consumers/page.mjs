// A browser: the page is stepped through forwards and backwards, with keys and buttons, at a desk and on a phone.

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const DESK = { width: 1280, height: 720 };
const PHONE = { width: 375, height: 667 };

/** What each button says that it leads to. */
const BUTTONS = ["start", "command", "event", "play", "event", "command", "end"];

export async function checkPage(browser, { file, events }) {
  const address = pathToFileURL(file).href;
  const steps = await atADesk(browser, address, events);
  await onAPhone(browser, address, events);
  await forThoseWhoWantIt(browser, address);
  return `${steps} steps forwards and backwards`;
}

/** A page that may complain of nothing, and ask for nothing but itself. */
async function opened(browser, address, options) {
  const page = await browser.newPage(options);
  const problems = [];
  page.on("console", (message) => problems.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("dialog", (dialog) => problems.push(`a dialog: ${dialog.message()}`));
  page.on("request", (request) => request.url().startsWith(address) || request.url() === "data:," || problems.push(`asks for ${request.url()}`));
  await page.goto(address);
  return { page, problems };
}

/** Everything that is shown, as far as it follows from the cursor. */
const shown = (page) =>
  page.evaluate(() => {
    const text = (id) => document.getElementById(id).textContent;
    const count = (selector) => document.querySelectorAll(selector).length;
    return {
      texts: ["now-heading", "deed", "wrong", "changes", "facts", "nodes", "ring-words", "ring-remark"].map(text),
      drawn: ["#ring .arc", "#ring .key", "#ring .message", "#lanes .row", "#lanes .arrow", "#lanes .dot", "#lanes .dot.current"].map(count),
      listed: document.querySelector("#events [aria-current]")?.textContent ?? null,
    };
  });

const cursor = (page) => page.evaluate(() => Number(document.getElementById("slider").value));

async function atADesk(browser, address, events) {
  const { page, problems } = await opened(browser, address, { viewport: DESK });
  const forwards = [await shown(page)];
  for (const [index, event] of events.entries()) {
    await page.keyboard.press("ArrowRight");
    const now = await shown(page);
    const [heading, deed] = now.texts;
    assert.equal(heading, `Event ${index + 1} of ${events.length}`);
    assert.match(deed, new RegExp(`^r${event.rank}\\b.* ${event.op === "recv" ? "receives" : "sends"} .* r${event.peer}\\b`, "s"));
    assert.equal(now.drawn.at(-1), 1, "the current event is on the lanes");
    await nothingIsWrittenOver(page);
    assert.ok(now.listed.startsWith(String(index + 1)), "and in the list");
    forwards.push(now);
  }
  for (let at = events.length - 1; at >= 0; at -= 1) {
    await page.keyboard.press("ArrowLeft");
    assert.deepEqual(await shown(page), forwards[at], `back at ${at} all is as it was`);
  }
  await goingAbout(page, events.length);
  await theVerdict(page, events.length);
  await theCalls(page);
  assert.deepEqual(problems, []);
  await page.close();
  return events.length;
}

/** A ring where there is one, and the calls of a recorded program among its messages. */
async function theCalls(page) {
  await page.keyboard.press("End");
  const found = await page.evaluate(() => ({
    hasRing: run.ring,
    isHidden: document.getElementById("ring-pane").hidden,
    calls: run.calls?.length ?? 0,
    drawn: document.querySelectorAll("#lanes .call").length,
  }));
  assert.equal(found.isHidden, !found.hasRing);
  assert.equal(found.drawn > 0, found.calls > 0, "calls are drawn where there are any");
}

/** Keys, buttons, the slider, the list and the lanes lead to where they say. */
async function goingAbout(page, end) {
  await page.keyboard.press("End");
  assert.equal(await cursor(page), end);
  await page.keyboard.press("Home");
  assert.equal(await cursor(page), 0);
  await page.getByRole("button", { name: "Next event" }).click();
  await page.getByRole("button", { name: "Next event" }).click();
  assert.equal(await cursor(page), 2);
  await page.getByRole("button", { name: "Previous event" }).click();
  assert.equal(await cursor(page), 1);
  await page.getByRole("button", { name: "Event 3: " }).click();
  assert.equal(await cursor(page), 3);
  const near = Math.min(5, end);
  await page.locator("#lanes .row").nth(near - 1).click();
  assert.equal(await cursor(page), near);
  await page.getByRole("slider", { name: "Event" }).focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await cursor(page), Math.min(near + 1, end));
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("button", { name: "End", exact: true }).click();
  assert.ok(await page.getByRole("button", { name: "Next event" }).isDisabled());
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.evaluate(() => document.activeElement.blur());
  await page.getByLabel("speed").selectOption("16");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press(" ");
  await page.waitForFunction(() => Number(document.getElementById("slider").value) >= 3);
  await page.keyboard.press(" ");
  assert.equal(await page.getByRole("button", { name: "Play", exact: true }).count(), 1, "space pauses, too");
}

/** What became of the run stands at the top, and leads to the event that decided it. */
async function theVerdict(page, end) {
  const run = await page.evaluate(() => run);
  const button = page.locator("#to-decided");
  assert.equal(await button.isVisible(), run.decided !== null);
  await page.evaluate((end) => goTo(end), end);
  const arrows = await page.locator("#ring .wait").count();
  assert.equal(arrows > 0, run.waits.length > 0, "who waits is drawn at the end");
  if (run.decided === null) return;
  await isAboveTheFold(page);
  await button.click();
  assert.equal(await cursor(page), run.decided[0]);
  const why = await page.locator("#verdict-why").textContent();
  assert.equal(why.length > 10, run.ring, "why it decided is said where the ring is known");
}

/** The whole card of the verdict is seen without scrolling, above the buttons that are always at hand. */
async function isAboveTheFold(page) {
  await page.evaluate(() => scrollTo(0, 0));
  const card = await page.locator("#verdict").boundingBox();
  const controls = await page.locator("#controls").boundingBox();
  assert.ok(card.y >= 0 && card.y + card.height <= controls.y, `the verdict ends at ${card.y + card.height}, the buttons begin at ${controls.y}`);
}

/** The names of messages beside the lanes, and those of nodes on the ring, cover no other of their kind. */
async function nothingIsWrittenOver(page) {
  const clashes = await page.evaluate(() => {
    const clash = (selector) => {
      const boxes = [...document.querySelectorAll(selector)].map((one) => [one.textContent, one.getBoundingClientRect()]);
      const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
      return boxes.flatMap(([text, box], index) => boxes.slice(index + 1).filter(([, other]) => overlap(box, other)).map(([other]) => `${text} and ${other}`));
    };
    return [...clash("#lanes .arrow-label"), ...clash("#ring .label")];
  });
  assert.deepEqual(clashes, [], `at ${await cursor(page)}`);
}

async function onAPhone(browser, address, events) {
  const { page, problems } = await opened(browser, address, { viewport: PHONE, hasTouch: true, isMobile: true });
  const cursors = [0, 1, Math.floor(events.length / 2), events.length];
  for (const at of cursors) {
    await page.evaluate((at) => goTo(at), at);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= PHONE.width, `nothing is scrolled sideways: ${width} at ${at}`);
    const [all, seen] = await page.evaluate(() => {
      const table = document.querySelector("#nodes-pane .scroll");
      return [table.scrollWidth, table.clientWidth];
    });
    assert.ok(all <= seen, `the nodes' table is whole: ${all} of ${seen} at ${at}`);
    await nothingIsWrittenOver(page);
  }
  if (await page.locator("#verdict").isVisible()) await isAboveTheFold(page);
  assert.deepEqual((await page.locator("#controls button:visible span:visible").allTextContents()).slice(0, BUTTONS.length), BUTTONS);
  for (const button of await page.locator("#controls button:visible").all()) {
    const box = await button.boundingBox();
    assert.ok(box.width >= 36 && box.height >= 36, "a finger finds the buttons");
    assert.ok(box.x >= 0 && box.x + box.width <= PHONE.width && box.y + box.height <= PHONE.height, "they are in sight");
  }
  await page.getByRole("button", { name: "Start", exact: true }).tap();
  await page.getByRole("button", { name: "Next event" }).tap();
  assert.equal(await cursor(page), 1);
  assert.deepEqual(problems, []);
  await page.close();
}

/** Dark, without motion, and for those who listen. */
async function forThoseWhoWantIt(browser, address) {
  const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await opened(browser, address, { colorScheme: "light" });
  const dark = await opened(browser, address, { colorScheme: "dark", reducedMotion: "reduce" });
  assert.notEqual(await ground(light.page), await ground(dark.page));
  await dark.page.keyboard.press("ArrowRight");
  const motion = await dark.page.evaluate(() => getComputedStyle(document.querySelector("#ring .message") ?? document.body).transitionDuration);
  assert.equal(motion, "0s");
  const nameless = await dark.page.evaluate(() => [...document.querySelectorAll("button, input, select, [role=img]")].filter((one) => !(one.getAttribute("aria-label") || one.getAttribute("aria-labelledby") || one.textContent.trim() || one.labels?.length)).length);
  assert.equal(nameless, 0, "everything that can be used has a name");
  assert.equal(await dark.page.locator("[aria-live=polite]").count(), 1);
  assert.deepEqual([...light.problems, ...dark.problems], []);
  await light.page.close();
  await dark.page.close();
}

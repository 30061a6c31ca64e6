// What the page is in: the links that lead to it, frames and their policies, light and dark, and those who have it read to them.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { inked, leaves, opened, press, shows, standsAt, started } from "./page.mjs";

export async function followsLinks(page) {
  await shows(page, /TOUR +The lost key/i);
  const go = (link) => page.evaluate((link) => (location.hash = link), link);
  await go("join@81");
  await standsAt(page, 81);
  await go("play=crowded --at 12 --pane events");
  await shows(page, /crowded/);
  await standsAt(page, 12);
  await go("join@x");
  await shows(page, /the link: has `x` for the event: it takes a number/);
}

export async function isReadAloud(page, { browser }) {
  await shows(page, /Walkthroughs/);
  const read = await browser.readAloud(page);
  assert.match(read, /Walkthroughs/);
  assert.doesNotMatch(read, /[\u2500-\u257f\u2800-\u28ff]/, "drawings are not read aloud");
  const found = await page.evaluate(() => window.find("Walkthroughs"));
  assert.ok(found, "it is found in the page");
  assert.equal(await page.evaluate(() => document.getSelection().toString()), "Walkthroughs", "and can be copied");
}

/** axe-core's rules for pages that everybody can use. What a canvas shows under transparent text it leaves open. */
export async function keepsTheRules(page, { rules }) {
  await page.addScriptTag({ content: fs.readFileSync(rules, "utf8") });
  const { violations, passes } = await page.evaluate(() => axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]), []);
  assert.ok(passes.length > 20, "the rules were asked");
}

/** The background goes with what is preferred. */
export async function goesWithWhatIsPreferred(address, { browser }) {
  for (const [scheme, expected] of [["dark", 0x12141a], ["light", 0xfcfcfa]]) {
    const use = async (page) => {
      await shows(page, /join/);
      assert.equal((await inked(page)).ground, expected, scheme);
    };
    await browser.preferring(scheme, (preferring, options) => opened(preferring, address, { options, use }));
  }
}

/** In a frame of a course's page, which lets it run and nothing else; the page comes from elsewhere, and may ask for nothing. */
export async function runsInAFrame(page, { strict }) {
  const frame = page.frames().find((frame) => frame.url().startsWith(strict));
  assert.ok(frame, "there is a frame");
  await started(frame);
  await standsAt(frame, 30);
  await page.locator("iframe").click({ position: { x: 450, y: 20 } });
  await press(page, "l");
  await standsAt(frame, 31);
  await press(page, "Space");
  await leaves(frame, 31);
  await press(page, "Space y");
  const [, link] = await shows(frame, /copied: #/).then((shown) => /copied: (#\S+)/.exec(shown));
  await page.mouse.click(1000, 700);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), strict + link);
}

/** Pages that cannot be started, each with what keeps it from that, and what it says. */
export async function saysWhyItDoesNotStart(browser, { app, folder, forbidding }) {
  const whole = fs.readFileSync(app, "utf8");
  const broken = (name, text) => {
    fs.writeFileSync(path.join(folder, name), text);
    return pathToFileURL(path.join(folder, name)).href;
  };
  const cut = whole.indexOf('id="program">') + 400_000;
  const end = whole.indexOf("<", cut);
  const without = (name) => delete globalThis[name];
  await saysOf(browser, broken("half.html", whole.slice(0, cut)), /has not arrived as a whole/);
  await saysOf(browser, broken("short.html", whole.slice(0, cut) + whole.slice(end)), /the page is damaged/);
  await saysOf(browser, broken("gap.html", whole.slice(0, cut) + whole.slice(cut + 4_000)), /the page is damaged/);
  await saysOf(browser, pathToFileURL(app).href, /no DecompressionStream.*Firefox from 113/, [without, "DecompressionStream"]);
  await saysOf(browser, forbidding, /forbids WebAssembly.*'wasm-unsafe-eval'/);
}

async function saysOf(browser, address, expected, before = null) {
  const context = await browser.context();
  try {
    if (before !== null) await context.addInitScript(...before);
    const page = await context.newPage();
    await page.goto(address);
    await page.getByText(expected).waitFor();
    assert.equal(await page.evaluate(() => typeof ringscope), "undefined");
  } finally {
    await context.close();
  }
}

// The page on a phone: fingers, the row of buttons, and a screen that is turned.

import assert from "node:assert/strict";

import { changes, leaves, middleOf, placeIn, shows, showsNoMore, standsAt, textOf } from "./page.mjs";

/** A tap on the middle of a button, whose name begins so. */
async function tap(page, finger, name) {
  const button = page.getByRole("button", { name: new RegExp(`^${name}(,|$)`) });
  await button.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await button.boundingBox();
  await finger("tap", x + width / 2, y + height / 2);
}

export async function isUsedByButtons(page, { browser, folder }) {
  const finger = await browser.finger(page);
  const before = await standsAt(page, 81);
  await page.screenshot({ path: `${folder}/phone-${browser.name}.png` });
  await tap(page, finger, "an event on");
  await standsAt(page, 82);
  await tap(page, finger, "an event back");
  assert.equal(await standsAt(page, 81), before);
  await tap(page, finger, "play or pause");
  await leaves(page, 81);
  await tap(page, finger, "play or pause");
  assert.equal(await page.evaluate(() => ringscope.program.exports.is_busy()), 0);
  const pane = await textOf(page);
  await tap(page, finger, "next pane");
  await changes(page, pane);
  await tap(page, finger, "all keys");
  await shows(page, /What the signs mean/);
  await tap(page, finger, "back");
  await showsNoMore(page, /What the signs mean/);
}

export async function isScrubbedByAFinger(page, { browser }) {
  const finger = await browser.finger(page);
  await standsAt(page, 81);
  await finger("down", ...(await middleOf(page, 0.1, -2)));
  const begun = await leaves(page, 81);
  await finger("move", ...(await middleOf(page, 0.4, -2)));
  const further = await leaves(page, begun);
  await finger("move", ...(await middleOf(page, 0.7, -3)));
  const furthest = await leaves(page, further);
  await finger("up");
  assert.ok(begun < further && further < furthest, `events ${begun}, ${further}, ${furthest}`);
}

export async function isScrolledByAFinger(page, { browser }) {
  const finger = await browser.finger(page);
  await tap(page, finger, "all keys");
  await shows(page, /What the signs mean/);
  await finger("down", ...(await middleOf(page, 0.5, 20)));
  for (const row of [17, 14, 11, 8]) await finger("move", ...(await middleOf(page, 0.5, row)));
  await finger("up");
  await showsNoMore(page, /What the signs mean/);
}

/** A command is typed by the keyboard of the phone, which says what is typed and not which keys. */
export async function isTypedOn(page, { browser }) {
  const finger = await browser.finger(page);
  const { events } = await placeIn(page);
  await tap(page, finger, "type");
  await page.waitForFunction(() => document.activeElement === document.getElementById("typing"));
  await page.keyboard.insertText("i");
  await shows(page, /put KEY VALUE/);
  await page.keyboard.insertText("put 700 7");
  await tap(page, finger, "open");
  await shows(page, /put 700 7.? comes/);
  assert.ok((await placeIn(page)).events > events);
}

/** What stands in the last row, from its beginning. */
const KEY_BAR = /\n ?esc back [^\n]*$/;

export async function isTurned(page, { browser }) {
  await standsAt(page, 81);
  const sizeOf = () => page.evaluate(() => ({ ...ringscope.canvas.size, room: document.getElementById("screen").clientWidth }));
  const upright = await sizeOf();
  await page.setViewportSize({ width: 844, height: 390 });
  await page.waitForFunction((columns) => ringscope.canvas.size.columns !== columns, upright.columns);
  const lying = await sizeOf();
  assert.ok(lying.columns > upright.columns && lying.rows < upright.rows);
  await shows(page, KEY_BAR);
  const unused = lying.room - (lying.columns * lying.width) / lying.ratio;
  assert.ok(unused >= 0 && unused < lying.width, `the width is used but for ${unused}`);
  await standsAt(page, 81);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForFunction((columns) => ringscope.canvas.size.columns === columns, upright.columns);
  await shows(page, KEY_BAR);
  await standsAt(page, 81);
}

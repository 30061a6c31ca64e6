// A run that is used at a desk, with keys and with the mouse.

import assert from "node:assert/strict";

import { changes, enter, inked, leaves, middleOf, placeIn, press, shows, showsNoMore, standsAt, textOf } from "./page.mjs";

export async function opensAndLeaves(page) {
  await shows(page, /Walkthroughs/);
  await press(page, "/");
  await page.keyboard.type("join-and-leave");
  await press(page, "Enter Space Home l l");
  await shows(page, /join-and-leave/);
  await standsAt(page, 2);
  assert.ok((await inked(page)).share > 0.01, "something is painted");
  await press(page, "Escape Escape");
  await shows(page, /Walkthroughs/);
}

export async function plays(page) {
  assert.equal((await placeIn(page)).event, 0);
  await press(page, "Space");
  const first = await leaves(page, 0);
  await press(page, "+ + +");
  await shows(page, /\b8x\b/);
  await leaves(page, first);
  await press(page, "- - - -");
  await shows(page, /\b1\/2x\b/);
  await press(page, "Space");
  assert.equal(await page.evaluate(() => ringscope.program.exports.is_busy()), 0, "time stands still");
  const { event } = await placeIn(page);
  assert.ok(event > first, `event ${event}`);
  await press(page, "Home");
  await standsAt(page, 0);
}

export async function stepsBothWays(page, { browser, folder }) {
  const before = await standsAt(page, 81);
  await press(page, "l l");
  await standsAt(page, 83);
  await press(page, "h , .");
  await standsAt(page, 82);
  await press(page, "h");
  assert.equal(await standsAt(page, 81), before, "a step back shows what was there");
  await press(page, "L");
  const behind = await leaves(page, 81);
  assert.ok(behind > 82, "a whole command on");
  await press(page, "Shift+ArrowLeft Shift+ArrowLeft");
  assert.ok((await leaves(page, behind)) < 81, "and back");
  await press(page, "End l");
  await shows(page, /the run ends here: completed/);
  await enter(page, "g", "50%");
  await standsAt(page, 111);
  await page.screenshot({ path: `${folder}/desk-${browser.name}.png` });
}

export async function isScrubbedByTheMouse(page) {
  await standsAt(page, 81);
  await page.mouse.move(...(await middleOf(page, 0.2, -2)));
  await page.mouse.down();
  const begun = await leaves(page, 81);
  await page.mouse.move(...(await middleOf(page, 0.6, -3)), { steps: 4 });
  const further = await leaves(page, begun);
  await page.mouse.up();
  assert.ok(further > begun, "time goes along with the hand");
  const { event } = await placeIn(page);
  await page.mouse.move(...(await middleOf(page, 0.1, -2)));
  assert.equal((await placeIn(page)).event, event, "and not when it is let go");
}

export async function isSelectedByTheMouse(page) {
  await standsAt(page, 81);
  const [from, to] = [await middleOf(page, 0, 0), await middleOf(page, 0.3, 0)];
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(...to, { steps: 4 });
  await page.mouse.up();
  assert.match(await page.evaluate(() => document.getSelection().toString()), /LIVE.*join/, "text is selected by the mouse");
}

export async function takesACommand(page) {
  const { events } = await placeIn(page);
  await press(page, "i");
  await shows(page, /put KEY VALUE/);
  await page.keyboard.type("put 700 7");
  await press(page, "Enter");
  await shows(page, /`put 700 7` comes next/);
  const { events: more } = await placeIn(page);
  assert.ok(more > events, `${more} events after ${events}`);
  await press(page, "End l");
  await shows(page, /the run ends here: completed/);
}

export async function forks(page) {
  await shows(page, /join/);
  await enter(page, "F", "put 5 5");
  await shows(page, /another way after command/);
  await press(page, "y");
  await shows(page, /copied: #play=join%20/);
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /^(file|http):.*#play=join%20/);
  await press(page, "Escape Escape");
  await shows(page, /lose this run\? y or n/);
  await press(page, "y");
  await showsNoMore(page, /another way after command/);
  await page.evaluate((link) => location.assign(link), link);
  await shows(page, /another way after command/);
}

export async function searches(page) {
  await enter(page, "/", "rank 3");
  const first = await leaves(page, 0);
  await press(page, "n");
  const second = await leaves(page, first);
  assert.ok(second > first);
  await press(page, "N");
  await standsAt(page, first);
  // A page's own search must not open, nor its search among links.
  await press(page, "m a l l ' a");
  await standsAt(page, first);
}

export async function breaksOnConditions(page) {
  await press(page, "c");
  await shows(page, /there is no condition to break on yet/);
  await enter(page, "b", "rank 3 joins");
  await press(page, "Home c");
  await standsAt(page, 70);
  await press(page, "End C");
  await standsAt(page, 70);
  await press(page, "Home Space + + + + +");
  await standsAt(page, 70);
  await shows(page, /stopped at a condition/);
  await press(page, "B");
  await shows(page, /rank 3 joins/);
  await press(page, "D");
  await shows(page, /no break on `rank 3 joins` any more/);
}

export async function comparesTwoRuns(page) {
  await enter(page, "d", "crowded");
  await shows(page, /row \d+ of [\d,]+/);
  const from = await shows(page, /crowded/);
  await press(page, "Home ]");
  const parted = await changes(page, from);
  assert.match(parted, /join/);
  await press(page, "s");
  await changes(page, parted);
  await press(page, "Escape");
  await standsAt(page, 81);
}

export async function goesOnInAnotherOrder(page) {
  await press(page, "F7");
  await shows(page, /only one thing can be received next/);
  await press(page, "p");
  await standsAt(page, 4);
  await shows(page, /2 receives can come next/);
  await press(page, "ArrowDown Enter");
  await shows(page, /another order after event 3/);
  await standsAt(page, 5);
  await press(page, "Backspace");
  await standsAt(page, 4);
  assert.doesNotMatch(await textOf(page), /another order/);
}

export async function helps(page) {
  const before = await standsAt(page, 81);
  await press(page, "?");
  await shows(page, /What the signs mean/);
  await page.keyboard.type("violation");
  await shows(page, /to the next violation, or divergence/);
  await press(page, "Escape");
  assert.equal(await showsNoMore(page, /Signs and keys/), before);
  // Keys that mean something else to a browser: to print, and to search on.
  await press(page, "Control+p");
  await page.keyboard.type("why the run ended");
  await shows(page, /why the run ended as it did/);
  await press(page, "Escape");
  assert.equal(await showsNoMore(page, /why the run ended/), before);
  await press(page, "F3");
  await changes(page, before);
}

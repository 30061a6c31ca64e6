// Files that are handed to the page, and those that it hands out.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { enter, press, shows } from "./page.mjs";

/** How many events a trace has. */
export const eventsOf = (text) => text.split("\n").filter((line) => line.includes('"op"')).length;

export async function isChosen(page, { folder }) {
  const name = "given.jsonl";
  await page.locator("#file").setInputFiles(path.join(folder, name));
  await shows(page, /given\.jsonl/);
  await press(page, "Space End");
  await shows(page, new RegExp(`event ${eventsOf(fs.readFileSync(path.join(folder, name), "utf8"))}\\b`, "i"));
}

export async function isNoTrace(page) {
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(["no trace"], "wrong.jsonl"));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await shows(page, /wrong\.jsonl:1/);
}

export async function isSaved(page, { browser }) {
  await shows(page, /join/);
  await press(page, "x Control+u");
  await page.keyboard.type("mine.csv");
  const { name, text } = await browser.saved(page, () => press(page, "Enter"));
  assert.equal(name, "mine.csv");
  const lines = text.trim().split("\n");
  assert.ok(lines.length > 200, `${lines.length} lines`);
  await shows(page, /saved as mine\.csv/);
}

export async function isGiven(page) {
  await shows(page, /course-31\.jsonl/);
}

// How long the page takes for what it does, beside the program as it runs on the machine itself.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { eventsOf } from "./files.mjs";
import { opened, press, shows } from "./page.mjs";

/** How many frames are timed: those of five seconds. */
const FRAMES = 300;
const SIZE = { columns: 120, rows: 36 };

/** What is measured, its bar in milliseconds where it has one, and its name in what is measured. */
const ROWS = [
  [`a frame of ${SIZE.columns}x${SIZE.rows} cells, median`, 4, "frame_p50"],
  ["a frame, the slowest in a hundred", 8, "frame_p99"],
  ["loading the page, until it can be used", null, "load"],
  ["opening `join` at event 81, to its first frame", 150, "open"],
  ["opening a trace of 104,000 events, to its first frame", 1000, "trace_first"],
  ["the same, until all is known of it", 1000, "trace_whole"],
];
/** How many times as long as its bar something may take in a check, where others build beside it: what is slow for a reason is slower still. */
const LENIENCE = 5;
/** What is not held to that, since it tells of the others more than of the page: with ten processes on two cores it was 62 ms once. */
const NOISY = "frame_p99";
/** The most bytes of the page: a little more than it has, so that it does not grow unseen. */
const MOST_BYTES = 1_175_000;
/** The bars of the page's size, in thousands of bytes: as it is, and compressed. */
const SIZE_BARS = [900, 650];

export async function measured(browser, { page, folder }) {
  const figures = {};
  const use = (name) => async (shown) => Object.assign(figures, await name(shown, folder));
  await opened(browser, page, { use: use(opening) });
  await opened(browser, page, { use: use(aTrace) });
  await opened(browser, page, { use: use(frames) });
  return figures;
}

/** The scenario is opened in a page that has loaded the program and has shown its start page. */
async function opening(page) {
  const load = await page.evaluate(() => performance.now());
  await hasCells(page);
  await shows(page, /Walkthroughs/);
  const open = await page.evaluate(() => {
    const begun = performance.now();
    ringscope.act((program) => program.go("join@81"));
    ringscope.frame(performance.now());
    return performance.now() - begun;
  });
  await shows(page, /event 81\b/i);
  return { load, open };
}

/** The trace is dropped on the page, which goes on reading and checking it between two frames. */
async function aTrace(page, folder) {
  await hasCells(page);
  const text = fs.readFileSync(path.join(folder, "long.jsonl"), "utf8");
  const events = eventsOf(text);
  assert.ok(events >= 100_000, `${events} events`);
  const figures = await page.evaluate(async (text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "long.jsonl"));
    const begun = performance.now();
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    const isShown = () => document.getElementById("words").textContent.includes("long.jsonl");
    while (!isShown()) await new Promise(requestAnimationFrame);
    const first = performance.now() - begun;
    while (ringscope.program.exports.is_working() === 1) await new Promise(requestAnimationFrame);
    return { trace_first: first, trace_whole: performance.now() - begun };
  }, text);
  await press(page, "Space End");
  await shows(page, new RegExp(`event ${events}\\b`, "i"));
  return figures;
}

async function frames(page) {
  await hasCells(page);
  await page.evaluate(() => ringscope.act((program) => program.go("join")));
  await page.evaluate(() => (ringscope.frames.length = 0));
  await page.waitForFunction((count) => ringscope.frames.length >= count, FRAMES, { timeout: 60_000 });
  const times = await page.evaluate((count) => ringscope.frames.slice(0, count), FRAMES);
  times.sort((one, other) => one - other);
  return { frame_p50: times[FRAMES / 2], frame_p99: times[(FRAMES * 99) / 100] };
}

/** Gives the page so much room that it has the cells of the native screen: letters are not as wide everywhere. */
async function hasCells(page) {
  const { width, height, ratio } = await page.evaluate(() => ringscope.canvas.size);
  const room = (cells, length) => Math.ceil((cells * length) / ratio);
  await page.setViewportSize({ width: room(SIZE.columns, width), height: room(SIZE.rows, height) });
  const isFitted = ({ columns, rows }) => ringscope.canvas.size.columns === columns && ringscope.canvas.size.rows === rows;
  await page.waitForFunction(isFitted, SIZE);
}

/** Every figure as a table, with how many times the native one it is; and what is far above its bar. */
export function table(native, inBrowsers) {
  const heads = ["", "bar", `native (${native.build})`, ...inBrowsers.flatMap(({ browser }) => [`${browser.name} ${browser.version}`, "times native"])];
  const rows = ROWS.map(([what, bar, name]) => {
    const times = (figures) => (name in native ? (figures[name] / native[name]).toFixed(1) : NONE);
    const cells = inBrowsers.flatMap(({ figures }) => [inMilliseconds(figures[name]), times(figures)]);
    return [what, inMilliseconds(bar), inMilliseconds(native[name]), ...cells];
  });
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
  return all.map(line).join("\n");
}

/** What stands where there is nothing to tell. */
const NONE = "-";

function inMilliseconds(time) {
  if (time === undefined || time === null) return NONE;
  return time < 10 ? `${time.toFixed(2)} ms` : `${Math.round(time)} ms`;
}

/** What takes far longer than it may. */
export function tooSlow(inBrowsers) {
  const isTooSlow = ({ figures }, [, bar, name]) => bar !== null && name !== NOISY && !(figures[name] <= LENIENCE * bar);
  const said = (one, [what, bar, name]) => `${one.browser.name}: ${what}: ${inMilliseconds(one.figures[name])}, more than ${LENIENCE} times ${bar} ms`;
  return inBrowsers.flatMap((one) => ROWS.filter((row) => isTooSlow(one, row)).map((row) => said(one, row)));
}

/** How large the page is, in a line. */
export function sizeOf(file) {
  const bytes = fs.readFileSync(file);
  const compressed = gzipSync(bytes, { level: 9 }).length;
  assert.ok(bytes.length <= MOST_BYTES, `the page has grown to ${bytes.length} bytes`);
  const inThousands = [bytes.length, compressed].map((count) => Math.round(count / 1000));
  return `the page: ${inThousands[0]} KB (bar ${SIZE_BARS[0]}), ${inThousands[1]} KB compressed (bar ${SIZE_BARS[1]})`;
}

// Looks at the site in Chromium as a visitor does: every page at a desk and on a phone, in the light and in the dark.
//
//   node check.mjs CONSUMERS SITE PICTURES
//
// CONSUMERS is what tui/consumers/setup has made, SITE what site/build has made; PICTURES gets a picture of each.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { serve } from "../tui/consumers/serve.mjs";

const [consumers, site, pictures] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(path.join(consumers, "npm/playwright-core/index.mjs")));

const SCREENS = {
  desk: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};
/** How far apart the luminance of text and of what it stands on has to be (WCAG 2.2, 1.4.3). */
const LEAST_CONTRAST = 4.5;

/** What a reader could not read, or would have to move sideways for; in the page. */
function problems([colorScheme, leastContrast]) {
  const found = [];
  const wide = document.scrollingElement.scrollWidth - innerWidth;
  if (wide > 0) found.push(`${wide} pixels are beyond the right edge`);
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([red, green, blue]) => {
    const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const isOpaque = (colour) => channels(colour).length === 3 || channels(colour)[3] === 1;
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (isOpaque(colour)) return channels(colour);
    }
    return [255, 255, 255];
  };
  if (luminance(ground(document.body)) > 0.5 !== (colorScheme === "light")) found.push(`the page is not ${colorScheme}`);
  const seen = new Set();
  for (const element of document.querySelectorAll("[role=main] *, .bs-sidebar a, .navbar a, footer *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
    if (!hasText || !element.checkVisibility()) continue;
    const lights = [channels(getComputedStyle(element).color), ground(element)].map(luminance).sort((one, other) => other - one);
    const contrast = (lights[0] + 0.05) / (lights[1] + 0.05);
    const what = `${element.tagName.toLowerCase()} within ${element.parentElement.tagName.toLowerCase()}`;
    if (contrast < leastContrast && !seen.has(what)) found.push(`in the ${colorScheme} ${what} has a contrast of ${contrast.toFixed(2)}: ${element.textContent.slice(0, 30)}`);
    seen.add(what);
  }
  return found;
}

async function visit(browser, server, name, screen) {
  const context = await browser.newContext({ ...SCREENS[screen], reducedMotion: "reduce" });
  const page = await context.newPage();
  const found = [];
  page.on("console", (message) => message.type() === "log" || found.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => found.push(error.message));
  page.on("request", (request) => request.url().startsWith(server.address) || request.url().startsWith("data:") || found.push(`asks for ${request.url()}`));
  await page.goto(`${server.address}/${name}`);
  if (name === "index.html") await runsTheProgram(page, found);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((expected) => document.documentElement.getAttribute("data-bs-theme") === expected, colorScheme);
    found.push(...(await page.evaluate(problems, [colorScheme, LEAST_CONTRAST])));
    await page.screenshot({ path: path.join(pictures, `${path.parse(name).name}-${screen}-${colorScheme}.png`) });
  }
  await context.close();
  return found.map((problem) => `${name}, ${screen}: ${problem}`);
}

/** The frame of the front page shows the run that its address names. */
async function runsTheProgram(page, found) {
  const frame = page.frames().find((one) => one.url().includes("try.html"));
  const shows = () => [...document.querySelectorAll("#words div")].some((row) => row.textContent.includes("join"));
  await frame.waitForFunction(shows, undefined, { timeout: 20_000 }).catch(() => found.push("the program shows no run"));
}

fs.mkdirSync(pictures, { recursive: true });
const names = fs.readdirSync(site).filter((name) => name.endsWith(".html") && !["404.html", "try.html", "search.html"].includes(name));
assert.ok(names.includes("index.html") && names.length > 5, `${site} has the pages ${names}`);
const server = await serve({ "/": site });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
const wrong = [];
for (const name of names) {
  for (const screen of Object.keys(SCREENS)) wrong.push(...(await visit(browser, server, name, screen)));
}
await browser.close();
server.close();
assert.deepEqual(wrong, []);
console.log(`site/check: ${names.length} pages can be read, at a desk and on a phone, in the light and in the dark`);

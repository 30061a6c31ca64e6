// Holds every export in a folder against its consumer.
//
//   node check.mjs CONSUMERS FOLDER
//
// CONSUMERS is what the setup has made, FOLDER has the exports of runs and the traces of these runs. The variable CHROMIUM is
// the browser.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { checkCast } from "./cast.mjs";
import { checkMermaid } from "./mermaid.mjs";
import { checkPage } from "./page.mjs";
import { checkPerfetto } from "./perfetto.mjs";
import { checkShiviz } from "./shiviz.mjs";
import { serve } from "./serve.mjs";

const [consumers, folder] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(path.join(consumers, "npm/playwright-core/index.mjs")));

/** The events of the trace of a run. */
function eventsOf(name) {
  const lines = fs.readFileSync(path.join(folder, `${name}.jsonl`), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line)).filter((line) => line.op);
}

/** Every file with that ending: its path, and the events of its run. */
function files(ending) {
  const names = fs.readdirSync(folder).filter((file) => file.endsWith(ending)).sort();
  if (names.length === 0) throw new Error(`there is no ${ending} in ${folder}`);
  return names.map((file) => ({ file: path.join(folder, file), events: eventsOf(file.slice(0, -ending.length)) }));
}

let passed = 0;

function say(what, file, words) {
  passed += 1;
  console.log(`${what.padEnd(9)} ${path.basename(file)}: ${words}`);
}

const server = await serve({ "/npm/": path.join(consumers, "npm"), "/out/": folder, "/": path.join(consumers, "perfetto/ui") });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
try {
  for (const one of files(".log")) say("shiviz", one.file, checkShiviz(fs.readFileSync(one.file, "utf8"), one.events));
  for (const one of files(".html")) say("page", one.file, await checkPage(browser, one));
  for (const one of files(".mmd")) say("mermaid", one.file, await checkMermaid(browser, server, one));
  for (const one of files(".cast")) say("player", one.file, await checkCast(browser, server, one));
  for (const one of files(".json")) say("perfetto", one.file, await checkPerfetto(browser, server, one));
} finally {
  await browser.close();
  server.close();
}
console.log(`${passed} passed, 0 failed`);

// Opens the page in browsers and uses it as somebody does: keys, mouse, touch, links, lessons, files that are dropped.
//
//   node check.mjs CONSUMERS FOLDER [figures]
//
// CONSUMERS is what tui/consumers/setup has made; FOLDER has what web/check puts there, and gets pictures. The browsers are
// $CHROMIUM and, where there is one, $FIREFOX.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { serve } from "../tui/consumers/serve.mjs";
import { PHONE, launched } from "./checks/browsers.mjs";
import { measured, sizeOf, table, tooSlow } from "./checks/figures.mjs";
import * as files from "./checks/files.mjs";
import * as lessons from "./checks/lessons.mjs";
import { follow, open } from "./checks/page.mjs";
import * as phones from "./checks/phones.mjs";
import * as runs from "./checks/runs.mjs";
import * as surroundings from "./checks/surroundings.mjs";

const [consumers, folder, isMeasuredAlone] = process.argv.slice(2);
const { default: playwright } = await import(pathToFileURL(path.join(consumers, "npm/playwright-core/index.mjs")));
const rules = path.join(consumers, "npm/axe-core/axe.min.js");
const read = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"));

/** What a server may say that lets the page run and forbids it everything else. */
const STRICT = {
  "content-security-policy":
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
};

const server = await serve({ "/": folder });
const strictServer = await serve({ "/": folder }, STRICT);
const strict = `${strictServer.address}/app.html`;
const forbiddingServer = await serve({ "/": folder }, { "content-security-policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'" });
const forbidding = `${forbiddingServer.address}/app.html`;
const frame = `<iframe sandbox="allow-scripts" src="${strict}#join@30" width="900" height="600"></iframe>`;
fs.writeFileSync(path.join(folder, "course.html"), `<!doctype html><link rel="icon" href="data:,">${frame}`);

const inFile = (link = "", name = "app.html") => pathToFileURL(path.join(folder, name)).href + link;
const app = inFile();

/** Pages, and what is done in each, one after the other: what it shows, how, and from which link on. */
const PAGES = [
  {
    address: app,
    checks: [
      ["a run is opened from a file, and left", runs.opensAndLeaves],
      ["time runs, faster and slower, and stands still", runs.plays, "join@0"],
      ["steps go both ways", runs.stepsBothWays, "join@81"],
      ["time goes along with the mouse", runs.isScrubbedByTheMouse, "join@81"],
      ["text is selected by the mouse", runs.isSelectedByTheMouse, "join@81"],
      ["a command is typed into the live run", runs.takesACommand, "join@81"],
      ["events are looked for, and marked", runs.searches, "join@0"],
      ["time stops at conditions", runs.breaksOnConditions, "join@0"],
      ["two runs are compared", runs.comparesTwoRuns, "join@81"],
      ["other orders are taken", runs.goesOnInAnotherOrder, "race-lost-key@0"],
      ["keys are looked up", runs.helps, "join@81"],
      ["a run goes another way, and a link leads there", runs.forks, "join@81"],
      ["a file is chosen", files.isChosen, ""],
      ["a file that is no trace is refused", files.isNoTrace, ""],
      ["a file is saved", files.isSaved, "join@81"],
      ["the screen is read aloud and found in the page", surroundings.isReadAloud, ""],
      ["everybody can use the start page", surroundings.keepsTheRules, ""],
    ],
  },
  { address: `${server.address}/app.html`, checks: [["a run is opened from a server, and left", runs.opensAndLeaves]] },
  { address: strict, checks: [["a run is opened where the server forbids the network", runs.opensAndLeaves]] },
  { address: inFile("", "given.html"), checks: [["a run is given with the page", files.isGiven]] },
  {
    address: inFile("#tour=the-ring"),
    checks: [["every lesson is gone through to its end", (page) => lessons.goesThroughAll(page, read("lessons.json"))]],
  },
  { address: inFile("#tour=lost-key"), checks: [["links lead somewhere", surroundings.followsLinks]] },
  {
    address: app,
    options: PHONE,
    checks: [
      ["buttons are pressed on a phone", phones.isUsedByButtons, "join@81"],
      ["time goes along with a finger", phones.isScrubbedByAFinger, "join@81"],
      ["a list is scrolled by a finger", phones.isScrolledByAFinger, "join@81"],
      ["everybody can use a lesson on a phone", surroundings.keepsTheRules, "tour=lost-key"],
    ],
  },
  // In a page of its own: soon after a swipe a tap did not always arrive in Chromium.
  {
    address: app,
    options: PHONE,
    checks: [
      ["a command is typed on a phone", phones.isTypedOn, "join@81"],
      ["a phone is turned", phones.isTurned, "join@81"],
    ],
  },
  {
    address: `${server.address}/course.html`,
    framed: strict,
    checks: [["it runs in a frame that forbids it nearly all", surroundings.runsInAFrame]],
  },
];

let passed = 0;
const failures = [];

/** Whether a check passes. */
async function hold(browser, what, check) {
  try {
    await check();
    passed += 1;
    return true;
  } catch (error) {
    failures.push(`${browser.name}: ${what}: ${error.stack}`);
    return false;
  }
}

/** Does all that is to be done in a page; what follows on a failure is done in another one. */
async function holdIn({ address, options, framed, checks }, browser) {
  let tab = null;
  for (const [what, use, link] of checks) {
    const isHeld = await hold(browser, what, async () => {
      tab ??= await open(browser, address, { options, framed });
      if (link !== undefined) await follow(tab.page, link);
      await use(tab.page, { browser, folder, strict, rules });
      tab.hasNoProblems();
    });
    // Where it cannot even be opened, all others would be waited for in vain.
    if (!isHeld && tab === null) return;
    if (!isHeld) {
      await tab.close();
      tab = null;
    }
  }
  await tab?.close();
}

async function holdAll(browser) {
  for (const page of PAGES) await holdIn(page, browser);
  const scheme = () => surroundings.goesWithWhatIsPreferred(inFile("#join@30"), { browser });
  await hold(browser, "it is dark or light as is preferred", scheme);
  const broken = { app: path.join(folder, "app.html"), folder, forbidding };
  await hold(browser, "it says why it does not start", () => surroundings.saysWhyItDoesNotStart(browser, broken));
}

const browsers = await launched(playwright, folder);
const inBrowsers = [];
try {
  if (!isMeasuredAlone) await Promise.all(browsers.map(holdAll));
  // One after the other, since they would be in each other's way.
  for (const browser of browsers) {
    await hold(browser, "it is fast", async () => inBrowsers.push({ browser, figures: await measured(browser, { page: app, folder }) }));
  }
} finally {
  for (const browser of browsers) await browser.close();
  server.close();
  strictServer.close();
  forbiddingServer.close();
}
console.log(table(read("native.json"), inBrowsers));
console.log(sizeOf(path.join(folder, "app.html")));
failures.push(...tooSlow(inBrowsers));
for (const failure of failures) console.error(`\n${failure}`);
console.log(`${passed} passed, ${failures.length} failed, in ${browsers.map(({ name }) => name).join(" and ")}`);
process.exitCode = failures.length > 0 ? 1 : 0;

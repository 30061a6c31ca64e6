// The browsers in which the page is checked. What is done in the same way in all of them is Playwright's; what is not is here.
//
// Chromium is driven by its own protocol, Firefox by WebDriver BiDi, which Playwright has as an experiment and not all of:
// touch, the clipboard, files that are saved, and what the page should prefer, go past it.

import fs from "node:fs";
import path from "node:path";

/** The page on a desk, and on a phone. */
const DESK = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 3 };

class Browser {
  constructor(name, browser) {
    this.name = name;
    this.browser = browser;
    this.version = browser.version();
  }

  /** A context of its own, in which nothing is kept yet. */
  async context({ options = {} } = {}) {
    return this.browser.newContext({ ...DESK, ...options });
  }

  async close() {
    await this.browser.close();
  }
}

class Chromium extends Browser {
  static async launch({ chromium }) {
    return new Chromium("Chromium", await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] }));
  }

  async context(wanted) {
    const context = await super.context(wanted);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    return context;
  }

  /** Uses a browser that prefers that scheme. */
  async preferring(colorScheme, use) {
    await use(this, { colorScheme });
  }

  /** A finger: "down", "move" and "tap" at a place, and "up". What lies between the two halves of a tap must not be long. */
  async finger(page) {
    const session = await page.context().newCDPSession(page);
    const types = { down: ["touchStart"], move: ["touchMove"], up: ["touchEnd"], tap: ["touchStart", "touchEnd"] };
    return (deed, x, y) => {
      const pointsOf = (type) => (type === "touchEnd" ? [] : [{ x, y }]);
      return Promise.all(types[deed].map((type) => session.send("Input.dispatchTouchEvent", { type, touchPoints: pointsOf(type) })));
    };
  }

  /** The text of a file that is saved by a deed, and its name. */
  async saved(page, deed) {
    const [download] = await Promise.all([page.waitForEvent("download"), deed()]);
    return { name: download.suggestedFilename(), text: fs.readFileSync(await download.path(), "utf8") };
  }

  /** What is read aloud, by the browser's accessibility tree. */
  async readAloud(page) {
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const isRead = (node) => !node.ignored && node.role.value === "StaticText";
    return nodes.filter(isRead).map((node) => node.name.value).join("\n");
  }
}

/** What Firefox has to be told, beyond what Playwright tells it. */
const PREFERENCES = {
  // A page may use the clipboard without somebody's consent.
  "dom.events.testing.asyncClipboard": true,
  // Time is as fine as it is in Chromium, and not in milliseconds.
  "privacy.reduceTimerPrecision": false,
  // Files are as far from each other as they are for everybody.
  "security.fileuri.strict_origin_policy": true,
  "browser.download.folderList": 2,
  "browser.download.always_ask_before_handling_new_types": false,
};
/** How Firefox is told what a page should prefer; Playwright's `colorScheme` does not reach it. */
const SCHEMES = { dark: 0, light: 1 };

class Firefox extends Browser {
  static async launch(playwright, folder, scheme = "dark") {
    const downloads = path.join(folder, "downloads");
    fs.mkdirSync(downloads, { recursive: true });
    const firefoxUserPrefs = {
      ...PREFERENCES,
      "browser.download.dir": downloads,
      "layout.css.prefers-color-scheme.content-override": SCHEMES[scheme],
    };
    const browser = await playwright._bidiFirefox.launch({ executablePath: process.env.FIREFOX, firefoxUserPrefs });
    return Object.assign(new Firefox("Firefox", browser), { playwright, folder, downloads });
  }

  async preferring(scheme, use) {
    const other = await Firefox.launch(this.playwright, this.folder, scheme);
    try {
      await use(other, {});
    } finally {
      await other.close();
    }
  }

  async finger(page) {
    const session = page._connection.toImpl(page).delegate._session;
    const types = { down: ["pointerMove", "pointerDown"], move: ["pointerMove"], up: ["pointerUp"], tap: ["pointerMove", "pointerDown", "pointerUp"] };
    return (deed, ...place) => {
      const [x, y] = place.map(Math.round);
      const actions = types[deed].map((type) => (type === "pointerMove" ? { type, x, y } : { type, button: 0 }));
      const pointer = { type: "pointer", id: "finger", parameters: { pointerType: "touch" }, actions };
      return session.send("input.performActions", { context: session.sessionId, actions: [pointer] });
    };
  }

  /** BiDi tells of no file that a page makes itself, so that its folder is watched. */
  async saved(page, deed) {
    const watcher = fs.watch(this.downloads);
    const whole = new Promise((found) => {
      watcher.on("change", (_, name) => {
        const file = path.join(this.downloads, name);
        if (!name.endsWith(".part") && fs.existsSync(file) && fs.statSync(file).size > 0) found({ name, text: fs.readFileSync(file, "utf8") });
      });
    });
    await deed();
    const file = await whole;
    watcher.close();
    return file;
  }

  /** Firefox has no way to ask for its accessibility tree: what Playwright makes of the page's elements by the same rules. */
  async readAloud(page) {
    return page.locator("#screen").ariaSnapshot();
  }
}

/** Every browser that there is. */
export async function launched(playwright, folder) {
  const browsers = [await Chromium.launch(playwright)];
  if (process.env.FIREFOX) browsers.push(await Firefox.launch(playwright, folder));
  return browsers;
}

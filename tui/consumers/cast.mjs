// asciinema's web player: what it shows at the end is the screen.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

/** Boxes, bars and squares are drawn on a canvas below the text. */
const withoutBoxes = (text) => text.replaceAll(/[\u2500-\u25a0]/g, " ").trimEnd();

export async function checkCast(browser, server, { file }) {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`${server.address}/npm/asciinema-player/package.json`);
  await page.addStyleTag({ url: `${server.address}/npm/asciinema-player/dist/bundle/asciinema-player.css` });
  await page.addScriptTag({ url: `${server.address}/npm/asciinema-player/dist/bundle/asciinema-player.min.js` });
  const duration = await page.evaluate(async (address) => {
    document.body.replaceChildren();
    const player = AsciinemaPlayer.create(address, document.body, { preload: true });
    await player.seek("100%");
    return player.getDuration();
  }, `${server.address}/out/${path.basename(file)}`);
  await page.waitForFunction(() => document.querySelector(".ap-line")?.textContent.trim());
  const pieces = await page.evaluate(() =>
    [...document.querySelectorAll(".ap-line")].flatMap((line, row) =>
      [...line.querySelectorAll("span")].map((span) => ({ row, column: Number(span.style.getPropertyValue("--offset")), text: span.textContent })),
    ),
  );
  await page.close();
  const screen = fs.readFileSync(file.replace(/\.cast$/, ".txt"), "utf8").split("\n").map((line) => [...line]);
  for (const { row, column, text } of pieces) {
    const length = [...text].length;
    const drawn = screen[row].slice(column, column + length).join("");
    assert.equal(withoutBoxes(text), withoutBoxes(drawn), `row ${row}, column ${column}`);
  }
  const letters = (text) => text.replaceAll(/[^\p{L}\p{N}]/gu, "").length;
  const shown = pieces.reduce((sum, { text }) => sum + letters(text), 0);
  assert.equal(shown, letters(screen.map((line) => line.join("")).join("")), "no word of the screen is missing");
  assert.deepEqual(problems, []);
  return `${duration.toFixed(1)} s, the player ends with the screen`;
}

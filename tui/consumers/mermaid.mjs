// Mermaid itself: the diagram is parsed and drawn with the limits that pages have.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

export async function checkMermaid(browser, server, { file, events }) {
  const text = fs.readFileSync(file, "utf8");
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("dialog", (dialog) => problems.push(`a dialog: ${dialog.message()}`));
  await page.goto(`${server.address}/npm/mermaid/package.json`);
  await page.addScriptTag({ url: `${server.address}/npm/mermaid/dist/mermaid.min.js` });
  const drawn = await page.evaluate(async (text) => {
    mermaid.initialize({ startOnLoad: false });
    const { diagramType } = await mermaid.parse(text);
    const { svg } = await mermaid.render("diagram", text);
    const picture = new DOMParser().parseFromString(svg, "text/html");
    const texts = [...picture.querySelectorAll(".messageText")].map((element) => element.textContent);
    return { diagramType, texts, foreign: picture.querySelectorAll("script, img, iframe").length };
  }, text);
  await page.close();
  const isPart = path.basename(file) === "long.mmd";
  const sends = events.filter((event, index) => event.op === "send" && (!isPart || index < 5000));
  assert.equal(drawn.diagramType, "sequence");
  assert.equal(drawn.texts.length, sends.length, "an arrow a message");
  assert.equal(drawn.foreign, 0);
  if (path.basename(file) === "hostile.mmd") {
    assert.ok(drawn.texts.some((text) => text.includes("end; r0->>r1: x %% #quo")), drawn.texts.join("\n"));
    assert.ok(drawn.texts.some((text) => text.includes("</script><img src=x")), drawn.texts.join("\n"));
  }
  assert.deepEqual(problems, []);
  return `${drawn.texts.length} arrows, ${text.length} characters`;
}

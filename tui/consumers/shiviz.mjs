// ShiViz is in no registry. So a log is read as ShiViz reads it: by the expression in its first line, executed by the same
// engine, and held to what ShiViz refuses a log for (https://bitbucket.org/bestchai/shiviz/wiki).

import assert from "node:assert/strict";

export function checkShiviz(text, events) {
  const [expression, delimiter, ...rest] = text.split("\n");
  assert.equal(delimiter, "", "the second line is the delimiter of executions: there is one");
  const log = rest.join("\n");
  const found = [...log.matchAll(new RegExp(expression, "gm"))];
  // Behind its events a rank of a recorded program may have what is wrong with the run.
  const isSaid = ({ groups }) => !/^(send|receive) /.test(groups.event);
  assert.equal(found.filter((one) => !isSaid(one)).length, events.length, "every event is found");
  assert.ok(found.slice(events.length).every(isSaid), "and nothing behind them but what is wrong");
  assert.equal(log.replaceAll(new RegExp(expression, "gm"), "").trim(), "", "nothing is left over");
  const counts = new Map();
  const clocks = new Map();
  found.forEach(({ groups }, index) => {
    const { host } = groups;
    const clock = JSON.parse(groups.clock);
    if (index < events.length) assert.equal(host, `rank${events[index].rank}`);
    counts.set(host, (counts.get(host) ?? 0) + 1);
    assert.equal(clock[host], counts.get(host), "a host's own clock counts its events from 1");
    for (const [other, ticks] of Object.entries(clocks.get(host) ?? {})) {
      assert.ok(clock[other] >= ticks, "a host forgets nothing");
    }
    for (const [other, ticks] of Object.entries(clock)) {
      assert.ok(ticks >= 1 && ticks <= (counts.get(other) ?? 0), "nobody knows of what has not happened");
    }
    clocks.set(host, clock);
  });
  return `${found.length} events of ${counts.size} hosts`;
}

// Every lesson to its end, as somebody goes through it: each question is answered wrong, and then right.

import assert from "node:assert/strict";

import { press, shows, showsNoMore, started } from "./page.mjs";

/** What is kept in the browser of a lesson, once it is done. */
async function kept(page, name) {
  const done = (name) => {
    const { lessons } = JSON.parse(localStorage.getItem("ringscope.progress") ?? '{ "lessons": {} }');
    return lessons[name]?.is_done ? lessons[name] : null;
  };
  return (await page.waitForFunction(done, name)).jsonValue();
}

/** The kinds of questions that there are. */
const KINDS = ["choice", "node", "number"];

export async function goesThroughAll(page, lessons) {
  const kinds = new Set(lessons.flatMap(({ steps }) => steps.flatMap(({ questions }) => questions.map(({ kind }) => kind))));
  assert.deepEqual([...kinds].sort(), KINDS, "the lessons have questions of each kind");
  for (const lesson of lessons) {
    await shows(page, new RegExp(`TOUR +${escaped(lesson.title)}`));
    await goThrough(page, lesson);
    const { right, questions } = await kept(page, lesson.name);
    const answered = lesson.steps.flatMap((step) => step.questions).length;
    assert.deepEqual([right.length, questions], [answered, answered], lesson.name);
    assert.ok(right.every(([, , atOnce]) => !atOnce), "none at the first try");
  }
  await isShownAsDone(page, lessons);
  await page.goto(page.url().replace(/#.*/s, ""));
  await page.reload();
  await started(page);
  await isShownAsDone(page, lessons);
}

/** The list says of a lesson how it went, when it is chosen. */
async function isShownAsDone(page, lessons) {
  await shows(page, /Walkthroughs: lessons on live runs/);
  await press(page, "Home");
  for (const { steps } of lessons) {
    const questions = steps.flatMap((step) => step.questions).length;
    await shows(page, new RegExp(`\\(done, 0 of ${questions} right`));
    await press(page, "ArrowDown");
  }
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

async function goThrough(page, { steps }) {
  for (const [nth, step] of steps.entries()) {
    await shows(page, new RegExp(`step ${nth + 1} of ${steps.length}\\b`));
    // Any key brings the run to its stop.
    await press(page, "End");
    await shows(page, new RegExp(`event ${step.event}/${step.events}\\b`));
    for (const [asked, question] of step.questions.entries()) {
      if (asked > 0) await press(page, "Enter");
      await answer(page, question);
    }
    await press(page, "End");
    await showsNoMore(page, /↓ more /);
    if (nth + 1 === steps.length) await shows(page, /That was the lesson/);
    await press(page, "Enter");
  }
}

async function answer(page, { wrong, right, hint }) {
  await page.keyboard.type(wrong);
  await press(page, "Enter");
  const said = await shows(page, /is not it\./);
  const missing = hint.split(/\s+/).filter((word) => !said.includes(word));
  assert.deepEqual(missing, [], `the hint \`${hint}\` is shown:\n${said}`);
  await page.keyboard.type(right);
  await press(page, "Enter");
  await shows(page, /That is right\./);
  await showsNoMore(page, /is not it\./);
}

// Keys, pointers, what is typed on a phone, and files.

const NAMED = {
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", Home: "home", End: "end", PageUp: "pageup", PageDown: "pagedown",
  Tab: "tab", Enter: "enter", Escape: "esc", Backspace: "backspace", Delete: "delete", Insert: "insert", " ": "space",
};
/** What Control goes with here; all others are the browser's, which has to find, copy and print. */
const WITH_CONTROL = ["c", "e", "k", "p", "u"];
/** The browser's own among the function keys. */
const OF_THE_BROWSER = ["F5", "F11", "F12"];

/** The row of buttons for who has no keyboard: what they say, what they are called, which key they are. */
const BUTTONS = [
  ["esc", "back", "esc"], ["play", "play or pause", "space"], ["‹", "an event back", "h"], ["›", "an event on", "l"], ["↑", "up", "up"], ["↓", "down", "down"],
  ["⏎", "open", "enter"], ["tab", "next pane", "tab"], ["?", "all keys", "?"],
];

/** The name of a key as the program has it, or null where the browser keeps it. */
function keyOf(event) {
  if (event.metaKey || event.isComposing || OF_THE_BROWSER.includes(event.key)) return null;
  if (event.ctrlKey && !event.altKey) {
    const isSelected = !document.getSelection().isCollapsed;
    const isOurs = WITH_CONTROL.includes(event.key) && !(event.key === "c" && isSelected);
    return isOurs ? `ctrl-${event.key}` : null;
  }
  const isFunction = /^F\d+$/.test(event.key);
  const name = NAMED[event.key] ?? (isFunction ? event.key.toLowerCase() : event.key);
  if (!(event.key in NAMED) && !isFunction && [...event.key].length !== 1) return null;
  const shift = event.shiftKey && (event.key in NAMED || isFunction) && event.key !== " " ? "shift-" : "";
  const alt = event.altKey && !event.ctrlKey ? "alt-" : "";
  return `${alt}${shift}${name}`;
}

function listenToKeys(page) {
  document.addEventListener("keydown", (event) => {
    const isButton = event.target instanceof HTMLButtonElement;
    if (isButton && ["Enter", " ", "Tab"].includes(event.key)) return;
    const key = keyOf(event);
    if (key !== null && page.act((program) => program.press(key))) event.preventDefault();
  });
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text");
    if (text) page.act((program) => program.paste(text));
  });
}

/** A phone's keyboard says what was typed, and not which key that was. */
function listenToTyping(page, input) {
  const press = (key) => page.act((program) => program.press(key));
  input.addEventListener("beforeinput", (event) => {
    event.preventDefault();
    if (event.inputType === "deleteContentBackward") press("backspace");
    else if (event.inputType.startsWith("insertLine")) press("enter");
    else for (const letter of event.data ?? "") press(letter === " " ? "space" : letter);
  });
}

function listenToPointers(page, element) {
  const at = (event) => page.cellAt(event.clientX, event.clientY);
  let drags = null;
  let swiped = null;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = at(event);
    if (page.ask((program) => program.exports.is_dragged(x, y)) === 1) {
      drags = event.pointerId;
      element.setPointerCapture(drags);
      event.preventDefault();
      page.act((program) => program.exports.point(x, y));
    } else if (event.pointerType !== "mouse") swiped = { y: event.clientY, isFar: false };
  });
  // Otherwise the browser selects text meanwhile.
  element.addEventListener("mousedown", (event) => drags !== null && event.preventDefault());
  element.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    if (drags === event.pointerId) page.act((program) => program.exports.drag(x, y));
    else if (swiped) swiped = swipe(page, swiped, { event, x, y });
  });
  const end = () => {
    if (drags !== null) page.act((program) => program.exports.release());
    drags = null;
  };
  element.addEventListener("pointercancel", end);
  element.addEventListener("pointerup", end);
  element.addEventListener("click", (event) => {
    const wasSwiped = swiped?.isFar;
    const [x, y] = at(event);
    swiped = null;
    if (wasSwiped || !document.getSelection().isCollapsed || page.ask((program) => program.exports.is_dragged(x, y)) === 1) return;
    page.act((program) => {
      program.exports.point(x, y);
      program.exports.release();
    });
  });
}

/** A finger on its way turns the wheel. */
function swipe(page, { y: from, isFar }, { event, x, y }) {
  const rows = Math.trunc((from - event.clientY) / page.rowHeight());
  if (rows === 0) return { y: from, isFar };
  page.act((program) => program.exports.scroll(x, y, rows));
  return { y: event.clientY, isFar: true };
}

function listenToTheWheel(page, element) {
  let left = 0;
  element.addEventListener("wheel", (event) => {
    if (event.ctrlKey) return;
    event.preventDefault();
    left += event.deltaMode === 0 ? event.deltaY / page.rowHeight() : 3 * Math.sign(event.deltaY);
    const rows = Math.trunc(left);
    left -= rows;
    const [x, y] = page.cellAt(event.clientX, event.clientY);
    if (rows !== 0) page.act((program) => program.exports.scroll(x, y, rows));
  }, { passive: false });
}

function listenToFiles(page, input) {
  const take = async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    page.act((program) => program.file(file.name, bytes, true));
  };
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    for (const file of event.dataTransfer.files) take(file);
  });
  input.addEventListener("change", () => {
    for (const file of input.files) take(file);
    input.value = "";
  });
}

function makeButtons(page, row, { typing, file }) {
  const make = (text, label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    // Who says what is read on a button finds it, too.
    button.setAttribute("aria-label", `${label}, ${text}`);
    // The keyboard of a phone stays where it is.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", act);
    row.append(button);
  };
  for (const [text, label, key] of BUTTONS) make(text, label, () => page.act((program) => program.press(key)));
  make("abc", "type", () => (document.activeElement === typing ? typing.blur() : typing.focus()));
  make("file", "open a trace or a scenario", () => file.click());
}

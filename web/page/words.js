// The screen as text, over the cells and not to be seen: for who has it read aloud, and for finding, selecting and copying.

class Words {
  constructor(element) {
    this.element = element;
    this.waiting = new Set();
  }

  /** Has as many rows as the screen, each as wide as its cells. */
  fit({ columns, rows, width, height, ratio, letters }) {
    const { element } = this;
    element.style.font = `${letters}px/${height / ratio}px ${FONT}`;
    element.style.width = `${(columns * width) / ratio}px`;
    element.replaceChildren(...Array.from({ length: rows }, () => document.createElement("div")));
    for (const row of element.children) row.style.height = `${height / ratio}px`;
    const letter = document.createElement("canvas").getContext("2d");
    letter.font = `${letters}px ${FONT}`;
    element.style.letterSpacing = `${width / ratio - letter.measureText("0".repeat(20)).width / 20}px`;
  }

  /** Takes the rows that changed; not while somebody selects, whose selection would be lost. */
  take(changed, cells, long) {
    changed.forEach((row) => this.waiting.add(row));
    if (this.isSelected()) return;
    const columns = cells.length / 4 / this.element.children.length;
    for (const row of this.waiting) {
      const element = this.element.children[row];
      const text = textOf(cells.subarray(4 * row * columns, 4 * (row + 1) * columns), long);
      if (element && element.textContent !== text) element.textContent = text;
    }
    this.waiting.clear();
  }

  isSelected() {
    const selection = document.getSelection();
    return selection !== null && !selection.isCollapsed && this.element.contains(selection.anchorNode);
  }
}

/** A row as it is read: what is a drawing is left out, but keeps its place. */
function textOf(cells, long) {
  let text = "";
  for (let at = 0; at < cells.length; at += 4) {
    if (at > 0 && cells[at - 1] & WIDE) continue;
    const symbol = cells[at];
    if (symbol & LONG) text += long[symbol & ~LONG] ?? " ";
    else text += painterOf(symbol) ? " " : String.fromCodePoint(symbol);
  }
  return text.trimEnd();
}

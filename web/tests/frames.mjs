// The frames of the program as WebAssembly shows them, to standard output: for each link on standard input its cells, then its
// symbols of several characters with their length in bytes before them. All numbers have 32 bits.
//
//   node frames.mjs PROGRAM COLUMNS ROWS <LINKS

import fs from "node:fs";

const [program, columns, rows] = process.argv.slice(2);
const size = { columns: Number(columns), rows: Number(rows) };
const { instance } = await WebAssembly.instantiate(fs.readFileSync(program), {});
const { exports } = instance;
const LONG_SYMBOLS = 4;

function put(text) {
  const bytes = new TextEncoder().encode(text);
  new Uint8Array(exports.memory.buffer, exports.reserve(bytes.length), bytes.length).set(bytes);
  return bytes.length;
}

exports.start(size.columns, size.rows, 0, 0);
for (const link of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  exports.go(put(link));
  const place = exports.paint();
  fs.writeSync(1, new Uint8Array(exports.memory.buffer, place, 16 * size.columns * size.rows).slice());
  const length = exports.outgoing(LONG_SYMBOLS, 0) - 1;
  fs.writeSync(1, new Uint8Array(new Uint32Array([length]).buffer));
  fs.writeSync(1, new Uint8Array(exports.memory.buffer, exports.out(), length).slice());
}

// The program: WebAssembly without imports. Text goes in and out through its memory.

/** The kinds of what it hands out. */
const COPIED = 0, LEARNT = 1, SAVED = 2, BYTES = 3, LONG_SYMBOLS = 4, PANICKED = 5;
/** What the page prefers, as bits. */
const LIGHT = 1, REDUCE_MOTION = 2;
/** Why the program does not start when what stands in the page is not a program. */
const DAMAGED = "the page is damaged. Download it again.";

/** The bytes that a text of the page stands for. */
function bytesOf(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  // Ten times as fast as a function for each letter, and there are a million of them.
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

class Program {
  constructor(exports) {
    this.exports = exports;
  }

  /** Unpacks the program that stands in the page, by what stands there beside it. */
  static async unpack(program, unpacker) {
    if (program.length % 4 !== 0) throw new Error(DAMAGED);
    const unzipped = new Blob([bytesOf(unpacker)]).stream().pipeThrough(new DecompressionStream("gzip"));
    const { instance } = await WebAssembly.instantiate(await new Response(unzipped).arrayBuffer(), {});
    const { reserve, unpack, out, memory } = instance.exports;
    const packed = bytesOf(program);
    // The memory is another one after each call in which it grows.
    const place = reserve(packed.length);
    new Uint8Array(memory.buffer, place, packed.length).set(packed);
    const length = unpack();
    if (length === 0) throw new Error(DAMAGED);
    const unpacked = new Uint8Array(memory.buffer, out(), length);
    return new Program((await WebAssembly.instantiate(unpacked, {})).instance.exports);
  }

  /** Puts bytes where the program reads them, and says how many. */
  give(...parts) {
    const all = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
    let place = this.exports.reserve(all.reduce((sum, part) => sum + part.length, 0));
    for (const part of all) {
      new Uint8Array(this.exports.memory.buffer, place, part.length).set(part);
      place += part.length;
    }
    return all.map((part) => part.length);
  }

  /** What it hands out of a kind, as bytes; null when there is nothing. */
  takeBytes(kind, name = 0) {
    const length = this.exports.outgoing(kind, name);
    return length === 0 ? null : new Uint8Array(this.exports.memory.buffer, this.exports.out(), length - 1).slice();
  }

  take(kind) {
    const bytes = this.takeBytes(kind);
    return bytes && new TextDecoder().decode(bytes);
  }

  start({ columns, rows }, flags, kept) {
    const [length] = this.give(kept);
    this.exports.start(columns, rows, flags, length);
  }

  go(link) {
    this.exports.go(...this.give(link));
  }

  press(key) {
    return this.exports.press(...this.give(key)) === 1;
  }

  paste(text) {
    this.exports.paste(...this.give(text));
  }

  file(name, bytes, isOpened) {
    this.exports.take_file(...this.give(name, bytes), isOpened ? 1 : 0);
  }

  /** The name and the bytes of a file that was saved; null when there is none. */
  takeSaved() {
    const name = this.take(SAVED);
    return name === null ? null : { name, bytes: this.takeBytes(BYTES, ...this.give(name)) };
  }

  /** Paints, and gives the cells. */
  paint({ columns, rows }) {
    const place = this.exports.paint();
    const long = this.take(LONG_SYMBOLS) ?? "";
    return { cells: new Uint32Array(this.exports.memory.buffer, place, 4 * columns * rows), long };
  }
}

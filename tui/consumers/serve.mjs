// Folders, served to a browser on this machine.

import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Serves each folder below its prefix, with these headers besides; `address` is where. */
export async function serve(folders, headers = {}) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const found = Object.entries(folders).find(([prefix]) => pathname.startsWith(prefix));
    const below = found && path.normalize(decodeURIComponent(pathname.slice(found[0].length)));
    if (!found || below.startsWith("..")) {
      response.writeHead(404).end();
      return;
    }
    const file = path.join(found[1], pathname.endsWith("/") ? path.join(below, "index.html") : below);
    fs.readFile(file, (error, bytes) => {
      response.writeHead(error ? 404 : 200, { ...headers, "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" });
      response.end(bytes);
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

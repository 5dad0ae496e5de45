import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, createServer, get, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServerProcess, startServerProcess } from "../../fixtures/server-process.ts";

const LARGE = 1 << 20;

let folder: string;
let server: ServerProcess;
// The host from which the server relays files.
const hub = createServer((asked, answer) => answer.writeHead(asked.url?.endsWith("/hub.onnx") ? 200 : 404).end("hub"));
// One kept connection per test: the server cannot accept others while it cannot open descriptors.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-descriptors-"));
  for (const name of ["app", "models"]) await mkdir(join(folder, name));
  await writeFile(join(folder, "app/small.png"), "not much of a picture");
  await writeFile(join(folder, "app/script.js"), `export const birds = "${"wren ".repeat(500)}";`);
  await writeFile(join(folder, "models/large.onnx"), randomBytes(LARGE));
  await new Promise<void>((listens) => hub.listen(0, "127.0.0.1", listens));
  const places = [join(folder, "models"), `http://127.0.0.1:${(hub.address() as AddressInfo).port}`];
  server = await startServerProcess({
    APP: join(folder, "app"),
    PIPIT_DATA: join(folder, "data"),
    PIPIT_MODELS: places.join(),
  });
});
afterAll(async () => {
  agent.destroy();
  await server.end();
  hub.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function ask(path: string, encoding = "identity"): Promise<Answer> {
  return new Promise((answered, failed) => {
    get(`${server.url}${path}`, { agent, headers: { "accept-encoding": encoding } }, async (answer) => {
      const pieces: Buffer[] = [];
      for await (const piece of answer) pieces.push(piece);
      answered({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) });
    }).on("error", failed);
  });
}

test.each([
  ["a file", "/small.png", "identity", 21],
  ["a file to compress", "/script.js", "gzip", undefined],
  ["a large model file", "/models/large.onnx", "identity", LARGE],
  ["a model file of another server", "/models/hub.onnx", "identity", 3],
])(
  "%s that cannot be opened now is 503 and when to come again, and there a moment later",
  async (_, path, encoding, length) => {
    expect((await ask("/health")).status).toBe(200);
    server.letOpen("nothing more");
    try {
      const { status, headers, body } = await ask(path, encoding);
      expect([status, headers["retry-after"]]).toEqual([503, "1"]);
      expect(JSON.parse(`${body}`).error).toMatchObject({ code: "busy", do: expect.stringContaining("ulimit -n") });
      expect((await ask("/health")).status).toBe(200);
    } finally {
      server.letOpen("anything");
    }
    expect(server.errors()).toBe("");
    const { status, body } = await ask(path, encoding);
    expect(status).toBe(200);
    if (length !== undefined) expect(body).toHaveLength(length);
  },
);

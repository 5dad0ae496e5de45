import { mkdir, mkdtemp, readdir, readlink, rm, utimes, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { ModelStates, type NodeServer, startNodeServer } from "@pipit/edge/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BAG_SPACE } from "../../fixtures/bag-embedder.ts";
import { rawRequest } from "../../fixtures/raw-request.ts";

const SCRIPT = "/assets/app-abcdef12.js";
const MODEL = "/models/tiny/onnx/model.onnx";
const script = `export const birds = "${"wren ".repeat(500)}";`;

let folder: string;
let server: NodeServer;
let mirror: NodeServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-files-"));
  await write("app/index.html", "<!doctype html><title>Pipit</title>");
  await write(`app${SCRIPT}`, script);
  await write("app/pipit-search.js", "export {};");
  await write("app/empty.txt", "");
  await write("app/picture.png", "not much of a picture");
  await write("models/tiny/onnx/model.onnx", "0123456789");
  await write("app/large.bin", Buffer.alloc(32 << 20));
  await write("models/tiny/large.onnx", Buffer.alloc(32 << 20));
  server = await start("data", [join(folder, "models")]);
  mirror = await start("other", [`${server.url}/models`]);
});
afterAll(async () => {
  await mirror.close();
  await server.close();
  await rm(folder, { recursive: true });
});

async function write(path: string, content: string | Buffer) {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), content);
}

function start(data: string, modelPlaces: string[]) {
  const common = { port: 0, host: "127.0.0.1", appFolder: join(folder, "app"), models: new ModelStates(BAG_SPACE, []) };
  return startNodeServer({ ...common, dataFolder: join(folder, data), modelPlaces });
}

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  rawRequest(server.url, path, { method, headers });

describe("the encodings of one file", () => {
  const UNPACK = { identity: (bytes: Buffer) => bytes, gzip: gunzipSync, br: brotliDecompressSync };
  const encodings = Object.keys(UNPACK) as (keyof typeof UNPACK)[];
  const inEncoding = (encoding: string) => ask(SCRIPT, { "accept-encoding": `${encoding}, *;q=0` });

  test("hold the same, and have a tag each", async () => {
    const answers = await Promise.all(encodings.map(inEncoding));
    answers.forEach(({ headers, body }, i) => {
      expect(UNPACK[encodings[i]!](body).toString()).toBe(script);
      expect(headers["content-encoding"] ?? "identity").toBe(encodings[i]);
      expect(headers.vary).toBe("Accept-Encoding, Origin");
    });
    expect(new Set(answers.map(({ headers }) => headers.etag)).size).toBe(3);
  });

  test("are refused to who wants another version only, plain and compressed", async () => {
    for (const encoding of encodings) {
      const { headers: told } = await inEncoding(encoding);
      const wanting = (tag = "") => ask(SCRIPT, { "accept-encoding": `${encoding}, *;q=0`, "if-match": tag });
      expect((await wanting(told.etag)).status).toBe(200);
      const { status, headers } = await wanting('"older"');
      expect([status, headers.etag]).toEqual([412, told.etag]);
    }
  });

  test("are each known by their own tag only", async () => {
    const tags = await Promise.all(encodings.map(async (encoding) => (await inEncoding(encoding)).headers.etag ?? ""));
    for (const [i, encoding] of encodings.entries()) {
      for (const [j, tag] of tags.entries()) {
        const headers = { "accept-encoding": `${encoding}, *;q=0`, "if-none-match": `"x", W/${tag}` };
        const { status, body, headers: told } = await ask(SCRIPT, headers);
        expect(status).toBe(i === j ? 304 : 200);
        if (status === 304) expect([body.length, told.etag]).toEqual([0, tag]);
      }
    }
  });

  test("that are all refused end in 406", async () => {
    expect((await ask(SCRIPT, { "accept-encoding": "*;q=0" })).status).toBe(406);
    expect((await ask("/picture.png", { "accept-encoding": "gzip, identity;q=0" })).status).toBe(406);
  });
});

describe.each([["/picture.png"], [SCRIPT], [MODEL]])("a part of %s", (path) => {
  test("is had by its bytes, also of what would be compressed", async () => {
    const whole = (await ask(path)).body;
    const headers = { range: "bytes=2-5", "accept-encoding": "br, gzip" };
    const part = await ask(path, headers);
    expect([part.status, part.body.toString()]).toEqual([206, whole.subarray(2, 6).toString()]);
    expect(part.headers["content-range"]).toBe(`bytes 2-5/${whole.length}`);
    expect(part.headers["accept-ranges"]).toBe("bytes");
    expect((await ask(path, { range: "bytes=-3" })).body.toString()).toBe(whole.subarray(-3).toString());
  });

  test("beyond the end is 416 and says how long the file is", async () => {
    const { body } = await ask(path);
    const beyond = await ask(path, { range: `bytes=${body.length}-` });
    expect([beyond.status, beyond.headers["content-range"]]).toEqual([416, `bytes */${body.length}`]);
  });

  test("of another version is the whole instead", async () => {
    const { etag = "" } = (await ask(path)).headers;
    expect((await ask(path, { range: "bytes=0-1", "if-range": etag })).status).toBe(206);
    for (const other of ['"other"', `W/${etag}`]) {
      const { status, headers } = await ask(path, { range: "bytes=0-1", "if-range": other });
      expect([status, headers["content-range"]]).toEqual([200, undefined]);
    }
  });

  test("is not asked for by HEAD, which tells of the whole", async () => {
    const head = await ask(path, { range: "bytes=0-1" }, "HEAD");
    expect(head.status).toBe(200);
    expect(Number(head.headers["content-length"])).toBe((await ask(path)).body.length);
  });
});

test("a file has a date, by which it is known too", async () => {
  await utimes(join(folder, "app/picture.png"), new Date(0), new Date("2026-01-02T03:04:05.600Z"));
  const { headers } = await ask("/picture.png");
  expect(headers["last-modified"]).toBe("Fri, 02 Jan 2026 03:04:05 GMT");
  expect((await ask("/picture.png", { "if-modified-since": headers["last-modified"] ?? "" })).status).toBe(304);
  expect((await ask("/picture.png", { "if-modified-since": "Fri, 02 Jan 2026 03:04:04 GMT" })).status).toBe(200);
});

test("an empty file is a file", async () => {
  const { status, body, headers } = await ask("/empty.txt", { "accept-encoding": "identity" });
  expect([status, body.length, headers["content-length"]]).toEqual([200, 0, "0"]);
});

test.each(["/", SCRIPT, MODEL])("%s is read only", async (path) => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const { status, headers } = await ask(path, { "content-length": "0" }, method);
    expect([status, headers.allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
  }
  const options = await ask(path, {}, "OPTIONS");
  expect([options.status, options.headers.allow]).toEqual([204, "GET, HEAD, OPTIONS"]);
});

test.each(["/%00", "/assets/%00.js", "/index.html%00.png"])("%s is no path", async (path) => {
  expect((await ask(path)).status).toBe(404);
});

describe("what pages may do", () => {
  test("a page runs scripts of its own origin only, and is framed by none but its own", async () => {
    const { headers } = await ask("/");
    const policy = headers["content-security-policy"] ?? "";
    for (const part of [
      "default-src 'self'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "object-src 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain("unsafe-inline");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["permissions-policy"]).toContain("camera=()");
    expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
  });

  test.each(["/pipit-search.js", SCRIPT, MODEL])("pages of other sites may load %s", async (path) => {
    const { headers } = await ask(path, { origin: "https://site.example" });
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers["cross-origin-resource-policy"]).toBe("cross-origin");
  });
});

describe("descriptors", () => {
  const large = ["/large.bin", "/models/tiny/large.onnx"];

  async function held(): Promise<number> {
    const links = (await readdir("/proc/self/fd")).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ""));
    return (await Promise.all(links)).filter((target) => /large\.(bin|onnx)$/.test(target)).length;
  }

  /** Closes the connection after the first bytes. */
  function leaveEarly(url: string): Promise<void> {
    return new Promise((left, failed) => {
      const asking = request(url, { agent: false }, (response) => {
        response.once("data", () => asking.destroy());
        response.once("close", left);
        response.on("error", () => undefined);
      });
      asking.on("error", failed).end();
    });
  }

  test.each(large)("of %s are given back: after HEAD, 304, a part, and callers that leave", async (path) => {
    const { headers } = await ask(path, {}, "HEAD");
    expect(headers["content-length"]).toBe(`${32 << 20}`);
    for (let i = 0; i < 20; i++) {
      await ask(path, {}, "HEAD");
      expect((await ask(path, { "if-none-match": headers.etag ?? "" })).status).toBe(304);
      await ask(path, { range: "bytes=5-9" });
      await leaveEarly(`${server.url}${path}`);
    }
    await expect.poll(held).toBe(0);
  });

  test("of a relayed file are given back as well", async () => {
    const path = large[1]!;
    for (let i = 0; i < 10; i++) {
      await rawRequest(mirror.url, path, { method: "HEAD" });
      await leaveEarly(`${mirror.url}${path}`);
    }
    await expect.poll(held).toBe(0);
  });
});

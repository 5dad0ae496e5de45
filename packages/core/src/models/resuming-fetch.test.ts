import { describe, expect, test } from "vitest";
import { createMemoryBytes } from "../cache/memory-bytes.ts";
import { type FetchInit, type FetchLike, httpSource, type ResponseLike } from "./http-source.ts";
import { resumingFetch } from "./resuming-fetch.ts";

const MIB = 1024 * 1024;
const CHUNK = 256 * 1024;
const URL = "https://models.test/model.onnx";
const file = (seed: number) => new Uint8Array(3 * MIB + 7).map((_, i) => (i * 31 + seed) & 255);

interface Server {
  file: Uint8Array;
  etag: string;
  /** The number of bytes after which the connection breaks, once. */
  breaksAt?: number | undefined;
  /** The status of a server that answers no call now. */
  refuses?: number | undefined;
  ranges: boolean;
  /** True if calls with a range fail, as in a browser whose preflight another origin does not answer. */
  failsRanges?: boolean;
  /** True if every call fails. */
  isAway?: boolean;
  asked: (string | undefined)[];
}

/** A server of one file, in the state that it has at each call. */
function serverOf(file: Uint8Array, more: Partial<Server> = {}): Server {
  return { file, etag: '"one"', ranges: true, asked: [], ...more };
}

function fetchFrom(server: Server): FetchLike {
  return async (_, { headers = {} }: FetchInit) => {
    server.asked.push(headers.Range);
    if (server.isAway || (server.failsRanges && headers.Range)) throw new TypeError("Failed to fetch");
    if (server.refuses) return { ...responseOf(server, { from: 0, status: server.refuses, facts: {} }), ok: false };
    const isSame = headers["If-Range"] === server.etag;
    const from = server.ranges && headers.Range && isSame ? Number(/\d+/.exec(headers.Range)![0]) : 0;
    const total = server.file.length;
    const facts: Record<string, string> = { etag: server.etag, "content-length": String(total - from) };
    if (from > 0) facts["content-range"] = `bytes ${from}-${total - 1}/${total}`;
    return responseOf(server, { from, status: from > 0 ? 206 : 200, facts });
  };
}

function responseOf(
  server: Server,
  { from, status, facts }: { from: number; status: number; facts: Record<string, string> },
): ResponseLike {
  let at = from;
  const read = async () => {
    if (server.breaksAt !== undefined && at >= server.breaksAt) {
      server.breaksAt = undefined;
      throw new Error("the connection broke");
    }
    if (at >= server.file.length) return { done: true };
    const value = server.file.slice(at, at + CHUNK);
    at += value.length;
    return { done: false, value };
  };
  const headers = { get: (name: string) => facts[name] ?? null };
  return {
    ok: true,
    status,
    headers,
    body: { getReader: () => ({ read }) },
    arrayBuffer: () => Promise.reject(new Error("streams only")),
  };
}

const bytesStore = () => createMemoryBytes({ maxBytes: 2 ** 30 });

async function fetched(server: Server, parts = bytesStore()): Promise<Buffer | Error> {
  const progress: number[] = [];
  const source = httpSource("mirror", "https://models.test", resumingFetch(fetchFrom(server), parts));
  const reading = source.read("model.onnx", { onProgress: (done) => progress.push(done) });
  return reading.then(
    (bytes) => {
      expect(progress.at(-1)).toBe(server.file.length);
      return Buffer.from(bytes!);
    },
    (error) => error as Error,
  );
}

/** A matcher would take a second to compare them byte by byte. */
function expectSame(got: Buffer | Error, expected: Uint8Array): void {
  expect(got).toBeInstanceOf(Buffer);
  expect(Buffer.compare(got as Buffer, expected)).toBe(0);
}

describe("a fetch that was cut off", () => {
  test("goes on from what arrived, to the last byte of it", async () => {
    const server = serverOf(file(1), { breaksAt: 2 * MIB + CHUNK });
    const parts = bytesStore();
    expect(await fetched(server, parts)).toBeInstanceOf(Error);
    expectSame(await fetched(server, parts), server.file);
    expect(server.asked).toEqual([undefined, `bytes=${2 * MIB + CHUNK}-`]);
  });

  test("goes on more than once", async () => {
    const server = serverOf(file(1), { breaksAt: MIB });
    const parts = bytesStore();
    await fetched(server, parts);
    server.breaksAt = 2 * MIB;
    await fetched(server, parts);
    expectSame(await fetched(server, parts), server.file);
    expect(server.asked).toEqual([undefined, `bytes=${MIB}-`, `bytes=${2 * MIB}-`]);
  });

  test.each([408, 429, 500, 503])("keeps what arrived while the server answers %i", async (status) => {
    const server = serverOf(file(1), { breaksAt: MIB });
    const parts = bytesStore();
    await fetched(server, parts);
    server.refuses = status;
    expect(await fetched(server, parts)).toBeInstanceOf(Error);
    server.refuses = undefined;
    expectSame(await fetched(server, parts), server.file);
    expect(server.asked).toEqual([undefined, `bytes=${MIB}-`, `bytes=${MIB}-`]);
  });

  test("tells progress from where it goes on", async () => {
    const server = serverOf(file(1), { breaksAt: 2 * MIB });
    const parts = bytesStore();
    await fetched(server, parts);
    const seen: [number, number | undefined][] = [];
    const source = httpSource("mirror", "https://models.test", resumingFetch(fetchFrom(server), parts));
    await source.read("model.onnx", { onProgress: (...progress) => seen.push(progress) });
    expect(seen[0]).toEqual([MIB, server.file.length]);
    expect(seen.at(-1)).toEqual([server.file.length, server.file.length]);
  });

  test("starts again when the file has changed meanwhile, and mixes nothing", async () => {
    const server = serverOf(file(1), { breaksAt: 2 * MIB });
    const parts = bytesStore();
    await fetched(server, parts);
    Object.assign(server, { file: file(9), etag: '"two"' });
    expectSame(await fetched(server, parts), file(9));
  });

  test("starts again at a server that knows no ranges", async () => {
    const server = serverOf(file(1), { breaksAt: 2 * MIB, ranges: false });
    const parts = bytesStore();
    await fetched(server, parts);
    expectSame(await fetched(server, parts), server.file);
  });

  test("starts again when the part that was kept is gone", async () => {
    const server = serverOf(file(1), { breaksAt: 2 * MIB });
    const parts = bytesStore();
    await fetched(server, parts);
    await parts.deleteMany([`${URL}#0`]);
    expect(await fetched(server, parts)).toMatchObject({ message: expect.stringContaining("gone from this device") });
    expectSame(await fetched(server, parts), server.file);
  });

  test("keeps nothing of a file whose versions cannot be told apart", async () => {
    const server = serverOf(file(1), { breaksAt: 2 * MIB, etag: 'W/"weak"' });
    const parts = bytesStore();
    await fetched(server, parts);
    expectSame(await fetched(server, parts), server.file);
    expect(server.asked).toEqual([undefined, undefined]);
  });
});

test("a file that is longer than it can be leaves no parts", async () => {
  const parts = bytesStore();
  const server = serverOf(file(1), { breaksAt: 2 * MIB });
  await fetched(server, parts);
  expect(await parts.getMany([`${URL}#0`])).not.toEqual([undefined]);
  const source = httpSource("host", "https://models.test", resumingFetch(fetchFrom(server), parts));
  const reading = source.read("model.onnx", { mostBytes: 2 * MIB });
  await expect(reading).rejects.toMatchObject({ code: "bad-model" });
  expect(await parts.getMany([`${URL}#arrived`, `${URL}#0`])).toEqual([undefined, undefined]);
});

test("a file that arrived whole leaves no parts", async () => {
  const parts = bytesStore();
  const server = serverOf(file(1));
  expectSame(await fetched(server, parts), server.file);
  expect(await parts.getMany([`${URL}#arrived`, `${URL}#0`])).toEqual([undefined, undefined]);
});

test("where parts cannot be kept the fetch is a plain one", async () => {
  const broken = {
    ...bytesStore(),
    getMany: () => Promise.reject(new Error("blocked")),
    putMany: () => Promise.reject(new Error("full")),
    deleteMany: () => Promise.reject(new Error("blocked")),
  };
  const server = serverOf(file(1));
  expectSame(await fetched(server, broken), server.file);
});

describe("a server whose ranges a browser may not ask for", () => {
  test("sends the whole file at the next try", async () => {
    const [server, parts] = [serverOf(file(1), { breaksAt: 2 * MIB, failsRanges: true }), bytesStore()];
    expect(await fetched(server, parts)).toBeInstanceOf(Error);
    expectSame(await fetched(server, parts), server.file);
    expect(server.asked).toEqual([undefined, expect.stringContaining("bytes="), undefined]);
  });

  test("costs nothing of what arrived while it is away", async () => {
    const [server, parts] = [serverOf(file(1), { breaksAt: 2 * MIB }), bytesStore()];
    await fetched(server, parts);
    expect(await fetched({ ...server, isAway: true }, parts)).toBeInstanceOf(Error);
    expectSame(await fetched(server, parts), server.file);
    expect(server.asked.at(-1)).toBe(`bytes=${2 * MIB}-`);
  });
});

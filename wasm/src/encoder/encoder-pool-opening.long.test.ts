import { execFile } from "node:child_process";
import { getEventListeners } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { drawRows } from "@pipit/test/fixtures/encoder-drawn";
import { bertTwin, packTwin } from "@pipit/test/fixtures/encoder-twins";
import { seeded } from "@pipit/test/fixtures/seeded";
import { afterEach, describe, expect, test } from "vitest";
import { startHere, watchedPool } from "../../fixtures/watched-pool.ts";
import { loadBuild, loadEncoder } from "../node.ts";
import { type Encoder, openEncoder } from "./encoder.ts";
import { openTogether } from "./encoder-pool.ts";
import type { EncoderThreadPool, PoolThread } from "./encoder-pool-protocol.ts";

const module = await loadBuild("simd", "encoder");
const file = await packTwin(bertTwin(), module);

const rows = drawRows(seeded(91), [1, 200, 7, 12, 30]);
const expected = await (await openEncoder(module, file)).encodeTokens(rows);

const opened: Encoder[] = [];
afterEach(() => {
  for (const encoder of opened.splice(0)) encoder.close();
});

describe("opening", () => {
  test("leaves the caller's file as it was", async () => {
    const given = Buffer.from(file);
    const encoder = await loadEncoder(given, { threads: 3 });
    opened.push(encoder);
    expect(Buffer.compare(given, file)).toBe(0);
  });

  test.each([
    ["of known length", file.length],
    ["of unknown length", undefined],
  ])("reads a stream %s once, into every thread", async (_, bytes) => {
    let begun = 0;
    const pieces = async function* () {
      begun++;
      const piece = Buffer.alloc(1000);
      // Whoever streams may use a buffer again.
      for (let at = 0; at < file.length; at += 1000)
        yield piece.subarray(0, Buffer.from(file.subarray(at, at + 1000)).copy(piece));
    };
    const encoder = await loadEncoder({ bytes, pieces: pieces() }, { threads: 3 });
    opened.push(encoder);
    expect(await encoder.encodeTokens(rows)).toEqual(expected);
    expect(begun).toBe(1);
  });

  test.each([
    ["torn", file.slice(0, -9)],
    ["longer than announced", { bytes: file.length - 1, pieces: [file] }],
  ])("a file that is %s starts no thread", async (_, given) => {
    const pool = watchedPool(3);
    await expect(openTogether(module, given, { pool })).rejects.toMatchObject({ code: "bad-model" });
    expect(pool.members).toEqual([]);
  });

  test("fails when one of the threads may not open the file, with what it says, and ends the others", async () => {
    let isFirst = true;
    const pool = watchedPool(3, (request) => {
      if (request.ask === "open" && isFirst) request.file[100]! ^= 1;
      isFirst = false;
    });
    const error = { code: "bad-model", got: expect.stringContaining("a packed encoder with") };
    await expect(openTogether(module, file, { pool })).rejects.toMatchObject(error);
    await Promise.all(pool.members.map(({ ended }) => ended));
  });

  const mute = (ends: string[]): PoolThread => ({ post: () => {}, end: () => void ends.push("mute") });

  test("fails when one of the threads does not answer in time, and ends all", async () => {
    const ends: string[] = [];
    const pool = watchedPool(3);
    let started = 0;
    const start: EncoderThreadPool["start"] = (listener) => (++started === 2 ? mute(ends) : pool.start(listener));
    const error = { code: "worker-died", got: "no answer of a thread within 40 ms" };
    await expect(openTogether(module, file, { pool: { size: 3, patience: 40, start } })).rejects.toMatchObject(error);
    expect(ends).toEqual(["mute"]);
    await pool.members[0]!.ended;
  });

  test("fails when one of the threads may not start, and ends those that did", async () => {
    const pool = watchedPool(3);
    let started = 0;
    const start: EncoderThreadPool["start"] = (listener) => {
      if (++started === 2) throw new Error("no more threads");
      return pool.start(listener);
    };
    const error = { code: "worker-died", got: expect.stringContaining("no more threads") };
    await expect(openTogether(module, file, { pool: { size: 3, start } })).rejects.toMatchObject(error);
    await pool.members[0]!.ended;
  });

  test("leaves no listener on the signal of a call that has ended, and asks nothing for one that was aborted", async () => {
    const pool = watchedPool(2);
    const encoder = await openTogether(module, file, { pool });
    opened.push(encoder);
    const controller = new AbortController();
    const before = getEventListeners(controller.signal, "abort").length;
    await encoder.encodeTokens(rows, controller.signal);
    expect(getEventListeners(controller.signal, "abort").length).toBe(before);
    const asked = pool.members[0]!.asked.length;
    await expect(encoder.encodeTokens(rows, AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
    expect(pool.members[0]!.asked.length).toBe(asked);
  });

  test("that came in time is not undone by silence afterwards", async () => {
    const encoder = await openTogether(module, file, { pool: { size: 2, patience: 200, start: startHere() } });
    opened.push(encoder);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(encoder.threads).toBe(2);
  });
});

test("a process ends by itself when nothing is asked, and not before it is answered", async () => {
  const script = `
    import { readFileSync } from "node:fs";
    import { loadEncoder } from ${JSON.stringify(new URL("../node.ts", import.meta.url).href)};
    const encoder = await loadEncoder(readFileSync("packed"), { threads: 3 });
    const rows = Array.from({ length: 30 }, (_, i) => new Array(1 + i).fill(9));
    for (let i = 0; i < 40; i++)
      await Promise.all([rows.slice(0, 20), rows].map((some) => encoder.encodeTokens(some)));
    console.log("answered");`;
  const folder = await mkdtemp(join(tmpdir(), "pipit-encoder-"));
  try {
    await writeFile(join(folder, "packed"), file);
    await writeFile(join(folder, "process.mjs"), script);
    const line = ["--conditions=pipit-source", "--disable-warning=ExperimentalWarning", "process.mjs"];
    const { stdout } = await promisify(execFile)(process.execPath, line, { cwd: folder, timeout: 25_000 });
    expect(stdout).toBe("answered\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});

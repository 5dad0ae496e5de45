import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addressOf, type ServerProcess, startServerProcess } from "../../fixtures/server-process.ts";

// Memory of a server process: the maximum during answers, and the remainder when the server is idle again.

const MOST_ABOVE_IDLE_MB = 300;
const MOST_KEPT_MB = 50;
const QUIET_MS = 12_000;
/** A factor for quiet times: on a busy machine the server's timers are late. */
const QUIETS = 4;

let folder: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-memory-"));
  server = await startServerProcess({ PIPIT_DATA: folder });
});
afterAll(async () => {
  await server.end("SIGKILL");
  await rm(folder, { recursive: true });
});

/** A thousand vectors take eight megabytes as JSON. */
async function embed(): Promise<number> {
  const input = Array.from({ length: 1_000 }, (_, i) => `a lark ${i} over field ${i * 7}`);
  const body = JSON.stringify({ model: "starter", input });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${server.url}/v1/embeddings`, { method: "POST", headers, body });
  for await (const _ of answer.body ?? []);
  return answer.status;
}

/** Megabytes after the server was quiet long enough for its heaps to be collected and its idle thread to end. */
async function whenQuiet(): Promise<number> {
  await pause(QUIET_MS);
  return server.rss();
}

const flood = (calls: number) => Promise.all(Array.from({ length: calls }, embed));

test("a flood of embeddings takes no more memory than a few of them at a time, and what it took is given back", async () => {
  const idle = await whenQuiet();
  let peak = 0;
  const looking = setInterval(() => {
    peak = Math.max(peak, server.rss());
  }, 20);
  expect(new Set(await flood(80))).toEqual(new Set([200]));
  clearInterval(looking);
  let after = await whenQuiet();
  for (let waited = 1; waited < QUIETS && after - idle >= MOST_KEPT_MB; waited++) after = await whenQuiet();
  const figures = { idle, peak, after };
  console.log(
    Object.entries(figures)
      .map(([name, mb]) => `${name} ${Math.round(mb)} MB`)
      .join(", "),
  );
  expect(peak - idle).toBeLessThan(MOST_ABOVE_IDLE_MB);
  expect(figures.after - idle).toBeLessThan(MOST_KEPT_MB);
});

const { scripts } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
const STARTS = {
  "npm start": [...scripts.start.split(" ").slice(1, -1), "../../../edge/tools/start.ts"],
  "pipit serve": ["../../../packages/cli/bin/pipit.mjs", "serve"],
};

describe.each(Object.keys(STARTS) as (keyof typeof STARTS)[])("%s", (start) => {
  const [own, asked] = ["MALLOC_TRIM_THRESHOLD_=131072", "MALLOC_TRIM_THRESHOLD_=9999"];

  test.each([
    ["tells the allocator to return freed memory", {}, own],
    ["leaves an allocator that the environment sets as it is", { MALLOC_TRIM_THRESHOLD_: "9999" }, asked],
  ])("%s", async (_, settings, expected) => {
    const args = STARTS[start].map((arg) =>
      arg.startsWith("../") ? fileURLToPath(new URL(arg, import.meta.url)) : arg,
    );
    const env = { PATH: process.env.PATH, PORT: "0", PIPIT_DATA: join(folder, "another"), ...settings };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(child, "exit");
    try {
      await addressOf(child);
      expect(told(child, "environ")).toContain(expected);
      expect(told(child, "cmdline")).toEqual(
        expect.arrayContaining(["--expose-gc", "--max-semi-space-size=4", "--no-wasm-code-gc"]),
      );
    } finally {
      child.kill("SIGTERM");
      await exited;
    }
  });
});

/** The environment or arguments of the process that serves: the started process itself, or one that it started. */
function told({ pid }: ChildProcess, what: "environ" | "cmdline"): string[] {
  const own = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return readFileSync(`/proc/${own || pid}/${what}`, "utf8").split("\0");
}

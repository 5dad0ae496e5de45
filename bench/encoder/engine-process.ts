/** One engine in a process of its own, which does one job at a time; `start-engine.ts` is the other end. */
import { readFileSync } from "node:fs";
import { type Asked, type Engine, fileFor } from "./engine.ts";
import { loadEngine } from "./engines.ts";
import { packFile } from "./pack-file.ts";
import type { Answers, Job } from "./start-engine.ts";

let engine: Engine | undefined;
const sets = new Map<string, readonly Asked[]>();

const WORK: { readonly [Name in Job["do"]]: (job: Extract<Job, { do: Name }>) => Promise<Answers[Name]> } = {
  open,
  pack: packFile,
  probe,
  keep: async ({ set, calls }) => {
    sets.set(set, calls);
    return undefined;
  },
  pass: ({ set }) => pass(callsOf(set)),
  vectors: ({ set }) => vectors(callsOf(set)),
};

process.on("message", async (job: Job) => {
  try {
    process.send!({ answer: await WORK[job.do](job as never) });
  } catch (error) {
    process.send!({ error: error instanceof Error ? error.stack : String(error) });
  }
});

/** The clock starts when the engine's code is loaded, and, if the job says so, the file's bytes too. */
async function open({ engine: name, files, bytes, first }: Extract<Job, { do: "open" }>): Promise<Answers["open"]> {
  const load = await loadEngine(name, files);
  const path = fileFor(name, files);
  const read = bytes === "there" ? new Uint8Array(readFileSync(path)) : undefined;
  const before = residentBytes();
  const begun = performance.now();
  engine = await load({ path, bytes: read });
  await engine.embed(first);
  const milliseconds = performance.now() - begun;
  return { milliseconds, bytesAdded: residentBytes() - before };
}

async function probe(): Promise<Answers["probe"]> {
  const [{ pickEncoder }, { loadBuild }] = await Promise.all([import("@pipit/wasm"), import("@pipit/wasm/node")]);
  const { build, measured } = await pickEncoder((name) => loadBuild(name, "encoder"));
  return { build, measured };
}

/** Seconds that all calls take together. */
async function pass(calls: readonly Asked[]): Promise<number> {
  let sum = 0;
  const begun = performance.now();
  for (const asked of calls) sum += (await engine!.embed(asked))[0]!;
  const seconds = (performance.now() - begun) / 1000;
  if (!Number.isFinite(sum)) throw new Error("got NaN from an engine, expected unit vectors");
  return seconds;
}

async function vectors(calls: readonly Asked[]): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (const asked of calls) parts.push((await engine!.embed(asked)).slice());
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function callsOf(set: string): readonly Asked[] {
  const calls = sets.get(set);
  if (calls) return calls;
  throw new Error(`got the set ${set}, expected one of ${[...sets.keys()].join(", ")}`);
}

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { nodeScanPool } from "../node-scan-pool.ts";
import type { Metric } from "../options.ts";
import { createExact, type ExactScan } from "./exact.ts";
import type { ExactOptions } from "./exact-options.ts";
import type { ScanPool, SharedScan } from "./scan-pool.ts";

const [alone, threads] = await Promise.all([loadBuild("relaxed", "exact"), loadBuild("threads", "exact")]);
const COUNT = 3000;
const TICKET = 1088;
const ALL = { worth: 0 };

/** Helps within the summons, on the caller's own thread, so that all chunks but those that are left are the helper's. */
function helpingAtOnce(help: (scan: Helper) => void = (helper) => helper.help(1)): ScanPool {
  const helpers = new Map<SharedScan, Helper>();
  const summon = (scan: SharedScan) => {
    const helper = helpers.get(scan) ?? attached(scan);
    helpers.set(scan, helper);
    help(helper);
  };
  return { size: 2, patience: 20, ...ALL, summon, release: (scan) => helpers.delete(scan) };
}

interface Helper {
  readonly memory: WebAssembly.Memory;
  help(number: number): void;
}

function attached({ module, memory }: SharedScan): Helper {
  const { attach, help } = new WebAssembly.Instance(module, { env: { memory, summon: () => {} } }).exports as {
    attach: (number: number) => number;
    help: Helper["help"];
  };
  expect(attach(1)).toBe(0);
  return { memory, help };
}

function chunksLeft({ memory }: Helper): number {
  const ticket = Atomics.load(new BigUint64Array(memory.buffer, TICKET, 1), 0);
  return Number((ticket >> 16n) & 0xffffn) - Number(ticket & 0xffffn);
}

/** Claims a chunk and never does it, as a thread that ends in the middle of one. */
function claimOne({ memory }: Helper): void {
  Atomics.add(new BigUint64Array(memory.buffer, TICKET, 1), 0, 1n);
}

async function filled(options: ExactOptions, pool?: ScanPool, dimensions = 24): Promise<ExactScan> {
  const index = await createExact(alone, options, pool && { module: threads, pool }).create(dimensions);
  const vectors = uniformVectors(seeded(91), COUNT, dimensions);
  await index.add(rowsFrom(0, COUNT), vectors);
  await index.remove(rowsFrom(100, 50));
  await index.add(rowsFrom(COUNT, 10), vectors.subarray(0, 10 * dimensions));
  return index;
}

function everyThird(): Uint32Array {
  const filter = new Uint32Array(Math.ceil(COUNT / 32));
  for (let row = 0; row < COUNT; row += 3) filter[row >>> 5]! |= 1 << (row & 31);
  return filter;
}

const NOBODY = new Uint32Array(4);
const kinds: ExactOptions[] = [
  {},
  { format: "f16" },
  { format: "int8", calibrateAt: 200 },
  { format: "bit", calibrateAt: 200 },
  { firstPass: "int8", calibrateAt: 200 },
  { firstPass: "bit", calibrateAt: 200 },
  { firstPass: "pq", calibrateAt: 300 },
  { format: "f16", firstPass: "bit", calibrateAt: 200 },
];
const metrics: Metric[] = ["inner-product", "cosine", "squared-l2"];
const cases = kinds.flatMap((options) => metrics.map((metric) => ({ ...options, metric })));

describe.each(cases)("a shared scan with %o", (options) => {
  test.each([
    ["a helper does all", helpingAtOnce()],
    ["helpers come when they come", nodeScanPool(3, ALL)],
  ])("answers as one thread does where %s", async (_, pool) => {
    const [one, shared] = await Promise.all([filled(options), filled(options, pool)]);
    const queries = uniformVectors(seeded(92), 6, 24);
    for (const asked of [
      { k: 1 },
      { k: 10, ef: 40 },
      { k: 30, ef: 400, filter: everyThird() },
      { k: 5, ef: 200, filter: NOBODY },
      { k: COUNT },
    ]) {
      for (let i = 0; i < 6; i++) {
        const query = rowAt(queries, i, 24);
        expect(await shared.search(query, asked)).toEqual(await one.search(query, asked));
      }
    }
    expect(Buffer.compare(await shared.save(), await one.save())).toBe(0);
    await shared.close();
  });
});

const query = rowAt(uniformVectors(seeded(93), 1, 24), 0, 24);
const expected = await (await filled({})).search(query, { k: 20 });

test("a helper finds chunks to do, and leaves none", async () => {
  const left: number[] = [];
  const pool = helpingAtOnce((helper) => {
    const before = chunksLeft(helper);
    helper.help(1);
    left.push(before, chunksLeft(helper));
  });
  const index = await filled({}, pool);
  expect(await index.search(query, { k: 20 })).toEqual(expected);
  expect(left).toEqual([16, 0]);
});

test("the one that searches does what no helper has claimed", async () => {
  const index = await filled(
    {},
    helpingAtOnce(() => {}),
  );
  expect(await index.search(query, { k: 20 })).toEqual(expected);
});

test("what a helper found for one search is not told in the next, which it has no part in", async () => {
  let helps = true;
  const index = await filled(
    {},
    helpingAtOnce((helper) => helps && helper.help(1)),
  );
  await index.search(
    query.map((x) => -x),
    { k: 20 },
  );
  helps = false;
  expect(await index.search(query, { k: 20 })).toEqual(expected);
});

test("a helper that comes after the search finds nothing to do, and takes part in the next", async () => {
  let late: Helper | undefined;
  const index = await filled(
    {},
    helpingAtOnce((helper) => {
      late = helper;
    }),
  );
  await index.search(query, { k: 20 });
  late!.help(1);
  expect(await index.search(query, { k: 20 })).toEqual(expected);
});

test("where a helper does not finish its chunk the search is done by one thread, and so are those that follow", async () => {
  let summoned = 0;
  const pool = helpingAtOnce((helper) => {
    summoned++;
    claimOne(helper);
  });
  const index = await filled({}, pool);
  for (let i = 0; i < 3; i++) expect(await index.search(query, { k: 20 })).toEqual(expected);
  expect(summoned).toBe(1);
});

test("where memory has no room for the heaps of helpers one thread searches", async () => {
  let summoned = 0;
  const helped = helpingAtOnce(() => {
    summoned++;
  });
  // Seven helpers want seven times the room that the owner has found already.
  const pool = { ...helped, size: 8 };
  const index = await createExact(alone, { maxBytes: 2 ** 21 }, { module: threads, pool }).create(24);
  let count = 0;
  while (await succeeds(index.add(Uint32Array.of(count), query))) count++;
  const shared: boolean[] = [];
  for (let k = 1; k < count; k = Math.ceil(k * 1.1)) {
    const before = summoned;
    const answer = await index.search(query, { k }).catch(() => undefined);
    if (!answer) break;
    expect([...answer.rows]).toEqual([...rowsFrom(0, k)]);
    shared.push(summoned > before);
  }
  expect(shared).toContain(false);
});

function succeeds(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}

test("helpers let go of the memory that calibrated codes replaced, and of the rest when the index is closed", async () => {
  const [held, released]: SharedScan[][] = [[], []];
  const pool: ScanPool = {
    ...{ size: 2, ...ALL },
    summon: (scan) => held!.includes(scan) || held!.push(scan),
    release: (scan) => released!.push(scan),
  };
  const index = await createExact(alone, { firstPass: "bit", calibrateAt: 200 }, { module: threads, pool }).create(24);
  const vectors = uniformVectors(seeded(94), 300, 24);
  await index.add(rowsFrom(0, 100), vectors.subarray(0, 100 * 24));
  await index.search(query, { k: 3 });
  await index.add(rowsFrom(100, 200), vectors.subarray(100 * 24));
  expect(released).toEqual(held);
  await index.search(query, { k: 3 });
  await index.close();
  expect([held!.length, released]).toEqual([2, held]);
});

test("a scan that is not worth it is not shared", async () => {
  let summoned = 0;
  const pool = helpingAtOnce(() => {
    summoned++;
  });
  const bytes = (COUNT - 40) * 24 * 4;
  const [small, large] = await Promise.all([bytes + 1, bytes].map((worth) => filled({}, { ...pool, worth })));
  await small!.search(query, { k: 20 });
  expect(summoned).toBe(0);
  await large!.search(query, { k: 20 });
  expect(summoned).toBe(1);
});

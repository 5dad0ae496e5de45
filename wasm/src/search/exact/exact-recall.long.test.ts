import { recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { below, clusteredVectors, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { createExact } from "./exact.ts";
import type { ExactOptions } from "./exact-options.ts";

const seed = Number(process.env.PIPIT_SEED ?? 20);
const module = await loadBuild("relaxed", "exact");
const K = 10;

/** What each kind must find at least; the seed and what it found are printed. Codes of 64 even dimensions are 8 bytes. */
const kinds: [ExactOptions, { readonly clustered: number; readonly even: number }][] = [
  [{}, { clustered: 0.999, even: 0.999 }],
  [{ format: "f16" }, { clustered: 0.99, even: 0.99 }],
  [{ format: "int8" }, { clustered: 0.95, even: 0.95 }],
  [{ format: "bit" }, { clustered: 0.3, even: 0.2 }],
  [{ firstPass: "int8" }, { clustered: 0.999, even: 0.999 }],
  [{ firstPass: "bit" }, { clustered: 0.99, even: 0.9 }],
  [
    { firstPass: "pq", calibrateAt: 1024 },
    { clustered: 0.99, even: 0.9 },
  ],
  [
    { format: "f16", firstPass: "bit" },
    { clustered: 0.99, even: 0.9 },
  ],
];

const random = seeded(seed);
const centers = uniformVectors(random, 40, 384);
const clustered = (count: number) => clusteredVectors(random, count, centers, 384);
const even = (count: number) => uniformVectors(random, count, 64);

describe.each([
  { name: "clustered", dimensions: 384, draw: clustered },
  { name: "even", dimensions: 64, draw: even },
] as const)("on $name data of $dimensions dimensions", ({ name, dimensions, draw }) => {
  const [base, queries] = [draw(4000), draw(60)];
  const rows = rowsFrom(0, 4000);
  const truth = truthOf(rows, base);
  const half = Uint32Array.from({ length: 125 }, () => below(random, 2 ** 32));

  test.each(kinds)("%o keeps its recall@10, with a filter too", async (options, least) => {
    const index = await createExact(module, options).create(dimensions);
    await index.add(rows, base);
    const recall = await recallOf(index, await truth, { queries, k: K });
    const filtered = await recallOf(index, await truth, { queries, k: K, filter: half });
    const said = `${JSON.stringify(options)}, ${name}, seed ${seed}`;
    console.log(`recall@${K} ${recall.toFixed(4)}, half the rows ${filtered.toFixed(4)} (${said})`);
    expect(Math.min(recall, filtered), said).toBeGreaterThanOrEqual(least[name]);
  });
});

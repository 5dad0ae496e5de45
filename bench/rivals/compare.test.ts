import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { afterAll, describe, expect, test } from "vitest";
import { Truth } from "../truth.ts";
import type { VectorSet } from "../vector-sets.ts";
import { compare } from "./compare.ts";

const [COUNT, D, QUERIES, TRUTH_K] = [300, 16, 60, 20];
const folder = mkdtempSync(`${tmpdir()}/pipit-compare-`);
afterAll(() => rmSync(folder, { recursive: true }));

function tinySet(): VectorSet {
  const files = { base: `${folder}/base`, queries: `${folder}/queries`, truth: `${folder}/truth` };
  const [base, queries] = [uniformVectors(seeded(1), COUNT, D), uniformVectors(seeded(2), QUERIES, D)];
  const truth = new Truth(queries, D, TRUTH_K);
  truth.offer(0, base);
  writeFileSync(files.base, base);
  writeFileSync(files.queries, queries);
  writeFileSync(files.truth, truth.rows());
  return { name: "tiny", dimensions: D, count: COUNT, truthK: TRUTH_K, ...files };
}

describe("rivals that run in processes of their own", async () => {
  const lines: string[] = [];
  const comparison = {
    set: tinySet(),
    m: 8,
    efConstruction: 60,
    k: 5,
    efs: [100, 300],
    rounds: 2,
    graphs: "keep",
  } as const;
  const [exact, pipit] = await compare(["exact", "pipit", "hnswlib-wasm"], comparison, (line) => lines.push(line));

  test("take turns in an order that is reversed each round; one that keeps no graph has one turn", () => {
    expect(lines.map((line) => line.replace(/^tiny: (\S+), round (\d).*/, "$1 $2"))).toEqual([
      "exact 1",
      "pipit 1",
      "hnswlib-wasm 1",
      "pipit 2",
      "exact 2",
    ]);
  });

  test("are held to the exact neighbors: the scan finds them all", () => {
    expect(exact?.points.map(({ ef, recall }) => [ef, recall])).toEqual([[0, 1]]);
  });

  test("are asked at each ef, and an ef as large as the set finds nearly all", () => {
    expect(pipit?.points.map(({ ef }) => ef)).toEqual([100, 300]);
    expect(pipit?.points.at(-1)?.recall).toBeGreaterThan(0.99);
  });

  test("build once where a graph can be kept", () => {
    expect(pipit?.buildSeconds).toHaveLength(1);
  });

  test("report the bytes per vector", () => {
    expect(exact?.bytesPerVector).toBeGreaterThanOrEqual(4 * D);
  });
});

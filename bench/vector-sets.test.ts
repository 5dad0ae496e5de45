import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { shortTexts } from "./short-texts.ts";
import { clusteredChunks } from "./vector-sets.ts";

const SIZE = { count: 10_050, dimensions: 4 };

test("clustered vectors come in chunks of rising rows that make up the whole set", () => {
  const chunks = [...clusteredChunks(SIZE, 3).chunks];
  expect(chunks.map(({ first, vectors }) => [first, vectors.length / 4])).toEqual([
    [0, 10_000],
    [10_000, 50],
  ]);
});

test("clustered vectors are the same each time", () => {
  const [once, again] = [clusteredChunks(SIZE, 3), clusteredChunks(SIZE, 3)];
  expect(again.queries).toEqual(once.queries);
  expect([...again.chunks]).toEqual([...once.chunks]);
});

test("short texts occur once each, in an order that the seed determines", () => {
  const folder = mkdtempSync(`${tmpdir()}/pipit-texts-`);
  mkdirSync(`${folder}/query-wellformedness`);
  mkdirSync(`${folder}/banking77`);
  writeFileSync(`${folder}/query-wellformedness/train.tsv`, "who sang ?\t1.0\nwhat bird ?\t0.2\n\nwho sang ?\t0.4\n");
  writeFileSync(`${folder}/banking77/test.csv`, 'text,category\n"where, please, is it?",card\n');
  const texts = shortTexts(folder, seeded(1));
  rmSync(folder, { recursive: true });
  expect([...texts].sort()).toEqual(["what bird ?", "where, please, is it?", "who sang ?"]);
});

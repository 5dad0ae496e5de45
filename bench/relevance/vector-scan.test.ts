import { expect, test } from "vitest";
import { nearestDocuments } from "./vector-scan.ts";

const vectors = (...rows: number[][]) => ({ rows: Float32Array.from(rows.flat()), dimensions: 2 });

test("a document counts by its nearest passage, once", () => {
  const passages = [0, 0, 1, 2].map((document) => ({ document, text: "" }));
  const kept = { passages, vectors: vectors([0, 1], [1, 0], [0.8, 0.6], [-1, 0]) };
  expect(nearestDocuments(vectors([1, 0]), kept, 10)).toEqual([0, 1, 2]);
  expect(nearestDocuments(vectors([0.6, 0.8]), kept, 2)).toEqual([1, 0]);
});

import { expect, test } from "vitest";
import { newestById } from "./idb-plan.ts";

test("a row of a large matrix is stored without the matrix", () => {
  const matrix = new Float32Array(1000).fill(0.5);
  const entry = { id: "a", text: "a", fields: {}, passages: [], producer: "bag", provisional: false };
  const newest = newestById({ put: [{ ...entry, vectors: matrix.subarray(8, 12) }] });
  const { vectors } = newest.get("a")!;
  expect([...vectors]).toEqual([0.5, 0.5, 0.5, 0.5]);
  expect(vectors.buffer.byteLength).toBe(vectors.byteLength);
});

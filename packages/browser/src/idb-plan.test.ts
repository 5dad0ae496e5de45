import { expect, test } from "vitest";
import { newestById } from "./idb-plan.ts";

test("rows of a large matrix, and bits of many tokens, are stored without the others", () => {
  const vectors = new Float32Array(1000).fill(0.5).subarray(8, 12);
  const tokens = { space: "t", counts: [2], bits: new Uint8Array(1000).fill(7).subarray(8, 12) };
  const entry = { id: "a", text: "a", fields: {}, passages: [], producer: "bag", provisional: false };
  const stored = newestById({ put: [{ ...entry, vectors, tokens }] }).get("a")!;
  expect(stored).toMatchObject({ vectors, tokens });
  for (const { buffer, byteLength } of [stored.vectors, stored.tokens!.bits])
    expect(buffer.byteLength).toBe(byteLength);
});

import { expect, test } from "vitest";
import { exactIndex } from "./exact-index.ts";

test("a snapshot of vectors of another width is refused, naming both", async () => {
  const index = await exactIndex.create(4);
  await index.add(Uint32Array.of(0, 1), Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0));
  await expect(exactIndex.open(await index.save(), 8)).rejects.toThrow(/got vectors of 4 values, expected 8/);
});

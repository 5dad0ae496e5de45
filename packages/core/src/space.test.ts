import { expect, test } from "vitest";
import { assertSameSpace, type SpaceParts, spaceOf } from "./space.ts";

const parts: SpaceParts = {
  name: "one",
  weights: "a1",
  tokenizer: "b2",
  preprocessing: "1",
  pooling: "mean",
  normalization: "l2",
  dimensions: 384,
};

test("the name is a label and does not change the identity", () => {
  expect(spaceOf({ ...parts, name: "other" }).id).toBe(spaceOf(parts).id);
});

test.each([
  { weights: "a2" },
  { tokenizer: "b3" },
  { preprocessing: "2" },
  { pooling: "first-token" as const },
  { normalization: "none" as const },
  { dimensions: 256 },
])("another %j is another space", (change) => {
  expect(spaceOf({ ...parts, ...change }).id).not.toBe(spaceOf(parts).id);
});

test("two spaces of one width do not mix, and the error names both", () => {
  const bge = spaceOf({ ...parts, name: "bge-small", weights: "c3" });
  expect(() => assertSameSpace(bge, spaceOf(parts))).toThrow(/bge-small.*one/);
});

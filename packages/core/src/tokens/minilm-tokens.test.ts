import { createHash } from "node:crypto";
import { minilmProjection, projectionFile } from "@pipit/test/fixtures/minilm-projection";
import { expect, test } from "vitest";
import { MINILM_SPACE } from "../models/registry.ts";
import { MINILM_TOKENS } from "./minilm-tokens.ts";

test("the shipped projection is the stated file, for MiniLM's hidden states and 16 bytes a token", () => {
  expect(projectionFile).toHaveLength(MINILM_TOKENS.bytes);
  expect(createHash("sha256").update(projectionFile).digest("hex")).toBe(MINILM_TOKENS.sha256);
  const { tokenSpace, spaceId, width } = minilmProjection;
  expect({ tokenSpace, spaceId, width }).toEqual({
    tokenSpace: MINILM_TOKENS.tokenSpace,
    spaceId: MINILM_SPACE.id,
    width: MINILM_SPACE.dimensions,
  });
});

test("what is shipped is no larger than 100 kB", () => {
  const over = "minilm-tokens.pipit grew past what a first visit should load. Project to fewer dimensions.";
  expect(projectionFile.length, over).toBeLessThanOrEqual(100_000);
});
